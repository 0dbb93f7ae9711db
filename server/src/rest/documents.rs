//! `/api/v1/documents` and `/api/v1/to-dos`

use axum::{Json, extract::Path};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::Currency;
use serde::{Deserialize, Serialize};
use usecases::{documents, today};
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun, Problem,
    documents::{DocumentLine, DocumentPage, DocumentQuery, DocumentRow},
    today::ToDo,
};

use super::{
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    contract_body::CustomerRefBody,
    items::ItemBody,
    values::{MoneyBody, RangeBody},
};

/// A document in a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentRowBody {
    id: String,
    /// `contract_invoice`.
    kind: &'static str,
    /// `draft` or `issued`.
    state: &'static str,
    /// None as long as it is a draft.
    number: Option<String>,
    customer: CustomerRefBody,
    date: NaiveDate,
    /// The day by which it is to be paid.
    due_on: NaiveDate,
    /// Without VAT.
    net: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
}

impl DocumentRowBody {
    /// From a row of a list.
    pub fn new(row: DocumentRow) -> DocumentRowBody {
        DocumentRowBody {
            id: row.id.to_string(),
            kind: row.kind.name(),
            state: row.state.name(),
            number: row.number,
            customer: row.customer.into(),
            date: row.date,
            due_on: row.due_on,
            net: row.net.into(),
            gross: row.gross.into(),
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentList {
    documents: Vec<DocumentRowBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DocumentsQuery {
    /// The beginning of a number.
    #[serde(default)]
    q: String,
    /// The id of a customer: only theirs.
    customer: Option<String>,
    /// Drafts only.
    #[serde(default)]
    drafts: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// The documents, the latest first.
#[utoipa::path(get, path = "/documents", params(DocumentsQuery), responses(
    (status = 200, body = DocumentList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<DocumentsQuery>) -> Result<Json<DocumentList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let customer = query.customer.as_deref().map(str::parse).transpose();
    let customer = customer.map_err(|_| caller.refuse(Problem::field("customer", FieldReason::NotOneOf)))?;
    let ask = DocumentQuery { q: query.q, customer, drafts: query.drafts, page };
    let found = documents::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(DocumentRowBody::new).collect();
    Ok(Json(DocumentList { documents: rows, next: next(page, found.more) }))
}

/// To whom a document goes.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecipientBody {
    name: String,
    street: String,
    postcode: String,
    city: String,
    country: String,
    email: String,
    vat_id: String,
}

/// A line of a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentLineBody {
    line: ItemBody,
    /// What it comes to, net.
    total: MoneyBody,
    /// The id of the contract that it bills.
    contract: Option<String>,
    /// Its number.
    contract_number: Option<String>,
    /// For which time.
    service: Option<RangeBody>,
}

impl DocumentLineBody {
    fn new(currency: Currency, line: DocumentLine) -> DocumentLineBody {
        let (contract, contract_number) = line.contract.map(|(id, number)| (id.to_string(), number)).unzip();
        DocumentLineBody {
            line: ItemBody::new(&line.line),
            total: MoneyBody::new(line.total, currency),
            contract,
            contract_number,
            service: line.service.map(RangeBody::from),
        }
    }
}

/// The VAT of one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct VatBody {
    /// In per cent.
    rate: String,
    net: MoneyBody,
    vat: MoneyBody,
}

/// A document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentBody {
    id: String,
    version: i64,
    /// `contract_invoice`.
    kind: &'static str,
    /// `draft` or `issued`.
    state: &'static str,
    /// None as long as it is a draft.
    number: Option<String>,
    customer: CustomerRefBody,
    date: NaiveDate,
    /// The day by which it is to be paid.
    due_on: NaiveDate,
    /// `mail`, `print` or `none`.
    delivery: &'static str,
    /// Name and address, as they were when it was issued.
    recipient: RecipientBody,
    lines: Vec<DocumentLineBody>,
    /// Without VAT.
    net: MoneyBody,
    /// VAT of all rates.
    vat: MoneyBody,
    /// With VAT.
    gross: MoneyBody,
    /// Per rate, the highest first.
    rates: Vec<VatBody>,
    /// The billing run that made it.
    run: Option<String>,
    created_at: DateTime<FixedOffset>,
    created_by: String,
    issued_at: Option<DateTime<FixedOffset>>,
    issued_by: Option<String>,
}

