//! `make bench`: what Drawdown costs, as ratios within one run: draws by programs that have a token and by people who are
//! signed in, their passbook as a page, and the memory with a thousand of them.
//!
//! The machines are shared, so a figure alone says little: every one stands beside the raw engine or a peer that was
//! measured in the same minutes, in turns, and beside what an fsync cost meanwhile. Nothing fails because it is slow; a
//! refused request or a wrong sum ends the run.
//!
//! `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server that keeps its promises (`.ci/postgres start --durable`).

#![allow(clippy::disallowed_methods)]

#[path = "parts/bundles.rs"]
mod bundles;
#[path = "parts/crowd.rs"]
mod crowd;
#[path = "parts/figures.rs"]
mod figures;
#[path = "parts/house.rs"]
mod house;
#[allow(dead_code, reason = "nobody is named here")]
#[path = "parts/people.rs"]
mod people;
#[path = "parts/plain.rs"]
mod plain;
#[path = "parts/raw.rs"]
mod raw;
#[path = "parts/reading.rs"]
mod reading;

use std::{
    hint::black_box,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{Datelike, Days, Months, NaiveDate, Utc};
use crowd::{at_once, fetch, rate};
use domain::{
    AccountId, CustomerId, DateRange, DrawId, LotId, Role,
    quota::{
        self, Account, AccountView, Amount, DeficitPolicy, DrawOrigin, DrawRequest, GrantOrigin, Lot, LotState,
        Overbooking, Policy, Seq, Unit,
    },
};
use figures::{fsyncs, load, median, percentile, short};
use house::{Client, House, Server, TEXT, iso};
use people::signed_in;
use plain::Plain;
use raw::{Past, Raw};
use reading::Reading;
use uuid::Uuid;

const CLIENTS: usize = 16;
const ACCOUNTS: usize = 64;
const ROUNDS: usize = 4;
/// Draws in a part of a round; a multiple of the clients and of ten.
const DRAWS: usize = 1600;
/// Pages in a part of a round; a multiple of the clients.
const PAGES: usize = 480;
/// The entries on a page.
const ROWS: usize = 80;
/// So many people are signed in at the same time.
const SESSIONS: usize = 1000;
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
        eprintln!("bench: {SESSIONS} people look at a passbook, {}", engine.name);
        let crowded = engine.crowded().await?;
        engine.house.run(&["verify"])?;
        columns.push(engine.column(long, crowded));
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
        "Each rate is the median of {ROUNDS} rounds of {DRAWS} draws or {PAGES} pages in turns, each ratio the median of the rounds'."
    );
    Ok(())
}

/// One engine under both: Drawdown over HTTP, and nothing but SQL.
struct Engine {
    name: &'static str,
    house: House,
    server: Server,
    /// Programs that have a token.
    programs: Vec<Client>,
    /// Browsers of people who are signed in.
    browsers: Vec<Client>,
    /// The sessions of everybody.
    sessions: Vec<String>,
    token: String,
    customer: String,
    /// Those over which draws are spread, and the one of all clients.
    accounts: Vec<String>,
    /// The address of a passbook, and the same without Drawdown.
    book: String,
    reading: Reading,
    raw: Raw,
    /// Draws so far on each account.
    counts: Vec<usize>,
    rates: Vec<Rates>,
    times: Times,
}

const ONE: usize = ACCOUNTS;
const ALL: usize = ACCOUNTS + 1;

/// Who draws from what.
#[derive(Clone, Copy)]
enum Way {
    /// Programs, from all accounts.
    Spread,
    /// People who are signed in, from all accounts.
    SignedIn,
    /// Programs, from one account.
    One,
}

/// What each request took.
#[derive(Default)]
struct Times {
    spread: Vec<Duration>,
    signed_in: Vec<Duration>,
    one: Vec<Duration>,
    pages: Vec<Duration>,
}

/// Draws and pages a second in one round.
#[derive(Default, Clone, Copy)]
struct Rates {
    raw: f64,
    spread: f64,
    signed_in: f64,
    one: f64,
    read: f64,
    pages: f64,
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
        let raw = Raw::new(&raw_database, CLIENTS, true).await?;
        eprintln!("bench: {SESSIONS} people sign in, {name}");
        let env = server::surroundings(&house.database, "Bench", chrono_tz::Europe::Berlin).await?;
        let sessions = signed_in(&env, Role::Admin, CLIENTS, SESSIONS).await?;
        let sessions: Vec<String> = sessions.into_iter().map(|worker| worker.session).collect();
        // The server has the database for itself.
        env.db.close().await;

