//! Two people at work on the same contracts over REST at the same time, in any order, who send some requests twice: in
//! the end the audit finds nothing, and every sum is what the answers said.
//!
//! Red when: a request that is sent again counts again; a period is billed by two runs; a cancellation takes back more or
//! less than was granted; a draw is posted that no answer tells of; a period is billed with the quota of one version of
//! the terms and the price of another; an invoice draws again what its note has drawn. `LIFE_SEED` runs a failure again,
//! `LIFE_COMMANDS` makes it longer, `LIFE_CONTRACTS` and `LIFE_YEARS` larger.

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
use usecases::verify;

use crate::{
    rest_contracts::{ended, terms},
    rest_documents::{id, line},
    support::{Answer, Office},
};

mod commands;
mod sums;

const CONTRACTS: u64 = 6;
/// How many commands each of the two gives.
const COMMANDS: u64 = 90;
/// How long they are at work: from January 2025 on.
const MONTHS: u64 = 16;
/// What the work of two is refused for: somebody was faster (`changed`, or `not_found` what is gone), something rests
/// on it or it was undone before (`in_the_way`), or it does not fit what is there now (`invalid`, with the field).
const KNOWN: [&str; 4] = ["/problems/changed", "/problems/not_found", "/problems/in_the_way", "/problems/invalid"];

/// A contract as the answers tell of it. Times in seconds, money in cents.
#[derive(Debug)]
struct Known {
    contract: String,
    customer: String,
    account: String,
    /// The quota and the net price of every version of its terms: each period was billed with one of them.
    deals: Vec<(i64, i64)>,
    /// What was granted, but by standing contract invoices.
    granted: i64,
    drawn: i64,
}

/// What both know from the answers.
#[derive(Debug, Default)]
struct Model {
    contracts: Vec<Known>,
    /// Standing contract invoices: the contract whose period they bill.
    invoices: BTreeMap<String, usize>,
    /// The cancellations of others: the contract.
    cancelled: BTreeMap<String, usize>,
}

struct World {
    office: Office,
    token: String,
    group: String,
    contracts: usize,
    months: u64,
    commands: u64,
    model: Mutex<Model>,
}

/// A number that makes it another life.
fn given(name: &str) -> Option<u64> {
    env::var(name).ok().map(|text| text.parse().expect("a number"))
}

/// A day of that month, from January 2025 on.
fn day_of(month: u64, day: u8) -> String {
    format!("{}-{:02}-{day:02}", 2025 + month / 12, month % 12 + 1)
}

/// `PT1H30M` in seconds; negative with a sign in front.
pub fn seconds(volume: &Value) -> i64 {
    let text = volume.as_str().unwrap_or_else(|| panic!("not a time: {volume}"));
    let (sign, text) = text.strip_prefix('-').map_or((1, text), |text| (-1, text));
    let (mut sum, mut number) = (0, 0);
    for c in text.trim_start_matches("PT").chars() {
        let unit = match c {
            'H' => 3_600,
            'M' => 60,
            'S' => 1,
            digit => {
                number = number * 10 + i64::from(digit.to_digit(10).expect("a digit"));
                continue;
            }
        };
        sum += number * unit;
        number = 0;
    }
    sign * sum
}

/// What a line of a note has cleared. An answer says nothing of it where the account was not asked at all: the contract
/// has ended by that day, or the books are closed for it.
fn cleared_of(line: &Value) -> i64 {
    let clearing = &line["clearing"];
    if clearing["cleared"].is_null() {
        let outcome = &clearing["outcome"];
        assert!(outcome == "contract_not_active" || outcome == "books_closed", "{line}");
        return 0;
    }
    seconds(&clearing["cleared"])
}

/// An amount such as `399.9` in cents.
fn cents(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap_or_else(|| panic!("not an amount: {amount}"));
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    format!("{whole}{part:0<2}").parse().expect("an amount")
}

impl World {
    async fn new(engine: Engine) -> World {
        let office = Office::on(engine).await;
        let token = office.token(Role::Admin).await;
        let group = json!({"name": "Dienste", "quota": "on"});
        let group = id(&office.rest(Method::POST, "/product-groups", &token, &group).await.json());
        let contracts = usize::try_from(given("LIFE_CONTRACTS").unwrap_or(CONTRACTS)).expect("some");
        let months = given("LIFE_YEARS").map_or(MONTHS, |years| years * 12);
        let commands = given("LIFE_COMMANDS").unwrap_or(COMMANDS);
        let world = World { office, token, group, contracts, months, commands, model: Mutex::default() };
        for number in 0..contracts {
            let customer = world.post("/customers", &json!({"name": format!("Kunde {number}"), "country": "DE"})).await;
            let customer = id(&customer.json());
            let quota = 2 + i64::try_from(number % 6).expect("few");
            let contract =
                json!({"customer": customer, "start": "2025-01-01", "terms": terms_of(quota, number % 2 == 1)});
            let contract = world.post("/contracts", &contract).await.json();
            let (account, contract) = (id(&contract["account"]), id(&contract));
            let deals = vec![(quota * 3_600, 39_999)];
            let known = Known { contract, customer, account, deals, granted: 0, drawn: 0 };
            world.model().contracts.push(known);
        }
        world
    }

