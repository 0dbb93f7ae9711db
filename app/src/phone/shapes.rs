//! What the phone's own addresses answer.

use chrono::{DateTime, Utc};
use domain::{
    UserId,
    quota::{Amount, Standing, Unit},
};
use serde::{Deserialize, Serialize};

/// Who holds the phone, at `/api/v1/phone/me`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Me {
    /// Whose time is booked; none of somebody who books no time.
    pub person: Option<UserId>,
    /// How many seconds the clocks of the company are ahead of UTC, from each instant on.
    pub clock: Vec<(DateTime<Utc>, i32)>,
}

/// A customer, at `/api/v1/phone/customers`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneCustomer {
    /// The name.
    pub name: String,
    /// The city.
    pub city: String,
    /// The accounts.
    pub accounts: Vec<PhoneAccount>,
}

/// An account of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhoneAccount {
    /// The name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Where it stands.
    pub standing: Standing,
    /// What of the used part drafts only hold.
    pub held: Amount,
}
