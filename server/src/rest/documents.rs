//! `/api/v1/documents` and `/api/v1/to-dos`

use axum::{
    Json,
    extract::Path,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use chrono::NaiveDate;
use domain::{
    DocumentId,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState},
};
use serde::{Deserialize, Serialize};
use usecases::{documents, today};
use utoipa::{IntoParams, ToSchema};
use wire::{
    Noun,
    documents::{DocumentQuery, SeenDraft},
    today::{DueFee, ToDo},
};

use crate::papers;

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    commands::as_sent,
    contract_body::CustomerRefBody,
    customers::id_from_key,
    document_body::{DocumentBody, DocumentRowBody, SavedDocumentBody},
    document_input::DocumentInput,
    fields::Fields,
};

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
    /// The beginning of a number, or beginnings of words that must all occur in number, name or city of the customer.
    #[serde(default)]
    q: String,
    /// The id of a customer: only theirs.
    customer: Option<String>,
    /// Drafts only.
    #[serde(default)]
    drafts: bool,
    /// Only documents of that kind.
    kind: Option<String>,
    /// Only documents that are so far: `draft`, `issued` or `cancelled`.
    state: Option<String>,
    /// Only documents that reach the customer so: `mail`, `print` or `none`.
    delivery: Option<String>,
    /// Of that date or later.
    from: Option<NaiveDate>,
    /// Of that date or earlier.
    until: Option<NaiveDate>,
    /// Only delivery notes that are issued and stand on no invoice.
    #[serde(default)]
    open: bool,
    /// `date` (if left out, the latest first), `number` (the largest first) or `customer`.
    sort: Option<String>,
    /// The other way round.
    #[serde(default)]
    desc: bool,
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
    let mut fields = Fields::default();
    let customer = fields.maybe_id("customer", query.customer.as_deref());
    let kind = match query.kind.as_deref() {
        None => None,
        Some(name) => fields.choice("kind", DocumentKind::from_name(name)),
    };
    let state = match query.state.as_deref() {
        None => query.drafts.then_some(DocumentState::Draft),
        Some(name) => fields.choice("state", DocumentState::from_name(name)),
    };
    let delivery = match query.delivery.as_deref() {
        None => None,
        Some(name) => fields.choice("delivery", Delivery::from_name(name)),
    };
    let sort = fields.sort::<DocumentQuery>(query.sort.as_deref());
    let sort = fields.done(&caller, sort)?;
    let (from, until, open, desc) = (query.from, query.until, query.open, query.desc);
    let ask = DocumentQuery { q: query.q, customer, kind, state, delivery, from, until, open, sort, desc, page };
    let found = documents::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(DocumentRowBody::new).collect();
    Ok(Json(DocumentList { documents: rows, next: next(page, found.more) }))
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

/// The PDF of a document. Of an issued one always the same bytes, with their hash as `ETag`; of a draft what it would be.
#[utoipa::path(get, path = "/documents/{id}/paper", params(("id" = String, Path)), responses(
    (status = 200, description = "application/pdf"),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn paper(caller: Caller, Path(document): Path<String>, headers: HeaderMap) -> Result<Response, Refusal> {
    let pdf = papers::read(&caller.house.env, &caller.call, &document).await.map_err(|r| caller.refuse(r))?;
    Ok(papers::file(pdf, &headers))
}

async fn save(
    caller: &Caller,
    (own, version): (&str, i64),
    body: &DocumentInput,
) -> Result<Json<SavedDocumentBody>, Refusal> {
    let mut fields = Fields::default();
    let (draft, lines) = body.read(&mut fields, (own, version));
    let draft = fields.done(caller, draft)?;
    let saved = documents::save(&caller.house.env, &caller.call, draft).await;
    let saved = saved.map_err(|refused| caller.refuse(as_sent(refused, |problem| lines.as_named(&problem.field))))?;
    Ok(Json(SavedDocumentBody::new(saved, &lines.seen)))
}

/// Creates a draft of a delivery note or invoice. Its lines draw the quotas of their contracts at once, from top to
/// bottom; what they draw is held until the draft is issued, changed or deleted.
#[utoipa::path(post, path = "/documents", request_body = DocumentInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = SavedDocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<DocumentInput>) -> Result<(StatusCode, Json<SavedDocumentBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, (&id, 0), &body).await?))
}

/// Changes a draft of a delivery note or invoice: what it holds is released, and its lines draw anew. Lines that come
/// from a delivery note stay as they are.
#[utoipa::path(put, path = "/documents/{id}", request_body = DocumentInput, params(("id" = String, Path)), responses(
    (status = 200, body = SavedDocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(
    Path(own): Path<String>,
    command: Command<DocumentInput>,
) -> Result<Json<SavedDocumentBody>, Refusal> {
    let Command { caller, body } = command;
    id::<DocumentId>(&caller, &own, Noun::Document)?;
    needs_version(&caller, body.version)?;
    save(&caller, (&own, body.version), &body).await
}

/// Which version is deleted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DeleteDraftQuery {
    /// The version that was read: a draft that was changed since is not deleted. Left out, it is deleted as it stands.
    version: Option<i64>,
}

/// Deletes a draft: what it holds is released; of a contract invoice the grants are revoked and the periods freed.
#[utoipa::path(delete, path = "/documents/{id}", params(("id" = String, Path), DeleteDraftQuery), responses(
    (status = 204),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn delete(
    caller: Caller,
    Path(document): Path<String>,
    Query(query): Query<DeleteDraftQuery>,
) -> Result<StatusCode, Refusal> {
    let id = id(&caller, &document, Noun::Document)?;
    let seen = query.version.map(|version| SeenDraft { version, sums: None });
    documents::delete(&caller.house.env, &caller.call, id, seen).await.map_err(|r| caller.refuse(r))?;
    Ok(StatusCode::NO_CONTENT)
}

/// The invoice to make of a delivery note.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NoteInvoiceInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
}

/// Makes a draft invoice of an issued delivery note: its lines come along fixed, with their clearing, and nothing is
/// drawn twice.
#[utoipa::path(post, path = "/documents/{id}/invoice", request_body = NoteInvoiceInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn invoice(
    Path(note): Path<String>,
    command: Command<NoteInvoiceInput>,
) -> Result<(StatusCode, Json<DocumentBody>), Refusal> {
    let Command { caller, body } = command;
    let note = id(&caller, &note, Noun::Document)?;
    let mut fields = Fields::default();
    let own = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let own = fields.done(&caller, own)?;
    let made = documents::invoice(&caller.house.env, &caller.call, note, own).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(DocumentBody::new(made))))
}

/// Issues a draft: it gets its number, and never changes again. A contract invoice gets today's date; a delivery note or
/// an ordinary invoice keeps its own, which decided what it draws. One that was issued before stays as it is.
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
    /// The first of the fees of projects that are due and nobody has billed.
    due_fees: Vec<DueFeeBody>,
}

/// The fee of a billing line that is due.
#[derive(Debug, Serialize, ToSchema)]
pub struct DueFeeBody {
    project: String,
    number: String,
    /// The name of the line.
    name: String,
    customer: CustomerRefBody,
    /// The day since which it is due.
    due: NaiveDate,
}

impl DueFeeBody {
    fn new(fee: DueFee) -> DueFeeBody {
        let (project, number) = (fee.project.id.to_string(), fee.project.number);
        DueFeeBody { project, number, name: fee.name, customer: fee.customer.into(), due: fee.due }
    }
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
        due_fees: found.due_fees.into_iter().map(DueFeeBody::new).collect(),
    }))
}
