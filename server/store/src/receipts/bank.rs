//! Bank files, and which of their transactions were recorded.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use domain::{
    BankFileId, DocumentId,
    receipts::bank::{BankFile, BankLine},
};
use serde::Deserialize;
use wire::receipts::BankFileRow;

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

statements! {
    ADD_FILE = "INSERT INTO bank_files (id, lines, transactions, created_at, created_by) VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT DO NOTHING RETURNING id";
    FILE = "SELECT id, lines, transactions, created_at, created_by FROM bank_files WHERE id = $1";
    FILES = "SELECT id, transactions, created_at, created_by FROM bank_files ORDER BY created_at DESC, id DESC LIMIT $1";
}

/// A bank file as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFile {
    /// What lists show of it.
    pub row: BankFileRow,
    /// What it holds.
    pub file: BankFile,
}

/// What is kept of a file. Of older ones only the transactions are.
#[derive(Deserialize)]
#[serde(untagged)]
enum Kept {
    File(BankFile),
    Lines(Vec<BankLine>),
}

impl From<Kept> for BankFile {
    fn from(kept: Kept) -> BankFile {
        match kept {
            Kept::File(file) => file,
            Kept::Lines(lines) => BankFile { lines, pending: 0 },
        }
    }
}

fn row_of(row: &Row) -> Result<BankFileRow, StoreError> {
    let read = (row.get::<DateTime<Utc>>("created_at")?.fixed_offset(), row.get("created_by")?);
    Ok(BankFileRow { id: row.parsed("id")?, read, lines: row.count("transactions")? })
}

/// Keeps a file. `false` when the id is taken.
pub async fn add_file(
    tx: &mut Tx,
    id: BankFileId,
    file: &BankFile,
    (by, at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let text = serde_json::to_string(file).unwrap_or_default();
    let many = i64::try_from(file.lines.len()).unwrap_or(i64::MAX);
    let added = query(ADD_FILE).bind(id).bind(text).bind(many).bind(at).bind(by).first(tx).await?;
    Ok(added.is_some())
}

/// A file.
pub async fn file(tx: &mut Tx, id: BankFileId) -> Result<Option<StoredFile>, StoreError> {
    let row = query(FILE).bind(id).first(tx).await?;
    row.map(|row| Ok(StoredFile { row: row_of(&row)?, file: row.json::<Kept>("lines")?.into() })).transpose()
}

/// The files that were read last.
pub async fn files(tx: &mut Tx, most: i64) -> Result<Vec<BankFileRow>, StoreError> {
    query(FILES).bind(most).all(tx).await?.iter().map(row_of).collect()
}

pub(crate) fn claimed_sql(lines: usize) -> String {
    format!("SELECT bank_line FROM bank_lines WHERE bank_line IN ({})", in_list(1, lines))
}

/// Takes transactions for this file. Gives those that somebody else has recorded: then the caller gives up.
pub async fn claim_lines(tx: &mut Tx, file: BankFileId, lines: &[String]) -> Result<HashSet<String>, StoreError> {
    let mut lines = lines.to_vec();
    // In one order, so that two who record the same do not wait for each other.
    lines.sort_unstable();
    lines.dedup();
    let mut before = HashSet::new();
    for chunk in lines.chunks(500) {
        for row in query(claimed_sql(chunk.len())).bind_all(chunk.iter().map(String::as_str)).all(tx).await? {
            before.insert(row.get("bank_line")?);
        }
    }
    if !before.is_empty() {
        return Ok(before);
    }
    let rows = lines.iter().map(|line| -> Vec<Value> { vec![line.into(), file.into()] }).collect();
    let wanted = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let head = "INSERT INTO bank_lines (bank_line, file_id) VALUES";
    // Somebody has committed since they were looked for.
    if insert_rows_or(tx, head, rows, "ON CONFLICT DO NOTHING").await? != wanted {
        return Err(StoreError::Overtaken);
    }
    Ok(before)
}

pub(crate) fn lines_recorded_sql(lines: usize) -> String {
    format!(
        "SELECT r.bank_line, r.amount, d.id, d.number FROM receipts r JOIN documents d ON d.id = r.document_id
            WHERE r.taken_back_at IS NULL AND r.bank_line IN ({}) ORDER BY r.id",
        in_list(1, lines)
    )
}

/// For which invoice a transaction was recorded, and how much of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPart {
    /// The invoice.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// How much, in minor units.
    pub amount: i64,
}

/// For which invoices these transactions were recorded.
pub async fn lines_recorded(tx: &mut Tx, lines: &[String]) -> Result<HashMap<String, Vec<RecordedPart>>, StoreError> {
    let mut found = HashMap::<String, Vec<RecordedPart>>::new();
    for chunk in lines.chunks(500) {
        for row in query(lines_recorded_sql(chunk.len())).bind_all(chunk.iter().map(String::as_str)).all(tx).await? {
            let number = row.get::<Option<String>>("number")?.unwrap_or_default();
            let part = RecordedPart { document: row.parsed("id")?, number, amount: row.get("amount")? };
            found.entry(row.get("bank_line")?).or_default().push(part);
        }
    }
    Ok(found)
}
