//! A contract with its computed end and its periods.

use chrono::{Days, Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{BillingTime, Period, Terms, TermsError};
use crate::{ContractId, CustomerId, DateRange, Interval, Periods, periods::months_apart, quota::check_date};

/// A contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Its id.
    pub id: ContractId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Its first day.
    pub start: NaiveDate,
    /// The first day that is billed: the anchor of all periods.
    pub billing_start: NaiveDate,
    /// The day on which it was cancelled.
    pub cancelled_on: Option<NaiveDate>,
    /// An end that was agreed: the first day that no longer belongs to it.
    pub agreed_end: Option<NaiveDate>,
    /// Its terms.
    pub terms: Terms,
}

impl Contract {
    /// Everything that is wrong with it, by the name of the field.
    pub fn faults(&self) -> Vec<(&'static str, TermsError)> {
        let mut faults = self.terms.faults();
        let mut check = |field, wrong: Option<TermsError>| faults.extend(wrong.map(|error| (field, error)));
        let (start, billing_start) = (self.start, self.billing_start);
        check("start", check_date(start).err().map(TermsError::Quota));
        check("billing_start", check_date(billing_start).err().map(TermsError::Quota));
        let dates = [("cancelled_on", self.cancelled_on), ("agreed_last", self.agreed_end)];
        for (field, date) in dates {
            check(field, date.and_then(|date| check_date(date).err()).map(TermsError::Quota));
        }
        let early = billing_start < start;
        check("billing_start", early.then_some(TermsError::BilledBeforeStart { start, billing_start }));
        let inverted = self.agreed_end.filter(|end| *end <= start);
        check("agreed_last", inverted.map(|end| TermsError::EndsBeforeStart { start, end }));
        check("items", self.terms.items.is_empty().then_some(TermsError::NoItems));
        faults
    }

    /// The `k`th term boundary: start + term + k renewals. `None` beyond the calendar, or for a renewal that there is
    /// not.
    pub fn boundary(&self, k: u32) -> Option<NaiveDate> {
        let renewals = if k == 0 { 0 } else { self.terms.renewal?.checked_mul(k)? };
        self.start.checked_add_months(Months::new(self.terms.term.checked_add(renewals)?))
    }

    /// The first term boundary on or after that day; none when it neither renews nor lasts that long.
    pub fn boundary_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        let after_term = months_apart(self.start, day)?.checked_sub(i64::from(self.terms.term))?;
        let guess = self.terms.renewal.and_then(|renewal| after_term.checked_div(i64::from(renewal)));
        // Clamped days can put the boundary one renewal later than the months alone say.
        let guess = u32::try_from(guess.unwrap_or(0).checked_sub(1)?.max(0)).ok()?;
        (guess..=guess.checked_add(3)?).filter_map(|k| self.boundary(k)).find(|boundary| day <= *boundary)
    }

    /// The end: an agreed one if there is one; else, uncancelled, none if it renews and otherwise start + term;
    /// cancelled on c, the first term boundary (start + term + k renewals) on or after c + notice. The first day that
    /// no longer belongs to the contract.
    pub fn end(&self) -> Option<NaiveDate> {
        if self.agreed_end.is_some() {
            return self.agreed_end;
        }
        match (self.cancelled_on, self.terms.renewal) {
            (_, None) => self.boundary(0),
            (None, Some(_)) => None,
            (Some(cancelled), Some(_)) => {
                self.boundary_from(cancelled.checked_add_months(Months::new(self.terms.notice))?)
            }
        }
    }

    /// The last day on which notice for that term boundary can be given: the last c with c + notice <= boundary.
    pub fn notice_by(&self, boundary: NaiveDate) -> Option<NaiveDate> {
        let notice = Months::new(self.terms.notice);
        let in_time = |day: &NaiveDate| day.checked_add_months(notice).is_some_and(|over| over <= boundary);
        // Clamped days let up to three later days of the month reach it too: Nov 30 + 3 months is Feb 28.
        boundary.checked_sub_months(notice)?.iter_days().take(4).take_while(in_time).last()
    }

    /// The next term boundary to which it can still be ended, with the last day on which notice for it can be given;
    /// none when it does not renew, was cancelled, or has an agreed end.
    pub fn next_notice(&self, today: NaiveDate) -> Option<(NaiveDate, NaiveDate)> {
        if self.cancelled_on.is_some() || self.agreed_end.is_some() || self.terms.renewal.is_none() {
            return None;
        }
        let boundary = self.boundary_from(today.checked_add_months(Months::new(self.terms.notice))?)?;
        Some((self.notice_by(boundary)?, boundary))
    }

    /// The billing periods, without regard to the end.
    pub fn billing_periods(&self) -> Periods {
        Periods { anchor: self.billing_start, every: Interval::Months(self.terms.billing.interval) }
    }

    /// The quota periods; none without a quota.
    pub fn quota_periods(&self) -> Option<Periods> {
        let interval = self.terms.quota_interval()?;
        Some(Periods { anchor: self.billing_start, every: Interval::Months(interval) })
    }

    /// The quota period to which a day belongs, for a free quota on that day.
    pub fn quota_period_of(&self, day: NaiveDate) -> Option<DateRange> {
        let periods = self.quota_periods()?;
        periods.number_of(day).filter(|number| *number >= 0).and_then(|number| periods.nth(number))
    }

    /// The number of the billing period with which the quota period of that day is sold. Once the quota was taken out of
    /// the terms: the billing period of the day.
    pub fn sold_with(&self, day: NaiveDate) -> Option<u32> {
        let from = match self.quota_periods() {
            None => day,
            Some(_) => self.quota_period_of(day)?.from,
        };
        let number = self.billing_periods().number_of(from)?;
        u32::try_from(number).ok()
    }

    /// Billing period `number`, from 0. `None` when it starts on or after the end, or beyond the calendar.
    pub fn period(&self, number: u32) -> Option<Period> {
        Period::nth(&self.billing_periods(), number, self.end())
    }

    /// The day on which that period becomes due: its first day in advance, the day after its last one in arrears.
    pub fn due_on(&self, number: u32) -> Option<NaiveDate> {
        let period = self.period(number)?;
        match self.terms.billing.time {
            BillingTime::Advance => Some(period.range.from),
            BillingTime::Arrears => period.service.until,
        }
    }

    /// The day on which the to-do for that period appears: so many days before it is due.
    pub fn to_do_on(&self, number: u32) -> Option<NaiveDate> {
        let lead = self.terms.billing.lead_days?;
        self.due_on(number)?.checked_sub_days(Days::new(u64::from(lead)))
    }

    /// The periods from `next` on that are due as of a day, oldest first.
    pub fn due(&self, next: u32, as_of: NaiveDate) -> Vec<Period> {
        let due = |number: &u32| self.due_on(*number).is_some_and(|due| due <= as_of);
        (next..u32::MAX).take_while(due).filter_map(|number| self.period(number)).collect()
    }
}
