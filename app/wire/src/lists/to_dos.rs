//! The list of to-dos.

use serde::{Deserialize, Serialize};

use super::{
    Address, ListQuery,
    queries::{said, typed, usual_order, yes_or_no},
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
    /// By the number of the contract.
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
    /// The column.
    pub sort: ToDoSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
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
            ..ToDoQuery::default()
        }
    }

    fn write(&self, address: Address) -> Address {
        let address = address.text("q", &self.q).text("whose", &self.whose).word("automatic", said(self.automatic));
        address.word("time", self.time.map(ToDoTime::name))
    }

    usual_order!();
}
