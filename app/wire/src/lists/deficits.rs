//! The list of open deficits.

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, DrawId,
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery, UnitSum,
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
}

/// What the list of open deficits shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DeficitQuery {
    /// Beginnings of words of the customer.
    pub q: String,
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
        &[("date", DeficitSort::Date), ("customer", DeficitSort::Customer)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        let (from, until) = (day(get, "from"), day(get, "until"));
        DeficitQuery { q: typed(get, "q"), from, until, ..DeficitQuery::default() }
    }

    fn write(&self, address: Address) -> Address {
        address.text("q", &self.q).word("from", self.from).word("until", self.until)
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
