//! How an account counts time: as it is, or as money at a rate.

use super::{Collector, worth};
use crate::{Currency, Price, Seconds, money, quota::Amount};

/// How an account counts time.
#[derive(Debug, Clone, Copy)]
pub(super) enum Counting {
    /// In seconds.
    Time,
    /// At a rate for an hour, more than nothing.
    Money { rate: Price, currency: Currency },
}

impl Counting {
    /// How the account of a collector counts time.
    pub fn of(collector: &Collector, currency: Currency) -> Counting {
        collector.rate.map_or(Counting::Time, |rate| Counting::Money { rate, currency })
    }

    /// What so much time draws: its seconds, or round(hours x rate). `None` when it does not fit.
    pub fn cost(self, time: Seconds) -> Option<Amount> {
        match self {
            Counting::Time => Some(Amount::new(time.0)),
            Counting::Money { rate, currency } => worth(time, rate, currency).map(|worth| Amount::new(worth.minor)),
        }
    }

    /// How much of that time so much pays for: all of it, or else the whole seconds that it pays for in full. `None` when
    /// it does not fit.
    pub fn affords(self, amount: Amount, time: Seconds) -> Option<Seconds> {
        if !amount.is_positive() {
            return Some(Seconds(0));
        }
        if self.cost(time)? <= amount {
            return Some(time);
        }
        match self {
            Counting::Time => Some(Seconds(amount.units())),
            Counting::Money { rate, currency } => {
                // In whole numbers: seconds x rate <= amount x 3600, with the four decimals of the rate.
                let mut digits = rate.value();
                digits.rescale(4);
                let an_hour = digits.mantissa().checked_mul(10_i128.checked_pow(money::decimals(currency))?)?;
                let paid = i128::from(amount.units()).checked_mul(3_600)?.checked_mul(10_000)?;
                i64::try_from(paid.checked_div(an_hour)?).ok().map(Seconds)
            }
        }
    }
}
