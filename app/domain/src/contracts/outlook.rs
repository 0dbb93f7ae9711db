//! What a contract will do: its next periods, before anything is billed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BillError, Contract, PeriodBill};
use crate::{
    Seconds,
    quota::{Lapse, Lot, LotState},
};

/// A lot that a period will grant.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlookLot {
    /// The lot as the kernel will make it: its amount, validity and carry-over.
    pub lot: Lot,
    /// What lapses of it and when, if nothing is drawn from it.
    pub lapses: Vec<Lapse>,
}

/// A period that will be billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutlookPeriod {
    /// The day on which it becomes due.
    pub due: NaiveDate,
    /// The day on which its to-do appears.
    pub to_do: Option<NaiveDate>,
    /// What it will bill.
    pub bill: PeriodBill,
    /// The lots that it will grant.
    pub lots: Vec<OutlookLot>,
}

/// What a contract will do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outlook {
    /// Its end, if it has one: the first day that no longer belongs to it.
    pub end: Option<NaiveDate>,
    /// The next term boundary on which it renews itself.
    pub renews_on: Option<NaiveDate>,
    /// The last day on which notice for that boundary can be given.
    pub notice_by: Option<NaiveDate>,
    /// The next periods.
    pub periods: Vec<OutlookPeriod>,
}

/// The `count` periods from number `next` on, by the same rules as the billing run, and the end or renewal as seen from
/// `today`. `day` is the company's working day. Errors at the first period that could not be billed.
pub fn outlook(
    contract: &Contract,
    next: u32,
    count: u32,
    today: NaiveDate,
    day: Seconds,
) -> Result<Outlook, BillError> {
    let end = contract.end();
    let tomorrow = today.succ_opt().ok_or(BillError::BeyondCalendar)?;
    let renews = end.is_none() && contract.terms.renewal.is_some();
    let renews_on = renews.then(|| contract.boundary_from(tomorrow)).flatten();
    let numbers = next..next.saturating_add(count);
    let periods = numbers.map_while(|number| contract.period(number).zip(contract.due_on(number)));
    let periods = periods.map(|(period, due)| {
        let bill = contract.bill(&period, day)?;
        let lots = bill.grants.iter().map(|grant| {
            let lot = contract.granted_lot(grant)?;
            let lapses = LotState::new(lot.clone(), end).lapses().map_err(BillError::Quota)?;
            Ok(OutlookLot { lot, lapses })
        });
        let lots = lots.collect::<Result<_, BillError>>()?;
        Ok(OutlookPeriod { due, to_do: contract.to_do_on(period.number), bill, lots })
    });
    let periods = periods.collect::<Result<_, BillError>>()?;
    Ok(Outlook { end, renews_on, notice_by: renews_on.and_then(|on| contract.notice_by(on)), periods })
}
