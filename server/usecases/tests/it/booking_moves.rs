//! Moving many bookings at once, the week of a person, and the page of a booking.

use domain::{
    Currency, Permission, Role, TaskId,
    splitting::{Lock, SplitError},
};
use store::testing::{begin, commit, execute};
use usecases::{
    Env, bookings,
    testing::{World, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    bookings::{BookingRow, MoveDraft, MoveSum, MoveView},
    projects::Bookers,
};

use crate::{
    office::admin,
    receipts::invoice,
    support::{assert_sound, books},
    workshop::{
        Shop, book, change_project, effort, free, maintenance, person, row, set_tasks, shop, stands, task, told,
    },
};

fn later(world: &World, seconds: u32) -> Env {
    world.when(&format!("2026-04-15T10:00:{seconds:02}Z"))
}

fn moving(rows: &[&BookingRow], to: &Shop) -> MoveDraft {
    MoveDraft { bookings: rows.iter().map(|row| (row.id, row.version)).collect(), task: to.task, seen: None }
}

async fn planned(world: &World, rows: &[&BookingRow], to: &Shop) -> MoveView {
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    bookings::move_plan(world, &admin(), &ids, Some(to.task)).await.expect("a plan")
}

fn euros(before: i64, after: i64) -> Vec<MoveSum> {
    vec![MoveSum { currency: Currency::EUR, before, after }]
}

/// Red when: the plan changes something, tells other figures than the move, or bookings move in another order than they
/// were accepted.
async fn bookings_move_together_as_their_plan_says(world: World) {
    let from = maintenance(&world).await;
    let to = shop(&world, from.customer, vec![free(&world, 20), effort(&world, "80")]).await;
    let one = from.books(&world, "2026-04-10", 30).await;
    let two = from.books(&later(&world, 1), "2026-04-10", 30).await;
    let stays = from.books(&later(&world, 2), "2026-04-10", 30).await;
    assert_eq!([&one, &two, &stays].map(told), ["Free 30", "Free 15, Effort 15 = 2500", "Effort 30 = 5000"]);
    let before = books(&world).await;
    let plan = planned(&world, &[&two, &one], &to).await;
    assert_eq!(books(&world).await, before, "a plan changes nothing");
    let order: Vec<_> = plan.items.iter().map(|item| item.before.id).collect();
    assert_eq!(order, [one.id, two.id], "in the order in which they were accepted");
    let after: Vec<String> = plan.items.iter().filter_map(|item| item.after.as_ref()).map(told).collect();
    assert_eq!(after, ["Free 20, Effort 10 = 1333", "Effort 30 = 4000"]);
    assert_eq!(plan.others.iter().map(|other| other.booking).collect::<Vec<_>>(), [stays.id]);
    assert_eq!(plan.sums, euros(7_500, 5_333));

    let other = MoveDraft { seen: Some(euros(7_500, 5_000)), ..moving(&[&two, &one], &to) };
    let refused = bookings::move_many(&world, &admin(), other).await.map_err(problem);
    assert_eq!(refused, Err(Problem::Changed), "somebody saw other sums");
    assert_eq!(books(&world).await, before);
    let draft = MoveDraft { seen: Some(plan.sums.clone()), ..moving(&[&two, &one], &to) };
    let moved = bookings::move_many(&world, &admin(), draft.clone()).await.expect("they move");
    assert_eq!((&moved.sums, moved.others.len()), (&plan.sums, 1));
    for (id, expected) in [(one.id, "Free 20, Effort 10 = 1333"), (two.id, "Effort 30 = 4000"), (stays.id, "Free 30")] {
        assert_eq!(stands(&world, id).await, expected);
    }
    let after = books(&world).await;
    bookings::move_many(&world, &admin(), draft).await.expect("the same again");
    assert_eq!(books(&world).await, after, "is the same");
    assert_sound(&world).await;
}

/// Red when: one that is locked moves, others move without it, or the one in the way is not named.
async fn one_that_stands_in_the_way_stops_all(world: World) {
    let from = maintenance(&world).await;
    let to = shop(&world, from.customer, vec![effort(&world, "80")]).await;
    let document = invoice(&world, "Beta GmbH").await.id;
    let one = from.books(&world, "2026-04-10", 30).await;
    let billed = from.books(&later(&world, 1), "2026-04-10", 30).await;
    let mut tx = begin(&world.db).await;
    let sql = format!("UPDATE bookings SET document_id = '{document}' WHERE id = '{}'", billed.id);
    execute(&mut tx, &sql).await.expect("it is billed");
    commit(tx).await;
    let before = books(&world).await;
    let plan = planned(&world, &[&one, &billed], &to).await;
    let reason = FieldReason::Split(SplitError::Locked { booking: billed.id, lock: Lock::Document });
    assert_eq!(plan.refused, Some((billed.id, Problem::field("id", reason.clone()))));
    assert_eq!((plan.items.len(), plan.sums), (2, vec![]));
    let refused = bookings::move_many(&world, &admin(), moving(&[&one, &billed], &to)).await.map_err(problem);
    assert_eq!(refused, Err(Problem::field("id", reason)));
    let stale = MoveDraft { bookings: vec![(one.id, one.version + 1)], ..moving(&[], &to) };
    assert_eq!(bookings::move_many(&world, &admin(), stale).await.map_err(problem), Err(Problem::Changed));
    assert_eq!(books(&world).await, before, "nothing has moved");
    let only = bookings::move_plan(&world, &admin(), &[one.id], None).await.expect("it is shown");
    assert_eq!((only.to, only.items[0].before.clone(), only.items[0].after.clone()), (None, one, None));
}

/// Red when: moving names a project, or a task of it, to whoever may not know of it.
async fn a_task_of_a_project_that_one_may_not_know_is_none_to_move_to(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let (me, other) = (person(&world, "staff", Role::Staff).await, person(&world, "other", Role::Staff).await);
    let own = shop(&world, customer, vec![effort(&world, "100")]).await;
    let secret = shop(&world, customer, vec![effort(&world, "80")]).await;
    change_project(&world, secret.project, |draft| draft.bookers = Bookers::Only(vec![other])).await;
    let staff = as_role(Role::Staff);
    let booked = bookings::book(&world, &staff, own.draft(&world, "2026-04-10", 30)).await.expect("it is booked").row;
    let before = books(&world).await;
    let nothing = Problem::field("task", FieldReason::NotOneOf);
    for task in [secret.task, TaskId::new(world.id())] {
        let planned = bookings::move_plan(&world, &staff, &[booked.id], Some(task)).await.map_err(problem);
        assert_eq!(planned, Err(nothing.clone()));
        let draft = MoveDraft { bookings: vec![(booked.id, booked.version)], task, seen: None };
        let moved = bookings::move_many(&world, &staff, draft).await.map_err(problem);
        assert_eq!(moved, Err(nothing.clone()));
    }
    assert_eq!(books(&world).await, before);
    change_project(&world, secret.project, |draft| draft.bookers = Bookers::Only(vec![other, me])).await;
    let planned = bookings::move_plan(&world, &staff, &[booked.id], Some(secret.task)).await.expect("a plan");
    assert_eq!((planned.to.map(|(project, _)| project.id), planned.refused), (Some(secret.project), None));
}

/// Red when: a task of the week is missing, one on which nobody books any more is offered, or a sum is another.
async fn the_week_of_a_person_names_the_tasks_of_late(world: World) {
    let own = maintenance(&world).await;
    let beside = shop(&world, own.customer, vec![effort(&world, "80")]).await;
    let old = shop(&world, own.customer, vec![effort(&world, "80")]).await;
    let me = own.books(&world, "2026-04-10", 60).await.person;
    own.books(&world, "2026-04-13", 30).await;
    beside.books(&world, "2026-04-01", 10).await;
    old.books(&world, "2026-02-01", 10).await;
    let week = bookings::week(&world, &admin(), None, day("2026-04-06")).await.expect("the week");
    assert_eq!((&week.bookings.person, week.bookings.rows.len(), week.bookings.seconds.0), (&me, 1, 3_600));
    assert_eq!(week.tasks.iter().map(|task| task.task).collect::<Vec<_>>(), [own.task, beside.task]);
    assert!(week.writable);
    let closed = wire::projects::TaskRow { id: beside.task, closed: true, ..task(&world, "Repair") };
    set_tasks(&world, beside.project, vec![closed]).await.expect("it is closed");
    let week = bookings::week(&world, &admin(), Some(me.id), day("2026-04-06")).await.expect("the week");
    assert_eq!(week.tasks.iter().map(|task| task.task).collect::<Vec<_>>(), [own.task]);
}

/// Red when: the page of a booking has no facts to change it with, or offers what the person may not do.
async fn the_page_of_a_booking_says_what_can_be_done(world: World) {
    let own = maintenance(&world).await;
    let booked = book(&world, &own.draft(&world, "2026-04-10", 60)).await.expect("it is booked").row;
    let view = bookings::view(&world, &admin(), booked.id, true).await.expect("the page");
    assert_eq!((view.row.clone(), view.editable, view.accounts.len()), (row(&world, booked.id).await, true, 1));
    assert!(view.facts.is_some_and(|facts| facts.facts.booking(booked.id).is_some()));
    let sales = as_role(Role::Sales);
    assert!(!sales.by.role.may(Permission::BookTime));
    let view = bookings::view(&world, &sales, booked.id, true).await.expect("the page");
    assert_eq!((view.editable, view.facts, view.history.len()), (false, None, 1));
}

on_both!(
    bookings_move_together_as_their_plan_says,
    one_that_stands_in_the_way_stops_all,
    the_week_of_a_person_names_the_tasks_of_late,
    the_page_of_a_booking_says_what_can_be_done,
    a_task_of_a_project_that_one_may_not_know_is_none_to_move_to,
);
