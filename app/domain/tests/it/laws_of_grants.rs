//! Laws of what a lot pays and gives back: covers at once, covers by hand, balancing invoices, grants taken back.

use domain::{
    LotId,
    quota::{Amount, GrantOrigin, OpenDeficit, PostedDraw, QuotaError},
};

use crate::{
    desk::{Desk, Done, date, draw_id, each_step, lot_id},
    plans::{Plan, Step, for_every, plans},
};

/// Red when: a grant with policy `next_grant` leaves earlier deficits open; when a grant goes through the deficits
/// backwards; when it forgets what it has already paid against its cap.
#[test]
fn a_grant_covers_what_it_can_in_the_order_of_the_draws() {
    for_every(plans(), |plan: Plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::Grant { lot, .. }, Ok(Done::Granted(decided))) = (*step, outcome) else { return };
            let valid = decided.lot.valid;
            let mut left = decided.lot.amount.units();
            let mut cap = decided.lot.carried.and_then(|carried| carried.cap).map_or(i64::MAX, Amount::units);
            for deficit in &before.ledger.view.deficits {
                let ended = [valid.until, before.end()].into_iter().flatten().any(|until| until <= deficit.date);
                let within = !ended && valid.from <= deficit.date;
                let coverable = within || (plan.next_grant && deficit.date < valid.from);
                let counts = decided.lot.carried.is_some_and(|carried| carried.from <= deficit.date);
                let most = if counts { left.min(cap) } else { left };
                let expected = if coverable { deficit.amount.units().min(most) } else { 0 };
                let cover = decided.covers.iter().find(|cover| cover.draw == deficit.draw);
                assert_eq!(cover.map_or(0, |cover| cover.amount.units()), expected, "{deficit:?} by {decided:?}");
                left -= expected;
                cap -= if counts { expected } else { 0 };
            }
            let order: Vec<_> = before.ledger.view.deficits.iter().map(|deficit| deficit.draw).collect();
            assert!(decided.covers.is_sorted_by_key(|cover| order.iter().position(|draw| *draw == cover.draw)));
            let state = after.ledger.view.lot(lot_id(lot)).expect("the new lot");
            assert_eq!((decided.left.units(), Desk::left(state)), (left, left));
        });
    });
}

/// Red when: a balancing invoice grants one unit more than it bills; when it covers the earliest deficits instead of
/// those that it bills.
#[test]
fn a_balancing_invoice_grants_what_it_bills_and_covers_exactly_that() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let Step::BalancingGrant { lot, first, second, .. } = *step else { return };
            let Ok(Done::Granted(decided)) = outcome else { return };
            let open = |desk: &Desk, draw| desk.ledger.draws.get(&draw_id(draw)).map_or(0, |d| d.deficit.units());
            let bills = [Some(first), second];
            let billed = |draw: u8| -> i64 {
                let of_draw = bills.iter().flatten().filter(|bill| bill.draw == draw);
                of_draw.map(|bill| bill.amount.unwrap_or_else(|| open(before, draw))).sum()
            };
            for draw in 0..=20 {
                assert_eq!(open(after, draw), open(before, draw) - billed(draw), "owed by {draw} after {decided:?}");
            }
            let sum: i64 = (0..=20).map(billed).sum();
            assert_eq!((decided.lot.amount.units(), decided.left.units()), (sum, 0));
            assert_eq!(decided.lot.origin, GrantOrigin::BalancingInvoice);
            let state = after.ledger.view.lot(lot_id(lot)).expect("the new lot");
            assert_eq!((state.drawn.units(), state.lot.valid.until), (sum, None));
            let gone = before.ledger.view.lots.iter().all(|other| after.ledger.view.lot(other.lot.id) == Some(other));
            assert!(gone, "other lots stay as they are");
        });
    });
}

/// What of a lot a deficit of that draw may be paid with, calculated here and not by the engine.
fn payable(desk: &Desk, lot: LotId, draw: &PostedDraw) -> i64 {
    let state = desk.ledger.view.lot(lot).expect("a lot");
    let carried = state.lot.carried.filter(|carried| carried.from <= draw.date);
    let cap = carried.and_then(|carried| carried.cap).map_or(i64::MAX, |cap| cap.units() - desk.carried_use(state));
    Desk::left(state).min(cap)
}