    fn model(&self) -> MutexGuard<'_, Model> {
        self.model.lock().expect("nobody failed")
    }

    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.office.rest(Method::POST, path, &self.token, body).await
    }

    async fn get(&self, path: &str) -> Value {
        self.office.rest(Method::GET, path, &self.token, &Value::Null).await.json()
    }

    /// The last day of all: everything that anybody has billed is due then.
    fn last(&self) -> String {
        day_of(self.months - 1, 28)
    }

    /// Everything that came of a run, once it has ended.
    async fn items(&self, run: &str) -> Vec<Value> {
        let (mut page, mut items) = (ended(&self.office, &self.token, run).await, Vec::new());
        loop {
            items.append(page["items"].as_array_mut().expect("items"));
            let Some(cursor) = page["next"].as_str() else { return items };
            let path = format!("/billing-runs/{run}?cursor={cursor}");
            page = self.get(&path).await;
        }
    }
}

fn terms_of(hours: i64, overbooking: bool) -> Value {
    let mut terms = terms();
    terms["quota"] = json!({"amount": format!("PT{hours}H")});
    if overbooking {
        terms["quota"]["overbooking"] = json!(true);
        terms["quota"]["limit"] = json!("PT3H");
        terms["quota"]["overage_rate"] = json!("90");
    }
    terms
}

/// One of the two.
struct Client<'w> {
    world: &'w World,
    rng: Rng,
    name: &'static str,
    sent: u64,
    /// How many commands it has given.
    given: u64,
    /// Own delivery notes: the contract, what it has cleared, and whether it is issued.
    notes: BTreeMap<String, (usize, i64, bool)>,
    /// Own draws by hand: the contract and what was drawn.
    draws: Vec<(String, usize, i64)>,
    /// Own free quotas of an hour: the lot and its contract.
    lots: Vec<(String, usize)>,
    /// Own balancing invoices: the document, its contract, what it has granted, and whether it is issued.
    balances: Vec<(String, usize, i64, bool)>,
    /// Own runs that billed something.
    runs: Vec<String>,
    /// The invoices of own delivery notes, and whether they are issued.
    invoiced: BTreeMap<String, (String, bool)>,
}

