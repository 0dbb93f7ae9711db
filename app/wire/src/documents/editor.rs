//! What the editor of a document works with.

use chrono::NaiveDate;
use domain::{
    ContractId, Currency, CustomerId, DocumentId, LineId,
    clearing::{ClearingError, ClearingLine, Facts, LineDifference, Reconciled, Repair},
    contracts::Delivery,
    documents::DocumentKind,
    quota::Unit,
};
use serde::{Deserialize, Serialize};

use super::{DocumentPage, DraftLine};
use crate::{
    FieldProblem, FieldReason, Problem,
    articles::Catalogue,
    contracts::CustomerRef,
    history::Change,
    read::{done, id},
    text,
};

/// A contract as the editor names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownContract {
    /// The contract.
    pub id: ContractId,
    /// Its number.
    pub number: String,
    /// The name of its type.
    pub type_name: String,
    /// What its quota counts; none without a quota.
    pub unit: Option<Unit>,
}

/// What a document of a customer and a date is reconciled with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClearingFacts {
    /// The date for which they were read.
    pub date: NaiveDate,
    /// The facts: every quota contract of the customer, and whatever else the document names.
    pub facts: Facts,
    /// How these contracts are called.
    pub contracts: Vec<KnownContract>,
}

/// A draft that is edited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EditedDocument {
    /// The document.
    pub id: DocumentId,
    /// Its version.
    pub version: i64,
    /// What it is.
    pub kind: DocumentKind,
    /// The currency of its prices.
    pub currency: Currency,
    /// Its date.
    pub date: NaiveDate,
    /// How it reaches the customer.
    pub delivery: Delivery,
    /// Within how many days it is to be paid.
    pub payment_days: u32,
    /// The lines that come from a delivery note.
    pub fixed: Vec<ClearingLine>,
    /// Its own lines.
    pub lines: Vec<DraftLine>,
}

/// Everything that the editor needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentEditor {
    /// The draft; none for a new document.
    pub document: Option<EditedDocument>,
    /// Whose it is; none as long as nobody was chosen.
    pub customer: Option<CustomerRef>,
    /// Groups, articles and rates of VAT.
    pub catalogue: Catalogue,
    /// What it is reconciled with; none without a customer.
    pub clearing: Option<ClearingFacts>,
    /// Its latest change; none for a new document.
    pub last: Option<Change>,
}

/// What saving a document came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDocument {
    /// The document as it stands now.
    pub page: DocumentPage,
    /// What was decided.
    pub reconciled: Reconciled,
    /// Where that differs from what the person saw.
    pub differences: Vec<LineDifference>,
}

/// A repair as the page sends it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RepairForm {
    /// Made by the client, so that it is done once.
    pub key: String,
    /// Whose document it is for.
    pub customer: String,
    /// What is to be done, as JSON.
    pub repair: String,
    /// Why, for a free quota.
    pub reason: String,
}

impl RepairForm {
    /// Reads what is to be done, or names every wrong field.
    pub fn check(&self) -> Result<RepairDraft, Problem> {
        let mut problems = Vec::new();
        let key = id(&mut problems, "key", &self.key);
        let customer = id(&mut problems, "customer", &self.customer);
        let repair = serde_json::from_str(&self.repair).ok();
        if repair.is_none() {
            problems.push(FieldProblem::at("repair", FieldReason::NotOneOf));
        }
        let reason = text(&mut problems, "reason", &self.reason, 200);
        let free = matches!(repair, Some(Repair::GrantFreeQuota { .. }));
        if free && reason.is_empty() {
            problems.push(FieldProblem::at("reason", FieldReason::Missing));
        }
        let named = key.zip(customer).zip(repair);
        done(named.map(|((key, customer), repair)| RepairDraft { key, customer, repair, reason }), problems)
    }
}

/// A repair that somebody wants done, for a document of that customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RepairDraft {
    /// Made by the client, so that it is done once: the id of the lot or run that it makes.
    pub key: uuid::Uuid,
    /// Whose document it is for.
    pub customer: CustomerId,
    /// What is to be done.
    pub repair: Repair,
    /// Why, for a free quota.
    pub reason: String,
}

/// What is wrong with a document that cannot be reconciled; `at` names a field of one of its lines.
pub fn not_reconcilable(error: ClearingError, at: impl Fn(LineId, &str) -> String) -> Problem {
    let too_large = FieldReason::NotReadable(texts::NotReadable::TooLarge);
    match error {
        ClearingError::LineTooLarge { line } => Problem::field(&at(line, "price"), too_large),
        ClearingError::SumTooLarge => Problem::field("lines", too_large),
        ClearingError::UnknownContract { line, .. } => Problem::field(&at(line, "contract"), FieldReason::NotOneOf),
        ClearingError::Quota { line: Some(line), unit, error } => {
            Problem::field(&at(line, "quantity"), FieldReason::Quota(error, unit))
        }
        ClearingError::Quota { line: None, unit, error } => Problem::quota(error, unit),
    }
}
