//! Random histories, as plain numbers: neither the engine nor the auditor has a word in them.

use std::fmt::Debug;

use proptest::{
    collection, option,
    prelude::{Just, Strategy, any},
    prop_oneof,
    test_runner::{Config, FileFailurePersistence, TestRunner},
};

/// How many histories each law is tried on. Fixed, so that a run takes the same time everywhere.
const CASES: u32 = 300;

/// The days of a history are 0 to 91: about three months, with a leap day among them.
pub const DAYS: i64 = 92;

/// Whether an account may be overdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overdraft {
    No,
    UpTo(i64),
    WithoutLimit,
}

/// Whether a lot outlives its own period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Carry {
    Off,
    /// For some further periods or for ever; `grid` says that the periods are those of [`GRID`] days from day 0 on,
    /// and not of the length of the lot's own one.
    On {
        periods: Option<u32>,
        cap: Option<i64>,
        grid: bool,
    },
}

/// The length of the quota periods that some lots name.
pub const GRID: i64 = 23;

/// A deficit that a balancing invoice bills, in part or (without an amount) as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bill {
    pub draw: u8,
    pub amount: Option<i64>,
}

/// A command. Ids are small numbers, so that one comes up twice now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Grant { lot: u8, amount: i64, from: i64, until: Option<i64>, carry: Carry },
    Draw { draw: u8, day: i64, wanted: i64 },
    Release { draw: u8 },
    Revoke { lot: u8 },
    Cover { draw: u8, lot: u8, amount: i64 },
    BalancingGrant { lot: u8, day: i64, first: Bill, second: Option<Bill> },
    End { day: Option<i64> },
}

/// An account's terms and everything that is asked of it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub overdraft: Overdraft,
    pub next_grant: bool,
    /// Nothing is drawn for earlier days.
    pub closed_until: Option<i64>,
    pub steps: Vec<Step>,
}

/// How many different lots and draws a plan may name.
const LOTS: u8 = 8;
const DRAWS: u8 = 8;

/// Mostly small amounts, now and then one that must be refused.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![1 => -1..=0_i64, 20 => 1..=12_i64]
}

/// Months that follow each other (so that lots share their last day) or any days at all; a few without an end, a few
/// that are empty and must be refused.
fn validities() -> impl Strategy<Value = (i64, Option<i64>)> {
    prop_oneof![
        4 => (0..4_i64).prop_map(|month| (month * 23, Some((month + 1) * 23))),
        4 => (days(), 1..=45_i64).prop_map(|(from, days)| (from, Some(from + days))),
        1 => (0..DAYS, -2..=0_i64).prop_map(|(from, days)| (from, Some(from + days))),
        2 => (0..DAYS).prop_map(|from| (from, None)),
    ]
}

/// Caps are small, so that they matter; now and then one that must be refused.
fn carries() -> impl Strategy<Value = Carry> {
    let caps = option::of(prop_oneof![1 => -1..=0_i64, 14 => 1..=6_i64]);
    prop_oneof![
        Just(Carry::Off),
        (option::weighted(0.8, 0..=3_u32), caps, any::<bool>()).prop_map(|(periods, cap, grid)| Carry::On {
            periods,
            cap,
            grid
        }),
    ]
}

fn bills() -> impl Strategy<Value = Bill> {
    (0..DRAWS, option::weighted(0.2, 0..=4_i64)).prop_map(|(draw, amount)| Bill { draw, amount })
}

/// The borders of quota periods, the days beside them, and any days at all.
fn days() -> impl Strategy<Value = i64> {
    prop_oneof![0..DAYS, (1..4_i64, -1..=1_i64).prop_map(|(period, beside)| period * GRID + beside)]
}

fn ends() -> impl Strategy<Value = Option<i64>> {
    option::weighted(0.5, days())
}

