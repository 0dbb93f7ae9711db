//! The kernel at the limits of its types: errors, never a panic and never a wrap-around.

mod arbitrary;
mod commands;

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId, LotId,
    quota::{
        AccountView, Amount, BalancingRequest, CoverPart, DeficitPolicy, DrawOrigin, DrawRequest, GrantOrigin,
        GrantRequest, Ledger, Lot, LotState, Overbooking, QuotaError, Seq, Unit, balancing_grant, draw, end, grant,
        release, revoke,
    },
};
use proptest::prelude::any;
use uuid::Uuid;

use crate::{desk::account, plans::for_every};

fn day(text: &str) -> NaiveDate {
    NaiveDate::from_str(text).expect("a date")
}

fn lot(number: u128) -> LotId {
    LotId::new(Uuid::from_u128(number))
}

fn drawing(number: u128) -> DrawId {
    DrawId::new(Uuid::from_u128(number))
}

fn view(overbooking: Overbooking) -> AccountView {
    AccountView::empty(account(Unit::Time, overbooking, DeficitPolicy::NextGrant))
}

fn want(units: i64, on: NaiveDate) -> DrawRequest {
    DrawRequest { draw: drawing(1), date: on, wanted: Amount::new(units), origin: DrawOrigin::default() }
}

fn give(number: u128, units: i64, from: NaiveDate, until: Option<NaiveDate>) -> GrantRequest {
    GrantRequest::new(lot(number), Amount::new(units), from, until)
}

/// Red when: an amount is not checked before the decision.
#[test]
fn amounts_outside_the_possible_are_refused() {
    let without_limit = view(Overbooking::Yes { limit: None });
    let on = day("2026-04-01");
    for units in [i64::MIN, -1, 0] {
        let refused = QuotaError::NotPositive { amount: Amount::new(units) };
        assert_eq!(grant(&without_limit, &give(1, units, on, None)), Err(refused.clone()));
        assert_eq!(draw(&without_limit, &want(units, on)), Err(refused));
    }
    for units in [Amount::LARGEST.units() + 1, i64::MAX] {
        let refused = QuotaError::TooLarge { amount: Amount::new(units), largest: Amount::LARGEST };
        assert_eq!(grant(&without_limit, &give(1, units, on, None)), Err(refused.clone()));
        assert_eq!(draw(&without_limit, &want(units, on)), Err(refused));
    }
    let largest = draw(&without_limit, &want(Amount::LARGEST.units(), on)).expect("the largest amount");
    assert_eq!(largest.deficit, Amount::LARGEST);
    assert_eq!(grant(&without_limit, &give(1, Amount::LARGEST.units(), on, None)).map(|g| g.left), Ok(Amount::LARGEST));
}

/// Red when: a date is not checked before the decision.
#[test]
fn dates_outside_the_books_are_refused() {
    let without_limit = view(Overbooking::Yes { limit: None });
    let out = |date, result: Option<QuotaError>| {
        let (first, last) = (day("1900-01-01"), day("2199-12-31"));
        assert_eq!(result, Some(QuotaError::DateOutOfRange { date, first, last }));
    };
    let outside = ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"].map(day);
    for date in outside.into_iter().chain([NaiveDate::MIN, NaiveDate::MAX]) {
        out(date, draw(&without_limit, &want(1, date)).err());
        out(date, without_limit.available(date).err());
        out(date, grant(&without_limit, &give(1, 1, date, None)).err());
        out(date, grant(&without_limit, &give(1, 1, day("2026-04-01"), Some(date))).err());
    }
    for date in ["1900-01-01", "2199-12-31"].map(day) {
        draw(&without_limit, &want(1, date)).expect("the first and the last day of the books");
        grant(&without_limit, &give(1, 1, date, None)).expect("a lot from that day");
    }
}

