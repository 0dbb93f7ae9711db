//! What is wrong with terms, and why a period cannot be billed.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Currency, VatRate, quota::QuotaError};

/// What is wrong with the terms of a contract or with its change.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum TermsError {
    /// Not a number of months from 1 on.
    #[error("{found} is not a number of months from 1 to {most}")]
    NotMonths {
        /// What came.
        found: u32,
        /// The most.
        most: u32,
    },
    /// More days than possible.
    #[error("{found} days; at most {most}")]
    TooManyDays {
        /// What came.
        found: u32,
        /// The most.
        most: u32,
    },
    /// More items than possible.
    #[error("{found} items; at most {most}")]
    TooManyItems {
        /// What came.
        found: usize,
        /// The most.
        most: usize,
    },
    /// Nothing would stand on the invoice.
    #[error("no items")]
    NoItems,
    /// A contract with a quota is always billed in advance.
    #[error("a quota is billed in advance")]
    QuotaInArrears,
    /// A quota contract has items of one rate of VAT.
    #[error("items of {one} and {other} per cent on a quota contract")]
    TwoVatRates {
        /// The lowest rate.
        one: VatRate,
        /// The highest rate.
        other: VatRate,
    },
    /// A money quota is kept in the currency of its contract.
    #[error("the quota is in {quota:?}, the contract in {contract:?}")]
    OtherCurrency {
        /// The quota's.
        quota: Currency,
        /// The contract's.
        contract: Currency,
    },
    /// Billing begins before the contract.
    #[error("billing begins on {billing_start}, the contract on {start}")]
    BilledBeforeStart {
        /// The first day of the contract.
        start: NaiveDate,
        /// The first day that is billed.
        billing_start: NaiveDate,
    },
    /// The agreed end is not after the start.
    #[error("the end {end} is not after the start {start}")]
    EndsBeforeStart {
        /// The first day of the contract.
        start: NaiveDate,
        /// The first day that no longer belongs to it.
        end: NaiveDate,
    },
    /// The contract has ended already.
    #[error("it ended on {end}")]
    Ended {
        /// The first day that no longer belonged to it.
        end: NaiveDate,
    },
    /// With these terms it would have ended already.
    #[error("it would have ended on {end}")]
    EndsInThePast {
        /// The first day that would no longer belong to it.
        end: NaiveDate,
    },
    /// Notice was given: its end stays as it was computed then.
    #[error("notice was given")]
    UnderNotice,
    /// It cannot change any more once a period is billed.
    #[error("fixed since a period was billed")]
    Fixed,
    /// An account of another unit is there already.
    #[error("the account counts something else")]
    OtherUnit,
    /// The kernel refuses an amount or a date. It goes by the code of the kernel's error, whose figures stand beside it.
    #[error(transparent)]
    #[serde(untagged)]
    Quota(QuotaError),
}

/// Why a period cannot be billed.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum BillError {
    /// The amount of a line or sum does not fit. The kernel has a code `too_large` of its own.
    #[error("the amount is too large")]
    #[serde(rename = "sum_too_large")]
    TooLarge,
    /// A date lies beyond the calendar.
    #[error("a date lies beyond the calendar")]
    BeyondCalendar,
    /// The grant is refused. It goes by the code of the kernel's error, whose figures stand beside it.
    #[error(transparent)]
    #[serde(untagged)]
    Quota(QuotaError),
}
