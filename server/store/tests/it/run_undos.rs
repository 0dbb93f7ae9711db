//! Runs that are cancelled as a whole: what they are held for, what came of each document.

use domain::{Currency, Money};
use store::{
    Db,
    billing::{self, RunWork},
    run_undos::{self, NewRunUndo, StoredRunUndo},
    testing::{begin, commit},
};
use wire::{
    Problem,
    billing::{RunUndoItem, SinceSeen},
    contracts::CustomerRef,
};

use crate::{
    given::{document_id, run, run_id},
    support::{customer_id, instant},
};

const AT: &str = "2026-04-01T06:00:00Z";

/// A run that has ended.
async fn ended(db: &Db, number: u128) {
    let mut tx = begin(db).await;
    billing::add(&mut tx, &run(number), None, 3, ("Anna", instant(AT))).await.expect("an answer");
    billing::end(&mut tx, run_id(number), instant(AT)).await.expect("it ends");
    commit(tx).await;
}

fn undo(number: u128, documents: u64) -> NewRunUndo {
    let (run, at) = (run_id(number), instant("2026-04-01T07:00:00Z"));
    NewRunUndo { run, reason: "Wrong day".to_owned(), seen_at: Some(instant(AT)), documents, by: "Anna".to_owned(), at }
}

fn item(document: u128, refused: bool, changed: &[SinceSeen]) -> RunUndoItem {
    RunUndoItem {
        document: document_id(document),
        number: None,
        customer: CustomerRef { id: customer_id(1), number: String::new(), name: String::new() },
        gross: Money { minor: 100, currency: Currency::EUR },
        freed: 1,
        deficits: Vec::new(),
        refused: refused.then_some(Problem::Changed),
        cancellation: None,
        changed: changed.to_vec(),
        effects: None,
    }
}

/// Red when: a run that still bills is cancelled, one begins twice, or what came of an earlier time is told again.
async fn a_run_that_has_ended_is_cancelled_once_at_a_time(db: &Db) {
    ended(db, 1).await;
    let mut tx = begin(db).await;
    billing::add(&mut tx, &run(2), None, 3, ("Anna", instant(AT))).await.expect("an answer");
    assert!(!run_undos::begin(&mut tx, &undo(2, 1)).await.expect("an answer"), "it still bills");
    assert!(!run_undos::begin(&mut tx, &undo(3, 1)).await.expect("an answer"), "there is none");
    assert_eq!(run_undos::get(&mut tx, run_id(1)).await.expect("a read"), None);
    assert!(run_undos::begin(&mut tx, &undo(1, 3)).await.expect("an answer"));
    assert!(!run_undos::begin(&mut tx, &undo(1, 9)).await.expect("an answer"), "it is being cancelled");
    let items = [item(1, false, &[]), item(2, true, &[]), item(3, false, &[SinceSeen::Drawn])];
    run_undos::note(&mut tx, run_id(1), 0, &items).await.expect("it is noted");
    run_undos::note(&mut tx, run_id(1), 3, &[item(1, true, &[])]).await.expect("it is noted");
    let told = run_undos::items(&mut tx, run_id(1), 9).await.expect("a read");
    assert_eq!(told, [items[1].clone(), items[2].clone(), items[0].clone()], "notable first, and told once");
    assert_eq!(run_undos::items(&mut tx, run_id(1), 1).await.expect("a read"), [items[1].clone()]);
    let done = run_undos::documents_of(&mut tx, run_id(1)).await.expect("a read");
    assert_eq!(done, [1, 2, 3].map(document_id).into());
    let found = run_undos::get(&mut tx, run_id(1)).await.expect("a read").expect("it is there");
    let expected = StoredRunUndo {
        reason: "Wrong day".to_owned(),
        seen_at: Some(instant(AT)),
        documents: 3,
        started_at: instant("2026-04-01T07:00:00Z"),
        started_by: "Anna".to_owned(),
        ended_at: None,
        done: 3,
        refused: 1,
    };
    assert_eq!(found, expected);
    run_undos::end(&mut tx, run_id(1), instant("2026-04-01T08:00:00Z")).await.expect("it ends");
    let found = run_undos::get(&mut tx, run_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(found.ended_at, Some(instant("2026-04-01T08:00:00Z")));

    assert!(run_undos::begin(&mut tx, &undo(1, 1)).await.expect("an answer"), "what was refused, once more");
    let found = run_undos::get(&mut tx, run_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((found.done, found.documents, found.ended_at), (0, 1, None));
}

/// Red when: a run is held or found for what is not to be done with it, or for what is done.
async fn a_run_is_held_for_what_is_to_be_done_with_it(db: &Db) {
    ended(db, 1).await;
    let mut tx = begin(db).await;
    billing::add(&mut tx, &run(2), None, 3, ("Anna", instant(AT))).await.expect("an answer");
    assert!(run_undos::begin(&mut tx, &undo(1, 1)).await.expect("an answer"));
    let [now, until, over] = [0, 10, 11].map(|second: u32| instant(&format!("2026-04-01T07:00:{second:02}Z")));
    for (work, number, other) in [(RunWork::Bill, 2, 1), (RunWork::Cancel, 1, 2)] {
        assert_eq!(billing::unheld(&mut tx, work, now).await.expect("a read"), [run_id(number)]);
        for (number, held) in [(other, false), (number, true)] {
            let answer = billing::hold(&mut tx, work, run_id(number), "A", now, until).await.expect("an answer");
            assert_eq!(answer, held, "{work:?} {number}");
        }
        assert_eq!(billing::unheld(&mut tx, work, until).await.expect("a read"), []);
        assert_eq!(billing::unheld(&mut tx, work, over).await.expect("a read"), [run_id(number)]);
    }
    run_undos::end(&mut tx, run_id(1), now).await.expect("it ends");
    let again = billing::hold(&mut tx, RunWork::Cancel, run_id(1), "A", now, until).await.expect("an answer");
    assert!(!again, "it has ended");
    assert_eq!(billing::unheld(&mut tx, RunWork::Cancel, over).await.expect("a read"), []);
    let nothing = run_undos::changed_since(&mut tx, document_id(1), now).await.expect("a read");
    assert_eq!(nothing, []);
}

on_both!(a_run_that_has_ended_is_cancelled_once_at_a_time, a_run_is_held_for_what_is_to_be_done_with_it);