/// Red when: adding wraps around.
#[test]
fn sums_that_do_not_fit_are_errors() {
    let [least, most, one] = [i64::MIN, i64::MAX, 1].map(Amount::new);
    assert_eq!(most.plus(one), Err(QuotaError::Overflow));
    assert_eq!(least.minus(one), Err(QuotaError::Overflow));
    assert_eq!(least.negated(), Err(QuotaError::Overflow));
    assert_eq!(Amount::sum([most, one]), Err(QuotaError::Overflow));
    assert_eq!(Amount::sum([]), Ok(Amount::ZERO));
    assert_eq!(Seq(i64::MAX).next(), Err(QuotaError::Overflow));
    assert_eq!(Seq(1).next(), Ok(Seq(2)));

    // Facts that no command can produce, as a damaged database might hold them.
    let on = day("2026-04-01");
    let valid = DateRange::new(on, None).expect("without end");
    let full = |number| {
        LotState::new(
            Lot { id: lot(number), seq: Seq(1), amount: most, valid, carried: None, origin: GrantOrigin::default() },
            None,
        )
    };
    let damaged = AccountView { lots: vec![full(1), full(2)], ..view(Overbooking::No) };
    assert_eq!(damaged.available(on), Err(QuotaError::Overflow));
    assert_eq!(draw(&damaged, &want(1, on)), Err(QuotaError::Overflow));
}

/// Red when: counting stays at the last number instead of failing.
#[test]
fn the_last_number_of_a_history_is_not_passed() {
    let on = day("2026-04-01");
    let mut last = AccountView { next_seq: Seq(i64::MAX), ..view(Overbooking::Yes { limit: None }) };
    let decided = grant(&last, &give(1, 1, on, None)).expect("a grant");
    let entries = decided.entries(&last).expect("one entry");
    assert_eq!(last.post(&entries[0]), Err(QuotaError::Overflow));
}

/// Whatever the numbers are, there is an answer. Red when: any of the sums on the way panics.
#[test]
fn no_numbers_make_a_command_panic() {
    let numbers = (any::<i64>(), any::<i64>(), any::<i64>(), any::<i64>(), any::<bool>());
    for_every(numbers, |(limit, granted, drawn, wanted, none)| {
        let on = day("2026-04-01");
        let limit = if none { None } else { Some(Amount::new(limit)) };
        let valid = DateRange::new(on, None).expect("without end");
        let id = lot(1);
        let lot =
            Lot { id, seq: Seq(1), amount: Amount::new(granted), valid, carried: None, origin: GrantOrigin::default() };
        let state = LotState { drawn: Amount::new(drawn), ..LotState::new(lot, None) };
        let facts = AccountView { lots: vec![state], ..view(Overbooking::Yes { limit }) };
        for wanted in [Amount::new(wanted), Amount::LARGEST, Amount::new(1)] {
            if let Ok(decided) = draw(&facts, &DrawRequest { wanted, ..want(1, on) }) {
                assert!(decided.deficit >= Amount::ZERO && decided.not_drawn >= Amount::ZERO, "{decided:?}");
                // Posting may refuse such facts; it must say so.
                let _ = facts.clone().post(&decided.entry(&facts));
            }
        }
    });
}

/// Red when: a limit below what is already open gives a negative deficit.
#[test]
fn a_limit_below_what_is_open_gives_nothing() {
    let on = day("2026-04-01");
    let mut facts = view(Overbooking::Yes { limit: None });
    let decided = draw(&facts, &want(5, on)).expect("a deficit");
    facts.post(&decided.entry(&facts)).expect("posted");
    for limit in [4, 5, -1, i64::MIN + 5] {
        facts.account.policy.overbooking = Overbooking::Yes { limit: Some(Amount::new(limit)) };
        let exhausted = QuotaError::Exhausted { date: on, wanted: Amount::new(3), available: Amount::ZERO };
        assert_eq!(draw(&facts, &DrawRequest { draw: drawing(2), ..want(3, on) }), Err(exhausted), "limit {limit}");
    }
}

