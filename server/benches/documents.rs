//! `make bench`: what saving a delivery note costs over HTTP: five lines that draw a quota, by 16 clients.
//!
//! As in `draws.rs`, every figure stands beside the raw engine of the same minutes, which writes the same rows; nothing
//! fails because it is slow, a refused request or a wrong sum ends the run.
//!
//! `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server that keeps its promises (`.ci/postgres start --durable`).

#![allow(clippy::disallowed_methods)]

#[allow(dead_code, reason = "nothing is billed here")]
#[path = "parts/contracts.rs"]
mod contracts;
#[path = "parts/figures.rs"]
mod figures;
#[allow(dead_code, reason = "not every program needs all of it")]
#[path = "parts/house.rs"]
mod house;
#[path = "parts/notes.rs"]
mod notes;
#[path = "parts/plain.rs"]
mod plain;

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{Datelike, Utc};
use contracts::Company;
use figures::{fsyncs, load, median, percentile, short};
use house::{Client, Dice, House, Server, TEXT, iso};
use notes::{LINES, Raw};
use plain::Plain;
use serde_json::{Value, json};
use uuid::Uuid;

const CLIENTS: usize = 16;
const CONTRACTS: usize = 64;
const ROUNDS: usize = 4;
/// Notes in a part of a round; a multiple of the clients and of ten.
const NOTES: usize = 480;
/// The long documents, each saved so many times.
const LONG: [usize; 2] = [1_000, 5_000];
const TURNS: usize = 3;

