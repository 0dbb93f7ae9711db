//! Templates of projects over REST.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};

use crate::{
    rest::{NEW, Tried},
    rest_bookings::lines,
    support::Office,
};

const TASK: &str = "0198f2f0-0000-7000-8000-00000000002a";

/// A template of free time and effort, for a task and for all.
fn template(name: &str) -> Value {
    let mut lines = lines();
    lines[0]["tasks"] = json!([TASK]);
    json!({
        "name": name, "description": "45 minutes are free", "currency": "EUR", "step": "PT15M", "splitting": "on",
        "tasks": [{"id": TASK, "name": "Repair"}, {"name": "Setup"}], "lines": lines,
    })
}

fn id(body: &Value) -> &str {
    body["id"].as_str().unwrap_or_else(|| panic!("no id: {body}"))
}

/// From the template to the project that begins with it, and back.
pub async fn every_operation(tried: &mut Tried<'_>) {
    let made = tried.call("POST", "/project-templates", "/project-templates", template("Care")).await;
    assert_eq!((&made["version"], &made["splitting"], &made["step"]), (&json!(1), &json!("on"), &json!("PT15M")));
    let free = &made["lines"][0];
    assert_eq!(
        (&free["most"], &free["start"], &free["account"], &free["tasks"]),
        (&json!("PT45M"), &Value::Null, &Value::Null, &json!([TASK]))
    );
    let path = format!("/project-templates/{}", id(&made));
    assert_eq!(tried.call("GET", "/project-templates/{id}", &path, Value::Null).await, made);

    let customer = json!({"name": "Eta GmbH", "country": "DE"});
    let customer = tried.call("POST", "/customers", "/customers", customer).await;
    let new =
        json!({"id": NEW, "name": "Pflege", "customer": customer["id"], "currency": "EUR", "template": made["id"]});
    let project = tried.call("POST", "/projects", "/projects", new.clone()).await;
    assert_eq!((&project["splitting"], &project["step"]), (&json!("on"), &json!("PT15M")));
    let names = |list: &Value| list.as_array().map(|all| all.iter().map(|one| one["name"].clone()).collect::<Vec<_>>());
    assert_eq!(names(&project["tasks"]), Some(vec![json!("Repair"), json!("Setup")]));
    assert_eq!(names(&project["lines"]), Some(vec![json!("Free"), json!("Effort")]));
    let free = &project["lines"][0];
    assert_eq!((&free["start"], &free["left"]), (&json!("2026-04-01"), &json!("PT45M")));
    assert_eq!(free["tasks"], json!([project["tasks"][0]["id"]]));
    assert_eq!(tried.call("POST", "/projects", "/projects", new).await, project, "the same again is the same");

    let change = json!({"version": 1, "name": "Repair", "project": project["id"]});
    let changed = tried.call("PUT", "/project-templates/{id}", &path, change).await;
    assert_eq!((&changed["version"], &changed["description"]), (&json!(2), &json!("")));
    assert_eq!(names(&changed["lines"]), names(&made["lines"]));
    let listed = tried.call("GET", "/project-templates", "/project-templates", Value::Null).await;
    assert_eq!(listed["project_templates"], json!([changed]));
    tried.call("DELETE", "/project-templates/{id}", &format!("{path}?version=2"), Value::Null).await;
    let listed = tried.call("GET", "/project-templates", "/project-templates", Value::Null).await;
    assert_eq!(listed["project_templates"], json!([]));
}

