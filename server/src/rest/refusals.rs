//! What is refused without a handler, in the shape of every other refusal: a body that is too large, a method that an
//! address does not have, what a page of another site sends, an answer that takes too long.
//!
//! *Invariant.* Below `/api` nothing is refused but with a problem (RFC 9457).

use axum::{
    extract::{Request, State},
    http::{StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use axum_extra::extract::cookie::CookieJar;
use usecases::Env;
use wire::{Noun, Problem};

use super::call::{PROBLEM_JSON, Refusal};
use crate::session;

/// Makes a problem of every answer below `/api` that refuses without one. What its headers say stays, such as which
/// methods the address has. Stands outside of all layers that refuse.
pub async fn as_problems(State(env): State<Env>, request: Request, next: Next) -> Response {
    if !is_below_api(request.uri().path()) {
        return next.run(request).await;
    }
    // Nobody has been recognised here: the layers may refuse before that.
    let lang = session::lang(&CookieJar::from_headers(request.headers()), request.headers());
    let answer = next.run(request).await;
    if !is_bare(&answer) {
        return answer;
    }
    let mut told = Refusal::new(lang, problem(&env, answer.status())).into_response();
    let of_the_body = [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_ENCODING];
    for (name, value) in answer.headers() {
        if !of_the_body.contains(name) {
            told.headers_mut().append(name, value.clone());
        }
    }
    told
}

fn is_below_api(path: &str) -> bool {
    path.strip_prefix("/api").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Whether it refuses, and not with a problem.
fn is_bare(answer: &Response) -> bool {
    let refuses = answer.status().is_client_error() || answer.status().is_server_error();
    refuses && answer.headers().get(header::CONTENT_TYPE).is_none_or(|kind| kind != PROBLEM_JSON)
}

/// What a bare status means here: each comes from one layer.
fn problem(env: &Env, status: StatusCode) -> Problem {
    match status {
        StatusCode::FORBIDDEN => Problem::OtherSite,
        StatusCode::NOT_FOUND => Problem::NotFound { what: Noun::Page },
        StatusCode::METHOD_NOT_ALLOWED => Problem::WrongMethod,
        StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
        StatusCode::SERVICE_UNAVAILABLE => Problem::TooSlow,
        _ if status.is_server_error() => {
            let ticket = env.id().to_string();
            tracing::error!(%status, %ticket, "no answer");
            Problem::Internal { ticket }
        }
        // Such as an address that is no text.
        _ => {
            let detail = status.canonical_reason().unwrap_or_default().to_owned();
            Problem::Unreadable { detail, fields: Vec::new() }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use axum::{Router, body::Body, http::Request, middleware::from_fn_with_state, routing::get};
    use http_body_util::BodyExt;
    use serde_json::Value;
    use store::Engine;
    use texts::{Lang, say};
    use tower::ServiceExt;
    use tower_http::timeout::TimeoutLayer;
    use usecases::testing::World;

    use super::*;

    /// Red when: what takes too long, or fails without a word, is no problem below `/api`, or is one elsewhere.
    #[tokio::test]
    async fn an_answer_that_never_comes_is_a_problem() {
        let world = World::new(Engine::Sqlite).await;
        let router: Router = Router::new()
            .route("/api/v1/slow", get(pending::<()>))
            .route("/slow", get(pending::<()>))
            .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, Duration::ZERO))
            .route("/api/v1/failed", get(|| async { StatusCode::INTERNAL_SERVER_ERROR }))
            .layer(from_fn_with_state(world.env.clone(), as_problems));
        let ask = async |path: &str| {
            let request = Request::get(path).header(header::ACCEPT_LANGUAGE, "en").body(Body::empty());
            let answer = router.clone().oneshot(request.expect("a request")).await.expect("an answer");
            let (parts, body) = answer.into_parts();
            let kind = parts.headers.get(header::CONTENT_TYPE).cloned();
            (parts.status.as_u16(), kind, body.collect().await.expect("a body").to_bytes())
        };
        let told = async |path: &str, status: u16, name: &str| {
            let (found, kind, body) = ask(path).await;
            assert_eq!(found, status, "{path}");
            assert!(kind.is_some_and(|kind| kind == PROBLEM_JSON), "{path}");
            let problem: Value = serde_json::from_slice(&body).expect("JSON");
            assert_eq!(problem["type"], format!("/problems/{name}"));
            assert_eq!(problem["status"], status);
            problem["detail"].as_str().expect("a sentence").to_owned()
        };
        assert_eq!(told("/api/v1/slow", 503, "too_slow").await, say::problem_too_slow(Lang::En));
        told("/api/v1/failed", 500, "internal").await;
        let (status, kind, body) = ask("/slow").await;
        assert_eq!((status, kind, body.is_empty()), (503, None, true));
    }

    #[test]
    fn only_what_lies_below_the_address_is_below_it() {
        for (path, below) in
            [("/api", true), ("/api/", true), ("/api/v1/customers", true), ("/apiary", false), ("/", false)]
        {
            assert_eq!(is_below_api(path), below, "{path}");
        }
    }
}
