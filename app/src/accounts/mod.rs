//! Accounts: opening one, and the passbook with grant, draw and release.

mod calls;
mod draw;
mod grant;
mod lots;
mod new;
mod page;
mod release;
mod table;

pub use calls::{Draw, Grant, LoadFacts, LoadPassbook, OpenAccount, Release};
pub use new::AccountNewPage;
pub use page::PassbookPage;
pub(crate) use page::{Desk, Passbook};
