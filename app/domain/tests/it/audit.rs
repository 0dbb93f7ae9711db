//! What the engine says against what the auditor counts.

use std::{cell::RefCell, collections::BTreeMap};

use domain::{
    DrawId, LotId,
    quota::{Part, QuotaError},
};

use crate::{
    auditor::{Auditor, Purse, Verdict, runs},
    desk::{Desk, Done, date, draw_id, each_step, lot_id},
    plans::{for_every, plans},
};

/// The number behind an id.
fn draw_number(id: DrawId) -> u8 {
    (0..=u8::MAX).find(|number| draw_id(*number) == id).expect("a draw of the plan")
}

fn lot_number(id: LotId) -> u8 {
    (0..=u8::MAX).find(|number| lot_id(*number) == id).expect("a lot of the plan")
}

fn numbered(parts: &[Part]) -> Vec<(u8, i64)> {
    parts.iter().map(|part| (lot_number(part.lot), part.amount.units())).collect()
}

/// Adds equal neighbours up: a draw can be billed twice on one invoice.
fn merged(amounts: impl Iterator<Item = (DrawId, i64)>) -> Vec<(u8, i64)> {
    let mut merged: Vec<(u8, i64)> = Vec::new();
    for (draw, amount) in amounts.map(|(draw, amount)| (draw_number(draw), amount)) {
        match merged.last_mut() {
            Some((last, sum)) if *last == draw => *sum += amount,
            _ => merged.push((draw, amount)),
        }
    }
    merged
}

/// What the engine did, in the auditor's words.
pub fn translated(outcome: &Result<Done, QuotaError>) -> Verdict {
    match outcome {
        Ok(Done::Granted(d)) => {
            let covers = merged(d.covers.iter().map(|cover| (cover.draw, cover.amount.units())));
            Verdict::Granted { covers, left: d.left.units() }
        }
        Ok(Done::Drawn(d)) => {
            let (deficit, not_drawn) = (d.deficit.units(), d.not_drawn.units());
            Verdict::Drawn { parts: numbered(&d.parts), deficit, not_drawn }
        }
        Ok(Done::Released(d)) => {
            Verdict::Released { parts: numbered(&d.parts).into_iter().collect(), deficit: d.deficit.units() }
        }
        Ok(Done::Revoked(d)) => {
            Verdict::Revoked { parts: merged(d.parts.iter().map(|part| (part.draw, part.amount.units()))) }
        }
        Ok(Done::Covered(d)) => Verdict::Covered { left: d.left.units(), deficit: d.deficit.units() },
        Ok(Done::Ended(d)) => {
            Verdict::Ended { lost: d.lapses.iter().map(|part| (lot_number(part.lot), part.amount.units())).collect() }
        }
        Err(refused) => Verdict::Refused(match refused {
            QuotaError::NotPositive { .. } => "amount",
            QuotaError::EmptyValidity { .. } => "validity",
            QuotaError::CarryWithoutPeriod => "nothing to carry over",
            QuotaError::LotExists { .. } => "lot exists",
            QuotaError::UnknownLot { .. } => "lot unknown",
            QuotaError::AlreadyRevoked { .. } => "revoked before",
            QuotaError::Exhausted { .. } => "exhausted",
            QuotaError::BooksClosed { .. } => "closed",
            QuotaError::Ended { .. } => "ended",
            QuotaError::DrawExists { .. } => "draw exists",
            QuotaError::UnknownDraw { .. } => "draw unknown",
            QuotaError::AlreadyReleased { .. } => "released before",
            QuotaError::DeficitOutOfBounds { .. } => "owes less",
            QuotaError::CoverFromEarlierLot { .. } => "granted before",
            QuotaError::CoverTooLarge { .. } => "has less",
            other => panic!("the auditor knows no such refusal: {other}"),
        }),
    }
}

