//! The outbox: side effects wait until they are due, and nobody carries one out twice.

use chrono::Duration;
use store::{
    Db, Engine, outbox,
    testing::{TestDb, begin, commit, fresh},
};
use uuid::Uuid;

use crate::support::noon;

async fn given_jobs(db: &Db, jobs: &[(u128, i64)]) {
    let mut tx = begin(db).await;
    for (id, minutes) in jobs {
        let due = noon() + Duration::minutes(*minutes);
        outbox::add(&mut tx, Uuid::from_u128(*id), "mail", &format!("{{\"to\":{id}}}"), due).await.expect("it waits");
    }
    commit(tx).await;
}

fn name(id: u128) -> String {
    Uuid::from_u128(id).to_string()
}

async fn what_is_due_comes_by_its_time(db: &Db) {
    given_jobs(db, &[(1, 5), (2, -5), (3, 0), (4, -5)]).await;
    let mut tx = begin(db).await;
    let due = outbox::due(&mut tx, noon(), 10).await.expect("a read");
    assert_eq!(due.iter().map(|job| job.id.clone()).collect::<Vec<_>>(), [name(2), name(4), name(3)]);
    assert_eq!((due[0].kind.as_str(), due[0].payload.as_str(), due[0].attempts), ("mail", "{\"to\":2}", 0));
    assert_eq!(outbox::due(&mut tx, noon(), 2).await.expect("a read"), due[..2]);
    assert_eq!(outbox::waiting(&mut tx).await.expect("a count"), 4);
}

async fn what_is_done_or_failed_is_not_due(db: &Db) {
    given_jobs(db, &[(1, 0), (2, 0)]).await;
    let mut tx = begin(db).await;
    outbox::done(&mut tx, &name(1), noon()).await.expect("it is noted");
    let again = noon() + Duration::minutes(2);
    outbox::failed(&mut tx, &name(2), again, "the mail server is \"gone\" 💥").await.expect("it is noted");
    commit(tx).await;
    let mut tx = begin(db).await;
    assert_eq!(outbox::due(&mut tx, noon(), 10).await.expect("a read"), []);
    let due = outbox::due(&mut tx, again, 10).await.expect("a read");
    assert_eq!(due.iter().map(|job| (job.id.clone(), job.attempts)).collect::<Vec<_>>(), [(name(2), 1)]);
    assert_eq!(outbox::waiting(&mut tx).await.expect("a count"), 1);
}

async fn a_rolled_back_change_leaves_no_side_effect(db: &Db) {
    let mut tx = begin(db).await;
    outbox::add(&mut tx, Uuid::from_u128(1), "mail", "{}", noon()).await.expect("it waits");
    drop(tx);
    let mut tx = begin(db).await;
    assert_eq!(outbox::waiting(&mut tx).await.expect("a count"), 0);
}

on_both!(what_is_due_comes_by_its_time, what_is_done_or_failed_is_not_due, a_rolled_back_change_leaves_no_side_effect);

/// Red when: the jobs are read without SKIP LOCKED.
#[tokio::test]
async fn two_processes_never_get_the_same_job() {
    let TestDb { db, url } = fresh(Engine::Postgres).await;
    let other = Db::open(&url).await.expect("a second process opens the database");
    given_jobs(&db, &[(1, 0), (2, 0), (3, 0)]).await;
    let (mut one, mut two) = (begin(&db).await, begin(&other).await);
    let first = outbox::due(&mut one, noon(), 2).await.expect("a read");
    let second = tokio::time::timeout(std::time::Duration::from_secs(5), outbox::due(&mut two, noon(), 2));
    let second = second.await.expect("the second does not wait for the first").expect("a read");
    let ids = |jobs: &[outbox::Job]| jobs.iter().map(|job| job.id.clone()).collect::<Vec<_>>();
    assert_eq!((ids(&first), ids(&second)), (vec![name(1), name(2)], vec![name(3)]));
}
