//! Saving a thing that somebody else may have saved meanwhile, and noting what changed.

use chrono::{DateTime, Utc};
use store::{Tx, history};
use wire::{
    Noun, Problem,
    history::{Change, FieldChange},
};

use crate::Refused;

/// Who saves, and when.
#[derive(Debug, Clone)]
pub(crate) struct Saver {
    pub by: String,
    pub at: DateTime<Utc>,
}

/// The fields that differ, in their order; both lists name the same fields. A new thing names all that hold something.
pub(crate) fn changes<'a, B, A>(before: Option<Vec<(&'a str, B)>>, after: Vec<(&'a str, A)>) -> Vec<FieldChange>
where
    B: AsRef<str>,
    A: AsRef<str>,
{
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let change = |(place, (field, value)): (usize, &(&str, A))| {
        let was = before.as_ref().and_then(|old| old.get(place)).and_then(|(_, value)| filled(value.as_ref()));
        let is = filled(value.as_ref());
        (was != is).then(|| FieldChange { field: (*field).to_owned(), before: was, after: is })
    };
    after.iter().enumerate().filter_map(change).collect()
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
