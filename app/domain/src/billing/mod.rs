//! What billing does: which due periods go on which invoice of a run, and what a balancing invoice bills of deficits.
//!
//! The dry run, the run, the billing of a single contract and the preview in the browser call the same [`plan`]. It never
//! bills a period that was billed before, also where a cancellation has freed it since; only [`rerun`] does.

mod balancing;
mod fees;
mod next_cover;

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    ContractId, Currency, CustomerId, Permission, Seconds,
    contracts::{BillError, Contract, Delivery, InvoiceKind, Period, PeriodBill},
    documents::Totals,
};

pub use balancing::{
    BalancedLine, BalancingError, BalancingFacts, BalancingPlan, MOST_DEFICITS, balance, balanced_line, overage,
};
pub use fees::{DueFee, FeeInvoice, PlannedFee, UnbillableFee, bill_fees};
pub use next_cover::{NextCover, next_covers};

/// What it takes to bill: whoever bills freed periods again could as well undo what billed them.
pub const fn needs(again: bool) -> Permission {
    if again { Permission::Cancel } else { Permission::Bill }
}

/// A contract with the number of its first period that was never claimed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billable {
    /// The contract.
    pub contract: Contract,
    /// The first period that was never billed.
    pub next: u32,
}

/// A contract with periods that a cancellation has freed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freed {
    /// The contract.
    pub contract: Contract,
    /// The numbers of the periods.
    pub periods: BTreeSet<u32>,
}

/// A period of a contract on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedPeriod {
    /// The contract.
    pub contract: ContractId,
    /// What it bills.
    pub bill: PeriodBill,
}

/// An invoice that a run will make.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedInvoice {
    /// To whom.
    pub customer: CustomerId,
    /// In which currency.
    pub currency: Currency,
    /// How it gets there.
    pub delivery: Delivery,
    /// Within how many days it is to be paid: the shortest of its contracts.
    pub payment_days: u32,
    /// What it bills.
    pub periods: Vec<PlannedPeriod>,
    /// What it comes to. VAT is rounded once per rate over all of it.
    pub totals: Totals,
}

/// A contract that cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unbillable {
    /// The contract.
    pub contract: ContractId,
    /// The number of the period.
    pub period: u32,
    /// Why.
    pub error: BillError,
}

/// What a run will do.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Plan {
    /// The invoices, in the order of the contracts.
    pub invoices: Vec<PlannedInvoice>,
    /// What cannot be billed. Nothing of such a contract is billed: a later period never goes before an earlier one.
    pub unbillable: Vec<Unbillable>,
}

/// Plans the due periods of these contracts as of a day, oldest first: for a contract with invoices of its own, one
/// invoice per period; for the others, one per customer, currency and delivery. `day` is the company's working day.
pub fn plan(contracts: &[Billable], as_of: NaiveDate, day: Seconds) -> Plan {
    let due = |billable: &Billable| billable.contract.due(billable.next, as_of);
    invoices(contracts.iter().map(|billable| (&billable.contract, due(billable))), day)
}

/// Plans to bill freed periods again, those that are due as of a day, with the present terms of their contracts. Else it
/// is as in [`plan`].
pub fn rerun(contracts: &[Freed], as_of: NaiveDate, day: Seconds) -> Plan {
    let due = |freed: &Freed| -> Vec<Period> {
        let due = |number: &&u32| freed.contract.due_on(**number).is_some_and(|due| due <= as_of);
        freed.periods.iter().filter(due).filter_map(|number| freed.contract.period(*number)).collect()
    };
    invoices(contracts.iter().map(|freed| (&freed.contract, due(freed))), day)
}

/// Which of these periods go on which invoice.
fn invoices<'a>(contracts: impl Iterator<Item = (&'a Contract, Vec<Period>)>, day: Seconds) -> Plan {
    let mut plan = Plan::default();
    let mut consolidated = BTreeMap::<(CustomerId, &'static str, Delivery), usize>::new();
    for (contract, periods) in contracts {
        let bills = periods.into_iter().map(|period| {
            contract.bill(&period, day).map_err(|error| Unbillable {
                contract: contract.id,
                period: period.number,
                error,
            })
        });
        let bills = match bills.collect::<Result<Vec<_>, _>>() {
            Ok(bills) => bills,
            Err(unbillable) => {
                plan.unbillable.push(unbillable);
                continue;
            }
        };
        let billing = &contract.terms.billing;
        for bill in bills {
            let key = (contract.customer, contract.terms.currency.code(), billing.delivery);
            let shared = consolidated.get(&key).copied().filter(|_| billing.invoice == InvoiceKind::Consolidated);
            let period = PlannedPeriod { contract: contract.id, bill };
            if let Some(invoice) = shared.and_then(|place| plan.invoices.get_mut(place)) {
                invoice.payment_days = invoice.payment_days.min(billing.payment_days);
                invoice.periods.push(period);
                continue;
            }
            if billing.invoice == InvoiceKind::Consolidated {
                consolidated.insert(key, plan.invoices.len());
            }
            plan.invoices.push(PlannedInvoice {
                customer: contract.customer,
                currency: contract.terms.currency,
                delivery: billing.delivery,
                payment_days: billing.payment_days,
                periods: vec![period],
                totals: Totals::default(),
            });
        }
    }
    for invoice in std::mem::take(&mut plan.invoices) {
        match invoice.summed() {
            Ok(invoice) => plan.invoices.push(invoice),
            Err(unbillable) => plan.unbillable.extend(unbillable),
        }
    }
    plan
}

impl PlannedInvoice {
    /// The same with its totals; too large together, none of its periods can be billed.
    fn summed(mut self) -> Result<PlannedInvoice, Vec<Unbillable>> {
        let lines = self.periods.iter().flat_map(|period| &period.bill.lines);
        match Totals::of(lines.map(|billed| (billed.line.vat, billed.total))) {
            Some(totals) => {
                self.totals = totals;
                Ok(self)
            }
            None => Err(self
                .periods
                .iter()
                .map(|period| Unbillable {
                    contract: period.contract,
                    period: period.bill.period.number,
                    error: BillError::TooLarge,
                })
                .collect()),
        }
    }
}
