//! Why a period of a project is not invoiced.

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::ShownInvoice;
use crate::Currency;

/// Why a period of a project is not invoiced. Nothing is stored then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum InvoiceError {
    /// No booking of the period goes on an invoice.
    #[error("nothing to invoice: {left_out} bookings are left out")]
    Nothing {
        /// How many bookings of the period are left out.
        left_out: usize,
    },
    /// More bookings than one invoice takes: a shorter period has fewer.
    #[error("{found} bookings, {most} at most")]
    TooMany {
        /// How many bookings would be on it.
        found: usize,
        /// The most.
        most: usize,
    },
    /// A sum does not fit.
    #[error("a figure does not fit")]
    TooLarge,
    /// It comes to something else than the person saw: somebody booked, changed or invoiced meanwhile.
    #[error("{decided:?} and not {seen:?}")]
    Differs {
        /// What the person saw.
        seen: ShownInvoice,
        /// What it comes to now.
        decided: ShownInvoice,
        /// The currency of both.
        currency: Currency,
    },
}
