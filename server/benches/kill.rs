//! Pulls the plug: `kill -9` of the real server under load, over and over (`.ci/soak`).
//!
//! Eight clients post draws with known ids until the server is killed at a random moment. Then the audit must be clean, every
//! acknowledged draw must be there exactly once and get its first answer again, and one that was not acknowledged
//! must be there at most once, however often it is sent.
//!
//! `ROUNDS` says how often (default 3), `SEED` where chance begins. Works in debug and release.

#![allow(clippy::disallowed_methods)]

#[path = "parts/house.rs"]
mod house;

use std::{collections::HashMap, path::PathBuf, str::FromStr, time::Duration};

use anyhow::{Context, bail, ensure};
use chrono::{Days, NaiveDate};
use house::{Client, Dice, House, TEXT, iso};
use uuid::Uuid;

const CLIENTS: u64 = 8;
const ACCOUNTS: usize = 4;
/// So often a database is used; then a fresh one keeps the audits short.
const REUSED: u64 = 25;

/// A draw that was sent.
struct Sent {
    draw: Uuid,
    key: Uuid,
    account: usize,
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

/// One database with what is known about it.
struct Books {
    house: House,
    token: String,
    accounts: Vec<String>,
    seconds: Vec<u64>,
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
    println!("kill -9: {rounds} rounds, seed {seed}");
    let mut counts = Counts::default();
    let mut books = None;
    for round in 0..rounds {
        if round % REUSED == 0 {
            books = Some(Books::new(folder.join(format!("{round}.db"))).await?);
        }
        let books = books.as_mut().context("no books")?;
        books
            .round(seed, round, &mut counts)
            .await
            .with_context(|| format!("round {round} of seed {seed}; the books are in {}", books.house.database))?;
        if (round + 1) % 20 == 0 {
            println!("  {} rounds", round + 1);
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    let Counts { acknowledged, open, kept } = counts;
    println!("{acknowledged} draws acknowledged: all there once, each with its first answer");
    println!("{open} not acknowledged: {kept} had been committed; all there once after sending them again");
    ensure!(rounds == 0 || acknowledged > 0, "nothing was acknowledged, so nothing was tried");
    Ok(())
}

impl Books {
    async fn new(path: PathBuf) -> anyhow::Result<Books> {
        let house = House::new(format!("sqlite:{}", path.display()));
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
        Ok(Books { house, token, accounts, seconds: vec![0; ACCOUNTS] })
    }

    async fn round(&mut self, seed: u64, round: u64, counts: &mut Counts) -> anyhow::Result<()> {
        // A day of its own, so that the passbook of a round stays short.
        let first = NaiveDate::from_ymd_opt(2020, 1, 1).context("a date")?;
        let date = first + Days::new(round % REUSED);
        let mut dice = Dice(seed.wrapping_mul(1_000_003).wrapping_add(round));
        let sent = self.until_killed(date, &mut dice).await?;

        self.house.run(&["verify"]).context("the audit after the kill")?;
        let server = self.house.serve()?;
        let mut client = Client::open(&server.address, &self.token).await?;
        let found = self.found(&mut client, date).await?;
        for sent in &sent {
            let times = found.get(&sent.draw.to_string()).map_or(0, |(times, _)| *times);
            match sent.answer {
                Some(_) => ensure!(times == 1, "acknowledged, and there {times} times: {}", sent.draw),
                None => ensure!(times <= 1, "there {times} times: {}", sent.draw),
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
            let mut first = sent.answer.clone();
            for key in [sent.key, id(&mut dice)] {
                let (status, again) = sent.post(&mut client, &self.accounts, date, key).await?;
                ensure!(status == 201, "sent again: {status} {again}");
                let first = first.get_or_insert_with(|| again.clone());
                ensure!(*first == again, "another answer: {first} became {again}");
            }
            self.seconds[sent.account] += sent.minutes * 60;
        }
        let found = self.found(&mut client, date).await?;
        ensure!(found.len() == sent.len(), "{} draws sent, {} there", sent.len(), found.len());
        for sent in &sent {
            let (times, amount) = found.get(&sent.draw.to_string()).context("a draw is missing")?;
            let expected = format!("-{}", iso(sent.minutes * 60));
            ensure!(*times == 1 && *amount == expected, "{times} times {amount} instead of {expected}");
        }
        for (account, seconds) in self.accounts.iter().zip(&self.seconds) {
            let used = client.used(account).await?;
            ensure!(used == iso(*seconds), "{used} used instead of {}", iso(*seconds));
        }
        drop(server);
        self.house.run(&["verify"]).context("the audit at the end")?;
        Ok(())
    }

    /// Serves and posts draws until the server is killed.
    async fn until_killed(&self, date: NaiveDate, dice: &mut Dice) -> anyhow::Result<Vec<Sent>> {
        let mut server = self.house.serve()?;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let mut client = Client::open(&server.address, &self.token).await?;
            let (mut dice, accounts) = (Dice(dice.roll()), self.accounts.clone());
            clients.push(tokio::spawn(async move {
                let mut all = Vec::new();
                loop {
                    let (draw, key, account) = (id(&mut dice), id(&mut dice), dice.below(ACCOUNTS));
                    let mut sent = Sent { draw, key, account, minutes: 1 + dice.roll() % 240, answer: None };
                    match sent.post(&mut client, &accounts, date, key).await {
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

    /// How often each draw of that day is there, and with which amount.
    async fn found(&self, client: &mut Client, date: NaiveDate) -> anyhow::Result<HashMap<String, (usize, String)>> {
        let (from, until) = (date.to_string(), (date + Days::new(1)).to_string());
        let mut found = HashMap::new();
        for account in &self.accounts {
            for (draw, amount) in client.draws(account, &from, &until).await? {
                found.entry(draw).or_insert((0, amount)).0 += 1;
            }
        }
        Ok(found)
    }
}

impl Sent {
    async fn post(
        &self,
        client: &mut Client,
        accounts: &[String],
        date: NaiveDate,
        key: Uuid,
    ) -> anyhow::Result<(u16, String)> {
        let (draw, amount) = (self.draw, iso(self.minutes * 60));
        let body = format!(r#"{{"draw":"{draw}","date":"{date}","amount":"{amount}","text":"{TEXT}"}}"#);
        client.call("POST", &format!("/accounts/{}/draws", accounts[self.account]), Some(key), &body).await
    }
}
