//! Idempotency keys: the same request twice does one thing and gets one answer.

use chrono::{DateTime, Utc};

use crate::{
    StoreError, Tx,
    sql::{query, statements},
};

statements! {
    CLAIM = "INSERT INTO idempotency (scope, name, request_hash, answer, at) VALUES ($1, $2, $3, '', $4)
        ON CONFLICT DO NOTHING RETURNING scope";
    FIND = "SELECT request_hash, answer FROM idempotency WHERE scope = $1 AND name = $2";
    ANSWER = "UPDATE idempotency SET answer = $3 WHERE scope = $1 AND name = $2";
    FORGET = "DELETE FROM idempotency WHERE at < $1";
}

/// What a key was used for before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Earlier {
    /// The hash of that request.
    pub request_hash: String,
    /// The answer it got, as JSON.
    pub answer: String,
}

/// Takes the key for this request. `None`: it was free and is taken now (until a rollback). Otherwise what it was
/// used for. A second request with the same key waits on the unique index until the first is decided.
pub async fn claim(
    tx: &mut Tx,
    scope: &str,
    name: &str,
    request_hash: &str,
    at: DateTime<Utc>,
) -> Result<Option<Earlier>, StoreError> {
    let taken = query(CLAIM).bind(scope).bind(name).bind(request_hash).bind(at).first(tx).await?;
    if taken.is_some() {
        return Ok(None);
    }
    let row = query(FIND).bind(scope).bind(name).first(tx).await?;
    row.map(|row| Ok(Earlier { request_hash: row.get("request_hash")?, answer: row.get("answer")? })).transpose()
}

/// Keeps the answer.
pub async fn answer(tx: &mut Tx, scope: &str, name: &str, answer: &str) -> Result<(), StoreError> {
    query(ANSWER).bind(scope).bind(name).bind(answer).run(tx).await?;
    Ok(())
}

/// Forgets keys older than that. Returns how many.
pub async fn forget(tx: &mut Tx, before: DateTime<Utc>) -> Result<u64, StoreError> {
    query(FORGET).bind(before).run(tx).await
}
