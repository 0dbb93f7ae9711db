//! An auditor who counts every single unit by hand. Slow, simple, and without a line of the engine: it knows days as
//! numbers, walks all units for each unit that is wanted, and compares lots in its own words.

use std::collections::{BTreeMap, BTreeSet};

use domain::quota::{CoverPart, Part, QuotaError};

use crate::{
    desk::{Desk, Done, date, draw_id, lot_id},
    plans::{DAYS, Overdraft, Plan, Step, for_every, plans},
};

/// One single unit of a lot.
struct Coin {
    lot: u8,
    from: i64,
    until: Option<i64>,
    held_by: Option<u8>,
}

/// One single unit that a draw took without any lot giving it.
struct Debt {
    draw: u8,
    day: i64,
}

/// All coins in the order in which they were granted, all debts in the order in which they were made.
struct Auditor {
    overdraft: Overdraft,
    next_grant: bool,
    coins: Vec<Coin>,
    debts: Vec<Debt>,
    lots: BTreeSet<u8>,
    draws: BTreeSet<u8>,
    released: BTreeSet<u8>,
}

/// What the auditor says to a command: what came from or went to whom, one unit after the other, or why not.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Granted { covers: Vec<(u8, i64)>, left: i64 },
    Drawn { parts: Vec<(u8, i64)>, deficit: i64, not_drawn: i64 },
    Released { parts: BTreeMap<u8, i64>, deficit: i64 },
    Refused(&'static str),
}

/// Counts equal neighbours: a, a, b becomes 2 of a, 1 of b.
fn runs(units: &[u8]) -> Vec<(u8, i64)> {
    let mut runs: Vec<(u8, i64)> = Vec::new();
    for unit in units {
        match runs.last_mut() {
            Some((last, count)) if last == unit => *count += 1,
            _ => runs.push((*unit, 1)),
        }
    }
    runs
}

/// Whether the first coin is to be spent before the second one, which was granted later or together with it.
fn not_after(one: &Coin, other: &Coin) -> bool {
    match (one.until, other.until) {
        (Some(end), Some(other_end)) if end != other_end => end < other_end,
        (Some(_), None) => true,
        (None, Some(_)) => false,
        _ => one.from <= other.from,
    }
}

impl Auditor {
    fn new(plan: &Plan) -> Auditor {
        Auditor {
            overdraft: plan.overdraft,
            next_grant: plan.next_grant,
            coins: Vec::new(),
            debts: Vec::new(),
            lots: BTreeSet::new(),
            draws: BTreeSet::new(),
            released: BTreeSet::new(),
        }
    }

    fn judge(&mut self, step: &Step) -> Verdict {
        match *step {
            Step::Grant { lot, amount, from, until } => self.grant(lot, amount, from, until),
            Step::Draw { draw, day, wanted } => self.draw(draw, day, wanted),
            Step::Release { draw } => self.release(draw),
        }
    }

    fn grant(&mut self, lot: u8, amount: i64, from: i64, until: Option<i64>) -> Verdict {
        if amount < 1 {
            return Verdict::Refused("amount");
        }
        if until.is_some_and(|until| until <= from) {
            return Verdict::Refused("validity");
        }
        if !self.lots.insert(lot) {
            return Verdict::Refused("lot exists");
        }
        let mut covers = Vec::new();
        for _ in 0..amount {
            let payable = |debt: &Debt| {
                let within = debt.day >= from && until.is_none_or(|until| debt.day < until);
                within || (self.next_grant && debt.day < from)
            };
            let held_by = self.debts.iter().position(payable).map(|at| self.debts.remove(at).draw);
            covers.extend(held_by);
            self.coins.push(Coin { lot, from, until, held_by });
        }
        let left = amount - i64::try_from(covers.len()).expect("few");
        Verdict::Granted { covers: runs(&covers), left }
    }

    /// The coin to be spent next on a day.
    fn next_coin(&mut self, day: i64) -> Option<&mut Coin> {
        let usable =
            |coin: &&mut Coin| coin.held_by.is_none() && coin.from <= day && coin.until.is_none_or(|until| day < until);
        self.coins.iter_mut().filter(usable).reduce(|best, coin| if not_after(best, coin) { best } else { coin })
    }

    fn draw(&mut self, draw: u8, day: i64, wanted: i64) -> Verdict {
        if wanted < 1 {
            return Verdict::Refused("amount");
        }
        let (mut spent, mut deficit, mut not_drawn) = (Vec::new(), 0, 0);
        for _ in 0..wanted {
            let room = match self.overdraft {
                Overdraft::No => false,
                Overdraft::UpTo(limit) => i64::try_from(self.debts.len()).expect("few") < limit,
                Overdraft::WithoutLimit => true,
            };
            if self.draws.contains(&draw) {
                // Sent again: only whether there would be anything to draw is of interest.
                let something = room || self.next_coin(day).is_some();
                return Verdict::Refused(if something { "draw exists" } else { "exhausted" });
            }
            if let Some(coin) = self.next_coin(day) {
                coin.held_by = Some(draw);
                spent.push(coin.lot);
            } else if room {
                self.debts.push(Debt { draw, day });
                deficit += 1;
            } else {
                not_drawn += 1;
            }
        }
        if not_drawn == wanted {
            return Verdict::Refused("exhausted");
        }
        self.draws.insert(draw);
        Verdict::Drawn { parts: runs(&spent), deficit, not_drawn }
    }

