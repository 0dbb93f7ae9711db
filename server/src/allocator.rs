//! What the allocator is told before the program begins.

/// How long memory that is free is kept, in milliseconds. The allocator reads it once, before `main`.
const DELAY: &str = "MIMALLOC_PURGE_DELAY";

/// Begins the program anew in its own place, with an allocator that gives back at once what is free: every thread has a
/// heap of its own, and most of them wait. Left alone is what somebody has set. Where it cannot begin anew the program goes
/// on, and holds more memory.
#[cfg(unix)]
pub fn give_back_at_once() {
    use std::{
        env::{args_os, current_exe, var_os},
        os::unix::process::CommandExt,
        process::Command,
    };
    if var_os(DELAY).is_some() {
        return;
    }
    let Ok(program) = current_exe() else { return };
    let mut own = Command::new(program);
    own.args(args_os().skip(1)).env(DELAY, "0");
    if let Some(name) = args_os().next() {
        own.arg0(name);
    }
    // It only comes back from there when it failed.
    drop(own.exec());
}

/// Elsewhere a program cannot begin anew in its own place.
#[cfg(not(unix))]
pub fn give_back_at_once() {}
