//! Components without knowledge of any slice.

mod bar;
mod dialog;
mod field;
mod frame;
mod history;
mod icon;
pub mod list;
mod notice;

pub use bar::{AmountInUnit, Balance, Bar, LotBar};
pub use dialog::Dialog;
pub use field::{Field, FieldKind, Select};
pub use frame::{NavGroup, NavItem, PageHead, PageTitle, Preferences};
pub use history::{History, change_text};
pub use icon::Icon;
pub use list::{Filters, Pages};
pub use notice::{Failure, Notice, SessionEnded, Tone};
