//! Accounts: opening one, and the passbook with everything that is done on it.

mod address;
mod as_of;
mod book;
mod calls;
mod cover;
mod desk;
mod draw;
mod end;
mod grant;
mod lots;
mod new;
mod release;
mod revoke;
mod table;

pub(crate) use address::address;
pub(crate) use book::{At, Book, Passbook, Slots};
pub use calls::{
    Cover, Draw, EndAccount, Grant, LoadDraw, LoadFacts, LoadPassbook, LoadRevokePlan, OpenAccount, Release, Revoke,
};
pub use desk::PassbookPage;
pub(crate) use lots::own_period;
pub use new::AccountNewPage;
