//! Moving many bookings over REST: the plan, the move, and what stands in the way.

use axum::http::Method;
use domain::{CustomerId, Role};
use serde_json::{Value, json};
use store::Engine;

use crate::{
    rest::NEW,
    rest_bookings::{anna, euros, lines},
    support::{Answer, Office},
};

const FROM: &str = "0198f2f0-0000-7000-8000-00000000005a";
const TO: &str = "0198f2f0-0000-7000-8000-00000000005b";

/// A project with one task of that id and these lines.
async fn project(office: &Office, token: &str, customer: CustomerId, (task, lines): (&str, Value)) -> String {
    let call = async |method: Method, path: &str, body: Value| office.rest(method, path, token, &body).await.json();
    let new = json!({"name": "Maintenance", "customer": customer, "currency": "EUR"});
    let made = call(Method::POST, "/projects", new).await;
    let id = made["id"].as_str().expect("an id").to_owned();
    let tasks = json!({"version": 1, "tasks": [{"id": task, "name": "Repair"}]});
    call(Method::PUT, &format!("/projects/{id}/tasks"), tasks).await;
    let saved = call(Method::PUT, &format!("/projects/{id}/lines"), json!({"version": 2, "lines": lines})).await;
    assert_eq!(saved["version"], 3, "{saved}");
    id
}

/// What a test is given.
struct Given {
    office: Office,
    token: String,
    /// The project to which bookings are moved.
    to: String,
    /// The ids of three bookings of half an hour, in their order.
    bookings: [String; 3],
}

/// Two projects of one customer: 45 minutes free and 100.00 an hour, and 80.00 an hour. On the first one, three times
/// half an hour was booked.
async fn given(engine: Engine) -> Given {
    let office = Office::on(engine).await;
    let token = office.token(Role::Admin).await;
    let (customer, anna) = (office.world.customer("Epsilon GmbH").await, anna(&office).await);
    project(&office, &token, customer, (FROM, lines())).await;
    let effort = json!([{"name": "Effort", "kind": "effort", "rate": "80"}]);
    let to = project(&office, &token, customer, (TO, effort)).await;
    let mut bookings = [const { String::new() }; 3];
    for id in &mut bookings {
        let body = json!({"task": FROM, "person": anna, "date": "2026-04-10", "time": "PT30M"});
        let saved = office.rest(Method::POST, "/bookings", &token, &body).await.json();
        saved["booking"]["id"].as_str().expect("an id").clone_into(id);
    }
    Given { office, token, to, bookings }
}

impl Given {
    async fn post(&self, path: &str, body: &Value) -> Answer {
        self.office.rest(Method::POST, path, &self.token, body).await
    }
}

fn moving(bookings: &[&String], version: i64, task: &str) -> Value {
    let bookings: Vec<Value> = bookings.iter().map(|id| json!({"id": id, "version": version})).collect();
    json!({"bookings": bookings, "task": task})
}

/// Red when: the plan changes something, tells other figures than the move, a move counts twice, or it is carried out
/// on what nobody has seen.
#[tokio::test]
async fn bookings_are_moved_as_their_plan_says() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let given = given(engine).await;
        let [one, two, stays] = &given.bookings;
        let before = given.office.books().await;
        let mut body = moving(&[two, one], 1, TO);
        let plan = given.post("/bookings/move/plan", &body).await.json();
        assert_eq!(given.office.books().await, before, "a plan changes nothing");
        let rows = plan["bookings"].as_array().expect("bookings").iter();
        let order: Vec<_> = rows.map(|row| &row["before"]["id"]).collect();
        assert_eq!(order, [one, two], "in the order in which they were accepted");
        assert_eq!(plan["sums"], json!([{"before": euros("75.00"), "after": euros("80.00")}]), "{plan}");
        assert_eq!((&plan["project"]["id"], &plan["task"]["id"]), (&json!(given.to), &json!(TO)));
        assert_eq!((&plan["changed"][0]["booking"], &plan["refused"]), (&json!(stays), &Value::Null));

        body["seen"] = json!([{"before": euros("75.00"), "after": euros("79.00")}]);
        given.post("/bookings/move", &body).await.problem(409, "changed");
        assert_eq!(given.office.books().await, before, "somebody saw other sums");
        body["seen"] = plan["sums"].clone();
        let key = [("idempotency-key", "move-1")];
        let send = async |body: &Value| {
            given.office.rest_with(Method::POST, "/bookings/move", &given.token, &key, body.to_string()).await
        };
        let moved = send(&body).await;
        assert_eq!(moved.status, 200, "{}", moved.body);
        let after = given.office.books().await;
        assert_eq!(send(&body).await.json(), moved.json(), "the same key twice counts once");
        send(&moving(&[stays], 1, TO)).await.problem(409, "same_id");
        let path = format!("/bookings/{one}");
        let shown = given.office.rest(Method::GET, &path, &given.token, &Value::Null).await.json();
        assert_eq!((&shown["task"]["id"], &shown["portions"][0]["amount"]), (&json!(TO), &euros("40.00")));
        given.post("/bookings/move", &moving(&[one, stays], 1, FROM)).await.problem(409, "changed");
        assert_eq!(given.office.books().await, after, "nobody has read the version of now");
    }
}

