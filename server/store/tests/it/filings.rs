//! Filing papers: each waits as soon as it is set, is taken once, and what failed says why.

use store::{
    Db, Engine, audit, filings,
    papers::{self, Setting},
    testing::{TestDb, begin, commit, fresh},
};

use crate::{
    given::{add_invoices, document_id, invoice},
    support::{given_customer, instant, noon},
};

const PAPER: Setting<'_> = Setting { input: "{}", input_hash: "i", bytes: &[0, 159, 255], bytes_hash: "b" };

/// Invoices 1 to 3, of which 1 and 2 are set at noon.
async fn given(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let new = |(id, number)| invoice(id, 1, Some(number), "2026-04-01");
    add_invoices(&mut tx, &[(1, "RE-1"), (2, "RE-2"), (3, "RE-3")].map(new)).await;
    for number in [1, 2] {
        assert!(papers::put(&mut tx, document_id(number), PAPER, noon()).await.expect("it is kept"));
    }
    commit(tx).await;
}

/// Red when: what is not set is filed, what is set is not, two take the same, or what is filed is filed again.
async fn a_paper_waits_as_soon_as_it_is_set_and_is_taken_once(db: &Db) {
    given(db).await;
    let mut tx = begin(db).await;
    let (before, until) = (instant("2026-04-15T11:59:59Z"), instant("2026-04-15T12:05:00Z"));
    let unset = filings::get(&mut tx, document_id(3)).await.expect("a read").expect("it has a paper");
    assert_eq!((unset.due_at, unset.attempts, unset.error, unset.filed_at), (None, 0, None, None));
    assert!(!filings::done(&mut tx, document_id(3), noon()).await.expect("an answer"), "there is nothing to file");
    filings::failed(&mut tx, document_id(3), (noon(), until), "nothing").await.expect("an answer");
    assert_eq!(filings::take(&mut tx, before, until, 9).await.expect("an answer"), []);
    assert_eq!(filings::take(&mut tx, noon(), until, 1).await.expect("they are due"), [document_id(1)]);
    assert_eq!(filings::take(&mut tx, noon(), until, 9).await.expect("they are due"), [document_id(2)]);
    assert_eq!(filings::take(&mut tx, noon(), until, 9).await.expect("an answer"), []);
    assert!(filings::done(&mut tx, document_id(1), noon()).await.expect("it is noted"));
    assert!(!filings::done(&mut tx, document_id(1), until).await.expect("an answer"), "once");
    filings::failed(&mut tx, document_id(1), (until, until), "too late").await.expect("an answer");
    let filed = filings::get(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((filed.due_at, filed.attempts, filed.error, filed.filed_at), (None, 1, None, Some(noon())));
    // Whoever took the other one is gone.
    assert_eq!(filings::take(&mut tx, until, until, 9).await.expect("it is due"), [document_id(2)]);
    let walked = audit::filed_after(&mut tx, "", 9).await.expect("a read");
    let walked: Vec<_> = walked.iter().map(|paper| (paper.document, paper.hash.as_str())).collect();
    assert_eq!(walked, [(document_id(1), "b")]);
    assert!(audit::orphans(&mut tx).await.expect("a read").iter().all(|what| !what.contains("paper")));
}

/// Red when: what failed is tried before its time or never, is counted wrongly, or not the last reason is told.
async fn what_failed_says_why_until_it_is_filed(db: &Db) {
    given(db).await;
    let mut tx = begin(db).await;
    let (first, second) = (instant("2026-04-15T12:01:00Z"), instant("2026-04-15T12:02:00Z"));
    let (soon, later) = (instant("2026-04-15T13:00:00Z"), instant("2026-04-15T18:00:00Z"));
    assert_eq!(filings::failing(&mut tx).await.expect("a read"), None);
    assert_eq!(filings::now(&mut tx, first).await.expect("an answer"), 0, "what waits has not failed");
    filings::failed(&mut tx, document_id(2), (first, later), "no such host").await.expect("it is noted");
    assert_eq!(filings::failing(&mut tx).await.expect("a read"), Some((1, "no such host".to_owned())));
    filings::failed(&mut tx, document_id(1), (second, soon), "the disk is \"full\" 💥").await.expect("it is noted");
    assert_eq!(filings::failing(&mut tx).await.expect("a read"), Some((2, "the disk is \"full\" 💥".to_owned())));
    assert_eq!(filings::take(&mut tx, second, later, 9).await.expect("an answer"), []);
    assert_eq!(filings::take(&mut tx, soon, later, 9).await.expect("it is due"), [document_id(1)]);
    assert!(filings::done(&mut tx, document_id(1), soon).await.expect("it is noted"));
    assert_eq!(filings::failing(&mut tx).await.expect("a read"), Some((1, "no such host".to_owned())));
    // Somebody does not want to wait.
    assert_eq!(filings::now(&mut tx, soon).await.expect("it is noted"), 1);
    assert_eq!(filings::take(&mut tx, soon, later, 9).await.expect("it is due"), [document_id(2)]);
    let found = filings::get(&mut tx, document_id(2)).await.expect("a read").expect("it is there");
    assert_eq!((found.due_at, found.attempts, found.error.as_deref()), (Some(later), 1, Some("no such host")));
    assert!(filings::done(&mut tx, document_id(2), soon).await.expect("it is noted"));
    assert_eq!(filings::failing(&mut tx).await.expect("a read"), None);
}

on_both!(a_paper_waits_as_soon_as_it_is_set_and_is_taken_once, what_failed_says_why_until_it_is_filed);

/// Red when: the papers are read without SKIP LOCKED.
#[tokio::test]
async fn two_processes_never_take_the_same_paper() {
    let TestDb { db, url } = fresh(Engine::Postgres).await;
    let other = Db::open(&url).await.expect("a second process opens the database");
    given(&db).await;
    let until = instant("2026-04-15T12:05:00Z");
    let (mut one, mut two) = (begin(&db).await, begin(&other).await);
    let first = filings::take(&mut one, noon(), until, 1).await.expect("one is due");
    let second = tokio::time::timeout(std::time::Duration::from_secs(5), filings::take(&mut two, noon(), until, 9));
    let second = second.await.expect("the second does not wait for the first").expect("one is due");
    assert_eq!((first, second), (vec![document_id(1)], vec![document_id(2)]));
}
