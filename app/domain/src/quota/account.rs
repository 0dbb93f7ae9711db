//! Accounts and their policy.

use serde::{Deserialize, Serialize};

use super::Amount;
use crate::{AccountId, Currency, CustomerId};

/// What an account counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Whole seconds.
    Time,
    /// Minor units of a currency, net of VAT.
    Money(Currency),
}

/// Whether a draw may take more than is there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "overbooking")]
pub enum Overbooking {
    /// What is not there is not drawn.
    No,
    /// What is not there becomes deficit, as long as the account's open deficits stay within the limit.
    Yes {
        /// The most that may be open together; none means without limit.
        limit: Option<Amount>,
    },
}

/// Which deficits a new grant covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeficitPolicy {
    /// Those dated within the new lot's validity; earlier ones wait for a balancing invoice.
    Balance,
    /// Also those dated before it.
    NextGrant,
}

/// The terms of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Policy {
    /// Whether it may be overdrawn.
    #[serde(flatten)]
    pub overbooking: Overbooking,
    /// What a new grant covers.
    pub deficits: DeficitPolicy,
}

/// What can be drawn down.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose it is.
    pub customer: CustomerId,
    /// What it counts.
    pub unit: Unit,
    /// Its terms.
    pub policy: Policy,
}
