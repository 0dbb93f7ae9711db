//! Billing: plan, run, result; and balancing invoices over what was taken too much.
//!
//! A run is an object: it is stored before anything is billed, notes what came of each contract in the same transaction
//! as the billing itself, and is taken up again when the process that worked on it is gone. What may be billed twice is
//! decided by the unique claim of a period, not by the run.

mod balancing;
mod commit;
mod decide;
mod fees;
mod holding;
mod plan;
mod run;
mod undo;
mod view;

pub(crate) use balancing::named;
pub use balancing::{balance_contract, balancing};
pub(crate) use commit::{INVOICES, next_numbers};
pub use holding::resume;
pub use plan::plan;
pub use run::{launch, nightly, start, work};
pub use undo::{cancel, cancel_as_seen, cancel_plan, cancel_plan_page, launch_cancel, start_cancel, work_cancel};
pub(crate) use view::{failed, rows as run_rows, slice, units};
pub use view::{list, page, progress};
