//! The calendar feed of a person: what stands in it, and whether there is one.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{BillingLineId, ContractId, ProjectId};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use crate::contracts::CustomerRef;

/// What happens on a day of a feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// The to-do for the next period appears.
    ToDo,
    /// The next period becomes due.
    Due,
    /// The last day on which notice can be given.
    Notice,
    /// The last day of the contract.
    End,
}

impl Occasion {
    /// The stable name, in the ids of events.
    pub const fn name(self) -> &'static str {
        match self {
            Occasion::ToDo => "to-do",
            Occasion::Due => "due",
            Occasion::Notice => "notice",
            Occasion::End => "end",
        }
    }
}

/// Of what a day of a feed is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventOf {
    /// Of a contract.
    Contract(ContractId),
    /// Of the fee of a project.
    Fee {
        /// The project.
        project: ProjectId,
        /// The billing line.
        line: BillingLineId,
        /// Its name.
        name: String,
    },
}

impl EventOf {
    /// Where its page is.
    pub fn path(&self) -> String {
        match self {
            EventOf::Contract(contract) => format!("/contracts/{contract}"),
            EventOf::Fee { project, .. } => format!("/projects/{project}"),
        }
    }
}

/// A day of a feed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarEvent {
    /// What happens.
    pub occasion: Occasion,
    /// On which day.
    pub date: NaiveDate,
    /// What it is about: the day on which the period becomes due, or up to which notice counts.
    pub about: NaiveDate,
    /// The contract or fee.
    pub of: EventOf,
    /// The number of the contract or project.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerRef,
}

impl CalendarEvent {
    /// An id that stays the same as long as it is the same occasion of the same contract or fee.
    pub fn uid(&self) -> String {
        let of = match &self.of {
            EventOf::Contract(contract) => contract.to_string(),
            EventOf::Fee { line, .. } => line.to_string(),
        };
        format!("{}-{of}-{}@drawdown", self.occasion.name(), self.about)
    }

    /// The title.
    pub fn title(&self, lang: Lang) -> String {
        let (number, customer) = (&self.number, &self.customer.name);
        if let EventOf::Fee { name, .. } = &self.of {
            return say::calendar_fee(lang, number, customer, name);
        }
        match self.occasion {
            Occasion::ToDo => say::calendar_to_do(lang, number, customer, texts::date(lang, self.about)),
            Occasion::Due => say::calendar_due(lang, number, customer),
            Occasion::Notice => say::calendar_notice(lang, number, customer, texts::date(lang, self.about)),
            Occasion::End => say::calendar_end(lang, number, customer),
        }
    }
}

/// Whether a person has a feed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct CalendarView {
    /// Since when it has its present address; none without a feed.
    pub since: Option<DateTime<FixedOffset>>,
    /// The secret of a new address: told once, and kept by nobody.
    pub token: Option<String>,
}
