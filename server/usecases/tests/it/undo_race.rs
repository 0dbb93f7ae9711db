//! Two processes undo at once what only one of them can undo, or what the other is just resting something on.
//!
//! The test starts itself twice. Each process runs the real use case and stops once it has loaded what it decides on:
//! at the first id that it needs, or when it asks for the day. Without the lock both have then loaded the same.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use chrono::{DateTime, Utc};
use domain::{DocumentId, documents::DocumentState};
use store::Engine;
use usecases::{
    Chance, Clock, Env, Refused, documents,
    testing::{Seeded, World, instant},
};
use uuid::Uuid;
use wire::{Problem, documents::CancelDraft};

use crate::{
    desk::{april, available, h, note},
    office::{admin, claims, document},
    runner::{Runner, say, stop, task},
    support::assert_sound,
};

/// Stops the process once.
#[derive(Default)]
struct Barrier(AtomicBool);

impl Barrier {
    fn reached(&self) {
        if !self.0.swap(true, Ordering::SeqCst) {
            stop("loaded");
        }
    }
}

/// Ids as they come; the process stops before the first.
struct StoppingChance(Seeded, Arc<Barrier>);

impl Chance for StoppingChance {
    fn id(&self) -> Uuid {
        self.1.reached();
        self.0.id()
    }

    fn secret(&self) -> [u8; 32] {
        self.0.secret()
    }
}

/// A clock that stands; who saves is noted before anything is loaded, and the process stops when it is asked again.
struct StoppingClock(AtomicU32, Arc<Barrier>);

impl Clock for StoppingClock {
    fn now(&self) -> DateTime<Utc> {
        if self.0.fetch_add(1, Ordering::SeqCst) > 0 {
            self.1.reached();
        }
        instant("2026-04-20T10:00:00Z")
    }
}

/// The process that cancels or invoices; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, what, document, seed] = task.split(' ').collect::<Vec<_>>()[..] else {
        panic!("URL WHAT DOCUMENT SEED: {task}")
    };
    let document: DocumentId = document.parse().expect("a document");
    let seed: u64 = seed.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::open(url.to_owned(), seed).await;
        let (id, version) = (DocumentId::new(world.id()), self::document(&world, document).await.version);
        let barrier = Arc::new(Barrier::default());
        let chance = StoppingChance(Seeded::new(seed + 1), barrier.clone());
        let clock = StoppingClock(AtomicU32::new(0), barrier);
        let env = Env::new(world.db.clone(), Arc::new(clock), Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        say("asking");
        let done = if what == "cancel" {
            let draft = CancelDraft { id, document, reason: format!("Race {seed}"), version, seen: None };
            documents::cancel(&env, &admin(), draft).await.map(drop)
        } else {
            documents::invoice(&env, &admin(), document, id).await.map(drop)
        };
        match done {
            Ok(()) => say("done"),
            Err(Refused::Problem(Problem::InTheWay { obstacles })) => say(obstacles[0].name()),
            Err(Refused::Problem(problem)) => say(problem.code()),
            Err(error) => say(&format!("failed: {error:?}")),
        }
    });
}

/// A does the one, and B the other while A has loaded what it decides on. What both answer, and whether B had loaded
/// the same before A was done. Another race in the same world takes another seed, so that its ids are others.
fn both(world: &World, document: DocumentId, seed: u64, (one, other): (&str, &str)) -> (String, String, bool) {
    let start = |name, what: &str, seed: u64| {
        let task = format!("{} {what} {document} {seed}", world.url);
        Runner::start(name, "undo_race::child", &task)
    };
    let mut a = start("A", one, seed);
    a.says("asking");
    a.says("loaded");
    let mut b = start("B", other, seed + 10);
    b.says("asking");
    let both_loaded = b.loads_now();
    a.go();
    let first = a.next("its answer");
    let mut second = if both_loaded { "loaded".to_owned() } else { b.next("its answer") };
    if second == "loaded" {
        b.go();
        second = b.next("its answer");
    }
    (first, second, both_loaded)
}

fn told(first: &str, second: &str) -> (String, String, bool) {
    (first.to_owned(), second.to_owned(), false)
}

/// The invoice of a period whose quota is drawn.
async fn an_invoice_is_cancelled_once(engine: Engine) {
    let world = World::new(engine).await;
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1"]).await;
    world.issues(draft.id).await;
    let invoice = claims(&world, quota.contract).await[0].document.expect("an invoice");
    assert_eq!(both(&world, invoice, 11, ("cancel", "cancel")), told("done", "already_cancelled"));
    assert_eq!(document(&world, invoice).await.reason, "");
    assert_eq!(available(&world, quota.account, "2026-04-10").await, 0);
    assert_sound(&world).await;
}

/// Somebody makes the invoice of a delivery note that another is cancelling, and the other way round.
async fn a_delivery_note_is_cancelled_or_invoiced(engine: Engine) {
    let world = World::new(engine).await;
    let quota = april(&world).await;
    let (cancelled, _) = note(&world, &quota, &["1"]).await;
    let (invoiced, _) = note(&world, &quota, &["2"]).await;
    for note in [&cancelled, &invoiced] {
        world.issues(note.id).await;
    }
    assert_eq!(both(&world, cancelled.id, 11, ("cancel", "invoice")), told("done", "not_found"));
    assert_eq!(document(&world, cancelled.id).await.invoice, None);
    assert_eq!(both(&world, invoiced.id, 31, ("invoice", "cancel")), told("done", "resting"));
    assert_eq!(document(&world, invoiced.id).await.row.state, DocumentState::Issued);
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(2));
    assert_sound(&world).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_cancel_an_invoice_on_sqlite() {
    an_invoice_is_cancelled_once(Engine::Sqlite).await;
}

/// Red when: the document is read without FOR UPDATE.
#[tokio::test]
async fn two_processes_cancel_an_invoice_on_postgres() {
    an_invoice_is_cancelled_once(Engine::Postgres).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_cancel_and_invoice_a_delivery_note_on_sqlite() {
    a_delivery_note_is_cancelled_or_invoiced(Engine::Sqlite).await;
}

/// Red when: the document is read without FOR UPDATE.
#[tokio::test]
async fn two_processes_cancel_and_invoice_a_delivery_note_on_postgres() {
    a_delivery_note_is_cancelled_or_invoiced(Engine::Postgres).await;
}
