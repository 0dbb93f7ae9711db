//! Laws of the figures of splitting: money, rounding, the line of an invoice, and timers.

use chrono::{DateTime, Days, FixedOffset, TimeDelta, Utc};
use domain::{
    Currency, DateRange, Price, Seconds,
    contracts::{QuotaTerms, Terms},
    quota::{Amount, Overbooking, Unit},
    splitting::{
        AgreedRounding, BillingLine, BookingRounding, Collector, Collects, LineKind, Target, by_date, effort_line,
        worth,
    },
};
use proptest::{collection, option, prelude::any, sample::select};
use rust_decimal::Decimal;

use crate::{
    contract_plans::{day, digits, hours, rounded, support},
    plans::for_every,
    splitting_plans::rate,
    splitting_world::{World, account, account_id, booking, booking_id, line_id},
};

/// Red when: a rest of money pays for a second that it is not worth, or leaves one that it is; when hours x rate is rounded
/// otherwise; when overbooking goes beyond the limit.
#[test]
fn a_collector_on_money_takes_the_seconds_that_are_paid_in_splitting() {
    let limits = option::of(0..20_000_i64);
    let plans = (1..200_000_i64, 1..3_000_000_i64, limits, 1..=86_400_i64, any::<bool>());
    for_every(plans, |(cents, ten_thousandths, limit, seconds, effort)| {
        let hour = Price::new(Decimal::new(ten_thousandths, 4)).expect("a rate");
        let overbooking = limit.map_or(Overbooking::No, |limit| Overbooking::Yes { limit: Some(Amount::new(limit)) });
        let (account_of, collects) = (account_id(0), Collects::All);
        let kind = Collector { account: account_of, collects, rate: Some(hour), allowance: None, fee: None };
        let mut lines = vec![BillingLine { id: line_id(0), tasks: None, kind: LineKind::Collector(kind) }];
        if effort {
            lines.push(BillingLine { id: line_id(1), tasks: None, kind: LineKind::Effort { rate: rate(10_000) } });
        }
        let mut world = World::new(lines, [account(0, Unit::Money(Currency::EUR), overbooking)]);
        world.grant(account_of, cents, day("2026-01-01"), None);
        world.add(&booking(1, day("2026-04-10"), seconds)).expect("it can be booked");
        let posted = world.posted(booking_id(1));
        // In hundredths of a hundredth of a cent and seconds, so that nothing is rounded: seconds x rate <= money x 3600.
        let worth_of = |seconds: i64| rounded(i128::from(seconds) * i128::from(ten_thousandths), 3_600 * 100);
        let pays = |money: i64| {
            let most = i128::from(money) * 3_600 * 100 / i128::from(ten_thousandths);
            if worth_of(seconds) <= money { seconds } else { i64::try_from(most).expect("small") }
        };
        let overbooked = if effort { cents } else { cents + limit.unwrap_or_default() };
        let expected = pays(overbooked);
        let target = Target::Line { line: line_id(0) };
        let found = posted.portions.iter().find(|portion| portion.target == target);
        let found = found.map(|portion| (portion.seconds.0, portion.taken.units(), portion.amount));
        assert_eq!(found.unwrap_or_default(), (expected, worth_of(expected), 0));
        let rest = posted.portions.iter().find(|portion| portion.target != target);
        assert_eq!(rest.map_or(0, |portion| portion.seconds.0), seconds - expected);
        let open = world.ledgers[&account_of].view.open_deficit().expect("small figures").units();
        assert!(open <= limit.unwrap_or_default());
        assert_eq!(open, (worth_of(expected) - cents).max(0));
    });
}

/// Red when: what is billed is less than it should be, or a step more; when the minimum is not looked at; when a booking is
/// saved as it is.
#[test]
fn bookings_are_rounded_up_once_in_splitting() {
    for_every((0..=86_400_i64, 1..=86_400_i64, 1..=86_400_i64), |(minimum, step, real)| {
        let rounding = BookingRounding::new(Seconds(minimum), Seconds(step)).expect("within a day");
        let billed = rounding.billed(Seconds(real)).0;
        let least = real.max(minimum);
        assert!(billed >= least && billed < least + step && billed % step == 0, "{billed} of {real}");
        assert_eq!(rounding.billed(Seconds(billed)).0, billed, "what is rounded stays");
        let mut world = World::new(Vec::new(), []);
        world.facts.rounding = Some(rounding);
        let plan = world.add(&booking(1, day("2026-04-10"), real)).expect("it can be booked");
        let poured = plan.booking.expect("it is new");
        assert_eq!((poured.billed.0, poured.portions[0].seconds.0), (billed, billed));
        assert_eq!(world.posted(booking_id(1)).booking.seconds.0, real);
    });
}

