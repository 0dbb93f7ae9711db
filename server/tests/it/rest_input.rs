//! REST and what clients should not send.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};
use usecases::testing::{HOUR, PREPAID};

use crate::{
    rest::{NEW, document, operations},
    support::Office,
};

struct Given {
    office: Office,
    token: String,
    draws: String,
    grants: String,
}

async fn given() -> Given {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    Given { office, token, draws: format!("/accounts/{account}/draws"), grants: format!("/accounts/{account}/grants") }
}

#[tokio::test]
async fn what_is_no_json_or_another_shape_is_unreadable() {
    let Given { office, token, draws, .. } = given().await;
    let before = office.books().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let bodies = [
        "",
        "{",
        "null",
        "[]",
        "\"PT1H\"",
        "{\"amount\":\"PT1H\"}",
        "{'amount':1}",
        &deep,
        "\u{0}",
        r#"{"amount":5,"date":"2026-04-10","text":"x"}"#,
        r#"{"amount":"PT1H","date":"10.04.2026","text":"x"}"#,
        r#"{"amount":"PT1H","date":"2026-02-30","text":"x"}"#,
        r#"{"amount":"PT1H","date":"2026-04-10","text":7}"#,
        r#"{"amount":"PT1H","date":"2026-04-10","text":"x"} trailing"#,
    ];
    for body in bodies {
        let answer = office.rest_with(Method::POST, &draws, &token, &[], body.to_owned()).await;
        answer.problem(400, "unreadable");
    }
    let answer = office.rest_with(Method::POST, &draws, &token, &[], vec![0xff, 0xfe, 0x00]).await;
    answer.problem(400, "unreadable");
    assert_eq!(office.books().await, before);
}

