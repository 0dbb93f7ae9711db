//! `make bench`: what a billing run costs: 10 000 contracts, an invoice of five lines and a lot each, numbered and issued.
//!
//! As in `draws.rs`, every figure stands beside the raw engine of the same minutes, which writes the same rows; nothing
//! fails because it is slow, a wrong sum or a missing row ends the run. What is measured is `drawdown bill` as a process
//! of its own, from its start to its end.
//!
//! `DRAWDOWN_BENCH_POSTGRES` names a PostgreSQL server that keeps its promises (`.ci/postgres start --durable`),
//! `DRAWDOWN_BENCH_CONTRACTS` another number of contracts, to see whether all of it works.

#![allow(clippy::disallowed_methods)]

#[path = "parts/contracts.rs"]
mod contracts;
#[path = "parts/figures.rs"]
mod figures;
#[allow(dead_code, reason = "nothing is served here")]
#[path = "parts/house.rs"]
mod house;
#[path = "parts/invoices.rs"]
mod invoices;
#[path = "parts/measured.rs"]
mod measured;
#[path = "parts/plain.rs"]
mod plain;

use std::{path::Path, time::Duration};

use anyhow::{Context, ensure};
use chrono::{Datelike, NaiveDate, Utc};
use contracts::Company;
use domain::{Currency, Money};
use figures::{fsyncs, load, median, percentile, short};
use house::House;
use invoices::Raw;
use measured::{Measured, measured};
use plain::Plain;

const CONTRACTS: usize = 10_000;
/// The small company has so many times fewer: memory must not grow with the company.
const SMALL: usize = 5;
const ROUNDS: u32 = 3;
/// What billing a period adds a row or more to.
const TABLES: [&str; 7] =
    ["claims", "claim_lots", "entries", "lot_state", "documents", "document_lines", "billing_run_items"];

