//! The fees of a project: which due periods go on its invoice.

use serde::{Deserialize, Serialize};

use crate::{
    BillingLineId, Currency,
    contracts::{BillError, Period, PeriodBill},
    documents::Totals,
    splitting::Fee,
};

/// The fee of a billing line, with its periods that are to be billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueFee {
    /// The line.
    pub line: BillingLineId,
    /// Its name, which stands on the invoice.
    pub name: String,
    /// The fee.
    pub fee: Fee,
    /// The periods, oldest first.
    pub periods: Vec<Period>,
}

/// A period of a fee on an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedFee {
    /// The billing line.
    pub line: BillingLineId,
    /// What it bills.
    pub bill: PeriodBill,
}

/// What the invoice of a project bills of its fees.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FeeInvoice {
    /// What it bills, each on a line of its own, the oldest period first. Nothing: there is no invoice.
    pub fees: Vec<PlannedFee>,
    /// What it comes to. VAT is rounded once per rate over all of it.
    pub totals: Totals,
}

/// A period of a fee that cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnbillableFee {
    /// The billing line.
    pub line: BillingLineId,
    /// The number of the period.
    pub period: u32,
    /// Why.
    pub error: BillError,
}

/// Plans the invoice of a project over its due fees.
///
/// Errors with the first period that cannot be billed: then nothing of the project is, because a later period never goes
/// before an earlier one.
pub fn bill_fees(due: &[DueFee], currency: Currency) -> Result<FeeInvoice, UnbillableFee> {
    let all = due.iter().flat_map(|of| of.periods.iter().map(move |period| (of, period)));
    let fees = all.map(|(of, period)| {
        let refused = |error| UnbillableFee { line: of.line, period: period.number, error };
        Ok(PlannedFee { line: of.line, bill: of.fee.bill(&of.name, period, currency).map_err(refused)? })
    });
    let mut fees = fees.collect::<Result<Vec<PlannedFee>, UnbillableFee>>()?;
    fees.sort_by_key(|planned| planned.bill.period.range.from);
    let lines = fees.iter().flat_map(|planned| &planned.bill.lines);
    if let Some(totals) = Totals::of(lines.map(|billed| (billed.line.vat, billed.total))) {
        return Ok(FeeInvoice { fees, totals });
    }
    // Nothing comes to nothing: there is a first one.
    let Some(first) = fees.first() else { return Ok(FeeInvoice::default()) };
    Err(UnbillableFee { line: first.line, period: first.bill.period.number, error: BillError::TooLarge })
}
