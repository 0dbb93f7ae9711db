//! Laws of the account: they hold after every command of every random history.

use std::collections::BTreeMap;

use domain::{
    LotId,
    quota::{Amount, Entry, Ledger, LotState, Movement, OpenDeficit, Overbooking, Part, QuotaError, Seq},
};
use proptest::{prelude::any, sample::Index};

use crate::{
    desk::{Desk, Done, date, draw_id, each_step, lot_id},
    plans::{DAYS, Plan, Step, for_every, plans},
};

/// What the present parts of all draws take from each lot.
fn drawn_by_lot(ledger: &Ledger) -> BTreeMap<LotId, i64> {
    let mut drawn = BTreeMap::new();
    for part in ledger.draws.values().flat_map(|draw| &draw.parts) {
        *drawn.entry(part.lot).or_insert(0) += part.amount.units();
    }
    drawn
}

/// Red when: posting a release does not give the parts back to the lots; when a cover takes nothing from its lot.
#[test]
fn granted_is_drawn_plus_left() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let drawn = drawn_by_lot(&after.ledger);
            let granted = after.entries.iter().filter(|e| matches!(e.movement, Movement::Grant { .. })).count();
            assert_eq!(granted, after.ledger.view.lots.len(), "each grant is a lot and each lot a grant");
            for state in &after.ledger.view.lots {
                let drawn = drawn.get(&state.lot.id).copied().unwrap_or(0);
                let left = state.left().expect("small numbers").units();
                assert_eq!(state.lot.amount.units(), drawn + left, "granted = drawn + left of {state:?}");
            }
        });
    });
}

/// Red when: a lot lapses only on the day after its last one.
#[test]
fn what_an_ended_lot_still_has_is_lapsed() {
    for_every(plans(), |plan| {
        for state in &Desk::after(&plan).ledger.view.lots {
            for today in (-1..DAYS + 50).map(date) {
                let ended = state.lot.valid.until.is_some_and(|until| until <= today);
                let lapsed = state.lapsed(today).expect("small numbers").units();
                assert_eq!(lapsed, if ended { Desk::left(state) } else { 0 }, "{state:?} on {today}");
            }
        }
    });
}

/// Red when: what is left of a lot is counted without what was drawn; when posting does not check the lot's bounds.
#[test]
fn no_lot_is_ever_below_zero_or_above_its_amount() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            for state in &after.ledger.view.lots {
                assert!((0..=state.lot.amount.units()).contains(&state.drawn.units()), "{state:?}");
            }
        });
        // An entry that nobody decided is not posted either: one unit too much, in either direction.
        let desk = Desk::after(&plan);
        for state in &desk.ledger.view.lots {
            let part = |units| vec![Part { lot: state.lot.id, amount: Amount::new(units) }];
            let (draw, deficit) = (draw_id(200), Amount::ZERO);
            for movement in [
                Movement::Draw { draw, parts: part(Desk::left(state) + 1), deficit },
                Movement::Release { draw, parts: part(state.drawn.units() + 1), deficit },
            ] {
                let forged = Entry { seq: desk.ledger.view.next_seq, date: state.lot.valid.from, movement };
                let refused = desk.ledger.view.clone().post(&forged);
                assert!(matches!(refused, Err(QuotaError::LotOutOfBounds { .. })), "{refused:?}");
            }
        }
    });
}

/// Red when: the last day of a range is taken to belong to it.
#[test]
fn a_lot_is_drawn_only_within_its_validity() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, _| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            for part in &decided.parts {
                let state = before.ledger.view.lot(part.lot).expect("a part is from a lot that was there");
                assert!(Desk::usable(state, decided.request.date), "{decided:?} from {state:?}");
            }
        });
    });
}

