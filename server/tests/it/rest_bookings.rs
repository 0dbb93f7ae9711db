//! Projects and bookings over REST, and the simulation of splitting.

use axum::http::Method;
use domain::{Role, UserId};
use serde_json::{Value, json};
use usecases::people::{self, NewUser};

use crate::{
    rest::{NEW, Tried},
    support::Office,
};

const TASK: &str = "0198f2f0-0000-7000-8000-00000000001a";
const INVOICE: &str = "0198f2f0-0000-7000-8000-00000000001c";
const TIMER: &str = "0198f2f0-0000-7000-8000-00000000001b";

/// Euros as REST writes them.
pub fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// Anna, who works here.
pub async fn anna(office: &Office) -> UserId {
    let (login, name, password) = ("anna".to_owned(), "Anna Ünal".to_owned(), "correct horse".to_owned());
    let new = NewUser { login, name, role: Role::Staff, customer: None, password };
    people::add_user(&office.world.env, new).await.expect("she is new")
}

/// 45 minutes a month are free, then an hour costs 100.00.
pub fn lines() -> Value {
    json!([
        {"name": "Free", "kind": "allowance", "most": "PT45M", "start": "2026-01-01", "reported": true},
        {"name": "Effort", "kind": "effort", "rate": "100"},
    ])
}

/// The lines of a booking: name, time and amount.
fn portions(booking: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let portions = booking["portions"].as_array().expect("portions").iter();
    portions
        .map(|portion| (text(&portion["name"]), text(&portion["time"]), text(&portion["amount"]["amount"])))
        .collect()
}

fn part(name: &str, time: &str, amount: &str) -> (String, String, String) {
    (name.to_owned(), time.to_owned(), amount.to_owned())
}

