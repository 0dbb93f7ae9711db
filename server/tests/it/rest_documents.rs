//! REST of delivery notes and invoices: what their lines clear, and what becomes of them.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};
use usecases::verify;

use crate::{
    rest::{NEW, Tried},
    rest_contracts::terms,
    support::{Answer, Office},
};

/// A customer with the contract of seed 001, billed for April, and a product group that draws it.
pub struct Desk {
    pub office: Office,
    pub token: String,
    pub customer: String,
    pub contract: String,
    pub group: String,
}

impl Desk {
    pub async fn new() -> Desk {
        let office = Office::new().await;
        let token = office.token(Role::Admin).await;
        let customer = office.world.customer("Alpha GmbH").await;
        let contract = office.world.contract(office.world.contract_draft(customer, "2026-04-01")).await.contract.id;
        office.world.bills(&office.world.env, "2026-04-01").await;
        let (customer, contract) = (customer.to_string(), contract.to_string());
        let mut desk = Desk { office, token, customer, contract, group: String::new() };
        desk.group = id(&desk.post("/product-groups", &json!({"name": "Dienste", "quota": "on"})).await.json());
        desk
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.office.rest(Method::POST, path, &self.token, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.office.rest(Method::PUT, path, &self.token, body).await
    }

    pub async fn get(&self, path: &str) -> Value {
        self.office.rest(Method::GET, path, &self.token, &Value::Null).await.json()
    }

    /// A line of so many hours at 100.00.
    pub fn line(&self, hours: &str) -> Value {
        line(&self.group, &self.contract, hours)
    }

    /// What somebody sends to create a delivery note of that date.
    pub fn note(&self, date: &str, lines: &[Value]) -> Value {
        json!({
            "kind": "delivery_note", "customer": self.customer, "currency": "EUR", "date": date, "payment_days": 14,
            "lines": lines,
        })
    }

    /// A delivery note of April with lines of so many hours.
    pub async fn noted(&self, hours: &[&str]) -> Value {
        let lines: Vec<Value> = hours.iter().map(|hours| self.line(hours)).collect();
        let made = self.post("/documents", &self.note("2026-04-10", &lines)).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.json()
    }

    /// What is left of the quota of April.
    pub async fn left(&self) -> Value {
        self.get(&format!("/contracts/{}", self.contract)).await["account"]["standing"]["left"].clone()
    }

    /// What a simulation is told of the contract, from what REST says of it.
    async fn known(&self) -> Value {
        let shown = self.get(&format!("/contracts/{}", self.contract)).await;
        let lots = shown["claims"].as_array().expect("claims").iter().flat_map(|claim| {
            let lots = claim["lots"].as_array().expect("lots").iter();
            lots.map(|lot| {
                let period = &lot["period"];
                json!({
                    "lot": lot["lot"], "amount": lot["amount"], "valid_from": period["from"],
                    "valid_until": period["until"], "drawn": lot["drawn"],
                })
            })
        });
        let lots: Vec<Value> = lots.collect();
        json!({"id": shown["id"], "start": shown["start"], "terms": shown["terms"], "lots": lots})
    }

    /// What the simulation says of a document that is not saved.
    async fn simulated(&self, document: &Value) -> Value {
        let [customer, date, currency, lines] = ["customer", "date", "currency", "lines"].map(|name| &document[name]);
        let asked = json!({
            "customer": customer, "date": date, "currency": currency, "lines": lines,
            "contracts": [self.known().await], "groups": [{"group": self.group, "quota": "on"}],
        });
        let found = self.post("/simulate/clearing", &asked).await;
        assert_eq!(found.status, 200, "{}", found.body);
        found.json()
    }

    pub async fn without_faults(&self) {
        let audit = verify::verify(&self.office.world.env, None).await.expect("the audit runs");
        assert_eq!(audit.faults, []);
    }
}

/// A line of so many hours at 100.00.
pub fn line(group: &str, contract: &str, hours: &str) -> Value {
    let item =
        json!({"text": "Wartung", "quantity": hours, "unit": "hour", "price": "100", "vat": "19", "group": group});
    json!({"line": item, "contract": contract})
}

pub fn id(body: &Value) -> String {
    body["id"].as_str().unwrap_or_else(|| panic!("no id: {body}")).to_owned()
}

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// What stands at the same place of every line.
fn of_lines<'v>(lines: &'v Value, place: &str) -> Vec<&'v Value> {
    let lines = lines.as_array().unwrap_or_else(|| panic!("no lines: {lines}"));
    lines.iter().map(|line| line.pointer(place).unwrap_or_else(|| panic!("no {place}: {line}"))).collect()
}

