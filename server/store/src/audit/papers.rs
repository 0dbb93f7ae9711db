//! Papers as they are kept.

use domain::DocumentId;

use crate::{
    StoreError, Tx,
    sql::{Row, query, statements},
};

statements! {
    AUDIT_PAPERS = "SELECT document_id, input, input_hash, bytes, bytes_hash FROM papers
            WHERE document_id > $1 AND set_at IS NOT NULL ORDER BY document_id LIMIT $2";
    AUDIT_UNSET = "SELECT d.id FROM documents d WHERE d.number IS NOT NULL AND NOT EXISTS
            (SELECT 1 FROM papers p WHERE p.document_id = d.id) ORDER BY d.id LIMIT 1";
    AUDIT_DRAFTED = "SELECT p.document_id AS id FROM papers p WHERE EXISTS
            (SELECT 1 FROM documents d WHERE d.id = p.document_id AND d.number IS NULL) ORDER BY p.document_id LIMIT 1";
    AUDIT_BYTES = "SELECT document_id AS id FROM papers WHERE (set_at IS NULL) <> (bytes IS NULL) OR
            (set_at IS NULL) <> (input IS NULL) OR (set_at IS NULL) <> (bytes_hash IS NULL) ORDER BY document_id LIMIT 1";
}

/// A paper as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPaper {
    /// The document.
    pub document: DocumentId,
    /// What it was made of, as JSON.
    pub input: String,
    /// The hash of that when it was set.
    pub input_hash: String,
    /// The PDF.
    pub bytes: Vec<u8>,
    /// The hash of that when it was set.
    pub bytes_hash: String,
}

/// The next papers by the ids of their documents, for walking through all that are set.
pub async fn papers_after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<KeptPaper>, StoreError> {
    let kept = |row: &Row| {
        Ok(KeptPaper {
            document: row.parsed("document_id")?,
            input: row.get("input")?,
            input_hash: row.get("input_hash")?,
            bytes: row.get("bytes")?,
            bytes_hash: row.get("bytes_hash")?,
        })
    };
    query(AUDIT_PAPERS).bind(id).bind(most).all(tx).await?.iter().map(kept).collect()
}
