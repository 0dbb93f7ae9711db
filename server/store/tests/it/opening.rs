//! Opening a database and bringing its tables up to date.

use store::{Db, Engine, StoreError, customers, settings, testing::TestDb};

use crate::support::{card, customer_id};

async fn opening_again_keeps_everything(test: &TestDb) {
    let put = test.db.write(|tx| Box::pin(async move { settings::put(tx, "company", "Drawdown GmbH").await }));
    put.await.expect("a setting is stored");
    let again = Db::open(&test.url).await.expect("the same database opens beside the first");
    let mut tx = again.read().await.expect("a read begins");
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read"), Some("Drawdown GmbH".to_owned()));
}

async fn two_connections_write_to_one_database(test: &TestDb) {
    let again = Db::open(&test.url).await.expect("the same database opens beside the first");
    for (number, db) in [(1, &test.db), (2, &again), (3, &test.db), (4, &again)] {
        let add = db.write(move |tx| {
            Box::pin(async move { customers::add(tx, customer_id(number), &card(&number.to_string(), "A", "")).await })
        });
        assert!(add.await.expect("both can write"));
    }
    let mut tx = test.db.read().await.expect("a read begins");
    for number in 1..=4 {
        assert!(customers::get(&mut tx, customer_id(number)).await.expect("a read").is_some(), "customer {number}");
    }
}

async fn a_read_shows_one_moment_only(test: &TestDb) {
    let mut tx = test.db.read().await.expect("a read begins");
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read"), None);
    let put = test.db.write(|tx| Box::pin(async move { settings::put(tx, "company", "New").await }));
    put.await.expect("a setting is stored while somebody reads");
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read"), None, "the view changed under the reader");
    let mut tx = test.db.read().await.expect("a read begins");
    assert_eq!(settings::get(&mut tx, "company").await.expect("a read"), Some("New".to_owned()));
}

on_both!(opening_again_keeps_everything, two_connections_write_to_one_database, a_read_shows_one_moment_only);

#[tokio::test]
async fn an_address_of_no_known_engine_is_refused_without_its_password() {
    let Err(StoreError::UnknownEngine(shown)) = Db::open("mysql://root:secret@host/db").await else {
        panic!("mysql is not an engine of Drawdown")
    };
    assert_eq!(shown, "host/db");
}

#[tokio::test]
async fn a_path_that_cannot_be_written_is_an_error_and_not_a_panic() {
    assert!(matches!(Db::open("sqlite:/proc/nowhere/drawdown.db").await, Err(StoreError::Engine(_))));
}

#[tokio::test]
async fn the_engine_follows_from_the_address() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let test = store::testing::fresh(engine).await;
        assert_eq!(test.db.engine(), engine);
        assert_eq!(test.db.read().await.expect("a read begins").engine(), engine);
    }
}
