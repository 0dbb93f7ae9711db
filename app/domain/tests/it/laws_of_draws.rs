//! Laws of a decided draw: its figures fit together, and two decisions can be compared.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    DateRange, LotId,
    quota::{
        AccountView, Amount, DrawDecision, DrawOrigin, DrawRequest, Figure, LotState, Outcome, Overbooking, QuotaError,
        draw,
    },
};
use proptest::strategy::Strategy;

use crate::{
    desk::{Desk, Done, date, draw_id, each_step},
    plans::{DAYS, Step, for_every, plans},
};

/// The sum of the parts.
fn drawn_from(decided: &DrawDecision) -> i64 {
    decided.parts.iter().map(|part| part.amount.units()).sum()
}

/// Red when: what is not drawn is counted with the deficit in it; when what is available afterwards is what was
/// available before less what was wanted.
#[test]
fn the_figures_of_a_draw_add_up() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, after| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            let (wanted, on) = (decided.request.wanted.units(), decided.request.date);
            let (deficit, not_drawn) = (decided.deficit.units(), decided.not_drawn.units());
            assert_eq!(drawn_from(decided) + deficit + not_drawn, wanted);
            assert_eq!(drawn_from(decided), decided.drawn.units());
            assert!(decided.parts.iter().all(|part| part.amount.is_positive()) && deficit >= 0 && not_drawn >= 0);
            assert!(drawn_from(decided) + deficit > 0, "a draw of nothing is refused");
            assert_eq!(before.ledger.view.available(on), Ok(decided.available_before));
            assert_eq!(after.ledger.view.available(on), Ok(decided.available_after));
            let expected = match (deficit, not_drawn) {
                (0, 0) => Outcome::Full,
                (_, 0) => Outcome::Overbooked,
                _ => Outcome::Partial,
            };
            assert_eq!(decided.outcome(), expected);
        });
    });
}

/// Red when: the day on which a lot ends is taken to belong to it; when what was not drawn of a revoked
/// lot can be drawn.
#[test]
fn a_lot_is_drawn_only_within_its_validity() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, _| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            for part in &decided.parts {
                let state = before.ledger.view.lot(part.lot).expect("a part is from a lot that was there");
                assert!(before.usable(state, decided.request.date), "{decided:?} from {state:?}");
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
fn no_later_lot_is_touched_while_an_earlier_one_has_something_drawable() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, after| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            let on = decided.request.date;
            for later in &before.ledger.view.lots {
                let touched = decided.parts.iter().any(|part| part.lot == later.lot.id);
                let short = decided.deficit.is_positive() || decided.not_drawn.is_positive();
                for earlier in &after.ledger.view.lots {
                    let first = touched && comes_before(earlier, later) || short;
                    assert!(!first || after.drawable(earlier, on) == 0, "{decided:?} passes {earlier:?} over");
                }
            }
        });
    });
}

/// Draws and covers of draws count alike: the cap bounds what all draws together hold that are dated after the lot's
/// own period, however they came by it.
///
/// Red when: a draw compares with the cap only what is left; when a cover does not count against the cap; when the day
/// after the lot's own period does not count yet.
#[test]
fn the_cap_is_never_exceeded_on_dates_after_the_own_period() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, _, after| {
            for state in &after.ledger.view.lots {
                if let Some(cap) = state.lot.carried.and_then(|carried| carried.cap) {
                    assert!(after.carried_use(state) <= cap.units(), "{state:?}");
                }
            }
        });
    });
}

/// Red when: closed books do not stop a draw; when they stop the day on which they open; when they stop a grant.
#[test]
fn closed_books_stop_draws_dated_in_them_and_nothing_else() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, _| {
            let mut open = before.clone();
            open.ledger.view.books_closed_until = None;
            let otherwise = open.carry_out(step);
            match (*step, plan.closed_until) {
                (Step::Draw { day, wanted, .. }, Some(until)) if day < until && wanted > 0 => {
                    let (date, closed_until) = (date(day), date(until));
                    assert!(matches!(outcome, Err(QuotaError::BooksClosed { .. })), "{outcome:?}");
                    assert_eq!(outcome.as_ref().err(), Some(&QuotaError::BooksClosed { date, closed_until }));
                }
                _ => assert_eq!(format!("{outcome:?}"), format!("{otherwise:?}")),
            }
        });
    });
}

/// Red when: not everything that overbooking allows becomes deficit (one unit of room is kept back).
#[test]
fn nothing_is_left_undrawn_that_overbooking_allows() {
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, outcome, after| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            if decided.not_drawn.is_positive() {
                match after.ledger.view.account.policy.overbooking {
                    Overbooking::No => assert!(decided.deficit.is_zero()),
                    Overbooking::Yes { limit } => {
                        // A revoke may have gone beyond the limit before.
                        let open = after.ledger.view.open_deficit().expect("small numbers");
                        assert!(limit.is_some_and(|limit| limit <= open), "{open} open, {limit:?} possible");
                        assert!(decided.deficit.is_zero() || Some(open) == limit);
                    }
                }
            }
        });
    });
}

/// A draw that no plan makes.
fn want(day: i64, wanted: Amount) -> DrawRequest {
    DrawRequest { draw: draw_id(99), date: date(day), wanted, origin: DrawOrigin::default() }
}

