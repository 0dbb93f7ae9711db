//! The largest and the strangest documents: nothing overflows, nothing panics, and what does not fit is an error.

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, Currency, DrawId, GroupId, LineId, LotId, Seconds,
    clearing::{
        ClearingDocument, ClearingError, ClearingLine, ContractFacts, Facts, LineClearing, LotBefore, Reason,
        Reconciled, differences, effect, propose, reconcile, repairs,
    },
    documents::{Line, LineUnit, Totals},
    groups::{GroupSwitches, Switch},
    quota::{
        Account, AccountView, Amount, CarryOver, DrawOrigin, DrawRequest, GrantRequest, Overbooking, Part, QuotaError,
        Unit, draw, grant,
    },
};
use uuid::Uuid;

use crate::contract_plans::{DAY, contract_id, customer_id, day, line, support};

fn line_id(number: u128) -> LineId {
    LineId::new(Uuid::from_u128(number))
}

fn work() -> GroupId {
    GroupId::new(Uuid::from_u128(1))
}

/// A document of one line after the other on the support contract.
fn document(date: NaiveDate, lines: impl IntoIterator<Item = Line>) -> ClearingDocument {
    let line = |(line, number): (Line, u128)| ClearingLine {
        id: line_id(number),
        line: Line { group: Some(work()), ..line },
        contract: Some(contract_id(1)),
        clears: true,
        fixed: None,
    };
    let lines = lines.into_iter().zip(1..).map(line).collect();
    ClearingDocument { customer: customer_id(1), date, currency: Currency::EUR, lines }
}

/// The support contract with so much in a lot of January.
fn facts(unit: Unit, amount: i64, overbooking: Overbooking) -> Facts {
    let mut contract = support();
    contract.terms.quota.iter_mut().for_each(|quota| (quota.unit, quota.overbooking) = (unit, overbooking));
    let policy = contract.terms.quota.as_ref().expect("a quota").policy();
    let id = AccountId::new(Uuid::from_u128(1));
    let mut view = AccountView::empty(Account { id, customer: contract.customer, unit, policy });
    let request = GrantRequest::new(
        LotId::new(Uuid::from_u128(9_000)),
        Amount::new(amount),
        day("2026-01-01"),
        Some(day("2026-02-01")),
    );
    for entry in grant(&view, &request).expect("it can be granted").entries(&view).expect("few entries") {
        view.post(&entry).expect("what was decided can be posted");
    }
    let (own, held) = (Vec::new(), Vec::new());
    let found = ContractFacts { contract, account: Some(view), own, held, sold_at: None, next: 1 };
    let groups = GroupSwitches { groups: [(work(), Switch::On)].into(), ..GroupSwitches::default() };
    Facts { day: DAY, groups, contracts: vec![found] }
}

fn hours(quantity: &str, price: &str) -> Line {
    line(quantity, LineUnit::Hour, price, "0", "19")
}

fn outcomes(decided: &Reconciled) -> Vec<&'static str> {
    decided.lines.iter().map(|line| line.outcome.name()).collect()
}

/// Red when: nothing at all is an error; when an empty document draws.
#[test]
fn an_empty_document_changes_nothing() {
    let facts = facts(Unit::Time, 14_400, Overbooking::No);
    let decided = reconcile(&document(day("2026-01-10"), []), &facts).expect("nothing");
    assert_eq!((&decided.lines, &decided.totals), (&Vec::new(), &Totals::default()));
    assert_eq!((decided.draws.len(), decided.releases.len()), (0, 0));
    let left: Vec<_> = decided.left.iter().map(|left| (left.before, left.drawn, left.after)).collect();
    assert_eq!(left, [(Amount::new(14_400), Amount::ZERO, Amount::new(14_400))]);
    let nobody = Facts { contracts: Vec::new(), ..facts };
    assert_eq!(reconcile(&document(day("2026-01-10"), []), &nobody), Ok(Reconciled::default()));
    let one = hours("1", "100");
    assert_eq!(propose(&document(day("2026-01-10"), []), &one, &nobody), Ok(None));
}

