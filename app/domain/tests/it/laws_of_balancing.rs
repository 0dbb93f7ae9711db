//! Laws of balancing invoices: they bill what they grant, and what they come to can be counted by hand.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Days, NaiveDate};
use domain::{
    AccountId, Currency, DrawId, LotId, Price, VatRate,
    billing::{
        BalancingError, BalancingFacts, BalancingPlan, MOST_DEFICITS, NextCover, balance, balanced_line, next_covers,
    },
    contracts::Contract,
    quota::{
        Account, Amount, CoverPart, DeficitPolicy, DrawOrigin, DrawRequest, GrantRequest, Ledger, Overbooking, Policy,
        QuotaError, Unit, draw, grant, revoke,
    },
    undo::{AccountFacts, UndoFacts, Way, plan},
};
use proptest::{collection, prelude::Strategy};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    contract_plans::{DAY, day, rounded, support},
    plans::for_every,
};

const HOUR: i64 = 3_600;

fn draw_id(number: u128) -> DrawId {
    DrawId::new(Uuid::from_u128(100 + number))
}

fn lot(number: u128) -> LotId {
    LotId::new(Uuid::from_u128(number))
}

/// The contract of the examples with this overage rate, and its account after these draws: seconds and a day.
fn overdrawn(rate: Option<&str>, deficits: DeficitPolicy, draws: &[(i64, NaiveDate)]) -> (Contract, Ledger) {
    let mut contract = support();
    let quota = contract.terms.quota.as_mut().expect("a quota");
    quota.overage_rate = rate.map(|rate| rate.parse().expect("a price"));
    quota.overbooking = Overbooking::Yes { limit: None };
    quota.deficits = deficits;
    let policy = Policy { overbooking: Overbooking::Yes { limit: None }, deficits };
    let id = AccountId::new(Uuid::from_u128(1));
    let mut ledger = Ledger::new(Account { id, customer: contract.customer, unit: Unit::Time, policy });
    for (number, (seconds, date)) in (0..).zip(draws) {
        let origin = DrawOrigin::default();
        let request = DrawRequest { draw: draw_id(number), date: *date, wanted: Amount::new(*seconds), origin };
        let entry = draw(&ledger.view, &request).expect("overbooked").entry(&ledger.view);
        ledger.post(&entry).expect("as decided");
    }
    (contract, ledger)
}

fn facts(contract: &Contract, ledger: &Ledger) -> BalancingFacts {
    BalancingFacts {
        contract: contract.clone(),
        last_sold: None,
        account: ledger.view.clone(),
        sold_at: BTreeMap::new(),
        held: BTreeSet::new(),
    }
}

/// Draws of a few seconds to some hours on days of four months, and how much of each is billed (in hundredths).
fn cases() -> impl Strategy<Value = (Vec<(i64, u64)>, Vec<i64>, i64)> {
    let draws = collection::vec((1..=20_000_i64, 0..120_u64), 1..10);
    (draws, collection::vec(0..=100_i64, 10), 1..=2_000_000_i64)
}

/// The facts, the books, what is chosen, what is planned, and the rate in ten-thousandths.
type Decided = (BalancingFacts, Ledger, Vec<CoverPart>, BalancingPlan, i64);

fn decided(case: (Vec<(i64, u64)>, Vec<i64>, i64)) -> Decided {
    let (draws, shares, digits) = case;
    let rate = Decimal::new(digits, 4);
    let draws: Vec<_> =
        draws.iter().map(|(seconds, after)| (*seconds, day("2026-01-01") + Days::new(*after))).collect();
    let (contract, ledger) = overdrawn(Some(&rate.to_string()), DeficitPolicy::Balance, &draws);
    let facts = facts(&contract, &ledger);
    let share = |(open, share): (CoverPart, &i64)| CoverPart {
        amount: Amount::new((open.amount.units() * share / 100).max(1)),
        ..open
    };
    let chosen: Vec<_> = facts.all().into_iter().zip(&shares).map(share).collect();
    let planned = balance(&facts, &chosen).expect("small numbers");
    (facts, ledger, chosen, planned, digits)
}

