//! Timers that ran past midnight: each day gets its own time.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveTime, Utc};
use serde::{Deserialize, Serialize};

use super::{LONGEST, SplitError, allowance::made_of};
use crate::{
    BookingId, Seconds,
    quota::{QuotaError, check_date},
};

/// The time that a timer ran on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The day, in the time zone of the company.
    pub date: NaiveDate,
    /// When it began on that day.
    pub start: NaiveTime,
    /// How long it ran on it.
    pub seconds: Seconds,
}

/// Splits what a timer measured by days, as the clocks of the company show them: `offset` says how far those are from UTC
/// at a moment. Together the pieces are what the timer measured, whatever the clocks did in between.
///
/// Errors when it ended before it began, ran for less than a second, or for more than 24 hours.
pub fn by_date(
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    offset: impl Fn(DateTime<Utc>) -> FixedOffset,
) -> Result<Vec<Piece>, SplitError> {
    if end < start {
        return Err(SplitError::EndBeforeStart { start, end });
    }
    for moment in [start, end] {
        if let Err(QuotaError::DateOutOfRange { date, first, last }) = check_date(moment.date_naive()) {
            return Err(SplitError::OutsideBooks { date, first, last });
        }
    }
    let (mut from, until) = (start.timestamp(), end.timestamp());
    let seconds = Seconds(until.saturating_sub(from));
    if seconds.0 == 0 {
        return Err(SplitError::NoTime { seconds });
    }
    if seconds > LONGEST {
        return Err(SplitError::TooLong { seconds, most: LONGEST });
    }
    let shown = |moment: i64| DateTime::from_timestamp(moment, 0).map(|at| at.with_timezone(&offset(at)).naive_local());
    let mut pieces = Vec::new();
    while from < until {
        let Some(begins) = shown(from) else { return Err(SplitError::EndBeforeStart { start, end }) };
        let date = begins.date();
        let other_day = |moment: i64| shown(moment).is_none_or(|at| at.date() > date);
        let next = first(from, until, other_day);
        pieces.push(Piece { date, start: begins.time(), seconds: Seconds(next.saturating_sub(from)) });
        from = next;
    }
    Ok(pieces)
}

/// The id of the booking that a piece becomes: that of the timer for the first one, and made of it and the place for
/// those after it, so that the same timer sent twice counts once.
pub fn piece_id(timer: BookingId, place: usize) -> BookingId {
    match u128::try_from(place) {
        Ok(0) | Err(_) => timer,
        Ok(place) => BookingId::new(made_of(timer.uuid(), place)),
    }
}

/// The first moment after `from` for which it holds, or `until`: found by halving, because once it holds it goes on to.
fn first(from: i64, until: i64, holds: impl Fn(i64) -> bool) -> i64 {
    let (mut before, mut after) = (from, until);
    while after.saturating_sub(before) > 1 {
        let middle = before.midpoint(after);
        if holds(middle) {
            after = middle;
        } else {
            before = middle;
        }
    }
    after
}
