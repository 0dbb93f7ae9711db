//! REST of contracts and billing and what clients should not send: refused at its field, and nothing changes.

use axum::http::Method;
use domain::{CustomerId, Role};
use serde_json::{Value, json};

use crate::{
    rest::NEW,
    rest_contracts::{ended, terms},
    support::Office,
};

async fn given() -> (Office, String, CustomerId) {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let customer = office.world.customer("Alpha GmbH").await;
    (office, token, customer)
}

/// The wrong fields of a refusal, in order and once each.
fn fields(problem: &Value) -> Vec<String> {
    let errors = problem["errors"].as_array().expect("errors").iter();
    let mut fields: Vec<String> = errors.filter_map(|error| error["field"].as_str().map(str::to_owned)).collect();
    fields.sort_unstable();
    fields.dedup();
    fields
}

/// The terms with something else at that place.
fn with(place: &str, value: Value) -> Value {
    let mut terms = terms();
    *terms.pointer_mut(place).unwrap_or_else(|| panic!("{place} is not there")) = value;
    terms
}

#[tokio::test]
async fn wrong_terms_are_named_by_type_contract_and_simulation_alike() {
    let (office, token, customer) = given().await;
    let before = office.books().await;
    let item =
        |price: &str, vat: &str| json!({"text": "x", "quantity": "1", "unit": "piece", "price": price, "vat": vat});
    let quota = |quota: Value| with("/quota", quota);
    let euros = |amount: &str, currency: &str| json!({"amount": amount, "currency": currency});
    let mut many = with("/quota", Value::Null);
    many["items"] = Value::Array(vec![item("1", "19"); 201]);
    let cases = [
        ("terms.term", with("/term", json!(0))),
        ("terms.term", with("/term", json!(1201))),
        ("terms.renewal", with("/renewal", json!(0))),
        ("terms.notice", with("/notice", json!(4_294_967_295_u32))),
        ("terms.currency", with("/currency", json!("eur"))),
        ("terms.billing.interval", with("/billing/interval", json!(0))),
        ("terms.billing.time", with("/billing/time", json!("arrears"))),
        ("terms.billing.time", with("/billing/time", json!("never"))),
        ("terms.billing.lead_days", with("/billing/lead_days", json!(100_000))),
        ("terms.billing.payment_days", with("/billing/payment_days", json!(100_000))),
        ("terms.items", with("/items", json!([item("1", "19"), item("1", "7")]))),
        ("terms.items", many),
        ("terms.items.1.vat", with("/items", json!([item("1", "19"), item("1", "-19")]))),
        ("terms.items.0.vat", with("/items/0/vat", json!("100"))),
        ("terms.items.0.price", with("/items/0/price", json!("1e3"))),
        ("terms.items.0.price", with("/items/0/price", json!("1.00001"))),
        ("terms.items.0.price", with("/items/0/price", json!("9".repeat(40)))),
        ("terms.items.0.quantity", with("/items/0/quantity", json!("1,5"))),
        ("terms.items.0.text", with("/items/0/text", json!(" "))),
        ("terms.items.0.text", with("/items/0/text", json!("x".repeat(501)))),
        ("terms.items.0.unit", with("/items/0/unit", json!("dozen"))),
        ("terms.quota.amount", quota(json!({"amount": "PT0S"}))),
        ("terms.quota.amount", quota(json!({"amount": "-PT4H"}))),
        ("terms.quota.amount", quota(json!({"amount": "PT9223372036854775807S"}))),
        ("terms.quota.amount", quota(json!({"amount": "4h"}))),
        ("terms.quota.amount", quota(json!({"amount": euros("1.00", "CHF")}))),
        ("terms.quota.amount", quota(json!({"amount": euros("1.00", "DOGE")}))),
        ("terms.quota.amount", quota(json!({"amount": euros("0.001", "EUR")}))),
        ("terms.quota.interval", quota(json!({"amount": "PT4H", "interval": 0}))),
        ("terms.quota.limit", quota(json!({"amount": "PT4H", "overbooking": true, "limit": "-PT1H"}))),
        ("terms.quota.limit", quota(json!({"amount": "PT4H", "overbooking": true, "limit": euros("1", "EUR")}))),
        ("terms.quota.carry_over.cap", quota(json!({"amount": "PT4H", "carry_over": {"cap": "PT0S"}}))),
        ("terms.quota.carry_over.periods", quota(json!({"amount": "PT4H", "carry_over": {"periods": 5000}}))),
        ("terms.quota.deficits", quota(json!({"amount": "PT4H", "deficits": "forget"}))),
        ("terms.quota.rounding.step", quota(json!({"amount": "PT4H", "rounding": {"step": "PT0S"}}))),
        ("terms.quota.rounding.minimum", quota(json!({"amount": "PT4H", "rounding": {"minimum": "half"}}))),
        ("terms.quota.overage_rate", quota(json!({"amount": "PT4H", "overage_rate": "cheap"}))),
    ];
    for (field, terms) in cases {
        for (path, body) in [
            ("/contract-types", json!({"name": "x", "terms": terms})),
            ("/contracts", json!({"customer": customer, "start": "2026-04-01", "terms": terms})),
            ("/simulate/billing", json!({"start": "2026-04-01", "terms": terms})),
        ] {
            let problem = office.rest(Method::POST, path, &token, &body).await.problem(422, "invalid");
            assert_eq!(fields(&problem), [field], "{path} {body}");
        }
    }
    // A negative or huge number of months is none at all.
    for wrong in [json!(-1), json!(4_294_967_296_u64), json!(1.5), json!("12")] {
        let body = json!({"name": "x", "terms": with("/term", wrong)});
        office.rest(Method::POST, "/contract-types", &token, &body).await.problem(400, "unreadable");
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let (office, token, _) = given().await;
    let before = office.books().await;
    let mut wrong = terms();
    wrong["currency"] = json!("?");
    wrong["billing"]["delivery"] = json!("pigeon");
    wrong["items"] = json!([
        {"text": "", "quantity": "x", "unit": "?", "price": "x", "vat": "x"},
        {"text": "x", "quantity": "1", "unit": "piece", "price": "1", "vat": "19", "article": "x"},
    ]);
    wrong["groups"] =
        json!([{"group": "x", "quota": "maybe"}, {"quota": "on"}, {"group": NEW, "sub_group": NEW, "quota": "on"}]);
    let body = json!({"id": "x", "customer": "x", "number": "1".repeat(31), "start": "2026-04-01", "terms": wrong});
    let problem = office.rest(Method::POST, "/contracts", &token, &body).await.problem(422, "invalid");
    let expected = [
        "customer",
        "id",
        "number",
        "terms.billing.delivery",
        "terms.currency",
        "terms.groups.0.group",
        "terms.groups.0.quota",
        "terms.groups.1.group",
        "terms.groups.2.sub_group",
        "terms.items.0.price",
        "terms.items.0.quantity",
        "terms.items.0.text",
        "terms.items.0.unit",
        "terms.items.0.vat",
        "terms.items.1.article",
    ];
    assert_eq!(fields(&problem), expected);
    let article = json!({"id": "x", "number": "", "name": "", "unit": "?", "price": "-", "vat": "-1", "group": "x"});
    let problem = office.rest(Method::POST, "/articles", &token, &article).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["group", "id", "name", "number", "price", "unit", "vat"]);
    assert_eq!(office.books().await, before);
}

