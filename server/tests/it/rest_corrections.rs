//! REST and what corrects an account: what is refused names its field and changes nothing.

use axum::http::Method;
use domain::{DrawId, LotId, Role};
use serde_json::{Value, json};
use usecases::testing::{HOUR, OVERDRAWN};

use crate::support::{Answer, Office};

const NEW: &str = "0198f2f0-0000-7000-8000-00000000000a";

/// 9 h drawn before anything was granted, an earlier lot that still holds 1 h, and two later ones of 4 h.
struct Given {
    office: Office,
    token: String,
    account: String,
    draw: DrawId,
    earlier: LotId,
    later: LotId,
    /// Of another customer.
    foreign: (String, DrawId, LotId),
}

async fn given() -> Given {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let mut made = Vec::new();
    for _ in 0..2 {
        let (_, account) = office.world.customer_with_account(OVERDRAWN).await;
        let earlier = office.world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
        let draw = office.world.drawn(account, 9 * HOUR, "2026-06-01").await.request.draw;
        let later = office.world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
        made.push((account.to_string(), draw, earlier, later));
    }
    let (account, draw, _, lot) = made.pop().expect("two");
    let foreign = (account, draw, lot);
    let (account, draw, earlier, later) = made.pop().expect("two");
    Given { office, token, account, draw, earlier, later, foreign }
}

impl Given {
    async fn post(&self, path: &str, body: Value) -> Answer {
        self.office.rest(Method::POST, &format!("/accounts/{}/{path}", self.account), &self.token, &body).await
    }

    async fn end(&self, body: Value) -> Answer {
        self.office.rest(Method::PUT, &format!("/accounts/{}/end", self.account), &self.token, &body).await
    }

    /// Wrong at that one field.
    #[track_caller]
    fn wrong(answer: &Answer, field: &str) {
        let problem = answer.problem(422, "invalid");
        assert_eq!((&problem["errors"][0]["field"], &problem["errors"][1]), (&json!(field), &Value::Null), "{problem}");
    }
}

/// Red when: a lot or draw is looked up by its id alone.
#[tokio::test]
async fn ids_of_others_and_of_nobody_are_not_found() {
    let given = given().await;
    let before = given.office.books().await;
    let (account, draw, lot) = &given.foreign;
    let reason = json!({"reason": "Storno"});
    let cover = |lot: &str| json!({"lot": lot, "amount": "PT1H"});
    let (own_lot, lot) = (given.later.to_string(), lot.to_string());
    for lot in [lot.as_str(), NEW, "x"] {
        given.post(&format!("grants/{lot}/revoke"), reason.clone()).await.problem(404, "not_found");
    }
    for draw in [draw.to_string().as_str(), NEW, "x"] {
        given.post(&format!("draws/{draw}/covers"), cover(&own_lot)).await.problem(404, "not_found");
    }
    for lot in [lot.as_str(), NEW] {
        given.post(&format!("draws/{}/covers", given.draw), cover(lot)).await.problem(404, "not_found");
    }
    Given::wrong(&given.post(&format!("draws/{}/covers", given.draw), cover("x")).await, "lot");
    let bill =
        |draw: &str| json!({"date": "2026-04-15", "deficits": [{"draw": draw, "amount": "PT1H"}], "reason": "x"});
    for draw in [draw.to_string().as_str(), NEW, "x"] {
        Given::wrong(&given.post("balancing-grants", bill(draw)).await, "deficits");
    }
    // Under the account's own address, but by somebody who has nothing to do with it.
    for role in [Role::Payments, Role::Staff] {
        let token = given.office.token(role).await;
        let status = if role == Role::Staff { (403, "forbidden") } else { (404, "not_found") };
        let path = format!("/accounts/{account}/grants/{lot}/revoke");
        given.office.rest(Method::POST, &path, &token, &reason).await.problem(status.0, status.1);
    }
    assert_eq!(given.office.books().await, before);
}

