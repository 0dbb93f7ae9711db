//! What the phone asks for and sends, with the session of a browser.

use axum::{
    body::Body,
    http::{Method, header},
};
use domain::{Role, Seconds, TaskId};
use serde_json::{Value, json};
use usecases::{Actor, Call, bookings, testing::day};
use wire::bookings::BookingDraft;

use crate::support::{Answer, Office, request};

const TASK: &str = "0198f2f0-0000-7000-8000-00000000002a";
const BOOKING: &str = "0198f2f0-0000-7000-8000-00000000002b";
const TIMER: &str = "0198f2f0-0000-7000-8000-00000000002c";

async fn post(office: &Office, session: Option<&str>, path: &str, body: &Value) -> Answer {
    let request = request(Method::POST, &format!("/api/v1/phone{path}"), session)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(body.to_string()));
    office.send(request.expect("a request")).await
}

async fn get(office: &Office, session: &str, path: &str) -> Value {
    let answer = office.get(&format!("/api/v1/phone{path}"), Some(session)).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    answer.json()
}

/// A project with 45 minutes free per month, then 100.00 an hour: its id and that of its customer.
async fn project(office: &Office) -> (String, String) {
    let token = office.token(Role::Admin).await;
    let call = async |method: Method, path: &str, body: Value| office.rest(method, path, &token, &body).await.json();
    let id = |made: &Value| made["id"].as_str().expect("an id").to_owned();
    let customer = id(&call(Method::POST, "/customers", json!({"name": "Zeta GmbH", "country": "DE"})).await);
    let new = json!({"name": "Maintenance", "customer": customer, "currency": "EUR"});
    let project = id(&call(Method::POST, "/projects", new).await);
    let tasks = json!({"version": 1, "tasks": [{"id": TASK, "name": "Repair"}]});
    call(Method::PUT, &format!("/projects/{project}/tasks"), tasks).await;
    let lines = json!({"version": 2, "lines": [
        {"name": "Free", "kind": "allowance", "most": "PT45M", "start": "2026-01-01"},
        {"name": "Effort", "kind": "effort", "rate": "100"},
    ]});
    let saved = call(Method::PUT, &format!("/projects/{project}/lines"), lines).await;
    assert_eq!(saved["version"], 3, "{saved}");
    (project, customer)
}

/// The time and the amount of each portion.
fn portions(row: &Value) -> Vec<(i64, i64)> {
    let number = |value: &Value| value.as_i64().expect("a number");
    let portions = row["portions"].as_array().expect("portions").iter();
    portions.map(|named| (number(&named["portion"]["seconds"]), number(&named["portion"]["amount"]))).collect()
}

fn booking(time: &str) -> Value {
    json!({"id": BOOKING, "task": TASK, "date": "2026-04-10", "time": time, "billable": "yes", "note": "Printer"})
}

/// Red when: the phone answers somebody who is not signed in, or a customer.
#[tokio::test]
async fn the_phone_answers_whoever_works_here() {
    let office = Office::new().await;
    office.get("/api/v1/phone/me", None).await.problem(401, "signed_out");
    post(&office, None, "/bookings", &booking("1:00")).await.problem(401, "signed_out");
    let customer = office.world.customer("Alpha GmbH").await;
    let own = office.session(Role::Customer, Some(customer)).await;
    for path in ["me", "recent", "bookable", "customers", "left/projects?projects=&date=2026-04-10"] {
        office.get(&format!("/api/v1/phone/{path}"), Some(&own)).await.problem(403, "forbidden");
    }
    post(&office, Some(&own), "/bookings", &booking("1:00")).await.problem(403, "forbidden");
    let sales = office.session(Role::Sales, None).await;
    assert_eq!(get(&office, &sales, "/me").await["person"], Value::Null, "who looks at customers books no time");
    office.get("/api/v1/phone/recent", Some(&sales)).await.problem(403, "forbidden");
    let staff = office.session(Role::Staff, None).await;
    let me = get(&office, &staff, "/me").await;
    assert!(me["person"].is_string(), "{me}");
    let clock = me["clock"].as_array().expect("a clock");
    assert!(clock.len() > 1 && clock[0][1] != clock[1][1], "the clocks are put on or back within the year: {me}");
}

