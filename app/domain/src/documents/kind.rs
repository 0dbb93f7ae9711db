//! Kinds and states of documents.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

/// What a document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// An invoice that billing made: over periods of contracts, or of the fees of a project.
    ContractInvoice,
    /// What was delivered, to be invoiced later.
    DeliveryNote,
    /// An ordinary invoice over what was delivered.
    Invoice,
    /// An invoice over what was taken from a quota beyond what was paid for.
    Balancing,
    /// What undoes an issued document: the same with negative quantities.
    Cancellation,
}

impl DocumentKind {
    /// Every kind.
    pub const ALL: [DocumentKind; 5] = [
        DocumentKind::ContractInvoice,
        DocumentKind::DeliveryNote,
        DocumentKind::Invoice,
        DocumentKind::Balancing,
        DocumentKind::Cancellation,
    ];

    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentKind::ContractInvoice => "contract_invoice",
            DocumentKind::DeliveryNote => "delivery_note",
            DocumentKind::Invoice => "invoice",
            DocumentKind::Balancing => "balancing",
            DocumentKind::Cancellation => "cancellation",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<DocumentKind> {
        DocumentKind::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Whether its lines draw quotas: only those of delivery notes and ordinary invoices do.
    pub const fn clears(self) -> bool {
        matches!(self, DocumentKind::DeliveryNote | DocumentKind::Invoice)
    }

    /// The date that it gets when it is issued: one that clears keeps its own, which has decided what it draws; any other
    /// gets the day on which that happens.
    pub const fn issued_on(self, date: NaiveDate, today: NaiveDate) -> NaiveDate {
        if self.clears() { date } else { today }
    }

    /// Whether it is to be paid.
    pub const fn is_invoice(self) -> bool {
        matches!(self, DocumentKind::ContractInvoice | DocumentKind::Invoice | DocumentKind::Balancing)
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
    /// Was undone by a cancellation. Nothing else of it has changed.
    Cancelled,
}

impl DocumentState {
    /// Every state.
    pub const ALL: [DocumentState; 3] = [DocumentState::Draft, DocumentState::Issued, DocumentState::Cancelled];

    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            DocumentState::Draft => "draft",
            DocumentState::Issued => "issued",
            DocumentState::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<DocumentState> {
        DocumentState::ALL.into_iter().find(|state| state.name() == name)
    }
}
