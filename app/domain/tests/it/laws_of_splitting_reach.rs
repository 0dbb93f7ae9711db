//! Laws of splitting for whoever keeps it: which bookings have to be known, and on what each was decided.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    AccountId, BookingId, DateRange,
    quota::{AccountView, DeficitPolicy, Overbooking, Policy, Seq},
    splitting::{Facts, Moved, Plan, change, delete, every_day, move_in, move_over, piece_id, portions, reach, stand},
};
use uuid::Uuid;

use crate::{
    contract_plans::day,
    plans::for_every,
    splitting_plans::{Done, date, entered, open_projects, projects},
    splitting_world::{World, booking_id},
};

fn one(day: chrono::NaiveDate) -> DateRange {
    DateRange { from: day, until: day.succ_opt() }
}

/// The facts with the bookings of those days only, and the named one.
fn near(facts: &Facts, named: BookingId, days: DateRange) -> Facts {
    let bookings = facts.bookings.iter();
    let near = bookings.filter(|posted| posted.booking.id == named || days.contains(posted.booking.date));
    Facts { bookings: near.cloned().collect(), ..facts.clone() }
}

/// The facts as a server loads them: from the days concerned on, until nothing more is reached.
fn reached(facts: &Facts, named: BookingId, mut days: DateRange) -> (Facts, DateRange) {
    loop {
        let near = near(facts, named, days);
        let wider = reach(&near, days);
        if wider == days {
            return (near, days);
        }
        assert!(wider.from <= days.from && wider.hull(days) == wider, "{wider:?} after {days:?}");
        days = wider;
    }
}

/// Red when: a booking that shares a lot with the changed one is left out; when what has to be known is only what
/// shares a lot directly; when deficits that count together are taken for those of one day.
#[test]
fn what_lies_beyond_the_reach_of_splitting_stays_as_it_is() {
    for_every(projects(), |project| {
        project.live(|before, done, result, _| {
            let Ok(plan) = result else { return };
            let (number, to) = match done {
                Done::Added(..) => return,
                Done::Changed(number, entry) => (number, Some(entry)),
                Done::Deleted(number) => (number, None),
            };
            let id = booking_id(number);
            let own = one(before.posted(id).booking.date);
            let days = to.map_or(own, |entry| own.hull(one(date(entry.day))));
            let (facts, _) = reached(&before.facts, id, days);
            let again = match to {
                Some(entry) => change(&facts, &entered(number, entry)),
                None => delete(&facts, id),
            };
            assert_eq!(again.as_ref(), Ok(plan));
        });
    });
}

/// Red when: deficits with a limit, or that a later grant covers, are taken for those of their day.
#[test]
fn deficits_that_count_together_reach_every_day_of_splitting() {
    for_every(open_projects(), |project| {
        let mut world = project.begin();
        let days = one(date(30));
        for (overbooking, deficits, everywhere) in [
            (Overbooking::No, DeficitPolicy::NextGrant, false),
            (Overbooking::Yes { limit: None }, DeficitPolicy::Balance, false),
            (Overbooking::Yes { limit: None }, DeficitPolicy::NextGrant, true),
            (Overbooking::Yes { limit: Some(domain::quota::Amount::ZERO) }, DeficitPolicy::Balance, true),
        ] {
            for view in &mut world.facts.accounts {
                view.account.policy = Policy { overbooking, deficits };
                view.lots.clear();
            }
            let collects = world.facts.lines.iter().any(|line| line.kind.name() == "collector");
            let found = reach(&world.facts, days);
            assert_eq!(found, if collects && everywhere { every_day() } else { days });
        }
    });
}

/// The accounts as each of their entries finds them, from the ones that a plan was decided on.
fn steps(before: &World, plan: &Plan) -> BTreeMap<(AccountId, Seq), AccountView> {
    let accounts = &before.facts.accounts;
    let postings = plan.entries(accounts, |planned| planned.decision.request.draw).expect("they can be posted");
    let mut views: BTreeMap<AccountId, AccountView> =
        accounts.iter().map(|view| (view.account.id, view.clone())).collect();
    let mut found: BTreeMap<_, _> =
        views.values().map(|view| ((view.account.id, view.next_seq), view.clone())).collect();
    for (account, entry) in &postings.entries {
        let view = views.get_mut(account).expect("an account");
        view.post(entry).expect("it can be posted");
        found.insert((*account, view.next_seq), view.clone());
    }
    found
}

