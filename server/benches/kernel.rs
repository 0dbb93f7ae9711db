//! `make bench`: what the kernel costs on a company with a million entries, and in WebAssembly.
//!
//! As in `draws.rs`, every figure stands beside a peer of the same minutes; nothing fails because it is slow, a wrong
//! sum ends the run. `DRAWDOWN_BENCH_WASM` names the engine as WebAssembly, once per way of building it:
//! `speed=FILE size=FILE`.

#![allow(clippy::disallowed_methods)]

#[path = "parts/books.rs"]
mod books;
#[path = "parts/company.rs"]
mod company;
#[path = "parts/figures.rs"]
mod figures;
#[path = "parts/lines.rs"]
mod lines;

use std::{
    collections::BTreeSet,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use company::{Book, TODAY};
use domain::{
    Role,
    quota::{self, Amount, Ledger, Point},
};
use figures::{fsyncs, load, median, percentile, short};
use usecases::testing::{World, as_role};

/// As in the program itself.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const ACCOUNTS: u32 = 1000;
const ENTRIES: usize = 1000;
const ROUNDS: usize = 3;
/// Accounts a statement, for asking all of them.
const STEPS: [i64; 3] = [100, 250, 1000];
/// What WebAssembly runs too, and how often.
const TURNS: [(&str, Run, u32); 4] = [
    ("run_draws", engine::run_draws, 50_000),
    ("run_fold", engine::run_fold, 50),
    ("run_clearing_1000", engine::run_clearing_1000, 100),
    ("run_clearing_10000", engine::run_clearing_10000, 10),
];

type Run = extern "C" fn(u32) -> u64;

fn main() -> anyhow::Result<()> {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    let folder = std::env::temp_dir().join(format!("drawdown-kernel-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let done = runtime.block_on(measured(&folder));
    let _ = std::fs::remove_dir_all(&folder);
    done
}

async fn measured(folder: &Path) -> anyhow::Result<()> {
    let loads = load();
    let mut syncs = Vec::new();
    fsyncs(folder, &mut syncs)?;
    check_sample(folder).await?;
    eprintln!("bench: a company of {ACCOUNTS} accounts with {ENTRIES} entries each");
    let books = company::company(ACCOUNTS, ENTRIES)?;
    println!(
        "\na company with {} entries on {ACCOUNTS} accounts",
        books.iter().map(|b| b.entries.len()).sum::<usize>()
    );
    recomputed(folder, &books)?;
    stored(folder, &books).await?;
    in_wasm()?;
    fsyncs(folder, &mut syncs)?;
    println!(
        "\nfsync of 4 KiB: median {}, slowest tenth from {}; load {loads} before, {} after",
        short(percentile(&mut syncs, 50)),
        short(percentile(&mut syncs, 90)),
        load()
    );
    Ok(())
}

fn row(label: &str, figure: &str, goal: &str) {
    println!("{}", format!("  {label:48}{figure:>24}   {goal}").trim_end());
}

/// A small company, made in the same way, must stand the audit: what is measured is what the program itself writes.
async fn check_sample(folder: &Path) -> anyhow::Result<()> {
    let books = company::company(4, ENTRIES)?;
    let world = World::open(format!("sqlite:{}", folder.join("sample.db").display()), 1).await;
    books::write(&world.db, &books).await?;
    let report = usecases::verify::verify(&world, None).await?;
    let entries: usize = books.iter().map(|book| book.entries.len()).sum();
    ensure!(report.faults.is_empty() && report.entries == entries, "the sample does not stand the audit: {report:?}");
    Ok(())
}

/// Folds everything from memory and from text, in turns with `ledger`.
fn recomputed(folder: &Path, books: &[Book]) -> anyhow::Result<()> {
    let (csv, journal) = (folder.join("entries.csv"), folder.join("entries.ledger"));
    lines::write_csv(&csv, books)?;
    let version = lines::ledger_version();
    if version.is_some() {
        lines::write_journal(&journal, books)?;
    } else {
        eprintln!("bench: no ledger here, so nothing to compare with (apt-get install ledger)");
    }
    let (mut memory, mut text, mut peer, mut ratios) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        eprintln!("bench: recomputation, round {} of {ROUNDS}", round + 1);
        let start = Instant::now();
        let mut left = Amount::ZERO;
        for book in books {
            left = left.plus(lines::left_of(&Ledger::fold(book.account.clone(), &book.entries)?)?)?;
        }
        memory.push(start.elapsed());
        let start = Instant::now();
        let read = lines::fold_csv(&csv)?;
        let took = start.elapsed();
        text.push(took);
        ensure!(read == left, "{read} left by the lines, {left} in memory");
        if version.is_some() {
            let start = Instant::now();
            let theirs = lines::run_ledger(&journal)?;
            peer.push(start.elapsed());
            ratios.push(peer[round].as_secs_f64() / took.as_secs_f64());
            ensure!(theirs == left, "ledger finds {theirs} left, we find {left}");
        }
    }
    row("recomputed from memory", &short(percentile(&mut memory, 50)), "<= 1000 ms");
    row("recomputed from a text file", &short(percentile(&mut text, 50)), "<= 1000 ms");
    if let Some(version) = version {
        row(&format!("{version} on the same entries"), &short(percentile(&mut peer, 50)), "");
        row("  ledger's time / ours from text", &format!("{:.2}x", median(ratios)), ">= 2.50x");
    }
    std::fs::remove_file(csv)?;
    let _ = std::fs::remove_file(journal);
    Ok(())
}

/// The same company in a SQLite file.
async fn stored(folder: &Path, books: &[Book]) -> anyhow::Result<()> {
    let url = format!("sqlite:{}", folder.join("company.db").display());
    eprintln!("bench: writing it into SQLite");
    let world = World::open(url.clone(), 1).await;
    books::write(&world.db, books).await?;
    // Closing lets SQLite count its tables, as the program does.
    world.db.close().await;
    let world = World::open(url, 1).await;

    let expected = books::expected(books, TODAY)?;
    let mut times = STEPS.map(|_| Vec::new());
    for turn in 0..24 {
        for (step, times) in STEPS.iter().zip(&mut times) {
            let start = Instant::now();
            let found = books::balances(&world.db, TODAY, *step).await?;
            // The first ones warm up.
            if turn >= 3 {
                times.push(start.elapsed());
            }
            ensure!(found == expected, "SQLite says {found:?}, memory {expected:?}");
        }
    }
    for (step, times) in STEPS.iter().zip(&mut times) {
        row(&format!("all balances, {step} accounts a statement"), &short(percentile(times, 50)), "<= 50 ms");
    }
    statements(&world, books).await?;

    let start = Instant::now();
    let sum = books::read_and_fold(&world.db).await?;
    row("read back from SQLite and folded", &short(start.elapsed()), "");
    let start = Instant::now();
    let report = usecases::verify::verify(&world, None).await?;
    row("drawdown verify", &short(start.elapsed()), "");
    ensure!(report.faults.is_empty(), "the audit finds {:?}", report.faults.first());
    let balances = books.iter().map(|book| Ledger::fold(book.account.clone(), &book.entries));
    let mut expected = balances.map(|ledger| ledger.map(|ledger| ledger.balance));
    let expected = expected.try_fold(Amount::ZERO, |sum, one| sum.plus(one?))?;
    ensure!(sum == expected, "{sum} read back, {expected} expected");
    world.db.close().await;
    Ok(())
}

/// One month of one account: its passbook, and what lies between its two ends.
async fn statements(world: &World, books: &[Book]) -> anyhow::Result<()> {
    let call = as_role(Role::Admin);
    let (mut passbooks, mut spans) = (Vec::new(), Vec::new());
    for (turn, book) in (0_u32..).zip(books.iter().step_by(5)) {
        let range = books::month(turn * 7 % company::MONTHS);
        let start = Instant::now();
        let passbook = usecases::accounts::passbook(world, &call, book.account.id, Some(range)).await?;
        passbooks.push(start.elapsed());
        ensure!(passbook.lines.len() > 5, "{} lines", passbook.lines.len());

        let last = book.entries.last().context("entries")?.seq;
        let before = range.from.pred_opt().context("a day")?;
        let known =
            book.entries.iter().take_while(|entry| entry.date < range.from).last().map_or(quota::Seq(0), |e| e.seq);
        let (from, to) =
            (Point { seq: known, date: before }, Point { seq: last, date: range.last_day().context("a day")? });
        let start = Instant::now();
        let span = quota::between(&book.account, &book.entries, &BTreeSet::new(), from, to)?;
        spans.push(start.elapsed());
        ensure!(!span.rows.is_empty(), "nothing lies between {from:?} and {to:?}");
    }
    for (label, times) in [("passbook of a month", &mut passbooks), ("statement of a month, from memory", &mut spans)] {
        let figure = format!("{} / {}", short(percentile(times, 50)), short(percentile(times, 99)));
        row(&format!("{label}, p50 / p99"), &figure, "<= 10 ms");
    }
    Ok(())
}

/// The same functions natively, in node and in Chromium, in turns; all must come to the same checksum. Each file goes by
/// what it was built for, and after an `@` by where it runs.
fn in_wasm() -> anyhow::Result<()> {
    let files = std::env::var("DRAWDOWN_BENCH_WASM").unwrap_or_default();
    let files: Vec<(&str, &str)> = files.split_whitespace().filter_map(|file| file.split_once('=')).collect();
    if files.is_empty() {
        eprintln!("bench: no DRAWDOWN_BENCH_WASM, so nothing in WebAssembly");
        return Ok(());
    }
    println!("\nthe kernel in WebAssembly, a turn");
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/engine/run.mjs");
    for (name, run, turns) in TURNS {
        let mut native = Vec::new();
        let mut wasm = vec![(Vec::new(), Vec::new()); files.len()];
        for _ in 0..ROUNDS {
            run(turns);
            let start = Instant::now();
            let sum = run(turns);
            let here = start.elapsed() / turns;
            native.push(here);
            ensure!(sum != engine::FAILED, "the kernel refused {name}");
            for ((how, file), (times, ratios)) in files.iter().zip(&mut wasm) {
                let mut node = Command::new("node");
                let Ok(done) = node
                    .arg(&script)
                    .args([file, name, &turns.to_string(), host(how)])
                    .stderr(Stdio::inherit())
                    .output()
                else {
                    eprintln!("bench: no node here, so nothing in WebAssembly");
                    return Ok(());
                };
                let text = String::from_utf8(done.stdout)?;
                let (nanos, theirs) = text.trim().split_once(' ').context("node says nothing")?;
                ensure!(theirs.parse::<u64>()? == sum, "{name} in WebAssembly ({how}): {theirs}, natively {sum}");
                let there = Duration::from_secs_f64(nanos.parse::<f64>()? / 1e9);
                times.push(there);
                ratios.push(there.as_secs_f64() / here.as_secs_f64());
            }
        }
        let what = match name {
            "run_draws" => format!("preview of a draw from {} lots", engine::LOTS),
            "run_clearing_1000" => "a document of 1 000 lines".to_owned(),
            "run_clearing_10000" => "a document of 10 000 lines".to_owned(),
            _ => format!("fold of {} entries", engine::ENTRIES),
        };
        let (here, there) = if name == "run_clearing_10000" { ("<= 150 ms", "<= 400 ms") } else { ("", "") };
        row(&format!("{what}, native"), &nanos(percentile(&mut native, 50)), here);
        for ((how, _), (mut times, ratios)) in files.iter().zip(wasm) {
            let figure = format!("{}, {:.2}x", nanos(percentile(&mut times, 50)), median(ratios));
            let built = how.split('@').next().unwrap_or(how);
            row(&format!("  {}, built for {built}", host(how)), &figure, there);
        }
    }
    Ok(())
}

/// Where a file runs.
fn host(how: &str) -> &str {
    how.split_once('@').map_or("node", |(_, host)| host)
}

fn nanos(time: Duration) -> String {
    format!("{} ns", time.as_nanos())
}
