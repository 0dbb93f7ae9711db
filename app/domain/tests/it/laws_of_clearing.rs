//! Laws of clearing: what random documents draw from random contracts, each counted a second time in the plainest way.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    DrawId, LotId,
    clearing::{LineClearing, LineOutcome, Reason, Repair, differences, effect, propose, reconcile, repairs},
    groups::Switch,
    quota::{AccountView, Amount, GrantOrigin, GrantRequest, Overbooking},
};
use proptest::prelude::{Strategy, any};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    clearing_model::{could_clear, expected, pool},
    clearing_plans::{World, worlds},
    contract_plans::{digits, rounded},
    plans::for_every,
};

/// Red when: a rule is tried before another one, or not at all; when the second line draws what the first one had; when
/// a part is rounded otherwise than a line; when a deficit is not taken off; when a free quota counts as a billing.
#[test]
fn the_plain_model_says_the_same_of_every_line() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        let expected = expected(&world);
        assert_eq!(decided.lines.len(), expected.len());
        for (line, expected) in decided.lines.iter().zip(&expected) {
            let found = (line.outcome.name(), line.cleared.units(), line.item, line.total);
            assert_eq!(found, (expected.outcome, expected.drawn + expected.deficit, expected.item, expected.total));
            let Some(figures) = &line.figures else { continue };
            let found = [figures.wanted, figures.drawn, figures.deficit, figures.not_drawn].map(Amount::units);
            let not_drawn = expected.wanted - expected.drawn - expected.deficit;
            assert_eq!(found, [expected.wanted, expected.drawn, expected.deficit, not_drawn]);
            let from_lots: i64 = figures.lots.iter().map(|lot| lot.drawn.units()).sum();
            assert_eq!(from_lots, expected.drawn, "the lots give what was drawn");
            let drawable: i64 = figures.lots.iter().map(|lot| lot.drawable.units()).sum();
            assert_eq!(drawable, figures.available_before.units(), "and had what was available");
            assert!(figures.lots.iter().all(|lot| lot.valid.contains(world.document.date)));
        }
    });
}

/// Red when: an item has the wrong sign or is left out of the totals; when VAT is rounded line by line; when items are
/// counted at another rate than their lines.
#[test]
fn the_totals_are_those_of_lines_and_items_together() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        let mut sums = BTreeMap::<Decimal, i64>::new();
        for (line, expected) in world.document.lines.iter().zip(expected(&world)) {
            *sums.entry(line.line.vat.percent()).or_default() += expected.total + expected.item;
        }
        let vat = |rate: Decimal, net: i64| rounded(i128::from(net) * digits(rate, 3), 100_000);
        let sums: Vec<_> = sums.into_iter().rev().map(|(rate, net)| (rate, net, vat(rate, net))).collect();
        let found: Vec<_> = decided.totals.rates.iter().map(|sum| (sum.rate.percent(), sum.net, sum.vat)).collect();
        assert_eq!(found, sums);
        let net: i64 = sums.iter().map(|(_, net, _)| net).sum();
        let vat: i64 = sums.iter().map(|(.., vat)| vat).sum();
        assert_eq!((decided.totals.net, decided.totals.vat, decided.totals.gross), (net, vat, net + vat));
    });
}

/// Red when: each line draws from what was there before the document; when the limit for deficits is one for each line;
/// when an item is worth more than its line.
#[test]
fn nothing_clears_more_than_there_is_or_than_it_costs() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        for facts in &world.facts.contracts {
            let there = pool(facts, world.document.date);
            let of = |line: &&LineClearing| line.figures.as_ref().is_some_and(|f| f.contract == facts.contract.id);
            let cleared: i64 = decided.lines.iter().filter(of).map(|line| line.cleared.units()).sum();
            assert!(cleared <= there.available + there.room, "{cleared} of {there:?}");
        }
        for line in &decided.lines {
            assert!(line.item <= 0 && line.item >= -line.total.max(0), "{line:?}");
            let nothing = matches!(line.outcome, LineOutcome::Nothing(_));
            assert_eq!(nothing, line.cleared.is_zero(), "{line:?}");
        }
    });
}

