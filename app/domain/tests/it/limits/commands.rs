//! Carry-over, covers, balancing, ends and revokes at the limits of amounts and dates.

use chrono::NaiveDate;
use domain::{
    Interval, Periods,
    quota::{
        Amount, BalancingRequest, CarryOver, CoverPart, CoverRequest, GrantRequest, Ledger, Overbooking, QuotaError,
        balancing_grant, cover, covers_of, draw, end, grant, release, revoke,
    },
};

use super::{day, drawing, give, lot, view, want};
use domain::quota::{AccountView, DeficitPolicy, DrawRequest, Unit};

const LARGEST: i64 = Amount::LARGEST.units();

fn carried(periods: Option<u32>, cap: Option<i64>) -> GrantRequest {
    let carry = CarryOver::On { periods, cap: cap.map(Amount::new) };
    GrantRequest { carry, ..give(1, 10, day("2026-01-01"), Some(day("2026-02-01"))) }
}

/// An account with the deficits of two draws, of `LARGEST` and of 5, and a later lot of 3.
fn in_debt() -> Ledger {
    let account = view(Overbooking::Yes { limit: None }).account;
    let policy = domain::quota::Policy { deficits: DeficitPolicy::Balance, ..account.policy };
    let mut ledger = Ledger::new(domain::quota::Account { unit: Unit::Time, policy, ..account });
    for (number, units) in [(1, LARGEST), (2, 5)] {
        let asked = DrawRequest { draw: drawing(number), ..want(units, day("2026-04-01")) };
        let entry = draw(&ledger.view, &asked).expect("a deficit").entry(&ledger.view);
        ledger.post(&entry).expect("posted");
    }
    post_grant(&mut ledger, &give(1, 3, day("2026-05-01"), None));
    ledger
}

fn post_grant(ledger: &mut Ledger, request: &GrantRequest) {
    let decided = grant(&ledger.view, request).expect("a grant");
    for entry in decided.entries(&ledger.view).expect("few numbers") {
        ledger.post(&entry).expect("posted");
    }
}

fn covering(view: &AccountView, number: u128, units: i64) -> Result<(Amount, Amount), QuotaError> {
    let request = CoverRequest { draw: drawing(number), lot: lot(1), amount: Amount::new(units) };
    cover(view, &request).map(|decided| (decided.left, decided.deficit))
}

fn balancing(view: &AccountView, date: NaiveDate, parts: &[(u128, i64)]) -> Result<Amount, QuotaError> {
    let part = |(number, units): &(u128, i64)| CoverPart { draw: drawing(*number), amount: Amount::new(*units) };
    let deficits = parts.iter().map(part).collect();
    balancing_grant(view, &BalancingRequest { lot: lot(9), date, deficits }).map(|decided| decided.lot.amount)
}

/// Red when: the amount of a cover, a cap or a balancing invoice is not checked before the decision.
#[test]
fn amounts_outside_the_possible_are_refused_everywhere() {
    let debt = in_debt().view;
    let on = day("2026-06-01");
    for units in [i64::MIN, -1, 0] {
        let refused = QuotaError::NotPositive { amount: Amount::new(units) };
        assert_eq!(covering(&debt, 1, units), Err(refused.clone()));
        assert_eq!(balancing(&debt, on, &[(2, 5), (1, units)]), Err(refused.clone()));
        assert_eq!(grant(&debt, &GrantRequest { lot: lot(2), ..carried(Some(1), Some(units)) }).err(), Some(refused));
    }
    for units in [LARGEST + 1, i64::MAX] {
        let refused = QuotaError::TooLarge { amount: Amount::new(units), largest: Amount::LARGEST };
        assert_eq!(covering(&debt, 1, units), Err(refused.clone()));
        assert_eq!(balancing(&debt, on, &[(2, 5), (1, units)]), Err(refused.clone()));
        assert_eq!(grant(&debt, &GrantRequest { lot: lot(2), ..carried(Some(1), Some(units)) }).err(), Some(refused));
    }
    assert_eq!(balancing(&debt, on, &[(1, LARGEST)]), Ok(Amount::LARGEST));
    let both = QuotaError::TooLarge { amount: Amount::new(LARGEST + 5), largest: Amount::LARGEST };
    assert_eq!(balancing(&debt, on, &[(1, LARGEST), (2, 5)]), Err(both), "together they are too much");
    assert_eq!(balancing(&debt, on, &[]), Err(QuotaError::NotPositive { amount: Amount::ZERO }), "nothing is billed");
    let wide = grant(&debt, &GrantRequest { lot: lot(2), ..carried(Some(1), Some(LARGEST)) });
    assert_eq!(wide.map(|decided| decided.left), Ok(Amount::new(10)), "a cap above the amount");
}

