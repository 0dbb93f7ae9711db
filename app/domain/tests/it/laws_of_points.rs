//! Laws of points and of what lies between two of them.

use std::collections::BTreeSet;

use domain::{
    DateRange, DrawId,
    quota::{Amount, Movement, Point, Seq, Span, StatementPosting, StatementRow, balance_at, between, passbook},
};
use proptest::{collection, prelude::any, sample::Index, strategy::Strategy};

use crate::{
    desk::{Desk, date, draw_id, each_step},
    plans::{Plan, Step, for_every, plans},
};

/// A plan, some draws whose documents are drafts, and three points in both orders.
fn cases() -> impl Strategy<Value = (Plan, BTreeSet<u8>, [Index; 3], [i64; 3])> {
    (plans(), collection::btree_set(0..14_u8, 0..5), any::<[Index; 3]>(), [-1..270_i64, -1..140, -1..140])
}

/// The history, the holds and the points of a case; each point has both reached at least as far as the one before.
fn at(case: (Plan, BTreeSet<u8>, [Index; 3], [i64; 3])) -> (Desk, BTreeSet<DrawId>, [Point; 3]) {
    let (plan, holds, mut places, mut days) = case;
    let desk = Desk::after(&plan);
    let many = desk.entries.len() + 1;
    places.sort_by_key(|place| place.index(many));
    days.sort_unstable();
    let point = |n: usize| {
        let seq = Seq(i64::try_from(places[n].index(many)).expect("few"));
        Point { seq, date: date(days[n]) }
    };
    let points = [point(0), point(1), point(2)];
    (desk, holds.into_iter().map(draw_id).collect(), points)
}

fn span(desk: &Desk, holds: &BTreeSet<DrawId>, from: Point, to: Point) -> Span {
    between(&desk.ledger.view.account, &desk.entries, holds, from, to).expect("small numbers")
}

fn balance(desk: &Desk, holds: &BTreeSet<DrawId>, point: Point) -> i64 {
    balance_at(&desk.ledger.view.account, &desk.entries, holds, point).expect("small numbers").units()
}

/// Red when: a lapse is listed as what has lapsed and not as its change; when the running balance starts at zero; when
/// an entry dated after the second point is listed.
#[test]
fn opening_plus_rows_is_closing_and_the_balance_at_the_point() {
    for_every(cases(), |case| {
        let (desk, holds, [from, _, to]) = at(case);
        let span = span(&desk, &holds, from, to);
        let mut running = span.opening.units();
        assert_eq!(running, balance(&desk, &holds, from));
        for row in &span.rows {
            running += row.amount.units();
            assert_eq!(row.balance.units(), running, "{row:?}");
            assert_eq!(row.late, row.date <= from.date, "{row:?}");
            assert!(row.date <= to.date, "{row:?}");
        }
        assert_eq!(span.closing.units(), running);
        assert_eq!(running, balance(&desk, &holds, to));
        assert!(span.rows.is_sorted_by_key(|row| row.date));
        if (from.seq, from.date) != (to.seq, to.date) {
            let backwards = between(&desk.ledger.view.account, &desk.entries, &holds, to, from);
            assert!(backwards.is_err(), "a statement does not run backwards");
        }
    });
}

/// The numbers of the entries that a statement lists.
fn listed(rows: &[StatementRow]) -> Vec<i64> {
    let number = |row: &StatementRow| match &row.what {
        StatementPosting::Entry(entry) => Some(entry.seq.0),
        StatementPosting::Lapse { .. } => None,
    };
    rows.iter().filter_map(number).collect()
}

