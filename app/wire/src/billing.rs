//! Billing runs: what is asked for, what would come of it, what came of it.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    BillingLineId, ContractId, Currency, CustomerId, DateRange, DocumentId, DrawId, Money, ProjectId, RunId,
    contracts::BillError,
    quota::{Amount, Unit},
};
use serde::{Deserialize, Serialize};
use texts::{Lang, say};

use crate::{
    FieldProblem, FieldReason, Problem, bill_text,
    bookings::BookingRef,
    contracts::CustomerRef,
    documents::DocumentRef,
    projects::ProjectRef,
    read::{day, done, id},
};

mod undo;

pub use undo::{RUN_UNDO_PER_PAGE, RunCancelDraft, RunCancelForm, RunUndo, RunUndoItem, RunUndoState, SinceSeen};

/// The most contracts that a run can be made for by choosing them.
pub const MOST_CHOSEN: usize = 200;

/// What a run is for.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// All automatic contracts, and the fees of all projects.
    #[default]
    All,
    /// The automatic contracts of that customer, and the fees of the projects.
    Customer(CustomerId),
    /// That contract, automatic or not.
    Contract(ContractId),
    /// These contracts, automatic or not.
    Chosen(Vec<ContractId>),
    /// The freed periods of that contract, again: all of them, or that one.
    Freed(ContractId, Option<u32>),
    /// What of that run was cancelled, again.
    FreedOf(RunId),
    /// The fees of that project.
    Project(ProjectId),
    /// The freed periods of the fees of that project, again.
    FreedFees(ProjectId),
}

impl Selection {
    /// Whether it bills again what a cancellation freed.
    pub fn reruns(&self) -> bool {
        matches!(self, Selection::Freed(..) | Selection::FreedOf(_) | Selection::FreedFees(_))
    }
}

/// What is to be billed as an address or a form says it: all empty is everything that is due.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// A contract that is billed alone.
    pub contract: String,
    /// Contracts that were chosen, with commas between their ids.
    pub contracts: String,
    /// A contract whose freed periods are billed again.
    pub freed_contract: String,
    /// Of those only the one with that number.
    pub freed_period: String,
    /// A run; what of it was cancelled is billed again.
    pub freed_run: String,
    /// A project whose fees are billed alone.
    pub project: String,
    /// A project; the freed periods of its fees are billed again.
    pub freed_project: String,
}

impl Scope {
    /// Whether it bills again what a cancellation freed.
    pub fn reruns(&self) -> bool {
        !self.freed_contract.is_empty() || !self.freed_run.is_empty() || !self.freed_project.is_empty()
    }

    /// The selection, or every wrong field.
    pub fn check(&self) -> Result<Selection, Problem> {
        let mut problems = Vec::new();
        let selection = self.read(&mut problems);
        done(selection, problems)
    }

    fn read(&self, problems: &mut Vec<FieldProblem>) -> Option<Selection> {
        if !self.freed_run.is_empty() {
            return id(problems, "freed_run", &self.freed_run).map(Selection::FreedOf);
        }
        if !self.freed_project.is_empty() {
            return id(problems, "freed_project", &self.freed_project).map(Selection::FreedFees);
        }
        if !self.freed_contract.is_empty() {
            let period = match self.freed_period.as_str() {
                "" => None,
                typed => Some(crate::read::choice(problems, "freed_period", typed.parse().ok())),
            };
            let contract = id(problems, "freed_contract", &self.freed_contract);
            return contract.map(|contract| Selection::Freed(contract, period));
        }
        if !self.contract.is_empty() {
            return id(problems, "contract", &self.contract).map(Selection::Contract);
        }
        if !self.contracts.is_empty() {
            return chosen(problems, &self.contracts).map(Selection::Chosen);
        }
        if !self.project.is_empty() {
            return id(problems, "project", &self.project).map(Selection::Project);
        }
        Some(Selection::All)
    }
}

/// Chosen contracts, each once, in the order of their ids.
fn chosen(problems: &mut Vec<FieldProblem>, typed: &str) -> Option<Vec<ContractId>> {
    let mut found = Vec::new();
    for one in typed.split(',') {
        found.push(id(problems, "contracts", one)?);
    }
    found.sort_unstable();
    found.dedup();
    if found.len() > MOST_CHOSEN {
        let reason = FieldReason::TooMany { most: MOST_CHOSEN, found: found.len() };
        problems.push(FieldProblem::at("contracts", reason));
        return None;
    }
    Some(found)
}

