//! The list of what lapses.

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, DateRange, LotId,
    quota::{Amount, LapseCause, Unit},
};
use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery, UnitKind, UnitSum,
    queries::{day, typed, usual_order},
};
use crate::{Page, contracts::CustomerRef};

/// The most lots of which something can lapse in the range of a list; for more it has to be shorter.
pub const MOST_LAPSING: usize = 20_000;

/// The columns by which the list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LapseSort {
    /// By the day on which it lapses.
    #[default]
    Date,
    /// By the name of the customer.
    Customer,
    /// By the amount, within what is counted.
    Amount,
}

/// What the list of lapses shows. Without days it shows today and the next thirty days.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LapseQuery {
    /// Beginnings of words of the customer.
    pub q: String,
    /// The beginning of the number of the contract that grants to the account.
    pub contract: String,
    /// Only time, or only money.
    pub unit: Option<UnitKind>,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub until: Option<NaiveDate>,
    /// Only for that cause.
    pub cause: Option<LapseCause>,
    /// The column.
    pub sort: LapseSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

impl LapseQuery {
    /// How many days the list shows when nobody says which.
    pub const DAYS: u64 = 30;

    /// The days that are shown, both inclusive, when today is that day.
    pub fn days(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let from = self.from.unwrap_or_else(|| self.until.filter(|until| *until < today).unwrap_or(today));
        let later = from.checked_add_days(chrono::Days::new(Self::DAYS)).unwrap_or(from);
        (from, self.until.unwrap_or(later))
    }
}

impl ListQuery for LapseQuery {
    const PATH: &'static str = "/lapses";
    const NAME: &'static str = "lapses";
    const PER_PAGE: u32 = 50;
    type Sort = LapseSort;
    const SORTS: &'static [(&'static str, LapseSort)] =
        &[("date", LapseSort::Date), ("customer", LapseSort::Customer), ("amount", LapseSort::Amount)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        LapseQuery {
            q: typed(get, "q"),
            contract: typed(get, "contract"),
            unit: get("unit").and_then(|name| UnitKind::from_name(&name)),
            from: day(get, "from"),
            until: day(get, "until"),
            cause: get("cause").and_then(|name| LapseCause::from_name(&name)),
            ..LapseQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).text("contract", &self.contract);
        let address = address.word("unit", self.unit.map(UnitKind::name));
        let address = address.word("from", self.from).word("until", self.until);
        address.word("cause", self.cause.map(LapseCause::name))
    }

    usual_order!();
}

/// What of a lot lapses on a day. As things stand: what is drawn until then is no longer lost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapseRow {
    /// The first day on which it can no longer be used.
    pub date: NaiveDate,
    /// The lot.
    pub lot: LotId,
    /// When the lot can be drawn.
    pub valid: DateRange,
    /// What was granted.
    pub granted: Amount,
    /// What lapses of it.
    pub amount: Amount,
    /// Why.
    pub cause: LapseCause,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The account with its name.
    pub account: (AccountId, String),
    /// What it counts.
    pub unit: Unit,
    /// The contract that grants to the account, with its number.
    pub contract: Option<(ContractId, String)>,
}

/// A page of the list, with the sums of all pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapsePage {
    /// The page.
    pub page: Page<LapseRow>,
    /// The sums of all that is found.
    pub sums: Vec<UnitSum>,
}
