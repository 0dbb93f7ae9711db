//! REST against its own document, and what each operation does.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{Method, StatusCode};
use domain::{Currency, CustomerId, Role, quota::Unit};
use serde_json::{Value, json};
use usecases::{
    accounts,
    testing::{HOUR, PREPAID, as_role},
    verify,
};
use wire::{accounts::AccountDraft, lists::MOST_PAGES};

use crate::support::{Answer, Office};

pub const NEW: &str = "0198f2f0-0000-7000-8000-00000000000a";

/// Every operation of the document: method and path below `/api/v1`.
pub fn operations(document: &Value) -> BTreeSet<(String, String)> {
    let paths = document["paths"].as_object().expect("paths");
    let mut found = BTreeSet::new();
    for (path, item) in paths {
        let path = path.strip_prefix("/api/v1").expect("a path below /api/v1");
        for method in item.as_object().expect("operations").keys() {
            found.insert((method.to_uppercase(), path.to_owned()));
        }
    }
    found
}

pub async fn document(office: &Office) -> Value {
    let answer = office.get("/api/openapi.json", None).await;
    assert_eq!(answer.status, 200);
    answer.json()
}

/// Calls operations of the document, holds each answer against it, and knows which were not tried yet.
pub struct Tried<'o> {
    office: &'o Office,
    token: String,
    document: Value,
    left: BTreeSet<(String, String)>,
}

impl Tried<'_> {
    async fn new(office: &Office) -> Tried<'_> {
        let token = office.token(Role::Admin).await;
        let document = document(office).await;
        let left = operations(&document);
        Tried { office, token, document, left }
    }

    /// A file that an operation of the document gives.
    pub async fn file(&mut self, template: &str, path: &str) {
        self.left.remove(&("GET".to_owned(), template.to_owned()));
        let answer = self.office.rest(Method::GET, path, &self.token, &Value::Null).await;
        let said = &self.document["paths"][format!("/api/v1{template}")]["get"]["responses"]["200"];
        assert!(said.is_object(), "{template} gives a file, which the document lacks");
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
        let named = answer.header("content-disposition");
        assert!(["attachment", "inline"].iter().any(|way| named.starts_with(&format!("{way}; filename="))), "{path}");
    }

    /// The answer of an operation that the document has; `path` is its template with ids.
    pub async fn call(&mut self, method: &str, template: &str, path: &str, body: Value) -> Value {
        self.left.remove(&(method.to_owned(), template.to_owned()));
        let method: Method = method.parse().expect("a method");
        let answer = self.office.rest(method.clone(), path, &self.token, &body).await;
        let document = &self.document;
        let operation = &document["paths"][format!("/api/v1{template}")][method.as_str().to_lowercase()];
        if answer.status == StatusCode::NO_CONTENT {
            assert!(operation["responses"]["204"].is_object(), "{method} {template} answers nothing");
            assert_eq!(answer.body, "");
            return Value::Null;
        }
        let schema = &operation["responses"][answer.status.as_str()]["content"]["application/json"]["schema"];
        let lacks = format!("{method} {template} answers {}, which the document lacks: {}", answer.status, answer.body);
        assert!(!schema.is_null(), "{lacks}");
        assert_eq!(answer.header("content-type"), "application/json");
        let found = answer.json();
        conforms(document, schema, &found, &format!("{method} {template}")).unwrap_or_else(|wrong| panic!("{wrong}"));
        found
    }
}

#[tokio::test]
async fn every_operation_of_the_document_does_what_it_says() {
    let office = Office::new().await;
    let mut tried = Tried::new(&office).await;
    assert_eq!(tried.document["openapi"], "3.1.0");
    operations_of_customers_and_accounts(&office, &mut tried).await;
    crate::rest_draw_plans::every_operation(&mut tried).await;
    crate::rest_contracts::every_operation(&mut tried).await;
    crate::rest_documents::every_operation(&mut tried).await;
    crate::rest_undo::every_operation(&office, &mut tried).await;
    crate::rest_balancing::every_operation(&office, &mut tried).await;
    crate::rest_changes::every_operation(&office, &mut tried).await;
    crate::rest_lists::every_operation(&mut tried).await;
    crate::rest_receipts::every_operation(&office, &mut tried).await;
    crate::rest_bookings::every_operation(&office, &mut tried).await;
    crate::rest_project_templates::every_operation(&mut tried).await;
    crate::rest_archive::every_operation(&mut tried).await;
    assert!(tried.left.is_empty(), "not tried: {:?}", tried.left);
    assert_eq!(verify::verify(&office.world.env, None).await.expect("the audit runs").faults, []);
}

