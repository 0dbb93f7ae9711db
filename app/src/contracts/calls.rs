//! The server functions of contract types and contracts.

use domain::{ContractId, ContractTypeId, CustomerId};
use leptos::prelude::*;
use wire::{
    Page,
    contracts::{
        ContractEditor, ContractForm, ContractPage, ContractQuery, ContractRow, ContractTypeForm, ContractTypePage,
        ContractTypeRow,
    },
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// All contract types.
#[server]
pub async fn list_contract_types() -> Result<Vec<ContractTypeRow>, CallError> {
    let (env, call) = session()?;
    usecases::contract_types::list(&env, &call).await.map_err(refused)
}

/// The editor of a contract type, or of a new one.
#[server]
pub async fn load_contract_type(id: Option<ContractTypeId>) -> Result<ContractTypePage, CallError> {
    let (env, call) = session()?;
    usecases::contract_types::page(&env, &call, id).await.map_err(refused)
}

/// Creates or changes a contract type.
#[server]
pub async fn save_contract_type(form: ContractTypeForm) -> Result<ContractTypePage, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::contract_types::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other("/contract-types");
    Ok(page)
}

/// A page of the list of contracts.
#[server]
pub async fn list_contracts(ask: ContractQuery) -> Result<Page<ContractRow>, CallError> {
    let (env, call) = session()?;
    usecases::contracts::list(&env, &call, &ask).await.map_err(refused)
}

/// The contracts of a customer.
#[server]
pub async fn contracts_of_customer(customer: CustomerId) -> Result<Vec<ContractRow>, CallError> {
    let (env, call) = session()?;
    usecases::contracts::of_customer(&env, &call, customer).await.map_err(refused)
}

/// The page of a contract.
#[server]
pub async fn load_contract(id: ContractId) -> Result<ContractPage, CallError> {
    let (env, call) = session()?;
    usecases::contracts::page(&env, &call, id).await.map_err(refused)
}

/// The editor of a contract, or of a new one.
#[server]
pub async fn load_contract_editor(
    id: Option<ContractId>,
    customer: Option<CustomerId>,
) -> Result<ContractEditor, CallError> {
    let (env, call) = session()?;
    usecases::contracts::editor(&env, &call, id, customer).await.map_err(refused)
}

/// Creates or changes a contract.
#[server]
pub async fn save_contract(form: ContractForm) -> Result<ContractPage, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::contracts::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/contracts/{}", page.contract.id));
    Ok(page)
}
