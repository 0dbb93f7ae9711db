//! Billing as a server does it: progress as events, the nightly run, runs that nobody works on any more.

use axum::http::Method;
use domain::{Role, RunId};
use serde_json::Value;
use server::jobs;
use store::Engine;
use usecases::{
    billing, settings,
    testing::{World, as_role, day},
};
use wire::billing::{RunDraft, Selection};

use crate::{
    rest::NEW,
    support::{Office, request},
};

fn draft(world: &World, as_of: &str) -> RunDraft {
    RunDraft { id: RunId::new(world.env.id()), as_of: day(as_of), issue: true, selection: Selection::All }
}

/// What the events say, one after the other.
fn events(body: &str) -> Vec<Value> {
    let events = body.lines().filter_map(|line| line.strip_prefix("data: "));
    events.map(|data| serde_json::from_str(data).expect("an event is JSON")).collect()
}

#[tokio::test]
async fn the_events_of_a_run_end_with_how_it_ended() {
    let office = Office::new().await;
    let world = &office.world;
    let customer = world.customer("Alpha GmbH").await;
    world.contract(world.contract_draft(customer, "2026-04-01")).await;
    let run = draft(world, "2026-04-15");
    billing::start(&world.env, &as_role(Role::Admin), run.clone()).await.expect("the run begins");
    let session = office.session(Role::ProjectManager, None).await;
    let path = format!("/billing/{}/progress", run.id);
    // Somebody else works on it while the page listens.
    let env = world.env.clone();
    let work = tokio::spawn(async move { billing::work(&env, run.id).await });
    let answer = office.get(&path, Some(&session)).await;
    assert!(work.await.expect("it does not panic").expect("the run ends"));
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "text/event-stream"));
    let told = events(&answer.body);
    let last = told.last().expect("an event");
    assert!(!last["ended"].is_null(), "{last}");
    assert_eq!((&last["totals"]["billed"], &last["done"]), (&1.into(), &1.into()));
    assert!(told.iter().rev().skip(1).all(|row| row["ended"].is_null()), "nothing comes after the end");

    let again = request(Method::GET, &path, Some(&session)).header("accept-encoding", "gzip, br");
    let again = office.send(again.body(axum::body::Body::empty()).expect("a request")).await;
    assert_eq!(again.header("content-encoding"), "", "packed events would come late");
    assert_eq!(events(&again.body), std::slice::from_ref(last), "a run that has ended is told once");
}

#[tokio::test]
async fn nobody_else_hears_of_a_run() {
    let office = Office::new().await;
    let run = draft(&office.world, "2026-04-15");
    billing::start(&office.world.env, &as_role(Role::Admin), run.clone()).await.expect("the run begins");
    let path = format!("/billing/{}/progress", run.id);
    office.get(&path, None).await.problem(401, "signed_out");
    let customer = office.world.customer("Alpha GmbH").await;
    let own = office.session(Role::Customer, Some(customer)).await;
    let staff = office.session(Role::Staff, None).await;
    for session in [&own, &staff] {
        office.get(&path, Some(session)).await.problem(403, "forbidden");
    }
    let sales = office.session(Role::Sales, None).await;
    for id in [NEW, "x"] {
        office.get(&format!("/billing/{id}/progress"), Some(&sales)).await.problem(404, "not_found");
    }
}

#[tokio::test]
async fn two_servers_on_one_database_bill_a_night_once() {
    let one = World::new(Engine::Sqlite).await;
    let two = World::open(one.url.clone(), 2).await;
    let customer = one.customer("Alpha GmbH").await;
    let automatic = one.contract(one.contract_draft(customer, "2026-04-01")).await.contract.id;
    let mut by_hand = one.contract_draft(customer, "2026-04-01");
    by_hand.contract.terms.billing.automatic = false;
    one.contract(by_hand).await;
    for _ in 0..2 {
        tokio::join!(jobs::bill(&one.env, true), jobs::bill(&two.env, true));
    }
    let runs = billing::list(&one.env, &as_role(Role::Admin), &wire::billing::RunQuery::default())
        .await
        .expect("the runs")
        .rows;
    assert_eq!(runs.len(), 1, "{runs:?}");
    assert!(runs[0].nightly && runs[0].issue && runs[0].ended.is_some());
    let page = billing::page(&one.env, &as_role(Role::Admin), runs[0].id, 1).await.expect("the run");
    assert_eq!((page.row.totals.billed, page.items.len()), (1, 1), "automatic contracts only");
    assert_eq!(page.items[0].contract(), Some(automatic));
    // Before the night is over there is no other, and the next one has its own.
    jobs::bill(&one.when("2026-04-15T21:59:00Z"), true).await;
    jobs::bill(&one.when("2026-04-15T22:01:00Z"), true).await;
    let runs = billing::list(&one.env, &as_role(Role::Admin), &wire::billing::RunQuery::default())
        .await
        .expect("the runs")
        .rows;
    let days: Vec<_> = runs.iter().map(|run| run.as_of).collect();
    assert_eq!(days, [day("2026-04-16"), day("2026-04-15")]);
}

#[tokio::test]
async fn the_night_begins_where_the_settings_say() {
    let one = World::new(Engine::Sqlite).await;
    let two = World::open(one.url.clone(), 2).await;
    let mut changed = settings::page(&two.env, &as_role(Role::Admin)).await.expect("the settings").settings;
    // 10:00 in Greenwich is the next day on the Line Islands.
    "Pacific/Kiritimati".clone_into(&mut changed.time_zone);
    settings::save(&two.env, &as_role(Role::Admin), changed).await.expect("they are saved");
    jobs::bill(&one.env, true).await;
    let runs = billing::list(&one.env, &as_role(Role::Admin), &wire::billing::RunQuery::default())
        .await
        .expect("the runs")
        .rows;
    assert_eq!(runs.iter().map(|run| run.as_of).collect::<Vec<_>>(), [day("2026-04-16")]);
}

#[tokio::test]
async fn a_run_that_nobody_works_on_is_taken_up_also_without_nightly_billing() {
    let office = Office::new().await;
    let world = &office.world;
    let customer = world.customer("Alpha GmbH").await;
    world.contract(world.contract_draft(customer, "2026-04-01")).await;
    let run = draft(world, "2026-04-15");
    billing::start(&world.env, &as_role(Role::Admin), run.clone()).await.expect("the run begins");
    jobs::bill(&world.env, false).await;
    let token = office.token(Role::Accounting).await;
    let runs = office.rest(Method::GET, "/billing-runs", &token, &Value::Null).await.json();
    let runs = runs["billing_runs"].as_array().expect("runs");
    assert_eq!(runs.len(), 1, "no run of its own");
    assert_eq!((&runs[0]["totals"]["billed"], runs[0]["ended_at"].is_null()), (&1.into(), false));
}
