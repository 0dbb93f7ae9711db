//! Two people book time on the same projects over REST at the same moment, change each other's bookings, move them from
//! project to project and delete them: in the end the audit finds nothing, and every booking is what the answers said.
//!
//! Red when: a booking that is sent again counts again; one that was deleted comes back; a change overwrites one that
//! nobody has seen; a project that a booking leaves keeps something of it. `LIFE_SEED` runs a failure again,
//! `LIFE_COMMANDS` makes it longer.

use std::{
    collections::BTreeMap,
    env,
    hash::{BuildHasher, RandomState},
    sync::{Mutex, MutexGuard},
};

use axum::http::Method;
use domain::Role;
use fastrand::Rng;
use serde_json::{Value, json};
use store::Engine;
use usecases::{
    people::{self, NewUser},
    verify,
};

use crate::{
    life::seconds,
    rest_documents::id,
    support::{Answer, Office},
};

/// How many commands each of the two gives.
const COMMANDS: u64 = 90;
/// Every second project draws the same account.
const PROJECTS: usize = 4;

/// A booking as the latest answer tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Known {
    version: i64,
    seconds: i64,
    gone: bool,
}

struct World {
    office: Office,
    token: String,
    person: String,
    /// A task of each project.
    tasks: Vec<String>,
    model: Mutex<BTreeMap<String, Known>>,
}

impl World {
    async fn new(engine: Engine) -> World {
        let office = Office::on(engine).await;
        let token = office.token(Role::Admin).await;
        let (login, name, password) = ("anna".to_owned(), "Anna".to_owned(), "correct horse".to_owned());
        let new = NewUser { login, name, role: Role::Staff, customer: None, password };
        let person = people::add_user(&office.world.env, new).await.expect("she is new").to_string();
        let mut world = World { office, token, person, tasks: Vec::new(), model: Mutex::default() };
        let customer = id(&world.made("/customers", json!({"name": "Kunde", "country": "DE"})).await);
        let mut accounts = Vec::new();
        for _ in 0..2 {
            let account = json!({"customer": customer, "name": "Block", "unit": "time"});
            let account = id(&world.made("/accounts", account).await);
            for from in ["2026-01-01", "2026-03-01"] {
                let lot = json!({"amount": "PT6H", "valid_from": from, "reason": "Vorauszahlung"});
                world.made(&format!("/accounts/{account}/grants"), lot).await;
            }
            accounts.push(account);
        }
        for place in 0..PROJECTS {
            let splitting = if place == PROJECTS - 1 { "off" } else { "on" };
            let project = json!({"name": "Wartung", "customer": customer, "currency": "EUR", "splitting": splitting});
            let path = format!("/projects/{}", id(&world.made("/projects", project).await));
            let tasks = json!({"version": 1, "tasks": [{"name": "Support"}]});
            let saved = world.put(&format!("{path}/tasks"), tasks).await;
            world.tasks.push(id(&saved["tasks"][0]));
            let lines = json!({"version": 2, "lines": [
                {"name": "Frei", "kind": "allowance", "most": "PT45M", "start": "2026-01-01"},
                {"name": "Block", "kind": "prepaid", "account": accounts[place % 2]},
                {"name": "Aufwand", "kind": "effort", "rate": "100"},
            ]});
            world.put(&format!("{path}/lines"), lines).await;
        }
        world
    }

    fn model(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.model.lock().expect("nobody failed")
    }

    async fn call(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.office.rest(method, path, &self.token, body).await
    }

    async fn made(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::POST, path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
        answer.json()
    }

    async fn put(&self, path: &str, body: Value) -> Value {
        let answer = self.call(Method::PUT, path, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
        answer.json()
    }

    /// Keeps what an answer says, unless a later one was faster.
    fn note(&self, booking: &str, said: Known) {
        let mut model = self.model();
        let known = model.entry(booking.to_owned()).or_default();
        if !known.gone && (said.gone || said.version > known.version) {
            *known = said;
        }
    }

    fn told(&self, answer: &Answer) {
        let booking = answer.json()["booking"].clone();
        let version = booking["version"].as_i64().expect("a version");
        self.note(&id(&booking), Known { version, seconds: seconds(&booking["billed"]), gone: false });
    }
}

/// What is refused is refused for a reason that belongs to the work of two, or because it does not fit.
fn accepted(answer: &Answer) -> bool {
    let status = answer.status;
    assert!(status.is_success() || [404, 409, 422].contains(&status.as_u16()), "{status}: {}", answer.body);
    status.is_success()
}

/// One of the two.
struct Client<'w> {
    world: &'w World,
    rng: Rng,
    name: &'static str,
    sent: u64,
}

