//! REST and what is refused without its handlers: by the layers before them, and by the router.

use std::collections::{BTreeMap, BTreeSet};

use axum::{
    body::Body,
    http::{Method, header},
};
use domain::Role;
use serde_json::json;
use texts::{Lang, say};

use crate::{
    rest::{NEW, document, operations},
    support::{Answer, Office, request},
};

fn methods(answer: &Answer) -> BTreeSet<String> {
    answer.header("allow").split(',').map(|method| method.trim().to_owned()).collect()
}

/// Asks without a token, in English.
async fn ask(office: &Office, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut asked = request(method, path, None).header(header::ACCEPT_LANGUAGE, "en");
    for (name, value) in headers {
        asked = asked.header(*name, *value);
    }
    office.send(asked.body(Body::empty()).expect("a request")).await
}

/// Red when: a body that is announced or sent beyond the limit is refused in another shape than everything else.
#[tokio::test]
async fn a_body_beyond_the_limit_is_a_problem_announced_or_not() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let before = office.books().await;
    let body = json!({"name": "x".repeat(9 << 20), "country": "DE"}).to_string();
    let length = body.len().to_string();
    for announced in [None, Some(("content-length", length.as_str()))] {
        for (tag, lang) in [("en", Lang::En), ("de", Lang::De)] {
            let headers: Vec<_> = announced.into_iter().chain([("accept-language", tag)]).collect();
            let answer = office.rest_with(Method::POST, "/customers", &token, &headers, body.clone()).await;
            assert_eq!(answer.problem(413, "too_large")["detail"], say::problem_too_large(lang), "{announced:?}");
        }
    }
    // Who says so much and sends nothing is not waited for.
    let headers = [("content-length", length.as_str())];
    office.rest_with(Method::POST, "/customers", &token, &headers, "").await.problem(413, "too_large");
    assert_eq!(office.books().await, before);
}

/// Red when: an address refuses a method without saying which ones it has, or without a word.
#[tokio::test]
async fn a_method_that_an_address_does_not_have_is_a_problem_that_names_the_others() {
    let office = Office::new().await;
    let mut known = BTreeMap::<String, BTreeSet<String>>::new();
    for (method, path) in operations(&document(&office).await) {
        let of_path = known.entry(format!("/api/v1{path}")).or_default();
        if method == "GET" {
            of_path.insert("HEAD".to_owned());
        }
        of_path.insert(method);
    }
    for path in ["/api/openapi.json", "/api/docs", "/api/v1/phone/me"] {
        known.insert(path.to_owned(), ["GET", "HEAD"].map(str::to_owned).into());
    }
    assert!(known.len() > 50);
    for (path, has) in known {
        let parts = path.split('/').map(|part| if part.starts_with('{') { NEW } else { part });
        let address = parts.collect::<Vec<_>>().join("/");
        let answer = ask(&office, Method::PATCH, &address, &[]).await;
        assert_eq!(answer.problem(405, "wrong_method")["detail"], say::problem_wrong_method(Lang::En), "{path}");
        assert_eq!(methods(&answer), has, "{path}");
    }
}

/// Red when: a program that asks for what is not there gets a page, or nothing.
#[tokio::test]
async fn an_address_below_that_is_not_there_is_a_problem() {
    let office = Office::new().await;
    for path in ["/api", "/api/", "/api/nothing", "/api/v1", "/api/v1/", "/api/v1/nothing", "/api/v2/customers"] {
        for method in [Method::GET, Method::POST, Method::PATCH] {
            let answer = ask(&office, method, path, &[("accept", "text/html,*/*;q=0.8")]).await;
            assert_eq!(answer.problem(404, "not_found")["detail"], say::problem_not_found(Lang::En), "{path}");
        }
    }
    let token = office.token(Role::Accounting).await;
    for method in [Method::GET, Method::PUT] {
        let answer = office.rest(method, "/customers/%FF", &token, &json!({})).await;
        answer.problem(400, "unreadable");
    }
}

/// Red when: what another site sends is refused in another shape.
#[tokio::test]
async fn what_another_site_sends_is_a_problem() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let before = office.books().await;
    for (name, value) in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example"), ("origin", "null")] {
        let asked = request(Method::POST, "/api/v1/customers", Some(&session))
            .header(header::ACCEPT_LANGUAGE, "en")
            .header(name, value)
            .body(Body::from(r#"{"name":"Fremd","country":"DE"}"#));
        let answer = office.send(asked.expect("a request")).await;
        assert_eq!(answer.problem(403, "other_site")["detail"], say::problem_other_site(Lang::En), "{name}: {value}");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: pages, files or what the machine asks for are refused as programs are.
#[tokio::test]
async fn elsewhere_a_refusal_is_no_problem() {
    let office = Office::new().await;
    for (method, path, site, status) in [
        (Method::POST, "/healthz", "none", 405),
        (Method::POST, "/readyz", "none", 405),
        (Method::GET, "/apiary", "none", 404),
        (Method::GET, "/nothing", "none", 404),
        (Method::PATCH, "/preferences", "none", 405),
        (Method::POST, "/preferences", "cross-site", 403),
    ] {
        let answer = ask(&office, method.clone(), path, &[("sec-fetch-site", site)]).await;
        let told = (answer.status.as_u16(), answer.header("content-type"), answer.body.as_str());
        assert_eq!(told, (status, "", ""), "{method} {path}");
    }
    let large = (9_usize << 20).to_string();
    let answer = ask(&office, Method::POST, "/preferences", &[("content-length", &large)]).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (413, "text/plain; charset=utf-8"));
    office.world.env.db.close().await;
    let answer = ask(&office, Method::GET, "/readyz", &[]).await;
    assert_eq!((answer.status.as_u16(), answer.body.as_str()), (503, "the database does not answer"));
}