/// Red when: what the phone books is something else than the use case, or counts twice.
#[tokio::test]
async fn a_booking_over_the_phone_is_the_one_of_the_use_case() {
    let office = Office::new().await;
    let (project, customer) = project(&office).await;
    let staff = office.session(Role::Staff, None).await;
    assert_eq!(get(&office, &staff, "/recent").await, json!([]));
    let offered = get(&office, &staff, "/bookable?q=main").await;
    assert_eq!((&offered[0]["project"]["id"], &offered[0]["tasks"][0]["id"]), (&json!(project), &json!(TASK)));
    let facts = get(&office, &staff, &format!("/facts?project={project}&date=2026-04-10")).await;
    assert_eq!((&facts["lines"][0]["name"], &facts["project"]["id"]), (&json!("Free"), &json!(project)));

    let answer = post(&office, Some(&staff), "/bookings", &booking("1:00")).await.json();
    assert_eq!(portions(&answer["row"]), [(2_700, 0), (900, 2_500)]);
    let by = Actor { name: "staff".to_owned(), scope: "user:staff".to_owned(), role: Role::Staff, customer: None };
    let call = Call::by(by);
    let draft = BookingDraft {
        id: BOOKING.parse().expect("an id"),
        version: 0,
        task: TASK.parse::<TaskId>().expect("an id"),
        person: None,
        date: day("2026-04-10"),
        start: None,
        seconds: Seconds(3_600),
        billable: true,
        note: "Printer".to_owned(),
        seen: None,
        seen_left: None,
    };
    let known = bookings::book(&office.world.env, &call, draft).await.expect("the same is the same");
    assert_eq!(serde_json::to_value(&known.row).expect("it is written"), answer["row"]);
    let again = post(&office, Some(&staff), "/bookings", &booking("1:00")).await.json();
    assert_eq!(again["row"], answer["row"], "the same id twice counts once");
    post(&office, Some(&staff), "/bookings", &booking("0:30")).await.problem(409, "same_id");
    let saved = format!("/saved?id={BOOKING}");
    assert_eq!(get(&office, &staff, &saved).await, json!([answer["row"]]), "and the phone reads what was saved");
    let manager = office.session(Role::ProjectManager, None).await;
    assert_eq!(get(&office, &manager, &saved).await, json!([]), "it is nobody else's");
    let days = get(&office, &staff, "/bookings?from=2026-04-06&until=2026-04-13").await;
    assert_eq!((&days["rows"], &days["seconds"]), (&json!([answer["row"]]), &json!(3_600)));
    let left = get(&office, &staff, &format!("/left?customer={customer}&date=2026-04-10")).await;
    assert_eq!(left["accounts"][0]["account"]["standing"]["left"], 0);
    let line = &left["projects"][0]["lines"][0];
    assert_eq!((&line["account"], &line["tasks"]), (&left["accounts"][0]["account"]["id"], &Value::Null));
    let left_on = get(&office, &staff, &format!("/left/projects?projects={BOOKING},{project}&date=2026-04-10")).await;
    assert_eq!(left_on, left["projects"], "what is no project is left out");
    assert_eq!(
        get(&office, &staff, "/recent").await[0]["tasks"],
        json!([{"id": TASK, "name": "Repair", "closed": false}])
    );

    let wrong = post(&office, Some(&staff), "/bookings", &json!({"id": "x"})).await.problem(422, "invalid");
    let fields: Vec<_> = wrong["errors"].as_array().expect("errors").iter().map(|error| &error["field"]).collect();
    assert_eq!(fields, ["id", "task", "date", "time"]);
}

