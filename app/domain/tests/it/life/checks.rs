//! What must be so after each command: the engine says of every lot, draw and sum what the auditor counts, and the laws
//! hold for what the engine says on its own.

use std::collections::BTreeSet;

use domain::{
    DrawId,
    quota::{Amount, Movement, Point, Seq, balance_at, between},
};

use super::{
    auditor::{Auditor, runs},
    calendar::{Chance, Day, later},
    engine::{Party, UNIT, coins, date, draw_id, lot_id, number},
};

fn units(count: usize) -> i64 {
    i64::try_from(count).expect("few") * UNIT
}

/// Lots, deficits and balance. Per lot and in sum: granted = drawn + left + lapsed + revoked, and nothing below zero.
pub fn party(party: &Party, books: &Auditor) {
    let view = &party.ledger.view;
    assert_eq!(view.lots.len(), books.purses.len());
    let (mut free, mut held) = (0, 0);
    for (at, purse) in books.purses.iter().enumerate() {
        let state = view.lot(lot_id(&party.contract, at)).expect("a lot of the auditor");
        let taken = purse.coins.len() - purse.free();
        assert_eq!(state.revoked, purse.taken_back, "lot {at}");
        assert_eq!((coins(state.drawn), coins(state.drawn_carried)), (taken, books.late(purse)), "lot {at}");
        let left = if state.revoked { 0 } else { state.lot.amount.units() - state.drawn.units() };
        assert_eq!(left, units(purse.free()), "lot {at}");
        assert!(left >= 0 && state.drawn.units() >= 0);
        (free, held) = (free + purse.free(), held + taken);
    }
    let open: Vec<_> = view.deficits.iter().map(|open| (number(open.draw.uuid()), coins(open.amount))).collect();
    assert_eq!(open, runs(&books.debts));
    let balance = units(free) - units(books.debts.len());
    assert_eq!(party.ledger.balance, Amount::new(balance), "granted less drawn, deficits with it");
    let drawn: i64 = party.ledger.draws.values().flat_map(|draw| &draw.parts).map(|part| part.amount.units()).sum();
    assert_eq!(drawn, units(held));
}

/// Which periods are billed, by which lots, and which are free.
pub fn claims(party: &Party, books: &Auditor) {
    assert_eq!((party.next, &party.freed), (books.next, &books.freed));
    let lots = |all: &Vec<domain::LotId>| all.iter().map(|lot| number(lot.uuid())).collect::<Vec<_>>();
    assert!(party.lots.iter().map(|(period, all)| (*period, lots(all))).eq(books.claims.clone()));
    self::party(party, books);
}

/// A statement from a random point to all of today: opening + movements = closing, and the closing balance is what the
/// auditor counts on that day, without what drafts hold.
pub fn statement(party: &Party, books: &Auditor, held: &[usize], day: Day, chance: &mut Chance) {
    let view = &party.ledger.view;
    for after in [day, later(day, 1)] {
        let spendable = books.purses.iter().map(|purse| books.spendable(purse, after)).sum::<usize>();
        assert_eq!(view.available(date(after)), Ok(Amount::new(units(spendable))), "on {after:?}");
        for (at, purse) in books.purses.iter().enumerate() {
            let lapsed = view.lot(lot_id(&party.contract, at)).expect("a lot").lapsed(date(after));
            assert_eq!(lapsed, Ok(Amount::new(units(books.lost(purse, after)))), "lot {at} on {after:?}");
        }
    }
    let last = view.next_seq.0 - 1;
    let from = i64::try_from(chance.below(usize::try_from(last + 1).expect("few"))).expect("few");
    let opened = later((day.0 - 1, day.1, day.2), u32::try_from(chance.below(12)).expect("few"));
    let (from, to) = (Point { seq: Seq(from), date: date(opened) }, Point { seq: Seq(last), date: date(day) });
    let holds: BTreeSet<DrawId> = held.iter().map(|draw| draw_id(*draw)).collect();
    // A statement from a point is of that point's holds; those of today did not all exist then.
    let account = &view.account;
    let span = between(account, &party.entries, &holds, from, to).expect("the points are in order");
    let moved: i64 = span.rows.iter().map(|row| row.amount.units()).sum();
    assert_eq!(span.opening.units() + moved, span.closing.units());
    assert_eq!(balance_at(account, &party.entries, &holds, to), Ok(span.closing));
    let books = books.without(held);
    let begun = books.purses.iter().filter(|purse| purse.from <= day);
    let granted: usize = begun.clone().map(|purse| purse.coins.len()).sum();
    let gone: usize = begun.map(|purse| books.lost(purse, day)).sum();
    let of_until = |draw: &&usize| books.slips[**draw].day <= day;
    let spent = books.purses.iter().flat_map(|purse| purse.coins.iter().flatten()).filter(of_until).count();
    let owed = books.debts.iter().filter(of_until).count();
    assert_eq!(span.closing.units(), units(granted) - units(spent) - units(owed) - units(gone), "on {day:?}");
    let ends = party.entries.iter().rev().find_map(|entry| match entry.movement {
        Movement::End { until } => Some(until),
        _ => None,
    });
    assert_eq!(ends.flatten(), books.deal.end().map(date));
}
