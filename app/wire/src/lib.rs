//! What crosses the network: forms, drafts, views, list rows, queries, problems; and what papers and mails are made of.
//!
//! *Invariants.* A **form** holds what was typed, as text; its `check` turns it into a draft or names every field
//! that is wrong, by the same code in the browser and on the server. A **view** is made for a page and carries no
//! secret. Views are values: nothing here decides or computes a figure.

pub mod accounts;
pub mod archive;
pub mod articles;
pub mod balancing;
pub mod billing;
pub mod bookings;
pub mod calendar;
pub mod contracts;
pub mod customers;
pub mod documents;
mod field;
pub mod history;
pub mod lists;
pub mod mails;
pub mod paper;
pub mod people;
pub mod problem;
pub mod projects;
mod read;
pub mod receipts;
pub mod settings;
pub mod today;

pub use field::{FieldProblem, FieldReason, bill_text, quota_text, required, text};
pub use problem::{FieldText, Noun, Problem, Refusal};

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Whether there is a page after this one.
    pub more: bool,
}
