//! Bookings and timers as typed.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, Timelike};
use domain::{
    BookingId, Seconds, TaskId, UserId,
    quota::Unit,
    splitting::{Booking, Plan},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable};

use crate::{
    FieldProblem, FieldReason, Problem,
    read::{amount, day, done, id, json, seen},
    text,
};

/// The most characters of what was done.
pub const MOST_NOTE: usize = 500;

/// A booking as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BookingForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// On what. A task of another project moves the booking there.
    pub task: String,
    /// Who has worked; empty: whoever sends it.
    pub person: String,
    /// The day.
    pub date: String,
    /// When it began, such as `8:30`; empty when it came from no timer.
    pub start: String,
    /// How long it was, such as `1:30` or `90 min`.
    pub time: String,
    /// `no` when the customer does not pay for it.
    pub billable: String,
    /// What was done.
    pub note: String,
    /// What the person saw, as JSON; empty when nothing was previewed.
    pub seen: String,
    /// What the person saw of the project that the booking leaves, as JSON.
    pub seen_left: String,
}

/// A booking whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingDraft {
    /// Made by the client.
    pub id: BookingId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// On what.
    pub task: TaskId,
    /// Who has worked; none: whoever sends it.
    pub person: Option<UserId>,
    /// The day.
    pub date: NaiveDate,
    /// When it began, if it came from a timer.
    pub start: Option<NaiveTime>,
    /// How long it was.
    pub seconds: Seconds,
    /// Whether the customer pays for it.
    pub billable: bool,
    /// What was done.
    pub note: String,
    /// What the person saw.
    pub seen: Option<Plan>,
    /// What the person saw of the project that the booking leaves.
    pub seen_left: Option<Plan>,
}

impl BookingForm {
    /// Turns what was typed into a draft, or names every wrong field. Whether so much can be booked on that day the
    /// facts of the project say.
    pub fn check(&self, lang: Lang) -> Result<BookingDraft, Problem> {
        let mut problems = Vec::new();
        let (own, task) = (id(&mut problems, "id", &self.id), task(&mut problems, &self.task));
        let person = maybe(&mut problems, "person", &self.person);
        let date = day(&mut problems, "date", &self.date);
        let start = clock(&mut problems, &self.start);
        let seconds = Seconds(amount(&mut problems, lang, Unit::Time, "time", &self.time).units());
        let billable = billable(&mut problems, &self.billable);
        let note = text(&mut problems, "note", &self.note, MOST_NOTE);
        let seen_left = seen(&mut problems, "seen_left", &self.seen_left, json);
        let seen = seen(&mut problems, "seen", &self.seen, json);
        let draft = own.zip(task).map(|(id, task)| BookingDraft {
            id,
            version: self.version,
            task,
            person,
            date,
            start,
            seconds,
            billable,
            note,
            seen,
            seen_left,
        });
        done(draft, problems)
    }
}

impl BookingDraft {
    /// The booking of that person, as it is previewed and decided.
    pub fn booking(&self, person: UserId) -> Booking {
        Booking {
            id: self.id,
            person,
            task: self.task,
            date: self.date,
            // Whole seconds are kept.
            start: self.start.and_then(|start| start.with_nanosecond(0)),
            seconds: self.seconds,
            billable: self.billable,
            note: self.note.clone(),
        }
    }
}

fn task(problems: &mut Vec<FieldProblem>, typed: &str) -> Option<TaskId> {
    if typed.is_empty() {
        problems.push(FieldProblem::at("task", FieldReason::Missing));
        return None;
    }
    id(problems, "task", typed)
}

fn maybe<T: std::str::FromStr>(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<T> {
    if typed.is_empty() { None } else { id(problems, field, typed) }
}

fn billable(problems: &mut Vec<FieldProblem>, typed: &str) -> bool {
    match typed {
        "" | "yes" => true,
        "no" => false,
        _ => {
            problems.push(FieldProblem::at("billable", FieldReason::NotOneOf));
            true
        }
    }
}

/// A time of day; empty is none.
fn clock(problems: &mut Vec<FieldProblem>, typed: &str) -> Option<NaiveTime> {
    let typed = typed.trim();
    if typed.is_empty() {
        return None;
    }
    let read = NaiveTime::parse_from_str(typed, "%H:%M").or_else(|_| NaiveTime::parse_from_str(typed, "%H:%M:%S"));
    if read.is_err() {
        problems.push(FieldProblem::at("start", FieldReason::NotReadable(NotReadable::NotATime)));
    }
    read.ok()
}

/// A moment as somebody names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// What a timer has noted.
    At(DateTime<FixedOffset>),
    /// What the clocks of the company show.
    Clock(NaiveDateTime),
}

