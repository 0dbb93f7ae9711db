//! Reading what a program sends, and saying at which field it cannot be read.

use serde::{Deserializer, de::DeserializeOwned};
use serde_path_to_error::{Path, Segment};
use url::form_urlencoded;
use wire::{FieldProblem, FieldReason, Problem};

/// Reads a body.
pub fn json<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = read(&mut reader)?;
    reader.end().map_err(|error| Problem::Unreadable { detail: error.to_string(), fields: Vec::new() })?;
    Ok(value)
}

/// Reads what stands behind the question mark.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    read(serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes())))
}

fn read<'de, T: DeserializeOwned, D: Deserializer<'de>>(from: D) -> Result<T, Problem> {
    serde_path_to_error::deserialize(from).map_err(|error| {
        let detail = error.inner().to_string();
        // What is missing has no place of its own: the reader names it in its sentence, as it does everywhere.
        let missing = detail.strip_prefix("missing field `").and_then(|rest| rest.split('`').next());
        let names = named(error.path()).into_iter().chain(missing.map(str::to_owned)).collect::<Vec<_>>();
        if names.is_empty() {
            return Problem::Unreadable { detail, fields: Vec::new() };
        }
        let field = names.join(".");
        let reason = match missing {
            Some(_) => FieldReason::Missing,
            None => FieldReason::Unreadable(detail.clone()),
        };
        Problem::Unreadable { detail: format!("{field}: {detail}"), fields: vec![FieldProblem { field, reason }] }
    })
}

/// The names along the way to a value, as the fields of every problem are named: `lines.0.amount`.
fn named(path: &Path) -> Vec<String> {
    let name = |segment: &Segment| match segment {
        Segment::Map { key } => Some(key.clone()),
        Segment::Seq { index } => Some(index.to_string()),
        Segment::Enum { .. } | Segment::Unknown => None,
    };
    path.iter().filter_map(name).collect()
}
