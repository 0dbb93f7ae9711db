//! What stands in the way of undoing a document.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{
    DocumentId, Permission,
    documents::{DocumentKind, DocumentState},
};

/// How a document is undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// A draft is deleted.
    Delete,
    /// An issued document is cancelled by a cancellation document.
    Cancel,
}

impl Way {
    /// The way for a document in that state.
    pub const fn of(state: DocumentState) -> Way {
        match state {
            DocumentState::Draft => Way::Delete,
            DocumentState::Issued | DocumentState::Cancelled => Way::Cancel,
        }
    }

    /// The way that is open to a document of that kind and state, as far as it stands in its own way; what rests on it is
    /// another question.
    pub fn open(kind: DocumentKind, state: DocumentState) -> Option<Way> {
        let way = Way::of(state);
        Obstacle::of_state(kind, state, way).is_none().then_some(way)
    }

    /// What it takes to undo such a document: whoever types drafts deletes them; what billing made, or what is issued,
    /// takes accounting.
    pub const fn needs(self, kind: DocumentKind) -> Permission {
        if matches!(self, Way::Delete) && kind.clears() { Permission::EditDocuments } else { Permission::Cancel }
    }
}

/// Why a document cannot be undone.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "obstacle", rename_all = "snake_case")]
pub enum Obstacle {
    /// Only a draft is deleted; this has a number.
    #[error("it is issued")]
    NotADraft,
    /// Only what is issued is cancelled; a draft is deleted.
    #[error("it is a draft")]
    NotIssued,
    /// It was cancelled before.
    #[error("it was cancelled before")]
    AlreadyCancelled,
    /// It is a cancellation itself: what it undid stays undone.
    #[error("it is a cancellation")]
    Cancellation,
    /// A standing document rests on it.
    #[error("{} {} rests on it", .kind.name(), .number.as_deref().unwrap_or("(draft)"))]
    Resting {
        /// Which document.
        document: DocumentId,
        /// What it is.
        kind: DocumentKind,
        /// Its number; none as long as it is a draft.
        number: Option<String>,
    },
}

impl Obstacle {
    /// How a document of that kind and state stands in its own way.
    pub(super) fn of_state(kind: DocumentKind, state: DocumentState, way: Way) -> Option<Obstacle> {
        match (state, way) {
            (DocumentState::Cancelled, _) => Some(Obstacle::AlreadyCancelled),
            (_, Way::Cancel) if kind == DocumentKind::Cancellation => Some(Obstacle::Cancellation),
            (DocumentState::Issued, Way::Delete) => Some(Obstacle::NotADraft),
            (DocumentState::Draft, Way::Cancel) => Some(Obstacle::NotIssued),
            (DocumentState::Draft, Way::Delete) | (DocumentState::Issued, Way::Cancel) => None,
        }
    }

    /// The stable names, in the order in which they are looked for.
    pub const NAMES: [&str; 5] = ["not_a_draft", "not_issued", "already_cancelled", "cancellation", "resting"];

    /// The stable name, in REST and logs.
    pub const fn name(&self) -> &'static str {
        match self {
            Obstacle::NotADraft => "not_a_draft",
            Obstacle::NotIssued => "not_issued",
            Obstacle::AlreadyCancelled => "already_cancelled",
            Obstacle::Cancellation => "cancellation",
            Obstacle::Resting { .. } => "resting",
        }
    }
}