/// What a timer has measured, as sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TimerForm {
    /// Made by the client; the bookings of further days get ids that are made of it.
    pub id: String,
    /// On what.
    pub task: String,
    /// Who has worked; empty: whoever sends it.
    pub person: String,
    /// When it began, such as `2026-04-30T22:30` as the clocks of the company show it, or with an offset.
    pub start: String,
    /// When it ended.
    pub end: String,
    /// `no` when the customer does not pay for it.
    pub billable: String,
    /// What was done.
    pub note: String,
    /// What the person saw of each day, as JSON; empty when nothing was previewed.
    pub seen: String,
}

/// What a timer has measured, whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimerDraft {
    /// Made by the client.
    pub id: BookingId,
    /// On what.
    pub task: TaskId,
    /// Who has worked; none: whoever sends it.
    pub person: Option<UserId>,
    /// When it began.
    pub start: Moment,
    /// When it ended.
    pub end: Moment,
    /// Whether the customer pays for it.
    pub billable: bool,
    /// What was done.
    pub note: String,
    /// What the person saw of each day.
    pub seen: Vec<Plan>,
}

impl TimerForm {
    /// Turns what was sent into a draft, or names every wrong field.
    pub fn check(&self) -> Result<TimerDraft, Problem> {
        let mut problems = Vec::new();
        let (own, task) = (id(&mut problems, "id", &self.id), task(&mut problems, &self.task));
        let person = maybe(&mut problems, "person", &self.person);
        let start = moment(&mut problems, "start", &self.start);
        let end = moment(&mut problems, "end", &self.end);
        let billable = billable(&mut problems, &self.billable);
        let note = text(&mut problems, "note", &self.note, MOST_NOTE);
        let seen = seen(&mut problems, "seen", &self.seen, json).unwrap_or_default();
        let draft = own.zip(task).zip(start.zip(end));
        let draft =
            draft.map(|((id, task), (start, end))| TimerDraft { id, task, person, start, end, billable, note, seen });
        done(draft, problems)
    }
}

fn moment(problems: &mut Vec<FieldProblem>, field: &str, typed: &str) -> Option<Moment> {
    let found = Moment::read(typed);
    if found.is_none() {
        let reason = if typed.trim().is_empty() { NotReadable::Empty } else { NotReadable::NotATime };
        problems.push(FieldProblem::at(field, FieldReason::NotReadable(reason)));
    }
    found
}

impl Moment {
    /// Reads `2026-04-30T22:30`, with seconds or without, or an instant such as `2026-04-30T20:30:00Z`.
    pub fn read(typed: &str) -> Option<Moment> {
        let typed = typed.trim();
        if let Ok(at) = DateTime::parse_from_rfc3339(typed) {
            return Some(Moment::At(at));
        }
        let clock = NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M");
        clock.or_else(|_| NaiveDateTime::parse_from_str(typed, "%Y-%m-%dT%H:%M:%S")).ok().map(Moment::Clock)
    }
}

/// A booking to delete.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeleteBookingForm {
    /// The booking.
    pub id: String,
    /// The version that was loaded.
    pub version: i64,
    /// What the person saw, as JSON; empty when nothing was previewed.
    pub seen: String,
}

/// A booking to delete, whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeleteBookingDraft {
    /// The booking.
    pub id: BookingId,
    /// The version that was loaded.
    pub version: i64,
    /// What the person saw.
    pub seen: Option<Plan>,
}

impl DeleteBookingForm {
    /// Turns what was sent into a draft, or names every wrong field.
    pub fn check(&self) -> Result<DeleteBookingDraft, Problem> {
        let mut problems = Vec::new();
        let own = id(&mut problems, "id", &self.id);
        let (version, seen) = (self.version, seen(&mut problems, "seen", &self.seen, json));
        done(own.map(|id| DeleteBookingDraft { id, version, seen }), problems)
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        quota::{self, Amount, DrawDecision, DrawOrigin, DrawRequest, GrantDecision, Part, ReleaseDecision},
        splitting::{PlannedDraw, Portion, Posting, Poured, Target},
    };

    use super::*;
    use crate::read::testing::reads_or_refuses_seen;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn filled() -> BookingForm {
        let text = str::to_owned;
        let (id, task, date, time) = (text(ID), text(ID), text("2026-04-10"), text("1:30"));
        BookingForm { id, task, date, time, ..BookingForm::default() }
    }

    fn wrong<T: std::fmt::Debug>(checked: Result<T, Problem>) -> Vec<String> {
        let problem = checked.expect_err("something is wrong");
        problem.fields().iter().map(|problem| problem.field.clone()).collect()
    }

    #[test]
    fn a_booking_is_read_as_it_was_typed() {
        let read = filled().check(Lang::De).expect("all is right");
        assert_eq!((read.seconds, read.billable, read.person, read.start), (Seconds(5_400), true, None, None));
        let start = |typed: &str| BookingForm { start: typed.to_owned(), ..filled() }.check(Lang::De);
        let at = |hour, minute, second| NaiveTime::from_hms_opt(hour, minute, second);
        assert_eq!(start("8:05").map(|read| read.start), Ok(at(8, 5, 0)));
        assert_eq!(start("23:59:59").map(|read| read.start), Ok(at(23, 59, 59)));
        assert_eq!(wrong(start("24:00")), ["start"]);
        let other = BookingForm { billable: "no".to_owned(), person: ID.to_owned(), ..filled() };
        let read = other.check(Lang::De).expect("all is right");
        assert_eq!((read.billable, read.person.is_some()), (false, true));
    }

