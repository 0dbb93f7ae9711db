//! A document as typed into its editor.

use chrono::NaiveDate;
use domain::{
    ContractId, Currency, CustomerId, DocumentId, LineId, Seconds,
    clearing::{ClearingDocument, ClearingLine, Shown},
    contracts::Delivery,
    documents::{DocumentKind, Line},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable};

use crate::{
    FieldProblem, FieldReason, Problem,
    contracts::ItemForm,
    read::{choice, day, done, id, json, needed_count, seen, within_the_books},
};

/// The most lines of a document.
pub const MOST_LINES: usize = 5_000;
/// The most days within which a document is to be paid.
const MOST_DAYS: u32 = 3_650;

/// A line as typed into the editor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct LineForm {
    /// Made by the client; the line keeps it when it is moved.
    pub id: String,
    /// What is charged.
    pub item: ItemForm,
    /// The id of the contract whose quota it draws; empty for none.
    pub contract: String,
    /// `off` when its clearing item is switched off by hand.
    pub clears: String,
}

/// A document as typed into the editor.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct DocumentForm {
    /// Made by the client.
    pub id: String,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// `delivery_note` or `invoice`.
    pub kind: String,
    /// Whose it is.
    pub customer: String,
    /// The currency of its prices.
    pub currency: String,
    /// Its date.
    pub date: String,
    /// How it reaches the customer.
    pub delivery: String,
    /// Within how many days it is to be paid.
    pub payment_days: String,
    /// Its own lines, from top to bottom; those of a delivery note come before them and are not typed.
    pub lines: Vec<LineForm>,
    /// What the person saw, as JSON; empty where nothing was shown.
    pub seen: String,
}

/// A line whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DraftLine {
    /// Made by the client.
    pub id: LineId,
    /// What is charged.
    pub line: Line,
    /// The contract whose quota it draws.
    pub contract: Option<ContractId>,
    /// `false` when its clearing item is switched off by hand.
    pub clears: bool,
}

/// A document whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentDraft {
    /// Made by the client.
    pub id: DocumentId,
    /// The version that was loaded; 0 for a new one.
    pub version: i64,
    /// A delivery note or an ordinary invoice.
    pub kind: DocumentKind,
    /// Whose it is.
    pub customer: CustomerId,
    /// The currency of its prices.
    pub currency: Currency,
    /// Its date.
    pub date: NaiveDate,
    /// How it reaches the customer.
    pub delivery: Delivery,
    /// Within how many days it is to be paid.
    pub payment_days: u32,
    /// Its own lines.
    pub lines: Vec<DraftLine>,
    /// What the person saw of each line.
    pub seen: Vec<Shown>,
}

impl LineForm {
    fn check(&self, problems: &mut Vec<FieldProblem>, lang: Lang, place: usize) -> Option<DraftLine> {
        let field = |name: &str| format!("lines.{place}.{name}");
        let line_id = id(problems, &field("id"), &self.id);
        let line = self.item.check(problems, lang, ("lines", place));
        let contract = if self.contract.is_empty() { None } else { id(problems, &field("contract"), &self.contract) };
        line_id.zip(line).map(|(id, line)| DraftLine { id, line, contract, clears: self.clears != "off" })
    }

    /// The line on its own, or every wrong field by its name within the line.
    pub fn read(&self, lang: Lang) -> Result<DraftLine, Vec<FieldProblem>> {
        let mut problems = Vec::new();
        let line = self.check(&mut problems, lang, 0);
        for problem in &mut problems {
            if let Some(own) = problem.field.strip_prefix("lines.0.") {
                problem.field = own.to_owned();
            }
        }
        line.filter(|_| problems.is_empty()).ok_or(problems)
    }
}

impl DraftLine {
    /// The line as far as clearing goes.
    pub fn clearing(&self) -> ClearingLine {
        let DraftLine { id, line, contract, clears } = self.clone();
        ClearingLine { id, line, contract, clears, fixed: None }
    }
}

