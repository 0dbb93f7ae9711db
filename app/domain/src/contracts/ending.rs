//! Ending a contract: the day that a notice or an agreement comes to, and all that hangs on it.
//!
//! *Invariants.* What was billed stays billed and what was drawn stays drawn, also beyond the end; the plan names both.
//! The quota is never prorated: what its lots still have lapses on the end.

use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{BillError, BilledPeriod, Contract, Period, PeriodBill, TermsError};
use crate::{
    DateRange, DocumentId, DrawId, Seconds,
    documents::{DocumentKind, DocumentState, Totals},
    quota::{AccountView, Amount, Lot, LotState, OpenDeficit, check_date, end},
};

/// How a contract is ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "ending")]
pub enum Ending {
    /// Notice was given: it ends at the first term boundary that the notice allows. An agreed end no longer counts.
    Notice {
        /// The day of the notice.
        on: NaiveDate,
    },
    /// An end was agreed, whatever term and notice say.
    Agreed {
        /// The first day that no longer belongs to it.
        until: NaiveDate,
    },
    /// Notice and agreement are taken back: it goes on as its term says.
    TakenBack,
}

impl Ending {
    /// The contract after that.
    pub fn of(self, contract: &Contract) -> Contract {
        let (cancelled_on, agreed_end) = match self {
            Ending::Notice { on } => (Some(on), None),
            Ending::Agreed { until } => (contract.cancelled_on, Some(until)),
            Ending::TakenBack => (None, None),
        };
        Contract { cancelled_on, agreed_end, ..contract.clone() }
    }
}

/// A draw of the contract's account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedDraw {
    /// The draw.
    pub draw: DrawId,
    /// The date that it counts for.
    pub date: NaiveDate,
    /// What it holds, with its deficit.
    pub amount: Amount,
}

/// A delivery note or invoice with lines that name the contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DatedDocument {
    /// The document.
    pub document: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// How far it is.
    pub state: DocumentState,
    /// Its number; none as long as it is a draft.
    pub number: Option<String>,
    /// Its date.
    pub date: NaiveDate,
}

/// What is known of a contract that is to be ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndFacts {
    /// The contract.
    pub contract: Contract,
    /// The billed periods from the first on that can lie beyond the end, the oldest first.
    pub billed: Vec<BilledPeriod>,
    /// Its account; none without a quota. Its facts cover every day from the end on.
    pub account: Option<AccountView>,
    /// The draws that count for days from `from` on.
    pub drawn: Vec<DatedDraw>,
    /// The standing documents that name it, dated from `from` on.
    pub documents: Vec<DatedDocument>,
    /// The first day for which all of these facts are complete.
    pub from: NaiveDate,
}

/// How notice comes to its term boundary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoticeReach {
    /// The day of the notice plus the notice: no earlier boundary counts.
    pub over: NaiveDate,
    /// The boundary.
    pub boundary: NaiveDate,
}

/// The last period of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastPeriod {
    /// The period; its service ends with the contract.
    pub period: Period,
    /// What it bills.
    pub bill: PeriodBill,
    /// What it would bill if the end did not cut it.
    pub whole: Totals,
    /// The days that it lasts and the days of the whole period, where the end cuts it.
    pub days: Option<(i64, i64)>,
    /// What was billed for it, if it was: that stays so.
    pub billed: Option<BilledPeriod>,
}

/// Why a lot is lost with the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Loss {
    /// It ends on that day by itself.
    ByItself,
    /// It would have lasted longer, in its own period or carried over.
    Cut,
    /// It begins on the end or later: it can never be used.
    Beyond,
}

/// What of a lot is lost with the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedLot {
    /// The lot.
    pub lot: Lot,
    /// What is left of it, more than nothing.
    pub amount: Amount,
    /// Why.
    pub loss: Loss,
}

/// A billed period that the end cuts or leaves behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Beyond {
    /// What was billed: it stays so until its invoice is cancelled.
    pub billed: BilledPeriod,
    /// The days of it that no longer belong to the contract.
    pub after: DateRange,
}

/// A period that was billed for fewer days than the contract now lasts in it: an earlier end had cut it.
///
/// Its claim stands, so no run bills the rest; cancelling its invoice and running it again does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Short {
    /// What was billed.
    pub billed: BilledPeriod,
    /// The days of it that are not billed.
    pub unbilled: DateRange,
    /// What a re-run would bill instead, net, in minor units.
    pub instead: i64,
}

/// What ending a contract comes to, as previewed or as decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndPlan {
    /// The contract as it will be.
    pub contract: Contract,
    /// Its end until now.
    pub earlier: Option<NaiveDate>,
    /// Its end from now on: the first day that no longer belongs to it.
    pub end: Option<NaiveDate>,
    /// How a notice comes to that end.
    pub notice: Option<NoticeReach>,
    /// Its last period; none when it does not end, or ends before it is billed at all.
    pub last: Option<LastPeriod>,
    /// What of its lots is lost, in the order of consumption.
    pub lots: Vec<EndedLot>,
    /// The billed periods that do not end before it.
    pub beyond: Vec<Beyond>,
    /// The billed periods of which a part is not billed, the oldest first.
    pub short: Vec<Short>,
    /// What was drawn for days on which it no longer lasts: it stays drawn.
    pub drawn: Vec<DatedDraw>,
    /// The documents of days on which it no longer lasts: a draft no longer draws when it is saved again.
    pub documents: Vec<DatedDocument>,
    /// The deficits that are open.
    pub deficits: Vec<OpenDeficit>,
    /// What is wrong with it. Nothing is done as long as there is anything.
    pub faults: Vec<(&'static str, TermsError)>,
}

