//! The binary's parts: router, sessions, REST, command line. The only place that wires the others together.
//!
//! *Invariants.* Whatever comes in (page, server function, REST, command line) ends in one use case. Every answer
//! carries the security headers; every unsafe request passes the CSRF layer. The clock and chance enter here.

#![recursion_limit = "256"]

pub mod archive;
pub mod bill;
pub mod config;
pub mod export;
pub mod jobs;
pub mod lists;
pub mod mails;
pub mod papers;
pub mod proxies;
pub mod rest;
pub mod router;

mod assets;
mod attempts;
mod calendar;
mod logo;
mod pages;
mod posted;
mod progress;
mod session;
mod surroundings;

pub use surroundings::surroundings;
