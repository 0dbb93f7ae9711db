//! What counts as filed in the archive.

use domain::DocumentId;

use crate::{
    StoreError, Tx,
    sql::{Row, query, statements},
};

statements! {
    AUDIT_FILED = "SELECT document_id, bytes_hash FROM papers WHERE document_id > $1 AND filed_at IS NOT NULL
            ORDER BY document_id LIMIT $2";
    AUDIT_FORGOTTEN = "SELECT document_id AS id FROM papers WHERE (set_at IS NOT NULL) <>
            (filed_at IS NOT NULL OR file_due_at IS NOT NULL) OR (filed_at IS NOT NULL AND file_due_at IS NOT NULL)
            ORDER BY document_id LIMIT 1";
}

/// A paper that was filed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiledPaper {
    /// The document.
    pub document: DocumentId,
    /// The hash of its bytes when it was set.
    pub hash: String,
}

/// The next papers by the ids of their documents, for walking through all that are filed.
pub async fn filed_after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<FiledPaper>, StoreError> {
    let filed = |row: &Row| {
        let hash: Option<String> = row.get("bytes_hash")?;
        Ok(FiledPaper { document: row.parsed("document_id")?, hash: hash.unwrap_or_default() })
    };
    query(AUDIT_FILED).bind(id).bind(most).all(tx).await?.iter().map(filed).collect()
}