/// Red when: lines are reconciled from bottom to top; when a line that is cut leaves something to a later one.
#[test]
fn nothing_is_left_for_later_lines_when_one_is_cut() {
    for_every(worlds(), |world| {
        let mut cut = BTreeSet::new();
        let decided = world.saved();
        let by_id = |id| decided.lines.iter().find(|line| line.line == id).expect("the same lines");
        for line in world.document.lines.iter().map(|line| by_id(line.id)) {
            let Some(figures) = &line.figures else { continue };
            assert!(!cut.contains(&figures.contract) || line.cleared.is_zero(), "{line:?}");
            if figures.not_drawn.is_positive() {
                cut.insert(figures.contract);
            }
        }
    });
}

/// Red when: what the document holds is not released first, or is released twice; when a draw is decided on the facts
/// before the release; when what is left is said of another date.
#[test]
fn saving_twice_is_saving_once_and_leaves_what_was_said() {
    for_every(worlds(), |world| {
        let mut after = world.clone();
        let once = after.save();
        let drawn: usize = after.facts.contracts.iter().map(|facts| facts.own.len()).sum();
        assert_eq!(drawn, once.draws.len());
        let available = |view: &AccountView| view.available(world.document.date).expect("all dates are covered");
        for left in &once.left {
            let place = world.place(left.contract);
            let ledger = after.ledgers[place].as_ref().expect("an account");
            assert_eq!(available(&ledger.view), left.after);
            assert_eq!(left.before.minus(left.drawn), Ok(left.after));
            assert_eq!(left.before.units(), pool(&world.facts.contracts[place], world.document.date).available);
            // Counted from the first entry it is the same: what is open belongs to draws that are not released.
            let open: i64 = ledger.draws.values().map(|draw| draw.deficit.units()).sum();
            assert_eq!(ledger.view.open_deficit().map(Amount::units), Ok(open));
        }
        let mut again = after.clone();
        let twice = again.save();
        assert_eq!((&twice.lines, &twice.totals, &twice.left), (&once.lines, &once.totals, &once.left));
        assert_eq!(twice.releases.len(), once.draws.len(), "all that was drawn is released, once");
    });
}

/// Red when: a line that comes from a delivery note draws, or counts otherwise than it did there.
#[test]
fn fixed_lines_stay_as_they_are_and_draw_nothing() {
    for_every((worlds(), any::<u32>()), |(world, chosen)| {
        let before = world.saved();
        let mut after = world.clone();
        for (place, (line, clearing)) in after.document.lines.iter_mut().zip(&before.lines).enumerate() {
            line.fixed = Some(clearing.clone()).filter(|_| chosen & (1 << place) != 0);
        }
        let decided = after.saved();
        let is_fixed =
            |draw: DrawId| after.document.lines.iter().any(|l| l.fixed.is_some() && l.id.uuid() == draw.uuid());
        assert!(decided.draws.iter().all(|(_, draw)| !is_fixed(draw.request.draw)));
        after.document.lines.retain(|line| line.fixed.is_none());
        let alone = after.saved();
        assert_eq!(alone.draws, decided.draws, "the others draw as if the fixed ones were not there");
        assert_eq!(alone.left, decided.left);
        for (place, (line, before)) in decided.lines.iter().zip(&before.lines).enumerate() {
            assert!(chosen & (1 << place) == 0 || line == before, "{before:?} is fixed");
        }
    });
}

/// Red when: a repair is offered that does not help its line; when its effect is not what comes of it; when a billing
/// grants what a run does not.
#[test]
fn every_repair_does_what_it_shows_and_takes_more_off() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        for line in &decided.lines {
            let offered = repairs(&world.document, &world.facts, &decided, line.line).expect("small figures");
            let cleared = matches!(line.outcome, LineOutcome::Full | LineOutcome::Overbooked);
            assert!(!cleared || offered.is_empty(), "nothing is missing of {line:?}");
            for repair in offered {
                let shown = effect(&world.document, &world.facts, &repair).expect("it was offered");
                let then = shown.lines.iter().find(|then| then.line == line.line).expect("the same lines");
                assert!(then.item < line.item, "{repair:?} does not help {line:?}");
                let mut after = world.clone();
                carry_out(&mut after, &repair);
                let done = after.saved();
                assert_eq!((done.totals, done.left), (shown.totals, shown.left), "{repair:?}");
                assert_eq!(without_lots(done.lines), without_lots(shown.lines), "{repair:?}");
            }
        }
    });
}

