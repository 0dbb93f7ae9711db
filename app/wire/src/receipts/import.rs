//! Bank files: what they hold, what is proposed, what a person confirms.

use chrono::{DateTime, FixedOffset};
use domain::{
    BankFileId, Currency, DocumentId, Money,
    receipts::{
        Confidence, OpenInvoice, Proposal,
        bank::{self, BankFault, BankFile, BankLine, EntryFault},
    },
};
use serde::{Deserialize, Serialize};
use texts::{Lang, money, say};

use crate::{
    FieldProblem, FieldReason, Problem,
    read::{done, id},
};

/// A bank file as pasted or read in the browser: CSV with a heading, or a statement in XML.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct BankFileForm {
    /// The id, made by the client.
    pub id: String,
    /// What stands in the file.
    pub text: String,
}

/// A bank file that could be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFileDraft {
    /// The file, made by the client.
    pub id: BankFileId,
    /// What it holds.
    pub file: BankFile,
}

impl BankFileForm {
    /// Reads the file, or says where in it what is wrong.
    pub fn check(&self) -> Result<BankFileDraft, Problem> {
        let mut problems = Vec::new();
        let own = id(&mut problems, "id", &self.id);
        let file = bank::read(&self.text);
        let file = file.map_err(|fault| problems.push(FieldProblem::at("text", FieldReason::Bank(fault)))).ok();
        done(own.zip(file).map(|(id, file)| BankFileDraft { id, file }), problems)
    }
}

/// A bank file in the list of those that were read last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFileRow {
    /// The file.
    pub id: BankFileId,
    /// When it was read, and by whom.
    pub read: (DateTime<FixedOffset>, String),
    /// How many transactions it has.
    pub lines: u64,
}

/// A transaction of a file with what is known of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFileLine {
    /// The transaction.
    pub line: BankLine,
    /// The invoices for which it was recorded before, with their numbers.
    pub recorded: Vec<(DocumentId, String)>,
    /// Which invoices it pays, as it seems, the surest first.
    pub proposals: Vec<Proposal>,
}

/// A bank file with proposals as things stand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BankFileView {
    /// The file.
    pub row: BankFileRow,
    /// Its transactions, in its order.
    pub lines: Vec<BankFileLine>,
    /// How many entries of it were left out because they are not booked yet.
    pub pending: usize,
    /// The invoices that the proposals name.
    pub invoices: Vec<OpenInvoice>,
}

impl BankFileView {
    /// An invoice that a proposal names.
    pub fn invoice(&self, document: DocumentId) -> Option<&OpenInvoice> {
        self.invoices.iter().find(|invoice| invoice.document == document)
    }
}

/// What a person decided about a line.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportLineForm {
    /// The line of the file.
    pub line: String,
    /// What was chosen, as [`choice_of`] writes it; empty records nothing.
    pub choice: String,
    /// The number of another invoice that takes the whole amount.
    pub number: String,
    /// Filled when that may be more than is open of it.
    pub over: String,
}

/// What a person confirms.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportForm {
    /// The file.
    pub file: String,
    /// The lines that could be assigned.
    pub lines: Vec<ImportLineForm>,
}

/// What of a line goes to which invoice, as the person saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChosenPart {
    /// The invoice.
    pub document: DocumentId,
    /// How much.
    pub amount: Money,
    /// What was shown to be open before this line, in minor units; none when nothing was shown.
    pub seen: Option<i64>,
}

/// A line that is to be recorded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportLine {
    /// Its place in the request, from 0: where it is refused.
    pub place: usize,
    /// The line of the file.
    pub line: usize,
    /// What goes where.
    pub parts: Vec<ChosenPart>,
    /// The number of the invoice that takes the whole amount, in place of the parts.
    pub number: String,
    /// Whether that may be more than is open of it: then it becomes a credit.
    pub over: bool,
}

/// What is to be recorded of a file, all or nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportDraft {
    /// The file.
    pub file: BankFileId,
    /// The lines.
    pub lines: Vec<ImportLine>,
}

/// What was recorded of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Imported {
    /// The file.
    pub file: BankFileId,
    /// How many lines were recorded.
    pub lines: usize,
    /// What came in, for each currency.
    pub sums: Vec<Money>,
}

/// A choice of a line in that currency as a form carries it: invoice, amount, what was open and currency, for each part.
pub fn choice_of(proposal: &Proposal, currency: Currency) -> String {
    let code = currency.code();
    let parts = proposal.parts.iter().map(|part| format!("{}_{}_{}_{code}", part.document, part.amount, part.open));
    parts.collect::<Vec<_>>().join("+")
}

fn parts_of(choice: &str) -> Option<Vec<ChosenPart>> {
    let part = |text: &str| {
        let mut words = text.split('_');
        let (document, amount, seen, code) = (words.next()?, words.next()?, words.next()?, words.next()?);
        let amount = Money { minor: amount.parse().ok()?, currency: Currency::from_code(code)? };
        Some(ChosenPart { document: document.parse().ok()?, amount, seen: Some(seen.parse().ok()?) })
    };
    choice.split('+').map(part).collect()
}

