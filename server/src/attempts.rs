//! How often one address may try to sign in: by the form, and by renewing a session in place.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroU32,
    sync::Arc,
};

use app::{call::CallError, office::SignInAgain};
use axum::{
    Json,
    extract::{ConnectInfo, Request, State},
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use governor::{DefaultKeyedRateLimiter, Quota};
use server_fn::ServerFn;
use wire::Problem;

use crate::session::lang;

/// From so many addresses on, those whose attempts are long over are forgotten.
const MANY: usize = 10_000;

/// Counts the attempts per address of the peer. A proxy's headers are not believed.
#[derive(Clone)]
pub struct Attempts(Arc<DefaultKeyedRateLimiter<IpAddr>>);

impl Attempts {
    /// So many at once, and as many more per minute.
    pub fn per_minute(attempts: u32) -> Attempts {
        let attempts = NonZeroU32::new(attempts).unwrap_or(NonZeroU32::MIN);
        Attempts(Arc::new(DefaultKeyedRateLimiter::keyed(Quota::per_minute(attempts))))
    }
}

/// Stands in a request to sign in that comes too soon: it is refused, whatever its password is.
#[derive(Clone, Copy)]
pub struct TooMany;

/// Refuses an attempt that comes too soon; everything else passes.
pub async fn limit(State(attempts): State<Attempts>, mut request: Request, next: Next) -> Response {
    let form = request.uri().path() == "/sign-in";
    let attempt = request.method() == Method::POST && (form || request.uri().path() == SignInAgain::PATH);
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>();
    let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip());
    if attempt && attempts.0.len() > MANY {
        attempts.0.retain_recent();
    }
    if !attempt || attempts.0.check_key(&peer).is_ok() {
        return next.run(request).await;
    }
    if form {
        // Its answer holds what was typed.
        request.extensions_mut().insert(TooMany);
        return next.run(request).await;
    }
    let lang = lang(&CookieJar::from_headers(request.headers()), request.headers());
    let refused = CallError::of(lang, &Problem::TooManyAttempts);
    (StatusCode::TOO_MANY_REQUESTS, Json(refused)).into_response()
}
