//! The server functions of the calendar feed.

use leptos::prelude::*;
use wire::calendar::CalendarView;

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, see_other, session};

/// Whether the person has a feed.
#[server]
pub async fn load_calendar() -> Result<CalendarView, CallError> {
    let (env, call) = session()?;
    usecases::calendar::view(&env, &call).await.map_err(refused)
}

/// Makes the feed, or gives it a new address. A plain form is led to a page that tells the address once.
#[server]
pub async fn renew_calendar() -> Result<CalendarView, CallError> {
    let (env, call) = session()?;
    let view = usecases::calendar::renew(&env, &call).await.map_err(refused)?;
    see_other(&format!("/calendar?new={}", view.token.as_deref().unwrap_or_default()));
    Ok(view)
}

/// Ends the feed.
#[server]
pub async fn end_calendar() -> Result<CalendarView, CallError> {
    let (env, call) = session()?;
    let view = usecases::calendar::end(&env, &call).await.map_err(refused)?;
    see_other("/calendar");
    Ok(view)
}
