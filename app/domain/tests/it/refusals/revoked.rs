//! What posting refuses of revokes, covers, carried lots and ended accounts.

use domain::quota::{
    AccountView, Amount, Carried, DrawOrigin, Entry, Ledger, Lot, Movement, Part, QuotaError, RevokedPart, Seq,
};

use super::{DRAW, LOT, cover, day, drawing, drawn_from, empty, lot, not_positive, posted, release};
use domain::{DateRange, DrawId, LotId};
use uuid::Uuid;

const OTHER: LotId = LotId::new(Uuid::from_u128(3));

fn held(units: i64) -> RevokedPart {
    RevokedPart { draw: DRAW, seq: Seq(2), date: day("2026-04-10"), amount: Amount::new(units) }
}

fn revoke(granted: i64, parts: &[RevokedPart]) -> Movement {
    Movement::Revoke { lot: LOT, granted: Amount::new(granted), parts: parts.to_vec() }
}

fn lot_bounds(refused: Result<(), QuotaError>) {
    let refused = refused.expect_err("a bound of the lot");
    assert!(matches!(refused, QuotaError::LotOutOfBounds { .. }), "{refused:?}");
}

/// A lot of 100, 30 of it to be carried on from April to May; draws hold 60 for April and 20 for May.
fn carried() -> Ledger {
    let valid = DateRange::new(day("2026-04-01"), Some(day("2026-06-01"))).expect("two months");
    let carried = Some(Carried { from: day("2026-05-01"), cap: Some(Amount::new(30)) });
    let lot = Lot { valid, carried, ..lot(1, 100) };
    let mut ledger = Ledger::new(empty().account);
    let second = Movement::Draw {
        draw: DrawId::new(Uuid::from_u128(4)),
        parts: vec![Part { lot: LOT, amount: Amount::new(20) }],
        deficit: Amount::new(40),
        origin: DrawOrigin::default(),
    };
    let entries = [("2026-04-01", Movement::Grant { lot }), ("2026-04-10", drawing(&[60], 0)), ("2026-05-10", second)];
    for (at, (date, movement)) in (1..).zip(entries) {
        ledger.post(&Entry { seq: Seq(at), date: day(date), movement }).expect("a sound entry");
    }
    ledger
}

/// Red when: the parts of a revoke are not compared with what was drawn: the rest would be drawn from nothing.
#[test]
fn a_revoke_takes_exactly_what_was_drawn() {
    let view = drawn_from();
    for parts in [&[][..], &[held(59)], &[held(61)], &[held(60), held(1)], &[held(i64::MAX)], &[held(i64::MIN + 1)]] {
        lot_bounds(posted(&view, "2026-04-01", revoke(100, parts)));
    }
    assert_eq!(posted(&view, "2026-04-01", revoke(100, &[held(70), held(-10)])), not_positive(-10));
    assert_eq!(posted(&view, "2026-04-01", revoke(100, &[held(60), held(0)])), not_positive(0));
    let wrap = revoke(100, &[held(i64::MAX), held(i64::MAX)]);
    assert_eq!(posted(&view, "2026-04-01", wrap), Err(QuotaError::Overflow));
    assert_eq!(posted(&view, "2026-04-01", revoke(100, &[held(60)])), Ok(()));
}

/// Red when: the amount of a revoke is not compared with the grant: the balance is counted from it.
#[test]
fn a_revoke_names_what_was_granted() {
    let view = drawn_from();
    for granted in [99, 101, 0, -100, i64::MAX, i64::MIN + 1] {
        lot_bounds(posted(&view, "2026-04-01", revoke(granted, &[held(60)])));
    }
}

/// Red when: a revoked lot can be revoked; when it is usable; when something is given back to it.
#[test]
fn a_revoked_lot_is_moved_by_nothing() {
    let mut view = drawn_from();
    let entry = Entry { seq: Seq(3), date: day("2026-04-01"), movement: revoke(100, &[held(60)]) };
    view.post(&entry).expect("a sound revoke");
    assert_eq!(posted(&view, "2026-04-01", revoke(100, &[])), Err(QuotaError::AlreadyRevoked { lot: LOT }));
    let refused = Err(QuotaError::OutsideValidity { lot: LOT, date: day("2026-04-11") });
    assert_eq!(posted(&view, "2026-04-11", drawing(&[1], 0)), refused);
    lot_bounds(posted(&view, "2026-04-10", release(&[1], 0)));
    assert!(posted(&view, "2026-04-01", cover(1)).is_err());
    assert_eq!(view.open_deficit(), Ok(Amount::new(80)), "20 before and 60 from the lot");
    let unknown = Movement::Revoke { lot: OTHER, granted: Amount::new(1), parts: Vec::new() };
    assert_eq!(posted(&view, "2026-04-01", unknown), Err(QuotaError::UnknownLot { lot: OTHER }));
}

