//! What of a contract can still change.

use super::{Contract, TermsError};

/// Everything that cannot be changed from `before` to `after`, by the name of the field. Customer, start, billing start
/// and the intervals are fixed once a period is billed (`billed`); what the quota counts is fixed once there is an
/// account. Everything else changes from the next billing on.
pub fn check_change(before: &Contract, after: &Contract, billed: bool) -> Vec<(&'static str, TermsError)> {
    let mut faults = Vec::new();
    let mut fixed = |field, changed: bool| {
        if billed && changed {
            faults.push((field, TermsError::Fixed));
        }
    };
    fixed("customer", before.customer != after.customer);
    fixed("start", before.start != after.start);
    fixed("billing_start", before.billing_start != after.billing_start);
    fixed("interval", before.terms.billing.interval != after.terms.billing.interval);
    fixed("currency", before.terms.currency != after.terms.currency);
    let intervals = before.terms.quota_interval().zip(after.terms.quota_interval());
    fixed("quota_interval", intervals.is_some_and(|(before, after)| before != after));
    let units = before.terms.quota.as_ref().zip(after.terms.quota.as_ref());
    if units.is_some_and(|(before, after)| before.unit != after.unit) {
        faults.push(("unit", TermsError::OtherUnit));
    }
    faults
}
