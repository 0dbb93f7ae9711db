//! What the fronts ask for in which something is made: new ids, and what time it is.

use app::context::{NewId, Now};
use chrono::{DateTime, Utc};
use leptos::prelude::*;
use uuid::Uuid;

/// To the second: what is less is never booked.
#[allow(clippy::cast_possible_truncation)]
fn now() -> DateTime<Utc> {
    DateTime::from_timestamp((js_sys::Date::now() / 1000.0) as i64, 0).unwrap_or_default()
}

/// Gives it to the pages.
pub fn provide() {
    provide_context(NewId(Uuid::now_v7));
    provide_context(Now(now));
}
