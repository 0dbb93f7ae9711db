//! Laws of splitting where it is off: a booking goes whole or not at all, and what is advised instead can be booked.

use domain::{
    Seconds,
    splitting::{Booking, SplitError, Target, add},
};

use crate::{
    plans::for_every,
    splitting_plans::{entered, entries, projects, rounding_of, roundings},
};

/// Red when: a booking is split though splitting is off; when one that fits whole is refused, or one that does not fit is
/// not; when a figure of the refusal is another one.
#[test]
fn with_splitting_off_a_booking_goes_whole_or_not_at_all() {
    for_every((projects(), entries()), |(project, entry)| {
        let mut world = project.live(|_, _, _, _| {});
        // How the advice is rounded has a law of its own.
        world.facts.rounding = None;
        let new = entered(200, entry);
        let split = add(&world.facts, &new).expect("it can be booked");
        let portions = split.booking.as_ref().expect("it is new").portions.clone();
        world.facts.splits = false;
        match add(&world.facts, &new) {
            Ok(plan) => {
                assert_eq!(portions.len(), 1);
                assert_eq!(plan, split);
            }
            Err(SplitError::DoesNotFit { booking, line, wanted, left, rest, book }) => {
                assert!(portions.len() > 1);
                assert_eq!(book, Some([left, rest]), "nothing is rounded");
                assert_eq!((booking, wanted, wanted.0), (new.id, new.seconds, left.0 + rest.0));
                let portion = portions.iter().find(|portion| portion.target == Target::Line { line });
                assert!(portion.is_some_and(|portion| portion.seconds >= left && left.0 > 0));
                // As it says: what is left fits. The rest after it may be split once more further on.
                let part = Booking { seconds: left, ..new.clone() };
                let taken = world.add(&part).expect("it fits").booking.expect("it is new").portions;
                assert_eq!((taken.len(), taken[0].target), (1, Target::Line { line }));
            }
            Err(other) => panic!("{other:?}"),
        }
    });
}

/// Red when: with rounding a refusal advises a booking that is refused again, or one that another line takes; when it
/// advises none though a shorter booking fits, or bookings that are not the one together.
#[test]
fn what_splitting_off_advises_can_be_booked_however_bookings_are_rounded() {
    for_every((projects(), entries(), roundings()), |(project, entry, minutes)| {
        let rounding = rounding_of(minutes);
        let mut world = project.live(|_, _, _, _| {});
        world.facts.splits = false;
        world.facts.rounding = Some(rounding);
        let new = entered(200, entry);
        let Err(SplitError::DoesNotFit { line, left, book, .. }) = add(&world.facts, &new) else { return };
        let lasting = |seconds| Booking { seconds, ..new.clone() };
        let Some([first, then]) = book else {
            assert!(rounding.billed(Seconds(1)) > left, "a shorter one fits");
            return;
        };
        assert_eq!(first.0 + then.0, new.seconds.0);
        assert!(first.0 > 0 && then.0 > 0);
        assert!(rounding.billed(Seconds(first.0 + 1)) > left, "it is the longest");
        let taken = world.add(&lasting(first)).expect("it fits").booking.expect("it is new").portions;
        assert_eq!((taken.len(), taken[0].target), (1, Target::Line { line }));
    });
}
