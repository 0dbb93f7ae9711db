//! Papers: what they are made of, kept with the document that is issued, and their bytes once they are set.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use domain::{DocumentId, LotId, documents::DocumentKind, quota::Amount};
use wire::{contracts::CustomerRef, paper::TEMPLATE_VERSION, settings::Sender, today::FailedPaper};

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

statements! {
    SETTINGS_VERSION = "SELECT CAST(value AS BIGINT) AS version FROM settings WHERE name = 'version'";
    KEEP_SENDER = "INSERT INTO letterheads (version, content) VALUES ($1, $2) ON CONFLICT (version) DO NOTHING";
    SENDER = "SELECT content FROM letterheads WHERE version = $1";
    PAPER = "SELECT document_id, letterhead, template, reference, attempts, error, input_hash, bytes_hash, set_at FROM papers
            WHERE document_id = $1";
    BYTES = "SELECT input, bytes FROM papers WHERE document_id = $1 AND set_at IS NOT NULL";
    DUE_PAPERS = "SELECT document_id FROM papers WHERE due_at IS NOT NULL AND due_at <= $1 ORDER BY due_at, document_id LIMIT $2";
    SET_PAPER = "UPDATE papers SET due_at = NULL, error = NULL, attempts = attempts + 1, input = $2, input_hash = $3,
            bytes = $4, bytes_hash = $5, set_at = $6, file_due_at = $6, template = $7
        WHERE document_id = $1 AND set_at IS NULL";
    PAPER_FAILED = "UPDATE papers SET due_at = $2, error = $3, attempts = attempts + 1 WHERE document_id = $1 AND set_at IS NULL";
    LATER = "UPDATE papers SET due_at = NULL WHERE due_at IS NOT NULL";
    FAILED_PAPERS = "SELECT CAST(COUNT(*) AS BIGINT) AS failed FROM papers WHERE due_at IS NOT NULL AND error IS NOT NULL";
    FAILED_NEXT = "SELECT p.document_id, p.error, p.attempts, p.due_at, d.kind, d.number, u.id AS customer_id,
            u.number AS customer_number, u.name AS customer_name FROM papers p JOIN documents d ON d.id = p.document_id
            JOIN customers u ON u.id = d.customer_id WHERE p.due_at IS NOT NULL AND p.error IS NOT NULL
            ORDER BY p.due_at, p.document_id LIMIT $1";
    FAILED_NOW = "UPDATE papers SET due_at = $1 WHERE due_at IS NOT NULL AND error IS NOT NULL";
}

/// What is known of a paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredPaper {
    /// The document.
    pub document: DocumentId,
    /// The version of the settings whose letterhead it has.
    pub letterhead: i64,
    /// The version of the template: with which it was set, and until then the one that there was when it was issued.
    pub template: u32,
    /// What the customer calls the contracts that it bills; empty on what bills none.
    pub reference: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Why it could not be set.
    pub error: Option<String>,
    /// The hash of what it was made of, once it is set.
    pub input_hash: Option<String>,
    /// The hash of its bytes, once it is set.
    pub bytes_hash: Option<String>,
    /// When it was set.
    pub set_at: Option<DateTime<Utc>>,
}

/// A paper that is set: what it was made of, and its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetPaper {
    /// What it was made of, as JSON.
    pub input: String,
    /// The PDF.
    pub bytes: Vec<u8>,
}

fn stored(row: &Row) -> Result<StoredPaper, StoreError> {
    Ok(StoredPaper {
        document: row.parsed("document_id")?,
        letterhead: row.get("letterhead")?,
        template: row.count("template")?,
        reference: row.get("reference")?,
        attempts: row.count("attempts")?,
        error: row.get("error")?,
        input_hash: row.get("input_hash")?,
        bytes_hash: row.get("bytes_hash")?,
        set_at: row.get("set_at")?,
    })
}

