//! Bookings that say when they began: each on one day of the company's clocks, also when those are put forward or back.

use chrono::{DateTime, NaiveTime, Utc};
use domain::{
    Seconds,
    splitting::{Booking, Clocks, SplitError, add, change, move_in},
};

use crate::{
    contract_plans::day,
    splitting_world::{World, booking},
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("an instant")
}

/// Berlin: the clocks go from 2 to 3, and from 3 back to 2. It is noon of the last day of the year in UTC.
fn berlin() -> Clocks {
    let changes = [("2026-01-01T00:00:00Z", 3_600), ("2026-03-29T01:00:00Z", 7_200), ("2026-10-25T01:00:00Z", 3_600)];
    let ahead = changes.map(|(from, ahead)| (at(from), ahead)).to_vec();
    Clocks { now: Some(at("2026-12-31T12:00:00Z")), ahead }
}

/// A project whose bookings go nowhere, in Berlin.
fn world() -> World {
    let mut world = World::new(Vec::new(), []);
    world.facts.clocks = berlin();
    world
}

fn begun(date: &str, start: &str, minutes: i64) -> Booking {
    let start: NaiveTime = start.parse().expect("a time");
    Booking { start: Some(start), ..booking(1, day(date), minutes * 60) }
}

/// How many minutes fit into the day, where it goes past midnight.
fn fits(world: &World, date: &str, start: &str, minutes: i64) -> Option<i64> {
    let booking = begun(date, start, minutes);
    match add(&world.facts, &booking) {
        Ok(_) => None,
        Err(SplitError::PastMidnight { start, wanted, fits, rest }) => {
            assert_eq!((Some(start), wanted), (booking.start, booking.seconds));
            assert_eq!(rest, Seconds(wanted.0 - fits.0));
            Some(fits.0 / 60)
        }
        Err(other) => panic!("{date} {start} {minutes}: {other}"),
    }
}

/// Red when: a booking runs into the next day, or an hour is won or lost because the clocks were put forward or back.
#[test]
fn a_booking_that_says_when_it_began_ends_on_its_day() {
    let world = world();
    for (date, start, most) in [
        ("2026-04-10", "22:00:00", 120),
        ("2026-04-10", "23:59:00", 1),
        // A day of 23 hours.
        ("2026-03-29", "00:00:00", 23 * 60),
        ("2026-03-29", "01:30:00", 21 * 60 + 30),
        ("2026-03-29", "03:00:00", 21 * 60),
        // One of 25. What the clocks show twice is taken for the first time that they show it.
        ("2026-10-25", "01:30:00", 23 * 60 + 30),
        ("2026-10-25", "02:30:00", 22 * 60 + 30),
        ("2026-10-25", "03:00:00", 21 * 60),
    ] {
        assert_eq!(fits(&world, date, start, most), None, "{date} {start}");
        assert_eq!(fits(&world, date, start, most + 1), Some(most), "{date} {start}");
    }
    assert_eq!(fits(&world, "2026-04-10", "00:00:00", 1_440), None, "a whole day");
    assert_eq!(fits(&world, "2026-10-25", "00:30:00", 1_440), None, "a day has more than 24 hours");
}

/// Red when: time is booked from an hour on that the clocks left out.
#[test]
fn a_booking_begins_when_the_clocks_show_it() {
    let world = world();
    for start in ["02:00:00", "02:30:00", "02:59:59"] {
        let booking = begun("2026-03-29", start, 10);
        let time = booking.date.and_time(booking.start.expect("it says so"));
        assert_eq!(add(&world.facts, &booking), Err(SplitError::NoSuchTime { time }));
        assert!(add(&world.facts, &begun("2026-03-28", start, 10)).is_ok(), "{start}");
    }
}

/// Red when: what is not over can be booked, or a clock that is a minute fast cannot book what it measured.
#[test]
fn a_booking_that_says_when_it_began_is_over() {
    let mut world = world();
    let ending = |minutes| begun("2026-12-31", "12:00:00", minutes);
    let shown = |time: &str| day("2026-12-31").and_time(time.parse().expect("a time"));
    let refused = Err(SplitError::NotOver { end: shown("13:02:00"), now: shown("13:00:00") });
    assert!(add(&world.facts, &ending(60)).is_ok());
    assert!(add(&world.facts, &ending(61)).is_ok(), "a minute still counts as now");
    assert_eq!(add(&world.facts, &ending(62)), refused);
    assert_eq!(move_in(&world.facts, &ending(62), 1), refused);
    assert!(add(&world.facts, &begun("2026-12-30", "12:00:00", 62)).is_ok());
    assert!(add(&world.facts, &booking(1, day("2026-12-31"), 86_400)).is_ok(), "it does not say when it began");
    // Whoever only previews is not told what time it is.
    world.facts.clocks.now = None;
    assert!(add(&world.facts, &ending(62)).is_ok());
    assert_eq!(fits(&world, "2026-12-31", "12:00:00", 721), Some(720));
    world.facts.clocks = Clocks::default();
    assert!(add(&world.facts, &ending(721)).is_ok(), "nothing is known of the clocks");
}

/// Red when: a longer booking gets past the check, or one of before cannot be told otherwise any more.
#[test]
fn a_change_of_the_times_is_checked_and_nothing_else() {
    let mut world = world();
    world.facts.clocks = Clocks::default();
    let before = begun("2026-04-10", "23:00:00", 90);
    world.add(&before).expect("nothing is known of the clocks");
    world.facts.clocks = berlin();
    assert!(change(&world.facts, &Booking { note: "Night".to_owned(), ..before.clone() }).is_ok());
    for minutes in [61, 89, 91] {
        let longer = Booking { seconds: Seconds(minutes * 60), ..before.clone() };
        let refused = change(&world.facts, &longer);
        let fits = Seconds(3_600);
        assert!(matches!(refused, Err(SplitError::PastMidnight { fits: found, .. }) if found == fits), "{refused:?}");
    }
    assert!(change(&world.facts, &Booking { seconds: Seconds(3_600), ..before.clone() }).is_ok());
    let earlier = Booking { start: NaiveTime::from_hms_opt(22, 30, 0), ..before };
    assert!(change(&world.facts, &earlier).is_ok());
}
