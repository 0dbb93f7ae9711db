//! Laws of splitting: what random bookings on random projects come to, each counted a second time in the plainest way.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    BookingId,
    quota::{DeficitPolicy, Overbooking, Unit},
    splitting::{
        BillingLine, Collector, Collects, LineKind, Lock, Plan, Portion, Posting, SplitError, Target, add, changes,
    },
};
use proptest::{collection, prelude::any};

use crate::{
    contract_plans::day,
    plans::{Overdraft, for_every},
    splitting_model::{Model, Place, Said, Source, period},
    splitting_plans::{Does, Done, PlainProject, date, entered, entries, open_projects, projects},
    splitting_world::{World, account, account_id, booking, booking_id, line_id},
};

/// The portions of the engine, in the words of the model.
fn said(world: &World) -> Vec<(BookingId, Vec<Said>)> {
    let place = |portion: &Portion| match portion.target {
        Target::Line { line } => {
            let found = world.facts.lines.iter().position(|of| of.id == line);
            Place::Line(found.expect("a line of the project"))
        }
        Target::NotBillable | Target::Unassigned => Place::Nowhere,
    };
    let minutes = |portion: &Portion| {
        assert_eq!(portion.seconds.0 % 60, 0);
        (place(portion), portion.seconds.0 / 60, portion.amount)
    };
    let all = world.portions().into_iter();
    all.map(|(booking, portions)| (booking, portions.iter().map(minutes).collect())).collect()
}

/// What is held of each lot and deficit, in the words of the model.
fn sources(project: &PlainProject, world: &World) -> BTreeMap<Source, i64> {
    let mut sums = BTreeMap::new();
    for (account, ledger) in &world.ledgers {
        let number = u8::try_from(account.uuid().as_u128() - 400).expect("few accounts");
        let mut states: Vec<_> = ledger.view.lots.iter().collect();
        states.sort_by_key(|state| state.lot.seq);
        for (state, place) in states.into_iter().zip(0_usize..) {
            let source = match number.checked_sub(10) {
                Some(line) => Source::Period(usize::from(line), state.lot.valid.from),
                None => Source::Lot(number, place),
            };
            sums.insert(source, state.drawn.units() / 60);
        }
        let deficit = match number.checked_sub(10) {
            Some(line) => Source::AllowanceDeficit(usize::from(line)),
            None => Source::BlockDeficit(number),
        };
        sums.insert(deficit, ledger.view.open_deficit().expect("small figures").units() / 60);
    }
    sums.retain(|_, minutes| *minutes != 0);
    assert!(project.lines.len() < 10 && project.blocks.len() == 2);
    sums
}

