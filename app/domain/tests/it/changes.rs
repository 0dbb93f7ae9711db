//! Examples of applying a type to contracts, each field once.

use std::collections::BTreeSet;

use domain::{
    Currency, DateRange, GroupId, Seconds,
    contracts::{
        Applied, Billed, BilledPeriod, BillingTime, Contract, Delivery, Effect, EndFacts, Ending, InvoiceKind,
        Proration, Section, Short, Terms, TermsError, apply, by_effect, check_change, differing, ending,
    },
    documents::LineUnit,
    groups::Switch,
    quota::{Amount, CarryOver, DeficitPolicy, Overbooking, Unit},
    splitting::BookingRounding,
};
use uuid::Uuid;

use crate::contract_plans::{DAY, day, hours, line, support};

const TIME: Option<Unit> = Some(Unit::Time);
const TODAY: &str = "2026-06-10";

fn all() -> BTreeSet<Section> {
    Section::ALL.into_iter().collect()
}

/// Terms that differ from those of the support contract in every field.
fn other() -> Terms {
    let mut terms = support().terms;
    (terms.term, terms.renewal, terms.notice) = (24, None, 1);
    terms.currency = Currency::CHF;
    let billing = &mut terms.billing;
    (billing.interval, billing.automatic, billing.lead_days, billing.payment_days) = (3, false, Some(2), 30);
    (billing.invoice, billing.delivery, billing.proration) =
        (InvoiceKind::Consolidated, Delivery::Print, Proration::Daily);
    terms.items = vec![line("1", LineUnit::Piece, "499.99", "0", "19")];
    let mut quota = hours(6);
    quota.interval = Some(6);
    quota.overbooking = Overbooking::Yes { limit: Some(Amount::new(7_200)) };
    quota.carry = CarryOver::On { periods: Some(1), cap: Some(Amount::new(3_600)) };
    quota.deficits = DeficitPolicy::NextGrant;
    quota.overage_rate = Some("120".parse().expect("a price"));
    quota.rounding = Some(BookingRounding::new(Seconds(1_800), Seconds(900)).expect("within a day"));
    terms.quota = Some(quota);
    terms.groups.groups.insert(GroupId::new(Uuid::nil()), Switch::On);
    terms
}

fn applied(change: impl Fn(&mut Terms), sections: &[Section], billed: bool, counts: Option<Unit>) -> Applied {
    let (contract, mut template) = (support(), support().terms);
    change(&mut template);
    apply(&template, &contract, &sections.iter().copied().collect(), once(billed), counts, day(TODAY))
}

/// Whether something was billed, with the quota of the terms.
fn once(any: bool) -> Billed {
    Billed { any, quota_interval: None }
}

/// Red when: a field is not copied, is named wrong or twice, or is taken for another section's.
#[test]
fn every_field_of_a_section_is_copied_and_named() {
    let contract = support();
    let fresh = apply(&other(), &contract, &all(), once(false), None, day(TODAY));
    assert_eq!((&fresh.contract.terms, &fresh.kept, &fresh.faults), (&other(), &Vec::new(), &Vec::new()));
    let expected = [
        "term",
        "renewal",
        "notice",
        "currency",
        "interval",
        "automatic",
        "invoice",
        "delivery",
        "lead_days",
        "proration",
        "payment_days",
        "items",
        "switches",
        "amount",
        "quota_interval",
        "overbooking",
        "limit",
        "carry",
        "periods",
        "cap",
        "deficits",
        "overage_rate",
        "minimum",
        "step",
    ];
    assert_eq!(fresh.changes, expected);
    for section in Section::ALL {
        let one = apply(&other(), &contract, &BTreeSet::from([section]), once(false), None, day(TODAY));
        let own: Vec<_> = expected.into_iter().filter(|field| Section::of(field) == Some(section)).collect();
        assert_eq!(one.changes, own, "{section:?}");
        assert_eq!(Section::from_name(section.name()), Some(section));
    }
    assert_eq!((Section::of("number"), Section::from_name("general")), (None, None));
    // What a contract is besides its terms is not the type's.
    assert_eq!(Contract { terms: contract.terms.clone(), ..fresh.contract }, contract);
}

