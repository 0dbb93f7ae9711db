//! The real clock and real chance.

#![allow(clippy::disallowed_methods)]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use store::{Db, StoreError};
use usecases::{Chance, Clock, Env};
use uuid::Uuid;

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
}

struct SystemChance;

impl Chance for SystemChance {
    fn id(&self) -> Uuid {
        Uuid::now_v7()
    }

    fn secret(&self) -> [u8; 32] {
        let mut secret = [0; 32];
        // Without the system's random numbers nothing here would be safe: better no server than a guessable session.
        getrandom::fill(&mut secret).unwrap_or_else(|error| panic!("the system gives no random numbers: {error}"));
        secret
    }
}

/// Opens the database and puts the surroundings of the use cases together.
pub async fn surroundings(database: &str, zone: chrono_tz::Tz) -> Result<Env, StoreError> {
    let db = Db::open(database).await?;
    Ok(Env::new(db, Arc::new(SystemClock), Arc::new(SystemChance), zone))
}
