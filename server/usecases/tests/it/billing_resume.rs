//! Runs that change hands: what one has done the next does not do or tell again.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU32, Ordering},
    mpsc::{Receiver, Sender, channel},
};

use domain::RunId;
use store::{
    Db, Engine,
    billing::RunWork,
    testing::{begin, commit, execute},
};
use usecases::{
    Chance, Env, SteppedClock, billing,
    testing::{Seeded, World, day, instant},
};
use uuid::Uuid;
use wire::billing::{RunDraft, Selection};

use crate::{
    office::{admin, all_items, claims, given, plain},
    support::{assert_sound, books},
};

async fn started(world: &World, selection: Selection) -> RunId {
    let draft = RunDraft { id: RunId::new(world.id()), as_of: day("2026-04-15"), issue: true, selection };
    billing::start(world, &admin(), draft).await.expect("the run begins").id
}

/// Its process died between the last piece of work and the end. Red when: the contract that it billed by hand is told
/// as skipped too, or counted again.
async fn a_run_that_only_did_not_get_to_its_end_ends_as_it_is(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", plain).await.contract.id;
    for selection in [Selection::Contract(id), Selection::All] {
        given(&world, customer, "2026-04-01", plain).await;
        let run = started(&world, selection.clone()).await;
        assert!(billing::work(&world, run).await.expect("it works"));
        let (items, before) = (all_items(&world.env, run).await, books(&world).await);
        let mut tx = begin(&world.db).await;
        let sql =
            format!("UPDATE billing_runs SET state = 'working', totals = NULL, ended_at = NULL WHERE id = '{run}'");
        execute(&mut tx, &sql).await.expect("it is taken back");
        commit(tx).await;
        assert_eq!(billing::resume(&world.when("2026-04-15T10:02:00Z")).await.expect("it works"), 1);
        assert_eq!(all_items(&world.env, run).await, items, "{selection:?}");
        let differs = books(&world).await.iter().zip(&before).filter(|(one, other)| one != other).count();
        assert_eq!(differs, 1, "only the run's own row, for it ended later");
    }
    assert_sound(&world).await;
}

on_both!(a_run_that_only_did_not_get_to_its_end_ends_as_it_is);

/// Tells at its second id that it is inside a piece of work, and waits.
struct Halting {
    ids: Seeded,
    drawn: AtomicU32,
    inside: Mutex<(Sender<()>, Receiver<()>)>,
}

impl Chance for Halting {
    fn id(&self) -> Uuid {
        if self.drawn.fetch_add(1, Ordering::SeqCst) == 1 {
            let inside = self.inside.lock().expect("nobody panics");
            inside.0.send(()).expect("the test listens");
            inside.1.recv().expect("the test speaks");
        }
        self.ids.id()
    }

    fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }
}

/// On SQLite nobody can take a run while another is inside a piece of work.
///
/// Red when: who lost the run ends it all the same, while the other may still be at work.
#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn who_lost_a_run_to_another_does_not_end_it() {
    let world = World::new(Engine::Postgres).await;
    let customer = world.customer("Alpha GmbH").await;
    let id = given(&world, customer, "2026-04-01", plain).await.contract.id;
    let run = started(&world, Selection::All).await;

    let (tell, told) = channel();
    let (go, wait) = channel();
    let chance = Halting { ids: Seeded::new(3), drawn: AtomicU32::new(0), inside: Mutex::new((tell, wait)) };
    let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
    let db = Db::open(&world.url).await.expect("the database opens");
    let slow = Env::new(db, clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
    let worked = tokio::spawn(async move { billing::work(&slow, run).await });
    let inside = tokio::task::spawn_blocking(move || told.recv());
    inside.await.expect("no panic").expect("it is inside");
    let later = instant("2026-04-15T10:01:01Z");
    let until = later + chrono::Duration::seconds(60);
    let taken = world.db.write(move |tx| {
        Box::pin(async move { store::billing::hold(tx, RunWork::Bill, run, "another", later, until).await })
    });
    assert!(taken.await.expect("an answer"), "nobody heard of the first for a minute");
    go.send(()).expect("it waits");
    assert!(!worked.await.expect("no panic").expect("it works"), "it is not its run any more");
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    assert_eq!((row.ended, row.totals.billed, claims(&world.env, id).await.len()), (None, 1, 1));
    assert_eq!(billing::resume(&world.when("2026-04-15T10:03:00Z")).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    assert_eq!((row.ended.is_some(), row.totals.billed, row.totals.skipped), (true, 1, 0));
    assert_sound(&world).await;
}
