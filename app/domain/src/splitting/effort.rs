//! What effort costs: each portion by itself, and all portions of a line on an invoice.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Portion;
use crate::{BookingId, Currency, Money, Price, Seconds, rounding};

/// What so much time costs at a rate for an hour: round(hours x rate), half away from zero, to the minor unit. `None` when
/// it does not fit.
pub fn worth(time: Seconds, rate: Price, currency: Currency) -> Option<Money> {
    // Multiplied before it is divided: a third of an hour stays exact.
    let worth = Decimal::from(time.0).checked_mul(rate.value())?;
    Money::rounded(worth.checked_div(Decimal::from(Seconds::HOUR.0))?, currency)
}

/// What portions cost together, in minor units. A sum that does not fit stops at the largest that does.
pub fn cost<'a>(portions: impl IntoIterator<Item = &'a Portion>) -> i64 {
    portions.into_iter().fold(0, |sum: i64, portion| sum.saturating_add(portion.amount))
}

/// The portions of an effort line on an invoice, which are one line there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EffortLine {
    /// All time of it.
    pub seconds: Seconds,
    /// What it costs together, rounded once, in minor units.
    pub total: i64,
    /// What the activity report shows for each booking, in the order in which they were given: together the total.
    pub shares: Vec<(BookingId, i64)>,
}

/// Puts the portions of one effort line on one line of an invoice: rounded once, and shared out by time with the largest
/// remainder, the earlier one first when two are equal. `None` when a figure does not fit, or a portion is negative.
pub fn effort_line(portions: &[(BookingId, Seconds)], rate: Price, currency: Currency) -> Option<EffortLine> {
    let times: Vec<i64> = portions.iter().map(|(_, time)| time.0).collect();
    let seconds = times.iter().try_fold(0_i64, |sum, time| sum.checked_add(*time)).map(Seconds)?;
    let total = worth(seconds, rate, currency)?.minor;
    if portions.is_empty() {
        return Some(EffortLine { seconds, total, shares: Vec::new() });
    }
    let shares = rounding::largest_remainder(total, &times)?;
    let shares = portions.iter().map(|(booking, _)| *booking).zip(shares).collect();
    Some(EffortLine { seconds, total, shares })
}
