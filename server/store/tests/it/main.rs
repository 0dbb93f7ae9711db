//! The conformance suite: every function of the store, on SQLite and on a real PostgreSQL.

#[macro_use]
mod support;

mod accounts;
mod articles;
mod balancing;
mod billing;
mod bookings;
mod changes;
mod claims;
mod clearing;
mod contracts;
mod customers;
mod documents;
mod fees;
mod filings;
mod given;
mod house;
mod indexes;
mod ledger;
mod lists;
mod mails;
mod opening;
mod papers;
mod people;
mod policies;
mod project_templates;
mod receipts;
mod run_undos;
mod statements;
mod undo;
mod upgrading;
mod values;
mod writes;
