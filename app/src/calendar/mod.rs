//! The calendar feed of a person: making it, giving it a new address, ending it.

mod calls;
mod page;

pub use calls::{EndCalendar, LoadCalendar, RenewCalendar};
pub use page::CalendarPage;
