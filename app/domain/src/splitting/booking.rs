//! Bookings of time, how they are rounded, and the portions into which they are split.

use chrono::{NaiveDate, NaiveTime};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{BillingLineId, BookingId, Seconds, TaskId, UserId, quota::Amount};

/// The most that one booking may have: 24 hours.
pub const LONGEST: Seconds = Seconds(86_400);

/// Time that somebody has worked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Booking {
    /// Made by the client: the same id with the same content counts once.
    pub id: BookingId,
    /// Who has worked.
    pub person: UserId,
    /// On what.
    pub task: TaskId,
    /// The day, in the time zone of the company.
    pub date: NaiveDate,
    /// When it began, if it came from a timer.
    pub start: Option<NaiveTime>,
    /// How long it really was.
    pub seconds: Seconds,
    /// Whether the customer pays for it.
    pub billable: bool,
    /// What was done.
    pub note: String,
}

/// How bookings are rounded: up, once per booking. What is billed is the smallest multiple of the step that is not less
/// than the real time and not less than the minimum. Nothing is rounded unless it is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Terms", into = "Terms")]
pub struct BookingRounding {
    minimum: Seconds,
    step: Seconds,
}

#[derive(Serialize, Deserialize)]
struct Terms {
    minimum: Seconds,
    step: Seconds,
}

/// What was given does not say how to round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not a minimum from 0 to 24 hours and a step from one second to 24 hours")]
pub struct NotARounding;

impl BookingRounding {
    /// Errors unless the minimum is 0 to 24 hours and the step one second to 24 hours.
    pub fn new(minimum: Seconds, step: Seconds) -> Result<BookingRounding, NotARounding> {
        let possible = (0..=LONGEST.0).contains(&minimum.0) && (1..=LONGEST.0).contains(&step.0);
        if possible { Ok(BookingRounding { minimum, step }) } else { Err(NotARounding) }
    }

    /// What of a booking is billed that is at least.
    pub fn minimum(self) -> Seconds {
        self.minimum
    }

    /// Of what the billed time is a multiple.
    pub fn step(self) -> Seconds {
        self.step
    }

    /// Whether anything is rounded by it.
    pub fn rounds(self) -> bool {
        self != BookingRounding::default()
    }

    /// Minimum and step as people say them: none of what rounds nothing.
    pub fn said(self) -> (Option<Seconds>, Option<Seconds>) {
        let none = BookingRounding::default();
        let said = |own: Seconds, none: Seconds| (own != none).then_some(own);
        (said(self.minimum, none.minimum), said(self.step, none.step))
    }

    /// What is billed of so much time. The real time is not touched.
    pub fn billed(self, real: Seconds) -> Seconds {
        let least = real.0.max(self.minimum.0);
        // The step is at least one second, and a booking ends far from where numbers do.
        let over = least.checked_rem_euclid(self.step.0).unwrap_or_default();
        let missing = if over == 0 { 0 } else { self.step.0.saturating_sub(over) };
        Seconds(least.saturating_add(missing))
    }

    /// The longest booking that is billed with no more than that; none when even the shortest is billed with more.
    pub fn within(self, most: Seconds) -> Option<Seconds> {
        let over = most.0.checked_rem_euclid(self.step.0).unwrap_or_default();
        let longest = Seconds(most.0.saturating_sub(over));
        (longest >= self.billed(Seconds(1))).then_some(longest)
    }
}

impl Default for BookingRounding {
    fn default() -> BookingRounding {
        BookingRounding { minimum: Seconds(0), step: Seconds(1) }
    }
}

impl TryFrom<Terms> for BookingRounding {
    type Error = NotARounding;
    fn try_from(terms: Terms) -> Result<BookingRounding, NotARounding> {
        BookingRounding::new(terms.minimum, terms.step)
    }
}

impl From<BookingRounding> for Terms {
    fn from(rounding: BookingRounding) -> Terms {
        Terms { minimum: rounding.minimum, step: rounding.step }
    }
}

/// Where time of a booking goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "snake_case")]
pub enum Target {
    /// A billing line.
    Line {
        /// Which one.
        line: BillingLineId,
    },
    /// Nowhere, and nobody pays for it: it is not billable, and no collector takes it.
    NotBillable,
    /// Nowhere yet: it is billable, and no line takes it. Somebody has to look at it.
    Unassigned,
}

impl Target {
    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Target::Line { .. } => "line",
            Target::NotBillable => "not_billable",
            Target::Unassigned => "unassigned",
        }
    }
}

/// The part of a booking that goes to one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Portion {
    /// Where it goes.
    #[serde(flatten)]
    pub target: Target,
    /// How much of the billed time, more than nothing.
    pub seconds: Seconds,
    /// What it costs in minor units: on an effort line round(hours x rate), anywhere else nothing.
    pub amount: i64,
    /// What it takes of the account of its line, deficit included; nothing anywhere else.
    pub taken: Amount,
}