/// From the project over its bookings to what is left.
pub async fn every_operation(office: &Office, tried: &mut Tried<'_>) {
    let anna = anna(office).await.to_string();
    let found = tried.call("GET", "/people", "/people", Value::Null).await;
    assert!(found["people"].as_array().expect("people").contains(&json!({"id": anna, "name": "Anna Ünal"})));
    let customer = tried.call("POST", "/customers", "/customers", json!({"name": "Zeta GmbH", "country": "DE"})).await;
    let customer = customer["id"].as_str().expect("an id").to_owned();

    let new = json!({"name": "Maintenance", "customer": customer, "currency": "EUR", "step": "PT1M", "people": [anna]});
    let made = tried.call("POST", "/projects", "/projects", new).await;
    assert_eq!(
        (&made["version"], &made["state"], &made["splits"], &made["minimum"], &made["step"]),
        (&json!(1), &json!("open"), &json!(true), &json!("PT0S"), &json!("PT1M"))
    );
    let minutes = json!({"minimum": "PT0S", "step": "PT1M"});
    assert_eq!((&made["rounding"], &made["rounds"]), (&json!("own"), &minutes));
    assert_eq!((&made["bookers"], &made["people"][0]["name"]), (&json!("only"), &json!("Anna Ünal")));
    let path = format!("/projects/{}", made["id"].as_str().expect("an id"));
    let tasks = json!({"version": 1, "tasks": [{"id": TASK, "name": "Repair"}, {"name": "Setup"}]});
    let saved = tried.call("PUT", "/projects/{id}/tasks", &format!("{path}/tasks"), tasks).await;
    assert_eq!((&saved["tasks"][1]["name"], &saved["tasks"][0]["id"]), (&json!("Setup"), &json!(TASK)));
    let sent = json!({"version": 2, "lines": lines()});
    let saved = tried.call("PUT", "/projects/{id}/lines", &format!("{path}/lines"), sent.clone()).await;
    let free = &saved["lines"][0];
    assert_eq!(
        (&free["kind"], &free["most"], &free["every"], &free["unit"], &free["left"], &free["reported"]),
        (&json!("allowance"), &json!("PT45M"), &json!(1), &json!("months"), &json!("PT45M"), &json!(true))
    );
    let again = tried.call("PUT", "/projects/{id}/lines", &format!("{path}/lines"), sent).await;
    assert_eq!(again, saved, "the same again is the same");
    let change = json!({
        "version": 3, "number": made["number"], "name": "Support", "customer": customer, "currency": "EUR",
        "splitting": "on",
    });
    let changed = tried.call("PUT", "/projects/{id}", &path, change).await;
    assert_eq!(
        (&changed["name"], &changed["splitting"], &changed["bookers"], &changed["people"], &changed["version"]),
        (&json!("Support"), &json!("on"), &json!("all"), &json!([]), &json!(4))
    );
    assert_eq!(tried.call("GET", "/projects/{id}", &path, Value::Null).await, changed);
    let listed = tried.call("GET", "/projects", "/projects?q=zeta&state=open", Value::Null).await;
    assert_eq!((&listed["projects"][0]["id"], &listed["next"]), (&made["id"], &Value::Null));

    let of = |time: &str| json!({"task": TASK, "person": anna, "date": "2026-04-10", "time": time, "note": "Printer"});
    let mut first = of("PT1H");
    first["id"] = json!(NEW);
    let booked = tried.call("POST", "/bookings", "/bookings", first.clone()).await;
    let split = [part("Free", "PT45M", "0.00"), part("Effort", "PT15M", "25.00")];
    assert_eq!(portions(&booked["booking"]), split);
    assert_eq!(
        (&booked["booking"]["billed"], &booked["booking"]["person"]["name"], &booked["changed"]),
        (&json!("PT1H"), &json!("Anna Ünal"), &json!([]))
    );
    assert_eq!(tried.call("POST", "/bookings", "/bookings", first).await, booked, "the same again is the same");
    let second = tried.call("POST", "/bookings", "/bookings", of("PT30M")).await;
    assert_eq!(portions(&second["booking"]), [part("Effort", "PT30M", "50.00")]);
    let path = format!("/bookings/{NEW}");
    let mut shorter = of("PT20M");
    shorter["version"] = json!(1);
    let changed = tried.call("PUT", "/bookings/{id}", &path, shorter).await;
    assert_eq!(portions(&changed["booking"]), [part("Free", "PT20M", "0.00")]);
    let other = &changed["changed"][0];
    assert_eq!((&other["booking"], &other["person"]), (&second["booking"]["id"], &json!("Anna Ünal")));
    let figures = |time: &str, amount: &str| json!({"time": time, "amount": euros(amount), "taken": time});
    assert_eq!(
        (&other["changes"][0]["name"], &other["changes"][0]["before"], &other["changes"][0]["after"]),
        (&json!("Free"), &figures("PT0S", "0.00"), &figures("PT25M", "0.00"))
    );
    assert_eq!(tried.call("GET", "/bookings/{id}", &path, Value::Null).await, changed["booking"]);
    let path_left = format!("/customers/{customer}/left?date=2026-04-20");
    let left = tried.call("GET", "/customers/{id}/left", &path_left, Value::Null).await;
    let line = &left["projects"][0]["lines"][0];
    assert_eq!(
        (&line["left"], &line["of"], &line["period"]["from"]),
        (&json!("PT0S"), &json!("PT45M"), &json!("2026-04-01"))
    );
    let account = &left["accounts"][0];
    assert_eq!(
        (&account["name"], &account["standing"]["used"], &account["projects"][0]["id"]),
        (&json!("Free"), &json!("PT45M"), &made["id"])
    );
    let timer = json!({
        "id": TIMER, "task": TASK, "person": anna, "start": "2026-03-31T23:30", "end": "2026-04-01T00:30",
    });
    let booked_by_timer = tried.call("POST", "/bookings/timer", "/bookings/timer", timer).await;
    let days: Vec<_> =
        booked_by_timer["bookings"].as_array().expect("bookings").iter().map(|saved| &saved["booking"]).collect();
    assert_eq!((&days[0]["date"], &days[0]["start"]), (&json!("2026-03-31"), &json!("23:30:00")));
    assert_eq!((&days[1]["date"], &days[1]["time"]), (&json!("2026-04-01"), &json!("PT30M")));
    let query = format!("/bookings?task={TASK}&person={anna}&from=2026-04-01&until=2026-04-30");
    let listed = tried.call("GET", "/bookings", &query, Value::Null).await;
    assert_eq!(listed["bookings"].as_array().map(Vec::len), Some(3));
    let longest = tried.call("GET", "/bookings", &format!("{query}&sort=time&desc=true"), Value::Null).await;
    let lengths: Vec<_> =
        longest["bookings"].as_array().expect("bookings").iter().map(|booking| &booking["time"]).collect();
    assert_eq!(lengths, ["PT30M", "PT30M", "PT20M"]);
    let gone = tried.call("DELETE", "/bookings/{id}", &format!("{path}?version=2"), Value::Null).await;
    assert_eq!((&gone["booking"], &gone["changed"][0]["booking"]), (&json!(NEW), &second["booking"]["id"]));
    let after = tried.call("GET", "/bookings", &query, Value::Null).await;
    assert_eq!(after["bookings"].as_array().map(Vec::len), Some(2));
    moves(tried, &saved["tasks"][1]["id"], &second["booking"]["id"]).await;
    invoices(tried, &made, second["booking"]["id"].clone()).await;
    simulation(tried).await;
    simulated_steps(tried).await;
}

