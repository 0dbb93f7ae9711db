//! Contracts for tests: a plain one to begin with, and random ones.

use chrono::{Days, Months, NaiveDate};
use domain::{
    ContractId, Currency, CustomerId, Discount, Price, Quantity, VatRate,
    billing::Billable,
    contracts::{Billing, BillingTime, Contract, Delivery, InvoiceKind, Proration, QuotaTerms, Terms},
    documents::{Line, LineUnit},
    groups::GroupSwitches,
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
};
use proptest::{
    bool, collection, option,
    prelude::{Just, Strategy},
    prop_oneof,
    sample::select,
};
use rust_decimal::Decimal;
use uuid::Uuid;

/// A company's working day.
pub const DAY: domain::Seconds = domain::Seconds(8 * 3_600);

pub fn day(text: &str) -> NaiveDate {
    text.parse().expect("a date")
}

pub fn contract_id(number: u8) -> ContractId {
    ContractId::new(Uuid::from_u128(u128::from(number)))
}

pub fn customer_id(number: u8) -> CustomerId {
    CustomerId::new(Uuid::from_u128(1_000 + u128::from(number)))
}

/// A year with renewals of a year and notice of three months, billed each month in advance, without items and quota.
pub fn plain(id: ContractId, customer: CustomerId) -> Contract {
    let start = day("2026-01-01");
    let billing = Billing {
        interval: 1,
        time: BillingTime::Advance,
        automatic: true,
        invoice: InvoiceKind::Own,
        delivery: Delivery::Mail,
        lead_days: None,
        proration: Proration::None,
        payment_days: 14,
    };
    let terms = Terms {
        term: 12,
        renewal: Some(12),
        notice: 3,
        currency: Currency::EUR,
        billing,
        items: Vec::new(),
        quota: None,
        groups: GroupSwitches::default(),
    };
    Contract { id, customer, start, billing_start: start, cancelled_on: None, agreed_end: None, terms }
}

/// The same with one item and a quota of four hours.
pub fn support() -> Contract {
    let mut contract = plain(contract_id(1), customer_id(1));
    contract.terms.items = vec![line("1", LineUnit::Piece, "399.99", "0", "19")];
    contract.terms.quota = Some(hours(4));
    contract
}

/// So many hours per billing period, nothing beyond them and nothing carried over.
pub fn hours(count: i64) -> QuotaTerms {
    QuotaTerms {
        unit: Unit::Time,
        amount: Amount::new(count * 3_600),
        interval: None,
        overbooking: Overbooking::No,
        carry: CarryOver::Off,
        deficits: DeficitPolicy::Balance,
        overage_rate: None,
        rounding: None,
    }
}

pub fn line(quantity: &str, unit: LineUnit, price: &str, discount: &str, vat: &str) -> Line {
    Line {
        article: None,
        group: None,
        sub_group: None,
        text: "Support".to_owned(),
        quantity: quantity.parse().expect("a quantity"),
        unit,
        price: price.parse().expect("a price"),
        discount: discount.parse().expect("a discount"),
        vat: vat.parse().expect("a rate"),
    }
}

/// Some days of the twenties, half of them the last days of a month: there the lengths differ.
pub fn days() -> impl Strategy<Value = NaiveDate> {
    let ends = (2_023..=2_029_i32, 1..=12_u32, 28..=31_u32)
        .prop_filter_map("no such day", |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day));
    prop_oneof![ends, (0..2_500_u64).prop_map(|after| day("2023-01-01") + Days::new(after))]
}

pub fn rates() -> impl Strategy<Value = VatRate> {
    select(vec!["0", "7", "8.125", "19", "99.999"]).prop_map(|text| text.parse().expect("a rate"))
}

/// Lines of every unit, a few with the largest figures.
pub fn lines() -> impl Strategy<Value = Line> {
    let quantities = prop_oneof![8 => -500..=5_000_i64, 1 => select(vec![-100_000_000, 100_000_000_i64])];
    let prices = prop_oneof![8 => -30_000..=4_000_000_i64, 1 => select(vec![-10_i64.pow(13), 10_i64.pow(13)])];
    let discounts = prop_oneof![2 => Just(0_i64), 2 => 0..=10_000_i64, 1 => Just(3_333)];
    (quantities, select(LineUnit::ALL.to_vec()), prices, discounts, rates()).prop_map(
        |(quantity, unit, price, discount, vat)| Line {
            quantity: Quantity::new(Decimal::new(quantity, 2)).expect("a quantity"),
            unit,
            price: Price::new(Decimal::new(price, 4)).expect("a price"),
            discount: Discount::new(Decimal::new(discount, 2)).expect("a discount"),
            vat,
            ..line("1", LineUnit::Piece, "0", "0", "0")
        },
    )
}

