//! Company settings and counters.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use crate::{
    StoreError, Tx,
    sql::{in_list, query, statements},
};

statements! {
    GET = "SELECT value FROM settings WHERE name = $1";
    BEGIN_VERSION = "INSERT INTO settings (name, value) VALUES ('version', '0') ON CONFLICT (name) DO NOTHING";
    VERSION = "SELECT value FROM settings WHERE name = 'version'";
    ADD = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING name";
    PUT = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    COUNT = "INSERT INTO counters (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
    COUNT_MANY = "INSERT INTO counters (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + $2 RETURNING value";
}

/// A setting, if it was ever set.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    query(GET).bind(name).first(tx).await?.map(|row| row.get("value")).transpose()
}

/// The name of the setting of the first day for which the books are open; accounts are read together with it.
pub const BOOKS_CLOSED_UNTIL: &str = "books_closed_until";

/// A day as a setting keeps it; empty means none.
pub(crate) fn day_of(value: Option<String>) -> Result<Option<NaiveDate>, StoreError> {
    let Some(value) = value.filter(|value| !value.is_empty()) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| StoreError::Unreadable { what: "day", value })
}

/// The settings of these names that were ever set.
pub async fn named(tx: &mut Tx, names: &[&str]) -> Result<BTreeMap<String, String>, StoreError> {
    let rows = query(named_sql(names.len())).bind_all(names.iter().copied()).all(tx).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("value")?))).collect()
}

pub(crate) fn named_sql(names: usize) -> String {
    format!("SELECT name, value FROM settings WHERE name IN ({})", in_list(1, names))
}

/// The version of the company's settings, locked until the transaction ends; 0 before anything was saved.
pub async fn lock_version(tx: &mut Tx) -> Result<i64, StoreError> {
    query(BEGIN_VERSION).run(tx).await?;
    let row = query(VERSION).for_update(tx).first(tx).await?;
    let value: String = row.map_or_else(|| Ok("0".to_owned()), |row| row.get("value"))?;
    value.parse().map_err(|_| StoreError::Unreadable { what: "version", value })
}

/// Sets a setting that was never set. `false` when it was: then it stays as it is.
pub async fn add(tx: &mut Tx, name: &str, value: &str) -> Result<bool, StoreError> {
    Ok(query(ADD).bind(name).bind(value).first(tx).await?.is_some())
}

/// Sets a setting.
pub async fn put(tx: &mut Tx, name: &str, value: &str) -> Result<(), StoreError> {
    query(PUT).bind(name).bind(value).run(tx).await?;
    Ok(())
}

/// The next value of a counter, the first time `start`. Locks the counter until the transaction ends.
pub async fn count(tx: &mut Tx, name: &str, start: i64) -> Result<i64, StoreError> {
    match query(COUNT).bind(name).bind(start).first(tx).await? {
        Some(row) => row.get("value"),
        None => Ok(start),
    }
}

/// Takes the next `many` values of a counter that begins at 1 and returns the first of them. Locks the counter until
/// the transaction ends: numbers are given without gaps, so this comes last.
pub async fn count_many(tx: &mut Tx, name: &str, many: i64) -> Result<i64, StoreError> {
    let last: i64 = match query(COUNT_MANY).bind(name).bind(many).first(tx).await? {
        Some(row) => row.get("value")?,
        None => many,
    };
    Ok(last - many + 1)
}
