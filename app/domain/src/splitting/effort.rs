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
    let times: Vec<Seconds> = portions.iter().map(|(_, time)| *time).collect();
    let seconds = times.iter().try_fold(0_i64, |sum, time| sum.checked_add(time.0)).map(Seconds)?;
    let total = worth(seconds, rate, currency)?.minor;
    let shares = portions.iter().map(|(booking, _)| *booking).zip(share_out(total, &times)?).collect();
    Some(EffortLine { seconds, total, shares })
}

/// Shares the total of a line of an invoice out by time with the largest remainder, the earlier one first when two are
/// equal: together the shares are the total, in minor units. None where there is nobody to share with. `None` when a
/// figure does not fit, or a time is negative.
pub fn share_out(total: i64, times: &[Seconds]) -> Option<Vec<i64>> {
    if times.is_empty() {
        return Some(Vec::new());
    }
    let times: Vec<i64> = times.iter().map(|time| time.0).collect();
    rounding::largest_remainder(total, &times)
}
