//! Rows as a table that can be taken away: typed cells under headings.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    Money, Seconds,
    quota::{Amount, Unit},
};
use rust_decimal::Decimal;
use texts::Lang;

/// A cell. Its type stays what it is: a workbook gets numbers, dates and times and not texts that look like them.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A text that a person or the program wrote.
    Text(String),
    /// A whole number.
    Whole(i64),
    /// An amount of money in major units, with that many decimals.
    Number(Decimal),
    /// A civil date.
    Day(NaiveDate),
    /// An instant as the company's clocks show it.
    Instant(DateTime<FixedOffset>),
    /// A time.
    Time(Seconds),
}

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Its heading.
    pub heading: &'static str,
    /// Its width, in characters.
    pub width: u8,
}

/// Rows that can be taken away.
pub trait Exported {
    /// The columns.
    fn columns(lang: Lang) -> Vec<Column>;
    /// The cells of a row, one for each column.
    fn cells(&self, lang: Lang) -> Vec<Cell>;
}

impl Cell {
    /// A text; empty is nothing.
    pub fn text(text: impl Into<String>) -> Cell {
        let text = text.into();
        if text.is_empty() { Cell::Empty } else { Cell::Text(text) }
    }

    /// A day, if there is one.
    pub fn day(day: Option<NaiveDate>) -> Cell {
        day.map_or(Cell::Empty, Cell::Day)
    }

    /// A number of things.
    pub fn count(count: u64) -> Cell {
        Cell::Whole(i64::try_from(count).unwrap_or(i64::MAX))
    }

    /// An amount of money without its currency.
    pub fn money(money: Money) -> Cell {
        Cell::Number(money.major())
    }

    /// An amount of an account in two cells: its time or its money. The currency has a column of its own.
    pub fn amount(unit: Unit, amount: Amount) -> [Cell; 2] {
        match unit {
            Unit::Time => [Cell::Time(Seconds(amount.units())), Cell::Empty],
            Unit::Money(currency) => [Cell::Empty, Cell::money(Money { minor: amount.units(), currency })],
        }
    }

    /// The currency of an account; nothing of one that counts time.
    pub fn currency(unit: Unit) -> Cell {
        match unit {
            Unit::Time => Cell::Empty,
            Unit::Money(currency) => Cell::text(currency.code()),
        }
    }
}

/// A column of that heading and width.
pub(super) const fn column(heading: &'static str, width: u8) -> Column {
    Column { heading, width }
}
