//! Lists over the whole company (`/deficits`, `/lapses`), every list as a file, and the same done with many documents.

use axum::{Json, extract::RawQuery, response::Response};
use chrono::NaiveDate;
use domain::quota::LapseCause;
use serde::{Deserialize, Serialize};
use usecases::{documents, lists};
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Problem,
    billing::RunQuery,
    bookings::BookingQuery,
    contracts::ContractQuery,
    customers::CustomerQuery,
    documents::{BulkForm, BulkItem, BulkView, DocumentQuery},
    lists::{DeficitQuery, DeficitRow, Export, LapseQuery, LapseRow, OpenItemQuery, ToDoQuery, UnitKind, UnitSum},
    projects::ProjectQuery,
};

use super::{
    booking_body::BookingRefBody,
    call::{Caller, Command, ProblemDetails, Query, Refusal, next, page},
    contract_body::CustomerRefBody,
    document_body::{DocumentRefBody, DocumentRowBody},
    fields::Fields,
    values::Volume,
};
use crate::export::{self, Dialect};

/// What of the list of deficits is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DeficitsQuery {
    /// Beginnings of words of the customer that must all occur.
    #[serde(default)]
    q: String,
    /// The beginning of the number of the contract that grants to the account.
    #[serde(default)]
    contract_number: String,
    /// `time` or `money`: only that.
    unit: Option<String>,
    /// Draws of that day or later.
    from: Option<NaiveDate>,
    /// Draws of that day or earlier.
    until: Option<NaiveDate>,
    /// `date` (if left out), `customer` or `amount` (within what is counted).
    sort: Option<String>,
    /// From the end.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// What is counted, by its name.
fn unit_kind(fields: &mut Fields, name: Option<&str>) -> Option<UnitKind> {
    name.and_then(|name| fields.choice("unit", UnitKind::from_name(name)))
}

/// A sum of all pages.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListSumBody {
    amount: Volume,
    /// In how many rows.
    rows: u64,
}

fn sums(sums: &[UnitSum]) -> Vec<ListSumBody> {
    sums.iter().map(|sum| ListSumBody { amount: Volume::new(sum.unit, sum.amount), rows: sum.rows }).collect()
}

/// An open deficit.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenDeficitBody {
    draw: String,
    date: NaiveDate,
    customer: CustomerRefBody,
    account: String,
    account_name: String,
    contract: Option<String>,
    contract_number: Option<String>,
    /// The document whose draw it is.
    document: Option<DocumentRefBody>,
    /// The booking whose draw it is; neither of a draw by hand.
    booking: Option<BookingRefBody>,
    amount: Volume,
}

impl OpenDeficitBody {
    fn new(row: DeficitRow) -> OpenDeficitBody {
        let (contract, contract_number) = row.contract.map(|(id, number)| (id.to_string(), number)).unzip();
        OpenDeficitBody {
            draw: row.draw.to_string(),
            date: row.date,
            customer: row.customer.into(),
            account: row.account.0.to_string(),
            account_name: row.account.1,
            contract,
            contract_number,
            document: row.document.map(|of| DocumentRefBody::new(of.id.to_string(), of.number)),
            booking: row.booking.map(BookingRefBody::from),
            amount: Volume::new(row.unit, row.amount),
        }
    }
}

/// A page of the open deficits.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeficitList {
    deficits: Vec<OpenDeficitBody>,
    /// The sums of all pages, for each unit.
    sums: Vec<ListSumBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// The open deficits of all accounts, by the date of the draw if nothing else is asked for.
