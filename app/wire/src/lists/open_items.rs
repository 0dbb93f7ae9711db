//! The list of open items: invoices of which something is open, and credits.

use domain::{Currency, CustomerId, receipts::Standing};
use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery,
    queries::{id, typed, usual_order},
};
use crate::{Page, documents::DocumentRow};

/// The columns by which the list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenItemSort {
    /// By the day by which it is to be paid.
    #[default]
    Due,
    /// By what is open, credits first.
    Open,
    /// By the name of the customer.
    Customer,
}

/// Which open items are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpenItemKind {
    /// Something is open though its day is over.
    Overdue,
    /// More came in than is owed.
    Credit,
}

impl OpenItemKind {
    /// Both.
    pub const ALL: [OpenItemKind; 2] = [OpenItemKind::Overdue, OpenItemKind::Credit];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            OpenItemKind::Overdue => "overdue",
            OpenItemKind::Credit => "credit",
        }
    }

    /// What has that name.
    pub fn from_name(name: &str) -> Option<OpenItemKind> {
        OpenItemKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What the list of open items shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct OpenItemQuery {
    /// The beginning of a number, or beginnings of words of the customer.
    pub q: String,
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// Only what is overdue, or only credits.
    pub kind: Option<OpenItemKind>,
    /// The column.
    pub sort: OpenItemSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

impl ListQuery for OpenItemQuery {
    const PATH: &'static str = "/open-items";
    const NAME: &'static str = "open-items";
    const PER_PAGE: u32 = 50;
    type Sort = OpenItemSort;
    const SORTS: &'static [(&'static str, OpenItemSort)] =
        &[("due", OpenItemSort::Due), ("open", OpenItemSort::Open), ("customer", OpenItemSort::Customer)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        OpenItemQuery {
            q: typed(get, "q"),
            customer: id(get, "customer"),
            kind: get("kind").and_then(|name| OpenItemKind::from_name(&name)),
            ..OpenItemQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).word("customer", self.customer);
        address.word("kind", self.kind.map(OpenItemKind::name))
    }

    usual_order!();
}

/// An open item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItemRow {
    /// The invoice.
    pub document: DocumentRow,
    /// How it stands.
    pub standing: Standing,
}

/// What is open in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenSum {
    /// The currency.
    pub currency: Currency,
    /// What is open, without credits.
    pub open: i64,
    /// What of it is overdue.
    pub overdue: i64,
    /// What is to be paid back.
    pub credit: i64,
    /// How many items there are.
    pub rows: u64,
    /// How many of them are overdue.
    pub overdue_rows: u64,
}

/// A page of the list, with the sums of all pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenItemPage {
    /// The page.
    pub page: Page<OpenItemRow>,
    /// The sums of all that is found, for each currency.
    pub sums: Vec<OpenSum>,
}
