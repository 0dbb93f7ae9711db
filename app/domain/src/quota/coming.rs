//! What lapses when in the time to come, as things stand.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, LotState, QuotaError};
use crate::DateRange;

/// Why something lapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseReason {
    /// Its lot ends with its period: it is not carried over.
    NotCarried,
    /// It exceeds what is carried over at most.
    OverCap,
    /// The last period into which it was carried over is over.
    CarriedLongEnough,
    /// The account ends.
    AccountEnds,
}

/// What lapses on a day for one reason, all lots together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ComingLapse {
    /// The first day on which it can no longer be used.
    pub date: NaiveDate,
    /// Why.
    pub reason: LapseReason,
    /// How much, more than nothing.
    pub amount: Amount,
}

/// What lapses within the range, by day: what is drawn until then no longer does. `view` has every lot that is usable
/// within the range or on the day before it.
///
/// Errors when a sum does not fit.
pub fn coming_lapses(view: &AccountView, range: DateRange) -> Result<Vec<ComingLapse>, QuotaError> {
    let mut sums = BTreeMap::<(NaiveDate, LapseReason), Amount>::new();
    for state in view.lots.iter().filter(|state| !state.revoked) {
        for lapse in state.lapses()?.into_iter().filter(|lapse| range.contains(lapse.date)) {
            let reason = if lapse.over_cap { LapseReason::OverCap } else { reason(state, lapse.date) };
            let sum = sums.entry((lapse.date, reason)).or_default();
            *sum = sum.plus(lapse.amount)?;
        }
    }
    Ok(sums.into_iter().map(|((date, reason), amount)| ComingLapse { date, reason, amount }).collect())
}

/// Why what is left of a lot lapses on the day on which it ends.
fn reason(state: &LotState, day: NaiveDate) -> LapseReason {
    match state.lot.valid.until {
        Some(until) if until <= day && state.lot.carried.is_some() => LapseReason::CarriedLongEnough,
        Some(until) if until <= day => LapseReason::NotCarried,
        _ => LapseReason::AccountEnds,
    }
}
