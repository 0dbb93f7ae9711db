//! Articles that say how what they sell is billed, and the lines that are made of them.

use domain::{
    Currency, Interval, Price, Seconds,
    documents::LineUnit,
    quota::{Amount, Overbooking, QuotaError, Unit},
    splitting::{ArticleBilling, BillingLine, ByDuration, Collector, Collects, LineKind, Target, WrongUnit},
};

use crate::{
    contract_plans::day,
    splitting_world::{World, account, account_id, booking, line_id},
};

/// 45 minutes a month.
fn maintenance() -> ByDuration {
    ByDuration {
        every: Interval::Months(1),
        most: Seconds(45 * 60),
        most_every: Interval::Months(1),
        collects: Collects::Billable,
        reported: true,
    }
}

fn price(text: &str) -> Price {
    text.parse().expect("a price")
}

/// Maintenance for 150.00 a month with 45 minutes, then support for 100.00 an hour. Red when: what an article says is
/// lost on the way to its line, or the fee is charged for something else than its own periods.
#[test]
fn lines_that_are_made_from_articles_split_and_bill_as_the_articles_say() {
    let (article, start, vat) = (maintenance(), day("2026-04-01"), "19".parse().expect("a rate"));
    let fee = article.fee(price("150"), vat, start).expect("it costs something");
    let collector = Collector {
        account: account_id(0),
        collects: article.collects,
        rate: None,
        allowance: Some(article.allowance(start)),
        fee: Some(fee),
    };
    let kinds = [LineKind::Collector(collector), LineKind::Effort { rate: price("100") }];
    let lines = kinds.into_iter().zip(0..).map(|(kind, number)| BillingLine { id: line_id(number), tasks: None, kind });
    let mut world = World::new(lines.collect(), [account(0, Unit::Time, Overbooking::No)]);
    let mut poured = |number, date| {
        let plan = world.add(&booking(number, day(date), 3_600)).expect("it can be booked");
        let portions = plan.booking.expect("it is new").portions;
        portions.into_iter().map(|portion| (portion.target, portion.seconds.0, portion.amount)).collect::<Vec<_>>()
    };
    let line = |number| Target::Line { line: line_id(number) };
    let split = [(line(0), 2_700, 0), (line(1), 900, 2_500)];
    assert_eq!(poured(1, "2026-04-10"), split);
    assert_eq!(poured(2, "2026-04-20"), [(line(1), 3_600, 10_000)]);
    assert_eq!(poured(3, "2026-05-01"), split, "each month anew");

    let due: Vec<u32> = fee.due(0, day("2026-06-01")).iter().map(|period| period.number).collect();
    assert_eq!(due, [0, 1, 2]);
    let first = fee.period(0).expect("a period");
    let bill = fee.bill("Maintenance", &first, Currency::EUR).expect("it can be billed");
    assert_eq!((bill.totals.net, fee.end, fee.vat), (15_000, None, vat));
}

/// Red when: a yearly price gives a year's time at once, or an article without a price charges a fee of nothing.
#[test]
fn the_periods_of_price_and_allowance_are_two() {
    let article = ByDuration { every: Interval::Months(12), most_every: Interval::Days(14), ..maintenance() };
    let (start, vat) = (day("2026-01-31"), "7".parse().expect("a rate"));
    let fee = article.fee(price("1500"), vat, start).expect("it costs something");
    assert_eq!((fee.periods.every, fee.periods.anchor), (Interval::Months(12), start));
    let allowance = article.allowance(start);
    assert_eq!((allowance.periods.every, allowance.most), (Interval::Days(14), Seconds(2_700)));
    let granted = allowance.grant(line_id(0), day("2026-02-14")).expect("a second period");
    assert_eq!((granted.amount, granted.valid_from), (Amount::new(2_700), day("2026-02-14")));
    assert_eq!(article.fee(price("0.00"), vat, start), None);
}

/// Red when: an article sells hours at the price of a month, or a month at the price of an hour.
#[test]
fn the_unit_and_the_figures_of_an_article_fit_how_it_is_billed() {
    let duration = ArticleBilling::Duration(maintenance());
    for unit in LineUnit::ALL {
        let counts_time = matches!(unit, LineUnit::Hour | LineUnit::Minute | LineUnit::Day);
        let expected = if counts_time { Err(WrongUnit::CountsTime) } else { Ok(()) };
        assert_eq!(duration.check_unit(unit), expected, "{unit:?}");
        let expected = if unit == LineUnit::Hour { Ok(()) } else { Err(WrongUnit::NotByTheHour) };
        assert_eq!(ArticleBilling::Effort.check_unit(unit), expected, "{unit:?}");
    }
    assert_eq!(ArticleBilling::check_price(price("0")), Ok(()));
    let limits = ArticleBilling::check_price(price("-0.01")).expect_err("less than nothing");
    assert_eq!(limits.least, price("0").value());
    let most = |seconds| ArticleBilling::Duration(ByDuration { most: Seconds(seconds), ..maintenance() }).check_most();
    assert_eq!((most(1), ArticleBilling::Effort.check_most()), (Ok(()), Ok(())));
    for seconds in [0, -1] {
        assert_eq!(most(seconds), Err(QuotaError::NotPositive { amount: Amount::new(seconds) }));
    }
    assert!(most(Amount::LARGEST.units() + 1).is_err());
}

/// The database keeps these names. Red when: one of them changes.
#[test]
fn what_articles_say_is_kept_under_stable_names() {
    let kept = r#"{"by":"duration","every":{"months":1},"most":2700,"most_every":{"months":1},"collects":"billable","reported":true}"#;
    let effort = r#"{"by":"effort"}"#;
    for (billing, text) in [(ArticleBilling::Duration(maintenance()), kept), (ArticleBilling::Effort, effort)] {
        assert_eq!(serde_json::to_string(&billing).expect("JSON"), text);
        assert_eq!(serde_json::from_str::<ArticleBilling>(text).expect("it can be read"), billing);
        assert!(text.contains(billing.name()));
    }
}
