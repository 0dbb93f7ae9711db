//! What further time meets: every step of the waterfall once, with what is left there.

use domain::{
    Currency, Interval, Periods, Price, Seconds,
    quota::{Amount, Overbooking, Unit},
    splitting::{Allowance, BillingLine, Booking, Collector, Collects, LineKind, Next, Pays, ahead},
};

use crate::{
    contract_plans::day,
    splitting_plans::rate,
    splitting_world::{World, account, account_id, booking, line_id},
};

const HOUR: i64 = 3_600;
const DATE: &str = "2026-04-10";

fn lines(kinds: Vec<LineKind>) -> Vec<BillingLine> {
    let line = |(kind, number): (LineKind, u8)| BillingLine { id: line_id(number), tasks: None, kind };
    kinds.into_iter().zip(0..).map(line).collect()
}

fn collector(account: u8, rate: Option<Price>, allowance: Option<Allowance>) -> LineKind {
    let (account, collects) = (account_id(account), Collects::All);
    LineKind::Collector(Collector { account, collects, rate, allowance, fee: None })
}

fn effort() -> LineKind {
    LineKind::Effort { rate: rate(10_000) }
}

fn told(world: &World, booking: &Booking) -> Vec<Next> {
    ahead(&world.facts, booking, booking.date).expect("the accounts are known")
}

fn left(pays: Pays, unit: Unit, units: i64) -> Next {
    Next::Left { pays, unit, left: Amount::new(units) }
}

/// Red when: a prepaid block is left out, or what a booking has taken is still told.
#[test]
fn free_time_comes_first_then_the_block_then_effort() {
    let periods = Periods { anchor: day("2026-01-01"), every: Interval::Months(1) };
    let free = collector(0, None, Some(Allowance { most: Seconds(2_700), periods }));
    let accounts = [0, 1].map(|number| account(number, Unit::Time, Overbooking::No));
    let mut world = World::new(lines(vec![free, collector(1, None, None), effort()]), accounts);
    world.grant(account_id(1), 2 * HOUR, day("2026-01-01"), None);
    world.add(&booking(1, day(DATE), 1_800)).expect("it fits");
    let (free, block) = (left(Pays::Allowance, Unit::Time, 900), left(Pays::PrepaidTime, Unit::Time, 2 * HOUR));
    assert_eq!(told(&world, &booking(2, day(DATE), HOUR)), [free, block, Next::Effort { rate: rate(10_000) }]);
    world.add(&booking(2, day(DATE), 2 * HOUR)).expect("it fits");
    let block = left(Pays::PrepaidTime, Unit::Time, 900);
    assert_eq!(told(&world, &booking(3, day(DATE), HOUR)), [block, Next::Effort { rate: rate(10_000) }]);
}

/// Red when: an account that lines share is told twice, or cents that pay for no second are told.
#[test]
fn an_account_of_money_is_told_once_and_in_money() {
    let euros = Unit::Money(Currency::EUR);
    let purse = || collector(0, Some(rate(10_000)), None);
    let kinds = vec![purse(), purse(), LineKind::FlatRate, effort()];
    let mut world = World::new(lines(kinds), [account(0, euros, Overbooking::No)]);
    world.grant(account_id(0), 10_001, day("2026-01-01"), None);
    let next = booking(2, day(DATE), HOUR);
    assert_eq!(told(&world, &next), [left(Pays::PrepaidMoney, euros, 10_001), Next::FlatRate]);
    world.add(&booking(1, day(DATE), HOUR)).expect("it fits");
    assert_eq!(told(&world, &next), [Next::FlatRate]);
}

/// Red when: time is told to overdraw what a later line takes, or the room that is used up is still told.
#[test]
fn what_no_line_takes_overdraws_the_account() {
    let over = Overbooking::Yes { limit: Some(Amount::new(2 * HOUR)) };
    let mut world = World::new(lines(vec![collector(0, None, None), effort()]), [account(0, Unit::Time, over)]);
    let next = booking(2, day(DATE), HOUR);
    let overdrawn = |room: Option<i64>| Next::Overdrawn { unit: Unit::Time, room: room.map(Amount::new) };
    assert_eq!(told(&world, &next), [Next::Effort { rate: rate(10_000) }]);
    let gift = Booking { billable: false, ..next.clone() };
    assert_eq!(told(&world, &gift), [overdrawn(Some(2 * HOUR))], "effort takes no such time");
    world.facts.lines.truncate(1);
    world.add(&booking(1, day(DATE), HOUR)).expect("it may be overdrawn");
    assert_eq!(told(&world, &next), [overdrawn(Some(HOUR))]);
    let open = account(0, Unit::Time, Overbooking::Yes { limit: None });
    let world = World::new(lines(vec![collector(0, None, None)]), [open]);
    assert_eq!(told(&world, &next), [overdrawn(None)]);
    let world = World::new(lines(Vec::new()), []);
    assert!(told(&world, &next).is_empty(), "nothing takes it");
}
