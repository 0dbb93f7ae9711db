//! Documents: what a line comes to, what a document comes to, and its number.
//!
//! *Invariants.* Each figure is rounded once: a line total to the cent, the VAT of a rate on the sum of its line
//! totals. A document in the state *issued* has a number and is never changed.
//!
//! *Boundaries.* How lines draw quotas is not decided here.

mod due;
mod kind;
mod line;
mod number;
mod totals;

pub use due::{PAYMENT_DAYS, due_on};
pub use kind::{DocumentKind, DocumentState};
pub use line::{Line, LineUnit, hours};
pub use number::{NotAPattern, NumberPattern};
pub use totals::{Totals, VatSum};
