//! The server functions of the lists over the whole company.

use leptos::prelude::*;
use wire::{
    Page,
    lists::{DeficitPage, DeficitQuery, LapsePage, LapseQuery, ToDoQuery, ToDoRow},
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, session};

/// A page of what is to be billed.
#[server]
pub async fn list_to_dos(ask: ToDoQuery) -> Result<Page<ToDoRow>, CallError> {
    let (env, call) = session()?;
    usecases::lists::to_dos(&env, &call, &ask).await.map_err(refused)
}

/// A page of the open deficits.
#[server]
pub async fn list_deficits(ask: DeficitQuery) -> Result<DeficitPage, CallError> {
    let (env, call) = session()?;
    usecases::lists::deficits(&env, &call, &ask).await.map_err(refused)
}

/// A page of what lapses.
#[server]
pub async fn list_lapses(ask: LapseQuery) -> Result<LapsePage, CallError> {
    let (env, call) = session()?;
    usecases::lists::lapses(&env, &call, &ask).await.map_err(refused)
}
