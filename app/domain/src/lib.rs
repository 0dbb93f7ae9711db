//! Every rule of Drawdown, and nothing else.
//!
//! *Invariants.* Pure functions over exact values: no async, no I/O, no clock, no random numbers, no floats.
//! Today, ids and sequence numbers are parameters. What the browser previews and what the server decides is
//! the same function on the same facts, so the two can be compared field by field.
//!
//! *Boundaries.* This crate knows no other crate of the project. It compiles to wasm.

pub mod billing;
pub mod clearing;
pub mod contracts;
pub mod day;
pub mod decimals;
pub mod documents;
pub mod groups;
pub mod ids;
pub mod money;
pub mod periods;
pub mod projects;
pub mod quota;
pub mod range;
pub mod receipts;
pub mod roles;
pub mod rounding;
pub mod splitting;
pub mod time;
pub mod undo;
pub mod vat;

pub use decimals::{Discount, Price, Quantity};
pub use ids::{
    AccountId, ArticleId, BankFileId, BillingLineId, BookingId, ClaimId, ContractId, ContractTypeId, CustomerId,
    DocumentId, DrawId, GroupId, LineId, LotId, MailId, ProjectId, ProjectTemplateId, ReceiptId, RunId, SubGroupId,
    TaskId, TokenId, UserId,
};
pub use money::{Currency, Money};
pub use periods::{Interval, Periods};
pub use range::DateRange;
pub use roles::{Permission, Role};
pub use time::Seconds;
pub use vat::VatRate;
