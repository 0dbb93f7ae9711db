//! Which invoices the lines of a bank file pay.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::bank::BankLine;
use crate::{Currency, DocumentId};

/// An invoice of which something is open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenInvoice {
    /// The invoice.
    pub document: DocumentId,
    /// Its number.
    pub number: String,
    /// The name of its customer.
    pub customer: String,
    /// What is open, in minor units.
    pub open: i64,
    /// In which currency.
    pub currency: Currency,
}

/// How sure a proposal is, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The text names the invoice, and the amount is what is open.
    Number,
    /// The text names several invoices, and the amount is what is open of all of them.
    Several,
    /// The text names the invoice and others, and the amount is what is open of more than one of them.
    Either,
    /// The payer is called like the customer, and the amount is what is open of just one invoice.
    Name,
    /// The text names the invoice, and the amount is less than what is open.
    NumberLess,
    /// The text names the invoice, and the amount is more than what is open.
    NumberMore,
}

impl Confidence {
    /// The stable name, in REST.
    pub const fn name(self) -> &'static str {
        match self {
            Confidence::Number => "number",
            Confidence::Several => "several",
            Confidence::Either => "either",
            Confidence::Name => "name",
            Confidence::NumberLess => "number_less",
            Confidence::NumberMore => "number_more",
        }
    }

    /// Whether it is chosen unless somebody says otherwise. A likely one, and one whose amount differs, is looked at first.
    pub const fn sure(self) -> bool {
        matches!(self, Confidence::Number | Confidence::Several)
    }
}

/// What of a line goes to which invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The invoice.
    pub document: DocumentId,
    /// How much, in minor units.
    pub amount: i64,
    /// What is open of it before this line.
    pub open: i64,
}

/// What a line pays, as it seems.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// How sure that is.
    pub confidence: Confidence,
    /// What goes where; together the amount of the line.
    pub parts: Vec<Part>,
}

/// Proposes for each line which invoices it pays, the surest first; nothing of a line that is not understood, or that took
/// money away. The lines are read in their order: what a sure line pays is no longer open for those after it.
pub fn propose(lines: &[BankLine], invoices: &[OpenInvoice]) -> Vec<Vec<Proposal>> {
    let mut open: BTreeMap<DocumentId, i64> = invoices.iter().map(|invoice| (invoice.document, invoice.open)).collect();
    let names: Vec<String> = invoices.iter().map(|invoice| plain(&invoice.customer)).collect();
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let found = of_line(line, invoices, &names, &open);
        for part in found.first().filter(|first| first.confidence.sure()).into_iter().flat_map(|first| &first.parts) {
            open.entry(part.document).and_modify(|open| *open = open.saturating_sub(part.amount));
        }
        all.push(found);
    }
    all
}

fn of_line(
    line: &BankLine,
    invoices: &[OpenInvoice],
    names: &[String],
    open: &BTreeMap<DocumentId, i64>,
) -> Vec<Proposal> {
    if line.amount <= 0 {
        return Vec::new();
    }
    let same = invoices.iter().zip(names).filter(|(invoice, _)| invoice.currency == line.currency);
    let still = same.map(|(invoice, name)| (invoice, name, open.get(&invoice.document).copied().unwrap_or_default()));
    let still: Vec<_> = still.filter(|(.., open)| *open > 0).collect();
    let mentioned: Vec<_> = still.iter().filter(|(invoice, ..)| names_number(&line.text, &invoice.number)).collect();
    let part = |invoice: &OpenInvoice, amount: i64, open: i64| Part { document: invoice.document, amount, open };
    let one = |confidence, part| Proposal { confidence, parts: vec![part] };
    let mut found = Vec::new();
    let sum = mentioned.iter().try_fold(0_i64, |sum, (.., open)| sum.checked_add(*open));
    if mentioned.len() > 1 && sum == Some(line.amount) {
        let parts = mentioned.iter().map(|(invoice, _, open)| part(invoice, *open, *open)).collect();
        found.push(Proposal { confidence: Confidence::Several, parts });
    }
    for (invoice, _, open) in &mentioned {
        let confidence = match line.amount.cmp(open) {
            std::cmp::Ordering::Equal => Confidence::Number,
            std::cmp::Ordering::Less => Confidence::NumberLess,
            std::cmp::Ordering::Greater => Confidence::NumberMore,
        };
        found.push(one(confidence, part(invoice, line.amount, *open)));
    }
    let payer = plain(&line.name);
    let called = still.iter().filter(|(_, name, open)| *open == line.amount && same_name(&payer, name));
    let called: Vec<_> = called.filter(|(invoice, ..)| !mentioned.iter().any(|(other, ..)| other == invoice)).collect();
    // Several of the same amount: any of them may be meant, so none is put before the others.
    if mentioned.is_empty()
        && let [(invoice, _, open)] = called[..]
    {
        found.push(one(Confidence::Name, part(invoice, line.amount, *open)));
    }
    found.sort_by_key(|proposal| !proposal.confidence.sure());
    // Two invoices named, and each would take the whole: nobody can be sure which.
    if found.iter().filter(|proposal| proposal.confidence.sure()).count() > 1 {
        let sure = found.iter_mut().filter(|proposal| proposal.confidence.sure());
        sure.for_each(|proposal| proposal.confidence = Confidence::Either);
    }
    found
}

/// Letters and digits only, small, umlauts as banks write them.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            'ä' => plain.push_str("ae"),
            'ö' => plain.push_str("oe"),
            'ü' => plain.push_str("ue"),
            'ß' => plain.push_str("ss"),
            c if c.is_alphanumeric() => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// Banks cut names off, and add to them.
fn same_name(payer: &str, customer: &str) -> bool {
    let long_enough = payer.chars().count() >= 4 && customer.chars().count() >= 4;
    long_enough && (payer.contains(customer) || customer.starts_with(payer))
}

/// Whether a text names a number: its letters and digits one after the other, however they are set apart, and no further
/// letter or digit right before or after them.
fn names_number(text: &str, number: &str) -> bool {
    let wanted: Vec<char> = number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect();
    let text: Vec<char> = text.chars().flat_map(char::to_uppercase).collect();
    let Some(first) = wanted.first() else { return false };
    let mut before = ' ';
    for (place, c) in text.iter().enumerate() {
        if c == first && !before.is_alphanumeric() && matches_from(text.get(place..).unwrap_or_default(), &wanted) {
            return true;
        }
        before = *c;
    }
    false
}

fn matches_from(text: &[char], wanted: &[char]) -> bool {
    let mut text = text.iter().peekable();
    for (place, wanted) in wanted.iter().enumerate() {
        while place > 0 && text.next_if(|c| matches!(c, ' ' | '-' | '/' | '.' | '_' | '\n' | '\r' | '\t')).is_some() {}
        if text.next() != Some(wanted) {
            return false;
        }
    }
    text.peek().is_none_or(|after| !after.is_alphanumeric())
}
