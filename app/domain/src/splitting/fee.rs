//! Fees: what is paid for a collector in each period, whatever is booked.
//!
//! *Invariants.* Periods are counted from the start of the fee and never from the one before. A fee is paid in advance;
//! a last period that its end cuts costs the price by days, by the rule of contracts. (Sections 3 and 5 of the domain
//! rules.)

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    Currency, DateRange, Discount, Periods, Price, Quantity, Seconds, VatRate,
    contracts::{BillError, BilledLine, Period, PeriodBill, TermsError},
    decimals::OutOfRange,
    documents::{Line, LineUnit},
};

/// The **fee** of a collector, which the billing run bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// The net price of a whole period, nothing or more.
    pub price: Price,
    /// The periods, counted from its start: nothing is charged before it.
    pub periods: Periods,
    /// The rate of VAT.
    pub vat: VatRate,
    /// The last day for which it is charged; none: as long as the line is there.
    pub end: Option<NaiveDate>,
}

impl Fee {
    /// Whether it costs nothing or more. Errors with what is possible.
    pub fn check_price(&self) -> Result<(), OutOfRange> {
        if self.price.value() < Decimal::ZERO {
            return Err(OutOfRange { least: Decimal::ZERO, ..Price::limits() });
        }
        Ok(())
    }

    /// Whether its last day does not lie before its first one.
    pub fn check_end(&self) -> Result<(), TermsError> {
        let start = self.periods.anchor;
        match (self.end, self.until()) {
            (Some(last), Some(end)) if last < start => Err(TermsError::EndsBeforeStart { start, end }),
            _ => Ok(()),
        }
    }

    /// The first day for which it is no longer charged.
    fn until(&self) -> Option<NaiveDate> {
        self.end.and_then(|last| last.succ_opt())
    }

    /// The days for which it is charged; `None` when it ends before it begins.
    pub fn days(&self) -> Option<DateRange> {
        DateRange::new(self.periods.anchor, self.until())
    }

    /// The same without anything after that day; `None` when it begins later. One of which something was `billed` keeps
    /// its first day: what was billed before stays billed.
    pub fn ended(self, last: NaiveDate, billed: bool) -> Option<Fee> {
        let start = self.periods.anchor;
        if last < start && !billed {
            return None;
        }
        let last = last.max(start);
        Some(Fee { end: Some(self.end.map_or(last, |end| end.min(last))), ..self })
    }

    /// Period `number`, from 0. `None` when it starts after the end, or beyond the calendar.
    pub fn period(&self, number: u32) -> Option<Period> {
        Period::nth(&self.periods, number, self.until())
    }

    /// The day on which that period becomes due: its first one, because a fee is paid in advance.
    pub fn due_on(&self, number: u32) -> Option<NaiveDate> {
        self.period(number).map(|period| period.range.from)
    }

    /// The periods from `next` on that are due as of a day, oldest first.
    pub fn due(&self, next: u32, as_of: NaiveDate) -> Vec<Period> {
        let periods = (next..u32::MAX).map_while(|number| self.period(number));
        periods.take_while(|period| period.range.from <= as_of).collect()
    }

    /// Those of these periods that are due as of a day, in their order.
    pub fn due_among(&self, numbers: impl IntoIterator<Item = u32>, as_of: NaiveDate) -> Vec<Period> {
        let periods = numbers.into_iter().filter_map(|number| self.period(number));
        periods.filter(|period| period.range.from <= as_of).collect()
    }

    /// What billing that period comes to: one line of that name.
    ///
    /// Errors when the amount does not fit.
    pub fn bill(&self, name: &str, period: &Period, currency: Currency) -> Result<PeriodBill, BillError> {
        let item = Line {
            article: None,
            group: None,
            sub_group: None,
            text: name.to_owned(),
            quantity: Quantity::ONE,
            unit: LineUnit::Flat,
            price: self.price,
            discount: Discount::default(),
            vat: self.vat,
        };
        // A flat price counts no time: how long a working day is does not matter.
        let line = BilledLine::of(&item, period.cut()?, currency, Seconds::HOUR)?;
        PeriodBill::new(period, vec![line], Vec::new())
    }
}