async fn operations_of_customers_and_accounts(office: &Office, tried: &mut Tried<'_>) {
    let token = tried.token.clone();
    let mut call =
        async |method: &str, template: &str, path: &str, body: Value| tried.call(method, template, path, body).await;

    let customer =
        call("POST", "/customers", "/customers", json!({"name": "Müller & Söhne", "country": "de", "city": "Köln"}))
            .await;
    assert_eq!(
        (&customer["name"], &customer["country"], &customer["version"]),
        (&json!("Müller & Söhne"), &json!("DE"), &json!(1))
    );
    assert!(!customer["number"].as_str().expect("a number").is_empty());
    let id = customer["id"].as_str().expect("an id").to_owned();
    let change = json!({"version": 1, "number": customer["number"], "name": "Müller KG", "country": "DE"});
    let changed = call("PUT", "/customers/{id}", &format!("/customers/{id}"), change).await;
    assert_eq!((&changed["name"], &changed["version"], &changed["city"]), (&json!("Müller KG"), &json!(2), &json!("")));
    let account = json!({"customer": id, "name": "Wartung", "unit": "time", "overbooking": true, "limit": "PT2H"});
    let account = call("POST", "/accounts", "/accounts", account).await["id"].as_str().expect("an id").to_owned();
    let list = call("GET", "/accounts", &format!("/accounts?customer={id}&unit=time"), Value::Null).await;
    let [line] = &list["accounts"].as_array().expect("accounts")[..] else { panic!("one account: {list}") };
    assert_eq!((&line["id"], &line["customer"]["name"]), (&json!(account), &json!("Müller KG")));
    assert_eq!((&line["standing"]["left"], &list["next"]), (&json!("PT0S"), &Value::Null));
    let history = call("GET", "/customers/{id}/history", &format!("/customers/{id}/history"), Value::Null).await;
    let name = json!({"field": "name", "before": "Müller & Söhne", "after": "Müller KG"});
    assert_eq!((&history["changes"][0]["by"], &history["changes"][0]["fields"][0]), (&json!("admin"), &name));
    assert_eq!((&history["changes"][1]["fields"][1]["before"], &history["next"]), (&Value::Null, &Value::Null));
    let grant = json!({"amount": "PT4H", "valid_from": "2026-04-01", "valid_until": "2026-05-01", "reason": "Vertrag"});
    let granted = call("POST", "/accounts/{id}/grants", &format!("/accounts/{account}/grants"), grant).await;
    assert_eq!(
        (&granted["amount"], &granted["left"], &granted["covers"]),
        (&json!("PT4H"), &json!("PT4H"), &json!([]))
    );
    let draw = json!({"draw": NEW, "amount": "PT5H15M", "date": "2026-04-10", "text": "Umzug"});
    let drawn = call("POST", "/accounts/{id}/draws", &format!("/accounts/{account}/draws"), draw).await;
    let expected = json!({
        "draw": NEW, "wanted": "PT5H15M", "drawn": "PT4H", "deficit": "PT1H15M", "not_drawn": "PT0S",
        "available_before": "PT4H", "available_after": "PT0S", "parts": [{"lot": granted["lot"], "amount": "PT4H"}],
    });
    assert_eq!(drawn, expected);
    let shown = call("GET", "/accounts/{id}", &format!("/accounts/{account}"), Value::Null).await;
    let standing = json!({"granted": "PT4H", "used": "PT4H", "left": "PT0S", "lapsed": "PT0S", "deficit": "PT1H15M", "lapses": null});
    assert_eq!((&shown["unit"], &shown["standing"]), (&json!("time"), &standing));
    let released = call(
        "POST",
        "/accounts/{id}/draws/{draw}/release",
        &format!("/accounts/{account}/draws/{NEW}/release"),
        json!({}),
    )
    .await;
    assert_eq!((&released["returned"], &released["deficit"]), (&json!("PT4H"), &json!("PT1H15M")));

    // Corrections: the same draw once more, and a later lot that is not usable on its date.
    let again = "0198f2f0-0000-7000-8000-00000000000b";
    let draw = json!({"draw": again, "amount": "PT5H15M", "date": "2026-04-10", "text": "Umzug"});
    assert_eq!(office.rest(Method::POST, &format!("/accounts/{account}/draws"), &token, &draw).await.status, 201);
    let later = json!({"amount": "PT1H", "valid_from": "2026-06-01", "reason": "Vertrag"});
    let later = office.rest(Method::POST, &format!("/accounts/{account}/grants"), &token, &later).await.json();
    let cover = json!({"lot": later["lot"], "amount": "PT15M"});
    let covered =
        call("POST", "/accounts/{id}/draws/{draw}/covers", &format!("/accounts/{account}/draws/{again}/covers"), cover)
            .await;
    let expected = json!({"draw": again, "lot": later["lot"], "amount": "PT15M", "left": "PT45M", "deficit": "PT1H"});
    assert_eq!(covered, expected);
    let bill = json!({"date": "2026-05-02", "deficits": [{"draw": again, "amount": "PT1H"}], "reason": "Rechnung 7"});
    let path = format!("/accounts/{account}/balancing-grants");
    let balanced = call("POST", "/accounts/{id}/balancing-grants", &path, bill).await;
    assert_eq!(
        (&balanced["amount"], &balanced["left"], &balanced["covers"]),
        (&json!("PT1H"), &json!("PT0S"), &json!([{"draw": again, "amount": "PT1H"}]))
    );
    let lot = granted["lot"].as_str().expect("a lot");
    let path = format!("/accounts/{account}/grants/{lot}/revoke");
    let revoked = call("POST", "/accounts/{id}/grants/{lot}/revoke", &path, json!({"reason": "Storno"})).await;
    let loses = json!([{"draw": again, "amount": "PT4H"}]);
    assert_eq!(revoked, json!({"lot": lot, "granted": "PT4H", "deficit": "PT4H", "loses": loses}));
    let end = json!({"until": "2026-07-01", "reason": "Vertragsende"});
    let ended = call("PUT", "/accounts/{id}/end", &format!("/accounts/{account}/end"), end).await;
    let lapses = json!([{"lot": later["lot"], "amount": "PT45M"}]);
    assert_eq!(ended, json!({"until": "2026-07-01", "earlier": null, "lapses": lapses}));

    let book = call("GET", "/accounts/{id}/entries", &format!("/accounts/{account}/entries"), Value::Null).await;
    let kinds: Vec<&str> =
        book["entries"].as_array().expect("entries").iter().filter_map(|e| e["kind"].as_str()).collect();
    let expected = ["grant", "revoke", "draw", "release", "draw", "grant", "cover", "grant", "cover", "end"];
    assert_eq!(kinds, expected);
    assert_eq!((&book["opening"], &book["closing"]), (&json!("PT0S"), &json!("-PT3H15M")));
    let [revoke, draw, end] = [1, 2, 9].map(|at| &book["entries"][at]);
    assert_eq!((&revoke["amount"], &revoke["loses"], &revoke["lot"]), (&json!("-PT4H"), &loses, &granted["lot"]));
    assert_eq!(draw["amount"], "-PT5H15M");
    assert_eq!((&end["amount"], &end["until"]), (&json!("PT0S"), &json!("2026-07-01")));
    let customer = call("GET", "/customers/{id}", &format!("/customers/{id}"), Value::Null).await;
    assert_eq!(customer["accounts"][0]["id"], account);
    let list = call("GET", "/customers", "/customers?q=muell", Value::Null).await;
    assert_eq!((&list["customers"][0]["id"], &list["next"]), (&json!(id), &Value::Null));
}