impl Client<'_> {
    /// Sends a request under a key of its own, and now and then once more, which must not count.
    async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        self.sent += 1;
        let key = format!("{} {}", self.name, self.sent);
        let headers = [("idempotency-key", key.as_str())];
        let office = &self.world.office;
        let send = async || office.rest_with(method.clone(), path, &self.world.token, &headers, body.to_string()).await;
        let first = send().await;
        if first.status.is_success() && self.rng.u8(..3) == 0 {
            let again = send().await;
            if method == Method::DELETE {
                // What was deleted is gone.
                again.problem(404, "not_found");
            } else {
                assert!(again.status.is_success(), "{path} once more: {}", again.body);
                assert_eq!(again.body.is_empty(), first.body.is_empty(), "{path}");
            }
        }
        if !first.status.is_success() {
            let problem = first.json();
            assert!(KNOWN.iter().any(|known| problem["type"] == *known), "{path}: {} {problem}", first.status);
        }
        first
    }

    /// Any day that has come: in the beginning those of the first year, in the end those of all months.
    fn day(&mut self) -> String {
        let more = (self.world.months.saturating_sub(12) * self.given).div_ceil(self.world.commands);
        let month = self.rng.u64(..self.world.months.min(12 + more));
        day_of(month, self.rng.u8(1..=28))
    }

    /// Any contract.
    fn place(&mut self) -> usize {
        self.rng.usize(..self.world.contracts)
    }

    fn quarters(&mut self) -> i64 {
        self.rng.i64(1..=10)
    }

    async fn command(&mut self) {
        match self.rng.u8(..33) {
            0..=2 => self.run().await,
            3..=7 => self.save(None).await,
            8 => {
                let drafts: Vec<_> = self.notes.iter().filter(|(_, note)| !note.2).map(|(id, _)| id.clone()).collect();
                if let Some(note) = self.rng.choice(&drafts).cloned() {
                    self.save(Some(note)).await;
                }
            }
            9..=10 => self.issue().await,
            11 => self.undo_note().await,
            12..=13 => self.draw().await,
            14 => self.release().await,
            15 => self.give().await,
            16..=17 => self.cancel().await,
            18 => self.run_again().await,
            19 => self.revoke().await,
            20..=21 => self.cover().await,
            22..=23 => self.balance().await,
            24 => self.undo_balance().await,
            25 => self.cancel_run().await,
            26..=27 => self.invoice_note().await,
            28 => self.undo_invoice().await,
            29..=30 => self.end().await,
            31 => self.close().await,
            _ => self.change().await,
        }
    }

    /// A run over all or one contract, as the two of them may start at the same moment.
    async fn run(&mut self) {
        let mut wanted = json!({"as_of": self.day(), "issue": true});
        if self.rng.bool() {
            let place = self.place();
            wanted["contract"] = json!(self.world.model().contracts[place].contract);
        }
        self.bill(wanted).await;
    }

    async fn run_again(&mut self) {
        let place = self.place();
        let contract = self.world.model().contracts[place].contract.clone();
        self.bill(json!({"as_of": self.world.last(), "issue": true, "freed_of_contract": contract})).await;
    }

    async fn bill(&mut self, wanted: Value) {
        let run = self.send(Method::POST, "/billing-runs", &wanted).await;
        assert_eq!(run.status, 201, "{}", run.body);
        let run = id(&run.json());
        let items = self.world.items(&run).await;
        let items: Vec<&Value> = items.iter().filter(|item| item["document"].is_string()).collect();
        // To cancel a whole year of everybody would take as long as all the rest.
        if (1..=MONTHS).contains(&u64::try_from(items.len()).expect("some")) {
            self.runs.push(run);
        }
        let mut model = self.world.model();
        for item in items {
            let contract = item["contract"].as_str().expect("a contract");
            let place = model.contracts.iter().position(|known| known.contract == contract).expect("one of ours");
            let invoice = item["document"].as_str().expect("an invoice").to_owned();
            assert_eq!(model.invoices.insert(invoice, place), None, "each period has an invoice of its own");
        }
    }

    async fn save(&mut self, note: Option<String>) {
        let place = note.as_ref().map_or_else(|| self.rng.usize(..self.world.contracts), |note| self.notes[note].0);
        let (contract, customer) = {
            let model = self.world.model();
            (model.contracts[place].contract.clone(), model.contracts[place].customer.clone())
        };
        let lines: Vec<Value> = (0..self.rng.u8(1..=3))
            .map(|_| {
                line(&self.world.group, &contract, &format!("{}.{:02}", self.rng.u8(0..3), self.rng.u8(1..4) * 25))
            })
            .collect();
        let mut body = json!({
            "kind": "delivery_note", "customer": customer, "currency": "EUR", "date": self.day(), "payment_days": 14,
            "lines": lines,
        });
        let answer = match &note {
            None => self.send(Method::POST, "/documents", &body).await,
            Some(note) => {
                let path = format!("/documents/{note}");
                body["version"] = self.world.get(&path).await["version"].clone();
                self.send(Method::PUT, &path, &body).await
            }
        };
        assert!(answer.status.is_success(), "{}", answer.body);
        let saved = answer.json();
        let lines = saved["document"]["lines"].as_array().expect("lines");
        let cleared: i64 = lines.iter().map(cleared_of).sum();
        let before = self.notes.insert(id(&saved["document"]), (place, cleared, false)).map_or(0, |note| note.1);
        self.world.model().contracts[place].drawn += cleared - before;
    }

    async fn issue(&mut self) {
        let drafts: Vec<_> = self.notes.iter().filter(|(_, note)| !note.2).map(|(id, _)| id.clone()).collect();
        let Some(note) = self.rng.choice(&drafts).cloned() else { return };
        let answer = self.send(Method::POST, &format!("/documents/{note}/issue"), &json!({})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        if let Some(kept) = self.notes.get_mut(&note) {
            kept.2 = true;
        }
    }

    /// A draft is deleted, an issued note cancelled, unless its invoice stands or a balancing invoice bills what it has
    /// drawn too much.
    async fn undo_note(&mut self) {
        let all: Vec<_> = self.notes.keys().cloned().collect();
        let Some(note) = self.rng.choice(&all).cloned() else { return };
        let (place, cleared, issued) = self.notes[&note];
        let path = format!("/documents/{note}");
        let answer = if issued {
            let version = self.world.get(&path).await["version"].clone();
            let body = json!({"reason": "Falsch", "version": version});
            self.send(Method::POST, &format!("{path}/cancel"), &body).await
        } else {
            self.send(Method::DELETE, &path, &Value::Null).await
        };
        if !answer.status.is_success() {
            // Nothing of a draft is ever billed.
            assert!(issued, "{}", answer.body);
            answer.problem(409, "in_the_way");
            return;
        }
        assert!(!self.invoiced.contains_key(&note), "its invoice rests on it");
        self.notes.remove(&note);
        self.world.model().contracts[place].drawn -= cleared;
    }

    async fn draw(&mut self) {
        let place = self.place();
        let account = self.world.model().contracts[place].account.clone();
        let amount = format!("PT{}M", self.quarters() * 15);
        let body = json!({"amount": amount, "date": self.day(), "text": "Wartung"});
        let answer = self.send(Method::POST, &format!("/accounts/{account}/draws"), &body).await;
        if !answer.status.is_success() {
            // Nothing is left on that day, the contract has ended by then, or the books are closed for it.
            answer.problem(422, "invalid");
            return;
        }
        let drawn = answer.json();
        let sum = seconds(&drawn["drawn"]) + seconds(&drawn["deficit"]);
        self.draws.push((drawn["draw"].as_str().expect("a draw").to_owned(), place, sum));
        self.world.model().contracts[place].drawn += sum;
    }

    async fn release(&mut self) {
        if self.draws.is_empty() {
            return;
        }
        let (draw, place, sum) = self.draws.swap_remove(self.rng.usize(..self.draws.len()));
        let account = self.world.model().contracts[place].account.clone();
        let answer = self.send(Method::POST, &format!("/accounts/{account}/draws/{draw}/release"), &json!({})).await;
        assert!(answer.status.is_success(), "{}", answer.body);
        self.world.model().contracts[place].drawn -= sum;
    }

    async fn give(&mut self) {
        let place = self.place();
        let account = self.world.model().contracts[place].account.clone();
        let body = json!({"amount": "PT1H", "valid_from": self.day(), "reason": "Kulanz"});
        let answer = self.send(Method::POST, &format!("/accounts/{account}/grants"), &body).await;
        if !answer.status.is_success() {
            // The contract has ended by that day.
            let problem = answer.problem(422, "invalid");
            assert_eq!(problem["errors"][0]["field"], "valid_from", "{problem}");
            return;
        }
        self.lots.push((answer.json()["lot"].as_str().expect("a lot").to_owned(), place));
        self.world.model().contracts[place].granted += 3_600;
    }

    /// An invoice is cancelled, which the other one may be doing too.
    async fn cancel(&mut self) {
        let all: Vec<_> = self.world.model().invoices.keys().cloned().collect();
        let Some(invoice) = self.rng.choice(&all).cloned() else { return };
        let path = format!("/documents/{invoice}");
        let version = self.world.get(&path).await["version"].clone();
        let body = json!({"reason": "Falsch", "version": version});
        let answer = self.send(Method::POST, &format!("{path}/cancel"), &body).await;
        if !answer.status.is_success() {
            assert_eq!(answer.status, 409, "{}", answer.body);
            return;
        }
        let mut model = self.world.model();
        let place = model.invoices.remove(&invoice).expect("only one of the two cancels it");
        model.cancelled.insert(id(&answer.json()), place);
    }
}

async fn client(world: &World, name: &'static str, seed: u64) {
    let mut client = Client {
        world,
        rng: Rng::with_seed(seed),
        name,
        sent: 0,
        given: 0,
        notes: BTreeMap::new(),
        draws: Vec::new(),
        lots: Vec::new(),
        balances: Vec::new(),
        runs: Vec::new(),
        invoiced: BTreeMap::new(),
    };
    while client.given < world.commands {
        client.command().await;
        client.given += 1;
    }
}

async fn two_people_over_rest(engine: Engine) {
    let seed = given("LIFE_SEED").unwrap_or_else(|| RandomState::new().hash_one(()));
    println!("LIFE_SEED={seed}");
    let world = World::new(engine).await;
    tokio::join!(client(&world, "one", seed), client(&world, "other", !seed));
    sums::compare(&world).await;
    let audit = verify::verify(&world.office.world.env, None).await.expect("the audit runs");
    assert_eq!(audit.faults, []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_at_once_on_sqlite() {
    two_people_over_rest(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_at_once_on_postgres() {
    two_people_over_rest(Engine::Postgres).await;
}
