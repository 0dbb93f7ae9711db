//! What a period bills: the lines of the invoice, and the quota periods that it grants.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{BillError, Contract, Proration};
use crate::{
    Currency, DateRange, Discount, LotId, Periods, Price, Quantity, Seconds,
    documents::{Line, LineUnit, Totals},
    quota::{Amount, GrantOrigin, GrantRequest, Lot, Seq, check_date},
};

/// A billing period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Its number, from 0.
    pub number: u32,
    /// The whole period.
    pub range: DateRange,
    /// The part of it for which the contract lasts: what the invoice names.
    pub service: DateRange,
}

impl Period {
    /// Period `number` of these, from 0, as far as it lies before `end`, the first day that is no longer billed. `None`
    /// when it starts on or after that, or beyond the calendar.
    pub(crate) fn nth(periods: &Periods, number: u32, end: Option<NaiveDate>) -> Option<Period> {
        let range = periods.nth(i64::from(number))?;
        check_date(range.from).ok()?;
        if end.is_some_and(|end| end <= range.from) {
            return None;
        }
        let until = range.until.into_iter().chain(end).min();
        Some(Period { number, range, service: DateRange { until, ..range } })
    }

    /// The days that it lasts and those of the whole period, where an end cuts it.
    pub(crate) fn cut(&self) -> Result<Option<(i64, i64)>, BillError> {
        if self.service.until == self.range.until {
            return Ok(None);
        }
        let days = |range: DateRange| range.until.map(|until| until.signed_duration_since(range.from).num_days());
        days(self.service).zip(days(self.range)).ok_or(BillError::BeyondCalendar).map(Some)
    }
}

/// A line of the invoice with what it comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BilledLine {
    /// The line; where the end cuts the period and the price goes by days, one of what the days come to.
    pub line: Line,
    /// Its net total in minor units.
    pub total: i64,
}

impl BilledLine {
    /// What an item comes to; of so many of the days of a period, where the price goes by days. `day` is the company's
    /// working day.
    pub(crate) fn of(
        item: &Line,
        days: Option<(i64, i64)>,
        currency: Currency,
        day: Seconds,
    ) -> Result<BilledLine, BillError> {
        let Some(days) = days else {
            let total = item.total(currency, day).ok_or(BillError::TooLarge)?.minor;
            return Ok(BilledLine { line: item.clone(), total });
        };
        // Rounded once, on the whole line: a rounded price would be multiplied with its error.
        let total = item.share(days, currency, day).ok_or(BillError::TooLarge)?;
        let price = Price::new(total.major()).map_err(|_| BillError::TooLarge)?;
        Ok(BilledLine { line: by_days(item, price, days), total: total.minor })
    }
}

/// A lot that billing a period grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuotaGrant {
    /// The quota period.
    pub period: DateRange,
    /// What it gets.
    pub amount: Amount,
}

/// What billing a period comes to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PeriodBill {
    /// The period.
    pub period: Period,
    /// The lines of the invoice.
    pub lines: Vec<BilledLine>,
    /// What they come to.
    pub totals: Totals,
    /// A grant for each quota period that starts within the billed period, before the contract's end.
    pub grants: Vec<QuotaGrant>,
}

impl PeriodBill {
    /// These lines with what they come to. Errors when that does not fit.
    pub(crate) fn new(
        period: &Period,
        lines: Vec<BilledLine>,
        grants: Vec<QuotaGrant>,
    ) -> Result<PeriodBill, BillError> {
        let totals = Totals::of(lines.iter().map(|billed| (billed.line.vat, billed.total)));
        Ok(PeriodBill { period: *period, totals: totals.ok_or(BillError::TooLarge)?, lines, grants })
    }
}

impl Contract {
    /// What billing that period comes to with the contract's present terms. `day` is the company's working day.
    ///
    /// A last period that the end cuts costs the price by days where the terms say so; the quota is never prorated.
    pub fn bill(&self, period: &Period, day: Seconds) -> Result<PeriodBill, BillError> {
        let days = self.prorated(period)?;
        let items = self.terms.items.iter();
        let lines = items.map(|item| BilledLine::of(item, days, self.terms.currency, day));
        PeriodBill::new(period, lines.collect::<Result<_, _>>()?, self.grants(period.number)?)
    }

    /// The days that are billed and those of the whole period, where the price goes by days.
    fn prorated(&self, period: &Period) -> Result<Option<(i64, i64)>, BillError> {
        match self.terms.billing.proration {
            Proration::None => Ok(None),
            Proration::Daily => period.cut(),
        }
    }

    /// The quota periods that start within billing period `number`. Counted in months from the common anchor, so that
    /// clamped days change nothing.
    fn grants(&self, number: u32) -> Result<Vec<QuotaGrant>, BillError> {
        let (Some(quota), Some(periods), Some(length)) =
            (&self.terms.quota, self.quota_periods(), self.terms.quota_interval().map(u64::from))
        else {
            return Ok(Vec::new());
        };
        let billed = u64::from(self.terms.billing.interval);
        let first_from = |period: u64| period.checked_mul(billed).and_then(|months| checked_div_ceil(months, length));
        let number = u64::from(number);
        let range = number.checked_add(1).and_then(first_from).zip(first_from(number));
        let (end, first) = range.ok_or(BillError::BeyondCalendar)?;
        let contract_end = self.end();
        let mut grants = Vec::new();
        for quota_period in first..end {
            let period = i64::try_from(quota_period).ok().and_then(|number| periods.nth(number));
            let period = period.ok_or(BillError::BeyondCalendar)?;
            if contract_end.is_none_or(|end| period.from < end) {
                let grant = QuotaGrant { period, amount: quota.amount };
                // What the kernel refuses must not be planned: the run does what its plan says.
                self.granted_lot(&grant)?;
                grants.push(grant);
            }
        }
        Ok(grants)
    }

    /// The lot that the kernel will make of a grant. Errors when it refuses it.
    pub(super) fn granted_lot(&self, grant: &QuotaGrant) -> Result<Lot, BillError> {
        // No lot has an id before it is granted, and its number in the ledger does not matter here.
        self.grant_request(grant, LotId::new(uuid::Uuid::nil())).lot(Seq(1)).map_err(BillError::Quota)
    }

    /// What the kernel is asked for a grant of this contract.
    pub fn grant_request(&self, grant: &QuotaGrant, lot: LotId) -> GrantRequest {
        let carry = self.terms.quota.as_ref().map(|quota| quota.carry).unwrap_or_default();
        let (periods, origin) = (self.quota_periods(), GrantOrigin::ContractBilling);
        let request = GrantRequest::new(lot, grant.amount, grant.period.from, grant.period.until);
        GrantRequest { carry, periods, origin, ..request }
    }
}

/// The line of an item that is billed for some of the days: one of `price`, which is what they come to. What it was made
/// of stands in the text, in figures only, because a run has no language.
fn by_days(item: &Line, price: Price, (days, of): (i64, i64)) -> Line {
    let (one, none) = (Quantity::ONE, Discount::default());
    let single = item.quantity == one && item.discount == none;
    let mut parts = vec![format!("{} × {}", item.quantity, item.price)];
    if item.discount != none {
        parts.push(format!("−{} %", item.discount));
    }
    parts.push(format!("{days}/{of}"));
    Line {
        text: format!("{}\n{}", item.text, parts.join(" · ")),
        quantity: one,
        unit: if single { item.unit } else { LineUnit::Flat },
        price,
        discount: none,
        ..item.clone()
    }
}

fn checked_div_ceil(months: u64, length: u64) -> Option<u64> {
    months.checked_add(length.checked_sub(1)?)?.checked_div(length)
}
