//! How bookings of a project are rounded: as it says itself, or else as a contract says from whose quota it collects.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BillingLine, BookingRounding, Facts, LineKind};
use crate::{AccountId, DateRange, contracts::Terms};

/// How a contract says that bookings are rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgreedRounding {
    /// The account of its quota.
    pub account: AccountId,
    /// The days for which it says so.
    pub valid: DateRange,
    /// How bookings of these days are rounded.
    pub rounding: BookingRounding,
}

impl AgreedRounding {
    /// What a contract says on the days on which it lasts. Of each version of its terms it is known from which day on they
    /// hold, oldest first; of several of one day the last counts, and the first also holds for the days before. Terms
    /// without a quota leave everything as it was.
    pub fn over(account: AccountId, lasts: DateRange, versions: &[(NaiveDate, Terms)]) -> Vec<AgreedRounding> {
        let said = versions.iter().filter_map(|(since, terms)| Some((*since, terms.quota.as_ref()?.rounding)));
        let said: Vec<(NaiveDate, Option<BookingRounding>)> = said.collect();
        let next = said.iter().skip(1).map(|(since, _)| Some(*since)).chain([None]);
        let (mut from, mut found) = (lasts.from, Vec::new());
        for ((_, rounding), next) in said.iter().zip(next) {
            let valid = DateRange::new(from, lasts.until.into_iter().chain(next).min());
            let agreed = valid.zip(*rounding).map(|(valid, rounding)| AgreedRounding { account, valid, rounding });
            found.extend(agreed);
            from = next.map_or(from, |next| next.max(from));
        }
        found
    }
}

/// What is agreed for bookings of a day: by the contract from whose quota the first line collects, in the order of the
/// lines, that has such a contract with a rounding for that day.
pub fn agreed_on(lines: &[BillingLine], agreed: &[AgreedRounding], date: NaiveDate) -> Option<BookingRounding> {
    lines.iter().find_map(|line| {
        let LineKind::Collector(collector) = &line.kind else { return None };
        let own = agreed.iter().find(|own| own.account == collector.account && own.valid.contains(date));
        own.map(|own| own.rounding)
    })
}

impl Facts {
    /// How a booking of that day is rounded when it is saved: as the project says; where it says nothing, as is agreed; else
    /// not at all.
    pub fn rounding_on(&self, date: NaiveDate) -> BookingRounding {
        self.rounding.or_else(|| agreed_on(&self.lines, &self.agreed, date)).unwrap_or_default()
    }
}
