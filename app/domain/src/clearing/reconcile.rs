//! Reconciling a document, line by line from top to bottom.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{
    ClearingDocument, ClearingError, ClearingLine, ContractFacts, ContractLeft, Facts, Figures, FromLot, Lapsed,
    LineClearing, LineOutcome, LotBefore, Reason, Reconciled,
    rules::{self, Wanted},
};
use crate::{
    ContractId, DateRange, DrawId, Money, Seconds,
    documents::Totals,
    quota::{
        AccountView, Amount, DrawDecision, DrawOrigin, DrawRequest, GrantOrigin, LotState, Outcome, QuotaError, Unit,
        draw, release,
    },
};

/// Decides what saving a document does: its own draws are released, then each line draws what it wants from what is
/// available on the date of the document, from top to bottom. The clearing item gets exactly what was drawn.
///
/// Errors when a total does not fit, when a contract is not among the facts, and when the facts do not cover the date.
pub fn reconcile(document: &ClearingDocument, facts: &Facts) -> Result<Reconciled, ClearingError> {
    let mut reconciled = Reconciled::default();
    for found in &facts.contracts {
        for own in found.own.iter().filter(|own| !own.released) {
            let decision = release(own).map_err(|error| found.refused(None, error))?;
            reconciled.releases.push((found.contract.id, decision));
        }
    }
    let facts = facts.without_own()?;
    let mut books = BTreeMap::<ContractId, AccountView>::new();
    for line in &document.lines {
        let clearing = match &line.fixed {
            Some(fixed) => LineClearing { line: line.id, ..fixed.clone() },
            None => clear(document, line, &facts, &mut books, &mut reconciled.draws)?,
        };
        reconciled.lines.push(clearing);
    }
    let rates = document.lines.iter().zip(&reconciled.lines);
    let sums = rates.flat_map(|(line, clearing)| [(line.line.vat, clearing.total), (line.line.vat, clearing.item)]);
    reconciled.totals = Totals::of(sums).ok_or(ClearingError::SumTooLarge)?;
    for found in &facts.contracts {
        let left = left(document, found, &books, &reconciled.draws);
        reconciled.left.extend(left.map_err(|error| found.refused(None, error))?);
    }
    Ok(reconciled)
}

fn clear(
    document: &ClearingDocument,
    line: &ClearingLine,
    facts: &Facts,
    books: &mut BTreeMap<ContractId, AccountView>,
    draws: &mut Vec<(ContractId, DrawDecision)>,
) -> Result<LineClearing, ClearingError> {
    let too_large = ClearingError::LineTooLarge { line: line.id };
    let total = line.line.total(document.currency, facts.day).ok_or(too_large)?.minor;
    let nothing =
        |outcome, figures| LineClearing { line: line.id, total, outcome, figures, cleared: Amount::ZERO, item: 0 };
    let asked = match rules::wanted(document, line, total, facts)? {
        Ok(asked) => asked,
        Err(reason) => return Ok(nothing(LineOutcome::Nothing(reason), None)),
    };
    let refused = |error| asked.facts.refused(Some(line.id), error);
    let contract = asked.facts.contract.id;
    let view = books.entry(contract).or_insert_with(|| asked.account.clone());
    let request = DrawRequest {
        draw: DrawId::new(line.id.uuid()),
        date: document.date,
        wanted: asked.amount,
        origin: DrawOrigin::DocumentLine,
    };
    let lots = usable(asked.facts, view, document.date).map_err(refused)?;
    let decision = match draw(view, &request) {
        Ok(decision) => decision,
        Err(QuotaError::BooksClosed { closed_until, .. }) => {
            return Ok(nothing(LineOutcome::Nothing(Reason::BooksClosed { closed_until }), None));
        }
        Err(QuotaError::Exhausted { .. } | QuotaError::Ended { .. }) => {
            let reason = unavailable(&asked, view, document).map_err(refused)?;
            let figures = nothing_drawn(&asked, view, document, lots).map_err(refused)?;
            return Ok(nothing(LineOutcome::Nothing(reason), Some(figures)));
        }
        Err(error) => return Err(refused(error)),
    };
    view.post(&decision.entry(view)).map_err(refused)?;
    let cleared = decision.drawn.plus(decision.deficit).map_err(refused)?;
    let item = item(document, line, facts.day, &asked, cleared);
    let item = item.ok_or(ClearingError::LineTooLarge { line: line.id })?;
    let outcome = match decision.outcome() {
        Outcome::Full => LineOutcome::Full,
        Outcome::Partial => LineOutcome::Partial,
        Outcome::Overbooked => LineOutcome::Overbooked,
    };
    let figures = figures(&asked, document, &decision, lots);
    draws.push((contract, decision));
    Ok(LineClearing { line: line.id, total, outcome, figures: Some(figures), cleared, item })
}

