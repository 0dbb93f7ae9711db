//! On which facts a period of a project is invoiced.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use crate::{
    BillingLineId, BookingId, Currency, DocumentId, Price, Seconds, VatRate, quota::Amount, splitting::Target,
};

/// A billing line of the project, also one that was taken out while portions name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportedLine {
    /// The line.
    pub line: BillingLineId,
    /// Whether its time is shown on activity reports though it is not charged by the hour.
    pub reported: bool,
}

/// A portion of a booking as it was poured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoicedPortion {
    /// Where it went.
    #[serde(flatten)]
    pub target: Target,
    /// How much time.
    pub seconds: Seconds,
    /// What an hour cost when it was poured: of effort lines, whose rate may have changed since; none of others.
    pub rate: Option<Price>,
    /// What it takes of the account of its line; nothing anywhere else.
    pub taken: Amount,
}

/// A booking of the period.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceBooking {
    /// The booking.
    pub booking: BookingId,
    /// Its day.
    pub date: NaiveDate,
    /// Its place in the order in which bookings were accepted.
    pub accepted: i64,
    /// Where its time went.
    pub portions: Vec<InvoicedPortion>,
    /// The document on which it stands already.
    pub document: Option<DocumentId>,
}

/// Everything that is known when a period of a project is invoiced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InvoiceFacts {
    /// The currency of the project's rates.
    pub currency: Currency,
    /// The rate of VAT of all lines of the invoice.
    pub vat: VatRate,
    /// The billing lines of the project in their order, which is that of the invoice.
    pub lines: Vec<ReportedLine>,
    /// Every booking of the period, in any order.
    pub bookings: Vec<InvoiceBooking>,
}