/// Red when: a refused cover names another figure than the open deficit.
#[test]
fn what_is_too_much_or_done_before_is_refused_with_figures() {
    let mut ledger = in_debt();
    let too_much = |draw, deficit, covered| {
        let (deficit, covered) = (Amount::new(deficit), Amount::new(covered));
        QuotaError::DeficitOutOfBounds { draw: drawing(draw), deficit, covered }
    };
    assert_eq!(covering(&ledger.view, 2, 6), Err(too_much(2, 5, 6)));
    assert_eq!(covering(&ledger.view, 3, 1), Err(too_much(3, 0, 1)), "a draw that nobody made");
    let short = QuotaError::CoverTooLarge { lot: lot(1), left: Amount::new(3), wanted: Amount::new(4) };
    assert_eq!(covering(&ledger.view, 2, 4), Err(short));
    assert_eq!(covering(&ledger.view, 2, 3), Ok((Amount::ZERO, Amount::new(2))));
    assert_eq!(covering(&ledger.view, 1, 3), Ok((Amount::ZERO, Amount::new(LARGEST - 3))));
    let on = day("2026-06-01");
    assert_eq!(balancing(&ledger.view, on, &[(2, 6)]), Err(too_much(2, 5, 6)));
    assert_eq!(balancing(&ledger.view, on, &[(2, 3), (2, 3)]), Err(too_much(2, 2, 3)), "in two parts");

    let undone = release(&ledger.draws[&drawing(2)]).expect("a release").entry(&ledger.view);
    ledger.post(&undone).expect("posted");
    assert_eq!(release(&ledger.draws[&drawing(2)]), Err(QuotaError::AlreadyReleased { draw: drawing(2) }));
    assert_eq!(covering(&ledger.view, 2, 1), Err(too_much(2, 0, 1)));

    let state = ledger.view.lot(lot(1)).expect("the lot");
    let taken_back = revoke(state, &[]).expect("a revoke").entry(&ledger.view);
    let holding = revoke(state, &[ledger.draws[&drawing(1)].clone()]).expect("a holder that holds nothing of it");
    assert_eq!(holding.deficit, Amount::ZERO);
    ledger.post(&taken_back).expect("posted");
    let again = revoke(ledger.view.lot(lot(1)).expect("the lot"), &[]);
    assert_eq!(again, Err(QuotaError::AlreadyRevoked { lot: lot(1) }));
    let nothing = QuotaError::CoverTooLarge { lot: lot(1), left: Amount::ZERO, wanted: Amount::new(1) };
    assert_eq!(covering(&ledger.view, 1, 1), Err(nothing));
}

/// Red when: a date is not checked before the decision.
#[test]
fn dates_outside_the_books_are_refused_everywhere() {
    let debt = in_debt().view;
    let (first, last) = (day("1900-01-01"), day("2199-12-31"));
    let outside = ["0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31"].map(day);
    for date in outside.into_iter().chain([NaiveDate::MIN, NaiveDate::MAX]) {
        let refused = Some(QuotaError::DateOutOfRange { date, first, last });
        assert_eq!(end(&debt, Some(date)).err(), refused);
        assert_eq!(balancing(&debt, date, &[(2, 1)]).err(), refused);
        assert_eq!(debt.standing(date).err(), refused);
        let grants = GrantRequest { lot: lot(2), valid_from: date, ..carried(Some(1), None) };
        assert_eq!(grant(&debt, &grants).err(), refused);
        let grants = GrantRequest { lot: lot(2), valid_until: Some(date), ..carried(None, None) };
        assert_eq!(grant(&debt, &grants).err(), refused);
    }
    for date in [first, last] {
        end(&debt, Some(date)).expect("the first and the last day of the books");
        balancing(&debt, date, &[(2, 1)]).expect("on that day");
        debt.standing(date).expect("on that day");
    }
}

