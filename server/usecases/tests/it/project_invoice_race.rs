//! Two processes invoice the same month of a project at once: one gets its bookings, the other is told.
//!
//! The test starts itself twice. Each process runs the real use case; its chance stops at the first id, that of a line of
//! the invoice: the bookings are read and everything is decided then. Without the lock both have decided on the same
//! bookings.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use chrono::NaiveDate;
use domain::{DateRange, DocumentId, ProjectId};
use store::Engine;
use usecases::{
    Chance, Env, SteppedClock, documents,
    projects::invoicing,
    testing::{Seeded, World, day, instant, problem},
};
use uuid::Uuid;
use wire::{
    documents::DocumentQuery,
    projects::{InvoiceAsk, InvoiceProjectDraft},
};

use crate::{
    office::admin,
    runner::{Runner, say, stop, task},
    support::assert_sound,
    workshop::maintenance,
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

/// The process that invoices; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, project, seed] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("URL PROJECT SEED: {task}") };
    let (project, seed): (ProjectId, u64) = (project.parse().expect("a project"), seed.parse().expect("a number"));
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::open(url.to_owned(), seed).await;
        let until: NaiveDate = day("2026-05-01");
        let period = DateRange { from: day("2026-04-01"), until: Some(until) };
        let ask = InvoiceAsk { project, period, vat: None };
        let draft = InvoiceProjectDraft { id: DocumentId::new(world.id()), ask, seen: None };
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let chance = StoppingChance(Seeded::new(seed + 1), AtomicBool::new(false));
        let env = Env::new(world.db.clone(), clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        say("asking");
        match invoicing::create(&env, &admin(), draft).await.map_err(problem) {
            Ok(made) => say(&format!("made {}", made.totals.net)),
            Err(refused) => say(&format!("refused at {}", refused.fields()[0].field)),
        }
    });
}

async fn a_month_is_invoiced_once(engine: Engine) {
    let world = World::new(engine).await;
    let own = maintenance(&world).await;
    own.books(&world, "2026-04-10", 60).await;
    let start = |name, seed: u64| {
        let task = format!("{} {} {seed}", world.url, own.project);
        Runner::start(name, "project_invoice_race::child", &task)
    };
    let mut a = start("A", 11);
    a.says("asking");
    a.says("loaded");
    let mut b = start("B", 22);
    b.says("asking");
    let both_loaded = b.loads_now();
    a.go();
    let first = a.next("its answer");
    if both_loaded {
        b.go();
    }
    // Who comes second makes no line, and so no id.
    let second = b.next("its answer");
    assert_eq!((first.as_str(), second.as_str(), both_loaded), ("made 2500", "refused at last", false));
    let listed = documents::list(&world, &admin(), &DocumentQuery { page: 1, ..DocumentQuery::default() }).await;
    assert_eq!(listed.expect("the documents").rows.len(), 1);
    assert_sound(&world).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_invoice_the_same_month_on_sqlite() {
    a_month_is_invoiced_once(Engine::Sqlite).await;
}

/// Red when: the project is not read with FOR UPDATE.
#[tokio::test]
async fn two_processes_invoice_the_same_month_on_postgres() {
    a_month_is_invoiced_once(Engine::Postgres).await;
}
