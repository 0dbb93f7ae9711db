//! Balancing invoices: what a document granted by itself, and which deficits its lines bill.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, DocumentId, DrawId, LotId, Price,
    quota::{Amount, CoverPart, Unit},
};

use wire::accounts::unit_from_name;

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows, query, statements},
};

statements! {
    DEFICITS_OF = "SELECT b.draw_id, b.place, b.amount, s.date FROM document_deficits b
        JOIN draw_state s ON s.draw_id = b.draw_id WHERE b.document_id = $1 ORDER BY b.place, s.seq";
    FORGET_LOT = "DELETE FROM document_lots WHERE document_id = $1";
    FORGET_DEFICITS = "DELETE FROM document_deficits WHERE document_id = $1";
}

/// The lot that a document granted by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentLot {
    /// The lot.
    pub lot: LotId,
    /// The account.
    pub account: AccountId,
    /// What the account counts.
    pub unit: Unit,
    /// The contract whose account it is.
    pub contract: ContractId,
    /// What was granted.
    pub amount: Amount,
    /// The net price of an hour at which it was billed; none on a money account.
    pub rate: Option<Price>,
}

/// What of a draw's deficit a line bills.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledDeficit {
    /// The place of the line, from 0.
    pub place: usize,
    /// The draw and what is billed of it.
    pub part: CoverPart,
    /// The date of the draw.
    pub date: NaiveDate,
}

/// Notes the lot that a document granted, and what each of its lines bills.
pub async fn add<'a>(
    tx: &mut Tx,
    document: DocumentId,
    lot: &DocumentLot,
    lines: impl Iterator<Item = &'a [CoverPart]>,
) -> Result<(), StoreError> {
    let row: Vec<Value> = vec![
        lot.lot.into(),
        document.into(),
        lot.account.into(),
        lot.contract.into(),
        lot.amount.units().into(),
        lot.rate.map(|rate| rate.to_string()).into(),
    ];
    let head = "INSERT INTO document_lots (lot_id, document_id, account_id, contract_id, amount, rate) VALUES";
    insert_rows(tx, head, vec![row]).await?;
    let rows = (0_i64..).zip(lines).flat_map(|(place, deficits)| {
        deficits.iter().map(move |part| -> Vec<Value> {
            vec![document.into(), part.draw.into(), place.into(), part.amount.units().into()]
        })
    });
    let head = "INSERT INTO document_deficits (document_id, draw_id, place, amount) VALUES";
    insert_rows(tx, head, rows.collect()).await
}

pub(crate) fn lots_of_sql(documents: usize) -> String {
    format!(
        "SELECT l.document_id, l.lot_id, l.account_id, l.contract_id, l.amount, l.rate, a.unit FROM document_lots l
            JOIN accounts a ON a.id = l.account_id WHERE l.document_id IN ({})",
        in_list(1, documents)
    )
}

/// The lots that documents granted by themselves; no other kind than a balancing invoice did.
pub async fn lots_of(tx: &mut Tx, documents: &[DocumentId]) -> Result<HashMap<DocumentId, DocumentLot>, StoreError> {
    let mut found = HashMap::new();
    for chunk in documents.chunks(500) {
        for row in query(lots_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let lot = DocumentLot {
                lot: row.parsed("lot_id")?,
                account: row.parsed("account_id")?,
                unit: row.named("unit", unit_from_name)?,
                contract: row.parsed("contract_id")?,
                amount: Amount::new(row.get("amount")?),
                rate: row.maybe("rate")?,
            };
            found.insert(row.parsed("document_id")?, lot);
        }
    }
    Ok(found)
}

/// The lot that a document granted by itself; none of any other kind than a balancing invoice.
pub async fn lot_of(tx: &mut Tx, document: DocumentId) -> Result<Option<DocumentLot>, StoreError> {
    Ok(lots_of(tx, &[document]).await?.remove(&document))
}

/// The deficits that a document bills, line by line, in the order of the draws.
pub async fn deficits_of(tx: &mut Tx, document: DocumentId) -> Result<Vec<BilledDeficit>, StoreError> {
    let rows = query(DEFICITS_OF).bind(document).all(tx).await?;
    let billed = |row: &Row| {
        let part = CoverPart { draw: row.parsed("draw_id")?, amount: Amount::new(row.get("amount")?) };
        Ok(BilledDeficit { place: row.count("place")?, part, date: row.get("date")? })
    };
    rows.iter().map(billed).collect()
}

/// Forgets what a draft that is deleted had granted and billed.
pub async fn forget(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    query(FORGET_DEFICITS).bind(document).run(tx).await?;
    query(FORGET_LOT).bind(document).run(tx).await.map(drop)
}

pub(crate) fn billed_sql(draws: usize) -> String {
    format!(
        "SELECT DISTINCT b.draw_id, d.id, d.number FROM document_deficits b JOIN documents d ON d.id = b.document_id
            WHERE b.draw_id IN ({}) AND d.state <> 'cancelled' ORDER BY b.draw_id, d.id",
        in_list(1, draws)
    )
}

/// The standing documents that bill a deficit of these draws, each with its number.
pub async fn billing_deficits_of(
    tx: &mut Tx,
    draws: &[DrawId],
) -> Result<Vec<(DrawId, DocumentId, Option<String>)>, StoreError> {
    let mut found = Vec::new();
    for chunk in draws.chunks(500) {
        for row in query(billed_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push((row.parsed("draw_id")?, row.parsed("id")?, row.get("number")?));
        }
    }
    Ok(found)
}

pub(crate) fn draw_texts_sql(draws: usize) -> String {
    format!("SELECT draw_id, text FROM entries WHERE kind = 'draw' AND draw_id IN ({})", in_list(1, draws))
}

/// What these draws were posted for.
pub async fn draw_texts(tx: &mut Tx, draws: &[DrawId]) -> Result<HashMap<DrawId, String>, StoreError> {
    let mut found = HashMap::new();
    for chunk in draws.chunks(1000) {
        for row in query(draw_texts_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("draw_id")?, row.get("text")?);
        }
    }
    Ok(found)
}
