//! What happens on the accounts of the demo company.

use chrono::{Datelike, Days, Months, NaiveDate};
use domain::{
    AccountId, CustomerId, DrawId, LotId,
    money::Currency,
    quota::{
        Amount, CarryOver, DeficitPolicy, DrawOrigin, DrawRequest, GrantOrigin, GrantRequest, Overbooking, Policy, Unit,
    },
};
use fastrand::Rng;
use wire::{
    Problem,
    accounts::{AccountDraft, DrawDraft, EndDraft, GrantDraft, RevokeDraft},
};

use super::{
    HOUR, account_of, at,
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
    event: Event,
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
    /// How the lots outlive their period.
    carry: CarryOver,
    /// Where the lots come from.
    origin: GrantOrigin,
}

/// What happens once on an account besides its daily life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Event {
    Nothing,
    /// The billing of a month was wrong: it is taken back, and billed again for less.
    BilledAgain,
    /// The contract ended two months ago.
    Ended,
}

const QUARTER: i64 = 900;
const EUR: Unit = Unit::Money(Currency::EUR);

const fn hours(name: &'static str, lot: i64, months: u32, steps: i64, draws_a_month: u32) -> Kind {
    let (carry, origin) = (CarryOver::Off, if months == 1 { GrantOrigin::ContractBilling } else { GrantOrigin::Order });
    Kind { name, unit: Unit::Time, lot, months, steps, step: QUARTER, draws_a_month, overbooking: false, carry, origin }
}

/// The ordinary accounts, drawn from for every customer but the first ones.
const KINDS: [Kind; 8] = [
    hours("Wartungskontingent 4 h im Monat", 4 * HOUR, 1, 6, 4),
    hours("Wartungskontingent 8 h im Monat", 8 * HOUR, 1, 8, 6),
    hours("Supportblock 20 h", 20 * HOUR, 12, 6, 2),
    hours("Supportblock 50 h", 50 * HOUR, 12, 10, 4),
    Kind {
        overbooking: true,
        carry: CarryOver::On { periods: Some(1), cap: Some(Amount::new(2 * HOUR)) },
        ..hours("Servicekontingent 10 h im Monat", 10 * HOUR, 1, 10, 8)
    },
    Kind {
        name: "Guthaben Beratung",
        unit: EUR,
        lot: 300_000,
        months: 3,
        steps: 9,
        step: 12_500,
        draws_a_month: 2,
        overbooking: false,
        carry: CarryOver::On { periods: None, cap: None },
        origin: GrantOrigin::TopUp,
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
        carry: CarryOver::Off,
        origin: GrantOrigin::ContractBilling,
    },
    Kind { origin: GrantOrigin::FreeQuota, ..hours("Freiminuten im Monat", 45 * 60, 1, 2, 2) },
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
        let (by, seed) = (PEOPLE[rng.usize(2..PEOPLE.len())], rng.u64(..));
        let event = match seed % 6 {
            0 if place > 2 && kind.months == 1 => Event::BilledAgain,
            1 if place > 2 => Event::Ended,
            _ => Event::Nothing,
        };
        Plan { account, by, start, kind, today, seed, event }
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
    let last = match plan.event {
        Event::Ended => plan.today.checked_sub_months(Months::new(2)).unwrap_or(plan.today),
        _ => plan.today,
    };
    while month <= last {
        let billed = number % kind.months == 0;
        let id = |rng: &mut Rng| LotId::new(uuid::Uuid::from_u128(rng.u128(..)));
        let lot = billed.then(|| id(&mut rng));
        if let Some(lot) = lot {
            entries += granted(&env, &plan, lot, month, kind.lot, kind.name).await?;
        }
        entries += draws_of(&env, &plan, &mut rng, month).await?;
        if let (Event::BilledAgain, 8, Some(lot)) = (plan.event, number, lot) {
            entries += billed_again(&env, &plan, (lot, id(&mut Rng::with_seed(!plan.seed))), month).await?;
        }
        number += 1;
        month = month.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
    }
    if plan.event == Event::Ended {
        let reason = "Vertrag gekündigt".to_owned();
        let draft = EndDraft { account: plan.account.id, until: Some(month), reason };
        accounts::end(&at(&env, last), &program("Ulrike Maier"), draft).await?;
        entries += 1;
    }
    Ok(entries)
}

/// A lot of the account for the month. Returns how many entries it made.
async fn granted(
    env: &Env,
    plan: &Plan,
    lot: LotId,
    month: NaiveDate,
    amount: i64,
    reason: &str,
) -> Result<usize, Refused> {
    let kind = plan.kind;
    let until = month.checked_add_months(Months::new(kind.months));
    let (carry, origin) = (kind.carry, kind.origin);
    let request = GrantRequest { carry, origin, ..GrantRequest::new(lot, Amount::new(amount), month, until) };
    let draft = GrantDraft { account: plan.account.id, request, reason: reason.to_owned() };
    let answer = accounts::grant(&at(env, month), &program("Ulrike Maier"), draft).await?;
    Ok(1 + answer.decision.covers.len())
}

/// The month was billed with a wrong amount: its grant is taken back, and granted again with three quarters of it.
async fn billed_again(
    env: &Env,
    plan: &Plan,
    (wrong, right): (LotId, LotId),
    month: NaiveDate,
) -> Result<usize, Refused> {
    let draft = RevokeDraft {
        account: plan.account.id,
        lot: wrong,
        reason: "Rechnung mit falscher Menge storniert".to_owned(),
    };
    accounts::revoke(&at(env, month), &program("Ulrike Maier"), draft).await?;
    Ok(1 + granted(env, plan, right, month, plan.kind.lot / 4 * 3, "Neu abgerechnet").await?)
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
        let draft = DrawDraft {
            account: plan.account.id,
            request: DrawRequest { draw, date, wanted, origin: DrawOrigin::ByHand },
            text,
            seen: None,
        };
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
