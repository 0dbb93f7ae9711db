//! Settings, counters, histories, idempotency keys.

use store::{
    Db, Slice, StoreError, history, once, settings,
    testing::{begin, commit},
};
use wire::history::{Change, FieldChange};

use crate::support::{instant, noon};

async fn a_setting_keeps_its_last_value(db: &Db) {
    let mut tx = begin(db).await;
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read"), None);
    for value in ["Alpha", "", "Drawdown \"GmbH\" & Söhne 🦀"] {
        settings::put(&mut tx, "company", value).await.expect("it is stored");
        assert_eq!(settings::get(&mut tx, "company").await.expect("a read").as_deref(), Some(value));
    }
    assert_eq!(settings::get(&mut tx, "Company").await.expect("a read"), None, "names are exact");
}

async fn a_setting_that_is_there_is_not_added(db: &Db) {
    let mut tx = begin(db).await;
    assert!(settings::add(&mut tx, "company", "Alpha").await.expect("it is stored"));
    assert!(!settings::add(&mut tx, "company", "Beta").await.expect("an answer"));
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read").as_deref(), Some("Alpha"));
}

async fn settings_are_read_by_name(db: &Db) {
    let mut tx = begin(db).await;
    for (name, value) in [("a", "1"), ("b", "2"), ("c", "3")] {
        settings::put(&mut tx, name, value).await.expect("it is stored");
    }
    let found = settings::named(&mut tx, &["c", "a", "missing"]).await.expect("a read");
    let expected = [("a", "1"), ("c", "3")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(found, expected.into());
    assert_eq!(settings::lock_version(&mut tx).await.expect("a read"), 0);
    settings::put(&mut tx, "version", "7").await.expect("it is stored");
    assert_eq!(settings::lock_version(&mut tx).await.expect("a read"), 7);
}

async fn a_counter_begins_at_its_start_and_misses_nothing(db: &Db) {
    let mut tx = begin(db).await;
    for expected in [10_001, 10_002, 10_003] {
        assert_eq!(settings::count(&mut tx, "customer", 10_001).await.expect("a count"), expected);
    }
    assert_eq!(settings::count(&mut tx, "invoice", 1).await.expect("a count"), 1, "counters are apart");
    commit(tx).await;
    let mut undone = begin(db).await;
    assert_eq!(settings::count(&mut undone, "customer", 10_001).await.expect("a count"), 10_004);
    drop(undone);
    let mut tx = begin(db).await;
    assert_eq!(
        settings::count(&mut tx, "customer", 10_001).await.expect("a count"),
        10_004,
        "a rollback takes it back"
    );
}

fn change(by: &str, after: &str) -> Change {
    let field = FieldChange { field: "name".to_owned(), before: None, after: Some(after.to_owned()) };
    Change { at: noon().fixed_offset(), by: by.to_owned(), fields: vec![field] }
}

async fn a_history_is_numbered_and_read_newest_first(db: &Db) {
    let mut tx = begin(db).await;
    for (id, name) in [("1", "A"), ("1", "B"), ("2", "other"), ("1", "C")] {
        history::add(&mut tx, "customer", id, &change("Anna", name)).await.expect("it is noted");
    }
    history::add(&mut tx, "project", "1", &change("Ben", "other")).await.expect("it is noted");
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    let all = history::list(&mut tx, "customer", "1", 100).await.expect("a read");
    assert_eq!(all, [change("Anna", "C"), change("Anna", "B"), change("Anna", "A")]);
    assert_eq!(history::list(&mut tx, "customer", "1", 2).await.expect("a read"), all[..2]);
    assert_eq!(history::list(&mut tx, "customer", "3", 2).await.expect("a read"), []);
    let rest = history::slice(&mut tx, "customer", "1", Slice { offset: 1, most: 9 }).await.expect("a read");
    assert_eq!(rest, all[1..]);
}

async fn a_key_is_taken_once_and_keeps_its_answer(db: &Db) {
    let mut tx = begin(db).await;
    assert_eq!(once::claim(&mut tx, "user:a", "key", "hash", noon()).await.expect("a claim"), None);
    once::answer(&mut tx, "user:a", "key", r#"{"drawn":3600}"#).await.expect("it is kept");
    commit(tx).await;
    let mut tx = begin(db).await;
    let earlier = once::claim(&mut tx, "user:a", "key", "other", noon()).await.expect("a claim").expect("it is taken");
    assert_eq!((earlier.request_hash.as_str(), earlier.answer.as_str()), ("hash", r#"{"drawn":3600}"#));
    assert_eq!(once::claim(&mut tx, "user:b", "key", "hash", noon()).await.expect("a claim"), None, "own scope");
    assert_eq!(once::claim(&mut tx, "user:a", "key2", "hash", noon()).await.expect("a claim"), None, "own name");
}

async fn a_rollback_frees_the_key(db: &Db) {
    let refused = db.write(|tx| {
        Box::pin(async move {
            assert_eq!(once::claim(tx, "user:a", "key", "hash", noon()).await?, None);
            Err::<(), _>(StoreError::GivenUp("refused"))
        })
    });
    assert!(matches!(refused.await, Err(StoreError::GivenUp("refused"))));
    let mut tx = begin(db).await;
    assert_eq!(once::claim(&mut tx, "user:a", "key", "other", noon()).await.expect("a claim"), None);
}

async fn old_keys_are_forgotten(db: &Db) {
    let mut tx = begin(db).await;
    for (name, at) in [("old", "2026-04-14T11:59:59.999999Z"), ("new", "2026-04-14T12:00:00Z")] {
        once::claim(&mut tx, "user:a", name, "hash", instant(at)).await.expect("a claim");
    }
    assert_eq!(once::forget(&mut tx, instant("2026-04-14T12:00:00Z")).await.expect("a sweep"), 1);
    assert_eq!(once::claim(&mut tx, "user:a", "old", "hash", noon()).await.expect("a claim"), None);
    assert!(once::claim(&mut tx, "user:a", "new", "hash", noon()).await.expect("a claim").is_some());
}

on_both!(
    a_setting_keeps_its_last_value,
    a_setting_that_is_there_is_not_added,
    settings_are_read_by_name,
    a_counter_begins_at_its_start_and_misses_nothing,
    a_history_is_numbered_and_read_newest_first,
    a_key_is_taken_once_and_keeps_its_answer,
    a_rollback_frees_the_key,
    old_keys_are_forgotten,
);
