//! Where an account stands on a day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, QuotaError};

/// The figures of the lots that are usable on a day: what every balance on a screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// What the usable lots were granted.
    pub granted: Amount,
    /// What was taken from them; `granted = used + left`.
    pub used: Amount,
    /// What is left of them, which is what is available on the day.
    pub left: Amount,
    /// The open deficits of the account.
    pub deficit: Amount,
    /// The next day on which something is lost if it is not used, and how much.
    pub lapses: Option<(NaiveDate, Amount)>,
}

impl AccountView {
    /// Where the account stands on that day. Errors when these facts do not cover it.
    pub fn standing(&self, date: NaiveDate) -> Result<Standing, QuotaError> {
        self.check_covered(date)?;
        let mut granted = Amount::ZERO;
        let mut left = Amount::ZERO;
        let mut lapses: Option<(NaiveDate, Amount)> = None;
        for state in self.lots.iter().filter(|state| state.lot.valid.contains(date)) {
            granted = granted.plus(state.lot.amount)?;
            left = left.plus(state.left()?)?;
            // The lots stand in the order of their end, so the first with something left lapses first.
            if let Some(until) = state.lot.lapses_on().filter(|_| state.left().is_ok_and(Amount::is_positive)) {
                lapses = match lapses {
                    None => Some((until, state.left()?)),
                    Some((first, sum)) if first == until => Some((first, sum.plus(state.left()?)?)),
                    earlier => earlier,
                };
            }
        }
        let deficit = self.open_deficit()?;
        Ok(Standing { granted, used: granted.minus(left)?, left, deficit, lapses })
    }
}
