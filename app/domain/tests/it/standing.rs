//! Where an account stands on a day.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId, LotId,
    quota::{
        AccountView, Amount, CarryOver, DeficitPolicy, DrawOrigin, DrawRequest, Entry, GrantRequest, LotState,
        Movement, Overbooking, QuotaError, RevokedPart, Seq, Standing, Unit, draw, end, grant,
    },
};
use proptest::{prelude::any, sample::Index};
use uuid::Uuid;

use crate::{
    desk::{Desk, account, date},
    plans::{DAYS, for_every, plans},
};

fn day(text: &str) -> NaiveDate {
    NaiveDate::from_str(text).expect("a date")
}

fn view() -> AccountView {
    AccountView::empty(account(Unit::Time, Overbooking::Yes { limit: None }, DeficitPolicy::Balance))
}

fn granted(view: &mut AccountView, number: u128, units: i64, from: &str, until: Option<&str>) {
    let (lot, amount) = (LotId::new(Uuid::from_u128(number)), Amount::new(units));
    let request = GrantRequest::new(lot, amount, day(from), until.map(day));
    for entry in grant(view, &request).expect("a grant").entries(view).expect("few entries") {
        view.post(&entry).expect("posted");
    }
}

fn drawn(view: &mut AccountView, number: u128, units: i64, on: &str) {
    let (draw_id, wanted) = (DrawId::new(Uuid::from_u128(number)), Amount::new(units));
    let request = DrawRequest { draw: draw_id, date: day(on), wanted, origin: DrawOrigin::default() };
    let entry = draw(view, &request).expect("a draw").entry(view);
    view.post(&entry).expect("posted");
}

/// Granted, used, left, deficit, and the next lapse. What has lapsed is the rest of what was granted.
fn figures(view: &AccountView, on: &str) -> (i64, i64, i64, i64, Option<(String, i64)>) {
    let Standing { granted, used, left, lapsed, deficit, lapses } =
        view.standing(day(on)).expect("a day that is covered");
    assert_eq!(Amount::sum([used, left, lapsed]), Ok(granted), "on {on}");
    let lapses = lapses.map(|(day, amount)| (day.to_string(), amount.units()));
    (granted.units(), used.units(), left.units(), deficit.units(), lapses)
}

fn lapse(on: &str, units: i64) -> (String, i64) {
    (on.to_owned(), units)
}

/// Red when: a lot that has ended or not begun is counted.
#[test]
fn only_the_lots_of_the_day_count() {
    let mut view = view();
    granted(&mut view, 1, 40, "2026-04-01", Some("2026-05-01"));
    granted(&mut view, 2, 50, "2026-05-01", Some("2026-06-01"));
    granted(&mut view, 3, 7, "2026-04-15", None);
    assert_eq!(figures(&view, "2026-03-31"), (0, 0, 0, 0, None));
    assert_eq!(figures(&view, "2026-04-01"), (40, 0, 40, 0, Some(lapse("2026-05-01", 40))));
    assert_eq!(figures(&view, "2026-04-30"), (47, 0, 47, 0, Some(lapse("2026-05-01", 40))));
    assert_eq!(figures(&view, "2026-05-01"), (57, 0, 57, 0, Some(lapse("2026-06-01", 50))));
    assert_eq!(figures(&view, "2026-06-01"), (7, 0, 7, 0, None));
}

/// Red when: an empty lot is the next to lapse; when lots that end together are not added up.
#[test]
fn the_next_lapse_is_of_all_lots_that_end_first_with_something_left() {
    let mut view = view();
    granted(&mut view, 1, 10, "2026-04-01", Some("2026-05-01"));
    granted(&mut view, 2, 20, "2026-04-01", Some("2026-06-01"));
    granted(&mut view, 3, 30, "2026-04-02", Some("2026-06-01"));
    granted(&mut view, 4, 40, "2026-04-01", Some("2026-07-01"));
    assert_eq!(figures(&view, "2026-04-10"), (100, 0, 100, 0, Some(lapse("2026-05-01", 10))));
    drawn(&mut view, 1, 12, "2026-04-10");
    assert_eq!(figures(&view, "2026-04-10"), (100, 12, 88, 0, Some(lapse("2026-06-01", 48))));
    drawn(&mut view, 2, 88, "2026-04-10");
    assert_eq!(figures(&view, "2026-04-10"), (100, 100, 0, 0, None));
}

