//! Pulls the plug: `kill -9` of the real server under load, over and over (`.ci/soak`, and shortly in `.ci/test`).
//!
//! Four programs post draws and four people book time, with known ids, until the server is killed at a random moment.
//! Then the audit must be clean, whatever was acknowledged must be there exactly once and get its first answer again, and
//! what was not acknowledged must be there at most once, however often it is sent.
//!
//! `ROUNDS` says how often (default 3), `SEED` where chance begins. `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server,
//! which stays when the program is killed: then every other round is on it. Works in debug and release.

#![allow(clippy::disallowed_methods)]

#[path = "parts/house.rs"]
mod house;
#[allow(dead_code, reason = "nobody is named here")]
#[path = "parts/people.rs"]
mod people;
#[path = "parts/plain.rs"]
mod plain;
#[allow(dead_code, reason = "nothing of the past is booked here")]
#[path = "parts/shops.rs"]
mod shops;

use std::{collections::HashMap, str::FromStr, time::Duration};

use anyhow::{Context, bail, ensure};
use chrono::{Days, NaiveDate};
use domain::ProjectId;
use house::{Client, Dice, House, TEXT, iso};
use plain::Plain;
use serde_json::Value;
use shops::Shops;
use uuid::Uuid;

/// Programs that draw, and as many people who book.
const CLIENTS: usize = 4;
const ACCOUNTS: usize = 4;
const PROJECTS: usize = 4;
/// So often a database is used; then a fresh one keeps the audits short.
const REUSED: u64 = 25;

/// What was asked for.
#[derive(Clone, Copy)]
enum What {
    /// A draw on that account.
    Draw { account: usize },
    /// Time on that project, by that person.
    Booking { project: usize, person: usize },
}

/// A draw or a booking that was sent.
struct Sent {
    what: What,
    id: Uuid,
    key: Uuid,
    minutes: u64,
    /// What came back before the server was killed.
    answer: Option<String>,
}

#[derive(Default)]
struct Counts {
    acknowledged: usize,
    open: usize,
    /// Of the open ones: those that had been committed.
    kept: usize,
}

/// What is drawn from and booked on.
#[derive(Clone)]
struct Places {
    accounts: Vec<String>,
    projects: Vec<ProjectId>,
    /// The task of each project.
    tasks: Vec<String>,
}

/// One database with what is known about it.
struct Books {
    house: House,
    token: String,
    /// The sessions of the people who book.
    sessions: Vec<String>,
    places: Places,
    /// What was drawn from each account and booked on each project.
    drawn: Vec<u64>,
    booked: Vec<u64>,
}

fn main() -> anyhow::Result<()> {
    if std::env::args().any(|argument| argument == "--list") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run())
}

fn id(dice: &mut Dice) -> Uuid {
    uuid::Builder::from_random_bytes(((u128::from(dice.roll()) << 64) | u128::from(dice.roll())).to_be_bytes())
        .into_uuid()
}

fn setting<T: FromStr>(name: &str, default: T) -> anyhow::Result<T> {
    let Ok(text) = std::env::var(name) else { return Ok(default) };
    text.parse().ok().with_context(|| format!("{name}={text} is no number"))
}

