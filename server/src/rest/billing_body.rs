//! How billing runs look in JSON.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::Serialize;
use texts::Lang;
use utoipa::ToSchema;
use wire::{
    Problem,
    billing::{BilledOf, NotBilled, PlannedDeficit, RunItem, RunPlan, RunRow, RunTotals, RunUndoState, Selection},
};

use super::{
    booking_body::BookingRefBody,
    contract_body::CustomerRefBody,
    values::{MoneyBody, RangeBody, Volume},
};

/// What is billed in one currency.
#[derive(Debug, Serialize, ToSchema)]
pub struct SumBody {
    /// Without VAT.
    net: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
}

/// The figures of a run or dry run.
#[derive(Debug, Serialize, ToSchema)]
pub struct TotalsBody {
    /// Periods that are billed.
    billed: u64,
    /// Invoices.
    invoices: u64,
    /// Contracts and fees that are skipped.
    skipped: u64,
    /// Contracts and fees that cannot be billed.
    failed: u64,
    /// What is billed, per currency.
    sums: Vec<SumBody>,
}

impl TotalsBody {
    fn new(totals: &RunTotals) -> TotalsBody {
        let sum = |sum: &wire::billing::RunSum| SumBody {
            net: MoneyBody::new(sum.net, sum.currency),
            gross: MoneyBody::new(sum.gross, sum.currency),
        };
        TotalsBody {
            billed: totals.billed,
            invoices: totals.invoices,
            skipped: totals.skipped,
            failed: totals.failed,
            sums: totals.sums.iter().map(sum).collect(),
        }
    }
}

/// A billing run.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunBody {
    id: String,
    as_of: NaiveDate,
    /// Whether its invoices are issued; otherwise they stay drafts.
    issue: bool,
    /// Whether the program made it by itself.
    nightly: bool,
    /// Only the contracts of that customer, and the fees of the projects.
    customer: Option<String>,
    /// Only that contract.
    contract: Option<String>,
    /// Only these contracts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    chosen: Vec<String>,
    /// A re-run: only freed periods of that contract.
    freed_of_contract: Option<String>,
    /// Only that one of them.
    freed_period: Option<u32>,
    /// A re-run: only what of that run was cancelled.
    freed_of_run: Option<String>,
    /// Only the fees of that project.
    project: Option<String>,
    /// A re-run: only freed periods of the fees of that project.
    freed_of_project: Option<String>,
    started_at: DateTime<FixedOffset>,
    started_by: String,
    /// None while it works.
    ended_at: Option<DateTime<FixedOffset>>,
    /// How many contracts and fees were due when it began.
    contracts: u64,
    /// With how many of them it is done.
    done: u64,
    totals: TotalsBody,
    /// How far its latest cancellation as a whole is; none in lists, and where it has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cancellation: Option<RunCancellationBody>,
}

/// How far the cancellation of a run is.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunCancellationBody {
    reason: String,
    started_at: DateTime<FixedOffset>,
    started_by: String,
    /// None while it goes on.
    ended_at: Option<DateTime<FixedOffset>>,
    /// How many documents it began with.
    documents: u64,
    /// With how many of them it is done.
    done: u64,
    /// How many of these were left as they were.
    refused: u64,
}

impl RunCancellationBody {
    fn new(undo: &RunUndoState) -> RunCancellationBody {
        RunCancellationBody {
            reason: undo.reason.clone(),
            started_at: undo.started,
            started_by: undo.by.clone(),
            ended_at: undo.ended,
            documents: undo.documents,
            done: undo.done,
            refused: undo.refused,
        }
    }
}

impl RunBody {
    /// From a row of the list.
    pub fn new(row: &RunRow) -> RunBody {
        let (customer, contract) = match &row.selection {
            Selection::Customer(id) => (Some(id.to_string()), None),
            Selection::Contract(id) => (None, Some(id.to_string())),
            _ => (None, None),
        };
        let (project, freed_of_project) = match &row.selection {
            Selection::Project(id) => (Some(id.to_string()), None),
            Selection::FreedFees(id) => (None, Some(id.to_string())),
            _ => (None, None),
        };
        let contracts = match &row.selection {
            Selection::Chosen(ids) => ids.iter().map(ToString::to_string).collect(),
            _ => Vec::new(),
        };
        let (freed_of_contract, freed_period) = match &row.selection {
            Selection::Freed(id, period) => (Some(id.to_string()), *period),
            _ => (None, None),
        };
        let freed_of_run = match &row.selection {
            Selection::FreedOf(run) => Some(run.to_string()),
            _ => None,
        };
        RunBody {
            id: row.id.to_string(),
            as_of: row.as_of,
            issue: row.issue,
            nightly: row.nightly,
            customer,
            contract,
            chosen: contracts,
            freed_of_contract,
            freed_period,
            freed_of_run,
            project,
            freed_of_project,
            started_at: row.started,
            started_by: row.by.clone(),
            ended_at: row.ended,
            contracts: row.contracts,
            done: row.done,
            totals: TotalsBody::new(&row.totals),
            cancellation: row.undo.as_ref().map(RunCancellationBody::new),
        }
    }
}