/// Red when: a line is rounded per draw or twice; when a deficit is on no line, on two, or on that of another period.
#[test]
fn each_line_is_seconds_times_rate_rounded_once() {
    for_every(cases(), |case| {
        let (facts, _, chosen, planned, rate) = decided(case);
        for line in &planned.lines {
            let seconds: i64 = line.deficits.iter().map(|part| part.amount.units()).sum();
            assert_eq!(line.amount.units(), seconds);
            let exact = i128::from(seconds) * i128::from(rate);
            assert_eq!(line.net, rounded(exact, i128::from(HOUR) * 100));
            let period = line.period.expect("all are dated within the contract");
            for part in &line.deficits {
                let date = facts.account.deficit_of(part.draw).expect("it is open").date;
                assert!(period.contains(date), "{date} in {period:?}");
            }
            let printed = balanced_line(line, Currency::EUR, "Overage".to_owned()).expect("it fits");
            assert_eq!(printed.total(Currency::EUR, DAY).expect("small").minor, line.net);
        }
        let mut billed = planned.deficits();
        billed.sort_by_key(|part| part.draw);
        assert_eq!(billed, chosen);
        assert!(planned.lines.is_sorted_by_key(|line| line.period.map(|period| period.from)));
        let net: i64 = planned.lines.iter().map(|line| line.net).sum();
        assert_eq!(planned.totals.net, net);
    });
}

/// Red when: the lot is larger or smaller than what is billed; when something else is covered, or undoing it leaves
/// something.
#[test]
fn the_grant_is_what_is_billed_and_undoing_it_opens_exactly_that() {
    for_every(cases(), |case| {
        let (facts, mut ledger, chosen, planned, _) = decided(case);
        let before = ledger.clone();
        let granted = planned.grant(&ledger.view, lot(7), day("2026-06-01")).expect("as planned");
        assert_eq!((granted.lot.amount, granted.left), (planned.amount, Amount::ZERO));
        for entry in granted.entries(&ledger.view).expect("entries") {
            ledger.post(&entry).expect("as decided");
        }
        for open in &before.view.deficits {
            let part = chosen.iter().find(|part| part.draw == open.draw).expect("a part of each is billed");
            let left = ledger.view.deficit_of(open.draw).map_or(0, |left| left.amount.units());
            assert_eq!(left, open.amount.units() - part.amount.units());
        }
        assert_eq!(ledger.view.open_deficit().expect("small"), planned.left);
        let again = balance(&BalancingFacts { account: ledger.view.clone(), ..facts }, &before_all(&before));
        assert!(matches!(again, Err(BalancingError::Quota(QuotaError::DeficitOutOfBounds { .. }))), "{again:?}");

        let draws = ledger.draws.values().cloned().collect();
        let undo = UndoFacts {
            kind: domain::documents::DocumentKind::Balancing,
            state: domain::documents::DocumentState::Issued,
            resting: Vec::new(),
            claims: Vec::new(),
            fees: Vec::new(),
            lots: vec![lot(7)],
            accounts: vec![AccountFacts { draws, ..AccountFacts::new(ledger.view.clone()) }],
        };
        let undone = plan(&undo, Way::Cancel).expect("a plan");
        let (entries, after) = undone.accounts[0].entries(&ledger.view).expect("as planned");
        assert_eq!((undone.freed.len(), entries.len()), (0, 1));
        assert_eq!(after.deficits, before.view.deficits, "all of it is open again");
        assert_eq!(undone.accounts[0].deficit().expect("small"), planned.amount);
    });
}

fn before_all(ledger: &Ledger) -> Vec<CoverPart> {
    ledger.view.deficits.iter().map(|open| CoverPart { draw: open.draw, amount: open.amount }).collect()
}

/// The example of an accountant: 3:20 h and 0:10 h in April, 1:00 h in May, at 100.00 an hour.
///
/// Red when: an hour costs something else; when both months share a line; when VAT is that of another period.
#[test]
fn an_overbooked_spring() {
    let draws = [(12_000, day("2026-04-10")), (3_600, day("2026-05-02")), (600, day("2026-04-30"))];
    let (contract, ledger) = overdrawn(Some("100"), DeficitPolicy::Balance, &draws);
    let mut facts = facts(&contract, &ledger);
    let rate = |percent: &str| percent.parse::<VatRate>().expect("a rate");
    // April was sold at 16 %, before the rate went up; May was never sold, its present terms say 19 %.
    facts.sold_at.insert(3, rate("16"));
    let planned = balance(&facts, &facts.all()).expect("a plan");
    let lines: Vec<_> = planned.lines.iter().map(|line| (line.amount.units(), line.net, line.vat)).collect();
    assert_eq!(lines, [(12_600, 35_000, rate("16")), (3_600, 10_000, rate("19"))]);
    assert_eq!((planned.totals.net, planned.totals.vat, planned.totals.gross), (45_000, 7_500, 52_500));
    assert_eq!((planned.amount.units(), planned.left.units()), (16_200, 0));
    assert_eq!(planned.rate, Some(Price::new(Decimal::ONE_HUNDRED).expect("a price")));
    // A part: 2:00 of the 3:20, chosen in two pieces.
    let part = CoverPart { draw: draw_id(0), amount: Amount::new(HOUR) };
    let some = balance(&facts, &[part.clone(), part]).expect("a plan");
    assert_eq!((some.totals.net, some.amount.units(), some.left.units()), (20_000, 7_200, 9_000));
    assert_eq!(some.lines[0].deficits.len(), 1);
    // A third of a second's price is not lost: 20 s at 100.00 are 0.56.
    let tiny = balance(&facts, &[CoverPart { draw: draw_id(0), amount: Amount::new(20) }]).expect("a plan");
    assert_eq!(tiny.totals.net, 56);
}