/// Red when: a cover by hand takes from a lot that was granted before the draw; when it is not compared with the
/// deficit or with what the lot has; when it moves one unit too much.
#[test]
fn a_cover_by_hand_moves_what_is_owed_and_there_and_nothing_else() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let Step::Cover { draw, lot, amount } = *step else { return };
            let (draw, lot) = (draw_id(draw), lot_id(lot));
            let (posted, state) = (before.ledger.draws.get(&draw), before.ledger.view.lot(lot));
            let possible = posted.zip(state).is_some_and(|(posted, state)| {
                let most = posted.deficit.units().min(payable(before, lot, posted));
                posted.seq < state.lot.seq && (1..=most).contains(&amount)
            });
            assert_eq!(outcome.is_ok(), possible, "{outcome:?}");
            let (Some(posted), Ok(Done::Covered(decided))) = (posted, outcome) else { return };
            let now = &after.ledger.draws[&draw];
            assert_eq!(now.from_lot(lot).units(), posted.from_lot(lot).units() + amount);
            assert_eq!(now.deficit.units(), posted.deficit.units() - amount);
            let left = Desk::left(after.ledger.view.lot(lot).expect("the lot"));
            assert_eq!((decided.left.units(), decided.deficit), (left, now.deficit));
            for other in before.ledger.view.lots.iter().filter(|other| other.lot.id != lot) {
                assert_eq!(after.ledger.view.lot(other.lot.id), Some(other));
            }
        });
    });
}

/// Red when: a revoked lot keeps what was not drawn; when its draws do not owe what they lose; when a revoke gives
/// other lots something back.
#[test]
fn a_revoked_lot_is_gone_and_its_draws_owe_what_they_had_of_it() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::Revoke { .. }, Ok(Done::Revoked(decided))) = (*step, outcome) else { return };
            let lot = decided.lot;
            let state = after.ledger.view.lot(lot).expect("the lot is still named");
            assert_eq!((state.revoked, state.left()), (true, Ok(Amount::ZERO)));
            for day in (-1..260).step_by(13).map(date) {
                assert_eq!(state.drawable(day), Ok(Amount::ZERO));
                assert_eq!(state.lapsed(day), Ok(Amount::ZERO), "nothing of it lapses");
            }
            for (id, posted) in &before.ledger.draws {
                let (now, had) = (&after.ledger.draws[id], posted.from_lot(lot).units());
                assert_eq!(now.from_lot(lot).units(), 0);
                assert_eq!(now.deficit.units(), posted.deficit.units() + had);
                let others = |draw: &PostedDraw| -> Vec<_> {
                    draw.parts.iter().filter(|part| part.lot != lot).cloned().collect()
                };
                assert_eq!(others(now), others(posted));
            }
            let sum: i64 = before.ledger.draws.values().map(|draw| draw.from_lot(lot).units()).sum();
            assert_eq!((decided.deficit.units(), decided.granted), (sum, state.lot.amount));
            for other in before.ledger.view.lots.iter().filter(|other| other.lot.id != lot) {
                assert_eq!(after.ledger.view.lot(other.lot.id), Some(other));
            }
            assert!(after.ledger.view.deficits.is_sorted_by_key(|deficit: &OpenDeficit| deficit.seq));
        });
    });
}

/// A cancelled billing that is run again: the same quota under a new id pays what the cancellation left.
///
/// Red when: a revoke puts its deficits last instead of in the order of the draws; when it dates them on its own date;
/// when it does not move the balance.
#[test]
fn a_grant_taken_back_and_granted_again_restores_the_figures() {
    for_every(plans(), |plan| {
        each_step(&plan, |before, step, outcome, after| {
            let (Step::Grant { lot, amount, from, until, carry }, Ok(Done::Granted(first))) = (*step, outcome) else {
                return;
            };
            let mut again = after.clone();
            again.carry_out(&Step::Revoke { lot }).expect("a fresh grant can be taken back");
            assert_eq!(again.ledger.view.deficits, before.ledger.view.deficits);
            assert_eq!(again.ledger.balance, before.ledger.balance);
            let twice = again.carry_out(&Step::Grant { lot, amount, from, until, carry });
            assert!(matches!(twice, Err(QuotaError::LotExists { .. })), "an id is used once: {twice:?}");
            let second = again.carry_out(&Step::Grant { lot: 200, amount, from, until, carry });
            let Ok(Done::Granted(second)) = second else { panic!("{second:?}") };
            assert_eq!((second.covers, second.left), (first.covers.clone(), first.left));
            assert_eq!(again.ledger.view.deficits, after.ledger.view.deficits);
            assert_eq!(again.ledger.balance, after.ledger.balance);
        });
    });
}
