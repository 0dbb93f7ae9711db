//! `/api/v1/billing-runs`: runs, what came of them, and the dry run.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{ContractId, RunId};
use serde::{Deserialize, Serialize};
use usecases::billing;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun, Problem,
    billing::{MOST_CHOSEN, RunDraft, RunQuery, RunState, Selection},
};

use super::{
    billing_body::{PlanBody, RunBody, RunItemBody},
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    customers::id_from_key,
    fields::Fields,
};

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunList {
    billing_runs: Vec<RunBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// A run with a page of its items.
#[derive(Debug, Serialize, ToSchema)]
pub struct RunDetail {
    run: RunBody,
    /// What failed first, then what was skipped, then what was billed.
    items: Vec<RunItemBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// Which page of a list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct PageQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct RunsQuery {
    /// Only runs that are so far: `working`, `done`, or `failed` when something could not be billed.
    state: Option<String>,
    /// As of that day or later.
    from: Option<NaiveDate>,
    /// As of that day or earlier.
    until: Option<NaiveDate>,
    /// From the page before.
    cursor: Option<String>,
}

/// The runs, the latest first.
#[utoipa::path(get, path = "/billing-runs", params(RunsQuery), responses(
    (status = 200, body = RunList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<RunsQuery>) -> Result<Json<RunList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let state = match query.state.as_deref() {
        None => None,
        Some(name) => match RunState::from_name(name) {
            Some(state) => Some(state),
            None => return Err(caller.refuse(Problem::field("state", FieldReason::NotOneOf))),
        },
    };
    let ask = RunQuery { state, from: query.from, until: query.until, page, ..RunQuery::default() };
    let found = billing::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let billing_runs = found.rows.iter().map(RunBody::new).collect();
    Ok(Json(RunList { billing_runs, next: next(page, found.more) }))
}

/// A run with what came of its contracts.
#[utoipa::path(get, path = "/billing-runs/{id}", params(("id" = String, Path), PageQuery), responses(
    (status = 200, body = RunDetail),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(
    caller: Caller,
    Path(run): Path<String>,
    Query(query): Query<PageQuery>,
) -> Result<Json<RunDetail>, Refusal> {
    let run = id(&caller, &run, Noun::Run)?;
    let page = page(&caller, query.cursor.as_deref())?;
    let found = billing::page(&caller.house.env, &caller.call, run, page).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(RunDetail {
        run: RunBody::new(&found.row),
        items: found.items.iter().map(|item| RunItemBody::new(caller.lang(), item)).collect(),
        next: next(page, found.more),
    }))
}

/// A run to make.
#[derive(Debug, Deserialize, ToSchema)]
pub struct RunInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    as_of: NaiveDate,
    /// Whether the invoices are issued; otherwise they stay drafts.
    issue: bool,
    /// Only the automatic contracts of that customer, and the fees of the projects.
    customer: Option<String>,
    /// Only that contract, automatic or not; not together with a customer.
    contract: Option<String>,
    /// Only these contracts, automatic or not, at most 200; not together with anything else.
    #[serde(default)]
    contracts: Vec<String>,
    /// A re-run: the freed periods of that contract, and of no other.
    #[serde(default)]
    freed_of_contract: Option<String>,
    /// Only that one of them, from 0.
    #[serde(default)]
    freed_period: Option<u32>,
    /// A re-run: what of that run was cancelled.
    #[serde(default)]
    freed_of_run: Option<String>,
    /// Only the fees of that project.
    #[serde(default)]
    project: Option<String>,
    /// A re-run: the freed periods of the fees of that project.
    #[serde(default)]
    freed_of_project: Option<String>,
}

/// What a dry run is for.
#[derive(Debug, Deserialize, ToSchema)]
pub struct PlanInput {
    as_of: NaiveDate,
    /// Only the automatic contracts of that customer, and the fees of the projects.
    customer: Option<String>,
    /// Only that contract, automatic or not; not together with a customer.
    contract: Option<String>,
    /// Only these contracts, automatic or not, at most 200; not together with anything else.
    #[serde(default)]
    contracts: Vec<String>,
    /// A re-run: the freed periods of that contract, and of no other.
    #[serde(default)]
    freed_of_contract: Option<String>,
    /// Only that one of them, from 0.
    #[serde(default)]
    freed_period: Option<u32>,
    /// A re-run: what of that run was cancelled.
    #[serde(default)]
    freed_of_run: Option<String>,
    /// Only the fees of that project.
    #[serde(default)]
    project: Option<String>,
    /// A re-run: the freed periods of the fees of that project.
    #[serde(default)]
    freed_of_project: Option<String>,
}

/// Which of its fields are set says what a run is for; they exclude each other.
struct Wanted<'a> {
    customer: Option<&'a str>,
    contract: Option<&'a str>,
    contracts: &'a [String],
    freed: (Option<&'a str>, Option<u32>),
    run: Option<&'a str>,
    project: Option<&'a str>,
    freed_project: Option<&'a str>,
}

