//! One function per command or query: load, the domain decides, store.
//!
//! *Invariants.* Pages, REST, jobs and the command line all come through here; each function authorises by role and
//! object before it tells or changes anything. The rules themselves stand in `domain`. A command is one piece of
//! work for the store, and the same command twice is one command.
//!
//! *Boundaries.* The clock, ids and secrets come from [`Env`]; no sqlx type stands in a public signature.

pub mod accounts;
pub mod archive;
pub mod articles;
pub mod billing;
pub mod bookings;
pub mod calendar;
pub mod contract_types;
pub mod contracts;
pub mod customers;
pub mod demo;
pub mod documents;
pub mod housekeeping;
pub mod lists;
pub mod mails;
pub mod papers;
pub mod people;
pub mod projects;
pub mod receipts;
pub mod settings;
pub mod today;
pub mod verify;

#[cfg(feature = "testing")]
pub mod testing;

mod actor;
mod changed;
mod env;
mod refused;

pub use actor::{Actor, Call, Once};
pub use env::{Chance, Clock, Env, SteppedClock};
pub use refused::Refused;
