//! What every module needs: both engines, and a look at everything that is stored.

use store::testing::{TABLES, dump};
use usecases::{testing::World, verify};

/// Makes two tests of each behaviour, one per engine, each in a fresh world.
macro_rules! on_both {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(usecases::testing::World::new(store::Engine::Sqlite).await).await;
            })*
        }
        mod postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $name() {
                super::$name(usecases::testing::World::new(store::Engine::Postgres).await).await;
            })*
        }
    };
}

/// The same on SQLite only: for behaviour that no engine can change.
macro_rules! on_sqlite {
    ($($name:ident),* $(,)?) => {
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(usecases::testing::World::new(store::Engine::Sqlite).await).await;
            })*
        }
    };
}

/// Everything that the business has stored.
pub async fn books(world: &World) -> Vec<String> {
    dump(&world.db, &TABLES).await
}

/// The audit finds nothing.
pub async fn assert_sound(world: &World) {
    let report = verify::verify(&world.env, None).await.expect("the audit runs");
    assert!(report.faults.is_empty(), "{:#?}", report.faults);
}
