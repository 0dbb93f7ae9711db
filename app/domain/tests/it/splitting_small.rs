//! Every small project there is: an allowance, a block and effort, and up to three bookings of one day. What each gets is
//! a piece of one long ribbon of time: first what is free, then what is prepaid, then effort.

use domain::{
    Periods, Seconds,
    quota::{Overbooking, Unit},
    splitting::{Allowance, BillingLine, Collector, Collects, LineKind, Portion, Target},
};

use crate::{
    contract_plans::day,
    splitting_plans::rate,
    splitting_world::{World, account, account_id, booking, booking_id, line_id},
};

const HOUR: i64 = 3_600;

fn project(free: i64, prepaid: i64) -> World {
    let periods = Periods { anchor: day("2026-01-01"), every: domain::Interval::Months(1) };
    let allowance = Some(Allowance { most: Seconds(free * HOUR), periods });
    let collector = |number, allowance| {
        let (account, collects) = (account_id(number), Collects::All);
        Collector { account, collects, rate: None, allowance, fee: None }
    };
    let kinds = [
        LineKind::Collector(collector(0, allowance)),
        LineKind::Collector(collector(1, None)),
        LineKind::Effort { rate: rate(10_000) },
    ];
    let lines = kinds.into_iter().zip(0..).map(|(kind, number)| BillingLine { id: line_id(number), tasks: None, kind });
    let accounts = [0, 1].map(|number| account(number, Unit::Time, Overbooking::No));
    let mut world = World::new(lines.collect(), accounts);
    if prepaid > 0 {
        world.grant(account_id(1), prepaid * HOUR, day("2026-01-01"), None);
    }
    world
}

/// The hours of each line that a booking gets of the ribbon.
fn ribbon(free: i64, prepaid: i64, before: i64, hours: i64) -> [i64; 3] {
    let ends = [0, free, free + prepaid, 1_000];
    let overlap = |from: i64, until: i64| (until.min(before + hours) - from.max(before)).max(0);
    [overlap(ends[0], ends[1]), overlap(ends[1], ends[2]), overlap(ends[2], ends[3])]
}

fn hours(portions: &[Portion]) -> [i64; 3] {
    let mut found = [0; 3];
    for portion in portions {
        let Target::Line { line } = portion.target else { panic!("effort takes the rest") };
        let place = (0..3_u8).find(|number| line_id(*number) == line).expect("a line of the project");
        found[usize::from(place)] = portion.seconds.0 / HOUR;
        let cents = if place == 2 { portion.seconds.0 / HOUR * 10_000 } else { 0 };
        assert_eq!(portion.amount, cents);
    }
    found
}

fn check(world: &World, free: i64, prepaid: i64, what: &str) {
    let mut before = 0;
    let mut bookings: Vec<_> = world.facts.bookings.iter().collect();
    bookings.sort_by_key(|posted| posted.accepted);
    for posted in bookings {
        let own = posted.booking.seconds.0 / HOUR;
        let found = hours(&posted.portions);
        assert_eq!(
            found,
            ribbon(free, prepaid, before, own),
            "{free} free, {prepaid} prepaid, {what}: {before} + {own}"
        );
        before += own;
    }
}

/// Red when: any of them gets what another one has, or not what is left; after adding, changing or deleting any.
#[test]
fn every_small_project_of_splitting_comes_out_by_hand() {
    let mut tried = 0;
    for free in 0..=4 {
        for prepaid in 0..=3 {
            for sizes in 0..27_i64 {
                let sizes = [sizes % 3 + 1, sizes / 3 % 3 + 1, sizes / 9 + 1];
                let mut world = project(free, prepaid);
                for (size, number) in sizes.into_iter().zip(0_u8..) {
                    world.add(&booking(number, day("2026-04-10"), size * HOUR)).expect("it can be booked");
                }
                check(&world, free, prepaid, "added");
                for number in 0..3_u8 {
                    let mut fewer = world.clone();
                    fewer.delete(booking_id(number)).expect("nothing is locked");
                    check(&fewer, free, prepaid, "deleted");
                    for size in 1..=4 {
                        let mut other = world.clone();
                        other.change(&booking(number, day("2026-04-11"), size * HOUR)).expect("nothing is locked");
                        check(&other, free, prepaid, "changed");
                        tried += 1;
                    }
                }
            }
        }
    }
    assert_eq!(tried, 5 * 4 * 27 * 3 * 4);
}