/// Small lines, of which no sum is too large.
pub fn small_lines() -> impl Strategy<Value = Line> {
    lines().prop_filter("small", |line| {
        line.price.value().abs() < Decimal::from(1_000) && line.quantity.value().abs() < Decimal::from(1_000)
    })
}

fn quotas() -> impl Strategy<Value = QuotaTerms> {
    let carries = prop_oneof![
        2 => Just(CarryOver::Off),
        3 => (option::of(0..=3_u32), option::of(1..=5_i64))
            .prop_map(|(periods, cap)| CarryOver::On { periods, cap: cap.map(|hours| Amount::new(hours * 3_600)) }),
    ];
    (1..=9_i64, option::of(1..=14_u32), carries).prop_map(|(count, interval, carry)| QuotaTerms {
        interval,
        carry,
        ..hours(count)
    })
}

fn billings() -> impl Strategy<Value = Billing> {
    let kinds = (select(InvoiceKind::ALL.to_vec()), select(Delivery::ALL.to_vec()), bool::ANY, bool::ANY);
    (1..=14_u32, kinds, option::of(0..=40_u32), 0..=40_u32).prop_map(
        |(interval, (invoice, delivery, arrears, daily), lead_days, payment_days)| Billing {
            interval,
            time: if arrears { BillingTime::Arrears } else { BillingTime::Advance },
            automatic: true,
            invoice,
            delivery,
            lead_days,
            proration: if daily { Proration::Daily } else { Proration::None },
            payment_days,
        },
    )
}

/// Contracts without faults: with and without quota, renewal, cancellation and agreed end. Few customers and
/// currencies, so that some share an invoice.
pub fn contracts() -> impl Strategy<Value = Contract> {
    // Billing mostly begins with the contract: then its end can fall on the first day of a period.
    let later = prop_oneof![2 => Just(0_u64), 1 => 1..=35_u64];
    let ends = (option::of(0..=1_500_u64), option::weighted(0.3, 1..=900_u64));
    let terms = (1..=30_u32, option::weighted(0.7, 1..=14_u32), 0..=6_u32);
    let rest = (collection::vec(small_lines(), 1..4), option::of(quotas()), billings(), bool::ANY);
    (0..3_u8, days(), later, ends, terms, rest).prop_map(
        |(customer, start, later, (cancelled, agreed), (term, renewal, notice), (mut items, quota, billing, yen))| {
            let mut contract = plain(contract_id(1), customer_id(customer));
            contract.start = start;
            contract.billing_start = start + Days::new(later);
            contract.cancelled_on = cancelled.map(|after| start + Days::new(after));
            contract.agreed_end = agreed.map(|after| start + Days::new(after));
            if let Some(first) = items.first().map(|item| item.vat).filter(|_| quota.is_some()) {
                for item in &mut items {
                    item.vat = first;
                }
            }
            let currency = if yen { Currency::JPY } else { Currency::EUR };
            contract.terms = Terms { term, renewal, notice, currency, billing, items, quota, ..contract.terms };
            if contract.terms.quota.is_some() {
                contract.terms.billing.time = BillingTime::Advance;
            }
            assert_eq!(contract.faults(), [], "a contract without faults");
            contract
        },
    )
}

/// Some contracts, each with an id of its own and nothing billed yet.
pub fn several() -> impl Strategy<Value = Vec<Billable>> {
    collection::vec(contracts(), 1..6).prop_map(|contracts| {
        let numbered = contracts.into_iter().zip(1..);
        numbered
            .map(|(contract, number)| Billable { contract: Contract { id: contract_id(number), ..contract }, next: 0 })
            .collect()
    })
}

/// So many months after a day, by the calendar's own arithmetic.
pub fn months_after(day: NaiveDate, months: u32) -> NaiveDate {
    day.checked_add_months(Months::new(months)).expect("within the calendar")
}

/// `numerator / denominator`, rounded half away from zero, in whole numbers only.
pub fn rounded(numerator: i128, denominator: i128) -> i64 {
    let whole = (2 * numerator.abs() + denominator) / (2 * denominator);
    i64::try_from(whole * numerator.signum()).expect("small")
}

/// The digits of a number with so many decimals.
pub fn digits(value: Decimal, decimals: u32) -> i128 {
    let mut value = value;
    value.rescale(decimals);
    assert_eq!(value.scale(), decimals);
    value.mantissa()
}