impl Client<'_> {
    fn booking(&mut self) -> Value {
        let task = self.rng.usize(..PROJECTS);
        let (month, day) = (self.rng.u8(1..=4), self.rng.u8(1..=15));
        json!({
            "task": self.world.tasks[task], "person": self.world.person, "date": format!("2026-{month:02}-{day:02}"),
            "time": format!("PT{}M", self.rng.u8(1..=24) * 5), "billable": self.rng.u8(..5) > 0, "note": "Wartung",
        })
    }

    async fn command(&mut self) {
        match self.rng.u8(..10) {
            0..=4 => self.book().await,
            5..=7 => self.change().await,
            _ => self.delete().await,
        }
    }

    /// Books, and now and then sends it once more, which must not count.
    async fn book(&mut self) {
        self.sent += 1;
        let (key, body) = (format!("{} {}", self.name, self.sent), self.booking().to_string());
        let (office, token) = (&self.world.office, &self.world.token);
        let headers = [("idempotency-key", key.as_str())];
        let send = async || office.rest_with(Method::POST, "/bookings", token, &headers, body.clone()).await;
        let first = send().await;
        if accepted(&first) {
            self.world.told(&first);
            if self.rng.u8(..3) == 0 {
                let again = send().await;
                assert_eq!((again.status, again.body), (first.status, first.body));
            }
        }
    }

    /// Any booking that one of the two has made, with the version that is there now.
    async fn any(&mut self) -> Option<(String, i64)> {
        let there = |(id, known): (&String, &Known)| (!known.gone).then(|| id.clone());
        let all: Vec<String> = self.world.model().iter().filter_map(there).collect();
        let booking = self.rng.choice(&all).cloned()?;
        let answer = self.world.call(Method::GET, &format!("/bookings/{booking}"), &Value::Null).await;
        if !accepted(&answer) {
            return None;
        }
        let version = answer.json()["version"].as_i64().expect("a version");
        Some((booking, version))
    }

    /// Changes a booking; mostly it moves to another project.
    async fn change(&mut self) {
        let Some((booking, version)) = self.any().await else { return };
        let mut body = self.booking();
        body["version"] = json!(version);
        let answer = self.world.call(Method::PUT, &format!("/bookings/{booking}"), &body).await;
        if accepted(&answer) {
            self.world.told(&answer);
        }
    }

    async fn delete(&mut self) {
        let Some((booking, version)) = self.any().await else { return };
        let path = format!("/bookings/{booking}?version={version}");
        let answer = self.world.call(Method::DELETE, &path, &Value::Null).await;
        if accepted(&answer) {
            self.world.note(&booking, Known { version, seconds: 0, gone: true });
        }
    }
}

async fn client(world: &World, name: &'static str, seed: u64, commands: u64) {
    let mut client = Client { world, rng: Rng::with_seed(seed), name, sent: 0 };
    for _ in 0..commands {
        client.command().await;
    }
}

/// Every booking is what the answers said, and goes somewhere with all of its time.
async fn compare(world: &World) {
    let (mut found, mut cursor) = (BTreeMap::new(), Value::Null);
    loop {
        let query = cursor.as_str().map_or(String::new(), |cursor| format!("?cursor={cursor}"));
        let page = world.call(Method::GET, &format!("/bookings{query}"), &Value::Null).await.json();
        for booking in page["bookings"].as_array().expect("bookings") {
            let portions = booking["portions"].as_array().expect("portions").iter();
            let billed = seconds(&booking["billed"]);
            assert_eq!(portions.map(|portion| seconds(&portion["time"])).sum::<i64>(), billed, "{booking}");
            let version = booking["version"].as_i64().expect("a version");
            found.insert(id(booking), Known { version, seconds: billed, gone: false });
        }
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    let mut known = std::mem::take(&mut *world.model());
    known.retain(|_, known| !known.gone);
    assert_eq!(found, known);
}

async fn two_people_book(engine: Engine) {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().expect("a number"));
    let seed = number("LIFE_SEED").unwrap_or_else(|| RandomState::new().hash_one(()));
    println!("LIFE_SEED={seed}");
    let commands = number("LIFE_COMMANDS").unwrap_or(COMMANDS);
    let world = World::new(engine).await;
    tokio::join!(client(&world, "one", seed, commands), client(&world, "other", !seed, commands));
    compare(&world).await;
    let audit = verify::verify(&world.office.world.env, None).await.expect("the audit runs");
    assert_eq!(audit.faults, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_book_at_once_on_sqlite() {
    two_people_book(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_book_at_once_on_postgres() {
    two_people_book(Engine::Postgres).await;
}
