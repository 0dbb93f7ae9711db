//! `/api/v1/contracts/{id}/deficits` and `/balancing-invoices`: what was taken beyond a quota, and billing it.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    DocumentId,
    billing::{BalancedLine, BalancingPlan, balance},
    quota::Unit,
};
use serde::{Deserialize, Serialize};
use usecases::billing;
use utoipa::ToSchema;
use wire::{
    Noun,
    balancing::{BalancingInvoiceDraft, BalancingView, ChosenDeficit, NamedDeficit, refused},
};

use super::{
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    document_body::{DocumentBody, DocumentRefBody, VatBody},
    fields::Fields,
    values::{MoneyBody, RangeBody, Volume},
};

/// What would cover a deficit next.
#[derive(Debug, Serialize, ToSchema)]
pub struct NextCoverBody {
    /// The number of the period whose billing covers it, from 0.
    period: u32,
    /// The day on which that is due.
    due: NaiveDate,
    /// What it covers of the deficit.
    amount: Volume,
    /// Whether its billing was cancelled, so that only a re-run bills it.
    again: bool,
}

/// An open deficit.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeficitBody {
    draw: String,
    date: NaiveDate,
    /// What is open.
    amount: Volume,
    /// What it was drawn for.
    text: String,
    /// The document whose draw it is.
    document: Option<DocumentRefBody>,
    /// The next billing or re-run that covers something of it; none: only a balancing invoice or a free quota does.
    next_cover: Option<NextCoverBody>,
}

impl DeficitBody {
    fn new(unit: Unit, of: &NamedDeficit) -> DeficitBody {
        let document = of.document.as_ref();
        DeficitBody {
            draw: of.draw.to_string(),
            date: of.date,
            amount: Volume::new(unit, of.amount),
            text: of.text.clone(),
            document: document.map(|of| DocumentRefBody::new(of.id.to_string(), of.number.clone())),
            next_cover: of.next.map(|next| NextCoverBody {
                period: next.period,
                due: next.due_on,
                amount: Volume::new(unit, next.amount),
                again: next.again,
            }),
        }
    }
}

/// The open deficits of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeficitsBody {
    /// In the order of the draws.
    deficits: Vec<DeficitBody>,
    /// All of them together.
    open: Volume,
    /// The numbers of the periods whose billing was cancelled and whose re-run would cover something of this: whoever bills
    /// that and runs them again bills it twice.
    freed: Vec<u32>,
}

/// The open deficits of a contract, each with what would cover it next.
#[utoipa::path(get, path = "/contracts/{id}/deficits", params(("id" = String, Path)), responses(
    (status = 200, body = DeficitsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn deficits(caller: Caller, Path(contract): Path<String>) -> Result<Json<DeficitsBody>, Refusal> {
    let view = view(&caller, &contract).await?;
    let unit = view.unit();
    let open = view.facts.account.open_deficit().unwrap_or_default();
    let deficits = view.deficits.iter().map(|of| DeficitBody::new(unit, of)).collect();
    Ok(Json(DeficitsBody { deficits, open: Volume::new(unit, open), freed: view.freed().into_iter().collect() }))
}

/// A deficit to bill, or a part of it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct DeficitInput {
    draw: String,
    /// How much of it; left out: all.
    amount: Option<Volume>,
}

/// Which deficits are to be billed.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BalancingPlanInput {
    /// Left out: all that are open.
    deficits: Option<Vec<DeficitInput>>,
}

/// What a client saw that the invoice comes to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SeenInput {
    net: MoneyBody,
    gross: MoneyBody,
}

/// A balancing invoice to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BalancingInvoiceInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// Whether it is issued; otherwise it stays a draft.
    issue: bool,
    /// Left out: all that are open.
    deficits: Option<Vec<DeficitInput>>,
    /// What the plan came to; when it comes to something else now, nothing is stored.
    seen: Option<SeenInput>,
}

/// A line of the invoice: what was taken too much in one quota period.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancedLineBody {
    /// The quota period; none for draws dated before the first.
    period: Option<RangeBody>,
    amount: Volume,
    /// The amount at the overage rate, rounded once.
    net: MoneyBody,
    /// In per cent: as the quota was sold.
    vat_rate: String,
    deficits: Vec<BilledPartBody>,
}

/// What of a deficit is billed.
#[derive(Debug, Serialize, ToSchema)]
pub struct BilledPartBody {
    draw: String,
    amount: Volume,
}

/// What a balancing invoice would bill.
#[derive(Debug, Serialize, ToSchema)]
pub struct BalancingPlanBody {
    lines: Vec<BalancedLineBody>,
    /// What it bills and grants.
    amount: Volume,
    /// The net price of an hour; none for a quota of money.
    overage_rate: Option<String>,
    net: MoneyBody,
    vat: MoneyBody,
    gross: MoneyBody,
    /// Per rate, the highest first.
    rates: Vec<VatBody>,
    /// What stays open.
    left: Volume,
    /// The numbers of the periods whose billing was cancelled and whose re-run would cover something of this.
    freed: Vec<u32>,
}

