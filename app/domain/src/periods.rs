//! Periods counted from an anchor.

use chrono::{Datelike, Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use crate::DateRange;

/// How long each period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// Whole months, at least one; the day is clamped to the length of the month.
    Months(u32),
    /// Whole days, at least one.
    Days(u32),
}

impl Interval {
    /// Whole weeks, counted in days. `None` when they are too many.
    pub fn weeks(count: u32) -> Option<Interval> {
        count.checked_mul(7).map(Interval::Days)
    }
}

/// Periods that follow each other. Each is computed from the anchor and never from the one before, so that a month's
/// short end does not stay: Jan 31, Feb 28, Mar 31.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Periods {
    /// The first day of period 0.
    pub anchor: NaiveDate,
    /// Their length.
    pub every: Interval,
}

impl Periods {
    /// The periods of which period 0 is `[from, until)`: counted in months when it is a whole number of them, else in
    /// days. `None` when it is empty.
    pub fn spanning(from: NaiveDate, until: NaiveDate) -> Option<Periods> {
        let months = months_between(from, until).filter(|months| *months > 0);
        let by_months = months.map(Interval::Months).map(|every| Periods { anchor: from, every });
        by_months.filter(|periods| periods.start(1) == Some(until)).or_else(|| {
            let days = u32::try_from(until.signed_duration_since(from).num_days()).ok().filter(|days| *days > 0)?;
            Some(Periods { anchor: from, every: Interval::Days(days) })
        })
    }

    /// The first day of period `number`, which may be negative. `None` beyond the calendar.
    pub fn start(&self, number: i64) -> Option<NaiveDate> {
        let distance = number.unsigned_abs();
        let back = number.is_negative();
        match self.every {
            Interval::Months(months) => {
                let months = Months::new(u32::try_from(distance.checked_mul(u64::from(months))?).ok()?);
                if back { self.anchor.checked_sub_months(months) } else { self.anchor.checked_add_months(months) }
            }
            Interval::Days(days) => {
                let days = Days::new(distance.checked_mul(u64::from(days))?);
                if back { self.anchor.checked_sub_days(days) } else { self.anchor.checked_add_days(days) }
            }
        }
    }

    /// Period `number`. `None` beyond the calendar.
    pub fn nth(&self, number: i64) -> Option<DateRange> {
        DateRange::new(self.start(number)?, Some(self.start(number.checked_add(1)?)?))
    }

    /// The number of the period to which the day belongs. `None` beyond the calendar or for periods without length.
    pub fn number_of(&self, day: NaiveDate) -> Option<i64> {
        let (distance, length) = match self.every {
            Interval::Months(months) => (months_apart(self.anchor, day)?, i64::from(months)),
            Interval::Days(days) => (day.signed_duration_since(self.anchor).num_days(), i64::from(days)),
        };
        let guess = distance.checked_div_euclid(length)?;
        // Clamped days can put the day one period before or after what the months alone say.
        let near = [guess.checked_sub(1)?, guess, guess.checked_add(1)?];
        near.into_iter().find(|number| self.nth(*number).is_some_and(|range| range.contains(day)))
    }
}

/// Calendar months from one day's month to the other's.
pub(crate) fn months_apart(from: NaiveDate, until: NaiveDate) -> Option<i64> {
    let month = |day: NaiveDate| i64::from(day.year()).checked_mul(12)?.checked_add(i64::from(day.month0()));
    month(until)?.checked_sub(month(from)?)
}

fn months_between(from: NaiveDate, until: NaiveDate) -> Option<u32> {
    u32::try_from(months_apart(from, until)?).ok()
}