/// Red when: a term is told to work from the next billing on although it works at once, or the other way round.
#[test]
fn of_every_field_it_is_known_from_when_on_it_works() {
    let before = support().terms;
    let changes = differing(&before, &other());
    let (ahead, at_once) = by_effect(&changes, &other());
    let billed = [
        "currency",
        "interval",
        "automatic",
        "invoice",
        "proration",
        "items",
        "amount",
        "quota_interval",
        "carry",
        "periods",
        "cap",
    ];
    assert_eq!(ahead, billed);
    let expected = [
        (Effect::Ending, vec!["term", "renewal", "notice"]),
        (Effect::Documents, vec!["switches"]),
        (Effect::Draws, vec!["overbooking", "limit"]),
        (Effect::Bookings, vec!["minimum", "step"]),
        (Effect::Grants, vec!["deficits"]),
        (Effect::Invoices, vec!["delivery", "payment_days"]),
        (Effect::Balancing, vec!["overage_rate"]),
        (Effect::ToDos, vec!["lead_days"]),
    ];
    assert_eq!(at_once, expected);
    // A quota that is taken out leaves its account as it is: nothing of it works before the next billing.
    let mut without = other();
    without.quota = None;
    let (ahead, at_once) = by_effect(&differing(&other(), &without), &without);
    assert_eq!((ahead.contains(&"overbooking"), at_once), (true, Vec::new()));
    assert_eq!(Effect::of("number", &before), Effect::NextBilling, "what is no field of terms is never told at once");
}

/// Red when: something that is fixed since a period was billed is changed, or is not told.
#[test]
fn what_is_fixed_since_a_period_was_billed_stays_and_is_told() {
    let later = apply(&other(), &support(), &all(), once(true), TIME, day(TODAY));
    let fixed = |field| (field, TermsError::Fixed);
    assert_eq!(later.kept, [fixed("currency"), fixed("interval"), fixed("quota_interval")]);
    let terms = &later.contract.terms;
    assert_eq!((terms.currency, terms.billing.interval, terms.quota_interval()), (Currency::EUR, 1, Some(1)));
    assert_eq!((terms.billing.payment_days, terms.term), (30, 24), "all else is changed");
    assert!(later.works());
    // The same intervals said in another way are no difference.
    let said =
        applied(|terms| terms.quota.iter_mut().for_each(|q| q.interval = Some(1)), &[Section::Quota], true, TIME);
    assert_eq!((said.changes, said.kept), (vec!["quota_interval"], Vec::new()));
    // An interval of the billing that stays takes the one of the quota with it, where nothing is said.
    let yearly = applied(|terms| terms.billing.interval = 12, &[Section::Billing, Section::Quota], true, TIME);
    assert_eq!((yearly.kept, yearly.changes), (vec![fixed("interval")], Vec::new()));
}

/// Red when: a quota in hours becomes one in euros of the same account, or its other fields are changed without it.
#[test]
fn a_quota_that_the_account_does_not_count_stays_as_a_whole() {
    let money = |terms: &mut Terms| {
        terms.quota.iter_mut().for_each(|quota| {
            (quota.unit, quota.amount) = (Unit::Money(Currency::EUR), Amount::new(10_000));
            quota.overbooking = Overbooking::Yes { limit: None };
        });
    };
    let kept = applied(money, &[Section::Quota], false, TIME);
    assert_eq!((kept.kept, kept.changes), (vec![("quota", TermsError::OtherUnit)], Vec::new()));
    let fresh = applied(money, &[Section::Quota], false, None);
    assert_eq!((fresh.kept, fresh.changes), (Vec::new(), vec!["quota", "amount", "overbooking"]));
    // Without a quota nothing is granted any more; the account stays.
    let none = applied(|terms| terms.quota = None, &[Section::Quota], true, TIME);
    assert!(none.kept.is_empty() && none.works() && none.contract.terms.quota.is_none());
}

/// Red when: a type without items empties the invoice of a contract.
#[test]
fn a_type_without_items_leaves_those_of_the_contract() {
    let none = applied(|terms| terms.items.clear(), &[Section::Items], true, TIME);
    assert_eq!((none.kept, none.changes), (vec![("items", TermsError::NoItems)], Vec::new()));
}

/// Red when: a section is applied that does not go with what stays.
#[test]
fn what_does_not_fit_together_stands_in_the_way() {
    let arrears = applied(
        |terms| (terms.billing.time, terms.quota) = (BillingTime::Arrears, None),
        &[Section::Billing],
        true,
        TIME,
    );
    assert_eq!((arrears.faults.clone(), arrears.works()), (vec![("time", TermsError::QuotaInArrears)], false));
    let both = applied(
        |terms| (terms.billing.time, terms.quota) = (BillingTime::Arrears, None),
        &[Section::Billing, Section::Quota],
        true,
        TIME,
    );
    assert!(both.works());
}

/// Red when: two terms that differ are called the same.
#[test]
fn terms_differ_in_the_fields_that_differ() {
    let terms = support().terms;
    assert_eq!(differing(&terms, &terms), [""; 0]);
    assert_eq!(
        differing(&terms, &Terms { quota: None, ..terms.clone() }),
        ["quota", "amount", "overbooking", "carry", "deficits"]
    );
}

