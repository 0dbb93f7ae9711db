//! What surrounds every use case: the database, the clock, chance.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use chrono_tz::Tz;
use serde::{Serialize, de::DeserializeOwned};
use store::{Db, Tx, Work, once};
use uuid::Uuid;
use wire::{Problem, history::Change};

use crate::{Call, Once, Refused};

/// What time it is.
pub trait Clock: Send + Sync {
    /// This instant.
    fn now(&self) -> DateTime<Utc>;
}

/// Where ids and secrets come from.
pub trait Chance: Send + Sync {
    /// A new UUIDv7.
    fn id(&self) -> Uuid;
    /// 256 bits that nobody can guess.
    fn secret(&self) -> [u8; 32];
}

/// A clock that stands where it was put: for tests and for making a demo company's past.
#[derive(Debug, Clone, Copy)]
pub struct SteppedClock(pub DateTime<Utc>);

impl Clock for SteppedClock {
    fn now(&self) -> DateTime<Utc> {
        self.0
    }
}

/// What surrounds every use case. Cheap to clone.
#[derive(Clone)]
pub struct Env {
    /// The database.
    pub db: Db,
    clock: Arc<dyn Clock>,
    chance: Arc<dyn Chance>,
    company: Arc<RwLock<Company>>,
}

/// What of the company's settings everything needs all the time. Changed while the program runs.
#[derive(Debug, Clone)]
struct Company {
    name: String,
    zone: Tz,
}

impl Env {
    /// Puts the surroundings together. `name` and `zone` are the company's as long as its settings say nothing else.
    pub fn new(db: Db, clock: Arc<dyn Clock>, chance: Arc<dyn Chance>, name: &str, zone: Tz) -> Env {
        Env { db, clock, chance, company: Arc::new(RwLock::new(Company { name: name.to_owned(), zone })) }
    }

    /// The same with another clock.
    #[must_use]
    pub fn at(&self, clock: impl Clock + 'static) -> Env {
        Env { clock: Arc::new(clock), ..self.clone() }
    }

    /// This instant.
    pub fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// The civil date in the company's time zone.
    pub fn today(&self) -> NaiveDate {
        self.now().with_timezone(&self.zone()).date_naive()
    }

    fn known(&self) -> Company {
        self.company.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The company's name.
    pub fn company(&self) -> String {
        self.known().name
    }

    /// The company's time zone, in which its days begin.
    pub fn zone(&self) -> Tz {
        self.known().zone
    }

    /// Changes name and time zone for everybody who shares these surroundings.
    pub(crate) fn set_company(&self, name: String, zone: Tz) {
        *self.company.write().unwrap_or_else(PoisonError::into_inner) = Company { name, zone };
    }

    /// An instant as the company's clocks show it.
    pub fn local(&self, at: DateTime<Utc>) -> DateTime<FixedOffset> {
        at.with_timezone(&self.zone()).fixed_offset()
    }

    /// A change as the company's clocks show it.
    pub(crate) fn localised(&self, change: Change) -> Change {
        Change { at: self.local(change.at.to_utc()), ..change }
    }

    /// Who saves something now.
    pub(crate) fn saver(&self, call: &Call) -> crate::changed::Saver {
        crate::changed::Saver { by: call.by.name.clone(), at: self.now() }
    }

    /// A new id.
    pub fn id(&self) -> Uuid {
        self.chance.id()
    }

    /// 256 bits that nobody can guess.
    pub fn secret(&self) -> [u8; 32] {
        self.chance.secret()
    }

    /// Runs a command in one transaction, once per idempotency key: a second call with the same key and content gets
    /// the first answer, with other content it is refused. What is answered is kept as JSON and read by later versions:
    /// its type has a sample in `app/wire/tests/stored-answers`.
    pub(crate) async fn write<T, F>(&self, call: &Call, piece: F) -> Result<T, Refused>
    where
        T: Serialize + DeserializeOwned + Send + 'static,
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, T, Refused> + Send + Sync + 'static,
    {
        let Some(key) = call.once.clone() else { return self.db.write(piece).await };
        let (piece, scope, now) = (Arc::new(piece), call.by.scope.clone(), self.now());
        self.db
            .write(move |tx| {
                let (piece, scope, key) = (piece.clone(), scope.clone(), key.clone());
                Box::pin(async move {
                    if let Some(text) = earlier(tx, &scope, &key, now).await? {
                        return serde_json::from_str(&text).map_err(|_| unreadable_answer(text));
                    }
                    let answer = piece(tx).await?;
                    let text = serde_json::to_string(&answer).unwrap_or_default();
                    once::answer(tx, &scope, &key.name, &text).await?;
                    Ok(answer)
                })
            })
            .await
    }

    /// The same for a command that is answered by how something stands afterwards: `told` reads that of what was done.
    /// Under a key it is read in the same transaction and kept, so that the same request gets the same answer whatever
    /// has changed since; without one it is read afterwards, so that nobody who writes waits for it.
    pub(crate) async fn answered<D, T, G, F>(&self, call: &Call, told: G, piece: F) -> Result<T, Refused>
    where
        D: DeserializeOwned + Send + 'static,
        T: Serialize + DeserializeOwned + Send + 'static,
        G: for<'t> Fn(&'t Env, &'t mut Tx, D) -> Work<'t, T, Refused> + Copy + Send + Sync + 'static,
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, D, Refused> + Send + Sync + 'static,
    {
        let Some(key) = call.once.clone() else {
            let done = self.db.write(piece).await?;
            let mut tx = self.db.read().await?;
            return told(self, &mut tx, done).await;
        };
        let (piece, env, scope) = (Arc::new(piece), self.clone(), call.by.scope.clone());
        self.db
            .write(move |tx| {
                let (piece, env, scope, key) = (piece.clone(), env.clone(), scope.clone(), key.clone());
                Box::pin(async move {
                    let Some(text) = earlier(tx, &scope, &key, env.now()).await? else {
                        let done = piece(tx).await?;
                        let answer = told(&env, tx, done).await?;
                        let text = serde_json::to_string(&answer).unwrap_or_default();
                        once::answer(tx, &scope, &key.name, &text).await?;
                        return Ok(answer);
                    };
                    if let Ok(answer) = serde_json::from_str::<T>(&text) {
                        return Ok(answer);
                    }
                    // An earlier version kept what was done, and told how that stands.
                    match serde_json::from_str::<D>(&text) {
                        Ok(done) => told(&env, tx, done).await,
                        Err(_) => Err(unreadable_answer(text)),
                    }
                })
            })
            .await
    }
}

/// The answer that a key got before; none when it was free, and is taken now. Refused when that was another request.
async fn earlier(tx: &mut Tx, scope: &str, key: &Once, at: DateTime<Utc>) -> Result<Option<String>, Refused> {
    match once::claim(tx, scope, &key.name, &key.request_hash, at).await? {
        Some(earlier) if earlier.request_hash != key.request_hash => Err(Problem::SameId.into()),
        earlier => Ok(earlier.map(|earlier| earlier.answer)),
    }
}

fn unreadable_answer(value: String) -> Refused {
    Refused::Store(store::StoreError::Unreadable { what: "answer", value })
}
