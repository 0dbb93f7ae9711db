//! On which facts bookings are poured.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{AgreedRounding, BillingLine, Booking, BookingRounding, Clocks, Portion};
use crate::{
    AccountId, BillingLineId, BookingId, Currency, Seconds, TaskId,
    quota::{AccountView, PostedDraw},
};

/// Why a booking keeps its portions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lock {
    /// It is on a document.
    Document,
    /// It overdraws a quota, and a balancing invoice bills that.
    Balancing,
    /// It is in an accepted statement.
    Statement,
    /// The books are closed for its date.
    ClosedBooks,
}

impl Lock {
    /// Every lock.
    pub const ALL: [Lock; 4] = [Lock::Document, Lock::Balancing, Lock::Statement, Lock::ClosedBooks];

    /// The stable name, in REST and the database.
    pub const fn name(self) -> &'static str {
        match self {
            Lock::Document => "document",
            Lock::Balancing => "balancing",
            Lock::Statement => "statement",
            Lock::ClosedBooks => "closed_books",
        }
    }

    /// The lock of that name.
    pub fn from_name(name: &str) -> Option<Lock> {
        Lock::ALL.into_iter().find(|lock| lock.name() == name)
    }
}

/// A draw that a portion of a booking has made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The line of the portion.
    pub line: BillingLineId,
    /// The account.
    pub account: AccountId,
    /// The draw as it stands.
    pub draw: PostedDraw,
}

/// A booking that was accepted, as it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posted {
    /// Its place in the order in which bookings were accepted, which it keeps when it is changed or moved.
    pub accepted: i64,
    /// The booking.
    pub booking: Booking,
    /// What is billed of it: its time as it was rounded when it was saved.
    pub billed: Seconds,
    /// Where its time went, in the order of the lines of that time.
    pub portions: Vec<Portion>,
    /// What its portions hold of accounts; draws that were released may be among them.
    pub held: Vec<Held>,
    /// Why it keeps its portions; that the books are closed for its date need not be said.
    pub lock: Option<Lock>,
}

/// Everything that is known when bookings of a project are poured.
///
/// The browser holds them to preview with, the server loads them under the locks of the accounts to decide with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facts {
    /// Today: nothing is booked for a later day.
    pub today: NaiveDate,
    /// What the clocks of the company show around the days of the bookings.
    #[serde(default)]
    pub clocks: Clocks,
    /// Nothing is booked or changed for days before this one. A setting of the company.
    pub closed_until: Option<NaiveDate>,
    /// Whether a booking may be split. A setting of the company.
    pub splits: bool,
    /// How the project says that bookings are rounded; none: as is agreed.
    #[serde(default)]
    pub rounding: Option<BookingRounding>,
    /// What contracts say about it from whose quotas its lines collect.
    #[serde(default)]
    pub agreed: Vec<AgreedRounding>,
    /// The currency of the project's rates.
    pub currency: Currency,
    /// The billing lines of the project, in their order.
    pub lines: Vec<BillingLine>,
    /// The tasks on which nothing is booked any more.
    pub closed_tasks: BTreeSet<TaskId>,
    /// The accounts of the collectors, and those of which a booking below holds something. Each covers the dates of all
    /// bookings concerned and has all lots that they hold; of an allowance also those that were revoked.
    pub accounts: Vec<AccountView>,
    /// The bookings of the project from the one concerned on, in any order. To add one, none is needed.
    pub bookings: Vec<Posted>,
}

impl Facts {
    /// The booking of that id.
    pub fn booking(&self, id: BookingId) -> Option<&Posted> {
        self.bookings.iter().find(|posted| posted.booking.id == id)
    }

    /// Why a booking keeps its portions, if it does.
    pub fn lock(&self, posted: &Posted) -> Option<Lock> {
        let closed = self.closed_until.is_some_and(|closed_until| posted.booking.date < closed_until);
        posted.lock.or(closed.then_some(Lock::ClosedBooks))
    }
}
