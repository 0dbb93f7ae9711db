//! `/api/v1/projects/{id}/invoices`: invoicing a period of a project.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{
    Currency, DateRange, ProjectId, Seconds,
    projects::{InvoiceLine, LeftOut, ShownInvoice, ShownLine},
    quota::Unit,
    splitting::Pays,
};
use serde::{Deserialize, Serialize};
use usecases::projects::{self, invoicing};
use utoipa::{IntoParams, ToSchema};
use wire::{
    Noun,
    documents::InvoicedPeriod,
    projects::{InvoiceAsk, InvoicePlanView, InvoiceProjectDraft, LeftOutRow, period},
};

use super::{
    call::{Caller, Command, ProblemDetails, Query, Refusal, id},
    contract_body::CustomerRefBody,
    customers::id_from_key,
    document_body::{DocumentBody, VatBody},
    fields::Fields,
    projects::{PersonBody, ProjectRefBody, time},
    values::{MoneyBody, RangeBody, Volume},
};

/// A period of a project that a document invoices.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoicedPeriodBody {
    project: ProjectRefBody,
    period: RangeBody,
    /// How many bookings stand on the document: none any more once it is cancelled.
    bookings: usize,
}

impl From<InvoicedPeriod> for InvoicedPeriodBody {
    fn from(of: InvoicedPeriod) -> InvoicedPeriodBody {
        InvoicedPeriodBody { project: of.project.into(), period: of.period.into(), bookings: of.bookings }
    }
}

/// A line of the invoice: all time of one billing line at one rate.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoiceLineBody {
    /// The id of the billing line.
    line: String,
    name: String,
    /// The net price of an hour; none of time that is shown and not charged.
    rate: Option<String>,
    /// How it is paid for: `allowance` (it is free), `prepaid_time`, `prepaid_money`, `effort` (it is charged by the hour)
    /// or `flat_rate`.
    pays: Option<&'static str>,
    time: Volume,
    /// What it takes of the account of the line; none where the line has none.
    taken: Option<Volume>,
    /// The same time as hours: the quantity on the document.
    quantity: String,
    /// Rounded once.
    net: MoneyBody,
    /// How many bookings have time on it.
    bookings: usize,
}

impl InvoiceLineBody {
    fn new(view: &InvoicePlanView, line: &InvoiceLine) -> InvoiceLineBody {
        let named = view.lines.iter().find(|named| named.id == line.line);
        let pays = named.and_then(|named| named.pays);
        let unit = pays.and_then(|pays| pays.unit(view.currency));
        InvoiceLineBody {
            line: line.line.to_string(),
            name: named.map(|named| named.name.clone()).unwrap_or_default(),
            rate: line.rate.map(|rate| rate.to_string()),
            pays: pays.map(Pays::name),
            time: time(line.seconds),
            taken: unit.map(|unit| Volume::new(unit, line.taken)),
            quantity: line.quantity.to_string(),
            net: MoneyBody::new(line.total, view.currency),
            bookings: line.parts.len(),
        }
    }
}

/// A booking of the period that is not on the invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct LeftOutBody {
    booking: String,
    date: NaiveDate,
    person: PersonBody,
    task: String,
    /// What is billed of it.
    time: Volume,
    /// `on_document`, `unassigned`, `not_billable` or `not_shown`.
    reason: &'static str,
    /// The document on which it is already.
    document: Option<String>,
    /// How much of it goes to no billing line.
    unassigned: Option<Volume>,
}

impl LeftOutBody {
    fn new(row: LeftOutRow) -> LeftOutBody {
        let (reason, document, unassigned) = match row.why {
            LeftOut::OnDocument { document } => ("on_document", Some(document.to_string()), None),
            LeftOut::Unassigned { open } => ("unassigned", None, Some(time(open))),
            LeftOut::NotBillable => ("not_billable", None, None),
            LeftOut::NotShown => ("not_shown", None, None),
        };
        LeftOutBody {
            booking: row.booking.to_string(),
            date: row.date,
            person: row.person.into(),
            task: row.task,
            time: time(row.seconds),
            reason,
            document,
            unassigned,
        }
    }
}

/// What invoicing a period of a project would make.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvoicePlanBody {
    project: ProjectRefBody,
    customer: CustomerRefBody,
    period: RangeBody,
    /// Of all lines, in per cent.
    vat_rate: String,
    lines: Vec<InvoiceLineBody>,
    /// How many bookings are on it.
    bookings: usize,
    /// How many bookings of the period are not.
    left_out_count: usize,
    /// The first hundred of them.
    left_out: Vec<LeftOutBody>,
    net: MoneyBody,
    vat: MoneyBody,
    gross: MoneyBody,
    rates: Vec<VatBody>,
}

impl InvoicePlanBody {
    fn new(view: InvoicePlanView) -> InvoicePlanBody {
        let money = |minor| MoneyBody::new(minor, view.currency);
        let totals = &view.plan.totals;
        InvoicePlanBody {
            period: view.period.into(),
            vat_rate: view.vat.to_string(),
            lines: view.plan.lines.iter().map(|line| InvoiceLineBody::new(&view, line)).collect(),
            bookings: view.plan.bookings.len(),
            left_out_count: view.plan.left_out.len(),
            net: money(totals.net),
            vat: money(totals.vat),
            gross: money(totals.gross),
            rates: VatBody::all(totals, view.currency),
            left_out: view.left_out.into_iter().map(LeftOutBody::new).collect(),
            project: view.project.into(),
            customer: view.customer.into(),
        }
    }
}

