//! Bookings of time: where their time goes, before and after it is saved.

pub mod preview;
pub mod split;

pub use preview::{Preview, preview, preview_delete};
pub use split::Split;