/// Red when: one of them is planned, or the figures of the refusal are others.
#[test]
fn what_cannot_be_billed_is_refused_with_figures() {
    let draws = [(HOUR, day("2026-04-10"))];
    let (contract, ledger) = overdrawn(None, DeficitPolicy::Balance, &draws);
    let open = Amount::new(HOUR);
    let without = facts(&contract, &ledger);
    assert_eq!(balance(&without, &without.all()), Err(BalancingError::NoRate { open }));
    let (contract, ledger) = overdrawn(Some("0"), DeficitPolicy::Balance, &draws);
    let free = facts(&contract, &ledger);
    assert_eq!(balance(&free, &free.all()), Err(BalancingError::NoRate { open }));
    let (contract, ledger) = overdrawn(Some("90"), DeficitPolicy::Balance, &draws);
    let facts = facts(&contract, &ledger);
    assert_eq!(balance(&facts, &[]), Err(BalancingError::NothingChosen { open }));
    let part = |units| CoverPart { draw: draw_id(0), amount: Amount::new(units) };
    let too_much = QuotaError::DeficitOutOfBounds { draw: draw_id(0), deficit: open, covered: Amount::new(HOUR + 1) };
    assert_eq!(balance(&facts, &[part(HOUR + 1)]), Err(BalancingError::Quota(too_much.clone())));
    assert_eq!(balance(&facts, &[part(HOUR), part(1)]), Err(BalancingError::Quota(too_much)));
    assert!(matches!(balance(&facts, &[part(0)]), Err(BalancingError::Quota(QuotaError::NotPositive { .. }))));
    let many: Vec<_> = (0..).take(MOST_DEFICITS + 1).map(|n| CoverPart { draw: draw_id(n), amount: open }).collect();
    let found = many.len();
    assert_eq!(balance(&facts, &many), Err(BalancingError::TooMany { found, most: MOST_DEFICITS }));
    // A draft can still change: its draws wait.
    let mut draft = facts.clone();
    draft.held.insert(draw_id(0));
    assert_eq!(balance(&draft, &facts.all()), Err(BalancingError::Held { draw: draw_id(0) }));
    assert_eq!(draft.all(), []);
    let mut none = facts.clone();
    none.contract.terms.quota = None;
    assert_eq!(balance(&none, &none.all()), Err(BalancingError::NoRate { open }));
    // What a person saw counts: another rate is not billed unseen.
    let seen = balance(&facts, &facts.all()).expect("a plan");
    let mut dearer = facts.clone();
    dearer.contract.terms.quota.as_mut().expect("a quota").overage_rate = Some("95".parse().expect("a price"));
    let now = balance(&dearer, &dearer.all()).expect("a plan");
    assert_eq!(now.as_seen(now.sums(), Currency::EUR), Ok(()));
    let money = |minor| domain::Money { minor, currency: Currency::EUR };
    let differs = BalancingError::Differs { seen: money(10_710), decided: money(11_305) };
    assert_eq!(now.as_seen(seen.sums(), Currency::EUR), Err(differs));
}

/// What was taken while there was a quota is owed also when the terms have none any more.
///
/// Red when: it cannot be billed then, or its periods and their rates of VAT are forgotten.
#[test]
fn a_quota_that_was_taken_out_is_billed_as_it_was_sold() {
    let draws = [(12_000, day("2026-04-10")), (3_600, day("2026-05-02"))];
    let (contract, mut ledger) = overdrawn(Some("100"), DeficitPolicy::Balance, &draws);
    let mut before = facts(&contract, &ledger);
    before.sold_at.insert(3, "16".parse().expect("a rate"));
    let mut after = before.clone();
    after.last_sold = after.contract.terms.quota.take();
    assert_eq!(balance(&after, &after.all()), balance(&before, &before.all()));
    // Money needs nothing of the terms.
    ledger.view.account.unit = Unit::Money(Currency::EUR);
    let mut money = facts(&contract, &ledger);
    money.contract.terms.quota = None;
    let planned = balance(&money, &money.all()).expect("a plan");
    assert_eq!((planned.totals.net, planned.rate), (15_600, None));
}