/// A booking goes to another task of its project, first as a plan.
async fn moves(tried: &mut Tried<'_>, task: &Value, booking: &Value) {
    let mut body = json!({"bookings": [{"id": booking}], "task": task});
    let plan = tried.call("POST", "/bookings/move/plan", "/bookings/move/plan", body.clone()).await;
    assert_eq!((&plan["task"]["id"], &plan["refused"], &plan["changed"]), (task, &Value::Null, &json!([])));
    let before = &plan["bookings"][0]["before"];
    assert_eq!((&before["id"], &before["task"]["id"]), (booking, &json!(TASK)));
    body["bookings"][0]["version"] = before["version"].clone();
    body["seen"] = plan["sums"].clone();
    let moved = tried.call("POST", "/bookings/move", "/bookings/move", body).await;
    assert_eq!((&moved["sums"], &moved["bookings"][0]["after"]["task"]["id"]), (&plan["sums"], task));
    let path = format!("/bookings/{}", booking.as_str().expect("an id"));
    let shown = tried.call("GET", "/bookings/{id}", &path, Value::Null).await;
    assert_eq!(shown, moved["bookings"][0]["after"]);
}

/// April on an invoice: the second booking is all that is left of it beside half an hour of a timer.
async fn invoices(tried: &mut Tried<'_>, project: &Value, second: Value) {
    let path = format!("/projects/{}/invoices", project["id"].as_str().expect("an id"));
    let query = format!("{path}/plan?from=2026-04-01&until=2026-05-01");
    let plan = tried.call("GET", "/projects/{id}/invoices/plan", &query, Value::Null).await;
    assert_eq!((&plan["bookings"], &plan["left_out_count"], &plan["vat_rate"]), (&json!(2), &json!(0), &json!("19")));
    let names: Vec<_> = plan["lines"].as_array().expect("lines").iter().map(|line| line["name"].clone()).collect();
    assert_eq!(names, [json!("Free"), json!("Effort")]);
    assert_eq!(plan["lines"][0]["net"], euros("0.00"));
    let template = "/projects/{id}/invoices";
    let seen = json!({"lines": plan["lines"], "bookings": plan["bookings"]});
    let wanted = json!({"id": INVOICE, "from": "2026-04-01", "until": "2026-05-01", "seen": seen});
    let made = tried.call("POST", template, &path, wanted.clone()).await;
    assert_eq!((&made["state"], &made["net"], &made["id"]), (&json!("draft"), &plan["net"], &json!(INVOICE)));
    assert_eq!((&made["invoiced"]["bookings"], &made["invoiced"]["project"]["id"]), (&json!(2), &project["id"]));
    assert_eq!(tried.call("POST", template, &path, wanted).await, made, "the same again is the same");
    let plan = tried.call("GET", "/projects/{id}/invoices/plan", &query, Value::Null).await;
    let left = plan["left_out"].as_array().expect("bookings").iter().find(|left| left["booking"] == second);
    let left = left.expect("it is on the invoice");
    assert_eq!((&left["reason"], &left["document"]), (&json!("on_document"), &json!(INVOICE)));
    let booking = format!("/bookings/{}", second.as_str().expect("an id"));
    assert_eq!(tried.call("GET", "/bookings/{id}", &booking, Value::Null).await["lock"], json!("document"));
    tried.call("DELETE", "/documents/{id}", &format!("/documents/{INVOICE}"), Value::Null).await;
    assert_eq!(tried.call("GET", "/bookings/{id}", &booking, Value::Null).await["lock"], Value::Null);
}

