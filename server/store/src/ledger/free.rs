//! Free quotas: what was granted without an invoice, and why.

use chrono::{DateTime, Utc};
use domain::{AccountId, quota::LotState};

use crate::{
    StoreError, Tx,
    accounts::{StoredAccount, lot_state},
    sql::{Row, query, statements},
};

statements! {
    FREE_QUOTAS = "SELECT s.lot_id, s.seq, s.granted, s.drawn, s.usable_from, s.usable_until, s.carried_from, s.cap,
            s.drawn_carried, s.revoked, s.origin, e.text, e.by_name, e.posted_at
        FROM lot_state s JOIN entries e ON e.lot_id = s.lot_id AND e.kind = 'grant'
        WHERE s.account_id = $1 AND s.origin = 'free_quota' ORDER BY s.usable_from DESC, s.seq DESC LIMIT $2";
}

/// A free quota as it stands, with its reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFreeQuota {
    /// The lot.
    pub lot: LotState,
    /// Why it was granted.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
}

/// The free quotas of an account, the latest first.
pub async fn free_quotas(tx: &mut Tx, of: &StoredAccount, most: i64) -> Result<Vec<StoredFreeQuota>, StoreError> {
    let account: AccountId = of.account.id;
    let free = |row: &Row| {
        let (reason, by, at) = (row.get("text")?, row.get("by_name")?, row.get("posted_at")?);
        Ok(StoredFreeQuota { lot: lot_state(row, of.end)?, reason, by, at })
    };
    query(FREE_QUOTAS).bind(account).bind(most).all(tx).await?.iter().map(free).collect()
}
