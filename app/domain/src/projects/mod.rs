//! Invoicing a period of a project: which bookings go on the invoice, which lines that makes, and what is left out.
//!
//! *Invariants.* Every booking of the period is either on the invoice or left out with a reason, and never both. All
//! portions of one billing line at one rate are one line of the invoice, rounded once; the shares that an activity
//! report shows of it add up to just that. A booking goes on the invoice whole or not at all.
//!
//! *Boundaries.* Where the time of a booking goes was decided by [`crate::splitting`] when it was booked and is not
//! decided again. Which rate an hour had then is a fact.

mod error;
mod facts;
mod invoice;
mod shown;

pub use error::InvoiceError;
pub use facts::{InvoiceBooking, InvoiceFacts, InvoicedPortion, ReportedLine};
pub use invoice::{InvoiceLine, InvoicePlan, LeftOut, LeftOutBooking, MOST_BOOKINGS, invoice};
pub use shown::{ShownInvoice, ShownLine};
