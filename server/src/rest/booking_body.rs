//! How bookings and their portions look in JSON.

use chrono::NaiveDate;
use domain::{
    Currency, TaskId,
    splitting::{Amounts, Pays, PortionChange, Target},
};
use serde::Serialize;
use utoipa::ToSchema;
use wire::{
    bookings::{BookingAnswer, BookingRef, BookingRow, ChangedBooking, DeletedBooking, NamedPortion},
    projects::NamedLine,
};

use super::{
    contract_body::CustomerRefBody,
    projects::{PersonBody, ProjectRefBody, time},
    values::{MoneyBody, Volume},
};

/// The booking that made a draw.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingRefBody {
    id: String,
    project: ProjectRefBody,
    /// The name of its task.
    task: String,
    /// Who has worked.
    person: String,
    date: NaiveDate,
}

impl From<BookingRef> for BookingRefBody {
    fn from(booking: BookingRef) -> BookingRefBody {
        BookingRefBody {
            id: booking.id.to_string(),
            project: booking.project.into(),
            task: booking.task,
            person: booking.person,
            date: booking.date,
        }
    }
}

/// A part of a booking that goes to one place.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortionBody {
    /// `line`; `not_billable`: nobody pays for it; or `unassigned`: it is billable, and no line takes it.
    target: &'static str,
    /// The id of the billing line.
    line: Option<String>,
    /// The name of the billing line.
    name: Option<String>,
    /// How it is paid for: `allowance` (it is free), `prepaid_time`, `prepaid_money`, `effort` (it is charged by the hour)
    /// or `flat_rate`; none where it goes to no line.
    pays: Option<&'static str>,
    /// How much of the billed time.
    time: Volume,
    /// What it costs, without VAT.
    amount: MoneyBody,
    /// What it takes of the account of the line, what is overdrawn included; none where the line has none.
    taken: Option<Volume>,
    /// What of that is overdrawn: no lot covers it yet.
    deficit: Option<Volume>,
}

fn line_of(target: Target) -> Option<String> {
    match target {
        Target::Line { line } => Some(line.to_string()),
        Target::NotBillable | Target::Unassigned => None,
    }
}

impl PortionBody {
    /// From a portion with the name of its line.
    pub fn new(named: NamedPortion, currency: Currency) -> PortionBody {
        let NamedPortion { portion, line, pays, deficit } = named;
        let unit = pays.and_then(|pays| pays.unit(currency));
        PortionBody {
            target: portion.target.name(),
            line: line_of(portion.target),
            name: line,
            pays: pays.map(Pays::name),
            time: time(portion.seconds),
            amount: MoneyBody::new(portion.amount, currency),
            taken: unit.map(|unit| Volume::new(unit, portion.taken)),
            deficit: unit.map(|unit| Volume::new(unit, deficit)),
        }
    }
}

/// A task as a booking names it.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskRefBody {
    id: String,
    name: String,
}

impl TaskRefBody {
    /// From a task and its name.
    pub fn new(task: TaskId, name: String) -> TaskRefBody {
        TaskRefBody { id: task.to_string(), name }
    }
}

/// A booking of time.
#[derive(Debug, Serialize, ToSchema)]
pub struct BookingBody {
    id: String,
    version: i64,
    project: ProjectRefBody,
    customer: CustomerRefBody,
    task: TaskRefBody,
    person: PersonBody,
    date: NaiveDate,
    /// When it began, such as `08:30:00`, if it came from a timer.
    start: Option<String>,
    /// How long it really was.
    time: Volume,
    /// What is billed of it.
    billed: Volume,
    billable: bool,
    note: String,
    /// Where its time went; together that is what is billed.
    portions: Vec<PortionBody>,
    /// Why it is not changed any more: `document`, `balancing`, `statement` or `closed_books`.
    lock: Option<&'static str>,
}