fn main() -> anyhow::Result<()> {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("drawdown-documents-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(run(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn run(folder: &Path) -> anyhow::Result<()> {
    let loads = load();
    let mut syncs = Vec::new();
    let file = |name: &str| format!("sqlite:{}", folder.join(name).display());
    let mut engines = vec![Engine::new("SQLite", [file("notes.db"), file("raw.db")]).await?];
    match std::env::var("DRAWDOWN_BENCH_POSTGRES") {
        Ok(server) => {
            let databases = Plain::fresh(&server, ["bench_notes", "bench_raw_notes"]).await?;
            engines.push(Engine::new("PostgreSQL", databases).await?);
        }
        Err(_) => eprintln!("bench: no DRAWDOWN_BENCH_POSTGRES, so SQLite only"),
    }
    for round in 0..ROUNDS {
        for engine in &mut engines {
            fsyncs(folder, &mut syncs)?;
            eprintln!("bench: saving documents, round {} of {ROUNDS}, {}", round + 1, engine.name);
            engine.round(round).await?;
        }
    }
    let mut columns = Vec::new();
    for engine in &mut engines {
        engine.check().await?;
        eprintln!("bench: long documents and the audit, {}", engine.name);
        let long = engine.long().await?;
        engine.house.run(&["verify"])?;
        columns.push((engine.name, engine.column(long)));
    }
    print(&columns);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!(
        "\nfsync of 4 KiB: median {}, slowest tenth from {}; {cores} cores; load {loads} before, {} after",
        short(percentile(&mut syncs, 50)),
        short(percentile(&mut syncs, 90)),
        load()
    );
    println!(
        "Each rate is the median of {ROUNDS} rounds of {NOTES} notes in turns, each ratio the median of the rounds'."
    );
    Ok(())
}

/// One engine under both: Drawdown over HTTP, and nothing but SQL.
struct Engine {
    name: &'static str,
    house: House,
    server: Server,
    clients: Vec<Client>,
    desk: Desk,
    raw: Raw,
    rounds: Vec<Rates>,
    new: Vec<Duration>,
    again: Vec<Duration>,
}

/// Notes a second in one round.
struct Rates {
    raw: f64,
    new: f64,
    again: f64,
}

/// What notes are written with.
#[derive(Clone)]
struct Desk {
    /// Customer, contract and account.
    contracts: Vec<[String; 3]>,
    group: String,
    today: String,
}

fn rate(took: Duration) -> f64 {
    u32::try_from(NOTES).map_or(0.0, f64::from) / took.as_secs_f64()
}

impl Desk {
    /// A note with that many lines of a minute; `extra` is the text of the last one.
    fn note(&self, place: usize, version: i64, (lines, extra): (usize, &str)) -> Value {
        let [customer, contract, _] = &self.contracts[place];
        let line = |number: usize| {
            let text = if number + 1 == lines { extra } else { TEXT };
            let item = json!({
                "text": text, "quantity": "1", "unit": "minute", "price": "1.5", "vat": "19", "group": self.group,
            });
            json!({"line": item, "contract": contract})
        };
        json!({
            "version": version, "kind": "delivery_note", "customer": customer, "currency": "EUR", "date": self.today,
            "payment_days": 14, "lines": (0..lines).map(line).collect::<Vec<_>>(),
        })
    }
}

/// Saves a note and returns how long it took. All its lines must be paid by the quota.
async fn save(client: &mut Client, id: Uuid, note: &Value) -> anyhow::Result<Duration> {
    // A new one is made under the id that the client gives it, as people's browsers do; later it is changed.
    let mut note = note.clone();
    let (method, path) = if note["version"] == 0 {
        note["id"] = id.to_string().into();
        ("POST", "/documents".to_owned())
    } else {
        ("PUT", format!("/documents/{id}"))
    };
    let body = note.to_string();
    let start = Instant::now();
    let (status, answer) = client.call(method, &path, None, &body).await?;
    let took = start.elapsed();
    let lines = note["lines"].as_array().map_or(0, Vec::len);
    let cleared = answer.matches(r#""outcome":"full""#).count();
    ensure!((200..300).contains(&status) && cleared == lines, "{status}, {cleared} of {lines} lines: {answer:.600}");
    Ok(took)
}

impl Engine {
    async fn new(name: &'static str, [notes, raw]: [String; 2]) -> anyhow::Result<Engine> {
        let start = Utc::now().date_naive().with_day(1).context("a month")?;
        let company = Company::new(CONTRACTS, start)?;
        let house = House::new(notes);
        for database in [&house.database, &raw] {
            let own = House::new(database.clone());
            own.run(&["migrate"])?;
            company.write(&mut Plain::open(database).await?).await?;
            own.run(&["migrate"])?;
        }
        let raw = Raw::new(&raw, &company, CLIENTS).await?;
        let token = house.run(&["token", "add", "bench", "--role", "admin"])?;
        let server = house.serve()?;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(Client::open(&server.address, &token).await?);
        }
        let group = clients[0].json("POST", "/product-groups", None, r#"{"name":"Services","quota":"on"}"#).await?;
        let group = group["id"].as_str().context("no id")?.to_owned();
        let mut contracts = Vec::new();
        for number in 1..=CONTRACTS {
            let (contract, account) = (company.contract(number)?, Company::account(number)?.to_string());
            clients[0].grant(&account, &start.to_string(), "PT1000000H").await?;
            contracts.push([contract.customer.to_string(), contract.id.to_string(), account]);
        }
        let desk = Desk { contracts, group, today: Utc::now().date_naive().to_string() };
        let mut engine =
            Engine { name, house, server, clients, desk, raw, rounds: Vec::new(), new: Vec::new(), again: Vec::new() };
        // Warm: connections, statements and caches are there before anything counts.
        engine.raw.save(CLIENTS * 10).await?;
        engine.http(CLIENTS * 2, 99).await?;
        (engine.new, engine.again) = (Vec::new(), Vec::new());
        Ok(engine)
    }

    async fn round(&mut self, round: usize) -> anyhow::Result<()> {
        let (raw, [new, again]) = if round.is_multiple_of(2) {
            let raw = self.raw.save(NOTES).await?;
            (raw, self.http(NOTES, round).await?)
        } else {
            let http = self.http(NOTES, round).await?;
            (self.raw.save(NOTES).await?, http)
        };
        self.rounds.push(Rates { raw: rate(raw), new: rate(new), again: rate(again) });
        Ok(())
    }

    /// Saves new notes with all clients at once, then each of them again with another text in its last line: its draws
    /// are released and made anew.
    async fn http(&mut self, notes: usize, round: usize) -> anyhow::Result<[Duration; 2]> {
        let made: Vec<Vec<(Uuid, usize)>> = (0..CLIENTS)
            .map(|client| {
                let mut dice = Dice(u64::try_from(1000 * round + client).unwrap_or(0));
                (0..notes / CLIENTS).map(|_| (Uuid::now_v7(), dice.below(CONTRACTS))).collect()
            })
            .collect();
        let mut took = [Duration::ZERO; 2];
        for (turn, took) in (0_i64..).zip(&mut took) {
            let start = Instant::now();
            let mut tasks = Vec::new();
            for (mut client, made) in self.clients.drain(..).zip(made.clone()) {
                let desk = self.desk.clone();
                tasks.push(tokio::spawn(async move {
                    let mut times = Vec::new();
                    let extra = if turn == 0 { TEXT } else { "Maintenance of the shop, at night" };
                    for (id, place) in made {
                        times.push(save(&mut client, id, &desk.note(place, turn, (LINES, extra))).await?);
                    }
                    anyhow::Ok((client, times))
                }));
            }
            let (mut clients, mut times) = (Vec::new(), Vec::new());
            for task in tasks {
                let (client, new) = task.await??;
                clients.push(client);
                times.extend(new);
            }
            *took = start.elapsed();
            self.clients = clients;
            if turn == 0 { self.new.extend(times) } else { self.again.extend(times) }
        }
        Ok(took)
    }

    /// The accounts must hold together what all notes drew.
    async fn check(&mut self) -> anyhow::Result<()> {
        let mut plain = Plain::open(&self.house.database).await?;
        let notes = i64::try_from(NOTES * ROUNDS + CLIENTS * 2)?;
        let each = 60 * i64::try_from(LINES)?;
        for (sql, wanted) in [
            // The server bills its contracts meanwhile.
            ("SELECT COUNT(*) FROM documents WHERE kind = 'delivery_note'", notes),
            ("SELECT COUNT(*) FROM draw_state WHERE hold AND NOT released", notes * i64::try_from(LINES)?),
            ("SELECT CAST(SUM(drawn) AS BIGINT) FROM lot_state", notes * each),
        ] {
            let found = plain.number(sql.to_owned()).await?;
            ensure!(found == wanted, "{sql}: {found} instead of {wanted}");
        }
        Ok(())
    }

    /// What it takes to save a long document, and to save it again with another last line.
    async fn long(&mut self) -> anyhow::Result<Vec<String>> {
        let mut shown = Vec::new();
        for lines in LONG {
            let mut times = [Vec::new(), Vec::new()];
            for turn in 0..TURNS {
                let id = Uuid::now_v7();
                for (version, extra) in [(0, TEXT), (1, "Maintenance of the shop, at night")] {
                    let note = self.desk.note(turn, version, (lines, extra));
                    times[usize::try_from(version)?].push(save(&mut self.clients[0], id, &note).await?);
                }
            }
            shown.push(times.map(|mut times| short(percentile(&mut times, 50))).join(" / "));
        }
        let [_, _, account] = &self.desk.contracts[0];
        ensure!(self.clients[0].used(account).await? != iso(0), "nothing was drawn");
        Ok(shown)
    }

    fn column(&mut self, long: Vec<String>) -> Vec<String> {
        let all = |of: fn(&Rates) -> f64| median(self.rounds.iter().map(of).collect());
        let times =
            |times: &mut [Duration]| format!("{} / {}", short(percentile(times, 50)), short(percentile(times, 99)));
        let mut column = vec![
            format!("{:.0}/s", all(|r| r.raw)),
            format!("{:.0}/s", all(|r| r.new)),
            format!("{:.0} %", 100.0 * all(|r| r.new / r.raw)),
            times(&mut self.new),
            format!("{:.0}/s", all(|r| r.again)),
            times(&mut self.again),
        ];
        column.extend(long);
        column.push(self.server.peak_memory().map_or_else(|| "?".to_owned(), |kb| format!("{} MB", kb / 1024)));
        column
    }
}

fn print(columns: &[(&'static str, Vec<String>)]) {
    const LABELS: [&str; 9] = [
        "raw engine, the same rows",
        "HTTP, 16 clients on 64 contracts",
        "  of the raw engine",
        "  p50 / p99",
        "saved again, all draws made anew",
        "  p50 / p99",
        "1 000 lines: new / again",
        "5 000 lines: new / again",
        "server's peak memory",
    ];
    let row = |label: &str, cells: Vec<&str>| {
        let cells: String = cells.into_iter().map(|cell| format!("{cell:>20}")).collect();
        println!("{}", format!("{label:34}{cells}").trim_end());
    };
    println!();
    row("delivery notes of five lines", columns.iter().map(|(name, _)| *name).collect());
    for (line, label) in LABELS.into_iter().enumerate() {
        row(label, columns.iter().map(|(_, cells)| cells[line].as_str()).collect());
    }
}