/// Red when: a repair that would help is not offered: because the document holds a deficit, is cleared in part, or has used
/// up the contract itself; when the free quota is for one line only; when a later line has other repairs.
#[test]
fn every_repair_that_would_help_is_offered() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        let missing = |contract| {
            let figures = decided.lines.iter().filter_map(|line| line.figures.as_ref());
            figures.filter(|f| f.contract == contract).map(|f| f.not_drawn.units()).sum::<i64>()
        };
        for (line, of) in decided.lines.iter().zip(&world.document.lines) {
            let Some(figures) = line.figures.as_ref().filter(|figures| figures.not_drawn.is_positive()) else {
                continue;
            };
            let contract = figures.contract;
            let others = world.facts.contracts.iter().filter(|other| could_clear(&world, other, &of.line));
            let others = others.map(|other| other.contract.id).filter(|other| *other != contract);
            let assign = others.map(|contract| Repair::AssignContract { line: line.line, contract });
            // Once the quota was taken out of the terms there is nothing of its own to bill, to grant or to overbook.
            let sold = world.facts.contracts[world.place(contract)].contract.terms.quota.is_some();
            let own = sold.then(|| {
                let valid = figures.period.expect("no date of the worlds lies before the first period");
                [
                    Repair::BillPeriod { contract, as_of: valid.from },
                    Repair::GrantFreeQuota { contract, amount: Amount::new(missing(contract)), valid },
                    Repair::AllowOverbooking { contract },
                ]
            });
            let offered = repairs(&world.document, &world.facts, &decided, line.line).expect("small figures");
            for repair in own.into_iter().flatten().chain(assign) {
                let mut after = world.clone();
                carry_out(&mut after, &repair);
                let then = after.saved();
                let then = then.lines.iter().find(|then| then.line == line.line).expect("the same lines");
                assert_eq!(offered.contains(&repair), then.item < line.item, "{repair:?} for {line:?}");
            }
        }
    });
}

/// A preview makes up the ids of lots that are not granted yet.
fn without_lots(mut lines: Vec<LineClearing>) -> Vec<LineClearing> {
    let none = LotId::new(Uuid::nil());
    for line in &mut lines {
        let lots = line.figures.iter_mut().flat_map(|figures| &mut figures.lots);
        lots.for_each(|lot| lot.lot = none);
        if let LineOutcome::Nothing(Reason::Exhausted { lapsed, .. }) = &mut line.outcome {
            for lapsed in lapsed {
                lapsed.lot = none;
            }
        }
    }
    lines
}

/// Does what a repair says, on the accounts themselves.
fn carry_out(world: &mut World, repair: &Repair) {
    let lines = &mut world.document.lines;
    match *repair {
        Repair::SwitchOn { line } => {
            lines.iter_mut().filter(|of| of.id == line).for_each(|of| of.clears = true);
        }
        Repair::AssignContract { line, contract } => {
            lines.iter_mut().filter(|of| of.id == line).for_each(|of| of.contract = Some(contract));
        }
        Repair::EnableGroup { contract, group } => {
            let place = world.place(contract);
            let switches = &mut world.facts.contracts[place].contract.terms.groups;
            match group {
                domain::clearing::Group::Group(id) => drop(switches.groups.insert(id, Switch::On)),
                domain::clearing::Group::SubGroup(id) => drop(switches.sub_groups.insert(id, Switch::On)),
            }
        }
        Repair::BillPeriod { contract, as_of } => world.bill(world.place(contract), as_of),
        Repair::GrantFreeQuota { contract, amount, valid } => {
            let lot = LotId::new(Uuid::from_u128(77_777));
            let request = GrantRequest::new(lot, amount, valid.from, valid.until);
            world.grant(world.place(contract), &GrantRequest { origin: GrantOrigin::FreeQuota, ..request });
        }
        Repair::AllowOverbooking { contract } => {
            let place = world.place(contract);
            let account = world.facts.contracts[place].account.as_mut().expect("an account");
            account.account.policy.overbooking = Overbooking::Yes { limit: None };
        }
    }
}