/// The version of the settings, whose letterhead is that of what is issued now.
async fn letterhead_version(tx: &mut Tx) -> Result<i64, StoreError> {
    query(SETTINGS_VERSION).first(tx).await?.map_or(Ok(0), |row| row.get("version"))
}

/// Fixes what the papers of documents are made of that are being issued: to be set soon.
pub(crate) async fn freeze(tx: &mut Tx, documents: &[DocumentId], at: DateTime<Utc>) -> Result<(), StoreError> {
    if documents.is_empty() {
        return Ok(());
    }
    let letterhead = letterhead_version(tx).await?;
    let template = i64::from(TEMPLATE_VERSION);
    let references = references(tx, documents).await?;
    let row = |id: &DocumentId| -> Vec<Value> {
        let reference = references.get(id).map_or("", String::as_str);
        vec![(*id).into(), letterhead.into(), template.into(), reference.into(), at.into()]
    };
    let head = "INSERT INTO papers (document_id, letterhead, template, reference, due_at) VALUES";
    let wanted = u64::try_from(documents.len()).unwrap_or(u64::MAX);
    let written = insert_rows_or(tx, head, documents.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await?;
    if written == wanted { Ok(()) } else { Err(StoreError::Overtaken) }
}

pub(crate) fn references_sql(documents: usize) -> String {
    format!(
        "SELECT l.document_id, (SELECT c.reference FROM contracts c WHERE c.id = l.contract_id) AS reference
            FROM document_lines l JOIN documents d ON d.id = l.document_id
            WHERE l.document_id IN ({}) AND d.kind = 'contract_invoice' AND l.contract_id IS NOT NULL
            ORDER BY l.document_id, l.place",
        in_list(1, documents)
    )
}

/// What customers call the contracts that these invoices over periods bill now: each once, in the order of the lines.
pub async fn references(tx: &mut Tx, documents: &[DocumentId]) -> Result<HashMap<DocumentId, String>, StoreError> {
    let mut found = HashMap::<DocumentId, Vec<String>>::new();
    for chunk in documents.chunks(500) {
        for row in query(references_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let reference: Option<String> = row.get("reference")?;
            let Some(reference) = reference.filter(|text| !text.is_empty()) else { continue };
            let known = found.entry(row.parsed("document_id")?).or_default();
            if !known.contains(&reference) {
                known.push(reference);
            }
        }
    }
    Ok(found.into_iter().map(|(document, all)| (document, all.join(", "))).collect())
}

/// Keeps who the company was on letters with a version of the settings that is about to be over.
pub async fn keep_sender(tx: &mut Tx, version: i64, sender: &Sender) -> Result<(), StoreError> {
    let content = serde_json::to_string(sender).unwrap_or_default();
    query(KEEP_SENDER).bind(version).bind(content).run(tx).await.map(drop)
}

/// Who the company was on letters with a version of the settings that is over.
pub async fn sender(tx: &mut Tx, version: i64) -> Result<Option<Sender>, StoreError> {
    query(SENDER).bind(version).first(tx).await?.map(|row| row.json("content")).transpose()
}

/// What is known of the paper of a document; none of a draft.
pub async fn get(tx: &mut Tx, document: DocumentId) -> Result<Option<StoredPaper>, StoreError> {
    query(PAPER).bind(document).first(tx).await?.as_ref().map(stored).transpose()
}

/// The paper of a document, once it is set.
pub async fn set(tx: &mut Tx, document: DocumentId) -> Result<Option<SetPaper>, StoreError> {
    let row = query(BYTES).bind(document).first(tx).await?;
    row.map(|row| Ok(SetPaper { input: row.get("input")?, bytes: row.get("bytes")? })).transpose()
}

/// Takes papers that are due: until `until` nobody else does. Those that somebody else is taking are passed over.
pub async fn take(
    tx: &mut Tx,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
    most: i64,
) -> Result<Vec<DocumentId>, StoreError> {
    let rows = query(DUE_PAPERS).bind(now).bind(most).for_update_skip_locked(tx).all(tx).await?;
    let ids = rows.iter().map(|row| row.parsed("document_id")).collect::<Result<Vec<DocumentId>, _>>()?;
    if !ids.is_empty() {
        query(taken_sql(ids.len())).bind(until).bind_all(ids.iter().copied()).run(tx).await?;
    }
    Ok(ids)
}

pub(crate) fn taken_sql(papers: usize) -> String {
    format!("UPDATE papers SET due_at = $1 WHERE document_id IN ({})", in_list(2, papers))
}

pub(crate) fn granted_sql(lots: usize) -> String {
    format!("SELECT lot_id, granted FROM lot_state WHERE lot_id IN ({})", in_list(1, lots))
}

/// What was granted with these lots.
pub async fn granted(tx: &mut Tx, lots: &[LotId]) -> Result<HashMap<LotId, Amount>, StoreError> {
    let mut found = HashMap::new();
    for chunk in lots.chunks(500) {
        for row in query(granted_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("lot_id")?, Amount::new(row.get("granted")?));
        }
    }
    Ok(found)
}

