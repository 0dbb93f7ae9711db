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
    /// What a lot still had when it could no longer be used. Derived from the dates, not an entry.
    Lapse {
        /// The lot.
        lot: LotId,
        /// Whether it is what exceeded the carry-over cap, and not the end of the lot.
        over_cap: bool,
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
/// `opening` is the balance before the range; `entries` are those dated within it; `lots` are all of which something
/// lapses within it. On one day a lapse stands before the entries (a lot that ends on a day cannot be used on it),
/// except that a lot is granted before it lapses; entries follow by sequence. Opening plus the amounts of all rows is
/// the balance of the last row.
pub fn passbook(
    opening: Amount,
    entries: Vec<Entry>,
    lots: &[LotState],
    range: DateRange,
) -> Result<Vec<PassbookRow>, QuotaError> {
    let mut rows: Vec<((NaiveDate, Seq), Posting, Amount)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let amount = entry.movement.balance()?;
        rows.push(((entry.date, entry.seq), Posting::Entry(entry), amount));
    }
    for state in lots {
        for lapse in state.lapses()?.into_iter().filter(|lapse| range.contains(lapse.date)) {
            let posting = Posting::Lapse { lot: state.lot.id, over_cap: lapse.over_cap };
            let after = if lapse.date == state.lot.valid.from { state.lot.seq } else { Seq(0) };
            rows.push(((lapse.date, after), posting, lapse.amount.negated()?));
        }
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

/// The balance at the end of a day, from a passbook that begins on that day or before: that of the last row until
/// then, less what will have lapsed since `today`, which a passbook does not show yet. As things stand: what is drawn
/// until then is no longer lost.
pub fn balance_on<'a>(
    opening: Amount,
    rows: impl IntoIterator<Item = &'a PassbookRow>,
    lots: &[LotState],
    today: NaiveDate,
    day: NaiveDate,
) -> Result<Amount, QuotaError> {
    let moved = rows.into_iter().take_while(|row| row.date <= day).map(|row| row.amount);
    let mut balance = opening.plus(Amount::sum(moved)?)?;
    for state in lots {
        for lapse in state.lapses()?.into_iter().filter(|lapse| today < lapse.date && lapse.date <= day) {
            balance = balance.minus(lapse.amount)?;
        }
    }
    Ok(balance)
}
