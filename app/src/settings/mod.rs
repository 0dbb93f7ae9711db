//! The settings of the company.

mod calls;
mod page;

pub use calls::{LoadSettings, SaveSettings};
pub use page::SettingsPage;
