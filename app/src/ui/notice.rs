//! Notices: what happened, and what failed.

use leptos::prelude::*;

use super::SessionEnded;
use crate::{call::CallError, context::lang};

/// How a notice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// It worked.
    Good,
    /// It worked, but not as expected.
    Warn,
    /// It did not happen.
    Bad,
}

/// A few words about what just happened, read out by screen readers.
#[component]
pub fn Notice(tone: Tone, children: Children) -> impl IntoView {
    let class = match tone {
        Tone::Good => "notice notice-good",
        Tone::Warn => "notice notice-warn",
        Tone::Bad => "notice notice-bad",
    };
    view! { <div class=class role="status">{children()}</div> }
}

/// What a call was refused for. A session that has ended is renewed right here, so that nothing typed is lost.
#[component]
pub fn Failure(error: CallError) -> impl IntoView {
    #[cfg(feature = "ssr")]
    if let (Some("not_found"), Some(response)) = (error.code(), use_context::<leptos_axum::ResponseOptions>()) {
        response.set_status(axum::http::StatusCode::NOT_FOUND);
    }
    if error.is_signed_out() {
        view! { <SessionEnded/> }.into_any()
    } else {
        view! { <Notice tone=Tone::Bad><p>{error.text(lang())}</p></Notice> }.into_any()
    }
}
