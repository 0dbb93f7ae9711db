//! Side effects (mail, PDF, archive) that wait until the change that wants them is committed.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    StoreError, Tx,
    sql::{query, statements},
};

statements! {
    ADD = "INSERT INTO outbox (id, kind, payload, due_at, attempts) VALUES ($1, $2, $3, $4, 0)";
    DUE = "SELECT id, kind, payload, attempts FROM outbox WHERE done_at IS NULL AND due_at <= $1 ORDER BY due_at, id LIMIT $2";
    DONE = "UPDATE outbox SET done_at = $2, attempts = attempts + 1, error = NULL WHERE id = $1";
    FAILED = "UPDATE outbox SET due_at = $2, attempts = attempts + 1, error = $3 WHERE id = $1";
    FAILED_JOBS = "SELECT CAST(COUNT(*) AS BIGINT) AS failed FROM outbox WHERE done_at IS NULL AND error IS NOT NULL";
    WAITING = "SELECT CAST(COUNT(*) AS BIGINT) AS waiting FROM outbox WHERE done_at IS NULL";
}

/// A side effect to carry out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its id.
    pub id: String,
    /// What it does.
    pub kind: String,
    /// With what, as JSON.
    pub payload: String,
    /// How often it was tried.
    pub attempts: i64,
}

/// Puts a side effect into the queue.
pub async fn add(tx: &mut Tx, id: Uuid, kind: &str, payload: &str, due: DateTime<Utc>) -> Result<(), StoreError> {
    query(ADD).bind(id.to_string()).bind(kind).bind(payload).bind(due).run(tx).await?;
    Ok(())
}

/// The next jobs that are due, locked until the transaction ends; those that another process holds are passed over.
pub async fn due(tx: &mut Tx, now: DateTime<Utc>, most: i64) -> Result<Vec<Job>, StoreError> {
    let rows = query(DUE).bind(now).bind(most).for_update_skip_locked(tx).all(tx).await?;
    rows.iter()
        .map(|row| {
            let attempts = row.get("attempts")?;
            Ok(Job { id: row.get("id")?, kind: row.get("kind")?, payload: row.get("payload")?, attempts })
        })
        .collect()
}

/// Notes that a job is done.
pub async fn done(tx: &mut Tx, id: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    query(DONE).bind(id).bind(at).run(tx).await?;
    Ok(())
}

/// Notes that a job failed and when it is tried again.
pub async fn failed(tx: &mut Tx, id: &str, again: DateTime<Utc>, error: &str) -> Result<(), StoreError> {
    query(FAILED).bind(id).bind(again).bind(error).run(tx).await?;
    Ok(())
}

/// How many jobs wait.
pub async fn waiting(tx: &mut Tx) -> Result<i64, StoreError> {
    query(WAITING).first(tx).await?.map_or(Ok(0), |row| row.get("waiting"))
}

/// How many jobs failed and wait to be tried again.
pub async fn failing(tx: &mut Tx) -> Result<u64, StoreError> {
    query(FAILED_JOBS).first(tx).await?.map_or(Ok(0), |row| row.count("failed"))
}
