//! The history of the things that are not ledger entries (an entry is its own history).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use wire::history::{Change, FieldChange};

use crate::{
    Slice, StoreError, Tx,
    sql::{Value, in_list, insert_rows, query, statements},
};

statements! {
    ADD = "INSERT INTO history (subject, subject_id, number, at, by_name, change)
        SELECT $1, $2, COALESCE(MAX(number), 0) + 1, $3, $4, $5 FROM history WHERE subject = $1 AND subject_id = $2";
    LIST = "SELECT at, by_name, change FROM history WHERE subject = $1 AND subject_id = $2 ORDER BY number DESC
        LIMIT $3 OFFSET $4";
}

/// Notes a change. The caller holds a lock on the thing, so that its changes are numbered one after the other.
pub async fn add(tx: &mut Tx, subject: &str, id: &str, change: &Change) -> Result<(), StoreError> {
    let fields = serde_json::to_string(&change.fields).unwrap_or_default();
    query(ADD).bind(subject).bind(id).bind(change.at.to_utc()).bind(&change.by).bind(fields).run(tx).await?;
    Ok(())
}

pub(crate) fn latest_sql(things: usize) -> String {
    format!(
        "SELECT subject_id, MAX(number) AS number FROM history WHERE subject = $1 AND subject_id IN ({})
            GROUP BY subject_id",
        in_list(2, things)
    )
}

/// Notes a change of each of several things that the caller has locked, each thing once.
pub async fn add_many(tx: &mut Tx, subject: &str, changes: &[(String, Change)]) -> Result<(), StoreError> {
    let mut latest = HashMap::<String, i64>::new();
    for chunk in changes.chunks(500) {
        let ids = chunk.iter().map(|(id, _)| id.as_str());
        for row in query(latest_sql(chunk.len())).bind(subject).bind_all(ids).all(tx).await? {
            latest.insert(row.get("subject_id")?, row.get("number")?);
        }
    }
    let row = |(id, change): &(String, Change)| -> Vec<Value> {
        let fields = serde_json::to_string(&change.fields).unwrap_or_default();
        let number = latest.get(id).copied().unwrap_or(0) + 1;
        let (subject, by) = (subject.to_owned(), change.by.clone());
        vec![subject.into(), id.clone().into(), number.into(), change.at.to_utc().into(), by.into(), fields.into()]
    };
    let head = "INSERT INTO history (subject, subject_id, number, at, by_name, change) VALUES";
    insert_rows(tx, head, changes.iter().map(row).collect()).await
}

/// The latest changes, newest first.
pub async fn list(tx: &mut Tx, subject: &str, id: &str, most: i64) -> Result<Vec<Change>, StoreError> {
    slice(tx, subject, id, Slice { offset: 0, most }).await
}

/// A slice of the changes, newest first.
pub async fn slice(tx: &mut Tx, subject: &str, id: &str, slice: Slice) -> Result<Vec<Change>, StoreError> {
    let rows = query(LIST).bind(subject).bind(id).bind(slice.most).bind(slice.offset).all(tx).await?;
    rows.iter()
        .map(|row| {
            let value: String = row.get("change")?;
            let fields: Vec<FieldChange> =
                serde_json::from_str(&value).map_err(|_| StoreError::Unreadable { what: "change", value })?;
            Ok(Change { at: row.get::<DateTime<Utc>>("at")?.fixed_offset(), by: row.get("by_name")?, fields })
        })
        .collect()
}