/// Red when: the end of a carried lot is not checked; when counting its periods wraps around.
#[test]
fn a_lot_is_not_carried_beyond_the_books() {
    let empty = view(Overbooking::No);
    let last = day("2199-12-31");
    let tried = |request: &GrantRequest| grant(&empty, request).map(|decided| decided.lot.valid.until);
    assert_eq!(tried(&carried(Some(2086), None)), Ok(Some(day("2199-12-01"))));
    assert_eq!(tried(&carried(Some(2087), None)), Err(QuotaError::CarryTooLong { periods: 2087, last }));
    assert_eq!(tried(&carried(Some(u32::MAX), None)), Err(QuotaError::CarryTooLong { periods: u32::MAX, last }));
    assert_eq!(tried(&carried(None, Some(1))), Ok(None));
    for every in [Interval::Months(u32::MAX), Interval::Days(u32::MAX), Interval::Months(0), Interval::Days(0)] {
        for anchor in [NaiveDate::MIN, day("2026-01-01"), NaiveDate::MAX] {
            let periods = Some(Periods { anchor, every });
            for count in [1, u32::MAX] {
                let refused = tried(&GrantRequest { periods, ..carried(Some(count), None) });
                assert!(refused.is_err(), "{every:?} from {anchor}: {refused:?}");
            }
        }
    }
    // Days of an anchor far away lead to the same place as near ones.
    let daily = |anchor| Some(Periods { anchor, every: Interval::Days(1) });
    for anchor in [NaiveDate::MIN, day("2026-01-01"), NaiveDate::MAX] {
        let near = tried(&GrantRequest { periods: daily(anchor), ..carried(Some(28), None) });
        assert_eq!(near, Ok(Some(day("2026-03-01"))), "from {anchor}");
    }
    let to_the_last = GrantRequest { valid_until: Some(last), ..carried(None, Some(1)) };
    assert_eq!(tried(&to_the_last), Ok(None));
    assert_eq!(
        tried(&GrantRequest { valid_until: None, ..carried(Some(1), None) }),
        Err(QuotaError::CarryWithoutPeriod)
    );
    assert_eq!(tried(&GrantRequest { valid_until: None, ..carried(Some(0), None) }), Ok(None), "that is no carry-over");
}

/// Red when: an end before a lot's first day takes the lot away before it was granted.
#[test]
fn an_end_before_every_lot_lets_each_lapse_on_its_first_day() {
    let mut ledger = in_debt();
    let early = end(&ledger.view, Some(day("1900-01-01"))).expect("an end");
    assert_eq!(early.lapses, [domain::quota::Part { lot: lot(1), amount: Amount::new(3) }]);
    let entry = early.entry(&ledger.view).expect("something new");
    ledger.post(&entry).expect("posted");
    let state = ledger.view.lot(lot(1)).expect("the lot");
    let lapsed = ["2026-04-30", "2026-05-01", "9999-12-31"].map(|on| state.lapsed(day(on)));
    assert_eq!(lapsed, [0, 3, 3].map(|units| Ok(Amount::new(units))));
    assert_eq!(ledger.view.available(day("2026-05-01")), Ok(Amount::ZERO));
    let refused = Err(QuotaError::Ended { date: day("1900-01-01"), end: day("1900-01-01") });
    assert_eq!(draw(&ledger.view, &DrawRequest { draw: drawing(3), ..want(1, day("1900-01-01")) }), refused);
    assert_eq!(covering(&ledger.view, 2, 3), Ok((Amount::ZERO, Amount::new(2))), "a cover goes on");
}

/// No command grants such a lot, but who checks a history may meet one.
///
/// Red when: the first day of a lot counts as a day before it.
#[test]
fn a_lot_that_begins_with_the_end_covers_what_was_before_it() {
    let mut account = view(Overbooking::Yes { limit: None });
    for (number, on) in [(1, "2026-04-30"), (2, "2026-05-01"), (3, "2026-05-02")] {
        let decided = draw(&account, &DrawRequest { draw: drawing(number), ..want(5, day(on)) }).expect("a deficit");
        account.post(&decided.entry(&account)).expect("posted");
    }
    let lot = grant(&account, &give(1, 100, day("2026-05-01"), None)).expect("a grant").lot;
    let all = covers_of(&account, &lot).expect("small numbers");
    assert_eq!((all.0.len(), all.1), (3, Amount::new(85)));
    account.end = Some(day("2026-05-01"));
    let before = CoverPart { draw: drawing(1), amount: Amount::new(5) };
    assert_eq!(covers_of(&account, &lot), Ok((vec![before], Amount::new(95))));
}
