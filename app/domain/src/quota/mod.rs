//! The kernel: accounts and lots.
//!
//! *What it is.* An **account** is something that a customer has paid for and that is drawn down: a monthly
//! quota, free minutes, a prepaid block, a downpayment. It is filled by **lots** and emptied by **draws**.
//!
//! *Invariants.* The history is an append-only list of [`Entry`]; balances are derived from it and never
//! edited. No lot is ever below zero, none is drawn outside its validity (except by a cover), and no later lot
//! is touched while an earlier one has something left. A posted draw is never changed by a later one.
//!
//! *Boundaries.* Each command is a function `facts + request -> decision`; [`AccountView::post`] is the only
//! thing that applies an entry, for previews, for the store and for the audit alike.

mod account;
mod amount;
mod draw;
mod entry;
mod error;
mod grant;
mod ledger;
mod lot;
mod passbook;
mod release;
mod standing;

pub use account::{Account, AccountView, DeficitPolicy, OpenDeficit, Overbooking, Policy, Unit};
pub use amount::Amount;
pub use draw::{Difference, DrawDecision, DrawRequest, Figure, Outcome, Part, draw};
pub use entry::{Entry, Movement, Seq};
pub use error::QuotaError;
pub use grant::{CoverPart, GrantDecision, GrantRequest, grant};
pub use ledger::{Ledger, PostedDraw};
pub use lot::{Lot, LotState};
pub use passbook::{PassbookRow, Posting, passbook};
pub use release::{ReleaseDecision, release};
pub use standing::Standing;
