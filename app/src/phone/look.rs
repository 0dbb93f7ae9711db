//! Where the time of the timer goes, day by day.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    Currency,
    splitting::{Plan, SplitError},
};
use texts::Lang;
use wire::projects::BookingFacts;

use super::{ahead::ahead, clock::day, held::Phone, timer::Timer, trouble::Trouble};
use crate::bookings::preview::{Preview, preview_all};

/// What booking the timer would do.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Look {
    /// Each of its days.
    pub(super) days: Vec<(NaiveDate, Preview)>,
    pub(super) currency: Currency,
    /// What the next hour meets.
    pub(super) ahead: Option<String>,
}

/// The look at a timer that runs until then. It has no days in its first second.
pub(super) fn look(
    lang: Lang,
    phone: Phone,
    facts: &BookingFacts,
    timer: &Timer,
    until: DateTime<Utc>,
) -> Result<Look, Trouble> {
    let refused = |error| Trouble::split(lang, error, timer.id);
    let clock = phone.clock();
    let bookings = match timer.bookings(&clock, until, phone.person()) {
        Ok(bookings) => bookings,
        Err(SplitError::NoTime { .. }) => Vec::new(),
        Err(error) => return Err(refused(error)),
    };
    let (previews, after) = preview_all(facts, &bookings).map_err(refused)?;
    let currency = facts.facts.currency;
    let next = timer.any(&clock, phone.person());
    let ahead = ahead(&after.facts, &next, day(&clock, until)).text(lang, currency);
    let days = bookings.iter().map(|booking| booking.date).zip(previews).collect();
    Ok(Look { days, currency, ahead })
}

impl Look {
    /// What was seen of each day.
    pub(super) fn plans(&self) -> Vec<Plan> {
        self.days.iter().map(|(_, preview)| preview.plan.clone()).collect()
    }
}
