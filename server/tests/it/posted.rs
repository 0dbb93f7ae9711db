//! What was typed without JavaScript when the session had ended: it comes along while somebody signs in, and is sent again.

use app::office::SignInAgain;
use axum::{
    body::Body,
    http::{Method, header},
};
use domain::Role;
use server::config::Config;
use server_fn::ServerFn;
use texts::{Lang, say};
use usecases::{
    accounts,
    testing::{PREPAID, as_role},
};

use crate::support::{Answer, Office, PASSWORD, config, form, function, request};

/// The form of the page with some of its fields filled in.
fn filled(page: &Answer, typed: &[(&str, &str)]) -> String {
    let fields = page.fields();
    let pairs: Vec<(&str, &str)> = fields
        .iter()
        .map(|(name, value)| {
            let typed = typed.iter().find(|(field, _)| field == name);
            (name.as_str(), typed.map_or(value.as_str(), |(_, typed)| *typed))
        })
        .collect();
    form(&pairs)
}

/// Where the form of the page goes.
fn action(page: &Answer) -> String {
    let action = page.body.split(" action=\"").nth(1).and_then(|rest| rest.split('"').next());
    action.expect("a form").replace("&amp;", "&")
}

/// Signs in on such a page.
async fn signed_in(office: &Office, page: &Answer) -> Answer {
    let body = filled(page, &[("login", "accounting"), ("password", PASSWORD)]);
    office.post_plain("/sign-in", None, "/call", &body).await
}

#[tokio::test]
async fn what_was_typed_is_carried_through_signing_in_and_sent_again() {
    let office = Office::new().await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.session(Role::Accounting, None).await;
    let before = office.books().await;
    let reason = "Kulanz \"für\" <b>Müller & Söhne</b> +100 %";
    let (lot, account_id) = (office.world.id().to_string(), account.to_string());
    let typed = [
        ("form[account]", account_id.as_str()),
        ("form[lot]", &lot),
        ("form[amount]", "1:30"),
        ("form[valid_from]", "2026-04-01"),
        ("form[reason]", reason),
    ];
    let (grant, from) = (function("grant"), format!("/accounts/{account}?from=2026-01-01"));
    let page = office.post_plain(grant, None, &from, &form(&typed)).await;
    assert_eq!((page.status.as_u16(), page.session()), (401, None));
    assert!(page.is_whole_page() && !page.body.contains("<script") && !page.body.contains(reason), "{}", page.body);
    assert!(page.body.contains(say::session_ended(Lang::De)));
    assert!(page.header("content-security-policy").contains("script-src 'nonce-"), "{:?}", page.headers);
    assert_eq!(page.header("cache-control"), "no-store");

    // A wrong password loses nothing either, and does not come back.
    let wrong = filled(&page, &[("login", "accounting"), ("password", "wrong password")]);
    let page = office.post_plain("/sign-in", None, grant, &wrong).await;
    assert_eq!((page.status.as_u16(), page.session()), (401, None));
    assert!(page.body.contains(say::problem_wrong_credentials(Lang::De)), "{}", page.body);
    assert!(!page.body.contains("wrong password"), "{}", page.body);
    assert_eq!(page.field("login"), "accounting");

    // Nothing is saved before somebody says so.
    let page = signed_in(&office, &page).await;
    let session = page.session().expect("a session");
    assert_eq!((page.status.as_u16(), page.header("cache-control")), (200, "no-store"));
    assert!(page.is_whole_page() && !page.body.contains("<script") && !page.body.contains(PASSWORD), "{}", page.body);
    assert_eq!(office.books().await, before);
    let fields = page.fields();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(fields, typed);
    let done = office.post_plain(&action(&page), Some(&session), "/sign-in", &filled(&page, &[])).await;
    let back = format!("http://drawdown.test{from}");
    assert_eq!((done.status.as_u16(), done.header("location")), (302, back.as_str()));
    let book = accounts::passbook(&office.world, &as_role(Role::Admin), account, None).await.expect("the passbook");
    assert!(book.lines.iter().any(|line| line.text == reason), "{:?}", book.lines);
}

/// Red when: what is refused after signing in comes back somewhere else, or without what was typed.
#[tokio::test]
async fn what_is_refused_afterwards_comes_back_to_its_page() {
    let office = Office::new().await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.session(Role::Accounting, None).await;
    let (draw, account_id) = (office.world.id().to_string(), account.to_string());
    let typed = [
        ("form[account]", account_id.as_str()),
        ("form[draw]", &draw),
        ("form[date]", "2026-04-10"),
        ("form[amount]", "anderthalb"),
        ("form[text]", "Vor Ort"),
    ];
    let (path, came_from) = (function("draw"), format!("/accounts/{account}?from=2026-01-01&__path=/x&__err=eA"));
    let page = office.post_plain(path, None, &came_from, &form(&typed)).await;
    let page = signed_in(&office, &page).await;
    let (again, typed) = (action(&page), filled(&page, &[]));
    // The session ends once more before it is sent.
    let page = office.post_plain(&again, None, "/sign-in", &typed).await;
    assert_eq!(page.field("back"), format!("/accounts/{account}?from=2026-01-01"));
    let page = signed_in(&office, &page).await;
    let session = page.session().expect("a session");
    let answer = office.post_plain(&action(&page), Some(&session), "/sign-in", &filled(&page, &[])).await;
    let back = answer.header("location").strip_prefix("http://drawdown.test").expect("an address of ours");
    assert!(back.starts_with(&format!("/accounts/{account}?from=2026-01-01&__path=")), "{back}");
    let page = office.get(back, Some(&session)).await;
    assert_eq!((page.field("form[amount]").as_str(), page.field("form[text]").as_str()), ("anderthalb", "Vor Ort"));
}

