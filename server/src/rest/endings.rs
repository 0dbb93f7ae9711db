//! `/api/v1/contracts/{id}/end`: what ending a contract would come to, and ending it.

use axum::{Json, extract::Path};
use chrono::NaiveDate;
use domain::{
    contracts::{EndPlan, Ending, Loss},
    quota::Unit,
};
use serde::{Deserialize, Serialize};
use usecases::contracts;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    contracts::{EndDraft, EndView},
};

use super::{
    articles::needs_version,
    booking_body::BookingRefBody,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id},
    commands::as_sent,
    contract_body::ContractBody,
    document_body::DocumentRefBody,
    fields::Fields,
    values::{MoneyBody, RangeBody, Volume},
};

/// How a contract would be ended: exactly one of the three.
#[derive(Debug, Deserialize, IntoParams)]
pub struct EndQuery {
    /// The day on which notice is given.
    cancelled_on: Option<NaiveDate>,
    /// An end that is agreed: the first day that no longer belongs to the contract.
    agreed_until: Option<NaiveDate>,
    /// Notice and agreement are taken back.
    #[serde(default)]
    taken_back: bool,
}

/// How a contract is ended: exactly one of the three.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ContractEndInput {
    /// The version of the contract that was seen.
    #[serde(default)]
    version: i64,
    /// The day on which notice is given.
    cancelled_on: Option<NaiveDate>,
    /// An end that is agreed: the first day that no longer belongs to the contract.
    agreed_until: Option<NaiveDate>,
    /// Notice and agreement are taken back.
    #[serde(default)]
    taken_back: bool,
}

/// The last period of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct LastPeriodBody {
    /// From 0.
    number: u32,
    service: RangeBody,
    /// What it costs, without VAT.
    net: MoneyBody,
    /// What it would cost if the end did not cut it.
    whole: MoneyBody,
    /// What was billed for it; that stays so.
    billed: Option<MoneyBody>,
}

/// What of a lot is lost with the end.
#[derive(Debug, Serialize, ToSchema)]
pub struct EndedLotBody {
    lot: String,
    valid: RangeBody,
    amount: Volume,
    /// `by_itself`, `cut` or `beyond`.
    loss: &'static str,
}

/// A billed period that does not end before the contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct BeyondBody {
    /// From 0.
    period: u32,
    service: RangeBody,
    /// The days of it that no longer belong to the contract.
    after: RangeBody,
    net: MoneyBody,
    document: Option<DocumentRefBody>,
}

/// A period of which an earlier end had cut off a part that is not billed: no run bills the rest, cancelling its invoice
/// and running it again does.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShortBody {
    /// From 0.
    period: u32,
    /// What was billed.
    service: RangeBody,
    net: MoneyBody,
    /// The days that are not billed.
    unbilled: RangeBody,
    /// What a re-run would bill instead, without VAT.
    instead: MoneyBody,
    document: Option<DocumentRefBody>,
}

/// A draw or an open deficit.
#[derive(Debug, Serialize, ToSchema)]
pub struct DatedBody {
    draw: String,
    date: NaiveDate,
    amount: Volume,
    document: Option<DocumentRefBody>,
    /// The booking whose draw it is; neither of a draw by hand.
    booking: Option<BookingRefBody>,
}

/// A document of a day on which the contract no longer lasts.
#[derive(Debug, Serialize, ToSchema)]
pub struct LaterDocumentBody {
    document: DocumentRefBody,
    /// `delivery_note` or `invoice`.
    kind: &'static str,
    /// `draft` or `issued`.
    state: &'static str,
    date: NaiveDate,
}

/// What ending a contract would come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ContractEndBody {
    /// The version of the contract, to be sent when it is ended.
    version: i64,
    /// Its end until now: the first day that no longer belongs to it.
    earlier: Option<NaiveDate>,
    /// Its end from then on.
    until: Option<NaiveDate>,
    /// The day of the notice plus the notice: the end is the first term boundary from then on.
    notice_over: Option<NaiveDate>,
    last_period: Option<LastPeriodBody>,
    lots: Vec<EndedLotBody>,
    /// What is billed beyond the end and stays billed.
    beyond: Vec<BeyondBody>,
    /// The billed periods of which a part is not billed.
    short: Vec<ShortBody>,
    /// What was drawn for later days and stays drawn.
    drawn: Vec<DatedBody>,
    documents: Vec<LaterDocumentBody>,
    deficits: Vec<DatedBody>,
    /// What is wrong with it, by field: nothing is done as long as there is anything.
    faults: Vec<String>,
}