/// Red when: a client is told that something cannot be read, and not what.
#[tokio::test]
async fn what_cannot_be_read_is_named_where_it_stands() {
    let Given { office, token, draws, .. } = given().await;
    let customer = office.world.customer("Neu GmbH").await;
    let before = office.books().await;
    let draw = json!({"amount": "PT1H", "date": "2026-04-10", "text": "x"});
    let with = |field: &str, value: Value| {
        let mut draw = draw.clone();
        draw[field] = value;
        draw
    };
    let without = |field: &str| {
        let mut draw = draw.clone();
        draw.as_object_mut().expect("an object").remove(field);
        draw
    };
    for (address, body, field, reason) in [
        (&draws, with("date", json!("2026-02-30")), "date", "unreadable"),
        (&draws, with("date", json!("10.04.2026")), "date", "unreadable"),
        (&draws, with("date", Value::Null), "date", "unreadable"),
        (&draws, with("text", json!(7)), "text", "unreadable"),
        (&draws, with("text", json!(["x"])), "text", "unreadable"),
        (&draws, without("date"), "date", "missing"),
        (&draws, without("text"), "text", "missing"),
        (
            &"/documents".to_owned(),
            json!({"customer": customer, "date": "2026-04-10", "lines": [5]}),
            "lines.0",
            "unreadable",
        ),
    ] {
        let problem = office.rest(Method::POST, address, &token, &body).await.problem(400, "unreadable");
        let errors = problem["errors"].as_array().expect("errors");
        assert_eq!(errors.len(), 1, "{problem}");
        assert_eq!(errors[0]["field"], field, "{body}: {problem}");
        assert!(errors[0]["reason"].to_string().contains(reason), "{body}: {problem}");
        assert!(problem["detail"].as_str().is_some_and(|told| told.contains(field)), "{problem}");
    }
    for (address, field) in [("/documents?drafts=perhaps", "drafts"), ("/documents?drafts=", "drafts")] {
        let problem = office.rest(Method::GET, address, &token, &Value::Null).await.problem(400, "unreadable");
        assert_eq!(problem["errors"][0]["field"], field, "{address}: {problem}");
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn a_body_of_megabytes_is_refused() {
    let Given { office, token, draws, .. } = given().await;
    let before = office.books().await;
    for (size, status, code) in [(1 << 20, 422, "invalid"), (3 << 20, 422, "invalid"), (20 << 20, 413, "too_large")] {
        let body = json!({"amount": "PT1H", "date": "2026-04-10", "text": "x".repeat(size)}).to_string();
        let length = body.len().to_string();
        // As every client says it, and as one that does not know how long it will be.
        for announced in [Some(("content-length", length.as_str())), None] {
            let headers: Vec<_> = announced.into_iter().collect();
            let answer = office.rest_with(Method::POST, &draws, &token, &headers, body.clone()).await;
            answer.problem(status, code);
            assert!(answer.body.len() < 2000, "{size}: nothing of it comes back");
        }
    }
    assert_eq!(office.books().await, before);
}

/// Red when: an operation says that it takes a key and does not look at it, or one that stores something takes none.
#[tokio::test]
async fn every_operation_with_a_key_refuses_one_that_cannot_be() {
    let Given { office, token, .. } = given().await;
    let document = document(&office).await;
    let before = office.books().await;
    let long = "x".repeat(201);
    let mut tried = 0;
    for (method, path) in operations(&document) {
        let operation = &document["paths"][format!("/api/v1{path}")][method.to_lowercase()];
        let mut parameters = operation["parameters"].as_array().into_iter().flatten();
        let keyed = parameters.any(|parameter| parameter["name"] == "Idempotency-Key" && parameter["in"] == "header");
        let only_looks = path.ends_with("/plan") || path.starts_with("/simulate/");
        assert!(keyed || method != "POST" || only_looks, "{method} {path} takes no key");
        if !keyed {
            continue;
        }
        let parts = path.split('/').map(|part| if part.starts_with('{') { NEW } else { part });
        let address = parts.collect::<Vec<_>>().join("/");
        let method: Method = method.parse().expect("a method");
        for key in ["", long.as_str(), "schlüssel"] {
            let answer = office.rest_with(method.clone(), &address, &token, &[("idempotency-key", key)], "{}").await;
            let problem = answer.problem(422, "invalid");
            let errors = problem["errors"].as_array().expect("errors");
            let fields: Vec<&Value> = errors.iter().map(|error| &error["field"]).collect();
            assert_eq!(fields, ["Idempotency-Key"], "{method} {path} with {key:?}");
        }
        tried += 1;
    }
    assert!(tried > 30, "{tried}");
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn wrong_amounts_are_named_with_their_figures() {
    let Given { office, token, draws, grants } = given().await;
    let before = office.books().await;
    let huge = format!("PT{}H", "9".repeat(400));
    let cases = [
        (json!("PT0S"), "not_positive"),
        (json!("-PT1H"), "not_positive"),
        (json!("PT99999999999H"), "too_large"),
        (json!("P1D"), "not_a_time"),
        (json!("1:30"), "not_a_time"),
        (json!(huge), "not_a_time"),
        (json!(""), "not_a_time"),
        (json!({"amount": "1.00", "currency": "EUR"}), "not_a_time"),
        (json!("PT9223372036854775807S"), "too_large"),
        (json!("PT9223372036854775808S"), "not_a_time"),
    ];
    for (amount, reason) in cases {
        let draw = json!({"amount": amount, "date": "2026-04-10", "text": "x"});
        let problem = office.rest(Method::POST, &draws, &token, &draw).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "amount", "{amount}");
        assert!(problem["errors"][0]["reason"].to_string().contains(reason), "{amount}: {problem}");
        let grant = json!({"amount": amount, "valid_from": "2026-04-01", "reason": "x"});
        office.rest(Method::POST, &grants, &token, &grant).await.problem(422, "invalid");
    }
    let draw = json!({"amount": "PT1H", "date": "2026-03-31", "text": "x"});
    let problem = office.rest(Method::POST, &draws, &token, &draw).await.problem(422, "invalid");
    let figures = &problem["errors"][0]["reason"]["quota"][0];
    assert_eq!(
        (&figures["code"], &figures["wanted"], &figures["available"]),
        (&json!("exhausted"), &json!(HOUR), &json!(0))
    );
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn wrong_words_and_days_are_named() {
    let Given { office, token, draws, grants } = given().await;
    let before = office.books().await;
    let long = "x".repeat(201);
    for text in ["", "  ", long.as_str(), "a\u{0}b", "a\nb", "\u{1b}[31m"] {
        let draw = json!({"amount": "PT1H", "date": "2026-04-10", "text": text});
        let problem = office.rest(Method::POST, &draws, &token, &draw).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "text", "{text:?}");
    }
    for (from, until, field) in [
        ("2026-04-10", "2026-04-10", "valid_until"),
        ("2026-04-10", "2026-04-09", "valid_until"),
        ("1800-01-01", "2026-05-01", "valid_from"),
        ("2026-04-01", "9999-12-31", "valid_until"),
    ] {
        let grant = json!({"amount": "PT1H", "valid_from": from, "valid_until": until, "reason": "x"});
        let problem = office.rest(Method::POST, &grants, &token, &grant).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{from} {until}: {problem}");
    }
    let draw = json!({"amount": "PT1H", "date": "1800-01-01", "text": "x"});
    let problem = office.rest(Method::POST, &draws, &token, &draw).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "date");
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn every_wrong_field_of_a_customer_or_account_is_named_at_once() {
    let Given { office, token, .. } = given().await;
    let before = office.books().await;
    let wrong = json!({"id": "x", "name": " ", "country": "Deutschland", "email": "nobody", "number": "1".repeat(21), "city": "a\u{7}"});
    let wrong_fields = async |path: &str, body: &Value| {
        let problem = office.rest(Method::POST, path, &token, body).await.problem(422, "invalid");
        let errors = problem["errors"].as_array().expect("errors").iter();
        let mut fields: Vec<String> = errors.filter_map(|e| e["field"].as_str()).map(str::to_owned).collect();
        fields.sort_unstable();
        fields.dedup();
        fields
    };
    assert_eq!(wrong_fields("/customers", &wrong).await, ["city", "country", "email", "id", "name", "number"]);
    let euro = json!({"amount": "1", "currency": "EUR"});
    for (fields, body) in [
        (["customer", "unit"].as_slice(), json!({"customer": "x", "name": "x", "unit": "DOGE"})),
        (&["customer", "id", "name"], json!({"id": "x", "customer": "x", "name": "", "unit": "time"})),
        (
            &["customer", "limit", "name"],
            json!({"customer": "x", "name": "", "unit": "time", "overbooking": true, "limit": "-PT1H"}),
        ),
        (
            &["customer", "limit"],
            json!({"customer": "x", "name": "x", "unit": "time", "overbooking": true, "limit": euro}),
        ),
    ] {
        assert_eq!(wrong_fields("/accounts", &body).await, fields, "{body}");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: a command that is wrong twice is told once.
#[tokio::test]
async fn every_wrong_field_of_what_is_done_on_an_account_is_named_at_once() {
    let Given { office, token, draws, grants } = given().await;
    let before = office.books().await;
    let account = draws.trim_end_matches("/draws").to_owned();
    for (method, path, body, fields) in [
        (
            Method::POST,
            draws.clone(),
            json!({"draw": "x", "amount": "-PT1H", "date": "1800-01-01", "text": " "}),
            ["draw", "date", "amount", "text"].as_slice(),
        ),
        (Method::POST, format!("{draws}/plan"), json!({"amount": "PT0S", "date": "1800-01-01"}), &["date", "amount"]),
        (
            Method::POST,
            grants.clone(),
            json!({
                "lot": "x", "amount": "PT0S", "valid_from": "2026-04-10", "valid_until": "2026-04-10", "reason": "",
                "origin": "x", "carry_over": {"cap": "-PT1H"},
            }),
            &["lot", "origin", "carry_over.cap", "amount", "valid_until", "reason"],
        ),
        (
            Method::POST,
            grants,
            json!({"amount": "PT1H", "valid_from": "1800-01-01", "valid_until": "9999-12-31", "reason": ""}),
            &["valid_from", "valid_until", "reason"],
        ),
        (
            Method::POST,
            format!("{account}/balancing-grants"),
            json!({
                "lot": "x", "date": "1800-01-01", "deficits": [{"draw": "x", "amount": "PT1H"}, {"draw": NEW, "amount": "PT0S"}],
                "reason": "",
            }),
            &["lot", "date", "deficits", "deficits", "reason"],
        ),
        (Method::POST, format!("{draws}/{NEW}/covers"), json!({"lot": "x", "amount": "-PT1H"}), &["lot", "amount"]),
        (Method::PUT, format!("{account}/end"), json!({"until": "1800-01-01", "reason": ""}), &["until", "reason"]),
        (Method::GET, format!("{account}/entries?until=2026-04-01"), Value::Null, &["from"]),
        (Method::GET, format!("{account}/entries?from=2026-04-02&until=2026-04-02"), Value::Null, &["until"]),
        (Method::GET, format!("{account}/entries?from=1800-01-01&until=9999-12-31"), Value::Null, &["from", "until"]),
    ] {
        let problem = office.rest(method, &path, &token, &body).await.problem(422, "invalid");
        let errors = problem["errors"].as_array().expect("errors").iter();
        assert_eq!(errors.filter_map(|e| e["field"].as_str()).collect::<Vec<_>>(), fields, "{path}");
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn money_is_exact_or_refused() {
    let Given { office, token, .. } = given().await;
    let customer = office.world.customer("Geld GmbH").await;
    let open = json!({"customer": customer, "name": "Guthaben", "unit": "EUR"});
    let account =
        office.rest(Method::POST, "/accounts", &token, &open).await.json()["id"].as_str().expect("an id").to_owned();
    let grant = |amount: &str, currency: &str| json!({"amount": {"amount": amount, "currency": currency}, "valid_from": "2026-04-01", "reason": "x"});
    let path = format!("/accounts/{account}/grants");
    let granted = office.rest(Method::POST, &path, &token, &grant("1234.56", "EUR")).await;
    assert_eq!(granted.json()["left"], json!({"amount": "1234.56", "currency": "EUR"}));
    for (amount, currency) in [
        ("0.001", "EUR"),
        ("1", "CHF"),
        ("1,50", "EUR"),
        ("1e3", "EUR"),
        ("NaN", "EUR"),
        ("-1.00", "EUR"),
        ("0", "EUR"),
        ("79228162514264337593543950335", "EUR"),
        ("", "EUR"),
        ("1", "eur"),
        ("1", ""),
    ] {
        office.rest(Method::POST, &path, &token, &grant(amount, currency)).await.problem(422, "invalid");
    }
    let shown = office.rest(Method::GET, &format!("/accounts/{account}"), &token, &Value::Null).await.json();
    assert_eq!(shown["standing"]["left"], json!({"amount": "1234.56", "currency": "EUR"}));
}

#[tokio::test]
async fn problems_speak_the_language_that_is_asked_for() {
    let Given { office, token, draws, .. } = given().await;
    let draw = json!({"amount": "PT1H", "date": "2026-03-01", "text": "x"}).to_string();
    let detail = async |lang: &str| {
        let answer = office.rest_with(Method::POST, &draws, &token, &[("accept-language", lang)], draw.clone()).await;
        let problem = answer.problem(422, "invalid");
        assert_eq!(problem["detail"], problem["errors"][0]["detail"]);
        problem["detail"].as_str().expect("a sentence").replace('\u{a0}', " ")
    };
    assert_eq!(detail("en-GB").await, "On 1 Mar 2026, 0:00 h is available and 1:00 h is wanted. Nothing was drawn.");
    assert_eq!(
        detail("de").await,
        "Am 01.03.2026 sind 0:00 h verfügbar, gewünscht sind 1:00 h. Nichts wurde abgebucht."
    );
}

#[tokio::test]
async fn other_methods_and_addresses_do_nothing() {
    let Given { office, token, draws, .. } = given().await;
    let before = office.books().await;
    for method in [Method::DELETE, Method::PATCH, Method::PUT] {
        let answer = office.rest(method.clone(), &draws, &token, &json!({})).await;
        assert_eq!(answer.status, 405, "{method}");
    }
    for path in ["/", "/nothing", "/customers/x/y/z", "/accounts//draws"] {
        let answer = office.rest(Method::GET, path, &token, &Value::Null).await;
        assert!([404, 405].contains(&answer.status.as_u16()), "{path}: {}", answer.status);
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn a_question_in_the_address_that_cannot_be_read_is_a_clear_error() {
    let Given { office, token, draws, .. } = given().await;
    let account = draws.trim_end_matches("/draws");
    for query in [
        "?from=yesterday",
        "?from=2026-02-30",
        "?from=2026-04-01&until=2026-04-01",
        "?from=2026-04-02&until=2026-04-01",
    ] {
        let answer = office.rest(Method::GET, &format!("{account}/entries{query}"), &token, &Value::Null).await;
        assert!([400, 422].contains(&answer.status.as_u16()), "{query}: {}", answer.status);
        assert_eq!(answer.header("content-type"), "application/problem+json", "{query}: {}", answer.body);
    }
    for query in ["?q=%25", "?q=%00", "?q=_", "?q=%F0%9F%92%A9", "?q='%20OR%201=1"] {
        let answer = office.rest(Method::GET, &format!("/customers{query}"), &token, &Value::Null).await;
        assert_eq!(answer.status, 200, "{query}: {}", answer.body);
    }
    let words = "a%20".repeat(300);
    assert_eq!(office.rest(Method::GET, &format!("/customers?q={words}"), &token, &Value::Null).await.status, 200);
}
