//! Who calls: the session cookie, the language and the look, for every request.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};
use axum_extra::extract::cookie::{Cookie, CookieJar, SameSite};
use texts::Lang;
use usecases::people;
use wire::people::{Theme, Visitor};

use crate::router::House;

/// The name of the session cookie. Browsers take the `__Host-` prefix over https only.
fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-session" } else { "session" }
}

/// The cookie that holds a session's token.
pub fn session_cookie(secure: bool, token: String) -> Cookie<'static> {
    Cookie::build((cookie_name(secure), token))
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .build()
}

/// The session's token, if the request carries one.
pub fn token(jar: &CookieJar, secure: bool) -> Option<String> {
    jar.get(cookie_name(secure)).map(|cookie| cookie.value().to_owned())
}

/// The language in which whoever sent the request wants to read.
pub fn lang(jar: &CookieJar, headers: &HeaderMap) -> Lang {
    let chosen = jar.get("lang").and_then(|cookie| Lang::from_tag(cookie.value()));
    let accepted = || headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok().and_then(Lang::accepted);
    chosen.or_else(accepted).unwrap_or_default()
}

/// Finds out who calls and puts it into the request. A failing database reads as signed out: the page then says so.
pub async fn visitor(State(house): State<House>, jar: CookieJar, mut request: Request, next: Next) -> Response {
    recognise(&house, &jar, &mut request).await;
    next.run(request).await
}

/// The same without going on.
pub async fn recognise(house: &House, jar: &CookieJar, request: &mut Request) {
    let person = match token(jar, house.secure) {
        Some(token) => people::session(&house.env, &token).await.unwrap_or_else(|error| {
            tracing::error!(%error, "session not read");
            None
        }),
        None => None,
    };
    let visitor = Visitor {
        lang: lang(jar, request.headers()),
        theme: jar.get("theme").map_or(Theme::Auto, |cookie| Theme::from_name(cookie.value())),
        today: house.env.today(),
        company: house.env.company(),
        // The logins of the demo stand on the sign-in page only.
        demo_logins: if request.uri().path() == "/sign-in" { house.demo_logins.to_vec() } else { Vec::new() },
        person,
    };
    request.extensions_mut().insert(visitor);
}
