//! Clearing: the lines of delivery notes and invoices that draw quotas.
//!
//! *What it is.* Each line of a delivery note or an ordinary invoice that names a quota contract has a **clearing
//! item**: what of the line the quota pays, as a negative amount. [`reconcile`] decides all of them from top to bottom
//! and says of each line how it came out, with the figures.
//!
//! *Invariants.* A document never competes with itself: its own draws are released before it draws again, so saving
//! twice is saving once. What the items take together is never more than what was available (and overbooking allowed),
//! and a line never gets anything while an earlier one of the same contract could have had it. The total of an item is
//! never more than the total of its line.
//!
//! *Boundaries.* Drawing itself is the kernel's; here is decided which line may draw, and how much it wants.

mod difference;
mod facts;
mod late;
mod outcome;
mod propose;
mod reconcile;
mod repair;
mod rules;

pub use difference::{LineDifference, Shown, differences};
pub use facts::{ClearingDocument, ClearingError, ClearingLine, ContractFacts, Facts, dates_that_matter};
pub use late::late_effects;
pub use outcome::{ContractLeft, Figures, FromLot, Lapsed, LineClearing, LineOutcome, LotBefore, Reason, Reconciled};
pub use propose::propose;
pub use reconcile::reconcile;
pub use repair::{Group, Repair, effect, repairs};
