//! The largest and the strangest values: nothing overflows, nothing panics, and what does not fit is an error.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    Currency, Seconds, VatRate,
    billing::{Billable, plan},
    contracts::{BillError, Contract, MOST_ITEMS, Proration, outlook},
    documents::{LineUnit, NumberPattern, Totals},
    quota::{Amount, CarryOver, QuotaError},
};
use proptest::{
    prelude::{Strategy, any},
    prop_oneof,
    sample::select,
};

use crate::{
    contract_plans::{DAY, contract_id, contracts, customer_id, day, line, plain, support},
    plans::for_every,
};

/// The largest line: 10^6 pieces of 10^9.
fn largest(vat: &str) -> domain::documents::Line {
    line("1000000", LineUnit::Piece, "1000000000", "0", vat)
}

/// Red when: a sum wraps around or stops the program instead of being too large.
#[test]
fn two_hundred_of_the_largest_items_are_too_large_and_not_wrong() {
    let mut contract = plain(contract_id(1), customer_id(1));
    contract.terms.items = vec![largest("19"); MOST_ITEMS];
    let bill = |contract: &Contract| contract.bill(&contract.period(0).expect("a period"), DAY);
    assert_eq!(bill(&contract), Err(BillError::TooLarge));
    // 92 times 10^17 minor units still fit, but no longer with VAT.
    contract.terms.items = vec![largest("0"); 92];
    let totals = bill(&contract).expect("it fits").totals;
    assert_eq!((totals.net, totals.gross), (9_200_000_000_000_000_000, 9_200_000_000_000_000_000));
    contract.terms.items = vec![largest("19"); 92];
    assert_eq!(bill(&contract), Err(BillError::TooLarge));
    contract.terms.items = vec![largest("0"); 93];
    assert_eq!(bill(&contract), Err(BillError::TooLarge));
    let mut negative = largest("0");
    negative.quantity = "-1000000".parse().expect("a quantity");
    contract.terms.items.push(negative);
    assert_eq!(bill(&contract), Err(BillError::TooLarge), "a sum on the way does not fit");
    contract.terms.items = vec![line("1000000", LineUnit::Day, "-1000000000", "0", "99.999"); 40];
    assert_eq!(bill(&contract).map(|bill| bill.totals.net), Ok(-4_000_000_000_000_000_000));
}

/// Red when: a currency with more decimals overflows.
#[test]
fn the_largest_line_fits_in_every_unit_and_currency() {
    for unit in LineUnit::ALL {
        for (currency, minor) in
            [(Currency::JPY, 10_i64.pow(15)), (Currency::EUR, 10_i64.pow(17)), (Currency::TND, 10_i64.pow(18))]
        {
            let most = line("1000000", unit, "1000000000", "0", "19").total(currency, Seconds(86_400));
            assert_eq!(most.map(|total| total.minor), Some(minor), "{unit:?}");
            let least = line("1000000", unit, "-1000000000", "0", "19").total(currency, Seconds(86_400));
            assert_eq!(least.map(|total| total.minor), Some(-minor), "{unit:?}");
        }
    }
    let days = line("1000000", LineUnit::Day, "1", "0", "19");
    for impossible in [Seconds(0), Seconds(i64::MAX), Seconds(i64::MIN)] {
        assert_eq!(days.total(Currency::EUR, impossible), None, "a working day of {impossible:?}");
    }
}

/// Red when: a sum of VAT or gross wraps around.
#[test]
fn sums_of_a_document_fit_or_are_none() {
    let rate = |text: &str| text.parse::<VatRate>().expect("a rate");
    let none = Totals::of([]).expect("nothing");
    assert_eq!(none, Totals::default());
    let free = Totals::of([(rate("0"), i64::MAX)]).expect("it fits");
    assert_eq!((free.net, free.vat, free.gross), (i64::MAX, 0, i64::MAX));
    assert_eq!(Totals::of([(rate("0"), i64::MIN)]).map(|totals| totals.gross), Some(i64::MIN));
    assert_eq!(Totals::of([(rate("19"), i64::MAX)]), None);
    assert_eq!(Totals::of([(rate("0"), i64::MAX), (rate("0"), 1)]), None);
    assert_eq!(Totals::of([(rate("0"), i64::MAX), (rate("7"), 1)]), None, "together");
    assert_eq!(Totals::of([(rate("19"), i64::MIN)]), None);
}

