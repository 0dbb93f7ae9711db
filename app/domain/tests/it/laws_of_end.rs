//! Laws of the end of an account.

use domain::quota::{Amount, Movement, QuotaError};

use crate::{
    desk::{Desk, Done, date, each_step},
    plans::{Carry, DAYS, Step, for_every, plans},
};

/// Red when: the earliest end counts instead of the last one; when an end does not reach lots granted before it; when
/// lots ignore the end of their account; when a lot can be used on the day of the end.
#[test]
fn the_last_end_counts_and_a_lot_is_usable_before_it_and_before_its_own() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let view = &after.ledger.view;
            assert_eq!(view.end, after.end());
            for day in (-1..260).step_by(5).map(date) {
                for state in &view.lots {
                    assert_eq!(state.usable(day), after.usable(state, day), "{state:?} on {day}");
                }
                if view.end.is_some_and(|end| end <= day) {
                    assert_eq!(view.available(day), Ok(Amount::ZERO), "nothing after the end");
                }
            }
        });
    });
}

/// Red when: taking an end back leaves it in the lots; when an end drops what later days had drawn.
#[test]
fn an_end_that_is_taken_back_leaves_no_trace() {
    for_every((plans(), 0..DAYS), |(plan, day)| {
        let desk = Desk::after(&plan);
        let mut other = desk.clone();
        other.carry_out(&Step::End { day: Some(day) }).expect("an end");
        assert_eq!(desk.ledger.draws, other.ledger.draws, "posted draws stay");
        assert_eq!(desk.ledger.view.deficits, other.ledger.view.deficits);
        assert_eq!(desk.ledger.balance, other.ledger.balance);
        // Another end between makes no difference.
        other.carry_out(&Step::End { day: Some(day / 2) }).expect("an end");
        let earlier = desk.end().map(|end| (end - date(0)).num_days());
        other.carry_out(&Step::End { day: earlier }).expect("an end");
        assert_eq!((&desk.ledger.view.lots, desk.ledger.view.end), (&other.ledger.view.lots, other.ledger.view.end));
    });
}

/// Red when: an end that changes nothing is posted; when it is dated on the day of the end before it
/// instead of its own.
#[test]
fn an_end_is_one_entry_or_none() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::End { day }, Ok(Done::Ended(decided))) = (*step, outcome) else { return };
            let (was, is) = (before.end(), day.map(date));
            assert_eq!((decided.earlier, decided.until), (was, is));
            let posted = &after.entries[before.entries.len()..];
            match posted {
                [] => assert_eq!(was, is),
                [entry] => {
                    assert_eq!(entry.movement, Movement::End { until: is });
                    assert!(was != is && Some(entry.date) == is.or(was), "{entry:?}");
                }
                more => panic!("{more:?}"),
            }
            let mut again = after.clone();
            again.carry_out(step).expect("an end");
            assert_eq!(again.entries, after.entries, "named again, it changes nothing");
        });
    });
}

/// Red when: an end also names what has lapsed over the cap before it; when it names lots that end by themselves.
#[test]
fn an_end_names_what_is_lost_because_of_it() {
    for_every((plans(), 1..DAYS), |(plan, day)| {
        let mut desk = Desk::after(&plan);
        desk.carry_out(&Step::End { day: None }).expect("an end");
        let open = desk.clone();
        let Ok(Done::Ended(decided)) = desk.carry_out(&Step::End { day: Some(day) }) else { panic!("an end") };
        for state in &open.ledger.view.lots {
            // On the day of the end itself, or on the first day of a lot that has not begun by then.
            let on = date(day).max(state.lot.valid.from);
            let eve = if date(day) <= state.lot.valid.from { on } else { date(day - 1) };
            let ends_later = state.lot.valid.until.is_none_or(|until| date(day) < until);
            let lost = if ends_later { open.drawable(state, eve) } else { 0 };
            let named = decided.lapses.iter().find(|part| part.lot == state.lot.id);
            assert_eq!(named.map_or(0, |part| part.amount.units()), lost, "{state:?} ended on day {day}");
        }
    });
}

/// Red when: the account's end does not stop draws or grants dated after it; when it stops those of the day before.
#[test]
fn nothing_is_drawn_or_granted_after_the_end() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, _| {
            let refused = matches!(outcome, Err(QuotaError::Ended { .. }));
            let after_the_end = |day| before.end().is_some_and(|end| end <= date(day));
            match *step {
                Step::Grant { from, .. } => assert!(!refused && !outcome.is_ok() || refused == after_the_end(from)),
                Step::Draw { day, .. } => assert!(!refused && !outcome.is_ok() || refused == after_the_end(day)),
                _ => assert!(!refused, "{step:?}"),
            }
        });
    });
}

/// A deficit dated after the end waits for a balancing invoice or for the end to be taken back.
///
/// Red when: a grant looks at its own validity and not at the end of the account.
#[test]
fn a_grant_covers_no_deficit_dated_after_the_end() {
    for_every((plans(), 1..DAYS), |(plan, day)| {
        let mut desk = Desk::after(&plan);
        desk.carry_out(&Step::End { day: Some(day) }).expect("an end");
        let (from, open) = (0, desk.ledger.view.deficits.clone());
        let all = Step::Grant { lot: 200, amount: 1_000, from, until: None, carry: Carry::Off };
        let Ok(Done::Granted(decided)) = desk.carry_out(&all) else { panic!("it begins before the end") };
        let before_the_end = open.iter().filter(|deficit| deficit.date < date(day));
        let expected: Vec<_> = before_the_end.map(|deficit| (deficit.draw, deficit.amount)).collect();
        assert_eq!(decided.covers.iter().map(|cover| (cover.draw, cover.amount)).collect::<Vec<_>>(), expected);
    });
}
