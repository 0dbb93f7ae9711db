//! The ledger: posting entries together with the state beside them, and reading both back.

use chrono::{DateTime, Utc};
use domain::{
    AccountId,
    quota::{Amount, Entry},
};

mod entries;
mod free;
mod post;
mod state;

pub use entries::{all, covers_of, draw_entry, grant_entry, in_range, moved_since, release_entry, revoke_entry};
pub use free::{StoredFreeQuota, free_quotas};
pub use post::{post, post_noted};
pub use state::{
    draw, draws_among, draws_from, draws_of, draws_of_document, draws_of_documents, held, holders, holders_of,
    left_of_ended, lots, lots_among, lots_of, lots_with_rest_after, lots_within, released_among,
};
#[cfg(feature = "testing")]
pub(crate) use {
    entries::parts_sql,
    post::{forget_sql, release_sql},
    state::{
        draws_among_sql, draws_of_documents_sql, held_sql, holders_parts_sql, holders_sql, lots_among_sql, lots_sql,
        parts_among_sql, parts_of_documents_sql, released_among_sql,
    },
};

/// Every statement of the ledger with its name.
pub(crate) const STATEMENTS: [&[(&str, &str)]; 4] =
    [entries::STATEMENTS, free::STATEMENTS, post::STATEMENTS, state::STATEMENTS];

/// What is recorded with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was done, or why it was granted.
    pub text: String,
    /// The name of whoever posted it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// For a draw: what was wanted, and what was available before and after.
    pub wanted: Option<(Amount, Amount, Amount)>,
}

/// An entry with what is recorded with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The account.
    pub account: AccountId,
    /// The entry.
    pub entry: Entry,
    /// How it moves the balance, as kept for sums: always what the entry itself says, or it is damaged.
    pub moved: Amount,
    /// What is recorded with it.
    pub note: Note,
}
