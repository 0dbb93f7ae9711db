//! The first page of the day, and finding things.

mod calls;
mod find;
mod page;

pub use calls::{Find, LoadToday};
pub(crate) use find::Finder;
pub use page::TodayPage;