/// From the simulation to the issued invoice of a delivery note.
pub async fn every_operation(tried: &mut Tried<'_>) {
    let customer = json!({"name": "Beta GmbH", "country": "DE"});
    let customer = id(&tried.call("POST", "/customers", "/customers", customer).await);
    let group = json!({"name": "Fernwartung", "quota": "inherit"});
    let group = id(&tried.call("POST", "/product-groups", "/product-groups", group).await);
    let contract = json!({"customer": customer, "start": "2026-04-01", "terms": terms()});
    let contract = id(&tried.call("POST", "/contracts", "/contracts", contract).await);
    let lines = [line(&group, &contract, "1.50"), line(&group, &contract, "3.00")];
    let mut note = json!({
        "kind": "delivery_note", "customer": customer, "currency": "EUR", "date": "2026-04-10", "payment_days": 14,
        "lines": lines,
    });

    let lots = json!([{"amount": "PT4H", "valid_from": "2026-04-01", "valid_until": "2026-05-01"}]);
    let asked = json!({
        "date": "2026-04-10", "currency": "EUR", "lines": lines, "groups": [{"group": group, "quota": "on"}],
        "contracts": [{"id": contract, "start": "2026-04-01", "terms": terms(), "lots": lots}],
    });
    let seen = tried.call("POST", "/simulate/clearing", "/simulate/clearing", asked).await;
    assert_eq!(of_lines(&seen["lines"], "/outcome"), ["full", "partial"]);
    assert_eq!((&seen["net"], &seen["gross"]), (&euros("50.00"), &euros("59.50")));
    assert_eq!(seen["rates"], json!([{"rate": "19", "net": euros("50.00"), "vat": euros("9.50")}]));

    let saved = tried.call("POST", "/documents", "/documents", note.clone()).await;
    let document = &saved["document"];
    assert_eq!(of_lines(&document["lines"], "/clearing/outcome"), ["group_not_eligible"; 2]);
    let path = format!("/documents/{}", id(document));
    let why = format!("{path}/lines/{}/why", id(&document["lines"][0]));
    let template = "/documents/{id}/lines/{line}/why";
    let found = tried.call("GET", template, &why, Value::Null).await;
    assert_eq!((&found["recorded"], &found["now"]), (&document["lines"][0]["clearing"], &found["recorded"]));
    let enable = json!({"repair": "enable_group", "contract": contract, "group": group});
    let enable = json!({"customer": customer, "repair": enable});
    let enabled = tried.call("POST", "/documents/repair", "/documents/repair", enable).await;
    assert_eq!(enabled["terms"]["groups"], json!([{"group": group, "sub_group": null, "quota": "on"}]));
    let found = tried.call("GET", template, &why, Value::Null).await;
    assert_eq!(
        (&found["recorded"]["outcome"], &found["now"]["outcome"]),
        (&json!("group_not_eligible"), &json!("period_not_billed"))
    );
    let bill = &found["repairs"][0];
    let wanted = json!({"repair": "bill_period", "contract": contract, "as_of": "2026-04-01"});
    assert_eq!((&bill["repair"], &bill["then"]["outcome"]), (&wanted, &json!("full")));
    let bill = json!({"customer": customer, "repair": bill["repair"]});
    let billed = tried.call("POST", "/documents/repair", "/documents/repair", bill).await;
    assert_eq!(billed["account"]["standing"]["left"], "PT4H");

    note["version"] = document["version"].clone();
    note["lines"] = document["lines"].clone();
    let changed = tried.call("PUT", "/documents/{id}", &path, note).await;
    assert_eq!(of_lines(&changed["document"]["lines"], "/clearing/outcome"), ["full", "partial"]);
    assert_eq!(of_lines(&changed["document"]["lines"], "/id"), of_lines(&document["lines"], "/id"));
    assert_eq!((&changed["document"]["net"], &changed["differences"]), (&seen["net"], &json!([])));
    let left = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let left = json!([{"contract": contract, "period": left, "before": "PT4H", "drawn": "PT4H", "deficit": "PT0S", "after": "PT0S"}]);
    assert_eq!(changed["quotas"], left);
    let shown = tried.call("GET", "/documents/{id}", &path, Value::Null).await;
    assert_eq!(shown, changed["document"]);

    let issued = tried.call("POST", "/documents/{id}/issue", &format!("{path}/issue"), json!({})).await;
    assert_eq!((&issued["number"], &issued["date"]), (&json!("LS-2026-00001"), &json!("2026-04-10")));
    let found = tried.call("GET", template, &why, Value::Null).await;
    assert_eq!(
        (&found["recorded"]["outcome"], &found["now"], &found["repairs"]),
        (&json!("full"), &Value::Null, &json!([]))
    );
    let invoice = format!("{path}/invoice");
    let invoice = tried.call("POST", "/documents/{id}/invoice", &invoice, json!({})).await;
    assert_eq!((&invoice["kind"], &invoice["net"]), (&json!("invoice"), &issued["net"]));
    let draft = format!("/documents/{}", id(&invoice));
    tried.call("DELETE", "/documents/{id}", &draft, Value::Null).await;
    let list = format!("/documents?customer={customer}&drafts=true");
    let list = tried.call("GET", "/documents", &list, Value::Null).await;
    let kinds = of_lines(&list["documents"], "/kind");
    assert_eq!(kinds, ["contract_invoice"], "the repair leaves its invoice a draft");
}

