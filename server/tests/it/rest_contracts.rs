//! REST of articles, contracts, billing and documents: what each operation does.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};

use crate::{rest::Tried, support::Office};

/// The terms of the contract of seed 001: 399.99 monthly in advance, 4 h, own invoice.
pub fn terms() -> Value {
    json!({
        "term": 12, "renewal": 12, "notice": 3, "currency": "EUR",
        "billing": {"interval": 1, "time": "advance", "automatic": true, "lead_days": 2, "payment_days": 14},
        "items": [{"text": "Kontingent 4 Stunden", "quantity": "1", "unit": "piece", "price": "399.99", "vat": "19"}],
        "quota": {"amount": "PT4H"},
    })
}

/// What can be posted with an idempotency key: an address, a body, and another body.
pub fn posts(customer: &str) -> Vec<(String, Value, Value)> {
    let article = |name: &str| json!({"number": name, "name": name, "unit": "piece", "price": "1", "vat": "19"});
    let named = |name: &str| json!({"name": name, "terms": terms()});
    let contract = |start: &str| json!({"customer": customer, "start": start, "terms": terms()});
    let group = |name: &str| json!({"name": name, "quota": "on"});
    vec![
        ("/articles".to_owned(), article("Eins"), article("Zwei")),
        ("/product-groups".to_owned(), group("Eins"), group("Zwei")),
        ("/contract-types".to_owned(), named("Eins"), named("Zwei")),
        ("/contracts".to_owned(), contract("2026-04-01"), contract("2026-05-01")),
    ]
}

fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id: {body}")).to_owned()
}

/// Waits for a run that works in the background.
pub async fn ended(office: &Office, token: &str, run: &str) -> Value {
    loop {
        let body = office.rest(Method::GET, &format!("/billing-runs/{run}"), token, &Value::Null).await.json();
        if !body["run"]["ended_at"].is_null() {
            return body;
        }
        tokio::task::yield_now().await;
    }
}

/// From the article to the issued invoice.
pub async fn every_operation(tried: &mut Tried<'_>) {
    let kinds = catalogue(tried).await;
    let kind = kinds.as_str();

    let customer = json!({"name": "Alpha GmbH", "country": "DE"});
    let customer = id(&tried.call("POST", "/customers", "/customers", customer).await);
    let new = json!({"customer": customer, "contract_type": kind, "start": "2026-04-01", "reference": "Bestellung 7"});
    let contract = tried.call("POST", "/contracts", "/contracts", new).await;
    assert_eq!((&contract["number"], &contract["version"]), (&json!("V-00001"), &json!(1)));
    assert_eq!((&contract["billing_start"], &contract["until"]), (&json!("2026-04-01"), &Value::Null));
    let next = json!({"number": 0, "from": "2026-04-01", "until": "2026-05-01", "service_until": "2026-05-01", "due": "2026-04-01"});
    assert_eq!(contract["next_period"], next);
    assert_eq!(contract["account"]["standing"]["left"], "PT0S");
    let path = format!("/contracts/{}", id(&contract));
    // What was read can be sent back; here with what it changes.
    let mut change = contract.clone();
    change["customer"] = json!(customer);
    change["cancelled_on"] = json!("2026-12-24");
    let changed = tried.call("PUT", "/contracts/{id}", &path, change).await;
    assert_eq!((&changed["version"], &changed["until"]), (&json!(2), &json!("2027-04-01")));
    assert_eq!(changed["terms"], contract["terms"]);
    let list = tried.call("GET", "/contracts", "/contracts?q=alph&sort=due", Value::Null).await;
    assert_eq!((&list["contracts"][0]["id"], &list["next"]), (&contract["id"], &Value::Null));

    simulation(tried).await;

    let as_of = json!({"as_of": "2026-04-15"});
    let plan = tried.call("POST", "/billing-runs/plan", "/billing-runs/plan", as_of).await;
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    let sums = json!([{"net": euros("399.99"), "gross": euros("475.99")}]);
    assert_eq!(plan["totals"], json!({"billed": 1, "invoices": 1, "skipped": 0, "failed": 0, "sums": sums}));
    let grants = json!([{"amount": "PT4H", "period": {"from": "2026-04-01", "until": "2026-05-01"}}]);
    assert_eq!((&plan["items"][0]["grants"], &plan["items"][0]["document"]), (&grants, &Value::Null));
    let to_dos = tried.call("GET", "/to-dos", "/to-dos", Value::Null).await;
    assert_eq!((&to_dos["due"][0]["contract"], &to_dos["due"][0]["due"]), (&contract["id"], &json!("2026-04-01")));

    let run = json!({"as_of": "2026-04-15", "issue": false, "contract": contract["id"]});
    let run = id(&tried.call("POST", "/billing-runs", "/billing-runs", run).await);
    let path_of_run = format!("/billing-runs/{run}");
    let billed = loop {
        let billed = tried.call("GET", "/billing-runs/{id}", &path_of_run, Value::Null).await;
        if !billed["run"]["ended_at"].is_null() {
            break billed;
        }
        tokio::task::yield_now().await;
    };
    assert_eq!((&billed["run"]["totals"], &billed["run"]["done"]), (&plan["totals"], &json!(1)));
    let runs = tried.call("GET", "/billing-runs", "/billing-runs", Value::Null).await;
    assert_eq!(runs["billing_runs"][0]["id"], run);

    let drafts = format!("/documents?drafts=true&customer={customer}");
    let drafts = tried.call("GET", "/documents", &drafts, Value::Null).await;
    assert_eq!((&drafts["documents"][0]["state"], &drafts["documents"][0]["number"]), (&json!("draft"), &Value::Null));
    let document = format!("/documents/{}", id(&drafts["documents"][0]));
    let draft = tried.call("GET", "/documents/{id}", &document, Value::Null).await;
    assert_eq!((&draft["vat"], &draft["lines"][0]["total"]), (&euros("76.00"), &euros("399.99")));
    assert_eq!((&draft["run"], &draft["recipient"]["name"]), (&json!(run), &json!("Alpha GmbH")));
    let issue = format!("{document}/issue");
    let issued = tried.call("POST", "/documents/{id}/issue", &issue, json!({})).await;
    assert_eq!(issued["number"], "RE-2026-00001");
    let again = tried.call("POST", "/documents/{id}/issue", &issue, json!({})).await;
    assert_eq!(again, issued, "it is issued once");

    let billed = tried.call("GET", "/contracts/{id}", &path, Value::Null).await;
    assert_eq!(billed["account"]["standing"]["left"], "PT4H");
    let claim = &billed["claims"][0];
    assert_eq!((&claim["contract_version"], &claim["document_number"]), (&json!(2), &json!("RE-2026-00001")));
    assert_eq!((&claim["terms"], &claim["lots"][0]["drawn"]), (&contract["terms"], &json!("PT0S")));
    assert_eq!((&billed["next_period"]["number"], &billed["documents"][0]["id"]), (&json!(1), &issued["id"]));
}

