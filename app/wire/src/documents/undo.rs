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
    read::{done, id, json, seen},
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
    /// From the version and the sums as JSON; these are empty when nothing was seen of them. Errors when they cannot be
    /// read.
    pub fn typed(version: i64, sums: &str) -> Result<SeenDraft, Problem> {
        let mut problems = Vec::new();
        let sums = seen(&mut problems, "seen", sums, json);
        done(Some(SeenDraft { version, sums }), problems)
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
        let (version, seen) = (self.version, seen(&mut problems, "seen", &self.seen, json));
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::FieldReason;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    fn sums() -> Vec<UndoSum> {
        let (account, unit) = (ID.parse().expect("an id"), Unit::Time);
        let [returned, dropped, revoked, deficit] = [0, 0, 14_400, 3_600].map(Amount::new);
        vec![UndoSum { account, unit, returned, dropped, revoked, deficit }]
    }

    fn cancels(seen: &str) -> Result<Option<Vec<UndoSum>>, Problem> {
        let [id, document, reason, seen] = [ID, ID, "Falsch", seen].map(str::to_owned);
        CancelForm { id, document, reason, version: 1, seen }.check().map(|draft| draft.seen)
    }

    fn deletes(seen: &str) -> Result<Option<Vec<UndoSum>>, Problem> {
        SeenDraft::typed(1, seen).map(|draft| draft.sums)
    }

    /// Red when: what was seen is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_is_read_or_refused() {
        let sent = serde_json::to_string(&sums()).expect("it is written");
        for read in [cancels, deletes] {
            assert_eq!(read(""), Ok(None));
            assert_eq!(read("[]"), Ok(Some(Vec::new())));
            assert_eq!(read(&sent), Ok(Some(sums())));
            for garbage in ["x", " ", "null", "{}", "[1]", &sent[1..], &sent.replace("revoked", "granted")] {
                assert_eq!(read(garbage), Err(Problem::field("seen", FieldReason::UnreadableSeen)), "{garbage}");
            }
        }
    }
}