/// Red when: the kernel's errors keep the names that its fields have in the browser's forms.
#[tokio::test]
async fn wrong_amounts_of_corrections_are_named_at_their_field() {
    let given = given().await;
    let before = given.office.books().await;
    let covers = format!("draws/{}/covers", given.draw);
    let money = json!({"amount": "1.00", "currency": "EUR"});
    for amount in [json!("PT0S"), json!("-PT1H"), json!("PT9H1S"), json!("PT999999999999H"), json!("1:00"), money] {
        let cover = json!({"lot": given.later, "amount": amount});
        Given::wrong(&given.post(&covers, cover).await, "amount");
        let bill = json!({"date": "2026-04-15", "deficits": [{"draw": given.draw, "amount": amount}], "reason": "x"});
        Given::wrong(&given.post("balancing-grants", bill).await, "deficits");
    }
    // More than the lot has, less than the deficit.
    let answer = given.post(&covers, json!({"lot": given.later, "amount": "PT5H"})).await;
    Given::wrong(&answer, "amount");
    let figures = &answer.json()["errors"][0]["reason"]["quota"][0];
    assert_eq!((&figures["left"], &figures["wanted"]), (&json!(4 * HOUR), &json!(5 * HOUR)), "{}", answer.body);
    Given::wrong(&given.post(&covers, json!({"lot": given.earlier, "amount": "PT1H"})).await, "lot");
    let bill = json!({"date": "2026-04-15", "deficits": [], "reason": "x"});
    Given::wrong(&given.post("balancing-grants", bill).await, "deficits");
    // The same deficit twice, together more than it is.
    let twice = json!([{"draw": given.draw, "amount": "PT5H"}, {"draw": given.draw, "amount": "PT5H"}]);
    let bill = json!({"date": "2026-04-15", "deficits": twice, "reason": "x"});
    Given::wrong(&given.post("balancing-grants", bill).await, "deficits");
    assert_eq!(given.office.books().await, before);
}

#[tokio::test]
async fn wrong_days_and_reasons_of_corrections_are_named_at_their_field() {
    let given = given().await;
    let before = given.office.books().await;
    let deficits = json!([{"draw": given.draw, "amount": "PT1H"}]);
    let long = "x".repeat(201);
    for reason in ["", "  ", &long, "a\u{0}b"] {
        Given::wrong(&given.post(&format!("grants/{}/revoke", given.later), json!({"reason": reason})).await, "reason");
        let bill = json!({"date": "2026-04-15", "deficits": deficits, "reason": reason});
        Given::wrong(&given.post("balancing-grants", bill).await, "reason");
        Given::wrong(&given.end(json!({"until": "2026-07-01", "reason": reason})).await, "reason");
    }
    for date in ["1899-12-31", "2200-01-01", "9999-12-31"] {
        let bill = json!({"date": date, "deficits": deficits, "reason": "x"});
        Given::wrong(&given.post("balancing-grants", bill).await, "date");
        Given::wrong(&given.end(json!({"until": date, "reason": "x"})).await, "until");
    }
    for body in [json!({"until": "2026-02-30", "reason": "x"}), json!({"until": "2026-07-01"}), json!([]), json!({})] {
        given.end(body).await.problem(400, "unreadable");
    }
    assert_eq!(given.office.books().await, before);
}

/// Red when: the kernel's errors keep the names that its fields have in the browser's forms.
#[tokio::test]
async fn wrong_terms_of_a_grant_are_named_at_their_field() {
    let given = given().await;
    let before = given.office.books().await;
    let grant = |until: Value, more: Value| {
        let mut body = json!({"amount": "PT1H", "valid_from": "2026-04-01", "valid_until": until, "reason": "x"});
        body.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
        body
    };
    let may = json!("2026-05-01");
    let money = json!({"amount": "1.00", "currency": "EUR"});
    for (until, more, field) in [
        (&may, json!({"origin": "gift"}), "origin"),
        (&may, json!({"origin": ""}), "origin"),
        (&may, json!({"carry_over": {"cap": "PT0S"}}), "carry_over.cap"),
        (&may, json!({"carry_over": {"cap": "-PT1H"}}), "carry_over.cap"),
        (&may, json!({"carry_over": {"cap": "PT999999999999H"}}), "carry_over.cap"),
        (&may, json!({"carry_over": {"cap": money}}), "carry_over.cap"),
        (&Value::Null, json!({"carry_over": {}}), "valid_until"),
        (&may, json!({"carry_over": {"periods": 5000}}), "carry_over.periods"),
        (&may, json!({"carry_over": {"periods": u32::MAX}}), "carry_over.periods"),
    ] {
        Given::wrong(&given.post("grants", grant(until.clone(), more)).await, field);
    }
    for carry in [json!({"periods": -1}), json!({"periods": 1.5}), json!("on")] {
        given.post("grants", grant(may.clone(), json!({"carry_over": carry}))).await.problem(400, "unreadable");
    }
    assert_eq!(given.office.books().await, before);
}

