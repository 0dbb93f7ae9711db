//! The list of to-dos: periods of contracts and fees of projects.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery,
    queries::{said, typed, usual_order, yes_or_no},
};
use crate::{
    contracts::CustomerRef,
    today::{DueFee, ToDo},
};

/// The columns by which the list can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToDoSort {
    /// By the day on which the period becomes due.
    #[default]
    Due,
    /// By the name of the customer.
    Customer,
    /// By the number of the contract or project.
    Number,
}

/// When a period is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToDoTime {
    /// It is due and nobody has billed it.
    Overdue,
    /// Its to-do has appeared, and it is due later.
    Soon,
}

impl ToDoTime {
    /// Both.
    pub const ALL: [ToDoTime; 2] = [ToDoTime::Overdue, ToDoTime::Soon];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            ToDoTime::Overdue => "overdue",
            ToDoTime::Soon => "soon",
        }
    }

    /// What has that name.
    pub fn from_name(name: &str) -> Option<ToDoTime> {
        ToDoTime::ALL.into_iter().find(|time| time.name() == name)
    }
}

/// What is to be billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToDoKind {
    /// A period of a contract.
    Contract,
    /// The fee of a project.
    Fee,
}

impl ToDoKind {
    /// Both.
    pub const ALL: [ToDoKind; 2] = [ToDoKind::Contract, ToDoKind::Fee];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            ToDoKind::Contract => "contract",
            ToDoKind::Fee => "fee",
        }
    }

    /// What has that name.
    pub fn from_name(name: &str) -> Option<ToDoKind> {
        ToDoKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ToDoRow {
    /// A period of a contract.
    Contract(ToDo),
    /// The fee of a project.
    Fee(DueFee),
}

impl ToDoRow {
    /// What is to be billed.
    pub const fn kind(&self) -> ToDoKind {
        match self {
            ToDoRow::Contract(_) => ToDoKind::Contract,
            ToDoRow::Fee(_) => ToDoKind::Fee,
        }
    }

    /// The day on which it becomes due.
    pub const fn due(&self) -> NaiveDate {
        match self {
            ToDoRow::Contract(to_do) => to_do.due,
            ToDoRow::Fee(fee) => fee.due,
        }
    }

    /// The number of the contract or project.
    pub fn number(&self) -> &str {
        match self {
            ToDoRow::Contract(to_do) => &to_do.number,
            ToDoRow::Fee(fee) => &fee.project.number,
        }
    }

    /// To whom it is billed.
    pub const fn customer(&self) -> &CustomerRef {
        match self {
            ToDoRow::Contract(to_do) => &to_do.customer,
            ToDoRow::Fee(fee) => &fee.customer,
        }
    }
}

/// What the list of to-dos shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ToDoQuery {
    /// The beginning of a number, or beginnings of words of the customer.
    pub q: String,
    /// For whom: the name of the person.
    pub whose: String,
    /// Only what the run bills without being asked, or only the rest.
    pub automatic: Option<bool>,
    /// Only what is overdue, or only the rest.
    pub time: Option<ToDoTime>,
    /// Only contracts, or only fees.
    pub kind: Option<ToDoKind>,
    /// The column.
    pub sort: ToDoSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

impl ToDoQuery {
    /// Whether contracts can be among what it finds.
    pub fn finds_contracts(&self) -> bool {
        self.kind != Some(ToDoKind::Fee)
    }

    /// Whether fees can be among what it finds: they are for nobody by name, the run bills them without being asked,
    /// and they stand here once they are due.
    pub fn finds_fees(&self) -> bool {
        let of_contracts = !self.whose.is_empty() || self.automatic == Some(false) || self.time == Some(ToDoTime::Soon);
        self.kind != Some(ToDoKind::Contract) && !of_contracts
    }
}

impl ListQuery for ToDoQuery {
    const PATH: &'static str = "/to-dos";
    const NAME: &'static str = "to-dos";
    const PER_PAGE: u32 = 50;
    type Sort = ToDoSort;
    const SORTS: &'static [(&'static str, ToDoSort)] =
        &[("due", ToDoSort::Due), ("customer", ToDoSort::Customer), ("number", ToDoSort::Number)];

    fn read(get: &dyn Fn(&str) -> Option<String>) -> Self {
        ToDoQuery {
            q: typed(get, "q"),
            whose: typed(get, "whose"),
            automatic: yes_or_no(get, "automatic"),
            time: get("time").and_then(|name| ToDoTime::from_name(&name)),
            kind: get("kind").and_then(|name| ToDoKind::from_name(&name)),
            ..ToDoQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).text("whose", &self.whose).word("automatic", said(self.automatic));
        address.word("time", self.time.map(ToDoTime::name)).word("kind", self.kind.map(ToDoKind::name))
    }

    usual_order!();
}
