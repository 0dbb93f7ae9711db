//! What posting refuses: entries that no command decides, but a damaged or forged history might hold.

mod revoked;

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId, LotId,
    quota::{
        AccountView, Amount, DeficitPolicy, DrawOrigin, Entry, GrantOrigin, Ledger, Lot, Movement, Overbooking, Part,
        QuotaError, Seq, Unit,
    },
};
use uuid::Uuid;

use crate::desk::account;

const LOT: LotId = LotId::new(Uuid::from_u128(1));
const DRAW: DrawId = DrawId::new(Uuid::from_u128(2));

fn day(text: &str) -> NaiveDate {
    NaiveDate::from_str(text).expect("a date")
}

fn lot(seq: i64, amount: i64) -> Lot {
    let valid = DateRange::new(day("2026-04-01"), Some(day("2026-05-01"))).expect("a month");
    Lot { id: LOT, seq: Seq(seq), amount: Amount::new(amount), valid, carried: None, origin: GrantOrigin::default() }
}

fn part(units: i64) -> Part {
    Part { lot: LOT, amount: Amount::new(units) }
}

fn drawing(parts: &[i64], deficit: i64) -> Movement {
    let parts = parts.iter().copied().map(part).collect();
    Movement::Draw { draw: DRAW, parts, deficit: Amount::new(deficit), origin: DrawOrigin::default() }
}

fn release(parts: &[i64], deficit: i64) -> Movement {
    let parts = parts.iter().copied().map(part).collect();
    Movement::Release { draw: DRAW, parts, deficit: Amount::new(deficit) }
}

fn cover(units: i64) -> Movement {
    Movement::Cover { draw: DRAW, lot: LOT, amount: Amount::new(units) }
}

fn empty() -> AccountView {
    AccountView::empty(account(Unit::Time, Overbooking::Yes { limit: None }, DeficitPolicy::Balance))
}

/// A lot of 100 in April of which a draw holds 60 and lacks 20.
fn drawn_from() -> AccountView {
    let mut view = empty();
    for (seq, movement) in [(1, Movement::Grant { lot: lot(1, 100) }), (2, drawing(&[60], 20))] {
        view.post(&Entry { seq: Seq(seq), date: day("2026-04-10"), movement }).expect("a sound entry");
    }
    view
}

fn posted(view: &AccountView, date: &str, movement: Movement) -> Result<(), QuotaError> {
    view.clone().post(&Entry { seq: view.next_seq, date: day(date), movement })
}

fn not_positive(units: i64) -> Result<(), QuotaError> {
    Err(QuotaError::NotPositive { amount: Amount::new(units) })
}

/// Red when: the parts of a draw are not checked: a negative one would fill a lot.
#[test]
fn a_draw_takes_positive_parts_only() {
    let view = drawn_from();
    for units in [0, -1, i64::MIN] {
        assert_eq!(posted(&view, "2026-04-11", drawing(&[units], 0)), not_positive(units));
        assert_eq!(posted(&view, "2026-04-11", drawing(&[10, units], 0)), not_positive(units));
    }
    assert_eq!(posted(&view, "2026-04-11", drawing(&[40], 0)), Ok(()));
}

/// Red when: a negative deficit is taken for none.
#[test]
fn a_draw_has_no_negative_deficit() {
    let view = drawn_from();
    for units in [-1, i64::MIN] {
        assert_eq!(posted(&view, "2026-04-11", drawing(&[10], units)), not_positive(units));
    }
    assert_eq!(posted(&view, "2026-04-11", drawing(&[10], 0)), Ok(()));
}

/// Red when: posting does not look at the date of the draw.
#[test]
fn a_draw_takes_from_no_lot_outside_its_validity() {
    let view = drawn_from();
    for outside in ["2026-03-31", "2026-05-01", "1900-01-01", "2199-12-31"] {
        let refused = Err(QuotaError::OutsideValidity { lot: LOT, date: day(outside) });
        assert_eq!(posted(&view, outside, drawing(&[10], 0)), refused);
        assert_eq!(posted(&view, outside, drawing(&[], 10)), Ok(()), "a deficit alone touches no lot");
    }
    for inside in ["2026-04-01", "2026-04-30"] {
        assert_eq!(posted(&view, inside, drawing(&[10], 0)), Ok(()));
    }
}