/// Red when: a contract is proposed that is another customer's, does not last, has no quota or is not for the group; when
/// none is although there is one; when the one whose next lot ends later is preferred; when a lot without end is; when
/// what the document holds itself counts.
#[test]
fn the_proposed_contract_is_the_eligible_one_whose_next_lot_ends_first() {
    for_every(worlds(), |world| {
        for line in &world.document.lines {
            let date = world.document.date;
            let eligible = world.facts.contracts.iter().filter(|facts| could_clear(&world, facts, &line.line));
            // The end of the first lot with something in it, in days from a day far away; without end, or no lot: last.
            let ends = eligible.map(|facts| {
                let lots =
                    facts.account.iter().flat_map(|account| account.lots.iter().map(move |lot| (account.end, lot)));
                let ends = lots.filter_map(|(end, state)| {
                    let mut alone = facts.clone();
                    alone.account.iter_mut().for_each(|account| account.lots.retain(|lot| lot.lot.id == state.lot.id));
                    let until = [state.lot.valid.until, end].into_iter().flatten().min();
                    (pool(&alone, date).available > 0)
                        .then(|| until.map_or(1_000_000, |until| (until - date).num_days()))
                });
                (ends.min().unwrap_or(2_000_000), facts.contract.id)
            });
            let ends: Vec<_> = ends.collect();
            let first = ends.iter().map(|(end, _)| *end).min();
            let first = ends.iter().find(|(end, _)| Some(*end) == first).map(|(_, contract)| *contract);
            assert_eq!(propose(&world.document, &line.line, &world.facts), Ok(first), "{ends:?}");
        }
    });
}

/// Red when: a line is compared with another one's; when a difference of outcome, amount or item alone is passed over;
/// when a line that came out as it was seen is named.
#[test]
fn the_differences_are_exactly_the_lines_that_came_out_otherwise() {
    let two =
        (worlds(), any::<u32>(), 0..3_usize).prop_filter("has lines", |(world, ..)| !world.document.lines.is_empty());
    for_every(two, |(world, chosen, what)| {
        let decided = world.saved();
        let mut seen: Vec<_> = decided.lines.iter().map(LineClearing::shown).collect();
        assert_eq!(differences(&seen, &decided), []);
        let is_chosen = |place: usize| chosen & (1 << place) != 0;
        for (place, shown) in seen.iter_mut().enumerate().filter(|(place, _)| is_chosen(*place)) {
            match (what + place) % 3 {
                0 => "otherwise".clone_into(&mut shown.outcome),
                1 => shown.cleared = Amount::new(shown.cleared.units() + 1),
                _ => shown.item -= 1,
            }
        }
        // A person may have seen the lines in another order.
        seen.reverse();
        let found: Vec<_> = differences(&seen, &decided).into_iter().map(|differs| differs.decided).collect();
        let lines = decided.lines.iter().enumerate().filter(|(place, _)| is_chosen(*place));
        assert_eq!(found, lines.map(|(_, line)| line.shown()).collect::<Vec<_>>());
        let unseen = seen.split_off(seen.len() / 2);
        let fewer = differences(&seen, &decided);
        assert!(fewer.iter().all(|differs| unseen.iter().all(|shown| shown.line != differs.seen.line)), "never seen");
    });
}

/// Red when: deciding depends on anything but document and facts, or changes with the order of the contracts.
#[test]
fn the_order_of_the_contracts_does_not_matter() {
    for_every(worlds(), |world| {
        let decided = world.saved();
        let mut facts = world.facts.clone();
        facts.contracts.reverse();
        let reversed = reconcile(&world.document, &facts).expect("small figures");
        assert_eq!((reversed.lines, reversed.totals, reversed.draws), (decided.lines, decided.totals, decided.draws));
        let mut left = reversed.left;
        left.reverse();
        assert_eq!(left, decided.left);
    });
}
