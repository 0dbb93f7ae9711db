//! Clearing a second time, in the plainest way: on one date only what is there together counts, not from which lot.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use domain::{
    ContractId, Currency, Seconds,
    clearing::{ClearingLine, ContractFacts, Facts},
    documents::Line,
    groups::Switch,
    money,
    quota::{GrantOrigin, LotState, Overbooking, PostedDraw, Unit},
};

use crate::{
    clearing_plans::World,
    contract_plans::{digits, rounded},
};

/// What the model says of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    pub outcome: &'static str,
    pub wanted: i64,
    pub drawn: i64,
    pub deficit: i64,
    pub total: i64,
    pub item: i64,
}

/// What a contract has for the document, and how much more overbooking allows.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    pub available: i64,
    pub room: i64,
}

/// What so many seconds of a line, or the whole line in other units, come to.
pub fn worth(line: &Line, seconds: Option<i64>, currency: Currency, day: Seconds) -> i64 {
    let scale = 10_i128.pow(money::decimals(currency));
    let (price, kept) = (digits(line.price.value(), 4), 10_000 - digits(line.discount.value(), 2));
    match (seconds, line.unit.seconds(day)) {
        (Some(seconds), Some(one)) => {
            rounded(i128::from(seconds) * price * kept * scale, i128::from(one.0) * 10_i128.pow(8))
        }
        _ => rounded(digits(line.quantity.value(), 2) * price * kept * scale, 10_i128.pow(10)),
    }
}

pub fn seconds(line: &Line, day: Seconds) -> Option<i64> {
    line.unit.seconds(day).map(|one| rounded(digits(line.quantity.value(), 2) * i128::from(one.0), 100))
}

/// What of a lot can be drawn on the date when the document holds nothing.
fn drawable(state: &LotState, own: &[PostedDraw], date: NaiveDate, end: Option<NaiveDate>) -> i64 {
    let until = [state.lot.valid.until, end];
    if state.revoked || date < state.lot.valid.from || until.into_iter().flatten().any(|until| until <= date) {
        return 0;
    }
    let held = |draws: &mut dyn Iterator<Item = &PostedDraw>| {
        draws
            .flat_map(|draw| &draw.parts)
            .filter(|part| part.lot == state.lot.id)
            .map(|part| part.amount.units())
            .sum::<i64>()
    };
    let left = state.lot.amount.units() - state.drawn.units() + held(&mut own.iter());
    let Some(carried) = state.lot.carried.filter(|carried| carried.from <= date) else { return left };
    let late = held(&mut own.iter().filter(|draw| carried.from <= draw.date));
    carried.cap.map_or(left, |cap| left.min(cap.units() - (state.drawn_carried.units() - late)).max(0))
}

pub fn pool(facts: &ContractFacts, date: NaiveDate) -> Pool {
    let Some(account) = &facts.account else { return Pool { available: 0, room: 0 } };
    let available = account.lots.iter().map(|state| drawable(state, &facts.own, date, account.end)).sum();
    let open: i64 = account.deficits.iter().map(|deficit| deficit.amount.units()).sum();
    let own: i64 = facts.own.iter().map(|draw| draw.deficit.units()).sum();
    let room = match account.account.policy.overbooking {
        Overbooking::No => 0,
        Overbooking::Yes { limit: None } => i64::MAX / 2,
        Overbooking::Yes { limit: Some(limit) } => (limit.units() - (open - own)).max(0),
    };
    let ended = account.end.is_some_and(|end| end <= date);
    if ended { Pool { available: 0, room: 0 } } else { Pool { available, room } }
}

/// What a contract counts on the date: after its quota was taken out, what the lots count that can still be used.
fn counts(facts: &ContractFacts, date: NaiveDate) -> Option<Unit> {
    let account = facts.account.as_ref()?;
    let lasts = |state: &&LotState| {
        let until = [state.lot.valid.until, account.end].into_iter().flatten().min();
        !state.revoked && state.lot.valid.from <= date && until.is_none_or(|until| date < until)
    };
    let former = account.lots.iter().find(lasts).map(|_| account.account.unit);
    facts.contract.terms.quota.as_ref().map(|quota| quota.unit).or(former)
}

fn eligible(facts: &Facts, own: &ContractFacts, line: &Line) -> bool {
    let own = &own.contract.terms.groups;
    for switches in [own, &facts.groups] {
        let sub_group = line.sub_group.and_then(|id| switches.sub_groups.get(&id));
        let group = line.group.and_then(|id| switches.groups.get(&id));
        for switch in [sub_group, group].into_iter().flatten() {
            match switch {
                Switch::On => return true,
                Switch::Off => return false,
                Switch::Inherit => {}
            }
        }
    }
    false
}

