//! Rates of value added tax.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A rate in per cent: 0 to less than 100, with at most three decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "Decimal", into = "Decimal")]
pub struct VatRate(Decimal);

/// What was given is not a rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a rate from 0 to less than 100 per cent with at most three decimals")]
pub struct NotARate;

impl VatRate {
    /// From per cent.
    pub fn from_percent(percent: Decimal) -> Result<VatRate, NotARate> {
        let percent = percent.normalize();
        let possible = !percent.is_sign_negative() || percent.is_zero();
        if possible && percent < Decimal::ONE_HUNDRED && percent.scale() <= 3 {
            Ok(VatRate(percent))
        } else {
            Err(NotARate)
        }
    }

    /// In per cent.
    pub fn percent(self) -> Decimal {
        self.0
    }
}

impl TryFrom<Decimal> for VatRate {
    type Error = NotARate;
    fn try_from(percent: Decimal) -> Result<VatRate, NotARate> {
        VatRate::from_percent(percent)
    }
}

impl From<VatRate> for Decimal {
    fn from(rate: VatRate) -> Decimal {
        rate.0
    }
}

impl fmt::Display for VatRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for VatRate {
    type Err = NotARate;
    fn from_str(text: &str) -> Result<VatRate, NotARate> {
        let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        // Exactly: decimals that the reader cannot keep it would round.
        let percent = Decimal::from_str_exact(text).ok().filter(|_| plain).ok_or(NotARate)?;
        VatRate::from_percent(percent)
    }
}
