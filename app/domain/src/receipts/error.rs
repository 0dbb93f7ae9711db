//! Why a receipt cannot be.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a receipt is not recorded or not taken back. Amounts are in minor units of the invoice's currency.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "receipt", rename_all = "snake_case")]
pub enum ReceiptError {
    /// Nothing is paid for a document of that kind.
    #[error("it is no invoice")]
    NotAnInvoice,
    /// It is a draft: nobody has got it yet.
    #[error("it is a draft")]
    Draft,
    /// The day lies before the first on which books are kept.
    #[error("{date} lies before {first}")]
    TooEarly {
        /// The day.
        date: NaiveDate,
        /// The first one.
        first: NaiveDate,
    },
    /// The day has not come yet.
    #[error("{date} lies after {today}")]
    InFuture {
        /// The day.
        date: NaiveDate,
        /// Today.
        today: NaiveDate,
    },
    /// The amount is nothing.
    #[error("the amount is nothing")]
    Nothing,
    /// The amount is larger than the program takes.
    #[error("{amount} is more than {most}")]
    TooLarge {
        /// What was asked.
        amount: i64,
        /// The most.
        most: i64,
    },
    /// More would come in than is open, and nobody has said that this is meant.
    #[error("{amount} came in, {open} is open")]
    Overpaid {
        /// What came in.
        amount: i64,
        /// What is open before it; negative is a credit.
        open: i64,
    },
    /// It is open what somebody else has left: not what the person saw.
    #[error("{open} is open, {seen} was shown")]
    Differs {
        /// What the person saw.
        seen: i64,
        /// What is open.
        open: i64,
    },
    /// More would go back than came in.
    #[error("{amount} would go back, {received} came in")]
    BelowZero {
        /// What would go back.
        amount: i64,
        /// What has come in and can go back.
        received: i64,
    },
    /// It was taken back before.
    #[error("it was taken back before")]
    TakenBack,
}