/// Groups, articles and contract types; the id of a type.
async fn catalogue(tried: &mut Tried<'_>) -> String {
    let empty = tried.call("GET", "/articles", "/articles", Value::Null).await;
    assert_eq!(empty, json!({"groups": [], "articles": [], "vat_rates": ["19", "7", "0"]}));
    let new = json!({"name": "Support", "quota": "off"});
    let group = tried.call("POST", "/product-groups", "/product-groups", new).await;
    let path = format!("/product-groups/{}", id(&group));
    let change = json!({"version": 1, "name": "Support", "quota": "on"});
    let group = tried.call("PUT", "/product-groups/{id}", &path, change).await;
    assert_eq!((&group["version"], &group["quota"]), (&json!(2), &json!("on")));
    let new = json!({"name": "Vor Ort", "quota": "inherit"});
    let sub_groups = format!("{path}/sub-groups");
    let sub_group = tried.call("POST", "/product-groups/{id}/sub-groups", &sub_groups, new).await;
    let change = json!({"version": 1, "name": "Vor Ort", "quota": "off"});
    let path = format!("{sub_groups}/{}", id(&sub_group));
    let sub_group = tried.call("PUT", "/product-groups/{id}/sub-groups/{sub_group}", &path, change).await;
    assert_eq!(sub_group["quota"], "off");
    let new = json!({"number": "A1", "name": "Anfahrt", "group": sub_group["id"], "unit": "piece", "price": "49.5", "vat": "19"});
    let article = tried.call("POST", "/articles", "/articles", new.clone()).await;
    assert_eq!((&article["group"], &article["sub_group"]), (&group["id"], &sub_group["id"]));
    let mut change = new;
    (change["version"], change["price"]) = (json!(1), json!("59.9"));
    let article = tried.call("PUT", "/articles/{id}", &format!("/articles/{}", id(&article)), change).await;
    let all = tried.call("GET", "/articles", "/articles", Value::Null).await;
    assert_eq!((&all["articles"][0], &all["groups"][0]["sub_groups"][0]), (&article, &sub_group));
    billed_article(tried).await;

    let new = json!({"name": "Wartung", "terms": terms()});
    let kind = tried.call("POST", "/contract-types", "/contract-types", new).await;
    let path = format!("/contract-types/{}", id(&kind));
    let mut change = kind.clone();
    change["terms"]["groups"] =
        json!([{"group": group["id"], "quota": "on"}, {"sub_group": sub_group["id"], "quota": "off"}]);
    let changed = tried.call("PUT", "/contract-types/{id}", &path, change.clone()).await;
    let switch =
        |group: &Value, sub_group: &Value, quota: &str| json!({"group": group, "sub_group": sub_group, "quota": quota});
    let switches = [switch(&group["id"], &Value::Null, "on"), switch(&Value::Null, &sub_group["id"], "off")];
    assert_eq!((&changed["version"], &changed["terms"]["groups"]), (&json!(2), &json!(switches)));
    let shown = tried.call("GET", "/contract-types/{id}", &path, Value::Null).await;
    assert_eq!(shown, changed);
    let list = tried.call("GET", "/contract-types", "/contract-types", Value::Null).await;
    assert_eq!(list["contract_types"][0]["terms"], shown["terms"]);
    id(&kind)
}

