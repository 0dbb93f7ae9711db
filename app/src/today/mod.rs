//! The first page of the day, and finding things.

mod calls;
mod find;
mod page;
mod unfiled;
mod unset;

pub use calls::{FilePapersNow, Find, LoadToday, SetPapersNow};
pub(crate) use find::Finder;
pub use page::TodayPage;
