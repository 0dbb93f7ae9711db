//! The entries of an account's history.

use std::fmt;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, Lot, Part, QuotaError};
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
    /// Covers a part of a draw's deficit from a lot that was granted later.
    Cover {
        /// The draw.
        draw: DrawId,
        /// The lot that pays.
        lot: LotId,
        /// How much.
        amount: Amount,
    },
}

impl Movement {
    /// How the entry moves the balance: Grant +, Draw - (with its deficit), Release +, Cover 0.
    pub fn balance(&self) -> Result<Amount, QuotaError> {
        match self {
            Movement::Grant { lot } => Ok(lot.amount),
            Movement::Draw { parts, deficit, .. } => total(parts)?.plus(*deficit)?.negated(),
            Movement::Release { parts, deficit, .. } => total(parts)?.plus(*deficit),
            Movement::Cover { .. } => Ok(Amount::ZERO),
        }
    }
}

/// The sum of all parts.
pub(super) fn total(parts: &[Part]) -> Result<Amount, QuotaError> {
    Amount::sum(parts.iter().map(|part| part.amount))
}
