//! Company settings and counters.

use crate::{
    StoreError, Tx,
    sql::{query, statements},
};

statements! {
    GET = "SELECT value FROM settings WHERE name = $1";
    PUT = "INSERT INTO settings (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    COUNT = "INSERT INTO counters (name, value) VALUES ($1, $2)
        ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
}

/// A setting, if it was ever set.
pub async fn get(tx: &mut Tx, name: &str) -> Result<Option<String>, StoreError> {
    query(GET).bind(name).first(tx).await?.map(|row| row.get("value")).transpose()
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