/// Compares everything that can be seen of the account, the figures of a day on the days given.
pub fn compare(auditor: &Auditor, desk: &Desk, days: impl Iterator<Item = i64> + Clone) {
    let view = &desk.ledger.view;
    assert_eq!(auditor.end.map(date), view.end);
    assert_eq!(auditor.purses.len(), view.lots.len(), "as many lots");
    for purse in &auditor.purses {
        let (lot, state) = (purse.lot, view.lot(lot_id(purse.lot)).expect("the lot"));
        assert_eq!(state.left().expect("small numbers").units(), purse.free(), "left of {lot}");
        assert_eq!(state.revoked, purse.taken_back, "{lot}");
        for day in days.clone() {
            let lapsed = state.lapsed(date(day)).expect("small numbers").units();
            assert_eq!(lapsed, auditor.lost(purse, day), "lost of {lot} on day {day}");
        }
    }
    assert_eq!(auditor.slips.len(), desk.ledger.draws.len(), "as many draws");
    for slip in &auditor.slips {
        let posted = &desk.ledger.draws[&draw_id(slip.draw)];
        let parts: BTreeMap<u8, i64> = numbered(&posted.parts).into_iter().collect();
        assert_eq!(parts, auditor.held(slip.draw), "{}", slip.draw);
        assert_eq!(posted.deficit.units(), auditor.owed(slip.draw), "owed by {}", slip.draw);
        assert_eq!(posted.released, slip.torn);
    }
    let open: Vec<_> = view.deficits.iter().map(|deficit| (deficit.draw, deficit.amount.units())).collect();
    assert_eq!(runs(&auditor.debts).iter().map(|(draw, owed)| (draw_id(*draw), *owed)).collect::<Vec<_>>(), open);
    for day in days {
        let available: i64 = auditor.purses.iter().map(|purse| auditor.spendable(purse, day)).sum();
        assert_eq!(view.available(date(day)).expect("a covered day").units(), available, "available on day {day}");
    }
    let free: i64 = auditor.purses.iter().map(Purse::free).sum();
    assert_eq!(desk.ledger.balance.units(), free - i64::try_from(auditor.debts.len()).expect("few"));
}

/// Red when: the order of consumption ignores the start of a lot; when overbooking ignores what is open already; when a
/// grant covers deficits dated on the day its lot ends, or goes through them backwards; when the cap counts from the
/// day before or after, or does not count draws, or does not count covers; when a revoke puts its deficits last; when
/// an end names lots that end by themselves.
#[test]
fn the_auditor_finds_the_same() {
    for_every(plans(), |plan| {
        let (mut auditor, mut desk) = (Auditor::new(&plan), Desk::new(&plan));
        for step in &plan.steps {
            let verdict = auditor.judge(step);
            assert_eq!(translated(&desk.carry_out(step)), verdict, "{step:?}");
            compare(&auditor, &desk, (-1..250).step_by(13));
        }
    });
}

/// The laws say something only about what happens: every command succeeds in some of the histories, and every refusal
/// comes up.
///
/// Red when: every revoke is refused; when every cover by hand is refused.
#[test]
fn the_histories_reach_every_verdict() {
    let reached = RefCell::new(BTreeMap::new());
    for_every(plans(), |plan| {
        each_step(&plan, |_, _, outcome, _| {
            let name = match translated(outcome) {
                Verdict::Granted { covers, .. } if covers.is_empty() => "granted",
                Verdict::Granted { .. } => "granted and covered",
                Verdict::Drawn { deficit: 0, not_drawn: 0, .. } => "drawn",
                Verdict::Drawn { not_drawn: 0, .. } => "overdrawn",
                Verdict::Drawn { .. } => "drawn in part",
                Verdict::Released { .. } => "released",
                Verdict::Revoked { parts } if parts.is_empty() => "revoked",
                Verdict::Revoked { .. } => "revoked and owed",
                Verdict::Covered { .. } => "covered",
                Verdict::Ended { .. } => "an end",
                Verdict::Refused(why) => why,
            };
            *reached.borrow_mut().entry(name).or_insert(0) += 1;
        });
    });
    let reached = reached.into_inner();
    assert_eq!(reached.len(), 25, "{reached:?}");
}
