//! What was taken beyond a quota and what lapses of one: open deficits, the balancing invoice, the calendar of lapses, and
//! what a late entry changes. The parts stand on the pages of contracts, accounts and documents.

mod calls;
mod deficits;
mod lapses;
mod late;
mod plan;

pub use calls::{BalanceContract, LoadBalancing};
pub(crate) use deficits::{DeficitsOf, deficits};
pub(crate) use lapses::{free_quotas, lapses};
pub(crate) use late::{closed_hint, late};
pub(crate) use plan::BalancingPlan;
