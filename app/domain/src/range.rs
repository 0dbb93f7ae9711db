//! Half-open ranges of civil dates.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// `[from, until)`: `from` belongs to it, `until` is the first day that does not. `None` means without end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DateRange {
    /// First day.
    pub from: NaiveDate,
    /// The day after the last one.
    pub until: Option<NaiveDate>,
}

impl DateRange {
    /// `None` when the range would be empty or inverted.
    pub fn new(from: NaiveDate, until: Option<NaiveDate>) -> Option<DateRange> {
        until.is_none_or(|until| from < until).then_some(DateRange { from, until })
    }

    /// Whether the day lies in the range.
    pub fn contains(&self, date: NaiveDate) -> bool {
        self.from <= date && self.until.is_none_or(|until| date < until)
    }

    /// Whether there is a day that lies in both.
    pub fn overlaps(&self, other: DateRange) -> bool {
        self.until.is_none_or(|until| other.from < until) && other.until.is_none_or(|until| self.from < until)
    }

    /// The days from the first to the last of both.
    #[must_use]
    pub fn hull(&self, other: DateRange) -> DateRange {
        let until = self.until.zip(other.until).map(|(one, other)| one.max(other));
        DateRange { from: self.from.min(other.from), until }
    }

    /// The last day, for people who read "until Apr 30" and not "before May 1".
    pub fn last_day(&self) -> Option<NaiveDate> {
        self.until.and_then(|until| until.pred_opt())
    }
}
