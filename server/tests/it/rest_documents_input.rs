//! REST of delivery notes and invoices and what clients should not send: refused at its field, and nothing changes.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};

use crate::{
    rest::NEW,
    rest_contracts::terms,
    rest_documents::{Desk, id, sent},
};

/// The wrong fields of a refusal, in order and once each.
fn fields(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().unwrap_or_else(|| panic!("no errors: {problem}")).iter();
    let mut fields: Vec<String> = errors.filter_map(|error| error["field"].as_str().map(str::to_owned)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// A delivery note of one line with something else at that place.
fn with(desk: &Desk, place: &str, value: Value) -> Value {
    let mut note = desk.note("2026-04-10", &[desk.line("1")]);
    put(&mut note, place, value);
    note
}

fn put(body: &mut Value, place: &str, value: Value) {
    let (parent, name) = place.rsplit_once('/').expect("a place");
    let parent = body.pointer_mut(parent).unwrap_or_else(|| panic!("{place} is not there"));
    parent[name] = value;
}

/// What the simulation is asked about a document.
fn simulated(desk: &Desk, document: &Value) -> Value {
    let mut asked = document.clone();
    asked["contracts"] = json!([{"id": desk.contract, "start": "2026-04-01", "terms": terms()}]);
    asked
}

#[tokio::test]
async fn wrong_lines_are_named_by_document_and_simulation_alike() {
    let desk = Desk::new().await;
    let saved = desk.noted(&["1"]).await["document"].clone();
    let before = desk.office.books().await;
    let euros = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    let seen = |cleared: Value, item: Value| json!({"outcome": "full", "cleared": cleared, "item": item});
    let cases = [
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("0.00001")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("1e3")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("1,5")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("1000000.01")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("-1000000.01")),
        ("lines.0.line.quantity", "/lines/0/line/quantity", json!("9".repeat(400))),
        ("lines.0.line.price", "/lines/0/line/price", json!("0.00001")),
        ("lines.0.line.price", "/lines/0/line/price", json!("NaN")),
        ("lines.0.line.price", "/lines/0/line/price", json!("1000000001")),
        ("lines.0.line.discount", "/lines/0/line/discount", json!("100.01")),
        ("lines.0.line.discount", "/lines/0/line/discount", json!("-1")),
        ("lines.0.line.vat", "/lines/0/line/vat", json!("100")),
        ("lines.0.line.vat", "/lines/0/line/vat", json!("-19")),
        ("lines.0.line.unit", "/lines/0/line/unit", json!("dozen")),
        ("lines.0.line.text", "/lines/0/line/text", json!(" ")),
        ("lines.0.line.text", "/lines/0/line/text", json!("x".repeat(501))),
        ("lines.0.line.text", "/lines/0/line/text", json!("a\u{7}")),
        ("lines.0.line.article", "/lines/0/line/article", json!("x")),
        ("lines.0.line.group", "/lines/0/line/group", json!("x")),
        ("lines.0.id", "/lines/0/id", json!("x")),
        ("lines.0.contract", "/lines/0/contract", json!("x")),
        ("lines.0.contract", "/lines/0/contract", json!(NEW)),
        ("lines.0.note", "/lines/0/note", json!({"id": NEW, "number": null})),
        ("lines.0.seen.cleared", "/lines/0/seen", seen(json!("1h"), euros("0.00", "EUR"))),
        ("lines.0.seen.cleared", "/lines/0/seen", seen(euros("1", "DOGE"), euros("0.00", "EUR"))),
        ("lines.0.seen.item", "/lines/0/seen", seen(Value::Null, euros("0.00", "CHF"))),
        ("lines.0.seen.item", "/lines/0/seen", seen(Value::Null, euros("0.001", "EUR"))),
        ("currency", "/currency", json!("eur")),
        ("customer", "/customer", json!("x")),
        ("date", "/date", json!("1800-01-01")),
        ("date", "/date", json!("9999-12-31")),
    ];
    let path = format!("/documents/{}", id(&saved));
    for (field, place, value) in cases {
        let body = with(&desk, place, value.clone());
        let problem = desk.post("/documents", &body).await.problem(422, "invalid");
        assert_eq!(fields(&problem), [field], "{place} {value}");
        let problem = desk.post("/simulate/clearing", &simulated(&desk, &body)).await.problem(422, "invalid");
        assert_eq!(fields(&problem), [field], "simulated: {place} {value}");
        if place != "/lines/0/note" {
            let mut change = sent(&saved);
            put(&mut change, place, value);
            let problem = desk.put(&path, &change).await.problem(422, "invalid");
            assert_eq!(fields(&problem), [field], "changed: {place} {change}");
        }
    }
    // What only the books know is named by the document alone.
    for (field, place, value) in [
        ("id", "/id", json!("x")),
        ("kind", "/kind", json!("contract_invoice")),
        ("kind", "/kind", json!("offer")),
        ("delivery", "/delivery", json!("pigeon")),
        ("payment_days", "/payment_days", json!(100_000)),
        ("customer", "/customer", json!(NEW)),
        ("lines.0.line.article", "/lines/0/line/article", json!(NEW)),
        ("lines.0.line.group", "/lines/0/line/group", json!(NEW)),
        ("lines.0.line.group", "/lines/0/line/sub_group", json!(NEW)),
    ] {
        let problem = desk.post("/documents", &with(&desk, place, value.clone())).await.problem(422, "invalid");
        assert_eq!(fields(&problem), [field], "{place} {value}");
    }
    assert_eq!(desk.office.books().await, before);
}

#[tokio::test]
async fn every_wrong_field_of_a_document_is_named_at_once() {
    let desk = Desk::new().await;
    let before = desk.office.books().await;
    let body = json!({
        "id": "x", "kind": "?", "customer": "x", "currency": "?", "date": "1800-01-01", "delivery": "?", "payment_days": 1,
        "lines": [
            {"id": "x", "line": {"text": "", "quantity": "x", "unit": "?", "price": "x", "vat": "x"}, "contract": "x"},
            {"line": {"text": "x", "quantity": "1", "unit": "hour", "price": "1", "vat": "19", "discount": "x"}},
        ],
    });
    let problem = desk.post("/documents", &body).await.problem(422, "invalid");
    let expected = [
        "currency",
        "customer",
        "date",
        "delivery",
        "id",
        "kind",
        "lines.0.contract",
        "lines.0.id",
        "lines.0.line.price",
        "lines.0.line.quantity",
        "lines.0.line.text",
        "lines.0.line.unit",
        "lines.0.line.vat",
        "lines.1.line.discount",
    ];
    assert_eq!(fields(&problem), expected);
    assert_eq!(desk.office.books().await, before);
}

#[tokio::test]
async fn what_is_no_document_at_all_is_unreadable() {
    let desk = Desk::new().await;
    let before = desk.office.books().await;
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let good = desk.note("2026-04-10", &[desk.line("1")]).to_string();
    let bodies = [
        "",
        "{",
        "null",
        "[]",
        "{}",
        "\u{0}",
        &deep,
        &good[..good.len() - 1],
        &good.replace("2026-04-10", "10.04.2026"),
        &good.replace("2026-04-10", "2026-02-30"),
        &good.replace("\"payment_days\":14", "\"payment_days\":-1"),
        &good.replace("\"quantity\":\"1\"", "\"quantity\":1"),
        &good.replace("\"lines\":[", "\"lines\":[null,"),
    ];
    for path in ["/documents", "/simulate/clearing", "/documents/repair"] {
        for body in bodies {
            if path == "/simulate/clearing" && body.contains("\"payment_days\":-1") {
                continue;
            }
            let answer = desk.office.rest_with(Method::POST, path, &desk.token, &[], body.to_owned()).await;
            answer.problem(400, "unreadable");
        }
        let answer = desk.office.rest_with(Method::POST, path, &desk.token, &[], vec![0xff, 0xfe, 0x00]).await;
        answer.problem(400, "unreadable");
    }
    assert_eq!(desk.office.books().await, before);
}

#[tokio::test]
async fn more_lines_than_a_document_can_have_are_refused() {
    let desk = Desk::new().await;
    let before = desk.office.books().await;
    let line = json!({"line": {"text": "x", "quantity": "1", "unit": "hour", "price": "1", "vat": "19"}});
    let body = desk.note("2026-04-10", &vec![line; 5_001]);
    for (path, body) in [("/documents", &body), ("/simulate/clearing", &simulated(&desk, &body))] {
        let problem = desk.post(path, body).await.problem(422, "invalid");
        let error = &problem["errors"][0];
        let figures = json!({"too_many": {"most": 5_000, "found": 5_001}});
        assert_eq!((&error["field"], &error["reason"]), (&json!("lines"), &figures));
    }
    assert_eq!(desk.office.books().await, before);
}

/// Red when: a body is cut where the framework usually does, at two megabytes.
#[tokio::test]
async fn as_many_lines_as_a_document_can_have_are_taken() {
    let desk = Desk::new().await;
    let mut line = desk.line("0.01");
    line["line"]["text"] = json!("Wartung ".repeat(60));
    let lines: Vec<Value> = vec![line; 5_000];
    let mut body = simulated(&desk, &desk.note("2026-04-10", &lines));
    assert!(body.to_string().len() > 2 << 20);
    body["groups"] = json!([{"group": desk.group, "quota": "on"}]);
    body["contracts"][0]["lots"] = json!([{"amount": "PT4H", "valid_from": "2026-04-01", "valid_until": "2026-05-01"}]);
    let found = desk.post("/simulate/clearing", &body).await;
    assert_eq!(found.status, 200, "{:.500}", found.body);
    let found = found.json();
    assert_eq!(
        (&found["quotas"][0]["after"], &found["lines"][4_999]["outcome"]),
        (&json!("PT0S"), &json!("exhausted"))
    );
    assert_eq!(found["net"], json!({"amount": "4600.00", "currency": "EUR"}));
}

#[tokio::test]
async fn sums_beyond_all_sense_are_refused_at_their_line() {
    let desk = Desk::new().await;
    let before = desk.office.books().await;
    let mut huge = desk.line("1000000");
    huge["line"]["price"] = json!("1000000000");
    let many: Vec<Value> = vec![huge.clone(); 200];
    let body = desk.note("2026-04-10", &many);
    for (path, body) in [("/documents", &body), ("/simulate/clearing", &simulated(&desk, &body))] {
        let problem = desk.post(path, body).await.problem(422, "invalid");
        assert_eq!(fields(&problem), ["lines"], "{path}");
    }
    assert_eq!(desk.office.books().await, before);
}

#[tokio::test]
async fn another_customers_contract_is_an_outcome_and_no_way_in() {
    let desk = Desk::new().await;
    let stranger = desk.office.world.customer("Beta GmbH").await;
    let foreign = desk.office.world.contract(desk.office.world.contract_draft(stranger, "2026-04-01")).await;
    desk.office.world.bills(&desk.office.world.env, "2026-04-01").await;
    let foreign = foreign.contract.id.to_string();
    let path = format!("/contracts/{foreign}");
    let standing = desk.get(&path).await["account"].clone();
    let mut line = desk.line("1");
    line["contract"] = json!(foreign);
    let saved = desk.post("/documents", &desk.note("2026-04-10", &[line])).await.json();
    let clearing = &saved["document"]["lines"][0]["clearing"];
    assert_eq!(clearing["reason"], json!({"rule": "other_customer", "customer": stranger}));
    assert_eq!((&clearing["figures"], &clearing["cleared"]), (&Value::Null, &Value::Null));
    assert_eq!(desk.get(&path).await["account"], standing);
    let why = format!("/documents/{}/lines/{}/why", id(&saved["document"]), id(&saved["document"]["lines"][0]));
    let repair = &desk.get(&why).await["repairs"][0];
    assert_eq!(
        (&repair["repair"]["repair"], &repair["repair"]["contract"]),
        (&json!("assign_contract"), &json!(desk.contract))
    );
    // The line of one document below another.
    let other = desk.noted(&["1"]).await;
    let wrong = format!("/documents/{}/lines/{}/why", id(&other["document"]), id(&saved["document"]["lines"][0]));
    desk.office.rest(Method::GET, &wrong, &desk.token, &Value::Null).await.problem(404, "not_found");
}

#[tokio::test]
async fn what_is_taken_fixed_or_stale_stays_as_it_is() {
    let desk = Desk::new().await;
    let mut new = desk.note("2026-04-10", &[desk.line("1"), desk.line("2")]);
    new["id"] = json!(NEW);
    let first = desk.post("/documents", &new).await;
    assert_eq!(first.status, 201, "{}", first.body);
    // The same id with the same content: the same lines, and nothing is drawn twice.
    let once = desk.office.books().await;
    let again = desk.post("/documents", &new).await;
    assert_eq!((again.status, &again.json()["document"]), (first.status, &first.json()["document"]));
    assert_eq!(desk.office.books().await, once);
    let path = format!("/documents/{NEW}");
    let mut longer = sent(&again.json()["document"]);
    longer["lines"][1]["line"]["quantity"] = json!("2.5");
    let saved = desk.put(&path, &longer).await.json()["document"].clone();
    let changed = desk.office.books().await;
    assert_eq!(
        desk.put(&path, &longer).await.json()["document"],
        saved,
        "the same change again, of the version before"
    );
    assert_eq!(desk.office.books().await, changed);
    assert_eq!(desk.left().await, "PT30M");
    let stranger = desk.office.world.customer("Beta GmbH").await;
    let before = desk.office.books().await;

    let mut other = new.clone();
    other["lines"][0]["line"]["quantity"] = json!("3");
    desk.post("/documents", &other).await.problem(409, "same_id");
    let change = |name: &str, value: Value| {
        let mut change = sent(&saved);
        change[name] = value;
        change
    };
    let problem = desk.put(&path, &change("version", json!(0))).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["version"]);
    let mut stale = change("date", json!("2026-04-11"));
    for version in [1, 99, -1] {
        stale["version"] = json!(version);
        desk.put(&path, &stale).await.problem(409, "changed");
    }
    for (field, value) in [("kind", json!("invoice")), ("currency", json!("CHF")), ("customer", json!(stranger))] {
        let problem = desk.put(&path, &change(field, value)).await.problem(422, "invalid");
        assert_eq!(fields(&problem), [field]);
    }
    // An id in the body is not the address; one that names nothing is not found.
    let nowhere = "0198f2f0-0000-7000-8000-0000000000ff";
    desk.put(&format!("/documents/{nowhere}"), &sent(&saved)).await.problem(404, "not_found");
    // Two lines of one id, and a line that another document has.
    let twice = json!([saved["lines"][0], saved["lines"][0]]);
    let problem = desk.put(&path, &change("lines", twice)).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["lines"]);
    let mut stolen = desk.note("2026-04-10", &[desk.line("1"), desk.line("1")]);
    stolen["lines"][1]["id"] = saved["lines"][0]["id"].clone();
    let problem = desk.post("/documents", &stolen).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["lines.1.id"]);
    assert_eq!(desk.office.books().await, before);

    // A contract invoice is nobody's draft.
    let billed = desk.get("/documents?q=re-").await["documents"][0].clone();
    let billed = format!("/documents/{}", id(&billed));
    desk.put(&billed, &sent(&saved)).await.problem(409, "not_a_draft");
    desk.office.rest(Method::DELETE, &billed, &desk.token, &Value::Null).await.problem(409, "not_a_draft");
    desk.post(&format!("{billed}/invoice"), &json!({})).await.problem(404, "not_found");
    // Nothing to issue.
    let empty = desk.post("/documents", &desk.note("2026-04-10", &[])).await.json();
    let issue = format!("/documents/{}/issue", id(&empty["document"]));
    let before = desk.office.books().await;
    assert_eq!(fields(&desk.post(&issue, &json!({})).await.problem(422, "invalid")), ["lines"]);
    assert_eq!(desk.office.books().await, before);
    desk.without_faults().await;
}