#[tokio::test]
async fn saving_decides_what_the_simulation_says() {
    let desk = Desk::new().await;
    let with = |name: &str, value: &str, hours: &str| {
        let mut line = desk.line(hours);
        line["line"][name] = json!(value);
        line
    };
    let mut off = desk.line("1");
    off["clears"] = json!(false);
    let mut none = desk.line("1");
    none["contract"] = Value::Null;
    let all = ["1.50", "2.00", "1.00", "0.50"].map(|hours| desk.line(hours));
    let free = [desk.line("1.50"), with("price", "0", "2.00"), desk.line("1.00"), desk.line("0.50")];
    let rules = [
        off,
        none,
        with("quantity", "-1", "1"),
        with("unit", "piece", "1"),
        with("vat", "7", "1"),
        with("discount", "100", "1"),
        with("discount", "12.5", "0.33"),
        with("unit", "minute", "40"),
        with("unit", "day", "0.5"),
    ];
    let cases = [
        ("2026-04-10", all.to_vec(), vec!["full", "full", "partial", "exhausted"]),
        ("2026-04-10", free.to_vec(), vec!["full", "price_not_positive", "full", "full"]),
        (
            "2026-04-10",
            rules.to_vec(),
            vec![
                "switched_off",
                "no_contract",
                "quantity_not_positive",
                "unit_mismatch",
                "vat_rate_mismatch",
                "price_not_positive",
                "full",
                "full",
                "partial",
            ],
        ),
        ("2026-05-10", all.to_vec(), vec!["period_not_billed"; 4]),
        ("2026-03-31", all.to_vec(), vec!["contract_not_active"; 4]),
    ];
    for (number, (date, lines, outcomes)) in cases.into_iter().enumerate() {
        let mut document = desk.note(date, &lines);
        for (place, line) in document["lines"].as_array_mut().expect("lines").iter_mut().enumerate() {
            line["id"] = json!(format!("0198f2f0-0000-7000-8000-0000000{number}{place:04}"));
        }
        let seen = desk.simulated(&document).await;
        assert_eq!(of_lines(&seen["lines"], "/outcome"), outcomes, "{date}");
        for (place, line) in document["lines"].as_array_mut().expect("lines").iter_mut().enumerate() {
            let [outcome, cleared, item] = ["outcome", "cleared", "item"].map(|name| &seen["lines"][place][name]);
            line["seen"] = json!({"outcome": outcome, "cleared": cleared, "item": item});
        }
        let saved = desk.post("/documents", &document).await;
        assert_eq!(saved.status, 201, "{}", saved.body);
        let saved = saved.json();
        let lines = &saved["document"]["lines"];
        assert_eq!(of_lines(lines, "/clearing"), of_lines(&seen["lines"], ""), "{date}");
        for name in ["net", "vat", "gross", "rates"] {
            assert_eq!(saved["document"][name], seen[name], "{name}");
        }
        assert_eq!((&saved["quotas"], &saved["differences"]), (&seen["quotas"], &json!([])));
        let path = format!("/documents/{}", id(&saved["document"]));
        assert_eq!(desk.get(&path).await, saved["document"]);
        assert_eq!(desk.office.rest(Method::DELETE, &path, &desk.token, &Value::Null).await.status, 204);
    }
    assert_eq!(desk.left().await, "PT4H");
    desk.without_faults().await;
}

