//! The history of a thing: who changed what, when.

use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// When; shown in the company's time zone.
    pub at: DateTime<FixedOffset>,
    /// Who.
    pub by: String,
    /// The fields that changed; all of them when the thing was created.
    pub fields: Vec<FieldChange>,
}

/// One field before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldChange {
    /// The field.
    pub field: String,
    /// What it held; none when the thing is new.
    pub before: Option<String>,
    /// What it holds.
    pub after: Option<String>,
}