/// The order of consumption, written down a second time: the earliest end first, no end last, then the earliest
/// start, then the earlier grant.
fn comes_before(one: &LotState, other: &LotState) -> bool {
    let end = |state: &LotState| state.lot.valid.until.map_or(i64::MAX, |until| (until - date(0)).num_days());
    (end(one), one.lot.valid.from, one.lot.seq) < (end(other), other.lot.valid.from, other.lot.seq)
}

/// Red when: lots without an end come first; when the order ignores the start; when a draw walks the lots backwards.
#[test]
fn no_later_lot_is_touched_while_an_earlier_one_has_something() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, after| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            let usable = |state: &&LotState| Desk::usable(state, decided.request.date);
            for later in before.ledger.view.lots.iter().filter(usable) {
                let touched = decided.parts.iter().any(|part| part.lot == later.lot.id);
                let short = decided.deficit.is_positive() || decided.not_drawn.is_positive();
                for earlier in after.ledger.view.lots.iter().filter(usable) {
                    let first = touched && comes_before(earlier, later) || short;
                    assert!(!first || Desk::left(earlier) == 0, "{decided:?} passes {earlier:?} over");
                }
            }
        });
    });
}

/// The state without the number of the next entry.
fn facts(desk: &Desk) -> (&[LotState], &[OpenDeficit], Amount) {
    (&desk.ledger.view.lots, &desk.ledger.view.deficits, desk.ledger.balance)
}

/// Red when: posting a release leaves the deficit open; when a release gives back only the first part.
#[test]
fn a_release_right_after_the_draw_restores_the_state() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            if let (Step::Draw { draw, .. }, Ok(_)) = (*step, outcome) {
                let mut undone = after.clone();
                undone.carry_out(&Step::Release { draw }).expect("a draw can be released");
                assert_eq!(facts(before), facts(&undone));
            }
        });
    });
}

/// Red when: a released draw is not marked as released.
#[test]
fn the_same_command_twice_counts_once_and_a_refused_one_not_at_all() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            if outcome.is_err() {
                assert_eq!(before.ledger, after.ledger);
                assert_eq!(before.entries, after.entries);
            }
            let mut again = after.clone();
            again.carry_out(step).expect_err("what was done or refused is refused now");
            assert_eq!(after.ledger, again.ledger);
            assert_eq!(after.entries, again.entries);
        });
    });
}

/// Red when: folding leaves out the first entry; when covering a deficit does not change the draw (the second half).
#[test]
fn folding_from_the_start_or_from_anywhere_gives_the_same() {
    for_every((plans(), any::<Index>()), |(plan, cut)| {
        let desk = Desk::after(&plan);
        let account = || desk.ledger.view.account.clone();
        assert_eq!(Ledger::fold(account(), &desk.entries).as_ref(), Ok(&desk.ledger));

        let (old, new) = desk.entries.split_at(cut.index(desk.entries.len() + 1));
        let mut snapshot = Ledger::fold(account(), old).expect("the first entries alone");
        for entry in new {
            snapshot.post(entry).expect("the rest");
        }
        assert_eq!(snapshot, desk.ledger);

        // The same state without any history, from what each draw holds at present.
        let held = drawn_by_lot(&desk.ledger);
        for state in &desk.ledger.view.lots {
            assert_eq!(state.drawn.units(), held.get(&state.lot.id).copied().unwrap_or(0), "{state:?}");
        }
        let mut open: Vec<_> = desk.ledger.draws.values().filter(|draw| draw.deficit.is_positive()).collect();
        open.sort_by_key(|draw| draw.seq);
        let open = open.into_iter().map(|d| OpenDeficit { draw: d.draw, seq: d.seq, date: d.date, amount: d.deficit });
        assert_eq!(open.collect::<Vec<_>>(), desk.ledger.view.deficits);
    });
}