/// Red when: the time for a document grows with more than its lines; when the figures of many lines do not add up.
#[test]
fn five_thousand_lines_are_reconciled_one_after_the_other() {
    let quarter = || hours("0.25", "100");
    let lines: Vec<_> = std::iter::repeat_with(quarter).take(5_000).collect();
    let document = document(day("2026-01-10"), lines);
    let decided = reconcile(&document, &facts(Unit::Time, 1_000 * 900 + 300, Overbooking::No)).expect("small");
    let count = |name: &str| outcomes(&decided).into_iter().filter(|found| *found == name).count();
    assert_eq!((count("full"), count("partial"), count("period_not_billed")), (1_000, 1, 3_999));
    assert_eq!(decided.lines[1_000].item, -833);
    assert_eq!((decided.totals.net, decided.draws.len()), (3_999 * 2_500 + 1_667, 1_001));
    // Each of them overbooked is one deficit more.
    let unlimited = Overbooking::Yes { limit: None };
    let decided = reconcile(&document, &facts(Unit::Time, 900, unlimited)).expect("small");
    assert_eq!((decided.totals.net, decided.draws.len()), (0, 5_000));
    assert_eq!(decided.left[0].deficit, Amount::new(4_999 * 900));
}

/// Red when: a line that asks for more than the books keep stops the program, or its error does not name it.
#[test]
fn what_is_too_large_is_an_error_of_its_line() {
    let euros = Unit::Money(Currency::EUR);
    let largest = || line("1000000", LineUnit::Piece, "1000000000", "0", "19");
    let small = || line("1", LineUnit::Piece, "1", "0", "19");
    let on = day("2026-01-10");
    let found = reconcile(&document(on, [small(), largest()]), &facts(euros, 100, Overbooking::No));
    let amount = Amount::new(10_i64.pow(17));
    let too_large = QuotaError::TooLarge { amount, largest: Amount::LARGEST };
    assert_eq!(found, Err(ClearingError::Quota { line: Some(line_id(2)), unit: euros, error: too_large }));
    // The most that can be asked for can be drawn.
    let most = || line("10", LineUnit::Piece, "1000000000", "0", "0");
    let mut rich = facts(euros, Amount::LARGEST.units(), Overbooking::No);
    rich.contracts[0].sold_at = "0".parse().ok();
    let decided = reconcile(&document(on, [most(), most()]), &rich).expect("it fits");
    assert_eq!(outcomes(&decided), ["full", "period_not_billed"]);
    assert_eq!(decided.lines[0].item, -Amount::LARGEST.units());
    // Time never asks for that much: a million days.
    let days = || line("1000000", LineUnit::Day, "1000000000", "0", "19");
    let decided = reconcile(&document(on, [days()]), &facts(Unit::Time, 14_400, Overbooking::No)).expect("it fits");
    assert_eq!((decided.lines[0].total, decided.lines[0].item), (10_i64.pow(17), -50_000_000_000));
    // Lines that fit can be too large together, though what they clear is taken off.
    let many = std::iter::repeat_with(days).take(93);
    let unlimited = facts(Unit::Time, 14_400, Overbooking::Yes { limit: None });
    let found = reconcile(&document(on, many), &unlimited).map(|decided| decided.totals.net);
    assert_eq!(found, Ok(0));
    let many = std::iter::repeat_with(days).take(93);
    let found = reconcile(&document(on, many), &facts(Unit::Time, 14_400, Overbooking::No));
    assert_eq!(found, Err(ClearingError::SumTooLarge));
    for impossible in [0, i64::MIN, i64::MAX] {
        let facts = Facts { day: Seconds(impossible), ..facts(Unit::Time, 14_400, Overbooking::No) };
        let found = reconcile(&document(on, [small(), days()]), &facts);
        assert_eq!(found, Err(ClearingError::LineTooLarge { line: line_id(2) }), "a day of {impossible}");
    }
}

/// Red when: a line that takes something back clears, or gives time back.
#[test]
fn negative_lines_never_give_anything_back() {
    let lines = [hours("-1000000", "1000000000"), hours("1", "-1000000000"), hours("-0.01", "0.0001")];
    let decided = reconcile(&document(day("2026-01-10"), lines), &facts(Unit::Time, 14_400, Overbooking::No));
    let decided = decided.expect("it fits");
    assert_eq!(outcomes(&decided), ["quantity_not_positive", "price_not_positive", "quantity_not_positive"]);
    assert!(decided.draws.is_empty() && decided.lines.iter().all(|line| line.item == 0 && line.cleared.is_zero()));
}

