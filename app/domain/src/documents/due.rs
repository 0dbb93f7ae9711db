//! When a document is to be paid.

use chrono::{Days, NaiveDate};

/// Within how many days an invoice is to be paid unless somebody says otherwise.
pub const PAYMENT_DAYS: u32 = 14;

/// The day by which an invoice of that date is to be paid: so many days after it, and never beyond the calendar.
pub fn due_on(date: NaiveDate, payment_days: u32) -> NaiveDate {
    date.checked_add_days(Days::new(u64::from(payment_days))).unwrap_or(NaiveDate::MAX)
}
