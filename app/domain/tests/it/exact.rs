//! Exact types: rounding, money, seconds, ranges of dates.

use std::str::FromStr;

use chrono::NaiveDate;
use domain::{
    Currency, DateRange, DrawId, LotId, Money, Seconds, money,
    rounding::{largest_remainder, to_whole},
};
use proptest::{collection::vec, prelude::any, prop_oneof, strategy::Strategy};
use rust_decimal::Decimal;

use crate::plans::for_every;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a decimal number")
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::from_str(text).expect("a date")
}

/// Red when: halves are rounded to the even neighbour.
#[test]
fn halves_are_rounded_away_from_zero() {
    let expected = [
        ("0", 0),
        ("0.4999999999999999999999999999", 0),
        ("0.5", 1),
        ("1.5", 2),
        ("2.5", 3),
        ("-0.4999999999999999999999999999", 0),
        ("-0.5", -1),
        ("-1.5", -2),
        ("-2.5", -3),
        ("9223372036854775807.4", i64::MAX),
        ("-9223372036854775808.4", i64::MIN),
    ];
    for (value, whole) in expected {
        assert_eq!(to_whole(decimal(value)), Some(whole), "{value}");
    }
}

#[test]
fn what_does_not_fit_is_none_and_never_wraps() {
    for value in ["9223372036854775807.5", "-9223372036854775808.5", "79228162514264337593543950335"] {
        assert_eq!(to_whole(decimal(value)), None, "{value}");
    }
}

/// Red when: halves are rounded to the even neighbour; when they are cut off.
#[test]
fn rounding_is_within_half_a_unit_and_symmetric() {
    // Every length of fraction, and many numbers that end in exactly one half.
    let values = prop_oneof![
        (any::<i64>(), 0..=18_u32).prop_map(|(digits, scale)| Decimal::new(digits, scale)),
        (-1_000_000..1_000_000_i64).prop_map(|digits| Decimal::new(digits * 10 + 5, 1)),
    ];
    for_every(values, |value| {
        let Some(whole) = to_whole(value) else { panic!("{value} fits") };
        let off = Decimal::from(whole) - value;
        assert!(off.abs() <= Decimal::new(5, 1), "{value} to {whole}");
        if off.abs() == Decimal::new(5, 1) {
            assert!(Decimal::from(whole).abs() > value.abs(), "a half goes away from zero: {value} to {whole}");
        }
        assert_eq!(to_whole(-value).and_then(i64::checked_neg), to_whole(value));
    });
}

#[test]
fn shares_by_largest_remainder() {
    let split = |total, weights: &[i64]| largest_remainder(total, weights).expect("a split");
    assert_eq!(split(100, &[1, 1, 1]), [34, 33, 33], "the earlier of equals gets the odd unit");
    assert_eq!(split(-100, &[1, 1, 1]), [-34, -33, -33]);
    assert_eq!(split(5, &[1, 1]), [3, 2]);
    assert_eq!(split(10, &[1, 2, 3]), [2, 3, 5], "1.67, 3.33, 5");
    assert_eq!(split(1, &[0, 0, 7]), [0, 0, 1], "no weight, no share");
    assert_eq!(split(7, &[0, 0]), [7, 0], "without any weight everything goes to the first");
    assert_eq!(split(0, &[3, 4]), [0, 0]);
    assert_eq!(split(i64::MIN, &[i64::MAX]), [i64::MIN]);
    assert_eq!(split(i64::MAX, &[i64::MAX, i64::MAX]), [i64::MAX / 2 + 1, i64::MAX / 2]);
}

#[test]
fn no_split_without_weights_or_with_a_negative_one() {
    assert_eq!(largest_remainder(1, &[]), None);
    assert_eq!(largest_remainder(1, &[2, -1]), None);
    assert_eq!(largest_remainder(1, &[i64::MIN, i64::MAX]), None);
}

/// Red when: the missing units go to the smallest remainders; when of two equal remainders the later one is served.
#[test]
fn shares_add_up_stay_close_and_prefer_the_earlier() {
    let totals = || prop_oneof![-1_000..1_000_i64, any::<i64>()];
    let weights = || prop_oneof![vec(0..=6_i64, 1..8), vec(0..=i64::MAX, 1..8)];
    for_every((totals(), weights()), |(total, weights)| {
        let shares = largest_remainder(total, &weights).expect("weights that are not negative");
        let wide = |number: i64| i128::from(number);
        assert_eq!(shares.len(), weights.len());
        assert_eq!(shares.iter().map(|s| wide(*s)).sum::<i128>(), wide(total), "nothing is lost");
        let sum: i128 = weights.iter().map(|w| wide(*w)).sum();
        if sum == 0 {
            return assert_eq!(shares[0], total);
        }
        // Everything times `sum`, so that there are no fractions: exact is total * weight, a unit is sum.
        let mut given = Vec::new();
        for (share, weight) in shares.iter().zip(&weights) {
            let (exact, sign) = ((wide(total) * wide(*weight)).abs(), wide(total).signum());
            let (share, rest) = (wide(*share) * sign, exact % sum);
            let extra = share - exact / sum;
            assert!(extra == 0 || (extra == 1 && rest > 0), "{share} of {exact}/{sum}");
            given.push((rest, extra));
        }
        for (at, (rest, extra)) in given.iter().enumerate() {
            for (other_at, (other_rest, other_extra)) in given.iter().enumerate() {
                let before = rest > other_rest || (rest == other_rest && at < other_at);
                assert!(!before || extra >= other_extra, "{total} over {weights:?}: {shares:?}");
            }
        }
    });
}