/// A money account needs no rate: the deficit is the net amount.
///
/// Red when: money is multiplied by the rate.
#[test]
fn a_deficit_of_money_is_billed_as_it_is() {
    let draws = [(12_345, day("2026-04-10")), (55, day("2026-04-11"))];
    let (mut contract, mut ledger) = overdrawn(Some("100"), DeficitPolicy::Balance, &draws);
    contract.terms.quota.as_mut().expect("a quota").unit = Unit::Money(Currency::EUR);
    ledger.view.account.unit = Unit::Money(Currency::EUR);
    let facts = facts(&contract, &ledger);
    let planned = balance(&facts, &facts.all()).expect("a plan");
    assert_eq!((planned.totals.net, planned.totals.vat, planned.rate), (12_400, 2_356, None));
}

/// What a page says covers a deficit next is what billing does then.
///
/// Red when: `next_grant` and `balance` are mixed up; when the first billing that covers something is left out.
#[test]
fn the_next_billing_that_covers_a_deficit_is_named() {
    let draws = [(HOUR, day("2026-01-10")), (5 * HOUR, day("2026-03-10"))];
    let named = |policy| {
        let (contract, ledger) = overdrawn(Some("100"), policy, &draws);
        (next_covers(&contract, &ledger.view, &BTreeSet::new(), 1).expect("small"), contract, ledger)
    };
    let next = |draw, period, due: &str, amount| NextCover {
        draw: draw_id(draw),
        period,
        due_on: day(due),
        amount: Amount::new(amount),
        again: false,
    };
    // January was billed before: with `balance` only March's own billing helps March.
    let (found, ..) = named(DeficitPolicy::Balance);
    assert_eq!(found, [next(1, 2, "2026-03-01", 4 * HOUR)]);
    // With `next_grant` February pays January, and March pays what it can of its own.
    let (found, contract, mut ledger) = named(DeficitPolicy::NextGrant);
    assert_eq!(found, [next(0, 1, "2026-02-01", HOUR), next(1, 2, "2026-03-01", 4 * HOUR)]);
    for (number, id) in [(1, 11), (2, 12)] {
        let bill = contract.bill(&contract.period(number).expect("a period"), DAY).expect("small");
        let request: GrantRequest = contract.grant_request(&bill.grants[0], lot(id));
        let decided = grant(&ledger.view, &request).expect("a grant");
        let covers: Vec<_> = decided.covers.iter().map(|cover| (cover.draw, cover.amount)).collect();
        let said: Vec<_> =
            found.iter().filter(|next| next.period == number).map(|next| (next.draw, next.amount)).collect();
        assert_eq!(covers, said);
        for entry in decided.entries(&ledger.view).expect("entries") {
            ledger.post(&entry).expect("as decided");
        }
    }
    // Taken back, the deficits are open again, and so is what covers them.
    let state = ledger.view.lot(lot(11)).expect("a lot").clone();
    let taken = revoke(&state, &ledger.holders(lot(11))).expect("it stands").entry(&ledger.view);
    ledger.post(&taken).expect("as decided");
    let found = next_covers(&contract, &ledger.view, &BTreeSet::new(), 3).expect("small");
    assert_eq!(found[0], next(0, 3, "2026-04-01", HOUR));
    // February was freed by that: running it again covers January before April does.
    let found = next_covers(&contract, &ledger.view, &BTreeSet::from([1]), 3).expect("small");
    assert_eq!(found[0], NextCover { again: true, ..next(0, 1, "2026-02-01", HOUR) });
}

/// The billing of April is cancelled after 4 h were drawn; what opened is covered by running it again.
///
/// Red when: a freed period is forgotten, so that nothing seems to cover it and the same is billed twice.
#[test]
fn a_freed_period_covers_what_its_cancellation_opened() {
    let (contract, ledger) = overdrawn(Some("100"), DeficitPolicy::Balance, &[(4 * HOUR, day("2026-04-10"))]);
    let found = next_covers(&contract, &ledger.view, &BTreeSet::from([3]), 4).expect("small");
    let again = NextCover {
        draw: draw_id(0),
        period: 3,
        due_on: day("2026-04-01"),
        amount: Amount::new(4 * HOUR),
        again: true,
    };
    assert_eq!(found, [again]);
    // Freed and no longer within the contract: it is not run again.
    let mut over = contract.clone();
    over.agreed_end = Some(day("2026-04-01"));
    assert_eq!(next_covers(&over, &ledger.view, &BTreeSet::from([3]), 4).expect("small"), []);
}
