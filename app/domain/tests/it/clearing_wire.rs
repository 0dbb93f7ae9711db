//! What is recorded of clearing comes back as it was, and has stable names: it answers later why a line was not cleared.

use domain::{
    ContractId, Currency, CustomerId, DateRange, LineId, LotId,
    clearing::{Figures, FromLot, Lapsed, LineClearing, LineOutcome, LotBefore, Reason},
    documents::LineUnit,
    quota::{Amount, Unit},
};
use serde_json::{from_str, to_string, to_value};
use uuid::Uuid;

use crate::contract_plans::day;

fn april() -> DateRange {
    DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) }
}

/// Every reason, in the order in which the rules are tried.
fn reasons() -> Vec<Reason> {
    let lapsed = Lapsed { lot: LotId::new(Uuid::from_u128(3)), valid: april(), amount: Amount::new(60) };
    let rate = |text: &str| text.parse().expect("a rate");
    vec![
        Reason::SwitchedOff,
        Reason::NoContract,
        Reason::NotAQuotaContract,
        Reason::OtherCustomer { customer: CustomerId::new(Uuid::from_u128(2)) },
        Reason::ContractNotActive { start: day("2026-04-01"), end: Some(day("2026-05-01")) },
        Reason::GroupNotEligible,
        Reason::QuantityNotPositive,
        Reason::PriceNotPositive,
        Reason::UnitMismatch { quota: Unit::Money(Currency::EUR), line: LineUnit::Hour },
        Reason::VatRateMismatch { line: rate("7"), sold_at: rate("19") },
        Reason::BooksClosed { closed_until: day("2026-05-01") },
        Reason::PeriodNotBilled { period: Some(april()) },
        Reason::Exhausted { period: Some(april()), lapsed: vec![lapsed] },
    ]
}

fn figures() -> Figures {
    let lot = LotId::new(Uuid::from_u128(4));
    let before = LotBefore { drawn: Amount::new(9), held: Amount::new(10), lapsed: Amount::new(11) };
    Figures {
        contract: ContractId::new(Uuid::from_u128(5)),
        unit: Unit::Time,
        period: Some(april()),
        available_before: Amount::new(1),
        wanted: Amount::new(2),
        drawn: Amount::new(3),
        deficit: Amount::new(4),
        not_drawn: Amount::new(5),
        available_after: Amount::new(6),
        lots: vec![FromLot {
            lot,
            valid: april(),
            drawable: Amount::new(7),
            drawn: Amount::new(8),
            before: Some(before),
        }],
    }
}

/// Red when: a field of an outcome has the name of another field of the line; when a figure is lost on the way.
#[test]
fn every_outcome_comes_back_as_it_was() {
    let drawn = [LineOutcome::Full, LineOutcome::Partial, LineOutcome::Overbooked];
    for outcome in drawn.into_iter().chain(reasons().into_iter().map(LineOutcome::Nothing)) {
        let clearing = LineClearing {
            line: LineId::new(Uuid::from_u128(1)),
            total: 10_000,
            outcome,
            figures: Some(figures()),
            cleared: Amount::new(2_400),
            item: -6_667,
        };
        let text = to_string(&clearing).expect("it can be written");
        for field in ["line", "outcome", "total", "item", "cleared", "figures"] {
            let name = format!("\"{field}\":");
            let before_figures = text.split("\"figures\":").next().expect("a beginning");
            assert!(before_figures.matches(&name).count() <= 1, "{field} twice in {text}");
        }
        assert_eq!(from_str::<LineClearing>(&text).expect(&text), clearing);
    }
}

/// Red when: what was recorded before the history of a lot was can no longer be read.
#[test]
fn a_lot_that_was_recorded_without_its_history_is_read() {
    let kept = to_string(&figures()).expect("it can be written");
    let mut figures = to_value(figures()).expect("it can be written");
    let lot = figures["lots"][0].as_object_mut().expect("a lot");
    assert!(lot.remove("before").is_some(), "{kept}");
    let read: Figures = serde_json::from_value(figures).expect("it is read");
    assert_eq!((read.lots[0].drawn, read.lots[0].before), (Amount::new(8), None));
}

/// The database and REST keep these names. Red when: one of them changes or changes its place.
#[test]
fn reasons_have_stable_names_in_the_order_of_the_rules() {
    let names = [
        "switched_off",
        "no_contract",
        "not_a_quota_contract",
        "other_customer",
        "contract_not_active",
        "group_not_eligible",
        "quantity_not_positive",
        "price_not_positive",
        "unit_mismatch",
        "vat_rate_mismatch",
        "books_closed",
        "period_not_billed",
        "exhausted",
    ];
    let found: Vec<_> = reasons().iter().map(Reason::name).collect();
    assert_eq!(found, names);
    for reason in reasons() {
        let written = to_value(&reason).expect("it can be written")["reason"].clone();
        assert_eq!(written, reason.name(), "the same name on the wire");
        let outcome = LineOutcome::Nothing(reason.clone());
        assert_eq!((outcome.name(), outcome.reason()), (reason.name(), Some(&reason)));
    }
    for (outcome, name) in
        [(LineOutcome::Full, "full"), (LineOutcome::Partial, "partial"), (LineOutcome::Overbooked, "overbooked")]
    {
        let written = to_value(&outcome).expect("it can be written")["outcome"].clone();
        assert_eq!((written.as_str(), outcome.name(), outcome.reason()), (Some(name), name, None));
    }
}
