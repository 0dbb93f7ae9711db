//! `/api/v1/contracts`: the list, a contract, creating and changing one.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    ContractId,
    contracts::{Contract, ContractState, Terms},
};
use serde::{Deserialize, Serialize};
use usecases::{Refused, contract_types, contracts};
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun, Problem,
    contracts::{ContractDraft, ContractQuery, ContractRow},
};

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    commands::as_sent,
    contract_body::{ContractBody, CustomerRefBody},
    customers::{AccountBody, id_from_key},
    fields::Fields,
    terms::{TermsBody, as_named},
};

/// The most characters of a number.
const NUMBER: usize = 30;
/// The most characters of a name or reference.
const NAME: usize = 80;

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractLine {
    id: String,
    number: String,
    customer: CustomerRefBody,
    /// The name of its type; empty without one.
    type_name: String,
    start: NaiveDate,
    /// Its end: the first day that no longer belongs to it.
    until: Option<NaiveDate>,
    /// The day on which its next period becomes due.
    next_due: Option<NaiveDate>,
    /// Whether the billing run bills it without being asked.
    automatic: bool,
    account: Option<AccountBody>,
}

impl ContractLine {
    fn new(row: ContractRow) -> ContractLine {
        ContractLine {
            id: row.id.to_string(),
            number: row.number,
            customer: row.customer.into(),
            type_name: row.type_name,
            start: row.start,
            until: row.end,
            next_due: row.next_due,
            automatic: row.automatic,
            account: row.account.as_ref().map(AccountBody::new),
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractList {
    contracts: Vec<ContractLine>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ContractsQuery {
    /// The beginning of a number, or beginnings of words that must all occur in number, name or city of the customer.
    #[serde(default)]
    q: String,
    /// Only the contracts of that customer.
    customer: Option<String>,
    /// Only contracts of that type.
    contract_type: Option<String>,
    /// Only contracts that are so far: `active`, `cancelled` (and not ended yet) or `ended`.
    state: Option<String>,
    /// Only those that have or had a quota, or only the others.
    quota: Option<bool>,
    /// Only those whose next period becomes due on that day or earlier.
    due_until: Option<NaiveDate>,
    /// Only those whose last day is that day or earlier.
    ends_until: Option<NaiveDate>,
    /// `number` (if left out), `customer`, `start`, `end` or `due`.
    sort: Option<String>,
    /// From the end.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// The contracts, by number or by the day on which they are due.
#[utoipa::path(get, path = "/contracts", params(ContractsQuery), responses(
    (status = 200, body = ContractList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<ContractsQuery>) -> Result<Json<ContractList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let sort = fields.sort::<ContractQuery>(query.sort.as_deref());
    let state = match query.state.as_deref() {
        None => None,
        Some(name) => fields.choice("state", ContractState::from_name(name)),
    };
    let customer = fields.maybe_id("customer", query.customer.as_deref());
    let contract_type = fields.maybe_id("contract_type", query.contract_type.as_deref());
    let sort = fields.done(&caller, sort)?;
    let ask = ContractQuery {
        q: query.q,
        customer,
        contract_type,
        state,
        quota: query.quota,
        due_until: query.due_until,
        ends_until: query.ends_until,
        sort,
        desc: query.desc,
        page,
    };
    let found = contracts::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let contracts = found.rows.into_iter().map(ContractLine::new).collect();
    Ok(Json(ContractList { contracts, next: next(page, found.more) }))
}

/// A contract with its terms, its next period, what was billed and where its account stands.
#[utoipa::path(get, path = "/contracts/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = ContractBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(contract): Path<String>) -> Result<Json<ContractBody>, Refusal> {
    let contract = id(&caller, &contract, Noun::Contract)?;
    let found = contracts::page(&caller.house.env, &caller.call, contract).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ContractBody::new(found)))
}

/// What a client sends to create or change a contract.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ContractInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    /// Left out when creating: the next free one.
    #[serde(default)]
    number: String,
    /// The id of the customer.
    customer: String,
    /// The id of the type from which its terms were copied.
    contract_type: Option<String>,
    /// The name of the person responsible.
    #[serde(default)]
    responsible: String,
    /// The customer's reference.
    #[serde(default)]
    reference: String,
    start: NaiveDate,
    /// The first day that is billed; left out: the start.
    billing_start: Option<NaiveDate>,
    /// The day on which it was cancelled.
    cancelled_on: Option<NaiveDate>,
    /// An end that was agreed: the first day that no longer belongs to it.
    agreed_until: Option<NaiveDate>,
    /// Left out when creating: those of its type are copied.
    terms: Option<TermsBody>,
}

/// The terms that were sent, or else those of the type.
async fn terms(caller: &Caller, fields: &mut Fields, body: &ContractInput) -> Result<Option<Terms>, Refusal> {
    if let Some(terms) = &body.terms {
        return Ok(terms.read(fields));
    }
    let wanted = if body.version == 0 { body.contract_type.as_deref() } else { None };
    let Some(wanted) = wanted.and_then(|wanted| wanted.parse().ok()) else {
        fields.wrong("terms", FieldReason::Missing);
        return Ok(None);
    };
    match contract_types::page(&caller.house.env, &caller.call, Some(wanted)).await {
        Ok(found) => Ok(found.terms),
        Err(Refused::Problem(Problem::NotFound { .. })) => Ok(fields.choice("contract_type", None)),
        Err(refused) => Err(caller.refuse(refused)),
    }
}

async fn save(caller: &Caller, own: &str, body: ContractInput) -> Result<Json<ContractBody>, Refusal> {
    let mut fields = Fields::default();
    let own: Option<ContractId> = fields.id("id", own);
    let customer = fields.id("customer", &body.customer);
    let contract_type = fields.maybe_id("contract_type", body.contract_type.as_deref());
    let number = fields.text("number", &body.number, NUMBER);
    let responsible = fields.text("responsible", &body.responsible, NAME);
    let reference = fields.text("reference", &body.reference, NAME);
    let terms = terms(caller, &mut fields, &body).await?;
    let contract = own.zip(customer).zip(terms).map(|((id, customer), terms)| Contract {
        id,
        customer,
        start: body.start,
        billing_start: body.billing_start.unwrap_or(body.start),
        cancelled_on: body.cancelled_on,
        agreed_end: body.agreed_until,
        terms,
    });
    let version = body.version;
    let draft =
        contract.map(|contract| ContractDraft { version, number, contract_type, responsible, reference, contract });
    let draft = fields.done(caller, draft)?;
    let saved = contracts::save(&caller.house.env, &caller.call, draft).await;
    let saved = saved.map_err(|refused| caller.refuse(as_sent(refused, |problem| as_named(&problem.field))))?;
    Ok(Json(ContractBody::new(saved)))
}

/// Creates a contract, with its account where it has a quota.
#[utoipa::path(post, path = "/contracts", request_body = ContractInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ContractBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<ContractInput>) -> Result<(StatusCode, Json<ContractBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, &id, ContractInput { version: 0, ..body }).await?))
}

/// Changes a contract; what was billed stays as it is.
#[utoipa::path(put, path = "/contracts/{id}", request_body = ContractInput, params(("id" = String, Path)), responses(
    (status = 200, body = ContractBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(Path(own): Path<String>, command: Command<ContractInput>) -> Result<Json<ContractBody>, Refusal> {
    let Command { caller, body } = command;
    id::<ContractId>(&caller, &own, Noun::Contract)?;
    needs_version(&caller, body.version)?;
    save(&caller, &own, body).await
}
