//! The largest and the strangest bookings: nothing overflows, nothing panics, and what does not fit is an error.

use std::collections::BTreeSet;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use domain::{
    AccountId, Currency, DateRange, Interval, LotId, Periods, Price, Seconds,
    quota::{Amount, Overbooking, QuotaError, Unit},
    splitting::{
        Allowance, BillingLine, BookingRounding, Collector, Collects, LONGEST, LineKind, SplitError, Target, add,
        by_date, change, delete, effort_line, left, move_in, worth,
    },
};
use rust_decimal::Decimal;
use uuid::Uuid;

use crate::{
    contract_plans::day,
    splitting_plans::rate,
    splitting_world::{World, account, account_id, booking, booking_id, line_id},
};

fn every_month(minutes: i64) -> Allowance {
    let periods = Periods { anchor: day("2026-01-01"), every: Interval::Months(1) };
    Allowance { most: Seconds(minutes * 60), periods }
}

fn collector(number: u8, allowance: Option<Allowance>) -> LineKind {
    let (account, collects) = (account_id(number), Collects::All);
    LineKind::Collector(Collector { account, collects, rate: None, allowance, fee: None })
}

/// 45 minutes a month, then 100.00 an hour.
fn maintenance() -> World {
    let kinds = [collector(0, Some(every_month(45))), LineKind::Effort { rate: rate(10_000) }];
    let lines = kinds.into_iter().zip(0..).map(|(kind, number)| BillingLine { id: line_id(number), tasks: None, kind });
    World::new(lines.collect(), [account(0, Unit::Time, Overbooking::No)])
}

/// Red when: a booking of which nothing is known is passed over, or its error names another one.
#[test]
fn unknown_bookings_of_splitting_are_errors() {
    let mut world = maintenance();
    let first = booking(1, day("2026-04-10"), 3_600);
    let unknown = SplitError::Unknown { booking: first.id };
    assert_eq!(change(&world.facts, &first), Err(unknown.clone()));
    assert_eq!(delete(&world.facts, first.id), Err(unknown));
    world.add(&first).expect("it can be booked");
    assert_eq!(move_in(&world.facts, &first, 0), Err(SplitError::Exists { booking: first.id }));
    let plan = add(&world.facts, &first).expect("the same again");
    assert_eq!((plan.booking, plan.others.len(), plan.postings.len()), (None, 0, 0));
}

/// Red when: an account that the facts do not have, or a date that they do not cover, passes as one on which nothing is
/// left.
#[test]
fn facts_that_are_not_complete_are_errors_in_splitting() {
    let mut world = maintenance();
    let new = booking(1, day("2026-04-10"), 3_600);
    let covers = DateRange { from: day("2026-04-11"), until: Some(day("2026-04-12")) };
    world.facts.accounts[0].covers = covers;
    let error = QuotaError::OutsideView { date: new.date, covers };
    let outside = SplitError::Quota { line: line_id(0), unit: Unit::Time, error };
    assert_eq!(add(&world.facts, &new), Err(outside.clone()));
    assert_eq!(left(&world.facts, line_id(0), new.date), Err(outside));
    world.facts.accounts.clear();
    let unknown = SplitError::UnknownAccount { line: line_id(0), account: account_id(0) };
    assert_eq!(add(&world.facts, &new), Err(unknown.clone()));
    assert_eq!(left(&world.facts, line_id(0), new.date), Err(unknown));
    // A line that collects nothing has nothing left.
    assert_eq!(left(&world.facts, line_id(1), new.date), Ok(Amount::ZERO));
    assert_eq!(left(&world.facts, line_id(9), new.date), Ok(Amount::ZERO));
}

/// Red when: a plan is posted on accounts on which it was not decided.
#[test]
fn a_plan_of_splitting_is_posted_where_it_was_decided_only() {
    let mut world = maintenance();
    let plan = add(&world.facts, &booking(1, day("2026-04-10"), 3_600)).expect("it can be booked");
    let stale = world.facts.accounts.clone();
    world.add(&booking(2, day("2026-04-10"), 3_600)).expect("it can be booked");
    let id = |planned: &domain::splitting::PlannedDraw| planned.decision.request.draw;
    assert!(plan.entries(&stale, id).is_ok());
    assert!(plan.entries(&world.facts.accounts, id).is_err());
    assert!(plan.entries(&[], id).is_err());
}