#[tokio::test]
async fn the_figures_say_how_a_line_came_out() {
    let desk = Desk::new().await;
    let saved = desk.noted(&["3", "2", "0.5"]).await;
    let [_, partial, exhausted] = [0, 1, 2].map(|at| &saved["document"]["lines"][at]["clearing"]);
    let month = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let lots = |drawable: &str, drawn: &str| {
        let lot = &partial["figures"]["lots"][0]["lot"];
        json!([{"lot": lot, "valid": month, "drawable": drawable, "drawn": drawn}])
    };
    let figures = json!({
        "contract": desk.contract, "period": month, "available_before": "PT1H", "wanted": "PT2H", "drawn": "PT1H",
        "deficit": "PT0S", "not_drawn": "PT1H", "available_after": "PT0S", "lots": lots("PT1H", "PT1H"),
    });
    assert_eq!((&partial["figures"], &partial["reason"]), (&figures, &Value::Null));
    assert_eq!(
        (&partial["total"], &partial["cleared"], &partial["item"]),
        (&euros("200.00"), &json!("PT1H"), &euros("-100.00"))
    );
    let figures = json!({
        "contract": desk.contract, "period": month, "available_before": "PT0S", "wanted": "PT30M", "drawn": "PT0S",
        "deficit": "PT0S", "not_drawn": "PT30M", "available_after": "PT0S", "lots": lots("PT0S", "PT0S"),
    });
    assert_eq!(exhausted["figures"], figures);
    assert_eq!(exhausted["reason"], json!({"rule": "exhausted", "period": month, "lapsed": []}));
    assert_eq!((&exhausted["cleared"], &exhausted["item"]), (&json!("PT0S"), &euros("0.00")));
}

#[tokio::test]
async fn a_quota_of_money_clears_in_money() {
    let desk = Desk::new().await;
    let mut money = terms();
    money["quota"] = json!({"amount": euros("250.00"), "overbooking": true, "limit": euros("100.00")});
    let contract = json!({"customer": desk.customer, "start": "2026-04-01", "terms": money});
    let contract = id(&desk.post("/contracts", &contract).await.json());
    desk.office.world.bills(&desk.office.world.env, "2026-04-01").await;
    let mut flat = line(&desk.group, &contract, "1");
    flat["line"]["unit"] = json!("flat");
    let hours = |hours| line(&desk.group, &contract, hours);
    let saved = desk.post("/documents", &desk.note("2026-04-10", &[flat, hours("2"), hours("1")])).await.json();
    let lines = &saved["document"]["lines"];
    assert_eq!(of_lines(lines, "/clearing/outcome"), ["full", "overbooked", "partial"]);
    let cleared = ["100.00", "200.00", "50.00"].map(euros);
    assert_eq!(of_lines(lines, "/clearing/cleared"), cleared.iter().collect::<Vec<_>>());
    assert_eq!(lines[2]["clearing"]["item"], euros("-50.00"));
    assert_eq!((&saved["quotas"][0]["drawn"], &saved["quotas"][0]["deficit"]), (&euros("250.00"), &euros("100.00")));
    assert_eq!(saved["document"]["net"], euros("50.00"));
    desk.without_faults().await;
}

