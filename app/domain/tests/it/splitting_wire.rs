//! What crosses the network and what the database keeps comes back as it was, under stable names.

use chrono::NaiveDateTime;
use domain::{
    BillingLineId, Currency, Seconds,
    quota::{Amount, QuotaError, Unit},
    splitting::{
        BillingLine, BookingRounding, Collects, Facts, LineKind, Lock, Plan, Portion, SplitError, Target, change,
    },
};
use serde_json::{from_str, from_value, json, to_string, to_value};

use crate::{
    contract_plans::day,
    plans::for_every,
    splitting_plans::{projects, rate},
    splitting_world::{account_id, booking_id, line_id, task_id},
};

/// Red when: a figure is lost on the way, or two fields have one name.
#[test]
fn facts_and_plans_of_splitting_come_back_as_they_were() {
    for_every(projects(), |project| {
        project.live(|before, _, result, _| {
            let text = to_string(&before.facts).expect("it can be written");
            assert_eq!(from_str::<Facts>(&text).expect(&text), before.facts);
            if let Ok(plan) = result {
                let text = to_string(plan).expect("it can be written");
                assert_eq!(&from_str::<Plan>(&text).expect(&text), plan);
            }
        });
    });
}

/// What is decided on facts that crossed the network is the same. Red when: deciding depends on anything else.
#[test]
fn splitting_decides_the_same_on_facts_that_were_sent() {
    for_every(projects(), |project| {
        let world = project.live(|_, _, _, _| {});
        let sent: Facts = from_str(&to_string(&world.facts).expect("it can be written")).expect("it can be read");
        for posted in &world.facts.bookings {
            let mut other = posted.booking.clone();
            other.seconds = Seconds(other.seconds.0 + 600);
            assert_eq!(change(&sent, &other), change(&world.facts, &other));
        }
    });
}

/// The database and REST keep these names. Red when: one of them changes.
#[test]
fn splitting_has_stable_names() {
    assert_eq!(Lock::ALL.map(Lock::name), ["document", "balancing", "statement", "closed_books"]);
    for lock in Lock::ALL {
        assert_eq!((Lock::from_name(lock.name()), to_value(lock).expect("a name")), (Some(lock), json!(lock.name())));
    }
    assert_eq!(Collects::ALL.map(Collects::name), ["all", "billable"]);
    for collects in Collects::ALL {
        let written = to_value(collects).expect("a name");
        assert_eq!((Collects::from_name(collects.name()), written), (Some(collects), json!(collects.name())));
    }
    assert_eq!((Lock::from_name("Document"), Collects::from_name("")), (None, None));
    let line = BillingLineId::new(uuid::Uuid::from_u128(1));
    for (target, name) in
        [(Target::Line { line }, "line"), (Target::NotBillable, "not_billable"), (Target::Unassigned, "unassigned")]
    {
        assert_eq!(target.name(), name);
        let portion = Portion { target, seconds: Seconds(60), amount: 167, taken: Amount::ZERO };
        let written = to_value(portion).expect("it can be written");
        assert_eq!(
            (&written["target"], &written["seconds"], &written["amount"]),
            (&json!(name), &json!(60), &json!(167))
        );
        assert_eq!(from_value::<Portion>(written).expect("it can be read"), portion);
    }
    let effort = BillingLine { id: line_id(1), tasks: None, kind: LineKind::Effort { rate: rate(10_050) } };
    let written = to_value(&effort).expect("it can be written");
    assert_eq!((&written["kind"], &written["rate"]), (&json!("effort"), &json!("100.5")));
    assert_eq!(from_value::<BillingLine>(written).expect("it can be read"), effort);
    assert_eq!((effort.kind.name(), LineKind::FlatRate.name()), ("effort", "flat_rate"));
}

/// Red when: a rounding that cannot be is read.
#[test]
fn a_rounding_of_splitting_that_cannot_be_is_not_read() {
    let rounding = BookingRounding::new(Seconds(1_800), Seconds(900)).expect("within a day");
    assert_eq!(to_value(rounding).expect("it can be written"), json!({ "minimum": 1_800, "step": 900 }));
    assert_eq!(from_value::<BookingRounding>(json!({ "minimum": 1_800, "step": 900 })).ok(), Some(rounding));
    assert!(from_value::<BookingRounding>(json!({ "minimum": 0, "step": 0 })).is_err());
    assert!(from_value::<BookingRounding>(json!({ "minimum": -1, "step": 60 })).is_err());
}

/// Every refusal, with figures.
fn refusals() -> Vec<SplitError> {
    let (booking, line, date) = (booking_id(1), line_id(1), day("2026-04-10"));
    let moment = |text: &str| text.parse().expect("a moment");
    let clock = |text: &str| text.parse::<NaiveDateTime>().expect("what a clock shows");
    let [wanted, left, rest] = [3_600, 2_700, 900].map(Seconds);
    let error = QuotaError::Overflow;
    vec![
        SplitError::NoTime { seconds: Seconds(0) },
        SplitError::TooLong { seconds: Seconds(90_000), most: Seconds(86_400) },
        SplitError::EndBeforeStart { start: moment("2026-04-10T10:00:00Z"), end: moment("2026-04-10T09:00:00Z") },
        SplitError::InFuture { date, today: day("2026-04-09") },
        SplitError::OutsideBooks { date, first: date, last: date },
        SplitError::TaskClosed { task: task_id(1) },
        SplitError::BooksClosed { date, closed_until: day("2026-05-01") },
        SplitError::Locked { booking, lock: Lock::Statement },
        SplitError::Unknown { booking },
        SplitError::Exists { booking },
        SplitError::DoesNotFit { booking, line, wanted, left, rest, book: Some([left, rest]) },
        SplitError::UnknownAccount { line, account: account_id(1) },
        SplitError::UnitMismatch { line, unit: Unit::Money(Currency::EUR) },
        SplitError::RateOutOfRange { line, rate: rate(-100) },
        SplitError::TooLarge { booking, line },
        SplitError::Quota { line, unit: Unit::Time, error },
        SplitError::NoSuchTime { time: clock("2026-03-29T02:30:00") },
        SplitError::PastMidnight { start: clock("2026-04-10T22:00:00").time(), wanted, fits: left, rest },
        SplitError::NotOver { end: clock("2026-04-10T15:00:00"), now: clock("2026-04-10T14:00:00") },
    ]
}

/// Red when: a refusal is written under another name, or without its figures.
#[test]
fn refusals_of_splitting_keep_their_names_and_figures() {
    for refusal in refusals() {
        let written = to_value(&refusal).expect("it can be written");
        assert_eq!(written["code"], refusal.name());
        assert_eq!(from_value::<SplitError>(written).expect("it can be read"), refusal);
    }
    let said: Vec<_> = refusals().iter().map(ToString::to_string).collect();
    assert_eq!(said[10], "3600 seconds do not fit into the 2700 left; 900 would be over");
    assert_eq!(said[17], "from 22:00:00 on 2700 of 3600 seconds fit into the day; book 2700 + 900");
    assert_eq!(said[6], "the books are closed until 2026-05-01, 2026-04-10 lies before");
}
