//! What the parts of the week share: the week, what is typed, what saving it would do, and saving it.

use chrono::{Days, NaiveDate};
use domain::{BookingId, TaskId, UserId, quota::check_date};
use leptos::prelude::*;
use texts::read_date;
use wire::bookings::{BookingAnswer, BookingForm, BookingRow, WeekTask, WeekView};

use super::{
    calls::{load_week, save_booking},
    known::{Known, Shown, Wanted, seen},
    page::form_of,
    typed::{Cell, Place, Typed, same, settle},
};
use crate::{
    call::CallError,
    context::{lang, new_id, visitor},
};

/// What the parts of the page share.
#[derive(Clone, Copy)]
pub(super) struct Desk {
    /// The week; renewed after each booking.
    pub view: RwSignal<WeekView>,
    /// What is typed.
    pub typed: Typed,
    /// The cell with the cursor, or that which gets it first.
    pub at: RwSignal<Option<Cell>>,
    /// Where somebody typed last: what saving that would do is shown.
    pub active: RwSignal<Option<Place>>,
    /// What came of saving last, and where.
    pub saved: RwSignal<Option<(Place, BookingAnswer)>>,
    /// The facts for what is typed there.
    pub known: Known,
    /// What saving it would do.
    pub shown: Memo<Option<Shown>>,
    /// Whether the table is live: until then, and without JavaScript, what is booked stands there as text.
    pub live: RwSignal<bool>,
    /// The day on which the page was made.
    pub today: NaiveDate,
}

impl Desk {
    /// Lays out a week, and notes which tasks were found for it.
    pub(super) fn new(view: WeekView, typed: Typed, found: &[WeekTask]) -> Desk {
        let (person, first) = (view.bookings.person.id, view.bookings.days.from);
        let today = visitor().today;
        let view = RwSignal::new(typed.newest(view));
        typed.read.update_untracked(|read| extend(&mut read.tasks, found));
        // What was on its way while this week was left and opened again.
        Effect::new(move |_| {
            let week = typed.booked_in(&view.read_untracked());
            if let Some(week) = week.filter(|week| *week != *view.read_untracked()) {
                view.set(week);
            }
        });
        let known = Known::new(None);
        let rows = untrack(|| rows_of(view, typed));
        let day = if (first..first + Days::new(7)).contains(&today) { today } else { first };
        let at = RwSignal::new(rows.first().map(|row| Cell { person, task: row.task, day }));
        let new = Place::New(person);
        let begun = typed.drafts.with_untracked(|drafts| drafts.contains_key(&new));
        let active = RwSignal::new(if begun { Some(new) } else { at.get_untracked().map(Place::Cell) });
        let draft = move || typed.drafts.with(|drafts| drafts.get(&active.get()?).cloned());
        let wanted = Memo::new(move |_| {
            let form = draft()?;
            let task: TaskId = form.task.parse().ok()?;
            let date = read_date(&form.date).ok().filter(|date| check_date(*date).is_ok())?;
            let project = tasks_of(view, typed).into_iter().find(|row| row.task == task)?.project.id;
            let booking = if form.version > 0 { form.id.parse().ok() } else { None };
            Some(Wanted { project, date, booking })
        });
        known.fetch(wanted);
        let shown = Memo::new(move |_| known.shown(&draft()?, person, wanted.get()));
        let (saved, live) = (RwSignal::new(None), RwSignal::new(false));
        Desk { view, typed, at, active, saved, known, shown, live, today }
    }

    /// The rows: the tasks of the week, and those that were added.
    pub(super) fn rows(self) -> Vec<WeekTask> {
        rows_of(self.view, self.typed)
    }

    /// The tasks to choose from: those of the rows, and those that were searched for.
    pub(super) fn tasks(self) -> Vec<WeekTask> {
        tasks_of(self.view, self.typed)
    }

    /// The seven days.
    pub(super) fn days(self) -> Vec<NaiveDate> {
        let first = self.view.with_untracked(|view| view.bookings.days.from);
        (0..7).filter_map(|place| first.checked_add_days(Days::new(place))).collect()
    }

    /// The cell of a task on a day.
    pub(super) fn cell(self, task: TaskId, day: NaiveDate) -> Cell {
        Cell { person: self.view.with_untracked(|view| view.bookings.person.id), task, day }
    }

    /// What is booked in a cell.
    pub(super) fn booked(self, cell: Cell) -> Vec<BookingRow> {
        self.view.with(|view| in_cell(view, cell).cloned().collect())
    }

