//! `/api/v1/contract-types/{id}/apply`: what applying a type to its contracts would change, and applying it.

use std::collections::BTreeSet;

use axum::{Json, extract::Path};
use chrono::NaiveDate;
use domain::{
    ContractId,
    contracts::{Applied, Section, TermsError, apply as applied, by_effect},
    quota::Unit,
};
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::contracts;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    contracts::{ApplyContract, ApplyDraft, ApplyOutcome, ApplyQuery, ApplyView, MOST_APPLIED, sections},
    history::FieldChange,
};

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id},
    contract_body::CustomerRefBody,
    fields::Fields,
    terms::{TermsBody, as_named},
    timeline::{AtOnceBody, at_once, named},
};

/// Which contracts are looked at, and what of the type.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ApplyParams {
    /// The beginning of a number, or beginnings of words of the customer that must all occur.
    #[serde(default)]
    q: String,
    /// `term`, `billing`, `items`, `quota`, `groups`, with commas between them; left out: all.
    sections: Option<String>,
}

/// A type that is applied to contracts.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ApplyInput {
    /// The version of the type that was seen.
    #[serde(default)]
    version: i64,
    /// `term`, `billing`, `items`, `quota`, `groups`; left out: all.
    sections: Option<Vec<String>>,
    /// The contracts, at most 500.
    contracts: Vec<ChosenBody>,
}

/// A contract that was chosen.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ChosenBody {
    contract: String,
    /// The version that was seen.
    version: i64,
}

/// Why a field stays, or what is wrong with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldFaultBody {
    field: String,
    /// The sentence for a person.
    detail: String,
}

/// What applying the type to a contract would come to.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplyPlanBody {
    contract: String,
    number: String,
    customer: CustomerRefBody,
    /// The version of the contract, to be sent when the type is applied.
    version: i64,
    /// The fields that change.
    changes: Vec<String>,
    /// The fields that stay although the type has them otherwise.
    kept: Vec<FieldFaultBody>,
    /// What would be wrong: it is left alone as long as there is anything.
    faults: Vec<FieldFaultBody>,
    /// The first day from which on it would hold, but for what works at once; none when nothing is billed any more.
    holds_from: Option<NaiveDate>,
    /// Which of the changes work at once.
    at_once: Vec<AtOnceBody>,
    /// Its end until now: the first day that no longer belongs to it.
    end_before: Option<NaiveDate>,
    /// Its end from then on.
    end_after: Option<NaiveDate>,
    /// What it has.
    before: TermsBody,
    /// What it would have.
    after: TermsBody,
}

/// What applying a type would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplyBody {
    /// The version of the type, to be sent when it is applied.
    version: i64,
    name: String,
    /// Its contracts that have not ended, by number.
    contracts: Vec<ApplyPlanBody>,
    /// Whether there are more than these.
    more: bool,
}

/// A field before and after, as a history keeps it.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldChangeBody {
    field: String,
    before: Option<String>,
    after: Option<String>,
}

impl From<FieldChange> for FieldChangeBody {
    fn from(change: FieldChange) -> FieldChangeBody {
        FieldChangeBody { field: change.field, before: change.before, after: change.after }
    }
}

/// What came of a contract.
#[derive(Debug, Serialize, ToSchema)]
pub struct AppliedBody {
    contract: String,
    number: String,
    /// `applied`, `unchanged`, `changed` (by somebody else after the preview, and left alone), `refused` or `not_found`.
    outcome: &'static str,
    /// What changed; for `changed` what would change now.
    changes: Vec<FieldChangeBody>,
    /// Why it was refused.
    faults: Vec<FieldFaultBody>,
}

/// What came of applying a type.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationsBody {
    contracts: Vec<AppliedBody>,
}

fn fault(lang: Lang, unit: Unit, field: &str, error: &TermsError) -> FieldFaultBody {
    FieldFaultBody {
        field: as_named(field).unwrap_or(field).to_owned(),
        detail: FieldReason::Terms(error.clone(), unit).text(lang),
    }
}