/// An article that says how it is billed: first by duration, then by effort.
async fn billed_article(tried: &mut Tried<'_>) {
    let duration = json!({
        "by": "duration", "every": 1, "every_unit": "months", "most": "PT45M", "most_every": 2, "most_unit": "weeks",
        "collects": "billable", "reported": true,
    });
    let new = json!({
        "number": "A2", "name": "Wartung", "unit": "flat", "price": "150", "vat": "19", "billing": duration,
    });
    let article = tried.call("POST", "/articles", "/articles", new).await;
    assert_eq!((&article["billing"], &article["version"]), (&duration, &json!(1)));
    // What was read can be sent back; what is left out is taken as it is usual.
    let path = format!("/articles/{}", id(&article));
    assert_eq!(tried.call("PUT", "/articles/{id}", &path, article.clone()).await, article);
    let mut change = article;
    change["billing"] = json!({"by": "duration", "most": "PT45M"});
    let changed = tried.call("PUT", "/articles/{id}", &path, change).await;
    let usual = json!({
        "by": "duration", "every": 1, "every_unit": "months", "most": "PT45M", "most_every": 1, "most_unit": "months",
        "collects": "all", "reported": false,
    });
    assert_eq!(changed["billing"], usual);
    let mut change = changed;
    (change["billing"], change["unit"]) = (json!({"by": "effort"}), json!("hour"));
    let changed = tried.call("PUT", "/articles/{id}", &path, change).await;
    assert_eq!(changed["billing"], json!({"by": "effort"}));
    let mut change = changed;
    change["billing"] = Value::Null;
    let changed = tried.call("PUT", "/articles/{id}", &path, change).await;
    assert_eq!((&changed["billing"], &changed["version"]), (&Value::Null, &json!(4)));
}

/// The contract of seed 001, seen from today, and its billing as of June 15 after April was billed.
async fn simulation(tried: &mut Tried<'_>) {
    let asked = json!({"start": "2026-04-01", "terms": terms(), "next": 1, "count": 2, "as_of": "2026-06-15"});
    let found = tried.call("POST", "/simulate/billing", "/simulate/billing", asked).await;
    assert_eq!(
        (&found["until"], &found["renews_on"], &found["notice_by"]),
        (&Value::Null, &json!("2027-04-01"), &json!("2027-01-01"))
    );
    let [may, june] = [0, 1].map(|at| &found["periods"][at]);
    assert_eq!((&may["due"], &may["to_do"]), (&json!("2026-05-01"), &json!("2026-04-29")));
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    assert_eq!((&may["vat"], &may["gross"]), (&euros("76.00"), &euros("475.99")));
    let lapses = json!([{"on": "2026-06-01", "amount": "PT4H"}]);
    let lots = json!([{"amount": "PT4H", "valid": {"from": "2026-05-01", "until": "2026-06-01"}, "carried_from": null, "lapses": lapses}]);
    assert_eq!((&may["lots"], &june["number"]), (&lots, &json!(2)));
    let invoices: Vec<&Value> =
        found["plan"]["invoices"].as_array().expect("invoices").iter().map(|invoice| &invoice["periods"]).collect();
    assert_eq!((invoices, &found["plan"]["not_billed"]), (vec![&json!([1]), &json!([2])], &Value::Null));
}

