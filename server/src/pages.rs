//! Plain handlers around the pages: the first page, signing in and out, language and look, the phone's shell.

use app::context::NewId;
use axum::{
    Extension, Form,
    extract::State,
    http::{HeaderMap, HeaderValue, StatusCode, header},
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

/// What the sign-in page posts.
#[derive(Deserialize)]
pub struct SignIn {
    login: String,
    password: String,
    #[serde(default)]
    next: String,
}

/// The longest address that is kept while somebody signs in: an escaped one is up to three times as long, and has to fit
/// into another.
const LONGEST: usize = 8 << 10;

/// A path of our own to go on to: never another origin, never a control character.
fn own_path(next: &str) -> Option<&str> {
    let own = next.starts_with('/') && !next.starts_with("//") && !next.contains('\\');
    (own && next.len() <= LONGEST && next.bytes().all(|b| b.is_ascii_graphic())).then_some(next)
}

/// Percent-encodes what has a meaning in an address, so that it is read back as it is.
fn escaped(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

/// Leads to the sign-in page, and from there to that address with all that stands behind its question mark.
pub fn to_sign_in(address: &str) -> Redirect {
    let path = address.split('?').next().unwrap_or_default();
    let next = own_path(address).or_else(|| own_path(path)).unwrap_or("/");
    Redirect::to(&format!("/sign-in?next={}", escaped(next)))
}

/// Leads back to the sign-in page, which says why and holds the name as it was typed.
fn refused_sign_in(problem: &Problem, login: &str, next: &str) -> Redirect {
    let ticket = match problem {
        Problem::Internal { ticket } => format!("&ticket={}", escaped(ticket)),
        _ => String::new(),
    };
    let login: String = login.chars().take(80).collect();
    let (login, next) = (escaped(&login), escaped(own_path(next).unwrap_or_default()));
    Redirect::to(&format!("/sign-in?error={}{ticket}&login={login}&next={next}", problem.code()))
}

/// `POST /sign-in`
pub async fn sign_in(State(house): State<House>, jar: CookieJar, Form(form): Form<SignIn>) -> Response {
    match people::sign_in(&house.env, &form.login, &form.password).await {
        Ok(new) => {
            // The old session ends with the new one: a token is never used for two sign-ins.
            if let Some(old) = token(&jar, house.secure) {
                people::sign_out(&house.env, &old).await.ok();
            }
            let next = own_path(&form.next).unwrap_or("/").to_owned();
            (jar.add(session_cookie(house.secure, new)), Redirect::to(&next)).into_response()
        }
        Err(refused) => {
            let problem = refused.into_problem(|| house.env.id().to_string());
            refused_sign_in(&problem, &form.login, &form.next).into_response()
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
    let back = headers.get(header::REFERER).and_then(|referer| referer.to_str().ok()).and_then(|referer| {
        let path = referer.split_once("://").and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
        path.and_then(own_path).map(str::to_owned)
    });
    (jar, Redirect::to(&back.unwrap_or_else(|| "/".to_owned()))).into_response()
}

/// `/phone`: the shell, without anything about anybody but the language.
pub async fn phone(State(house): State<House>, Extension(visitor): Extension<Visitor>) -> Response {
    let visitor = Visitor { person: None, demo_logins: Vec::new(), ..visitor };
    let owner = Owner::new();
    let (html, nonce) = owner.with(|| {
        leptos::nonce::provide_nonce();
        provide_context(visitor);
        provide_context(house.built.addresses());
        provide_context(NewId(Uuid::nil));
        let nonce = leptos::nonce::use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
        (app::shell::phone_shell().to_html(), nonce)
    });
    let mut response = (StatusCode::OK, Html(html)).into_response();
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
