//! Draw: taking an amount for a date.

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AccountView, Amount, DrawOrigin, Entry, Movement, Overbooking, QuotaError};
use crate::{DrawId, LotId};

/// How much an entry moves in one lot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The lot.
    pub lot: LotId,
    /// How much, more than nothing.
    pub amount: Amount,
}

/// What a person asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawRequest {
    /// Made by the client: the same id with the same content counts once.
    pub draw: DrawId,
    /// The date that it counts for; decides which lots can be used.
    pub date: NaiveDate,
    /// How much is wanted.
    pub wanted: Amount,
    /// For what it is made.
    #[serde(default)]
    pub origin: DrawOrigin,
}

/// How a draw came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The lots gave everything.
    Full,
    /// Something was not drawn.
    Partial,
    /// Drawn in full, part of it as deficit.
    Overbooked,
}

/// What a draw does, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawDecision {
    /// The request.
    pub request: DrawRequest,
    /// What comes from which lot, in the order of consumption.
    pub parts: Vec<Part>,
    /// What the lots give together.
    pub drawn: Amount,
    /// What overbooking adds.
    pub deficit: Amount,
    /// What nobody gives: it is not drawn.
    pub not_drawn: Amount,
    /// What was available on the date before.
    pub available_before: Amount,
    /// What is available on the date afterwards.
    pub available_after: Amount,
}

/// A figure of a [`DrawDecision`] that two decisions can differ in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Figure {
    /// What was available before.
    AvailableBefore,
    /// What the lots give.
    Drawn,
    /// What overbooking adds.
    Deficit,
    /// What is not drawn.
    NotDrawn,
    /// What is available afterwards.
    AvailableAfter,
    /// The share of one lot.
    Lot(LotId),
}

/// One line of the comparison between what a person saw and what was decided.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which figure.
    pub figure: Figure,
    /// What the person saw.
    pub seen: Amount,
    /// What was decided.
    pub decided: Amount,
}

/// Decides a draw: it takes `min(wanted, available)` from the usable lots in the order of consumption; the rest
/// becomes deficit where overbooking allows it, and is not drawn otherwise.
///
/// Errors when the amount or the date is out of range, when the facts do not cover the date, when the books are
/// closed for it or the account has ended, and with [`QuotaError::Exhausted`] when nothing at all would be drawn.
pub fn draw(view: &AccountView, request: &DrawRequest) -> Result<DrawDecision, QuotaError> {
    let wanted = request.wanted.asked()?;
    let available_before = view.available(request.date)?;
    if let Some(closed_until) = view.books_closed_until.filter(|closed_until| request.date < *closed_until) {
        return Err(QuotaError::BooksClosed { date: request.date, closed_until });
    }
    view.check_not_ended(request.date)?;
    let mut rest = wanted;
    let mut parts = Vec::new();
    for state in &view.lots {
        let amount = state.drawable(request.date)?.min(rest);
        if amount.is_positive() {
            parts.push(Part { lot: state.lot.id, amount });
            rest = rest.minus(amount)?;
        }
    }
    let drawn = wanted.minus(rest)?;
    let deficit = rest.min(room_for_deficit(view, rest)?);
    let not_drawn = rest.minus(deficit)?;
    if drawn.is_zero() && deficit.is_zero() {
        return Err(QuotaError::Exhausted { date: request.date, wanted, available: available_before });
    }
    let available_after = available_before.minus(drawn)?;
    Ok(DrawDecision { request: request.clone(), parts, drawn, deficit, not_drawn, available_before, available_after })
}

/// How much of `rest` may become deficit: open deficits may not exceed the account's limit.
fn room_for_deficit(view: &AccountView, rest: Amount) -> Result<Amount, QuotaError> {
    match view.account.policy.overbooking {
        Overbooking::No => Ok(Amount::ZERO),
        Overbooking::Yes { limit: None } => Ok(rest),
        Overbooking::Yes { limit: Some(limit) } => Ok(limit.minus(view.open_deficit()?)?.max(Amount::ZERO)),
    }
}

impl DrawDecision {
    /// How it came out.
    pub fn outcome(&self) -> Outcome {
        match (self.not_drawn.is_positive(), self.deficit.is_positive()) {
            (true, _) => Outcome::Partial,
            (false, true) => Outcome::Overbooked,
            (false, false) => Outcome::Full,
        }
    }

    /// The entry that posts it.
    pub fn entry(&self, view: &AccountView) -> Entry {
        Entry {
            seq: view.next_seq,
            date: self.request.date,
            movement: Movement::Draw {
                draw: self.request.draw,
                parts: self.parts.clone(),
                deficit: self.deficit,
                origin: self.request.origin,
            },
        }
    }

    /// Compares what a person saw with what was decided, figure by figure; empty when nothing differs.
    pub fn differences(seen: &DrawDecision, decided: &DrawDecision) -> Vec<Difference> {
        let figures = [
            (Figure::AvailableBefore, seen.available_before, decided.available_before),
            (Figure::Drawn, seen.drawn, decided.drawn),
            (Figure::Deficit, seen.deficit, decided.deficit),
            (Figure::NotDrawn, seen.not_drawn, decided.not_drawn),
            (Figure::AvailableAfter, seen.available_after, decided.available_after),
        ];
        let mut lots: Vec<LotId> = seen.parts.iter().map(|part| part.lot).collect();
        lots.extend(decided.parts.iter().map(|part| part.lot).filter(|lot| !seen.parts.iter().any(|p| p.lot == *lot)));
        figures
            .into_iter()
            .chain(lots.into_iter().map(|lot| (Figure::Lot(lot), seen.from_lot(lot), decided.from_lot(lot))))
            .filter(|(_, seen, decided)| seen != decided)
            .map(|(figure, seen, decided)| Difference { figure, seen, decided })
            .collect()
    }

    /// What comes from that lot.
    pub fn from_lot(&self, lot: LotId) -> Amount {
        self.parts.iter().find(|part| part.lot == lot).map_or(Amount::ZERO, |part| part.amount)
    }
}
