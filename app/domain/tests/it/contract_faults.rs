//! What is wrong with the terms of a contract, each fault at its field, and what can no longer be changed.

use domain::{
    Currency,
    contracts::{Billed, BillingTime, Contract, MOST_ITEMS, MOST_MONTHS, QuotaTerms, TermsError, check_change},
    documents::LineUnit,
    quota::{Amount, CarryOver, Overbooking, QuotaError, Unit},
};

use crate::contract_plans::{customer_id, day, hours, line, support};

/// The faults of the support contract after a change.
fn faults_after(change: impl Fn(&mut Contract)) -> Vec<(&'static str, TermsError)> {
    let mut contract = support();
    change(&mut contract);
    contract.faults()
}

fn faults_of_quota(change: impl Fn(&mut QuotaTerms)) -> Vec<(&'static str, TermsError)> {
    faults_after(|contract| contract.terms.quota.iter_mut().for_each(&change))
}

fn not_months(found: u32) -> TermsError {
    TermsError::NotMonths { found, most: MOST_MONTHS }
}

/// Red when: a limit of a number of months moves by one; when one field's fault is reported at another's.
#[test]
fn numbers_of_months_are_from_1_to_1200() {
    type Set = fn(&mut Contract, u32);
    let fields: [(&str, Set); 4] = [
        ("term", |contract, months| contract.terms.term = months),
        ("renewal", |contract, months| contract.terms.renewal = Some(months)),
        ("interval", |contract, months| contract.terms.billing.interval = months),
        ("quota_interval", |contract, months| {
            contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(months));
        }),
    ];
    for (field, set) in fields {
        for possible in [1, 2, 12, 1_199, 1_200] {
            assert_eq!(faults_after(|contract| set(contract, possible)), [], "{field} of {possible}");
        }
        for impossible in [0, 1_201, 1_202, u32::MAX] {
            let found = faults_after(|contract| set(contract, impossible));
            assert_eq!(found, [(field, not_months(impossible))], "{field} of {impossible}");
        }
    }
    assert_eq!(faults_after(|contract| contract.terms.renewal = None), []);
}

/// Red when: no notice at all is a fault; when the longest one is; when the fault names another number.
#[test]
fn notice_is_from_0_to_1200_months() {
    for possible in [0, 1, 1_199, 1_200] {
        assert_eq!(faults_after(|contract| contract.terms.notice = possible), [], "{possible}");
    }
    for impossible in [1_201, 5_000, u32::MAX] {
        let found = faults_after(|contract| contract.terms.notice = impossible);
        assert_eq!(found, [("notice", not_months(impossible))], "{impossible}");
    }
}

/// Red when: a limit of a number of days moves by one.
#[test]
fn numbers_of_days_are_from_0_to_3650() {
    type Set = fn(&mut Contract, u32);
    let fields: [(&str, Set); 2] = [
        ("lead_days", |contract, days| contract.terms.billing.lead_days = Some(days)),
        ("payment_days", |contract, days| contract.terms.billing.payment_days = days),
    ];
    for (field, set) in fields {
        for possible in [0, 1, 3_650] {
            assert_eq!(faults_after(|contract| set(contract, possible)), [], "{field} of {possible}");
        }
        for found in [3_651, u32::MAX] {
            let expected = TermsError::TooManyDays { found, most: 3_650 };
            assert_eq!(faults_after(|contract| set(contract, found)), [(field, expected)]);
        }
    }
}

/// Red when: a contract can be without items, or have one more than the most; when a type must have items.
#[test]
fn a_contract_has_1_to_200_items() {
    let item = line("1", LineUnit::Piece, "1", "0", "19");
    let with = |count: usize| faults_after(|contract| contract.terms.items = vec![item.clone(); count]);
    assert_eq!(with(0), [("items", TermsError::NoItems)]);
    assert_eq!((with(1), with(MOST_ITEMS)), (vec![], vec![]));
    let many = TermsError::TooManyItems { found: MOST_ITEMS + 1, most: MOST_ITEMS };
    assert_eq!(with(MOST_ITEMS + 1), [("items", many)]);
    let mut contract_type = support().terms;
    contract_type.items.clear();
    assert_eq!(contract_type.faults(), [], "a type may leave them to its contracts");
}