/// Red when: what is too large together is billed or stops the run; when it takes other invoices with it.
#[test]
fn an_invoice_that_is_too_large_together_is_not_billed() {
    let mut large = plain(contract_id(1), customer_id(1));
    large.terms.items = vec![largest("0"); 92];
    large.terms.billing.invoice = domain::contracts::InvoiceKind::Consolidated;
    let small = Contract { id: contract_id(2), ..support() };
    let contracts = [large, small].map(|contract| Billable { contract, next: 0 });
    let one = plan(&contracts, day("2026-01-01"), DAY);
    assert_eq!((one.invoices.len(), one.unbillable.len()), (2, 0), "one month fits");
    let two = plan(&contracts, day("2026-02-01"), DAY);
    let billed: Vec<_> = two.invoices.iter().flat_map(|invoice| &invoice.periods).map(|one| one.contract).collect();
    assert_eq!(billed, [contract_id(2), contract_id(2)]);
    let failed: Vec<_> = two.unbillable.iter().map(|one| (one.contract, one.period, one.error.clone())).collect();
    assert_eq!(failed, [0, 1].map(|number| (contract_id(1), number, BillError::TooLarge)));
}

/// Red when: a contract one of whose periods cannot be billed is billed for a later one; when the others are not.
#[test]
fn a_contract_with_a_period_that_cannot_be_billed_waits() {
    let mut stuck = support();
    stuck.terms.items.extend(vec![largest("19"); 93]);
    let other = Contract { id: contract_id(2), ..support() };
    let run = plan(&[stuck, other].map(|contract| Billable { contract, next: 0 }), day("2026-02-01"), DAY);
    assert!(run.invoices.iter().flat_map(|invoice| &invoice.periods).all(|one| one.contract == contract_id(2)));
    assert_eq!(run.invoices.len(), 2);
    assert!(matches!(run.unbillable.as_slice(), [one] if one.contract == contract_id(1) && one.period == 0));
}

/// Red when: a plan grants what the kernel then refuses.
#[test]
fn what_the_kernel_refuses_is_not_planned() {
    let mut contract = support();
    contract.terms.quota.iter_mut().for_each(|quota| {
        quota.interval = Some(12);
        quota.carry = CarryOver::On { periods: Some(200), cap: None };
    });
    assert_eq!(contract.faults(), []);
    let run = plan(&[Billable { contract: contract.clone(), next: 0 }], day("2026-01-01"), DAY);
    assert_eq!(run.invoices, []);
    let reasons: Vec<_> = run.unbillable.into_iter().map(|one| one.error).collect();
    assert!(
        matches!(reasons.as_slice(), [BillError::Quota(QuotaError::CarryTooLong { periods: 200, .. })]),
        "{reasons:?}"
    );
    assert!(outlook(&contract, 0, 1, day("2026-01-01"), DAY).is_err());

    contract = support();
    contract.terms.quota.iter_mut().for_each(|quota| quota.amount = Amount::ZERO);
    let run = plan(&[Billable { contract, next: 0 }], day("2026-01-01"), DAY);
    let reasons: Vec<_> = run.unbillable.into_iter().map(|one| one.error).collect();
    assert_eq!(reasons, [BillError::Quota(QuotaError::NotPositive { amount: Amount::ZERO })]);
}

/// Red when: billing goes on after the last day of the books, or stops before it.
#[test]
fn billing_ends_with_the_books() {
    let mut contract = support();
    contract.terms.quota = None;
    (contract.start, contract.billing_start) = (day("1900-01-01"), day("1900-01-01"));
    assert_eq!(contract.due(0, NaiveDate::MAX).len(), 3_600, "300 years of months");
    assert_eq!(contract.due(3_599, NaiveDate::MAX).len(), 1);
    assert_eq!(contract.period(3_599).map(|period| period.range.from), Some(day("2199-12-01")));
    assert_eq!((contract.period(3_600), contract.due_on(3_600), contract.to_do_on(3_600)), (None, None, None));
    assert_eq!(contract.due(u32::MAX, NaiveDate::MAX), []);
    // A quota needs a day after its period, on which it lapses.
    let with_quota = Contract { terms: support().terms, ..contract };
    let run = plan(&[Billable { contract: with_quota, next: 3_599 }], day("2199-12-31"), DAY);
    let reasons: Vec<_> = run.unbillable.into_iter().map(|one| one.error).collect();
    assert!(matches!(reasons.as_slice(), [BillError::Quota(QuotaError::DateOutOfRange { .. })]), "{reasons:?}");
}