impl EndPlan {
    /// Whether it changes something and nothing stands in the way.
    pub fn works(&self, before: &Contract) -> bool {
        self.faults.is_empty() && self.contract != *before
    }
}

/// Plans how a contract is ended: the end as notice, agreement and term say, and what comes of its last period, its
/// lots and all that lies beyond. An end may lie in the past: then what was billed and drawn since stays, and is named.
/// `day` is the company's working day.
///
/// Errors when the last period or one that was billed in part could not be billed, or when the facts do not cover the
/// end.
pub fn ending(facts: &EndFacts, how: Ending, day: Seconds) -> Result<EndPlan, BillError> {
    let contract = how.of(&facts.contract);
    let faults = contract.faults();
    let until = contract.end();
    let over = match (how, contract.terms.renewal) {
        (Ending::Notice { on }, Some(_)) => on.checked_add_months(Months::new(contract.terms.notice)),
        _ => None,
    };
    let mut plan = EndPlan {
        earlier: facts.contract.end(),
        end: until,
        notice: over.zip(until).map(|(over, boundary)| NoticeReach { over, boundary }),
        last: None,
        lots: Vec::new(),
        beyond: Vec::new(),
        short: Vec::new(),
        drawn: Vec::new(),
        documents: Vec::new(),
        deficits: facts.account.as_ref().map_or_else(Vec::new, |account| account.deficits.clone()),
        faults,
        contract,
    };
    // What cannot be saved anyway has no consequences.
    if !plan.faults.is_empty() {
        return Ok(plan);
    }
    let short = facts.billed.iter().map(|billed| short(*billed, &plan.contract, day));
    plan.short = short.filter_map(Result::transpose).collect::<Result<_, _>>()?;
    let Some(until) = until else { return Ok(plan) };
    check_date(until).map_err(BillError::Quota)?;
    plan.last = last(facts, &plan.contract, until, day)?;
    plan.lots = facts.account.as_ref().map_or(Ok(Vec::new()), |account| lots(account, until))?;
    plan.beyond = facts.billed.iter().filter_map(|billed| beyond(*billed, until)).collect();
    plan.drawn = facts.drawn.iter().filter(|drawn| until <= drawn.date).cloned().collect();
    plan.documents = facts.documents.iter().filter(|document| until <= document.date).cloned().collect();
    Ok(plan)
}

/// The period to which the last day belongs.
fn last(
    facts: &EndFacts,
    contract: &Contract,
    until: NaiveDate,
    day: Seconds,
) -> Result<Option<LastPeriod>, BillError> {
    let last_day = until.pred_opt().ok_or(BillError::BeyondCalendar)?;
    let number = contract.billing_periods().number_of(last_day).and_then(|number| u32::try_from(number).ok());
    let Some(period) = number.and_then(|number| contract.period(number)) else { return Ok(None) };
    let uncut = Period { service: period.range, ..period };
    let days = |range: DateRange| range.until.map(|until| until.signed_duration_since(range.from).num_days());
    Ok(Some(LastPeriod {
        bill: contract.bill(&period, day)?,
        whole: contract.bill(&uncut, day)?.totals,
        days: days(period.service).zip(days(period.range)).filter(|(lasts, whole)| lasts != whole),
        billed: facts.billed.iter().find(|billed| billed.number == period.number).copied(),
        period,
    }))
}

/// What the kernel says is lost with the end, and what ends on that day by itself.
fn lots(account: &AccountView, until: NaiveDate) -> Result<Vec<EndedLot>, BillError> {
    let decided = end(account, Some(until)).map_err(BillError::Quota)?;
    let mut found = Vec::new();
    for state in &account.lots {
        let lapsed = decided.lapses.iter().find(|part| part.lot == state.lot.id).map(|part| part.amount);
        let loss = match lapsed {
            None => Loss::ByItself,
            Some(_) if until <= state.lot.valid.from => Loss::Beyond,
            Some(_) => Loss::Cut,
        };
        let amount = match lapsed {
            Some(amount) => amount,
            None if state.lot.valid.until == Some(until) => rest(state)?,
            None => Amount::ZERO,
        };
        if amount.is_positive() {
            found.push(EndedLot { lot: state.lot.clone(), amount, loss });
        }
    }
    Ok(found)
}

/// What lapses of a lot on the day on which it ends by itself.
fn rest(state: &LotState) -> Result<Amount, BillError> {
    let alone = LotState { account_end: None, ..state.clone() };
    let lapses = alone.lapses().map_err(BillError::Quota)?;
    Ok(lapses.into_iter().rfind(|lapse| !lapse.over_cap).map_or(Amount::ZERO, |lapse| lapse.amount))
}

/// None where the price did not go by days: then the whole of it is paid.
fn short(billed: BilledPeriod, contract: &Contract, day: Seconds) -> Result<Option<Short>, BillError> {
    let Some(period) = contract.period(billed.number) else { return Ok(None) };
    let unbilled = billed.service.until.and_then(|from| DateRange::new(from, period.service.until));
    let Some(unbilled) = unbilled else { return Ok(None) };
    let instead = contract.bill(&period, day)?.totals.net;
    Ok((instead != billed.net).then_some(Short { billed, unbilled, instead }))
}

fn beyond(billed: BilledPeriod, until: NaiveDate) -> Option<Beyond> {
    let from = billed.service.from.max(until);
    DateRange::new(from, billed.service.until).map(|after| Beyond { billed, after })
}
