//! Plain handlers around the pages: the first page, signing in and out, language and look, the phone's shell.

use app::{context::NewId, posted::Posted};
use axum::{
    Extension, Form,
    extract::{RawForm, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    response::{Html, IntoResponse, Redirect, Response},
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use domain::{Permission, Role};
use leptos::prelude::*;
use serde::Deserialize;
use texts::Lang;
use usecases::people;
use uuid::Uuid;
use wire::{
    Problem,
    people::{Theme, Visitor},
};

use crate::{
    posted,
    router::House,
    session::{session_cookie, token},
};

/// Where a person begins.
fn home(visitor: &Visitor) -> &'static str {
    match &visitor.person {
        Some(person) if person.role == Role::Customer => "/portal",
        Some(person) if person.role.may(Permission::SeeContracts) => "/today",
        Some(person) if person.role.may(Permission::SeeCustomers) => "/customers",
        _ => "/sign-in",
    }
}

/// `/`
pub async fn first_page(Extension(visitor): Extension<Visitor>) -> Redirect {
    Redirect::to(home(&visitor))
}

/// What a page posts to sign in.
#[derive(Default)]
struct SignIn {
    login: String,
    password: String,
    next: String,
    posted: Option<Posted>,
}

impl SignIn {
    fn read(body: &[u8]) -> SignIn {
        let (mut form, mut others) = (SignIn::default(), Vec::new());
        for (name, value) in posted::read(body) {
            match name.as_str() {
                "login" => form.login = value,
                "password" => form.password = value,
                "next" => form.next = value,
                _ => others.push((name, value)),
            }
        }
        SignIn { posted: posted::carried(others), ..form }
    }
}

/// A path of our own to go on to: never another origin, never a control character.
pub fn own_path(next: &str) -> Option<&str> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (own && next.bytes().all(|b| b.is_ascii_graphic())).then_some(next)
}

/// The same, short enough to be carried in the address of the sign-in page, where it becomes up to three times as long.
fn next_path(next: &str) -> Option<&str> {
    own_path(next).filter(|next| next.len() <= 8 << 10)
}

/// Percent-encodes what has a meaning in an address, so that it is read back as it is.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Leads to the sign-in page, and from there to that address with all that stands behind its question mark.
pub fn to_sign_in(address: &str) -> Redirect {
    let path = address.split('?').next().unwrap_or_default();
    let next = next_path(address).or_else(|| next_path(path)).unwrap_or("/");
    Redirect::to(&format!("/sign-in?next={}", escaped(next)))
}

/// Leads back to the sign-in page, which says why and holds the name as it was typed.
fn refused_sign_in(problem: &Problem, login: &str, next: &str) -> Redirect {
    let ticket = match problem {
        Problem::Internal { ticket } => format!("&ticket={}", escaped(ticket)),
        _ => String::new(),
    };
    let login: String = login.chars().take(80).collect();
    let (login, next) = (escaped(&login), escaped(next_path(next).unwrap_or_default()));
    Redirect::to(&format!("/sign-in?error={}{ticket}&login={login}&next={next}", problem.code()))
}

/// `POST /sign-in`
pub async fn sign_in(
    State(house): State<House>,
    Extension(visitor): Extension<Visitor>,
    parts: Parts,
    jar: CookieJar,
    RawForm(body): RawForm,
) -> Response {
    let form = SignIn::read(&body);
    let door = house.door(&parts);
    match people::sign_in_at(&house.env, door.as_ref(), &form.login, &form.password).await {
        Ok(new) => {
            // The old session ends with the new one: a token is never used for two sign-ins.
            if let Some(old) = token(&jar, house.secure) {
                people::sign_out(&house.env, &old).await.ok();
            }
            let answer = match form.posted {
                Some(posted) => posted::again(&house, visitor, posted, &new).await,
                None => Redirect::to(own_path(&form.next).unwrap_or("/")).into_response(),
            };
            (jar.add(session_cookie(house.secure, new)), answer).into_response()
        }
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            match form.posted {
                Some(posted) => posted::refused(&house, visitor, posted, form.login, &problem),
                None => refused_sign_in(&problem, &form.login, &form.next).into_response(),
            }
        }
    }
}

/// `POST /sign-out`
pub async fn sign_out(State(house): State<House>, jar: CookieJar) -> Response {
    if let Some(token) = token(&jar, house.secure) {
        people::sign_out(&house.env, &token).await.ok();
    }
    let mut ended = session_cookie(house.secure, String::new());
    ended.make_removal();
    (jar.add(ended), Redirect::to("/sign-in")).into_response()
}

/// What the language and look buttons post.
#[derive(Deserialize)]
pub struct Preferences {
    lang: Option<String>,
    theme: Option<String>,
}

/// `POST /preferences`: keeps language or look in a cookie and goes back.
pub async fn preferences(jar: CookieJar, headers: HeaderMap, Form(form): Form<Preferences>) -> Response {
    let keep = |name: &'static str, value: &'static str| {
        Cookie::build((name, value)).path("/").same_site(SameSite::Lax).permanent().build()
    };
    let mut jar = jar;
    if let Some(lang) = form.lang.as_deref().and_then(Lang::from_tag) {
        jar = jar.add(keep("lang", lang.tag()));
    }
    if let Some(theme) = form.theme {
        jar = jar.add(keep("theme", Theme::from_name(&theme).name()));
    }
    let back = came_from(&headers).and_then(own_path).unwrap_or("/");
    (jar, Redirect::to(back)).into_response()
}

/// Where a request comes from, behind the host, as the browser says it.
pub fn came_from(headers: &HeaderMap) -> Option<&str> {
    let (_, rest) = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?;
    rest.find('/').map(|at| &rest[at..])
}

/// `/phone`: the shell, without anything about anybody but the language.
pub async fn phone(State(house): State<House>, Extension(visitor): Extension<Visitor>) -> Response {
    still(&house, Visitor { person: None, ..visitor }, app::shell::phone_shell)
}

/// A page that is made at once, of nothing but what stands in it.
pub fn still<V: IntoView>(house: &House, visitor: Visitor, page: impl FnOnce() -> V) -> Response {
    let visitor = Visitor { demo_logins: Vec::new(), ..visitor };
    let owner = Owner::new();
    let (html, nonce) = owner.with(|| {
        leptos::nonce::provide_nonce();
        provide_context(visitor);
        provide_context(house.built.addresses());
        provide_context(NewId(Uuid::nil));
        let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        (page().to_html(), nonce)
    });
    let mut response = Html(html).into_response();
    if let Ok(value) = HeaderValue::from_str(&content_security_policy(&nonce)) {
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, value);
    }
    response
}

/// What a page may load and run: our own files, and scripts that carry this answer's nonce.
pub fn content_security_policy(nonce: &str) -> String {
    format!(
        "default-src 'self'; script-src 'nonce-{nonce}' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'self'; \
         img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )
}

#[cfg(test)]
mod tests {
    use super::own_path;

    #[test]
    fn after_signing_in_nobody_is_led_elsewhere() {
        assert_eq!(own_path("/accounts/1?from=2026-01-01"), Some("/accounts/1?from=2026-01-01"));
        for other in ["//evil.example", "https://evil.example", "/\\evil.example", "/a\r\nSet-Cookie: x", "/ü", ""] {
            assert_eq!(own_path(other), None, "{other}");
        }
    }
}
