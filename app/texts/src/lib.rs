//! All German and English texts, and the one formatter and reader of numbers, money, times and dates.
//!
//! Pages, mails, PDFs and REST say everything through this crate, on the server and in the browser alike, so
//! that both render the same characters. The words stand in `words/*.toml`; see `build.rs`.

mod countries;
mod format;
mod lang;
mod read;
mod units;

pub use countries::country;
pub use format::{
    amount, clock, date, decimal, figure, instant, money, month, range, seconds, signed_amount, typed_amount, validity,
};
pub use lang::Lang;
pub use read::{NotReadable, read_amount, read_date, read_decimal};
pub use units::{unit_name, units_name};

/// Every text as a typed function of the language.
#[allow(clippy::all, clippy::pedantic)]
pub mod say {
    use crate::Lang;
    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}