/// Red when: a lot's number is not compared with its entry's; the order of consumption rests on it.
#[test]
fn a_lot_carries_the_number_of_its_grant() {
    for seq in [0, 2, -1, i64::MAX] {
        let refused = Err(QuotaError::OutOfSequence { expected: Seq(1), found: Seq(seq) });
        assert_eq!(posted(&empty(), "2026-04-01", Movement::Grant { lot: lot(seq, 10) }), refused);
    }
    assert_eq!(posted(&empty(), "2026-04-01", Movement::Grant { lot: lot(1, 10) }), Ok(()));
}

#[test]
fn a_grant_is_of_a_possible_amount() {
    for units in [0, -1, i64::MIN] {
        assert_eq!(posted(&empty(), "2026-04-01", Movement::Grant { lot: lot(1, units) }), not_positive(units));
    }
    for units in [Amount::LARGEST.units() + 1, i64::MAX] {
        let refused = Err(QuotaError::TooLarge { amount: Amount::new(units), largest: Amount::LARGEST });
        assert_eq!(posted(&empty(), "2026-04-01", Movement::Grant { lot: lot(1, units) }), refused);
    }
}

/// Red when: a release of a negative amount is posted: it would draw, or open a deficit.
#[test]
fn a_release_moves_positive_amounts_only() {
    let view = drawn_from();
    for units in [0, -1, i64::MIN] {
        assert_eq!(posted(&view, "2026-04-10", release(&[units], 20)), not_positive(units));
    }
    let negative = posted(&view, "2026-04-10", release(&[60], -1));
    assert!(matches!(negative, Err(QuotaError::DeficitOutOfBounds { .. })), "{negative:?}");
    assert_eq!(posted(&view, "2026-04-10", release(&[60], 20)), Ok(()));
}

#[test]
fn no_entry_moves_a_lot_or_a_deficit_beyond_its_bounds() {
    let view = drawn_from();
    let lot_bounds = |refused: Result<(), QuotaError>| {
        assert!(matches!(refused, Err(QuotaError::LotOutOfBounds { .. })), "{refused:?}");
    };
    lot_bounds(posted(&view, "2026-04-11", drawing(&[41], 0)));
    lot_bounds(posted(&view, "2026-04-11", drawing(&[20, 21], 0)));
    lot_bounds(posted(&view, "2026-04-11", release(&[61], 0)));
    let refused = posted(&view, "2026-04-10", release(&[60], 21));
    assert!(matches!(refused, Err(QuotaError::DeficitOutOfBounds { .. })), "{refused:?}");
    let unknown = Movement::Cover { draw: DrawId::new(Uuid::from_u128(99)), lot: LOT, amount: Amount::new(1) };
    let refused = posted(&view, "2026-04-10", unknown);
    assert!(matches!(refused, Err(QuotaError::DeficitOutOfBounds { .. })), "{refused:?}");
}

/// A release gives back exactly the present parts: nothing less, nothing else. Red when: the ledger does not compare.
#[test]
fn a_release_of_other_parts_than_the_present_ones_is_refused() {
    let entries = [(1, Movement::Grant { lot: lot(1, 100) }), (2, drawing(&[60], 20))].map(|(seq, movement)| Entry {
        seq: Seq(seq),
        date: day("2026-04-10"),
        movement,
    });
    let ledger = Ledger::fold(drawn_from().account, &entries).expect("a sound history");
    for movement in [release(&[59], 20), release(&[60], 19), release(&[], 20), release(&[30, 30], 20)] {
        let refused = ledger.clone().post(&Entry { seq: Seq(3), date: day("2026-04-10"), movement });
        assert_eq!(refused, Err(QuotaError::AlreadyReleased { draw: DRAW }));
    }
    let sound = Entry { seq: Seq(3), date: day("2026-04-10"), movement: release(&[60], 20) };
    let mut released = ledger.clone();
    released.post(&sound).expect("the present parts");
    let again = Entry { seq: Seq(4), ..sound };
    assert!(released.post(&again).is_err(), "a draw is released once");
}
