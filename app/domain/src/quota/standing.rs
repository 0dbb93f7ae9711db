//! Where an account stands on a day.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, QuotaError};
use crate::LotId;

/// The figures of the lots that are usable on a day: what every balance on a screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the usable lots were granted.
    pub granted: Amount,
    /// What was taken from them; `granted = used + left + lapsed`.
    pub used: Amount,
    /// What of them is available on the day.
    pub left: Amount,
    /// What of them is lost because their carry-over is capped.
    pub lapsed: Amount,
    /// The open deficits of the account.
    pub deficit: Amount,
    /// The next day on which something is lost if it is not used, and how much.
    #[serde(default, deserialize_with = "crate::day::read_with")]
    pub lapses: Option<(NaiveDate, Amount)>,
}

impl Standing {
    /// Whether less than a fifth of what was granted is left: it is worth a word before it is gone.
    pub fn runs_out(&self) -> bool {
        self.left.units().saturating_mul(5) < self.granted.units()
    }
}

impl AccountView {
    /// Where the account stands on that day. Errors when these facts do not cover it.
    pub fn standing(&self, date: NaiveDate) -> Result<Standing, QuotaError> {
        self.check_covered(date)?;
        let (mut granted, mut used) = (Amount::ZERO, Amount::ZERO);
        let (mut left, mut lost) = (Amount::ZERO, Amount::ZERO);
        let mut lapses: BTreeMap<NaiveDate, Amount> = BTreeMap::new();
        for state in self.lots.iter().filter(|state| state.usable(date)) {
            granted = granted.plus(state.lot.amount)?;
            used = used.plus(state.drawn)?;
            left = left.plus(state.drawable(date)?)?;
            lost = lost.plus(state.lapsed(date)?)?;
            let Some(next) = state.lapses()?.into_iter().find(|lapse| date < lapse.date) else { continue };
            let sum = lapses.entry(next.date).or_default();
            *sum = sum.plus(next.amount)?;
        }
        let deficit = self.open_deficit()?;
        Ok(Standing { granted, used, left, lapsed: lost, deficit, lapses: lapses.pop_first() })
    }

    /// What drafts hold of the lots that are usable on that day: a part of what was used. `held` tells it of a lot.
    pub fn on_hold(&self, date: NaiveDate, held: impl Fn(LotId) -> Amount) -> Result<Amount, QuotaError> {
        Amount::sum(self.lots.iter().filter(|state| state.usable(date)).map(|state| held(state.lot.id)))
    }
}
