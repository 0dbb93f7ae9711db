//! What an entry for an earlier day changes of what has lapsed and of what is there today.
//!
//! A posted draw is never changed by a later one, and a late one uses the lots of *its* date: so it takes from what has
//! lapsed since, and the lapse becomes smaller. Nothing here decides anything; it compares an account before and after.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, DrawDecision, LotState, Part, QuotaError};
use crate::LotId;

/// A lapse that becomes another amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct LapseChange {
    /// The lot.
    pub lot: LotId,
    /// The day of the lapse.
    pub date: NaiveDate,
    /// Whether it is what exceeds the carry-over cap, and not the end of the lot.
    pub over_cap: bool,
    /// What lapses on the day as things stand.
    pub before: Amount,
    /// What lapses on it afterwards.
    pub after: Amount,
}

/// What changes between an account and the same account after some entries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LateEffect {
    /// What is taken from which lot; negative where something is given back. In the order of consumption.
    pub taken: Vec<Part>,
    /// The lapses that change, by day.
    pub lapses: Vec<LapseChange>,
    /// How what is available today changes: nothing where only lots are used that are over.
    pub today: Amount,
}

/// Whether an entry of that date is late: a lot of the account began or ended between it and today, so that other lots
/// count on the two days.
pub fn is_late(view: &AccountView, date: NaiveDate, today: NaiveDate) -> bool {
    let between = |day: NaiveDate| date < day && day <= today;
    let starts_or_ends = |state: &LotState| between(state.lot.valid.from) || state.ends().is_some_and(between);
    view.lots
        .iter()
        .any(|state| starts_or_ends(state) || state.lot.carried.is_some_and(|carried| between(carried.from)))
}

/// Compares an account before some entries and after them. Lots that only one of them has do not count.
///
/// Errors when a figure does not fit.
pub fn late_effect(before: &AccountView, after: &AccountView, today: NaiveDate) -> Result<LateEffect, QuotaError> {
    let mut effect = LateEffect { taken: Vec::new(), lapses: Vec::new(), today: Amount::ZERO };
    for state in &before.lots {
        let lot = state.lot.id;
        let Some(then) = after.lot(lot).filter(|then| *then != state) else { continue };
        let amount = then.drawn.minus(state.drawn)?;
        if !amount.is_zero() {
            effect.taken.push(Part { lot, amount });
        }
        effect.lapses.extend(changes(state, then)?);
        effect.today = effect.today.plus(then.drawable(today)?.minus(state.drawable(today)?)?)?;
    }
    effect.lapses.sort_by_key(|change| change.date);
    Ok(effect)
}

/// What a draw that was decided on this account changes of what has lapsed; none when it is not late.
///
/// Errors when a figure does not fit.
pub fn late_draw(
    view: &AccountView,
    decision: &DrawDecision,
    today: NaiveDate,
) -> Result<Option<LateEffect>, QuotaError> {
    if !is_late(view, decision.request.date, today) {
        return Ok(None);
    }
    let mut after = view.clone();
    after.post(&decision.entry(view))?;
    late_effect(view, &after, today).map(Some)
}

/// The lapses of a lot that differ.
fn changes(before: &LotState, after: &LotState) -> Result<Vec<LapseChange>, QuotaError> {
    let mut days = BTreeMap::<(NaiveDate, bool), (Amount, Amount)>::new();
    for lapse in before.lapses()? {
        days.entry((lapse.date, !lapse.over_cap)).or_default().0 = lapse.amount;
    }
    for lapse in after.lapses()? {
        days.entry((lapse.date, !lapse.over_cap)).or_default().1 = lapse.amount;
    }
    let lot = before.lot.id;
    let changed = days.into_iter().filter(|(_, (before, after))| before != after);
    let change = changed.map(|((date, end), (before, after))| LapseChange { lot, date, over_cap: !end, before, after });
    Ok(change.collect())
}

impl LateEffect {
    /// The lapses that lie behind: they are corrected. What still lies ahead only becomes smaller.
    pub fn corrections(&self, today: NaiveDate) -> impl Iterator<Item = &LapseChange> {
        self.lapses.iter().filter(move |change| change.date <= today)
    }

    /// Whether nothing changes at all.
    pub fn is_nothing(&self) -> bool {
        self.taken.is_empty() && self.lapses.is_empty() && self.today.is_zero()
    }
}
