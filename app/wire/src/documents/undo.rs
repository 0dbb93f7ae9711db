//! Undoing a document: what is asked, and what a person sees before.

use domain::{AccountId, BillingLineId, ContractId, DocumentId, DrawId, Money, quota::Lot, undo::UndoPlan};
use serde::{Deserialize, Serialize};

use super::DocumentRef;
use crate::{
    Problem,
    bookings::BookingRef,
    field::required,
    projects::ProjectRef,
    read::{done, id},
};

/// The longest reason, in characters.
pub const MOST_REASON: usize = 500;

/// A cancellation as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CancelForm {
    /// The id of the cancellation, made by the client.
    pub id: String,
    /// The document that is cancelled.
    pub document: String,
    /// Why.
    pub reason: String,
    /// The version of the document that the person saw.
    pub version: i64,
}

/// A cancellation whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CancelDraft {
    /// The cancellation, made by the client.
    pub id: DocumentId,
    /// The document that is cancelled.
    pub document: DocumentId,
    /// Why.
    pub reason: String,
    /// The version of the document that the person saw.
    pub version: i64,
}

impl CancelForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<CancelDraft, Problem> {
        let mut problems = Vec::new();
        let (own, document) = (id(&mut problems, "id", &self.id), id(&mut problems, "document", &self.document));
        let reason = required(&mut problems, "reason", &self.reason, MOST_REASON);
        let version = self.version;
        done(own.zip(document).map(|(id, document)| CancelDraft { id, document, reason, version }), problems)
    }
}

/// What undoing a document would do, with the names of what it touches.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UndoView {
    /// The plan.
    pub plan: UndoPlan,
    /// The version of the document with which it was made.
    pub version: i64,
    /// What came in for it: a credit of the customer once it is cancelled.
    pub received: Money,
    /// The numbers of the contracts to which its accounts belong.
    pub accounts: Vec<(AccountId, String)>,
    /// The lots of the grants that it takes back.
    pub lots: Vec<Lot>,
    /// The contracts whose periods it frees, with their numbers.
    pub contracts: Vec<(ContractId, String)>,
    /// The billing lines of whose fees it frees periods, with their names and projects.
    pub lines: Vec<(BillingLineId, String, ProjectRef)>,
    /// The documents whose draws it releases or turns into deficits.
    pub draws: Vec<(DrawId, DocumentRef)>,
    /// The bookings whose draws it turns into deficits.
    #[serde(default)]
    pub booked: Vec<(DrawId, BookingRef)>,
    /// How many bookings of a project become free.
    #[serde(default)]
    pub bookings: usize,
}