/// Red when: every currency has two decimals.
#[test]
fn money_has_the_decimals_of_its_currency() {
    let expected = [
        ("399.99", Currency::EUR, 39_999),
        ("0.005", Currency::EUR, 1),
        ("-0.005", Currency::EUR, -1),
        ("1.0049999999999999999999999999", Currency::EUR, 100),
        ("12.5", Currency::JPY, 13),
        ("-12.5", Currency::JPY, -13),
        ("1.2345", Currency::TND, 1_235),
        ("-1.2345", Currency::TND, -1_235),
    ];
    for (major, currency, minor) in expected {
        assert_eq!(Money::rounded(decimal(major), currency), Some(Money { minor, currency }), "{major}");
    }
    assert_eq!([Currency::EUR, Currency::JPY, Currency::TND].map(money::decimals), [2, 0, 3]);
}

#[test]
fn money_that_does_not_fit_is_none() {
    assert_eq!(Money::rounded(Decimal::MAX, Currency::EUR), None);
    assert_eq!(Money::rounded(Decimal::MIN, Currency::JPY), None);
    assert_eq!(Money::rounded(decimal("92233720368547758.08"), Currency::EUR), None);
    let most = Money { minor: i64::MAX, currency: Currency::EUR };
    assert_eq!(Money::rounded(decimal("92233720368547758.07"), Currency::EUR), Some(most));
}

/// Red when: the major units are cut to two decimals.
#[test]
fn money_to_major_units_and_back_is_exact() {
    for_every((any::<i64>(), 0..3_usize), |(minor, which)| {
        let money = Money { minor, currency: [Currency::EUR, Currency::JPY, Currency::TND][which] };
        assert_eq!(Money::rounded(money.major(), money.currency), Some(money));
    });
}

/// Red when: minutes are not cut at the hour.
#[test]
fn seconds_to_parts_and_back() {
    assert_eq!(Seconds(-5_400).parts(), (1, 30, 0), "the sign is the caller's");
    assert_eq!(Seconds(3_661).parts(), (1, 1, 1));
    assert_eq!(Seconds(i64::MIN).parts(), (2_562_047_788_015_215, 30, 8), "the number without a positive");
    for_every(0..=i64::MAX, |all| {
        let (hours, minutes, seconds) = Seconds(all).parts();
        assert!(minutes < 60 && seconds < 60);
        assert_eq!(Seconds::from_parts(hours, minutes, seconds), Some(Seconds(all)));
        assert_eq!(Seconds(-all).parts(), (hours, minutes, seconds));
    });
}

#[test]
fn parts_that_are_no_time_are_none() {
    assert_eq!(Seconds::from_parts(1, 60, 0), None);
    assert_eq!(Seconds::from_parts(1, 0, 60), None);
    assert_eq!(Seconds::from_parts(u64::MAX, 0, 0), None);
    assert_eq!(Seconds::from_parts(2_562_047_788_015_215, 30, 8), None, "one more than fits");
    assert_eq!(Seconds::from_parts(2_562_047_788_015_215, 30, 7), Some(Seconds(i64::MAX)));
    assert_eq!(Seconds::from_parts(0, 0, 0), Some(Seconds(0)));
}

/// Red when: the last day of a range is taken to belong to it; when an empty range is made.
#[test]
fn ranges_are_half_open() {
    let april = DateRange::new(day("2026-04-01"), Some(day("2026-05-01"))).expect("a month");
    let inside = ["2026-03-31", "2026-04-01", "2026-04-30", "2026-05-01"].map(|text| april.contains(day(text)));
    assert_eq!(inside, [false, true, true, false]);
    assert_eq!(april.last_day(), Some(day("2026-04-30")));
    assert_eq!(DateRange::new(day("2026-04-01"), Some(day("2026-04-01"))), None, "empty");
    assert_eq!(DateRange::new(day("2026-04-02"), Some(day("2026-04-01"))), None, "inverted");

    let open = DateRange::new(day("2026-04-01"), None).expect("without end");
    assert!(open.contains(NaiveDate::MAX) && !open.contains(day("2026-03-31")));
    assert_eq!(open.last_day(), None);
    let all = DateRange::new(NaiveDate::MIN, Some(NaiveDate::MAX)).expect("nearly everything");
    assert!(all.contains(NaiveDate::MIN) && !all.contains(NaiveDate::MAX));
    let first = DateRange { from: NaiveDate::MIN, until: Some(NaiveDate::MIN) };
    assert_eq!(first.last_day(), None, "there is no day before the first one");
}

#[test]
fn ids_are_read_from_text_and_written_back() {
    let text = "0190f2a4-7c1e-7b3a-9d52-3f0a5b6c7d8e";
    let lot = LotId::from_str(&format!("  {text} ")).expect("an id with spaces around it");
    assert_eq!(lot.to_string(), text);
    let not_an_id = DrawId::from_str("no id").expect_err("not an id");
    assert_eq!(not_an_id.to_string(), "not an id: no id");
    let long = LotId::from_str(&"ä".repeat(1_000)).expect_err("not an id");
    assert_eq!(long.0.chars().count(), 64, "what somebody sent is not repeated at any length");
}
