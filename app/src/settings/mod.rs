//! The settings of the company.

mod calls;
mod logo;
mod page;

pub use calls::{LoadSettings, RemoveLogo, SaveLogo, SaveSettings};
pub use page::SettingsPage;