async fn simulation(tried: &mut Tried<'_>) {
    let mut simulate = async |body: Value| tried.call("POST", "/simulate/splitting", "/simulate/splitting", body).await;
    let block = block_of(json!("PT2H"));
    let [free, effort] = [0_usize, 1].map(|place| json!({"line": lines()[place]}));
    let body = json!({
        "currency": "EUR", "lines": [free, block, effort],
        "bookings": [{"date": "2026-04-10", "time": "PT4H"}, {"date": "2026-04-11", "time": "PT10M", "billable": false}],
    });
    let found = simulate(body).await;
    let split = [part("Free", "PT45M", "0.00"), part("Block", "PT2H", "0.00"), part("Effort", "PT1H15M", "125.00")];
    assert_eq!(portions(&found["bookings"][0]), split);
    assert_eq!(found["bookings"][1]["portions"][0]["target"], "not_billable");
    let left: Vec<_> = found["left"].as_array().expect("what is left").iter().map(|left| &left["left"]).collect();
    assert_eq!(left, [&json!("PT0S"), &json!("PT0S")]);
    // A lot of the month that was used in part, and a block of money.
    let used = json!([{"amount": "PT45M", "valid_from": "2026-04-01", "valid_until": "2026-05-01", "drawn": "PT30M"}]);
    let (mut of_free, mut money) = (json!({"line": lines()[0], "lots": used}), block_of(euros("10.00")));
    of_free["line"]["collects"] = json!("billable");
    money["line"]["rate"] = json!("60");
    let body = json!({
        "currency": "EUR", "lines": [of_free, money], "bookings": [{"date": "2026-04-10", "time": "PT30M"}],
    });
    let found = simulate(body).await;
    let split = [part("Free", "PT15M", "0.00"), part("Block", "PT10M", "0.00"), part("", "PT5M", "0.00")];
    assert_eq!(portions(&found["bookings"][0]), split);
    assert_eq!(found["left"][1]["left"], euros("0.00"));
    let paid = |found: &Value, place: usize| {
        let portion = &found["bookings"][0]["portions"][place];
        ["pays", "taken", "deficit"].map(|field| portion[field].clone())
    };
    assert_eq!(paid(&found, 0), [json!("allowance"), json!("PT15M"), json!("PT0S")]);
    assert_eq!(paid(&found, 1), [json!("prepaid_money"), euros("10.00"), euros("0.00")]);
    assert_eq!(paid(&found, 2), [Value::Null, Value::Null, Value::Null]);
    // Where no line takes the rest the block is overdrawn.
    let mut over = block_of(json!("PT1H"));
    over["line"]["overbooking"] = json!(true);
    let body = json!({"currency": "EUR", "lines": [over], "bookings": [{"date": "2026-04-10", "time": "PT1H30M"}]});
    assert_eq!(paid(&simulate(body).await, 0), [json!("prepaid_time"), json!("PT1H30M"), json!("PT30M")]);
}

