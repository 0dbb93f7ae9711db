//! Laws of billing: what random contracts are billed, in one run or in several, alone or together.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use domain::{
    Currency, Quantity,
    billing::{Billable, Plan, plan},
    contracts::{BilledLine, InvoiceKind, Proration, QuotaGrant, outlook},
    documents::{Line, Totals},
    money,
};
use proptest::collection;
use rust_decimal::Decimal;

use crate::{
    contract_plans::{DAY, contracts, days, digits, lines, rates, rounded, several},
    plans::for_every,
};

/// What each contract is billed, period by period, on whichever invoice.
type Billed = BTreeMap<(domain::ContractId, u32), (Vec<BilledLine>, Vec<QuotaGrant>)>;

fn billed(plan: &Plan) -> Billed {
    assert_eq!(plan.unbillable, [], "small contracts");
    let mut found = Billed::new();
    for planned in plan.invoices.iter().flat_map(|invoice| &invoice.periods) {
        let bill = planned.bill.clone();
        let before = found.insert((planned.contract, bill.period.number), (bill.lines, bill.grants));
        assert!(before.is_none(), "billed twice: {planned:?}");
    }
    found
}

/// The same contracts after the run.
fn after(contracts: &[Billable], plan: &Plan) -> Vec<Billable> {
    let mut contracts = contracts.to_vec();
    for planned in plan.invoices.iter().flat_map(|invoice| &invoice.periods) {
        let place = contracts.iter_mut().find(|billable| billable.contract.id == planned.contract);
        let place = place.expect("a contract of the run");
        assert_eq!(place.next, planned.bill.period.number, "the oldest first, none left out");
        place.next += 1;
    }
    contracts
}

/// Red when: a run leaves out a due period, bills one that is not due, or one that a run before has billed.
#[test]
fn two_runs_bill_what_one_would_have_billed() {
    for_every((several(), days(), days()), |(contracts, one, other)| {
        let (earlier, later) = (one.min(other), one.max(other));
        let first = plan(&contracts, earlier, DAY);
        let between = after(&contracts, &first);
        let second = plan(&between, later, DAY);
        let mut together = billed(&first);
        for (key, bill) in billed(&second) {
            assert!(together.insert(key, bill).is_none(), "{key:?} in both runs");
        }
        let at_once = plan(&contracts, later, DAY);
        assert_eq!(together, billed(&at_once));
        assert_eq!(after(&between, &second), after(&contracts, &at_once));
        let again = plan(&after(&between, &second), later, DAY);
        assert_eq!(again, Plan::default(), "once more on the same day changes nothing");
        // A period is billed exactly if it is due, by the plainest count.
        for billable in &contracts {
            let contract = &billable.contract;
            let due = |number: &u32| contract.due_on(*number).is_some_and(|due| due <= later);
            let due = (0..400).filter(due).count();
            let found = together.keys().filter(|(id, _)| *id == contract.id).count();
            assert_eq!(found, due);
        }
    });
}

/// Red when: a line is on no invoice or on two; when two customers, currencies or deliveries share an invoice; when
/// there are two consolidated invoices of one kind; when the longest payment term counts; when VAT is added up from the
/// periods.
#[test]
fn consolidated_invoices_have_the_same_lines_as_single_ones() {
    for_every((several(), days()), |(contracts, as_of)| {
        let mixed = plan(&contracts, as_of, DAY);
        let alone: Vec<Billable> = contracts
            .iter()
            .cloned()
            .map(|mut billable| {
                billable.contract.terms.billing.invoice = InvoiceKind::Own;
                billable
            })
            .collect();
        let single = plan(&alone, as_of, DAY);
        assert_eq!(billed(&mixed), billed(&single));
        assert!(single.invoices.iter().all(|invoice| invoice.periods.len() == 1));
        let net = |plan: &Plan| plan.invoices.iter().map(|invoice| invoice.totals.net).sum::<i64>();
        assert_eq!(net(&mixed), net(&single));

        let mut shared = BTreeSet::new();
        for invoice in &mixed.invoices {
            let of = |id| contracts.iter().map(|b| &b.contract).find(|c| c.id == id).expect("a contract of the run");
            let theirs: Vec<_> = invoice.periods.iter().map(|planned| of(planned.contract)).collect();
            for contract in &theirs {
                assert_eq!(contract.customer, invoice.customer);
                assert_eq!(contract.terms.currency, invoice.currency);
                assert_eq!(contract.terms.billing.delivery, invoice.delivery);
            }
            let shortest = theirs.iter().map(|contract| contract.terms.billing.payment_days).min();
            assert_eq!(shortest, Some(invoice.payment_days));
            if theirs[0].terms.billing.invoice == InvoiceKind::Consolidated {
                assert!(theirs.iter().all(|c| c.terms.billing.invoice == InvoiceKind::Consolidated));
                let kind = (invoice.customer, invoice.currency.code(), invoice.delivery);
                assert!(shared.insert(kind), "one per customer, currency and delivery");
            } else {
                assert_eq!(theirs.len(), 1, "an invoice of its own");
            }
            let lines: Vec<_> = invoice.periods.iter().flat_map(|planned| &planned.bill.lines).collect();
            check_totals(&invoice.totals, lines.iter().map(|billed| (&billed.line, billed.total)));
        }
    });
}

