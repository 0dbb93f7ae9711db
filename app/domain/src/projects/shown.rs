//! What a person saw of an invoice before it was made.

use serde::{Deserialize, Serialize};

use super::{InvoiceError, InvoiceLine, InvoicePlan};
use crate::{BillingLineId, Currency, Price, Seconds};

/// A line as a person saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShownLine {
    /// The billing line.
    pub line: BillingLineId,
    /// The price of an hour; none where nothing is charged.
    pub rate: Option<Price>,
    /// Its time.
    pub seconds: Seconds,
    /// What it comes to, in minor units.
    pub total: i64,
}

/// An invoice as a person saw it: small, however many bookings there are.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ShownInvoice {
    /// Its lines, in their order.
    pub lines: Vec<ShownLine>,
    /// How many bookings are on it.
    pub bookings: usize,
}

impl ShownInvoice {
    /// All time of its lines, and what they come to, in minor units.
    pub fn sums(&self) -> (Seconds, i64) {
        self.lines.iter().fold((Seconds(0), 0), |(time, net), line| {
            (Seconds(time.0.saturating_add(line.seconds.0)), net.saturating_add(line.total))
        })
    }
}

impl InvoicePlan {
    /// What a person sees of it.
    pub fn shown(&self) -> ShownInvoice {
        let line = |line: &InvoiceLine| ShownLine {
            line: line.line,
            rate: line.rate,
            seconds: line.seconds,
            total: line.total,
        };
        ShownInvoice { lines: self.lines.iter().map(line).collect(), bookings: self.bookings.len() }
    }

    /// Errors when it comes to something else than the person saw, with both.
    pub fn as_seen(&self, seen: &ShownInvoice, currency: Currency) -> Result<(), InvoiceError> {
        let decided = self.shown();
        if decided == *seen {
            return Ok(());
        }
        Err(InvoiceError::Differs { seen: seen.clone(), decided, currency })
    }
}
