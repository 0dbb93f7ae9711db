//! A command of the program as a child process: what it says, how long it takes, what it uses meanwhile.

use std::{
    process::Stdio,
    sync::mpsc::{RecvTimeoutError, channel},
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;

use crate::house::{House, peak_memory};

/// How often the child is looked at.
const PACE: Duration = Duration::from_millis(50);

/// A command that ended well.
pub struct Measured {
    /// What it printed.
    pub printed: String,
    /// From its start to its end.
    pub took: Duration,
    /// What it used, as far as the system tells: the most memory that it held, in kB, and the time of all cores.
    pub used: Option<Used>,
}

/// What a process has used so far.
#[derive(Clone, Copy)]
pub struct Used {
    /// The most memory that it held, in kB.
    pub memory: u64,
    /// The time that the cores worked for it.
    pub cores: Duration,
}

impl Used {
    /// Of a process that still runs; known on Linux only.
    fn by(process: u32) -> Option<Used> {
        let memory = peak_memory(process)?;
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        // Behind the name, which may hold anything: the 14th and 15th field of all, in hundredths of a second.
        let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
        let mut ticks = || fields.next()?.parse::<u64>().ok();
        let cores = Duration::from_millis(10 * (ticks()? + ticks()?));
        Some(Used { memory, cores })
    }
}

/// Runs a command to its end.
pub fn measured(house: &House, arguments: &[&str]) -> anyhow::Result<Measured> {
    let mut command = house.command(arguments);
    let start = Instant::now();
    let child = command.stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn()?;
    let process = child.id();
    let (ended, end) = channel::<()>();
    let watch = thread::spawn(move || {
        let mut used = None;
        loop {
            // One that has ended has no memory any more: what was seen before counts.
            used = Used::by(process).or(used);
            if end.recv_timeout(PACE) != Err(RecvTimeoutError::Timeout) {
                return used;
            }
        }
    });
    let done = child.wait_with_output()?;
    let took = start.elapsed();
    drop(ended);
    let printed = String::from_utf8_lossy(&done.stdout).trim().to_owned();
    ensure!(done.status.success(), "drawdown {}: {}\n{printed}", arguments.join(" "), done.status);
    Ok(Measured { printed, took, used: watch.join().ok().flatten() })
}