/// What a paper was made of and its bytes, each with its hash.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What it was made of, as JSON.
    pub input: &'a str,
    /// The hash of that.
    pub input_hash: &'a str,
    /// The PDF.
    pub bytes: &'a [u8],
    /// The hash of that.
    pub bytes_hash: &'a str,
}

/// Keeps a paper that was set from the template of this program; it is due to be filed at once. `false` when it was set
/// before: what is kept never changes.
pub async fn put(tx: &mut Tx, document: DocumentId, paper: Setting<'_>, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let put = query(SET_PAPER).bind(document).bind(paper.input).bind(paper.input_hash);
    let put = put.bind(paper.bytes.to_vec()).bind(paper.bytes_hash).bind(at).bind(i64::from(TEMPLATE_VERSION));
    Ok(put.run(tx).await? == 1)
}

/// Notes that a paper could not be set, and when it is tried again.
pub async fn failed(tx: &mut Tx, document: DocumentId, again: DateTime<Utc>, error: &str) -> Result<(), StoreError> {
    query(PAPER_FAILED).bind(document).bind(again).bind(error).run(tx).await.map(drop)
}

/// Sets the papers that are due only when somebody asks for them: for a past that was made in one go.
pub async fn when_asked(tx: &mut Tx) -> Result<(), StoreError> {
    query(LATER).run(tx).await.map(drop)
}

/// How many papers could not be set and wait to be tried again.
pub async fn failing(tx: &mut Tx) -> Result<u64, StoreError> {
    query(FAILED_PAPERS).first(tx).await?.map_or(Ok(0), |row| row.count("failed"))
}

/// The papers that could not be set, those first that are tried next.
pub async fn failed_next(tx: &mut Tx, most: i64) -> Result<Vec<FailedPaper>, StoreError> {
    let rows = query(FAILED_NEXT).bind(most).all(tx).await?;
    let paper = |row: &Row| -> Result<FailedPaper, StoreError> {
        Ok(FailedPaper {
            document: row.parsed("document_id")?,
            kind: row.named("kind", DocumentKind::from_name)?,
            number: row.get::<Option<String>>("number")?.unwrap_or_default(),
            customer: CustomerRef {
                id: row.parsed("customer_id")?,
                number: row.get("customer_number")?,
                name: row.get("customer_name")?,
            },
            reason: row.get::<Option<String>>("error")?.unwrap_or_default(),
            attempts: row.count("attempts")?,
            due: row.get::<DateTime<Utc>>("due_at")?.fixed_offset(),
        })
    };
    rows.iter().map(paper).collect()
}

/// Makes due at once what could not be set. Returns how many papers that are.
pub async fn now(tx: &mut Tx, at: DateTime<Utc>) -> Result<u64, StoreError> {
    query(FAILED_NOW).bind(at).run(tx).await
}
