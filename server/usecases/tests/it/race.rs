//! Two processes draw the last hour at once: one gets it, the other is told that nothing is left.
//!
//! The test starts itself twice. Each process stops inside its piece of work after it has loaded the facts and
//! decided, and posts when it is told to. Without the lock both have then decided on the same hour.

use domain::{
    AccountId, DrawId,
    quota::{Amount, DrawDecision, DrawOrigin, DrawRequest, QuotaError, draw},
};
use store::{
    Engine, StoreError, Tx, accounts,
    ledger::{self, Note},
};
use usecases::testing::{HOUR, PREPAID, World, day};
use uuid::Uuid;

use crate::{
    runner::{Runner, say, stop, task},
    support::assert_sound,
};

/// The process that draws; on its own it does nothing.
#[test]
#[ignore = "started twice by the race, as processes of their own"]
fn child() {
    let Some(task) = task() else { return };
    let [url, account, number] = task.split(' ').collect::<Vec<_>>()[..] else { panic!("URL ACCOUNT NUMBER: {task}") };
    let account: AccountId = account.parse().expect("an account");
    let request = DrawRequest {
        draw: DrawId::new(Uuid::from_u128(number.parse().expect("a number"))),
        date: day("2026-04-15"),
        wanted: Amount::new(HOUR),
        origin: DrawOrigin::ByHand,
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db = store::Db::open(url).await.expect("the database opens");
        say("asking");
        let answer = db.write(move |tx| {
            let request = request.clone();
            Box::pin(async move { draw_slowly(tx, account, &request).await })
        });
        match answer.await {
            Ok(Ok(decision)) => say(&format!("drawn {}", decision.drawn)),
            Ok(Err(QuotaError::Exhausted { available, .. })) => say(&format!("exhausted, {available} available")),
            other => say(&format!("failed: {other:?}")),
        }
    });
}

/// What the use case does, with a stop between deciding and posting.
async fn draw_slowly(
    tx: &mut Tx,
    account: AccountId,
    request: &DrawRequest,
) -> Result<Result<DrawDecision, QuotaError>, StoreError> {
    let stored = accounts::lock(tx, account).await?.expect("the account is there");
    let covers = domain::DateRange { from: request.date, until: request.date.succ_opt() };
    let facts = accounts::facts(tx, &stored, covers).await?;
    let decision = draw(&facts, request);
    stop("loaded");
    let decision = match decision {
        Ok(decision) => decision,
        Err(error) => return Ok(Err(error)),
    };
    let entry = decision.entry(&facts);
    let mut after = facts.clone();
    after.post(&entry).expect("the decision can be posted");
    let figures = (request.wanted, decision.available_before, decision.available_after);
    let at = usecases::testing::instant("2026-04-15T10:00:00Z");
    let note = Note { text: "race".to_owned(), by: "child".to_owned(), at, wanted: Some(figures) };
    ledger::post(tx, &facts, &after, &[entry], &note).await?;
    Ok(Ok(decision))
}

async fn the_last_hour_is_drawn_once(engine: Engine) {
    let world = World::new(engine).await;
    let (_, account) = world.customer_with_account(PREPAID).await;
    let lot = world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;

    let mut a = Runner::start("A", "race::child", &format!("{} {account} 1", world.url));
    assert_eq!((a.next("asking"), a.next("loaded")), ("asking".to_owned(), "loaded".to_owned()));
    let mut b = Runner::start("B", "race::child", &format!("{} {account} 2", world.url));
    assert_eq!(b.next("asking"), "asking");
    let both_loaded = b.loads_now();
    a.go();
    let first = a.next("its answer");
    if !both_loaded {
        assert_eq!(b.next("loaded"), "loaded");
    }
    b.go();
    let second = b.next("its answer");

    assert_eq!(
        (first.as_str(), second.as_str(), both_loaded),
        ("drawn 3600", "exhausted, 0 available", false),
        "A, B, and whether both had loaded the same hour before either saved"
    );
    let mut tx = world.db.read().await.expect("a read begins");
    let stored = accounts::get(&mut tx, account).await.expect("a read").expect("it is there");
    let lots = ledger::lots_of(&mut tx, &stored).await.expect("a read");
    assert_eq!(lots.iter().map(|state| (state.lot.id, state.drawn.units())).collect::<Vec<_>>(), [(lot, HOUR)]);
    let draws = ledger::draws_of(&mut tx, account).await.expect("a read");
    assert_eq!(draws.iter().map(|draw| draw.draw).collect::<Vec<_>>(), [DrawId::new(Uuid::from_u128(1))]);
    assert_sound(&world).await;
}

/// Red when: the writer begins with BEGIN instead of BEGIN IMMEDIATE.
#[tokio::test]
async fn two_processes_draw_the_last_hour_on_sqlite() {
    the_last_hour_is_drawn_once(Engine::Sqlite).await;
}

/// Red when: the account is read without FOR UPDATE.
#[tokio::test]
async fn two_processes_draw_the_last_hour_on_postgres() {
    the_last_hour_is_drawn_once(Engine::Postgres).await;
}