/// Whether a contract could be proposed for a line.
pub fn could_clear(world: &World, facts: &ContractFacts, line: &Line) -> bool {
    let (contract, date) = (&facts.contract, world.document.date);
    contract.customer == world.document.customer
        && counts(facts, date).is_some()
        && (contract.terms.quota.is_some() || pool(facts, date).available > 0)
        && contract.start <= date
        && contract.agreed_end.is_none_or(|end| date < end)
        && eligible(&world.facts, facts, line)
}

/// The first rule that fails of those that do not depend on what other lines draw.
fn failing(world: &World, line: &ClearingLine, total: i64) -> Option<&'static str> {
    let (document, facts) = (&world.document, &world.facts);
    let found = facts.contracts.iter().find(|found| Some(found.contract.id) == line.contract);
    let counted = found.and_then(|found| counts(found, document.date));
    let charged = &line.line;
    let is = |test: &dyn Fn(&ContractFacts) -> bool| found.is_some_and(test);
    let same_currency = counted == Some(Unit::Money(document.currency));
    let rules = [
        ("switched_off", !line.clears),
        ("no_contract", line.contract.is_none()),
        ("not_a_quota_contract", counted.is_none()),
        ("other_customer", is(&|found| found.contract.customer != document.customer)),
        (
            "contract_not_active",
            is(&|found| {
                let over = found.contract.agreed_end.is_some_and(|end| end <= document.date);
                document.date < found.contract.start || over
            }),
        ),
        ("group_not_eligible", is(&|found| !eligible(facts, found, charged))),
        ("quantity_not_positive", digits(charged.quantity.value(), 2) <= 0),
        ("price_not_positive", {
            let free = digits(charged.price.value(), 4) <= 0 || digits(charged.discount.value(), 2) == 10_000;
            free || (same_currency && total <= 0)
        }),
        (
            "unit_mismatch",
            match counted {
                Some(Unit::Time) => seconds(charged, facts.day).is_none(),
                Some(Unit::Money(currency)) => currency != document.currency,
                None => false,
            },
        ),
        ("vat_rate_mismatch", is(&|found| charged.vat != found.sold_at.unwrap_or(found.contract.terms.items[0].vat))),
        (
            "books_closed",
            is(&|found| {
                let closed = found.account.as_ref().and_then(|account| account.books_closed_until);
                closed.is_some_and(|closed| document.date < closed)
            }),
        ),
    ];
    rules.into_iter().find(|(_, fails)| *fails).map(|(name, _)| name)
}

/// Whether a lot was billed for the month of the date: the contracts of the worlds begin on the first of a month.
fn billed(facts: &ContractFacts, date: NaiveDate) -> bool {
    let month = |day: NaiveDate| (day.year(), day.month());
    let mut lots = facts.account.iter().flat_map(|account| &account.lots);
    lots.any(|state| state.lot.origin == GrantOrigin::ContractBilling && month(state.lot.valid.from) == month(date))
}

/// What saving does to each line.
pub fn expected(world: &World) -> Vec<Expected> {
    let (document, facts) = (&world.document, &world.facts);
    let mut pools: BTreeMap<ContractId, Pool> =
        facts.contracts.iter().map(|found| (found.contract.id, pool(found, document.date))).collect();
    let one = |line: &ClearingLine| {
        let time = seconds(&line.line, facts.day);
        let total = worth(&line.line, time, document.currency, facts.day);
        let nothing = |outcome, wanted| Expected { outcome, wanted, drawn: 0, deficit: 0, total, item: 0 };
        if let Some(rule) = failing(world, line, total) {
            return nothing(rule, 0);
        }
        let contract = line.contract.expect("a contract: no rule failed");
        let found = &facts.contracts[world.place(contract)];
        let unit = counts(found, document.date).expect("a quota: no rule failed");
        let wanted = if unit == Unit::Time { time.expect("time") } else { total };
        let pool = pools.get_mut(&contract).expect("a contract");
        let drawn = wanted.min(pool.available);
        let deficit = (wanted - drawn).min(pool.room);
        pool.available -= drawn;
        pool.room -= deficit;
        if drawn + deficit == 0 {
            let former = found.contract.terms.quota.is_none();
            let exhausted = former || billed(found, document.date);
            return nothing(if exhausted { "exhausted" } else { "period_not_billed" }, wanted);
        }
        let outcome = match (drawn + deficit == wanted, deficit) {
            (false, _) => "partial",
            (true, 0) => "full",
            (true, _) => "overbooked",
        };
        let cleared = drawn + deficit;
        let worth =
            if unit == Unit::Time { worth(&line.line, Some(cleared), document.currency, facts.day) } else { cleared };
        Expected { outcome, wanted, drawn, deficit, total, item: -worth }
    };
    document.lines.iter().map(one).collect()
}
