//! Prices, quantities and discounts: exact decimal numbers with a limited number of decimals.

use std::{fmt, str::FromStr};

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What was given is not such a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("not a number from {least} to {most} with at most {decimals} decimals")]
pub struct OutOfRange {
    /// The least that is possible.
    pub least: Decimal,
    /// The most that is possible.
    pub most: Decimal,
    /// The most decimals.
    pub decimals: u32,
}

macro_rules! decimals {
    ($($(#[$doc:meta])* $name:ident: $least:expr, $most:expr, $decimals:expr;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
        #[serde(try_from = "Decimal", into = "Decimal")]
        pub struct $name(Decimal);

        impl $name {
            /// What is possible.
            pub fn limits() -> OutOfRange {
                OutOfRange { least: Decimal::from($least), most: Decimal::from($most), decimals: $decimals }
            }

            /// From a number; errors when it is out of range or has too many decimals.
            pub fn new(value: Decimal) -> Result<$name, OutOfRange> {
                let (value, limits) = (value.normalize(), Self::limits());
                let possible = limits.least <= value && value <= limits.most && value.scale() <= limits.decimals;
                if possible { Ok($name(value)) } else { Err(limits) }
            }

            /// The number.
            pub fn value(self) -> Decimal {
                self.0
            }
        }

        impl TryFrom<Decimal> for $name {
            type Error = OutOfRange;
            fn try_from(value: Decimal) -> Result<$name, OutOfRange> {
                $name::new(value)
            }
        }

        impl From<$name> for Decimal {
            fn from(value: $name) -> Decimal {
                value.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = OutOfRange;
            fn from_str(text: &str) -> Result<$name, OutOfRange> {
                // The reader takes more than a decimal number: 1e3, 1_000. Decimals that it cannot keep it would round.
                let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b'-');
                let value = Decimal::from_str_exact(text).ok().filter(|_| plain);
                value.ok_or(Self::limits()).and_then($name::new)
            }
        }
    )*};
}

decimals! {
    /// A net unit price in major units, with at most four decimals. May be negative.
    Price: -1_000_000_000_i64, 1_000_000_000_i64, 4;
    /// A quantity with at most four decimals, so that each second has hours of its own; what counts no time has two at
    /// most, see [`crate::documents::LineUnit::check`]. May be negative: a clearing item mirrors its line.
    Quantity: -1_000_000_i64, 1_000_000_i64, 4;
    /// A discount in per cent, 0 to 100, with at most two decimals.
    Discount: 0_i64, 100_i64, 2;
}

impl Quantity {
    /// One of something.
    pub const ONE: Quantity = Quantity(Decimal::ONE);

    /// Whether it is one of something, charged or taken back: a unit is named in the singular then.
    pub fn is_single(self) -> bool {
        self.0.abs() == Decimal::ONE
    }
}