impl DocumentForm {
    /// Turns what was typed into a draft, or names every wrong field. Empty rows are no lines.
    pub fn check(&self, lang: Lang) -> Result<DocumentDraft, Problem> {
        let mut problems = Vec::new();
        let document = id(&mut problems, "id", &self.id);
        let customer = if self.customer.is_empty() {
            problems.push(FieldProblem::at("customer", FieldReason::Missing));
            None
        } else {
            id(&mut problems, "customer", &self.customer)
        };
        let kind = DocumentKind::from_name(&self.kind).filter(|kind| kind.clears());
        if kind.is_none() {
            problems.push(FieldProblem::at("kind", FieldReason::NotOneOf));
        }
        let currency = Currency::from_code(&self.currency);
        if currency.is_none() {
            problems.push(FieldProblem::at("currency", FieldReason::NotOneOf));
        }
        let date = day(&mut problems, "date", &self.date);
        within_the_books(&mut problems, "date", date);
        let delivery = choice(&mut problems, "delivery", Delivery::from_name(&self.delivery));
        let payment_days = needed_count(&mut problems, "payment_days", &self.payment_days);
        let lines = self.lines.iter().enumerate().filter(|(_, line)| !line.item.is_empty());
        let lines = lines.filter_map(|(place, line)| line.check(&mut problems, lang, place)).collect();
        let seen = seen(&mut problems, "seen", &self.seen, json).unwrap_or_default();
        let named = document.zip(customer).zip(kind.zip(currency));
        let draft = named.map(|((id, customer), (kind, currency))| DocumentDraft {
            id,
            version: self.version,
            kind,
            customer,
            currency,
            date,
            delivery,
            payment_days,
            lines,
            seen,
        });
        problems.extend(draft.as_ref().map(DocumentDraft::faults).unwrap_or_default());
        done(draft, problems)
    }

    /// The lines that can be read, as far as clearing goes.
    pub fn readable_lines(&self, lang: Lang) -> Vec<ClearingLine> {
        let lines = self.lines.iter().filter(|line| !line.item.is_empty());
        lines.filter_map(|line| line.read(lang).ok()).map(|line| line.clearing()).collect()
    }
}

impl DocumentDraft {
    /// What is wrong with it as a whole, by the name of the field.
    pub fn faults(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let found = self.lines.len();
        if found > MOST_LINES {
            problems.push(FieldProblem::at("lines", FieldReason::TooMany { most: MOST_LINES, found }));
        }
        if self.payment_days > MOST_DAYS {
            let (most, found) = (to_usize(MOST_DAYS), to_usize(self.payment_days));
            problems.push(FieldProblem::at("payment_days", FieldReason::TooMany { most, found }));
        }
        let mut ids: Vec<LineId> = self.lines.iter().map(|line| line.id).collect();
        ids.sort_unstable();
        if ids.windows(2).any(|pair| matches!(pair, [one, other] if one == other)) {
            problems.push(FieldProblem::at("lines", FieldReason::Taken));
        }
        problems
    }

    /// The document as far as clearing goes, with the lines of delivery notes before its own.
    pub fn clearing(&self, fixed: Vec<ClearingLine>) -> ClearingDocument {
        let own = self.lines.iter().map(DraftLine::clearing);
        let lines = fixed.into_iter().chain(own).collect();
        ClearingDocument { customer: self.customer, date: self.date, currency: self.currency, lines }
    }

    /// Every line whose total does not fit, with the company's working day.
    pub fn too_large(&self, day: Seconds) -> Vec<FieldProblem> {
        let large = |(place, line): (usize, &DraftLine)| {
            let fits = line.line.total(self.currency, day).is_some();
            (!fits).then(|| {
                FieldProblem::at(&format!("lines.{place}.price"), FieldReason::NotReadable(NotReadable::TooLarge))
            })
        };
        self.lines.iter().enumerate().filter_map(large).collect()
    }
}

fn to_usize(count: u32) -> usize {
    usize::try_from(count).unwrap_or(usize::MAX)
}
