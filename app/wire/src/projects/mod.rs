//! Projects: list, page and editor, their tasks and billing lines, and what is left on them.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use domain::{
    AccountId, BillingLineId, Currency, CustomerId, DateRange, ProjectId, TaskId, UserId,
    quota::{Amount, Overbooking, Unit},
    splitting::{BillingLine, BookingRounding, Facts, Pays},
};
use serde::{Deserialize, Serialize};

use crate::{articles::ArticleRow, contracts::CustomerRef, customers::AccountRow, history::Change};

mod fee;
mod forms;
mod from_article;
mod invoicing;
mod lines;
mod template;
mod whole;

pub(crate) use fee::interval;
pub use fee::{MOST_PERIODS, interval_parts};
pub use forms::{
    Bookers, MOST_PEOPLE, MOST_TASKS, PROJECT_NAME, ProjectDraft, ProjectForm, TaskForm, TasksDraft, TasksForm,
    own_rounding, own_splitting, rounding, rounding_name, splitting_name, task_faults,
};
pub use invoicing::{
    ActivityReport, InvoiceAsk, InvoicePlanView, InvoiceProjectDraft, InvoiceProjectForm, LeftOutRow, MOST_NAMED,
    ReportLine, ReportRow, invoice_error_text, invoice_line_text, invoice_refused, not_charged_text, period,
};
pub use lines::{DraftKind, LineDraft, LineForm, LinesDraft, LinesForm, MOST_LINES};
pub use template::{
    FromTemplate, PartsOf, ProjectTemplate, ProjectTemplateDraft, ProjectTemplateForm, ProjectTemplatePage,
    TEMPLATE_LEAD, TemplateParts,
};
pub use whole::{WholeProject, WholeProjectForm};

/// A project as other things name it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRef {
    /// The project.
    pub id: ProjectId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
}

/// Somebody who works here, as other things name them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonRef {
    /// The person.
    pub id: UserId,
    /// The name for the screen.
    pub name: String,
}

/// A task of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskRow {
    /// The task.
    pub id: TaskId,
    /// Its name.
    pub name: String,
    /// Nothing is booked on it any more.
    pub closed: bool,
}

/// A billing line by its name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NamedLine {
    /// The line.
    pub id: BillingLineId,
    /// Its name.
    pub name: String,
    /// How its time is paid for; none in an answer that was kept before that was told.
    pub pays: Option<Pays>,
}

/// Whether a project is worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectState {
    /// Time is booked on it.
    Open,
    /// Nothing is booked on it any more.
    Closed,
}

impl ProjectState {
    /// Both.
    pub const ALL: [ProjectState; 2] = [ProjectState::Open, ProjectState::Closed];

    /// The name in addresses and in REST.
    pub const fn name(self) -> &'static str {
        match self {
            ProjectState::Open => "open",
            ProjectState::Closed => "closed",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<ProjectState> {
        ProjectState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The state of a project that is closed or not.
    pub const fn of(closed: bool) -> ProjectState {
        if closed { ProjectState::Closed } else { ProjectState::Open }
    }
}

/// The columns by which the list of projects can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProjectSort {
    /// By number.
    #[default]
    Number,
    /// By name.
    Name,
}

/// What the list of projects shows; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ProjectQuery {
    /// The beginning of a number or name, or beginnings of words of the customer that must all occur.
    pub q: String,
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// Only those that are so.
    pub state: Option<ProjectState>,
    /// The column.
    pub sort: ProjectSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// How many projects a page of the list shows.
pub const PROJECTS_PER_PAGE: u32 = 50;

/// A project in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectRow {
    /// The project.
    pub id: ProjectId,
    /// Its number.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub customer: CustomerRef,
    /// Nothing is booked on it any more.
    pub closed: bool,
}

impl ProjectRow {
    /// As other things name it.
    pub fn named(&self) -> ProjectRef {
        ProjectRef { id: self.id, number: self.number.clone(), name: self.name.clone() }
    }
}

/// The account of a collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineAccount {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
    /// Whether it may be overdrawn.
    pub overbooking: Overbooking,
    /// What is left of it today; a lot of an allowance that nothing has touched counts as full.
    pub left: Amount,
}

/// A billing line of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineRow {
    /// What it does.
    pub line: BillingLine,
    /// Its name.
    pub name: String,
    /// Whether the time that it collects is shown on activity reports.
    pub reported: bool,
    /// The account of a collector.
    pub account: Option<LineAccount>,
}