async fn run() -> anyhow::Result<()> {
    let (rounds, seed) = (setting("ROUNDS", 3_u64)?, setting("SEED", 1_u64)?);
    let folder = std::env::temp_dir().join(format!("drawdown-kill-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let postgres = std::env::var("DRAWDOWN_BENCH_POSTGRES").ok();
    let engines = if postgres.is_some() { "SQLite and PostgreSQL in turns" } else { "SQLite" };
    println!("kill -9: {rounds} rounds on {engines}, seed {seed}");
    let mut counts = Counts::default();
    let (mut on_sqlite, mut on_postgres) = (None, None);
    for round in 0..rounds {
        let server = postgres.as_ref().filter(|_| round % 2 == 1);
        let books = if server.is_some() { &mut on_postgres } else { &mut on_sqlite };
        // How often this engine has had its turn.
        let turn = if postgres.is_some() { round / 2 } else { round };
        if turn.is_multiple_of(REUSED) {
            let database = match server {
                Some(server) => {
                    let name = format!("dd_{}_kill{round}", std::process::id());
                    let [database] = Plain::fresh(server, [name.as_str()]).await?;
                    database
                }
                None => format!("sqlite:{}", folder.join(format!("{round}.db")).display()),
            };
            *books = Some(Books::new(database).await?);
        }
        let books = books.as_mut().context("no books")?;
        books
            .round(seed, round, turn, &mut counts)
            .await
            .with_context(|| format!("round {round} of seed {seed}; the books are in {}", books.house.database))?;
        if (round + 1).is_multiple_of(20) {
            println!("  {} rounds", round + 1);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    let Counts { acknowledged, open, kept } = counts;
    println!("{acknowledged} draws and bookings acknowledged: all there once, each with its first answer");
    println!("{open} not acknowledged: {kept} had been committed; all there once after sending them again");
    ensure!(rounds == 0 || acknowledged > 0, "nothing was acknowledged, so nothing was tried");
    Ok(())
}

/// The first day on which anything is drawn or booked.
fn first_day() -> anyhow::Result<NaiveDate> {
    NaiveDate::from_ymd_opt(2020, 1, 1).context("a date")
}

impl Books {
    async fn new(database: String) -> anyhow::Result<Books> {
        let house = House::new(database);
        let company = Shops::open(&house.database, first_day()?).await?;
        let sessions = company.workers(CLIENTS).await?.into_iter().map(|worker| worker.session).collect();
        let (mut projects, mut tasks) = (Vec::new(), Vec::new());
        for _ in 0..PROJECTS {
            let shop = company.shop().await?;
            projects.push(shop.project);
            tasks.push(shop.task.to_string());
        }
        company.close().await;

        let token = house.run(&["token", "add", "plug", "--role", "admin"])?;
        let server = house.serve()?;
        let mut client = Client::open(&server.address, &token).await?;
        let customer = client.customer().await?;
        let mut accounts = Vec::new();
        for _ in 0..ACCOUNTS {
            let account = client.account(&customer).await?;
            client.grant(&account, "2020-01-01", "PT1000000H").await?;
            accounts.push(account);
        }
        let places = Places { accounts, projects, tasks };
        Ok(Books { house, token, sessions, places, drawn: vec![0; ACCOUNTS], booked: vec![0; PROJECTS] })
    }

    async fn round(&mut self, seed: u64, round: u64, turn: u64, counts: &mut Counts) -> anyhow::Result<()> {
        // A day of its own, so that the passbook of a round stays short.
        let date = first_day()? + Days::new(turn % REUSED);
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(round));
        let sent = self.until_killed(date, &mut dice).await?;

        self.house.run(&["verify"]).context("the audit after the kill")?;
        let server = self.house.serve()?;
        let mut program = Client::open(&server.address, &self.token).await?;
        let mut people = Vec::new();
        for session in &self.sessions {
            people.push(Client::signed_in(&server.address, session).await?);
        }
        let found = self.found(&mut program, date, &sent).await?;
        for sent in &sent {
            let times = found.get(&sent.id.to_string()).map_or(0, |(times, _)| *times);
            match sent.answer {
                Some(_) => ensure!(times == 1, "acknowledged, and there {times} times: {}", sent.id),
                None => ensure!(times <= 1, "there {times} times: {}", sent.id),
            }
            if sent.answer.is_none() {
                counts.open += 1;
                counts.kept += times;
            } else {
                counts.acknowledged += 1;
            }
        }
        // Once more with its key, and once more under another one: the id alone must be enough.
        for sent in &sent {
            let (client, total) = match sent.what {
                What::Draw { account } => (&mut program, &mut self.drawn[account]),
                What::Booking { project, person } => (&mut people[person], &mut self.booked[project]),
            };
            let mut first = sent.answer.clone();
            for key in [sent.key, id(&mut dice)] {
                let (status, again) = sent.post(client, &self.places, date, key).await?;
                ensure!(status == 201, "sent again: {status} {again}");
                let first = first.get_or_insert_with(|| again.clone());
                ensure!(*first == again, "another answer: {first} became {again}");
            }
            *total += sent.minutes * 60;
        }
        let found = self.found(&mut program, date, &sent).await?;
        ensure!(found.len() == sent.len(), "{} sent, {} there", sent.len(), found.len());
        for sent in &sent {
            let (times, time) = found.get(&sent.id.to_string()).context("something is missing")?;
            let expected = iso(sent.minutes * 60);
            ensure!(*times == 1 && *time == expected, "{times} times {time} instead of {expected}");
        }
        self.check_sums(&mut program).await?;
        drop(server);
        self.house.run(&["verify"]).context("the audit at the end")?;
        Ok(())
    }

    /// Every account and every project must hold exactly what was drawn from it and booked on it.
    async fn check_sums(&self, client: &mut Client) -> anyhow::Result<()> {
        for (account, seconds) in self.places.accounts.iter().zip(&self.drawn) {
            let used = client.used(account).await?;
            ensure!(used == iso(*seconds), "{used} used instead of {}", iso(*seconds));
        }
        let mut plain = Plain::open(&self.house.database).await?;
        for (project, seconds) in self.places.projects.iter().zip(&self.booked) {
            let sql = format!(
                "SELECT CAST(COALESCE(SUM(p.seconds), 0) AS BIGINT) FROM portions p
                    JOIN bookings b ON b.id = p.booking_id WHERE b.project_id = '{project}'"
            );
            let booked = plain.number(sql).await?;
            ensure!(booked == i64::try_from(*seconds)?, "{booked} seconds are booked instead of {seconds}");
        }
        Ok(())
    }

    /// Serves, and posts draws and bookings until the server is killed.
    async fn until_killed(&self, date: NaiveDate, dice: &mut Dice) -> anyhow::Result<Vec<Sent>> {
        let mut server = self.house.serve()?;
        let mut clients = Vec::new();
        for number in 0..2 * CLIENTS {
            // Programs first, then people.
            let person = number.checked_sub(CLIENTS);
            let mut client = match person {
                Some(person) => Client::signed_in(&server.address, &self.sessions[person]).await?,
                None => Client::open(&server.address, &self.token).await?,
            };
            let (mut dice, places) = (Dice(dice.roll()), self.places.clone());
            clients.push(tokio::spawn(async move {
                let mut all = Vec::new();
                loop {
                    let mut sent = Sent::new(&mut dice, person);
                    match sent.post(&mut client, &places, date, sent.key).await {
                        Ok((201, answer)) => sent.answer = Some(answer),
                        Ok((status, answer)) => bail!("refused: {status} {answer}"),
                        // The plug is pulled.
                        Err(_) => {
                            all.push(sent);
                            return Ok(all);
                        }
                    }
                    all.push(sent);
                }
            }));
        }
        tokio::time::sleep(Duration::from_micros(dice.roll() % 250_000)).await;
        server.kill();
        let mut all = Vec::new();
        for client in clients {
            all.extend(client.await??);
        }
        Ok(all)
    }

    /// How often what was sent on that day is there, and with which time.
    async fn found(
        &self,
        client: &mut Client,
        date: NaiveDate,
        sent: &[Sent],
    ) -> anyhow::Result<HashMap<String, (usize, String)>> {
        let (from, until) = (date.to_string(), (date + Days::new(1)).to_string());
        let mut found = HashMap::new();
        for account in &self.places.accounts {
            for (draw, amount) in client.draws(account, &from, &until).await? {
                found.entry(draw).or_insert((0, amount.trim_start_matches('-').to_owned())).0 += 1;
            }
        }
        for sent in sent.iter().filter(|sent| matches!(sent.what, What::Booking { .. })) {
            let (status, answer) = client.call("GET", &format!("/bookings/{}", sent.id), None, "").await?;
            if status == 404 {
                continue;
            }
            ensure!(status == 200, "{status} {answer}");
            let booking: Value = serde_json::from_str(&answer)?;
            let time = booking["time"].as_str().context("no time")?.to_owned();
            found.entry(sent.id.to_string()).or_insert((0, time)).0 += 1;
        }
        Ok(found)
    }
}

impl Sent {
    /// The next thing that a program asks for, or a person.
    fn new(dice: &mut Dice, person: Option<usize>) -> Sent {
        let (id, key) = (id(dice), id(dice));
        let what = match person {
            None => What::Draw { account: dice.below(ACCOUNTS) },
            Some(person) => What::Booking { project: dice.below(PROJECTS), person },
        };
        Sent { what, id, key, minutes: 1 + dice.roll() % 240, answer: None }
    }

    async fn post(
        &self,
        client: &mut Client,
        places: &Places,
        date: NaiveDate,
        key: Uuid,
    ) -> anyhow::Result<(u16, String)> {
        let (id, time) = (self.id, iso(self.minutes * 60));
        let (path, body) = match self.what {
            What::Draw { account } => (
                format!("/accounts/{}/draws", places.accounts[account]),
                format!(r#"{{"draw":"{id}","date":"{date}","amount":"{time}","text":"{TEXT}"}}"#),
            ),
            What::Booking { project, .. } => (
                "/bookings".to_owned(),
                format!(
                    r#"{{"id":"{id}","task":"{}","date":"{date}","time":"{time}","note":"{TEXT}"}}"#,
                    places.tasks[project]
                ),
            ),
        };
        client.call("POST", &path, Some(key), &body).await
    }
}
