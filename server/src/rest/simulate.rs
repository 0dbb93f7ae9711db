//! `/api/v1/simulate/billing`: what a contract will do, by the functions of the billing run. Nothing is stored.

use axum::Json;
use chrono::NaiveDate;
use domain::{
    ContractId, Currency, CustomerId,
    billing::{self, Billable, Plan, PlannedInvoice},
    contracts::{BillError, BilledLine, Contract, OutlookLot, OutlookPeriod, Terms, outlook},
    documents::Totals,
    quota::Unit,
};
use serde::{Deserialize, Serialize};
use texts::{Lang, NotReadable};
use usecases::contract_types;
use utoipa::ToSchema;
use wire::{FieldReason, Problem, billing::NotBilled};

use super::{
    billing_body::NotBilledBody,
    call::{Caller, Command, ProblemDetails, Refusal},
    fields::Fields,
    items::ItemBody,
    terms::{TermsBody, faults},
    values::{Lapse, MoneyBody, RangeBody, Volume},
};

/// How many periods are looked ahead when nobody says how many.
const USUAL: u32 = 12;
/// The most periods that are looked ahead: what more would be nobody reads.
const MOST: u32 = 120;

/// A contract that nobody has made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct SimulationInput {
    start: NaiveDate,
    /// The first day that is billed; left out: the start.
    billing_start: Option<NaiveDate>,
    /// The day on which it was cancelled.
    cancelled_on: Option<NaiveDate>,
    /// An end that was agreed: the first day that no longer belongs to it.
    agreed_until: Option<NaiveDate>,
    terms: TermsBody,
    /// The number of the first period that was never billed, from 0.
    #[serde(default)]
    next: u32,
    /// Plan the billing as of that day, too.
    as_of: Option<NaiveDate>,
    /// How many periods to look ahead: 12 if left out, at most 120.
    count: Option<u32>,
}

/// What a contract will do.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulationBody {
    /// Its end, if it has one: the first day that no longer belongs to it.
    until: Option<NaiveDate>,
    /// The next term boundary on which it renews itself, as seen from today.
    renews_on: Option<NaiveDate>,
    /// The last day on which notice for that boundary can be given.
    notice_by: Option<NaiveDate>,
    /// The next periods.
    periods: Vec<SimulatedPeriod>,
    /// What a billing as of the day that was asked for would do.
    plan: Option<SimulatedPlan>,
}

/// A period that will be billed.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedPeriod {
    /// From 0.
    number: u32,
    from: NaiveDate,
    until: Option<NaiveDate>,
    /// The end of the part for which the contract lasts.
    service_until: Option<NaiveDate>,
    /// The day on which it becomes due.
    due: NaiveDate,
    /// The day on which its to-do appears.
    to_do: Option<NaiveDate>,
    lines: Vec<SimulatedLine>,
    net: MoneyBody,
    vat: MoneyBody,
    gross: MoneyBody,
    /// The lots that it will grant.
    lots: Vec<SimulatedLot>,
}

/// A line of the invoice.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedLine {
    /// The line; its price is prorated where the end cuts the period.
    line: ItemBody,
    /// What it comes to, net.
    total: MoneyBody,
}

/// A lot that will be granted.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedLot {
    amount: Volume,
    /// When it can be drawn, with the periods to which it is carried over.
    valid: RangeBody,
    /// From when on it is carried over, if it outlives its own period.
    carried_from: Option<NaiveDate>,
    /// What lapses of it and when, if nothing is drawn from it.
    lapses: Vec<Lapse>,
}

/// What a billing would do.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedPlan {
    invoices: Vec<SimulatedInvoice>,
    /// Why nothing of it can be billed.
    not_billed: Option<NotBilledBody>,
}

/// An invoice that would be made.
#[derive(Debug, Serialize, ToSchema)]
pub struct SimulatedInvoice {
    /// The numbers of the periods that it bills.
    periods: Vec<u32>,
    net: MoneyBody,
    vat: MoneyBody,
    gross: MoneyBody,
}

/// The unit of the quota.
fn unit(terms: &Terms) -> Unit {
    terms.quota.as_ref().map_or(Unit::Time, |quota| quota.unit)
}

fn sums(totals: &Totals, currency: Currency) -> [MoneyBody; 3] {
    [totals.net, totals.vat, totals.gross].map(|minor| MoneyBody::new(minor, currency))
}

fn line(billed: BilledLine, currency: Currency) -> SimulatedLine {
    SimulatedLine { line: ItemBody::new(&billed.line), total: MoneyBody::new(billed.total, currency) }
}