    /// What is booked under that id in this week.
    pub(super) fn row(self, id: BookingId) -> Option<BookingRow> {
        self.view.with(|view| view.bookings.rows.iter().find(|row| row.id == id).cloned())
    }

    /// The lines of the table, with the tasks of those that are booked: further ones are typed, and on their way, or
    /// refused.
    pub(super) fn lines(self) -> Vec<(BookingId, Option<TaskId>)> {
        self.view.with(|view| {
            let mut lines: Vec<_> = view.bookings.rows.iter().map(|row| (row.id, Some(row.task))).collect();
            let (person, days) = (view.bookings.person.id.to_string(), view.bookings.days);
            self.typed.drafts.with(|drafts| {
                for (place, form) in drafts {
                    let Place::Booking(id) = *place else { continue };
                    let here = form.version == 0 || read_date(&form.date).is_ok_and(|day| days.contains(day));
                    if here && form.person == person && lines.iter().all(|(known, _)| *known != id) {
                        lines.push((id, None));
                    }
                }
            });
            lines
        })
    }

    /// The cursor comes there.
    pub(super) fn activate(self, place: Place) {
        if self.active.get_untracked() != Some(place) {
            self.active.set(Some(place));
        }
    }

    /// Whether something is typed there.
    pub(super) fn is_typed(self, place: Place) -> bool {
        self.typed.drafts.with(|drafts| drafts.contains_key(&place))
    }

    /// What is typed there, or what stands there as long as nothing is.
    pub(super) fn held(self, place: Place) -> Option<BookingForm> {
        self.typed.drafts.with(|drafts| drafts.get(&place).cloned()).or_else(|| self.begun(place))
    }

    /// Why it was not saved, or would not be.
    pub(super) fn error(self, place: Place) -> Option<CallError> {
        let refused = self.typed.problems.with(|problems| problems.get(&place).cloned());
        refused.or_else(|| {
            let active = self.active.get() == Some(place);
            self.shown.with(|shown| match shown {
                Some(Err(problem)) if active => Some(CallError::of(lang(), problem)),
                _ => None,
            })
        })
    }

    /// What typing begins with: the booking that is there, or a new one.
    fn begun(self, place: Place) -> Option<BookingForm> {
        let new = |person: UserId, task: String, date: String| BookingForm {
            task,
            person: person.to_string(),
            date,
            billable: "yes".to_owned(),
            ..BookingForm::default()
        };
        match place {
            Place::Cell(cell) => {
                let known = self.view.with(|view| in_cell(view, cell).next().map(|row| form_of(lang(), row)));
                known.or_else(|| Some(new(cell.person, cell.task.to_string(), cell.day.to_string())))
            }
            Place::Booking(id) => self.row(id).map(|row| form_of(lang(), &row)),
            Place::New(person) => {
                let days = self.view.with(|view| view.bookings.days);
                let (date, task) = self.typed.next.get().unwrap_or_default();
                let date = read_date(&date).ok().filter(|date| days.contains(*date));
                let here = if days.contains(self.today) { self.today } else { days.from };
                let known = self.tasks().iter().any(|row| !row.closed && row.task.to_string() == task);
                Some(new(person, if known { task } else { String::new() }, date.unwrap_or(here).to_string()))
            }
        }
    }

    /// Something is typed there. What stood there before is no draft.
    pub(super) fn edit(self, place: Place, change: impl FnOnce(&mut BookingForm)) {
        self.forgive(place);
        let begun = untrack(|| self.begun(place));
        self.typed.drafts.update(|drafts| {
            let Some(mut form) = drafts.get(&place).or(begun.as_ref()).cloned() else { return };
            change(&mut form);
            if begun.is_some_and(|begun| same(&begun, &form)) {
                drafts.remove(&place);
                return;
            }
            if form.id.is_empty() {
                form.id = new_id();
            }
            drafts.insert(place, form);
        });
    }

    /// What is typed now may be right.
    fn forgive(self, place: Place) {
        if self.typed.problems.with_untracked(|problems| problems.contains_key(&place)) {
            self.typed.problems.update(|problems| drop(problems.remove(&place)));
        }
    }

    /// Takes back what is typed there.
    pub(super) fn take_back(self, place: Place) {
        self.forgive(place);
        self.typed.drafts.update(|drafts| drop(drafts.remove(&place)));
    }

    /// What is shown of saving what is typed there, as it is sent along.
    fn seen(self, place: Place) -> String {
        if self.active.get_untracked() == Some(place) {
            seen(self.shown.get_untracked().as_ref())
        } else {
            String::new()
        }
    }

