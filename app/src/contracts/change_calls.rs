//! The server functions for changing contracts: timeline, end, a type applied to many.

use chrono::NaiveDate;
use domain::ContractId;
use leptos::prelude::*;
use wire::contracts::{
    Applications, ApplyForm, ApplyQuery, ApplyView, ContractChanges, ContractPage, EndForm, EndView,
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, refused_form, see_other, session};

/// What the timeline of a contract is told from.
#[server]
pub async fn load_contract_changes(id: ContractId) -> Result<ContractChanges, CallError> {
    let (env, call) = session()?;
    usecases::contracts::timeline(&env, &call, id).await.map_err(refused)
}

/// Everything that the end of a contract is planned with, for ends from `from` on.
#[server]
pub async fn load_contract_end(id: ContractId, from: Option<NaiveDate>) -> Result<EndView, CallError> {
    let (env, call) = session()?;
    usecases::contracts::end_view(&env, &call, id, from).await.map_err(refused)
}

/// Ends a contract, or takes its end back.
#[server]
pub async fn end_contract(form: EndForm) -> Result<ContractPage, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::contracts::end(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/contracts/{}", page.contract.id));
    Ok(page)
}

/// A type with its contracts, for the preview.
#[server]
pub async fn load_type_application(ask: ApplyQuery) -> Result<ApplyView, CallError> {
    let (env, call) = session()?;
    usecases::contracts::apply_view(&env, &call, &ask).await.map_err(refused)
}

/// Applies a type to contracts.
#[server]
pub async fn apply_contract_type(form: ApplyForm) -> Result<Applications, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let contract_type = draft.contract_type;
    let done = usecases::contracts::apply_type(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/contract-types/{contract_type}/apply"));
    Ok(done)
}
