//! What is typed into the week and not saved yet, by where it is typed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{BookingId, TaskId, UserId};
use leptos::prelude::*;
use wire::bookings::{BookingForm, WeekTask, WeekView};

use crate::call::CallError;

/// A task on a day of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Cell {
    /// Whose.
    pub person: UserId,
    /// The task.
    pub task: TaskId,
    /// The day.
    pub day: NaiveDate,
}

/// Where a booking is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    /// In a cell of the grid.
    Cell(Cell),
    /// In its own line of the table.
    Booking(BookingId),
    /// In the line of the table that stands ready for a new booking of that person.
    New(UserId),
}

impl Place {
    /// The cell, if it is one.
    pub(super) fn cell(self) -> Option<Cell> {
        match self {
            Place::Cell(cell) => Some(cell),
            Place::Booking(_) | Place::New(_) => None,
        }
    }
}

/// What was read since the page is there.
#[derive(Default)]
pub(super) struct Read {
    /// The week as it was after the last booking in it.
    pub week: Option<WeekView>,
    /// The tasks that were searched for: whoever has chosen one may search for others.
    pub tasks: Vec<WeekTask>,
}

/// What is typed and not saved yet. It belongs to the page and outlives every week that is shown.
#[derive(Clone, Copy)]
pub(super) struct Typed {
    /// What is typed where.
    pub drafts: RwSignal<BTreeMap<Place, BookingForm>>,
    /// Why it was not saved.
    pub problems: RwSignal<BTreeMap<Place, CallError>>,
    /// What is being saved.
    pub saving: RwSignal<BTreeSet<Place>>,
    /// The tasks that were added as rows.
    pub added: RwSignal<Vec<WeekTask>>,
    /// What was read since the page is there.
    pub read: RwSignal<Read>,
    /// With which day and task the next new line begins.
    pub next: RwSignal<Option<(String, String)>>,
}

impl Typed {
    /// Nothing, or what came back through the address to whoever has no JavaScript.
    pub(super) fn new(refused: Option<CallError>) -> Typed {
        let typed = Typed {
            drafts: RwSignal::new(BTreeMap::new()),
            problems: RwSignal::new(BTreeMap::new()),
            saving: RwSignal::new(BTreeSet::new()),
            added: RwSignal::new(Vec::new()),
            read: RwSignal::new(Read::default()),
            next: RwSignal::new(None),
        };
        let Some(error) = refused else { return typed };
        let form = error.typed::<BookingForm>();
        if let Some((person, form)) = form.and_then(|form| Some((form.person.parse::<UserId>().ok()?, form))) {
            let place = Place::New(person);
            typed.drafts.update_untracked(|drafts| drop(drafts.insert(place, form)));
            typed.problems.update_untracked(|problems| drop(problems.insert(place, error)));
        }
        typed
    }

    /// What a week is laid out with: a search lays out the same one again, and knows nothing of what was booked since.
    pub(super) fn newest(self, view: WeekView) -> WeekView {
        untrack(|| self.booked_in(&view)).unwrap_or(view)
    }

    /// That week as it was after the last booking in it. What is known of another one is forgotten: whoever goes back to it
    /// asks anew.
    pub(super) fn booked_in(self, shown: &WeekView) -> Option<WeekView> {
        let of = |week: &WeekView| (week.bookings.person.id, week.bookings.days);
        let week = self.read.with(|read| read.week.clone())?;
        if of(&week) == of(shown) {
            return Some(week);
        }
        self.read.update_untracked(|read| read.week = None);
        None
    }
}

/// Whether both say the same of a booking.
pub(super) fn same(begun: &BookingForm, form: &BookingForm) -> bool {
    let typed =
        BookingForm { id: begun.id.clone(), version: begun.version, time: form.time.trim().to_owned(), ..form.clone() };
    *begun == typed
}

/// Something was saved: what is typed there since is a change of what was saved.
pub(super) fn settle(drafts: &mut BTreeMap<Place, BookingForm>, place: Place, sent: &BookingForm, version: i64) {
    match drafts.get_mut(&place) {
        Some(now) if now != sent => now.version = version,
        _ => drop(drafts.remove(&place)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Red when: what is typed while something is being saved is lost, or would be booked a second time.
    #[test]
    fn what_is_typed_while_it_is_saved_changes_what_was_saved() {
        let place = Place::Booking(BookingId::new(uuid::Uuid::from_u128(1)));
        let sent = BookingForm { time: "1:00".to_owned(), ..BookingForm::default() };
        let mut drafts = BTreeMap::from([(place, sent.clone())]);
        settle(&mut drafts, place, &sent, 1);
        assert!(drafts.is_empty());
        drafts.insert(place, BookingForm { time: "1:30".to_owned(), ..sent.clone() });
        settle(&mut drafts, place, &sent, 1);
        assert_eq!(drafts.get(&place).map(|now| (now.time.as_str(), now.version)), Some(("1:30", 1)));
    }

    /// Red when: what stands there already counts as typed, or a change of it does not.
    #[test]
    fn what_stands_there_is_no_draft() {
        let begun = BookingForm { id: "a".to_owned(), version: 2, time: "1:00".to_owned(), ..BookingForm::default() };
        let typed = |change: fn(&mut BookingForm)| {
            let mut form = BookingForm { version: 1, ..begun.clone() };
            change(&mut form);
            form
        };
        assert!(same(&begun, &typed(|form| form.time = " 1:00 ".to_owned())));
        assert!(same(&begun, &typed(|form| form.id.clear())));
        assert!(!same(&begun, &typed(|form| form.time = "1:30".to_owned())));
        assert!(!same(&begun, &typed(|form| form.note = "Drucker".to_owned())));
    }
}
