//! What of a contract can still change.

use serde::{Deserialize, Serialize};

use super::{Contract, Terms, TermsError};

/// What the billings of a contract have fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Billed {
    /// Whether a period was ever billed.
    pub any: bool,
    /// The quota interval of the last billing that sold a quota: it stays fixed while the quota is out of the terms.
    pub quota_interval: Option<u32>,
}

impl Billed {
    /// The quota interval to which a contract is bound that has these terms.
    pub(super) fn quota_interval_of(self, terms: &Terms) -> Option<u32> {
        terms.quota_interval().or(self.quota_interval)
    }
}

/// Everything that cannot be changed from `before` to `after`, by the name of the field. Customer, start, billing start
/// and the intervals are fixed once a period is billed, that of the quota also while it is out of the terms; what the
/// quota counts is fixed once there is an account. Everything else can change; from when on, says [`super::Effect`].
pub fn check_change(before: &Contract, after: &Contract, billed: Billed) -> Vec<(&'static str, TermsError)> {
    let mut faults = Vec::new();
    let mut fixed = |field, changed: bool| {
        if billed.any && changed {
            faults.push((field, TermsError::Fixed));
        }
    };
    fixed("customer", before.customer != after.customer);
    fixed("start", before.start != after.start);
    fixed("billing_start", before.billing_start != after.billing_start);
    fixed("interval", before.terms.billing.interval != after.terms.billing.interval);
    fixed("currency", before.terms.currency != after.terms.currency);
    let intervals = billed.quota_interval_of(&before.terms).zip(after.terms.quota_interval());
    fixed("quota_interval", intervals.is_some_and(|(before, after)| before != after));
    let units = before.terms.quota.as_ref().zip(after.terms.quota.as_ref());
    if units.is_some_and(|(before, after)| before.unit != after.unit) {
        faults.push(("unit", TermsError::OtherUnit));
    }
    faults
}