/// Red when: what is available is the sum of all lots, whether usable or not.
#[test]
fn available_is_what_a_draw_would_get() {
    for_every((plans(), 0..DAYS), |(plan, day)| {
        let desk = Desk::after(&plan);
        let view = AccountView { books_closed_until: None, ..desk.ledger.view.clone() };
        let by_hand: i64 = view.lots.iter().map(|state| desk.drawable(state, date(day))).sum();
        assert_eq!(view.available(date(day)), Ok(Amount::new(by_hand)));
        match draw(&view, &want(day, Amount::LARGEST)) {
            Ok(decided) => assert_eq!(drawn_from(&decided), by_hand),
            Err(QuotaError::Ended { end, .. }) => assert!(by_hand == 0 && end <= date(day)),
            Err(error) => assert!(by_hand == 0 && matches!(error, QuotaError::Exhausted { .. }), "{error}"),
        }
    });
}

/// The facts of one stretch of days, as a caller loads them: lots that are usable on none of them are left out.
fn only(view: &AccountView, covers: DateRange) -> AccountView {
    let meets = |valid: DateRange| {
        valid.until.is_none_or(|until| covers.from < until) && covers.until.is_none_or(|until| valid.from < until)
    };
    let lots = view.lots.iter().filter(|state| meets(state.lot.valid)).cloned().collect();
    AccountView { covers, lots, ..view.clone() }
}

/// Red when: a draw does not ask whether the facts cover its date.
#[test]
fn the_facts_of_a_few_days_decide_like_all_facts_or_not_at_all() {
    for_every((plans(), 0..DAYS, 1..30_i64, 0..DAYS), |(plan, from, days, day)| {
        let all = Desk::after(&plan).ledger.view;
        let covers = DateRange::new(date(from), Some(date(from + days))).expect("some days");
        let request = want(day, Amount::new(20));
        let decided = draw(&only(&all, covers), &request);
        if from <= day && day < from + days {
            assert_eq!(decided, draw(&all, &request));
        } else {
            assert_eq!(decided, Err(QuotaError::OutsideView { date: date(day), covers }));
        }
    });
}

/// The figures of a decision by name; a lot that gives nothing has none.
fn figures(decided: &DrawDecision) -> BTreeMap<String, i64> {
    let whole = [
        (Figure::AvailableBefore, decided.available_before),
        (Figure::Drawn, decided.drawn),
        (Figure::Deficit, decided.deficit),
        (Figure::NotDrawn, decided.not_drawn),
        (Figure::AvailableAfter, decided.available_after),
    ];
    let lots = decided.parts.iter().map(|part| (Figure::Lot(part.lot), part.amount));
    whole.into_iter().chain(lots).map(|(figure, amount)| (format!("{figure:?}"), amount.units())).collect()
}

/// A history, and a draw that is decided in its middle and again at its end.
fn seen_and_decided() -> impl Strategy<Value = Option<(DrawDecision, DrawDecision)>> {
    (plans(), 0..DAYS, 1..=20_i64).prop_map(|(plan, day, wanted)| {
        let mut half = plan.clone();
        half.steps.truncate(plan.steps.len() / 2);
        let request = want(day, Amount::new(wanted));
        let seen = draw(&Desk::after(&half).ledger.view, &request).ok()?;
        Some((seen, draw(&Desk::after(&plan).ledger.view, &request).ok()?))
    })
}

/// Red when: the comparison leaves out lots that the person had not seen; when it lists figures that are the same.
#[test]
fn the_differences_are_exactly_the_figures_that_changed() {
    for_every(seen_and_decided(), |both| {
        let Some((seen, decided)) = both else { return };
        assert_eq!(DrawDecision::differences(&seen, &seen), []);

        let (old, new) = (figures(&seen), figures(&decided));
        let names: BTreeSet<&String> = old.keys().chain(new.keys()).collect();
        let amount = |of: &BTreeMap<String, i64>, name: &String| of.get(name).copied().unwrap_or(0);
        let expected: Vec<(String, i64, i64)> = names
            .into_iter()
            .map(|name| (name.clone(), amount(&old, name), amount(&new, name)))
            .filter(|(_, old, new)| old != new)
            .collect();
        let mut found: Vec<(String, i64, i64)> = DrawDecision::differences(&seen, &decided)
            .into_iter()
            .map(|line| (format!("{:?}", line.figure), line.seen.units(), line.decided.units()))
            .collect();
        found.sort();
        assert_eq!(found, expected);
    });
}

/// Red when: the share of a lot is always that of the first part.
#[test]
fn the_share_of_a_lot_is_its_part() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, _, outcome, _| {
            let Ok(Done::Drawn(decided)) = outcome else { return };
            let shares: BTreeMap<LotId, Amount> = decided.parts.iter().map(|part| (part.lot, part.amount)).collect();
            assert_eq!(shares.len(), decided.parts.len(), "one part for each lot");
            for lot in before.ledger.view.lots.iter().map(|state| state.lot.id) {
                assert_eq!(decided.from_lot(lot), shares.get(&lot).copied().unwrap_or(Amount::ZERO));
            }
        });
    });
}
