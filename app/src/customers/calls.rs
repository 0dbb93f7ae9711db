//! The server functions of customers.

use domain::CustomerId;
use leptos::prelude::*;
use wire::{
    Page,
    customers::{CustomerEditor, CustomerForm, CustomerQuery, CustomerRow, CustomerView},
    history::Change,
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, refused_form, session};

/// A page of the list.
#[server]
pub async fn list_customers(ask: CustomerQuery) -> Result<Page<CustomerRow>, CallError> {
    let (env, call) = session()?;
    usecases::customers::list(&env, &call, &ask).await.map_err(refused)
}

/// A customer's page.
#[server]
pub async fn load_customer(id: CustomerId) -> Result<CustomerView, CallError> {
    let (env, call) = session()?;
    usecases::customers::get(&env, &call, id).await.map_err(refused)
}

/// A customer's history.
#[server]
pub async fn customer_history(id: CustomerId) -> Result<Vec<Change>, CallError> {
    let (env, call) = session()?;
    usecases::customers::changes_of(&env, &call, id).await.map_err(refused)
}

/// What the form of a customer works with.
#[server]
pub async fn load_customer_editor(id: CustomerId) -> Result<CustomerEditor, CallError> {
    let (env, call) = session()?;
    usecases::customers::editor(&env, &call, id).await.map_err(refused)
}

/// Creates or changes a customer.
#[server]
pub async fn save_customer(form: CustomerForm) -> Result<CustomerView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let saved = usecases::customers::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    crate::call::server::see_other(&format!("/customers/{}", saved.id));
    Ok(saved)
}
