//! Receipts as they are kept beside their documents.

use domain::{
    DocumentId,
    documents::{DocumentKind, DocumentState},
};

use crate::{
    StoreError, Tx,
    sql::{Row, query, statements},
};

statements! {
    AUDIT_RECEIVED = "SELECT d.id, d.number, d.kind, d.state, d.gross, d.received,
            CAST(COALESCE(SUM(CASE WHEN r.taken_back_at IS NULL THEN r.amount ELSE 0 END), 0) AS BIGINT) AS counted
        FROM documents d LEFT JOIN receipts r ON r.document_id = d.id WHERE d.id > $1
        GROUP BY d.id, d.number, d.kind, d.state, d.gross, d.received ORDER BY d.id LIMIT $2";
    AUDIT_RECEIPTS = "SELECT r.id FROM receipts r WHERE NOT EXISTS (SELECT 1 FROM documents d WHERE d.id = r.document_id
            AND d.currency <> '') OR r.amount = 0 ORDER BY r.id LIMIT 1";
    AUDIT_BANK_LINES = "SELECT r.id FROM receipts r WHERE r.bank_line IS NOT NULL AND r.taken_back_at IS NULL AND NOT EXISTS
            (SELECT 1 FROM bank_lines b WHERE b.bank_line = r.bank_line) ORDER BY r.id LIMIT 1";
    AUDIT_UNPAID_LINES = "SELECT b.bank_line AS id FROM bank_lines b WHERE NOT EXISTS (SELECT 1 FROM receipts r
            WHERE r.bank_line = b.bank_line AND r.taken_back_at IS NULL) ORDER BY b.bank_line LIMIT 1";
}

/// What came in for a document, as it is kept and as its receipts add up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptReceived {
    /// The document.
    pub document: DocumentId,
    /// Its number.
    pub number: Option<String>,
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// What it comes to, with VAT.
    pub gross: i64,
    /// What is kept.
    pub received: i64,
    /// What its standing receipts add up to.
    pub counted: i64,
}

/// The next documents by id, for walking through all of them.
pub async fn received_after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<KeptReceived>, StoreError> {
    let kept = |row: &Row| {
        Ok(KeptReceived {
            document: row.parsed("id")?,
            number: row.get("number")?,
            kind: row.named("kind", DocumentKind::from_name)?,
            state: row.named("state", DocumentState::from_name)?,
            gross: row.get("gross")?,
            received: row.get("received")?,
            counted: row.get("counted")?,
        })
    };
    query(AUDIT_RECEIVED).bind(id).bind(most).all(tx).await?.iter().map(kept).collect()
}
