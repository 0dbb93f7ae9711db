//! What the pages of bookings are made of.

use domain::{AccountId, BillingLineId, Currency, Seconds, TaskId};
use serde::{Deserialize, Serialize};

use super::{BookingRow, PersonBookings};
use crate::{
    Page,
    contracts::CustomerRef,
    history::Change,
    projects::{BookingFacts, ProjectRef, TaskRow},
};

/// What all bookings that a list finds come to, in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingSum {
    /// The currency of their projects.
    pub currency: Currency,
    /// How many there are.
    pub rows: u64,
    /// How long they really were.
    pub seconds: Seconds,
    /// What is billed of them.
    pub billed: Seconds,
    /// What they cost, in minor units.
    pub amount: i64,
}

/// A page of the list of bookings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingPage {
    /// The page.
    pub page: Page<BookingRow>,
    /// The sums of all that is found, for each currency; none when nothing narrows the list.
    pub sums: Vec<BookingSum>,
}

/// What the filters of the list of bookings offer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct BookingChoices {
    /// The customers, by name.
    pub customers: Vec<CustomerRef>,
    /// The projects, by number.
    pub projects: Vec<ProjectRef>,
    /// The tasks of the chosen project, in their order.
    pub tasks: Vec<TaskRow>,
}

/// The page of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingView {
    /// The booking.
    pub row: BookingRow,
    /// The accounts of the collectors among its lines.
    pub accounts: Vec<(BillingLineId, AccountId)>,
    /// Whether the person may change and delete it, as far as nothing locks it.
    pub editable: bool,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
    /// What changing or deleting it is previewed with, if that was asked for and can be done.
    pub facts: Option<BookingFacts>,
}

/// A task as the week of a person names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekTask {
    /// Its project.
    pub project: ProjectRef,
    /// Whose project it is.
    pub customer: CustomerRef,
    /// The task.
    pub task: TaskId,
    /// Its name.
    pub name: String,
    /// Nothing is booked on it any more.
    pub closed: bool,
}

/// The week of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekView {
    /// Whose week, and what was booked in it.
    pub bookings: PersonBookings,
    /// The tasks of the week and those on which the person booked lately, by project.
    pub tasks: Vec<WeekTask>,
    /// Whether whoever asks may book for that person.
    pub writable: bool,
}