    /// Red when: a wrong field is passed over, or told at another one.
    #[test]
    fn every_wrong_field_of_a_booking_is_named() {
        assert_eq!(wrong(BookingForm::default().check(Lang::De)), ["id", "task", "date", "time"]);
        let other = BookingForm { billable: "maybe".to_owned(), person: "Anna".to_owned(), ..filled() };
        assert_eq!(wrong(other.check(Lang::De)), ["person", "billable"]);
        let long = BookingForm { note: "x".repeat(MOST_NOTE + 1), ..filled() };
        assert_eq!(wrong(long.check(Lang::De)), ["note"]);
        assert_eq!(wrong(TimerForm::default().check()), ["id", "task", "start", "end"]);
        assert_eq!(wrong(DeleteBookingForm::default().check()), ["id"]);
    }

    #[test]
    fn a_timer_says_instants_or_what_the_clocks_show() {
        let clock = Moment::read("2026-04-30T22:30");
        assert_eq!(clock, Moment::read("2026-04-30T22:30:00"));
        assert!(matches!(clock, Some(Moment::Clock(_))));
        assert!(matches!(Moment::read("2026-04-30T20:30:00Z"), Some(Moment::At(_))));
        assert!(matches!(Moment::read("2026-04-30T22:30:00+02:00"), Some(Moment::At(_))));
        for typed in ["", "22:30", "2026-04-30", "2026-04-31T10:00", "yesterday"] {
            assert_eq!(Moment::read(typed), None, "{typed}");
        }
    }

    /// A plan with every kind of target and of posting.
    fn plan() -> Plan {
        let (booking, line, account) =
            (ID.parse().expect("an id"), ID.parse().expect("an id"), ID.parse().expect("an id"));
        let (draw, lot) = (ID.parse().expect("an id"), ID.parse().expect("an id"));
        let (date, time) = (NaiveDate::from_ymd_opt(2026, 4, 10).expect("a day"), Amount::new(5_400));
        let portion = |target| Portion { target, seconds: Seconds(5_400), amount: 0, taken: time };
        let poured = Poured {
            booking,
            billed: Seconds(10_800),
            before: vec![portion(Target::Unassigned)],
            portions: vec![portion(Target::Line { line }), portion(Target::NotBillable)],
        };
        let parts = vec![Part { lot, amount: time }];
        let draws = DrawDecision {
            request: DrawRequest { draw, date, wanted: time, origin: DrawOrigin::BookingPortion },
            parts: parts.clone(),
            drawn: time,
            deficit: Amount::ZERO,
            not_drawn: Amount::ZERO,
            available_before: time,
            available_after: Amount::ZERO,
        };
        let releases = ReleaseDecision { draw, date, parts, returned: time, deficit: Amount::ZERO };
        let lot = quota::GrantRequest::new(lot, time, date, None).lot(quota::Seq(1)).expect("a lot");
        let grants = GrantDecision { lot, covers: Vec::new(), left: time };
        Plan {
            booking: Some(poured.clone()),
            others: vec![poured],
            postings: vec![
                Posting::Release { booking, account, decision: releases },
                Posting::Grant { account, decision: grants },
                Posting::Draw(PlannedDraw { booking, line, account, decision: draws }),
            ],
        }
    }

    /// Red when: what was seen is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_of_bookings_is_read_or_refused() {
        let seen = plan();
        reads_or_refuses_seen("seen", &seen, |seen| {
            BookingForm { seen: seen.to_owned(), ..filled() }.check(Lang::De).map(|draft| draft.seen)
        });
        reads_or_refuses_seen("seen_left", &seen, |left| {
            BookingForm { seen_left: left.to_owned(), ..filled() }.check(Lang::De).map(|draft| draft.seen_left)
        });
        reads_or_refuses_seen("seen", &seen, |seen| {
            let (id, version, seen) = (ID.to_owned(), 1, seen.to_owned());
            DeleteBookingForm { id, version, seen }.check().map(|draft| draft.seen)
        });
        reads_or_refuses_seen("seen", &vec![seen], |seen| {
            let [id, task, seen] = [ID, ID, seen].map(str::to_owned);
            let [start, end] = ["2026-04-10T08:00", "2026-04-10T09:30"].map(str::to_owned);
            let form = TimerForm { id, task, start, end, seen, ..TimerForm::default() };
            form.check().map(|draft| Some(draft.seen).filter(|seen| !seen.is_empty()))
        });
    }
}
