//! Calling the server: the error of every server function, and the session on the server's side.

use domain::Permission;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::{codec::JsonEncoding, error::ServerFnErrorErr};
use texts::{Lang, say};
use wire::{FieldText, Problem, Refusal};

use crate::context::{in_query, lang};

/// Why a server function did not do what was wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallError {
    /// The server says why, or the same rule in the browser.
    Refused {
        /// Why.
        refusal: Refusal,
        /// What was typed, as JSON, so that a page without JavaScript can show it again.
        typed: Option<String>,
    },
    /// The server was not reached, or what it said cannot be read.
    Transport(String),
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        // Whoever sent it is told so, and not that the program failed.
        #[cfg(feature = "ssr")]
        if let ServerFnErrorErr::Args(detail) | ServerFnErrorErr::MissingArg(detail) = error {
            return server::unreadable(detail);
        }
        CallError::Transport(error.to_string())
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl CallError {
    /// What a rule finds wrong in the browser, before anything is sent.
    pub fn of(lang: Lang, problem: &Problem) -> CallError {
        CallError::Refused { refusal: Refusal::of(lang, problem), typed: None }
    }

    /// There is nothing at this address. A page that is rendered with it answers 404.
    pub fn not_found() -> CallError {
        let refusal = Refusal::not_found(lang());
        #[cfg(feature = "ssr")]
        server::answer_status(404);
        CallError::Refused { refusal, typed: None }
    }

    /// The role does not allow what the page is for. A page that is rendered with it answers 403.
    pub fn forbidden(needs: Permission) -> CallError {
        #[cfg(feature = "ssr")]
        server::answer_status(403);
        CallError::of(lang(), &Problem::Forbidden { needs })
    }

    /// The sentence for a person.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            CallError::Refused { refusal, .. } => refusal.text.clone(),
            CallError::Transport(detail) => say::transport_failed(lang, detail),
        }
    }

    /// The name of the problem, when the server said one.
    pub fn code(&self) -> Option<&str> {
        match self {
            CallError::Refused { refusal, .. } => Some(&refusal.code),
            CallError::Transport(_) => None,
        }
    }

    /// Whether nobody is signed in any more.
    pub fn is_signed_out(&self) -> bool {
        self.code() == Some("signed_out")
    }

    /// Whether somebody else has saved the same thing first.
    pub fn is_overtaken(&self) -> bool {
        self.code() == Some("changed")
    }

    /// The wrong fields.
    pub fn fields(&self) -> &[FieldText] {
        match self {
            CallError::Refused { refusal, .. } => &refusal.fields,
            CallError::Transport(_) => &[],
        }
    }

    /// Whether it belongs to no field, so that it has to be said elsewhere.
    pub fn at_no_field(&self) -> bool {
        self.fields().is_empty()
    }

    /// Whether none of these fields, which the form shows, carries it: it belongs to no field, or only to hidden ones, and
    /// has to be said elsewhere.
    pub fn at_none_of(&self, shown: &[&str]) -> bool {
        self.fields().iter().all(|fault| !shown.contains(&fault.field.as_str()))
    }

    /// The sentence at a field, if the server found fault with it.
    pub fn at(&self, field: &str) -> Option<String> {
        match self {
            CallError::Refused { refusal, .. } => refusal.at(field).map(str::to_owned),
            CallError::Transport(_) => None,
        }
    }

    /// What was typed, when the error came back through an address.
    pub fn typed<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        match self {
            CallError::Refused { typed: Some(typed), .. } => serde_json::from_str(typed).ok(),
            _ => None,
        }
    }
}

/// What is wrong at a field: what the server said of it, or what the same rule finds in the browser. A refusal that names
/// other fields hides nothing here.
pub fn at_field(refused: Option<CallError>, lang: Lang, live: Option<&Problem>, field: &str) -> Option<String> {
    let said = refused.and_then(|error| error.at(field));
    said.or_else(|| live.and_then(|problem| CallError::of(lang, problem).at(field)))
}

/// What the same rule finds in the browser once the form was refused: while it is mended, what is not right yet goes on
/// being said. Before that nobody is told that an empty form is wrong.
pub fn once_refused<I, O, F>(
    action: Action<I, Result<O, CallError>>,
    form: RwSignal<F>,
    check: impl Fn(&F) -> Option<Problem> + Send + Sync + 'static,
) -> Memo<Option<Problem>>
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
    F: Send + Sync + 'static,
{
    let refused = Memo::new(move |before: Option<&bool>| {
        before == Some(&true) || action.value().with(|value| matches!(value, Some(Err(_))))
    });
    Memo::new(move |_| if refused.get() { form.with(&check) } else { None })
}

