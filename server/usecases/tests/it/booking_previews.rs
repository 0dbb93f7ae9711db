//! What bookings are previewed with: another project's facts for a move, and what is not told of others.

use chrono::NaiveTime;
use domain::{
    BookingId, Role, UserId,
    splitting::{Facts, change, delete, move_over},
};
use usecases::{
    Call, Env, bookings, projects,
    testing::{HOUR, PREPAID, World, as_role, day, problem},
};
use uuid::Uuid;
use wire::{Noun, Problem, bookings::BookingDraft};

use crate::{
    office::admin,
    support::assert_sound,
    workshop::{Shop, block, book, effort, free, lasting, maintenance, me, person, row, shop, stands, told},
};

async fn facts(env: &Env, call: &Call, of: &Shop, date: &str, booking: BookingId) -> Result<Facts, Problem> {
    let found = projects::facts(env, call, of.project, day(date), Some(booking)).await;
    found.map(|found| found.facts).map_err(problem)
}

fn later(world: &World, seconds: u32) -> Env {
    world.when(&format!("2026-04-15T10:00:{seconds:02}Z"))
}

/// Red when: the facts of the other project leave out what comes later there, or are those of another place; when what
/// the booking gives back is not there for the project to which it comes.
async fn a_move_to_another_project_is_previewed_as_it_is_done(world: World) {
    let person = me(&world).await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR, "2026-01-01", None).await;
    let lines = vec![free(&world, 45), block(&world, account), effort(&world, "100")];
    let from = shop(&world, customer, lines).await;
    let to = shop(&world, customer, vec![free(&world, 10), block(&world, account), effort(&world, "80")]).await;
    let there = to.books(&world, "2026-04-10", 5).await;
    let moving = from.books(&later(&world, 1), "2026-04-10", 105).await;
    let stays = from.books(&later(&world, 2), "2026-04-10", 30).await;
    let after = to.books(&later(&world, 3), "2026-04-09", 30).await;
    let before = [&there, &moving, &stays, &after].map(told);
    assert_eq!(before, ["Free 5", "Free 45, Block 60", "Effort 30 = 5000", "Free 5, Effort 25 = 3333"]);
    for date in ["2026-04-10", "2026-04-09", "2026-03-31"] {
        let moving = row(&world, moving.id).await;
        let left = facts(&world, &admin(), &from, date, moving.id).await.expect("the facts");
        let come = facts(&world, &admin(), &to, date, moving.id).await.expect("the facts");
        let wanted = BookingDraft { task: to.task, date: day(date), ..lasting(&moving, 90) };
        let moved = move_over(&left, &come, &wanted.booking(person)).expect("it can be moved");
        let seen = BookingDraft { seen: Some(moved.plan.clone()), seen_left: Some(moved.left.clone()), ..wanted };
        let answer = bookings::change(&world, &admin(), seen).await.expect("it is moved");
        assert_eq!(answer.differences, [], "{date}");
        assert_eq!((&answer.plan, answer.left.as_ref()), (&moved.plan, Some(&moved.left)), "{date}");
        assert_eq!(stands(&world, stays.id).await, "Free 30", "{date}");
        assert_sound(&world).await;
        // And back again.
        let left = facts(&world, &admin(), &to, "2026-04-10", moving.id).await.expect("the facts");
        let come = facts(&world, &admin(), &from, "2026-04-10", moving.id).await.expect("the facts");
        let wanted = BookingDraft { version: answer.row.version, ..lasting(&moving, 105) };
        let moved = move_over(&left, &come, &wanted.booking(person)).expect("it can be moved");
        let answer = bookings::change(&world, &admin(), wanted).await.expect("it is moved");
        assert_eq!((answer.plan, answer.left), (moved.plan, Some(moved.left)), "{date}");
        // The other project has taken meanwhile what came back to the block that both draw.
        for (booked, before) in [(&there, &before[0]), (&stays, &before[2])] {
            assert_eq!(&stands(&world, booked.id).await, before, "it kept its place");
        }
    }
}

/// Red when: staff are told whose other bookings are or when they began, or decide on something else than the office.
async fn staff_are_not_told_whose_other_bookings_are(world: World) {
    let own = maintenance(&world).await;
    let anna = person(&world, "staff", Role::Staff).await;
    let staff = as_role(Role::Staff);
    let start = NaiveTime::from_hms_opt(8, 30, 0);
    let with = |minutes| BookingDraft { start, note: "Printer".to_owned(), ..own.draft(&world, "2026-04-10", minutes) };
    let mine = bookings::book(&world, &staff, with(30)).await.expect("the own").row;
    book(&world, &with(30)).await.expect("of somebody else");
    bookings::book(&world, &staff, with(20)).await.expect("the own");
    let told = facts(&world, &staff, &own, "2026-04-10", mine.id).await.expect("the facts");
    let all = facts(&world, &admin(), &own, "2026-04-10", mine.id).await.expect("the facts");
    let of = |facts: &Facts| {
        let mut found: Vec<_> = facts.bookings.iter().collect();
        found.sort_by_key(|posted| posted.accepted);
        let who = found.into_iter().map(|posted| &posted.booking);
        who.map(|booking| (booking.person, booking.start, booking.note.clone())).collect::<Vec<_>>()
    };
    let (nobody, note) = (UserId::new(Uuid::nil()), "Printer".to_owned());
    assert_eq!(of(&told), [(anna, start, note), (nobody, None, String::new()), (anna, start, String::new())]);
    assert!(of(&all).iter().all(|(person, start, _)| *person != nobody && start.is_some()), "the office sees all");
    assert_eq!(delete(&told, mine.id), delete(&all, mine.id));
    let longer = lasting(&mine, 45).booking(anna);
    assert_eq!(change(&told, &longer), change(&all, &longer));
    assert_eq!(change(&told, &longer).expect("it can be changed").others.len(), 1);
    let elsewhere = shop(&world, own.customer, vec![effort(&world, "80")]).await;
    assert!(facts(&world, &staff, &elsewhere, "2026-04-10", mine.id).await.is_ok(), "the own can be moved");
    let theirs = book(&world, &with(10)).await.expect("of somebody else").row;
    for of in [&own, &elsewhere] {
        let refused = facts(&world, &staff, of, "2026-04-10", theirs.id).await.map(drop);
        assert_eq!(refused, Err(Problem::NotFound { what: Noun::Booking }));
    }
}

on_both!(a_move_to_another_project_is_previewed_as_it_is_done, staff_are_not_told_whose_other_bookings_are);