/// A run as typed into the form.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunForm {
    /// Made by the client.
    pub id: String,
    /// As of which day.
    pub as_of: String,
    /// `issue` or `draft`: what becomes of the invoices.
    pub result: String,
    /// What it is for.
    pub scope: Scope,
}

/// A run whose fields are right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunDraft {
    /// Made by the client.
    pub id: RunId,
    /// As of which day.
    pub as_of: NaiveDate,
    /// Whether the invoices are issued; otherwise they stay drafts.
    pub issue: bool,
    /// What it is for.
    pub selection: Selection,
}

impl RunForm {
    /// Turns what was typed into a draft, or names every wrong field.
    pub fn check(&self) -> Result<RunDraft, Problem> {
        let mut problems = Vec::new();
        let run = id(&mut problems, "id", &self.id);
        let as_of = day(&mut problems, "as_of", &self.as_of);
        let issue = match self.result.as_str() {
            "issue" => Some(true),
            "draft" => Some(false),
            _ => None,
        };
        let issue = crate::read::choice(&mut problems, "result", issue);
        let selection = self.scope.read(&mut problems);
        done(run.zip(selection).map(|(id, selection)| RunDraft { id, as_of, issue, selection }), problems)
    }
}

/// Why a period was not billed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum NotBilled {
    /// The contract is billed by hand only.
    NotAutomatic,
    /// Somebody else billed it meanwhile.
    AlreadyBilled,
    /// No freed period of it is due.
    NotFreed,
    /// It cannot be billed; amounts are in that unit.
    Refused {
        /// Why.
        error: BillError,
        /// The unit of its figures.
        unit: Unit,
    },
    /// The program failed at it; the run can be repeated.
    Internal {
        /// A number that stands in the log too.
        ticket: String,
    },
}

impl NotBilled {
    /// Whether it is no fault: nothing has to be mended.
    pub fn is_skipped(&self) -> bool {
        matches!(self, NotBilled::NotAutomatic | NotBilled::AlreadyBilled | NotBilled::NotFreed)
    }

    /// The sentence for a person.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            NotBilled::NotAutomatic => say::not_billed_by_hand(lang).to_owned(),
            NotBilled::AlreadyBilled => say::not_billed_already(lang).to_owned(),
            NotBilled::NotFreed => say::not_billed_not_freed(lang).to_owned(),
            NotBilled::Refused { error, unit } => bill_text(lang, *unit, error),
            NotBilled::Internal { ticket } => say::not_billed_internal(lang, ticket),
        }
    }
}

/// Whose period a run bills.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BilledOf {
    /// A contract's.
    Contract {
        /// The contract.
        id: ContractId,
        /// Its number.
        number: String,
    },
    /// That of the fee of a billing line.
    Fee {
        /// The line.
        line: BillingLineId,
        /// Its name.
        name: String,
        /// Its project.
        project: ProjectRef,
    },
}

impl BilledOf {
    /// The number of the contract or of the project.
    pub fn number(&self) -> &str {
        match self {
            BilledOf::Contract { number, .. } => number,
            BilledOf::Fee { project, .. } => &project.number,
        }
    }
}

/// What a run does or did with a period of a contract or a fee.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunItem {
    /// Whose period it is.
    pub of: BilledOf,
    /// To whom it is billed.
    pub customer: CustomerRef,
    /// The number of the period.
    pub period: u32,
    /// What is billed of it; none where nothing is.
    pub service: Option<DateRange>,
    /// Without VAT.
    pub net: Money,
    /// What it grants, each with its quota period.
    pub grants: Vec<(DateRange, Amount, Unit)>,
    /// The invoice; none in a plan and where nothing was billed.
    pub document: Option<(DocumentId, Option<String>)>,
    /// Why it was not billed.
    pub not_billed: Option<NotBilled>,
}

impl RunItem {
    /// The contract, if it is the period of one.
    pub fn contract(&self) -> Option<ContractId> {
        match self.of {
            BilledOf::Contract { id, .. } => Some(id),
            BilledOf::Fee { .. } => None,
        }
    }
}

/// Sums of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunSum {
    /// The currency.
    pub currency: Currency,
    /// Without VAT, in minor units.
    pub net: i64,
    /// With VAT, in minor units.
    pub gross: i64,
}

