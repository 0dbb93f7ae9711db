//! Bookings of time: the list, the week of a person, the page of one, moving many, and where their time goes, before
//! and after it is saved.

mod calls;
mod choice;
mod desk;
mod editor;
mod filters;
mod grid;
mod known;
mod line;
mod list;
mod moving;
mod others;
mod page;
mod panel;
pub mod preview;
mod split;
mod table;
mod typed;
mod week;
mod words;

pub use calls::{
    DeleteBooking, ListBookings, LoadBookable, LoadBooking, LoadBookingChoices, LoadBookingFacts, LoadMovePlan,
    LoadWeek, LoadWorkers, MoveBookings, SaveBooking,
};
pub(crate) use calls::{list_bookings, load_booking_facts};
pub use list::BookingsPage;
pub use moving::BookingsMovePage;
pub use page::BookingPage;
pub use preview::{Preview, preview, preview_delete};
pub use split::{Previewed, Split};
pub use week::WeekPage;
pub(crate) use words::{booking_link, unassigned_link};