/// What becomes of others when bookings are changed, moved in and deleted.
async fn simulated_steps(tried: &mut Tried<'_>) {
    let [first, second, billed, comes] =
        ['a', 'b', 'c', 'd'].map(|place| format!("0198f2f0-0000-7000-8000-00000000004{place}"));
    let of = |id: &str, time: &str| json!({"id": id, "date": "2026-04-10", "time": time});
    let with = |mut booking: Value, more: &[(&str, Value)]| {
        for (field, value) in more {
            booking[*field] = value.clone();
        }
        booking
    };
    // Nobody books on that task any more: what was booked there is there all the same.
    let locked = with(of(&billed, "PT30M"), &[("task", json!(TASK)), ("lock", json!("document"))]);
    let way = |name: &str| ("way", json!(name));
    let body = json!({
        "currency": "EUR", "lines": [{"line": lines()[0]}, {"line": lines()[1]}], "closed_tasks": [TASK],
        "existing": [of(&first, "PT30M"), of(&second, "PT30M"), locked],
        "bookings": [
            with(of(&first, "PT15M"), &[way("change")]),
            with(of(&comes, "PT30M"), &[way("move_in"), ("after", json!(1))]),
            {"id": first, "way": "delete"},
            {"date": "2026-04-11", "time": "PT10M"},
        ],
    });
    let found = tried.call("POST", "/simulate/splitting", "/simulate/splitting", body).await;
    let before = |poured: &Value| portions(&json!({"portions": poured["before"]}));
    let free = |time: &str| part("Free", time, "0.00");
    let effort = |time: &str, costs: &str| part("Effort", time, costs);
    let existing: Vec<_> = found["existing"].as_array().expect("bookings").iter().map(portions).collect();
    let split = vec![free("PT15M"), effort("PT15M", "25.00")];
    assert_eq!(existing, [vec![free("PT30M")], split.clone(), vec![effort("PT30M", "50.00")]]);
    // Each step changes the second one, and never the one on a document.
    let expected = [
        (vec![free("PT30M")], vec![free("PT15M")], Some((split.clone(), vec![free("PT30M")]))),
        (vec![], vec![free("PT30M")], Some((vec![free("PT30M")], vec![effort("PT30M", "50.00")]))),
        (vec![free("PT15M")], vec![], Some((vec![effort("PT30M", "50.00")], split))),
        (vec![], vec![effort("PT10M", "16.67")], None),
    ];
    for (step, (was, is, other)) in found["bookings"].as_array().expect("bookings").iter().zip(expected) {
        assert_eq!((before(step), portions(step)), (was, is), "{step}");
        let changed = step["changed"].as_array().expect("bookings");
        assert!(changed.iter().all(|changed| changed["id"] == second), "{step}");
        assert_eq!(changed.first().map(|changed| (before(changed), portions(changed))), other, "{step}");
    }
    assert_eq!(found["bookings"].as_array().map(Vec::len), Some(4));
    assert_eq!(found["left"][0]["left"], "PT0S");
}

/// Red when: a simulation rounds otherwise than booking does, or a wrong rounding is not named where it stands.
#[tokio::test]
async fn a_simulation_rounds_as_the_project_or_a_contract_says() {
    let office = Office::new().await;
    let token = office.token(Role::Accounting).await;
    let simulated = async |rounding: &str, step: Value, line: Value| {
        let bookings = json!([{"date": "2026-04-10", "time": "PT31M"}]);
        let body =
            json!({"currency": "EUR", "rounding": rounding, "step": step, "lines": [line], "bookings": bookings});
        office.rest(Method::POST, "/simulate/splitting", &token, &body).await
    };
    let block = |rounding: Value| json!({"line": {"name": "Block", "kind": "prepaid"}, "rounding": rounding});
    let quarters = || block(json!({"minimum": "PT30M", "step": "PT15M"}));
    for (rounding, step, billed) in [
        ("", Value::Null, "PT45M"),
        ("contract", json!("PT10M"), "PT45M"),
        ("", json!("PT10M"), "PT40M"),
        ("own", json!("PT10M"), "PT40M"),
        ("none", json!("PT10M"), "PT31M"),
    ] {
        let answer = simulated(rounding, step, quarters()).await;
        assert_eq!(answer.json()["bookings"][0]["billed"], billed, "{rounding}: {}", answer.body);
    }
    let effort = json!({"line": {"name": "Effort", "kind": "effort", "rate": "100"}, "rounding": {}});
    for (rounding, line, field) in [
        ("up", quarters(), "rounding"),
        ("", block(json!({"step": "PT0S"})), "lines.0.rounding.step"),
        ("", block(json!({"minimum": "half"})), "lines.0.rounding.minimum"),
        ("", effort, "lines.0.rounding"),
    ] {
        let refused = simulated(rounding, Value::Null, line).await.problem(422, "invalid");
        assert_eq!(refused["errors"][0]["field"], field);
    }
}

fn block_of(amount: Value) -> Value {
    let lots = json!([{"amount": amount, "valid_from": "2026-01-01"}]);
    json!({"line": {"name": "Block", "kind": "prepaid"}, "lots": lots})
}