/// Forgets a refusal that names fields as soon as something else is typed: what is right now is no longer called wrong.
pub fn forget_when_typed<I, O, F>(action: Action<I, Result<O, CallError>>, form: RwSignal<F>)
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
    F: Send + Sync + 'static,
{
    forget_when(action, move || form.track(), |error| !error.at_no_field());
}

/// Forgets a refusal with the plan of which it was said: another plan was not refused.
pub fn forget_with_plan<I, O, P>(action: Action<I, Result<O, CallError>>, plan: Memo<P>)
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
    P: Send + Sync + 'static,
{
    // A memo that nobody reads does not follow what it is made of.
    forget_when(action, move || plan.with(|_| ()), |_| true);
}

/// Forgets a refusal as soon as another command was posted: what the books could not give they may give now. Where no
/// answer came, that is still to be said.
pub fn forget_when_posted<I, O>(action: Action<I, Result<O, CallError>>, posted: RwSignal<()>)
where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    forget_when(action, move || posted.track(), |error| matches!(error, CallError::Refused { .. }));
}

fn forget_when<I, O>(
    action: Action<I, Result<O, CallError>>,
    follow: impl Fn() + 'static,
    stale: fn(&CallError) -> bool,
) where
    I: Send + Sync + 'static,
    O: Send + Sync + 'static,
{
    Effect::new(move |before: Option<()>| {
        follow();
        let forgets = || action.value().with_untracked(|value| matches!(value, Some(Err(error)) if stale(error)));
        if before.is_some() && forgets() {
            action.clear();
        }
    });
}

/// Gives the page the error that a plain form's server function sent back through the address, on the server and in
/// the browser alike: both then show the same.
pub fn provide_returned_error(query: &str) {
    if let (Some(path), Some(error)) = (in_query(query, "__path"), in_query(query, "__err")) {
        provide_context(leptos::server::ServerActionError::new(&path, &error));
    }
}

/// The server's side.
#[cfg(feature = "ssr")]
pub mod server {
    use leptos::prelude::*;
    use leptos_axum::ResponseOptions;
    use serde::Serialize;
    use usecases::{Call, Env, Refused, people};
    use wire::{Problem, Refusal};

    use super::CallError;
    use crate::context::{in_query, lang, person};

    /// The surroundings of the use cases.
    pub fn env() -> Env {
        expect_context::<Env>()
    }

    /// The session of the request. Every server function begins with it.
    pub fn session() -> Result<(Env, Call), CallError> {
        let person = person().ok_or_else(|| refuse(&Problem::SignedOut, None))?;
        Ok((env(), Call::by(people::actor(&person))))
    }

    /// Where a plain form leads after it did what it was for. Only paths that we made ourselves.
    pub fn see_other(path: &str) {
        leptos_axum::redirect(path);
    }

    /// The same for a command after which a page with JavaScript stays where it is.
    pub fn see_other_plain(path: &str) {
        if from_plain_form() {
            see_other(path);
        }
    }

    /// Whether a browser without JavaScript posted the form: it is led back to its page, which shows the error.
    fn from_plain_form() -> bool {
        let Some(parts) = use_context::<axum::http::request::Parts>() else { return false };
        let accepts = parts.headers.get(axum::http::header::ACCEPT).and_then(|accepts| accepts.to_str().ok());
        parts.method == axum::http::Method::POST && accepts.is_some_and(|accepts| accepts.contains("text/html"))
    }

    /// What the address of the page on which a form was sent asks for under that name.
    pub fn asked_before(name: &str) -> Option<String> {
        let parts = use_context::<axum::http::request::Parts>()?;
        let page = parts.headers.get(axum::http::header::REFERER)?.to_str().ok()?;
        in_query(page.split_once('?')?.1, name)
    }

    /// The status of the answer that is being made.
    pub(crate) fn answer_status(status: u16) {
        if let Some(response) = use_context::<ResponseOptions>()
            && !from_plain_form()
            && let Ok(status) = axum::http::StatusCode::from_u16(status)
        {
            response.set_status(status);
        }
    }

    fn refuse(problem: &Problem, typed: Option<String>) -> CallError {
        answer_status(problem.status());
        CallError::Refused { refusal: Refusal::of(lang(), problem), typed }
    }

    /// What was sent cannot be read.
    pub(super) fn unreadable(detail: String) -> CallError {
        refuse(&Problem::Unreadable { detail, fields: Vec::new() }, None)
    }

    /// The error of a use case.
    pub fn refused(refused: impl Into<Refused>) -> CallError {
        let problem = refused.into().into_problem(|| env().id().to_string());
        refuse(&problem, None)
    }

    /// The error of a command, with what was typed.
    pub fn refused_form(form: &impl Serialize) -> impl Fn(Refused) -> CallError + '_ {
        move |refused| {
            let problem = refused.into_problem(|| env().id().to_string());
            refuse(&problem, serde_json::to_string(form).ok())
        }
    }
}
