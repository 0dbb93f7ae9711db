//! Laws of the account: they hold after every command of every random history.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use domain::{
    LotId,
    quota::{
        Amount, DrawOrigin, Entry, Ledger, Lot, LotState, Movement, OpenDeficit, Part, PostedDraw, QuotaError, Seq,
    },
};
use proptest::{prelude::any, sample::Index};

use crate::{
    desk::{Desk, Done, date, draw_id, each_step},
    plans::{DAYS, Overdraft, Plan, Step, for_every, plans},
};

/// What the present parts of all draws take from each lot.
fn drawn_by_lot(ledger: &Ledger) -> BTreeMap<LotId, i64> {
    let mut drawn = BTreeMap::new();
    for part in ledger.draws.values().flat_map(|draw| &draw.parts) {
        *drawn.entry(part.lot).or_insert(0) += part.amount.units();
    }
    drawn
}

/// Days from before the first until after the last on which a lot of a plan can end.
fn days() -> impl Iterator<Item = NaiveDate> {
    (-1..260).step_by(3).map(date)
}

/// Red when: posting a release does not give the parts back to the lots; when a cover takes nothing from its lot; when
/// a revoke leaves what was drawn; when a lot lapses only on the day after its last one; when the cap counts from the
/// day before the end of the lot's own period.
#[test]
fn granted_is_drawn_plus_left_plus_lapsed_plus_revoked() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let drawn = drawn_by_lot(&after.ledger);
            let taken_back: BTreeMap<LotId, i64> = after.entries.iter().filter_map(revoked).collect();
            let lots: Vec<&Lot> = after.entries.iter().filter_map(granted).collect();
            assert_eq!(lots.len(), after.ledger.view.lots.len(), "each grant is a lot and each lot a grant");
            for lot in lots {
                let state = after.ledger.view.lot(lot.id).expect("a lot");
                let drawn = drawn.get(&lot.id).copied().unwrap_or(0);
                let revoked = taken_back.get(&lot.id).copied().unwrap_or(0);
                assert_eq!(state.drawn.units(), drawn, "{state:?}");
                for today in days().filter(|today| lot.valid.from <= *today) {
                    let (left, lapsed) = (after.drawable(state, today), state.lapsed(today).expect("small").units());
                    assert_eq!(state.drawable(today).expect("small numbers").units(), left);
                    assert_eq!(lot.amount.units(), drawn + left + lapsed + revoked, "{state:?} on {today}");
                }
            }
        });
        let after = Desk::after(&plan);
        let lots = &after.ledger.view.lots;
        for today in days().filter(|today| lots.iter().all(|state| state.lot.valid.from <= *today)) {
            let granted: i64 = after.entries.iter().filter_map(granted).map(|lot| lot.amount.units()).sum();
            let drawn: i64 = drawn_by_lot(&after.ledger).values().sum();
            let left = after.ledger.view.available(today).expect("small numbers").units();
            let lapsed: i64 = lots.iter().map(|state| state.lapsed(today).expect("small numbers").units()).sum();
            let revoked: i64 = after.entries.iter().filter_map(revoked).map(|(_, amount)| amount).sum();
            assert_eq!(granted, drawn + left + lapsed + revoked, "in sum on {today}");
        }
    });
}

fn granted(entry: &Entry) -> Option<&Lot> {
    if let Movement::Grant { lot } = &entry.movement { Some(lot) } else { None }
}

fn revoked(entry: &Entry) -> Option<(LotId, i64)> {
    if let Movement::Revoke { lot, granted, .. } = &entry.movement { Some((*lot, granted.units())) } else { None }
}

/// Red when: what lapses at the end of a lot is everything left, also what had exceeded the cap before.
#[test]
fn the_lapses_of_a_lot_are_the_steps_of_what_has_lapsed() {
    for_every(plans(), |plan| {
        for state in &Desk::after(&plan).ledger.view.lots {
            let lapses = state.lapses().expect("small numbers");
            assert!(lapses.iter().all(|lapse| lapse.amount.is_positive()));
            for today in days() {
                let until_today = lapses.iter().filter(|lapse| lapse.date <= today);
                let sum: i64 = until_today.map(|lapse| lapse.amount.units()).sum();
                assert_eq!(state.lapsed(today).expect("small numbers").units(), sum, "{state:?} on {today}");
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
                assert!((0..=state.drawn.units()).contains(&state.drawn_carried.units()), "{state:?}");
            }
        });
        // An entry that nobody decided is not posted either: one unit too much, in either direction.
        let desk = Desk::after(&plan);
        let usable = |state: &&LotState| desk.usable(state, state.lot.valid.from);
        for state in desk.ledger.view.lots.iter().filter(usable) {
            let part = |units| vec![Part { lot: state.lot.id, amount: Amount::new(units) }];
            let (draw, deficit, origin) = (draw_id(200), Amount::ZERO, DrawOrigin::default());
            for movement in [
                Movement::Draw { draw, parts: part(Desk::left(state) + 1), deficit, origin },
                Movement::Release { draw, parts: part(state.drawn.units() + 1), deficit },
            ] {
                let forged = Entry { seq: desk.ledger.view.next_seq, date: state.lot.valid.from, movement };
                let refused = desk.ledger.view.clone().post(&forged);
                assert!(matches!(refused, Err(QuotaError::LotOutOfBounds { .. })), "{refused:?}");
            }
        }
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

/// A cover has no id of its own and is the one command that may be meant twice; everything else is refused when it
/// comes again, or it changes nothing.
///
/// Red when: a released draw is not marked as released; when a revoked lot is not marked as revoked; when an end that
/// changes nothing is posted; when the id of a balancing grant may be that of another lot.
#[test]
fn the_same_command_twice_counts_once_and_a_refused_one_not_at_all() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            if outcome.is_err() {
                assert_eq!(before.ledger, after.ledger);
                assert_eq!(before.entries, after.entries);
            }
            if matches!((step, outcome), (Step::Cover { .. }, Ok(_))) {
                return;
            }
            let mut again = after.clone();
            let second = again.carry_out(step);
            assert!(second.is_err() || matches!(step, Step::End { .. }), "{second:?}");
            assert_eq!(after.ledger, again.ledger);
            assert_eq!(after.entries, again.entries);
        });
    });
}

