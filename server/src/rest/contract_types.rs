//! `/api/v1/contract-types`

use axum::{Json, extract::Path, http::StatusCode};
use domain::ContractTypeId;
use serde::{Deserialize, Serialize};
use usecases::contract_types;
use utoipa::ToSchema;
use wire::{
    Noun,
    contracts::{ContractTypeDraft, ContractTypePage},
};

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Refusal, id},
    customers::id_from_key,
    fields::Fields,
    terms::{TermsBody, faults},
};

/// The most characters of the name of a type.
const NAME: usize = 80;

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractTypeLine {
    id: String,
    name: String,
    terms: TermsBody,
}

/// All contract types.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractTypeList {
    contract_types: Vec<ContractTypeLine>,
}

/// A contract type.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractTypeBody {
    id: String,
    version: i64,
    name: String,
    terms: Option<TermsBody>,
}

impl ContractTypeBody {
    fn new(page: &ContractTypePage) -> ContractTypeBody {
        ContractTypeBody {
            id: page.id.map(|id| id.to_string()).unwrap_or_default(),
            version: page.version,
            name: page.name.clone(),
            terms: page.terms.as_ref().map(TermsBody::new),
        }
    }
}

/// What a client sends to create or change a contract type.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ContractTypeInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    name: String,
    /// What contracts of this type begin with; it may have no items.
    terms: TermsBody,
}

/// The contract types, by name.
#[utoipa::path(get, path = "/contract-types", responses(
    (status = 200, body = ContractTypeList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller) -> Result<Json<ContractTypeList>, Refusal> {
    let found = contract_types::list(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    let line = |row: wire::contracts::ContractTypeRow| ContractTypeLine {
        id: row.id.to_string(),
        name: row.name,
        terms: TermsBody::new(&row.terms),
    };
    Ok(Json(ContractTypeList { contract_types: found.into_iter().map(line).collect() }))
}

/// A contract type.
#[utoipa::path(get, path = "/contract-types/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = ContractTypeBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(wanted): Path<String>) -> Result<Json<ContractTypeBody>, Refusal> {
    let wanted = id(&caller, &wanted, Noun::ContractType)?;
    let page = contract_types::page(&caller.house.env, &caller.call, Some(wanted)).await;
    Ok(Json(ContractTypeBody::new(&page.map_err(|r| caller.refuse(r))?)))
}

async fn save(caller: &Caller, own: &str, body: ContractTypeInput) -> Result<Json<ContractTypeBody>, Refusal> {
    let mut fields = Fields::default();
    let own = fields.id("id", own);
    let name = fields.words("name", &body.name, NAME);
    let terms = body.terms.read(&mut fields);
    if let Some(terms) = &terms {
        faults(&mut fields, terms, terms.faults());
    }
    let draft = own.zip(terms).map(|(id, terms)| ContractTypeDraft { id, version: body.version, name, terms });
    let draft = fields.done(caller, draft)?;
    let saved = contract_types::save(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ContractTypeBody::new(&saved)))
}

/// Creates a contract type.
#[utoipa::path(post, path = "/contract-types", request_body = ContractTypeInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ContractTypeBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<ContractTypeInput>) -> Result<(StatusCode, Json<ContractTypeBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, &id, ContractTypeInput { version: 0, ..body }).await?))
}

/// Changes a contract type. Contracts that were made from it stay as they are.
#[utoipa::path(put, path = "/contract-types/{id}", request_body = ContractTypeInput, params(("id" = String, Path)),
    responses(
    (status = 200, body = ContractTypeBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(
    Path(own): Path<String>,
    command: Command<ContractTypeInput>,
) -> Result<Json<ContractTypeBody>, Refusal> {
    let Command { caller, body } = command;
    id::<ContractTypeId>(&caller, &own, Noun::ContractType)?;
    needs_version(&caller, body.version)?;
    save(&caller, &own, body).await
}