impl ImportForm {
    /// Turns what was chosen into a draft, or names every wrong field.
    pub fn check(&self) -> Result<ImportDraft, Problem> {
        let mut problems = Vec::new();
        let file = id(&mut problems, "file", &self.file);
        let mut lines = Vec::new();
        for (place, typed) in self.lines.iter().enumerate() {
            let number = typed.number.trim();
            if typed.choice.is_empty() && number.is_empty() {
                continue;
            }
            let parts = if number.is_empty() { parts_of(&typed.choice) } else { Some(Vec::new()) };
            match (typed.line.parse(), parts) {
                (Ok(line), Some(parts)) => {
                    let (number, over) = (number.chars().take(40).collect(), !typed.over.is_empty());
                    lines.push(ImportLine { place, line, parts, number, over });
                }
                _ => problems.push(FieldProblem::at(&format!("lines.{place}.choice"), FieldReason::NotOneOf)),
            }
        }
        if lines.is_empty() && problems.is_empty() {
            problems.push(FieldProblem::at("lines", FieldReason::Missing));
        }
        done(file.map(|file| ImportDraft { file, lines }), problems)
    }
}

/// Why a proposal is made.
pub fn confidence_text(lang: Lang, confidence: Confidence) -> &'static str {
    match confidence {
        Confidence::Number => say::proposal_number(lang),
        Confidence::Several => say::proposal_several(lang),
        Confidence::Either => say::proposal_either(lang),
        Confidence::Name => say::proposal_name(lang),
        Confidence::ByHand => say::proposal_by_hand(lang),
        Confidence::NumberLess => say::proposal_number_less(lang),
        Confidence::NumberMore => say::proposal_number_more(lang),
    }
}

/// That a transaction is several which the file does not tell apart, as a sentence with the figures.
pub fn batch_text(lang: Lang, line: &BankLine) -> Option<String> {
    let batch = line.batch?;
    let sum = batch.sum.map(|minor| money(lang, Money { minor, currency: line.currency }));
    Some(match sum {
        Some(sum) => say::bank_batch_differs(lang, batch.parts, sum),
        None => say::bank_batch(lang, batch.parts),
    })
}

/// How many entries of a file were left out because they are not booked yet; nothing where none was.
pub fn pending_text(lang: Lang, pending: usize) -> Option<String> {
    match pending {
        0 => None,
        1 => Some(say::bank_pending_one(lang).to_owned()),
        _ => Some(say::bank_pending(lang, pending)),
    }
}

/// Why a file cannot be read, as a sentence with the place.
pub fn fault_text(lang: Lang, fault: &BankFault) -> String {
    match fault {
        BankFault::Empty => say::bank_empty(lang).to_owned(),
        BankFault::TooLong { most, found } => say::bank_too_long(lang, found / 1000, most / 1000),
        BankFault::TooManyLines { most, found } => say::bank_too_many_lines(lang, found, most),
        BankFault::NoHeading => say::bank_no_heading(lang).to_owned(),
        BankFault::NoLines => say::bank_no_lines(lang).to_owned(),
        BankFault::OpenQuote { line } => say::bank_open_quote(lang, line),
        BankFault::Cells { line, wanted, found } => say::bank_cells(lang, line, found, wanted),
        BankFault::NotADay { line, found } => say::bank_not_a_day(lang, line, found),
        BankFault::NotAnAmount { line, found } => say::bank_not_an_amount(lang, line, found),
        BankFault::NotACurrency { line, found } => say::bank_not_a_currency(lang, line, found),
        BankFault::Zip => say::bank_zip(lang).to_owned(),
        BankFault::Encoding { found } => say::bank_encoding(lang, found),
        BankFault::Broken { line, column } => say::bank_broken(lang, line, column),
        BankFault::Definition { line, found } => say::bank_definition(lang, line, found),
        BankFault::TooDeep { line, most } => say::bank_too_deep(lang, line, most),
        BankFault::NotAStatement { found } => say::bank_not_a_statement(lang, found),
        BankFault::NothingBooked { pending } => {
            let pending = pending_text(lang, *pending).map_or_else(String::new, |text| format!(" {text}"));
            format!("{}{pending}", say::bank_nothing_booked(lang))
        }
        BankFault::Entry { entry, line, fault } => say::bank_entry(lang, entry, line, entry_text(lang, fault)),
    }
}

/// What is wrong with an entry.
fn entry_text(lang: Lang, fault: &EntryFault) -> String {
    match fault {
        EntryFault::Missing { element } => say::bank_entry_missing(lang, element),
        EntryFault::NotADay { found } => say::bank_entry_not_a_day(lang, found),
        EntryFault::NotAnAmount { found } => say::bank_entry_not_an_amount(lang, found),
        EntryFault::NotACurrency { found } => say::bank_entry_not_a_currency(lang, found),
        EntryFault::NotADirection { found } => say::bank_entry_not_a_direction(lang, found),
        EntryFault::NotAStatus { found } => say::bank_entry_not_a_status(lang, found),
    }
}
