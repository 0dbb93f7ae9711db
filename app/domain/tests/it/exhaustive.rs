//! Every small history there is, engine against auditor. Random histories find what is likely; this finds what is
//! small.

use std::ops::{Range, RangeInclusive};

use crate::{
    audit::{compare, translated},
    auditor::{Auditor, Verdict},
    desk::Desk,
    plans::{Carry, Overdraft, Plan, Step},
};

/// The calendar has three days, each a quota period of its own.
const SLOTS: Range<i64> = 0..3;
/// The days on which balances are compared: the calendar, a day before it and those until every lot has lapsed.
const COMPARED: RangeInclusive<i64> = -1..=4;

/// The histories of one size: at most so many lots and draws, of these amounts each, and so many of them undone.
struct Size {
    lots: usize,
    draws: usize,
    granted: &'static [i64],
    wanted: &'static [i64],
    undone: usize,
}

const SIZES: [Size; 3] = [
    Size { lots: 2, draws: 2, granted: &[1, 2, 3, 4], wanted: &[1, 2, 3, 4], undone: 0 },
    Size { lots: 3, draws: 3, granted: &[1, 4], wanted: &[3], undone: 0 },
    Size { lots: 3, draws: 2, granted: &[2], wanted: &[3], undone: 1 },
];

impl Size {
    /// Whether the history is one of this size.
    fn has(&self, steps: &[Step]) -> bool {
        let (mut lots, mut draws, mut undone) = (0, 0, 0);
        for step in steps {
            match step {
                Step::Grant { amount, .. } if self.granted.contains(amount) => lots += 1,
                Step::Draw { wanted, .. } if self.wanted.contains(wanted) => draws += 1,
                Step::Release { .. } | Step::Revoke { .. } => undone += 1,
                _ => return false,
            }
        }
        lots <= self.lots && draws <= self.draws && undone <= self.undone
    }
}

/// The steps so far; names them when a comparison stops the test.
struct Told(Vec<Step>, Plan);

impl Drop for Told {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("it went wrong after {:?} under {:?}", self.0, self.1);
        }
    }
}

/// A walk through all histories of one size under one policy.
struct Walk<'a> {
    size: &'a Size,
    /// What was walked through already.
    earlier: &'a [Size],
    carry: Carry,
    told: Told,
    cases: u64,
}

impl Walk<'_> {
    fn from(&mut self, auditor: &Auditor, desk: &Desk) {
        for step in self.possible(auditor) {
            self.told.0.push(step);
            if self.size.has(&self.told.0) {
                self.one(auditor, desk, &step);
            }
            self.told.0.pop();
        }
    }

    /// Every next step; it may lead beyond the size.
    fn possible(&self, auditor: &Auditor) -> Vec<Step> {
        let next = |count: usize| u8::try_from(count).expect("few");
        let (lot, draw) = (next(auditor.purses.len()), next(auditor.slips.len()));
        let mut steps = Vec::new();
        for day in SLOTS.filter(|day| !self.only_renames(auditor, *day)) {
            let (from, until, carry) = (day, Some(day + 1), self.carry);
            steps.extend(self.size.granted.iter().map(|amount| Step::Grant {
                lot,
                amount: *amount,
                from,
                until,
                carry,
            }));
        }
        for day in SLOTS {
            steps.extend(self.size.wanted.iter().map(|wanted| Step::Draw { draw, day, wanted: *wanted }));
        }
        steps.extend((0..draw).map(|draw| Step::Release { draw }));
        steps.extend((0..lot).map(|lot| Step::Revoke { lot }));
        steps
    }

    /// Two grants in a row of different days, with nothing owed, could as well come the other way round.
    fn only_renames(&self, auditor: &Auditor, from: i64) -> bool {
        let later = matches!(self.told.0.last(), Some(Step::Grant { from: before, .. }) if from < *before);
        later && auditor.debts.is_empty()
    }

    fn one(&mut self, auditor: &Auditor, desk: &Desk, step: &Step) {
        let (mut auditor, mut desk) = (auditor.clone(), desk.clone());
        let verdict = auditor.judge(step);
        assert_eq!(translated(&desk.carry_out(step)), verdict);
        if !self.earlier.iter().any(|size| size.has(&self.told.0)) {
            self.cases += 1;
            compare(&auditor, &desk, COMPARED);
        }
        // A refused step changes nothing: what could follow is told without it.
        if !matches!(verdict, Verdict::Refused(_)) {
            self.from(&auditor, &desk);
        }
    }
}

/// All histories of these kinds, under each of fifteen policies: without overbooking, with a limit of 2 and without
/// limit (the latter two with deficits left for a balancing invoice and with deficits paid by the next grant); lots
/// without carry-over, carried over for ever, and carried over for one period with a cap of 2:
///
/// 1. up to 2 lots of 1 to 4 units and up to 2 draws of 1 to 4 units;
/// 2. up to 3 lots of 1 or 4 units and up to 3 draws of 3 units;
/// 3. up to 3 lots of 2 units and up to 2 draws of 3 units, one of them all released or revoked at any time after.
///
/// Every lot and every draw is for any of the three days, and they come in any order. Left out is what cannot differ:
/// what follows a refused draw, and two grants in a row for different days, with nothing owed, the other way round.
/// The verdict is compared at each step and the whole account at the end of each history.
///
/// Red when: a draw walks the lots backwards; when the order ignores the start of a lot; when a draw forgets what was
/// drawn against the cap; when a cover does not count against it; when a grant goes through the deficits backwards;
/// when it covers one dated on the day its lot ends; when `next_grant` leaves earlier deficits open.
#[test]
fn every_small_history_is_as_the_auditor_counts_it() {
    let overdrafts = [
        (Overdraft::No, false),
        (Overdraft::UpTo(2), false),
        (Overdraft::UpTo(2), true),
        (Overdraft::WithoutLimit, false),
        (Overdraft::WithoutLimit, true),
    ];
    let carries = [
        Carry::Off,
        Carry::On { periods: None, cap: None, grid: false },
        Carry::On { periods: Some(1), cap: Some(2), grid: false },
    ];
    for (index, size) in SIZES.iter().enumerate() {
        let mut cases = 0;
        for (overdraft, next_grant) in overdrafts {
            for carry in carries {
                let plan = Plan { overdraft, next_grant, closed_until: None, steps: Vec::new() };
                let (auditor, desk) = (Auditor::new(&plan), Desk::new(&plan));
                let told = Told(Vec::new(), plan);
                let mut walk = Walk { size, earlier: &SIZES[..index], carry, told, cases: 0 };
                walk.from(&auditor, &desk);
                cases += walk.cases;
            }
        }
        println!("{cases} histories of kind {}", index + 1);
    }
}