/// Which days are to be invoiced.
#[derive(Debug, Deserialize, IntoParams)]
pub struct InvoicePlanQuery {
    /// The first day.
    from: NaiveDate,
    /// The first day that no longer belongs to it.
    until: NaiveDate,
    /// The rate of VAT in per cent; left out: the first one of the company's.
    vat: Option<String>,
}

/// A line as the client saw it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SeenLineInput {
    line: String,
    rate: Option<String>,
    time: Volume,
    net: MoneyBody,
}

/// What the client saw that the invoice comes to.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SeenInvoiceInput {
    lines: Vec<SeenLineInput>,
    bookings: usize,
}

/// A period of a project to invoice.
#[derive(Debug, Deserialize, ToSchema)]
pub struct InvoicePeriodInput {
    /// A UUID that the client makes; may be left out.
    id: Option<String>,
    /// The first day.
    from: NaiveDate,
    /// The first day that no longer belongs to it.
    until: NaiveDate,
    /// The rate of VAT in per cent; left out: the first one of the company's.
    vat: Option<String>,
    /// Lines and number of bookings of the plan; when it comes to something else now, nothing is stored.
    seen: Option<SeenInvoiceInput>,
}

/// What is asked for, or none with what is wrong noted.
fn ask(
    fields: &mut Fields,
    project: ProjectId,
    (from, until): (NaiveDate, NaiveDate),
    vat: Option<&str>,
) -> Option<InvoiceAsk> {
    fields.day("from", from);
    fields.day("until", until);
    let vat = vat.map(|vat| fields.rate("vat", vat));
    let period: Option<DateRange> = match period(from, Some(until)) {
        Ok(period) => Some(period),
        Err(reason) => {
            fields.wrong("until", reason);
            None
        }
    };
    Some(InvoiceAsk { project, period: period?, vat: vat.flatten() })
}

fn seen(fields: &mut Fields, input: &SeenInvoiceInput, currency: Currency) -> ShownInvoice {
    let mut lines = Vec::with_capacity(input.lines.len());
    for (place, line) in input.lines.iter().enumerate() {
        fields.within(&format!("seen.lines.{place}"), |fields| {
            let id = fields.id("line", &line.line);
            let rate = line.rate.as_deref().map(|rate| fields.number("rate", rate));
            let time = fields.volume("time", &line.time, Unit::Time);
            let net = fields.money("net", &line.net, currency);
            let read = id.zip(time).zip(net);
            lines.extend(read.map(|((line, time), total)| ShownLine {
                line,
                rate: rate.flatten(),
                seconds: Seconds(time.units()),
                total,
            }));
        });
    }
    ShownInvoice { lines, bookings: input.bookings }
}

/// What invoicing a period of a project would make: lines, amounts, and what is left out and why. Nothing is stored.
#[utoipa::path(get, path = "/projects/{id}/invoices/plan", params(("id" = String, Path), InvoicePlanQuery), responses(
    (status = 200, body = InvoicePlanBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(
    caller: Caller,
    Path(project): Path<String>,
    Query(query): Query<InvoicePlanQuery>,
) -> Result<Json<InvoicePlanBody>, Refusal> {
    let project = id(&caller, &project, Noun::Project)?;
    let mut fields = Fields::default();
    let ask = ask(&mut fields, project, (query.from, query.until), query.vat.as_deref());
    let ask = fields.done(&caller, ask)?;
    let view = invoicing::plan(&caller.house.env, &caller.call, ask).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(InvoicePlanBody::new(view)))
}

/// Makes the draft of an invoice over a period of a project, with the activity report behind it: effort by the hour, and
/// free time that its line shows on activity reports at 0.00. Its bookings are not changed any more until it is deleted
/// or cancelled.
#[utoipa::path(post, path = "/projects/{id}/invoices", request_body = InvoicePeriodInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = DocumentBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(
    Path(project): Path<String>,
    command: Command<InvoicePeriodInput>,
) -> Result<(StatusCode, Json<DocumentBody>), Refusal> {
    let Command { caller, body } = command;
    let project: ProjectId = id(&caller, &project, Noun::Project)?;
    let mut fields = Fields::default();
    let document = fields.id("id", &body.id.unwrap_or_else(|| id_from_key(&caller)));
    let ask = ask(&mut fields, project, (body.from, body.until), body.vat.as_deref());
    let seen = match &body.seen {
        None => None,
        Some(input) => {
            let found = projects::page(&caller.house.env, &caller.call, project).await;
            let currency = found.map_err(|r| caller.refuse(r))?.currency;
            Some(seen(&mut fields, input, currency))
        }
    };
    let draft = document.zip(ask).map(|(id, ask)| InvoiceProjectDraft { id, ask, seen });
    let draft = fields.done(&caller, draft)?;
    let page = invoicing::create(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok((StatusCode::CREATED, Json(DocumentBody::new(page))))
}