/// Gross = net + VAT, and VAT per rate rounded once, in whole numbers.
fn check_totals<'a>(totals: &Totals, lines: impl Iterator<Item = (&'a Line, i64)>) {
    let mut sums = BTreeMap::<Decimal, i64>::new();
    for (line, total) in lines {
        *sums.entry(line.vat.percent()).or_default() += total;
    }
    let expected: Vec<_> = sums
        .iter()
        .rev()
        .map(|(rate, net)| (*rate, *net, rounded(i128::from(*net) * digits(*rate, 3), 100_000)))
        .collect();
    let found: Vec<_> = totals.rates.iter().map(|sum| (sum.rate.percent(), sum.net, sum.vat)).collect();
    assert_eq!(found, expected, "per rate, the highest first");
    assert_eq!(totals.net, expected.iter().map(|(_, net, _)| net).sum::<i64>());
    assert_eq!(totals.vat, expected.iter().map(|(_, _, vat)| vat).sum::<i64>());
    assert_eq!(totals.gross, totals.net + totals.vat);
}

/// Red when: VAT is rounded line by line; when halves are not rounded away from zero; when gross is not the sum.
#[test]
fn gross_is_net_plus_vat_and_vat_is_rounded_once_per_rate() {
    let nets = collection::vec((rates(), -1_000_000..1_000_000_i64), 0..12);
    for_every(nets, |nets| {
        let totals = Totals::of(nets.clone()).expect("small");
        let plain = crate::contract_plans::line("1", domain::documents::LineUnit::Piece, "0", "0", "0");
        let lines: Vec<_> = nets.iter().map(|(vat, net)| (Line { vat: *vat, ..plain.clone() }, *net)).collect();
        check_totals(&totals, lines.iter().map(|(line, net)| (line, *net)));
    });
}

/// Red when: the time of a line is not rounded to the second; when the total is divided before it is multiplied; when
/// the discount is taken off twice; when halves are cut off; when the currency has no say in the decimals.
#[test]
fn a_line_total_is_rounded_once() {
    for_every((lines(), 1..=86_400_i64), |(line, working_day)| {
        let one = line.unit.seconds(domain::Seconds(working_day)).map(|seconds| i128::from(seconds.0));
        let (quantity, price) = (digits(line.quantity.value(), 2), digits(line.price.value(), 4));
        let kept = 10_000 - digits(line.discount.value(), 2);
        for currency in [Currency::JPY, Currency::EUR, Currency::TND] {
            let scale = 10_i128.pow(money::decimals(currency));
            let expected = match one {
                None => rounded(quantity * price * kept * scale, 10_i128.pow(10)),
                Some(one) => {
                    let seconds = rounded(quantity * one, 100);
                    assert_eq!(line.seconds(domain::Seconds(working_day)).map(|time| time.0), Some(seconds));
                    rounded(i128::from(seconds) * price * kept * scale, one * 10_i128.pow(8))
                }
            };
            let found = line.total(currency, domain::Seconds(working_day)).expect("it fits");
            assert_eq!((found.minor, found.currency), (expected, currency), "{line:?}");
        }
    });
}