/// The page of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectPage {
    /// What the list shows of it.
    pub row: ProjectRow,
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The currency of its rates.
    pub currency: Currency,
    /// Whether its bookings may be split; none: as the company says.
    pub splitting: Option<bool>,
    /// Whether they may be split now.
    pub splits: bool,
    /// How its bookings are rounded; none: as is agreed.
    pub rounding: Option<BookingRounding>,
    /// How they are today by the contract from whose quota its first line collects that has such a one.
    pub agreed: Option<BookingRounding>,
    /// Whether only those may book on it whom it names; else everybody who books time.
    #[serde(default)]
    pub limited: bool,
    /// Whom it names.
    pub people: Vec<PersonRef>,
    /// Its tasks, in their order.
    pub tasks: Vec<TaskRow>,
    /// Its billing lines, in their order: the waterfall.
    pub lines: Vec<LineRow>,
    /// Where the accounts of its collectors stand today, each once; a lot of an allowance that nothing has touched
    /// counts as full.
    pub accounts: Vec<AccountRow>,
    /// How many of its bookings have time that no line takes.
    #[serde(default)]
    pub unassigned: u64,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
}

/// An account from which a collector can draw.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownAccount {
    /// The account.
    pub id: AccountId,
    /// Its name.
    pub name: String,
    /// What it counts.
    pub unit: Unit,
}

/// What the editor of a project works with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectEditor {
    /// The project; none of a new one.
    pub project: Option<ProjectPage>,
    /// Whose it is, if that is known.
    pub customer: Option<CustomerRef>,
    /// The accounts of the customer that no allowance fills.
    pub accounts: Vec<KnownAccount>,
    /// Everybody who works here.
    pub people: Vec<PersonRef>,
    /// Whether the company splits bookings.
    pub splits: bool,
    /// The articles of which a billing line can be made, by number.
    pub articles: Vec<ArticleRow>,
    /// The templates of the company with which a new one can begin, by name; none of one that is there.
    pub templates: Vec<ProjectTemplate>,
}

/// A project on which a person can book.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookableProject {
    /// The project.
    pub project: ProjectRef,
    /// Whose it is.
    pub customer: CustomerRef,
    /// Its open tasks, in their order.
    pub tasks: Vec<TaskRow>,
}

/// What bookings of a project are previewed with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BookingFacts {
    /// The project.
    pub project: ProjectRef,
    /// The days for which they are complete: of a booking to add any of them, of one to change or move what it reaches.
    pub days: DateRange,
    /// What is decided on. Notes of other bookings are left out, and for whoever does not see all projects also whose they
    /// are and when they began.
    pub facts: Facts,
    /// The tasks of the project, in their order.
    pub tasks: Vec<TaskRow>,
    /// The names of its lines, also of those that were taken out.
    pub lines: Vec<NamedLine>,
}

/// What is left on a collector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineLeft {
    /// The line.
    pub line: BillingLineId,
    /// Its name.
    pub name: String,
    /// The tasks to which it is limited; none: all tasks of the project.
    pub tasks: Option<BTreeSet<TaskId>>,
    /// The account that it draws; one of those that are left.
    pub account: AccountId,
    /// What its account counts.
    pub unit: Unit,
    /// What is left on the day.
    pub left: Amount,
    /// What an allowance gives for its period, and which one that is; none of a prepaid block, and before it starts.
    pub period: Option<(Amount, DateRange)>,
}

/// What is left of a project.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProjectLeft {
    /// The project.
    pub project: ProjectRef,
    /// Its collectors, in their order.
    pub lines: Vec<LineLeft>,
}

/// As many projects as are asked about at once.
pub const MOST_LEFT: usize = 12;

/// What is left on an account of a customer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLeft {
    /// What it is called: as the line that draws it, or by its own name.
    pub name: String,
    /// The open projects whose lines draw it, by number; none of a quota that no project draws.
    pub projects: Vec<ProjectRef>,
    /// Where it stands on the day; a lot of an allowance that nothing has touched counts as full.
    pub account: AccountRow,
}

/// What is left for a customer on a day.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerLeft {
    /// The customer.
    pub customer: CustomerId,
    /// The day.
    pub date: NaiveDate,
    /// The open projects that have a collector, by number.
    pub projects: Vec<ProjectLeft>,
    /// Every account that these draw, and every other one on which something is granted or open on the day; each once.
    pub accounts: Vec<AccountLeft>,
}