    /// Saves what is typed there, then goes on, saved or not. Whatever is typed meanwhile stays.
    pub(super) fn save(self, place: Place, then: impl FnOnce() + 'static) {
        self.send(place, self.seen(place), then);
    }

    /// Books the new line, unless it cannot be read; says whether it is on its way. It goes on as a line of its own, so
    /// that the next one can be typed at once.
    pub(super) fn book(self, person: UserId) -> bool {
        let new = Place::New(person);
        let Some(mut form) = untrack(|| self.held(new)) else { return false };
        if form.id.is_empty() {
            form.id = new_id();
        }
        if let Err(problem) = form.check(lang()) {
            let error = CallError::of(lang(), &problem);
            self.typed.problems.update(|problems| drop(problems.insert(new, error)));
            return false;
        }
        let Ok(line) = form.id.parse().map(Place::Booking) else { return false };
        let seen = self.seen(new);
        self.forgive(new);
        self.typed.next.set(Some((form.date.clone(), form.task.clone())));
        self.typed.drafts.update(|drafts| {
            drafts.remove(&new);
            drafts.insert(line, form);
        });
        self.send(line, seen, move || self.bring_back(line, new));
        true
    }

    /// A new booking that was refused comes back to where it was typed, unless something else is typed there by now.
    fn bring_back(self, line: Place, new: Place) {
        let refused = self.typed.problems.try_with_untracked(|problems| problems.get(&line).cloned()).flatten();
        let Some(error) = refused else { return };
        let back = self.typed.drafts.try_update(|drafts| {
            if drafts.contains_key(&new) {
                return false;
            }
            let form = drafts.remove(&line);
            form.is_some_and(|form| drafts.insert(new, form).is_none())
        });
        if back == Some(true) {
            self.typed.problems.try_update(|problems| {
                problems.remove(&line);
                problems.insert(new, error);
            });
        }
    }

    /// What is booked now is shown: also where the week was left meanwhile and opened again.
    fn renew(self, fresh: WeekView) {
        self.view.try_set(fresh.clone());
        self.typed.read.try_update(|read| read.week = Some(fresh));
    }

    fn send(self, place: Place, seen: String, then: impl FnOnce() + 'static) {
        let Some(form) = self.typed.drafts.with_untracked(|drafts| drafts.get(&place).cloned()) else { return };
        if self.typed.saving.with_untracked(|saving| saving.contains(&place)) {
            return;
        }
        self.typed.saving.update(|saving| {
            saving.insert(place);
        });
        let first = self.view.with_untracked(|view| view.bookings.days.from);
        let person = form.person.parse::<UserId>().ok();
        leptos::task::spawn_local(async move {
            let came = save_booking(BookingForm { seen, ..form.clone() }).await;
            // Whoever was overtaken sees what is booked now.
            let other = came.as_ref().map_or_else(CallError::is_overtaken, |_| true);
            let fresh = if other { load_week(person, first).await.ok() } else { None };
            self.typed.saving.try_update(|saving| saving.remove(&place));
            match came {
                Err(error) => {
                    if let Some(fresh) = fresh {
                        self.known.forget();
                        self.renew(fresh);
                    }
                    self.typed.problems.try_update(|problems| problems.insert(place, error));
                }
                Ok(answer) => {
                    self.typed.problems.try_update(|problems| problems.remove(&place));
                    self.typed.drafts.try_update(|drafts| settle(drafts, place, &form, answer.row.version));
                    if let Some(fresh) = fresh {
                        self.renew(fresh);
                    }
                    self.saved.try_set(Some((place, answer)));
                    self.known.forget();
                }
            }
            then();
        });
    }
}

/// What is booked in a cell.
pub(super) fn in_cell(view: &WeekView, cell: Cell) -> impl Iterator<Item = &BookingRow> {
    view.bookings.rows.iter().filter(move |row| row.task == cell.task && row.date == cell.day)
}

fn rows_of(view: RwSignal<WeekView>, typed: Typed) -> Vec<WeekTask> {
    let mut rows = view.with(|view| view.tasks.clone());
    typed.added.with(|added| extend(&mut rows, added));
    rows
}

fn tasks_of(view: RwSignal<WeekView>, typed: Typed) -> Vec<WeekTask> {
    let mut tasks = rows_of(view, typed);
    typed.read.with_untracked(|read| extend(&mut tasks, &read.tasks));
    tasks
}

/// Puts those behind that are not among them yet.
fn extend(tasks: &mut Vec<WeekTask>, further: &[WeekTask]) {
    for task in further {
        if tasks.iter().all(|known| known.task != task.task) {
            tasks.push(task.clone());
        }
    }
}
