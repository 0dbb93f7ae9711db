//! What is filed in the archive: the bytes of a paper, and beside them what is known of it.
//!
//! *Invariants.* [`About`] is plain data that anybody can read without this program: names, dates, exact amounts. It is
//! written once and never changed, so a field may be added and none may change its meaning.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{Currency, documents::DocumentKind};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// A paper on its way into the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filed {
    /// What is known of it.
    pub about: About,
    /// The PDF.
    pub bytes: Vec<u8>,
}

/// What is known of a filed paper: it lies beside the paper as JSON.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The number of the document.
    pub number: String,
    /// What the document is.
    pub kind: DocumentKind,
    /// The number of the customer.
    pub customer_number: String,
    /// The name of the customer, as it was when the document was issued.
    pub customer: String,
    /// The date of the document.
    pub date: NaiveDate,
    /// What the document comes to with VAT, such as `475.99`.
    pub gross: Decimal,
    /// The currency of that.
    pub currency: Currency,
    /// The hash of the PDF: SHA-256, hexadecimal. Its file is called by it.
    pub hash: String,
    /// The version of the template from which it was set.
    pub template: u32,
    /// When it was filed.
    pub filed_at: DateTime<Utc>,
}