#[utoipa::path(get, path = "/deficits", params(DeficitsQuery), responses(
    (status = 200, body = DeficitList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn deficits(caller: Caller, Query(query): Query<DeficitsQuery>) -> Result<Json<DeficitList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let unit = unit_kind(&mut fields, query.unit.as_deref());
    let sort = fields.sort::<DeficitQuery>(query.sort.as_deref());
    let sort = fields.done(&caller, sort)?;
    let (q, contract, from, until, desc) = (query.q, query.contract_number, query.from, query.until, query.desc);
    let ask = DeficitQuery { q, contract, unit, from, until, sort, desc, page };
    let found = lists::deficits(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let deficits = found.page.rows.into_iter().map(OpenDeficitBody::new).collect();
    Ok(Json(DeficitList { deficits, sums: sums(&found.sums), next: next(page, found.page.more) }))
}

/// What of the list of lapses is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LapsesQuery {
    /// Beginnings of words of the customer that must all occur.
    #[serde(default)]
    q: String,
    /// The beginning of the number of the contract that grants to the account.
    #[serde(default)]
    contract_number: String,
    /// `time` or `money`: only that.
    unit: Option<String>,
    /// The first day; left out, today.
    from: Option<NaiveDate>,
    /// The last day; left out, thirty days later.
    until: Option<NaiveDate>,
    /// `not_carried`, `over_cap`, `carried_out` or `account_ends`: only for that cause.
    cause: Option<String>,
    /// `date` (if left out), `customer` or `amount` (within what is counted).
    sort: Option<String>,
    /// From the end.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// What of a lot lapses on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct LapseBody {
    /// The first day on which it can no longer be used.
    date: NaiveDate,
    lot: String,
    valid_from: NaiveDate,
    valid_until: Option<NaiveDate>,
    granted: Volume,
    /// What lapses of it.
    amount: Volume,
    /// `not_carried`, `over_cap`, `carried_out` or `account_ends`.
    cause: &'static str,
    customer: CustomerRefBody,
    account: String,
    account_name: String,
    contract: Option<String>,
    contract_number: Option<String>,
}

impl LapseBody {
    fn new(row: LapseRow) -> LapseBody {
        let (contract, contract_number) = row.contract.map(|(id, number)| (id.to_string(), number)).unzip();
        LapseBody {
            date: row.date,
            lot: row.lot.to_string(),
            valid_from: row.valid.from,
            valid_until: row.valid.until,
            granted: Volume::new(row.unit, row.granted),
            amount: Volume::new(row.unit, row.amount),
            cause: row.cause.name(),
            customer: row.customer.into(),
            account: row.account.0.to_string(),
            account_name: row.account.1,
            contract,
            contract_number,
        }
    }
}

/// A page of what lapses.
#[derive(Debug, Serialize, ToSchema)]
pub struct LapseList {
    lapses: Vec<LapseBody>,
    /// The sums of all pages, for each unit.
    sums: Vec<ListSumBody>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What lapses within some days or has lapsed, as things stand, by day if nothing else is asked for.
#[utoipa::path(get, path = "/lapses", params(LapsesQuery), responses(
    (status = 200, body = LapseList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn lapses(caller: Caller, Query(query): Query<LapsesQuery>) -> Result<Json<LapseList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let unit = unit_kind(&mut fields, query.unit.as_deref());
    for (field, day) in [("from", query.from), ("until", query.until)] {
        if let Some(day) = day {
            fields.day(field, day);
        }
    }
    let cause = query.cause.as_deref().and_then(|name| fields.choice("cause", LapseCause::from_name(name)));
    let sort = fields.sort::<LapseQuery>(query.sort.as_deref());
    let sort = fields.done(&caller, sort)?;
    let (q, contract, from, until, desc) = (query.q, query.contract_number, query.from, query.until, query.desc);
    let ask = LapseQuery { q, contract, unit, from, until, cause, sort, desc, page };
    let found = lists::lapses(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let lapses = found.page.rows.into_iter().map(LapseBody::new).collect();
    Ok(Json(LapseList { lapses, sums: sums(&found.sums), next: next(page, found.page.more) }))
}

/// In which form a list is taken away; beside it stands what filters and sorts, as in the address of the page.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ExportQuery {
    /// `csv` or `xlsx`.
    format: Option<String>,
}

async fn export<L: lists::Listed>(
    caller: Caller,
    wanted: ExportQuery,
    query: Option<String>,
) -> Result<Response, Refusal> {
    let Some(form) = wanted.format.and_then(|format| Export::from_name(&format)) else {
        return Err(caller.refuse(Problem::field("format", FieldReason::NotOneOf)));
    };
    let ask: L = export::read(query.as_deref().unwrap_or_default());
    let told = (caller.lang(), Dialect::plain());
    export::file(&caller.house.env, &caller.call, ask, form, told).await.map_err(|problem| caller.refuse(problem))
}

/// One function for each list: what differs is the address and the query.
macro_rules! exports {
    ($($name:ident $path:literal $query:ty;)*) => {$(
        /// The whole list as CSV or as a workbook, at most 100 000 rows; filtered and sorted as the address of its page says.
        #[utoipa::path(get, path = $path, params(ExportQuery), responses(
            (status = 200, description = "text/csv or a workbook"),
            (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
        ))]
        pub async fn $name(
            caller: Caller,
            Query(wanted): Query<ExportQuery>,
            RawQuery(query): RawQuery,
        ) -> Result<Response, Refusal> {
            export::<$query>(caller, wanted, query).await
        }
    )*};
}
exports! {
    export_customers "/customers/export" CustomerQuery;
    export_contracts "/contracts/export" ContractQuery;
    export_documents "/documents/export" DocumentQuery;
    export_runs "/billing-runs/export" RunQuery;
    export_to_dos "/to-dos/export" ToDoQuery;
    export_deficits "/deficits/export" DeficitQuery;
    export_lapses "/lapses/export" LapseQuery;
    export_open_items "/open-items/export" OpenItemQuery;
    export_bookings "/bookings/export" BookingQuery;
    export_projects "/projects/export" ProjectQuery;
}

