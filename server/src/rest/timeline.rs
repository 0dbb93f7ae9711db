//! `/api/v1/contracts/{id}/timeline`: which terms billed which periods.

use axum::{Json, extract::Path};
use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    contracts::{BilledPeriod, Effect, Instead, instead, timeline},
    quota::Unit,
};
use serde::Serialize;
use usecases::contracts;
use utoipa::ToSchema;
use wire::{Noun, contracts::ContractChanges};

use super::{
    call::{Caller, ProblemDetails, Refusal, id},
    document_body::DocumentRefBody,
    terms::{TermsBody, as_named},
    values::{MoneyBody, RangeBody, Volume},
};

/// A billed period.
#[derive(Debug, Serialize, ToSchema)]
pub struct BilledPeriodBody {
    /// The number of the period, from 0.
    period: u32,
    service: RangeBody,
    /// Without VAT.
    net: MoneyBody,
    /// What it granted, all lots together; none without a quota.
    granted: Option<Volume>,
    billed_at: Option<DateTime<FixedOffset>>,
    /// The invoice; none when it was a draft that was deleted.
    document: Option<DocumentRefBody>,
    /// What cancelling the period and billing it again would give; none when that is the same.
    again: Option<AgainBody>,
}

/// What a re-run of a period would give.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgainBody {
    service: RangeBody,
    /// Without VAT.
    net: MoneyBody,
    granted: Option<Volume>,
}

/// Periods that were billed one after the other with the same terms.
#[derive(Debug, Serialize, ToSchema)]
pub struct StepBody {
    /// The version of the contract that had them first.
    version: i64,
    saved_at: Option<DateTime<FixedOffset>>,
    saved_by: Option<String>,
    terms: Option<TermsBody>,
    /// The fields that differ from the step before.
    changes: Vec<String>,
    periods: Vec<BilledPeriodBody>,
}

/// The billing from which on the present terms work.
#[derive(Debug, Serialize, ToSchema)]
pub struct AheadBody {
    /// The number of the first period that was never billed.
    period: u32,
    service: RangeBody,
    /// The day on which it becomes due.
    due: NaiveDate,
    /// The fields in which the present terms differ from those billed last and that work from this billing on.
    changes: Vec<String>,
}

/// Changed fields that work at once.
#[derive(Debug, Serialize, ToSchema)]
pub struct AtOnceBody {
    /// On what they work: `ending`, `documents`, `draws`, `bookings`, `grants`, `invoices`, `balancing` or `to_dos`.
    works_on: &'static str,
    fields: Vec<String>,
}

/// Changed fields that work at once, by what they work on.
pub fn at_once(changes: &[(Effect, Vec<&'static str>)]) -> Vec<AtOnceBody> {
    changes.iter().map(|(effect, fields)| AtOnceBody { works_on: effect.name(), fields: named(fields) }).collect()
}

/// The terms of a contract over its periods.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineBody {
    /// The version of the present terms.
    version: i64,
    /// The oldest first.
    steps: Vec<StepBody>,
    /// None when the contract ends before another period is billed.
    ahead: Option<AheadBody>,
    /// The fields in which the present terms differ from those that were billed last and that work at once.
    at_once: Vec<AtOnceBody>,
    /// The freed periods, which a re-run bills with the present terms.
    freed: Vec<RangeBody>,
    /// Whether earlier periods are left out.
    more: bool,
}

/// Fields as the body of terms names them.
pub fn named(fields: &[&'static str]) -> Vec<String> {
    fields.iter().map(|field| as_named(field).unwrap_or(field).to_owned()).collect()
}

impl TimelineBody {
    fn new(changes: &ContractChanges) -> TimelineBody {
        let facts = &changes.facts;
        let told = timeline(facts);
        let contract = &facts.contract;
        let currency = contract.terms.currency;
        let period = |billed: &BilledPeriod| {
            let terms = facts.versions.get(&billed.version);
            let quota = terms.and_then(|terms| terms.quota.as_ref()).or(contract.terms.quota.as_ref());
            let unit: Option<Unit> = quota.map(|quota| quota.unit);
            let invoice = changes.invoices.iter().find(|invoice| invoice.period == billed.number);
            let again = instead(contract, billed, changes.hours_per_day).ok().flatten();
            let again = again.map(|now: Instead| AgainBody {
                service: now.service.into(),
                net: MoneyBody::new(now.net, currency),
                granted: unit.map(|unit| Volume::new(unit, now.granted)),
            });
            BilledPeriodBody {
                period: billed.number,
                service: billed.service.into(),
                net: MoneyBody::new(billed.net, currency),
                granted: unit.map(|unit| Volume::new(unit, billed.granted)),
                billed_at: invoice.map(|invoice| invoice.at),
                document: invoice
                    .and_then(|invoice| invoice.document.clone())
                    .map(|(id, number)| DocumentRefBody::new(id.to_string(), number)),
                again,
            }
        };
        let steps = told.steps.iter().map(|step| {
            let saved = changes.saved.iter().find(|saved| saved.version == step.version);
            StepBody {
                version: step.version,
                saved_at: saved.map(|saved| saved.at),
                saved_by: saved.map(|saved| saved.by.clone()),
                terms: facts.versions.get(&step.version).map(TermsBody::new),
                changes: named(&step.changes),
                periods: step.periods.iter().map(period).collect(),
            }
        });
        TimelineBody {
            version: changes.version,
            steps: steps.collect(),
            ahead: told.ahead.as_ref().map(|ahead| AheadBody {
                period: ahead.period.number,
                service: ahead.period.service.into(),
                due: ahead.due,
                changes: named(&ahead.changes),
            }),
            at_once: at_once(&told.at_once),
            freed: told.freed.iter().map(|period| period.service.into()).collect(),
            more: changes.more,
        }
    }
}

/// Which terms billed which periods, and from which billing on the present ones work, or that they work at once.
#[utoipa::path(get, path = "/contracts/{id}/timeline", params(("id" = String, Path)), responses(
    (status = 200, body = TimelineBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(contract): Path<String>) -> Result<Json<TimelineBody>, Refusal> {
    let contract = id(&caller, &contract, Noun::Contract)?;
    let found = contracts::timeline(&caller.house.env, &caller.call, contract).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(TimelineBody::new(&found)))
}