/// Red when: the smallest quantity is lost, or counts as more than its seconds.
#[test]
fn a_hundredth_of_each_unit_of_time_is_cleared() {
    let units = [LineUnit::Hour, LineUnit::Minute, LineUnit::Day];
    let lines = units.map(|unit| line("0.01", unit, "100", "0", "19"));
    let decided = reconcile(&document(day("2026-01-10"), lines), &facts(Unit::Time, 14_400, Overbooking::No));
    let decided = decided.expect("small");
    // 0.6 of a second is one after rounding.
    let found: Vec<_> = decided.lines.iter().map(|line| (line.cleared.units(), line.item)).collect();
    assert_eq!(found, [(36, -100), (1, -167), (288, -100)]);
}

/// Red when: a contract that the facts do not have is passed over, or its error does not name it; when a line that does
/// not ask for it is refused.
#[test]
fn an_unknown_contract_is_an_error_of_its_line() {
    let facts = facts(Unit::Time, 14_400, Overbooking::No);
    let mut document = document(day("2026-01-10"), [hours("1", "100"), hours("1", "100")]);
    let contract = ContractId::new(Uuid::from_u128(404));
    document.lines[1].contract = Some(contract);
    let unknown = ClearingError::UnknownContract { line: line_id(2), contract };
    assert_eq!(reconcile(&document, &facts), Err(unknown));
    document.lines[1].clears = false;
    let decided = reconcile(&document, &facts).expect("it does not ask");
    assert_eq!(outcomes(&decided), ["full", "switched_off"]);
    // To switch it on would be refused, so it is not offered; nor is anything for a line that is not there.
    for line in [line_id(2), line_id(404)] {
        assert_eq!(repairs(&document, &facts, &decided, line), Ok(Vec::new()));
    }
}

/// Red when: a date that the facts do not cover passes as one on which nothing is left.
#[test]
fn a_date_outside_the_facts_is_an_error_and_not_exhausted() {
    let mut facts = facts(Unit::Time, 14_400, Overbooking::No);
    let covers = domain::DateRange { from: day("2026-01-10"), until: Some(day("2026-01-11")) };
    facts.contracts[0].account.iter_mut().for_each(|account| account.covers = covers);
    assert!(reconcile(&document(day("2026-01-10"), [hours("1", "100")]), &facts).is_ok());
    for outside in ["2026-01-09", "2026-01-11"] {
        let date = day(outside);
        let error = QuotaError::OutsideView { date, covers };
        let found = reconcile(&document(date, [hours("1", "100")]), &facts);
        assert_eq!(found, Err(ClearingError::Quota { line: Some(line_id(1)), unit: Unit::Time, error: error.clone() }));
        assert_eq!(
            propose(&document(date, []), &Line { group: Some(work()), ..hours("1", "100") }, &facts),
            Err(ClearingError::Quota { line: None, unit: Unit::Time, error })
        );
        // Without a line that asks there is nothing to say of the account.
        assert_eq!(reconcile(&document(date, []), &facts).map(|decided| decided.left), Ok(Vec::new()));
    }
}

/// Red when: a person is not told that a line came out otherwise, because its group was switched off in between.
#[test]
fn a_group_switched_off_between_preview_and_save_is_told() {
    let mut facts = facts(Unit::Time, 14_400, Overbooking::No);
    let mut document = document(day("2026-01-10"), [hours("3", "100"), hours("1", "100")]);
    document.lines[1].contract = None;
    let seen: Vec<_> = reconcile(&document, &facts).expect("small").lines.iter().map(LineClearing::shown).collect();
    facts.groups.groups.insert(work(), Switch::Off);
    let decided = reconcile(&document, &facts).expect("small");
    let differ = differences(&seen, &decided);
    let found: Vec<_> =
        differ.iter().map(|one| (one.seen.item, one.decided.outcome.as_str(), one.decided.item)).collect();
    assert_eq!(found, [(-30_000, "group_not_eligible", 0)]);
    assert_eq!(decided.lines[0].outcome.reason(), Some(&Reason::GroupNotEligible));
}