/// Many documents that something is to be done with.
#[derive(Debug, Deserialize, ToSchema)]
pub struct BulkInput {
    /// `issue`, `delete`, `cancel` or `settle`.
    way: String,
    /// Their ids, at most 200.
    documents: Vec<String>,
    /// Why they are cancelled.
    #[serde(default)]
    reason: String,
    /// The day on which they were settled.
    date: Option<NaiveDate>,
}

impl BulkInput {
    fn form(self) -> BulkForm {
        let date = self.date.map(|date| date.to_string()).unwrap_or_default();
        BulkForm { way: self.way, documents: self.documents.join(","), reason: self.reason, date }
    }
}

/// What would happen or happened with a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkItemBody {
    document: DocumentRowBody,
    /// Whether it was done, now or before.
    done: bool,
    /// How many periods are freed.
    freed: usize,
    /// What becomes deficit, per account.
    deficits: Vec<Volume>,
    /// The stable name of what stands in the way.
    refused: Option<&'static str>,
    /// The sentence for a person.
    detail: Option<String>,
    cancellation: Option<DocumentRefBody>,
}

/// What would happen or happened with each document; one that is not there is left out.
#[derive(Debug, Serialize, ToSchema)]
pub struct BulkBody {
    way: &'static str,
    items: Vec<BulkItemBody>,
}

fn bulk_body(lang: texts::Lang, view: BulkView) -> BulkBody {
    let item = |item: BulkItem| BulkItemBody {
        document: DocumentRowBody::new(item.row),
        done: item.done,
        freed: item.freed,
        deficits: item.deficits.into_iter().map(|(unit, lost)| Volume::new(unit, lost)).collect(),
        refused: item.refused.as_ref().map(Problem::code),
        detail: item.refused.as_ref().map(|problem| problem.text(lang)),
        cancellation: item.cancellation.map(|(id, number)| DocumentRefBody::new(id.to_string(), number)),
    };
    BulkBody { way: view.way.name(), items: view.items.into_iter().map(item).collect() }
}

/// Issues drafts, deletes drafts, cancels documents or settles invoices, each on its own: what is refused is named, and the others go on.
#[utoipa::path(post, path = "/documents/bulk", request_body = BulkInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = BulkBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn bulk(command: Command<BulkInput>) -> Result<Json<BulkBody>, Refusal> {
    let Command { caller, body } = command;
    let draft = body.form().check().map_err(|problem| caller.refuse(problem))?;
    let done = documents::bulk(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(bulk_body(caller.lang(), done)))
}

/// What that would do with each document, and what stands in the way. Nothing is stored.
#[utoipa::path(post, path = "/documents/bulk/plan", request_body = BulkInput, responses(
    (status = 200, body = BulkBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn bulk_plan(command: Command<BulkInput>) -> Result<Json<BulkBody>, Refusal> {
    let Command { caller, body } = command;
    // The plan needs no reason and no day.
    let form = BulkForm { reason: "plan".to_owned(), date: caller.house.env.today().to_string(), ..body.form() };
    let draft = form.check().map_err(|problem| caller.refuse(problem))?;
    let plan = documents::bulk_plan(&caller.house.env, &caller.call, draft.way, &draft.documents).await;
    Ok(Json(bulk_body(caller.lang(), plan.map_err(|r| caller.refuse(r))?)))
}
