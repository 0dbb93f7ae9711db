//! The real clock and real chance.

#![allow(clippy::disallowed_methods)]

use std::sync::Arc;

use chrono::{DateTime, Utc};
use store::Db;
use usecases::{Chance, Clock, Env, Refused, settings};
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

/// Opens the database and puts the surroundings of the use cases together. Name and time zone of the company are those
/// of its settings; `name` and `zone` hold as long as it has none.
pub async fn surroundings(database: &str, name: &str, zone: chrono_tz::Tz) -> Result<Env, Refused> {
    let db = Db::open(database).await?;
    let env = Env::new(db, Arc::new(SystemClock), Arc::new(SystemChance), name, zone);
    settings::take_over(&env).await?;
    Ok(env)
}