/// Red when: an article is taken that says otherwise how it is billed than its unit and its price, or what is wrong is
/// told at another field.
#[tokio::test]
async fn how_an_article_is_billed_fits_the_article() {
    let (office, token, _) = given().await;
    let before = office.books().await;
    for (unit, price, billing, expected) in [
        ("hour", "100", json!({"by": "monthly"}), vec!["billing.by"]),
        ("flat", "150", json!({"by": "duration"}), vec!["billing.most"]),
        (
            "flat",
            "150",
            json!({"by": "duration", "most": "PT45M", "every": 0, "most_unit": "years", "collects": "some"}),
            vec!["billing.collects", "billing.every", "billing.most_unit"],
        ),
        ("hour", "-1", json!({"by": "duration", "most": "PT0S"}), vec!["billing.most", "price", "unit"]),
        ("flat", "150", json!({"by": "duration", "most": {"amount": "1", "currency": "EUR"}}), vec!["billing.most"]),
        ("minute", "100", json!({"by": "effort"}), vec!["unit"]),
        ("hour", "100", json!({"by": "effort", "most": "PT45M"}), vec!["billing.most"]),
    ] {
        let article =
            json!({"number": "A1", "name": "x", "unit": unit, "price": price, "vat": "19", "billing": billing});
        let problem = office.rest(Method::POST, "/articles", &token, &article).await.problem(422, "invalid");
        assert_eq!(fields(&problem), expected, "{article}");
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn dates_and_names_that_do_not_fit_are_named() {
    let (office, token, customer) = given().await;
    let before = office.books().await;
    for (field, sent) in [
        ("agreed_until", json!({"start": "2026-04-01", "agreed_until": "2026-04-01"})),
        ("billing_start", json!({"start": "2026-04-01", "billing_start": "2026-03-31"})),
        ("agreed_until", json!({"start": "2026-04-01", "agreed_until": "9999-12-31"})),
        ("cancelled_on", json!({"start": "2026-04-01", "cancelled_on": "1800-01-01"})),
        ("customer", json!({"start": "2026-04-01", "customer": NEW})),
        ("contract_type", json!({"start": "2026-04-01", "contract_type": NEW})),
        ("contract_type", json!({"start": "2026-04-01", "contract_type": NEW, "terms": null})),
        ("terms", json!({"start": "2026-04-01", "terms": null})),
        ("terms.items", json!({"start": "2026-04-01", "terms": with("/items", json!([]))})),
    ] {
        let mut body = json!({"customer": customer, "terms": terms()});
        body.as_object_mut().expect("an object").extend(sent.as_object().expect("an object").clone());
        let problem = office.rest(Method::POST, "/contracts", &token, &body).await.problem(422, "invalid");
        assert_eq!(fields(&problem).first().map(String::as_str), Some(field), "{body}: {problem}");
    }
    let early = json!({"customer": customer, "start": "1800-01-01", "terms": terms()});
    let problem = office.rest(Method::POST, "/contracts", &token, &early).await.problem(422, "invalid");
    assert!(fields(&problem).contains(&"start".to_owned()), "{problem}");
    for (path, status, code) in [
        ("/contracts?sort=name", 422, "invalid"),
        ("/contracts?cursor=x", 422, "invalid"),
        ("/documents?customer=x", 422, "invalid"),
        ("/documents?drafts=perhaps", 400, "unreadable"),
        ("/billing-runs?cursor=-1", 422, "invalid"),
    ] {
        office.rest(Method::GET, path, &token, &Value::Null).await.problem(status, code);
    }
    let far = json!({"start": "2026-04-01", "terms": terms(), "count": 121, "as_of": "9999-12-31"});
    let problem = office.rest(Method::POST, "/simulate/billing", &token, &far).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["as_of", "count"]);
    let end = json!({"start": "2026-04-01", "terms": terms(), "next": 4_294_967_295_u32, "as_of": "2199-12-31"});
    let answer = office.rest(Method::POST, "/simulate/billing", &token, &end).await;
    assert_eq!((answer.status.as_u16(), &answer.json()["periods"]), (200, &json!([])));
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn what_is_taken_fixed_or_stale_is_not_overwritten() {
    let (office, token, customer) = given().await;
    let new = json!({"id": NEW, "customer": customer, "start": "2026-04-01", "terms": terms()});
    let first = office.rest(Method::POST, "/contracts", &token, &new).await;
    assert_eq!(first.status, 201, "{}", first.body);
    let once = office.books().await;
    let again = office.rest(Method::POST, "/contracts", &token, &new).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()), "the same id with the same content");
    let mut other = new.clone();
    other["start"] = json!("2026-05-01");
    office.rest(Method::POST, "/contracts", &token, &other).await.problem(409, "same_id");
    let mut second = new.clone();
    (second["id"], second["number"]) = (Value::Null, json!("v-00001"));
    let problem = office.rest(Method::POST, "/contracts", &token, &second).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["number"]);
    assert_eq!(office.books().await, once);

    office.world.bills(&office.world.env, "2026-04-15").await;
    let billed = office.books().await;
    let path = format!("/contracts/{NEW}");
    let mut change = new.clone();
    office.rest(Method::PUT, &path, &token, &change).await.problem(422, "invalid");
    change["version"] = json!(7);
    change["reference"] = json!("x");
    office.rest(Method::PUT, &path, &token, &change).await.problem(409, "changed");
    change["version"] = json!(1);
    let stranger = office.world.customer("Beta GmbH").await;
    let others = office.books().await;
    for (field, name, value) in [
        ("start", "start", json!("2026-04-02")),
        ("customer", "customer", json!(stranger)),
        ("terms.billing.interval", "terms", with("/billing/interval", json!(3))),
        ("terms.currency", "terms", with("/currency", json!("CHF"))),
        ("terms", "terms", Value::Null),
    ] {
        let mut wrong = change.clone();
        wrong[name] = value;
        let problem = office.rest(Method::PUT, &path, &token, &wrong).await.problem(422, "invalid");
        assert!(fields(&problem).contains(&field.to_owned()), "{field}: {problem}");
    }
    let mut money = change.clone();
    money["terms"]["quota"]["amount"] = json!({"amount": "100.00", "currency": "EUR"});
    let problem = office.rest(Method::PUT, &path, &token, &money).await.problem(422, "invalid");
    assert_eq!(fields(&problem), ["terms.quota.amount"]);
    assert_ne!(billed, others);
    assert_eq!(office.books().await, others);
    change["terms"]["quota"]["amount"] = json!("PT6H");
    let changed = office.rest(Method::PUT, &path, &token, &change).await;
    assert_eq!((changed.status.as_u16(), &changed.json()["version"]), (200, &json!(2)), "the amount is not fixed");
}

