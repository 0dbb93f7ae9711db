//! Money as whole minor units with an ISO 4217 currency.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::rounding;

/// An ISO 4217 currency.
pub type Currency = iso_currency::Currency;

/// How many decimals the currency has: 2 for EUR, 0 for JPY, 3 for TND.
pub fn decimals(currency: Currency) -> u32 {
    currency.exponent().map_or(2, u32::from)
}

/// An amount of money in minor units (cents for EUR).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units, may be negative.
    pub minor: i64,
    /// ISO 4217.
    pub currency: Currency,
}

impl Money {
    /// Rounds half away from zero to the minor unit. `None` when it does not fit.
    pub fn rounded(major: Decimal, currency: Currency) -> Option<Money> {
        let scale = Decimal::from(10_i64.checked_pow(decimals(currency))?);
        let minor = rounding::to_whole(major.checked_mul(scale)?)?;
        Some(Money { minor, currency })
    }

    /// The amount in major units, exact: 39999 minor units of EUR are `399.99`.
    pub fn major(self) -> Decimal {
        Decimal::new(self.minor, decimals(self.currency))
    }
}
