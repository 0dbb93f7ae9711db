//! Splitting: where the time of a booking goes.
//!
//! *What it is.* A project has an ordered list of **billing lines**: collectors draw an account (free time, a prepaid
//! block), effort lines charge by the hour, flat rates take what is included. The billed time of a booking is poured down
//! this **waterfall**, and what each line takes is a **portion**. [`add`], [`change`], [`delete`], [`move_in`] and
//! [`move_over`] decide what that does to the accounts and to other bookings of the project.
//!
//! *Invariants.* The portions of a booking add up to its billed time, and there is one for each line at most. Adding a
//! booking changes no other one; changing or deleting one pours the later ones again, in the order in which they were
//! accepted; what is locked keeps its portions. A booking that gets just what it has posts nothing.
//!
//! *Boundaries.* Drawing, granting and releasing are the kernel's; here is decided how much which line wants of which
//! account. The clocks of the company are parameters, and so are the ids of draws that are posted.

mod ahead;
mod allowance;
mod anew;
mod article;
mod booking;
mod changes;
mod check;
mod clocks;
mod counting;
mod effort;
mod error;
mod facts;
mod fee;
mod line;
mod moving;
mod plan;
mod postings;
mod pour;
mod reach;
mod rounding;
mod timer;

pub use ahead::{Next, ahead};
pub use allowance::{Allowance, left, usual_start};
pub use anew::{Decided, Stood, StoodAt, portions, stand};
pub use article::{ArticleBilling, ByDuration, WrongUnit};
pub use booking::{Booking, BookingRounding, LONGEST, NotARounding, Portion, Target};
pub use changes::{Amounts, PortionChange, changes};
pub use check::check;
pub use clocks::Clocks;
pub use effort::{EffortLine, cost, effort_line, share_out, worth};
pub use error::SplitError;
pub use facts::{Facts, Held, Lock, Posted};
pub use fee::Fee;
pub use line::{BillingLine, Collector, Collects, LineKind, Pays};
pub use moving::{Moved, move_over};
pub use plan::{add, change, delete, move_in};
pub use postings::{Plan, PlannedDraw, Posting, Postings, Poured};
pub use reach::{every_day, reach};
pub use rounding::{AgreedRounding, agreed_on};
pub use timer::{Piece, by_date, piece_id};