#[tokio::test]
async fn what_came_out_otherwise_than_it_was_seen_is_listed() {
    let desk = Desk::new().await;
    let mut second = desk.note("2026-04-10", &[desk.line("3"), desk.line("1")]);
    let seen = desk.simulated(&second).await;
    for place in [0, 1] {
        let [outcome, cleared, item] = ["outcome", "cleared", "item"].map(|name| &seen["lines"][place][name]);
        second["lines"][place]["seen"] = json!({"outcome": outcome, "cleared": cleared, "item": item});
    }
    desk.noted(&["3"]).await;
    let saved = desk.post("/documents", &second).await.json();
    let line = |place: usize| &saved["document"]["lines"][place]["id"];
    let shown =
        |outcome: &str, cleared: &str, item: &str| json!({"outcome": outcome, "cleared": cleared, "item": euros(item)});
    let expected = json!([
        {"line": line(0), "seen": shown("full", "PT3H", "-300.00"), "decided": shown("partial", "PT1H", "-100.00")},
        {"line": line(1), "seen": shown("full", "PT1H", "-100.00"), "decided": shown("exhausted", "PT0S", "0.00")},
    ]);
    assert_eq!(saved["differences"], expected);
}

#[tokio::test]
async fn a_draft_holds_what_it_draws_until_it_is_changed_issued_or_deleted() {
    let desk = Desk::new().await;
    let saved = desk.noted(&["1.5", "2"]).await;
    let path = format!("/documents/{}", id(&saved["document"]));
    assert_eq!(desk.left().await, "PT30M");
    let account = id(&desk.get(&format!("/contracts/{}", desk.contract)).await["account"]);
    let entries = async || desk.get(&format!("/accounts/{account}/entries")).await["entries"].clone();
    let held = entries().await;
    let by = |number: &Value| json!({"id": saved["document"]["id"], "kind": "delivery_note", "number": number});
    assert_eq!(held[2]["document"], by(&Value::Null));

    // What was read can be sent back: nothing is drawn anew.
    let again = desk.put(&path, &sent(&saved["document"])).await.json();
    assert_eq!(of_lines(&again["document"]["lines"], ""), of_lines(&saved["document"]["lines"], ""));
    assert_eq!(entries().await, held);
    // The second line goes first, and the first gets what is left.
    let mut moved = sent(&again["document"]);
    moved["lines"].as_array_mut().expect("lines").reverse();
    moved["lines"][0]["line"]["quantity"] = json!("3");
    let moved = desk.put(&path, &moved).await.json();
    assert_eq!(of_lines(&moved["document"]["lines"], "/clearing/cleared"), ["PT3H", "PT1H"]);
    assert_eq!(moved["document"]["lines"][0]["id"], saved["document"]["lines"][1]["id"]);
    assert_eq!(desk.left().await, "PT0S");

    let issued = desk.post(&format!("{path}/issue"), &json!({})).await.json();
    assert_eq!(issued["number"], "LS-2026-00001");
    assert_eq!(of_lines(&issued["lines"], ""), of_lines(&moved["document"]["lines"], ""));
    assert_eq!(
        entries().await.as_array().and_then(|all| all.last()).expect("an entry")["document"],
        by(&issued["number"])
    );
    let after = desk.office.books().await;
    desk.put(&path, &sent(&issued)).await.problem(409, "not_a_draft");
    desk.office.rest(Method::DELETE, &path, &desk.token, &Value::Null).await.problem(409, "not_a_draft");
    assert_eq!(desk.post(&format!("{path}/issue"), &json!({})).await.json(), issued, "it is issued once");
    assert_eq!(desk.office.books().await, after);

    let other = desk.noted(&["1"]).await;
    let path = format!("/documents/{}", id(&other["document"]));
    assert_eq!(desk.office.rest(Method::DELETE, &path, &desk.token, &Value::Null).await.status, 204);
    desk.office.rest(Method::GET, &path, &desk.token, &Value::Null).await.problem(404, "not_found");
    desk.office.rest(Method::DELETE, &path, &desk.token, &Value::Null).await.problem(404, "not_found");
    desk.without_faults().await;
}

/// What somebody sends who changes a document that was read.
pub fn sent(document: &Value) -> Value {
    let mut sent = document.clone();
    sent["customer"] = document["customer"]["id"].clone();
    sent
}