/// Red when: folding leaves out the first entry; when covering a deficit does not change the draw (the third part);
/// when a revoke puts its deficits last instead of in the order of the draws.
#[test]
fn folding_from_the_start_or_from_anywhere_gives_the_same() {
    for_every((plans(), any::<Index>()), |(plan, cut)| {
        let desk = Desk::after(&plan);
        // Closed books are a setting of the company, which no entry tells.
        let set = |mut ledger: Ledger| {
            ledger.view.books_closed_until = desk.ledger.view.books_closed_until;
            ledger
        };
        let account = || desk.ledger.view.account.clone();
        assert_eq!(Ledger::fold(account(), &desk.entries).map(set).as_ref(), Ok(&desk.ledger));

        let (old, new) = desk.entries.split_at(cut.index(desk.entries.len() + 1));
        let mut snapshot = Ledger::fold(account(), old).map(set).expect("the first entries alone");
        for entry in new {
            snapshot.post(entry).expect("the rest");
        }
        assert_eq!(snapshot, desk.ledger);

        // The same state without any history, from what each draw holds at present.
        let held = drawn_by_lot(&desk.ledger);
        for state in &desk.ledger.view.lots {
            assert_eq!(state.drawn.units(), held.get(&state.lot.id).copied().unwrap_or(0), "{state:?}");
            assert_eq!(state.drawn_carried.units(), desk.carried_use(state), "{state:?}");
            assert_eq!(state.account_end, desk.end(), "{state:?}");
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

/// Red when: a draw moves the balance by its parts only and not by its deficit; when a revoke leaves the balance.
#[test]
fn the_balance_is_granted_less_drawn_less_open_deficits() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            let view = &after.ledger.view;
            let granted: i64 =
                view.lots.iter().filter(|state| !state.revoked).map(|state| state.lot.amount.units()).sum();
            let drawn: i64 = drawn_by_lot(&after.ledger).values().sum();
            let open: i64 = view.deficits.iter().map(|deficit| deficit.amount.units()).sum();
            assert_eq!(after.ledger.balance.units(), granted - drawn - open);
            assert_eq!(view.open_deficit(), Ok(Amount::new(open)));
        });
    });
}

/// Red when: a draw compares with the limit only its own deficit and not all that is open; when the
/// whole limit is free again once a revoke went beyond it.
#[test]
fn open_deficits_stay_within_the_limit_except_through_a_revoke() {
    let open = |desk: &Desk| desk.ledger.view.deficits.iter().map(|deficit| deficit.amount.units()).sum::<i64>();
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (was, is) = (open(before), open(after));
            match (step, outcome) {
                (Step::Revoke { .. }, Ok(_)) => assert!(was <= is, "a revoke pays nothing"),
                (Step::Draw { .. }, Ok(_)) if was < is => match plan.overdraft {
                    Overdraft::No => panic!("{is} owed without overbooking"),
                    Overdraft::UpTo(limit) => assert!(is <= limit, "{is} above {limit}"),
                    Overdraft::WithoutLimit => {}
                },
                _ => assert!(is <= was, "only draws and revokes make deficits: {step:?}"),
            }
            // Whatever is open, a draw that wants more than there is adds nothing beyond the limit.
            let mut greedy = after.clone();
            let _ = greedy.carry_out(&Step::Draw { draw: 200, day: DAYS / 2, wanted: 500 });
            match plan.overdraft {
                Overdraft::No => assert_eq!(open(&greedy), is),
                Overdraft::UpTo(limit) => assert!(open(&greedy) <= is.max(limit), "beyond {limit}"),
                Overdraft::WithoutLimit => {}
            }
        });
    });
}

/// What a draw holds and owes together.
fn total(posted: &PostedDraw) -> i64 {
    posted.parts.iter().map(|part| part.amount.units()).sum::<i64>() + posted.deficit.units()
}

/// Red when: posting a draw touches what other draws hold; when a release takes parts from another draw; when a revoke
/// drops what the draws held of the lot instead of turning it into deficit.
#[test]
fn a_posted_draw_is_changed_only_by_its_release_and_by_covers_and_revokes() {
    for_every(plans(), |plan: Plan| {
        each_step(&plan, |before, step, outcome, after| {
            for (id, posted) in &before.ledger.draws {
                let now = after.ledger.draws.get(id).expect("a draw stays");
                let (may_pay, may_lose) = match outcome {
                    Ok(Done::Granted(decided)) => (decided.covers.iter().any(|cover| cover.draw == *id), false),
                    Ok(Done::Covered(decided)) => (decided.request.draw == *id, false),
                    Ok(Done::Revoked(decided)) => (false, posted.from_lot(decided.lot).is_positive()),
                    _ => (false, false),
                };
                if matches!(*step, Step::Release { draw } if draw_id(draw) == *id) {
                    continue;
                }
                if may_pay || may_lose {
                    assert_eq!((now.seq, now.date, now.released), (posted.seq, posted.date, posted.released));
                    assert_eq!(total(now), total(posted), "{step:?}");
                    assert_eq!(may_pay, now.deficit < posted.deficit, "a cover pays, a revoke owes");
                } else {
                    assert_eq!(now, posted);
                }
            }
        });
    });
}