/// Red when: a quota may be billed in arrears, or nothing may be; when a quota may have items of two rates, or no
/// contract may.
#[test]
fn a_quota_is_sold_in_advance_and_at_one_rate() {
    let arrears = |contract: &mut Contract| contract.terms.billing.time = BillingTime::Arrears;
    assert_eq!(faults_after(arrears), [("time", TermsError::QuotaInArrears)]);
    let two = |contract: &mut Contract| {
        for rate in ["7", "19", "0"] {
            contract.terms.items.push(line("1", LineUnit::Piece, "1", "0", rate));
        }
    };
    let rate = |text: &str| text.parse().expect("a rate");
    assert_eq!(faults_after(two), [("items", TermsError::TwoVatRates { one: rate("0"), other: rate("19") })]);
    let without = |contract: &mut Contract| {
        arrears(contract);
        two(contract);
        contract.terms.quota = None;
    };
    assert_eq!(faults_after(without), [], "neither concerns a contract without quota");
    let same = |contract: &mut Contract| contract.terms.items.push(line("1", LineUnit::Piece, "1", "0", "19.00"));
    assert_eq!(faults_after(same), []);
}

/// Red when: an amount of nothing or of more than the largest is possible; when the limit of overbooking cannot be
/// zero; when a fault of one amount is reported at another.
#[test]
fn the_amounts_of_a_quota_have_their_limits() {
    let (none, most) = (Amount::ZERO, Amount::LARGEST);
    let more = most.plus(Amount::new(1)).expect("it fits");
    let not_positive = |amount| TermsError::Quota(QuotaError::NotPositive { amount });
    let too_large = TermsError::Quota(QuotaError::TooLarge { amount: more, largest: most });
    let negative = Amount::new(-1);

    let amount = |amount| faults_of_quota(|quota| quota.amount = amount);
    assert_eq!((amount(Amount::new(1)), amount(most)), (vec![], vec![]));
    assert_eq!(amount(none), [("amount", not_positive(none))]);
    assert_eq!(amount(negative), [("amount", not_positive(negative))]);
    assert_eq!(amount(more), [("amount", too_large.clone())]);

    let limit = |limit| faults_of_quota(|quota| quota.overbooking = Overbooking::Yes { limit });
    assert_eq!((limit(None), limit(Some(none)), limit(Some(most))), (vec![], vec![], vec![]));
    assert_eq!(limit(Some(negative)), [("limit", not_positive(negative))]);
    assert_eq!(limit(Some(more)), [("limit", too_large.clone())]);

    let cap = |cap| faults_of_quota(|quota| quota.carry = CarryOver::On { periods: None, cap });
    assert_eq!((cap(None), cap(Some(Amount::new(1))), cap(Some(most))), (vec![], vec![], vec![]));
    assert_eq!(cap(Some(none)), [("cap", not_positive(none))]);
    assert_eq!(cap(Some(more)), [("cap", too_large)]);

    let carried = |periods| faults_of_quota(|quota| quota.carry = CarryOver::On { periods: Some(periods), cap: None });
    assert_eq!((carried(0), carried(1), carried(1_200)), (vec![], vec![], vec![]));
    assert_eq!(carried(1_201), [("periods", not_months(1_201))]);
}

/// Red when: a money quota may have another currency than its contract.
#[test]
fn a_money_quota_has_the_currency_of_its_contract() {
    let money = |currency| faults_of_quota(|quota| quota.unit = Unit::Money(currency));
    assert_eq!(money(Currency::EUR), []);
    let other = TermsError::OtherCurrency { quota: Currency::CHF, contract: Currency::EUR };
    assert_eq!(money(Currency::CHF), [("unit", other)]);
}

/// Red when: a date outside the books is possible; when the first day may be billed before the contract begins, or the
/// end come with it.
#[test]
fn the_dates_of_a_contract_are_in_order_and_in_the_books() {
    let (first, last) = (day("1900-01-01"), day("2199-12-31"));
    let set = |start, billing_start, agreed_end, cancelled_on| {
        faults_after(|contract| {
            (contract.start, contract.billing_start) = (start, billing_start);
            (contract.agreed_end, contract.cancelled_on) = (agreed_end, cancelled_on);
        })
    };
    assert_eq!(set(first, first, Some(last), Some(first)), []);
    assert_eq!(set(first, last, Some(day("1900-01-02")), Some(last)), [], "billing may begin later, even too late");
    assert_eq!(set(last, last, None, None), []);
    let beyond = |date| TermsError::Quota(QuotaError::DateOutOfRange { date, first, last });
    let (before, after) = (day("1899-12-31"), day("2200-01-01"));
    assert_eq!(set(before, first, None, None), [("start", beyond(before))]);
    assert_eq!(set(first, after, None, None), [("billing_start", beyond(after))]);
    assert_eq!(set(first, first, Some(after), None), [("agreed_last", beyond(after))]);
    assert_eq!(set(first, first, None, Some(after)), [("cancelled_on", beyond(after))]);
    assert_eq!(set(first, first, None, Some(before)), [("cancelled_on", beyond(before))]);

    let (start, earlier) = (day("2026-04-01"), day("2026-03-31"));
    let early = TermsError::BilledBeforeStart { start, billing_start: earlier };
    assert_eq!(set(start, earlier, None, None), [("billing_start", early)]);
    let inverted = |end| TermsError::EndsBeforeStart { start, end };
    assert_eq!(set(start, start, Some(start), None), [("agreed_last", inverted(start))]);
    assert_eq!(set(start, start, Some(earlier), None), [("agreed_last", inverted(earlier))]);
    assert_eq!(set(start, start, Some(day("2026-04-02")), None), []);
}

