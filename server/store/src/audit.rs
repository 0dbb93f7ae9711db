//! What only the audit asks: rows that belong to nothing. It may read whole tables; nobody waits for it.

use crate::{
    StoreError, Tx,
    sql::{query, statements},
};

statements! {
    AUDIT_DRAW_PARTS = "SELECT p.draw_id AS id FROM draw_parts p
        WHERE NOT EXISTS (SELECT 1 FROM draw_state d WHERE d.draw_id = p.draw_id) ORDER BY p.draw_id LIMIT 1";
    AUDIT_ENTRY_PARTS = "SELECT p.account_id || ', entry ' || CAST(p.seq AS TEXT) AS id FROM entry_parts p WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.account_id = p.account_id AND e.seq = p.seq) ORDER BY p.account_id, p.seq LIMIT 1";
    AUDIT_LOTS = "SELECT l.lot_id AS id FROM lot_state l WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.lot_id = l.lot_id AND e.kind = 'grant') ORDER BY l.lot_id LIMIT 1";
    AUDIT_DRAWS = "SELECT d.draw_id AS id FROM draw_state d WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.draw_id = d.draw_id AND e.kind = 'draw') ORDER BY d.draw_id LIMIT 1";
}

/// The first row of each kind that belongs to nothing, as a sentence.
pub async fn orphans(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let kinds = [
        (AUDIT_DRAW_PARTS, "a part is kept of a draw that is not there"),
        (AUDIT_ENTRY_PARTS, "a part is kept of an entry that is not there: account"),
        (AUDIT_LOTS, "a lot is kept that no entry grants"),
        (AUDIT_DRAWS, "a draw is kept that no entry posts"),
    ];
    let mut found = Vec::new();
    for (sql, what) in kinds {
        if let Some(row) = query(sql).first(tx).await? {
            found.push(format!("{what}: {}", row.get::<String>("id")?));
        }
    }
    Ok(found)
}