/// Why a period is not billed.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotBilledBody {
    /// `not_automatic`, `already_billed`, `not_freed`, `refused` or `internal`.
    reason: &'static str,
    /// The sentence for a person where something has to be mended.
    detail: Option<String>,
}

impl NotBilledBody {
    /// In that language.
    pub fn new(lang: Lang, reason: &NotBilled) -> NotBilledBody {
        let (reason, detail) = match reason {
            NotBilled::NotAutomatic => ("not_automatic", None),
            NotBilled::AlreadyBilled => ("already_billed", None),
            NotBilled::NotFreed => ("not_freed", None),
            NotBilled::Refused { error, unit } => ("refused", Some(wire::bill_text(lang, *unit, error))),
            NotBilled::Internal { ticket } => {
                ("internal", Some(Problem::Internal { ticket: ticket.clone() }.text(lang)))
            }
        };
        NotBilledBody { reason, detail }
    }

    /// The sentence, or the stable name where there is none.
    pub fn sentence(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.reason)
    }
}

/// What a quota period gets.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeriodGrantBody {
    amount: Volume,
    /// The quota period.
    period: RangeBody,
}

/// What a run does or did with a period of a contract or a fee.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunItemBody {
    /// The contract; none of a fee.
    contract: Option<String>,
    contract_number: Option<String>,
    /// Of a fee: the billing line.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<FeeOfBody>,
    customer: CustomerRefBody,
    /// The number of the period, from 0.
    period: u32,
    /// What is billed of it.
    service: Option<RangeBody>,
    /// Without VAT.
    net: MoneyBody,
    /// What a dry run says that it grants.
    grants: Vec<PeriodGrantBody>,
    /// The id of the invoice; none in a dry run.
    document: Option<String>,
    /// Its number; none as long as it is a draft.
    document_number: Option<String>,
    not_billed: Option<NotBilledBody>,
}

/// The billing line whose fee is billed, with its project.
#[derive(Debug, Serialize, ToSchema)]
pub struct FeeOfBody {
    id: String,
    name: String,
    project: String,
    project_number: String,
}

impl RunItemBody {
    /// With its reasons in that language.
    pub fn new(lang: Lang, item: &RunItem) -> RunItemBody {
        let grants = item.grants.iter().map(|(period, amount, unit)| PeriodGrantBody {
            amount: Volume::new(*unit, *amount),
            period: (*period).into(),
        });
        let (contract, line) = match &item.of {
            BilledOf::Contract { id, number } => (Some((id.to_string(), number.clone())), None),
            BilledOf::Fee { line, name, project } => {
                let (id, name) = (line.to_string(), name.clone());
                let (project, project_number) = (project.id.to_string(), project.number.clone());
                (None, Some(FeeOfBody { id, name, project, project_number }))
            }
        };
        let (contract, contract_number) = contract.unzip();
        RunItemBody {
            contract,
            contract_number,
            line,
            customer: item.customer.clone().into(),
            period: item.period,
            service: item.service.map(RangeBody::from),
            net: item.net.into(),
            grants: grants.collect(),
            document: item.document.as_ref().map(|(id, _)| id.to_string()),
            document_number: item.document.as_ref().and_then(|(_, number)| number.clone()),
            not_billed: item.not_billed.as_ref().map(|reason| NotBilledBody::new(lang, reason)),
        }
    }
}

/// An open deficit as a re-run leaves it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlannedDeficitBody {
    contract: String,
    contract_number: String,
    draw: String,
    date: NaiveDate,
    /// What is covered of it.
    covered: Volume,
    /// What stays uncovered.
    uncovered: Volume,
    /// The id of the document whose draw it is.
    document: Option<String>,
    /// Its number; none as long as it is a draft.
    document_number: Option<String>,
    /// The booking whose draw it is; neither of a draw by hand.
    booking: Option<BookingRefBody>,
}

impl PlannedDeficitBody {
    fn new(left: &PlannedDeficit) -> PlannedDeficitBody {
        PlannedDeficitBody {
            contract: left.contract.to_string(),
            contract_number: left.contract_number.clone(),
            draw: left.draw.to_string(),
            date: left.date,
            covered: Volume::new(left.unit, left.covered),
            uncovered: Volume::new(left.unit, left.uncovered),
            document: left.document.as_ref().map(|document| document.id.to_string()),
            document_number: left.document.as_ref().and_then(|document| document.number.clone()),
            booking: left.booking.clone().map(BookingRefBody::from),
        }
    }
}

/// What a run would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanBody {
    as_of: NaiveDate,
    /// The figures of all of it.
    totals: TotalsBody,
    /// The first of its items: what fails, what is skipped, what is billed.
    items: Vec<RunItemBody>,
    /// Whether there are more items than these.
    more: bool,
    /// Of a re-run: the open deficits of the accounts, and what of each it covers.
    deficits: Vec<PlannedDeficitBody>,
}

impl PlanBody {
    /// With its reasons in that language.
    pub fn new(lang: Lang, plan: &RunPlan) -> PlanBody {
        PlanBody {
            as_of: plan.as_of,
            totals: TotalsBody::new(&plan.totals),
            items: plan.items.iter().map(|item| RunItemBody::new(lang, item)).collect(),
            more: plan.more,
            deficits: plan.deficits.iter().map(PlannedDeficitBody::new).collect(),
        }
    }
}