/// Checks a value against a schema of the document, as far as the document uses JSON Schema; says what is wrong.
fn conforms(document: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    if let Some(name) = schema["$ref"].as_str() {
        let target = document.pointer(name.trim_start_matches('#')).ok_or(format!("{at}: {name} is missing"))?;
        return conforms(document, target, value, at);
    }
    for choice in ["oneOf", "anyOf"] {
        if let Some(choices) = schema[choice].as_array() {
            let fits = choices.iter().any(|schema| conforms(document, schema, value, at).is_ok());
            return if fits { Ok(()) } else { Err(format!("{at}: {value} is none of {choices:?}")) };
        }
    }
    let kinds: Vec<&str> = match &schema["type"] {
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        Value::String(kind) => vec![kind],
        _ => return Ok(()),
    };
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    if !(kinds.contains(&kind) || kind == "integer" && kinds.contains(&"number")) {
        return Err(format!("{at}: {value} is no {kinds:?}"));
    }
    if let Value::Array(items) = value {
        for item in items {
            conforms(document, &schema["items"], item, &format!("{at}[]"))?;
        }
    }
    if let (Value::Object(fields), Some(known)) = (value, schema["properties"].as_object()) {
        for (name, field) in fields {
            let schema = known.get(name).ok_or(format!("{at}: the document does not know {name}"))?;
            conforms(document, schema, field, &format!("{at}.{name}"))?;
        }
        for name in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !fields.contains_key(name) {
                return Err(format!("{at}: {name} is missing"));
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn an_idempotency_key_makes_a_request_count_once() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let (customer, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, 10 * HOUR, "2026-04-01", None).await;
    let posts = [
        (
            "/customers".to_owned(),
            json!({"name": "Einmal", "country": "DE"}),
            json!({"name": "Zweimal", "country": "DE"}),
        ),
        (
            "/accounts".to_owned(),
            json!({"customer": customer, "name": "Eins", "unit": "time"}),
            json!({"customer": customer, "name": "Zwei", "unit": "time"}),
        ),
        (
            format!("/accounts/{account}/grants"),
            json!({"amount": "PT1H", "valid_from": "2026-04-01", "reason": "a"}),
            json!({"amount": "PT2H", "valid_from": "2026-04-01", "reason": "a"}),
        ),
        (
            format!("/accounts/{account}/draws"),
            json!({"amount": "PT1H", "date": "2026-04-10", "text": "a"}),
            json!({"amount": "PT2H", "date": "2026-04-10", "text": "a"}),
        ),
    ];
    let contracts = crate::rest_contracts::posts(&customer.to_string());
    for (number, (path, body, other)) in posts.into_iter().chain(contracts).enumerate() {
        let key = format!("order 4711/{number}");
        let send = async |key: &str, body: &Value| {
            office.rest_with(Method::POST, &path, &token, &[("idempotency-key", key)], body.to_string()).await
        };
        let first = send(&key, &body).await;
        assert_eq!(first.status, 201, "{path}: {}", first.body);
        let once = office.books().await;
        let again = send(&key, &body).await;
        assert_eq!((again.status, again.json()), (first.status, first.json()), "{path}");
        assert_eq!(office.books().await, once, "{path}");
        send(&key, &other).await.problem(409, "same_id");
        assert_eq!(office.books().await, once, "{path}");
        // Under another key it is another request.
        let second = send(&format!("{key} again"), &other).await;
        assert_eq!(second.status, 201, "{path}: {}", second.body);
        assert_ne!(office.books().await, once, "{path}");
    }
    // Keys belong to a caller: another token may use the same one.
    let stranger = office.token(Role::Accounting).await;
    let body = json!({"name": "Anders", "country": "DE"}).to_string();
    let answer =
        office.rest_with(Method::POST, "/customers", &stranger, &[("idempotency-key", "order 4711/0")], body).await;
    assert_eq!(answer.status, 201);
    let long = "x".repeat(201);
    for wrong in ["", long.as_str()] {
        let answer = office.rest_with(Method::POST, "/customers", &token, &[("idempotency-key", wrong)], "{}").await;
        assert_eq!(answer.problem(422, "invalid")["errors"][0]["field"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn an_id_of_the_client_counts_once_too() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, 10 * HOUR, "2026-04-01", None).await;
    let path = format!("/accounts/{account}/draws");
    let draw = |amount: &str| json!({"draw": NEW, "amount": amount, "date": "2026-04-10", "text": "Anruf"});
    let first = office.rest(Method::POST, &path, &token, &draw("PT1H")).await;
    let again = office.rest(Method::POST, &path, &token, &draw("PT60M")).await;
    assert_eq!((again.status, again.json()), (first.status, first.json()));
    office.rest(Method::POST, &path, &token, &draw("PT2H")).await.problem(409, "same_id");
    let release = format!("{path}/{NEW}/release");
    let once = office.rest(Method::POST, &release, &token, &json!({})).await;
    let twice = office.rest(Method::POST, &release, &token, &json!({})).await;
    assert_eq!((once.status.as_u16(), once.json()), (200, twice.json()));
}

#[tokio::test]
async fn the_list_is_paged_by_its_cursor_and_nobody_is_missing() {
    let office = Office::new().await;
    let token = office.token(Role::Staff).await;
    let mut expected = BTreeMap::new();
    for number in 0..57 {
        let name = format!("Kunde {number:02}");
        expected.insert(name.clone(), office.world.customer(&name).await.to_string());
    }
    let mut found = BTreeMap::new();
    let mut cursor = String::new();
    for page in 1.. {
        let answer: Answer =
            office.rest(Method::GET, &format!("/customers?q=kund{cursor}"), &token, &Value::Null).await;
        let body = answer.json();
        for line in body["customers"].as_array().expect("customers") {
            let (name, id) = (line["name"].as_str().expect("a name"), line["id"].as_str().expect("an id"));
            assert_eq!(found.insert(name.to_owned(), id.to_owned()), None, "{name} twice");
        }
        match body["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => {
                assert_eq!(page, 3);
                break;
            }
        }
    }
    assert_eq!(found, expected);
    for wrong in ["cursor=nonsense", "cursor=0", "cursor=-1", "sort=street"] {
        office.rest(Method::GET, &format!("/customers?{wrong}"), &token, &Value::Null).await.problem(422, "invalid");
    }
    let last = office.rest(Method::GET, "/customers?sort=number&desc=true", &token, &Value::Null).await.json();
    assert_eq!(last["customers"][0]["name"], "Kunde 56");
}

/// Red when: whoever follows the cursors to the last page is sent there again and again.
#[tokio::test]
async fn a_page_behind_the_last_one_is_refused() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    for list in ["customers", "accounts", "contracts", "documents", "billing-runs", "deficits", "lapses", "open-items"]
    {
        let last = office.rest(Method::GET, &format!("/{list}?cursor={MOST_PAGES}"), &token, &Value::Null).await;
        assert_eq!((last.status.as_u16(), &last.json()["next"]), (200, &Value::Null), "{list}");
        let path = format!("/{list}?cursor={}", MOST_PAGES + 1);
        let problem = office.rest(Method::GET, &path, &token, &Value::Null).await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], "cursor", "{list}");
        assert!(problem["errors"][0]["detail"].as_str().is_some_and(|text| text.contains("10000")), "{problem}");
    }
}

