//! Components without knowledge of any slice.

mod bar;
mod dialog;
mod field;
mod file;
mod frame;
mod history;
mod icon;
pub mod list;
mod not_found;
mod not_saved;
mod notice;
mod renewal;

pub use bar::{AmountInUnit, Balance, Bar, LotBar};
pub use dialog::Dialog;
pub use field::{Field, FieldKind, LongField, Select, as_content};
pub use file::read_file;
pub use frame::{NavGroup, NavItem, PageHead, PageTitle, Preferences};
pub use history::{History, change_text};
pub use icon::Icon;
pub use list::{Filters, Pages};
pub use not_found::NotFound;
pub use not_saved::{Differences, NotSaved, Overtaken, Stored, came_back, overtaken};
pub use notice::{Failure, Notice, Tone};
pub use renewal::{RenewalForm, SessionEnded, provide_renewal};