/// Red when: entries need not follow each other without gaps.
#[test]
fn entries_are_numbered_without_gaps() {
    for_every(plans(), |plan| {
        let desk = Desk::after(&plan);
        let numbers: Vec<i64> = desk.entries.iter().map(|entry| entry.seq.0).collect();
        assert_eq!(numbers, (1..=i64::try_from(numbers.len()).expect("few")).collect::<Vec<_>>());
        for (index, entry) in desk.entries.iter().enumerate() {
            let mut ledger = Ledger::fold(desk.ledger.view.account.clone(), &desk.entries[..index]).expect("a prefix");
            let late = Entry { seq: Seq(entry.seq.0 + 1), ..entry.clone() };
            let refused = ledger.post(&late);
            assert!(matches!(refused, Err(QuotaError::OutOfSequence { .. })), "{refused:?}");
        }
    });
}

/// Red when: a draw moves the balance by its parts only and not by its deficit.
#[test]
fn the_balance_is_granted_less_drawn_less_open_deficits() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let view = &after.ledger.view;
            let granted: i64 = view.lots.iter().map(|state| state.lot.amount.units()).sum();
            let drawn: i64 = drawn_by_lot(&after.ledger).values().sum();
            let open: i64 = view.deficits.iter().map(|deficit| deficit.amount.units()).sum();
            assert_eq!(after.ledger.balance.units(), granted - drawn - open);
            assert_eq!(view.open_deficit(), Ok(Amount::new(open)));
        });
    });
}

/// Red when: a draw compares with the limit only its own deficit and not all that is open.
#[test]
fn open_deficits_stay_within_the_limit() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let open: i64 = after.ledger.view.deficits.iter().map(|deficit| deficit.amount.units()).sum();
            match after.ledger.view.account.policy.overbooking {
                Overbooking::No => assert_eq!(open, 0),
                Overbooking::Yes { limit: Some(limit) } => assert!(open <= limit.units(), "{open} above {limit}"),
                Overbooking::Yes { limit: None } => {}
            }
        });
    });
}

/// Red when: posting a draw touches what other draws hold; when a release takes parts from another draw.
#[test]
fn a_posted_draw_is_changed_only_by_its_release_and_by_covers() {
    for_every(plans(), |plan: Plan| {
        each_step(&plan, |before, step, outcome, after| {
            let covered = |draw| match outcome {
                Ok(Done::Granted(decided)) => decided.covers.iter().any(|cover| cover.draw == draw),
                _ => false,
            };
            for (id, posted) in &before.ledger.draws {
                let released = matches!(*step, Step::Release { draw } if draw_id(draw) == *id);
                if !released && !covered(*id) {
                    assert_eq!(after.ledger.draws.get(id), Some(posted));
                }
            }
        });
    });
}

/// Red when: a grant with policy `next_grant` leaves earlier deficits open; when a grant goes through the deficits
/// backwards.
#[test]
fn a_grant_covers_what_it_can_in_the_order_of_the_draws() {
    for_every(plans(), |plan: Plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::Grant { lot, .. }, Ok(Done::Granted(decided))) = (*step, outcome) else { return };
            let valid = decided.lot.valid;
            let mut left = decided.lot.amount.units();
            for deficit in &before.ledger.view.deficits {
                let ended = valid.until.is_some_and(|until| until <= deficit.date);
                let coverable = !ended && (plan.next_grant || valid.from <= deficit.date);
                let expected = if coverable { deficit.amount.units().min(left) } else { 0 };
                let cover = decided.covers.iter().find(|cover| cover.draw == deficit.draw);
                assert_eq!(cover.map_or(0, |cover| cover.amount.units()), expected, "{deficit:?} by {decided:?}");
                left -= expected;
            }
            let order: Vec<_> = before.ledger.view.deficits.iter().map(|deficit| deficit.draw).collect();
            assert!(decided.covers.is_sorted_by_key(|cover| order.iter().position(|draw| *draw == cover.draw)));
            let state = after.ledger.view.lot(lot_id(lot)).expect("the new lot");
            assert_eq!((decided.left.units(), Desk::left(state)), (left, left));
        });
    });
}
