//! Moving many bookings to another task at once: what is sent, and what that does.

use domain::{BookingId, Currency, TaskId};
use serde::{Deserialize, Serialize};

use super::{BookingRow, ChangedBooking};
use crate::{
    FieldProblem, FieldReason, Problem,
    projects::{NamedLine, ProjectRef, TaskRow},
    read::{done, id, json, seen},
};

/// The most bookings that are moved at once.
pub const MOST_MOVED: usize = 100;

/// Bookings to move, as sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct MoveForm {
    /// Each with the version that was loaded: `id version`, with commas between.
    pub bookings: String,
    /// To which task.
    pub task: String,
    /// The sums that the person saw, as JSON; empty when nothing was shown.
    pub seen: String,
}

/// Bookings to move, whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveDraft {
    /// Each once, with the version that was loaded.
    pub bookings: Vec<(BookingId, i64)>,
    /// To which task.
    pub task: TaskId,
    /// The sums that the person saw.
    pub seen: Option<Vec<MoveSum>>,
}

impl MoveForm {
    /// Turns what was sent into a draft, or names every wrong field.
    pub fn check(&self) -> Result<MoveDraft, Problem> {
        let mut problems = Vec::new();
        let bookings = self.named(&mut problems);
        let task = if self.task.is_empty() {
            problems.push(FieldProblem::at("task", FieldReason::Missing));
            None
        } else {
            id(&mut problems, "task", &self.task)
        };
        let seen = seen(&mut problems, "seen", &self.seen, json);
        done(task.map(|task| MoveDraft { bookings, task, seen }), problems)
    }

    fn named(&self, problems: &mut Vec<FieldProblem>) -> Vec<(BookingId, i64)> {
        let mut found: Vec<(BookingId, i64)> = Vec::new();
        for one in self.bookings.split(',').filter(|one| !one.is_empty()) {
            let read = one.trim().split_once(' ').and_then(|(id, version)| {
                let id: BookingId = id.parse().ok()?;
                Some((id, version.trim().parse::<i64>().ok().filter(|version| *version > 0)?))
            });
            match read {
                None => {
                    problems.push(FieldProblem::at("bookings", FieldReason::NotOneOf));
                    return found;
                }
                Some((id, _)) if found.iter().any(|(known, _)| *known == id) => {}
                Some(read) => found.push(read),
            }
        }
        if found.is_empty() {
            problems.push(FieldProblem::at("bookings", FieldReason::Missing));
        }
        if found.len() > MOST_MOVED {
            let reason = FieldReason::TooMany { most: MOST_MOVED, found: found.len() };
            problems.push(FieldProblem::at("bookings", reason));
        }
        found
    }
}

/// What the bookings that a move touches cost in one currency, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveSum {
    /// The currency.
    pub currency: Currency,
    /// Before it.
    pub before: i64,
    /// After it.
    pub after: i64,
}

/// A booking that is moved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MovedBooking {
    /// As it was.
    pub before: BookingRow,
    /// As it comes out; none as long as it is not said to which task it goes, and when the move is refused.
    pub after: Option<BookingRow>,
}

/// What moving bookings does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MoveView {
    /// To which task of which project; none as long as that is not said.
    pub to: Option<(ProjectRef, TaskRow)>,
    /// The bookings, in the order in which they were accepted.
    pub items: Vec<MovedBooking>,
    /// The other bookings that come out otherwise.
    pub others: Vec<ChangedBooking>,
    /// The names of the lines that any of it names.
    pub lines: Vec<NamedLine>,
    /// What all of them cost before and after, for each currency.
    pub sums: Vec<MoveSum>,
    /// Which booking stands in the way, and why; nothing is moved then.
    pub refused: Option<(BookingId, Problem)>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::read::testing::reads_or_refuses_seen;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    /// Red when: a booking is moved twice, one without a version is taken, or a wrong field is passed over.
    #[test]
    fn bookings_to_move_are_read_with_their_versions() {
        let form = |bookings: &str, task: &str| {
            let form = MoveForm { bookings: bookings.to_owned(), task: task.to_owned(), ..MoveForm::default() };
            form.check().map(|draft| draft.bookings.len())
        };
        assert_eq!(form(&format!("{ID} 2,{ID} 2"), ID), Ok(1));
        let wrong = |checked: Result<usize, Problem>| {
            let problem = checked.expect_err("something is wrong");
            problem.fields().iter().map(|problem| problem.field.clone()).collect::<Vec<_>>()
        };
        assert_eq!(wrong(form("", "")), ["bookings", "task"]);
        for bookings in [ID.to_owned(), format!("{ID} 0"), format!("{ID} x"), "x 1".to_owned()] {
            assert!(wrong(form(&bookings, ID)).contains(&"bookings".to_owned()), "{bookings}");
        }
    }

    /// Red when: the sums that were seen are lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_of_a_move_is_read_or_refused() {
        let sums = vec![MoveSum { currency: Currency::EUR, before: 7_500, after: 7_900 }];
        reads_or_refuses_seen("seen", &sums, |seen| {
            let form = MoveForm { bookings: format!("{ID} 1"), task: ID.to_owned(), seen: seen.to_owned() };
            form.check().map(|draft| draft.seen)
        });
    }
}
