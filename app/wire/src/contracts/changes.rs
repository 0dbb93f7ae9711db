//! Changing contracts: the timeline of their terms, a type that is applied to many of them, and their end.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset};
use domain::{
    ContractId, ContractTypeId, DocumentId, DrawId, Seconds,
    contracts::{Billed, Contract, EndFacts, Ending, Section, Terms, TermsError, TimelineFacts},
    quota::Unit,
};
use serde::{Deserialize, Serialize};

use super::CustomerRef;
use crate::{
    FieldProblem, FieldReason, Problem,
    articles::Catalogue,
    bookings::BookingRef,
    documents::DocumentRef,
    history::FieldChange,
    read::{day, done, id, last_day},
};

/// A state of the terms: when it was saved, and by whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedTerms {
    /// The version.
    pub version: i64,
    /// When.
    pub at: DateTime<FixedOffset>,
    /// By whom.
    pub by: String,
}

/// The invoice of a billed period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodInvoice {
    /// The number of the period.
    pub period: u32,
    /// When it was billed.
    pub at: DateTime<FixedOffset>,
    /// By whom.
    pub by: String,
    /// The invoice; its number is missing as long as it is a draft.
    pub document: Option<(DocumentId, Option<String>)>,
}

/// Everything that the timeline of a contract is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractChanges {
    /// What the timeline is told from.
    pub facts: TimelineFacts,
    /// The version of the present terms.
    pub version: i64,
    /// When the terms were saved, by version.
    pub saved: Vec<SavedTerms>,
    /// The invoices of the billed periods.
    pub invoices: Vec<PeriodInvoice>,
    /// Whether earlier periods are left out.
    pub more: bool,
    /// The company's working day.
    pub hours_per_day: Seconds,
}

/// The end of a contract as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EndForm {
    /// The contract.
    pub contract: String,
    /// The version that the person saw.
    pub version: i64,
    /// `notice`, `agreed` or `taken_back`.
    pub how: String,
    /// The day of the notice.
    pub on: String,
    /// The last day that was agreed.
    pub last: String,
}

/// The end of a contract whose fields are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndDraft {
    /// The contract.
    pub contract: ContractId,
    /// The version that the person saw.
    pub version: i64,
    /// How it is ended.
    pub how: Ending,
}

impl EndForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<EndDraft, Problem> {
        let mut problems = Vec::new();
        let contract = id(&mut problems, "contract", &self.contract);
        let how = match self.how.as_str() {
            "notice" => Some(Ending::Notice { on: day(&mut problems, "on", &self.on) }),
            "agreed" => {
                let until = last_day(&mut problems, "last", &self.last);
                if until.is_none() && self.last.trim().is_empty() {
                    problems.push(FieldProblem::at("last", FieldReason::Missing));
                }
                until.map(|until| Ending::Agreed { until })
            }
            "taken_back" => Some(Ending::TakenBack),
            _ => {
                problems.push(FieldProblem::at("how", FieldReason::NotOneOf));
                None
            }
        };
        done(contract.zip(how).map(|(contract, how)| EndDraft { contract, version: self.version, how }), problems)
    }
}

/// The field of the form at which a fault of the terms belongs.
pub fn end_field(field: &str) -> &'static str {
    if field == "agreed_last" { "last" } else { "on" }
}

/// Everything that the end of a contract is planned with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndView {
    /// The number of the contract.
    pub number: String,
    /// The version, to be sent back when it is ended.
    pub version: i64,
    /// What the plan is made of.
    pub facts: EndFacts,
    /// The invoices of the billed periods.
    pub invoices: Vec<PeriodInvoice>,
    /// The documents whose draws are among the facts.
    pub draws: Vec<(DrawId, DocumentRef)>,
    /// The bookings whose draws are among the facts.
    #[serde(default)]
    pub booked: Vec<(DrawId, BookingRef)>,
    /// The company's working day.
    pub hours_per_day: Seconds,
}

/// Which contracts of a type are looked at; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyQuery {
    /// The type.
    pub contract_type: ContractTypeId,
    /// Beginnings of words of number or customer that must all occur.
    #[serde(default)]
    pub q: String,
}