#[tokio::test]
async fn the_invoice_of_a_delivery_note_draws_nothing_again() {
    let desk = Desk::new().await;
    let note = desk.noted(&["3", "2"]).await["document"].clone();
    let path = format!("/documents/{}", id(&note));
    let before = desk.office.books().await;
    desk.post(&format!("{path}/invoice"), &json!({})).await.problem(404, "not_found");
    assert_eq!(desk.office.books().await, before, "a draft is not invoiced");
    let note = desk.post(&format!("{path}/issue"), &json!({})).await.json();
    let made = desk.post(&format!("{path}/invoice"), &json!({"id": NEW})).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let invoice = made.json();
    assert_eq!((&invoice["id"], &invoice["state"], &invoice["net"]), (&json!(NEW), &json!("draft"), &note["net"]));
    let from = json!({"id": note["id"], "number": note["number"]});
    assert_eq!(of_lines(&invoice["lines"], "/note"), [&from; 2]);
    for name in ["outcome", "figures", "cleared", "item"] {
        let place = format!("/clearing/{name}");
        assert_eq!(of_lines(&invoice["lines"], &place), of_lines(&note["lines"], &place));
    }
    assert_eq!(desk.get(&path).await["invoice"], json!({"id": NEW, "number": null}));

    let once = desk.office.books().await;
    assert_eq!(desk.post(&format!("{path}/invoice"), &json!({"id": NEW})).await.json(), invoice, "made once");
    desk.post(&format!("{path}/invoice"), &json!({})).await.problem(409, "already_invoiced");
    desk.post(&format!("{path}/invoice"), &json!({"id": "x"})).await.problem(422, "invalid");
    let own = format!("/documents/{NEW}/invoice");
    desk.post(&own, &json!({})).await.problem(404, "not_found");
    assert_eq!(desk.office.books().await, once);

    // A line of its own comes after those of the note; these stay as they are whatever is sent of them.
    let mut more = sent(&invoice);
    more["lines"][0]["line"]["quantity"] = json!("9");
    more["lines"].as_array_mut().expect("lines").insert(1, desk.line("1"));
    let more = desk.put(&format!("/documents/{NEW}"), &more).await.json();
    assert_eq!(of_lines(&more["document"]["lines"], "/line/quantity"), ["3", "2", "1"]);
    assert_eq!(of_lines(&more["document"]["lines"], "/clearing/outcome"), ["full", "partial", "exhausted"]);
    let own = format!("/documents/{NEW}/lines/{}/why", id(&more["document"]["lines"][0]));
    let why = desk.get(&own).await;
    assert_eq!((&why["recorded"]["outcome"], &why["now"]), (&json!("full"), &Value::Null), "it is fixed");

    let issued = desk.post(&format!("/documents/{NEW}/issue"), &json!({})).await.json();
    let number = issued["number"].as_str().expect("a number");
    assert!(number.starts_with("RE-2026-"), "{number}");
    assert_eq!(desk.get(&path).await["invoice"], json!({"id": NEW, "number": number}));
    assert_eq!(desk.left().await, "PT0S");
    desk.without_faults().await;
}