/// Red when: the second refusal in a row shows what was typed first.
#[tokio::test]
async fn what_is_refused_twice_comes_back_as_it_was_typed_last() {
    let office = Office::new().await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    let session = office.session(Role::Accounting, None).await;
    let mut page = format!("/accounts/{account}?from=2026-01-01");
    for (amount, text) in [("anderthalb", "Vor Ort"), ("eine halbe", "Am Telefon")] {
        let (draw, account) = (office.world.id().to_string(), account.to_string());
        let typed = form(&[
            ("form[account]", account.as_str()),
            ("form[draw]", &draw),
            ("form[date]", "2026-04-10"),
            ("form[amount]", amount),
            ("form[text]", text),
        ]);
        let answer = office.post_plain(function("draw"), Some(&session), &page, &typed).await;
        let back = answer.header("location").strip_prefix("http://drawdown.test").expect("an address of ours");
        assert_eq!((back.matches("__path=").count(), back.matches("from=2026-01-01").count()), (1, 1), "{back}");
        let shown = office.get(back, Some(&session)).await;
        assert_eq!((shown.field("form[amount]").as_str(), shown.field("form[text]").as_str()), (amount, text));
        page = back.to_owned();
    }
}

/// Red when: a secret that was typed stands in a page.
#[tokio::test]
async fn a_secret_is_typed_again() {
    let office = Office::new().await;
    office.session(Role::Accounting, None).await;
    let body = |password: &str| {
        form(&[("form[version]", "0"), ("form[host]", "mail.b.example"), ("form[password]", password)])
    };
    let path = function("save_mail_settings");
    let page = office.post_plain(path, None, "/settings/mail", &body("geheimes Wort")).await;
    assert!(!page.body.contains("geheimes"), "{}", page.body);
    let page = signed_in(&office, &page).await;
    assert!(!page.body.contains("geheimes"), "{}", page.body);
    assert_eq!((page.field("form[password]").as_str(), page.body.matches("type=\"password\"").count()), ("", 1));
    assert_eq!(page.field("form[host]"), "mail.b.example");
    // One that was left empty says that it stays as it is.
    let page = office.post_plain(path, None, "/settings/mail", &body("")).await;
    let page = signed_in(&office, &page).await;
    assert_eq!((page.field("form[password]").as_str(), page.body.matches("type=\"password\"").count()), ("", 0));
}

#[tokio::test]
async fn who_guesses_on_such_a_page_has_to_wait_and_loses_nothing() {
    let office = Office::with(Config { sign_ins_per_minute: 1, ..config() }).await;
    office.session(Role::Accounting, None).await;
    let page = office.post_plain(function("draw"), None, "/accounts/x", &form(&[("form[text]", "Vor Ort")])).await;
    let guess = filled(&page, &[("login", "accounting"), ("password", "guess number 1")]);
    assert_eq!(office.post_plain("/sign-in", None, "/call", &guess).await.status, 401);
    let answer = signed_in(&office, &page).await;
    assert_eq!((answer.status.as_u16(), answer.session()), (429, None), "right as it is");
    assert!(answer.body.contains(say::problem_too_many_attempts(Lang::De)), "{}", answer.body);
    assert_eq!(answer.field("posted.form[text]"), "Vor Ort");
}

#[tokio::test]
async fn nothing_is_sent_or_led_to_another_site() {
    let office = Office::new().await;
    office.session(Role::Accounting, None).await;
    let sign_in = async |path: &str, back: &str| {
        let carried = [("posted", path), ("back", back), ("posted.a", "b")];
        let body = [("login", "accounting"), ("password", PASSWORD), ("next", "/customers")];
        office.post_plain("/sign-in", None, "/sign-in", &form(&[carried, body].concat())).await
    };
    for path in ["", "https://evil.example/", "//evil.example", "/sign-out", "/call/nothing", SignInAgain::PATH] {
        let answer = sign_in(path, "/today").await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, "/customers"), "{path}");
    }
    let draw = function("draw");
    for back in ["", "https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/a\r\nb"] {
        let page = sign_in(draw, back).await;
        assert_eq!((page.status.as_u16(), action(&page)), (200, format!("{draw}?back=%2F")), "{back}");
        assert!(page.body.contains("href=\"/\""), "{back}: {}", page.body);
        let page = office.post_plain(&format!("{draw}?{}", form(&[("back", back)])), None, "/today", "").await;
        assert_eq!(page.field("back"), "/today", "{back}");
    }
    // Another site cannot put its own words into such a page.
    for site in ["cross-site", "same-site"] {
        let asked = request(Method::POST, draw, None)
            .header(header::ACCEPT, "text/html")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("sec-fetch-site", site)
            .body(Body::from(form(&[("form[text]", "Fremd")])));
        let answer = office.send(asked.expect("a request")).await;
        assert_eq!((answer.status.as_u16(), answer.body.contains("Fremd")), (403, false), "{site}");
    }
}

/// Red when: what a form may hold is lost on its way, or more than that is kept.
#[tokio::test]
async fn as_much_comes_along_as_a_form_may_hold() {
    let office = Office::new().await;
    office.session(Role::Accounting, None).await;
    let (path, body) = (function("draw"), |size| format!("form%5Btext%5D={}", "a".repeat(size)));
    let page = office.post_plain(path, None, "/today", &body(2_000_000)).await;
    let page = signed_in(&office, &page).await;
    assert_eq!((page.status.as_u16(), page.field("form[text]").len()), (200, 2_000_000));
    for large in [3 << 20, 9 << 20] {
        let answer = office.post_plain(path, None, "/today", &body(large)).await;
        assert_eq!((answer.status.as_u16(), answer.body.contains("aaa")), (413, false), "{large}");
    }
}
