//! The server functions of billing.

use chrono::NaiveDate;
use domain::RunId;
use leptos::prelude::*;
use wire::{
    Page,
    billing::{RunCancelForm, RunForm, RunPage, RunPlan, RunQuery, RunRow, RunUndo, Scope},
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, refused_form, see_other, session};

/// What a run would do.
#[server]
pub async fn plan_billing(as_of: NaiveDate, #[server(default)] scope: Scope) -> Result<RunPlan, CallError> {
    let (env, call) = session()?;
    let selection = scope.check().map_err(refused)?;
    usecases::billing::plan(&env, &call, as_of, selection).await.map_err(refused)
}

/// Makes a run, which goes on by itself.
#[server]
pub async fn start_billing(form: RunForm) -> Result<RunRow, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let row = usecases::billing::launch(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/billing/{}", row.id));
    Ok(row)
}

/// A page of the runs.
#[server]
pub async fn list_runs(ask: RunQuery) -> Result<Page<RunRow>, CallError> {
    let (env, call) = session()?;
    usecases::billing::list(&env, &call, &ask).await.map_err(refused)
}

/// A run with a page of what came of its contracts.
#[server]
pub async fn load_run(id: RunId, page: u32) -> Result<RunPage, CallError> {
    let (env, call) = session()?;
    usecases::billing::page(&env, &call, id, page).await.map_err(refused)
}

/// What cancelling a run would do with a page of its documents that still stand, not carried out.
#[server]
pub async fn load_run_undo(id: RunId, #[server(default)] page: u32) -> Result<RunUndo, CallError> {
    let (env, call) = session()?;
    usecases::billing::cancel_plan_page(&env, &call, id, page).await.map_err(refused)
}

/// Cancels a run, which goes on by itself: each of its documents on its own.
#[server]
pub async fn cancel_run(form: RunCancelForm) -> Result<RunUndo, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let done = usecases::billing::launch_cancel(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/billing/{}", done.run));
    Ok(done)
}
