//! The passbook: an account's postings by date, with a running balance.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Amount, Entry, LotState, QuotaError, Seq};
use crate::{DateRange, LotId};

/// What a row of the passbook stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "posting", rename_all = "snake_case")]
pub enum Posting {
    /// An entry of the history.
    Entry(Entry),
    /// What a lot still had when it ended. Derived from the dates, not an entry.
    Lapse {
        /// The lot.
        lot: LotId,
    },
}

/// A row of the passbook.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassbookRow {
    /// The date that it counts for.
    pub date: NaiveDate,
    /// What happened.
    pub posting: Posting,
    /// How it moves the balance.
    pub amount: Amount,
    /// The balance afterwards.
    pub balance: Amount,
}

/// Merges the entries and the lapses of a range into one list by date with a running balance.
///
/// `opening` is the balance before the range; `entries` are those dated within it; `lots` are those that end
/// within it. On one day a lapse stands before the entries (a lot that ends on a day cannot be used on it); entries follow
/// by sequence. Opening plus the amounts of all rows is the balance of the last row.
pub fn passbook(
    opening: Amount,
    entries: Vec<Entry>,
    lots: &[LotState],
    range: DateRange,
) -> Result<Vec<PassbookRow>, QuotaError> {
    let mut rows: Vec<((NaiveDate, Seq), Posting, Amount)> = Vec::with_capacity(entries.len());
    for state in lots {
        let left = state.left()?;
        if let Some(date) = state.lot.lapses_on()
            && range.contains(date)
            && left.is_positive()
        {
            rows.push(((date, Seq(0)), Posting::Lapse { lot: state.lot.id }, left.negated()?));
        }
    }
    for entry in entries {
        let amount = entry.movement.balance()?;
        rows.push(((entry.date, entry.seq), Posting::Entry(entry), amount));
    }
    rows.sort_by_key(|(place, ..)| *place);
    let mut balance = opening;
    rows.into_iter()
        .map(|((date, _), posting, amount)| {
            balance = balance.plus(amount)?;
            Ok(PassbookRow { date, posting, amount, balance })
        })
        .collect()
}
