//! Why time cannot be booked, with the figures that a person needs.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::Lock;
use crate::{
    AccountId, BillingLineId, BookingId, Price, Seconds, TaskId,
    quota::{QuotaError, Unit},
};

/// A refused booking. Nothing has changed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum SplitError {
    /// Nothing, or less, was worked.
    #[error("{} seconds are no time", .seconds.0)]
    NoTime {
        /// What was asked.
        seconds: Seconds,
    },
    /// More was worked than a day has.
    #[error("{} seconds are more than {}", .seconds.0, .most.0)]
    TooLong {
        /// What was asked.
        seconds: Seconds,
        /// The most that one booking may have.
        most: Seconds,
    },
    /// A timer ended before it began.
    #[error("{end} lies before {start}")]
    EndBeforeStart {
        /// When it began.
        start: DateTime<Utc>,
        /// When it ended.
        end: DateTime<Utc>,
    },
    /// The clocks of the company leave the time out at which it began.
    #[error("the clocks leave {time} out")]
    NoSuchTime {
        /// When it began, as they would show it.
        time: NaiveDateTime,
    },
    /// It began on the day and ends on another one: each day gets its own booking.
    #[error("from {start} on {} of {} seconds fit into the day; book {} + {}", .fits.0, .wanted.0, .fits.0, .rest.0)]
    PastMidnight {
        /// When it began.
        start: NaiveTime,
        /// What was asked.
        wanted: Seconds,
        /// What is left of the day.
        fits: Seconds,
        /// What belongs to the next one.
        rest: Seconds,
    },
    /// It says when it began, and ends after now.
    #[error("it ends at {end}, and now is {now}")]
    NotOver {
        /// When it ends, as the clocks of the company show it.
        end: NaiveDateTime,
        /// Now, as they show it.
        now: NaiveDateTime,
    },
    /// The day has not come yet.
    #[error("{date} lies after {today}")]
    InFuture {
        /// The day.
        date: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// The day lies outside the years in which the program keeps books.
    #[error("{date} lies outside {first} to {last}")]
    OutsideBooks {
        /// The day.
        date: NaiveDate,
        /// The first possible one.
        first: NaiveDate,
        /// The last possible one.
        last: NaiveDate,
    },
    /// The task is closed: nothing is booked on it any more.
    #[error("task {task} is closed")]
    TaskClosed {
        /// The task.
        task: TaskId,
    },
    /// The books are closed for the day.
    #[error("the books are closed until {closed_until}, {date} lies before")]
    BooksClosed {
        /// The day.
        date: NaiveDate,
        /// The first day that is open.
        closed_until: NaiveDate,
    },
    /// The booking keeps its portions and is not changed any more.
    #[error("booking {booking} is locked: {}", .lock.name())]
    Locked {
        /// The booking.
        booking: BookingId,
        /// Why.
        lock: Lock,
    },
    /// There is no such booking among the facts.
    #[error("booking {booking} is unknown")]
    Unknown {
        /// The booking.
        booking: BookingId,
    },
    /// There is a booking of this id with another content.
    #[error("booking {booking} is there already, with another content")]
    Exists {
        /// The booking.
        booking: BookingId,
    },
    /// Splitting is off, and a collector has room for a part of the booking only. Two bookings may fit instead.
    #[error("{} seconds do not fit into the {} left; {} would be over", .wanted.0, .left.0, .rest.0)]
    DoesNotFit {
        /// The booking: the one that is saved, or a later one that would be split because of it.
        booking: BookingId,
        /// The collector.
        line: BillingLineId,
        /// What is billed of the booking.
        wanted: Seconds,
        /// What the collector has left.
        left: Seconds,
        /// What would go elsewhere.
        rest: Seconds,
        /// The booking in two: the longest that the collector takes whole, and what remains of the real time. Without
        /// rounding the first is what is left. None when even the shortest booking is billed with more than that.
        book: Option<[Seconds; 2]>,
    },
    /// Nothing is known of the account of a line.
    #[error("the account of line {line} is unknown")]
    UnknownAccount {
        /// The line.
        line: BillingLineId,
        /// The account.
        account: AccountId,
    },
    /// The line does not say how its account counts time: one that counts time needs no rate, one that counts money of the
    /// project's currency needs one and gets no allowance.
    #[error("line {line} does not fit its account")]
    UnitMismatch {
        /// The line.
        line: BillingLineId,
        /// What the account counts.
        unit: Unit,
    },
    /// An hour costs less than nothing, or draws nothing.
    #[error("line {line} has a rate of {rate}")]
    RateOutOfRange {
        /// The line.
        line: BillingLineId,
        /// Its rate.
        rate: Price,
    },
    /// What the time costs on a line does not fit.
    #[error("the amount of booking {booking} on line {line} is too large")]
    TooLarge {
        /// The booking.
        booking: BookingId,
        /// The line.
        line: BillingLineId,
    },
    /// The kernel refuses, such as a date that the facts do not cover.
    #[error("{error}")]
    Quota {
        /// The line whose account it is.
        line: BillingLineId,
        /// What the account counts.
        unit: Unit,
        /// Why.
        error: QuotaError,
    },
}

impl SplitError {
    /// The stable name, in REST and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            SplitError::NoTime { .. } => "no_time",
            SplitError::TooLong { .. } => "too_long",
            SplitError::EndBeforeStart { .. } => "end_before_start",
            SplitError::NoSuchTime { .. } => "no_such_time",
            SplitError::PastMidnight { .. } => "past_midnight",
            SplitError::NotOver { .. } => "not_over",
            SplitError::InFuture { .. } => "in_future",
            SplitError::OutsideBooks { .. } => "outside_books",
            SplitError::TaskClosed { .. } => "task_closed",
            SplitError::BooksClosed { .. } => "books_closed",
            SplitError::Locked { .. } => "locked",
            SplitError::Unknown { .. } => "unknown",
            SplitError::Exists { .. } => "exists",
            SplitError::DoesNotFit { .. } => "does_not_fit",
            SplitError::UnknownAccount { .. } => "unknown_account",
            SplitError::UnitMismatch { .. } => "unit_mismatch",
            SplitError::RateOutOfRange { .. } => "rate_out_of_range",
            SplitError::TooLarge { .. } => "too_large",
            SplitError::Quota { .. } => "quota",
        }
    }
}