/// The net total of the clearing item: for time what those seconds cost at the line's price, rounded once; for money
/// what was drawn.
fn item(
    document: &ClearingDocument,
    line: &ClearingLine,
    day: Seconds,
    asked: &Wanted<'_>,
    cleared: Amount,
) -> Option<i64> {
    let worth = match asked.account.account.unit {
        Unit::Money(_) => cleared.units(),
        Unit::Time => {
            let Money { minor, .. } = line.line.worth(Seconds(cleared.units()), document.currency, day)?;
            minor
        }
    };
    worth.checked_neg()
}

/// Why nothing is available: the quota period of the date was not billed, or what was granted is used up or lapsed.
fn unavailable(asked: &Wanted<'_>, view: &AccountView, document: &ClearingDocument) -> Result<Reason, QuotaError> {
    let period = asked.facts.contract.quota_period_of(document.date);
    let granted = |state: &LotState, period: DateRange| {
        !state.revoked && state.lot.origin == GrantOrigin::ContractBilling && state.lot.valid.from == period.from
    };
    // Without a quota in the terms there is no period that could still be billed: what was granted before is used up.
    let sold = asked.facts.contract.terms.quota.is_some();
    if sold && !period.is_some_and(|period| view.lots.iter().any(|state| granted(state, period))) {
        return Ok(Reason::PeriodNotBilled { period });
    }
    let mut lapsed = Vec::new();
    // What is lost over a cap, after further periods or with the account is not lost for want of carry-over.
    let not_carried = |state: &&LotState| {
        let period_over = |until| until <= document.date && state.ends() == Some(until);
        state.lot.carried.is_none() && state.lot.valid.until.is_some_and(period_over)
    };
    for state in view.lots.iter().filter(not_carried) {
        let amount = state.lapsed(document.date)?;
        if amount.is_positive() {
            lapsed.push(Lapsed { lot: state.lot.id, valid: state.lot.valid, amount });
        }
    }
    Ok(Reason::Exhausted { period, lapsed })
}

/// The lots from which something could be drawn, in the order of consumption.
fn usable(facts: &ContractFacts, view: &AccountView, date: NaiveDate) -> Result<Vec<FromLot>, QuotaError> {
    let mut lots = Vec::new();
    for state in view.lots.iter().filter(|state| state.usable(date)) {
        let (lot, valid) = (state.lot.id, state.lot.valid);
        let held = facts.held_of(lot);
        let before = LotBefore { drawn: state.drawn.minus(held)?, held, lapsed: state.lapsed(date)? };
        let drawable = state.drawable(date)?;
        lots.push(FromLot { lot, valid, drawable, drawn: Amount::ZERO, before: Some(before) });
    }
    Ok(lots)
}

fn figures(
    asked: &Wanted<'_>,
    document: &ClearingDocument,
    decision: &DrawDecision,
    mut lots: Vec<FromLot>,
) -> Figures {
    for lot in &mut lots {
        lot.drawn = decision.from_lot(lot.lot);
    }
    Figures {
        contract: asked.facts.contract.id,
        unit: asked.account.account.unit,
        period: asked.facts.contract.quota_period_of(document.date),
        available_before: decision.available_before,
        wanted: asked.amount,
        drawn: decision.drawn,
        deficit: decision.deficit,
        not_drawn: decision.not_drawn,
        available_after: decision.available_after,
        lots,
    }
}

fn nothing_drawn(
    asked: &Wanted<'_>,
    view: &AccountView,
    document: &ClearingDocument,
    lots: Vec<FromLot>,
) -> Result<Figures, QuotaError> {
    let available = view.available(document.date)?;
    Ok(Figures {
        contract: asked.facts.contract.id,
        unit: asked.account.account.unit,
        period: asked.facts.contract.quota_period_of(document.date),
        available_before: available,
        wanted: asked.amount,
        drawn: Amount::ZERO,
        deficit: Amount::ZERO,
        not_drawn: asked.amount,
        available_after: available,
        lots,
    })
}

/// What is left of the contract's quota on the date; none without a quota or where the facts do not cover the date.
fn left(
    document: &ClearingDocument,
    found: &ContractFacts,
    books: &BTreeMap<ContractId, AccountView>,
    draws: &[(ContractId, DrawDecision)],
) -> Result<Option<ContractLeft>, QuotaError> {
    let contract = found.contract.id;
    let Some(account) = found.account.as_ref().filter(|account| account.covers.contains(document.date)) else {
        return Ok(None);
    };
    let own = draws.iter().filter(|(of, _)| *of == contract).map(|(_, decision)| decision);
    Ok(Some(ContractLeft {
        contract,
        unit: account.account.unit,
        period: found.contract.quota_period_of(document.date),
        before: account.available(document.date)?,
        drawn: Amount::sum(own.clone().map(|decision| decision.drawn))?,
        deficit: Amount::sum(own.map(|decision| decision.deficit))?,
        after: books.get(&contract).unwrap_or(account).available(document.date)?,
    }))
}
