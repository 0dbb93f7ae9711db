//! Fees of projects over REST: what is read can be sent back, and a run bills it.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};

use crate::{rest::NEW, support::Office};

/// A collector with a fee, without what only an answer has.
fn line(price: &str) -> Value {
    json!({
        "id": NEW, "name": "Free", "kind": "allowance", "most": "PT45M", "start": "2026-01-01",
        "fee": {"price": price, "vat": "19", "start": "2026-04-01", "end": "2026-12-31"},
    })
}

struct Client<'a> {
    office: &'a Office,
    token: String,
}

impl Client<'_> {
    async fn call(&self, method: Method, path: &str, body: Value) -> Value {
        self.office.rest(method, path, &self.token, &body).await.json()
    }

    /// A run of that body, once it has ended, with its items.
    async fn run(&self, body: Value) -> Value {
        let run = self.call(Method::POST, "/billing-runs", body).await["id"].as_str().expect("an id").to_owned();
        loop {
            let found = self.call(Method::GET, &format!("/billing-runs/{run}"), Value::Null).await;
            if !found["run"]["ended_at"].is_null() {
                return found;
            }
            tokio::task::yield_now().await;
        }
    }
}

/// Red when: a field of a fee is lost, a line without one takes it in silence, a run does not name project and line, its selection is not taken, or what is due is missing in the file of to-dos.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fee_is_kept_planned_billed_and_freed_over_rest() {
    let office = Office::new().await;
    let client = Client { office: &office, token: office.token(Role::Admin).await };
    let customer = client.call(Method::POST, "/customers", json!({"name": "Zeta GmbH", "country": "DE"})).await;
    let new = json!({"name": "Maintenance", "customer": customer["id"], "currency": "EUR"});
    let project = client.call(Method::POST, "/projects", new).await["id"].as_str().expect("an id").to_owned();
    let path = format!("/projects/{project}/lines");
    let saved = client.call(Method::PUT, &path, json!({"version": 1, "lines": [line("150")]})).await;
    let fee = json!({
        "price": "150", "every": 1, "unit": "months", "vat": "19", "start": "2026-04-01", "end": "2026-12-31",
    });
    assert_eq!(saved["lines"][0]["fee"], fee);
    let mut same = line("150");
    same["fee"] = saved["lines"][0]["fee"].clone();
    let same = json!({"version": saved["version"], "lines": [same]});
    assert_eq!(client.call(Method::PUT, &path, same).await, saved, "what was read can be sent back");
    let wrong = json!({"version": saved["version"], "lines": [line("-1")]});
    let refused = client.call(Method::PUT, &path, wrong).await;
    assert_eq!(refused["errors"][0]["field"], "lines.0.fee_price", "{refused}");
    for kind in ["effort", "flat_rate"] {
        let other = json!({"name": "Other", "kind": kind, "rate": "100", "fee": line("150")["fee"]});
        let body = json!({"version": saved["version"], "lines": [line("150"), other]});
        let refused = client.call(Method::PUT, &path, body).await;
        assert_eq!(refused["errors"][0]["field"], "lines.1.fee_price", "{refused}");
    }

    let of_project = json!({"as_of": "2026-04-15", "project": project});
    let plan = client.call(Method::POST, "/billing-runs/plan", of_project).await;
    let item = &plan["items"][0];
    assert_eq!((&item["contract"], &item["line"]["name"]), (&Value::Null, &json!("Free")));
    assert_eq!((&item["line"]["project"], &item["net"]["amount"]), (&json!(project), &json!("150.00")));
    let to_dos = client.call(Method::GET, "/to-dos", Value::Null).await;
    let due = &to_dos["due_fees"][0];
    assert_eq!((&due["project"], &due["due"]), (&json!(project), &json!("2026-04-01")));
    let file = office.rest(Method::GET, "/to-dos/export?format=csv&kind=fee", &client.token, &Value::Null).await;
    assert_eq!((file.status.as_u16(), file.body.trim_end().lines().count()), (200, 2), "{}", file.body);
    assert!(file.body.contains("Free") && file.body.contains("Zeta GmbH"), "{}", file.body);
    let file = office.rest(Method::GET, "/to-dos/export?format=csv&kind=contract", &client.token, &Value::Null).await;
    assert_eq!(file.body.trim_end().lines().count(), 1, "{}", file.body);
    let both = json!({"as_of": "2026-04-15", "project": project, "customer": customer["id"]});
    let refused = client.call(Method::POST, "/billing-runs/plan", both).await;
    assert_eq!(refused["errors"][0]["field"], "project", "{refused}");

    let run = client.run(json!({"as_of": "2026-04-15", "issue": true, "project": project})).await;
    assert_eq!((&run["run"]["project"], &run["run"]["totals"]["billed"]), (&json!(project), &json!(1)));
    let document = run["items"][0]["document"].as_str().expect("an invoice").to_owned();
    let invoice = client.call(Method::GET, &format!("/documents/{document}"), Value::Null).await;
    assert_eq!((&invoice["project"], &invoice["net"]["amount"]), (&json!(project), &json!("150.00")));
    let undo = client.call(Method::GET, &format!("/documents/{document}/cancel"), Value::Null).await;
    assert_eq!((&undo["freed"], &undo["freed_fees"][0]["line"]), (&json!([]), &json!(NEW)));
    let cancel = json!({"reason": "Wrong day", "version": undo["version"]});
    client.call(Method::POST, &format!("/documents/{document}/cancel"), cancel).await;
    let again = client.run(json!({"as_of": "2026-04-15", "issue": true, "freed_of_project": project})).await;
    assert_eq!((&again["run"]["freed_of_project"], &again["run"]["totals"]["billed"]), (&json!(project), &json!(1)));
}
