//! What goes over the wire comes back as it was, and has stable names.

use std::fmt::Debug;

use domain::{
    GroupId, Price, Seconds, SubGroupId,
    contracts::{BillError, BillingTime, Contract, Delivery, InvoiceKind, Proration, Terms, TermsError, outlook},
    documents::{DocumentKind, DocumentState, LineUnit, NumberPattern},
    groups::Switch,
    quota::{Amount, QuotaError},
    splitting::BookingRounding,
};
use proptest::{prelude::any, sample::select};
use serde_json::{from_str, from_value, json, to_string, to_value};
use uuid::Uuid;

use crate::{
    contract_plans::{DAY, contracts, day, support},
    plans::for_every,
};

/// Red when: an error of the kernel inside one of a contract has two codes, or comes back as another error.
#[test]
fn errors_have_one_code_and_come_back() {
    let too_large = QuotaError::TooLarge { amount: Amount::new(7), largest: Amount::new(5) };
    let kernel = [too_large, QuotaError::NotPositive { amount: Amount::ZERO }, QuotaError::Overflow];
    for error in kernel {
        let code = to_value(&error).expect("it can be written")["code"].clone();
        for (text, expected) in [
            (to_string(&TermsError::Quota(error.clone())), error.clone()),
            (to_string(&BillError::Quota(error.clone())), error.clone()),
        ] {
            let text = text.expect("it can be written");
            assert_eq!(text.matches("\"code\"").count(), 1, "{text}");
            assert!(text.contains(&code.to_string()), "{text}");
            assert_eq!(from_str::<TermsError>(&text).expect("it can be read"), TermsError::Quota(expected.clone()));
            assert_eq!(from_str::<BillError>(&text).expect("it can be read"), BillError::Quota(expected));
        }
    }
    let months = TermsError::NotMonths { found: 0, most: 1_200 };
    assert_eq!(to_value(&months).expect("it can be written"), json!({"code": "not_months", "found": 0, "most": 1_200}));
    for error in [BillError::TooLarge, BillError::BeyondCalendar] {
        let text = to_string(&error).expect("it can be written");
        assert_eq!(from_str::<BillError>(&text).expect("it can be read"), error);
    }
}

/// What was kept before terms had a rounding has none. Red when: that cannot be read, or is kept otherwise now.
#[test]
fn terms_that_say_nothing_of_rounding_are_kept_as_before() {
    let mut terms = support().terms;
    let kept = to_value(&terms).expect("it can be written");
    assert_eq!(kept["quota"].get("rounding"), None);
    assert_eq!(from_value::<Terms>(kept).expect("it can be read"), terms);
    let quarters = BookingRounding::new(Seconds(0), Seconds(900)).expect("within a day");
    terms.quota.as_mut().expect("a quota").rounding = Some(quarters);
    let kept = to_value(&terms).expect("it can be written");
    assert_eq!(kept["quota"]["rounding"], json!({"minimum": 0, "step": 900}));
    assert_eq!(from_value::<Terms>(kept).expect("it can be read"), terms);
}

/// Red when: a field of a contract or of its outlook is lost on the way.
#[test]
fn contracts_and_outlooks_come_back_as_they_were() {
    let switches = (select(Switch::ALL.to_vec()), any::<u128>());
    for_every((contracts(), switches), |(mut contract, (switch, id))| {
        contract.terms.groups.groups.insert(GroupId::new(Uuid::from_u128(id)), switch);
        contract.terms.groups.sub_groups.insert(SubGroupId::new(Uuid::from_u128(id)), switch);
        let text = to_string(&contract).expect("it can be written");
        assert_eq!(from_str::<Contract>(&text).expect("it can be read"), contract);
        let found = outlook(&contract, 0, 2, day("2026-01-01"), DAY).expect("small");
        let text = to_string(&found).expect("it can be written");
        assert_eq!(from_str::<domain::contracts::Outlook>(&text).expect("it can be read"), found);
    });
}

/// Red when: a number or a pattern is not checked where it is read from the wire.
#[test]
fn what_is_read_from_the_wire_is_checked() {
    assert_eq!(from_value::<Price>(json!("399.9900")).map(|price| price.to_string()).ok(), Some("399.99".to_owned()));
    for wrong in [json!("0.00001"), json!("1000000001"), json!("x"), json!("")] {
        assert!(from_value::<Price>(wrong.clone()).is_err(), "{wrong}");
    }
    let pattern = from_value::<NumberPattern>(json!("RE-{n:3}")).expect("a pattern");
    assert_eq!((pattern.number(2026, 7), to_value(&pattern).ok()), ("RE-007".to_owned(), Some(json!("RE-{n:3}"))));
    assert!(from_value::<NumberPattern>(json!("RE")).is_err());
}

fn check<Kind: Copy + Debug + PartialEq + serde::Serialize>(
    all: &[Kind],
    names: &[&str],
    name: fn(Kind) -> &'static str,
    from_name: fn(&str) -> Option<Kind>,
) {
    let found: Vec<_> = all.iter().map(|kind| name(*kind)).collect();
    assert_eq!(found, names);
    for kind in all {
        assert_eq!(from_name(name(*kind)), Some(*kind), "by its own name");
        assert_eq!(to_value(kind).ok(), Some(json!(name(*kind))), "the same name on the wire");
    }
    for wrong in ["", "Advance", " own", "MAIL", "x"] {
        assert_eq!(from_name(wrong), None, "{wrong:?}");
    }
}

/// The database and REST keep these names. Red when: one of them changes, or is found by another's name.
#[test]
fn choices_have_stable_names() {
    check(BillingTime::ALL, &["advance", "arrears"], BillingTime::name, BillingTime::from_name);
    check(InvoiceKind::ALL, &["own", "consolidated"], InvoiceKind::name, InvoiceKind::from_name);
    check(Delivery::ALL, &["mail", "print", "none"], Delivery::name, Delivery::from_name);
    check(Proration::ALL, &["none", "daily"], Proration::name, Proration::from_name);
    let units = ["piece", "flat", "hour", "minute", "day"];
    check(&LineUnit::ALL, &units, LineUnit::name, LineUnit::from_name);
    check(&Switch::ALL, &["inherit", "on", "off"], Switch::name, Switch::from_name);
    let kinds = ["contract_invoice", "delivery_note", "invoice", "balancing", "cancellation"];
    check(&DocumentKind::ALL, &kinds, DocumentKind::name, DocumentKind::from_name);
    check(&DocumentState::ALL, &["draft", "issued", "cancelled"], DocumentState::name, DocumentState::from_name);
}