/// Red when: a line takes less or more than it can; when lines are tried in another order; when a task or billable time is
/// not looked at; when a collector overbooks what a later line takes, or the earlier one does; when the later bookings are
/// poured in another order or on accounts that still hold them; when a time or an amount is rounded otherwise.
#[test]
fn splitting_minute_by_minute_comes_to_the_same() {
    for_every(projects(), |project| {
        let mut model = Model { project: &project, notes: Vec::new() };
        project.live(|before, done, result, after| {
            model.read_locks(before);
            match (result, done) {
                (Ok(_), Done::Added(number, entry)) => model.add(number, entry),
                (Ok(_), Done::Changed(number, entry)) => model.change(number, entry),
                (Ok(_), Done::Deleted(number)) => model.delete(number),
                (Err(SplitError::Locked { .. }), Done::Changed(number, _) | Done::Deleted(number)) => {
                    assert!(before.posted(booking_id(number)).lock.is_some());
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(said(after), model.said());
            assert_eq!(sources(&project, after), model.sources());
        });
    });
}

/// Red when: the rest is forgotten, or what rounding adds; when a line gets two portions, or one without time; when time of
/// one kind is called the other.
#[test]
fn portions_of_splitting_add_up_to_the_booking() {
    for_every(projects(), |project| {
        project.live(|_, _, _, after| {
            for posted in &after.facts.bookings {
                let together: i64 = posted.portions.iter().map(|portion| portion.seconds.0).sum();
                let billed = project.billed(posted.booking.seconds.0 / 60) * 60;
                assert_eq!((together, posted.billed.0), (billed, billed));
                let targets: BTreeSet<_> = posted.portions.iter().map(|portion| portion.target).collect();
                assert_eq!(targets.len(), posted.portions.len(), "each of them once");
                for portion in &posted.portions {
                    assert!(portion.seconds.0 > 0);
                    match portion.target {
                        Target::Unassigned => assert!(posted.booking.billable),
                        Target::NotBillable => assert!(!posted.booking.billable),
                        Target::Line { .. } => {}
                    }
                }
            }
        });
    });
}

/// Red when: an allowance gives more than it says, something before its start, or what was left of another period.
#[test]
fn splitting_never_gives_more_free_time_than_the_allowance() {
    for_every(projects(), |project| {
        project.live(|_, _, _, after| {
            for (line, number) in project.lines.iter().zip(0_u8..) {
                let Does::Allowance { most, every, from, overdraft: Overdraft::No, .. } = line.does else { continue };
                let mut free = BTreeMap::<_, i64>::new();
                for posted in &after.facts.bookings {
                    let target = Target::Line { line: line_id(number) };
                    for portion in posted.portions.iter().filter(|portion| portion.target == target) {
                        let first = period(every, from, posted.booking.date).expect("nothing is free before the start");
                        *free.entry(first).or_default() += portion.seconds.0;
                    }
                }
                assert!(free.values().all(|seconds| *seconds <= most * 60), "{free:?} of {most} minutes");
            }
        });
    });
}

/// Red when: adding pours another booking, though that would get more since; when it releases anything.
#[test]
fn adding_a_booking_in_splitting_changes_no_other_one() {
    for_every((projects(), entries()), |(project, entry)| {
        let mut world = project.live(|_, _, _, _| {});
        // There is more to get than when they were poured.
        for block in 0..2 {
            world.grant(account_id(block), 600 * 60, date(0), None);
        }
        let before = world.clone();
        let new = entered(200, entry);
        // Whatever else is known: it comes to the same.
        let known = add(&before.facts, &new).expect("it can be booked");
        let plan = world.add(&new).expect("it can be booked");
        assert_eq!(plan, known);
        assert_eq!(plan.others, []);
        assert!(plan.postings.iter().all(|posting| !matches!(posting, Posting::Release { .. })));
        for posted in &before.facts.bookings {
            assert_eq!(world.posted(posted.booking.id), posted);
        }
        assert_eq!(world.facts.bookings.len(), before.facts.bookings.len() + 1);
    });
}

/// Red when: a locked booking is released, or poured again; when one that was accepted before the changed one is.
#[test]
fn locked_and_earlier_bookings_keep_their_portions_in_splitting() {
    for_every(projects(), |project| {
        project.live(|before, done, result, after| {
            let (Done::Changed(number, _) | Done::Deleted(number), Ok(_)) = (done, result) else { return };
            let place = before.posted(booking_id(number)).accepted;
            for posted in before.facts.bookings.iter().filter(|p| p.lock.is_some() || p.accepted < place) {
                assert_eq!(after.posted(posted.booking.id), posted);
            }
        });
    });
}

/// Red when: closed books lock nothing, or more than what lies before their day.
#[test]
fn closed_books_lock_in_splitting() {
    for_every((open_projects(), 20..60_i64, entries(), any::<u8>()), |(project, closed, entry, which)| {
        let mut world = project.live(|_, _, _, _| {});
        world.close_books(date(closed));
        let before = world.clone();
        let bookings = before.portions();
        let Some((chosen, _)) = bookings.get(usize::from(which) % bookings.len().max(1)) else { return };
        let number = u8::try_from(chosen.uuid().as_u128() - 600).expect("few bookings");
        let result = world.change(&entered(number, entry));
        let was_closed = before.posted(*chosen).booking.date < date(closed);
        match result {
            Err(SplitError::Locked { lock, booking }) => {
                assert_eq!((lock, booking, was_closed), (Lock::ClosedBooks, *chosen, true));
            }
            Err(SplitError::BooksClosed { .. }) => assert!(!was_closed && entry.day < closed),
            Ok(_) => assert!(!was_closed && entry.day >= closed),
            Err(other) => panic!("{other:?}"),
        }
        for posted in before.facts.bookings.iter().filter(|posted| posted.booking.date < date(closed)) {
            assert_eq!(world.posted(posted.booking.id), posted);
        }
    });
}

/// Red when: a changed booking loses its place; when what it had is not given back, or is not there for the others.
#[test]
fn a_change_and_back_restores_everything_in_splitting() {
    for_every((projects(), entries(), any::<u8>()), |(project, entry, which)| {
        let mut world = project.live(|_, _, _, _| {});
        let before = world.clone();
        let bookings = before.portions();
        let Some((chosen, _)) = bookings.get(usize::from(which) % bookings.len().max(1)) else { return };
        let number = u8::try_from(chosen.uuid().as_u128() - 600).expect("few bookings");
        let original = before.posted(*chosen).booking.clone();
        let Ok(there) = world.change(&entered(number, entry)) else {
            assert!(before.posted(*chosen).lock.is_some());
            return;
        };
        let back = world.change(&original).expect("it was there before");
        assert_eq!(world.portions(), before.portions());
        assert_eq!(world.drawn(), before.drawn());
        // And the report of the way back is that of the way there, turned around.
        let turned = |plan: &Plan| -> Vec<_> {
            plan.changed().map(|other| (other.booking, other.portions.clone(), other.before.clone())).collect()
        };
        let straight: Vec<_> =
            there.changed().map(|other| (other.booking, other.before.clone(), other.portions.clone())).collect();
        assert_eq!(straight, turned(&back));
    });
}

/// Red when: bookings are not poured again after a deletion or a change, so that one stays split though it fits.
#[test]
fn what_is_left_in_splitting_is_as_if_nothing_else_had_been_there() {
    for_every(open_projects(), |project| {
        let world = project.live(|_, _, _, _| {});
        let mut anew = project.begin();
        let mut bookings: Vec<_> = world.facts.bookings.iter().collect();
        bookings.sort_by_key(|posted| posted.accepted);
        for posted in bookings {
            anew.add(&posted.booking).expect("it was there");
        }
        assert_eq!(anew.portions(), world.portions());
        assert_eq!(anew.drawn(), world.drawn());
    });
}

/// Red when: a portion says another amount than its draw takes; when a draw of a deleted booking stays.
#[test]
fn what_portions_take_in_splitting_is_what_the_accounts_gave() {
    for_every(projects(), |project| {
        project.live(|_, _, _, after| {
            let mut taken = BTreeMap::<_, i64>::new();
            for posted in &after.facts.bookings {
                for held in &posted.held {
                    let target = Target::Line { line: held.line };
                    let portion = posted.portions.iter().find(|portion| portion.target == target);
                    let parts: i64 = held.draw.parts.iter().map(|part| part.amount.units()).sum();
                    let together = parts + held.draw.deficit.units();
                    assert_eq!(portion.map(|portion| portion.taken.units()), Some(together));
                    assert_eq!(held.draw.date, posted.booking.date);
                    *taken.entry(held.account).or_default() += together;
                }
                let drawn: i64 = posted.portions.iter().map(|portion| portion.taken.units()).sum();
                let lines: i64 = posted.held.iter().map(|held| held.draw.deficit.units()).sum();
                assert!(lines <= drawn);
            }
            for (account, ledger) in &after.ledgers {
                let granted: i64 = ledger.view.lots.iter().map(|state| state.lot.amount.units()).sum();
                let drawn: i64 = ledger.view.lots.iter().map(|state| state.drawn.units()).sum();
                let open = ledger.view.open_deficit().expect("small figures").units();
                let taken = taken.get(account).copied().unwrap_or_default();
                assert_eq!((drawn + open, ledger.balance.units()), (taken, granted - taken));
            }
        });
    });
}

/// Red when: a booking that gets just what it has is released and drawn again; when the booking itself is, after a change
/// of its note; when either is refused because splitting was switched off since.
#[test]
fn what_stays_the_same_in_splitting_posts_nothing() {
    for_every((projects(), any::<u8>()), |(project, which)| {
        let mut world = project.live(|_, _, _, _| {});
        let before = world.clone();
        let bookings = before.portions();
        let Some((chosen, _)) = bookings.get(usize::from(which) % bookings.len().max(1)) else { return };
        let posted = before.posted(*chosen);
        if posted.lock.is_some() {
            return;
        }
        let mut other = posted.booking.clone();
        "another note".clone_into(&mut other.note);
        world.facts.splits = false;
        let plan = world.change(&other).expect("only the note changes");
        assert_eq!((&plan.others, &plan.postings), (&Vec::new(), &Vec::new()));
        let poured = plan.booking.expect("it is named");
        assert_eq!(poured.before, poured.portions);
        assert_eq!(world.drawn(), before.drawn());
    });
}

/// Red when: the report leaves out a portion that changed, is new or is gone, or names one that is the same.
#[test]
fn the_report_of_splitting_names_what_changed_and_nothing_else() {
    for_every(projects(), |project| {
        project.live(|before, done, result, after| {
            let Ok(plan) = result else { return };
            let (Done::Added(own, _) | Done::Changed(own, _) | Done::Deleted(own)) = done;
            let own = booking_id(own);
            let differ: BTreeSet<_> = before
                .facts
                .bookings
                .iter()
                .filter(|posted| {
                    posted.booking.id != own && after.posted(posted.booking.id).portions != posted.portions
                })
                .map(|posted| posted.booking.id)
                .collect();
            let told: Vec<_> = plan.changed().map(|other| other.booking).collect();
            assert_eq!(told.iter().copied().collect::<BTreeSet<_>>(), differ);
            let accepted: Vec<_> = told.iter().map(|booking| after.posted(*booking).accepted).collect();
            assert!(accepted.is_sorted());
            for other in plan.changed() {
                let mut rebuilt: BTreeMap<_, _> =
                    other.before.iter().map(|p| (p.target, (p.seconds, p.amount, p.taken))).collect();
                for change in other.changes() {
                    assert_ne!(change.before, change.after);
                    let was = rebuilt.remove(&change.target).unwrap_or_default();
                    assert_eq!(was, (change.before.seconds, change.before.amount, change.before.taken));
                    if change.after.seconds.0 > 0 {
                        let is = (change.after.seconds, change.after.amount, change.after.taken);
                        rebuilt.insert(change.target, is);
                    }
                }
                let after: BTreeMap<_, _> =
                    other.portions.iter().map(|p| (p.target, (p.seconds, p.amount, p.taken))).collect();
                assert_eq!(rebuilt, after);
            }
            // A person who saw just this is told of no difference; one who saw nothing of it, of all of it.
            assert_eq!(Plan::differences(plan, plan), []);
            let blank = Plan::default();
            let all = plan.booking.iter().chain(&plan.others);
            let all: Vec<_> = all.map(|p| (p.booking, changes(&p.before, &p.portions))).collect();
            let all: Vec<_> = all.into_iter().filter(|(_, changes)| !changes.is_empty()).collect();
            assert_eq!(Plan::differences(&blank, plan), all);
        });
    });
}

/// Red when: a draw whose deficit was covered since is released though its booking gets the same again.
#[test]
fn covered_deficits_stay_covered_in_splitting() {
    let plans = (collection::vec(1..60_i64, 2..6), 0..400_i64, 1..60_i64, any::<u8>());
    for_every(plans, |(minutes, granted, changed, which)| {
        let collects = Collects::All;
        let kind = Collector { account: account_id(0), collects, rate: None, allowance: None, fee: None };
        let lines = vec![BillingLine { id: line_id(0), tasks: None, kind: LineKind::Collector(kind) }];
        let mut block = account(0, Unit::Time, Overbooking::Yes { limit: None });
        block.policy.deficits = DeficitPolicy::NextGrant;
        let mut world = World::new(lines, [block]);
        let on = day("2026-04-10");
        for (minutes, number) in minutes.iter().zip(0_u8..) {
            world.add(&booking(number, on, minutes * 60)).expect("it can be booked");
        }
        world.grant(account_id(0), (granted + 1) * 60, day("2026-05-01"), None);
        let before = world.clone();
        let number = which % u8::try_from(minutes.len()).expect("few bookings");
        let plan = world.change(&booking(number, on, changed * 60)).expect("it can be booked");
        assert_eq!(plan.others, [], "the others get the same");
        for posted in before.facts.bookings.iter().filter(|posted| posted.booking.id != booking_id(number)) {
            assert_eq!(world.posted(posted.booking.id), posted);
        }
    });
}
