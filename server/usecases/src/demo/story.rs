//! What happens on the accounts of the demo company.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::{
    AccountId, CustomerId, DrawId, LotId,
    money::Currency,
    quota::{Amount, DeficitPolicy, DrawRequest, GrantRequest, Overbooking, Policy, Unit},
};
use fastrand::Rng;
use wire::{
    Problem,
    accounts::{AccountDraft, DrawDraft, GrantDraft},
};

use super::{
    account_of, at,
    names::{GOODS, PEOPLE, WORK},
};
use crate::{Env, Refused, accounts, people::program};

/// An account and how it lives.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The account.
    pub account: AccountDraft,
    /// Who looks after it.
    pub by: &'static str,
    /// Its first day.
    pub start: NaiveDate,
    kind: Kind,
    today: NaiveDate,
    seed: u64,
}

/// How an account is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Kind {
    name: &'static str,
    unit: Unit,
    /// What each lot holds.
    lot: i64,
    /// How many months a lot is valid; the next one follows on it.
    months: u32,
    /// The largest draw, in steps of `step`.
    steps: i64,
    step: i64,
    draws_a_month: u32,
    overbooking: bool,
}

const HOUR: i64 = 3600;
const QUARTER: i64 = 900;
const EUR: Unit = Unit::Money(Currency::EUR);

const fn hours(name: &'static str, lot: i64, months: u32, steps: i64, draws_a_month: u32) -> Kind {
    Kind { name, unit: Unit::Time, lot, months, steps, step: QUARTER, draws_a_month, overbooking: false }
}

/// The ordinary accounts, drawn from for every customer but the first ones.
const KINDS: [Kind; 8] = [
    hours("Wartungskontingent 4 h im Monat", 4 * HOUR, 1, 6, 4),
    hours("Wartungskontingent 8 h im Monat", 8 * HOUR, 1, 8, 6),
    hours("Supportblock 20 h", 20 * HOUR, 12, 6, 2),
    hours("Supportblock 50 h", 50 * HOUR, 12, 10, 4),
    Kind { overbooking: true, ..hours("Servicekontingent 10 h im Monat", 10 * HOUR, 1, 10, 8) },
    Kind {
        name: "Guthaben Beratung",
        unit: EUR,
        lot: 300_000,
        months: 3,
        steps: 9,
        step: 12_500,
        draws_a_month: 2,
        overbooking: false,
    },
    Kind {
        name: "Werbebudget im Monat",
        unit: EUR,
        lot: 50_000,
        months: 1,
        steps: 8,
        step: 2_499,
        draws_a_month: 3,
        overbooking: true,
    },
    hours("Freiminuten im Monat", 45 * 60, 1, 2, 2),
];

/// The accounts of the customer at that place of the list.
pub fn plans(rng: &mut Rng, place: usize, customer: CustomerId, start: NaiveDate, today: NaiveDate) -> Vec<Plan> {
    let kinds: Vec<Kind> = match place {
        0 => vec![KINDS[0], KINDS[3], KINDS[5]],
        1 => vec![KINDS[7]],
        2 => vec![KINDS[3], KINDS[6]],
        _ => (0..=rng.usize(..2)).map(|_| KINDS[rng.usize(..KINDS.len())]).collect(),
    };
    let plan = |kind: Kind| {
        // Ids of the demo are random numbers of the fixed seed: the same company every time.
        let id = AccountId::new(uuid::Uuid::from_u128(rng.u128(..)));
        let overbooking = if kind.overbooking {
            Overbooking::Yes { limit: Some(Amount::new(kind.lot / 2)) }
        } else {
            Overbooking::No
        };
        let policy = Policy { overbooking, deficits: DeficitPolicy::NextGrant };
        let account = AccountDraft { id, customer, name: kind.name.to_owned(), unit: kind.unit, policy };
        let start = start.checked_add_months(Months::new(if place < 3 { 0 } else { rng.u32(..12) })).unwrap_or(start);
        Plan { account, by: PEOPLE[rng.usize(2..PEOPLE.len())], start, kind, today, seed: rng.u64(..) }
    };
    kinds.into_iter().map(plan).collect()
}

/// Lives an account from its first day to today. Returns how many entries it got.
pub async fn live(env: Env, plan: Plan) -> Result<usize, Refused> {
    let mut rng = Rng::with_seed(plan.seed);
    account_of(&env, &plan).await?;
    let (kind, mut entries) = (plan.kind, 0);
    let mut month = plan.start;
    let mut number = 0;
    while month <= plan.today {
        if number % kind.months == 0 {
            let valid_until = month.checked_add_months(Months::new(kind.months));
            let lot = LotId::new(uuid::Uuid::from_u128(rng.u128(..)));
            let request = GrantRequest { lot, amount: Amount::new(kind.lot), valid_from: month, valid_until };
            let draft = GrantDraft { account: plan.account.id, request, reason: kind.name.to_owned() };
            let answer = accounts::grant(&at(&env, month), &program("Ulrike Maier"), draft).await?;
            entries += 1 + answer.decision.covers.len();
        }
        entries += draws_of(&env, &plan, &mut rng, month).await?;
        number += 1;
        month = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    }
    Ok(entries)
}

/// The draws of one month, on working days, by date; now and then one is taken back.
async fn draws_of(env: &Env, plan: &Plan, rng: &mut Rng, month: NaiveDate) -> Result<usize, Refused> {
    let kind = plan.kind;
    let mut days: Vec<u64> = (0..rng.u32(1..=2 * kind.draws_a_month)).map(|_| rng.u64(..28)).collect();
    days.sort_unstable();
    let mut entries = 0;
    for day in days {
        let Some(date) = month.checked_add_days(Days::new(day)) else { continue };
        if date > plan.today || date.weekday().number_from_monday() > 5 {
            continue;
        }
        let draw = DrawId::new(uuid::Uuid::from_u128(rng.u128(..)));
        let wanted = Amount::new(rng.i64(1..=kind.steps) * kind.step);
        let words: &[&str] = if kind.unit == Unit::Time { &WORK } else { &GOODS };
        let text = words[rng.usize(..words.len())].to_owned();
        let draft =
            DrawDraft { account: plan.account.id, request: DrawRequest { draw, date, wanted }, text, seen: None };
        let (now, call) = (at(env, date), program(plan.by));
        match accounts::draw(&now, &call, draft).await {
            Ok(_) => entries += 1,
            // Nothing left this month: in a real company the work is charged instead.
            Err(Refused::Problem(Problem::Invalid { .. })) => continue,
            Err(other) => return Err(other),
        }
        if rng.u8(..40) == 0 {
            accounts::release(&now, &call, plan.account.id, draw).await?;
            entries += 1;
        }
    }
    Ok(entries)
}
