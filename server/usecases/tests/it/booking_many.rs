//! Many bookings at once: they come out as if they had been booked one after the other, or none of them is.

use domain::{
    BookingId, Permission, Role, Seconds, TaskId, UserId,
    quota::{Amount, Overbooking},
    splitting::{BookingRounding, SplitError},
};
use fastrand::Rng;
use usecases::{
    bookings,
    testing::{HOUR, OVERDRAWN, PREPAID, World, as_role, day, problem},
};
use wire::{FieldReason, Problem, bookings::BookingDraft, projects::DraftKind};

use crate::{
    office::admin,
    support::{assert_sound, books},
    workshop::{block, book, change_project, delete, effort, free, maintenance, me, shop, why},
};

async fn book_many(world: &World, drafts: &[BookingDraft]) -> Result<usize, Problem> {
    bookings::book_many(world, &admin(), drafts.to_vec()).await.map_err(problem)
}

/// A project with some billing lines, and bookings of four months on it. The same seed gives the same in every world.
async fn random(world: &World, seed: u64) -> Vec<BookingDraft> {
    let mut rng = Rng::with_seed(seed);
    let customer = world.customer(&format!("Customer {seed}")).await;
    let mut lines = Vec::new();
    if rng.bool() {
        let mut line = free(world, rng.i64(20..300));
        if let (DraftKind::Allowance { overbooking, .. }, true) = (&mut line.kind, rng.bool()) {
            *overbooking = Overbooking::Yes { limit: Some(Amount::new(HOUR)) };
        }
        lines.push(line);
    }
    if rng.bool() {
        let account = world.account(customer, if rng.bool() { OVERDRAWN } else { PREPAID }).await;
        world.lot(account, rng.i64(1..8) * HOUR, "2026-01-01", Some("2026-03-01")).await;
        world.lot(account, rng.i64(1..8) * HOUR, "2026-02-01", None).await;
        lines.push(block(world, account));
    }
    if rng.u8(..4) > 0 {
        lines.push(effort(world, "99.99"));
    }
    let own = shop(world, customer, lines).await;
    let step = [1, 900][rng.usize(..2)];
    let rounding = BookingRounding::new(Seconds(0), Seconds(step)).expect("a rounding");
    change_project(world, own.project, |draft| draft.rounding = Some(rounding)).await;
    let (first, last) = (day("2026-01-01"), day("2026-04-15"));
    let days = u64::try_from(last.signed_duration_since(first).num_days()).expect("later");
    let mut draft = || BookingDraft {
        id: BookingId::new(uuid::Uuid::from_u128(rng.u128(..))),
        date: first + chrono::Days::new(rng.u64(..=days)),
        seconds: Seconds(rng.i64(1..10_000)),
        billable: rng.u8(..5) > 0,
        note: if rng.bool() { "Printer".to_owned() } else { String::new() },
        ..own.draft(world, "2026-04-10", 1)
    };
    (0..30).map(|_| draft()).collect()
}

/// Red when: a booking is decided on something else than what those before it have left, or something of it is not
/// written as if it were the only one.
async fn many_at_once_come_out_as_one_after_the_other(world: World) {
    let other = World::new(world.db.engine()).await;
    for world in [&world, &other] {
        me(world).await;
    }
    for seed in 0..8 {
        let (single, many) = (random(&world, seed).await, random(&other, seed).await);
        assert_eq!(single, many);
        for draft in &single {
            book(&world, draft).await.expect("it is booked");
        }
        // The second part goes on with what is stored of the first.
        for part in many.chunks(18) {
            assert_eq!(book_many(&other, part).await, Ok(part.len()), "seed {seed}");
        }
    }
    let (single, many) = (books(&world).await, books(&other).await);
    for (single, many) in single.iter().zip(&many) {
        assert_eq!(single, many);
    }
    assert_eq!(single.len(), many.len());
    assert_sound(&other).await;
}

/// Red when: a refusal does not say of which booking it is, one that is refused leaves others behind, or the same one
/// counts twice.
async fn one_that_is_refused_refuses_all_by_its_place(world: World) {
    let own = maintenance(&world).await;
    let elsewhere = shop(&world, own.customer, Vec::new()).await;
    let deleted = own.books(&world, "2026-04-10", 5).await;
    delete(&world, &deleted).await.expect("it is deleted");
    change_project(&world, own.project, |draft| draft.splitting = Some(false)).await;
    let new = |minutes: i64| own.draft(&world, "2026-04-10", minutes);
    let (first, second) = (new(30), new(10));
    let before = books(&world).await;
    let of = |third: BookingDraft| vec![first.clone(), second.clone(), third];
    for (third, field, reason) in [
        (BookingDraft { task: elsewhere.task, ..new(1) }, "task", FieldReason::NotOneOf),
        (BookingDraft { task: TaskId::new(world.id()), ..new(1) }, "task", FieldReason::NotOneOf),
        (BookingDraft { person: Some(UserId::new(world.id())), ..new(1) }, "person", FieldReason::NotOneOf),
        (BookingDraft { id: first.id, ..new(1) }, "id", FieldReason::Taken),
        (BookingDraft { id: deleted.id, ..new(1) }, "id", FieldReason::Taken),
    ] {
        let refused = book_many(&world, &of(third)).await;
        assert_eq!(refused, Err(Problem::field(&format!("bookings.2.{field}"), reason)));
    }
    let refused = book_many(&world, &of(new(0))).await.expect_err("it has no time");
    assert_eq!(why(&refused), ("bookings.2.time", &SplitError::NoTime { seconds: Seconds(0) }));
    let refused = book_many(&world, &of(new(20))).await.expect_err("only five minutes are left");
    assert!(matches!(why(&refused), ("bookings.2.time", SplitError::DoesNotFit { left: Seconds(300), .. })));
    let refused = book_many(&world, &[BookingDraft { task: TaskId::new(world.id()), ..new(1) }]).await;
    assert_eq!(refused, Err(Problem::field("bookings.0.task", FieldReason::NotOneOf)));
    let staff = bookings::book_many(&world, &as_role(Role::Staff), of(new(5))).await.map_err(problem);
    assert_eq!(staff, Err(Problem::Forbidden { needs: Permission::EditBookings }));
    assert_eq!(book_many(&world, &[]).await, Ok(0));
    assert_eq!(books(&world).await, before);

    let all = of(new(5));
    assert_eq!(book_many(&world, &all).await, Ok(3));
    let before = books(&world).await;
    assert_eq!(book_many(&world, &all).await, Ok(0), "the same again");
    assert_eq!(books(&world).await, before);
    let twice = new(60);
    assert_eq!(book_many(&world, &[all[0].clone(), twice.clone(), twice]).await, Ok(1));
    assert_sound(&world).await;
}

on_both!(many_at_once_come_out_as_one_after_the_other, one_that_is_refused_refuses_all_by_its_place);
