//! What can go wrong below the rules.

use thiserror::Error;

/// The database failed, or holds something that no version of the program wrote.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The engine's own error.
    #[error("database: {0}")]
    Engine(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// A stored value cannot be read.
    #[error("the database holds an unreadable {what}: {value}")]
    Unreadable {
        /// The column.
        what: &'static str,
        /// What stands there.
        value: String,
    },
    /// The address names neither `sqlite:` nor `postgres:`.
    #[error("not a database address that Drawdown knows (sqlite:PATH or postgres://..): {0}")]
    UnknownEngine(String),
    /// Somebody else committed what this piece had just found free. Run again, it finds what is there.
    #[error("somebody else was faster")]
    Overtaken,
    /// The process that owns the writes is gone, or a piece of work panicked; nothing of it was kept.
    #[error("the write was given up: {0}")]
    GivenUp(&'static str),
}

impl StoreError {
    /// Whether the same piece may succeed when it is run again: a serialisation failure, a deadlock, or a unique
    /// index that a piece beside it was faster at. Every piece looks before it inserts, so it finds the row then.
    pub(crate) fn is_transient(&self) -> bool {
        match self {
            StoreError::Overtaken => true,
            StoreError::Engine(sqlx::Error::Database(error)) => {
                matches!(error.code().as_deref(), Some("40001" | "40P01" | "23505"))
            }
            _ => false,
        }
    }
}
