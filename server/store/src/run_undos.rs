//! Runs that are cancelled as a whole: what was asked, what came of each document. They are held like runs that bill.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{DocumentId, RunId};
use wire::billing::{RunUndoItem, SinceSeen};

use crate::{
    StoreError, Tx,
    sql::{Value, insert_rows_or, query, statements},
};

statements! {
    BEGIN_UNDO = "UPDATE billing_runs SET state = 'cancelling', held_by = NULL, held_until = NULL
        WHERE id = $1 AND state = 'done'";
    FORGET_UNDONE = "DELETE FROM billing_run_undo_items WHERE run_id = $1";
    ADD_UNDO = "INSERT INTO billing_run_undos (run_id, reason, seen_at, documents, started_at, started_by)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (run_id) DO UPDATE SET reason = excluded.reason,
            seen_at = excluded.seen_at, documents = excluded.documents, started_at = excluded.started_at,
            started_by = excluded.started_by, ended_at = NULL";
    END_UNDO = "UPDATE billing_runs SET state = 'done' WHERE id = $1 AND state = 'cancelling'";
    NOTE_END_OF_UNDO = "UPDATE billing_run_undos SET ended_at = $2 WHERE run_id = $1";
    RUN_UNDO = "SELECT u.reason, u.seen_at, u.documents, u.started_at, u.started_by, u.ended_at,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM billing_run_undo_items i WHERE i.run_id = u.run_id) AS done,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM billing_run_undo_items i
                WHERE i.run_id = u.run_id AND i.refused) AS refused
        FROM billing_run_undos u WHERE u.run_id = $1";
    UNDONE_DOCUMENTS = "SELECT document_id FROM billing_run_undo_items WHERE run_id = $1";
    UNDONE = "SELECT told FROM billing_run_undo_items WHERE run_id = $1 ORDER BY notable DESC, place LIMIT $2";
    CHANGED_SINCE = "SELECT 'issued' AS what FROM documents WHERE id = $1 AND issued_at > $2
        UNION ALL SELECT 'edited' AS what FROM history WHERE subject = 'document' AND subject_id = $1 AND at > $2
        UNION ALL SELECT 'drawn' AS what FROM claims c JOIN claim_lots l ON l.claim_id = c.id
            JOIN draw_parts p ON p.lot_id = l.lot_id JOIN entries e ON e.draw_id = p.draw_id AND e.kind = 'draw'
            WHERE c.document_id = $1 AND NOT c.cancelled AND e.posted_at > $2";
}

/// The cancellation of a run, as it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewRunUndo {
    /// The run.
    pub run: RunId,
    /// Why.
    pub reason: String,
    /// When the plan was made that the person saw.
    pub seen_at: Option<DateTime<Utc>>,
    /// How many documents it begins with.
    pub documents: u64,
    /// Who begins it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The latest cancellation of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredRunUndo {
    /// Why.
    pub reason: String,
    /// When the plan was made that the person saw.
    pub seen_at: Option<DateTime<Utc>>,
    /// How many documents it began with.
    pub documents: u64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// Who began it.
    pub started_by: String,
    /// When it ended; none while somebody has to work on it.
    pub ended_at: Option<DateTime<Utc>>,
    /// With how many documents it is done.
    pub done: u64,
    /// How many of these were refused.
    pub refused: u64,
}

/// Begins to cancel a run that has ended; what came of an earlier cancellation is forgotten. `false` when there is no such
/// run, or when somebody works on it.
pub async fn begin(tx: &mut Tx, new: &NewRunUndo) -> Result<bool, StoreError> {
    if query(BEGIN_UNDO).bind(new.run).run(tx).await? == 0 {
        return Ok(false);
    }
    query(FORGET_UNDONE).bind(new.run).run(tx).await?;
    let documents = i64::try_from(new.documents).unwrap_or(i64::MAX);
    let add = query(ADD_UNDO).bind(new.run).bind(&new.reason).bind(new.seen_at).bind(documents);
    add.bind(new.at).bind(&new.by).run(tx).await?;
    Ok(true)
}

/// Ends the cancellation of a run.
pub async fn end(tx: &mut Tx, run: RunId, at: DateTime<Utc>) -> Result<(), StoreError> {
    query(END_UNDO).bind(run).run(tx).await?;
    query(NOTE_END_OF_UNDO).bind(run).bind(at).run(tx).await?;
    Ok(())
}

/// The latest cancellation of a run.
pub async fn get(tx: &mut Tx, run: RunId) -> Result<Option<StoredRunUndo>, StoreError> {
    let Some(row) = query(RUN_UNDO).bind(run).first(tx).await? else { return Ok(None) };
    Ok(Some(StoredRunUndo {
        reason: row.get("reason")?,
        seen_at: row.get("seen_at")?,
        documents: row.count("documents")?,
        started_at: row.get("started_at")?,
        started_by: row.get("started_by")?,
        ended_at: row.get("ended_at")?,
        done: row.count("done")?,
        refused: row.count("refused")?,
    }))
}

/// Notes what came of documents, the first of them at that place. What is told of one already stays.
pub async fn note(tx: &mut Tx, run: RunId, place: usize, items: &[RunUndoItem]) -> Result<(), StoreError> {
    let row = |(number, item): (usize, &RunUndoItem)| -> Vec<Value> {
        vec![
            run.into(),
            i64::try_from(place.saturating_add(number)).unwrap_or(i64::MAX).into(),
            item.document.into(),
            item.refused.is_some().into(),
            item.notable().into(),
            serde_json::to_string(item).unwrap_or_default().into(),
        ]
    };
    let head = "INSERT INTO billing_run_undo_items (run_id, place, document_id, refused, notable, told) VALUES";
    let tail = "ON CONFLICT (run_id, document_id) DO NOTHING";
    insert_rows_or(tx, head, items.iter().enumerate().map(row).collect(), tail).await.map(drop)
}

/// The documents that the cancellation is done with.
pub async fn documents_of(tx: &mut Tx, run: RunId) -> Result<HashSet<DocumentId>, StoreError> {
    query(UNDONE_DOCUMENTS).bind(run).all(tx).await?.iter().map(|row| row.parsed("document_id")).collect()
}

/// What came of them, at most so many: what was refused or different first, else in their order.
pub async fn items(tx: &mut Tx, run: RunId, most: i64) -> Result<Vec<RunUndoItem>, StoreError> {
    query(UNDONE).bind(run).bind(most).all(tx).await?.iter().map(|row| row.json("told")).collect()
}

/// What changed about a document after that instant: it was issued, or changed otherwise, or something was drawn from the
/// lots that it granted.
pub async fn changed_since(tx: &mut Tx, id: DocumentId, seen: DateTime<Utc>) -> Result<Vec<SinceSeen>, StoreError> {
    let mut found = HashSet::new();
    for row in query(CHANGED_SINCE).bind(id).bind(seen).all(tx).await? {
        found.insert(row.get::<String>("what")?);
    }
    // Issuing is noted in the history like every other change.
    let edited = found.contains("edited") && !found.contains("issued");
    let told = [
        (SinceSeen::Issued, found.contains("issued")),
        (SinceSeen::Edited, edited),
        (SinceSeen::Drawn, found.contains("drawn")),
    ];
    Ok(told.into_iter().filter_map(|(what, is)| is.then_some(what)).collect())
}