/// Red when: a date far away panics or passes as one of the books.
#[test]
fn the_first_and_the_last_year_are_no_panic() {
    let far = [("0001-01-01", false), ("9999-12-31", true)].map(|(text, active)| (day(text), active));
    let ends = [(NaiveDate::MIN, false), (NaiveDate::MAX, true)];
    for (date, active) in far.into_iter().chain(ends) {
        let known = facts(Unit::Time, 14_400, Overbooking::Yes { limit: None });
        let found = reconcile(&document(date, [hours("1", "100")]), &known);
        // A contract that renews itself lasts for ever, but the books do not.
        let line = active.then(|| line_id(1));
        assert!(
            matches!(found, Err(ClearingError::Quota { line: of, unit: Unit::Time, error: QuotaError::DateOutOfRange { .. } }) if of == line),
            "{date}: {found:?}"
        );
        let mut document = document(date, [hours("1", "100")]);
        document.lines[0].contract = None;
        let nobody = Facts { contracts: Vec::new(), ..known.clone() };
        let decided = reconcile(&document, &nobody).expect("no account is asked");
        assert_eq!((outcomes(&decided), decided.totals.net), (vec!["no_contract"], 10_000));
        let offered = repairs(&document, &nobody, &decided, line_id(1));
        assert_eq!(offered, Ok(Vec::new()));
        let refused = repairs(&document, &known, &decided, line_id(1));
        assert_eq!(refused.is_err(), active, "whom to propose is a question to the account");
        let bill = domain::clearing::Repair::BillPeriod { contract: contract_id(1), as_of: date };
        assert!(effect(&document, &known, &bill).is_err());
    }
}

/// Example 3 of section 1: of January's 10 h, 2 h were drawn in January, 1 h of them by a draft; 2 h can be drawn in
/// February, and 6 h are lost over the cap. Red when: what a cap lets lapse, or what a draft holds, counts as drawn.
#[test]
fn a_line_says_what_had_become_of_each_lot_before() {
    let hour = |count: i64| Amount::new(count * 3_600);
    let mut facts = facts(Unit::Time, 1, Overbooking::No);
    let view = facts.contracts[0].account.as_mut().expect("an account");
    *view = AccountView::empty(view.account.clone());
    let lots = [9_001, 9_002].map(|number| LotId::new(Uuid::from_u128(number)));
    for (lot, from, until) in [(lots[0], "2026-01-01", "2026-02-01"), (lots[1], "2026-02-01", "2026-03-01")] {
        let carry = CarryOver::On { periods: Some(1), cap: Some(hour(2)) };
        let request = GrantRequest { carry, ..GrantRequest::new(lot, hour(10), day(from), Some(day(until))) };
        for entry in grant(view, &request).expect("it can be granted").entries(view).expect("few entries") {
            view.post(&entry).expect("what was decided can be posted");
        }
    }
    let request = DrawRequest {
        draw: DrawId::new(Uuid::from_u128(1)),
        date: day("2026-01-20"),
        wanted: hour(2),
        origin: DrawOrigin::DocumentLine,
    };
    let drawn = draw(view, &request).expect("it is there").entry(view);
    view.post(&drawn).expect("what was decided can be posted");
    facts.contracts[0].held = vec![Part { lot: lots[0], amount: hour(1) }];
    let document = document(day("2026-02-02"), [hours("3", "100"), hours("1", "100")]);
    let decided = reconcile(&document, &facts).expect("small figures");
    let told = decided.lines.iter().map(|line| {
        let lots = &line.figures.as_ref().expect("the account was asked").lots;
        lots.iter().map(|lot| (lot.drawn, lot.before.expect("it is recorded"))).collect::<Vec<_>>()
    });
    let before = |drawn, held, lapsed| LotBefore { drawn: hour(drawn), held: hour(held), lapsed: hour(lapsed) };
    let expected = [
        vec![(hour(2), before(1, 1, 6)), (hour(1), before(0, 0, 0))],
        vec![(hour(0), before(3, 1, 6)), (hour(1), before(1, 0, 0))],
    ];
    assert_eq!(told.collect::<Vec<_>>(), expected);
}
