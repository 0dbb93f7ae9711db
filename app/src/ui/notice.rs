//! Notices: what happened, what failed, and a session that has ended.

use leptos::prelude::*;
use texts::say;

use super::{Field, FieldKind};
use crate::{call::CallError, context::lang, office::SignInAgain};

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

/// Signs in again without leaving the page.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let lang = lang();
    let again = ServerAction::<SignInAgain>::new();
    let login = RwSignal::new(crate::context::person().map(|person| person.login).unwrap_or_default());
    let password = RwSignal::new(String::new());
    let renewed = move || matches!(again.value().get(), Some(Ok(())));
    let problem = Signal::derive(move || again.value().get().and_then(Result::err).map(|error| error.text(lang)));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        again.dispatch(SignInAgain { login: login.get_untracked(), password: password.get_untracked() });
    };
    view! {
        <Show
            when=renewed
            fallback=move || view! {
                <form class="notice notice-warn session-ended" method="post" action="/sign-in" on:submit=submit>
                    <h2>{say::session_ended(lang)}</h2>
                    <p>{say::session_ended_lead(lang)}</p>
                    <Field label=say::login(lang) name="login" id="again-login" value=login set=move |v| login.set(v) autocomplete="username"/>
                    <Field label=say::password(lang) name="password" id="again-password" kind=FieldKind::Password
                        value=password set=move |v| password.set(v) problem=problem autocomplete="current-password"/>
                    <button class="button" type="submit">{say::sign_in(lang)}</button>
                </form>
            }
        >
            <Notice tone=Tone::Good><p>{say::session_renewed(lang)}</p></Notice>
        </Show>
    }
}
