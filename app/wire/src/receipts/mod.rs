//! Receipts: what came in for invoices, or went back.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    Currency, DocumentId, Money, ReceiptId,
    quota::Unit,
    receipts::{Invoice, ReceiptError},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, date, money, say};

use crate::{
    FieldReason, Problem,
    documents::MOST_REASON,
    field::{required, text},
    read::{self, done, id},
};

mod import;

pub use import::{
    BankFileDraft, BankFileForm, BankFileLine, BankFileRow, BankFileView, ChosenPart, ImportDraft, ImportForm,
    ImportLine, ImportLineForm, Imported, batch_text, choice_of, confidence_text, fault_text, pending_text,
};

/// The longest text of a receipt, in characters.
pub const MOST_RECEIPT_TEXT: usize = 500;

/// A receipt as the page of its invoice shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptRow {
    /// The receipt.
    pub id: ReceiptId,
    /// The day on which it came in.
    pub date: NaiveDate,
    /// How much; a pay-back is negative.
    pub amount: Money,
    /// What was noted, or what the bank says.
    pub text: String,
    /// Whether it comes from a line of a bank file.
    pub from_bank: bool,
    /// When it was recorded, and by whom.
    pub recorded: (DateTime<FixedOffset>, String),
    /// When it was taken back, by whom, and why.
    pub taken_back: Option<(DateTime<FixedOffset>, String, String)>,
}

/// What came in for an invoice, and what may.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsView {
    /// The invoice.
    pub document: DocumentId,
    /// What is decided on.
    pub invoice: Invoice,
    /// Every receipt, also those that were taken back, by day.
    pub receipts: Vec<ReceiptRow>,
}

/// A receipt as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ReceiptForm {
    /// The id, made by the client.
    pub id: String,
    /// The invoice.
    pub document: String,
    /// The currency of the amount: that of the invoice.
    pub currency: String,
    /// The day.
    pub date: String,
    /// The amount; with a minus it is paid back.
    pub amount: String,
    /// What it is, in words; may be empty.
    pub text: String,
    /// Filled when it may be more than is open.
    pub over: String,
    /// What the person saw to be open, in minor units; empty when nothing was seen.
    pub seen: String,
}

/// A receipt whose fields can be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptDraft {
    /// The receipt, made by the client.
    pub id: ReceiptId,
    /// The invoice.
    pub document: DocumentId,
    /// The day.
    pub date: NaiveDate,
    /// How much; a pay-back is negative.
    pub amount: Money,
    /// What it is, in words.
    pub text: String,
    /// Whether it may be more than is open.
    pub over: bool,
    /// What the person saw to be open, in minor units.
    pub seen: Option<i64>,
}

impl ReceiptForm {
    /// The invoice that the form names.
    pub fn document(&self) -> Result<DocumentId, Problem> {
        let mut problems = Vec::new();
        done(id(&mut problems, "document", &self.document), problems)
    }

    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self, lang: Lang) -> Result<ReceiptDraft, Problem> {
        let mut problems = Vec::new();
        let (own, document) = (id(&mut problems, "id", &self.id), id(&mut problems, "document", &self.document));
        let Some(currency) = Currency::from_code(&self.currency) else {
            return Err(Problem::field("currency", FieldReason::NotOneOf));
        };
        let date = read::day(&mut problems, "date", &self.date);
        let minor = read::amount(&mut problems, lang, Unit::Money(currency), "amount", &self.amount).units();
        let amount = Money { minor, currency };
        let text = text(&mut problems, "text", &self.text, MOST_RECEIPT_TEXT);
        let over = !self.over.is_empty();
        let seen = read::seen(&mut problems, "seen", self.seen.trim(), |open| open.parse().ok());
        let both = own.zip(document);
        done(both.map(|(id, document)| ReceiptDraft { id, document, date, amount, text, over, seen }), problems)
    }
}

/// Taking a receipt back, as typed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct TakeBackForm {
    /// The receipt.
    pub receipt: String,
    /// Why.
    pub reason: String,
}

/// Taking a receipt back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakeBackDraft {
    /// The receipt.
    pub receipt: ReceiptId,
    /// Why.
    pub reason: String,
}