impl DocumentBody {
    fn new(page: DocumentPage) -> DocumentBody {
        let currency = page.row.net.currency;
        let money = |minor| MoneyBody::new(minor, currency);
        let rates = page.totals.rates.iter();
        let (issued_at, issued_by) = page.issued.unzip();
        let (row, card) = (DocumentRowBody::new(page.row), page.recipient);
        DocumentBody {
            id: row.id,
            version: page.version,
            kind: row.kind,
            state: row.state,
            number: row.number,
            customer: row.customer,
            date: row.date,
            due_on: row.due_on,
            delivery: page.delivery.name(),
            recipient: RecipientBody {
                name: card.name,
                street: card.street,
                postcode: card.postcode,
                city: card.city,
                country: card.country,
                email: card.email,
                vat_id: card.vat_id,
            },
            lines: page.lines.into_iter().map(|line| DocumentLineBody::new(currency, line)).collect(),
            net: row.net,
            vat: money(page.totals.vat),
            gross: row.gross,
            rates: rates
                .map(|sum| VatBody { rate: sum.rate.to_string(), net: money(sum.net), vat: money(sum.vat) })
                .collect(),
            run: page.run.map(|id| id.to_string()),
            created_at: page.created.0,
            created_by: page.created.1,
            issued_at,
            issued_by,
        }
    }
}

/// A document with its lines. A draft goes to its customer as known now.
#[utoipa::path(get, path = "/documents/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(document): Path<String>) -> Result<Json<DocumentBody>, Refusal> {
    let document = id(&caller, &document, Noun::Document)?;
    let found = documents::page(&caller.house.env, &caller.call, document).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(DocumentBody::new(found)))
}

/// Issues a draft: it gets its number and today's date, and never changes again. One that was issued before stays as it
/// is.
#[utoipa::path(post, path = "/documents/{id}/issue", request_body = Object,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn issue(
    Path(document): Path<String>,
    command: Command<serde_json::Map<String, serde_json::Value>>,
) -> Result<Json<DocumentBody>, Refusal> {
    let caller = command.caller;
    let document = id(&caller, &document, Noun::Document)?;
    let issued = documents::issue(&caller.house.env, &caller.call, document).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(DocumentBody::new(issued)))
}

/// A period that is due or becomes due soon.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToDoBody {
    contract: String,
    number: String,
    customer: CustomerRefBody,
    /// For whom it is: who edited the contract last.
    whose: String,
    /// The day on which the period becomes due.
    due: NaiveDate,
    /// Whether the billing run bills it without being asked.
    automatic: bool,
}

impl ToDoBody {
    fn new(to_do: ToDo) -> ToDoBody {
        ToDoBody {
            contract: to_do.contract.to_string(),
            number: to_do.number,
            customer: to_do.customer.into(),
            whose: to_do.whose,
            due: to_do.due,
            automatic: to_do.automatic,
        }
    }
}

/// What is to be billed.
#[derive(Debug, Serialize, ToSchema)]
pub struct ToDosBody {
    /// The to-dos that have appeared, the most urgent first.
    to_dos: Vec<ToDoBody>,
    /// Whether there are more than these.
    more_to_dos: bool,
    /// What is due and nobody has billed.
    due: Vec<ToDoBody>,
    /// Whether there is more than this.
    more_due: bool,
}

/// What is to be billed: the most urgent of it.
#[utoipa::path(get, path = "/to-dos", responses(
    (status = 200, body = ToDosBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn to_dos(caller: Caller) -> Result<Json<ToDosBody>, Refusal> {
    let found = today::page(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    let [more_to_dos, more_due, ..] = found.more;
    Ok(Json(ToDosBody {
        to_dos: found.to_dos.into_iter().map(ToDoBody::new).collect(),
        more_to_dos,
        due: found.due.into_iter().map(ToDoBody::new).collect(),
        more_due,
    }))
}