/// Red when: a date far away panics, or is one of the books.
#[test]
fn the_first_and_the_last_day_are_no_panic_in_splitting() {
    let mut world = maintenance();
    world.facts.today = NaiveDate::MAX;
    for date in [NaiveDate::MIN, NaiveDate::MAX, day("1899-12-31"), day("2200-01-01")] {
        let found = add(&world.facts, &booking(1, date, 3_600));
        assert!(matches!(found, Err(SplitError::OutsideBooks { date: of, .. }) if of == date), "{found:?}");
        assert!(left(&world.facts, line_id(0), date).is_err());
    }
    // Before the line starts nothing is free; the last month ends with the books.
    let first = add(&world.facts, &booking(1, day("1900-01-01"), 3_600)).expect("it can be booked");
    assert_eq!(first.booking.expect("it is new").portions[0].target, Target::Line { line: line_id(1) });
    let last = add(&world.facts, &booking(1, day("2199-12-31"), 3_600));
    assert!(matches!(last, Err(SplitError::Quota { error: QuotaError::DateOutOfRange { .. }, .. })), "{last:?}");
    let offset = |_: DateTime<Utc>| FixedOffset::east_opt(0).expect("an offset");
    for moment in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
        assert!(matches!(by_date(moment, moment, offset), Err(SplitError::OutsideBooks { .. })));
    }
}

/// Red when: time beyond 24 hours passes, or the largest time and rate are more than the program keeps.
#[test]
fn the_longest_and_the_dearest_bookings_of_splitting_fit() {
    let highest = Price::new(Decimal::from(1_000_000_000)).expect("a rate");
    let effort = BillingLine { id: line_id(0), tasks: None, kind: LineKind::Effort { rate: highest } };
    let mut world = World::new(vec![effort], []);
    let longest = LONGEST.0;
    for seconds in [i64::MIN, -1, 0] {
        let found = add(&world.facts, &booking(1, day("2026-04-10"), seconds));
        assert_eq!(found, Err(SplitError::NoTime { seconds: Seconds(seconds) }));
    }
    for seconds in [longest + 1, i64::MAX] {
        let found = add(&world.facts, &booking(1, day("2026-04-10"), seconds));
        assert_eq!(found, Err(SplitError::TooLong { seconds: Seconds(seconds), most: LONGEST }));
    }
    world.facts.rounding = Some(BookingRounding::new(LONGEST, Seconds(longest - 1)).expect("within a day"));
    let plan = world.add(&booking(1, day("2026-04-10"), longest)).expect("it can be booked");
    let poured = plan.booking.expect("it is new");
    assert_eq!(poured.billed.0, 2 * (longest - 1));
    assert_eq!(poured.portions[0].amount, 2 * (longest - 1) * 100_000_000_000 / 3_600);
    // On a purse without a limit the most that can be drawn is drawn.
    let purse = account(0, Unit::Money(Currency::EUR), Overbooking::Yes { limit: None });
    let (account, collects) = (account_id(0), Collects::All);
    let kind = Collector { account, collects, rate: Some(highest), allowance: None, fee: None };
    let line = BillingLine { id: line_id(0), tasks: None, kind: LineKind::Collector(kind) };
    let mut world = World::new(vec![line], [purse]);
    let plan = world.add(&booking(1, day("2026-04-10"), longest)).expect("it can be booked");
    let portions = plan.booking.expect("it is new").portions;
    assert_eq!((portions[0].seconds.0, portions[1].target), (36_000, Target::Unassigned));
    assert_eq!(portions[0].taken, Amount::LARGEST);
}

/// Red when: figures that do not fit wrap around.
#[test]
fn what_does_not_fit_in_splitting_is_none() {
    let highest = Price::new(Decimal::from(1_000_000_000)).expect("a rate");
    assert_eq!(worth(Seconds(i64::MAX), highest, Currency::EUR), None);
    let most = [(booking_id(1), Seconds(i64::MAX)), (booking_id(2), Seconds(1))];
    assert_eq!(effort_line(&most, rate(1), Currency::EUR), None);
    assert_eq!(effort_line(&[(booking_id(1), Seconds(-1))], rate(10_000), Currency::EUR), None);
    let nothing = effort_line(&[], rate(10_000), Currency::EUR).expect("nothing");
    assert_eq!((nothing.total, nothing.shares), (0, Vec::new()));
    assert!(Interval::weeks(u32::MAX).is_none());
    for (minimum, step) in [(-1, 1), (0, 0), (0, -1), (LONGEST.0 + 1, 1), (0, LONGEST.0 + 1)] {
        assert!(BookingRounding::new(Seconds(minimum), Seconds(step)).is_err());
    }
}

