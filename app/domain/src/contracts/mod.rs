//! Contracts: their terms, their periods and end, and what each period bills.
//!
//! *What it is.* A **contract type** is a template of [`Terms`]; creating a contract copies them. A contract is billed
//! period by period; a period's billing makes invoice lines and grants a lot for each quota period that starts in it.
//!
//! *Invariants.* Periods are computed from the anchor (billing start), never from the one before. The end is computed
//! from start, term, renewal, notice and cancellation. The invoiced items have no influence on the quota.
//!
//! *Boundaries.* Which periods were billed before is a fact that comes from outside; lots and draws are the kernel's.

mod apply;
mod change;
mod contract;
mod ending;
mod error;
mod fields;
mod outlook;
mod period;
mod state;
mod terms;
mod timeline;

pub use apply::{Applied, apply};
pub use change::{Billed, check_change};
pub use contract::Contract;
pub use ending::{
    Beyond, DatedDocument, DatedDraw, EndFacts, EndPlan, EndedLot, Ending, LastPeriod, Loss, NoticeReach, Short, ending,
};
pub use error::{BillError, TermsError};
pub use fields::{Effect, Section, by_effect, differing};
pub use outlook::{Outlook, OutlookLot, OutlookPeriod, outlook};
pub use period::{BilledLine, Period, PeriodBill, QuotaGrant};
pub use state::ContractState;
pub use terms::{Billing, BillingTime, Delivery, InvoiceKind, MOST_ITEMS, MOST_MONTHS, Proration, QuotaTerms, Terms};
pub use timeline::{Ahead, BilledPeriod, Instead, Step, Timeline, TimelineFacts, instead, timeline};