#[tokio::test]
async fn an_idempotency_key_makes_every_post_of_a_document_count_once() {
    let desk = Desk::new().await;
    let send = async |path: &str, key: &str, body: &Value| {
        let headers = [("idempotency-key", key)];
        desk.office.rest_with(Method::POST, path, &desk.token, &headers, body.to_string()).await
    };
    let note = desk.note("2026-04-10", &[desk.line("1")]);
    let other = desk.note("2026-04-10", &[desk.line("2")]);
    let first = send("/documents", "first", &note).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let path = format!("/documents/{}", id(&first.json()["document"]));
    let issue = format!("{path}/issue");
    let invoice = format!("{path}/invoice");
    let overbook = json!({"repair": "allow_overbooking", "contract": desk.contract});
    let repair = json!({"customer": desk.customer, "repair": overbook});
    let month = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let grant = json!({"repair": "grant_free_quota", "contract": desk.contract, "amount": "PT1H", "valid": month});
    let grant = json!({"customer": desk.customer, "repair": grant, "reason": "Kulanz"});
    for (number, (path, body, other)) in [
        ("/documents", &note, &other),
        (issue.as_str(), &json!({}), &json!({"x": 1})),
        (invoice.as_str(), &json!({}), &json!({"id": NEW})),
        ("/documents/repair", &repair, &grant),
        ("/documents/repair", &grant, &repair),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("note {number}");
        let first = send(path, &key, body).await;
        assert!(first.status.is_success(), "{path}: {}", first.body);
        let once = desk.office.books().await;
        let again = send(path, &key, body).await;
        assert_eq!((again.status, again.json()), (first.status, first.json()), "{path}");
        send(path, &key, other).await.problem(409, "same_id");
        assert_eq!(desk.office.books().await, once, "{path}");
    }
    // Under another key it is another document.
    assert_eq!(send("/documents", "note again", &note).await.status, 201);
    assert_eq!(desk.left().await, "PT2H");
    desk.without_faults().await;
}