/// The figures of a run or plan.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RunTotals {
    /// Periods that are billed.
    pub billed: u64,
    /// Invoices.
    pub invoices: u64,
    /// Contracts and fees that are skipped.
    pub skipped: u64,
    /// Contracts and fees that cannot be billed.
    pub failed: u64,
    /// What is billed, per currency.
    pub sums: Vec<RunSum>,
}

/// What a run would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPlan {
    /// As of which day.
    pub as_of: NaiveDate,
    /// The figures of all of it.
    pub totals: RunTotals,
    /// The first of its items: what fails, what is skipped, what is billed.
    pub items: Vec<RunItem>,
    /// Whether there are more items than these.
    pub more: bool,
    /// Of a re-run: the open deficits of the accounts, and what of each it covers.
    #[serde(default)]
    pub deficits: Vec<PlannedDeficit>,
}

/// An open deficit as a re-run leaves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedDeficit {
    /// The contract of the account.
    pub contract: ContractId,
    /// Its number.
    pub contract_number: String,
    /// What the account counts, and so the amounts.
    pub unit: Unit,
    /// The draw.
    pub draw: DrawId,
    /// The date of the draw.
    pub date: NaiveDate,
    /// What is covered of it.
    pub covered: Amount,
    /// What stays uncovered.
    pub uncovered: Amount,
    /// The document whose draw it is.
    pub document: Option<DocumentRef>,
    /// The booking whose draw it is; neither of a draw by hand.
    pub booking: Option<BookingRef>,
}

/// The columns by which the list of runs can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunSort {
    /// The latest first.
    #[default]
    Started,
    /// By the day as of which it bills, the latest first.
    AsOf,
}

/// How far a run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunState {
    /// Somebody works on it.
    Working,
    /// It has ended.
    Done,
    /// Something of it could not be billed.
    Failed,
}

impl RunState {
    /// Every state.
    pub const ALL: [RunState; 3] = [RunState::Working, RunState::Done, RunState::Failed];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            RunState::Working => "working",
            RunState::Done => "done",
            RunState::Failed => "failed",
        }
    }

    /// The state of that name.
    pub fn from_name(name: &str) -> Option<RunState> {
        RunState::ALL.into_iter().find(|state| state.name() == name)
    }
}

/// What the list of runs shows; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct RunQuery {
    /// Only those that are so far.
    pub state: Option<RunState>,
    /// As of that day or later.
    pub from: Option<NaiveDate>,
    /// As of that day or earlier.
    pub until: Option<NaiveDate>,
    /// The column.
    pub sort: RunSort,
    /// The other way round.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// A run in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunRow {
    /// The run.
    pub id: RunId,
    /// As of which day.
    pub as_of: NaiveDate,
    /// Whether its invoices are issued.
    pub issue: bool,
    /// Whether the scheduler made it.
    pub nightly: bool,
    /// What it is for.
    pub selection: Selection,
    /// When it began.
    pub started: DateTime<FixedOffset>,
    /// Who made it.
    pub by: String,
    /// When it ended; none while it works.
    pub ended: Option<DateTime<FixedOffset>>,
    /// How many contracts and fees were due when it began.
    pub contracts: u64,
    /// How many of them are done with.
    pub done: u64,
    /// What came of it so far.
    pub totals: RunTotals,
    /// How far its latest cancellation as a whole is, if it has one; lists do not say.
    #[serde(default)]
    pub undo: Option<RunUndoState>,
}

impl RunRow {
    /// Whether somebody works on it: it bills, or it is being cancelled.
    pub fn busy(&self) -> bool {
        self.ended.is_none() || self.undo.as_ref().is_some_and(|undo| undo.ended.is_none())
    }
}

/// The page of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunPage {
    /// The run.
    pub row: RunRow,
    /// A page of its items: what failed, what was skipped, what was billed.
    pub items: Vec<RunItem>,
    /// The page, from 1.
    pub page: u32,
    /// Whether there is a page after this one.
    pub more: bool,
    /// How many periods of it were freed since and not billed again.
    #[serde(default)]
    pub freed: usize,
    /// Whether a document of it still stands.
    #[serde(default)]
    pub stands: bool,
    /// What came of its latest cancellation as a whole.
    #[serde(default)]
    pub undo: Option<RunUndo>,
}

/// How many items a page shows.
pub const RUN_ITEMS_PER_PAGE: usize = 100;