/// Red when: a filter or the order of the query is not read, or a page is left out.
#[tokio::test]
async fn accounts_are_listed_by_customer_unit_and_order() {
    let office = Office::new().await;
    let token = office.token(Role::Staff).await;
    let (alpha, beta) = (office.world.customer("Alpha GmbH").await, office.world.customer("Beta GmbH").await);
    let open = async |customer: CustomerId, name: String, unit: Unit| {
        let draft = AccountDraft { name, unit, ..office.world.account_draft(customer, PREPAID) };
        accounts::open(&office.world.env, &as_role(Role::Admin), draft).await.expect("it is opened");
    };
    open(beta, "Aaa".to_owned(), Unit::Time).await;
    open(beta, "Zzz".to_owned(), Unit::Money(Currency::EUR)).await;
    for number in 0..51 {
        open(alpha, format!("Konto {number:02}"), Unit::Time).await;
    }
    let names = async |query: String| {
        let list = office.rest(Method::GET, &format!("/accounts?{query}"), &token, &Value::Null).await.json();
        let lines = list["accounts"].as_array().expect("accounts").iter();
        let names: Vec<String> = lines.map(|line| line["name"].as_str().expect("a name").to_owned()).collect();
        (names, list["next"].as_str().map(str::to_owned))
    };
    let (first, next) = names(String::new()).await;
    assert_eq!((first.len(), first[0].as_str(), first[49].as_str()), (50, "Aaa", "Konto 48"));
    let (rest, next) = names(format!("cursor={}", next.expect("a second page"))).await;
    assert_eq!((rest, next), (["Konto 49", "Konto 50", "Zzz"].map(str::to_owned).to_vec(), None));
    for (query, expected) in [
        ("unit=EUR".to_owned(), vec!["Zzz"]),
        ("unit=USD".to_owned(), vec![]),
        (format!("customer={beta}"), vec!["Aaa", "Zzz"]),
        (format!("customer={beta}&desc=true"), vec!["Zzz", "Aaa"]),
        (format!("customer={beta}&unit=time"), vec!["Aaa"]),
    ] {
        assert_eq!(names(query.clone()).await.0, expected, "{query}");
    }
    assert_eq!(names("sort=customer&desc=true".to_owned()).await.0[..2], ["Zzz", "Aaa"]);
    for (wrong, field) in [("customer=x", "customer"), ("unit=hours", "unit"), ("sort=balance", "sort")] {
        let answer = office.rest(Method::GET, &format!("/accounts?{wrong}"), &token, &Value::Null).await;
        assert_eq!(answer.problem(422, "invalid")["errors"][0]["field"], field);
    }
}

