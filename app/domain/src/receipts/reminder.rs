//! Whether a customer may be reminded of an invoice.

use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Invoice, PaymentState};

/// How many days lie between two reminders at least: the customer needs time to answer one.
pub const REMINDER_PAUSE: u64 = 7;

/// How often and when a customer was reminded of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Reminded {
    /// How often.
    pub times: u32,
    /// On which day last.
    pub last: Option<NaiveDate>,
}

/// Why nobody is reminded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "reminder", rename_all = "snake_case")]
pub enum NotReminded {
    /// Nothing of it is late.
    #[error("it is not overdue")]
    NotOverdue,
    /// The last reminder is too fresh.
    #[error("reminded on {last}, again from {again} on")]
    TooSoon {
        /// When the last one was sent.
        last: NaiveDate,
        /// The first day of the next one.
        again: NaiveDate,
    },
}

/// Whether something of an invoice is late on that day: nobody is reminded of anything else, also when a reminder that was
/// decided on leaves only later.
pub fn is_overdue(invoice: &Invoice, today: NaiveDate) -> bool {
    invoice.standing(today).is_some_and(|standing| standing.state == PaymentState::Overdue)
}

/// Decides whether the customer may be reminded of an invoice today, and which reminder it is, from 1.
///
/// Only of what is overdue, and not before [`REMINDER_PAUSE`] days have passed since the last time.
pub fn remind(invoice: &Invoice, reminded: &Reminded, today: NaiveDate) -> Result<u32, NotReminded> {
    if !is_overdue(invoice, today) {
        return Err(NotReminded::NotOverdue);
    }
    if let Some(last) = reminded.last {
        let again = last.checked_add_days(Days::new(REMINDER_PAUSE)).unwrap_or(last);
        if today < again {
            return Err(NotReminded::TooSoon { last, again });
        }
    }
    Ok(reminded.times.saturating_add(1))
}
