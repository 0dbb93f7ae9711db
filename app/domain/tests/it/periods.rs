//! Periods: counted from their anchor, without gaps, and never beyond the calendar.

use std::str::FromStr;

use chrono::{Datelike, Days, NaiveDate};
use domain::{Interval, Periods};
use proptest::{prelude::any, prop_oneof, strategy::Strategy};

use crate::plans::for_every;

fn day(text: &str) -> NaiveDate {
    NaiveDate::from_str(text).expect("a date")
}

fn months(anchor: &str, count: u32) -> Periods {
    Periods { anchor: day(anchor), every: Interval::Months(count) }
}

fn days(anchor: &str, count: u32) -> Periods {
    Periods { anchor: day(anchor), every: Interval::Days(count) }
}

fn starts(periods: Periods, numbers: std::ops::RangeInclusive<i64>) -> Vec<String> {
    numbers.map(|number| periods.start(number).expect("within the calendar").to_string()).collect()
}

/// Red when: a period is counted from the start of the one before.
#[test]
fn a_short_month_does_not_stay() {
    let expected = ["2025-11-30", "2025-12-31", "2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"];
    assert_eq!(starts(months("2026-01-31", 1), -2..=4), expected);
    assert_eq!(starts(months("2026-01-30", 1), 0..=2), ["2026-01-30", "2026-02-28", "2026-03-30"]);
    assert_eq!(starts(months("2026-08-31", 3), -1..=2), ["2026-05-31", "2026-08-31", "2026-11-30", "2027-02-28"]);
}

#[test]
fn leap_days_are_there_when_the_year_has_them() {
    let yearly = starts(months("2028-02-29", 12), -4..=4);
    assert_eq!(
        [&yearly[0], &yearly[1], &yearly[4], &yearly[5]],
        ["2024-02-29", "2025-02-28", "2028-02-29", "2029-02-28"]
    );
    assert_eq!(yearly[8], "2032-02-29");
    assert_eq!(starts(months("2096-02-29", 48), 0..=2), ["2096-02-29", "2100-02-28", "2104-02-29"], "2100 has none");
    assert_eq!(starts(months("2027-12-31", 1), 2..=3), ["2028-02-29", "2028-03-31"]);
    assert_eq!(starts(days("2028-02-28", 1), 0..=2), ["2028-02-28", "2028-02-29", "2028-03-01"]);
}

/// Red when: negative numbers are counted forward.
#[test]
fn periods_before_the_anchor_have_negative_numbers() {
    let weekly = days("2026-01-01", 7);
    assert_eq!(starts(weekly, -2..=1), ["2025-12-18", "2025-12-25", "2026-01-01", "2026-01-08"]);
    let found = ["2025-12-24", "2025-12-25", "2025-12-31", "2026-01-01", "2026-01-07", "2026-01-08"];
    assert_eq!(found.map(|text| weekly.number_of(day(text))), [-2, -1, -1, 0, 0, 1].map(Some));
    let quarterly = months("2026-01-31", 3);
    let found = ["2025-10-30", "2025-10-31", "2026-01-30", "2026-01-31", "2026-04-29", "2026-04-30"];
    assert_eq!(found.map(|text| quarterly.number_of(day(text))), [-2, -1, -1, 0, 0, 1].map(Some));
}

/// Red when: the neighbours of the guess are not tried: clamped days put a day into another month's period.
#[test]
fn days_around_a_clamped_start_have_the_right_number() {
    let monthly = months("2026-01-31", 1);
    let around = ["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-30", "2026-03-31", "2026-04-29", "2026-04-30"];
    assert_eq!(around.map(|text| monthly.number_of(day(text))), [0, 1, 1, 1, 2, 2, 3].map(Some));
}

/// Red when: days are preferred to months; when an almost whole month counts as one.
#[test]
fn a_span_is_counted_in_months_when_it_is_whole_months() {
    let spans = [
        ("2026-01-01", "2026-02-01", Interval::Months(1)),
        ("2026-01-31", "2026-02-28", Interval::Months(1)),
        ("2026-01-15", "2026-04-15", Interval::Months(3)),
        ("2028-02-29", "2029-02-28", Interval::Months(12)),
        ("2026-02-01", "2026-03-01", Interval::Months(1)),
        ("2026-02-28", "2026-03-31", Interval::Days(31)),
        ("2026-01-01", "2026-01-31", Interval::Days(30)),
        ("2026-01-01", "2026-01-02", Interval::Days(1)),
        ("2026-01-31", "2026-02-01", Interval::Days(1)),
        ("2026-01-31", "2026-03-01", Interval::Days(29)),
    ];
    for (from, until, every) in spans {
        let found = Periods::spanning(day(from), day(until));
        assert_eq!(found, Some(Periods { anchor: day(from), every }), "{from} .. {until}");
    }
    assert_eq!(Periods::spanning(day("2026-01-01"), day("2026-01-01")), None, "empty");
    assert_eq!(Periods::spanning(day("2026-01-02"), day("2026-01-01")), None, "inverted");
    assert_eq!(Periods::spanning(NaiveDate::MAX, NaiveDate::MIN), None, "inverted as far as can be");
}