/// Red when: deficits are counted only on their own day.
#[test]
fn every_open_deficit_counts_on_every_day() {
    let mut view = view();
    drawn(&mut view, 1, 30, "2026-04-10");
    drawn(&mut view, 2, 5, "2026-05-10");
    granted(&mut view, 1, 20, "2026-04-01", Some("2026-05-01"));
    assert_eq!(figures(&view, "2026-03-01"), (0, 0, 0, 15, None));
    assert_eq!(figures(&view, "2026-04-30"), (20, 20, 0, 15, None));
}

#[test]
fn a_day_that_the_facts_do_not_cover_is_an_error() {
    let covers = DateRange::new(day("2026-04-01"), Some(day("2026-05-01"))).expect("a month");
    let view = AccountView { covers, ..view() };
    for outside in ["2026-03-31", "2026-05-01"].map(day) {
        assert_eq!(view.standing(outside), Err(QuotaError::OutsideView { date: outside, covers }));
    }
    assert!(matches!(view.standing(day("2200-01-01")), Err(QuotaError::DateOutOfRange { .. })));
    assert!(view.standing(day("2026-04-01")).is_ok() && view.standing(day("2026-04-30")).is_ok());
}

/// January's 100, of which 20 may be carried on to February, and February's 50.
fn capped() -> AccountView {
    let mut view = view();
    let january =
        GrantRequest::new(LotId::new(Uuid::from_u128(1)), Amount::new(100), day("2026-01-01"), Some(day("2026-02-01")));
    let carry = CarryOver::On { periods: Some(1), cap: Some(Amount::new(20)) };
    let decided = grant(&view, &GrantRequest { carry, ..january }).expect("a grant");
    for entry in decided.entries(&view).expect("few entries") {
        view.post(&entry).expect("posted");
    }
    granted(&mut view, 2, 50, "2026-02-01", Some("2026-03-01"));
    view
}

fn ended(view: &AccountView, until: &str) -> AccountView {
    let mut view = view.clone();
    let entry = end(&view, Some(day(until))).expect("an end").entry(&view).expect("a new one");
    view.post(&entry).expect("posted");
    view
}

/// Red when: what lapsed over the cap counts as left; when only the end of a lot counts as a lapse.
#[test]
fn what_exceeds_the_cap_is_lost_with_the_lots_own_period() {
    let mut view = capped();
    assert_eq!(figures(&view, "2026-01-31"), (100, 0, 100, 0, Some(lapse("2026-02-01", 80))));
    drawn(&mut view, 1, 30, "2026-01-10");
    assert_eq!(figures(&view, "2026-01-31"), (100, 30, 70, 0, Some(lapse("2026-02-01", 50))));
    assert_eq!(figures(&view, "2026-02-01"), (150, 30, 70, 0, Some(lapse("2026-03-01", 70))), "50 have lapsed");
    drawn(&mut view, 2, 25, "2026-02-10");
    assert_eq!(figures(&view, "2026-02-01"), (150, 55, 45, 0, Some(lapse("2026-03-01", 45))), "20 and 5");
    assert_eq!(figures(&view, "2026-01-31"), (100, 50, 50, 0, Some(lapse("2026-02-01", 50))));
    assert_eq!(figures(&view, "2026-03-01"), (0, 0, 0, 0, None));
    drawn(&mut view, 3, 50, "2026-01-31");
    assert_eq!(figures(&view, "2026-02-01"), (150, 105, 45, 0, Some(lapse("2026-03-01", 45))), "nothing has lapsed");
}

