//! What all lists share: a query that stands in an address and is read back the same, and rows that become a table.
//!
//! *Invariants.* A page of a list, its export and REST read the same query by the same code, so all show the same rows in
//! the same order. Whatever in an address cannot be read is as if it were not there.

mod address;
mod booking;
mod booking_rows;
mod deficits;
mod lapses;
mod open_items;
mod project_rows;
mod queries;
mod rows;
mod table;
mod to_dos;

pub use address::{Address, Export};
pub use deficits::{DeficitPage, DeficitQuery, DeficitRow, DeficitSort};
pub use lapses::{LapsePage, LapseQuery, LapseRow, LapseSort, MOST_LAPSING};
pub use open_items::{OpenItemKind, OpenItemPage, OpenItemQuery, OpenItemRow, OpenItemSort, OpenSum};
pub use project_rows::project_state_text;
pub use queries::{ListQuery, MOST_EXPORTED, MOST_PAGES};
pub use rows::{cause_text, contract_state_text, kind_text, state_text, to_do_kind_text, unit_kind_text};
pub use table::{Cell, Column, Exported};
pub use to_dos::{ToDoKind, ToDoQuery, ToDoRow, ToDoSort, ToDoTime};

use domain::quota::{Amount, Unit};
use serde::{Deserialize, Serialize};

/// What is counted, as a filter says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UnitKind {
    /// Time.
    Time,
    /// Money, of any currency.
    Money,
}

impl UnitKind {
    /// Both.
    pub const ALL: [UnitKind; 2] = [UnitKind::Time, UnitKind::Money];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            UnitKind::Time => "time",
            UnitKind::Money => "money",
        }
    }

    /// What has that name.
    pub fn from_name(name: &str) -> Option<UnitKind> {
        UnitKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// What a unit counts.
    pub const fn of(unit: Unit) -> UnitKind {
        match unit {
            Unit::Time => UnitKind::Time,
            Unit::Money(_) => UnitKind::Money,
        }
    }
}

/// The sum of a column, for one unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnitSum {
    /// What is counted.
    pub unit: Unit,
    /// How much.
    pub amount: Amount,
    /// In how many rows.
    pub rows: u64,
}
