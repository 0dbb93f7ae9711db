//! Undoing a document: what is asked, and what a person sees before.

use domain::{
    AccountId, BillingLineId, ContractId, DocumentId, DrawId, Money,
    quota::{Amount, Lot, Unit},
    undo::{NotAsSeen, UndoPlan, UndoSum},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, amount, say};

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
    /// What the person saw that it comes to on each account, as JSON; empty when nothing was seen.
    pub seen: String,
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
    /// What the person saw that it comes to on each account.
    pub seen: Option<Vec<UndoSum>>,
}

/// What the person saw who deletes a draft.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenDraft {
    /// The version of the draft.
    pub version: i64,
    /// What deleting it comes to on each account.
    pub sums: Option<Vec<UndoSum>>,
}

impl SeenDraft {
    /// From the version and the sums as JSON; these are empty when nothing was seen of them.
    pub fn typed(version: i64, sums: &str) -> SeenDraft {
        SeenDraft { version, sums: serde_json::from_str(sums).ok() }
    }
}

/// Why a plan is not carried out that comes to something else than was seen, with what becomes deficit.
pub fn not_as_seen_text(lang: Lang, error: &NotAsSeen) -> String {
    let mut units: Vec<Unit> = Vec::new();
    for sum in error.seen.iter().chain(&error.decided) {
        if !units.contains(&sum.unit) {
            units.push(sum.unit);
        }
    }
    let deficits = |sums: &[UndoSum]| {
        let of = |unit: &Unit| {
            let deficits = sums.iter().filter(|sum| sum.unit == *unit).map(|sum| sum.deficit);
            amount(lang, *unit, Amount::sum(deficits).unwrap_or_default())
        };
        units.iter().map(of).collect::<Vec<_>>().join(" + ")
    };
    let (seen, decided) = (deficits(&error.seen), deficits(&error.decided));
    if seen == decided { say::undo_differs_otherwise(lang).to_owned() } else { say::undo_differs(lang, decided, seen) }
}

impl CancelForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<CancelDraft, Problem> {
        let mut problems = Vec::new();
        let (own, document) = (id(&mut problems, "id", &self.id), id(&mut problems, "document", &self.document));
        let reason = required(&mut problems, "reason", &self.reason, MOST_REASON);
        let (version, seen) = (self.version, serde_json::from_str(&self.seen).ok());
        done(own.zip(document).map(|(id, document)| CancelDraft { id, document, reason, version, seen }), problems)
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
