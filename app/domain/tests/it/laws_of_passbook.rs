//! Laws of the passbook.

use chrono::NaiveDate;
use domain::{
    DateRange,
    quota::{Amount, LotState, Movement, Part, PassbookRow, Posting, balance_on, passbook},
};

use crate::{
    desk::{Desk, date},
    plans::{DAYS, for_every, plans},
};

/// Before the first and after the last day on which anything can happen in a plan.
const ALL: (i64, i64) = (-1, DAYS + 300);

/// The rows of some days, from entries and lots chosen as a caller does: entries by date, lots as they are.
fn rows(desk: &Desk, opening: i64, from: i64, until: i64) -> Vec<PassbookRow> {
    let (first, after) = (date(from), date(until));
    let entries = desk.entries.iter().filter(|entry| first <= entry.date && entry.date < after).cloned().collect();
    let range = DateRange::new(first, Some(after)).expect("some days");
    passbook(Amount::new(opening), entries, &desk.ledger.view.lots, range).expect("small numbers")
}

fn sum(rows: &[PassbookRow]) -> i64 {
    rows.iter().map(|row| row.amount.units()).sum()
}

/// Red when: the running balance starts at zero instead of the opening; when a lapse is not taken off the balance.
#[test]
fn opening_plus_rows_is_closing() {
    for_every((plans(), -50..50_i64), |(plan, opening)| {
        let desk = Desk::after(&plan);
        let rows = rows(&desk, opening, ALL.0, ALL.1);
        let mut balance = opening;
        for row in &rows {
            balance += row.amount.units();
            assert_eq!(row.balance.units(), balance, "{row:?}");
        }
        let lost = |state: &LotState| Desk::left(state) - desk.drawable(state, date(ALL.1));
        let lapsed: i64 = desk.ledger.view.lots.iter().map(lost).sum();
        assert_eq!(balance - opening, desk.ledger.balance.units() - lapsed, "everything that ever happened");
    });
}

/// Red when: a lot's lapse is listed whether it ends within the range or not.
#[test]
fn two_halves_have_the_rows_of_the_whole() {
    for_every((plans(), ALL.0 + 1..ALL.1), |(plan, cut)| {
        let desk = Desk::after(&plan);
        let first = rows(&desk, 0, ALL.0, cut);
        let second = rows(&desk, sum(&first), cut, ALL.1);
        assert_eq!([first, second].concat(), rows(&desk, 0, ALL.0, ALL.1));
    });
}

/// Red when: rows stand in the order of posting instead of by date; when a lapse stands after the entries of its day;
/// when a lot that lapses on its first day does so before it is granted.
#[test]
fn rows_stand_by_date_lapses_first_then_by_sequence() {
    for_every(plans(), |plan| {
        let desk = Desk::after(&plan);
        let rows = rows(&desk, 0, ALL.0, ALL.1);
        let place = |row: &PassbookRow| match &row.posting {
            Posting::Lapse { lot, .. } => {
                let lot = &desk.ledger.view.lot(*lot).expect("a lot").lot;
                (row.date, if row.date == lot.valid.from { lot.seq.0 } else { 0 }, 1)
            }
            Posting::Entry(entry) => (row.date, entry.seq.0, 0),
        };
        assert!(rows.is_sorted_by_key(place), "{rows:?}");
    });
}

/// What an entry adds to the balance, read off the rule and not off the engine.
fn effect(movement: &Movement) -> i64 {
    let held =
        |parts: &[Part], deficit: &Amount| parts.iter().map(|part| part.amount.units()).sum::<i64>() + deficit.units();
    match movement {
        Movement::Grant { lot } => lot.amount.units(),
        Movement::Draw { parts, deficit, .. } => -held(parts, deficit),
        Movement::Release { parts, deficit, .. } => held(parts, deficit),
        Movement::Revoke { lot: _, granted, parts: _ } => -granted.units(),
        Movement::Cover { .. } | Movement::End { .. } => 0,
    }
}

/// What lapses of a lot and when, by its two borders: what exceeds the cap goes at the end of its own period, the rest
/// with the lot or the account; a lot of an ended account that has not begun goes on its first day.
fn lapses(desk: &Desk, state: &LotState) -> Vec<(NaiveDate, i64, bool)> {
    let (from, mut left) = (state.lot.valid.from, Desk::left(state));
    let ends = [state.lot.valid.until, desk.end()].into_iter().flatten().min().map(|end| end.max(from));
    let mut found = Vec::new();
    if let Some(carried) = state.lot.carried.filter(|carried| ends.is_none_or(|end| carried.from < end)) {
        let over = left - desk.drawable(state, carried.from);
        found.push((carried.from, -over, true));
        left -= over;
    }
    found.extend(ends.map(|end| (end, -left, false)));
    found.retain(|(_, amount, _)| *amount != 0);
    found
}

/// Red when: a lapse of nothing gets a row; when a release moves the balance without the deficit that it drops; when a
/// revoked lot still lapses.
#[test]
fn every_entry_and_every_lapse_has_one_row() {
    for_every(plans(), |plan| {
        let desk = Desk::after(&plan);
        let rows = rows(&desk, 0, ALL.0, ALL.1);
        let mut entries = desk.entries.clone();
        let expected = |state: &LotState| lapses(&desk, state).into_iter().map(|lapse| (state.lot.id, lapse)).collect();
        let mut lapses: Vec<_> = desk.ledger.view.lots.iter().flat_map(|s| -> Vec<_> { expected(s) }).collect();
        for row in rows {
            match &row.posting {
                Posting::Entry(entry) => {
                    let at = entries.iter().position(|other| other == entry).expect("an entry, and only once");
                    let entry = entries.remove(at);
                    assert_eq!((row.date, row.amount.units()), (entry.date, effect(&entry.movement)));
                }
                Posting::Lapse { lot, over_cap } => {
                    let found = (*lot, (row.date, row.amount.units(), *over_cap));
                    let at = lapses.iter().position(|lapse| *lapse == found).expect("a lapse, and only once");
                    lapses.remove(at);
                }
            }
        }
        assert!(entries.is_empty() && lapses.is_empty(), "without a row: {entries:?} {lapses:?}");
    });
}

/// A passbook on a screen shows the lapses until today and every entry, also those dated later.
///
/// Red when: what lapses after today is left out, or what lapses after the day in question is taken off; when a lapse
/// of today is taken off twice; when rows after the day count.
#[test]
fn the_balance_on_a_day_is_that_of_the_whole_passbook_until_then() {
    let days = || ALL.0..ALL.1 - 1;
    for_every((plans(), -50..50_i64, days(), days()), |(plan, opening, today, day)| {
        let desk = Desk::after(&plan);
        let lots = &desk.ledger.view.lots;
        let until_today = DateRange::new(date(ALL.0), Some(date(today + 1))).expect("some days");
        let shown = passbook(Amount::new(opening), desk.entries.clone(), lots, until_today).expect("small numbers");
        let whole = rows(&desk, opening, ALL.0, ALL.1);
        // The borders: today itself, the day in question itself, and the days on which something lapses.
        let lapse_days = whole.iter().filter(|row| matches!(row.posting, Posting::Lapse { .. })).map(|row| row.date);
        let days: Vec<_> = lapse_days.chain([date(today), date(day)]).collect();
        for day in days {
            let expected = whole.iter().rev().find(|row| row.date <= day).map_or(opening, |row| row.balance.units());
            let found = balance_on(Amount::new(opening), &shown, lots, date(today), day);
            assert_eq!(found, Ok(Amount::new(expected)), "on {day}, today is {}", date(today));
        }
    });
}
