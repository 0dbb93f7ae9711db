//! What can be booked at all.

use super::{Booking, Facts, LONGEST, SplitError};
use crate::quota::{QuotaError, check_date};

/// Checks a booking that somebody enters: more than nothing and at most 24 hours, on a day that has come and is in open
/// books, on an open task. That nobody pays for it, or that no line takes it, is no mistake: it shows in its portions.
pub fn check(booking: &Booking, facts: &Facts) -> Result<(), SplitError> {
    let Booking { seconds, date, task, .. } = *booking;
    if seconds.0 <= 0 {
        return Err(SplitError::NoTime { seconds });
    }
    if seconds > LONGEST {
        return Err(SplitError::TooLong { seconds, most: LONGEST });
    }
    if let Err(QuotaError::DateOutOfRange { date, first, last }) = check_date(date) {
        return Err(SplitError::OutsideBooks { date, first, last });
    }
    if date > facts.today {
        return Err(SplitError::InFuture { date, today: facts.today });
    }
    if facts.closed_tasks.contains(&task) {
        return Err(SplitError::TaskClosed { task });
    }
    match facts.closed_until {
        Some(closed_until) if date < closed_until => Err(SplitError::BooksClosed { date, closed_until }),
        _ => Ok(()),
    }
}