/// Red when: a wrong field is not named where it stands, or anything is stored of what is refused.
#[tokio::test]
async fn what_is_wrong_is_named_with_figures() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let (customer, anna) = (office.world.customer("Epsilon GmbH").await, anna(&office).await);
    let call = async |method, path: &str, body: Value| office.rest(method, path, &token, &body).await;
    let new = json!({"id": NEW, "name": "Maintenance", "customer": customer, "currency": "EUR", "splitting": "off"});
    assert_eq!(call(Method::POST, "/projects", new).await.status, 201);
    let path = format!("/projects/{NEW}");
    let tasks = json!({"version": 1, "tasks": [{"id": TASK, "name": "Repair"}]});
    assert_eq!(call(Method::PUT, &format!("{path}/tasks"), tasks).await.status, 200);
    let sent = json!({"version": 2, "lines": lines()});
    assert_eq!(call(Method::PUT, &format!("{path}/lines"), sent).await.status, 200);
    let before = office.books().await;

    let of = |time: &str, date: &str| json!({"task": TASK, "person": anna, "date": date, "time": time});
    let fits = call(Method::POST, "/bookings", of("PT1H", "2026-04-10")).await.problem(422, "invalid");
    let reason = &fits["errors"][0]["reason"]["split"];
    assert_eq!(
        (&fits["errors"][0]["field"], &reason["wanted"], &reason["left"], &reason["rest"]),
        (&json!("time"), &json!(3_600), &json!(2_700), &json!(900)),
        "{fits}"
    );
    let mut nobody = of("PT30M", "2026-04-10");
    nobody["person"] = Value::Null;
    let mut nothing = of("PT30M", "2026-04-10");
    nothing["task"] = json!(NEW);
    let begun =
        |date: &str, start: &str| json!({"task": TASK, "person": anna, "date": date, "time": "PT31M", "start": start});
    let timer = |start: &str, end: &str| json!({"task": TASK, "person": anna, "start": start, "end": end});
    let line = |line: Value| json!({"version": 3, "lines": [line]});
    let project = |field: &str, value: Value| {
        let mut body = json!({"name": "Other", "customer": customer, "currency": "EUR"});
        body[field] = value;
        body
    };
    let simulated =
        |time: &str| json!({"currency": "EUR", "lines": [], "bookings": [{"date": "2026-04-10", "time": time}]});
    let steps = |existing: Value, step: Value| json!({"currency": "EUR", "lines": [], "existing": existing, "closed_tasks": [TASK], "bookings": [step]});
    let delete = json!({"way": "delete", "id": NEW});
    let known = |lock: &str| json!([{"id": NEW, "date": "2026-04-10", "time": "PT5M", "lock": lock}]);
    let (lines_path, tasks_path, own) = (format!("{path}/lines"), format!("{path}/tasks"), format!("/bookings/{NEW}"));
    let (lines_path, tasks_path, own) = (lines_path.as_str(), tasks_path.as_str(), own.as_str());
    for (method, path, body, field) in [
        (Method::POST, "/bookings", of("PT0S", "2026-04-10"), "time"),
        (Method::POST, "/bookings", of("PT25H", "2026-04-10"), "time"),
        (Method::POST, "/bookings", of("1:30", "2026-04-10"), "time"),
        (Method::POST, "/bookings", of("PT30M", "2026-04-16"), "date"),
        (Method::POST, "/bookings", begun("2026-04-10", "23:30:00"), "time"),
        (Method::POST, "/bookings", begun("2026-03-29", "02:30:00"), "start"),
        (Method::POST, "/bookings", nobody, "person"),
        (Method::POST, "/bookings", nothing, "task"),
        (Method::PUT, own, of("PT30M", "2026-04-10"), "version"),
        (Method::DELETE, own, Value::Null, "version"),
        (Method::POST, "/bookings/timer", timer("2026-04-10T10:00", "2026-04-10T09:00"), "end"),
        (Method::POST, "/bookings/timer", timer("10:00", "2026-04-10T09:00"), "start"),
        (Method::POST, "/bookings/timer", timer("2026-03-29T02:30", "2026-03-29T04:00"), "start"),
        (Method::GET, "/bookings?person=anna", Value::Null, "person"),
        (Method::GET, "/bookings?sort=half", Value::Null, "sort"),
        (Method::GET, "/projects?state=half", Value::Null, "state"),
        (Method::GET, "/projects?sort=half", Value::Null, "sort"),
        (Method::POST, "/projects", project("name", json!(" ")), "name"),
        (Method::POST, "/projects", project("currency", json!("XXX1")), "currency"),
        (Method::POST, "/projects", project("minimum", json!("-PT5M")), "minimum"),
        (Method::POST, "/projects", project("step", json!("PT25H")), "step"),
        (Method::POST, "/projects", project("rounding", json!("up")), "rounding"),
        (Method::POST, "/projects", project("people", json!([NEW])), "people"),
        (Method::POST, "/projects", project("bookers", json!("only")), "people"),
        (Method::POST, "/projects", project("bookers", json!("some")), "bookers"),
        (Method::PUT, tasks_path, json!({"version": 3, "tasks": [{"name": ""}]}), "tasks.0.name"),
        (Method::PUT, tasks_path, json!({"tasks": []}), "version"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "half"})), "lines.0.kind"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "effort"})), "lines.0.rate"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "effort", "rate": "1e3"})), "lines.0.rate"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "prepaid", "account": NEW})), "lines.0.account"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "prepaid", "opens": "hours"})), "lines.0.opens"),
        (Method::PUT, lines_path, line(json!({"name": "x", "kind": "allowance", "most": "PT45M"})), "lines.0.start"),
        (Method::POST, "/simulate/splitting", simulated("PT25H"), "bookings.0.time"),
        (Method::POST, "/simulate/splitting", simulated("x"), "bookings.0.time"),
        (Method::POST, "/simulate/splitting", steps(json!([]), json!({"way": "half"})), "bookings.0.way"),
        (Method::POST, "/simulate/splitting", steps(json!([]), json!({"time": "PT5M"})), "bookings.0.date"),
        (Method::POST, "/simulate/splitting", steps(json!([]), json!({"way": "delete"})), "bookings.0.id"),
        (Method::POST, "/simulate/splitting", steps(json!([]), delete.clone()), "bookings.0.id"),
        (Method::POST, "/simulate/splitting", steps(known("half"), delete.clone()), "existing.0.lock"),
        (Method::POST, "/simulate/splitting", steps(known("document"), delete), "bookings.0.id"),
        (
            Method::POST,
            "/simulate/splitting",
            steps(json!([]), json!({"task": TASK, "date": "2026-04-10", "time": "PT5M"})),
            "bookings.0.task",
        ),
        (
            Method::POST,
            "/simulate/splitting",
            steps(json!([]), json!({"way": "move_in", "after": 1, "date": "2026-04-10", "time": "PT5M"})),
            "bookings.0.after",
        ),
    ] {
        let answer = call(method, path, body.clone()).await;
        let found = answer.json();
        assert_eq!((answer.status.as_u16(), &found["errors"][0]["field"]), (422, &json!(field)), "{body}: {found}");
    }
    for (method, path) in [
        (Method::GET, format!("/bookings/{NEW}")),
        (Method::GET, "/projects/x".to_owned()),
        (Method::DELETE, format!("/bookings/{NEW}?version=1")),
        (Method::GET, format!("/customers/{NEW}/left")),
    ] {
        call(method, &path, Value::Null).await.problem(404, "not_found");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: a token of a role does more than it may. A token is nobody: it books for others or not at all.
#[tokio::test]
async fn every_role_may_book_what_it_may() {
    let office = Office::new().await;
    let (customer, anna) = (office.world.customer("Epsilon GmbH").await, anna(&office).await);
    let admin = office.token(Role::Admin).await;
    let new = json!({"id": NEW, "name": "Maintenance", "customer": customer, "currency": "EUR"});
    assert_eq!(office.rest(Method::POST, "/projects", &admin, &new).await.status, 201);
    let tasks = json!({"version": 1, "tasks": [{"id": TASK, "name": "Repair"}]});
    assert_eq!(office.rest(Method::PUT, &format!("/projects/{NEW}/tasks"), &admin, &tasks).await.status, 200);
    let booking = json!({"task": TASK, "person": anna, "date": "2026-04-10", "time": "PT5M"});
    let simulation = json!({"currency": "EUR", "lines": [], "bookings": []});
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
        let token = office.token(role).await;
        let status =
            async |method, path: &str, body: &Value| office.rest(method, path, &token, body).await.status.as_u16();
        let before = office.books().await;
        let found = [
            status(Method::GET, "/projects", &Value::Null).await,
            status(Method::GET, &format!("/projects/{NEW}"), &Value::Null).await,
            status(Method::GET, "/people", &Value::Null).await,
            status(Method::GET, "/bookings", &Value::Null).await,
            status(Method::GET, &format!("/customers/{customer}/left"), &Value::Null).await,
            status(Method::POST, "/simulate/splitting", &simulation).await,
        ];
        let done = [
            status(Method::POST, "/projects", &json!({"name": "x", "customer": customer, "currency": "EUR"})).await,
            status(Method::POST, "/bookings", &booking).await,
        ];
        let expected = match role {
            Role::Admin | Role::ProjectManager => ([200; 6], [201; 2]),
            Role::Sales | Role::Accounting => ([200; 6], [403; 2]),
            Role::Staff => ([403, 403, 403, 403, 200, 200], [403; 2]),
            _ => ([403, 403, 403, 403, 404, 403], [403; 2]),
        };
        assert_eq!((found, done), expected, "{role:?}");
        if expected.1 == [403; 2] {
            assert_eq!(office.books().await, before, "{role:?} changed something");
        }
    }
}

