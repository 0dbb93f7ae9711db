//! Why something of a lot lapses.

use serde::{Deserialize, Serialize};

use super::{Lapse, LotState};

/// Why something of a lot lapses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseCause {
    /// Its own period is over, and it is not carried over.
    NotCarried,
    /// Its own period is over, and this is more than the cap lets over.
    OverCap,
    /// It was carried over, and the further periods are over too.
    CarriedOut,
    /// Its account ends before it does.
    AccountEnds,
}

impl LapseCause {
    /// Every cause.
    pub const ALL: [LapseCause; 4] =
        [LapseCause::NotCarried, LapseCause::OverCap, LapseCause::CarriedOut, LapseCause::AccountEnds];

    /// The stable name, in addresses and REST.
    pub const fn name(self) -> &'static str {
        match self {
            LapseCause::NotCarried => "not_carried",
            LapseCause::OverCap => "over_cap",
            LapseCause::CarriedOut => "carried_out",
            LapseCause::AccountEnds => "account_ends",
        }
    }

    /// The cause of that name.
    pub fn from_name(name: &str) -> Option<LapseCause> {
        LapseCause::ALL.into_iter().find(|cause| cause.name() == name)
    }
}

impl LotState {
    /// Why that lapse of the lot happens.
    pub fn cause(&self, lapse: &Lapse) -> LapseCause {
        let cut = match (self.account_end, self.lot.valid.until) {
            (Some(end), Some(until)) => end < until,
            (Some(_), None) => true,
            (None, _) => false,
        };
        match (lapse.over_cap, cut, self.lot.carried) {
            (true, ..) => LapseCause::OverCap,
            (false, true, _) => LapseCause::AccountEnds,
            (false, false, Some(_)) => LapseCause::CarriedOut,
            (false, false, None) => LapseCause::NotCarried,
        }
    }
}
