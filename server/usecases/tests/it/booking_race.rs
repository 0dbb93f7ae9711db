//! Two processes book the last free minutes of one project at once: together they get what there is.
//!
//! The test starts itself twice. Each process runs the real use case; its chance stops at the first id, that of the
//! draw: the facts are loaded and everything is decided then. Without the lock both have decided on the same minutes.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{CustomerId, ProjectId, TaskId};
use store::{
    Engine,
    projects::{lock, put_tasks},
    testing::{begin, commit, until_somebody_waits},
};
use usecases::{
    Chance, Env, SteppedClock, bookings, projects,
    testing::{Seeded, World, day, instant},
};
use uuid::Uuid;
use wire::{
    FieldReason, Problem,
    bookings::{BookingDraft, BookingQuery},
};

use crate::{
    office::admin,
    runner::{Runner, say, stop, task},
    support::{assert_sound, books},
    workshop::{self, Shop, book, change, lasting, maintenance, page, set_tasks, told},
};

/// Ids as they come; the process stops before the first.
struct StoppingChance(Seeded, AtomicBool);

impl Chance for StoppingChance {
    fn id(&self) -> Uuid {
        if !self.1.swap(true, Ordering::SeqCst) {
            stop("loaded");
        }
        self.0.id()
    }

    fn secret(&self) -> [u8; 32] {
        self.0.secret()
    }
}

/// The process that books; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, customer, project, own, seed] = task.split(' ').collect::<Vec<_>>()[..] else {
        panic!("URL CUSTOMER PROJECT TASK SEED: {task}")
    };
    let (customer, project): (CustomerId, ProjectId) =
        (customer.parse().expect("a customer"), project.parse().expect("a project"));
    let task: TaskId = own.parse().expect("a task");
    let seed: u64 = seed.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::open(url.to_owned(), seed).await;
        let draft = Shop { customer, project, task }.draft(&world, "2026-04-10", 30);
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let chance = StoppingChance(Seeded::new(seed + 1), AtomicBool::new(false));
        let env = Env::new(world.db.clone(), clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        say("asking");
        match book(&env, &draft).await {
            Ok(booked) => say(&told(&booked.row)),
            Err(error) => say(&format!("failed: {error:?}")),
        }
    });
}

async fn the_last_free_minutes_are_taken_once(engine: Engine) {
    let world = World::new(engine).await;
    let own = maintenance(&world).await;
    let start = |name, seed: u64| {
        let task = format!("{} {} {} {} {seed}", world.url, own.customer, own.project, own.task);
        Runner::start(name, "booking_race::child", &task)
    };
    let mut a = start("A", 11);
    a.says("asking");
    a.says("loaded");
    let mut b = start("B", 22);
    b.says("asking");
    let both_loaded = b.loads_now();
    a.go();
    let first = a.next("its answer");
    if !both_loaded {
        b.says("loaded");
    }
    b.go();
    let second = b.next("its answer");
    assert_eq!(
        (first.as_str(), second.as_str(), both_loaded),
        ("Free 30", "Free 15, Effort 15 = 2500", false),
        "A, B, and whether both had loaded the same minutes before either booked"
    );
    let listed = bookings::list(&world, &admin(), &BookingQuery { page: 1, ..BookingQuery::default() }).await;
    assert_eq!(listed.expect("the bookings").rows.len(), 2);
    let left = projects::left(&world, &admin(), own.customer, day("2026-04-10")).await.expect("what is left");
    assert_eq!(left.projects[0].lines[0].left.units(), 0);
    assert_sound(&world).await;
}

/// Red when: the task is looked for before the project is locked and not again: then the database refuses what no rule
/// has refused.
async fn a_task_that_is_deleted_meanwhile_takes_no_time(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 10).await;
    for changes in [false, true] {
        let kept = page(&world, own.project).await.tasks;
        let gone = workshop::task(&world, "Setup");
        set_tasks(&world, own.project, [kept.clone(), vec![gone.clone()]].concat()).await.expect("they are saved");
        let draft = if changes { lasting(&booked, 10) } else { own.draft(&world, "2026-04-10", 10) };
        let (env, draft) = (world.env.clone(), BookingDraft { task: gone.id, ..draft });
        let mut tx = begin(&world.db).await;
        lock(&mut tx, &[own.project]).await.expect("it is locked");
        let waits = tokio::spawn(async move {
            let answer = if changes { change(&env, &draft).await } else { book(&env, &draft).await };
            answer.map(drop)
        });
        // SQLite's writers wait for the whole database.
        if world.db.engine() == Engine::Postgres {
            until_somebody_waits(&world.db).await;
        }
        put_tasks(&mut tx, own.project, &kept, &[gone.id]).await.expect("it is deleted");
        commit(tx).await;
        let before = books(&world).await;
        assert_eq!(waits.await.expect("it ends"), Err(Problem::field("task", FieldReason::NotOneOf)));
        assert_eq!(books(&world).await, before);
    }
    assert_sound(&world).await;
}

on_both!(a_task_that_is_deleted_meanwhile_takes_no_time);

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_book_the_last_free_minutes_on_sqlite() {
    the_last_free_minutes_are_taken_once(Engine::Sqlite).await;
}

/// Red when: neither the project nor the accounts are read with FOR UPDATE.
#[tokio::test]
async fn two_processes_book_the_last_free_minutes_on_postgres() {
    the_last_free_minutes_are_taken_once(Engine::Postgres).await;
}