impl ApplyPlanBody {
    fn new(lang: Lang, found: &ApplyContract, plan: &Applied) -> ApplyPlanBody {
        let unit = found.counts.unwrap_or(Unit::Time);
        let faults = |all: &[(&'static str, TermsError)]| {
            all.iter().map(|(field, error)| fault(lang, unit, field, error)).collect()
        };
        ApplyPlanBody {
            contract: found.contract.id.to_string(),
            number: found.number.clone(),
            customer: found.customer.clone().into(),
            version: found.version,
            changes: named(&plan.changes),
            kept: faults(&plan.kept),
            faults: faults(&plan.faults),
            holds_from: plan.contract.period(found.next).map(|period| period.service.from),
            at_once: at_once(&by_effect(&plan.changes, &plan.contract.terms).1),
            end_before: found.contract.end(),
            end_after: plan.contract.end(),
            before: TermsBody::new(&found.contract.terms),
            after: TermsBody::new(&plan.contract.terms),
        }
    }
}

impl ApplyBody {
    fn new(lang: Lang, view: &ApplyView, sections: &BTreeSet<Section>, today: NaiveDate) -> ApplyBody {
        let one = |found: &ApplyContract| {
            let plan = applied(&view.terms, &found.contract, sections, found.billed, found.counts, today);
            ApplyPlanBody::new(lang, found, &plan)
        };
        ApplyBody {
            version: view.version,
            name: view.name.clone(),
            contracts: view.contracts.iter().map(one).collect(),
            more: view.more,
        }
    }
}

impl AppliedBody {
    fn new(lang: Lang, (contract, number, outcome): (ContractId, String, ApplyOutcome)) -> AppliedBody {
        let changes = |all: Vec<FieldChange>| -> Vec<FieldChangeBody> {
            let one = |change: FieldChange| FieldChangeBody {
                field: as_named(&change.field).unwrap_or(&change.field).to_owned(),
                before: change.before,
                after: change.after,
            };
            all.into_iter().map(one).collect()
        };
        let (outcome, changes, faults) = match outcome {
            ApplyOutcome::Applied { changes: all } => ("applied", changes(all), Vec::new()),
            ApplyOutcome::Unchanged => ("unchanged", Vec::new(), Vec::new()),
            ApplyOutcome::Changed { changes: all } => ("changed", changes(all), Vec::new()),
            ApplyOutcome::Refused { faults, unit } => {
                let faults = faults.iter().map(|(field, error)| fault(lang, unit, field, error)).collect();
                ("refused", Vec::new(), faults)
            }
            ApplyOutcome::NotFound => ("not_found", Vec::new(), Vec::new()),
        };
        AppliedBody { contract: contract.to_string(), number, outcome, changes, faults }
    }
}

/// The sections of these names; all when nothing is said.
fn read_sections(fields: &mut Fields, names: Option<String>) -> Option<BTreeSet<Section>> {
    match names {
        None => Some(Section::ALL.into_iter().collect()),
        Some(names) => fields.choice("sections", sections(&names).filter(|sections| !sections.is_empty())),
    }
}

/// What applying a type to its contracts would change, as things stand. Nothing changes.
#[utoipa::path(get, path = "/contract-types/{id}/apply", params(("id" = String, Path), ApplyParams), responses(
    (status = 200, body = ApplyBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn plan(
    caller: Caller,
    Path(wanted): Path<String>,
    Query(query): Query<ApplyParams>,
) -> Result<Json<ApplyBody>, Refusal> {
    let contract_type = id(&caller, &wanted, Noun::ContractType)?;
    let mut fields = Fields::default();
    let sections = read_sections(&mut fields, query.sections);
    let sections = fields.done(&caller, sections)?;
    let ask = ApplyQuery { contract_type, q: query.q };
    let view = contracts::apply_view(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ApplyBody::new(caller.lang(), &view, &sections, caller.house.env.today())))
}

/// Applies a type to contracts. One that somebody changed since is left alone and named; the same again changes nothing.
#[utoipa::path(post, path = "/contract-types/{id}/apply", request_body = ApplyInput,
    params(("id" = String, Path), ("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 200, body = ApplicationsBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn apply(
    Path(wanted): Path<String>,
    command: Command<ApplyInput>,
) -> Result<Json<ApplicationsBody>, Refusal> {
    let Command { caller, body } = command;
    let contract_type = id(&caller, &wanted, Noun::ContractType)?;
    needs_version(&caller, body.version)?;
    let mut fields = Fields::default();
    let sections = read_sections(&mut fields, body.sections.map(|names| names.join(",")));
    let all = body.contracts.iter().enumerate();
    let contracts: Option<Vec<(ContractId, i64)>> = all
        .map(|(place, chosen)| {
            let id = fields.id(&format!("contracts.{place}.contract"), &chosen.contract);
            id.map(|id| (id, chosen.version))
        })
        .collect();
    match body.contracts.len() {
        0 => fields.wrong("contracts", FieldReason::Missing),
        found if found > MOST_APPLIED => {
            fields.wrong("contracts", FieldReason::TooMany { most: MOST_APPLIED, found });
        }
        _ => {}
    }
    let draft = sections.zip(contracts).map(|(sections, contracts)| ApplyDraft {
        contract_type,
        version: body.version,
        sections,
        contracts,
    });
    let draft = fields.done(&caller, draft)?;
    let done = contracts::apply_type(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    let lang = caller.lang();
    Ok(Json(ApplicationsBody { contracts: done.contracts.into_iter().map(|of| AppliedBody::new(lang, of)).collect() }))
}
