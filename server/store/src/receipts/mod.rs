//! Receipts, what is open, and bank files.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{DocumentId, Money, ReceiptId, money::Currency};
use wire::{documents::DocumentRow, receipts::ReceiptRow};

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

mod bank;
mod open;

pub(crate) use bank::STATEMENTS as BANK;
pub use bank::{RecordedPart, StoredFile, add_file, claim_lines, file, files, lines_recorded};
#[cfg(feature = "testing")]
pub(crate) use bank::{claimed_sql, lines_recorded_sql};
pub(crate) use open::STATEMENTS as OPEN;
pub use open::{all_open, of_numbers, open_slice, open_sums};
#[cfg(feature = "testing")]
pub(crate) use open::{of_numbers_sql, open_listing, open_sums_listing, rows_sql};

statements! {
    RECEIPT = "SELECT r.id, r.document_id, r.date, r.amount, r.text, r.bank_line, r.created_at, r.created_by,
            r.taken_back_at, r.taken_back_by, r.taken_back_reason, d.currency FROM receipts r
            JOIN documents d ON d.id = r.document_id WHERE r.id = $1";
    RECEIPTS_OF = "SELECT r.id, r.document_id, r.date, r.amount, r.text, r.bank_line, r.created_at, r.created_by,
            r.taken_back_at, r.taken_back_by, r.taken_back_reason, d.currency FROM receipts r
            JOIN documents d ON d.id = r.document_id WHERE r.document_id = $1 ORDER BY r.date, r.id";
    TAKE_BACK = "UPDATE receipts SET taken_back_at = $2, taken_back_by = $3, taken_back_reason = $4
            WHERE id = $1 AND taken_back_at IS NULL";
    LOCK_LINE = "SELECT bank_line FROM bank_lines WHERE bank_line = $1";
    FREE_LINE = "DELETE FROM bank_lines WHERE bank_line = $1 AND NOT EXISTS
            (SELECT 1 FROM receipts r WHERE r.bank_line = $1 AND r.taken_back_at IS NULL)";
}

/// A receipt to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewReceipt {
    /// Its id.
    pub id: ReceiptId,
    /// The invoice.
    pub document: DocumentId,
    /// The day on which it came in.
    pub date: NaiveDate,
    /// How much, in minor units of the invoice's currency.
    pub amount: i64,
    /// What was noted.
    pub text: String,
    /// What the transaction of the bank is known by.
    pub bank_line: Option<String>,
}

/// A receipt as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredReceipt {
    /// The invoice.
    pub document: DocumentId,
    /// What pages show of it.
    pub row: ReceiptRow,
    /// What the transaction of the bank is known by.
    pub bank_line: Option<String>,
}

fn stored(row: &Row) -> Result<StoredReceipt, StoreError> {
    let currency: Currency = row.named("currency", Currency::from_code)?;
    let bank_line: Option<String> = row.get("bank_line")?;
    let back: Option<DateTime<Utc>> = row.get("taken_back_at")?;
    let taken_back = match back {
        None => None,
        Some(at) => {
            let (by, reason) = (row.get::<Option<String>>("taken_back_by")?, row.get("taken_back_reason")?);
            Some((at.fixed_offset(), by.unwrap_or_default(), Option::<String>::unwrap_or_default(reason)))
        }
    };
    Ok(StoredReceipt {
        document: row.parsed("document_id")?,
        row: ReceiptRow {
            id: row.parsed("id")?,
            date: row.get("date")?,
            amount: Money { minor: row.get("amount")?, currency },
            text: row.get("text")?,
            from_bank: bank_line.is_some(),
            recorded: (row.get::<DateTime<Utc>>("created_at")?.fixed_offset(), row.get("created_by")?),
            taken_back,
        },
        bank_line,
    })
}

/// A receipt.
pub async fn get(tx: &mut Tx, id: ReceiptId) -> Result<Option<StoredReceipt>, StoreError> {
    query(RECEIPT).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

pub(crate) fn receipts_sql(receipts: usize) -> String {
    format!(
        "SELECT r.id, r.document_id, r.date, r.amount, r.text, r.bank_line, r.created_at, r.created_by,
            r.taken_back_at, r.taken_back_by, r.taken_back_reason, d.currency FROM receipts r
            JOIN documents d ON d.id = r.document_id WHERE r.id IN ({})",
        in_list(1, receipts)
    )
}

/// Those of these receipts that are there.
pub async fn many(tx: &mut Tx, ids: &[ReceiptId]) -> Result<HashMap<ReceiptId, StoredReceipt>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        for row in query(receipts_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let stored = stored(&row)?;
            found.insert(stored.row.id, stored);
        }
    }
    Ok(found)
}

