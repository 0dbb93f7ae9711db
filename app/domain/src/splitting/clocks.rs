//! What the clocks of the company show, and whether a booking that says when it began can have been.

use chrono::{DateTime, Days, FixedOffset, NaiveDateTime, Offset, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::{Booking, SplitError, by_date};
use crate::Seconds;

/// So many seconds after now still count as now: whoever measures has a clock of its own.
const SLACK: i64 = 60;

/// The clocks of the company around the days of some bookings.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Clocks {
    /// Now; none for whoever keeps the facts for longer than a moment.
    pub now: Option<DateTime<Utc>>,
    /// How many seconds they are ahead of UTC, from each instant on, in order. Nothing is known of what lies before the
    /// first one, or less than a day after it.
    pub ahead: Vec<(DateTime<Utc>, i32)>,
}

impl Clocks {
    /// Checks a booking that says when it began: on that day there is such a time, it ends on the same day, and it is
    /// over. Where the clocks show a time twice, the first one counts; what really passes is measured. Of one that says
    /// nothing, and of days of which nothing is known, there is nothing to check.
    pub(super) fn check(&self, booking: &Booking) -> Result<(), SplitError> {
        let Some(start) = booking.start else { return Ok(()) };
        let (begins, wanted) = (booking.date.and_time(start), booking.seconds);
        if !self.know(begins) {
            return Ok(());
        }
        let from = self.instant(begins).ok_or(SplitError::NoSuchTime { time: begins })?;
        let until = from.checked_add_signed(TimeDelta::seconds(wanted.0)).unwrap_or(from);
        let pieces = by_date(from, until, |at| self.offset(at))?;
        if let [first, _, ..] = pieces.as_slice() {
            let (fits, rest) = (first.seconds, Seconds(wanted.0.saturating_sub(first.seconds.0)));
            return Err(SplitError::PastMidnight { start, wanted, fits, rest });
        }
        match self.now {
            Some(now) if until.signed_duration_since(now).num_seconds() > SLACK => {
                let shown = |at: DateTime<Utc>| at.with_timezone(&self.offset(at)).naive_local();
                Err(SplitError::NotOver { end: shown(until), now: shown(now) })
            }
            _ => Ok(()),
        }
    }

    /// Whether anything is known of the instants at which they may show that time.
    fn know(&self, shown: NaiveDateTime) -> bool {
        let before = shown.and_utc().checked_sub_days(Days::new(1));
        self.ahead.first().zip(before).is_some_and(|((from, _), before)| *from <= before)
    }

    /// The first instant at which they show that time; none when they leave it out.
    fn instant(&self, shown: NaiveDateTime) -> Option<DateTime<Utc>> {
        let possible = self.ahead.iter().filter_map(|(_, ahead)| {
            let offset = FixedOffset::east_opt(*ahead)?;
            let at = shown.checked_sub_offset(offset)?.and_utc();
            (self.offset(at) == offset).then_some(at)
        });
        possible.min()
    }

    /// How far they are from UTC at an instant.
    fn offset(&self, at: DateTime<Utc>) -> FixedOffset {
        let known = self.ahead.iter().rev().find(|(from, _)| *from <= at);
        known.and_then(|(_, ahead)| FixedOffset::east_opt(*ahead)).unwrap_or_else(|| Utc.fix())
    }
}
