//! The server functions of invoicing a period of a project.

use leptos::prelude::*;
use wire::{
    documents::DocumentPage,
    projects::{InvoicePlanView, InvoiceProjectForm},
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// What invoicing a period of a project would make.
#[server]
pub async fn load_project_invoice(form: InvoiceProjectForm) -> Result<InvoicePlanView, CallError> {
    let (env, call) = session()?;
    let ask = form.ask(lang()).map_err(refused)?;
    usecases::projects::invoicing::plan(&env, &call, ask).await.map_err(refused)
}

/// Makes the draft of an invoice over a period of a project.
#[server]
pub async fn invoice_project(form: InvoiceProjectForm) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::projects::invoicing::create(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{}", page.row.id));
    Ok(page)
}