/// Red when: a quota that was taken out comes back with other periods than those that were sold.
#[test]
fn a_quota_that_comes_back_keeps_its_interval() {
    let mut contract = support();
    contract.terms.quota = None;
    let sold = Billed { any: true, quota_interval: Some(1) };
    let quota = |interval| {
        let mut after = contract.clone();
        after.terms.quota = Some(domain::contracts::QuotaTerms { interval, ..hours(4) });
        after
    };
    let fixed = vec![("quota_interval", TermsError::Fixed)];
    assert_eq!(check_change(&contract, &quota(Some(3)), sold), fixed);
    assert_eq!(check_change(&contract, &quota(None), sold), [], "the same one, as long as a billing period");
    assert_eq!(check_change(&contract, &quota(Some(3)), once(true)), [], "no quota was ever sold");
    let mut template = support().terms;
    template.quota.iter_mut().for_each(|quota| quota.interval = Some(3));
    let section = BTreeSet::from([Section::Quota]);
    let done = apply(&template, &contract, &section, sold, TIME, day(TODAY));
    assert_eq!((done.contract.terms.quota_interval(), &done.kept, &done.faults), (Some(1), &fixed, &Vec::new()));
    assert_eq!(apply(&template, &done.contract, &section, sold, TIME, day(TODAY)).changes, [""; 0]);
}

/// Red when: a type moves an end that notice was given for, ends a contract in the past, or revives one that has ended.
#[test]
fn a_type_moves_no_end_that_is_settled() {
    let section = BTreeSet::from([Section::Term, Section::Groups]);
    let mut contract = support();
    contract.start = day("2024-01-01");
    contract.cancelled_on = Some(day("2026-05-01"));
    let mut template = other();
    (template.term, template.renewal, template.notice) = (12, Some(1), 1);
    let given = apply(&template, &contract, &section, once(true), TIME, day("2026-09-10"));
    assert_eq!((contract.end(), given.contract.end()), (Some(day("2027-01-01")), Some(day("2027-01-01"))));
    let told = |field| (field, TermsError::UnderNotice);
    assert_eq!((given.kept.clone(), given.works()), (vec![told("renewal"), told("notice")], true));
    assert_eq!(given.changes, ["switches"]);
    // It has ended: nothing of it is touched, whatever it would come to.
    let late = apply(&template, &contract, &section, once(true), TIME, day("2027-01-01"));
    assert_eq!(late.faults, [("term", TermsError::Ended { end: day("2027-01-01") })]);
    // Without renewal the term of the type was over long ago.
    contract.cancelled_on = None;
    template.renewal = None;
    let past = apply(&template, &contract, &section, once(true), TIME, day("2026-09-10"));
    assert_eq!(past.faults, [("term", TermsError::EndsInThePast { end: day("2025-01-01") })]);
    assert!(!past.works());
    template.term = 36;
    assert!(apply(&template, &contract, &section, once(true), TIME, day("2026-09-10")).works());
}

/// 399.99 a month by days, agreed to end on June 15; June is billed for its 14 days, then the end moves.
///
/// Red when: nobody is told that the rest of June is billed by no run; when a period is named that is paid in full.
#[test]
fn a_period_that_was_cut_is_named_once_the_end_moves() {
    let mut contract = support();
    contract.terms.billing.proration = Proration::Daily;
    contract.agreed_end = Some(day("2026-06-15"));
    let billed = |contract: &Contract, number| {
        let period = contract.period(number).expect("it lasts");
        let net = contract.bill(&period, DAY).expect("small").totals.net;
        BilledPeriod { number, service: period.service, version: 1, net, granted: Amount::new(4 * 3_600) }
    };
    let facts = |contract: &Contract| EndFacts {
        contract: contract.clone(),
        billed: vec![billed(contract, 4), billed(contract, 5)],
        account: None,
        drawn: Vec::new(),
        documents: Vec::new(),
        from: day("2026-01-01"),
    };
    let given = facts(&contract);
    assert_eq!(given.billed[1].net, 18_666);
    let short = |facts: &EndFacts, how| ending(facts, how, DAY).expect("a plan").short;
    let range = |until: &str| DateRange { from: day("2026-06-15"), until: Some(day(until)) };
    let june = |unbilled, instead| vec![Short { billed: given.billed[1], unbilled, instead }];
    assert_eq!(short(&given, Ending::TakenBack), june(range("2026-07-01"), 39_999));
    assert_eq!(short(&given, Ending::Agreed { until: day("2026-12-01") }), june(range("2026-07-01"), 39_999));
    assert_eq!(short(&given, Ending::Agreed { until: day("2026-06-25") }), june(range("2026-06-25"), 31_999));
    assert_eq!(short(&given, Ending::Agreed { until: day("2026-06-10") }), [], "that lies beyond");
    // Without proration the whole of June is paid.
    contract.terms.billing.proration = Proration::None;
    assert_eq!(short(&facts(&contract), Ending::TakenBack), []);
}
