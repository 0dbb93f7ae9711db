//! Applying a contract type to a contract that was made from it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::Serialize;

use super::{Billed, Billing, Contract, Section, Terms, TermsError, check_change, differing};
use crate::quota::Unit;

/// What applying a type to a contract comes to, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Applied {
    /// The contract as it would be.
    pub contract: Contract,
    /// The fields that change, in the order of the editor.
    pub changes: Vec<&'static str>,
    /// The fields that the type has otherwise and that stay, with the reason.
    pub kept: Vec<(&'static str, TermsError)>,
    /// What is wrong with the contract as it would be. Nothing is done as long as there is anything.
    pub faults: Vec<(&'static str, TermsError)>,
}

impl Applied {
    /// Whether there is something to do and nothing in the way.
    pub fn works(&self) -> bool {
        self.faults.is_empty() && !self.changes.is_empty()
    }
}

/// Copies the sections of the type's terms into a contract; dates, number and customer stay. What is fixed since a
/// period was billed (`billed`) stays too: currency and intervals, and the whole quota where the account counts
/// something else (`counts`). Items stay where the type has none. Term, renewal and notice stay once notice was given:
/// they would move an end that both sides know. The rest changes as [`super::Effect`] says.
///
/// Faulty is a contract that has ended before `today`, and one that its new term would end on that day or before.
///
/// Applied a second time it changes nothing.
pub fn apply(
    template: &Terms,
    contract: &Contract,
    sections: &BTreeSet<Section>,
    billed: Billed,
    counts: Option<Unit>,
    today: NaiveDate,
) -> Applied {
    let before = &contract.terms;
    let mut after = contract.clone();
    let (terms, mut kept) = (&mut after.terms, Vec::new());
    for section in sections {
        match section {
            Section::Term if contract.cancelled_on.is_some() => {
                let fields = [
                    ("term", before.term != template.term),
                    ("renewal", before.renewal != template.renewal),
                    ("notice", before.notice != template.notice),
                ];
                let differing = fields.into_iter().filter(|(_, differs)| *differs);
                kept.extend(differing.map(|(field, _)| (field, TermsError::UnderNotice)));
            }
            Section::Term => {
                (terms.term, terms.renewal, terms.notice) = (template.term, template.renewal, template.notice);
            }
            Section::Billing => {
                let mut keep = |field, differs: bool| {
                    let stays = billed.any && differs;
                    kept.extend(stays.then_some((field, TermsError::Fixed)));
                    stays
                };
                if !keep("currency", before.currency != template.currency) {
                    terms.currency = template.currency;
                }
                let stays = keep("interval", before.billing.interval != template.billing.interval);
                let interval = if stays { before.billing.interval } else { template.billing.interval };
                terms.billing = Billing { interval, ..template.billing.clone() };
            }
            Section::Items if template.items.is_empty() => {
                kept.extend((!before.items.is_empty()).then_some(("items", TermsError::NoItems)));
            }
            Section::Items => terms.items.clone_from(&template.items),
            Section::Quota => {
                let other = template.quota.as_ref().zip(counts).is_some_and(|(quota, counts)| quota.unit != counts);
                if other {
                    kept.push(("quota", TermsError::OtherUnit));
                } else {
                    terms.quota.clone_from(&template.quota);
                }
            }
            Section::Groups => terms.groups.clone_from(&template.groups),
        }
    }
    // After both intervals: the one of the quota is that of the billing where nothing is said.
    let bound = billed.quota_interval_of(before);
    if billed.any && bound.zip(terms.quota_interval()).is_some_and(|(before, after)| before != after) {
        let interval = before.quota.as_ref().map_or(bound, |quota| quota.interval);
        terms.quota.iter_mut().for_each(|quota| quota.interval = interval);
        kept.push(("quota_interval", TermsError::Fixed));
    }
    let mut faults = after.faults();
    faults.extend(check_change(contract, &after, billed));
    let ended = |contract: &Contract| contract.end().filter(|end| *end <= today);
    let late = ended(contract).map(|end| TermsError::Ended { end });
    let early = ended(&after).map(|end| TermsError::EndsInThePast { end });
    faults.extend(late.or(early).map(|error| ("term", error)));
    Applied { changes: differing(before, &after.terms), contract: after, kept, faults }
}
