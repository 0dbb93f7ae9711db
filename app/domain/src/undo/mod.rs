//! Undo, one rule for every document.
//!
//! *What it is.* A document remembers what it caused: the periods that it claims, the lots that they or the document
//! itself granted, the draws of its lines. Deleting its draft, or cancelling it once it is issued, undoes all of it: draws are released, grants
//! revoked, claims freed. [`plan`] says what that is and what stands in the way.
//!
//! *Invariants.* A document goes as a whole, with every contract on it. What was drawn from a revoked lot becomes deficit
//! of the same draws; nothing else of an account changes. What was undone before is not undone again.
//!
//! *Boundaries.* Releasing and revoking are the kernel's; here is decided what of both belongs to a document. A freed
//! period is billed again by a re-run only, such as [`crate::billing::rerun`].

mod facts;
mod left;
mod lines;
mod obstacle;
mod plan;
mod seen;

pub use facts::{AccountFacts, ClaimFacts, FeeClaim, UndoFacts};
pub use left::{DeficitLeft, covered};
pub use lines::{counter_clearing, counter_line, counter_totals};
pub use obstacle::{Obstacle, Way};
pub use plan::{AccountUndo, FreedPeriod, UndoPlan, plan};
pub use seen::{NotAsSeen, UndoSum};
