//! How an invoice stands, and what may come in for it or go back.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::ReceiptError;
use crate::{
    Money,
    documents::{DocumentKind, DocumentState},
    quota::{QuotaError, check_date},
};

/// The largest amount of a receipt, in minor units: ten billion euros.
pub const MOST_RECEIPT: i64 = 1_000_000_000_000;

/// What is known of an invoice when something comes in for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invoice {
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// What it comes to, with VAT.
    pub gross: Money,
    /// The sum of its standing receipts, in minor units.
    pub received: i64,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
}

/// How far an invoice is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PaymentState {
    /// Nothing came in, and it is not late.
    Open,
    /// A part came in, and it is not late.
    PartPaid,
    /// Something is open though its day is over.
    Overdue,
    /// Nothing is open.
    Paid,
    /// More came in than is owed: it is to be paid back.
    Credit,
}

impl PaymentState {
    /// Every state.
    pub const ALL: [PaymentState; 5] =
        [PaymentState::Open, PaymentState::PartPaid, PaymentState::Overdue, PaymentState::Paid, PaymentState::Credit];

    /// The stable name, in REST and in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            PaymentState::Open => "open",
            PaymentState::PartPaid => "part_paid",
            PaymentState::Overdue => "overdue",
            PaymentState::Paid => "paid",
            PaymentState::Credit => "credit",
        }
    }
}

/// How an invoice stands on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// How far it is paid.
    pub state: PaymentState,
    /// What is open, in minor units; a credit is negative.
    pub open: i64,
    /// How many days it is late; 0 of one that is not overdue.
    pub days_overdue: u32,
}

/// A receipt that is to be recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewReceipt {
    /// The day on which it came in.
    pub date: NaiveDate,
    /// How much, in minor units; a pay-back is negative.
    pub amount: i64,
    /// Whether it may be more than is open.
    pub over: bool,
    /// What the person saw to be open.
    pub seen: Option<i64>,
}

/// What has come in after a receipt was recorded or taken back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Received {
    /// The sum of the standing receipts.
    pub received: i64,
    /// What is open then.
    pub open: i64,
}

impl Invoice {
    /// What is owed, in minor units: its gross amount once it is issued, nothing when it was cancelled.
    pub fn owed(&self) -> i64 {
        if self.kind.is_invoice() && self.state == DocumentState::Issued { self.gross.minor } else { 0 }
    }

    /// What is open: owed minus received. A credit is negative.
    pub fn open(&self) -> i64 {
        self.owed().saturating_sub(self.received)
    }

    /// How it stands on that day; none of what is not paid at all: a draft, another kind of document, and a cancelled
    /// invoice for which nothing came in.
    pub fn standing(&self, today: NaiveDate) -> Option<Standing> {
        if !self.kind.is_invoice() || self.state == DocumentState::Draft {
            return None;
        }
        let open = self.open();
        if self.state == DocumentState::Cancelled && open == 0 {
            return None;
        }
        let late = today.signed_duration_since(self.due_on).num_days();
        let late = u32::try_from(late).unwrap_or(0);
        let state = match open {
            0 => PaymentState::Paid,
            ..0 => PaymentState::Credit,
            _ if late > 0 => PaymentState::Overdue,
            _ if self.received == 0 => PaymentState::Open,
            _ => PaymentState::PartPaid,
        };
        let days_overdue = if state == PaymentState::Overdue { late } else { 0 };
        Some(Standing { state, open, days_overdue })
    }

    /// What stays when everything is paid back that can be: nothing, or what the invoice itself owes to the customer.
    fn floor(&self) -> i64 {
        self.owed().min(0)
    }

    /// The same invoice with another sum of receipts; refused when more went back than came in.
    fn with(&self, moved: i64) -> Result<Received, ReceiptError> {
        let too_large = ReceiptError::TooLarge { amount: moved, most: MOST_RECEIPT };
        let received = self.received.checked_add(moved).ok_or(too_large)?;
        if moved < 0 && received < self.floor() {
            let amount = moved.saturating_neg();
            let received = self.received.saturating_sub(self.floor());
            return Err(ReceiptError::BelowZero { amount, received });
        }
        Ok(Received { received, open: Invoice { received, ..*self }.open() })
    }
}

/// Decides whether a receipt may be recorded.
///
/// Refused for what is no issued or cancelled invoice, for a day that has not come or before which no books are kept, when
/// more comes in than is open and nobody says that this is meant, when something else is open than that person saw, and
/// when more would go back than came in.
pub fn record(invoice: &Invoice, new: &NewReceipt, today: NaiveDate) -> Result<Received, ReceiptError> {
    if !invoice.kind.is_invoice() {
        return Err(ReceiptError::NotAnInvoice);
    }
    if invoice.state == DocumentState::Draft {
        return Err(ReceiptError::Draft);
    }
    if let Err(QuotaError::DateOutOfRange { date, first, .. }) = check_date(new.date)
        && date < first
    {
        return Err(ReceiptError::TooEarly { date, first });
    }
    if new.date > today {
        return Err(ReceiptError::InFuture { date: new.date, today });
    }
    let amount = new.amount;
    if amount == 0 {
        return Err(ReceiptError::Nothing);
    }
    if amount.unsigned_abs() > MOST_RECEIPT.unsigned_abs() {
        return Err(ReceiptError::TooLarge { amount, most: MOST_RECEIPT });
    }
    let after = invoice.with(amount)?;
    let open = invoice.open();
    if amount > 0 && after.open < 0 {
        if !new.over {
            return Err(ReceiptError::Overpaid { amount, open });
        }
        if let Some(seen) = new.seen.filter(|seen| *seen != open) {
            return Err(ReceiptError::Differs { seen, open });
        }
    }
    Ok(after)
}

/// Decides whether a standing receipt of that amount may be taken back: not when something of it was paid back since.
pub fn take_back(invoice: &Invoice, amount: i64) -> Result<Received, ReceiptError> {
    invoice.with(amount.checked_neg().ok_or(ReceiptError::TooLarge { amount, most: MOST_RECEIPT })?)
}