fn granted() -> impl Strategy<Value = Step> {
    (0..LOTS, amounts(), validities(), carries()).prop_map(|(lot, amount, (from, until), carry)| Step::Grant {
        lot,
        amount,
        from,
        until,
        carry,
    })
}

fn drawn() -> impl Strategy<Value = Step> {
    (0..DRAWS, days(), amounts()).prop_map(|(draw, day, wanted)| Step::Draw { draw, day, wanted })
}

/// What changes things that are there already.
fn repairs() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..DRAWS, 0..LOTS, amounts().prop_map(|amount| amount.min(3)))
            .prop_map(|(draw, lot, amount)| Step::Cover { draw, lot, amount }),
        2 => (0..LOTS + 4, days(), bills(), option::weighted(0.3, bills()))
            .prop_map(|(lot, day, first, second)| Step::BalancingGrant { lot, day, first, second }),
        2 => (0..LOTS).prop_map(|lot| Step::Revoke { lot }),
        2 => (0..DRAWS).prop_map(|draw| Step::Release { draw }),
        1 => ends().prop_map(|day| Step::End { day }),
    ]
}

/// Anything in any order, then repairs, most of which need something that went before. Half of the histories draw
/// before they grant, so that there are deficits to repair.
fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any_order = prop_oneof![6 => granted(), 6 => drawn(), 4 => repairs()];
    let draws_first = (collection::vec(drawn(), 1..10), collection::vec(granted(), 1..10));
    let first = prop_oneof![
        collection::vec(any_order, 1..36),
        draws_first.prop_map(|(draws, grants)| [draws, grants].concat()),
    ];
    (first, collection::vec(repairs(), 0..24)).prop_map(|(first, repairs)| {
        let repairs = repairs.into_iter().map(|step| aimed(step, &first)).collect();
        [first, repairs].concat()
    })
}

/// The same repair of a lot and a draw that the history names.
fn aimed(repair: Step, history: &[Step]) -> Step {
    let lots: Vec<u8> =
        history.iter().filter_map(|s| if let Step::Grant { lot, .. } = s { Some(*lot) } else { None }).collect();
    let draws: Vec<u8> =
        history.iter().filter_map(|s| if let Step::Draw { draw, .. } = s { Some(*draw) } else { None }).collect();
    let of = |named: &[u8], number: u8| named.get(usize::from(number) % named.len().max(1)).copied().unwrap_or(number);
    match repair {
        Step::Cover { draw, lot, amount } => Step::Cover { draw: of(&draws, draw), lot: of(&lots, lot), amount },
        Step::Revoke { lot } => Step::Revoke { lot: of(&lots, lot) },
        Step::Release { draw } => Step::Release { draw: of(&draws, draw) },
        other => other,
    }
}

/// Histories of every command under every policy, duplicates and refused commands included.
pub fn plans() -> impl Strategy<Value = Plan> {
    let overdrafts = prop_oneof![
        2 => Just(Overdraft::No),
        2 => (0..=15_i64).prop_map(Overdraft::UpTo),
        2 => Just(Overdraft::WithoutLimit),
    ];
    let closed = option::weighted(0.3, 0..DAYS / 2);
    (overdrafts, any::<bool>(), closed, steps()).prop_map(|(overdraft, next_grant, closed_until, steps)| Plan {
        overdraft,
        next_grant,
        closed_until,
        steps,
    })
}

/// Tries a law on random values. A failure names the smallest value found and its seed; the seed is kept beside these
/// tests and is tried first from then on.
pub fn for_every<S: Strategy>(strategy: S, law: impl Fn(S::Value))
where
    S::Value: Debug,
{
    const KEPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/it/proptest-regressions/seeds.txt");
    let config = Config {
        cases: CASES,
        failure_persistence: Some(Box::new(FileFailurePersistence::Direct(KEPT))),
        ..Config::default()
    };
    let tried = TestRunner::new(config).run(&strategy, |value| {
        law(value);
        Ok(())
    });
    if let Err(failure) = tried {
        panic!("{failure}");
    }
}