/// Red when: a number is cut to the width of the calendar's own types.
#[test]
fn nothing_lies_beyond_the_calendar() {
    for periods in
        [months("2026-01-31", 1), months("2026-01-31", u32::MAX), days("2026-01-31", 1), days("2026-01-31", u32::MAX)]
    {
        assert_eq!(periods.start(0), Some(day("2026-01-31")));
        for number in [i64::MIN, i64::MIN + 1, -(1 << 32), 1 << 32, i64::MAX - 1, i64::MAX] {
            assert_eq!((periods.start(number), periods.nth(number)), (None, None), "{periods:?} {number}");
        }
    }
    assert_eq!(months("2026-01-31", u32::MAX).nth(0), None, "it would end beyond");
    assert_eq!(months("2026-01-31", u32::MAX).number_of(day("2026-01-31")), None);
    let daily = days("2026-01-31", 1);
    let (first, last) = (NaiveDate::MIN, NaiveDate::MAX);
    assert_eq!(daily.number_of(last), None, "the last day of the calendar has no day after it");
    let before_last = last.pred_opt().and_then(|day| daily.number_of(day)).expect("the day before has");
    assert_eq!(daily.start(before_last + 1), Some(last));
    assert_eq!(daily.number_of(first).and_then(|number| daily.start(number)), Some(first));
    assert_eq!(Periods { anchor: last, every: Interval::Months(1) }.nth(0), None);
    assert!(Periods { anchor: first, every: Interval::Months(1) }.nth(0).is_some());
    assert!(Periods { anchor: first, every: Interval::Days(1) }.number_of(last.pred_opt().expect("a day")).is_some());
}

#[test]
fn periods_without_length_hold_no_day() {
    for periods in [months("2026-01-31", 0), days("2026-01-31", 0)] {
        for number in [i64::MIN, -1, 0, 1, i64::MAX - 1, i64::MAX] {
            assert_eq!(periods.nth(number), None);
        }
        for on in [NaiveDate::MIN, day("2026-01-30"), day("2026-01-31"), NaiveDate::MAX] {
            assert_eq!(periods.number_of(on), None);
        }
    }
}

fn anchors() -> impl Strategy<Value = NaiveDate> {
    // Mostly ends of months: there the lengths differ.
    let ends = (1_999..2_105_i32, 1..=12_u32, 27..=31_u32)
        .prop_filter_map("no such day", |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    prop_oneof![2 => ends, 1 => (0..40_000_u64).prop_map(|n| day("1999-01-01") + Days::new(n))]
}

fn intervals() -> impl Strategy<Value = Interval> {
    let long = (1..5_000_u32).prop_map(Interval::Days);
    prop_oneof![3 => (1..=25_u32).prop_map(Interval::Months), 1 => (1..40_u32).prop_map(Interval::Days), 1 => long]
}

/// Red when: a month's end is taken from the period before; when `number_of` does not try its neighbours.
#[test]
fn every_day_belongs_to_exactly_one_period() {
    for_every((anchors(), intervals(), anchors()), |(anchor, every, on)| {
        let periods = Periods { anchor, every };
        let number = periods.number_of(on).expect("near days have a period");
        let own = periods.nth(number).expect("which is there");
        assert!(own.contains(on), "{on} in {own:?}");
        for away in -3..=3_i64 {
            let other = periods.nth(number + away).expect("near");
            assert_eq!(other.contains(on), away == 0, "{on} in period {away} away: {other:?}");
            let next = periods.nth(number + away + 1).expect("near");
            assert_eq!(other.until, Some(next.from), "no gap and no overlap");
            assert_eq!(periods.number_of(other.from), Some(number + away), "the number of its first day");
            assert_eq!(other.last_day().and_then(|last| periods.number_of(last)), Some(number + away));
            if let Interval::Months(_) = every {
                let clamped = other.from.day() == anchor.day() || other.from.succ_opt().is_some_and(|d| d.day() == 1);
                assert!(clamped && other.from.day() <= anchor.day(), "{other:?} from {anchor}");
            }
        }
        let again = Periods::spanning(own.from, own.until.expect("an end")).expect("not empty");
        assert_eq!(again.nth(0), Some(own), "a period spans itself");
    });
}

/// Red when: any of the steps on the way panics or wraps around.
#[test]
fn no_number_and_no_day_make_a_panic() {
    let far = || (-95_000_000..95_000_000_i32).prop_filter_map("no such day", NaiveDate::from_num_days_from_ce_opt);
    let near_limits = prop_oneof![far(), anchors(), proptest::sample::select(vec![NaiveDate::MIN, NaiveDate::MAX])];
    let every =
        prop_oneof![any::<u32>().prop_map(Interval::Months), any::<u32>().prop_map(Interval::Days), intervals()];
    for_every((near_limits, every, any::<i64>(), -5_000..5_000_i64), |(anchor, every, number, small)| {
        let periods = Periods { anchor, every };
        for number in [number, small] {
            if let Some(range) = periods.nth(number) {
                assert_eq!(periods.number_of(range.from), Some(number));
            }
        }
        for on in [NaiveDate::MIN, day("2026-04-01"), NaiveDate::MAX] {
            let found = periods.number_of(on).and_then(|number| periods.nth(number));
            assert!(found.is_none_or(|range| range.contains(on)));
            let _ = Periods::spanning(anchor, on);
        }
    });
}
