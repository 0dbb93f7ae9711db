//! `make bench`: what booking time costs over HTTP, with everything on: the session, the split, the ledger, the key under
//! which it counts once, and the history.
//!
//! As in `draws.rs`, every figure stands beside the raw engine of the same minutes, which only writes the rows of a draw:
//! six statements. A booking writes these and five more rows. Nothing fails because it is slow, a refused request or a
//! wrong sum ends the run.
//!
//! `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server that keeps its promises (`.ci/postgres start --durable`).

#![allow(clippy::disallowed_methods)]

#[path = "parts/crowd.rs"]
mod crowd;
#[path = "parts/figures.rs"]
mod figures;
#[allow(dead_code, reason = "not every program needs all of it")]
#[path = "parts/house.rs"]
mod house;
#[path = "parts/people.rs"]
mod people;
#[path = "parts/plain.rs"]
mod plain;
#[allow(dead_code, reason = "long histories are booked here")]
#[path = "parts/raw.rs"]
mod raw;
#[path = "parts/shops.rs"]
mod shops;

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{NaiveDate, Utc};
use crowd::{at_once, fetch, rate};
use domain::{
    BookingId, Seconds,
    splitting::{self, Booking, Facts},
};
use figures::{fsyncs, load, median, percentile, short};
use house::{Client, House, Server, TEXT};
use people::Worker;
use plain::Plain;
use raw::Raw;
use shops::{Shop, Shops};
use uuid::Uuid;

const CLIENTS: usize = 16;
const PROJECTS: usize = 64;
const ROUNDS: usize = 4;
/// Bookings in a part of a round; a multiple of the clients and of ten.
const BOOKINGS: usize = 1600;
/// The bookings of the long project.
const LONG: usize = 100_000;
/// What a browser has for a picture, at 60 a second.
const FRAME: Duration = Duration::from_micros(16_667);