        let server = house.serve()?;
        let (mut programs, mut browsers) = (Vec::new(), Vec::new());
        for session in &sessions[..CLIENTS] {
            programs.push(Client::open(&server.address, &token).await?);
            browsers.push(Client::signed_in(&server.address, session).await?);
        }
        let client = &mut programs[0];
        let customer = client.customer().await?;
        let mut accounts = Vec::new();
        for _ in 0..ALL {
            let account = client.account(&customer).await?;
            client.grant(&account, &today.to_string(), "PT1000000H").await?;
            accounts.push(account);
        }
        let book = client.account(&customer).await?;
        client.grant(&book, &today.to_string(), "PT1000H").await?;
        for _ in 1..ROWS {
            draw(client, &book, today).await?;
        }
        let reading = Reading::new(&house.database, book.clone(), today, ROWS).await?;
        let mut engine = Engine {
            name,
            house,
            server,
            programs,
            browsers,
            sessions,
            token,
            customer,
            accounts,
            book: format!("/accounts/{book}"),
            reading,
            raw,
            counts: vec![0; ALL],
            rates: Vec::new(),
            times: Times::default(),
        };
        // Warm: connections, statements and caches are there before anything counts.
        engine.raw.draws(CLIENTS * 10, today).await?;
        for way in [Way::Spread, Way::SignedIn, Way::One] {
            engine.draws(way, CLIENTS * 10, 0, today).await?;
        }
        engine.reading.pages(CLIENTS * 2).await?;
        engine.pages(CLIENTS * 2).await?;
        engine.times = Times::default();
        Ok(engine)
    }

    async fn round(&mut self, round: usize, today: NaiveDate) -> anyhow::Result<()> {
        let mut rates = Rates::default();
        let mut order = [0, 1, 2, 3, 4, 5];
        if round % 2 == 1 {
            order.reverse();
        }
        for part in order {
            match part {
                0 => rates.raw = rate(DRAWS, self.raw.draws(DRAWS, today).await?),
                1 => rates.spread = rate(DRAWS, self.draws(Way::Spread, DRAWS, round, today).await?),
                2 => rates.signed_in = rate(DRAWS, self.draws(Way::SignedIn, DRAWS, round, today).await?),
                3 => rates.one = rate(DRAWS, self.draws(Way::One, DRAWS, round, today).await?),
                4 => {
                    let (made, took) = self.reading.pages(PAGES).await?;
                    rates.read = rate(made, took);
                }
                _ => rates.pages = rate(PAGES, self.pages(PAGES).await?),
            }
        }
        self.rates.push(rates);
        Ok(())
    }

    /// Posts draws of a minute with all clients at once.
    async fn draws(&mut self, way: Way, draws: usize, round: usize, today: NaiveDate) -> anyhow::Result<Duration> {
        let (clients, places, times) = match way {
            Way::Spread => (&mut self.programs, 0..ONE, &mut self.times.spread),
            Way::SignedIn => (&mut self.browsers, 0..ONE, &mut self.times.signed_in),
            Way::One => (&mut self.programs, ONE..ALL, &mut self.times.one),
        };
        let accounts = self.accounts[places.clone()].to_vec();
        let work = move |mut client: Client, place: usize| {
            let account = accounts[place].clone();
            async move {
                let took = draw(&mut client, &account, today).await?;
                anyhow::Ok((client, took))
            }
        };
        let done = at_once(clients, draws / CLIENTS, places.len(), round, work).await?;
        times.extend(done.times);
        for (total, count) in self.counts[places].iter_mut().zip(done.counts) {
            *total += count;
        }
        Ok(done.took)
    }

    /// Asks for the passbook with all people at once.
    async fn pages(&mut self, pages: usize) -> anyhow::Result<Duration> {
        let book = self.book.clone();
        let work = move |mut client: Client, _: usize| {
            let book = book.clone();
            async move {
                let took = page(&mut client, &book).await?;
                anyhow::Ok((client, took))
            }
        };
        let done = at_once(&mut self.browsers, pages / CLIENTS, 1, 0, work).await?;
        self.times.pages.extend(done.times);
        Ok(done.took)
    }

    /// Everybody who is signed in asks for a page. Gives the memory that the server holds then, and held at most.
    async fn crowded(&self) -> anyhow::Result<String> {
        for session in &self.sessions {
            let mut client = Client::signed_in(&self.server.address, session).await?;
            page(&mut client, &self.book).await?;
        }
        Ok(format!("{} / {}", megabytes(self.server.memory()), megabytes(self.server.peak_memory())))
    }

    /// Every account must hold exactly what was drawn from it.
    async fn check_sums(&mut self, today: NaiveDate) -> anyhow::Result<()> {
        let client = &mut self.programs[0];
        for (account, count) in self.accounts.iter().zip(&self.counts) {
            let used = client.used(account).await?;
            ensure!(used == iso(60 * u64::try_from(*count)?), "{used} used after {count} draws of a minute");
            let (from, until) = (today.to_string(), (today + Days::new(1)).to_string());
            let draws = client.draws(account, &from, &until).await?;
            ensure!(draws.len() == *count, "{} entries of {count} draws", draws.len());
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

    fn column(&mut self, [draw, balance, passbook]: [String; 3], crowded: String) -> Column {
        let all = |of: fn(&Rates) -> f64| median(self.rates.iter().map(of).collect());
        let times =
            |times: &mut [Duration]| format!("{} / {}", short(percentile(times, 50)), short(percentile(times, 99)));
        Column {
            name: self.name,
            cells: [
                format!("{:.0}/s", all(|r| r.raw)),
                format!("{:.0}/s", all(|r| r.spread)),
                format!("{:.0} %", 100.0 * all(|r| r.spread / r.raw)),
                times(&mut self.times.spread),
                format!("{:.0}/s", all(|r| r.signed_in)),
                format!("{:.0} %", 100.0 * all(|r| r.signed_in / r.raw)),
                times(&mut self.times.signed_in),
                format!("{:.0}/s", all(|r| r.one)),
                format!("{:.0} %", 100.0 * all(|r| r.one / r.spread)),
                times(&mut self.times.one),
                draw,
                balance,
                passbook,
                format!("{:.0}/s", all(|r| r.read)),
                format!("{:.0}/s", all(|r| r.pages)),
                format!("{:.0} %", 100.0 * all(|r| r.pages / r.read)),
                times(&mut self.times.pages),
                crowded,
            ],
        }
    }
}

fn megabytes(kb: Option<u64>) -> String {
    kb.map_or_else(|| "?".to_owned(), |kb| format!("{} MB", kb / 1024))
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

/// Asks for a passbook and returns how long it took. All of its entries must be on it.
async fn page(client: &mut Client, path: &str) -> anyhow::Result<Duration> {
    let start = Instant::now();
    let page = client.page(path).await?;
    let took = start.elapsed();
    let draws = page.matches("row-draw").count();
    ensure!(draws + 1 == ROWS && page.contains("row-grant"), "{draws} draws on {path}: {page:.600}");
    Ok(took)
}

/// The figures of one engine, as printed.
struct Column {
    name: &'static str,
    cells: [String; 18],
}

fn print_draws(columns: &[Column]) {
    const LINES: [(&str, &str); 18] = [
        ("raw engine, the same rows", ""),
        ("HTTP, 16 clients on 64 accounts", ""),
        ("  of the raw engine", ">= 10 % SQLite, >= 15 % PostgreSQL"),
        ("  p50 / p99", "p99 <= 10 ms on a quiet machine"),
        ("the same, 16 people signed in", ""),
        ("  of the raw engine", ">= 10 % SQLite, >= 15 % PostgreSQL"),
        ("  p50 / p99", "p99 <= 10 ms on a quiet machine"),
        ("HTTP, 16 clients on one account", ""),
        ("  of 64 accounts", ">= 50 %"),
        ("  p50 / p99", ""),
        ("100 000 draws against none: draw", "<= 1.10x"),
        ("  balance", "<= 1.10x"),
        ("  passbook of a month", "<= 1.10x"),
        ("raw engine, 80 rows read, rendered", ""),
        ("passbook page, 16 people signed in", ""),
        ("  of the raw engine", ">= 10 %"),
        ("  p50 / p99", ""),
        ("memory at 1 000 sessions, and peak", "<= 120 MB"),
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
