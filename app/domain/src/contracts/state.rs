//! How far a contract is on a day.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::Contract;

/// How far a contract is. Each contract is in exactly one of these states on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractState {
    /// It runs, or begins later, and nobody has cancelled it.
    Active,
    /// It was cancelled and has not ended yet.
    Cancelled,
    /// Its end is reached.
    Ended,
}

impl ContractState {
    /// Every state.
    pub const ALL: [ContractState; 3] = [ContractState::Active, ContractState::Cancelled, ContractState::Ended];

    /// The stable name, in addresses and REST.
    pub const fn name(self) -> &'static str {
        match self {
            ContractState::Active => "active",
            ContractState::Cancelled => "cancelled",
            ContractState::Ended => "ended",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<ContractState> {
        ContractState::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl Contract {
    /// How far it is on that day. The end is the first day that no longer belongs to it.
    pub fn state(&self, today: NaiveDate) -> ContractState {
        if self.end().is_some_and(|end| end <= today) {
            ContractState::Ended
        } else if self.cancelled_on.is_some() {
            ContractState::Cancelled
        } else {
            ContractState::Active
        }
    }
}
