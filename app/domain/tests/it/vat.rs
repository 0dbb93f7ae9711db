//! Rates of value added tax.

use std::str::FromStr;

use domain::{VatRate, vat::NotARate};
use rust_decimal::Decimal;

fn decimal(text: &str) -> Decimal {
    Decimal::from_str(text).expect("a decimal number")
}

/// Red when: 100 per cent or a negative rate is possible; when a fourth decimal is; when zeros at the end count as
/// decimals.
#[test]
fn a_rate_is_from_0_to_less_than_100_with_three_decimals() {
    for possible in ["0", "-0", "0.0000", "0.001", "7", "8.1", "19.000000", "99.999"] {
        let rate = VatRate::from_percent(decimal(possible)).expect(possible);
        assert_eq!(rate.percent(), decimal(possible));
        assert_eq!(Decimal::from(rate), decimal(possible), "as it is kept");
        assert_eq!(VatRate::try_from(decimal(possible)), Ok(rate), "as it is read again");
    }
    for impossible in ["-0.001", "-19", "100", "100.001", "99.9999", "0.0001", "79228162514264337593543950335"] {
        assert_eq!(VatRate::from_percent(decimal(impossible)), Err(NotARate), "{impossible}");
        assert_eq!(VatRate::try_from(decimal(impossible)), Err(NotARate), "{impossible}");
    }
}

/// Red when: signs, spaces or powers are read; when equal rates are not equal because one was typed with more zeros; when more
/// decimals than can be kept are rounded.
#[test]
fn a_rate_is_read_from_plain_digits_and_written_back() {
    for (text, written) in [("19", "19"), ("19.0", "19"), ("8.10", "8.1"), ("0", "0"), ("00.5", "0.5"), ("20", "20")] {
        assert_eq!(VatRate::from_str(text).map(|rate| rate.to_string()), Ok(written.to_owned()), "{text}");
    }
    assert_eq!(VatRate::from_str("19"), VatRate::from_str("19.000"));
    let (long, close) = (format!("19.{}1", "0".repeat(40)), format!("18.{}", "9".repeat(40)));
    for wrong in [&long, &close] {
        assert_eq!(VatRate::from_str(wrong), Err(NotARate), "{wrong:?} is not rounded");
    }
    for wrong in ["", ".", "+19", "-0", "-19", " 19", "19 ", "1e1", "1_9", "19%", "8,1", "1.2.3", "100", "0.0001"] {
        assert_eq!(VatRate::from_str(wrong), Err(NotARate), "{wrong:?}");
    }
}