/// Two statements that follow each other show what one over both would: nothing twice and nothing lost, however late it
/// was posted.
///
/// Red when: a statement leaves out entries dated before its first point; when it lists those posted before it again.
#[test]
fn statements_chain() {
    for_every(cases(), |case| {
        let (desk, holds, points) = at(case);
        let [first, second, third] = points;
        let halves = [span(&desk, &holds, first, second), span(&desk, &holds, second, third)];
        let whole = span(&desk, &holds, first, third);
        assert_eq!(whole.opening, halves[0].opening);
        assert_eq!(halves[0].closing, halves[1].opening);
        assert_eq!(halves[1].closing, whole.closing);

        let mut numbers: Vec<i64> = halves.iter().flat_map(|half| listed(&half.rows)).collect();
        numbers.sort_unstable();
        let mut at_once = listed(&whole.rows);
        at_once.sort_unstable();
        assert_eq!(numbers, at_once);

        let lapsed = |span: &Span| -> i64 {
            let of_lapses = span.rows.iter().filter(|row| matches!(row.what, StatementPosting::Lapse { .. }));
            of_lapses.map(|row| row.amount.units()).sum()
        };
        assert_eq!(lapsed(&halves[0]) + lapsed(&halves[1]), lapsed(&whole));
        assert_eq!(span(&desk, &holds, second, second).rows, []);
    });
}

/// Red when: an entry counts once it is posted, whatever its date; when what has lapsed is not taken off.
#[test]
fn at_the_last_entry_the_balance_is_that_of_the_passbook() {
    for_every((plans(), -1..270_i64), |(plan, day)| {
        let desk = Desk::after(&plan);
        let entries: Vec<_> = desk.entries.iter().filter(|entry| entry.date <= date(day)).cloned().collect();
        let range = DateRange::new(date(-2), Some(date(day + 1))).expect("some days");
        let rows = passbook(Amount::ZERO, entries, &desk.ledger.view.lots, range).expect("small numbers");
        let last = Point { seq: Seq(desk.ledger.view.next_seq.0 - 1), date: date(day) };
        let expected = rows.last().map_or(0, |row| row.balance.units());
        assert_eq!(balance(&desk, &BTreeSet::new(), last), expected);
    });
}

/// Red when: what a hold took is missing in what lapses; when a hold's release counts.
#[test]
fn a_draft_moves_no_balance_and_neither_does_its_deletion() {
    for_every((plans(), -1..270_i64), |(plan, day)| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::Draw { draw, .. }, Ok(_)) = (*step, outcome) else { return };
            let hold = BTreeSet::from([draw_id(draw)]);
            let last = |desk: &Desk| Point { seq: Seq(desk.ledger.view.next_seq.0 - 1), date: date(day) };
            let (was, is) = (balance(before, &hold, last(before)), balance(after, &hold, last(after)));
            assert_eq!(was, is, "the draft");
            let mut deleted = after.clone();
            deleted.carry_out(&Step::Release { draw }).expect("a draw can be released");
            assert_eq!(balance(&deleted, &hold, last(&deleted)), was, "its deletion");
            let rows = span(&deleted, &hold, last(before), last(&deleted)).rows;
            assert_eq!(rows, [], "no row for either");
        });
    });
}

/// Red when: the draws of a hold are listed; when covers of other draws are left out too.
#[test]
fn a_statement_lists_every_entry_that_is_no_hold() {
    for_every(cases(), |case| {
        let (desk, holds, [from, _, to]) = at(case);
        let held = |movement: &Movement| match movement {
            Movement::Draw { draw, .. } | Movement::Release { draw, .. } | Movement::Cover { draw, .. } => {
                holds.contains(draw)
            }
            _ => false,
        };
        let reached = |point: Point, seq: Seq, day| seq <= point.seq && day <= point.date;
        let shown = desk.entries.iter().filter(|e| reached(to, e.seq, e.date) && !reached(from, e.seq, e.date));
        let mut expected: Vec<(chrono::NaiveDate, i64)> =
            shown.filter(|entry| !held(&entry.movement)).map(|entry| (entry.date, entry.seq.0)).collect();
        expected.sort_unstable();
        let numbers: Vec<i64> = expected.into_iter().map(|(_, number)| number).collect();
        assert_eq!(listed(&span(&desk, &holds, from, to).rows), numbers);
    });
}
