//! Two processes bill the same deficits at once: one invoice, and a refusal with figures.
//!
//! As in the race of two documents, the test starts itself twice; the chance of each process stops at the first id, that
//! of the lot: the facts are loaded and the plan is decided then.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use domain::{
    ContractId, DocumentId,
    billing::BalancingError,
    quota::{Overbooking, QuotaError},
};
use store::Engine;
use usecases::{
    Chance, Env, Refused, SteppedClock, billing,
    testing::{Seeded, World, instant},
};
use uuid::Uuid;
use wire::{
    FieldReason, Problem,
    balancing::{BalancingInvoiceDraft, ChosenDeficit},
};

use crate::{
    desk::{h, posted, unbilled},
    office::{admin, all_documents, page},
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

/// What the person tells who was refused.
fn told(refused: Refused) -> String {
    let Refused::Problem(Problem::Invalid { fields }) = &refused else { return format!("failed: {refused:?}") };
    let figures = fields.iter().map(|field| match &field.reason {
        FieldReason::Balancing(BalancingError::Quota(QuotaError::DeficitOutOfBounds { deficit, covered, .. }), _) => {
            format!("{} {deficit} of {covered}", field.field)
        }
        other => format!("{} {other:?}", field.field),
    });
    figures.collect::<Vec<_>>().join(", ")
}

/// The process that bills; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, contract, seed] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("URL CONTRACT SEED: {task}") };
    let contract: ContractId = contract.parse().expect("a contract");
    let seed: u64 = seed.parse().expect("a number");
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let world = World::open(url.to_owned(), seed).await;
        let view = billing::balancing(&world, &admin(), contract).await.expect("the view");
        let chosen = view.deficits.iter().enumerate().map(|(place, open)| ChosenDeficit {
            place,
            draw: open.draw,
            amount: Some(open.amount),
        });
        let draft = BalancingInvoiceDraft {
            id: DocumentId::new(world.id()),
            contract,
            deficits: Some(chosen.collect()),
            issue: true,
            seen: None,
            lang: texts::Lang::En,
        };
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let chance = StoppingChance(Seeded::new(seed + 1), AtomicBool::new(false));
        let env = Env::new(world.db.clone(), clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        stop("asking");
        match billing::balance_contract(&env, &admin(), draft).await {
            Ok(page) => say(&format!("billed {}", page.totals.net)),
            Err(error) => say(&told(error)),
        }
    });
}

async fn deficits_are_billed_once(engine: Engine) {
    let world = World::new(engine).await;
    let quota = unbilled(&world, |contract| {
        let quota = contract.terms.quota.as_mut().expect("a quota");
        quota.overbooking = Overbooking::Yes { limit: None };
        quota.overage_rate = Some("100".parse().expect("a price"));
    })
    .await;
    world.drawn(quota.account, h(2), "2026-04-10").await;
    let start = |name, seed: u64| {
        let task = format!("{} {} {seed}", world.url, quota.contract);
        Runner::start(name, "balancing_race::child", &task)
    };
    // Both have seen the same two hours before either is billed.
    let (mut a, mut b) = (start("A", 11), start("B", 22));
    a.says("asking");
    b.says("asking");
    a.go();
    a.says("loaded");
    b.go();
    let both_loaded = b.loads_now();
    a.go();
    let first = a.next("its answer");
    if both_loaded {
        b.go();
    }
    // The second does not even get to an id: what it wants to bill is covered.
    let second = b.next("its answer");
    assert_eq!(
        (first.as_str(), second.as_str(), both_loaded),
        ("billed 20000", "deficits.0.amount 0 of 7200", false),
        "A, B, and whether both had loaded the same deficits before either was billed"
    );
    assert_eq!(posted(&world, quota.account).await, [("draw", -h(2)), ("grant", h(2)), ("cover", 0)]);
    assert_eq!(all_documents(&world).await.len(), 1);
    assert!(page(&world, quota.contract).await.deficits.is_empty());
    assert_sound(&world).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_bill_the_same_deficits_once_on_sqlite() {
    deficits_are_billed_once(Engine::Sqlite).await;
}

/// Red when: contract and account are read without FOR UPDATE.
#[tokio::test]
async fn two_processes_bill_the_same_deficits_once_on_postgres() {
    deficits_are_billed_once(Engine::Postgres).await;
}
