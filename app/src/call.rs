//! Calling the server: the error of every server function, and the session on the server's side.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use server_fn::{codec::JsonEncoding, error::ServerFnErrorErr};
use texts::{Lang, say};
use wire::Problem;

/// Why a server function did not do what was wanted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CallError {
    /// The server says why.
    Refused {
        /// Why.
        problem: Problem,
        /// What was typed, as JSON, so that a page without JavaScript can show it again.
        typed: Option<String>,
    },
    /// The server was not reached, or what it said cannot be read.
    Transport(String),
}

impl FromServerFnError for CallError {
    type Encoder = JsonEncoding;
    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        CallError::Transport(error.to_string())
    }
}

impl std::fmt::Display for CallError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl CallError {
    /// The sentence for a person.
    pub fn text(&self, lang: Lang) -> String {
        match self {
            CallError::Refused { problem, .. } => problem.text(lang),
            CallError::Transport(detail) => say::transport_failed(lang, detail),
        }
    }

    /// The problem, when the server said one.
    pub fn problem(&self) -> Option<&Problem> {
        match self {
            CallError::Refused { problem, .. } => Some(problem),
            CallError::Transport(_) => None,
        }
    }

    /// Whether nobody is signed in any more.
    pub fn is_signed_out(&self) -> bool {
        self.problem() == Some(&Problem::SignedOut)
    }

    /// The sentence at a field, if the server found fault with it.
    pub fn at(&self, lang: Lang, field: &str) -> Option<String> {
        let fields = self.problem()?.fields();
        fields.iter().find(|found| found.field == field).map(|found| found.reason.text(lang))
    }

    /// What was typed, when the error came back through an address.
    pub fn typed<T: serde::de::DeserializeOwned>(&self) -> Option<T> {
        match self {
            CallError::Refused { typed: Some(typed), .. } => serde_json::from_str(typed).ok(),
            _ => None,
        }
    }
}

/// Gives the page the error that a plain form's server function sent back through the address, on the server and in
/// the browser alike: both then show the same.
pub fn provide_returned_error(query: &str) {
    let pair = |name: &str| {
        let mut pairs = query.trim_start_matches('?').split('&');
        let value = pairs.find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(leptos_router::location::Url::unescape(value))
    };
    if let (Some(path), Some(error)) = (pair("__path"), pair("__err")) {
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
    use wire::Problem;

    use super::CallError;
    use crate::context::person;

    /// The surroundings of the use cases.
    pub fn env() -> Env {
        expect_context::<Env>()
    }

    /// The session of the request. Every server function begins with it.
    pub fn session() -> Result<(Env, Call), CallError> {
        let person = person().ok_or_else(|| refuse(Problem::SignedOut, None))?;
        Ok((env(), Call::by(people::actor(&person))))
    }

    /// Where a plain form leads after it did what it was for. Only paths that we made ourselves.
    pub fn see_other(path: &str) {
        leptos_axum::redirect(path);
    }

    fn refuse(problem: Problem, typed: Option<String>) -> CallError {
        if let Some(response) = use_context::<ResponseOptions>()
            && let Ok(status) = axum::http::StatusCode::from_u16(problem.status())
        {
            response.set_status(status);
        }
        CallError::Refused { problem, typed }
    }

    /// The error of a use case.
    pub fn refused(refused: impl Into<Refused>) -> CallError {
        let problem = refused.into().into_problem(|| env().id().to_string());
        refuse(problem, None)
    }

    /// The error of a command, with what was typed.
    pub fn refused_form(form: &impl Serialize) -> impl Fn(Refused) -> CallError + '_ {
        move |refused| {
            let problem = refused.into_problem(|| env().id().to_string());
            refuse(problem, serde_json::to_string(form).ok())
        }
    }
}