impl ContractEndBody {
    fn new(view: &EndView, plan: &EndPlan) -> ContractEndBody {
        let currency = plan.contract.terms.currency;
        let unit = view.facts.account.as_ref().map_or(Unit::Time, |account| account.account.unit);
        let money = |minor| MoneyBody::new(minor, currency);
        let volume = |amount| Volume::new(unit, amount);
        let named = |draw: domain::DrawId| {
            let found = view.draws.iter().find(|(found, _)| *found == draw);
            found.map(|(_, document)| DocumentRefBody::new(document.id.to_string(), document.number.clone()))
        };
        let booked = |draw: domain::DrawId| {
            let found = view.booked.iter().find(|(found, _)| *found == draw);
            found.map(|(_, booking)| BookingRefBody::from(booking.clone()))
        };
        let billed_on = |period: u32| {
            let invoice = view.invoices.iter().find(|invoice| invoice.period == period);
            let document = invoice.and_then(|invoice| invoice.document.clone());
            document.map(|(id, number)| DocumentRefBody::new(id.to_string(), number))
        };
        ContractEndBody {
            version: view.version,
            earlier: plan.earlier,
            until: plan.end,
            notice_over: plan.notice.map(|notice| notice.over),
            last_period: plan.last.as_ref().map(|last| LastPeriodBody {
                number: last.period.number,
                service: last.period.service.into(),
                net: money(last.bill.totals.net),
                whole: money(last.whole.net),
                billed: last.billed.map(|billed| money(billed.net)),
            }),
            lots: plan
                .lots
                .iter()
                .map(|lost| EndedLotBody {
                    lot: lost.lot.id.to_string(),
                    valid: lost.lot.valid.into(),
                    amount: volume(lost.amount),
                    loss: match lost.loss {
                        Loss::ByItself => "by_itself",
                        Loss::Cut => "cut",
                        Loss::Beyond => "beyond",
                    },
                })
                .collect(),
            beyond: plan
                .beyond
                .iter()
                .map(|beyond| BeyondBody {
                    period: beyond.billed.number,
                    service: beyond.billed.service.into(),
                    after: beyond.after.into(),
                    net: money(beyond.billed.net),
                    document: billed_on(beyond.billed.number),
                })
                .collect(),
            short: plan
                .short
                .iter()
                .map(|short| ShortBody {
                    period: short.billed.number,
                    service: short.billed.service.into(),
                    net: money(short.billed.net),
                    unbilled: short.unbilled.into(),
                    instead: money(short.instead),
                    document: billed_on(short.billed.number),
                })
                .collect(),
            drawn: plan
                .drawn
                .iter()
                .map(|drawn| DatedBody {
                    draw: drawn.draw.to_string(),
                    date: drawn.date,
                    amount: volume(drawn.amount),
                    document: named(drawn.draw),
                    booking: booked(drawn.draw),
                })
                .collect(),
            documents: plan
                .documents
                .iter()
                .map(|document| LaterDocumentBody {
                    document: DocumentRefBody::new(document.document.to_string(), document.number.clone()),
                    kind: document.kind.name(),
                    state: document.state.name(),
                    date: document.date,
                })
                .collect(),
            deficits: plan
                .deficits
                .iter()
                .map(|open| DatedBody {
                    draw: open.draw.to_string(),
                    date: open.date,
                    amount: volume(open.amount),
                    document: named(open.draw),
                    booking: booked(open.draw),
                })
                .collect(),
            faults: plan.faults.iter().map(|(field, _)| sent(field).to_owned()).collect(),
        }
    }
}

/// Reads how it is ended.
fn read(
    fields: &mut Fields,
    cancelled_on: Option<NaiveDate>,
    agreed_until: Option<NaiveDate>,
    taken_back: bool,
) -> Option<Ending> {
    for (field, day) in [("cancelled_on", cancelled_on), ("agreed_until", agreed_until)] {
        if let Some(day) = day {
            fields.day(field, day);
        }
    }
    match (cancelled_on, agreed_until, taken_back) {
        (Some(on), None, false) => Some(Ending::Notice { on }),
        (None, Some(until), false) => Some(Ending::Agreed { until }),
        (None, None, true) => Some(Ending::TakenBack),
        (None, None, false) => {
            fields.wrong("cancelled_on", FieldReason::Missing);
            None
        }
        _ => {
            fields.wrong("cancelled_on", FieldReason::NotOneOf);
            None
        }
    }
}

/// The name in the body of a field that is wrong.
fn sent(field: &str) -> &'static str {
    if matches!(field, "last" | "agreed_last") { "agreed_until" } else { "cancelled_on" }
}

/// What ending a contract would come to, as things stand. Nothing changes.
#[utoipa::path(get, path = "/contracts/{id}/end", params(("id" = String, Path), EndQuery), responses(
    (status = 200, body = ContractEndBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(
    caller: Caller,
    Path(contract): Path<String>,
    Query(query): Query<EndQuery>,
) -> Result<Json<ContractEndBody>, Refusal> {
    let contract = id(&caller, &contract, Noun::Contract)?;
    let mut fields = Fields::default();
    let how = read(&mut fields, query.cancelled_on, query.agreed_until, query.taken_back);
    let how = fields.done(&caller, how)?;
    let planned = contracts::end_plan(&caller.house.env, &caller.call, contract, how).await;
    let (view, plan) =
        planned.map_err(|refused| caller.refuse(as_sent(refused, |problem| Some(sent(&problem.field)))))?;
    Ok(Json(ContractEndBody::new(&view, &plan)))
}

/// Ends a contract by notice or agreement, or takes that back. What was billed stays billed and what was drawn stays drawn.
#[utoipa::path(post, path = "/contracts/{id}/end", request_body = ContractEndInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ContractBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn end(
    Path(contract): Path<String>,
    command: Command<ContractEndInput>,
) -> Result<Json<ContractBody>, Refusal> {
    let Command { caller, body } = command;
    let contract = id(&caller, &contract, Noun::Contract)?;
    needs_version(&caller, body.version)?;
    let mut fields = Fields::default();
    let how = read(&mut fields, body.cancelled_on, body.agreed_until, body.taken_back);
    let draft = EndDraft { contract, version: body.version, how: fields.done(&caller, how)? };
    let ended = contracts::end(&caller.house.env, &caller.call, draft).await;
    let ended = ended.map_err(|refused| caller.refuse(as_sent(refused, |problem| Some(sent(&problem.field)))))?;
    Ok(Json(ContractBody::new(ended)))
}
