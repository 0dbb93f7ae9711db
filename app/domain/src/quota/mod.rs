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
mod coming;
mod cover;
mod draw;
mod end;
mod entry;
mod error;
mod grant;
mod lapse_cause;
mod late;
mod ledger;
mod lot;
mod origin;
mod passbook;
mod point;
mod release;
mod revoke;
mod standing;
mod view;

pub use account::{Account, DeficitPolicy, Overbooking, Policy, Unit};
pub use amount::Amount;
pub use coming::{ComingLapse, LapseReason, coming_lapses};
pub use cover::{CoverDecision, CoverRequest, cover};
pub use draw::{Difference, DrawDecision, DrawRequest, Figure, Outcome, Part, draw};
pub use end::{EndDecision, end};
pub use entry::{Entry, Movement, RevokedPart, Seq};
pub use error::QuotaError;
pub use grant::{
    BalancingRequest, CarryOver, CoverPart, GrantDecision, GrantRequest, balancing_grant, covers_of, grant,
};
pub use lapse_cause::LapseCause;
pub use late::{LapseChange, LateEffect, is_late, late_draw, late_effect};
pub use ledger::{Ledger, PostedDraw};
pub use lot::{Carried, Lapse, Lot, LotState};
pub use origin::{DrawOrigin, GrantOrigin};
pub use passbook::{PassbookRow, Posting, balance_on, passbook};
pub use point::{Point, Span, StatementPosting, StatementRow, balance_at, between};
pub use release::{ReleaseDecision, release};
pub use revoke::{RevokeDecision, revoke};
pub use standing::Standing;
pub(crate) use view::books;
pub use view::{AccountView, OpenDeficit, check_date, check_days};
