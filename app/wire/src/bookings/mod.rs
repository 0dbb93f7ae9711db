//! Bookings of time: what is typed, what came of it, and how it is shown.

use chrono::{NaiveDate, NaiveTime};
use domain::{
    BookingId, Currency, CustomerId, DateRange, Money, ProjectId, Seconds, TaskId, UserId,
    quota::Amount,
    splitting::{Lock, Pays, Plan, Portion, PortionChange, Target, cost},
};
use serde::{Deserialize, Serialize};

use crate::{
    contracts::CustomerRef,
    projects::{NamedLine, PersonRef, ProjectRef},
};

mod forms;
mod moving;
mod refusal;
mod views;
mod words;

pub use forms::{
    BookingDraft, BookingForm, DeleteBookingDraft, DeleteBookingForm, MOST_NOTE, Moment, TimerDraft, TimerForm,
};
pub use moving::{MOST_MOVED, MoveDraft, MoveForm, MoveSum, MoveView, MovedBooking};
pub(crate) use refusal::splits_another_text;
pub use refusal::{field_of, lock_text, refused, split_text};
pub use views::{BookingChoices, BookingPage, BookingSum, BookingView, WeekTask, WeekView};
pub use words::{amounts_text, booking_title, pays_text, portion_text, rounded_text, target_text};

/// The columns by which the list of bookings can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BookingSort {
    /// The latest day first.
    #[default]
    Date,
    /// By person, in the order in which people are listed everywhere.
    Person,
    /// By the number of the project.
    Project,
    /// The shortest first.
    Time,
}

/// What the list of bookings shows; it stands in the address of the page. Whoever only books the own time sees that
/// only.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BookingQuery {
    /// The beginning of the number or name of a project, or beginnings of words of its customer that must all occur.
    pub q: String,
    /// Of that project only.
    pub project: Option<ProjectId>,
    /// On that task only.
    pub task: Option<TaskId>,
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// By that person only.
    pub person: Option<UserId>,
    /// Of that day or later.
    pub from: Option<NaiveDate>,
    /// Of that day or earlier.
    pub until: Option<NaiveDate>,
    /// Only billable ones, or only others.
    pub billable: Option<bool>,
    /// Only those with time that no line takes.
    pub unassigned: bool,
    /// The column.
    pub sort: BookingSort,
    /// The other way round.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

impl BookingQuery {
    /// Whether a filter leaves no more than a person means to add up: only then the list says what all that it finds
    /// comes to, and reads all of it to sort it.
    pub fn is_narrowed(&self) -> bool {
        let named = self.project.is_some() || self.task.is_some() || self.customer.is_some() || self.person.is_some();
        named || !self.q.is_empty() || self.from.is_some() || self.until.is_some() || self.unassigned
    }
}

/// How many bookings a page of the list shows.
pub const BOOKINGS_PER_PAGE: u32 = 50;

/// A portion of a booking with the name of its line, and how that is paid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedPortion {
    /// The portion.
    pub portion: Portion,
    /// The name of its line; none of time that goes to no line.
    pub line: Option<String>,
    /// How it is paid for; none of time that goes to no line.
    pub pays: Option<Pays>,
    /// What of what it takes is overdrawn: no lot covers it yet.
    #[serde(default)]
    pub deficit: Amount,
}

impl NamedPortion {
    /// A portion whose line is among these, with what of it is overdrawn.
    pub fn of(portion: Portion, lines: &[NamedLine], deficit: Amount) -> NamedPortion {
        let line = lines.iter().find(|line| portion.target == Target::Line { line: line.id });
        NamedPortion {
            portion,
            line: line.map(|line| line.name.clone()),
            pays: line.and_then(|line| line.pays),
            deficit,
        }
    }
}

/// A booking in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRow {
    /// The booking.
    pub id: BookingId,
    /// The version, to be sent back when it is changed or deleted.
    pub version: i64,
    /// On which project.
    pub project: ProjectRef,
    /// Whose project it is.
    pub customer: CustomerRef,
    /// The currency of its amounts.
    pub currency: Currency,
    /// On which task.
    pub task: TaskId,
    /// The name of the task.
    pub task_name: String,
    /// Who has worked.
    pub person: PersonRef,
    /// The day.
    pub date: NaiveDate,
    /// When it began, if it came from a timer.
    pub start: Option<NaiveTime>,
    /// How long it really was.
    pub seconds: Seconds,
    /// What is billed of it.
    pub billed: Seconds,
    /// Whether the customer pays for it.
    pub billable: bool,
    /// What was done.
    pub note: String,
    /// Where its time went.
    pub portions: Vec<NamedPortion>,
    /// Why it is not changed any more, if that is so.
    pub lock: Option<Lock>,
}

/// A booking as the draw that it made names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingRef {
    /// The booking.
    pub id: BookingId,
    /// On which project.
    pub project: ProjectRef,
    /// The name of the task.
    pub task: String,
    /// The name of whoever has worked.
    pub person: String,
    /// The day.
    pub date: NaiveDate,
}

impl BookingRow {
    /// What its time costs.
    pub fn amount(&self) -> Money {
        Money { minor: cost(self.portions.iter().map(|named| &named.portion)), currency: self.currency }
    }
}

/// The bookings of a person on some days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonBookings {
    /// Who.
    pub person: PersonRef,
    /// The days.
    pub days: DateRange,
    /// The bookings, by day and time.
    pub rows: Vec<BookingRow>,
    /// How long they really were together.
    pub seconds: Seconds,
    /// What is billed of them together.
    pub billed: Seconds,
}

/// A booking that comes out otherwise, as a person reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedBooking {
    /// The booking.
    pub booking: BookingId,
    /// Its day.
    pub date: NaiveDate,
    /// The name of whoever has worked.
    pub person: String,
    /// The name of its task.
    pub task: String,
    /// The currency of its amounts.
    pub currency: Currency,
    /// How its portions changed; where it is compared with what a person saw, that is `before`.
    pub changes: Vec<PortionChange>,
}

/// What saving a booking did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingAnswer {
    /// The booking as it stands now.
    pub row: BookingRow,
    /// As decided; it says nothing of what was saved before.
    pub plan: Plan,
    /// What became of the project that the booking has left, if it was moved.
    pub left: Option<Plan>,
    /// The other bookings that come out otherwise, in the order in which they were accepted.
    pub changed: Vec<ChangedBooking>,
    /// Where the decision differs from what the person saw.
    pub differences: Vec<ChangedBooking>,
    /// The names of the lines that any of it names.
    pub lines: Vec<NamedLine>,
}

/// What deleting a booking did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletedBooking {
    /// The booking.
    pub booking: BookingId,
    /// As decided; it says nothing when it was deleted before.
    pub plan: Plan,
    /// The other bookings that come out otherwise, in the order in which they were accepted.
    pub changed: Vec<ChangedBooking>,
    /// Where the decision differs from what the person saw.
    pub differences: Vec<ChangedBooking>,
    /// The names of the lines that any of it names.
    pub lines: Vec<NamedLine>,
}
