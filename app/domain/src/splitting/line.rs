//! The billing lines of a project.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{Allowance, Booking, Fee, SplitError};
use crate::{AccountId, BillingLineId, Currency, Price, TaskId, quota::Unit};

/// Which time a collector takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collects {
    /// Any time.
    All,
    /// Only billable time.
    Billable,
}

impl Collects {
    /// Both, in the order in which people choose.
    pub const ALL: [Collects; 2] = [Collects::All, Collects::Billable];

    /// The stable name, in forms, REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Collects::All => "all",
            Collects::Billable => "billable",
        }
    }

    /// The one of that name.
    pub fn from_name(name: &str) -> Option<Collects> {
        Collects::ALL.into_iter().find(|collects| collects.name() == name)
    }
}

/// A line that draws an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Collector {
    /// The account.
    pub account: AccountId,
    /// Which time it takes.
    pub collects: Collects,
    /// What an hour draws of a money account, more than nothing; none on an account that counts time.
    pub rate: Option<Price>,
    /// What the account gets at the start of each allowance period; none of an account that is filled otherwise, such as a
    /// prepaid block.
    pub allowance: Option<Allowance>,
    /// What is paid for it in each period, whatever is booked. Time goes there as without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fee: Option<Fee>,
}

/// What a billing line does with time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LineKind {
    /// It draws an account, as far as that goes.
    Collector(Collector),
    /// It charges billable time by the hour.
    Effort {
        /// The net price of an hour, nothing or more.
        rate: Price,
    },
    /// It takes all billable time at nothing: the price is one for all of it, and is agreed and invoiced elsewhere.
    FlatRate,
}

impl LineKind {
    /// The stable name, in forms, REST and the database.
    pub const fn name(&self) -> &'static str {
        match self {
            LineKind::Collector(_) => "collector",
            LineKind::Effort { .. } => "effort",
            LineKind::FlatRate => "flat_rate",
        }
    }

    /// How its time is paid for.
    pub const fn pays(&self) -> Pays {
        match self {
            LineKind::Collector(Collector { allowance: Some(_), .. }) => Pays::Allowance,
            LineKind::Collector(Collector { rate: Some(_), .. }) => Pays::PrepaidMoney,
            LineKind::Collector(_) => Pays::PrepaidTime,
            LineKind::Effort { .. } => Pays::Effort,
            LineKind::FlatRate => Pays::FlatRate,
        }
    }
}

/// How time on a billing line is paid for: it is free, prepaid, charged by the hour, or part of one price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pays {
    /// It is free: an allowance gives it.
    Allowance,
    /// It is prepaid: an account that counts time gives it.
    PrepaidTime,
    /// It is prepaid: an account that counts money gives what it costs at the rate of the line.
    PrepaidMoney,
    /// It is charged by the hour.
    Effort,
    /// The price is one for all of it.
    FlatRate,
}

impl Pays {
    /// The stable name, in REST.
    pub const fn name(self) -> &'static str {
        match self {
            Pays::Allowance => "allowance",
            Pays::PrepaidTime => "prepaid_time",
            Pays::PrepaidMoney => "prepaid_money",
            Pays::Effort => "effort",
            Pays::FlatRate => "flat_rate",
        }
    }

    /// In which unit its time is taken of an account; none where it takes nothing of one. The currency is that of the
    /// project's rates.
    pub const fn unit(self, currency: Currency) -> Option<Unit> {
        match self {
            Pays::Allowance | Pays::PrepaidTime => Some(Unit::Time),
            Pays::PrepaidMoney => Some(Unit::Money(currency)),
            Pays::Effort | Pays::FlatRate => None,
        }
    }
}

/// A billing line of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingLine {
    /// Its id.
    pub id: BillingLineId,
    /// The tasks to which it is limited; none means all of the project.
    pub tasks: Option<BTreeSet<TaskId>>,
    /// What it does.
    #[serde(flatten)]
    pub kind: LineKind,
}

impl Collector {
    /// Whether it says how its account counts time: one that counts time needs no rate; one that counts money of the
    /// project's currency needs one that is more than nothing, and gets no allowance.
    pub(super) fn check(&self, line: BillingLineId, unit: Unit, currency: Currency) -> Result<(), SplitError> {
        let fits = match unit {
            Unit::Time => self.rate.is_none(),
            Unit::Money(own) => self.rate.is_some() && self.allowance.is_none() && own == currency,
        };
        if !fits {
            return Err(SplitError::UnitMismatch { line, unit });
        }
        match self.rate.filter(|rate| rate.value() <= Decimal::ZERO) {
            Some(rate) => Err(SplitError::RateOutOfRange { line, rate }),
            None => Ok(()),
        }
    }
}

/// Whether an hour of effort costs nothing or more.
pub(super) fn check_effort(line: BillingLineId, rate: Price) -> Result<(), SplitError> {
    let negative = rate.value() < Decimal::ZERO;
    if negative { Err(SplitError::RateOutOfRange { line, rate }) } else { Ok(()) }
}

impl BillingLine {
    /// Whether time can go there at all: a collector by what its account counts, an effort line by its rate.
    ///
    /// Errors as booking on it does. An account of which nothing is known fits no collector.
    pub fn check(&self, unit: Option<Unit>, currency: Currency) -> Result<(), SplitError> {
        match (&self.kind, unit) {
            (LineKind::FlatRate, _) => Ok(()),
            (LineKind::Effort { rate }, _) => check_effort(self.id, *rate),
            (LineKind::Collector(collector), Some(unit)) => collector.check(self.id, unit, currency),
            (LineKind::Collector(collector), None) => {
                Err(SplitError::UnknownAccount { line: self.id, account: collector.account })
            }
        }
    }

    /// The fee of a collector that has one.
    pub fn fee(&self) -> Option<&Fee> {
        match &self.kind {
            LineKind::Collector(collector) => collector.fee.as_ref(),
            LineKind::Effort { .. } | LineKind::FlatRate => None,
        }
    }

    /// The same without its fee: time goes there as with it.
    #[must_use]
    pub fn without_fee(&self) -> BillingLine {
        let mut line = self.clone();
        if let LineKind::Collector(collector) = &mut line.kind {
            collector.fee = None;
        }
        line
    }

    /// Whether time of that booking can go there: its task, and billable time only unless the line collects all time.
    pub fn takes(&self, booking: &Booking) -> bool {
        let any_time = matches!(&self.kind, LineKind::Collector(collector) if collector.collects == Collects::All);
        let its_task = self.tasks.as_ref().is_none_or(|tasks| tasks.contains(&booking.task));
        its_task && (booking.billable || any_time)
    }
}
