//! A volume in the smallest unit of its account.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::QuotaError;

/// Seconds on a time account, minor units of its currency on a money account.
///
/// Arithmetic is checked: a result that does not fit is an error, never a wrap-around.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Amount(i64);

impl Amount {
    /// Nothing.
    pub const ZERO: Amount = Amount(0);
    /// The largest amount that a command may ask for: 10^12 (31 000 years of seconds, ten billion euros).
    pub const LARGEST: Amount = Amount(1_000_000_000_000);

    /// From the smallest units.
    pub const fn new(units: i64) -> Amount {
        Amount(units)
    }

    /// The smallest units: seconds or minor units.
    pub const fn units(self) -> i64 {
        self.0
    }

    /// Greater than zero.
    pub const fn is_positive(self) -> bool {
        self.0 > 0
    }

    /// Exactly zero.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`. Errors when the sum does not fit.
    pub fn plus(self, other: Amount) -> Result<Amount, QuotaError> {
        self.0.checked_add(other.0).map(Amount).ok_or(QuotaError::Overflow)
    }

    /// `self - other`. Errors when the difference does not fit.
    pub fn minus(self, other: Amount) -> Result<Amount, QuotaError> {
        self.0.checked_sub(other.0).map(Amount).ok_or(QuotaError::Overflow)
    }

    /// `-self`. Errors for the one number that has no negative.
    pub fn negated(self) -> Result<Amount, QuotaError> {
        self.0.checked_neg().map(Amount).ok_or(QuotaError::Overflow)
    }

    /// The sum of all. Errors when it does not fit.
    pub fn sum(all: impl IntoIterator<Item = Amount>) -> Result<Amount, QuotaError> {
        all.into_iter().try_fold(Amount::ZERO, Amount::plus)
    }

    /// Checks what a person asked for: more than nothing and at most [`Amount::LARGEST`].
    pub fn asked(self) -> Result<Amount, QuotaError> {
        if !self.is_positive() {
            return Err(QuotaError::NotPositive { amount: self });
        }
        if self > Amount::LARGEST {
            return Err(QuotaError::TooLarge { amount: self, largest: Amount::LARGEST });
        }
        Ok(self)
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
