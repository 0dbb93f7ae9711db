//! Kinds and states of documents.

use serde::{Deserialize, Serialize};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice over periods of contracts.
    ContractInvoice,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 1] = [DocumentKind::ContractInvoice];

    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentKind::ContractInvoice => "contract_invoice",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// How far a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentState {
    /// Can still be changed; has no number.
    Draft,
    /// Has a number and is never changed again.
    Issued,
}

impl DocumentState {
    /// Every state.
    pub const ALL: [DocumentState; 2] = [DocumentState::Draft, DocumentState::Issued];

    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentState::Draft => "draft",
            DocumentState::Issued => "issued",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<DocumentState> {
        DocumentState::ALL.into_iter().find(|state| state.name() == name)
    }
}