/// Red when: a customer sees what is another's, or who works on the own company's data.
#[tokio::test]
async fn a_customer_lists_the_own_accounts_and_nothing_else() {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(PREPAID).await;
    let (other, _) = office.world.customer_with_account(PREPAID).await;
    let own = office.session(Role::Customer, Some(customer)).await;
    let get = async |path: String| office.get(&format!("/api/v1{path}"), Some(&own)).await;
    let list = get(format!("/accounts?customer={customer}")).await.json();
    let [line] = &list["accounts"].as_array().expect("accounts")[..] else { panic!("the own one: {list}") };
    assert_eq!(line["id"], account.to_string());
    get("/accounts".to_owned()).await.problem(403, "forbidden");
    get("/accounts?unit=time".to_owned()).await.problem(403, "forbidden");
    get(format!("/accounts?customer={other}")).await.problem(404, "not_found");
    get(format!("/customers/{customer}/history")).await.problem(403, "forbidden");
    get(format!("/customers/{other}/history")).await.problem(404, "not_found");
}

#[tokio::test]
async fn somebody_elses_change_is_not_overwritten() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let id = office.world.customer("Alpha GmbH").await;
    let change =
        |version: i64, name: &str| json!({"version": version, "number": "10001", "name": name, "country": "DE"});
    let path = format!("/customers/{id}");
    assert_eq!(office.rest(Method::PUT, &path, &token, &change(1, "Beta")).await.json()["version"], 2);
    office.rest(Method::PUT, &path, &token, &change(1, "Gamma")).await.problem(409, "changed");
    office.rest(Method::PUT, &path, &token, &change(0, "Gamma")).await.problem(422, "invalid");
    assert_eq!(office.rest(Method::GET, &path, &token, &Value::Null).await.json()["name"], "Beta");
    let second = json!({"number": "10001", "name": "Zweite", "country": "DE"});
    let problem = office.rest(Method::POST, "/customers", &token, &second).await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "number");
}

#[tokio::test]
async fn the_browser_of_the_phone_asks_with_its_session() {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, 2 * HOUR, "2026-04-01", None).await;
    let staff = office.session(Role::Staff, None).await;
    let found = office.get("/api/v1/phone/customers?q=alp", Some(&staff)).await;
    assert_eq!(found.json()[0]["accounts"][0]["standing"]["left"], 2 * HOUR);
    let own = office.session(Role::Customer, Some(customer)).await;
    office.get("/api/v1/phone/customers?q=alp", Some(&own)).await.problem(403, "forbidden");
    office.get("/api/v1/customers", Some(&own)).await.problem(403, "forbidden");
    assert_eq!(office.get(&format!("/api/v1/accounts/{account}"), Some(&own)).await.status, 200, "the own account");
}
