//! Where an account stands on a day.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    DateRange, DrawId, LotId,
    quota::{
        AccountView, Amount, DeficitPolicy, DrawRequest, GrantRequest, Overbooking, QuotaError, Standing, Unit, draw,
        grant,
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
    let request = GrantRequest { lot, amount, valid_from: day(from), valid_until: until.map(day) };
    for entry in grant(view, &request).expect("a grant").entries(view).expect("few entries") {
        view.post(&entry).expect("posted");
    }
}

fn drawn(view: &mut AccountView, number: u128, units: i64, on: &str) {
    let request = DrawRequest { draw: DrawId::new(Uuid::from_u128(number)), date: day(on), wanted: Amount::new(units) };
    let entry = draw(view, &request).expect("a draw").entry(view);
    view.post(&entry).expect("posted");
}

/// Granted, used, left, deficit, and the next lapse.
fn figures(view: &AccountView, on: &str) -> (i64, i64, i64, i64, Option<(String, i64)>) {
    let Standing { granted, used, left, deficit, lapses } = view.standing(day(on)).expect("a day that is covered");
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

/// Red when: `left` is counted in another way than what can be drawn.
#[test]
fn what_is_left_is_what_is_available() {
    for_every((plans(), any::<Index>()), |(plan, on)| {
        let view = Desk::after(&plan).ledger.view;
        let on = date(i64::try_from(on.index(usize::try_from(DAYS).expect("few"))).expect("few"));
        let standing = view.standing(on).expect("every day is covered");
        assert_eq!(view.available(on), Ok(standing.left));
        assert_eq!(standing.used.plus(standing.left), Ok(standing.granted));
        assert_eq!(view.open_deficit(), Ok(standing.deficit));
        let ends = view.lots.iter().filter(|state| Desk::usable(state, on) && Desk::left(state) > 0);
        let next = ends.clone().filter_map(|state| state.lot.valid.until).min();
        let lost: i64 = ends.filter(|state| state.lot.valid.until == next).map(Desk::left).sum();
        assert_eq!(standing.lapses, next.map(|next| (next, Amount::new(lost))));
    });
}
