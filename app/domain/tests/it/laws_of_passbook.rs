//! Laws of the passbook.

use domain::{
    DateRange,
    quota::{Amount, LotState, Movement, Part, PassbookRow, Posting, passbook},
};

use crate::{
    desk::{Desk, date},
    plans::{DAYS, for_every, plans},
};

/// Before the first and after the last day on which anything can happen in a plan.
const ALL: (i64, i64) = (-1, DAYS + 60);

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
        let lost = |state: &LotState| if state.lot.valid.until.is_some() { Desk::left(state) } else { 0 };
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

/// Red when: rows stand in the order of posting instead of by date; when a lapse stands after the entries of its day.
#[test]
fn rows_stand_by_date_lapses_first_then_by_sequence() {
    for_every(plans(), |plan| {
        let desk = Desk::after(&plan);
        let rows = rows(&desk, 0, ALL.0, ALL.1);
        let place = |row: &PassbookRow| match &row.posting {
            Posting::Lapse { .. } => (row.date, 0, 0),
            Posting::Entry(entry) => (row.date, 1, entry.seq.0),
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
        Movement::Cover { .. } => 0,
    }
}

/// Red when: a lapse of nothing gets a row; when a release moves the balance without the deficit that it drops.
#[test]
fn every_entry_and_every_lapse_has_one_row() {
    for_every(plans(), |plan| {
        let desk = Desk::after(&plan);
        let rows = rows(&desk, 0, ALL.0, ALL.1);
        let mut entries = desk.entries.clone();
        let mut lapses: Vec<_> = desk.ledger.view.lots.iter().filter(|s| Desk::left(s) > 0).cloned().collect();
        lapses.retain(|state| state.lot.valid.until.is_some());
        for row in rows {
            let expected = match &row.posting {
                Posting::Entry(entry) => {
                    let at = entries.iter().position(|other| other == entry).expect("an entry, and only once");
                    let entry = entries.remove(at);
                    (entry.date, effect(&entry.movement))
                }
                Posting::Lapse { lot } => {
                    let at = lapses.iter().position(|state| state.lot.id == *lot).expect("a lapse, and only once");
                    let state = lapses.remove(at);
                    (state.lot.valid.until.expect("an end"), -Desk::left(&state))
                }
            };
            assert_eq!((row.date, row.amount.units()), expected);
        }
        assert!(entries.is_empty() && lapses.is_empty(), "without a row: {entries:?} {lapses:?}");
    });
}