/// The receipts of an invoice, also those that were taken back, by day.
pub async fn of(tx: &mut Tx, document: DocumentId) -> Result<Vec<StoredReceipt>, StoreError> {
    query(RECEIPTS_OF).bind(document).all(tx).await?.iter().map(stored).collect()
}

pub(crate) fn by_hand_sql(documents: usize) -> String {
    format!(
        "SELECT document_id, amount FROM receipts
            WHERE taken_back_at IS NULL AND bank_line IS NULL AND document_id IN ({}) ORDER BY id",
        in_list(1, documents)
    )
}

/// The amounts of the standing receipts of these documents that a person recorded by hand.
pub async fn by_hand(tx: &mut Tx, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Vec<i64>>, StoreError> {
    let mut found = HashMap::<DocumentId, Vec<i64>>::new();
    for chunk in documents.chunks(500) {
        for row in query(by_hand_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("document_id")?).or_default().push(row.get("amount")?);
        }
    }
    Ok(found)
}

pub(crate) fn lock_sql(documents: usize) -> String {
    format!("SELECT id FROM documents WHERE id IN ({}) ORDER BY id", in_list(1, documents))
}

/// These documents, locked until the transaction ends, in the order of their ids.
pub async fn lock(tx: &mut Tx, ids: &[DocumentId]) -> Result<BTreeMap<DocumentId, DocumentRow>, StoreError> {
    let mut ids = ids.to_vec();
    ids.sort_unstable();
    ids.dedup();
    let mut found = BTreeMap::new();
    for chunk in ids.chunks(500) {
        query(lock_sql(chunk.len())).bind_all(chunk.iter().copied()).for_update(tx).run(tx).await?;
        found.extend(open::rows(tx, chunk).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// Adds receipts of documents that the caller has locked, and brings what came in for them up to date. Errors with
/// [`StoreError::Overtaken`] when one of the ids is taken.
pub async fn add(tx: &mut Tx, new: &[NewReceipt], (by, at): (&str, DateTime<Utc>)) -> Result<(), StoreError> {
    let row = |new: &NewReceipt| -> Vec<Value> {
        vec![
            new.id.into(),
            new.document.into(),
            new.date.into(),
            new.amount.into(),
            (&new.text).into(),
            new.bank_line.clone().into(),
            at.into(),
            by.into(),
        ]
    };
    let head = "INSERT INTO receipts (id, document_id, date, amount, text, bank_line, created_at, created_by) VALUES";
    let wanted = u64::try_from(new.len()).unwrap_or(u64::MAX);
    if insert_rows_or(tx, head, new.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await? != wanted {
        return Err(StoreError::Overtaken);
    }
    let mut documents: Vec<DocumentId> = new.iter().map(|new| new.document).collect();
    documents.sort_unstable();
    documents.dedup();
    count(tx, &documents).await
}

pub(crate) fn count_sql(documents: usize) -> String {
    format!(
        "UPDATE documents SET version = version + 1, received = (SELECT CAST(COALESCE(SUM(r.amount), 0) AS BIGINT)
            FROM receipts r WHERE r.document_id = documents.id AND r.taken_back_at IS NULL) WHERE id IN ({})",
        in_list(1, documents)
    )
}

/// Brings what came in for documents up to date.
async fn count(tx: &mut Tx, documents: &[DocumentId]) -> Result<(), StoreError> {
    for chunk in documents.chunks(500) {
        query(count_sql(chunk.len())).bind_all(chunk.iter().copied()).run(tx).await?;
    }
    Ok(())
}

/// Takes a receipt back, whose document the caller has locked; it stays, and its transaction of the bank can be recorded
/// again once none of its receipts stands. `false` when it does not stand.
pub async fn take_back(
    tx: &mut Tx,
    of: &StoredReceipt,
    reason: &str,
    (by, at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    // A transaction may be divided among documents, and only one of them is locked: two who take back the two halves at
    // once must see each other.
    if let Some(line) = &of.bank_line {
        query(LOCK_LINE).bind(line.as_str()).for_update(tx).run(tx).await?;
    }
    let taken = query(TAKE_BACK).bind(of.row.id).bind(at).bind(by).bind(reason).run(tx).await? == 1;
    if let Some(line) = of.bank_line.as_deref().filter(|_| taken) {
        query(FREE_LINE).bind(line).run(tx).await?;
    }
    count(tx, &[of.document]).await?;
    Ok(taken)
}