/// The most contracts to which a type is applied at once.
pub const MOST_APPLIED: usize = 500;

/// A contract to which its type can be applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyContract {
    /// The version, to be sent back when the type is applied.
    pub version: i64,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The contract.
    pub contract: Contract,
    /// The first period that was never billed.
    pub next: u32,
    /// What its billings have fixed.
    pub billed: Billed,
    /// What its account counts, if it has one.
    pub counts: Option<Unit>,
}

/// A type with its contracts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyView {
    /// The type.
    pub id: ContractTypeId,
    /// The version of the type, to be sent back.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its terms.
    pub terms: Terms,
    /// Its contracts that have not ended, by number.
    pub contracts: Vec<ApplyContract>,
    /// Whether there are more than can be shown.
    pub more: bool,
    /// The groups, to name them.
    pub catalogue: Catalogue,
}

/// A type that is applied, as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ApplyForm {
    /// The type.
    pub contract_type: String,
    /// The version of the type that the person saw.
    pub version: i64,
    /// The names of the sections, with commas between them.
    pub sections: String,
    /// The contracts: each its id and the version that the person saw, with a space between them.
    pub chosen: Vec<String>,
}

/// A type that is applied to contracts, whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApplyDraft {
    /// The type.
    pub contract_type: ContractTypeId,
    /// The version of the type that the person saw.
    pub version: i64,
    /// What of the terms is applied.
    pub sections: BTreeSet<Section>,
    /// The contracts, each with the version that the person saw.
    pub contracts: Vec<(ContractId, i64)>,
}

/// The sections of these names, with commas between them; `None` when one is none.
pub fn sections(names: &str) -> Option<BTreeSet<Section>> {
    names.split(',').filter(|name| !name.is_empty()).map(Section::from_name).collect()
}

impl ApplyForm {
    /// Turns what was chosen into a draft, or names every wrong field.
    pub fn check(&self) -> Result<ApplyDraft, Problem> {
        let mut problems = Vec::new();
        let contract_type = id(&mut problems, "contract_type", &self.contract_type);
        let sections = sections(&self.sections);
        let mut wrong = |field, reason| problems.push(FieldProblem::at(field, reason));
        match &sections {
            None => wrong("sections", FieldReason::NotOneOf),
            Some(none) if none.is_empty() => wrong("sections", FieldReason::Missing),
            Some(_) => {}
        }
        let one = |text: &String| {
            let (id, version) = text.split_once(' ')?;
            Some((id.parse().ok()?, version.parse().ok()?))
        };
        let contracts: Option<Vec<(ContractId, i64)>> = self.chosen.iter().map(one).collect();
        match &contracts {
            None => wrong("chosen", FieldReason::NotOneOf),
            Some(none) if none.is_empty() => wrong("chosen", FieldReason::Missing),
            Some(many) if many.len() > MOST_APPLIED => {
                wrong("chosen", FieldReason::TooMany { most: MOST_APPLIED, found: many.len() });
            }
            Some(_) => {}
        }
        let draft = contract_type.zip(sections.zip(contracts)).map(|(contract_type, (sections, contracts))| {
            ApplyDraft { contract_type, version: self.version, sections, contracts }
        });
        done(draft, problems)
    }
}

/// What came of a contract to which its type was applied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum ApplyOutcome {
    /// It has the type's terms now.
    Applied {
        /// What changed.
        changes: Vec<FieldChange>,
    },
    /// It had them before.
    Unchanged,
    /// Somebody changed it after the preview: it was left alone.
    Changed {
        /// What would change now.
        changes: Vec<FieldChange>,
    },
    /// It was left alone, because it would be wrong.
    Refused {
        /// What would be wrong, by the name of the field.
        faults: Vec<(String, TermsError)>,
        /// The unit of the figures.
        unit: Unit,
    },
    /// It is no contract of the type any more.
    NotFound,
}

/// What came of applying a type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Applications {
    /// Each contract that was chosen, with its number, in the order in which they were chosen.
    pub contracts: Vec<(ContractId, String, ApplyOutcome)>,
}
