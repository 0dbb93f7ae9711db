//! Random projects and what happens to their bookings, as plain numbers: neither the engine nor the model has a word in
//! them. Times are whole minutes, days are counted from the beginning of 2026.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::{
    Interval, Periods, Price, Seconds,
    quota::{Amount, Overbooking, Unit},
    splitting::{
        Allowance, BillingLine, Booking, BookingRounding, Collector, Collects, LineKind, Lock, Plan, SplitError,
    },
};
use proptest::{
    bool, collection, option,
    prelude::{Just, Strategy, any},
    prop_oneof,
};

use crate::{
    contract_plans::day,
    plans::Overdraft,
    splitting_world::{World, account, account_id, booking, booking_id, line_id, task_id},
};

/// How long the periods of an allowance are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    Months(u32),
    Days(u32),
}

/// What a line does. An allowance has an account of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Does {
    Allowance { most: i64, every: Every, from: i64, all: bool, overdraft: Overdraft },
    Block { block: u8, all: bool },
    Effort { cents: i64 },
    FlatRate,
}

/// A billing line; no tasks are all tasks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainLine {
    pub does: Does,
    pub tasks: Option<BTreeSet<u8>>,
}

/// A prepaid block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// From which day until which, and how many minutes.
    pub lots: Vec<(i64, Option<i64>, i64)>,
    pub overdraft: Overdraft,
}

/// What somebody books.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub day: i64,
    pub minutes: i64,
    pub billable: bool,
    pub task: u8,
}

/// What happens; which booking is a number that is counted around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Add(Entry),
    Change(u8, Entry),
    Delete(u8),
    Lock(u8),
}

/// A project and what happens to it.
#[derive(Debug, Clone)]
pub struct PlainProject {
    pub lines: Vec<PlainLine>,
    pub blocks: Vec<Block>,
    pub steps: Vec<Step>,
    /// At least so many minutes of a booking are billed, in steps of so many.
    pub rounding: Option<(i64, i64)>,
}

/// The bookings of a history lie within four months.
const DAYS: i64 = 120;

pub fn date(number: i64) -> NaiveDate {
    day("2026-01-01") + Days::new(u64::try_from(number).expect("a day of the history"))
}

fn days() -> impl Strategy<Value = i64> {
    // The ends of months, the days beside them, and any day.
    prop_oneof![2 => 0..DAYS, 1 => (0..4_i64, -1..=1_i64).prop_map(|(month, beside)| (month * 30 + beside).max(0))]
}

/// Few days, so that bookings meet each other.
fn meeting_days() -> impl Strategy<Value = i64> {
    prop_oneof![3 => 28..34_i64, 1 => days()]
}

fn overdrafts() -> impl Strategy<Value = Overdraft> {
    prop_oneof![
        4 => Just(Overdraft::No),
        2 => (0..=20_i64).prop_map(Overdraft::UpTo),
        1 => Just(Overdraft::WithoutLimit),
    ]
}

fn lines() -> impl Strategy<Value = Vec<PlainLine>> {
    let every = prop_oneof![
        3 => (1..=2_u32).prop_map(Every::Months),
        2 => prop_oneof![Just(7), Just(10), Just(14)].prop_map(Every::Days),
    ];
    let allowance = (0..=45_i64, every, 0..40_i64, any::<bool>(), overdrafts())
        .prop_map(|(most, every, from, all, overdraft)| Does::Allowance { most, every, from, all, overdraft });
    let does = prop_oneof![
        5 => allowance,
        4 => (0..2_u8, any::<bool>()).prop_map(|(block, all)| Does::Block { block, all }),
        3 => (0..=20_000_i64).prop_map(|cents| Does::Effort { cents }),
        1 => Just(Does::FlatRate),
    ];
    let tasks = option::weighted(0.3, collection::btree_set(0..3_u8, 1..3));
    collection::vec((does, tasks).prop_map(|(does, tasks)| PlainLine { does, tasks }), 0..5)
}

fn blocks() -> impl Strategy<Value = Vec<Block>> {
    let lot = (0..DAYS, option::of(1..60_i64), 1..=50_i64).prop_map(|(from, length, minutes)| {
        let from = (from - 30).max(0);
        (from, length.map(|length| from + length), minutes)
    });
    let block = (collection::vec(lot, 0..4), overdrafts()).prop_map(|(lots, overdraft)| Block { lots, overdraft });
    collection::vec(block, 2..=2)
}

pub fn entries() -> impl Strategy<Value = Entry> {
    (meeting_days(), 1..=40_i64, bool::weighted(0.8), 0..3_u8).prop_map(|(day, minutes, billable, task)| Entry {
        day,
        minutes,
        billable,
        task,
    })
}

fn steps(locks: bool) -> impl Strategy<Value = Vec<Step>> {
    let weight = u32::from(locks);
    let step = prop_oneof![
        6 => entries().prop_map(Step::Add),
        3 => (any::<u8>(), entries()).prop_map(|(which, entry)| Step::Change(which, entry)),
        2 => any::<u8>().prop_map(Step::Delete),
        // A weight must not be nothing: without locks it is one more booking.
        1 => (any::<u8>(), entries()).prop_map(move |(which, entry)| {
            if weight == 0 { Step::Add(entry) } else { Step::Lock(which) }
        }),
    ];
    collection::vec(step, 1..12)
}

