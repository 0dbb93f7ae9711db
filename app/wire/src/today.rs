//! The first page of the day: what is to be done, what runs out, what waits.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{AccountId, ContractId, CustomerId, DocumentId, documents::DocumentKind};
use serde::{Deserialize, Serialize};

use crate::{
    billing::RunRow, contracts::CustomerRef, customers::AccountRow, documents::DocumentRow, lists::OpenSum,
    mails::MailRow, projects::ProjectRef,
};

/// A period that becomes due soon or is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToDo {
    /// The contract.
    pub contract: ContractId,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerRef,
    /// For whom it is: who edited the contract last.
    pub whose: String,
    /// The day on which the period becomes due.
    pub due: NaiveDate,
    /// Whether the billing run will bill it without being asked.
    pub automatic: bool,
}

/// The fee of a billing line that is due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DueFee {
    /// The name of the line.
    pub name: String,
    /// Its project.
    pub project: ProjectRef,
    /// Whose that is.
    pub customer: CustomerRef,
    /// The day since which it is due.
    pub due: NaiveDate,
}

/// An account of which little is left.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunningOut {
    /// Whose it is.
    pub customer: CustomerRef,
    /// The account with where it stands.
    pub account: AccountRow,
}

/// A paper that could not be set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedPaper {
    /// Its document.
    pub document: DocumentId,
    /// What that is.
    pub kind: DocumentKind,
    /// The number of the document.
    pub number: String,
    /// To whom it goes.
    pub customer: CustomerRef,
    /// Why it could not be set the last time.
    pub reason: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next.
    pub due: DateTime<FixedOffset>,
}

/// What of the mails somebody has to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MailsToday {
    /// How many wait.
    pub waiting: u64,
    /// The latest of them that waits because something went wrong.
    pub stuck: Option<MailRow>,
    /// Those about which somebody has to decide, the latest first.
    pub to_decide: Vec<MailRow>,
    /// Whether there are more of those.
    pub more: bool,
    /// Whether a mail server is set.
    pub server: bool,
}

/// The page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TodayView {
    /// The to-dos that have appeared, the most urgent first.
    pub to_dos: Vec<ToDo>,
    /// Contracts that are due and that nobody has billed.
    pub due: Vec<ToDo>,
    /// Fees that are due and that nobody has billed, the first of them.
    #[serde(default)]
    pub due_fees: Vec<DueFee>,
    /// Accounts with less than a fifth left.
    pub running_out: Vec<RunningOut>,
    /// Drafts.
    pub drafts: Vec<DocumentRow>,
    /// How many bookings have time that no billing line takes.
    #[serde(default)]
    pub unassigned: u64,
    /// How many papers could not be set and wait to be tried again.
    pub failed_jobs: u64,
    /// Those that are tried next.
    #[serde(default)]
    pub failed_papers: Vec<FailedPaper>,
    /// How many papers could not be filed in the archive, and what it said last.
    pub unfiled: Option<(u64, String)>,
    /// Mails that have not left.
    pub mails: MailsToday,
    /// Runs of the last week in which something failed.
    pub failed_runs: Vec<RunRow>,
    /// What is open, for each currency.
    pub open_items: Vec<OpenSum>,
    /// What did not fit, per list: to-dos, due, running out, drafts.
    pub more: [bool; 4],
}

/// Something that `Ctrl+K` found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Found {
    /// A customer.
    Customer {
        /// The customer.
        id: CustomerId,
        /// Number and name.
        text: String,
    },
    /// A contract.
    Contract {
        /// The contract.
        id: ContractId,
        /// Number and customer.
        text: String,
    },
    /// A document.
    Document {
        /// The document.
        id: DocumentId,
        /// Number and customer.
        text: String,
    },
    /// An account.
    Account {
        /// The account.
        id: AccountId,
        /// Name and customer.
        text: String,
    },
}