/// Red when: the first fault hides the others.
#[test]
fn all_faults_are_found_at_once() {
    let found = faults_after(|contract| {
        contract.terms.term = 0;
        contract.terms.billing.payment_days = 9_999;
        contract.terms.billing.time = BillingTime::Arrears;
        contract.terms.items.clear();
        contract.billing_start = day("2025-01-01");
        contract.terms.quota.iter_mut().for_each(|quota| quota.amount = Amount::ZERO);
    });
    let fields: Vec<_> = found.iter().map(|(field, _)| *field).collect();
    assert_eq!(fields, ["term", "payment_days", "time", "amount", "billing_start", "items"]);
}

/// The fields at which a change of the support contract is refused, before and after its first billing.
fn fixed(change: impl Fn(&mut Contract)) -> [Vec<(&'static str, TermsError)>; 2] {
    let before = support();
    let mut after = before.clone();
    change(&mut after);
    [false, true].map(|any| check_change(&before, &after, Billed { any, quota_interval: None }))
}

/// Red when: one of the fixed fields can change after the first billing, or none before it.
#[test]
fn dates_intervals_and_currency_are_fixed_once_a_period_is_billed() {
    type Change = fn(&mut Contract);
    let changes: [(&str, Change); 6] = [
        ("customer", |contract| contract.customer = customer_id(9)),
        ("start", |contract| contract.start = day("2025-12-31")),
        ("billing_start", |contract| contract.billing_start = day("2026-01-02")),
        ("currency", |contract| contract.terms.currency = Currency::CHF),
        ("quota_interval", |contract| {
            contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(2));
        }),
        ("interval", |contract| {
            contract.terms.billing.interval = 2;
            contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(1));
        }),
    ];
    for (field, change) in changes {
        assert_eq!(fixed(change), [vec![], vec![(field, TermsError::Fixed)]], "{field}");
    }
    // Without an interval of its own the quota follows the billing.
    let both = fixed(|contract| contract.terms.billing.interval = 3);
    assert_eq!(both, [vec![], vec![("interval", TermsError::Fixed), ("quota_interval", TermsError::Fixed)]]);
    let named = fixed(|contract| contract.terms.quota.iter_mut().for_each(|quota| quota.interval = Some(1)));
    assert_eq!(named, [vec![], vec![]], "the same interval, only named");
}

/// Red when: what the quota counts can change while there is an account, billed or not.
#[test]
fn what_the_quota_counts_is_fixed() {
    let money = fixed(|contract| contract.terms.quota.iter_mut().for_each(|q| q.unit = Unit::Money(Currency::EUR)));
    assert_eq!(money, [vec![("unit", TermsError::OtherUnit)], vec![("unit", TermsError::OtherUnit)]]);
}

/// Red when: one of these is fixed.
#[test]
fn everything_else_changes_from_the_next_billing_on() {
    let free = fixed(|contract| {
        contract.agreed_end = Some(day("2026-12-31"));
        contract.cancelled_on = Some(day("2026-06-01"));
        let terms = &mut contract.terms;
        (terms.term, terms.renewal, terms.notice) = (24, None, 1);
        terms.items.push(line("2", LineUnit::Hour, "5", "1", "19"));
        let billing = &mut terms.billing;
        (billing.automatic, billing.lead_days, billing.payment_days) = (false, Some(3), 7);
        let mut quota = hours(6);
        quota.overbooking = Overbooking::Yes { limit: None };
        quota.carry = CarryOver::On { periods: None, cap: None };
        terms.quota = Some(quota);
    });
    assert_eq!(free, [vec![], vec![]]);
    assert_eq!(fixed(|contract| contract.terms.quota = None), [vec![], vec![]]);
}
