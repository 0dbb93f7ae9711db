//! Doing the same with many documents: what is asked, what would happen with each, what happened.

use chrono::NaiveDate;
use domain::{
    DocumentId,
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};

use super::{DocumentRow, MOST_REASON};
use crate::{FieldProblem, FieldReason, Problem, field, field::required, read::day, read::done, read::id};

/// The most documents that are done at once.
pub const MOST_BULK: usize = 200;

/// What is done with documents.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulkWay {
    /// Drafts are issued.
    #[default]
    Issue,
    /// Drafts are deleted.
    Delete,
    /// Issued documents are cancelled.
    Cancel,
    /// What is open of invoices came in on a day, or was paid back on it when it is a credit.
    Settle,
    /// Customers are reminded of overdue invoices.
    Remind,
}

impl BulkWay {
    /// Every way.
    pub const ALL: [BulkWay; 5] = [BulkWay::Issue, BulkWay::Delete, BulkWay::Cancel, BulkWay::Settle, BulkWay::Remind];

    /// The name in addresses and REST.
    pub const fn name(self) -> &'static str {
        match self {
            BulkWay::Issue => "issue",
            BulkWay::Delete => "delete",
            BulkWay::Cancel => "cancel",
            BulkWay::Settle => "settle",
            BulkWay::Remind => "remind",
        }
    }

    /// The way of that name.
    pub fn from_name(name: &str) -> Option<BulkWay> {
        BulkWay::ALL.into_iter().find(|way| way.name() == name)
    }
}

/// Many documents as a form names them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BulkForm {
    /// `issue`, `delete`, `cancel`, `settle` or `remind`.
    pub way: String,
    /// Their ids, with commas between.
    pub documents: String,
    /// Why they are cancelled.
    pub reason: String,
    /// The day on which they were settled.
    pub date: String,
}

/// Many documents that something is to be done with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkDraft {
    /// What.
    pub way: BulkWay,
    /// Each once, in the order in which they were named.
    pub documents: Vec<DocumentId>,
    /// Why they are cancelled; empty for the other ways.
    pub reason: String,
    /// The day on which they were settled; none for the other ways.
    pub date: Option<NaiveDate>,
}

impl BulkForm {
    /// What is asked, or every wrong field.
    pub fn check(&self) -> Result<BulkDraft, Problem> {
        let mut problems = Vec::new();
        let way = crate::read::choice(&mut problems, "way", BulkWay::from_name(&self.way));
        let documents = self.documents(&mut problems);
        let reason = match way {
            BulkWay::Cancel => required(&mut problems, "reason", &self.reason, MOST_REASON),
            BulkWay::Issue | BulkWay::Delete | BulkWay::Settle | BulkWay::Remind => {
                field::text(&mut problems, "reason", "", MOST_REASON)
            }
        };
        let date = (way == BulkWay::Settle).then(|| day(&mut problems, "date", &self.date));
        done(documents.map(|documents| BulkDraft { way, documents, reason, date }), problems)
    }

    fn documents(&self, problems: &mut Vec<FieldProblem>) -> Option<Vec<DocumentId>> {
        let mut found = Vec::new();
        for one in self.documents.split(',').filter(|one| !one.is_empty()) {
            let one = id(problems, "documents", one)?;
            if !found.contains(&one) {
                found.push(one);
            }
            if found.len() > MOST_BULK {
                let reason = FieldReason::TooMany { most: MOST_BULK, found: self.documents.split(',').count() };
                problems.push(FieldProblem::at("documents", reason));
                return None;
            }
        }
        if found.is_empty() {
            problems.push(FieldProblem::at("documents", FieldReason::Missing));
        }
        Some(found)
    }
}

/// What would happen or happened with a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkItem {
    /// The document: as it is now; as it was, when it was deleted.
    pub row: DocumentRow,
    /// How many periods are freed.
    pub freed: usize,
    /// What becomes deficit of draws, per account.
    pub deficits: Vec<(Unit, Amount)>,
    /// What stands in the way; in the answer, why it was left as it was.
    pub refused: Option<Problem>,
    /// Whether it was done, now or before.
    pub done: bool,
    /// The cancellation with its number.
    pub cancellation: Option<(DocumentId, Option<String>)>,
}

/// What would happen or happened with each document; one that is not there is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulkView {
    /// What is done.
    pub way: BulkWay,
    /// The documents, in the order in which they were named.
    pub items: Vec<BulkItem>,
}