#[tokio::test]
async fn terms_are_read_back_as_they_were_sent() {
    let office = Office::new().await;
    let token = office.token(Role::Sales).await;
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    let (article, group) = ("0198f2f0-0000-7000-8000-000000000001", "0198f2f0-0000-7000-8000-000000000002");
    let known = json!({"id": group, "name": "Dienste", "quota": "on"});
    assert_eq!(office.rest(Method::POST, "/product-groups", &token, &known).await.status, 201);
    let known = json!({
        "id": article, "number": "G-1", "name": "Guthaben", "group": group, "unit": "hour", "price": "99", "vat": "7",
    });
    assert_eq!(office.rest(Method::POST, "/articles", &token, &known).await.status, 201);
    let rich = json!({
        "term": 24, "renewal": null, "notice": 0, "currency": "EUR",
        "billing": {
            "interval": 12, "time": "advance", "automatic": false, "invoice": "consolidated", "delivery": "print",
            "lead_days": null, "proration": "daily", "payment_days": 0,
        },
        "items": [{
            "article": article, "group": group,
            "sub_group": null, "text": "Guthaben", "quantity": "2.5", "unit": "hour", "price": "99.9999",
            "discount": "12.5", "vat": "7",
        }],
        "quota": {
            "amount": euros("500.00"), "interval": 1, "overbooking": true, "limit": euros("50.00"),
            "carry_over": {"periods": 2, "cap": euros("100.00")}, "deficits": "next_grant", "overage_rate": "120",
            "rounding": {"minimum": "PT30M", "step": "PT15M"},
        },
        "groups": [],
    });
    let mut time = rich.clone();
    time["quota"] = json!({
        "amount": "PT10H", "interval": null, "overbooking": true, "limit": null,
        "carry_over": {"periods": null, "cap": "PT2H30M"}, "deficits": "balance", "overage_rate": null,
    });
    let mut arrears = rich.clone();
    (arrears["quota"], arrears["billing"]["time"]) = (Value::Null, json!("arrears"));
    for (name, sent) in [("Geld", rich), ("Zeit", time), ("Nachträglich", arrears)] {
        let body = json!({"name": name, "terms": sent});
        let made = office.rest(Method::POST, "/contract-types", &token, &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let shown = format!("/contract-types/{}", id(&made.json()));
        assert_eq!(office.rest(Method::GET, &shown, &token, &Value::Null).await.json()["terms"], sent);
    }
}

#[tokio::test]
async fn contracts_and_documents_are_paged_by_their_cursor() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let customer = office.world.customer("Alpha GmbH").await;
    for _ in 0..60 {
        office.world.contract(office.world.contract_draft(customer, "2026-04-01")).await;
    }
    office.world.bills(&office.world.env, "2026-04-15").await;
    for (path, noun, pages) in [("/contracts?q=alpha", "contracts", 3), ("/documents?", "documents", 2)] {
        let mut found = std::collections::BTreeSet::new();
        let mut cursor = String::new();
        for page in 1.. {
            let body = office.rest(Method::GET, &format!("{path}{cursor}"), &token, &Value::Null).await.json();
            for row in body[noun].as_array().expect("rows") {
                assert!(found.insert(id(row)), "{row} twice");
            }
            let Some(next) = body["next"].as_str() else {
                assert_eq!(page, pages, "{noun}");
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(found.len(), 60, "{noun}");
    }
    let numbers = async |query: &str| {
        let body = office.rest(Method::GET, &format!("/documents?{query}"), &token, &Value::Null).await.json();
        body["documents"].as_array().expect("rows").len()
    };
    let stranger = office.world.customer("Beta GmbH").await;
    assert_eq!(numbers("q=re-2026-0006").await, 1);
    assert_eq!(numbers(&format!("q=re-2026-0006&customer={stranger}")).await, 0, "a search stays with its customer");
    assert_eq!((numbers("q=re&drafts=true").await, numbers(&format!("drafts=true&customer={customer}")).await), (0, 0));
}

#[tokio::test]
async fn the_document_can_be_read_as_a_page() {
    let office = Office::new().await;
    let answer = office.get("/api/docs", None).await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(answer.header("content-security-policy").starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(answer.is_whole_page());
    for (method, path) in crate::rest::operations(&crate::rest::document(&office).await) {
        assert!(
            answer.body.contains(&format!("<code>{method} /api/v1{path}</code></h3>")),
            "{method} {path} is missing"
        );
    }
    for word in ["<script", "http://", "https://", " style=", "undefined"] {
        assert!(!answer.body.contains(word), "{word}");
    }
    let links = answer.body.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next());
    for link in links {
        assert!(answer.body.contains(&format!("id=\"{link}\"")), "{link} leads nowhere");
    }
}
