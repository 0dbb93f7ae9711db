//! Prices, quantities and discounts: what is possible, and what is read.

use std::{fmt::Debug, str::FromStr};

use domain::{Discount, Price, Quantity, decimals::OutOfRange};
use rust_decimal::Decimal;

use crate::plans::for_every;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a decimal number")
}

fn check<Number>(possible: &[&str], impossible: &[&str])
where
    Number: TryFrom<Decimal, Error = OutOfRange> + FromStr<Err = OutOfRange> + Copy + Debug + PartialEq,
    Decimal: From<Number>,
{
    for text in possible {
        let number = Number::try_from(decimal(text)).expect(text);
        assert_eq!(Decimal::from(number), decimal(text), "as it is kept");
        assert_eq!(Number::from_str(text), Ok(number), "as it is typed");
    }
    for text in impossible {
        let limits = Number::try_from(decimal(text)).expect_err(text);
        assert_eq!(Number::from_str(text), Err(limits), "{text}");
    }
}

/// Red when: a limit itself is not possible, or a little more is; when one decimal more is; when zeros at the end count
/// as decimals.
#[test]
fn numbers_have_their_limits_and_decimals() {
    check::<Price>(
        &["0", "0.0001", "-0.0001", "399.99", "1.23450000", "1000000000", "-1000000000.0000", "999999999.9999"],
        &["0.00001", "1.23451", "1000000000.0001", "-1000000000.0001", "79228162514264337593543950335"],
    );
    check::<Quantity>(
        &["0", "0.0001", "-0.0001", "1.50000", "1000000", "-1000000", "999999.9999"],
        &["0.00001", "-1.00005", "1000000.0001", "-1000000.0001", "1000001"],
    );
    check::<Discount>(&["0", "0.01", "33.33", "99.99", "100", "100.00"], &["-0.01", "100.01", "33.333", "101", "-100"]);
    let limits = Discount::try_from(decimal("101")).expect_err("too much");
    assert_eq!(limits, Discount::limits());
    assert_eq!(limits.to_string(), "not a number from 0 to 100 with at most 2 decimals");
    let price = Price::limits();
    assert_eq!((price.least, price.most, price.decimals), (decimal("-1000000000"), decimal("1000000000"), 4));
    let quantity = Quantity::limits();
    assert_eq!((quantity.least, quantity.most, quantity.decimals), (decimal("-1000000"), decimal("1000000"), 4));
}

/// Red when: powers, signs, spaces or separators are read; when what has too many decimals to be kept is rounded.
#[test]
fn only_plain_digits_are_read() {
    let wrong = [
        "", " ", ".", "-", "-.", "--1", "1-", "1-2", "1.2.3", "..", "+1", "+", " 1", "1 ", "1e3", "1E3", "1_000",
        "1,5", "1'000", "0x10", "NaN", "inf", "\u{661}", "1\u{a0}", "−1", "\0", "5%",
    ];
    for text in wrong {
        assert_eq!(Price::from_str(text), Err(Price::limits()), "{text:?}");
        assert_eq!(Quantity::from_str(text), Err(Quantity::limits()), "{text:?}");
        assert_eq!(Discount::from_str(text), Err(Discount::limits()), "{text:?}");
    }
    let nines = format!("0.{}", "9".repeat(40));
    let long = ["1".repeat(40), "9".repeat(2_000), nines, format!("1.{}1", "0".repeat(40))];
    for text in &long {
        assert_eq!(Price::from_str(text), Err(Price::limits()), "{text:?}");
        assert_eq!(Discount::from_str(text), Err(Discount::limits()), "{text:?}");
    }
    // What people type in a hurry and what is clear.
    for (text, value) in [("5.", "5"), (".5", "0.5"), ("-.5", "-0.5"), ("007", "7"), ("-0", "0"), ("-0.00", "0")] {
        assert_eq!(Price::from_str(text).map(Price::value), Ok(decimal(value)), "{text:?}");
    }
}

/// Red when: equal numbers are written differently because one was typed with more zeros; when nothing has a sign.
#[test]
fn equal_numbers_are_written_alike() {
    for (text, written) in
        [("1.50", "1.5"), ("100", "100"), ("0.00", "0"), ("-0", "0"), ("-0.0", "0"), ("-1.10", "-1.1")]
    {
        assert_eq!(Price::from_str(text).map(|number| number.to_string()), Ok(written.to_owned()), "{text}");
        assert_eq!(Quantity::from_str(text).map(|number| number.to_string()), Ok(written.to_owned()), "{text}");
    }
    assert_eq!(Discount::from_str("-0").map(|number| number.to_string()), Ok("0".to_owned()));
    for_every(-10_i64.pow(13)..=10_i64.pow(13), |units| {
        let price = Price::new(Decimal::new(units, 4)).expect("within the limits");
        assert_eq!(price.to_string().parse(), Ok(price), "it can be read again");
        assert_eq!(price.value(), Decimal::new(units, 4));
    });
}

/// Red when: 1.00 is several, or one that is taken back is.
#[test]
fn one_of_something_is_single() {
    for (text, single) in
        [("1", true), ("1.00", true), ("-1", true), ("0", false), ("0.5", false), ("1.01", false), ("-2", false)]
    {
        assert_eq!(Quantity::from_str(text).expect(text).is_single(), single, "{text}");
    }
}
