//! What can be done about a line that was not cleared, and what it would do.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    ClearingDocument, ClearingError, ContractFacts, Facts, LineOutcome, Reason, Reconciled, propose::eligible,
    reconcile,
};
use crate::{
    ContractId, DateRange, GroupId, LineId, LotId, Permission, SubGroupId,
    billing::{Billable, plan},
    contracts::Terms,
    groups::Switch,
    quota::{Amount, CoverPart, GrantOrigin, GrantRequest, Overbooking, Part, QuotaError, Unit, grant},
};

/// A group or a sub-group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// A group.
    Group(GroupId),
    /// A sub-group.
    SubGroup(SubGroupId),
}

/// Something that would clear a line, or more of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "repair", rename_all = "snake_case")]
pub enum Repair {
    /// The clearing item is switched on again.
    SwitchOn {
        /// Of this line.
        line: LineId,
    },
    /// The line names another contract.
    AssignContract {
        /// The line.
        line: LineId,
        /// The contract.
        contract: ContractId,
    },
    /// The contract's quota is made to be for a group.
    EnableGroup {
        /// The contract.
        contract: ContractId,
        /// The sub-group of the line; if it has none, its group.
        group: Group,
    },
    /// The contract is billed as of a day, so that the quota period of the document's date is granted.
    BillPeriod {
        /// The contract.
        contract: ContractId,
        /// As of which day.
        as_of: NaiveDate,
    },
    /// What is missing is granted without an invoice.
    GrantFreeQuota {
        /// The contract.
        contract: ContractId,
        /// What all lines of the document miss together.
        amount: Amount,
        /// When it can be drawn: the quota period of the document's date.
        valid: DateRange,
    },
    /// What is missing becomes deficit.
    AllowOverbooking {
        /// The contract.
        contract: ContractId,
    },
}

impl Repair {
    /// The contract that it changes, bills, or grants to; none where only a line of the document changes.
    pub const fn contract(&self) -> Option<ContractId> {
        match self {
            Repair::SwitchOn { .. } | Repair::AssignContract { .. } => None,
            Repair::EnableGroup { contract, .. }
            | Repair::BillPeriod { contract, .. }
            | Repair::GrantFreeQuota { contract, .. }
            | Repair::AllowOverbooking { contract } => Some(*contract),
        }
    }

    /// What it needs beside the permission to edit documents.
    pub const fn needs(&self) -> Option<Permission> {
        match self {
            Repair::SwitchOn { .. } | Repair::AssignContract { .. } => None,
            Repair::EnableGroup { .. } | Repair::AllowOverbooking { .. } => Some(Permission::EditContracts),
            Repair::BillPeriod { .. } => Some(Permission::Bill),
            Repair::GrantFreeQuota { .. } => Some(Permission::Grant),
        }
    }

    /// Changes the terms of its contract; does nothing where it is not about terms.
    pub fn change(&self, terms: &mut Terms) {
        match self {
            Repair::EnableGroup { group: Group::Group(id), .. } => {
                terms.groups.groups.insert(*id, Switch::On);
            }
            Repair::EnableGroup { group: Group::SubGroup(id), .. } => {
                terms.groups.sub_groups.insert(*id, Switch::On);
            }
            Repair::AllowOverbooking { .. } => {
                terms.quota.iter_mut().for_each(|quota| quota.overbooking = Overbooking::Yes { limit: None });
            }
            _ => {}
        }
    }
}

/// What would clear that line, or more of it: each was tried on these facts and does.
pub fn repairs(
    document: &ClearingDocument,
    facts: &Facts,
    reconciled: &Reconciled,
    line: LineId,
) -> Result<Vec<Repair>, ClearingError> {
    let now = reconciled.lines.iter().find(|clearing| clearing.line == line);
    let of = document.lines.iter().find(|of| of.id == line && of.fixed.is_none());
    let (Some(now), Some(of)) = (now, of) else { return Ok(Vec::new()) };
    let missing = |contract: ContractId| {
        let own = document.lines.iter().zip(&reconciled.lines).filter(|(of, _)| of.fixed.is_none());
        let figures = own.filter_map(|(_, clearing)| clearing.figures.as_ref());
        Amount::sum(figures.filter(|figures| figures.contract == contract).map(|figures| figures.not_drawn))
    };
    let mut possible = Vec::new();
    let (mut other, mut more) = (false, false);
    match &now.outcome {
        LineOutcome::Full | LineOutcome::Overbooked => {}
        LineOutcome::Partial => more = true,
        LineOutcome::Nothing(reason) => match reason {
            Reason::SwitchedOff => possible.push(Repair::SwitchOn { line }),
            Reason::QuantityNotPositive | Reason::PriceNotPositive | Reason::BooksClosed { .. } => {}
            Reason::GroupNotEligible => {
                let sub_group = of.line.sub_group.map(Group::SubGroup);
                let group = sub_group.or(of.line.group.map(Group::Group));
                possible
                    .extend(of.contract.zip(group).map(|(contract, group)| Repair::EnableGroup { contract, group }));
                other = true;
            }
            Reason::PeriodNotBilled { .. } | Reason::Exhausted { .. } => more = true,
            _ => other = true,
        },
    }
    let short = now.figures.as_ref().filter(|_| more);
    if let Some(figures) = short {
        let contract = facts.contract(figures.contract).map(|found| &found.contract);
        let as_of = contract.and_then(|contract| contract.due_on(contract.sold_with(document.date)?));
        possible.extend(as_of.map(|as_of| Repair::BillPeriod { contract: figures.contract, as_of }));
    }
    if other || more {
        // Not only the one that is proposed: what other lines take from it, or its rate of VAT, can stand in the way.
        let eligible = eligible(document, &of.line, facts)?;
        let others = eligible.into_iter().filter(|contract| of.contract != Some(*contract));
        possible.extend(others.map(|contract| Repair::AssignContract { line, contract }));
    }
    if let Some(figures) = short {
        let (contract, amount) =
            (figures.contract, missing(figures.contract).map_err(|error| quota(line, figures.unit, error))?);
        possible.extend(figures.period.map(|valid| Repair::GrantFreeQuota { contract, amount, valid }));
        possible.push(Repair::AllowOverbooking { contract });
    }
    let mut helping = Vec::new();
    for repair in possible {
        // What the kernel or the contract refuses is no repair.
        let after = effect(document, facts, &repair).ok();
        let then = after.and_then(|after| after.lines.into_iter().find(|clearing| clearing.line == line));
        if then.is_some_and(|then| now.item > then.item) {
            helping.push(repair);
        }
    }
    Ok(helping)
}

