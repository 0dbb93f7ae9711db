//! Allowances: accounts that get the same time in each period, without carry-over and without billing.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

use super::{Facts, LineKind, SplitError, pour};
use crate::{
    BillingLineId, LotId, Periods, Seconds,
    quota::{AccountView, Amount, Entry, GrantOrigin, GrantRequest, QuotaError, grant},
};

/// What an account gets at the start of each period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Allowance {
    /// The most time that is free in a period.
    pub most: Seconds,
    /// The periods, counted from the start of the line: nothing is free before it.
    pub periods: Periods,
}

/// From which day on the periods of a new line are counted, unless somebody says otherwise: the first of its month.
pub fn usual_start(today: NaiveDate) -> NaiveDate {
    today.with_day(1).unwrap_or(today)
}

impl Allowance {
    /// The grant of the period to which the day belongs. Its lot has an id made of line and period, so that it is granted
    /// once, whoever touches it first; until then it counts as full. None before the start of the line, and when nothing
    /// is free.
    pub fn grant(&self, line: BillingLineId, date: NaiveDate) -> Option<GrantRequest> {
        let number = self.periods.number_of(date).filter(|number| *number >= 0)?;
        let period = self.periods.nth(number).filter(|_| self.most.0 > 0)?;
        let lot = LotId::new(made_of(line.uuid(), i128::from(period.from.num_days_from_ce()).cast_unsigned()));
        let request = GrantRequest::new(lot, Amount::new(self.most.0), period.from, period.until);
        Some(GrantRequest { origin: GrantOrigin::FreeQuota, ..request })
    }

    /// The grant of the day's period, if nothing has touched its lot and the account has not ended.
    pub fn missing(&self, line: BillingLineId, date: NaiveDate, view: &AccountView) -> Option<GrantRequest> {
        let lasts = view.end.is_none_or(|end| date < end);
        self.grant(line, date).filter(|request| lasts && view.lot(request.lot).is_none())
    }

    /// Counts the lot of the day's period as full when nothing has touched it: it is granted on this copy of the
    /// account. Gives what was asked and the entries, for whoever posts them; none when the lot is there, or when there
    /// is none for that day. Whoever only looks posts nothing.
    ///
    /// Errors as [`grant`], and may then be half applied.
    pub fn touch(
        &self,
        line: BillingLineId,
        date: NaiveDate,
        view: &mut AccountView,
    ) -> Result<Option<(GrantRequest, Vec<Entry>)>, QuotaError> {
        let Some(request) = self.missing(line, date, view) else { return Ok(None) };
        let entries = grant(view, &request)?.entries(view)?;
        for entry in &entries {
            view.post(entry)?;
        }
        Ok(Some((request, entries)))
    }
}

/// What is available of the account of a collector on that date; a lot that nothing has touched counts as full. Nothing
/// where the line is no collector of these facts.
///
/// Errors when the account is not among the facts, or does not cover the date.
pub fn left(facts: &Facts, line: BillingLineId, date: NaiveDate) -> Result<Amount, SplitError> {
    let found = facts.lines.iter().find(|of| of.id == line);
    let Some(LineKind::Collector(collector)) = found.map(|line| &line.kind) else { return Ok(Amount::ZERO) };
    pour::pool(facts, line, collector, date).map(|pool| pool.available)
}

/// An id that is made of another one and a number, always the same of the same.
pub(super) fn made_of(id: Uuid, number: u128) -> Uuid {
    // Odd numbers without a pattern: multiplying by them loses nothing and spreads every bit upwards.
    const SPREAD: u128 = 0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835;
    const STIR: u128 = 0xd6e8_feb8_6659_fd93_c2b2_ae3d_27d4_eb4f;
    let mut mixed = id.as_u128() ^ number.wrapping_add(1).wrapping_mul(SPREAD);
    for _ in 0..3 {
        mixed = (mixed ^ (mixed >> 67)).wrapping_mul(STIR);
    }
    Builder::from_custom_bytes((mixed ^ (mixed >> 61)).to_be_bytes()).into_uuid()
}
