//! What every answer carries, and which pages there are.

use axum::http::Method;
use domain::Role;
use usecases::testing::{HOUR, PREPAID};

use crate::support::{Office, request};

#[tokio::test]
async fn pages_carry_the_security_headers_and_a_fresh_nonce() {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, HOUR, "2026-04-01", None).await;
    let staff = office.session(Role::Accounting, None).await;
    let own = office.session(Role::Customer, Some(customer)).await;
    let mut nonces = Vec::new();
    let pages = [
        ("/sign-in".to_owned(), &staff),
        ("/customers".to_owned(), &staff),
        ("/customers/new".to_owned(), &staff),
        (format!("/customers/{customer}"), &staff),
        (format!("/customers/{customer}/edit"), &staff),
        (format!("/customers/{customer}/accounts/new"), &staff),
        (format!("/accounts/{account}"), &staff),
        ("/phone".to_owned(), &staff),
        ("/portal".to_owned(), &own),
        (format!("/portal/accounts/{account}"), &own),
    ];
    for (path, session) in &pages {
        let page = office.get(path, Some(session)).await;
        assert_eq!(page.status, 200, "{path}");
        assert!(page.is_whole_page(), "{path}");
        let policy = page.header("content-security-policy");
        let nonce = policy.split("'nonce-").nth(1).and_then(|rest| rest.split('\'').next()).expect("a nonce");
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        let scripts = page.body.matches("<script").count();
        assert!(scripts > 0 && page.body.matches(&format!("nonce=\"{nonce}\"")).count() >= scripts, "{path}");
        nonces.push(nonce.to_owned());
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("referrer-policy"), "same-origin");
        assert_eq!(page.header("cross-origin-opener-policy"), "same-origin");
        assert!(page.header("permissions-policy").contains("camera=()"));
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
    }
    nonces.sort_unstable();
    nonces.dedup();
    assert_eq!(nonces.len(), pages.len());
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_still_says_so_politely() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let nothing = "0198f2f0-0000-7000-8000-00000000000a";
    for path in [
        format!("/customers/{nothing}"),
        format!("/customers/{nothing}/edit"),
        format!("/accounts/{nothing}"),
        "/customers/x".to_owned(),
        "/accounts/%F0%9F%92%A9".to_owned(),
    ] {
        let page = office.get(&path, Some(&session)).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.is_whole_page(), "{path}");
    }
    for path in ["/nothing", "/pkg/nothing.js", "/../Cargo.toml", "/..%2f..%2fetc%2fpasswd", "/pkg/%00"] {
        let answer = office.get(path, Some(&session)).await;
        assert!([400, 404].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
    }
    assert_eq!(office.get("/api/v1/nothing", Some(&session)).await.problem(404, "not_found")["status"], 404);
}

#[tokio::test]
async fn a_person_at_a_wrong_address_gets_a_page_and_a_program_gets_nothing() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let signed_in = Some(session.as_str());
    for (session, path) in [
        (None, "/nothing"),
        (signed_in, "/nothing/at/all?q=1"),
        (None, "/pkg/nothing.js"),
        (None, "/portal/nothing"),
        (signed_in, "/portal/accounts"),
        (signed_in, "/portal/accounts/x/y"),
    ] {
        let browser = request(Method::GET, path, session).header("accept", "text/html,*/*;q=0.8");
        let page = office.send(browser.body(axum::body::Body::empty()).expect("a request")).await;
        assert_eq!(page.status, 404, "{path}");
        assert!(page.is_whole_page(), "{path}");
        assert!(page.header("content-security-policy").contains("nonce-"), "{path}");
        assert_eq!(page.header("cache-control"), "no-store", "{path}");
        let front = if path.starts_with("/portal") { "/pkg/portal.js" } else { "/pkg/office.js" };
        assert!(page.body.contains(front), "{path}");
        assert_eq!(office.get(path, session).await.body, "", "{path}");
    }
}

#[tokio::test]
async fn a_page_speaks_the_language_that_is_asked_for() {
    let office = Office::new().await;
    let page = async |cookie: &str, accept: &str| {
        let mut asked = request(Method::GET, "/sign-in", None).header("accept-language", accept);
        if !cookie.is_empty() {
            asked = asked.header("cookie", cookie);
        }
        let page = office.send(asked.body(axum::body::Body::empty()).expect("a request")).await.body;
        page.split("<html lang=\"").nth(1).and_then(|rest| rest.get(..2)).expect("a language").to_owned()
    };
    for (cookie, accept, lang) in [
        ("", "de-DE,de;q=0.9", "de"),
        ("", "en-GB,en;q=0.9,de;q=0.8", "en"),
        ("", "fr-FR,fr;q=0.9,en;q=0.8", "en"),
        ("", "fr", "de"),
        ("", "", "de"),
        ("", "*", "de"),
        ("lang=en", "de", "en"),
        ("lang=xx", "en", "en"),
        ("lang=\u{e4}", "en", "en"),
    ] {
        assert_eq!(page(cookie, accept).await, lang, "{cookie} {accept}");
    }
}

#[tokio::test]
async fn the_language_button_goes_back_to_a_page_of_our_own() {
    let office = Office::new().await;
    let back = async |referer: &str| {
        let asked = request(Method::POST, "/preferences", None)
            .header("content-type", "application/x-www-form-urlencoded")
            .header("referer", referer)
            .body("lang=en&theme=nonsense".into());
        let answer = office.send(asked.expect("a request")).await;
        (answer.status.as_u16(), answer.header("location").to_owned())
    };
    assert_eq!(back("http://drawdown.test/customers?q=a&page=2").await, (303, "/customers?q=a&page=2".to_owned()));
    for evil in ["http://drawdown.test//evil.example", "javascript:alert(1)", "", "http://evil.example"] {
        assert_eq!(back(evil).await, (303, "/".to_owned()), "{evil}");
    }
}

#[tokio::test]
async fn the_machine_can_ask_how_it_goes() {
    let office = Office::new().await;
    let healthy = office.get("/healthz", None).await;
    assert_eq!((healthy.status.as_u16(), healthy.body.as_str()), (200, "ok"));
    let ready = office.get("/readyz", None).await;
    assert_eq!((ready.status.as_u16(), ready.body.as_str()), (200, "ready"));
    office.world.env.db.close().await;
    assert_eq!(office.get("/healthz", None).await.status, 200, "the process lives");
    let not = office.get("/readyz", None).await;
    assert_eq!(not.status, 503);
    assert!(!not.body.contains("sqlite"), "{}", not.body);
}

#[tokio::test]
async fn a_page_shows_no_secret() {
    let office = Office::new().await;
    let session = office.session(Role::Admin, None).await;
    office.world.customer("Alpha GmbH").await;
    for path in ["/customers", "/customers/new", "/sign-in", "/phone"] {
        let page = office.get(path, Some(&session)).await.body;
        for secret in [session.as_str(), "argon2", "password_hash", crate::support::PASSWORD] {
            assert!(!page.contains(secret), "{path} holds {secret}");
        }
    }
    // The shell of the phone knows nobody, so that it can be kept for offline use.
    assert!(!office.get("/phone", Some(&session)).await.body.contains("&quot;login&quot;"));
}