/// Red when: the ledger does not compare the draws of a revoke with its own.
#[test]
fn a_revoke_names_the_draws_as_they_are() {
    let ledger = carried();
    let first = held(60);
    let second = RevokedPart {
        draw: DrawId::new(Uuid::from_u128(4)),
        seq: Seq(3),
        date: day("2026-05-10"),
        amount: Amount::new(20),
    };
    let tried = |parts: &[RevokedPart]| {
        ledger.clone().post(&Entry { seq: Seq(4), date: day("2026-04-01"), movement: revoke(100, parts) })
    };
    let amount = |part: &RevokedPart, units| RevokedPart { amount: Amount::new(units), ..part.clone() };
    let wrong = [
        vec![amount(&first, 61), amount(&second, 19)],
        vec![amount(&first, 80)],
        vec![amount(&first, 30), amount(&first, 30), second.clone()],
        vec![RevokedPart { seq: Seq(3), ..first.clone() }, second.clone()],
        vec![RevokedPart { date: day("2026-04-11"), ..first.clone() }, second.clone()],
        vec![RevokedPart { draw: DrawId::new(Uuid::from_u128(99)), ..first.clone() }, second.clone()],
    ];
    for parts in wrong {
        assert!(tried(&parts).is_err(), "{parts:?}");
    }
    assert_eq!(tried(&[first, second]), Ok(()));
}

/// Red when: a draw or a cover is not held against the cap.
#[test]
fn nothing_is_moved_beyond_the_cap() {
    let view = carried().view;
    lot_bounds(posted(&view, "2026-05-20", drawing(&[11], 0)));
    lot_bounds(posted(&view, "2026-05-20", drawing(&[5, 6], 0)));
    assert_eq!(posted(&view, "2026-05-20", drawing(&[10], 0)), Ok(()));
    assert_eq!(posted(&view, "2026-04-20", drawing(&[20], 0)), Ok(()), "April itself has no cap");
    lot_bounds(posted(&view, "2026-04-20", drawing(&[21], 0)));

    // A later lot, also capped at 30, is asked to cover 40 of May.
    let mut view = view;
    let valid = DateRange::new(day("2026-04-01"), Some(day("2026-06-01"))).expect("two months");
    let carried = Some(Carried { from: day("2026-05-01"), cap: Some(Amount::new(30)) });
    let later = Lot { id: OTHER, valid, carried, ..lot(4, 100) };
    let grant = Entry { seq: Seq(4), date: day("2026-04-01"), movement: Movement::Grant { lot: later } };
    view.post(&grant).expect("a sound grant");
    let covering = |view: &AccountView, units| {
        let draw = DrawId::new(Uuid::from_u128(4));
        posted(view, "2026-04-01", Movement::Cover { draw, lot: OTHER, amount: Amount::new(units) })
    };
    lot_bounds(covering(&view, 31));
    assert_eq!(covering(&view, 30), Ok(()));
}

/// Red when: what a release gives back is not taken from the carried part; when its date is not compared.
#[test]
fn a_release_gives_back_to_the_part_that_was_drawn() {
    let ledger = carried();
    lot_bounds(posted(&ledger.view, "2026-05-10", release(&[21], 0)));
    assert_eq!(posted(&ledger.view, "2026-05-10", release(&[20], 0)), Ok(()));
    // The draw of April given back for a day in May would make room under the cap, and the other way round.
    let tried = |date: &str| ledger.clone().post(&Entry { seq: Seq(4), date: day(date), movement: release(&[60], 0) });
    for other in ["2026-05-10", "2026-04-11", "2026-04-09"] {
        assert!(tried(other).is_err(), "{other}");
    }
    assert_eq!(tried("2026-04-10"), Ok(()));
}

/// Red when: posting does not look at the end of the account, or only for draws that take from a lot.
#[test]
fn nothing_is_drawn_after_the_end() {
    let mut view = drawn_from();
    let end = Some(day("2026-04-20"));
    view.post(&Entry { seq: Seq(3), date: day("2026-04-20"), movement: Movement::End { until: end } }).expect("an end");
    for after in ["2026-04-20", "2026-04-21", "2026-05-01"] {
        let refused = Err(QuotaError::Ended { date: day(after), end: day("2026-04-20") });
        assert_eq!(posted(&view, after, drawing(&[10], 0)), refused);
        assert_eq!(posted(&view, after, drawing(&[], 10)), refused);
    }
    assert_eq!(posted(&view, "2026-04-19", drawing(&[10], 10)), Ok(()));
    assert_eq!(posted(&view, "2026-04-10", release(&[60], 20)), Ok(()), "a release is never too late");
}

/// Red when: posting lets a lot cover a draw that came after it.
#[test]
fn a_cover_comes_from_a_later_lot() {
    let mut view = drawn_from();
    let refused = Err(QuotaError::CoverFromEarlierLot { lot: LOT, draw: DRAW });
    assert_eq!(posted(&view, "2026-04-01", cover(20)), refused);
    let later = Movement::Grant { lot: Lot { id: OTHER, ..lot(3, 100) } };
    view.post(&Entry { seq: Seq(3), date: day("2026-04-01"), movement: later }).expect("a sound grant");
    let covering = |units| Movement::Cover { draw: DRAW, lot: OTHER, amount: Amount::new(units) };
    assert_eq!(posted(&view, "2026-06-10", covering(20)), Ok(()), "whatever the day of the entry is");
    for units in [0, -1, i64::MIN] {
        assert_eq!(posted(&view, "2026-04-01", covering(units)), not_positive(units));
    }
    let refused = posted(&view, "2026-04-01", covering(21));
    assert!(matches!(refused, Err(QuotaError::DeficitOutOfBounds { .. })), "{refused:?}");
}
