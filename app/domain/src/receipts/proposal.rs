//! Which invoices the lines of a bank file pay.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::bank::BankLine;
use crate::{Currency, DocumentId};

mod named;

use named::{Numbers, plain, same_name};

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
    /// The amounts of the standing receipts that a person recorded by hand, in minor units.
    pub by_hand: Vec<i64>,
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
    /// The text names the invoice, and just this amount was recorded for it by hand: it may be the same payment.
    ByHand,
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
            Confidence::ByHand => "by_hand",
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

/// The open invoices, and by what a line finds them: what a line costs does not depend on how many are open.
struct Open<'i> {
    invoices: &'i [OpenInvoice],
    /// What is still open of each.
    left: Vec<i64>,
    places: HashMap<DocumentId, usize>,
    numbers: Numbers,
    /// Those of which an amount was open at first, with the plain name of the customer.
    amounts: BTreeMap<i64, Vec<(usize, String)>>,
}

impl<'i> Open<'i> {
    fn new(invoices: &'i [OpenInvoice]) -> Open<'i> {
        let mut amounts = BTreeMap::<i64, Vec<(usize, String)>>::new();
        for (place, invoice) in invoices.iter().enumerate() {
            amounts.entry(invoice.open).or_default().push((place, plain(&invoice.customer)));
        }
        let left = invoices.iter().map(|invoice| invoice.open).collect();
        let places = invoices.iter().enumerate().map(|(place, invoice)| (invoice.document, place)).collect();
        let numbers = Numbers::new(invoices.iter().map(|invoice| invoice.number.as_str()));
        Open { invoices, left, places, numbers, amounts }
    }

    /// The invoice at a place with what is still open of it, when a line in that currency can pay it.
    fn at(&self, place: usize, currency: Currency) -> Option<(&'i OpenInvoice, i64)> {
        let (invoice, left) = (self.invoices.get(place)?, self.left.get(place).copied()?);
        (invoice.currency == currency && left > 0).then_some((invoice, left))
    }

    fn take(&mut self, parts: &[Part]) {
        for part in parts {
            if let Some(left) = self.places.get(&part.document).and_then(|place| self.left.get_mut(*place)) {
                *left = left.saturating_sub(part.amount);
            }
        }
    }
}

/// Proposes for each line which invoices it pays, the surest first; nothing of a line that is not understood, or that took
/// money away. The lines are read in their order: what a sure line pays is no longer open for those after it.
pub fn propose(lines: &[BankLine], invoices: &[OpenInvoice]) -> Vec<Vec<Proposal>> {
    let mut open = Open::new(invoices);
    let mut all = Vec::with_capacity(lines.len());
    for line in lines {
        let found = of_line(line, &open);
        if let Some(first) = found.first().filter(|first| first.confidence.sure()) {
            open.take(&first.parts);
        }
        all.push(found);
    }
    all
}

fn of_line(line: &BankLine, open: &Open) -> Vec<Proposal> {
    if line.amount <= 0 {
        return Vec::new();
    }
    let mentioned = open.numbers.named_in(&line.text);
    let mentioned: Vec<_> = mentioned.into_iter().filter_map(|place| open.at(place, line.currency)).collect();
    let part = |invoice: &OpenInvoice, amount: i64, open: i64| Part { document: invoice.document, amount, open };
    let one = |confidence, part| Proposal { confidence, parts: vec![part] };
    let mut found = Vec::new();
    let sum = mentioned.iter().try_fold(0_i64, |sum, (_, open)| sum.checked_add(*open));
    if mentioned.len() > 1 && sum == Some(line.amount) {
        let by_hand = mentioned.iter().any(|(invoice, open)| invoice.by_hand.contains(open));
        let parts = mentioned.iter().map(|(invoice, open)| part(invoice, *open, *open)).collect();
        found.push(Proposal { confidence: if by_hand { Confidence::ByHand } else { Confidence::Several }, parts });
    }
    for (invoice, open) in &mentioned {
        let confidence = match line.amount.cmp(open) {
            _ if invoice.by_hand.contains(&line.amount) => Confidence::ByHand,
            std::cmp::Ordering::Equal => Confidence::Number,
            std::cmp::Ordering::Less => Confidence::NumberLess,
            std::cmp::Ordering::Greater => Confidence::NumberMore,
        };
        found.push(one(confidence, part(invoice, line.amount, *open)));
    }
    // Several of the same amount: any of them may be meant, so none is put before the others.
    if mentioned.is_empty() {
        let payer = plain(&line.name);
        let same = open.amounts.get(&line.amount).into_iter().flatten();
        let called = same.filter(|(_, name)| same_name(&payer, name)).map(|(place, _)| *place);
        let called = called.filter_map(|place| open.at(place, line.currency));
        let called: Vec<_> = called.filter(|(_, left)| *left == line.amount).collect();
        if let [(invoice, left)] = called[..] {
            found.push(one(Confidence::Name, part(invoice, line.amount, left)));
        }
    }
    found.sort_by_key(|proposal| !proposal.confidence.sure());
    // Two invoices named, and each would take the whole: nobody can be sure which.
    if found.iter().filter(|proposal| proposal.confidence.sure()).count() > 1 {
        let sure = found.iter_mut().filter(|proposal| proposal.confidence.sure());
        sure.for_each(|proposal| proposal.confidence = Confidence::Either);
    }
    found
}
