//! Points, and what lies between two of them: the rows of a statement.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{Account, Amount, Entry, Ledger, LotState, Movement, QuotaError, Seq};
use crate::{DrawId, LotId};

/// A place in the history of an account, in both of its orders: an entry is reached when both its sequence number and
/// its date are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Point {
    /// The last entry that was known.
    pub seq: Seq,
    /// The last day that counts.
    pub date: NaiveDate,
}

impl Point {
    /// Whether the entry is known and dated until here.
    pub fn reaches(&self, entry: &Entry) -> bool {
        entry.seq <= self.seq && entry.date <= self.date
    }
}

/// A row between two points.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
    /// The date that it counts for.
    pub date: NaiveDate,
    /// What happened.
    pub what: StatementPosting,
    /// How it moves the balance.
    pub amount: Amount,
    /// The balance afterwards.
    pub balance: Amount,
    /// Whether it counts for a date that the earlier point had already reached: it was posted late.
    pub late: bool,
}

/// What a row between two points stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "posting", rename_all = "snake_case")]
pub enum StatementPosting {
    /// An entry of the history.
    Entry(Entry),
    /// The change of what has lapsed of a lot: negative when more is lost, positive when a late draw used a lapsed
    /// rest.
    Lapse {
        /// The lot.
        lot: LotId,
    },
}

/// What lies between two points: `opening + rows = closing`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The balance at the first point.
    pub opening: Amount,
    /// The rows by date and sequence.
    pub rows: Vec<StatementRow>,
    /// The balance at the second point.
    pub closing: Amount,
}

/// What has lapsed of each lot at a point, and on which day it did last.
type Lapsed = BTreeMap<LotId, (NaiveDate, Amount)>;

/// The balance at a point: the movements of all entries that it reaches, less what has lapsed by its date of what was
/// known. `holds` are draws that do not count, because their documents are still drafts.
pub fn balance_at(
    account: &Account,
    entries: &[Entry],
    holds: &BTreeSet<DrawId>,
    point: Point,
) -> Result<Amount, QuotaError> {
    let lapsed = lapsed_at(account, entries, holds, point)?;
    let counted = entries.iter().filter(|entry| point.reaches(entry) && !is_held(&entry.movement, holds));
    let moved = counted.map(|entry| entry.movement.balance()).try_fold(Amount::ZERO, |sum, one| sum.plus(one?))?;
    lapsed.values().try_fold(moved, |balance, (_, lapsed)| balance.minus(*lapsed))
}

/// Everything between two points: each entry that the second reaches and the first does not, and for each lot the
/// change of what has lapsed. Draws in `holds` are left out.
///
/// Errors when the second point lies before the first, when the entries break a bound, or when a sum does not fit.
pub fn between(
    account: &Account,
    entries: &[Entry],
    holds: &BTreeSet<DrawId>,
    from: Point,
    to: Point,
) -> Result<Span, QuotaError> {
    if to.seq < from.seq {
        return Err(QuotaError::OutOfSequence { expected: from.seq, found: to.seq });
    }
    if to.date < from.date {
        return Err(QuotaError::EmptyValidity { from: from.date, until: to.date });
    }
    let opening = balance_at(account, entries, holds, from)?;
    let (before, after) = (lapsed_at(account, entries, holds, from)?, lapsed_at(account, entries, holds, to)?);
    let mut rows: Vec<((NaiveDate, Seq), StatementPosting, Amount)> = Vec::new();
    for entry in entries.iter().filter(|entry| to.reaches(entry) && !from.reaches(entry)) {
        if !is_held(&entry.movement, holds) {
            let amount = entry.movement.balance()?;
            rows.push(((entry.date, entry.seq), StatementPosting::Entry(entry.clone()), amount));
        }
    }
    let lots: BTreeSet<&LotId> = before.keys().chain(after.keys()).collect();
    for lot in lots {
        let lost = |at: &Lapsed| at.get(lot).map_or(Amount::ZERO, |(_, amount)| *amount);
        let amount = lost(&before).minus(lost(&after))?;
        let day = after.get(lot).or_else(|| before.get(lot)).map_or(to.date, |(day, _)| *day);
        if !amount.is_zero() {
            rows.push(((day, Seq(0)), StatementPosting::Lapse { lot: *lot }, amount));
        }
    }
    rows.sort_by_key(|(place, ..)| *place);
    let mut balance = opening;
    let rows = rows
        .into_iter()
        .map(|((date, _), what, amount)| {
            balance = balance.plus(amount)?;
            Ok(StatementRow { date, what, amount, balance, late: date <= from.date })
        })
        .collect::<Result<_, QuotaError>>()?;
    Ok(Span { opening, rows, closing: balance })
}

/// Whether the movement belongs to a draw that is only held.
fn is_held(movement: &Movement, holds: &BTreeSet<DrawId>) -> bool {
    match movement {
        Movement::Draw { draw, .. } | Movement::Release { draw, .. } | Movement::Cover { draw, .. } => {
            holds.contains(draw)
        }
        Movement::Grant { .. } | Movement::Revoke { .. } | Movement::End { .. } => false,
    }
}

/// What has lapsed of each lot by the date of the point, from all that was known then. What a hold took counts as
/// left, so that the draw and the lapse show in one statement once the document is issued.
fn lapsed_at(
    account: &Account,
    entries: &[Entry],
    holds: &BTreeSet<DrawId>,
    point: Point,
) -> Result<Lapsed, QuotaError> {
    let known = Ledger::fold(account.clone(), entries.iter().filter(|entry| entry.seq <= point.seq))?;
    let mut lapsed = Lapsed::new();
    for state in &known.view.lots {
        let mut state: LotState = state.clone();
        for draw in holds.iter().filter_map(|hold| known.draws.get(hold)) {
            let amount = draw.from_lot(state.lot.id);
            if amount.is_positive() {
                state.take(amount.negated()?, draw.date)?;
            }
        }
        let last = state.lapses()?.into_iter().rfind(|lapse| lapse.date <= point.date);
        if let Some(last) = last {
            lapsed.insert(state.lot.id, (last.date, state.lapsed(point.date)?));
        }
    }
    Ok(lapsed)
}