fn main() -> anyhow::Result<()> {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("drawdown-billing-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(run(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn run(folder: &Path) -> anyhow::Result<()> {
    let contracts = match std::env::var("DRAWDOWN_BENCH_CONTRACTS") {
        Ok(text) => text.parse().context("DRAWDOWN_BENCH_CONTRACTS is no number")?,
        Err(_) => CONTRACTS,
    };
    // The first period is the present one, so that each further run finds a lot on every account, as in life.
    let start = Utc::now().date_naive().with_day(1).context("a month")?;
    let loads = load();
    let mut syncs = Vec::new();
    let file = |name: &str| format!("sqlite:{}", folder.join(name).display());
    let mut engines =
        vec![Engine::new("SQLite", [file("small.db"), file("bill.db"), file("raw.db")], contracts, start).await?];
    match std::env::var("DRAWDOWN_BENCH_POSTGRES") {
        Ok(server) => {
            let databases = Plain::fresh(&server, ["bench_small", "bench_bill", "bench_raw_bill"]).await?;
            engines.push(Engine::new("PostgreSQL", databases, contracts, start).await?);
        }
        Err(_) => eprintln!("bench: no DRAWDOWN_BENCH_POSTGRES, so SQLite only"),
    }
    for round in 0..ROUNDS {
        for engine in &mut engines {
            fsyncs(folder, &mut syncs)?;
            eprintln!("bench: billing {contracts} contracts, round {} of {ROUNDS}, {}", round + 1, engine.name);
            engine.round(round).await?;
        }
    }
    fsyncs(folder, &mut syncs)?;
    let mut columns = Vec::new();
    for engine in &mut engines {
        engine.check().await?;
        columns.push((engine.name, engine.column()?));
    }
    print(contracts, &columns);
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    println!(
        "\nfsync of 4 KiB: median {}, slowest tenth from {}; {cores} cores; load {loads} before, {} after",
        short(percentile(&mut syncs, 50)),
        short(percentile(&mut syncs, 90)),
        load()
    );
    println!(
        "Each figure is the median of {ROUNDS} rounds in turns, each ratio the median of the rounds' ratios; memory is the most."
    );
    println!("A run is a process from its start to its end; memory and cores are those of that process alone.");
    Ok(())
}

/// One engine under both: `drawdown bill`, and nothing but SQL.
struct Engine {
    name: &'static str,
    company: Company,
    house: House,
    raw: Raw,
    raw_house: House,
    small: Measured,
    rounds: Vec<Rounded>,
}

/// What one round took.
struct Rounded {
    raw: Duration,
    dry: Measured,
    run: Measured,
    /// The same run once more, with nothing left to bill.
    again: Measured,
}

/// Migrates an empty database, writes the company into it, and lets the program close it once.
async fn founded(database: String, company: &Company) -> anyhow::Result<House> {
    let house = House::new(database);
    house.run(&["migrate"])?;
    company.write(&mut Plain::open(&house.database).await?).await?;
    // SQLite counts its tables when they are closed.
    house.run(&["migrate"])?;
    Ok(house)
}

/// What is printed when that many contracts bill a period.
fn expected(company: &Company, contracts: usize) -> anyhow::Result<String> {
    let many = i64::try_from(contracts)?;
    let figures = format!("{contracts} periods on {contracts} invoices, 0 skipped, 0 failed");
    if contracts == 0 {
        return Ok(figures);
    }
    let totals = company.bill(0)?.totals;
    let [net, gross] =
        [totals.net, totals.gross].map(|minor| Money { minor: minor * many, currency: Currency::EUR }.major());
    Ok(format!("{figures}\n{net} EUR net, {gross} EUR gross"))
}

fn bill(house: &House, as_of: NaiveDate, expected: &str) -> anyhow::Result<Measured> {
    let done = measured(house, &["bill", "--as-of", &as_of.to_string()])?;
    ensure!(done.printed == expected, "the run says {}\ninstead of {expected}", done.printed);
    Ok(done)
}

impl Engine {
    async fn new(
        name: &'static str,
        [small, bills, raw]: [String; 3],
        contracts: usize,
        start: NaiveDate,
    ) -> anyhow::Result<Engine> {
        eprintln!("bench: companies of {} and {contracts} contracts, {name}", contracts / SMALL);
        let company = Company::new(contracts / SMALL, start)?;
        let house = founded(small, &company).await?;
        house.run(&["verify"])?;
        let small = bill(&house, start, &expected(&company, company.contracts)?)?;
        house.run(&["verify"])?;

        let company = Company::new(contracts, start)?;
        let (house, raw_house) = (founded(bills, &company).await?, founded(raw, &company).await?);
        let raw = Raw::new(&raw_house.database, &company).await?;
        Ok(Engine { name, company, house, raw, raw_house, small, rounds: Vec::new() })
    }

    /// Bills the next period of all contracts, with the program and directly.
    async fn round(&mut self, round: u32) -> anyhow::Result<()> {
        let as_of = self.company.due(round)?;
        let all = expected(&self.company, self.company.contracts)?;
        let dry = measured(&self.house, &["bill", "--dry-run", "--as-of", &as_of.to_string()])?;
        ensure!(dry.printed.contains(&all), "the dry run says {}\ninstead of {all}", dry.printed);
        let (raw, run) = if round.is_multiple_of(2) {
            let raw = self.raw.bill(&self.company, round).await?;
            (raw, bill(&self.house, as_of, &all)?)
        } else {
            let run = bill(&self.house, as_of, &all)?;
            (self.raw.bill(&self.company, round).await?, run)
        };
        let again = bill(&self.house, as_of, &expected(&self.company, 0)?)?;
        self.rounds.push(Rounded { raw, dry, run, again });
        Ok(())
    }

    /// Both must have written the same number of rows, without a gap in the numbers, and stand the audit.
    async fn check(&self) -> anyhow::Result<()> {
        eprintln!("bench: the audit, {}", self.name);
        let invoices = i64::try_from(self.company.contracts)? * i64::from(ROUNDS);
        for house in [&self.house, &self.raw_house] {
            let mut plain = Plain::open(&house.database).await?;
            for table in TABLES {
                let rows = plain.number(format!("SELECT COUNT(*) FROM {table}")).await?;
                let each = if table == "document_lines" { self.company.bill(0)?.lines.len() } else { 1 };
                let wanted = invoices * i64::try_from(each)?;
                ensure!(rows == wanted, "{rows} rows of {table} instead of {wanted} in {}", house.database);
            }
            let last = plain.number("SELECT value FROM counters WHERE name LIKE 'invoice%'".to_owned()).await?;
            ensure!(last == invoices, "the last number is {last} after {invoices} invoices");
            house.run(&["verify"])?;
        }
        Ok(())
    }

    fn column(&self) -> anyhow::Result<Vec<String>> {
        let contracts = f64::from(u32::try_from(self.company.contracts)?);
        let all = |of: &dyn Fn(&Rounded) -> f64| median(self.rounds.iter().map(of).collect());
        let seconds = |of: fn(&Rounded) -> Duration| format!("{:.2} s", all(&|r| of(r).as_secs_f64()));
        let most = |of: fn(&Rounded) -> &Measured| {
            let used: Option<Vec<_>> = self.rounds.iter().map(|r| of(r).used.map(|used| used.memory)).collect();
            memory(used.and_then(|used| used.into_iter().max()))
        };
        let cores: Option<Vec<_>> =
            self.rounds.iter().map(|r| r.run.used.map(|used| used.cores.as_secs_f64())).collect();
        let small_rate = contracts / f64::from(u32::try_from(SMALL)?) / self.small.took.as_secs_f64();
        Ok(vec![
            format!("{:.0}/s", all(&|r| contracts / r.raw.as_secs_f64())),
            format!("{:.0}/s", all(&|r| contracts / r.run.took.as_secs_f64())),
            format!("{:.0} %", 100.0 * all(&|r| r.raw.as_secs_f64() / r.run.took.as_secs_f64())),
            seconds(|r| r.run.took),
            cores.map_or_else(|| "?".to_owned(), |cores| format!("{:.2} s", median(cores))),
            most(|r| &r.run),
            memory(self.small.used.map(|used| used.memory)),
            format!("{small_rate:.0}/s"),
            seconds(|r| r.dry.took),
            most(|r| &r.dry),
            seconds(|r| r.again.took),
        ])
    }
}

fn memory(kb: Option<u64>) -> String {
    kb.map_or_else(|| "?".to_owned(), |kb| format!("{}.{} MB", kb / 1024, kb % 1024 * 10 / 1024))
}

fn print(contracts: usize, columns: &[(&'static str, Vec<String>)]) {
    let small = contracts / SMALL;
    let goal = format!("<= {} s", 20.0 * f64::from(u32::try_from(contracts).unwrap_or_default()) / 10_000.0);
    let lines = [
        ("raw engine, the same rows".to_owned(), ""),
        ("drawdown bill, invoices".to_owned(), ">= 500/s"),
        ("  of the raw engine".to_owned(), ""),
        (format!("  all {contracts} contracts"), &goal),
        ("  time of all its cores".to_owned(), ""),
        ("  peak memory".to_owned(), "flat"),
        (format!("  peak memory with {small} contracts"), ""),
        (format!("  invoices, {small} contracts"), ""),
        ("drawdown bill --dry-run".to_owned(), ""),
        ("  peak memory".to_owned(), ""),
        ("drawdown bill once more".to_owned(), ""),
    ];
    let row = |label: &str, cells: Vec<&str>, goal: &str| {
        let cells: String = cells.into_iter().map(|cell| format!("{cell:>20}")).collect();
        println!("{}", format!("{label:34}{cells}   {goal}").trim_end());
    };
    println!();
    row("billing run", columns.iter().map(|(name, _)| *name).collect(), "goal");
    for (line, (label, goal)) in lines.iter().enumerate() {
        row(label, columns.iter().map(|(_, cells)| cells[line].as_str()).collect(), goal);
    }
}
