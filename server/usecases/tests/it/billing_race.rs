//! Two processes bill the same period at once: one does, the other finds it done. And a process that dies while it
//! bills: another finishes its run.
//!
//! The test starts itself. Each process runs the real use case; its chance stops at an id that is drawn inside the piece
//! of work, after contract and account were loaded. Without the lock both have then decided on the same period.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU32, Ordering},
};

use chrono::{DateTime, Utc};
use domain::{RunId, contracts::Contract, quota::Amount};
use store::{Db, Engine};
use usecases::{
    Chance, Clock, Env, billing,
    testing::{HOUR, Seeded, World, day, instant},
};
use uuid::Uuid;
use wire::billing::{NotBilled, RunDraft, Selection};

use crate::{
    office::{admin, all_documents, all_items, claims, given, numbers, page},
    runner::{Runner, say, stop, task},
    support::assert_sound,
};

/// Time that stands. It is asked for once to hold the run, and then after the run has looked what is due: there the
/// process stops.
struct StoppingClock(AtomicU32);

impl Clock for StoppingClock {
    fn now(&self) -> DateTime<Utc> {
        if self.0.fetch_add(1, Ordering::SeqCst) == 1 {
            stop("ready");
        }
        instant("2026-04-15T10:00:00Z")
    }
}

/// Ids as they come, up to one at which the process stops; where more are drawn meanwhile, they wait too.
struct StoppingChance {
    ids: Seeded,
    drawn: AtomicU32,
    stop: u32,
    gone_on: AtomicBool,
}

impl Chance for StoppingChance {
    fn id(&self) -> Uuid {
        let before = self.drawn.fetch_add(1, Ordering::SeqCst);
        if before == self.stop {
            stop("loaded");
            self.gone_on.store(true, Ordering::SeqCst);
        }
        while before > self.stop && !self.gone_on.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        self.ids.id()
    }

    fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }
}

/// The process that bills; on its own it does nothing.
#[test]
#[ignore = "started by the race, as a process of its own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, run, seed, stop] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("URL RUN SEED STOP: {task}") };
    let run: RunId = run.parse().expect("a run");
    let (ids, stop) = (Seeded::new(seed.parse().expect("a seed")), stop.parse().expect("a number"));
    let chance = StoppingChance { ids, drawn: AtomicU32::new(0), stop, gone_on: AtomicBool::new(false) };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db = Db::open(url).await.expect("the database opens");
        let clock = Arc::new(StoppingClock(AtomicU32::new(0)));
        let env = Env::new(db, clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        match billing::work(&env, run).await {
            Ok(true) => say("worked"),
            other => say(&format!("failed: {other:?}")),
        }
    });
}

/// The first id is the holder's, the second that of the lot or, without a quota, of the invoice: contract and account are
/// loaded and locked then.
const IN_THE_PIECE: u32 = 1;

/// With a quota also the account is locked, and its entries are numbered. Without one the contract's lock and the unique
/// index of claims are all there is.
async fn a_period_is_billed_once(engine: Engine, quota: bool) {
    let world = World::new(engine).await;
    let customer = world.customer("Alpha GmbH").await;
    let twist = |contract: &mut Contract| contract.terms.quota = contract.terms.quota.take().filter(|_| quota);
    let id = given(&world, customer, "2026-04-01", twist).await.contract.id;
    let [first, second] = [started(&world).await, started(&world).await];

    let mut a = Runner::start("A", "billing_race::child", &format!("{} {first} 11 {IN_THE_PIECE}", world.url));
    let mut b = Runner::start("B", "billing_race::child", &format!("{} {second} 22 {IN_THE_PIECE}", world.url));
    // Both have seen that the period is due; neither has begun its piece of work.
    a.says("ready");
    b.says("ready");
    a.go();
    a.says("loaded");
    b.go();
    let both_loaded = b.loads_now();
    a.go();
    a.says("worked");
    if both_loaded {
        b.go();
    }
    b.says("worked");

    let claimed = claims(&world.env, id).await;
    let documents = all_documents(&world.env).await;
    let lots: Vec<_> = claimed.iter().flat_map(|claim| claim.lots.iter().map(|lot| lot.amount)).collect();
    let left = page(&world.env, id).await.account.map(|account| account.standing.left);
    let granted = quota.then(|| Amount::new(4 * HOUR));
    assert_eq!(
        (both_loaded, claimed.len(), documents.len(), lots, left),
        (false, 1, 1, granted.into_iter().collect(), granted),
        "whether both had loaded before either saved; claims, invoices, lots, what is left"
    );
    let came = async |run| {
        let items = all_items(&world.env, run).await;
        items.into_iter().map(|item| (item.contract(), item.period, item.not_billed)).collect::<Vec<_>>()
    };
    assert_eq!(came(first).await, [(Some(id), 0, None)]);
    assert_eq!(came(second).await, [(Some(id), 1, Some(NotBilled::AlreadyBilled))]);
    assert_sound(&world).await;
}

