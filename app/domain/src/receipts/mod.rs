//! Receipts: what came in for an invoice, or went back, and what is open.
//!
//! *What it is.* A receipt is a date and an amount; a negative one is a pay-back. [`record`] and [`take_back`] decide
//! whether one may be, [`Invoice::standing`] says how the invoice stands. [`bank`] reads the file of a bank, and [`propose`]
//! says which invoices its lines pay. [`remind`] says whether a customer may be reminded of one.
//!
//! *Invariants.* Open is what is owed minus the sum of the standing receipts; a cancelled invoice owes nothing, so that what
//! came in for it is a credit until it is paid back. Nobody gets back more than came in. A receipt is never edited: it is
//! taken back and recorded anew.
//!
//! *Boundaries.* A proposal records nothing: a person confirms it, and [`record`] decides again.

pub mod bank;
mod error;
mod invoice;
mod proposal;
mod reminder;

pub use error::ReceiptError;
pub use invoice::{Invoice, MOST_RECEIPT, NewReceipt, PaymentState, Received, Standing, record, take_back};
pub use proposal::{Confidence, OpenInvoice, Part, Proposal, propose};
pub use reminder::{NotReminded, REMINDER_PAUSE, Reminded, is_overdue, remind};
