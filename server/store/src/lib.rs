//! SQL, and nothing else.
//!
//! *Invariants.* [`sql`] is the one place that knows there are two engines; every statement is one text for both.
//! Only this crate begins and commits: [`Db::write`] owns the transaction and a piece of work awaits nothing but
//! its [`Tx`]. State beside the ledger is written in the same transaction as the entries. No query in a loop.
//!
//! *Boundaries.* Functions take and return values of `domain` and `wire`; no sqlx type leaves the crate.

pub mod accounts;
pub mod articles;
pub mod audit;
pub mod balancing;
pub mod billing;
pub mod bookings;
pub mod calendar;
pub mod claims;
pub mod contract_types;
pub mod contracts;
pub mod customers;
pub mod documents;
pub mod fees;
pub mod filings;
pub mod history;
pub mod ledger;
pub mod lists;
pub mod mails;
pub mod once;
pub mod papers;
pub mod people;
pub mod project_invoices;
pub mod project_templates;
pub mod projects;
pub mod receipts;
pub mod run_undos;
pub mod settings;

mod error;
mod fold;
mod listing;
mod sql;
#[cfg(feature = "testing")]
pub mod testing;
mod write;

pub use error::StoreError;
pub use fold::{fold, index_words, words};
pub use listing::{Slice, cut, paged};
pub use sql::{Db, Engine, Tx};
pub use write::{Transient, Work};

/// Every statement of the crate with its name, so that a test can prepare each on both engines.
pub fn statements() -> Vec<(&'static str, &'static str)> {
    let all = [
        accounts::STATEMENTS,
        articles::STATEMENTS,
        audit::STATEMENTS,
        audit::BALANCING,
        audit::BOOKINGS,
        audit::FEES,
        audit::FILINGS,
        audit::MAILS,
        audit::PAPERS,
        audit::PROJECT_INVOICES,
        audit::RECEIPTS,
        balancing::STATEMENTS,
        billing::STATEMENTS,
        bookings::INVOICING,
        bookings::ROWS,
        bookings::STATEMENTS,
        calendar::STATEMENTS,
        claims::STATEMENTS,
        contract_types::STATEMENTS,
        contracts::STATEMENTS,
        customers::STATEMENTS,
        documents::STATEMENTS,
        documents::WRITING,
        fees::STATEMENTS,
        filings::STATEMENTS,
        history::STATEMENTS,
        mails::STATEMENTS,
        once::STATEMENTS,
        papers::STATEMENTS,
        people::STATEMENTS,
        project_invoices::STATEMENTS,
        project_templates::STATEMENTS,
        projects::PARTS,
        projects::STATEMENTS,
        receipts::BANK,
        receipts::OPEN,
        receipts::STATEMENTS,
        run_undos::STATEMENTS,
        settings::STATEMENTS,
    ];
    all.into_iter().chain(ledger::STATEMENTS).flatten().copied().collect()
}