/// Red when: a line is saved on which nothing can be booked, or one is refused that takes time.
#[test]
fn lines_of_splitting_are_checked_as_booking_does() {
    let eur = Unit::Money(Currency::EUR);
    let on = |rate_of: Option<i64>, allowance| {
        let (account, collects) = (account_id(0), Collects::All);
        LineKind::Collector(Collector { account, collects, rate: rate_of.map(rate), allowance, fee: None })
    };
    let line = |kind| BillingLine { id: line_id(0), tasks: None, kind };
    let (mismatch, range) = (Some("unit_mismatch"), Some("rate_out_of_range"));
    for (kind, unit, wrong) in [
        (LineKind::FlatRate, None, None),
        (LineKind::Effort { rate: rate(0) }, None, None),
        (LineKind::Effort { rate: rate(-1) }, None, range),
        (on(None, None), None, Some("unknown_account")),
        (on(None, None), Some(Unit::Time), None),
        (on(None, Some(every_month(45))), Some(Unit::Time), None),
        (on(Some(8_000), None), Some(Unit::Time), mismatch),
        (on(Some(8_000), None), Some(eur), None),
        (on(None, None), Some(eur), mismatch),
        (on(Some(0), None), Some(eur), range),
        (on(Some(8_000), Some(every_month(45))), Some(eur), mismatch),
        (on(Some(8_000), None), Some(Unit::Money(Currency::JPY)), mismatch),
    ] {
        let found = line(kind).check(unit, Currency::EUR);
        assert_eq!(found.as_ref().err().map(SplitError::name), wrong, "{found:?}");
    }
}

/// Red when: periods without length give something, or stop the program.
#[test]
fn strange_allowances_of_splitting_give_nothing() {
    let anchor = day("2026-01-01");
    let periods = |every| Periods { anchor, every };
    let strange = [
        Allowance { most: Seconds(60), periods: periods(Interval::Days(0)) },
        Allowance { most: Seconds(60), periods: periods(Interval::Months(0)) },
        Allowance { most: Seconds(0), periods: periods(Interval::Months(1)) },
        Allowance { most: Seconds(-60), periods: periods(Interval::Months(1)) },
    ];
    for allowance in strange {
        assert_eq!(allowance.grant(line_id(0), day("2026-04-10")), None, "{allowance:?}");
    }
}

/// The database keeps these ids. Red when: a lot gets another id, or two get the same.
#[test]
fn lots_of_splitting_have_an_id_made_of_line_and_period() {
    let allowance =
        Allowance { periods: Periods { anchor: day("2026-01-01"), every: Interval::Days(1) }, ..every_month(45) };
    let mut lots = BTreeSet::<LotId>::new();
    for line in 0..60 {
        let mut date = day("2026-01-01");
        for _ in 0..1_000 {
            let request = allowance.grant(line_id(line), date).expect("something is free");
            assert_eq!((request.valid_from, request.amount.units()), (date, 45 * 60));
            lots.insert(request.lot);
            date = date.succ_opt().expect("a day");
        }
    }
    assert_eq!(lots.len(), 60_000);
    assert!(lots.iter().all(|lot| lot.uuid().get_version_num() == 8));
    let of = |line: u8, date: &str| every_month(45).grant(line_id(line), day(date)).expect("free").lot.to_string();
    assert_eq!(of(0, "2026-04-01"), of(0, "2026-04-30"));
    assert_eq!(of(0, "2026-04-30"), "4a2a54c4-a52a-81a6-8702-47563dce4b7b");
    assert_eq!(of(1, "2026-05-01"), "1e3c1142-941f-873b-9b22-18142f19d314");
}

/// Red when: bookings that stay are posted again, or the wrong one takes the place that is free.
#[test]
fn many_later_bookings_of_splitting_are_poured_again() {
    let mut world = maintenance();
    let ids = |number: u128| domain::BookingId::new(Uuid::from_u128(900_000 + number));
    for number in 0..300_u128 {
        let new = domain::splitting::Booking { id: ids(number), ..booking(0, day("2026-04-10"), 60) };
        world.add(&new).expect("it can be booked");
    }
    let plan = world.delete(ids(0)).expect("nothing is locked");
    // Each of the first 45 minutes was free: the 46th booking takes the place of the first.
    let changed: Vec<_> = plan.changed().map(|other| other.booking).collect();
    assert_eq!(changed, [ids(45)]);
    assert_eq!((plan.others.len(), plan.postings.len()), (1, 2));
    assert_eq!(world.facts.bookings.len(), 299);
    let account: AccountId = account_id(0);
    assert_eq!(world.ledgers[&account].view.available(day("2026-04-10")), Ok(Amount::ZERO));
}