/// A run that nobody works on yet.
async fn started(world: &World) -> RunId {
    let draft =
        RunDraft { id: RunId::new(world.id()), as_of: day("2026-04-15"), issue: true, selection: Selection::All };
    billing::start(world, &admin(), draft).await.expect("the run begins").id
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_bill_one_period_on_sqlite() {
    a_period_is_billed_once(Engine::Sqlite, true).await;
    a_period_is_billed_once(Engine::Sqlite, false).await;
}

/// Red when: contracts and accounts are read without FOR UPDATE.
#[tokio::test]
async fn two_processes_bill_one_period_on_postgres() {
    a_period_is_billed_once(Engine::Postgres, true).await;
}

/// Red when: contracts are read without FOR UPDATE. Without the unique index too, both bill.
#[tokio::test]
async fn two_processes_bill_one_period_without_quota_on_postgres() {
    a_period_is_billed_once(Engine::Postgres, false).await;
}

/// More contracts than a process bills in one transaction: when it dies at the ids of the last ones, others are billed.
const CONTRACTS: u32 = 70;
/// The holder's id, then lot, document and claim of 66 contracts.
const NEAR_THE_END: u32 = 1 + 3 * 66;

async fn a_run_whose_process_died_is_finished_by_another(engine: Engine) {
    let world = World::new(engine).await;
    let customer = world.customer("Alpha GmbH").await;
    let mut ids = Vec::new();
    for _ in 0..CONTRACTS {
        ids.push(given(&world, customer, "2026-04-01", |_| {}).await.contract.id);
    }
    let run = started(&world).await;
    let mut dying =
        Runner::start("the dying one", "billing_race::child", &format!("{} {run} 11 {NEAR_THE_END}", world.url));
    dying.says("ready");
    dying.go();
    dying.says("loaded");
    dying.kill();
    let before = numbers(&world.env).await;
    let all = usize::try_from(CONTRACTS).expect("few");
    assert!(!before.is_empty() && before.len() < all, "{} of {all} were billed", before.len());
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    assert_eq!((row.ended, row.totals.billed), (None, u64::try_from(before.len()).expect("few")));

    // Its hold is not over yet; a minute later it is.
    assert_eq!(billing::resume(&world.when("2026-04-15T10:00:59Z")).await.expect("an answer"), 0);
    assert_eq!(billing::resume(&world.when("2026-04-15T10:01:01Z")).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    let totals = (row.totals.billed, row.totals.invoices, row.totals.skipped, row.totals.failed);
    assert_eq!((totals, row.ended.is_some(), row.done), ((70, 70, 0, 0), true, 70));
    let after = numbers(&world.env).await;
    assert_eq!(after, (1..=70).map(|number| format!("RE-2026-{number:05}")).collect::<Vec<_>>());
    for id in ids {
        let claims = claims(&world.env, id).await;
        assert_eq!(claims.iter().map(|claim| (claim.number, claim.lots.len())).collect::<Vec<_>>(), [(0, 1)]);
    }
    assert_sound(&world).await;
}

/// Red when: a run is not taken up, or what its first process claimed is billed again.
#[tokio::test]
async fn a_process_that_dies_while_it_bills_leaves_the_rest_to_another_on_sqlite() {
    a_run_whose_process_died_is_finished_by_another(Engine::Sqlite).await;
}

#[tokio::test]
async fn a_process_that_dies_while_it_bills_leaves_the_rest_to_another_on_postgres() {
    a_run_whose_process_died_is_finished_by_another(Engine::Postgres).await;
}
