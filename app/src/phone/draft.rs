//! A booking while it is typed. It is kept on the phone until it is saved or thrown away.

use chrono::{NaiveDate, NaiveTime};
use domain::{
    BookingId, Seconds,
    quota::Unit,
    splitting::{LONGEST, Plan},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, clock, read_amount};
use wire::bookings::{BookingForm, BookingRow};

use super::chosen::Chosen;

/// The name under which a new booking is kept.
pub(super) const NEW: &str = "drawdown.booking";
/// The name under which a change is kept.
pub(super) const CHANGE: &str = "drawdown.change";

/// What was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Draft {
    pub(super) id: BookingId,
    /// 0 of a new one.
    pub(super) version: i64,
    pub(super) on: Chosen,
    pub(super) date: String,
    pub(super) start: Option<NaiveTime>,
    pub(super) time: String,
    pub(super) billable: bool,
    pub(super) note: String,
}

impl Draft {
    /// A new one for that day.
    pub(super) fn new(id: BookingId, on: Chosen, today: NaiveDate) -> Draft {
        let (date, text) = (today.to_string(), String::new);
        Draft { id, version: 0, on, date, start: None, time: text(), billable: true, note: text() }
    }

    /// A change of one that is there.
    pub(super) fn of(row: &BookingRow) -> Draft {
        Draft {
            id: row.id,
            version: row.version,
            on: Chosen::of(row),
            date: row.date.to_string(),
            start: row.start,
            time: clock(row.seconds),
            billable: row.billable,
            note: row.note.clone(),
        }
    }

    /// Whether there is anything that could be lost: a task is chosen with one tap.
    pub(super) fn is_typed(&self) -> bool {
        !(self.time.is_empty() && self.note.is_empty())
    }

    /// What is sent; `seen` is what was previewed.
    pub(super) fn form(&self, seen: Option<&Plan>) -> BookingForm {
        BookingForm {
            id: self.id.to_string(),
            version: self.version,
            task: self.on.task.to_string(),
            person: String::new(),
            date: self.date.clone(),
            start: self.start.map(|start| start.format("%H:%M:%S").to_string()).unwrap_or_default(),
            time: self.time.clone(),
            billable: if self.billable { "yes" } else { "no" }.to_owned(),
            note: self.note.clone(),
            seen: seen.and_then(|plan| serde_json::to_string(plan).ok()).unwrap_or_default(),
            seen_left: String::new(),
        }
    }

    /// The same, so long.
    pub(super) fn lasting(self, time: Seconds) -> Draft {
        Draft { time: clock(time), ..self }
    }

    /// What is left of it after so much, as the next one.
    pub(super) fn after(&self, lang: Lang, part: Seconds, id: BookingId) -> Draft {
        let mut rest = Draft { id, ..self.clone() };
        rest.step(lang, Seconds(part.0.saturating_neg()));
        rest
    }

    /// The time that was typed, as far as it can be read.
    pub(super) fn seconds(&self, lang: Lang) -> Option<Seconds> {
        read_amount(lang, Unit::Time, &self.time).ok().map(|time| Seconds(time.units()))
    }

    /// Makes the time longer or shorter, within what one booking can have.
    pub(super) fn step(&mut self, lang: Lang, by: Seconds) {
        let time = self.seconds(lang).unwrap_or_default().0.saturating_add(by.0);
        let time = Seconds(time.clamp(0, LONGEST.0));
        self.time = if time.0 == 0 { String::new() } else { clock(time) };
    }
}
