//! The bookings of a simulation in JSON: what was booked before, what is done with bookings, and what comes of it.

use chrono::NaiveDate;
use domain::{
    BookingId, Currency, Seconds, TaskId, UserId,
    quota::{Amount, Unit},
    splitting::{Booking, Lock, Portion, Poured, Target},
};
use serde::{Deserialize, Serialize};
use usecases::bookings::{Existing, Overdrawn, Simulated, Step};
use utoipa::ToSchema;
use wire::{FieldReason, bookings::NamedPortion, projects::NamedLine};

use super::{booking_body::PortionBody, customers::id_from, fields::Fields, projects::time, values::Volume};

fn yes() -> bool {
    true
}

/// A booking that was accepted before.
#[derive(Debug, Deserialize, ToSchema)]
pub struct KnownBooking {
    /// A UUID; may be left out.
    id: Option<String>,
    /// The id of the task; left out: one to which no line is limited.
    task: Option<String>,
    date: NaiveDate,
    time: Volume,
    /// Whether the customer pays for it.
    #[serde(default = "yes")]
    billable: bool,
    /// Why it keeps its portions: `document`, `balancing`, `statement` or `closed_books`; left out: it does not. That
    /// the books are closed for its day need not be said.
    lock: Option<String>,
}

impl KnownBooking {
    /// The booking at that place.
    pub fn read(&self, fields: &mut Fields, place: usize) -> Option<Existing> {
        let said = Said {
            id: self.id.as_deref(),
            task: self.task.as_deref(),
            date: Some(self.date),
            time: Some(&self.time),
            billable: self.billable,
        };
        let booking = said.read(fields, &format!("existing {place}"));
        let lock = match &self.lock {
            None => None,
            Some(name) => Some(fields.choice("lock", Lock::from_name(name))?),
        };
        Some(Existing { booking: booking?, lock })
    }
}

/// What is done with a booking.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BookingStep {
    /// `add` (if left out); `change`: the one of its id becomes this; `delete`: the one of its id is deleted, or leaves
    /// the project; `move_in`: it comes from another project.
    way: Option<String>,
    /// A UUID; may be left out where it is new.
    id: Option<String>,
    /// How many of the existing ones were accepted before one that moves in; left out: all of them.
    after: Option<usize>,
    /// The id of the task; left out: one to which no line is limited.
    task: Option<String>,
    /// Needed unless it is deleted.
    date: Option<NaiveDate>,
    /// Needed unless it is deleted.
    time: Option<Volume>,
    /// Whether the customer pays for it.
    #[serde(default = "yes")]
    billable: bool,
}

impl BookingStep {
    /// The step at that place, after so many existing bookings.
    pub fn read(&self, fields: &mut Fields, place: usize, existing: usize) -> Option<Step> {
        let said = Said {
            id: self.id.as_deref(),
            task: self.task.as_deref(),
            date: self.date,
            time: self.time.as_ref(),
            billable: self.billable,
        };
        let usual = format!("booking {place}");
        let way = self.way.as_deref().unwrap_or("add");
        if matches!(way, "change" | "delete") && self.id.is_none() {
            fields.wrong("id", FieldReason::Missing);
        }
        match way {
            "add" => said.read(fields, &usual).map(Step::Add),
            "change" => said.read(fields, &usual).map(Step::Change),
            "delete" => said.own(fields, &usual).map(Step::Delete),
            "move_in" => {
                let after = self.after.unwrap_or(existing);
                let after = fields.choice("after", (after <= existing).then_some(after));
                let booking = said.read(fields, &usual);
                Some(Step::MoveIn { booking: booking?, after: after? })
            }
            _ => {
                fields.wrong("way", FieldReason::NotOneOf);
                None
            }
        }
    }
}

/// What was sent of a booking.
struct Said<'a> {
    id: Option<&'a str>,
    task: Option<&'a str>,
    date: Option<NaiveDate>,
    time: Option<&'a Volume>,
    billable: bool,
}

/// The id of what has none of its own.
fn usual(what: &str) -> uuid::Uuid {
    id_from(&format!("simulation\n{what}")).unwrap_or_default()
}

impl Said<'_> {
    fn own(&self, fields: &mut Fields, what: &str) -> Option<BookingId> {
        match self.id {
            None => Some(BookingId::new(usual(what))),
            Some(id) => fields.id("id", id),
        }
    }

    fn read(&self, fields: &mut Fields, what: &str) -> Option<Booking> {
        let id = self.own(fields, what);
        let task = match self.task {
            None => Some(TaskId::new(usual("task"))),
            Some(task) => fields.id("task", task),
        };
        if self.date.is_none() {
            fields.wrong("date", FieldReason::Missing);
        }
        let time = match self.time {
            None => {
                fields.wrong("time", FieldReason::Missing);
                None
            }
            Some(time) => fields.volume("time", time, Unit::Time),
        };
        Some(Booking {
            id: id?,
            // Nobody has worked.
            person: UserId::new(uuid::Uuid::nil()),
            task: task?,
            date: self.date?,
            start: None,
            seconds: Seconds(time?.units()),
            billable: self.billable,
            note: String::new(),
        })
    }
}

/// The portions of a booking, whose lines are among these.
fn portions(
    (booking, portions): (BookingId, &[Portion]),
    overdrawn: &Overdrawn,
    lines: &[NamedLine],
    currency: Currency,
) -> Vec<PortionBody> {
    let portion = |portion: &Portion| {
        let deficit = match portion.target {
            Target::Line { line } => overdrawn.get(&(booking, line)).copied().unwrap_or_default(),
            Target::NotBillable | Target::Unassigned => Amount::ZERO,
        };
        PortionBody::new(NamedPortion::of(*portion, lines, deficit), currency)
    };
    portions.iter().map(portion).collect()
}

/// How a booking is split.
#[derive(Debug, Serialize, ToSchema)]
pub struct PouredBody {
    id: String,
    /// What is billed of it.
    billed: Volume,
    /// What it had; nothing of one that is new.
    before: Vec<PortionBody>,
    /// Where it goes; together that is what is billed.
    portions: Vec<PortionBody>,
}

impl PouredBody {
    /// From the booking of a step, whose lines are among these.
    pub fn new(step: &Simulated, lines: &[NamedLine], currency: Currency) -> PouredBody {
        PouredBody::of(&step.booking, step, lines, currency)
    }

    /// From a booking that a step has poured.
    fn of(poured: &Poured, step: &Simulated, lines: &[NamedLine], currency: Currency) -> PouredBody {
        let id = poured.booking;
        PouredBody {
            id: id.to_string(),
            billed: time(poured.billed),
            before: portions((id, &poured.before), &step.before, lines, currency),
            portions: portions((id, &poured.portions), &step.after, lines, currency),
        }
    }
}

/// How a booking would be split, and what becomes of others.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedBooking {
    id: String,
    /// What is billed of it.
    billed: Volume,
    /// What it had; nothing of one that is new.
    before: Vec<PortionBody>,
    /// Where it goes; together that is what is billed. Nowhere once it is deleted.
    portions: Vec<PortionBody>,
    /// The other bookings that come out otherwise because of it, in the order in which they were accepted.
    changed: Vec<PouredBody>,
}

impl SimulatedBooking {
    /// From what came of a step, whose lines are among these.
    pub fn new(step: &Simulated, lines: &[NamedLine], currency: Currency) -> SimulatedBooking {
        let PouredBody { id, billed, before, portions } = PouredBody::new(step, lines, currency);
        let changed = step.changed.iter().map(|other| PouredBody::of(other, step, lines, currency)).collect();
        SimulatedBooking { id, billed, before, portions, changed }
    }
}
