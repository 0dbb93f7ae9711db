//! Filing papers in the archive: which ones wait for it, and how it went.
//!
//! A paper waits from the moment at which it is set. What fails keeps what the archive said, and is found by it.

use chrono::{DateTime, Utc};
use domain::DocumentId;

use crate::{
    StoreError, Tx,
    sql::{in_list, query, statements},
};

statements! {
    FILING = "SELECT file_due_at, file_attempts, file_error, filed_at FROM papers WHERE document_id = $1";
    DUE_FILINGS = "SELECT document_id FROM papers WHERE file_due_at IS NOT NULL AND file_due_at <= $1
            ORDER BY file_due_at, document_id LIMIT $2";
    PAPER_FILED = "UPDATE papers SET file_due_at = NULL, file_attempts = file_attempts + 1, file_error = NULL,
            file_failed_at = NULL, filed_at = $2 WHERE document_id = $1 AND set_at IS NOT NULL AND filed_at IS NULL";
    PAPER_UNFILED = "UPDATE papers SET file_due_at = $2, file_attempts = file_attempts + 1, file_error = $3,
            file_failed_at = $4 WHERE document_id = $1 AND set_at IS NOT NULL AND filed_at IS NULL";
    UNFILED = "SELECT CAST(COUNT(*) AS BIGINT) AS unfiled FROM papers WHERE file_failed_at IS NOT NULL";
    LAST_UNFILED = "SELECT file_error FROM papers WHERE file_failed_at IS NOT NULL
            ORDER BY file_failed_at DESC, document_id DESC LIMIT 1";
    FILE_NOW = "UPDATE papers SET file_due_at = $1 WHERE file_failed_at IS NOT NULL";
}

/// How far the filing of a paper is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFiling {
    /// When it is tried next; none of a paper that is not set, and once it is filed.
    pub due_at: Option<DateTime<Utc>>,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it failed the last time.
    pub error: Option<String>,
    /// When it was filed.
    pub filed_at: Option<DateTime<Utc>>,
}

/// How far the filing of the paper of a document is; none of a draft.
pub async fn get(tx: &mut Tx, document: DocumentId) -> Result<Option<StoredFiling>, StoreError> {
    let Some(row) = query(FILING).bind(document).first(tx).await? else { return Ok(None) };
    Ok(Some(StoredFiling {
        due_at: row.get("file_due_at")?,
        attempts: row.count("file_attempts")?,
        error: row.get("file_error")?,
        filed_at: row.get("filed_at")?,
    }))
}

/// Takes papers that are due to be filed: until `until` nobody else does. Those that somebody else is taking are passed
/// over.
pub async fn take(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows = query(DUE_FILINGS).bind(now).bind(most).for_update_skip_locked(tx).all(tx).await?;
    let ids = rows.iter().map(|row| row.parsed("document_id")).collect::<Result<Vec<DocumentId>, _>>()?;
    if !ids.is_empty() {
        query(taken_sql(ids.len())).bind(until).bind_all(ids.iter().copied()).run(tx).await?;
    }
    Ok(ids)
}

pub(crate) fn taken_sql(papers: usize) -> String {
    format!("UPDATE papers SET file_due_at = $1 WHERE document_id IN ({})", in_list(2, papers))
}

/// Notes that a paper is filed. `false` when that was noted before.
pub async fn done(tx: &mut Tx, document: DocumentId, at: DateTime<Utc>) -> Result<bool, StoreError> {
    Ok(query(PAPER_FILED).bind(document).bind(at).run(tx).await? == 1)
}

/// Notes that a paper could not be filed, and when it is tried again. What is filed stays filed.
pub async fn failed(
    tx: &mut Tx,
    document: DocumentId,
    (at, again): (DateTime<Utc>, DateTime<Utc>),
    error: &str,
) -> Result<(), StoreError> {
    query(PAPER_UNFILED).bind(document).bind(again).bind(error).bind(at).run(tx).await.map(drop)
}

/// How many papers could not be filed and wait to be tried again, with the latest reason; none when there is none.
pub async fn failing(tx: &mut Tx) -> Result<Option<(u64, String)>, StoreError> {
    let Some(last) = query(LAST_UNFILED).first(tx).await? else { return Ok(None) };
    let error: Option<String> = last.get("file_error")?;
    let papers = query(UNFILED).first(tx).await?.map_or(Ok(0), |row| row.count("unfiled"))?;
    Ok(Some((papers, error.unwrap_or_default())))
}

/// Makes due at once what could not be filed. Returns how many papers that are.
pub async fn now(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64, StoreError> {
    query(FILE_NOW).bind(at).run(tx).await
}
