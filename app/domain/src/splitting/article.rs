//! What articles say about billing: of which billing line they are the pattern.
//!
//! *Invariants.* The price of an article is that of a period, or that of an hour, and its unit has to say the same. A
//! line that was made from an article is a line like any other: later changes of the article do not reach it.

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Allowance, Collects, Fee};
use crate::{
    Interval, Periods, Price, Seconds, VatRate,
    decimals::OutOfRange,
    documents::LineUnit,
    quota::{Amount, QuotaError},
};

/// How what an article sells is billed in a project.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum ArticleBilling {
    /// By time duration: each period has the price of the article, whatever is booked, and time is free up to a limit.
    Duration(ByDuration),
    /// By effort: the price of the article is that of an hour.
    Effort,
}

/// What an article says that is billed by time duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByDuration {
    /// How long the periods are that have the price of the article as their fee.
    pub every: Interval,
    /// The most billable time that is free in an allowance period.
    pub most: Seconds,
    /// How long the allowance periods are.
    pub most_every: Interval,
    /// Which time it collects.
    pub collects: Collects,
    /// Whether the time that it collects is shown on activity reports.
    pub reported: bool,
}

/// The unit of an article says something else than how it is billed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum WrongUnit {
    /// Effort has a price for an hour.
    #[error("effort is sold by the hour")]
    NotByTheHour,
    /// A period has one price, whatever time is booked in it.
    #[error("a period has one price and counts no time")]
    CountsTime,
}

impl ArticleBilling {
    /// The stable name, in forms, REST and the database.
    pub const fn name(&self) -> &'static str {
        match self {
            ArticleBilling::Duration(_) => "duration",
            ArticleBilling::Effort => "effort",
        }
    }

    /// Whether the price of one such unit is that of a period, or that of an hour.
    pub fn check_unit(&self, unit: LineUnit) -> Result<(), WrongUnit> {
        let counts_time = matches!(unit, LineUnit::Hour | LineUnit::Minute | LineUnit::Day);
        match self {
            ArticleBilling::Duration(_) if counts_time => Err(WrongUnit::CountsTime),
            ArticleBilling::Effort if unit != LineUnit::Hour => Err(WrongUnit::NotByTheHour),
            ArticleBilling::Duration(_) | ArticleBilling::Effort => Ok(()),
        }
    }

    /// Whether a period or an hour can have that price: nothing or more. Errors with what is possible.
    pub fn check_price(price: Price) -> Result<(), OutOfRange> {
        if price.value() < Decimal::ZERO {
            return Err(OutOfRange { least: Decimal::ZERO, ..Price::limits() });
        }
        Ok(())
    }

    /// Whether more than nothing is free in an allowance period, and not more than an account can hold.
    pub fn check_most(&self) -> Result<(), QuotaError> {
        match self {
            ArticleBilling::Duration(duration) => {
                Amount::new(duration.most.0).asked()?;
                Ok(())
            }
            ArticleBilling::Effort => Ok(()),
        }
    }
}

impl ByDuration {
    /// What the line gives that is made from the article, with periods counted from that day.
    pub fn allowance(&self, start: NaiveDate) -> Allowance {
        Allowance { most: self.most, periods: Periods { anchor: start, every: self.most_every } }
    }

    /// The fee of that line, charged from that day on. An article that costs nothing makes a line without a fee.
    pub fn fee(&self, price: Price, vat: VatRate, start: NaiveDate) -> Option<Fee> {
        let periods = Periods { anchor: start, every: self.every };
        (!price.value().is_zero()).then_some(Fee { price, periods, vat, end: None })
    }
}