/// Red when: the end of the account is no end of its lots; when what exceeds the cap is lost after the end.
#[test]
fn an_end_is_the_next_lapse_of_every_lot() {
    let view = capped();
    let in_february = ended(&view, "2026-02-15");
    assert_eq!(figures(&in_february, "2026-01-31"), (100, 0, 100, 0, Some(lapse("2026-02-01", 80))));
    assert_eq!(figures(&in_february, "2026-02-14"), (150, 0, 70, 0, Some(lapse("2026-02-15", 70))));
    assert_eq!(figures(&in_february, "2026-02-15"), (0, 0, 0, 0, None));
    for within in ["2026-01-20", "2026-02-01"] {
        assert_eq!(figures(&ended(&view, within), "2026-01-10"), (100, 0, 100, 0, Some(lapse(within, 100))));
    }
    assert_eq!(
        figures(&ended(&view, "2026-03-01"), "2026-02-14"),
        figures(&view, "2026-02-14"),
        "no earlier than the lots"
    );
    assert_eq!(figures(&ended(&view, "2025-12-31"), "2026-01-10"), (0, 0, 0, 0, None));
}

/// Red when: a lot that was taken back is counted.
#[test]
fn a_revoked_lot_does_not_count() {
    let mut view = capped();
    drawn(&mut view, 7, 30, "2026-01-10");
    let held = RevokedPart {
        draw: DrawId::new(Uuid::from_u128(7)),
        seq: Seq(3),
        date: day("2026-01-10"),
        amount: Amount::new(30),
    };
    let (lot, granted) = (LotId::new(Uuid::from_u128(1)), Amount::new(100));
    let movement = Movement::Revoke { lot, granted, parts: vec![held] };
    view.post(&Entry { seq: Seq(4), date: day("2026-01-01"), movement }).expect("posted");
    assert_eq!(figures(&view, "2026-01-10"), (0, 0, 0, 30, None));
    assert_eq!(figures(&view, "2026-02-10"), (50, 0, 50, 30, Some(lapse("2026-03-01", 50))));
}

/// When what of a lot is lost, counted here from the lot's own figures: whatever exceeds the cap when its own period
/// is over, the rest at its end.
fn losses(state: &LotState) -> Vec<(NaiveDate, i64)> {
    let left = if state.revoked { 0 } else { state.lot.amount.units() - state.drawn.units() };
    let end = [state.lot.valid.until, state.account_end].into_iter().flatten().min();
    let mut kept = left;
    let mut found = Vec::new();
    if let Some(carried) = state.lot.carried.filter(|carried| end.is_none_or(|end| carried.from < end)) {
        let room = carried.cap.map_or(left, |cap| cap.units() - state.drawn_carried.units());
        kept = left.min(room);
        found.push((carried.from, left - kept));
    }
    found.extend(end.map(|end| (end.max(state.lot.valid.from), kept)));
    found.retain(|(_, lost)| *lost > 0);
    found
}

/// Red when: lots of other days are counted; when lots that end together are not added up.
#[test]
fn what_was_granted_is_used_left_or_lapsed() {
    for_every((plans(), any::<Index>()), |(plan, on)| {
        let view = Desk::after(&plan).ledger.view;
        let on = date(i64::try_from(on.index(usize::try_from(DAYS).expect("few"))).expect("few"));
        let standing = view.standing(on).expect("every day is covered");
        assert_eq!(view.available(on), Ok(standing.left));
        assert_eq!(Amount::sum([standing.used, standing.left, standing.lapsed]), Ok(standing.granted));
        assert_eq!(view.open_deficit(), Ok(standing.deficit));
        let usable = view.lots.iter().filter(|state| {
            let end = [state.lot.valid.until, state.account_end].into_iter().flatten().min();
            !state.revoked && state.lot.valid.from <= on && end.is_none_or(|end| on < end)
        });
        let all: Vec<_> = usable.flat_map(losses).collect();
        let until_now: i64 = all.iter().filter(|(day, _)| *day <= on).map(|(_, lost)| lost).sum();
        assert_eq!(standing.lapsed, Amount::new(until_now));
        let next = all.iter().map(|(day, _)| *day).filter(|day| on < *day).min();
        let lost: i64 = all.iter().filter(|(day, _)| Some(*day) == next).map(|(_, lost)| lost).sum();
        assert_eq!(standing.lapses, next.map(|next| (next, Amount::new(lost))));
    });
}