#[tokio::test]
async fn every_role_may_do_to_documents_what_it_may() {
    let desk = Desk::new().await;
    let overbook = json!({"repair": "allow_overbooking", "contract": desk.contract});
    let bill = json!({"repair": "bill_period", "contract": desk.contract, "as_of": "2026-04-01"});
    let month = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let grant = json!({"repair": "grant_free_quota", "contract": desk.contract, "amount": "PT1H", "valid": month});
    let repair = |repair: &Value| json!({"customer": desk.customer, "repair": repair, "reason": "Kulanz"});
    let simulation = simulated(&desk, &desk.note("2026-04-10", &[desk.line("1")]));
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
        let draft = desk.noted(&["0.05"]).await["document"].clone();
        let issued = desk.noted(&["0.05"]).await["document"].clone();
        let issued = format!("/documents/{}", id(&issued));
        assert_eq!(desk.post(&format!("{issued}/issue"), &json!({})).await.status, 200);
        let path = format!("/documents/{}", id(&draft));
        let before = desk.office.books().await;
        let token = desk.office.token(role).await;
        let status = async |method: Method, path: &str, body: &Value| {
            desk.office.rest(method, path, &token, body).await.status.as_u16()
        };
        let seen = [
            status(Method::GET, &path, &Value::Null).await,
            status(Method::GET, &format!("{path}/lines/{}/why", id(&draft["lines"][0])), &Value::Null).await,
            status(Method::POST, "/simulate/clearing", &simulation).await,
        ];
        let edited = [
            status(Method::POST, "/documents", &desk.note("2026-04-10", &[desk.line("0.05")])).await,
            status(Method::PUT, &path, &sent(&draft)).await,
            status(Method::POST, "/documents/repair", &repair(&overbook)).await,
            status(Method::POST, &format!("{issued}/invoice"), &json!({})).await,
        ];
        let billed = [
            status(Method::POST, "/documents/repair", &repair(&bill)).await,
            status(Method::POST, "/documents/repair", &repair(&grant)).await,
            status(Method::POST, &format!("{path}/issue"), &json!({})).await,
        ];
        let deleted = status(Method::DELETE, &path, &Value::Null).await;
        let expected = match role {
            // It was issued before.
            Role::Admin => ([200; 3], [201, 200, 200, 201], [200; 3], 409),
            // What a contract grants stays as it is.
            Role::Accounting => ([200; 3], [201, 200, 403, 201], [200; 3], 409),
            Role::Sales => ([200; 3], [201, 200, 200, 201], [403; 3], 204),
            Role::ProjectManager => ([200; 3], [403; 4], [403; 3], 403),
            _ => ([403; 3], [403; 4], [403; 3], 403),
        };
        assert_eq!((seen, edited, billed, deleted), expected, "{role:?}");
        if !role.may(domain::Permission::EditDocuments) {
            assert_eq!(desk.office.books().await, before, "{role:?} changed something");
        }
        let why = format!("{issued}/lines/{}/why", id(&desk.get(&issued).await["lines"][0]));
        let expected = if seen[0] == 200 { 200 } else { 403 };
        assert_eq!(status(Method::GET, &why, &Value::Null).await, expected);
    }
    let customer = desk.customer.parse().expect("an id");
    let own = desk.office.session(Role::Customer, Some(customer)).await;
    for path in ["/documents".to_owned(), format!("/documents/{NEW}"), format!("/documents/{NEW}/lines/{NEW}/why")] {
        desk.office.get(&format!("/api/v1{path}"), Some(&own)).await.problem(403, "forbidden");
    }
    desk.without_faults().await;
}

