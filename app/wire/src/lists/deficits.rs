//! The list of open deficits.

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, DrawId,
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery, UnitKind, UnitSum,
    queries::{day, typed, usual_order},
};
use crate::{Page, bookings::BookingRef, contracts::CustomerRef, documents::DocumentRef};

/// The columns by which the list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeficitSort {
    /// By the date of the draw.
    #[default]
    Date,
    /// By the name of the customer.
    Customer,
    /// By the amount, within what is counted.
    Amount,
}

/// What the list of open deficits shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeficitQuery {
    /// Beginnings of words of the customer.
    pub q: String,
    /// The beginning of the number of the contract that grants to the account.
    pub contract: String,
    /// Only time, or only money.
    pub unit: Option<UnitKind>,
    /// Draws of that day or later.
    pub from: Option<NaiveDate>,
    /// Draws of that day or earlier.
    pub until: Option<NaiveDate>,
    /// The column.
    pub sort: DeficitSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

impl ListQuery for DeficitQuery {
    const PATH: &'static str = "/deficits";
    const NAME: &'static str = "deficits";
    const PER_PAGE: u32 = 50;
    type Sort = DeficitSort;
    const SORTS: &'static [(&'static str, DeficitSort)] =
        &[("date", DeficitSort::Date), ("customer", DeficitSort::Customer), ("amount", DeficitSort::Amount)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let (from, until) = (day(get, "from"), day(get, "until"));
        let unit = get("unit").and_then(|name| UnitKind::from_name(&name));
        let (q, contract) = (typed(get, "q"), typed(get, "contract"));
        DeficitQuery { q, contract, unit, from, until, ..DeficitQuery::default() }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).text("contract", &self.contract);
        let address = address.word("unit", self.unit.map(UnitKind::name));
        address.word("from", self.from).word("until", self.until)
    }

    usual_order!();
}

/// An open deficit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeficitRow {
    /// The draw.
    pub draw: DrawId,
    /// The date for which it was drawn.
    pub date: NaiveDate,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The account with its name.
    pub account: (AccountId, String),
    /// What it counts.
    pub unit: Unit,
    /// The contract that grants to the account, with its number.
    pub contract: Option<(ContractId, String)>,
    /// The document whose draw it is.
    pub document: Option<DocumentRef>,
    /// The booking whose draw it is; neither of a draw by hand.
    pub booking: Option<BookingRef>,
    /// What of it is not covered.
    pub amount: Amount,
}

/// A page of the list, with the sums of all pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeficitPage {
    /// The page.
    pub page: Page<DeficitRow>,
    /// The sums of all that is found.
    pub sums: Vec<UnitSum>,
}