/// Red when: an end that lies beyond the calendar, or months that do not fit, make a panic.
#[test]
fn the_largest_terms_still_have_ends_and_periods() {
    let mut contract = support();
    (contract.terms.term, contract.terms.renewal, contract.terms.notice) = (1_200, Some(1_200), 1_200);
    contract.terms.billing.interval = 1_200;
    contract.cancelled_on = Some(day("2199-12-31"));
    assert_eq!(contract.faults(), []);
    assert_eq!(contract.end(), Some(day("2326-01-01")), "three hundred years");
    assert_eq!(contract.period(1).map(|period| period.range.from), Some(day("2126-01-01")));
    assert_eq!(contract.period(2), None, "beyond the books");
    for months in [0, 1, 1_201, u32::MAX - 1, u32::MAX] {
        contract.terms.term = months;
        contract.terms.renewal = Some(months);
        contract.terms.notice = months;
        contract.terms.billing.interval = months;
        contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(months));
        try_everything(&contract, u32::MAX);
        try_everything(&contract, 1);
        assert!(!contract.faults().is_empty() || months == 1);
    }
}

/// Calls everything; only that nothing panics counts.
fn try_everything(contract: &Contract, number: u32) {
    for on in [NaiveDate::MIN, day("1900-01-01"), day("2026-04-01"), day("2199-12-31"), NaiveDate::MAX] {
        let _ = (contract.boundary_from(on), contract.notice_by(on), contract.quota_period_of(on));
        let _ = (contract.due(number, on).len(), outlook(contract, number, 2, on, DAY));
    }
    let _ = (contract.end(), contract.boundary(number), contract.due_on(number), contract.to_do_on(number));
    let _ = (contract.faults(), contract.period(number).map(|period| contract.bill(&period, DAY)));
}

/// Red when: any step on the way panics or wraps around.
#[test]
fn no_terms_make_a_panic() {
    let months = || prop_oneof![0..40_u32, any::<u32>(), select(vec![u32::MAX, 1_200, 1_201])];
    let far = (-95_000_000..95_000_000_i32).prop_filter_map("no such day", NaiveDate::from_num_days_from_ce_opt);
    let near = crate::contract_plans::days();
    let days = prop_oneof![4 => near, 1 => far, 1 => select(vec![NaiveDate::MIN, NaiveDate::MAX])];
    let numbers = (months(), months(), months(), months(), months(), any::<u32>());
    for_every((contracts(), numbers, days), |(mut contract, numbers, on)| {
        let (term, renewal, notice, interval, quota_interval, number) = numbers;
        (contract.terms.term, contract.terms.renewal, contract.terms.notice) = (term, Some(renewal), notice);
        contract.terms.billing.interval = interval;
        contract.terms.billing.lead_days = Some(number);
        contract.terms.billing.proration = Proration::Daily;
        contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(quota_interval));
        contract.cancelled_on = Some(on);
        try_everything(&contract, number % 50);
        (contract.start, contract.billing_start, contract.agreed_end) = (on, on, Some(on));
        try_everything(&contract, number);
    });
}

/// Red when: a strange text panics; when two counters have the same number, because its width cuts it.
#[test]
fn patterns_read_anything_and_print_their_own_text() {
    for_every("[a{}n:0-9y r]{0,32}|(RE)?-?\\{year\\}?[-/]\\{n(:[0-9]{1,3})?\\}|\\PC{0,40}", |text: String| {
        let Ok(pattern) = text.parse::<NumberPattern>() else { return };
        assert_eq!(pattern.to_string(), text.trim());
        assert_eq!(NumberPattern::try_from(String::from(pattern.clone())), Ok(pattern.clone()));
        assert_eq!(pattern.yearly(), text.contains("{year}"));
        let numbers = [1, 7, 9, 10, 17, 99_999, 100_007, i64::MAX].map(|counter| pattern.number(2026, counter));
        assert_eq!(BTreeSet::from(numbers.clone()).len(), numbers.len(), "each counter has its own: {numbers:?}");
        assert_eq!(pattern.yearly(), pattern.number(2026, 7) != pattern.number(2027, 7));
    });
}
