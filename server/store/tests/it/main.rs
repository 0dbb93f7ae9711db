//! The conformance suite: every function of the store, on SQLite and on a real PostgreSQL.

#[macro_use]
mod support;

mod accounts;
mod customers;
mod house;
mod indexes;
mod ledger;
mod opening;
mod outbox;
mod people;
mod statements;
mod values;
mod writes;
