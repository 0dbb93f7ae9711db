//! Random histories, as plain numbers: neither the engine nor the auditor has a word in them.

use std::fmt::Debug;

use proptest::{
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

/// A command. Ids are small numbers, so that one comes up twice now and then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Grant { lot: u8, amount: i64, from: i64, until: Option<i64> },
    Draw { draw: u8, day: i64, wanted: i64 },
    Release { draw: u8 },
}

/// An account's terms and everything that is asked of it.
#[derive(Debug, Clone)]
pub struct Plan {
    pub overdraft: Overdraft,
    pub next_grant: bool,
    pub steps: Vec<Step>,
}

/// Mostly small amounts, now and then one that must be refused.
fn amounts() -> impl Strategy<Value = i64> {
    prop_oneof![1 => -1..=0_i64, 20 => 1..=12_i64]
}

/// Months that follow each other (so that lots share their last day) or any days at all; a few without an end, a few
/// that are empty and must be refused.
fn validities() -> impl Strategy<Value = (i64, Option<i64>)> {
    prop_oneof![
        4 => (0..4_i64).prop_map(|month| (month * 23, Some((month + 1) * 23))),
        4 => (0..DAYS, 1..=45_i64).prop_map(|(from, days)| (from, Some(from + days))),
        1 => (0..DAYS, -2..=0_i64).prop_map(|(from, days)| (from, Some(from + days))),
        2 => (0..DAYS).prop_map(|from| (from, None)),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => (0..14_u8, amounts(), validities())
            .prop_map(|(lot, amount, (from, until))| Step::Grant { lot, amount, from, until }),
        5 => (0..16_u8, 0..DAYS, amounts()).prop_map(|(draw, day, wanted)| Step::Draw { draw, day, wanted }),
        2 => (0..16_u8).prop_map(|draw| Step::Release { draw }),
    ]
}

/// Histories of every command under every policy, duplicates and refused commands included.
pub fn plans() -> impl Strategy<Value = Plan> {
    let overdrafts = prop_oneof![2 => Just(Overdraft::No), 2 => (0..=15_i64).prop_map(Overdraft::UpTo), 1 => Just(Overdraft::WithoutLimit)];
    (overdrafts, any::<bool>(), proptest::collection::vec(steps(), 1..40))
        .prop_map(|(overdraft, next_grant, steps)| Plan { overdraft, next_grant, steps })
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
