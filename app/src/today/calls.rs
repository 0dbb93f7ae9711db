//! The server functions of the first page and of the finder.

use leptos::prelude::*;
use wire::today::{Found, TodayView};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, see_other, session};

/// The first page of the day.
#[server]
pub async fn load_today() -> Result<TodayView, CallError> {
    let (env, call) = session()?;
    usecases::today::page(&env, &call).await.map_err(refused)
}

/// Files the papers at once that could not be filed. Returns how many they are.
#[server]
pub async fn file_papers_now() -> Result<u64, CallError> {
    let (env, call) = session()?;
    let papers = usecases::archive::file_now(&env, &call).await.map_err(refused)?;
    see_other("/today");
    Ok(papers)
}

/// Sets the papers at once that could not be set. Returns how many they are.
#[server]
pub async fn set_papers_now() -> Result<u64, CallError> {
    let (env, call) = session()?;
    let papers = usecases::papers::set_now(&env, &call).await.map_err(refused)?;
    see_other("/today");
    Ok(papers)
}

/// What begins with these letters.
#[server]
pub async fn find(q: String) -> Result<Vec<Found>, CallError> {
    let (env, call) = session()?;
    usecases::today::find(&env, &call, &q).await.map_err(refused)
}