impl TakeBackForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<TakeBackDraft, Problem> {
        let mut problems = Vec::new();
        let receipt = id(&mut problems, "receipt", &self.receipt);
        let reason = required(&mut problems, "reason", &self.reason, MOST_REASON);
        done(receipt.map(|receipt| TakeBackDraft { receipt, reason }), problems)
    }
}

/// The field at which a refusal of a receipt belongs.
pub fn field_of(error: &ReceiptError) -> &'static str {
    match error {
        ReceiptError::NotAnInvoice | ReceiptError::Draft => "document",
        ReceiptError::TooEarly { .. } | ReceiptError::InFuture { .. } => "date",
        ReceiptError::Differs { .. } => "over",
        ReceiptError::TakenBack => "receipt",
        ReceiptError::Nothing
        | ReceiptError::TooLarge { .. }
        | ReceiptError::Overpaid { .. }
        | ReceiptError::BelowZero { .. } => "amount",
    }
}

/// A refusal of a receipt at its field.
pub fn refused(error: ReceiptError, currency: Currency) -> Problem {
    Problem::field(field_of(&error), FieldReason::Receipt(error, currency))
}

/// Why a receipt cannot be, as a sentence with its figures.
pub fn receipt_text(lang: Lang, currency: Currency, error: &ReceiptError) -> String {
    let figure = |minor: i64| money(lang, Money { minor, currency });
    match error {
        ReceiptError::NotAnInvoice => say::receipt_not_an_invoice(lang).to_owned(),
        ReceiptError::Draft => say::receipt_draft(lang).to_owned(),
        ReceiptError::TooEarly { date: day, first } => {
            say::receipt_too_early(lang, date(lang, *first), date(lang, *day))
        }
        ReceiptError::InFuture { date: day, today } => {
            say::receipt_in_future(lang, date(lang, *day), date(lang, *today))
        }
        ReceiptError::Nothing => say::receipt_nothing(lang).to_owned(),
        ReceiptError::TooLarge { most, .. } => say::receipt_too_large(lang, figure(*most)),
        ReceiptError::Overpaid { amount, open } if *open > 0 => {
            let over = amount.saturating_sub(*open);
            say::receipt_overpaid(lang, figure(*open), figure(*amount), figure(over))
        }
        ReceiptError::Overpaid { amount, .. } => say::receipt_nothing_open(lang, figure(*amount)),
        ReceiptError::Differs { seen, open } => say::receipt_differs(lang, figure(*open), figure(*seen)),
        ReceiptError::BelowZero { amount, received } => {
            say::receipt_below_zero(lang, figure(*received), figure(*amount))
        }
        ReceiptError::TakenBack => say::receipt_already_taken_back(lang).to_owned(),
    }
}

/// The name of a payment state.
pub fn payment_text(lang: Lang, state: domain::receipts::PaymentState) -> &'static str {
    use domain::receipts::PaymentState;
    match state {
        PaymentState::Open => say::payment_open(lang),
        PaymentState::PartPaid => say::payment_part_paid(lang),
        PaymentState::Overdue => say::payment_overdue(lang),
        PaymentState::Paid => say::payment_paid(lang),
        PaymentState::Credit => say::payment_credit(lang),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "0198f2f0-0000-7000-8000-00000000000a";

    /// Red when: what was seen to be open is lost, or garbage passes for nothing seen and is not compared.
    #[test]
    fn what_was_seen_to_be_open_is_read_or_refused() {
        let check = |seen: &str| {
            let [id, document, currency, date] = [ID, ID, "EUR", "2026-04-15"].map(str::to_owned);
            let [amount, seen] = ["2,00", seen].map(str::to_owned);
            let form = ReceiptForm { id, document, currency, date, amount, seen, ..ReceiptForm::default() };
            form.check(Lang::De).map(|draft| draft.seen)
        };
        assert_eq!([check(""), check(" "), check("-150")], [Ok(None), Ok(None), Ok(Some(-150))]);
        for garbage in ["x", "1,50", "1.5", "null", "99999999999999999999"] {
            assert_eq!(check(garbage), Err(Problem::field("seen", FieldReason::UnreadableSeen)), "{garbage}");
        }
    }
}