#[test]
fn thousands_of_lots_are_drawn_in_order_and_given_back() {
    const LOTS: i64 = 5_000;
    let on = day("2026-04-01");
    let mut ledger = Ledger::new(account(Unit::Time, Overbooking::No, DeficitPolicy::Balance));
    // Granted from the latest end to the earliest, so that the order of consumption is the reverse.
    for number in (1..=LOTS).rev() {
        let until = on + chrono::Days::new(u64::try_from(number).expect("positive"));
        let id = u128::try_from(number).expect("positive");
        let decided = grant(&ledger.view, &give(id, number, on, Some(until))).expect("a grant");
        for entry in decided.entries(&ledger.view).expect("few numbers") {
            ledger.post(&entry).expect("posted");
        }
    }
    let before = ledger.view.lots.clone();
    let sum = LOTS * (LOTS + 1) / 2;
    let decided = draw(&ledger.view, &want(sum + 1, on)).expect("a draw");
    assert_eq!(decided.parts.len(), before.len());
    assert!(decided.parts.iter().zip(1_u128..).all(|(part, number)| part.lot == lot(number)));
    assert_eq!((decided.drawn, decided.not_drawn), (Amount::new(sum), Amount::new(1)));
    ledger.post(&decided.entry(&ledger.view)).expect("posted");
    assert_eq!((ledger.view.available(on), ledger.balance), (Ok(Amount::ZERO), Amount::ZERO));

    let undone = release(&ledger.draws[&drawing(1)]).expect("a release");
    ledger.post(&undone.entry(&ledger.view)).expect("posted");
    assert_eq!(ledger.view.lots, before);

    // One in the middle is taken back, and an end on the second day leaves the lot of the first day alone.
    let middle = revoke(ledger.view.lot(lot(2_500)).expect("a lot"), &[]).expect("a revoke");
    ledger.post(&middle.entry(&ledger.view)).expect("posted");
    let ended = end(&ledger.view, on.succ_opt()).expect("an end");
    assert_eq!(ended.lapses.len(), before.len() - 2);
    assert_eq!(Amount::sum(ended.lapses.iter().map(|part| part.amount)), Ok(Amount::new(sum - 2_500 - 1)));
}

#[test]
fn thousands_of_deficits_are_covered_by_one_grant() {
    const DRAWS: u128 = 2_000;
    let on = day("2026-04-01");
    let mut ledger = Ledger::new(account(Unit::Time, Overbooking::Yes { limit: None }, DeficitPolicy::Balance));
    for number in 1..=DRAWS {
        let request = DrawRequest { draw: drawing(number), ..want(2, on) };
        let decided = draw(&ledger.view, &request).expect("a deficit");
        ledger.post(&decided.entry(&ledger.view)).expect("posted");
    }
    let decided = grant(&ledger.view, &give(1, 3_001, on, None)).expect("a grant");
    assert_eq!((decided.covers.len(), decided.left), (1_501, Amount::ZERO));
    for entry in decided.entries(&ledger.view).expect("few numbers") {
        ledger.post(&entry).expect("posted");
    }
    assert_eq!(ledger.view.open_deficit(), Ok(Amount::new(999)));
    assert_eq!(ledger.draws[&drawing(1_501)].deficit, Amount::new(1), "the last one that got something");

    // Its grant is taken back: everything is open again, in the order of the draws.
    let taken_back = revoke(ledger.view.lot(lot(1)).expect("the lot"), &ledger.holders(lot(1))).expect("a revoke");
    assert_eq!((taken_back.parts.len(), taken_back.deficit), (1_501, Amount::new(3_001)));
    ledger.post(&taken_back.entry(&ledger.view)).expect("posted");
    let open: Vec<_> = ledger.view.deficits.iter().map(|deficit| (deficit.draw, deficit.amount)).collect();
    let expected: Vec<_> = (1..=DRAWS).map(|number| (drawing(number), Amount::new(2))).collect();
    assert_eq!(open, expected);
    let deficits = open.iter().rev().map(|(draw, amount)| CoverPart { draw: *draw, amount: *amount }).collect();
    let invoice = BalancingRequest { lot: lot(2), date: on, deficits };
    let decided = balancing_grant(&ledger.view, &invoice).expect("a balancing invoice");
    assert!(decided.covers.iter().zip(1..).all(|(part, number)| part.draw == drawing(number)), "in the draws' order");
    for entry in decided.entries(&ledger.view).expect("few numbers") {
        ledger.post(&entry).expect("posted");
    }
    assert_eq!((ledger.view.open_deficit(), ledger.balance), (Ok(Amount::ZERO), Amount::ZERO));
}
