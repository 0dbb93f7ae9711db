//! `.ci/bench --papers`: how fast papers are set, and whether the memory stays what it is.
//!
//! Figures, no thresholds: the machine is shared.

#![allow(clippy::disallowed_methods)]

#[allow(dead_code, reason = "not every paper is set here")]
#[path = "../tests/it/samples.rs"]
mod samples;

use std::{
    fs,
    time::{Duration, Instant},
};

use domain::documents::LineUnit;
use texts::Lang;
use wire::paper::{Input, PaperKind};

const PAPERS: usize = 1_000;

fn main() {
    // `cargo test --all-targets` starts benchmarks too; only `cargo bench` measures.
    if !std::env::args().any(|argument| argument == "--bench") {
        return;
    }
    let first = timed(|| drop(set(&usual(0))));
    println!("first paper of a process: {}", millis(first));

    let before = resident();
    let mut after = Vec::new();
    let time = timed(|| {
        for number in 0..PAPERS {
            set(&usual(number));
            if number % (PAPERS / 4) == PAPERS / 4 - 1 {
                after.push(resident());
            }
        }
    });
    println!("{PAPERS} invoices of 5 lines, one thread: {}", rate(PAPERS, time));
    println!("resident: {before} kB before, {after:?} kB after each quarter");

    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let each = PAPERS / 4;
    let time = timed(|| {
        std::thread::scope(|scope| {
            for thread in 0..threads {
                scope.spawn(move || (0..each).for_each(|number| drop(set(&usual(thread * each + number)))));
            }
        });
    });
    println!("the same, {threads} threads: {}; resident {} kB", rate(each * threads, time), resident());

    let note = |number| {
        let input = samples::sample(PaperKind::DeliveryNote, Lang::En);
        Input { number: format!("LS-2026-{number:05}"), ..input }
    };
    let time = timed(|| (0..200).for_each(|number| drop(set(&note(number)))));
    println!("delivery notes of 4 lines: {}", rate(200, time));

    for count in [100, 1_000] {
        let input = long(count);
        let mut bytes = 0;
        let time = timed(|| bytes = set(&input).len());
        println!("an invoice of {count} lines: {}, {bytes} bytes; resident {} kB", millis(time), resident());
    }
}

/// An invoice with clearing, balances and a code, of its own number.
fn usual(number: usize) -> Input {
    let mut input = samples::sample(PaperKind::Invoice, Lang::De);
    input.number = format!("RE-2026-{number:05}");
    input.customer.name = format!("Kunde {number} GmbH & Co. KG");
    input
}

fn long(count: usize) -> Input {
    let mut input = usual(count);
    let of = |number| samples::line(&format!("Posten {number}"), "2", LineUnit::Piece, "1.5", 300);
    input.lines = (0..count).map(of).collect();
    input.totals = samples::sums(&input.lines);
    input
}

fn set(input: &Input) -> Vec<u8> {
    paper::render(input).expect("it can be set")
}

fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn millis(time: Duration) -> String {
    format!("{} ms", time.as_millis())
}

fn rate(papers: usize, time: Duration) -> String {
    let micros = time.as_micros().max(1);
    let tenths = u128::try_from(papers).unwrap_or_default() * 10_000_000 / micros;
    format!("{}.{}/s", tenths / 10, tenths % 10)
}

/// What the process holds in memory, in kB; 0 where the system does not say.
fn resident() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()).and_then(|number| number.parse().ok()).unwrap_or_default()
}
