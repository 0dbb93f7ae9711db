//! Nothing typed is lost without JavaScript either: whoever posts a plain form when the session has ended gets a page that
//! signs in and carries what was posted, and after it one that posts it again with a button. A form that is refused twice
//! comes back with what was typed last.
//!
//! *Invariants.* Only a server function gets what was posted, and the way back is a path of our own. No page repeats a
//! secret. Whatever comes here has passed the CSRF layer and is within the limit of a form; whoever signs in here waits
//! after too many attempts as on the sign-in page.

use app::{
    office::SignInAgain,
    posted::{BACK, FIELD, PATH, Posted, SECRET, again_page, sign_in_page},
};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use server_fn::ServerFn;
use url::form_urlencoded;
use usecases::people;
use wire::{Problem, people::Visitor};

use crate::{
    pages::{came_from, own_path, still},
    router::House,
};

/// Keeps what a plain form posts without a session. One that is sent again comes back to the page on which it was typed,
/// and what an earlier answer wrote into the address of that page is taken out: the next one would stand behind it.
pub async fn keep(State(house): State<House>, mut request: Request, next: Next) -> Response {
    if !is_plain_form(&request) {
        return next.run(request).await;
    }
    let Some(visitor) = request.extensions().get::<Visitor>().cloned() else { return next.run(request).await };
    let back = named(&request).or_else(|| own(came_from(request.headers())?));
    if visitor.person.is_some() {
        let from = back.and_then(|back| whole(request.headers(), &back));
        if let Some(from) = from {
            request.headers_mut().insert(header::REFERER, from);
        }
        return next.run(request).await;
    }
    let back = back.unwrap_or_else(|| "/".to_owned());
    let path = request.uri().path().to_owned();
    match Bytes::from_request(request, &house).await {
        Ok(body) => signed_out(&house, visitor, posted(path, back, read(&body), Vec::new())),
        Err(too_large) => too_large.into_response(),
    }
}

/// Whether a browser without JavaScript posts a form to a server function.
fn is_plain_form(request: &Request) -> bool {
    let says = |name: HeaderName, what: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.contains(what))
    };
    request.method() == Method::POST
        && says(header::ACCEPT, "text/html")
        && says(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        && needs_session(request.uri().path())
}

/// Whether that is the address of a server function for people who are signed in.
fn needs_session(path: &str) -> bool {
    path != SignInAgain::PATH && server_fn::axum::server_fn_paths().any(|(known, _)| known == path)
}

/// The fields of a form.
pub fn read(body: &[u8]) -> Vec<(String, String)> {
    form_urlencoded::parse(body).into_owned().collect()
}

/// A path of our own without the error that an earlier answer wrote into it.
fn own(path: &str) -> Option<String> {
    let (page, query) = path.split_once('?').unwrap_or((path, ""));
    let stays = |pair: &&str| !pair.is_empty() && !pair.starts_with("__path=") && !pair.starts_with("__err=");
    let query: Vec<&str> = query.split('&').filter(stays).collect();
    let path = if query.is_empty() { page.to_owned() } else { format!("{page}?{}", query.join("&")) };
    own_path(&path).is_some().then_some(path)
}

/// The page on which a form was typed that is sent again, as its address names it.
fn named(request: &Request) -> Option<String> {
    let query = request.uri().query()?;
    let back = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == BACK);
    own(&back?.1)
}

/// The whole address of a page of our own, as the browser would name it.
fn whole(headers: &HeaderMap, path: &str) -> Option<HeaderValue> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?;
    let (scheme, rest) = referer.split_once("://")?;
    let host = rest.split('/').next()?;
    HeaderValue::from_str(&format!("{scheme}://{host}{path}")).ok()
}

fn posted(path: String, back: String, fields: Vec<(String, String)>, mut secrets: Vec<String>) -> Posted {
    // Every form calls a secret so. An empty one says that it stays as it is.
    let secret = |(name, value): &(String, String)| name.contains("password") && !value.is_empty();
    let (typed, fields): (Vec<_>, Vec<_>) = fields.into_iter().partition(secret);
    secrets.extend(typed.into_iter().map(|(name, _)| name));
    Posted { path, back, fields, secrets }
}

/// What somebody who signs in carries along; nothing where it is for no server function.
pub fn carried(pairs: Vec<(String, String)>) -> Option<Posted> {
    let (mut path, mut back) = (String::new(), "/".to_owned());
    let (mut fields, mut secrets) = (Vec::new(), Vec::new());
    for (name, value) in pairs {
        match name.as_str() {
            PATH => path = value,
            BACK => back = own(&value).unwrap_or(back),
            SECRET => secrets.push(value),
            _ => fields.extend(name.strip_prefix(FIELD).map(|field| (field.to_owned(), value))),
        }
    }
    needs_session(&path).then(|| posted(path, back, fields, secrets))
}

/// The page that signs in.
fn signed_out(house: &House, visitor: Visitor, posted: Posted) -> Response {
    let page = still(house, visitor, || sign_in_page(posted, String::new(), None));
    (StatusCode::UNAUTHORIZED, page).into_response()
}

/// The same after it was refused.
pub fn refused(house: &House, visitor: Visitor, posted: Posted, login: String, problem: &Problem) -> Response {
    let status = StatusCode::from_u16(problem.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let text = problem.text(visitor.lang);
    (status, still(house, visitor, || sign_in_page(posted, login, Some(text)))).into_response()
}

/// The page that posts again what was typed, for whoever has that new session.
pub async fn again(house: &House, visitor: Visitor, posted: Posted, session: &str) -> Response {
    let person = people::session(&house.env, session).await.unwrap_or_else(|error| {
        tracing::error!(%error, "session not read");
        None
    });
    let name = person.as_ref().map(|person| person.name.clone()).unwrap_or_default();
    still(house, Visitor { person, ..visitor }, || again_page(posted, name))
}
