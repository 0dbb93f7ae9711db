//! Who calls, with what, and how a refusal looks: bearer tokens, idempotency keys, problems (RFC 9457).

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::{Serialize, de::DeserializeOwned};
use texts::Lang;
use usecases::{Actor, Call, Once, Refused, people};
use utoipa::ToSchema;
use wire::{FieldReason, Problem, lists::MOST_PAGES, people::Visitor};

use super::unreadable;
use crate::router::House;

/// The media type of a refusal.
pub const PROBLEM_JSON: &str = "application/problem+json";

/// A refusal, as `application/problem+json`.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// `/problems/` and the stable name of the problem.
    pub r#type: String,
    /// The stable name again.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The sentence for a person, in the language of `Accept-Language`.
    pub detail: String,
    /// The wrong fields.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A wrong field.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldError {
    /// Its name in the request.
    pub field: String,
    /// The sentence for a person.
    pub detail: String,
    /// The reason with its figures.
    #[schema(value_type = Object)]
    pub reason: FieldReason,
}

/// A refusal on its way out.
pub struct Refusal {
    problem: Problem,
    lang: Lang,
}

impl Refusal {
    /// Refuses in that language.
    pub fn new(lang: Lang, problem: Problem) -> Refusal {
        Refusal { problem, lang }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let errors = self.problem.fields().iter().map(|field| FieldError {
            field: field.field.clone(),
            detail: field.reason.text(self.lang),
            reason: field.reason.clone(),
        });
        let details = ProblemDetails {
            r#type: format!("/problems/{}", self.problem.code()),
            title: self.problem.code().to_owned(),
            status: status.as_u16(),
            detail: self.problem.text(self.lang),
            errors: errors.collect(),
        };
        let body = serde_json::to_string(&details).unwrap_or_default();
        (status, [(header::CONTENT_TYPE, PROBLEM_JSON)], body).into_response()
    }
}

/// One call: who, in which language, and the surroundings.
pub struct Caller {
    /// The house.
    pub house: House,
    /// The call for the use case.
    pub call: Call,
    lang: Lang,
}

impl Caller {
    /// The language of the sentences for a person.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The refusal of a use case.
    pub fn refuse(&self, refused: impl Into<Refused>) -> Refusal {
        let problem = refused.into().into_problem(|| self.house.env.id().to_string());
        Refusal { problem, lang: self.lang }
    }

    /// A text that has to be there, by the same check as in the forms.
    pub fn words(&self, field: &str, text: &str, most: usize) -> Result<String, Refusal> {
        let mut problems = Vec::new();
        let text = wire::required(&mut problems, field, text, most);
        if problems.is_empty() { Ok(text) } else { Err(self.refuse(Problem::Invalid { fields: problems })) }
    }
}

fn lang(parts: &Parts) -> Lang {
    parts.extensions.get::<Visitor>().map(|visitor| visitor.lang).unwrap_or_default()
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}

impl FromRequestParts<House> for Caller {
    type Rejection = Refusal;

    /// A bearer token, or else the session of the browser.
    async fn from_request_parts(parts: &mut Parts, house: &House) -> Result<Caller, Refusal> {
        let lang = lang(parts);
        let refuse = |problem| Refusal { problem, lang };
        let actor: Option<Actor> = match bearer(&parts.headers) {
            Some(token) => people::bearer(&house.env, token)
                .await
                .map_err(|refused| refuse(refused.into_problem(|| house.env.id().to_string())))?,
            None => parts.extensions.get::<Visitor>().and_then(|visitor| visitor.person.as_ref()).map(people::actor),
        };
        let by = actor.ok_or_else(|| refuse(Problem::SignedOut))?;
        Ok(Caller { house: house.clone(), call: Call::by(by), lang })
    }
}

/// What stands behind the question mark.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<House> for Query<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &House) -> Result<Query<T>, Refusal> {
        let read = unreadable::query(parts.uri.query().unwrap_or_default());
        read.map(Query).map_err(|problem| Refusal { problem, lang: lang(parts) })
    }
}

/// A call with a body. `Idempotency-Key` makes it count once: same key and request, same answer.
pub struct Command<T> {
    /// Who calls.
    pub caller: Caller,
    /// What was sent.
    pub body: T,
}

impl<T: DeserializeOwned> FromRequest<House> for Command<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, house: &House) -> Result<Command<T>, Refusal> {
        let (mut parts, body) = request.into_parts();
        let mut caller = Caller::from_request_parts(&mut parts, house).await?;
        let lang = caller.lang;
        let refuse = |problem| Refusal { problem, lang };
        let key = parts.headers.get("idempotency-key").map(|key| key.to_str().map(str::to_owned));
        let target = format!("{} {}", parts.method, parts.uri.path());
        let bytes = Bytes::from_request(Request::from_parts(parts, body), house).await.map_err(|error| {
            refuse(match error.status() {
                StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
                _ => Problem::Unreadable { detail: error.body_text(), fields: Vec::new() },
            })
        })?;
        match key {
            Some(Ok(name)) if (1..=200).contains(&name.len()) => {
                let request_hash = people::digest(format!("{target}\n{}", String::from_utf8_lossy(&bytes)));
                caller.call.once = Some(Once { name, request_hash });
            }
            Some(_) => return Err(refuse(Problem::field("Idempotency-Key", FieldReason::NotText))),
            None => {}
        }
        let body = unreadable::json(&bytes).map_err(refuse)?;
        Ok(Command { caller, body })
    }
}

/// Whatever else is asked for below `/api`.
pub async fn no_such_address(request: Request) -> Refusal {
    let lang = request.extensions().get::<Visitor>().map(|visitor| visitor.lang).unwrap_or_default();
    Refusal { problem: Problem::NotFound { what: wire::Noun::Page }, lang }
}

/// The page of a list that a cursor names: the first one without it. A page behind the last one to which lists are turned
/// is refused: whoever got another one instead would be sent there again and again.
pub fn page(caller: &Caller, cursor: Option<&str>) -> Result<u32, Refusal> {
    let Some(cursor) = cursor else { return Ok(1) };
    let reason = match cursor.parse::<u32>() {
        Ok(page @ 1..=MOST_PAGES) => return Ok(page),
        Ok(0) | Err(_) => FieldReason::NotOneOf,
        Ok(_) => FieldReason::TooFar { most: MOST_PAGES },
    };
    Err(caller.refuse(Problem::field("cursor", reason)))
}

/// The cursor of the page after that one, if there is one.
pub fn next(page: u32, more: bool) -> Option<String> {
    more.then(|| page.saturating_add(1).to_string())
}

/// An id in the address; what is no id names nothing.
pub fn id<T: std::str::FromStr>(caller: &Caller, text: &str, what: wire::Noun) -> Result<T, Refusal> {
    text.parse().map_err(|_| caller.refuse(Problem::NotFound { what }))
}
