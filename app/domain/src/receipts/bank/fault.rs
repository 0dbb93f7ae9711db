//! Why the file of a bank cannot be read.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "bank", rename_all = "snake_case")]
pub enum BankFault {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is longer than the program takes.
    #[error("{found} bytes are more than {most}")]
    TooLong {
        /// The most bytes.
        most: usize,
        /// How many came.
        found: usize,
    },
    /// It has more transactions than the program takes.
    #[error("{found} transactions are more than {most}")]
    TooManyLines {
        /// The most.
        most: usize,
        /// How many came.
        found: usize,
    },
    /// No line names a column for the day and one for the amount.
    #[error("no heading with a day and an amount")]
    NoHeading,
    /// There is nothing below the heading.
    #[error("no transactions")]
    NoLines,
    /// A quote is opened and never closed.
    #[error("line {line}: a quote is not closed")]
    OpenQuote {
        /// The line in which it is opened.
        line: usize,
    },
    /// A line has fewer or more cells than the heading.
    #[error("line {line}: {found} cells instead of {wanted}")]
    Cells {
        /// The line.
        line: usize,
        /// What the heading has.
        wanted: usize,
        /// What the line has.
        found: usize,
    },
    /// A day cannot be read, or no books are kept on it.
    #[error("line {line}: {found:?} is no day")]
    NotADay {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// An amount cannot be read.
    #[error("line {line}: {found:?} is no amount")]
    NotAnAmount {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// There is no such currency.
    #[error("line {line}: {found:?} is no currency")]
    NotACurrency {
        /// The line.
        line: usize,
        /// What stands there.
        found: String,
    },
    /// It is a zip file: what is in it can be read once it is unpacked.
    #[error("it is a zip file")]
    Zip,
    /// It is written in an encoding that the program does not read, or not in the one that it names.
    #[error("encoding {found:?}")]
    Encoding {
        /// The encoding.
        found: String,
    },
    /// It is no XML there, or ends too early.
    #[error("line {line}, character {column}: no XML, or it is cut off")]
    Broken {
        /// The line.
        line: usize,
        /// The character in it, from 1.
        column: usize,
    },
    /// The XML defines what it is made of, or uses such a definition.
    #[error("line {line}: {found:?} is a definition of its own")]
    Definition {
        /// The line.
        line: usize,
        /// What is defined or used.
        found: String,
    },
    /// The elements of the XML stand too deep in one another.
    #[error("line {line}: more than {most} elements in one another")]
    TooDeep {
        /// The line.
        line: usize,
        /// The most.
        most: usize,
    },
    /// The XML is no statement of an account.
    #[error("{found:?} is no statement of an account")]
    NotAStatement {
        /// What it is instead.
        found: String,
    },
    /// The statement has no entry that is booked.
    #[error("nothing is booked, {pending} are pending")]
    NothingBooked {
        /// How many are not booked yet.
        pending: usize,
    },
    /// An entry of the statement cannot be read.
    #[error("entry {entry} in line {line}: {fault}")]
    Entry {
        /// Its place among the entries of the file, from 1.
        entry: usize,
        /// The line in which it begins.
        line: usize,
        /// What is wrong with it.
        fault: EntryFault,
    },
}

/// What is wrong with an entry of a statement in XML.
#[derive(Debug, Clone, PartialEq, Eq, Error, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum EntryFault {
    /// It does not have what every entry has.
    #[error("{element} is missing")]
    Missing {
        /// The element.
        element: String,
    },
    /// A day cannot be read, or no books are kept on it.
    #[error("{found:?} is no day")]
    NotADay {
        /// What stands there.
        found: String,
    },
    /// An amount cannot be read, or has more decimals than its currency.
    #[error("{found:?} is no amount")]
    NotAnAmount {
        /// What stands there.
        found: String,
    },
    /// There is no such currency.
    #[error("{found:?} is no currency")]
    NotACurrency {
        /// What stands there.
        found: String,
    },
    /// It says neither that the money came in nor that it went away.
    #[error("{found:?} is neither CRDT nor DBIT")]
    NotADirection {
        /// What stands there.
        found: String,
    },
    /// It says neither that it is booked nor that it is not.
    #[error("{found:?} is no status")]
    NotAStatus {
        /// What stands there.
        found: String,
    },
}