/// Red when: accounting changes a project or what was booked on it, or is kept from invoicing it.
#[tokio::test]
async fn accounting_invoices_a_project_and_changes_nothing_of_it() {
    let office = Office::new().await;
    let (customer, anna) = (office.world.customer("Epsilon GmbH").await, anna(&office).await);
    let (admin, token) = (office.token(Role::Admin).await, office.token(Role::Accounting).await);
    let path = format!("/projects/{NEW}");
    let new = json!({"id": NEW, "name": "Maintenance", "customer": customer, "currency": "EUR"});
    let booking = office.world.id().to_string();
    let booked = json!({"id": booking, "task": TASK, "person": anna, "date": "2026-04-10", "time": "PT2H"});
    for (method, path, body) in [
        (Method::POST, "/projects".to_owned(), new.clone()),
        (Method::PUT, format!("{path}/tasks"), json!({"version": 1, "tasks": [{"id": TASK, "name": "Repair"}]})),
        (Method::PUT, format!("{path}/lines"), json!({"version": 2, "lines": lines()})),
        (Method::POST, "/bookings".to_owned(), booked),
    ] {
        let answer = office.rest(method, &path, &admin, &body).await;
        assert!(answer.status.is_success(), "{path}: {}", answer.body);
    }

    let before = office.books().await;
    let number = office.rest(Method::GET, &path, &admin, &Value::Null).await.json()["number"].clone();
    let mut renamed = new;
    (renamed["version"], renamed["number"], renamed["name"]) = (json!(3), number, json!("Support"));
    let of_booking = format!("/bookings/{booking}");
    let longer = json!({"version": 1, "task": TASK, "date": "2026-04-10", "time": "PT3H"});
    let moving = json!({"bookings": [{"id": booking, "version": 1}], "task": TASK});
    let timer = json!({"task": TASK, "person": anna, "start": "2026-04-10T10:00", "end": "2026-04-10T11:00"});
    for (method, path, body) in [
        (Method::PUT, path.clone(), renamed),
        (Method::PUT, format!("{path}/tasks"), json!({"version": 3, "tasks": []})),
        (Method::PUT, format!("{path}/lines"), json!({"version": 3, "lines": []})),
        (Method::PUT, of_booking.clone(), longer),
        (Method::DELETE, format!("{of_booking}?version=1"), Value::Null),
        (Method::POST, "/bookings/timer".to_owned(), timer),
        (Method::POST, "/bookings/move/plan".to_owned(), moving.clone()),
        (Method::POST, "/bookings/move".to_owned(), moving),
    ] {
        office.rest(method, &path, &token, &body).await.problem(403, "forbidden");
    }
    assert_eq!(office.books().await, before);

    let call = async |method, path: &str, body: Value| office.rest(method, path, &token, &body).await;
    let month = json!({"from": "2026-04-01", "until": "2026-05-01"});
    let made = call(Method::POST, &format!("{path}/invoices"), month).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let document = format!("/documents/{}", made.json()["id"].as_str().expect("an id"));
    let issued = call(Method::POST, &format!("{document}/issue"), json!({})).await;
    assert_eq!(issued.status, 200, "{}", issued.body);
    let lock = async || call(Method::GET, &of_booking, Value::Null).await.json()["lock"].clone();
    assert_eq!(lock().await, json!("document"));
    let wrong = json!({"version": issued.json()["version"], "reason": "Falsch"});
    let cancelled = call(Method::POST, &format!("{document}/cancel"), wrong).await;
    assert_eq!(cancelled.status, 201, "{}", cancelled.body);
    assert_eq!(lock().await, Value::Null, "it can be invoiced again");
}
