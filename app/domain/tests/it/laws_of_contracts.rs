//! Laws of contracts: periods, ends and grants of random contracts, each counted a second time in the plainest way.

use chrono::NaiveDate;
use domain::contracts::{BillingTime, Contract};
use proptest::prelude::Strategy;

use crate::{
    contract_plans::{DAY, contracts, day, days, hours, months_after, support},
    plans::for_every,
};

/// The end, by trying one boundary after the other.
fn counted_end(contract: &Contract) -> Option<NaiveDate> {
    if contract.agreed_end.is_some() {
        return contract.agreed_end;
    }
    let boundary = |k: u32| {
        let renewals = contract.terms.renewal.unwrap_or(0) * k;
        months_after(contract.start, contract.terms.term + renewals)
    };
    match (contract.cancelled_on, contract.terms.renewal) {
        (_, None) => Some(boundary(0)),
        (None, Some(_)) => None,
        (Some(cancelled), Some(_)) => {
            let earliest = months_after(cancelled, contract.terms.notice);
            (0..5_000).map(boundary).find(|boundary| *boundary >= earliest)
        }
    }
}

/// Red when: a cancelled contract ends at the boundary after the right one, or before its notice is over; when an
/// agreed end is not preferred; when a contract without renewal is prolonged by a late notice; when boundaries are
/// counted from the one before.
#[test]
fn the_end_is_the_first_boundary_that_the_notice_allows() {
    for_every(contracts(), |contract| {
        assert_eq!(contract.end(), counted_end(&contract));
    });
}

/// Red when: the day of a boundary itself does not count; when the search begins after the right boundary.
#[test]
fn the_boundary_from_a_day_is_the_first_that_is_not_before_it() {
    for_every((contracts(), days()), |(contract, on)| {
        let numbers = if contract.terms.renewal.is_some() { 0..200 } else { 0..1 };
        let boundaries: Vec<_> = numbers.filter_map(|k| contract.boundary(k)).collect();
        assert_eq!(contract.boundary_from(on), boundaries.into_iter().find(|boundary| *boundary >= on));
        assert_eq!(contract.terms.renewal.is_some(), contract.boundary(1).is_some());
    });
}

/// Red when: the last day of notice is the boundary less the notice also where clamped days leave more time.
#[test]
fn a_day_after_the_last_day_of_notice_is_too_late() {
    let renewing = contracts().prop_filter("renews itself", |contract| contract.terms.renewal.is_some());
    for_every((renewing, days()), |(mut contract, on)| {
        let boundary = contract.boundary_from(on).expect("it renews itself");
        let last = contract.notice_by(boundary).expect("a day");
        contract.agreed_end = None;
        contract.cancelled_on = Some(last);
        assert_eq!(contract.end(), Some(boundary), "cancelled on {last}");
        contract.cancelled_on = last.succ_opt();
        assert!(contract.end() > Some(boundary), "cancelled the day after {last}");
    });
}

/// Red when: a period is counted from the one before; when one that starts on or after the end is there; when the end
/// does not cut the last one, or cuts another.
#[test]
fn periods_follow_each_other_from_the_anchor_until_the_end() {
    for_every(contracts(), |contract| {
        let interval = contract.terms.billing.interval;
        let end = contract.end();
        let mut until = contract.billing_start;
        for number in 0..40 {
            let from = months_after(contract.billing_start, number * interval);
            assert_eq!(from, until, "no gap and no overlap");
            until = months_after(contract.billing_start, (number + 1) * interval);
            let found = contract.period(number);
            assert_eq!(found.is_some(), end.is_none_or(|end| from < end), "period {number} from {from}");
            let Some(period) = found else { continue };
            assert_eq!((period.number, period.range.from, period.range.until), (number, from, Some(until)));
            let lasts = end.map_or(until, |end| end.min(until));
            assert_eq!((period.service.from, period.service.until), (from, Some(lasts)));
            let due = if contract.terms.billing.time == BillingTime::Advance { from } else { lasts };
            assert_eq!(contract.due_on(number), Some(due));
            let before =
                contract.terms.billing.lead_days.map(|days| (due - contract.to_do_on(number).expect("a day"), days));
            assert!(before.is_none_or(|(lead, days)| lead.num_days() == i64::from(days)));
        }
        assert_eq!(contract.due_on(40).is_some(), contract.period(40).is_some());
    });
}

