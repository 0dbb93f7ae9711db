//! Fees of collectors: how they are kept, and when their periods are due.

use chrono::NaiveDate;
use domain::{
    BillingLineId, Currency, Interval, Periods, Price,
    billing::{DueFee, bill_fees},
    contracts::TermsError,
    splitting::{BillingLine, Fee, LineKind},
};
use uuid::Uuid;

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

/// Monthly from April to the middle of June.
fn fee(price: &str) -> Fee {
    Fee {
        price: price.parse().expect("a price"),
        periods: Periods { anchor: day("2026-04-01"), every: Interval::Months(1) },
        vat: "19".parse().expect("a rate"),
        end: Some(day("2026-06-15")),
    }
}

/// Red when: lines that were kept before there were fees cannot be read, or a fee does not come back as it was kept.
#[test]
fn a_line_is_read_with_its_fee_and_without() {
    let account = "0198f2f0-0000-7000-8000-00000000000a";
    let kept = format!(
        r#"{{"id":"{account}","tasks":null,"kind":"collector","account":"{account}","collects":"all","rate":null,"allowance":null}}"#
    );
    let mut line: BillingLine = serde_json::from_str(&kept).expect("it can be read");
    assert_eq!(line.fee(), None);
    assert_eq!(serde_json::to_string(&line).expect("JSON"), kept, "nothing else is kept of a line without a fee");
    let LineKind::Collector(collector) = &mut line.kind else { panic!("a collector") };
    collector.fee = Some(fee("150.5"));
    let kept = serde_json::to_string(&line).expect("JSON");
    assert_eq!(serde_json::from_str::<BillingLine>(&kept).expect("it can be read"), line);
}

/// Red when: a period is due a day early or late, one that the end leaves nothing of is billed, or a re-run bills what is
/// not due.
#[test]
fn periods_are_due_on_their_first_day() {
    let fee = fee("150");
    let due = |next, as_of| fee.due(next, day(as_of)).into_iter().map(|period| period.number).collect::<Vec<_>>();
    assert!(due(0, "2026-03-31").is_empty());
    assert_eq!(due(0, "2026-04-01"), [0]);
    assert_eq!(due(1, "2026-12-31"), [1, 2]);
    assert_eq!((fee.due_on(2), fee.due_on(3)), (Some(day("2026-06-01")), None));
    let among = fee.due_among([0, 1, 2, 3], day("2026-05-01"));
    assert_eq!(among.iter().map(|period| period.number).collect::<Vec<_>>(), [0, 1]);
    let last = fee.period(2).expect("a period");
    assert_eq!((last.range.until, last.service.until), (Some(day("2026-07-01")), Some(day("2026-06-16"))));
}

/// Red when: ending a fee makes it longer, or an end before the start is taken or made.
#[test]
fn a_fee_ends_and_never_gets_longer_by_it() {
    let fee = fee("150");
    let until = |last: &str| Fee { end: Some(day(last)), ..fee };
    assert_eq!(fee.ended(day("2026-05-10"), false), Some(until("2026-05-10")));
    assert_eq!(fee.ended(day("2026-07-01"), false), Some(fee));
    assert_eq!(Fee { end: None, ..fee }.ended(day("2026-05-10"), true), Some(until("2026-05-10")));
    // One that ends before it began is none, unless its first period was billed ahead.
    assert_eq!(fee.ended(day("2026-03-01"), false), None);
    assert_eq!(fee.ended(day("2026-03-01"), true), Some(until("2026-04-01")));
    assert!(until("2026-04-01").due(1, day("2026-12-31")).is_empty());
    let never = until("2026-03-01");
    assert!(never.due(0, day("2026-12-31")).is_empty());
    let (start, end) = (day("2026-04-01"), day("2026-03-02"));
    assert_eq!(never.check_end(), Err(TermsError::EndsBeforeStart { start, end }));
    assert_eq!(Fee { end: Some(start), ..fee }.check_end(), Ok(()));
    assert_eq!((fee.days().and_then(|days| days.last_day()), never.days()), (fee.end, None));
}

/// Red when: a fee may cost less than nothing, or the sum over several lines is not that of the lines.
#[test]
fn a_fee_costs_nothing_or_more() {
    assert!(fee("0").check_price().is_ok());
    assert_eq!(fee("-0.01").check_price().expect_err("less than nothing").least, Price::default().value());
    let due = |number: u128, price: &str| {
        let (fee, line) = (fee(price), BillingLineId::new(Uuid::from_u128(number)));
        DueFee { line, name: "Fee".to_owned(), fee, periods: fee.due(0, day("2026-06-30")) }
    };
    let fine = bill_fees(&[due(1, "150"), due(2, "1")], Currency::EUR).expect("it fits");
    assert_eq!((fine.fees.len(), fine.totals.net), (6, 37_500 + 250));
    assert!(bill_fees(&[], Currency::EUR).expect("nothing").fees.is_empty());
}
