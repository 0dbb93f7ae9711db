//! Laws of late entries: what is said of their effect is the difference between the account before and after. And of
//! what is still to lapse: it is what will have lapsed.

use std::collections::BTreeSet;

use domain::{
    DateRange,
    quota::{Amount, Point, Seq, balance_at, coming_lapses, is_late, late_effect},
};
use proptest::strategy::Strategy;

use crate::{
    desk::{date, each_step},
    plans::{Plan, Step, for_every, plans},
};

fn cases() -> impl Strategy<Value = (Plan, i64)> {
    (plans(), 0..140_i64)
}

/// Red when: a change of a lapse is left out or counted twice; when before and after are mixed up; when what is over its
/// cap counts as the end of the lot.
#[test]
fn what_changes_of_lapses_is_what_the_balance_says() {
    for_every(cases(), |(plan, today)| {
        let today = date(today);
        each_step(&plan, |before, step, outcome, after| {
            if !matches!(step, Step::Draw { .. } | Step::Release { .. }) || outcome.is_err() {
                return;
            }
            let effect = late_effect(&before.ledger.view, &after.ledger.view, today).expect("small numbers");
            let lapses: i64 =
                effect.corrections(today).map(|change| change.before.units() - change.after.units()).sum();
            let last = |many: usize| Seq(i64::try_from(many).expect("few"));
            let balance = |entries: &[domain::quota::Entry]| {
                let point = Point { seq: last(entries.len()), date: today };
                balance_at(&after.ledger.view.account, entries, &BTreeSet::new(), point).expect("small").units()
            };
            let posted = &after.entries[before.entries.len()..];
            let dated = posted.iter().filter(|entry| entry.date <= today);
            let moved: i64 = dated.map(|entry| entry.movement.balance().expect("small").units()).sum();
            assert_eq!(balance(&after.entries) - balance(&before.entries), moved + lapses);
        });
    });
}

/// Red when: what is available today is not compared lot by lot, or a lot that is over counts.
#[test]
fn what_changes_today_is_the_difference_of_what_is_available() {
    for_every(cases(), |(plan, today)| {
        let today = date(today);
        each_step(&plan, |before, step, outcome, after| {
            if !matches!(step, Step::Draw { .. } | Step::Release { .. }) || outcome.is_err() {
                return;
            }
            let (before, after) = (&before.ledger.view, &after.ledger.view);
            let effect = late_effect(before, after, today).expect("small numbers");
            let available = |view: &domain::quota::AccountView| view.available(today).expect("covered").units();
            assert_eq!(effect.today.units(), available(after) - available(before));
            let taken: i64 = effect.taken.iter().map(|part| part.amount.units()).sum();
            let drawn =
                |view: &domain::quota::AccountView| -> i64 { view.lots.iter().map(|state| state.drawn.units()).sum() };
            assert_eq!(taken, drawn(after) - drawn(before));
        });
    });
}

/// Red when: an entry counts as late although the same lots can be used on its day and today.
#[test]
fn what_is_not_late_finds_the_same_lots() {
    for_every(cases(), |(plan, today)| {
        let (desk, today) = (crate::desk::Desk::after(&plan), date(today));
        for day in (0..140).step_by(7).map(date).filter(|day| *day <= today) {
            let view = &desk.ledger.view;
            if is_late(view, day, today) {
                continue;
            }
            let usable = |day| -> Vec<_> { view.lots.iter().filter(|state| state.usable(day)).collect() };
            assert_eq!(usable(day), usable(today));
            assert_eq!(view.available(day), view.available(today));
        }
        assert!(!is_late(&desk.ledger.view, today, today), "today is never late");
        let nothing = late_effect(&desk.ledger.view, &desk.ledger.view, today).expect("small");
        assert!(nothing.is_nothing() && nothing.today == Amount::ZERO);
    });
}

/// Red when: a lapse is left out of the calendar, counted on another day, or a revoked lot is in it.
#[test]
fn what_is_to_lapse_is_what_will_have_lapsed() {
    for_every((plans(), 0..100_i64, 1..60_i64), |(plan, from, days)| {
        let desk = crate::desk::Desk::after(&plan);
        let view = &desk.ledger.view;
        let (from, until) = (date(from), date(from + days));
        let coming = coming_lapses(view, DateRange { from, until: Some(until) }).expect("small numbers");
        assert!(coming.is_sorted_by_key(|lapse| lapse.date) && coming.iter().all(|lapse| lapse.amount.is_positive()));
        let sum: i64 = coming.iter().map(|lapse| lapse.amount.units()).sum();
        let lapsed = |day| -> i64 { view.lots.iter().map(|state| state.lapsed(day).expect("small").units()).sum() };
        let (before, last) = (from.pred_opt().expect("a day"), until.pred_opt().expect("a day"));
        assert_eq!(sum, lapsed(last) - lapsed(before));
    });
}