impl BookingBody {
    /// From a row of a list.
    pub fn new(row: BookingRow) -> BookingBody {
        let currency = row.currency;
        let portion = |named| PortionBody::new(named, currency);
        BookingBody {
            id: row.id.to_string(),
            version: row.version,
            project: row.project.into(),
            customer: row.customer.into(),
            task: TaskRefBody::new(row.task, row.task_name),
            person: row.person.into(),
            date: row.date,
            start: row.start.map(|start| start.to_string()),
            time: time(row.seconds),
            billed: time(row.billed),
            billable: row.billable,
            note: row.note,
            portions: row.portions.into_iter().map(portion).collect(),
            lock: row.lock.map(domain::splitting::Lock::name),
        }
    }
}

/// The figures of a portion.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortionFiguresBody {
    time: Volume,
    /// What it costs, without VAT.
    amount: MoneyBody,
    /// What it takes of the account of the line, what is overdrawn included; none where the line has none.
    taken: Option<Volume>,
}

impl PortionFiguresBody {
    fn new(amounts: Amounts, pays: Option<Pays>, currency: Currency) -> PortionFiguresBody {
        let unit = pays.and_then(|pays| pays.unit(currency));
        PortionFiguresBody {
            time: time(amounts.seconds),
            amount: MoneyBody::new(amounts.amount, currency),
            taken: unit.map(|unit| Volume::new(unit, amounts.taken)),
        }
    }
}

/// A portion that is another one, that is new or that is gone.
#[derive(Debug, Serialize, ToSchema)]
pub struct PortionChangeBody {
    /// `line`, `not_billable` or `unassigned`.
    target: &'static str,
    /// The id of the billing line.
    line: Option<String>,
    /// The name of the billing line.
    name: Option<String>,
    /// How it is paid for: `allowance` (it is free), `prepaid_time`, `prepaid_money`, `effort` (it is charged by the hour)
    /// or `flat_rate`; none where it goes to no line.
    pays: Option<&'static str>,
    before: PortionFiguresBody,
    after: PortionFiguresBody,
}

/// Another booking that comes out otherwise.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangedBookingBody {
    booking: String,
    date: NaiveDate,
    /// The name of whoever has worked.
    person: String,
    /// The name of its task.
    task: String,
    changes: Vec<PortionChangeBody>,
}

impl ChangedBookingBody {
    /// From a booking that comes out otherwise; the lines name where its time goes.
    pub fn new(changed: ChangedBooking, lines: &[NamedLine]) -> ChangedBookingBody {
        let currency = changed.currency;
        let change = |change: PortionChange| {
            let line = lines.iter().find(|line| change.target == Target::Line { line: line.id });
            let pays = line.and_then(|line| line.pays);
            PortionChangeBody {
                target: change.target.name(),
                line: line_of(change.target),
                name: line.map(|line| line.name.clone()),
                pays: pays.map(Pays::name),
                before: PortionFiguresBody::new(change.before, pays, currency),
                after: PortionFiguresBody::new(change.after, pays, currency),
            }
        };
        ChangedBookingBody {
            booking: changed.booking.to_string(),
            date: changed.date,
            person: changed.person,
            task: changed.task,
            changes: changed.changes.into_iter().map(change).collect(),
        }
    }
}

/// A booking that was saved.
#[derive(Debug, Serialize, ToSchema)]
pub struct SavedBookingBody {
    booking: BookingBody,
    /// The other bookings that come out otherwise because of it, in the order in which they were accepted.
    changed: Vec<ChangedBookingBody>,
}

impl SavedBookingBody {
    /// From the answer to saving.
    pub fn new(answer: BookingAnswer) -> SavedBookingBody {
        let BookingAnswer { row, changed, lines, .. } = answer;
        SavedBookingBody {
            booking: BookingBody::new(row),
            changed: changed.into_iter().map(|changed| ChangedBookingBody::new(changed, &lines)).collect(),
        }
    }
}

/// A booking that was deleted.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeletedBookingBody {
    booking: String,
    /// The other bookings that come out otherwise because of it, in the order in which they were accepted.
    changed: Vec<ChangedBookingBody>,
}

impl DeletedBookingBody {
    /// From the answer to deleting.
    pub fn new(answer: DeletedBooking) -> DeletedBookingBody {
        let DeletedBooking { booking, changed, lines, .. } = answer;
        let changed = changed.into_iter().map(|changed| ChangedBookingBody::new(changed, &lines));
        DeletedBookingBody { booking: booking.to_string(), changed: changed.collect() }
    }
}