/// Chosen contracts, each once, in the order of their ids.
fn chosen(fields: &mut Fields, ids: &[String]) -> Option<Vec<ContractId>> {
    if ids.len() > MOST_CHOSEN {
        fields.wrong("contracts", FieldReason::TooMany { most: MOST_CHOSEN, found: ids.len() });
        return None;
    }
    let mut found = ids.iter().map(|id| fields.id("contracts", id)).collect::<Option<Vec<ContractId>>>()?;
    found.sort_unstable();
    found.dedup();
    Some(found)
}

/// A run for the fees of one project, which goes with nothing else.
fn of_project(fields: &mut Fields, wanted: &Wanted<'_>) -> Option<Selection> {
    let contracts = !wanted.contracts.is_empty() || wanted.contract.is_some() || wanted.freed != (None, None);
    match (wanted.project, wanted.freed_project) {
        (Some(project), None) if !contracts && wanted.customer.is_none() && wanted.run.is_none() => {
            fields.id("project", project).map(Selection::Project)
        }
        (None, Some(project)) if !contracts && wanted.customer.is_none() && wanted.run.is_none() => {
            fields.id("freed_of_project", project).map(Selection::FreedFees)
        }
        (Some(_), _) => fields.choice("project", None),
        (None, _) => fields.choice("freed_of_project", None),
    }
}

fn selection(fields: &mut Fields, wanted: &Wanted<'_>) -> Option<Selection> {
    if wanted.project.is_some() || wanted.freed_project.is_some() {
        return of_project(fields, wanted);
    }
    if !wanted.contracts.is_empty() {
        let nothing_else =
            (wanted.customer, wanted.contract, wanted.freed, wanted.run) == (None, None, (None, None), None);
        if !nothing_else {
            return fields.choice("contracts", None);
        }
        return chosen(fields, wanted.contracts).map(Selection::Chosen);
    }
    match (wanted.customer, wanted.contract, wanted.freed, wanted.run) {
        (None, None, (None, None), None) => Some(Selection::All),
        (Some(customer), None, (None, None), None) => fields.id("customer", customer).map(Selection::Customer),
        (None, Some(contract), (None, None), None) => fields.id("contract", contract).map(Selection::Contract),
        (None, None, (Some(contract), period), None) => {
            fields.id("freed_of_contract", contract).map(|contract| Selection::Freed(contract, period))
        }
        (None, None, (None, None), Some(run)) => fields.id("freed_of_run", run).map(Selection::FreedOf),
        (None, None, (None, Some(_)), None) => fields.choice("freed_period", None),
        (.., Some(_)) => fields.choice("freed_of_run", None),
        (_, _, (Some(_), _), _) => fields.choice("freed_of_contract", None),
        _ => fields.choice("contract", None),
    }
}

/// Makes a run and begins to work on it; `GET /billing-runs/{id}` tells how far it is.
#[utoipa::path(post, path = "/billing-runs", request_body = RunInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = RunBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<RunInput>) -> Result<(StatusCode, Json<RunBody>), Refusal> {
    let Command { caller, body } = command;
    let wanted = Wanted {
        customer: body.customer.as_deref(),
        contract: body.contract.as_deref(),
        contracts: &body.contracts,
        freed: (body.freed_of_contract.as_deref(), body.freed_period),
        run: body.freed_of_run.as_deref(),
        project: body.project.as_deref(),
        freed_project: body.freed_of_project.as_deref(),
    };
    let mut fields = Fields::default();
    let run: Option<RunId> = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let selection = selection(&mut fields, &wanted);
    let draft =
        run.zip(selection).map(|(id, selection)| RunDraft { id, as_of: body.as_of, issue: body.issue, selection });
    let draft = fields.done(&caller, draft)?;
    let row = billing::launch(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(RunBody::new(&row))))
}

/// The dry run: what a run would do. Nothing is stored.
#[utoipa::path(post, path = "/billing-runs/plan", request_body = PlanInput, responses(
    (status = 200, body = PlanBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(command: Command<PlanInput>) -> Result<Json<PlanBody>, Refusal> {
    let Command { caller, body } = command;
    let wanted = Wanted {
        customer: body.customer.as_deref(),
        contract: body.contract.as_deref(),
        contracts: &body.contracts,
        freed: (body.freed_of_contract.as_deref(), body.freed_period),
        run: body.freed_of_run.as_deref(),
        project: body.project.as_deref(),
        freed_project: body.freed_of_project.as_deref(),
    };
    let mut fields = Fields::default();
    let selection = selection(&mut fields, &wanted);
    let selection = fields.done(&caller, selection)?;
    let plan = billing::plan(&caller.house.env, &caller.call, body.as_of, selection).await;
    let plan = plan.map_err(|refused| caller.refuse(refused))?;
    Ok(Json(PlanBody::new(caller.lang(), &plan)))
}