/// How many minutes of a booking are billed at least, and in which steps.
pub fn roundings() -> impl Strategy<Value = (i64, i64)> {
    (0..=60_i64, 1..=45_i64)
}

fn histories(locks: bool) -> impl Strategy<Value = PlainProject> {
    let parts = (lines(), blocks(), steps(locks), option::of(roundings()));
    parts.prop_map(|(lines, blocks, steps, rounding)| PlainProject { lines, blocks, steps, rounding })
}

/// Projects in which bookings are locked now and then.
pub fn projects() -> impl Strategy<Value = PlainProject> {
    histories(true)
}

/// Projects in which nothing is locked.
pub fn open_projects() -> impl Strategy<Value = PlainProject> {
    histories(false)
}

fn overbooking(overdraft: Overdraft) -> Overbooking {
    match overdraft {
        Overdraft::No => Overbooking::No,
        Overdraft::UpTo(minutes) => Overbooking::Yes { limit: Some(Amount::new(minutes * 60)) },
        Overdraft::WithoutLimit => Overbooking::Yes { limit: None },
    }
}

impl PlainProject {
    /// The minutes that are billed of so many: the first that will do, tried one after the other through a whole step.
    pub fn billed(&self, minutes: i64) -> i64 {
        let Some((minimum, step)) = self.rounding else { return minutes };
        let least = minutes.max(minimum);
        (least..least + step).find(|billed| billed % step == 0).expect("there is one in each step")
    }

    /// The project before anything happens.
    pub fn begin(&self) -> World {
        let blocks = self.blocks.iter().zip(0_u8..);
        let mut accounts: Vec<_> =
            blocks.map(|(block, number)| account(number, Unit::Time, overbooking(block.overdraft))).collect();
        let mut lines = Vec::new();
        for (line, number) in self.lines.iter().zip(0_u8..) {
            let collects = |all: bool| if all { Collects::All } else { Collects::Billable };
            let kind = match line.does {
                Does::Allowance { most, every, from, all, overdraft } => {
                    let own = 10 + number;
                    accounts.push(account(own, Unit::Time, overbooking(overdraft)));
                    let every = match every {
                        Every::Months(count) => Interval::Months(count),
                        Every::Days(count) => Interval::Days(count),
                    };
                    let periods = Periods { anchor: date(from), every };
                    let allowance = Some(Allowance { most: Seconds(most * 60), periods });
                    let (account, collects) = (account_id(own), collects(all));
                    LineKind::Collector(Collector { account, collects, rate: None, allowance, fee: None })
                }
                Does::Block { block, all } => {
                    let (account, collects) = (account_id(block), collects(all));
                    LineKind::Collector(Collector { account, collects, rate: None, allowance: None, fee: None })
                }
                Does::Effort { cents } => LineKind::Effort { rate: rate(cents) },
                Does::FlatRate => LineKind::FlatRate,
            };
            let tasks = line.tasks.as_ref().map(|tasks| tasks.iter().map(|task| task_id(*task)).collect());
            lines.push(BillingLine { id: line_id(number), tasks, kind });
        }
        let mut world = World::new(lines, accounts);
        world.facts.rounding = self.rounding.map(rounding_of);
        for (block, number) in self.blocks.iter().zip(0_u8..) {
            for (from, until, minutes) in &block.lots {
                world.grant(account_id(number), minutes * 60, date(*from), until.map(date));
            }
        }
        world
    }

    /// Everything that happens; `seen` gets the world before each step, what was done, what came of it, and the world after
    /// it.
    pub fn live(&self, mut seen: impl FnMut(&World, Done, &Result<Plan, SplitError>, &World)) -> World {
        let mut world = self.begin();
        let mut numbers = 0_u8;
        for step in &self.steps {
            let before = world.clone();
            let bookings = before.portions();
            let of = |which: u8| {
                let place = usize::from(which) % bookings.len().max(1);
                bookings.get(place).map(|(booking, _)| u8::try_from(booking.uuid().as_u128() - 600).expect("few"))
            };
            let (done, result) = match *step {
                Step::Add(entry) => {
                    numbers += 1;
                    (Done::Added(numbers, entry), world.add(&entered(numbers, entry)))
                }
                Step::Change(which, entry) => {
                    let Some(number) = of(which) else { continue };
                    (Done::Changed(number, entry), world.change(&entered(number, entry)))
                }
                Step::Delete(which) => {
                    let Some(number) = of(which) else { continue };
                    (Done::Deleted(number), world.delete(booking_id(number)))
                }
                Step::Lock(which) => {
                    if let Some(number) = of(which) {
                        world.lock(booking_id(number), Lock::Document);
                    }
                    continue;
                }
            };
            seen(&before, done, &result, &world);
        }
        world
    }
}

/// What was done with which booking.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Done {
    Added(u8, Entry),
    Changed(u8, Entry),
    Deleted(u8),
}

pub fn rate(cents: i64) -> Price {
    Price::new(rust_decimal::Decimal::new(cents, 2)).expect("a rate")
}

/// The rounding to at least so many minutes, in steps of so many.
pub fn rounding_of((minimum, step): (i64, i64)) -> BookingRounding {
    BookingRounding::new(Seconds(minimum * 60), Seconds(step * 60)).expect("within a day")
}

/// The booking of that number with that content.
pub fn entered(number: u8, entry: Entry) -> Booking {
    let Entry { day, minutes, billable, task } = entry;
    Booking { billable, task: task_id(task), ..booking(number, date(day), minutes * 60) }
}
