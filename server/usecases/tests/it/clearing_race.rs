//! Two processes save the last hours of one contract by two documents at once: together they get what there is.
//!
//! The test starts itself twice. Each process runs the real use case; its chance stops at the first id, that of the
//! first draw: the facts are loaded and everything is decided then. Without the lock both have decided on the same
//! hours; what keeps the books right then is only that the second cannot advance the account any more.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{ContractId, CustomerId};
use store::Engine;
use usecases::{
    Chance, Env, SteppedClock, documents,
    testing::{Seeded, World, instant},
};
use uuid::Uuid;

use crate::{
    desk::{april, available, h, held, lines},
    office::{admin, all_documents},
    runner::{Runner, say, stop, task},
    support::assert_sound,
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

/// The process that saves; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, customer, contract, seed] = task.split(' ').collect::<Vec<_>>()[..] else {
        panic!("URL CUSTOMER CONTRACT SEED: {task}")
    };
    let (customer, contract): (CustomerId, ContractId) =
        (customer.parse().expect("a customer"), contract.parse().expect("a contract"));
    let seed: u64 = seed.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::open(url.to_owned(), seed).await;
        let draft = world.note_draft((customer, contract), "2026-04-10", &lines(&["2", "1"]));
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let chance = StoppingChance(Seeded::new(seed + 1), AtomicBool::new(false));
        let env = Env::new(world.db.clone(), clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        say("asking");
        match documents::save(&env, &admin(), draft).await {
            Ok(saved) => {
                let lines = saved.reconciled.lines.iter();
                let lines: Vec<_> = lines.map(|line| format!("{} {}", line.outcome.name(), line.cleared)).collect();
                say(&lines.join(", "));
            }
            Err(error) => say(&format!("failed: {error:?}")),
        }
    });
}

async fn the_last_hours_are_cleared_once(engine: Engine) {
    let world = World::new(engine).await;
    let quota = april(&world).await;
    let start = |name, seed: u64| {
        let task = format!("{} {} {} {seed}", world.url, quota.customer, quota.contract);
        Runner::start(name, "clearing_race::child", &task)
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
        ("full 7200, full 3600", "partial 3600, exhausted 0", false),
        "A, B, and whether both had loaded the same hours before either saved"
    );
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (h(4), 0));
    let drafts = all_documents(&world).await.into_iter().filter(|row| row.number.is_none());
    assert_eq!(drafts.map(|row| row.net.minor).sum::<i64>(), 60_000 - 40_000);
    assert_sound(&world).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_clear_the_last_hours_on_sqlite() {
    the_last_hours_are_cleared_once(Engine::Sqlite).await;
}

/// Red when: the accounts are read without FOR UPDATE.
#[tokio::test]
async fn two_processes_clear_the_last_hours_on_postgres() {
    the_last_hours_are_cleared_once(Engine::Postgres).await;
}