fn main() -> anyhow::Result<()> {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("drawdown-bookings-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(run(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn run(folder: &Path) -> anyhow::Result<()> {
    let (today, loads) = (Utc::now().date_naive(), load());
    let file = |name: &str| format!("sqlite:{}", folder.join(name).display());
    let mut engines = vec![Engine::new("SQLite", [file("bookings.db"), file("raw.db")], today).await?];
    match std::env::var("DRAWDOWN_BENCH_POSTGRES") {
        Ok(server) => {
            let databases = Plain::fresh(&server, ["bench_bookings", "bench_raw_bookings"]).await?;
            engines.push(Engine::new("PostgreSQL", databases, today).await?);
        }
        Err(_) => eprintln!("bench: no DRAWDOWN_BENCH_POSTGRES, so SQLite only"),
    }
    let mut syncs = Vec::new();
    for round in 0..ROUNDS {
        for engine in &mut engines {
            fsyncs(folder, &mut syncs)?;
            eprintln!("bench: booking time, round {} of {ROUNDS}, {}", round + 1, engine.name);
            engine.round(round, today).await?;
        }
    }
    let mut columns = Vec::new();
    for engine in &mut engines {
        eprintln!("bench: a project with {LONG} bookings and the audit, {}", engine.name);
        let long = engine.long_history(today).await?;
        engine.check().await?;
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
        "Each rate is the median of {ROUNDS} rounds of {BOOKINGS} bookings in turns, each ratio the median of the rounds'."
    );
    Ok(())
}

/// One engine under both: Drawdown over HTTP, and nothing but SQL.
struct Engine {
    name: &'static str,
    house: House,
    server: Server,
    clients: Vec<Client>,
    /// Sees all projects.
    reader: Client,
    raw: Raw,
    /// Those over which bookings are spread, the one of all clients, one without a past and one with a long one.
    shops: Vec<Shop>,
    /// How many bookings each of them has.
    counts: Vec<usize>,
    /// Bookings a second while the long past was written.
    filled: f64,
    previews: [Vec<Duration>; 2],
    rounds: Vec<Rates>,
    spread: Vec<Duration>,
    one: Vec<Duration>,
}

const ONE: usize = PROJECTS;
const EMPTY: usize = PROJECTS + 1;
const PAST: usize = PROJECTS + 2;

/// Bookings a second in one round.
struct Rates {
    raw: f64,
    spread: f64,
    one: f64,
}

impl Engine {
    async fn new(name: &'static str, [database, raw]: [String; 2], today: NaiveDate) -> anyhow::Result<Engine> {
        let house = House::new(database);
        house.run(&["migrate"])?;
        House::new(raw.clone()).run(&["migrate"])?;
        let raw = Raw::new(&raw, CLIENTS, false).await?;
        let company = Shops::open(&house.database, today).await?;
        let workers = company.workers(CLIENTS).await?;
        let mut shops = Vec::new();
        for _ in 0..=PAST {
            shops.push(company.shop().await?);
        }
        eprintln!("bench: {LONG} bookings of the past, {name}");
        let Worker { id, .. } = workers.first().context("nobody works here")?;
        let filled = rate(LONG, company.fill(&shops[PAST], *id, LONG).await?);
        let mut previews = [Vec::new(), Vec::new()];
        for (place, times) in [EMPTY, PAST].into_iter().zip(&mut previews) {
            *times = preview(&company.facts(&shops[place]).await?, &shops[place], *id, today)?;
        }
        company.close().await;

        let token = house.run(&["token", "add", "bench", "--role", "admin"])?;
        let server = house.serve()?;
        let mut clients = Vec::new();
        for worker in &workers {
            clients.push(Client::signed_in(&server.address, &worker.session).await?);
        }
        let reader = Client::open(&server.address, &token).await?;
        let mut counts = vec![0; PAST + 1];
        counts[PAST] = LONG;
        let mut engine = Engine {
            name,
            house,
            server,
            clients,
            reader,
            raw,
            shops,
            counts,
            filled,
            previews,
            rounds: Vec::new(),
            spread: Vec::new(),
            one: Vec::new(),
        };
        // Warm: connections, statements and caches are there before anything counts.
        engine.raw.draws(CLIENTS * 10, today).await?;
        engine.http(false, CLIENTS * 10, 99, today).await?;
        engine.http(true, CLIENTS * 10, 99, today).await?;
        (engine.spread, engine.one) = (Vec::new(), Vec::new());
        Ok(engine)
    }

    async fn round(&mut self, round: usize, today: NaiveDate) -> anyhow::Result<()> {
        let mut rates = Rates { raw: 0.0, spread: 0.0, one: 0.0 };
        let mut order = [0, 1, 2];
        if round % 2 == 1 {
            order.reverse();
        }
        for part in order {
            match part {
                0 => rates.raw = rate(BOOKINGS, self.raw.draws(BOOKINGS, today).await?),
                1 => rates.spread = rate(BOOKINGS, self.http(false, BOOKINGS, round, today).await?),
                _ => rates.one = rate(BOOKINGS, self.http(true, BOOKINGS, round, today).await?),
            }
        }
        self.rounds.push(rates);
        Ok(())
    }

    /// Books minutes with all clients at once, on one project or on those over which they are spread.
    async fn http(&mut self, one: bool, bookings: usize, round: usize, today: NaiveDate) -> anyhow::Result<Duration> {
        let places = if one { ONE..EMPTY } else { 0..PROJECTS };
        let shops = self.shops[places.clone()].to_vec();
        let work = move |mut client: Client, place: usize| {
            let shop = shops[place].clone();
            async move {
                let took = book(&mut client, &shop, today).await?;
                anyhow::Ok((client, took))
            }
        };
        let done = at_once(&mut self.clients, bookings / CLIENTS, places.len(), round, work).await?;
        for (total, count) in self.counts[places].iter_mut().zip(done.counts) {
            *total += count;
        }
        if one {
            self.one.extend(done.times);
        } else {
            self.spread.extend(done.times);
        }
        Ok(done.took)
    }

    /// Compares a project with a long past and one without: the times of a booking, and of what is left on its lines.
    async fn long_history(&mut self, today: NaiveDate) -> anyhow::Result<[String; 2]> {
        let mut compared = [const { String::new() }; 2];
        for (what, compared) in compared.iter_mut().enumerate() {
            let mut times = [Vec::new(), Vec::new()];
            for turn in 0..260 {
                for place in [turn % 2, 1 - turn % 2] {
                    let own = [EMPTY, PAST][place];
                    let took = if what == 0 {
                        self.counts[own] += 1;
                        book(&mut self.clients[0], &self.shops[own], today).await?
                    } else {
                        fetch(&mut self.reader, &format!("/projects/{}", self.shops[own].project)).await?
                    };
                    // The first ones warm up, and take what is free this month.
                    if turn >= 60 {
                        times[place].push(took);
                    }
                }
            }
            let [mut empty, mut long] = times;
            let (empty, long) = (percentile(&mut empty, 50), percentile(&mut long, 50));
            *compared = format!("{:.2}x, {}", long.as_secs_f64() / empty.as_secs_f64(), short(long));
        }
        Ok(compared)
    }

    /// Every project must hold exactly what was booked on it, and the accounts have given all of it.
    async fn check(&mut self) -> anyhow::Result<()> {
        let mut plain = Plain::open(&self.house.database).await?;
        let mut all = 0;
        for (shop, count) in self.shops.iter().zip(&self.counts) {
            let (project, minutes) = (shop.project, i64::try_from(*count)?);
            all += minutes;
            let sql = format!(
                "SELECT CAST(COALESCE(SUM(p.seconds), 0) AS BIGINT) FROM portions p
                    JOIN bookings b ON b.id = p.booking_id WHERE b.project_id = '{project}'"
            );
            let booked = plain.number(sql).await?;
            ensure!(booked == 60 * minutes, "{booked} seconds are booked instead of {minutes} minutes");
        }
        for (sql, wanted) in [
            ("SELECT COUNT(*) FROM bookings", all),
            ("SELECT CAST(SUM(drawn) AS BIGINT) FROM lot_state", 60 * all),
            ("SELECT COUNT(*) FROM history WHERE subject = 'booking'", all),
        ] {
            let found = plain.number(sql.to_owned()).await?;
            ensure!(found == wanted, "{sql}: {found} instead of {wanted}");
        }
        Ok(())
    }

    fn column(&mut self, [booking, left]: [String; 2]) -> [String; 13] {
        let all = |of: fn(&Rates) -> f64| median(self.rounds.iter().map(of).collect());
        let times =
            |times: &mut [Duration]| format!("{} / {}", short(percentile(times, 50)), short(percentile(times, 99)));
        let peak = self.server.peak_memory().map_or_else(|| "?".to_owned(), |kb| format!("{} MB", kb / 1024));
        let frame = percentile(&mut self.previews[1], 99).as_secs_f64() / FRAME.as_secs_f64();
        [
            format!("{:.0}/s", all(|r| r.raw)),
            format!("{:.0}/s", all(|r| r.spread)),
            format!("{:.0} %", 100.0 * all(|r| r.spread / r.raw)),
            times(&mut self.spread),
            format!("{:.0}/s", all(|r| r.one)),
            format!("{:.0} %", 100.0 * all(|r| r.one / r.spread)),
            times(&mut self.one),
            booking,
            left,
            format!("{:.0}/s", self.filled),
            times(&mut self.previews[0]),
            format!("{}, {:.2} %", times(&mut self.previews[1]), 100.0 * frame),
            peak,
        ]
    }
}

/// Books a minute and returns how long it took.
async fn book(client: &mut Client, shop: &Shop, date: NaiveDate) -> anyhow::Result<Duration> {
    let body = format!(r#"{{"task":"{}","date":"{date}","time":"PT1M","note":"{TEXT}"}}"#, shop.task);
    let start = Instant::now();
    let (status, answer) = client.call("POST", "/bookings", Some(Uuid::now_v7()), &body).await?;
    let took = start.elapsed();
    ensure!(status == 201 && answer.contains(r#""billed":"PT1M""#), "{status} {answer}");
    Ok(took)
}

/// What a page does at every change of a booking, on the facts that it holds: the times of some hundred previews.
fn preview(facts: &Facts, shop: &Shop, person: domain::UserId, today: NaiveDate) -> anyhow::Result<Vec<Duration>> {
    let booking = Booking {
        id: BookingId::new(Uuid::now_v7()),
        person,
        task: shop.task,
        date: today,
        start: None,
        seconds: Seconds(7_200),
        billable: true,
        note: TEXT.to_owned(),
    };
    let mut times = Vec::new();
    for turn in 0..1_100 {
        let start = Instant::now();
        let plan = splitting::add(black_box(facts), black_box(&booking))?;
        let took = start.elapsed();
        ensure!(black_box(plan).booking.is_some_and(|poured| poured.billed == booking.seconds), "not all was poured");
        // The first ones warm up.
        if turn >= 100 {
            times.push(took);
        }
    }
    Ok(times)
}

fn print(columns: &[(&'static str, [String; 13])]) {
    const LINES: [(&str, &str); 13] = [
        ("raw engine, a draw in six statements", ""),
        ("HTTP, 16 clients on 64 projects", ""),
        ("  of the raw engine", ">= 10 % SQLite, >= 15 % PostgreSQL"),
        ("  p50 / p99", "p99 <= 10 ms on a quiet machine"),
        ("HTTP, 16 clients on one project", ""),
        ("  of 64 projects", ">= 50 %"),
        ("  p50 / p99", ""),
        ("100 000 bookings against none: booking", "<= 1.10x"),
        ("  what is left on the project", "<= 1.10x"),
        ("100 000 bookings, many at once", ""),
        ("preview on none, p50 / p99", ""),
        ("  on 100 000, and p99 of a frame", "<= 100 % of 16.7 ms"),
        ("server's peak memory", "<= 120 MB"),
    ];
    let row = |label: &str, cells: Vec<&str>, goal: &str| {
        let cells: String = cells.into_iter().map(|cell| format!("{cell:>26}")).collect();
        println!("{}", format!("{label:40}{cells}   {goal}").trim_end());
    };
    println!();
    row("bookings", columns.iter().map(|(name, _)| *name).collect(), "goal");
    for (line, (label, goal)) in LINES.into_iter().enumerate() {
        row(label, columns.iter().map(|(_, cells)| cells[line].as_str()).collect(), goal);
    }
}