/// Red when: a booking is decided anew on accounts on which it holds something already, or without what was poured
/// before it; when one that keeps what it has is decided as if somebody else held that; when one that moves is not named.
#[test]
fn every_split_is_decided_anew_as_it_was() {
    for_every(projects(), |project| {
        project.live(|before, _, result, after| {
            let Ok(plan) = result else { return };
            let steps = steps(before, plan);
            let decided = plan.decided_on(&before.facts.accounts).expect("few entries");
            let named: BTreeSet<BookingId> = decided.iter().map(|(booking, _)| *booking).collect();
            assert_eq!(named.len(), plan.others.len() + usize::from(plan.booking.is_some()));
            let moving = plan.moving();
            for (booking, stood) in decided {
                let Some(posted) = after.facts.booking(booking) else { continue };
                let kept = before.facts.booking(booking).filter(|_| !moving.contains(&booking));
                let bookings = kept.cloned().into_iter().collect();
                let accounts =
                    stood.into_iter().map(|(account, stood)| steps[&(account, stood.next)].clone()).collect();
                let facts = Facts { accounts, bookings, ..before.facts.clone() };
                let anew = portions(&facts, &posted.booking, posted.billed).expect("it was booked");
                assert_eq!(anew, posted.portions, "{booking}");
            }
            // What was poured again and stays is decided anew on the accounts afterwards, too.
            let place = plan.booking.as_ref().and_then(|poured| before.facts.booking(poured.booking));
            let later = place.map_or(i64::MAX, |place| place.accepted);
            for posted in after.facts.bookings.iter().filter(|posted| posted.accepted > later) {
                if after.facts.lock(posted).is_some() || moving.contains(&posted.booking.id) {
                    continue;
                }
                let facts = Facts { bookings: vec![posted.clone()], ..after.facts.clone() };
                let anew = portions(&facts, &posted.booking, posted.billed).expect("it was booked");
                assert_eq!(anew, posted.portions, "{}", posted.booking.id);
            }
            let stood = stand(&after.facts.accounts);
            assert!(after.facts.accounts.iter().all(|view| stood[&view.account.id].next == view.next_seq));
            for posted in &before.facts.bookings {
                if after.facts.booking(posted.booking.id).is_some_and(|now| now.portions != posted.portions) {
                    assert!(moving.contains(&posted.booking.id), "what changes is kept anew");
                }
            }
        });
    });
}

/// Two projects with the same lines share all accounts. Red when: moving in one step decides on what the booking still
/// holds, at another place, or without the lots that only one of the projects knows.
#[test]
fn a_move_between_projects_is_a_deletion_and_a_move_in() {
    for_every(projects(), |project| {
        project.live(|before, done, _, _| {
            let Done::Changed(number, entry) = done else { return };
            let (id, booking) = (booking_id(number), entered(number, entry));
            let half = |own: bool| {
                let bookings = before.facts.bookings.iter();
                let of = bookings.filter(|posted| (posted.booking.id == id || posted.accepted % 2 == 0) == own);
                Facts { bookings: of.cloned().collect(), ..before.facts.clone() }
            };
            let (from, to) = (half(true), half(false));
            let expected = delete(&from, id).and_then(|left| {
                let posted = left.entries(&from.accounts, |planned| planned.decision.request.draw);
                let to = Facts { accounts: posted.expect("it can be posted").after, ..to.clone() };
                let plan = move_in(&to, &booking, before.posted(id).accepted)?;
                Ok(Moved { left, plan })
            });
            assert_eq!(move_over(&from, &to, &booking), expected);
            let mut little = to.clone();
            little.accounts.iter_mut().for_each(|view| view.lots.clear());
            assert_eq!(move_over(&from, &little, &booking), expected);
        });
    });
}

/// The database keeps these ids. Red when: two pieces get the same, or the first one another than its timer.
#[test]
fn pieces_of_a_timer_in_splitting_have_ids_of_their_own() {
    let timers = (1..200_u128).map(|number| BookingId::new(Uuid::from_u128(number)));
    let ids: BTreeSet<_> = timers.flat_map(|timer| (0..3).map(move |place| piece_id(timer, place))).collect();
    assert_eq!(ids.len(), 3 * 199);
    assert_eq!(piece_id(booking_id(1), 0), booking_id(1));
    assert_eq!(piece_id(booking_id(1), 2), piece_id(booking_id(1), 2));
}

/// Red when: a day that belongs to none of two ranges connects them, or an end is lost.
#[test]
fn ranges_overlap_on_a_day_of_both() {
    let range = |from: &str, until: Option<&str>| DateRange { from: day(from), until: until.map(day) };
    let april = range("2026-04-01", Some("2026-05-01"));
    for (other, overlaps, hull) in [
        (range("2026-05-01", None), false, range("2026-04-01", None)),
        (range("2026-04-30", None), true, range("2026-04-01", None)),
        (range("2026-03-01", Some("2026-04-01")), false, range("2026-03-01", Some("2026-05-01"))),
        (range("2026-03-01", Some("2026-04-02")), true, range("2026-03-01", Some("2026-05-01"))),
        (range("2026-04-10", Some("2026-04-11")), true, april),
    ] {
        assert_eq!((april.overlaps(other), other.overlaps(april)), (overlaps, overlaps), "{other:?}");
        assert_eq!((april.hull(other), other.hull(april)), (hull, hull), "{other:?}");
    }
}
