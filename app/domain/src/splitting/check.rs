//! What can be booked at all.

use super::{Booking, Facts, LONGEST, SplitError};
use crate::quota::{QuotaError, check_date};

/// Checks a booking that somebody enters: more than nothing and at most 24 hours, on a day that has come and is in open
/// books, on an open task. One that says when it began ends on the same day and is over; whoever changes one and keeps its
/// times is not asked for that again. That nobody pays for it, or that no line takes it, is no mistake: it shows in its
/// portions.
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
    if let Some(closed_until) = facts.closed_until.filter(|closed_until| date < *closed_until) {
        return Err(SplitError::BooksClosed { date, closed_until });
    }
    let times = |of: &Booking| (of.date, of.start, of.seconds);
    let kept = facts.booking(booking.id).is_some_and(|posted| times(&posted.booking) == times(booking));
    if kept { Ok(()) } else { facts.clocks.check(booking) }
}