/// Red when: a period is due on the day before; when the list begins elsewhere than with the next one, or leaves one
/// out.
#[test]
fn due_is_what_has_become_due_and_nothing_else() {
    for_every((contracts(), 0..6_u32, days()), |(contract, next, as_of)| {
        let due: Vec<_> = contract.due(next, as_of).iter().map(|period| period.number).collect();
        let expected: Vec<_> =
            (next..400).filter(|number| contract.due_on(*number).is_some_and(|due| due <= as_of)).collect();
        assert_eq!(due, expected, "as of {as_of}");
    });
}

/// The first days of the quota periods that billing the first periods grants, and those counted from the anchor.
fn granted_and_counted(contract: &Contract, periods: u32) -> (Vec<NaiveDate>, Vec<NaiveDate>) {
    let mut granted = Vec::new();
    for number in 0..periods {
        let Some(period) = contract.period(number) else { continue };
        for grant in contract.bill(&period, DAY).expect("small").grants {
            assert!(contract.quota_period_of(grant.period.from) == Some(grant.period), "{:?}", grant.period);
            assert_eq!(Some(grant.amount), contract.terms.quota.as_ref().map(|quota| quota.amount));
            granted.push(grant.period.from);
        }
    }
    let Some(interval) = contract.terms.quota_interval() else { return (granted, Vec::new()) };
    // A quota period starts as many months after the anchor as a billing period that begins on its day would.
    let horizon = periods * contract.terms.billing.interval;
    let numbers = (0..).take_while(|number| number * interval < horizon);
    let counted = numbers.map(|number| months_after(contract.billing_start, number * interval));
    (granted, counted.filter(|from| contract.end().is_none_or(|end| *from < end)).collect())
}

/// Red when: a quota period is granted with the billing period before or after the one in which it starts, twice, or
/// not at all; when one that starts on the end is granted.
#[test]
fn each_quota_period_before_the_end_is_granted_once() {
    for_every((contracts(), 1..=20_u32), |(contract, periods)| {
        let (granted, counted) = granted_and_counted(&contract, periods);
        assert_eq!(granted, counted);
    });
}

/// Red when: the number of quota periods of a billing period is calculated by a division of the two intervals.
#[test]
fn every_pair_of_intervals_grants_each_quota_period_once() {
    for (anchor, end) in [("2026-01-31", None), ("2028-02-29", Some("2031-02-28"))] {
        let mut contract = support();
        (contract.start, contract.billing_start) = (day(anchor), day(anchor));
        contract.agreed_end = end.map(day);
        for interval in 1..=14 {
            contract.terms.billing.interval = interval;
            for quota_interval in 1..=27 {
                let mut quota = hours(1);
                quota.interval = Some(quota_interval);
                contract.terms.quota = Some(quota);
                let (granted, counted) = granted_and_counted(&contract, 30);
                assert!(!granted.is_empty());
                assert_eq!(granted, counted, "billed every {interval}, granted every {quota_interval} months");
            }
        }
    }
}

/// Red when: a day before the anchor has a quota period; when a contract without quota has one.
#[test]
fn every_day_from_billing_start_on_has_one_quota_period() {
    for_every((contracts(), days()), |(contract, on)| {
        let found = contract.quota_period_of(on);
        let expected = contract.terms.quota.is_some() && contract.billing_start <= on;
        assert_eq!(found.is_some(), expected, "{on}");
        assert!(found.is_none_or(|period| period.contains(on)));
    });
}