/// Red when: the terms of another day count, those without a quota, or those of a contract that does not last; when a
/// contract counts although the project says something itself.
#[test]
fn a_contract_rounds_by_its_terms_of_the_day_in_splitting() {
    let versions = collection::vec((0..60_u64, option::weighted(0.8, option::of(1..=4_i64))), 0..6);
    for_every((versions, 0..40_u64, option::of(1..60_u64)), |(mut versions, start, length)| {
        versions.sort_by_key(|(since, _)| *since);
        let first = day("2026-01-01");
        let after = |days: u64| first + Days::new(days);
        let quarters = |count: i64| BookingRounding::new(Seconds(0), Seconds(count * 900)).expect("within a day");
        let known = versions.iter().map(|(since, quota)| {
            let quota = quota.map(|said| QuotaTerms { rounding: said.map(quarters), ..hours(4) });
            (after(*since), Terms { quota, ..support().terms })
        });
        let known: Vec<_> = known.collect();
        let lasts = DateRange { from: after(start), until: length.map(|length| after(start + length)) };
        let collector =
            Collector { account: account_id(0), collects: Collects::All, rate: None, allowance: None, fee: None };
        let line = BillingLine { id: line_id(0), tasks: None, kind: LineKind::Collector(collector) };
        let mut facts = World::new(vec![line], []).facts;
        facts.agreed = AgreedRounding::over(account_id(0), lasts, &known);
        let quotas = versions.iter().filter_map(|(since, quota)| quota.map(|said| (after(*since), said)));
        let quotas: Vec<_> = quotas.collect();
        for date in (0..120).map(after) {
            let of_the_day = quotas.iter().rev().find(|(since, _)| *since <= date).or(quotas.first());
            let said = of_the_day.and_then(|(_, said)| *said).filter(|_| lasts.contains(date));
            assert_eq!(facts.rounding_on(date), said.map(quarters).unwrap_or_default(), "{date}");
        }
        for own in [BookingRounding::default(), quarters(5)] {
            facts.rounding = Some(own);
            assert_eq!(facts.rounding_on(after(start)), own);
        }
    });
}

/// Red when: the portions of a line are rounded one by one on the invoice; when shares do not add up to the total, or one is
/// a cent or more away from its own.
#[test]
fn an_effort_line_of_splitting_is_rounded_once_and_shared_out() {
    let times = collection::vec(0..90_000_i64, 0..12);
    for_every((times, 0..3_000_000_i64), |(times, ten_thousandths)| {
        let hour = Price::new(Decimal::new(ten_thousandths, 4)).expect("a rate");
        let portions: Vec<_> =
            times.iter().zip(0_u8..).map(|(time, number)| (booking_id(number), Seconds(*time))).collect();
        let line = effort_line(&portions, hour, Currency::EUR).expect("small figures");
        let all: i64 = times.iter().sum();
        let exact = |seconds: i64| i128::from(seconds) * digits(hour.value(), 4);
        let total = rounded(exact(all), 3_600 * 100);
        assert_eq!((line.seconds.0, line.total), (all, total));
        assert_eq!(line.shares.iter().map(|(_, share)| share).sum::<i64>(), total);
        assert_eq!(worth(line.seconds, hour, Currency::EUR).expect("small").minor, total);
        for ((booking, share), (of, time)) in line.shares.iter().zip(&portions) {
            assert_eq!(booking, of);
            // Within a cent of its part of the total: |share x all - total x time| < all.
            let apart = i128::from(*share) * i128::from(all) - i128::from(total) * i128::from(time.0);
            assert!(apart.abs() < i128::from(all.max(1)), "{share} of {total}");
        }
    });
}

/// The clocks of Berlin in 2026: an hour back at the end of October, an hour forward at the end of March.
fn berlin(at: DateTime<Utc>) -> FixedOffset {
    let moment = |text: &str| text.parse::<DateTime<Utc>>().expect("a moment");
    let summer = moment("2026-03-29T01:00:00Z") <= at && at < moment("2026-10-25T01:00:00Z");
    FixedOffset::east_opt(if summer { 7_200 } else { 3_600 }).expect("an offset")
}

/// Red when: the last second of a day goes to the wrong one; when nothing is split; when the days are those of another zone.
#[test]
fn timers_are_split_by_days_in_splitting() {
    let hours = select(vec!["2026-03-28T00:00:00Z", "2026-10-24T00:00:00Z", "2026-06-30T12:00:00Z"]);
    for_every((hours, 0..172_800_i64, 1..=86_400_i64), |(from, after, length)| {
        let start = from.parse::<DateTime<Utc>>().expect("a moment") + TimeDelta::seconds(after);
        let end = start + TimeDelta::seconds(length);
        let pieces = by_date(start, end, berlin).expect("not too long");
        let mut at = start;
        for piece in &pieces {
            let shown = |moment: DateTime<Utc>| moment.with_timezone(&berlin(moment)).naive_local();
            assert_eq!((shown(at).date(), shown(at).time()), (piece.date, piece.start));
            at += TimeDelta::seconds(piece.seconds.0);
            assert_eq!(shown(at - TimeDelta::seconds(1)).date(), piece.date);
            assert!(at == end || shown(at).date() > piece.date, "the day is not over");
        }
        assert_eq!(at, end);
    });
}
