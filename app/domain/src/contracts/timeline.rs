//! Which terms billed which periods, and from which billing on the present ones work.
//!
//! A change of terms never changes what was billed. What a period costs and grants works from the next billing on,
//! other terms at once ([`Effect`]). The same function tells of what is saved and previews what is typed.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BillError, Contract, Effect, Period, Terms, by_effect, differing};
use crate::{DateRange, Seconds, quota::Amount};

/// A period that a standing claim bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledPeriod {
    /// The number of the period.
    pub number: u32,
    /// The part of it that was billed.
    pub service: DateRange,
    /// The version of the terms with which it was billed.
    pub version: i64,
    /// What was billed, net, in minor units.
    pub net: i64,
    /// What it granted, all lots together.
    pub granted: Amount,
}

/// What is known of a contract and its past.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TimelineFacts {
    /// The contract with its present terms.
    pub contract: Contract,
    /// The first period that was never billed.
    pub next: u32,
    /// The versions of the terms with which periods were billed.
    pub versions: BTreeMap<i64, Terms>,
    /// The billed periods, the oldest first; those long ago may be left out.
    pub billed: Vec<BilledPeriod>,
    /// Periods that a cancellation freed and nobody has billed again.
    pub freed: BTreeSet<u32>,
}

/// Periods that were billed one after the other with the same terms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The version of the terms with which the first of them was billed.
    pub version: i64,
    /// The periods, at least one, the oldest first.
    pub periods: Vec<BilledPeriod>,
    /// The fields that differ from the step before; none for the first step.
    pub changes: Vec<&'static str>,
}

/// The next billing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// The first period that was never billed.
    pub period: Period,
    /// The day on which it becomes due.
    pub due: NaiveDate,
    /// The fields in which the present terms differ from those of the last step and that work from this billing on.
    pub changes: Vec<&'static str>,
}

/// The terms of a contract over its periods.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// What was billed, the oldest first.
    pub steps: Vec<Step>,
    /// The billing from which on the present terms work; none when the contract ends before it.
    pub ahead: Option<Ahead>,
    /// The fields in which the present terms differ from those of the last step and that work at once, by what they
    /// work on.
    pub at_once: Vec<(Effect, Vec<&'static str>)>,
    /// The freed periods: a re-run bills them with the present terms.
    pub freed: Vec<Period>,
}

impl Step {
    /// From the first day that it billed to the last.
    pub fn service(&self) -> Option<DateRange> {
        let (first, last) = (self.periods.first()?, self.periods.last()?);
        Some(DateRange { from: first.service.from, until: last.service.until })
    }
}

impl Timeline {
    /// Whether the present terms are those of the last step, so that nothing is about to change.
    pub fn settled(&self) -> bool {
        self.at_once.is_empty() && !self.changes_ahead()
    }

    /// Whether something is about to change with the next billing.
    pub fn changes_ahead(&self) -> bool {
        self.ahead.as_ref().is_some_and(|ahead| !ahead.changes.is_empty())
    }
}

/// Tells the terms of a contract over its periods: what was billed stays as billed; what of the present terms does not
/// work at once works from the first period on that was never billed.
pub fn timeline(facts: &TimelineFacts) -> Timeline {
    let mut steps = Vec::<(Step, &Terms)>::new();
    for billed in &facts.billed {
        // Versions that were kept for something else than the terms make no step.
        let Some(terms) = facts.versions.get(&billed.version) else { continue };
        match steps.last_mut() {
            Some((step, same)) if *same == terms => step.periods.push(*billed),
            last => {
                let changes = last.map_or_else(Vec::new, |(_, before)| differing(before, terms));
                steps.push((Step { version: billed.version, periods: vec![*billed], changes }, terms));
            }
        }
    }
    let contract = &facts.contract;
    let changes = steps.last().map_or_else(Vec::new, |(_, before)| differing(before, &contract.terms));
    let (changes, at_once) = by_effect(&changes, &contract.terms);
    let ahead = contract.period(facts.next).zip(contract.due_on(facts.next));
    let ahead = ahead.map(|(period, due)| Ahead { period, due, changes });
    let freed = facts.freed.iter().filter_map(|number| contract.period(*number)).collect();
    Timeline { steps: steps.into_iter().map(|(step, _)| step).collect(), ahead, at_once, freed }
}

/// What cancelling a billed period and billing it again would give instead of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instead {
    /// What was billed.
    pub billed: BilledPeriod,
    /// The part of the period that would be billed.
    pub service: DateRange,
    /// What would be billed, net, in minor units.
    pub net: i64,
    /// What it would grant, all lots together.
    pub granted: Amount,
}

/// What the present terms of a contract would give for a billed period, if it were cancelled and billed again; none when
/// that comes to the same, or when the contract no longer lasts in it. `day` is the company's working day. Errors when
/// it could not be billed.
pub fn instead(contract: &Contract, billed: &BilledPeriod, day: Seconds) -> Result<Option<Instead>, BillError> {
    let Some(period) = contract.period(billed.number) else { return Ok(None) };
    let bill = contract.bill(&period, day)?;
    let granted = Amount::sum(bill.grants.iter().map(|grant| grant.amount)).map_err(BillError::Quota)?;
    let (service, net) = (period.service, bill.totals.net);
    let same = (service, net, granted) == (billed.service, billed.net, billed.granted);
    Ok((!same).then_some(Instead { billed: *billed, service, net, granted }))
}