impl BalancingPlanBody {
    fn new(view: &BalancingView, plan: &BalancingPlan) -> BalancingPlanBody {
        let (unit, currency) = (view.unit(), view.facts.contract.terms.currency);
        let money = |minor| MoneyBody::new(minor, currency);
        let line = |line: &BalancedLine| BalancedLineBody {
            period: line.period.map(RangeBody::from),
            amount: Volume::new(unit, line.amount),
            net: money(line.net),
            vat_rate: line.vat.to_string(),
            deficits: line
                .deficits
                .iter()
                .map(|part| BilledPartBody { draw: part.draw.to_string(), amount: Volume::new(unit, part.amount) })
                .collect(),
        };
        BalancingPlanBody {
            lines: plan.lines.iter().map(line).collect(),
            amount: Volume::new(unit, plan.amount),
            overage_rate: plan.rate.map(|rate| rate.to_string()),
            net: money(plan.totals.net),
            vat: money(plan.totals.vat),
            gross: money(plan.totals.gross),
            rates: VatBody::all(&plan.totals, currency),
            left: Volume::new(unit, plan.left),
            freed: view.freed().into_iter().collect(),
        }
    }
}

async fn view(caller: &Caller, contract: &str) -> Result<BalancingView, Refusal> {
    let contract = id(caller, contract, Noun::Contract)?;
    billing::balancing(&caller.house.env, &caller.call, contract).await.map_err(|r| caller.refuse(r))
}

/// What is named; none is all that is open.
fn chosen(fields: &mut Fields, unit: Unit, named: Option<&[DeficitInput]>) -> Option<Vec<ChosenDeficit>> {
    let mut parts = Vec::new();
    for (place, input) in named?.iter().enumerate() {
        let amount = input.amount.as_ref();
        let amount = amount.and_then(|amount| fields.volume(&format!("deficits.{place}.amount"), amount, unit));
        let draw = fields.id(&format!("deficits.{place}.draw"), &input.draw);
        parts.extend(draw.map(|draw| ChosenDeficit { place, draw, amount }));
    }
    Some(parts)
}

/// Plans a balancing invoice. Nothing is stored.
#[utoipa::path(post, path = "/contracts/{id}/balancing-invoices/plan", request_body = BalancingPlanInput,
    params(("id" = String, Path)), responses(
    (status = 200, body = BalancingPlanBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(
    Path(contract): Path<String>,
    command: Command<BalancingPlanInput>,
) -> Result<Json<BalancingPlanBody>, Refusal> {
    let Command { caller, body } = command;
    let view = view(&caller, &contract).await?;
    let mut fields = Fields::default();
    let deficits = chosen(&mut fields, view.unit(), body.deficits.as_deref());
    let deficits = fields.done(&caller, Some(deficits))?;
    let parts = view.parts(deficits.as_deref()).map_err(|problem| caller.refuse(problem))?;
    let at_its_field = |error| caller.refuse(refused(error, view.unit(), deficits.as_deref()));
    let planned = balance(&view.facts, &parts).map_err(at_its_field)?;
    Ok(Json(BalancingPlanBody::new(&view, &planned)))
}

/// Makes a balancing invoice: it bills open deficits at the overage rate of the contract, grants what it bills and covers
/// them. Deleting its draft or cancelling it opens them again.
#[utoipa::path(post, path = "/contracts/{id}/balancing-invoices", request_body = BalancingInvoiceInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(
    Path(contract): Path<String>,
    command: Command<BalancingInvoiceInput>,
) -> Result<(StatusCode, Json<DocumentBody>), Refusal> {
    let Command { caller, body } = command;
    let view = view(&caller, &contract).await?;
    let currency = view.facts.contract.terms.currency;
    let mut fields = Fields::default();
    let document: Option<DocumentId> = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let deficits = chosen(&mut fields, view.unit(), body.deficits.as_deref());
    let seen = body.seen.as_ref().map(|seen| {
        let net = fields.money("seen.net", &seen.net, currency);
        net.zip(fields.money("seen.gross", &seen.gross, currency)).unwrap_or_default()
    });
    let (contract, lang) = (view.facts.contract.id, caller.lang());
    let issue = body.issue;
    let draft = document.map(|id| BalancingInvoiceDraft { id, contract, deficits, issue, seen, lang });
    let draft = fields.done(&caller, draft)?;
    let page = billing::balance_contract(&caller.house.env, &caller.call, draft).await;
    let page = page.map_err(|refused| caller.refuse(refused))?;
    Ok((StatusCode::CREATED, Json(DocumentBody::new(page))))
}