/// Red when: what the phone has shown is not compared, or passes for nothing shown where it cannot be read.
#[tokio::test]
async fn what_the_phone_has_shown_is_compared_or_refused() {
    let office = Office::new().await;
    project(&office).await;
    let staff = office.session(Role::Staff, None).await;
    let with = |mut body: Value, seen: &str| {
        body["seen"] = json!(seen);
        body
    };
    let timer = json!({
        "id": TIMER, "task": TASK, "start": "2026-04-09T08:00:00Z", "end": "2026-04-09T09:00:00Z", "billable": "yes",
    });
    let gone = json!({"id": BOOKING, "version": 1});
    for (path, body) in [("/bookings", booking("1:00")), ("/timer", timer), ("/bookings/delete", gone)] {
        let told = post(&office, Some(&staff), path, &with(body, "[{")).await.problem(422, "invalid");
        let fields: Vec<_> = told["errors"].as_array().expect("errors").iter().map(|error| &error["field"]).collect();
        assert_eq!(fields, ["seen"], "{path}");
    }
    let nothing = r#"{"booking":null,"others":[],"postings":[]}"#;
    let answer = post(&office, Some(&staff), "/bookings", &with(booking("1:00"), nothing)).await.json();
    assert_eq!(answer["differences"][0]["booking"], BOOKING, "{answer}");
    let days = get(&office, &staff, "/bookings?from=2026-04-06&until=2026-04-13").await;
    assert_eq!(days["rows"], json!([answer["row"]]), "nothing else is booked");
}

/// Red when: a change, a timer past midnight or a deletion takes another way than in the office.
#[tokio::test]
async fn the_phone_changes_deletes_and_books_timers() {
    let office = Office::new().await;
    project(&office).await;
    let staff = office.session(Role::Staff, None).await;
    let first = post(&office, Some(&staff), "/bookings", &booking("0:30")).await.json();
    // In Berlin it ran from 23:30 to 0:30.
    let timer = json!({
        "id": TIMER, "task": TASK, "start": "2026-04-09T21:30:00Z", "end": "2026-04-09T22:30:00+00:00", "billable": "yes",
    });
    let booked = post(&office, Some(&staff), "/timer", &timer).await.json();
    let days: Vec<_> = booked.as_array().expect("bookings").iter().map(|answer| &answer["row"]["date"]).collect();
    assert_eq!(days, ["2026-04-09", "2026-04-10"]);
    assert_eq!(portions(&booked[0]["row"]), [(900, 0), (900, 2_500)]);
    assert_eq!(portions(&booked[1]["row"]), [(1_800, 5_000)]);
    let again = post(&office, Some(&staff), "/timer", &timer).await.json();
    assert_eq!(again[1]["row"], booked[1]["row"], "the same timer twice counts once");
    let mut longer = timer.clone();
    longer["end"] = json!("2026-04-09T23:30:00Z");
    post(&office, Some(&staff), "/timer", &longer).await.problem(409, "same_id");
    let saved = get(&office, &staff, &format!("/saved?id={TIMER}")).await;
    assert_eq!(saved, json!([booked[0]["row"], booked[1]["row"]]), "and the phone reads what was saved");

    let mut longer = booking("0:45");
    longer["version"] = first["row"]["version"].clone();
    let changed = post(&office, Some(&staff), "/bookings", &longer).await.json();
    assert_eq!(portions(&changed["row"]), [(2_700, 0)]);
    assert_eq!(changed["changed"][0]["booking"], TIMER, "the timer has no free time left");
    let gone = json!({"id": BOOKING, "version": changed["row"]["version"]});
    let deleted = post(&office, Some(&staff), "/bookings/delete", &gone).await.json();
    assert_eq!(deleted["changed"].as_array().expect("bookings").len(), 2, "both days of the timer get what is free");
}
