//! The entries of an account's history.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, DrawOrigin, Lot, Part, QuotaError};
use crate::{DrawId, LotId};

/// The place of an entry in the history of its account: 1, 2, 3, without gaps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Seq(pub i64);

impl Seq {
    /// The number after this one. Errors at the end of the type.
    pub fn next(self) -> Result<Seq, QuotaError> {
        self.0.checked_add(1).map(Seq).ok_or(QuotaError::Overflow)
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// One entry: never changed once it is posted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its place in the history.
    pub seq: Seq,
    /// The date that it counts for, which may be long before the day it was posted.
    pub date: NaiveDate,
    /// What it does.
    pub movement: Movement,
}

/// What an entry does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Movement {
    /// Creates a lot.
    Grant {
        /// The lot.
        lot: Lot,
    },
    /// Takes an amount for a date.
    Draw {
        /// The draw.
        draw: DrawId,
        /// What came from which lot, in the order of consumption.
        parts: Vec<Part>,
        /// What no lot gave and overbooking allowed.
        deficit: Amount,
        /// For what it was made.
        #[serde(default)]
        origin: DrawOrigin,
    },
    /// Undoes a draw: gives exactly its present parts back and drops its deficit.
    Release {
        /// The draw.
        draw: DrawId,
        /// What goes back into which lot.
        parts: Vec<Part>,
        /// The open deficit that is dropped.
        deficit: Amount,
    },
    /// Takes a grant back: what was drawn from its lot becomes deficit of the same draws.
    Revoke {
        /// The lot.
        lot: LotId,
        /// What was granted.
        granted: Amount,
        /// What each draw loses, in the order of the draws' sequence.
        parts: Vec<RevokedPart>,
    },
    /// Covers a part of a draw's deficit from a lot that was granted later.
    Cover {
        /// The draw.
        draw: DrawId,
        /// The lot that pays.
        lot: LotId,
        /// How much.
        amount: Amount,
    },
    /// Ends the account; the last one counts.
    End {
        /// The first day on which nothing can be drawn any more; none takes an earlier end back.
        until: Option<NaiveDate>,
    },
}

/// What a draw loses when a lot is taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevokedPart {
    /// The draw.
    pub draw: DrawId,
    /// The sequence number of the draw.
    pub seq: Seq,
    /// The date of the draw.
    pub date: NaiveDate,
    /// What it had drawn from the lot and is now its deficit, more than nothing.
    pub amount: Amount,
}

impl Movement {
    /// How the entry moves the balance: Grant +, Draw - (with its deficit), Release +, Revoke -, Cover 0, End 0.
    pub fn balance(&self) -> Result<Amount, QuotaError> {
        match self {
            Movement::Grant { lot } => Ok(lot.amount),
            Movement::Draw { parts, deficit, .. } => total(parts)?.plus(*deficit)?.negated(),
            Movement::Release { parts, deficit, .. } => total(parts)?.plus(*deficit),
            Movement::Revoke { granted, .. } => granted.negated(),
            Movement::Cover { .. } | Movement::End { .. } => Ok(Amount::ZERO),
        }
    }
}

/// The sum of all parts.
pub(super) fn total(parts: &[Part]) -> Result<Amount, QuotaError> {
    Amount::sum(parts.iter().map(|part| part.amount))
}