/// Red when: a prorated line is that of the whole, or of the days that are cut off; when it is rounded twice or comes to
/// something else than its printed line; when another period than the last is prorated; when the quota is prorated.
#[test]
fn a_prorated_price_is_the_share_of_the_days() {
    for_every((contracts(), 0..30_u32), |(mut contract, number)| {
        let Some(period) = contract.period(number) else { return };
        let days = |until: Option<NaiveDate>| i128::from((until.expect("an end") - period.range.from).num_days());
        let (part, whole) = (days(period.service.until), days(period.range.until));
        contract.terms.billing.proration = Proration::None;
        let full = contract.bill(&period, DAY).expect("small");
        let items = full.lines.iter().map(|billed| &billed.line);
        assert!(items.eq(&contract.terms.items), "without proration the items as they are");
        contract.terms.billing.proration = Proration::Daily;
        let cut = contract.bill(&period, DAY).expect("small");
        assert_eq!(cut.grants, full.grants, "the quota is never prorated");
        for (cut, full) in cut.lines.iter().zip(&full.lines) {
            if part == whole {
                assert_eq!(cut, full);
                continue;
            }
            let item = &full.line;
            let (count, one) = match (item.seconds(DAY), item.unit.seconds(DAY)) {
                (Some(time), Some(one)) => (i128::from(time.0), i128::from(one.0)),
                _ => (digits(item.quantity.value(), 2), 100),
            };
            let minor = if contract.terms.currency == Currency::JPY { 1 } else { 100 };
            let kept = 10_000 - digits(item.discount.value(), 2);
            let exact = count * digits(item.price.value(), 4) * kept * part * minor;
            assert_eq!(cut.total, rounded(exact, one * 10_000 * 10_000 * whole));
            assert!(cut.total.abs() <= full.total.abs(), "never more than the whole");
            let printed = cut.line.total(contract.terms.currency, DAY).expect("small");
            assert_eq!((printed.minor, cut.line.quantity), (cut.total, Quantity::ONE));
            assert!(cut.line.text.ends_with(&format!("{part}/{whole}")), "{}", cut.line.text);
            assert_eq!((cut.line.vat, cut.line.article), (item.vat, item.article), "nothing else changes");
        }
        if contract.end().is_none() || part == whole {
            assert_eq!(cut, full);
        }
    });
}

/// Red when: the outlook begins with another period than the next; when it names another day for the to-do; when the
/// boundary of today still counts as the next one; when it names a renewal though there is an end.
#[test]
fn the_outlook_is_what_the_runs_bill_one_by_one() {
    for_every((contracts(), 0..4_u32, 0..6_u32, days(), 0..4_u32), |(contract, next, count, on, boundary)| {
        // Half of the time the day of a boundary: on it the contract has renewed itself already.
        let today = contract.boundary(boundary).filter(|_| count % 2 == 0).unwrap_or(on);
        let found = outlook(&contract, next, count, today, DAY).expect("small");
        let mut number = next;
        for period in &found.periods {
            let billable = Billable { contract: contract.clone(), next: number };
            let run = plan(&[billable], period.due, DAY);
            let billed: Vec<_> = run.invoices.iter().flat_map(|invoice| &invoice.periods).collect();
            assert!(matches!(billed.as_slice(), [one] if one.bill == period.bill), "period {number}");
            let lead = contract.terms.billing.lead_days;
            assert_eq!(period.to_do.map(|to_do| (period.due - to_do).num_days()), lead.map(i64::from));
            let granted: Vec<_> = period.lots.iter().map(|lot| (lot.lot.valid.from, lot.lot.amount)).collect();
            let planned: Vec<_> = period.bill.grants.iter().map(|grant| (grant.period.from, grant.amount)).collect();
            assert_eq!(granted, planned);
            for lot in &period.lots {
                // Untouched, all of a lot is lost by its end, or nothing of it without one.
                let lost: i64 = lot.lapses.iter().map(|lapse| lapse.amount.units()).sum();
                let ends = lot.lot.valid.until.or(found.end).is_some();
                let over_cap =
                    lot.lot.carried.and_then(|carried| carried.cap).map(|cap| lot.lot.amount.units() - cap.units());
                assert_eq!(lost, if ends { lot.lot.amount.units() } else { over_cap.unwrap_or(0).max(0) });
            }
            number += 1;
        }
        let more = (number - next < count).then_some(number);
        assert!(more.is_none_or(|number| contract.period(number).is_none()), "nothing is left out");
        assert_eq!(found.end, contract.end());
        let renews = contract.end().is_none();
        assert_eq!((found.renews_on.is_some(), found.notice_by.is_some()), (renews, renews));
        if let Some(renews_on) = found.renews_on {
            assert!(renews_on > today && renews_on > contract.start);
            assert!(contract.boundary_from(today + chrono::Days::new(1)) == Some(renews_on));
        }
    });
}