/// Red when: a booking that is locked moves, others move without it, or the one in the way is not named.
#[tokio::test]
async fn one_that_stands_in_the_way_is_named_and_stops_all() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let given = given(engine).await;
        let [one, two, stays] = &given.bookings;
        assert_eq!(given.post("/bookings/move", &moving(&[one, two], 1, TO)).await.status, 200);
        let invoice = json!({"from": "2026-04-01", "until": "2026-05-01"});
        let made = given.post(&format!("/projects/{}/invoices", given.to), &invoice).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let before = given.office.books().await;
        let mut body = moving(&[stays, two], 1, FROM);
        let plan = given.post("/bookings/move/plan", &body).await.json();
        let refused = &plan["refused"];
        assert_eq!((&refused["booking"], &refused["problem"]), (&json!(two), &json!("invalid")), "{plan}");
        assert_eq!(refused["errors"][0]["field"], "id", "{plan}");
        assert_eq!((&plan["bookings"][0]["after"], &plan["sums"]), (&Value::Null, &json!([])));
        // It was accepted first.
        body["bookings"][1]["version"] = plan["bookings"][0]["before"]["version"].clone();
        let refused = given.post("/bookings/move", &body).await.problem(422, "invalid");
        assert_eq!(refused["errors"][0]["field"], "id", "{refused}");
        assert_eq!(given.office.books().await, before, "nothing has moved");
    }
}

/// Red when: a wrong field is not named where it stands, or somebody moves what they may not.
#[tokio::test]
async fn what_is_wrong_with_a_move_is_named() {
    let given = given(Engine::Sqlite).await;
    let [one, ..] = &given.bookings;
    let before = given.office.books().await;
    let good = moving(&[one], 1, TO);
    let with = |field: &str, value: Value| {
        let mut body = good.clone();
        body[field] = value;
        body
    };
    let unknown = json!([{"before": {"amount": "1.00", "currency": "XXX1"}, "after": euros("1.00")}]);
    for (body, field) in [
        (with("bookings", json!([])), "bookings"),
        (with("bookings", json!(vec![json!({"id": one, "version": 1}); 101])), "bookings"),
        (with("bookings", json!([{"id": "x", "version": 1}])), "bookings.0.id"),
        (with("bookings", json!([{"id": one}])), "bookings.0.version"),
        (with("task", json!("x")), "task"),
        (with("task", json!(NEW)), "task"),
        (with("seen", unknown), "seen.0.before.currency"),
    ] {
        let found = given.post("/bookings/move", &body).await.problem(422, "invalid");
        assert_eq!(found["errors"][0]["field"], field, "{found}");
    }
    let nothing = with("bookings", json!([{"id": NEW, "version": 1}]));
    given.post("/bookings/move", &nothing).await.problem(404, "not_found");
    for role in [Role::Sales, Role::Payments, Role::Staff] {
        let token = given.office.token(role).await;
        for path in ["/bookings/move", "/bookings/move/plan"] {
            let answer = given.office.rest(Method::POST, path, &token, &good).await;
            // A token of a role that books only its own time is nobody whose time that would be.
            let allowed: &[u16] = if role == Role::Staff { &[403, 404, 422] } else { &[403] };
            assert!(allowed.contains(&answer.status.as_u16()), "{role:?} {path}: {} {}", answer.status, answer.body);
        }
    }
    assert_eq!(given.office.books().await, before);
}