#[tokio::test]
async fn facts_that_cannot_be_are_named() {
    let desk = Desk::new().await;
    let before = desk.office.books().await;
    let lot = |lot: Value| {
        let mut whole = json!({"amount": "PT4H", "valid_from": "2026-04-01", "valid_until": "2026-05-01"});
        whole.as_object_mut().expect("an object").extend(lot.as_object().expect("an object").clone());
        whole
    };
    let lots = |one: Value| json!({"lots": [lot(json!({})), lot(one)]});
    let cases = [
        ("id", json!({"id": "x"})),
        ("customer", json!({"customer": "x"})),
        ("sold_at", json!({"sold_at": "x"})),
        ("start", json!({"start": "1800-01-01", "billing_start": "2026-04-01"})),
        ("billing_start", json!({"billing_start": "2026-03-31"})),
        ("terms.currency", json!({"terms": {"currency": "?"}})),
        ("terms.items.0.price", json!({"terms": {"items": [{"price": "x"}]}})),
        ("terms.term", json!({"terms": {"term": 0}})),
        ("account_until", json!({"account_until": "9999-12-31"})),
        ("deficit", json!({"deficit": "-PT1H"})),
        ("deficit", json!({"deficit": "1h"})),
        ("lots", json!({"lots": vec![lot(json!({})); 121]})),
        ("lots.1.lot", lots(json!({"lot": "x"}))),
        ("lots.1.amount", lots(json!({"amount": "PT0S"}))),
        ("lots.1.amount", lots(json!({"amount": "-PT1H"}))),
        ("lots.1.amount", lots(json!({"amount": {"amount": "1.00", "currency": "EUR"}}))),
        ("lots.1.amount", lots(json!({"amount": "PT9223372036854775807S"}))),
        ("lots.1.valid_until", lots(json!({"valid_until": "2026-04-01"}))),
        ("lots.1.valid_from", lots(json!({"valid_from": "1800-01-01"}))),
        ("lots.1.origin", lots(json!({"origin": "theft"}))),
        ("lots.1.carry_over.cap", lots(json!({"carry_over": {"cap": "PT0S"}}))),
        ("lots.1.carry_over.periods", lots(json!({"carry_over": {"periods": 5000}}))),
        ("lots.1.drawn", lots(json!({"drawn": "PT5H"}))),
        ("lots.1.drawn", lots(json!({"drawn": "-PT1H"}))),
        ("lots.1.drawn", lots(json!({"drawn": "PT1H", "drawn_carried": "PT2H"}))),
        (
            "lots.1.drawn_carried",
            lots(json!({"drawn": "PT2H", "drawn_carried": "PT2H", "carry_over": {"cap": "PT1H"}})),
        ),
    ];
    let ask = |wrong: &Value| {
        let mut asked = simulated(&desk, &desk.note("2026-04-10", &[desk.line("1")]));
        merge(&mut asked["contracts"][0], wrong);
        asked
    };
    for (field, wrong) in cases {
        let asked = ask(&wrong);
        let problem = desk.post("/simulate/clearing", &asked).await.problem(422, "invalid");
        assert_eq!(fields(&problem).first(), Some(&format!("contracts.0.{field}")), "{wrong}: {problem}");
    }
    let mut twice = ask(&json!({}));
    twice["contracts"] = json!([twice["contracts"][0], twice["contracts"][0]]);
    let problem = desk.post("/simulate/clearing", &twice).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["contracts.1.id"]);
    let mut many = ask(&json!({}));
    many["contracts"] = json!(vec![many["contracts"][0].clone(); 101]);
    let problem = desk.post("/simulate/clearing", &many).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["contracts"]);
    let mut wrong = ask(&json!({}));
    (wrong["groups"], wrong["books_closed_until"]) = (json!([{"group": "x", "quota": "on"}]), json!("9999-12-31"));
    let problem = desk.post("/simulate/clearing", &wrong).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["books_closed_until", "groups.0.group"]);
    assert_eq!(desk.office.books().await, before, "a simulation stores nothing");
}

/// Puts what the other one holds into it, field by field.
fn merge(body: &mut Value, other: &Value) {
    match (body, other) {
        (Value::Object(body), Value::Object(other)) => {
            for (name, value) in other {
                merge(body.entry(name).or_insert(Value::Null), value);
            }
        }
        (Value::Array(body), Value::Array(other)) if !body.is_empty() && body.len() == other.len() => {
            body.iter_mut().zip(other).for_each(|(body, other)| merge(body, other));
        }
        (body, other) => *body = other.clone(),
    }
}
