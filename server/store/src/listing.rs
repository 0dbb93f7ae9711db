//! Statements of lists: put together from the filters that are set, each with its values, so that whatever is not asked
//! for does not stand in the way of an index.

use std::fmt::Write;

use wire::{
    Page,
    lists::{ListQuery, MOST_PAGES},
};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, Value, query},
    words,
};

/// Which rows of a list are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    /// How many are passed over.
    pub offset: i64,
    /// The most that are read.
    pub most: i64,
}

impl Slice {
    /// The rows of a page, and one more that says whether there is a page after it.
    pub fn page<Q: ListQuery>(ask: &Q) -> Slice {
        let (_, _, page) = ask.order();
        Slice::nth(page, Q::PER_PAGE)
    }

    /// The rows of a page, counted from 1, of a list with so many on each, and one more that says whether there is a page
    /// after it.
    pub fn nth(page: u32, shown: u32) -> Slice {
        let before = page.clamp(1, MOST_PAGES) - 1;
        Slice { offset: i64::from(before) * i64::from(shown), most: i64::from(shown) + 1 }
    }
}

/// The page of what [`Slice::page`] read.
pub fn paged<Q: ListQuery, R>(_: &Q, rows: Vec<R>) -> Page<R> {
    cut(rows, Q::PER_PAGE)
}

/// The page of what [`Slice::nth`] read, with so many rows.
pub fn cut<R>(mut rows: Vec<R>, shown: u32) -> Page<R> {
    let shown = usize::try_from(shown).unwrap_or(usize::MAX);
    let more = rows.len() > shown;
    rows.truncate(shown);
    Page { rows, more }
}

/// A statement of a list.
#[derive(Debug, Clone)]
pub(crate) struct Listing {
    sql: String,
    filtered: bool,
    values: Vec<Value>,
}

impl Listing {
    /// All rows of that `SELECT .. FROM ..`.
    pub fn new(from: impl Into<String>) -> Listing {
        Listing { sql: from.into(), filtered: false, values: Vec::new() }
    }

    /// Puts `$1, $2, ..` where the text has `?`.
    fn push(&mut self, text: &str, values: impl IntoIterator<Item = Value>) {
        let mut parts = text.split('?');
        self.sql.push_str(parts.next().unwrap_or_default());
        for (part, value) in parts.zip(values) {
            self.values.push(value);
            let _ = write!(self.sql, "${}{part}", self.values.len());
        }
    }

    /// Only rows for which that holds; its values stand where it has `?`.
    #[must_use]
    pub fn with(mut self, condition: &str, values: impl IntoIterator<Item = Value>) -> Listing {
        self.sql.push_str(if self.filtered { " AND " } else { " WHERE " });
        self.filtered = true;
        self.push(condition, values);
        self
    }

    /// The same for a filter of one value, if it is set.
    #[must_use]
    pub fn with_some(self, condition: &str, value: Option<impl Into<Value>>) -> Listing {
        match value {
            Some(value) => self.with(condition, [value.into()]),
            None => self,
        }
    }

    /// The order: columns, all in the same direction.
    #[must_use]
    pub fn by(mut self, columns: &[&str], desc: bool) -> Listing {
        let direction = if desc { " DESC" } else { "" };
        let columns: Vec<String> = columns.iter().map(|column| format!("{column}{direction}")).collect();
        let _ = write!(self.sql, " ORDER BY {}", columns.join(", "));
        self
    }

    /// The end of the statement, such as a grouping.
    #[must_use]
    pub fn then(mut self, text: &str) -> Listing {
        self.sql.push_str(text);
        self
    }

    /// The statement of a slice.
    #[must_use]
    pub fn sliced(mut self, slice: Slice) -> Listing {
        self.push(" LIMIT ? OFFSET ?", [slice.most.into(), slice.offset.into()]);
        self
    }

    /// Its text, for the tests that know every statement.
    #[cfg(feature = "testing")]
    pub fn text(self) -> String {
        self.sql
    }

    /// Its rows.
    pub async fn rows(self, tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
        query(self.sql).bind_all(self.values).all(tx).await
    }
}

/// The range of everything that begins with a folded text.
fn beginning(text: &str) -> [Value; 2] {
    [text.into(), format!("{text}\u{10ffff}").into()]
}

/// The condition that a column names a customer who has a word with each of these beginnings, with its values. Each is
/// a range of the index of words.
pub(crate) fn of_customers_named(column: &str, typed: &str) -> Option<(String, Vec<Value>)> {
    let words = words(typed);
    let one = format!("{column} IN (SELECT customer_id FROM customer_words WHERE word >= ? AND word < ?)");
    let all = vec![one; words.len()].join(" AND ");
    (!words.is_empty()).then(|| (all, words.iter().flat_map(|word| beginning(word)).collect()))
}

/// The condition that a column names the account of a contract whose number begins so, with its values.
pub(crate) fn of_contracts_numbered(column: &str, typed: &str) -> Option<(String, Vec<Value>)> {
    let number = fold(typed);
    let condition =
        format!("{column} IN (SELECT account_id FROM contracts WHERE number_folded >= ? AND number_folded < ?)");
    (!number.is_empty()).then(|| (condition, beginning(&number).to_vec()))
}

/// The condition that something of that table has a number with that beginning, or a customer so named.
pub(crate) fn numbered_or_named(table: &str, alias: &str, typed: &str) -> Option<(String, Vec<Value>)> {
    let (named, mut values) = of_customers_named("f.customer_id", typed)?;
    let condition = format!(
        "{alias}.id IN (SELECT id FROM {table} WHERE number_folded >= ? AND number_folded < ?
            UNION SELECT f.id FROM {table} f WHERE {named})"
    );
    let mut all = beginning(&fold(typed)).to_vec();
    all.append(&mut values);
    Some((condition, all))
}