    fn release(&mut self, draw: u8) -> Verdict {
        if !self.draws.contains(&draw) {
            return Verdict::Refused("draw unknown");
        }
        if !self.released.insert(draw) {
            return Verdict::Refused("released before");
        }
        let (parts, deficit) = (self.held(draw), self.owed(draw));
        self.coins.iter_mut().filter(|coin| coin.held_by == Some(draw)).for_each(|coin| coin.held_by = None);
        self.debts.retain(|debt| debt.draw != draw);
        Verdict::Released { parts, deficit }
    }

    fn held(&self, draw: u8) -> BTreeMap<u8, i64> {
        let mut held = BTreeMap::new();
        for coin in self.coins.iter().filter(|coin| coin.held_by == Some(draw)) {
            *held.entry(coin.lot).or_insert(0) += 1;
        }
        held
    }

    fn owed(&self, draw: u8) -> i64 {
        i64::try_from(self.debts.iter().filter(|debt| debt.draw == draw).count()).expect("few")
    }

    fn count(&self, which: impl Fn(&Coin) -> bool) -> i64 {
        i64::try_from(self.coins.iter().filter(|coin| which(coin)).count()).expect("few")
    }
}

/// The lots' numbers behind the engine's ids.
fn numbered(parts: &[Part]) -> Vec<(u8, i64)> {
    let number = |part: &Part| (0..=u8::MAX).find(|number| lot_id(*number) == part.lot).expect("a lot of the plan");
    parts.iter().map(|part| (number(part), part.amount.units())).collect()
}

fn draws_numbered(covers: &[CoverPart]) -> Vec<(u8, i64)> {
    let number = |cover: &CoverPart| (0..=u8::MAX).find(|n| draw_id(*n) == cover.draw).expect("a draw of the plan");
    covers.iter().map(|cover| (number(cover), cover.amount.units())).collect()
}

/// What the engine did, in the auditor's words.
fn translated(outcome: &Result<Done, QuotaError>) -> Verdict {
    match outcome {
        Ok(Done::Granted(d)) => Verdict::Granted { covers: draws_numbered(&d.covers), left: d.left.units() },
        Ok(Done::Drawn(d)) => {
            let (deficit, not_drawn) = (d.deficit.units(), d.not_drawn.units());
            Verdict::Drawn { parts: numbered(&d.parts), deficit, not_drawn }
        }
        Ok(Done::Released(d)) => {
            Verdict::Released { parts: numbered(&d.parts).into_iter().collect(), deficit: d.deficit.units() }
        }
        Err(QuotaError::NotPositive { .. }) => Verdict::Refused("amount"),
        Err(QuotaError::EmptyValidity { .. }) => Verdict::Refused("validity"),
        Err(QuotaError::LotExists { .. }) => Verdict::Refused("lot exists"),
        Err(QuotaError::Exhausted { .. }) => Verdict::Refused("exhausted"),
        Err(QuotaError::DrawExists { .. }) => Verdict::Refused("draw exists"),
        Err(QuotaError::UnknownDraw { .. }) => Verdict::Refused("draw unknown"),
        Err(QuotaError::AlreadyReleased { .. }) => Verdict::Refused("released before"),
        Err(other) => panic!("the auditor knows no such refusal: {other}"),
    }
}

/// Compares everything that can be seen of the account.
fn compare(auditor: &Auditor, desk: &Desk) {
    let view = &desk.ledger.view;
    assert_eq!(auditor.lots.len(), view.lots.len(), "as many lots");
    for lot in &auditor.lots {
        let state = view.lot(lot_id(*lot)).expect("the lot");
        let left = auditor.count(|coin| coin.lot == *lot && coin.held_by.is_none());
        assert_eq!(state.left().expect("small numbers").units(), left, "left of {lot}");
    }
    assert_eq!(auditor.draws.len(), desk.ledger.draws.len(), "as many draws");
    for draw in &auditor.draws {
        let posted = &desk.ledger.draws[&draw_id(*draw)];
        assert_eq!(numbered(&posted.parts).into_iter().collect::<BTreeMap<_, _>>(), auditor.held(*draw), "{draw}");
        assert_eq!(posted.deficit.units(), auditor.owed(*draw), "owed by {draw}");
        assert_eq!(posted.released, auditor.released.contains(draw));
    }
    let debts: Vec<u8> = auditor.debts.iter().map(|debt| debt.draw).collect();
    let open: Vec<_> = view.deficits.iter().map(|deficit| (deficit.draw, deficit.amount.units())).collect();
    assert_eq!(runs(&debts).iter().map(|(draw, owed)| (draw_id(*draw), *owed)).collect::<Vec<_>>(), open);
    for day in (0..DAYS).step_by(7) {
        let usable = |coin: &Coin| coin.from <= day && coin.until.is_none_or(|until| day < until);
        let available = auditor.count(|coin| coin.held_by.is_none() && usable(coin));
        assert_eq!(view.available(date(day)).expect("a covered day").units(), available, "available on day {day}");
    }
    let owed = i64::try_from(debts.len()).expect("few");
    assert_eq!(desk.ledger.balance.units(), auditor.count(|coin| coin.held_by.is_none()) - owed);
}

/// Red when: the order of consumption ignores the start of a lot; when overbooking ignores its limit; when a grant
/// covers deficits dated on the day its lot ends.
#[test]
fn the_auditor_finds_the_same() {
    for_every(plans(), |plan| {
        let (mut auditor, mut desk) = (Auditor::new(&plan), Desk::new(&plan));
        for step in &plan.steps {
            let verdict = auditor.judge(step);
            assert_eq!(translated(&desk.carry_out(step)), verdict, "{step:?}");
            compare(&auditor, &desk);
        }
    });
}
