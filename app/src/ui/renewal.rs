//! Signing in again without leaving the page. A form cannot stand within a form, and a session is found to have ended
//! wherever something is sent: its fields stand there and belong to one empty form behind all pages.

use leptos::prelude::*;
use texts::say;

use super::{Field, FieldKind, Notice, Tone};
use crate::{context::lang, office::SignInAgain};

/// The form that the fields belong to.
const FORM: &str = "sign-in-again";

/// What is typed to sign in again, and what became of it: one session, whatever page asks for it.
#[derive(Clone, Copy)]
struct Renewal {
    again: ServerAction<SignInAgain>,
    login: RwSignal<String>,
    password: RwSignal<String>,
}

/// Lets the pages within ask for the password again. The front that calls it shows `RenewalForm` too.
pub fn provide_renewal() {
    let login = crate::context::person().map(|person| person.login).unwrap_or_default();
    let renewal =
        Renewal { again: ServerAction::new(), login: RwSignal::new(login), password: RwSignal::new(String::new()) };
    Effect::new(move |_| {
        if matches!(renewal.again.value().get(), Some(Ok(()))) {
            renewal.password.set(String::new());
        }
    });
    provide_context(renewal);
}

/// The empty form, once per page and within no other.
#[component]
pub fn RenewalForm() -> impl IntoView {
    let Renewal { again, login, password } = expect_context();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        again.dispatch(SignInAgain { login: login.get_untracked(), password: password.get_untracked() });
    };
    view! { <form id=FORM method="post" action="/sign-in" on:submit=submit hidden></form> }
}

/// Says that the session has ended, and asks for the password to go on right here.
#[component]
pub fn SessionEnded() -> impl IntoView {
    let lang = lang();
    let Renewal { again, login, password } = expect_context();
    // What was answered to an earlier notice says nothing about this end.
    let answers = again.version();
    let before = answers.get_untracked();
    let answer = move || if answers.get() > before { again.value().get() } else { None };
    let renewed = move || matches!(answer(), Some(Ok(())));
    let problem = Signal::derive(move || answer().and_then(Result::err).map(|error| error.text(lang)));
    view! {
        <Show
            when=renewed
            fallback=move || view! {
                <div class="notice notice-warn session-ended" role="group" aria-labelledby="again-title">
                    <h2 id="again-title">{say::session_ended(lang)}</h2>
                    <p>{say::session_ended_lead(lang)}</p>
                    <Field label=say::login(lang) name="login" id="again-login" form=FORM
                        value=login set=move |v| login.set(v) autocomplete="username"/>
                    <Field label=say::password(lang) name="password" id="again-password" form=FORM kind=FieldKind::Password
                        value=password set=move |v| password.set(v) problem=problem autocomplete="current-password"/>
                    <button class="button" type="submit" form=FORM disabled=again.pending()>{say::sign_in(lang)}</button>
                </div>
            }
        >
            <Notice tone=Tone::Good><p>{say::session_renewed(lang)}</p></Notice>
        </Show>
    }
}
