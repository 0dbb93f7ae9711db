//! Cancelling a run that changes hands, and what of it is no longer as it was seen.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use domain::{
    AccountId, RunId,
    documents::{DocumentKind, DocumentState},
    undo::Obstacle,
};
use store::{Db, Engine, billing::RunWork};
use usecases::{
    Chance, Env, SteppedClock, accounts, billing, documents,
    testing::{HOUR, Seeded, World, day, instant, problem},
};
use uuid::Uuid;
use wire::{
    Problem,
    billing::{RUN_UNDO_PER_PAGE, RunCancelDraft, RunDraft, RunQuery, RunUndoItem, Selection, SinceSeen},
};

use crate::{
    desk::{april, lines},
    office::{account, admin, all_documents, bills_drafts, given, plain},
    runner::{Runner, say, stop, task},
    support::{assert_sound, books},
    undo::draft,
};

/// Ids as they come, up to one at which the process stops.
struct StoppingChance {
    ids: Seeded,
    drawn: AtomicU32,
    stop: u32,
}

impl Chance for StoppingChance {
    fn id(&self) -> Uuid {
        if self.drawn.fetch_add(1, Ordering::SeqCst) == self.stop {
            stop("inside");
        }
        self.ids.id()
    }

    fn secret(&self) -> [u8; 32] {
        self.ids.secret()
    }
}

/// The process that cancels; on its own it does nothing.
#[test]
#[ignore = "started by a test, as a process of its own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, run, stop] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("URL RUN STOP: {task}") };
    let (run, stop): (RunId, u32) = (run.parse().expect("a run"), stop.parse().expect("a number"));
    let chance = StoppingChance { ids: Seeded::new(11), drawn: AtomicU32::new(0), stop };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db = Db::open(url).await.expect("the database opens");
        let clock = Arc::new(SteppedClock(instant("2026-04-15T10:00:00Z")));
        let env = Env::new(db, clock, Arc::new(chance), "Drawdown", chrono_tz::Europe::Berlin);
        say(&format!("ended: {:?}", billing::work_cancel(&env, run).await));
    });
}

/// More invoices than are cancelled in two transactions.
const INVOICES: u64 = 45;
/// The id of whoever holds the run comes first, then one for each cancellation: this is inside the second transaction.
const IN_THE_SECOND: u32 = 1 + 25;

fn wanted(run: RunId) -> RunCancelDraft {
    RunCancelDraft { run, reason: "Wrong day".to_owned(), seen: None }
}

