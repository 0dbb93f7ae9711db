//! The facts of one project at a time, fetched while somebody types, and what saving would do.

use chrono::NaiveDate;
use domain::{BookingId, ProjectId, UserId};
use leptos::prelude::*;
use wire::{
    Problem,
    bookings::{BookingForm, refused},
    projects::BookingFacts,
};

use super::{
    calls::load_booking_facts,
    preview::{Preview, preview},
};
use crate::{call::CallError, context::lang};

/// Which facts are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wanted {
    /// Of which project.
    pub project: ProjectId,
    /// For which day.
    pub date: NaiveDate,
    /// To change that booking; none for a new one.
    pub booking: Option<BookingId>,
}

impl Wanted {
    /// Whether these facts are enough.
    fn met(&self, facts: &BookingFacts) -> bool {
        let there = self.booking.is_none_or(|booking| facts.facts.booking(booking).is_some());
        facts.project.id == self.project && facts.days.contains(self.date) && there
    }
}

/// What is known.
#[derive(Clone, Copy)]
pub(super) struct Known {
    /// The facts, as soon as they are there.
    pub facts: RwSignal<Option<BookingFacts>>,
    /// Why they could not be read.
    pub unread: RwSignal<Option<CallError>>,
    /// Counts what was asked for: a late answer is for something else.
    turn: StoredValue<u64>,
}

impl Known {
    /// Begins with facts that came with the page, if any did.
    pub(super) fn new(facts: Option<BookingFacts>) -> Known {
        Known { facts: RwSignal::new(facts), unread: RwSignal::new(None), turn: StoredValue::new(0) }
    }

    /// Fetches what is wanted and not there, while the person goes on.
    pub(super) fn fetch(self, wanted: Memo<Option<Wanted>>) {
        Effect::new(move |_| {
            let Some(wanted) = wanted.get() else { return };
            if self.facts.with(|facts| facts.as_ref().is_some_and(|facts| wanted.met(facts))) {
                return;
            }
            self.turn.update_value(|turn| *turn += 1);
            let turn = self.turn.get_value();
            leptos::task::spawn_local(async move {
                let read = load_booking_facts(wanted.project, wanted.date, wanted.booking).await;
                if self.turn.try_get_value() != Some(turn) {
                    return;
                }
                match read {
                    Ok(facts) => {
                        self.unread.try_set(None);
                        self.facts.try_set(Some(facts));
                    }
                    Err(error) => drop(self.unread.try_set(Some(error))),
                }
            });
        });
    }

    /// Forgets the facts: something was saved, and they are others now.
    pub(super) fn forget(self) {
        self.turn.update_value(|turn| *turn += 1);
        self.facts.try_set(None);
    }

    /// What saving the form would do for that person; none while there is nothing to say yet: no time or no task, or
    /// the facts are on their way.
    pub(super) fn shown(self, form: &BookingForm, person: UserId, wanted: Option<Wanted>) -> Option<Shown> {
        if form.time.trim().is_empty() || form.task.is_empty() {
            return None;
        }
        // What was shown before is not looked at: it is shown anew.
        let form = BookingForm { seen: String::new(), seen_left: String::new(), ..form.clone() };
        let draft = match form.check(lang()) {
            Ok(draft) => draft,
            Err(problem) => return Some(Err(problem)),
        };
        let wanted = wanted?;
        self.facts.with(|facts| {
            let facts = facts.as_ref().filter(|facts| wanted.met(facts))?;
            Some(preview(facts, &draft.booking(person)).map_err(|error| refused(error, draft.id)))
        })
    }
}

/// What saving would do, or why it cannot be done.
pub(super) type Shown = Result<Preview, Problem>;

/// The plan as it is sent along.
pub(super) fn seen(shown: Option<&Shown>) -> String {
    match shown {
        Some(Ok(preview)) => serde_json::to_string(&preview.plan).unwrap_or_default(),
        _ => String::new(),
    }
}