#[tokio::test]
async fn why_offers_what_helps_and_the_repair_does_it() {
    let desk = Desk::new().await;
    let repair = async |repair: &Value, reason: &str| {
        desk.post("/documents/repair", &json!({"customer": desk.customer, "repair": repair, "reason": reason})).await
    };
    let saved = desk.noted(&["3", "2", "1"]).await["document"].clone();
    let path = format!("/documents/{}", id(&saved));
    let why = async |place: usize| desk.get(&format!("{path}/lines/{}/why", id(&saved["lines"][place]))).await;
    let full = why(0).await;
    assert_eq!((&full["recorded"], &full["now"]), (&saved["lines"][0]["clearing"], &full["recorded"]));
    assert_eq!(full["repairs"], json!([]));
    let found = why(2).await;
    let month = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let grant = json!({"repair": "grant_free_quota", "contract": desk.contract, "amount": "PT2H", "valid": month});
    let overbook = json!({"repair": "allow_overbooking", "contract": desk.contract});
    assert_eq!(of_lines(&found["repairs"], "/repair"), [&grant, &overbook]);
    assert_eq!(of_lines(&found["repairs"], "/then/outcome"), ["full", "overbooked"]);

    let before = desk.office.books().await;
    let problem = repair(&grant, "").await.problem(422, "invalid");
    assert_eq!(problem["errors"][0]["field"], "reason");
    for (field, wrong) in [
        ("repair", json!({"repair": "switch_on", "line": saved["lines"][0]["id"]})),
        ("repair", json!({"repair": "assign_contract", "line": saved["lines"][0]["id"], "contract": desk.contract})),
        ("repair.contract", json!({"repair": "allow_overbooking", "contract": "x"})),
        ("repair.group", json!({"repair": "enable_group", "contract": desk.contract})),
        ("repair.sub_group", json!({"repair": "enable_group", "contract": desk.contract, "sub_group": "x"})),
        ("repair.as_of", json!({"repair": "bill_period", "contract": desk.contract, "as_of": "9999-12-31"})),
        ("repair.amount", with(&grant, "amount", json!("PT0S"))),
        ("repair.amount", with(&grant, "amount", json!("-PT1H"))),
        ("repair.amount", with(&grant, "amount", euros("1.00"))),
        ("repair.valid", with(&grant, "valid", json!({"from": "2026-04-01", "until": "2026-04-01"}))),
        ("repair.valid", with(&grant, "valid", json!({"from": "1800-01-01", "until": "2026-04-01"}))),
    ] {
        let problem = repair(&wrong, "Kulanz").await.problem(422, "invalid");
        assert_eq!(problem["errors"][0]["field"], field, "{wrong}: {problem}");
    }
    for unknown in [with(&grant, "contract", json!(NEW)), with(&overbook, "contract", json!(NEW))] {
        repair(&unknown, "Kulanz").await.problem(404, "not_found");
    }
    for unreadable in
        [json!({"repair": "magic"}), json!({}), json!("grant_free_quota"), with(&grant, "valid", Value::Null)]
    {
        repair(&unreadable, "Kulanz").await.problem(400, "unreadable");
    }
    let stranger = desk.office.world.customer("Beta GmbH").await;
    let others = desk.office.books().await;
    let body = json!({"customer": stranger, "repair": overbook});
    desk.post("/documents/repair", &body).await.problem(404, "not_found");
    assert_ne!(before, others);
    assert_eq!(desk.office.books().await, others);

    // Under one key it is granted once.
    let body = json!({"id": NEW, "customer": desk.customer, "repair": grant, "reason": "Kulanz"});
    let granted = desk.post("/documents/repair", &body).await;
    assert_eq!((granted.status.as_u16(), &granted.json()["account"]["standing"]["left"]), (200, &json!("PT2H")));
    let once = desk.office.books().await;
    assert_eq!(desk.post("/documents/repair", &body).await.json(), granted.json());
    assert_eq!(desk.office.books().await, once);
    let now = why(2).await;
    assert_eq!((&now["recorded"], &now["now"]["outcome"]), (&found["recorded"], &json!("full")));
    let saved = desk.put(&path, &sent(&saved)).await.json();
    assert_eq!(of_lines(&saved["document"]["lines"], "/clearing/outcome"), ["full"; 3]);
    desk.without_faults().await;
}

/// Red when: whoever prints does not find what is to be printed, or an unknown word is as if it were not there.
#[tokio::test]
async fn what_is_to_be_printed_is_found() {
    let desk = Desk::new().await;
    let mut note = desk.note("2026-04-10", &[desk.line("0.5")]);
    note["delivery"] = json!("print");
    let made = desk.post("/documents", &note).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let printed = made.json()["document"]["id"].as_str().expect("an id").to_owned();
    desk.noted(&["0.25"]).await;
    let ids = async |query: &str| -> Vec<String> {
        let found = desk.get(&format!("/documents?{query}")).await;
        let rows = found["documents"].as_array().expect("a list").iter();
        rows.map(|row| row["id"].as_str().expect("an id").to_owned()).collect()
    };
    assert_eq!(ids("delivery=print").await, std::slice::from_ref(&printed));
    assert!(ids("delivery=print&state=issued").await.is_empty(), "a draft is not printed");
    let issued = desk.post(&format!("/documents/{printed}/issue"), &json!({})).await;
    assert_eq!(issued.status, 200, "{}", issued.body);
    assert_eq!(ids("delivery=print&state=issued").await, std::slice::from_ref(&printed));
    assert!(!ids("delivery=mail").await.contains(&printed));
    let unknown = desk.office.rest(Method::GET, "/documents?delivery=pigeon", &desk.token, &Value::Null).await;
    unknown.problem(422, "invalid");
}

/// The same with something else in that field.
fn with(body: &Value, name: &str, value: Value) -> Value {
    let mut body = body.clone();
    body[name] = value;
    body
}