fn lot(found: OutlookLot, unit: Unit) -> SimulatedLot {
    let lapse = |lapse: domain::quota::Lapse| Lapse { on: lapse.date, amount: Volume::new(unit, lapse.amount) };
    SimulatedLot {
        amount: Volume::new(unit, found.lot.amount),
        valid: found.lot.valid.into(),
        carried_from: found.lot.carried.map(|carried| carried.from),
        lapses: found.lapses.into_iter().map(lapse).collect(),
    }
}

fn period(found: OutlookPeriod, terms: &Terms) -> SimulatedPeriod {
    let (bill, currency, unit) = (found.bill, terms.currency, unit(terms));
    let [net, vat, gross] = sums(&bill.totals, currency);
    SimulatedPeriod {
        number: bill.period.number,
        from: bill.period.range.from,
        until: bill.period.range.until,
        service_until: bill.period.service.until,
        due: found.due,
        to_do: found.to_do,
        lines: bill.lines.into_iter().map(|billed| line(billed, currency)).collect(),
        net,
        vat,
        gross,
        lots: found.lots.into_iter().map(|found| lot(found, unit)).collect(),
    }
}

fn planned(plan: &Plan, terms: &Terms, lang: Lang) -> SimulatedPlan {
    let invoice = |invoice: &PlannedInvoice| {
        let [net, vat, gross] = sums(&invoice.totals, invoice.currency);
        let periods = invoice.periods.iter().map(|period| period.bill.period.number).collect();
        SimulatedInvoice { periods, net, vat, gross }
    };
    let refused = |unbillable: &billing::Unbillable| {
        NotBilledBody::new(lang, &NotBilled::Refused { error: unbillable.error.clone(), unit: unit(terms) })
    };
    SimulatedPlan {
        invoices: plan.invoices.iter().map(invoice).collect(),
        not_billed: plan.unbillable.first().map(refused),
    }
}

/// What is wrong with a contract whose periods cannot be computed.
fn unbillable(error: BillError, terms: &Terms) -> Problem {
    let too_large = FieldReason::NotReadable(NotReadable::TooLarge);
    match error {
        BillError::TooLarge => Problem::field("terms.items", too_large),
        BillError::BeyondCalendar => Problem::field("terms.billing.interval", too_large),
        BillError::Quota(error) => Problem::field("terms.quota", FieldReason::Quota(error, unit(terms))),
    }
}

/// What a contract with these terms will do: its end, its next periods with their lots, and a billing as of a day.
#[utoipa::path(post, path = "/simulate/billing", request_body = SimulationInput, responses(
    (status = 200, body = SimulationBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn simulate(command: Command<SimulationInput>) -> Result<Json<SimulationBody>, Refusal> {
    let Command { caller, body } = command;
    // Who may see contracts may simulate one; the company's working day comes from the same place as an editor's.
    let company = contract_types::page(&caller.house.env, &caller.call, None).await.map_err(|r| caller.refuse(r))?;
    let contract = contract(&caller, &body)?;
    let (today, day, next) = (caller.house.env.today(), company.hours_per_day, body.next);
    let outlook = outlook(&contract, next, body.count.unwrap_or(USUAL), today, day);
    let outlook = outlook.map_err(|error| caller.refuse(unbillable(error, &contract.terms)))?;
    let plan = body.as_of.map(|as_of| {
        let billable = Billable { contract: contract.clone(), next };
        planned(&billing::plan(&[billable], as_of, day), &contract.terms, caller.lang())
    });
    Ok(Json(SimulationBody {
        until: outlook.end,
        renews_on: outlook.renews_on,
        notice_by: outlook.notice_by,
        periods: outlook.periods.into_iter().map(|found| period(found, &contract.terms)).collect(),
        plan,
    }))
}

/// The contract, with every wrong field named.
fn contract(caller: &Caller, body: &SimulationInput) -> Result<Contract, Refusal> {
    let mut fields = Fields::default();
    if body.count.is_some_and(|count| count > MOST) {
        fields.wrong("count", FieldReason::NotReadable(NotReadable::TooLarge));
    }
    if let Some(as_of) = body.as_of {
        fields.day("as_of", as_of);
    }
    let contract = body.terms.read(&mut fields).map(|terms| Contract {
        // It is nobody's, and no other contract is looked at.
        id: ContractId::new(uuid::Uuid::nil()),
        customer: CustomerId::new(uuid::Uuid::nil()),
        start: body.start,
        billing_start: body.billing_start.unwrap_or(body.start),
        cancelled_on: body.cancelled_on,
        agreed_end: body.agreed_until,
        terms,
    });
    if let Some(contract) = &contract {
        faults(&mut fields, &contract.terms, contract.faults());
    }
    fields.done(caller, contract)
}