/// Red when: a wrong field is passed over or told at another one, or a block forgets that it opens its account.
#[tokio::test]
async fn what_is_wrong_with_a_template_is_told_at_its_field() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let send = async |method: Method, path: &str, body: &Value| office.rest(method, path, &token, body).await;
    let set = |field: &str, value: Value| {
        let mut body = template("Care");
        body[field] = value;
        body
    };
    let rate = |rate: &str| json!([{"name": "Effort", "kind": "effort", "rate": rate}]);
    let task = |count: usize| Value::Array(vec![json!({"name": "Repair"}); count]);
    let before = office.books().await;
    for (body, field) in [
        (set("name", json!(" ")), "name"),
        (set("name", json!("x".repeat(121))), "name"),
        (set("description", json!("x".repeat(201))), "description"),
        (set("id", json!("Care")), "id"),
        (set("currency", json!("DOGE")), "currency"),
        (set("splitting", json!("maybe")), "splitting"),
        (set("step", json!("PT0S")), "step"),
        (set("project", json!(NEW)), "project"),
        (set("tasks", json!([{"name": ""}])), "tasks.0.name"),
        (set("tasks", task(201)), "tasks"),
        (set("tasks", json!([])), "lines.0.tasks"),
        (set("lines", rate("-5")), "lines.0.rate"),
        (set("lines", rate("abc")), "lines.0.rate"),
        (set("lines", json!([{"name": "Free", "kind": "allowance", "most": "PT0S"}])), "lines.0.most"),
        (json!({"name": "Care"}), "project"),
        (json!({"name": "Care", "project": NEW}), "project"),
    ] {
        let problem = send(Method::POST, "/project-templates", &body).await.problem(422, "invalid");
        let told: Vec<&Value> = problem["errors"].as_array().expect("errors").iter().map(|one| &one["field"]).collect();
        assert_eq!(told, [field], "{body}");
    }
    assert_eq!(office.books().await, before);

    let block = json!([{
        "name": "Block", "kind": "prepaid", "opens": "money", "rate": "140", "fee": {"price": "150", "vat": "19"},
    }]);
    let made = send(Method::POST, "/project-templates", &set("lines", block)).await.json();
    let line = &made["lines"][0];
    assert_eq!((&line["opens"], &line["fee"]["start"], &line["rate"]), (&json!("money"), &Value::Null, &json!("140")));
    send(Method::POST, "/project-templates", &template("CARE")).await.problem(422, "invalid");
    let path = format!("/project-templates/{}", id(&made));
    let nothing = json!({"name": "Care"});
    assert_eq!(send(Method::PUT, &path, &nothing).await.problem(422, "invalid")["errors"][0]["field"], "version");
    send(Method::PUT, &path, &json!({"version": 7, "name": "Other"})).await.problem(409, "changed");
    send(Method::DELETE, &format!("{path}?version=7"), &Value::Null).await.problem(409, "changed");

    let customer = office.world.customer("Alpha GmbH").await;
    let new = json!({"name": "Pflege", "customer": customer, "currency": "EUR", "template": made["id"]});
    let project = send(Method::POST, "/projects", &new).await.json();
    assert_eq!((&project["lines"][0]["account_unit"], &project["version"]), (&json!("EUR"), &json!(3)));
    let mut other = new.clone();
    other["template"] = json!(NEW);
    let refused = send(Method::POST, "/projects", &other).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "template");
    let mut change = new;
    (change["version"], change["number"]) = (json!(3), project["number"].clone());
    let refused = send(Method::PUT, &format!("/projects/{}", id(&project)), &change).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "template");
}

/// Red when: a template or the project that begins with it is made twice under one key.
#[tokio::test]
async fn a_key_makes_a_template_and_its_project_once() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let customer = office.world.customer("Alpha GmbH").await;
    let send = async |path: &str, key: &str, body: &Value| {
        office.rest_with(Method::POST, path, &token, &[("idempotency-key", key)], body.to_string()).await
    };
    let made = send("/project-templates", "care", &template("Care")).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let new = json!({"name": "Pflege", "customer": customer, "currency": "EUR", "template": made.json()["id"]});
    let begun = send("/projects", "begin", &new).await;
    assert_eq!(begun.status, 201, "{}", begun.body);
    let before = office.books().await;
    assert_eq!(send("/project-templates", "care", &template("Care")).await.json(), made.json());
    assert_eq!(send("/projects", "begin", &new).await.json(), begun.json());
    send("/project-templates", "care", &template("Other")).await.problem(409, "same_id");
    assert_eq!(office.books().await, before);
}