fn quota(line: LineId, unit: Unit, error: QuotaError) -> ClearingError {
    ClearingError::Quota { line: Some(line), unit, error }
}

/// What saving the document would do after that repair.
///
/// Errors as [`reconcile`] does, and when the repair itself is refused.
pub fn effect(document: &ClearingDocument, facts: &Facts, repair: &Repair) -> Result<Reconciled, ClearingError> {
    let (mut document, mut facts) = (document.clone(), facts.clone());
    match repair {
        Repair::SwitchOn { line } => {
            document.lines.iter_mut().filter(|of| of.id == *line).for_each(|of| of.clears = true);
        }
        Repair::AssignContract { line, contract } => {
            document.lines.iter_mut().filter(|of| of.id == *line).for_each(|of| of.contract = Some(*contract));
        }
        Repair::EnableGroup { contract, .. } | Repair::AllowOverbooking { contract } => {
            for found in facts.contracts.iter_mut().filter(|found| found.contract.id == *contract) {
                let terms = &mut found.contract.terms;
                repair.change(terms);
                // The account takes over the policy when the contract is saved.
                if let (Some(quota), Some(view)) = (&terms.quota, &mut found.account) {
                    view.account.policy = quota.policy();
                }
            }
        }
        Repair::BillPeriod { contract, as_of } => bill(&mut facts, *contract, *as_of)?,
        Repair::GrantFreeQuota { contract, amount, valid } => {
            let origin = GrantOrigin::FreeQuota;
            let lot = LotId::new(uuid::Uuid::nil());
            let asked = GrantRequest { origin, ..GrantRequest::new(lot, *amount, valid.from, valid.until) };
            let mut accounts = facts.contracts.iter_mut().filter(|found| found.contract.id == *contract);
            accounts.try_for_each(|found| post(found, &asked))?;
        }
    }
    reconcile(&document, &facts)
}

/// Grants what billing the contract as of that day would grant.
fn bill(facts: &mut Facts, contract: ContractId, as_of: NaiveDate) -> Result<(), ClearingError> {
    let day = facts.day;
    for found in facts.contracts.iter_mut().filter(|found| found.contract.id == contract) {
        let billable = Billable { contract: found.contract.clone(), next: found.next };
        let planned = plan(&[billable], as_of, day);
        let periods = planned.invoices.iter().flat_map(|invoice| &invoice.periods);
        let grants = periods.flat_map(|period| &period.bill.grants);
        // Ids that no lot has, each once.
        for (grant, id) in grants.zip(1..) {
            let request = found.contract.grant_request(grant, LotId::new(uuid::Uuid::from_u128(id)));
            post(found, &request)?;
        }
    }
    Ok(())
}

/// Grants; what a draw of the document itself gets then, it gives back when it is released.
fn post(found: &mut ContractFacts, request: &GrantRequest) -> Result<(), ClearingError> {
    granted(found, request).map_err(|error| found.refused(None, error))
}

fn granted(found: &mut ContractFacts, request: &GrantRequest) -> Result<(), QuotaError> {
    let Some(view) = &mut found.account else { return Ok(()) };
    let decided = grant(view, request)?;
    for entry in decided.entries(view)? {
        view.post(&entry)?;
    }
    for CoverPart { draw, amount } in decided.covers {
        if let Some(own) = found.own.iter_mut().find(|own| own.draw == draw) {
            own.deficit = own.deficit.minus(amount)?;
            own.parts.push(Part { lot: request.lot, amount });
        }
    }
    Ok(())
}