#[tokio::test]
async fn a_grant_is_taken_back_once_and_for_one_reason() {
    let given = given().await;
    let path = format!("grants/{}/revoke", given.later);
    let first = given.post(&path, json!({"reason": "Storno"})).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let after = given.office.books().await;
    let again = given.post(&path, json!({"reason": " Storno "})).await;
    assert_eq!((again.status.as_u16(), again.json()), (200, first.json()));
    let other = given.post(&path, json!({"reason": "Irrtum"})).await;
    let detail = other.problem(409, "quota")["detail"].as_str().expect("a sentence").to_owned();
    assert_eq!(detail, "Diese Gutschrift wurde schon zurückgezogen.");
    // What is taken back pays for nothing.
    let cover = json!({"lot": given.later, "amount": "PT1S"});
    Given::wrong(&given.post(&format!("draws/{}/covers", given.draw), cover).await, "amount");
    assert_eq!(given.office.books().await, after);
}

/// Red when: one of the operations does not hand its key on.
#[tokio::test]
async fn an_idempotency_key_makes_a_correction_count_once() {
    let given = given().await;
    let Given { office, token, account, draw, later, .. } = &given;
    let (account, bill) = (
        format!("/accounts/{account}"),
        |amount: &str| json!({"date": "2026-04-15", "deficits": [{"draw": draw, "amount": amount}], "reason": "Rechnung 7"}),
    );
    let cover = |amount: &str| json!({"lot": later, "amount": amount});
    let corrections = [
        (Method::POST, format!("{account}/draws/{draw}/covers"), cover("PT1H"), cover("PT2H")),
        (Method::POST, format!("{account}/balancing-grants"), bill("PT1H"), bill("PT2H")),
        (Method::POST, format!("{account}/grants/{later}/revoke"), json!({"reason": "a"}), json!({"reason": "b"})),
        (
            Method::PUT,
            format!("{account}/end"),
            json!({"until": "2026-07-01", "reason": "a"}),
            json!({"until": "2026-08-01", "reason": "a"}),
        ),
    ];
    for (number, (method, path, body, other)) in corrections.into_iter().enumerate() {
        let key = format!("order 4711/{number}");
        let send = async |body: &Value| {
            let headers = [("idempotency-key", key.as_str())];
            office.rest_with(method.clone(), &path, token, &headers, body.to_string()).await
        };
        let first = send(&body).await;
        assert!(first.status.is_success(), "{path}: {}", first.body);
        let after = office.books().await;
        let again = send(&body).await;
        assert_eq!((again.status, again.json()), (first.status, first.json()), "{path}");
        send(&other).await.problem(409, "same_id");
        assert_eq!(office.books().await, after, "{path}");
    }
}

/// Red when: releasing does not hand its key on, or a release that is sent again is another one.
#[tokio::test]
async fn an_idempotency_key_makes_a_release_count_once() {
    let given = given().await;
    let Given { office, token, account, draw, .. } = &given;
    let path = format!("/accounts/{account}/draws/{draw}/release");
    let send = async |key: &str, body: Value| {
        office.rest_with(Method::POST, &path, token, &[("idempotency-key", key)], body.to_string()).await
    };
    let before = office.books().await;
    let first = send("order 4711", json!({})).await;
    assert_eq!(first.status, 200, "{}", first.body);
    let after = office.books().await;
    assert_ne!(after, before);
    let again = send("order 4711", json!({})).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    send("order 4711", json!({"reason": "a"})).await.problem(409, "same_id");
    assert_eq!(office.books().await, after);
    // Under another key it is the same release still.
    let other = send("order 4712", json!({"reason": "a"})).await;
    assert_eq!((other.status, other.json()), (first.status, first.json()));
    let book = office.rest(Method::GET, &format!("/accounts/{account}/entries"), token, &Value::Null).await.json();
    let releases = book["entries"].as_array().expect("entries").iter().filter(|entry| entry["kind"] == "release");
    assert_eq!(releases.count(), 1, "{book}");
}