#[tokio::test]
async fn a_group_and_an_article_keep_their_name_and_place() {
    let (office, token, _) = given().await;
    let post = async |path: &str, body: Value| office.rest(Method::POST, path, &token, &body).await;
    let group = post("/product-groups", json!({"name": "Support", "quota": "on"})).await.json();
    let other = post("/product-groups", json!({"name": "Vertrieb", "quota": "off"})).await.json();
    let [one, two] =
        [&group, &other].map(|group| format!("/product-groups/{}/sub-groups", group["id"].as_str().expect("an id")));
    let sub_group = post(&one, json!({"name": "Vor Ort", "quota": "inherit"})).await.json();
    assert_eq!(post(&two, json!({"name": "Vor Ort", "quota": "inherit"})).await.status, 201, "beside another group");
    let before = office.books().await;
    for (path, body) in [
        ("/product-groups", json!({"name": "support", "quota": "on"})),
        (one.as_str(), json!({"name": "VOR ORT", "quota": "on"})),
    ] {
        assert_eq!(fields(&post(path, body).await.problem(422, "invalid")), ["name"]);
    }
    let article = json!({"number": "A1", "name": "x", "unit": "piece", "price": "1", "vat": "19", "group": NEW});
    assert_eq!(fields(&post("/articles", article).await.problem(422, "invalid")), ["group"]);
    let moved = format!("{two}/{}", sub_group["id"].as_str().expect("an id"));
    let change = json!({"version": 1, "name": "Vor Ort 2", "quota": "on"});
    office.rest(Method::PUT, &moved, &token, &change).await.problem(404, "not_found");
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn runs_are_asked_for_in_full_and_made_once() {
    let (office, token, customer) = given().await;
    let contract = office.world.contract(office.world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let before = office.books().await;
    for (body, status, code, field) in [
        (json!({"issue": true}), 400, "unreadable", ""),
        (json!({"as_of": "15.04.2026", "issue": true}), 400, "unreadable", ""),
        (json!({"as_of": "2026-04-15"}), 400, "unreadable", ""),
        (json!({"as_of": "9999-12-31", "issue": true}), 422, "invalid", "as_of"),
        (json!({"as_of": "2026-04-15", "issue": true, "contract": "x"}), 422, "invalid", "contract"),
        (json!({"as_of": "2026-04-15", "issue": true, "customer": "x"}), 422, "invalid", "customer"),
        (json!({"as_of": "2026-04-15", "issue": true, "id": "x"}), 422, "invalid", "id"),
        (
            json!({"as_of": "2026-04-15", "issue": true, "customer": customer, "contract": contract}),
            422,
            "invalid",
            "contract",
        ),
        (json!({"as_of": "2026-04-15", "issue": true, "customer": NEW}), 404, "not_found", ""),
        (json!({"as_of": "2026-04-15", "issue": true, "contract": NEW}), 404, "not_found", ""),
    ] {
        let problem = office.rest(Method::POST, "/billing-runs", &token, &body).await.problem(status, code);
        if !field.is_empty() {
            assert_eq!(fields(&problem), [field], "{body}");
        }
        if body.get("as_of").is_some() && body.get("issue").is_some() && body.get("id").is_none() {
            office.rest(Method::POST, "/billing-runs/plan", &token, &body).await.problem(status, code);
        }
    }
    let plan = json!({"as_of": "2026-06-15"});
    let planned = office.rest(Method::POST, "/billing-runs/plan", &token, &plan).await.json();
    assert_eq!(planned["totals"]["billed"], 3);
    assert_eq!(office.books().await, before, "a dry run stores nothing");

    let run = json!({"as_of": "2026-04-15", "issue": true});
    let send = async |key: &str, body: &Value| {
        office.rest_with(Method::POST, "/billing-runs", &token, &[("idempotency-key", key)], body.to_string()).await
    };
    let made = send("April", &run).await.json()["id"].as_str().expect("an id").to_owned();
    let first = ended(&office, &token, &made).await;
    assert_eq!(first["run"]["totals"]["billed"], 1);
    let once = office.books().await;
    assert_eq!(send("April", &run).await.json()["id"], made, "the same key");
    send("April", &json!({"as_of": "2026-05-15", "issue": true})).await.problem(409, "same_id");
    let other = json!({"id": made, "as_of": "2026-05-15", "issue": true});
    office.rest(Method::POST, "/billing-runs", &token, &other).await.problem(409, "same_id");
    assert_eq!(office.books().await, once);
    let second = send("April again", &run).await.json()["id"].as_str().expect("an id").to_owned();
    let second = ended(&office, &token, &second).await;
    assert_eq!((&second["run"]["totals"]["billed"], &second["items"]), (&json!(0), &json!([])), "billed twice");
}
