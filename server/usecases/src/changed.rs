//! Saving a thing that somebody else may have saved meanwhile, and noting what changed.

use chrono::{DateTime, Utc};
use store::{Tx, history};
pub(crate) use wire::history::changes;
use wire::{
    Noun, Problem,
    history::{Change, FieldChange},
};

use crate::{Env, Refused};

/// Who saves, and when.
#[derive(Debug, Clone)]
pub(crate) struct Saver {
    pub by: String,
    pub at: DateTime<Utc>,
}

/// Refuses to save over what somebody else saved: `present` is the version in the books, none for a new thing;
/// `loaded` the one that was edited, 0 for a new thing.
pub(crate) fn check_version(present: Option<i64>, loaded: i64, what: Noun) -> Result<(), Problem> {
    match present {
        Some(_) if loaded == 0 => Err(Problem::SameId),
        Some(present) if present != loaded => Err(Problem::Changed),
        None if loaded != 0 => Err(Problem::NotFound { what }),
        _ => Ok(()),
    }
}

/// Notes changed fields in the history of a thing that the caller has locked.
pub(crate) async fn note(
    tx: &mut Tx,
    (subject, id): (&str, String),
    saver: &Saver,
    fields: Vec<FieldChange>,
) -> Result<(), Refused> {
    let change = Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields };
    Ok(history::add(tx, subject, &id, &change).await?)
}

/// The latest change of a thing: who saved it last, and when.
pub(crate) async fn latest(env: &Env, tx: &mut Tx, (subject, id): (&str, String)) -> Result<Option<Change>, Refused> {
    let found = history::list(tx, subject, &id, 1).await?;
    Ok(found.into_iter().next().map(|change| env.localised(change)))
}
