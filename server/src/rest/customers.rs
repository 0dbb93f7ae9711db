//! `/api/v1/customers`

use axum::{Json, extract::Path, http::StatusCode};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use usecases::customers;
pub use usecases::people::id_from;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun, Problem,
    customers::{CustomerForm, CustomerQuery, CustomerSort, CustomerView},
    lists::ListQuery as _,
};

use super::{
    applying::FieldChangeBody,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    fields::Fields,
    values::{StandingBody, Volume},
};

/// A customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerBody {
    id: String,
    version: i64,
    number: String,
    name: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    email: String,
    vat_id: String,
    accounts: Vec<AccountBody>,
}

/// An account, with where it stands today.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountBody {
    /// The id.
    pub id: String,
    /// The name.
    pub name: String,
    /// `time` or an ISO 4217 code.
    pub unit: String,
    /// Where it stands today.
    pub standing: StandingBody,
    /// What of the used part drafts only hold.
    pub held: Volume,
}

impl AccountBody {
    /// From a row of a list.
    pub fn new(row: &wire::customers::AccountRow) -> AccountBody {
        AccountBody {
            id: row.id.to_string(),
            name: row.name.clone(),
            unit: wire::accounts::unit_name(row.unit).to_owned(),
            standing: StandingBody::new(row.unit, &row.standing),
            held: Volume::new(row.unit, row.held),
        }
    }
}

impl CustomerBody {
    fn new(view: CustomerView) -> CustomerBody {
        let card = view.card;
        CustomerBody {
            id: view.id.to_string(),
            version: view.version,
            number: card.number,
            name: card.name,
            street: card.street,
            postcode: card.postcode,
            city: card.city,
            country: card.country,
            email: card.email,
            vat_id: card.vat_id,
            accounts: view.accounts.iter().map(AccountBody::new).collect(),
        }
    }
}

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerLine {
    id: String,
    number: String,
    name: String,
    city: String,
    accounts: Vec<AccountBody>,
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerPage {
    customers: Vec<CustomerLine>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ListQuery {
    /// Beginnings of words that must all occur in number, name or city.
    #[serde(default)]
    q: String,
    /// `name` (if left out), `number` or `city`.
    sort: Option<String>,
    /// From the end.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// What a client sends to create or change a customer.
#[derive(Debug, Deserialize, ToSchema)]
pub struct CustomerInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    /// Left out when creating: the next free one.
    #[serde(default)]
    number: String,
    name: String,
    #[serde(default)]
    street: String,
    #[serde(default)]
    postcode: String,
    #[serde(default)]
    city: String,
    country: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    vat_id: String,
}

impl CustomerInput {
    fn form(self, id: String) -> CustomerForm {
        CustomerForm {
            id,
            version: self.version,
            number: self.number,
            name: self.name,
            street: self.street,
            postcode: self.postcode,
            city: self.city,
            country: self.country,
            email: self.email,
            vat_id: self.vat_id,
        }
    }
}

/// The customers, by name, number or city.
#[utoipa::path(get, path = "/customers", params(ListQuery), responses(
    (status = 200, body = CustomerPage),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<ListQuery>) -> Result<Json<CustomerPage>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let sort = match query.sort.as_deref() {
        None => Some(CustomerSort::Name),
        Some(name) => {
            let known = CustomerQuery::SORTS.iter().find(|(known, _)| *known == name).map(|(_, sort)| *sort);
            fields.choice("sort", known)
        }
    };
    let sort = fields.done(&caller, sort)?;
    let ask = CustomerQuery { q: query.q, sort, desc: query.desc, page };
    let found = customers::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let customers = found.rows.into_iter().map(|row| CustomerLine {
        id: row.id.to_string(),
        number: row.number,
        name: row.name,
        city: row.city,
        accounts: row.accounts.iter().map(AccountBody::new).collect(),
    });
    Ok(Json(CustomerPage { customers: customers.collect(), next: next(page, found.more) }))
}

/// A customer.
#[utoipa::path(get, path = "/customers/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = CustomerBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(customer): Path<String>) -> Result<Json<CustomerBody>, Refusal> {
    let customer = id(&caller, &customer, Noun::Customer)?;
    let view = customers::get(&caller.house.env, &caller.call, customer).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(CustomerBody::new(view)))
}

/// A change of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeBody {
    at: DateTime<FixedOffset>,
    by: String,
    /// The fields that changed; all that held something when the customer was created.
    fields: Vec<FieldChangeBody>,
}

/// A page of the changes of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct ChangeList {
    changes: Vec<ChangeBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// Which page of the changes is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ChangesQuery {
    /// From the page before.
    cursor: Option<String>,
}

/// What was changed about a customer, by whom and when, the latest first.
#[utoipa::path(get, path = "/customers/{id}/history", params(("id" = String, Path), ChangesQuery), responses(
    (status = 200, body = ChangeList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn history(
    caller: Caller,
    Path(customer): Path<String>,
    Query(query): Query<ChangesQuery>,
) -> Result<Json<ChangeList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let customer = id(&caller, &customer, Noun::Customer)?;
    let found = customers::changes_page(&caller.house.env, &caller.call, customer, page).await;
    let found = found.map_err(|r| caller.refuse(r))?;
    let changes = found.rows.into_iter().map(|change| ChangeBody {
        at: change.at,
        by: change.by,
        fields: change.fields.into_iter().map(FieldChangeBody::from).collect(),
    });
    Ok(Json(ChangeList { changes: changes.collect(), next: next(page, found.more) }))
}

/// Creates a customer.
#[utoipa::path(post, path = "/customers", request_body = CustomerInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = CustomerBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<CustomerInput>) -> Result<(StatusCode, Json<CustomerBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    let draft = CustomerInput { version: 0, ..body }.form(id).check().map_err(|problem| caller.refuse(problem))?;
    let saved = customers::save(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(CustomerBody::new(saved))))
}

/// A new id; it is the idempotency key where that is one and is made from caller and key otherwise, so that a request
/// repeated after the key was forgotten still names the same thing.
pub fn id_from_key(caller: &Caller) -> String {
    let Some(once) = &caller.call.once else { return caller.house.env.id().to_string() };
    let own = uuid::Uuid::parse_str(&once.name).ok();
    let made = || id_from(&format!("{}\n{}", caller.call.by.scope, once.name));
    own.or_else(made).unwrap_or_else(|| caller.house.env.id()).to_string()
}

/// Changes a customer.
#[utoipa::path(put, path = "/customers/{id}", request_body = CustomerInput, params(("id" = String, Path)), responses(
    (status = 200, body = CustomerBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(
    Path(customer): Path<String>,
    command: Command<CustomerInput>,
) -> Result<Json<CustomerBody>, Refusal> {
    let Command { caller, body } = command;
    if body.version == 0 {
        return Err(caller.refuse(Problem::field("version", FieldReason::Missing)));
    }
    let draft = body.form(customer).check().map_err(|problem| caller.refuse(problem))?;
    let saved = customers::save(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(CustomerBody::new(saved)))
}
