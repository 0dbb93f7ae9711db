//! Billing: the plan, the runs, and what came of each.

mod calls;
mod page;
mod run;
mod undo;
mod words;

pub(crate) use calls::list_runs;
pub use calls::{CancelRun, ListRuns, LoadRun, LoadRunUndo, PlanBilling, StartBilling};
pub use page::BillingPage;
pub(crate) use page::{run_rows, runs_table};
pub use run::RunPage;
