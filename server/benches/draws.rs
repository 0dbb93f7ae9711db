//! `make bench`: what Drawdown costs, as ratios within one run.
//!
//! The machines are shared, so a figure alone says little: every one stands beside the raw engine or a peer that was
//! measured in the same minutes, in turns, and beside what an fsync cost meanwhile. Nothing fails because it is slow; a
//! refused request or a wrong sum ends the run.
//!
//! `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server that keeps its promises (`.ci/postgres start --durable`).

#![allow(clippy::disallowed_methods)]

#[path = "parts/bundles.rs"]
mod bundles;
#[path = "parts/figures.rs"]
mod figures;
#[path = "parts/house.rs"]
mod house;
#[path = "parts/plain.rs"]
mod plain;
#[path = "parts/raw.rs"]
mod raw;

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{Datelike, Days, Months, NaiveDate, Utc};
use domain::{
    AccountId, CustomerId, DateRange, DrawId, LotId,
    quota::{
        self, Account, AccountView, Amount, DeficitPolicy, DrawOrigin, DrawRequest, GrantOrigin, Lot, LotState,
        Overbooking, Policy, Seq, Unit,
    },
};
use figures::{fsyncs, load, median, percentile, short};
use house::{Client, Dice, House, Server, TEXT, iso};
use plain::Plain;
use raw::{Past, Raw};
use uuid::Uuid;

const CLIENTS: usize = 16;
const ACCOUNTS: usize = 64;
const ROUNDS: usize = 4;
/// Draws in a part of a round; a multiple of the clients and of ten.
const DRAWS: usize = 1600;
/// The long history: so many months with so many draws each make 100 000.
const MONTHS: u32 = 125;
const A_MONTH: usize = 800;

fn main() -> anyhow::Result<()> {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run())
}