async fn who_dies_leaves_the_rest_to_another(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for _ in 0..INVOICES {
        given(&world, customer, "2026-04-01", |_| {}).await;
    }
    let run = world.bills(&world.env, "2026-04-15").await.row.id;
    assert!(billing::start_cancel(&world, &admin(), wanted(run)).await.expect("it begins"));
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    let begun = row.undo.clone().expect("it is being cancelled");
    assert_eq!((row.busy(), begun.documents, begun.done, begun.ended), (true, INVOICES, 0, None));
    let mut dying =
        Runner::start("the dying one", "undo_resume::child", &format!("{} {run} {IN_THE_SECOND}", world.url));
    dying.says("inside");
    dying.kill();

    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    let undo = row.undo.clone().expect("it is being cancelled");
    assert_eq!((row.busy(), undo.done, undo.refused), (true, 20, 0));
    let shown = billing::page(&world, &admin(), run, 1).await.expect("the run").undo.expect("what came of it");
    assert_eq!((shown.items.len(), shown.left), (20, 25));
    // Whoever asks for it again does not begin anew.
    assert!(billing::start_cancel(&world, &admin(), wanted(run)).await.expect("an answer"));

    // Its hold is not over yet; a minute later it is.
    assert_eq!(billing::resume(&world.when("2026-04-15T10:00:59Z")).await.expect("an answer"), 0);
    assert!(!billing::work(&world.when("2026-04-15T10:01:01Z"), run).await.expect("an answer"), "it does not bill");
    assert_eq!(billing::resume(&world.when("2026-04-15T10:01:01Z")).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    let undo = row.undo.clone().expect("it was cancelled");
    let told = (undo.done, undo.refused, undo.by.as_str(), undo.reason.as_str());
    assert_eq!((row.busy(), told), (false, (INVOICES, 0, "The admin", "Wrong day")));
    let documents = all_documents(&world).await;
    let count = |kind, state| documents.iter().filter(|row| row.kind == kind && row.state == state).count();
    let all = usize::try_from(INVOICES).expect("few");
    assert_eq!(count(DocumentKind::ContractInvoice, DocumentState::Cancelled), all);
    assert_eq!(count(DocumentKind::Cancellation, DocumentState::Issued), all, "each was cancelled once");
    let shown = billing::page(&world, &admin(), run, 1).await.expect("the run");
    let told = shown.undo.expect("what came of it");
    assert_eq!((shown.stands, told.count, told.left), (false, INVOICES, 0));
    let numbers: Vec<_> = told.items.iter().map(|item| item.number.clone()).collect();
    assert!(numbers.is_sorted(), "in the order of the invoices: {numbers:?}");
    assert_eq!(billing::resume(&world.when("2026-04-15T10:03:00Z")).await.expect("an answer"), 0);
    assert_sound(&world).await;
}

/// Red when: what a dead process has not cancelled stays, or what it has is told or cancelled twice.
#[tokio::test]
async fn a_process_that_dies_while_it_cancels_leaves_the_rest_to_another_on_sqlite() {
    who_dies_leaves_the_rest_to_another(World::new(Engine::Sqlite).await).await;
}

#[tokio::test]
async fn a_process_that_dies_while_it_cancels_leaves_the_rest_to_another_on_postgres() {
    who_dies_leaves_the_rest_to_another(World::new(Engine::Postgres).await).await;
}

/// Red when: two work on it at once, or a run that still bills can be cancelled.
async fn one_at_a_time_cancels_a_run(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-04-01", plain).await;
    let wish =
        RunDraft { id: RunId::new(world.id()), as_of: day("2026-04-15"), issue: true, selection: Selection::All };
    let run = billing::start(&world, &admin(), wish).await.expect("the run begins").id;
    let before = books(&world).await;
    let refused = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.map(drop);
    assert_eq!(problem(refused.expect_err("it is refused")), Problem::RunWorking);
    assert_eq!(books(&world).await, before);
    assert!(billing::work(&world, run).await.expect("it works"));

    assert!(billing::start_cancel(&world, &admin(), wanted(run)).await.expect("it begins"));
    let now = instant("2026-04-15T10:00:00Z");
    let until = now + chrono::Duration::seconds(60);
    let held = world.db.write(move |tx| {
        Box::pin(async move { store::billing::hold(tx, RunWork::Cancel, run, "gone", now, until).await })
    });
    assert!(held.await.expect("it is held"));
    assert!(!billing::work_cancel(&world, run).await.expect("an answer"), "somebody else has it");
    let answer = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.expect("how far it is");
    assert_eq!((answer.items.len(), answer.count, answer.left), (0, 0, 1));
    assert_eq!(billing::resume(&world.when("2026-04-15T10:01:01Z")).await.expect("it works"), 1);
    let row = billing::progress(&world, &admin(), run).await.expect("the run");
    assert_eq!((row.busy(), row.undo.map(|undo| undo.done)), (false, Some(1)));
    assert_sound(&world).await;
}

/// Red when: something that changed since the plan is not told, or something is that did not, or it comes last.
async fn what_changed_since_the_plan_is_told(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let mut accounts_of = Vec::new();
    for _ in 0..3 {
        accounts_of.push(account(&given(&world, customer, "2026-04-01", |_| {}).await));
    }
    let run = world.bills(&world.env, "2026-04-15").await.row.id;
    world.drawn(accounts_of[0], HOUR, "2026-04-10").await;
    let plan = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    let of_account = |wanted: AccountId| {
        let undoes = |item: &&RunUndoItem| {
            item.effects.as_ref().is_some_and(|view| view.plan.accounts.iter().any(|undo| undo.account == wanted))
        };
        plan.items.iter().find(undoes).expect("its invoice").document
    };
    let [drawn_before, drawn_since, cancelled] = [0, 1, 2].map(|number: usize| of_account(accounts_of[number]));

    let later = world.when("2026-04-15T10:05:00Z");
    let since = world.draw_draft(accounts_of[1], HOUR, "2026-04-10");
    accounts::draw(&later, &admin(), since).await.expect("it is drawn");
    documents::cancel(&later, &admin(), draft(&world, cancelled).await).await.expect("it is cancelled");
    let wish = RunCancelDraft { seen: plan.seen, ..wanted(run) };
    let done = billing::cancel_as_seen(&later, &admin(), wish).await.expect("it is cancelled");
    assert_eq!((done.items.len(), done.items[2].document), (3, drawn_before), "what is as it was comes last");
    let told = |document| {
        let item = done.items.iter().find(|item| item.document == document).expect("it is told");
        (item.changed.clone(), item.deficits.len(), item.refused.clone())
    };
    assert_eq!(told(drawn_before), (vec![], 1, None));
    assert_eq!(told(drawn_since), (vec![SinceSeen::Drawn], 1, None));
    let refused = Problem::InTheWay { obstacles: vec![Obstacle::AlreadyCancelled] };
    assert_eq!(told(cancelled), (vec![SinceSeen::Cancelled], 0, Some(refused)));
    assert_sound(&world).await;
}

/// Red when: a draft that was seen and has a number since goes without a word.
async fn a_draft_that_was_issued_since_the_plan_is_told(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-04-01", plain).await;
    given(&world, customer, "2026-04-01", plain).await;
    let run = bills_drafts(&world, "2026-04-15").await.row.id;
    let plan = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    let later = world.when("2026-04-15T10:05:00Z");
    let issued = plan.items[0].document;
    documents::issue(&later, &admin(), issued).await.expect("it is issued");
    let wish = RunCancelDraft { seen: plan.seen, ..wanted(run) };
    let done = billing::cancel_as_seen(&later, &admin(), wish).await.expect("it is cancelled");
    let tell = |item: &RunUndoItem| (item.document == issued, item.changed.clone(), item.cancellation.is_some());
    let told: Vec<_> = done.items.iter().map(tell).collect();
    assert_eq!(told, [(true, vec![SinceSeen::Issued], true), (false, vec![], false)]);
    assert_sound(&world).await;
}

/// Red when: the plan does not name whose draw loses its cover, or which grant is taken back.
async fn the_plan_names_what_is_taken_back(world: World) {
    let quota = april(&world).await;
    let note = world.note_draft(quota.of(), "2026-04-10", &lines(&["1"]));
    world.saves(&note).await;
    world.issues(note.id).await;
    let run = billing::list(&world, &admin(), &RunQuery::default()).await.expect("the runs").rows[0].id;
    let plan = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    let view = plan.items[0].effects.as_ref().expect("what it does");
    let undo = &view.plan.accounts[0];
    assert_eq!((undo.account, undo.revokes.len(), undo.deficits.len()), (quota.account, 1, 1));
    assert_eq!((view.lots.len(), view.lots[0].id), (1, undo.revokes[0].lot));
    let named: Vec<_> = view.draws.iter().map(|(draw, of)| (*draw, of.id)).collect();
    assert_eq!(named, [(undo.deficits[0].draw, note.id)]);
    assert_eq!(view.contracts.iter().map(|(contract, _)| *contract).collect::<Vec<_>>(), [quota.contract]);
}

/// Red when: a page plans more than it shows, or the sums are those of a page.
async fn the_plan_of_a_large_run_comes_in_pages(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for _ in 0..=RUN_UNDO_PER_PAGE {
        given(&world, customer, "2026-04-01", plain).await;
    }
    let run = world.bills(&world.env, "2026-04-15").await.row.id;
    let all = u64::try_from(RUN_UNDO_PER_PAGE + 1).expect("few");
    let first = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    let second = billing::cancel_plan_page(&world, &admin(), run, 2).await.expect("the plan");
    assert_eq!((first.items.len(), first.page, first.more, first.count), (RUN_UNDO_PER_PAGE, 1, true, all));
    assert_eq!((second.items.len(), second.page, second.more, second.count), (1, 2, false, all));
    assert_eq!(first.sums, second.sums);
    let gross: i64 = first.items.iter().chain(&second.items).map(|item| item.gross.minor).sum();
    assert_eq!(first.sums.iter().map(|sum| sum.gross).collect::<Vec<_>>(), [gross]);
    let numbers: Vec<_> = first.items.iter().chain(&second.items).map(|item| item.number.clone()).collect();
    assert!(numbers.is_sorted(), "{numbers:?}");
}

on_both!(
    one_at_a_time_cancels_a_run,
    what_changed_since_the_plan_is_told,
    a_draft_that_was_issued_since_the_plan_is_told,
    the_plan_names_what_is_taken_back,
    the_plan_of_a_large_run_comes_in_pages,
);
