//! The server functions of balancing invoices.

use domain::ContractId;
use leptos::prelude::*;
use wire::{
    balancing::{BalancingInvoiceForm, BalancingView},
    documents::DocumentPage,
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// What a balancing invoice of a contract is planned with.
#[server]
pub async fn load_balancing(contract: ContractId) -> Result<BalancingView, CallError> {
    let (env, call) = session()?;
    usecases::billing::balancing(&env, &call, contract).await.map_err(refused)
}

/// Makes a balancing invoice, as draft or issued.
#[server]
pub async fn balance_contract(form: BalancingInvoiceForm) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let contract = form.contract().map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::billing::balancing(&env, &call, contract).await.map_err(refused_form(&form))?;
    let draft = form.check(lang(), view.unit()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::billing::balance_contract(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{}", page.row.id));
    Ok(page)
}