async fn run() -> anyhow::Result<()> {
    let folder = std::env::temp_dir().join(format!("drawdown-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = measured(&folder).await;
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn measured(folder: &Path) -> anyhow::Result<()> {
    let today = Utc::now().date_naive();
    let loads = load();
    let file = |name: &str| format!("sqlite:{}", folder.join(name).display());
    let mut engines = vec![Engine::new("SQLite", file("http.db"), file("raw.db"), today).await?];
    match std::env::var("DRAWDOWN_BENCH_POSTGRES") {
        Ok(server) => {
            let [http, raw] = Plain::fresh(&server, ["bench_http", "bench_raw"]).await?;
            engines.push(Engine::new("PostgreSQL", http, raw, today).await?);
        }
        Err(_) => eprintln!("bench: no DRAWDOWN_BENCH_POSTGRES, so SQLite only"),
    }

    let mut syncs = Vec::new();
    for round in 0..ROUNDS {
        for engine in &mut engines {
            fsyncs(folder, &mut syncs)?;
            eprintln!("bench: round {} of {ROUNDS}, {}", round + 1, engine.name);
            engine.round(round, today).await?;
        }
    }
    let mut columns = Vec::new();
    for engine in &mut engines {
        engine.check_sums(today).await?;
        eprintln!("bench: an account with {} draws, {}", A_MONTH * usize::try_from(MONTHS)?, engine.name);
        let long = engine.long_history(today).await?;
        engine.house.run(&["verify"])?;
        columns.push(engine.column(long));
    }
    print_draws(&columns);
    print_previews(today)?;
    print_bundles();
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!(
        "\nfsync of 4 KiB: median {}, slowest tenth from {}; {cores} cores; load {loads} before, {} after",
        short(percentile(&mut syncs, 50)),
        short(percentile(&mut syncs, 90)),
        load()
    );
    println!(
        "Each rate is the median of {ROUNDS} rounds of {DRAWS} draws in turns, each ratio the median of the rounds' ratios."
    );
    Ok(())
}

/// One engine under both: Drawdown over HTTP, and nothing but SQL.
struct Engine {
    name: &'static str,
    house: House,
    server: Server,
    clients: Vec<Client>,
    token: String,
    customer: String,
    spread: Vec<String>,
    one: Vec<String>,
    raw: Raw,
    /// Draws so far on each account of `spread`, then on that of `one`.
    counts: Vec<u64>,
    rates: Vec<Rates>,
    spread_times: Vec<Duration>,
    one_times: Vec<Duration>,
}

/// Draws a second in one round.
#[derive(Default, Clone, Copy)]
struct Rates {
    raw: f64,
    spread: f64,
    one: f64,
}

fn rate(took: Duration) -> f64 {
    u32::try_from(DRAWS).map_or(0.0, f64::from) / took.as_secs_f64()
}

impl Engine {
    async fn new(
        name: &'static str,
        database: String,
        raw_database: String,
        today: NaiveDate,
    ) -> anyhow::Result<Engine> {
        let house = House::new(database);
        let token = house.run(&["token", "add", "bench", "--role", "admin"])?;
        House::new(raw_database.clone()).run(&["migrate"])?;
        let raw = Raw::new(&raw_database, CLIENTS).await?;
        let server = house.serve()?;
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            clients.push(Client::open(&server.address, &token).await?);
        }
        let customer = clients[0].customer().await?;
        let mut accounts = Vec::new();
        for _ in 0..=ACCOUNTS {
            let account = clients[0].account(&customer).await?;
            clients[0].grant(&account, &today.to_string(), "PT1000000H").await?;
            accounts.push(account);
        }
        let one = accounts.split_off(ACCOUNTS);
        let counts = vec![0; ACCOUNTS + 1];
        let mut engine = Engine {
            name,
            house,
            server,
            clients,
            token,
            customer,
            spread: accounts,
            one,
            raw,
            counts,
            rates: Vec::new(),
            spread_times: Vec::new(),
            one_times: Vec::new(),
        };
        // Warm: connections, statements and caches are there before anything counts.
        engine.raw.draws(CLIENTS * 10, today).await?;
        engine.http(false, CLIENTS * 10, 0, today).await?;
        engine.http(true, CLIENTS * 10, 0, today).await?;
        engine.spread_times.clear();
        engine.one_times.clear();
        Ok(engine)
    }

    async fn round(&mut self, round: usize, today: NaiveDate) -> anyhow::Result<()> {
        let mut rates = Rates::default();
        let mut order = [0, 1, 2];
        if round % 2 == 1 {
            order.reverse();
        }
        for part in order {
            match part {
                0 => rates.raw = rate(self.raw.draws(DRAWS, today).await?),
                1 => rates.spread = rate(self.http(false, DRAWS, round, today).await?),
                _ => rates.one = rate(self.http(true, DRAWS, round, today).await?),
            }
        }
        self.rates.push(rates);
        Ok(())
    }

    /// Posts draws of a minute with all clients at once.
    async fn http(&mut self, one: bool, draws: usize, round: usize, today: NaiveDate) -> anyhow::Result<Duration> {
        let accounts = if one { &self.one } else { &self.spread };
        let start = Instant::now();
        let mut tasks = Vec::new();
        for (place, mut client) in self.clients.drain(..).enumerate() {
            let accounts = accounts.clone();
            let mut dice = Dice(u64::try_from(1000 * round + place)?);
            tasks.push(tokio::spawn(async move {
                let mut times = Vec::new();
                let mut counts = vec![0_u64; accounts.len()];
                for _ in 0..draws / CLIENTS {
                    let account = dice.below(accounts.len());
                    times.push(draw(&mut client, &accounts[account], today).await?);
                    counts[account] += 1;
                }
                anyhow::Ok((client, times, counts))
            }));
        }
        let (mut times, first) = (Vec::new(), if one { ACCOUNTS } else { 0 });
        let mut clients = Vec::new();
        for task in tasks {
            let (client, new, counts) = task.await??;
            clients.push(client);
            times.extend(new);
            for (total, count) in self.counts[first..].iter_mut().zip(counts) {
                *total += count;
            }
        }
        let took = start.elapsed();
        self.clients = clients;
        if one {
            self.one_times.extend(times);
        } else {
            self.spread_times.extend(times);
        }
        Ok(took)
    }

    /// Every account must hold exactly what was drawn from it.
    async fn check_sums(&mut self, today: NaiveDate) -> anyhow::Result<()> {
        let client = &mut self.clients[0];
        for (account, count) in self.spread.iter().chain(&self.one).zip(&self.counts) {
            let used = client.used(account).await?;
            ensure!(used == iso(60 * count), "{used} used after {count} draws of a minute");
            let (from, until) = (today.to_string(), (today + Days::new(1)).to_string());
            let draws = client.draws(account, &from, &until).await?;
            ensure!(u64::try_from(draws.len())? == *count, "{} entries of {count} draws", draws.len());
        }
        Ok(())
    }

    /// Compares an account with a long history and one without: the times of a draw, of the balance, of a passbook.
    async fn long_history(&mut self, today: NaiveDate) -> anyhow::Result<[String; 3]> {
        let month = today.with_day(1).context("a month")?;
        let months: Option<Vec<_>> =
            (0..=MONTHS).rev().map(|back| month.checked_sub_months(Months::new(back))).collect();
        let mut client = Client::open(&self.server.address, &self.token).await?;
        let (long, empty) = (client.account(&self.customer).await?, client.account(&self.customer).await?);
        let past = Past { account: long.clone(), months: months.context("months")?, draws: A_MONTH };
        past.write(&mut Plain::open(&self.house.database).await?).await?;
        let month = month.to_string();
        for account in [&long, &empty] {
            client.grant(account, &month, "PT1000H").await?;
        }
        let mut compared = [const { String::new() }; 3];
        for (what, compared) in compared.iter_mut().enumerate() {
            let mut times = [Vec::new(), Vec::new()];
            for turn in 0..220 {
                for place in [turn % 2, 1 - turn % 2] {
                    let account = [&empty, &long][place];
                    let took = match what {
                        0 => draw(&mut client, account, today).await?,
                        1 => fetch(&mut client, &format!("/accounts/{account}")).await?,
                        _ => fetch(&mut client, &format!("/accounts/{account}/entries?from={month}")).await?,
                    };
                    // The first ones warm up.
                    if turn >= 20 {
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

    fn column(&mut self, [draw, balance, passbook]: [String; 3]) -> Column {
        let all = |of: fn(&Rates) -> f64| median(self.rates.iter().map(of).collect());
        let peak = self.server.peak_memory().map_or_else(|| "?".to_owned(), |kb| format!("{} MB", kb / 1024));
        let times =
            |times: &mut [Duration]| format!("{} / {}", short(percentile(times, 50)), short(percentile(times, 99)));
        Column {
            name: self.name,
            cells: [
                format!("{:.0}/s", all(|r| r.raw)),
                format!("{:.0}/s", all(|r| r.spread)),
                format!("{:.0} %", 100.0 * all(|r| r.spread / r.raw)),
                times(&mut self.spread_times),
                format!("{:.0}/s", all(|r| r.one)),
                format!("{:.0} %", 100.0 * all(|r| r.one / r.spread)),
                times(&mut self.one_times),
                draw,
                balance,
                passbook,
                peak,
            ],
        }
    }
}

/// Draws a minute and returns how long it took.
async fn draw(client: &mut Client, account: &str, date: NaiveDate) -> anyhow::Result<Duration> {
    let body = format!(r#"{{"date":"{date}","amount":"PT1M","text":"{TEXT}"}}"#);
    let path = format!("/accounts/{account}/draws");
    let start = Instant::now();
    let (status, answer) = client.call("POST", &path, Some(Uuid::now_v7()), &body).await?;
    let took = start.elapsed();
    ensure!(status == 201 && answer.contains(r#""drawn":"PT1M""#), "{status} {answer}");
    Ok(took)
}

async fn fetch(client: &mut Client, path: &str) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let (status, answer) = client.call("GET", path, None, "").await?;
    let took = start.elapsed();
    ensure!(status == 200, "{status} {answer}");
    Ok(took)
}

/// The figures of one engine, as printed.
struct Column {
    name: &'static str,
    cells: [String; 11],
}

fn print_draws(columns: &[Column]) {
    const LINES: [(&str, &str); 11] = [
        ("raw engine, the same rows", ""),
        ("HTTP, 16 clients on 64 accounts", ""),
        ("  of the raw engine", ">= 10 % SQLite, >= 15 % PostgreSQL"),
        ("  p50 / p99", "p99 <= 10 ms on a quiet machine"),
        ("HTTP, 16 clients on one account", ""),
        ("  of 64 accounts", ">= 50 %"),
        ("  p50 / p99", ""),
        ("100 000 draws against none: draw", "<= 1.10x"),
        ("  balance", "<= 1.10x"),
        ("  passbook of a month", "<= 1.10x"),
        ("server's peak memory", "<= 120 MB"),
    ];
    let row = |label: &str, cells: Vec<&str>, goal: &str| {
        let cells: String = cells.into_iter().map(|cell| format!("{cell:>20}")).collect();
        println!("{}", format!("{label:34}{cells}   {goal}").trim_end());
    };
    println!();
    row("draws", columns.iter().map(|column| column.name).collect(), "goal");
    for (line, (label, goal)) in LINES.into_iter().enumerate() {
        row(label, columns.iter().map(|column| column.cells[line].as_str()).collect(), goal);
    }
}

/// What a page does at every change of a figure, on the facts that it holds.
fn print_previews(today: NaiveDate) -> anyhow::Result<()> {
    const TURNS: u32 = 200;
    println!("\npreview of a draw from every lot (domain::quota::draw, native)");
    for lots in [24_u32, 1000] {
        let account = Account {
            id: AccountId::new(Uuid::now_v7()),
            customer: CustomerId::new(Uuid::now_v7()),
            unit: Unit::Time,
            policy: Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance },
        };
        let mut view = AccountView::empty(account);
        let valid = DateRange { from: today, until: None };
        let lot = |seq: u32| Lot {
            id: LotId::new(Uuid::now_v7()),
            seq: Seq(seq.into()),
            amount: Amount::new(3600),
            valid,
            carried: None,
            origin: GrantOrigin::FreeQuota,
        };
        view.lots = (1..=lots).map(|seq| LotState::new(lot(seq), None)).collect();
        let wanted = Amount::new(3600 * i64::from(lots));
        let request =
            DrawRequest { draw: DrawId::new(Uuid::now_v7()), date: today, wanted, origin: DrawOrigin::ByHand };
        let mut times = Vec::new();
        for _ in 0..21 {
            let start = Instant::now();
            for _ in 0..TURNS {
                let decision = quota::draw(black_box(&view), black_box(&request))?;
                ensure!(black_box(decision).drawn == wanted, "not all was drawn");
            }
            times.push(start.elapsed() / TURNS);
        }
        println!("  {lots:4} lots {:>12}", short(percentile(&mut times, 50)));
    }
    Ok(())
}

fn print_bundles() {
    println!("\n{:10}{:>12}{:>14}{:>12}{:>12}   goal", "bundle", "wasm", "wasm brotli", "js brotli", "css brotli");
    let size = |bytes: Option<u64>| match bytes {
        None => "-".to_owned(),
        Some(bytes) => format!("{}.{} kB", bytes / 1000, bytes % 1000 / 100),
    };
    for bundle in bundles::bundles() {
        let [wasm, js, css] = bundle.packed.map(size);
        println!("{:10}{:>12}{wasm:>14}{js:>12}{css:>12}   wasm <= {} kB", bundle.name, size(bundle.raw), bundle.goal);
        let pages: Vec<String> =
            bundle.pages.iter().map(|(name, bytes)| format!("{name} {}", size(Some(*bytes)))).collect();
        if !pages.is_empty() {
            println!("{:10}fetched with its pages: {}", "", pages.join(", "));
        }
    }
}
