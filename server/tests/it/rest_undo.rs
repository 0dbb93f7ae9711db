//! Undoing documents and runs over REST.

use axum::http::Method;
use domain::{Role, RunId};
use serde_json::{Value, json};
use usecases::{
    billing,
    testing::{World, as_role, day},
};
use wire::billing::{RunDraft, Selection};

use crate::{
    rest::{NEW, Tried},
    rest_documents::{Desk, id},
    support::Office,
};

/// A contract of seed 001 that was billed in two runs: its id, and run and invoice of each.
async fn billed(world: &World) -> (String, [(String, String); 2]) {
    let customer = world.customer("Gamma GmbH").await;
    let contract = world.contract(world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let mut runs = Vec::new();
    for as_of in ["2026-04-15", "2026-05-01"] {
        let run = world.bills_only(&world.env, as_of, Selection::Contract(contract)).await;
        let document = run.items[0].document.clone().expect("an invoice").0;
        runs.push((run.row.id.to_string(), document.to_string()));
    }
    (contract.to_string(), runs.try_into().expect("two runs"))
}

/// From the plan of a cancellation to the re-run.
pub async fn every_operation(office: &Office, tried: &mut Tried<'_>) {
    let (contract, [(first, document), (second, _)]) = billed(&office.world).await;
    let path = format!("/documents/{document}/cancel");
    let plan = tried.call("GET", "/documents/{id}/cancel", &path, Value::Null).await;
    assert_eq!((&plan["way"], &plan["obstacles"]), (&json!("cancel"), &json!([])));
    let service = json!({"from": "2026-04-01", "until": "2026-05-01"});
    assert_eq!(plan["freed"], json!([{"contract": contract, "period": 0, "service": service}]));
    assert_eq!(plan["accounts"][0]["revokes"][0]["granted"], "PT4H");
    let sum = &plan["sums"][0];
    assert_eq!((&sum["revoked"], &sum["deficit"], &sum["returned"]), (&json!("PT4H"), &json!("PT0S"), &json!("PT0S")));
    let body = json!({"reason": "Falsch", "version": plan["version"], "seen": plan["sums"]});
    let made = tried.call("POST", "/documents/{id}/cancel", &path, body).await;
    assert_eq!((&made["kind"], &made["gross"]["amount"]), (&json!("cancellation"), &json!("-475.99")));
    assert_eq!((&made["cancels"]["id"], &made["reason"]), (&json!(document), &json!("Falsch")));

    let run = |run: &str| format!("/billing-runs/{run}/cancel");
    let plan = tried.call("GET", "/billing-runs/{id}/cancel", &run(&first), Value::Null).await;
    assert_eq!(plan["documents"], json!([]), "it was cancelled before");
    let done = tried.call("POST", "/billing-runs/{id}/cancel", &run(&second), json!({"reason": "Falsch"})).await;
    let items = done["documents"].as_array().expect("documents");
    assert_eq!((items.len(), &items[0]["freed"], items[0]["cancellation"].is_null()), (1, &json!(1), false));

    for (wanted, count) in [
        (json!({"as_of": "2026-05-15", "freed_of_contract": contract}), 2),
        (json!({"as_of": "2026-05-15", "freed_of_contract": contract, "freed_period": 1}), 1),
        (json!({"as_of": "2026-05-15", "freed_of_run": first}), 1),
        (json!({"as_of": "2026-05-15", "contract": contract}), 0),
    ] {
        let plan = tried.call("POST", "/billing-runs/plan", "/billing-runs/plan", wanted.clone()).await;
        assert_eq!(plan["totals"]["billed"], count, "{wanted}");
    }
    let wanted = json!({"as_of": "2026-05-15", "issue": true, "freed_of_contract": contract, "freed_period": 1});
    let row = tried.call("POST", "/billing-runs", "/billing-runs", wanted).await;
    assert_eq!((&row["freed_of_contract"], &row["freed_period"]), (&json!(contract), &json!(1)));
    let shown = format!("/billing-runs/{}", id(&row));
    loop {
        let found = tried.call("GET", "/billing-runs/{id}", &shown, Value::Null).await;
        if !found["run"]["ended_at"].is_null() {
            assert_eq!(found["run"]["totals"]["billed"], 1);
            break;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn what_stands_in_the_way_is_told() {
    let desk = Desk::new().await;
    let note = desk.noted(&["1"]).await["document"].clone();
    let path = format!("/documents/{}", id(&note));
    let cancel = format!("{path}/cancel");
    let body = |version: &Value| json!({"id": NEW, "reason": "Falsch", "version": version});
    let plan = desk.get(&cancel).await;
    assert_eq!(
        (&plan["way"], &plan["accounts"][0]["releases"][0]["returned"][0]["amount"]),
        (&json!("delete"), &json!("PT1H"))
    );
    desk.post(&cancel, &body(&note["version"])).await.problem(409, "in_the_way");
    let issued = desk.post(&format!("{path}/issue"), &json!({})).await.json();
    let invoice = desk.post(&format!("{path}/invoice"), &json!({})).await.json();
    let plan = desk.get(&cancel).await;
    let resting = json!({"id": invoice["id"], "number": null});
    assert_eq!((&plan["obstacles"][0]["obstacle"], &plan["obstacles"][0]["document"]), (&json!("resting"), &resting));
    let before = desk.office.books().await;
    desk.post(&cancel, &body(&issued["version"])).await.problem(409, "in_the_way");
    assert_eq!(desk.office.books().await, before);
    let draft = format!("/documents/{}", id(&invoice));
    desk.office.rest(Method::DELETE, &draft, &desk.token, &Value::Null).await;

    let before = desk.office.books().await;
    desk.post(&cancel, &body(&json!(99))).await.problem(409, "changed");
    for wrong in [
        json!({"reason": "Falsch"}),
        json!({"reason": " ", "version": 2}),
        json!({"id": "x", "reason": "a", "version": 2}),
    ] {
        desk.post(&cancel, &wrong).await.problem(422, "invalid");
    }
    assert_eq!(desk.office.books().await, before);
    let made = desk.post(&cancel, &body(&issued["version"])).await;
    assert_eq!(made.status, 201, "{}", made.body);
    let once = desk.office.books().await;
    assert_eq!(desk.post(&cancel, &body(&issued["version"])).await.json(), made.json(), "made once");
    let mut other = body(&issued["version"]);
    other["reason"] = json!("Anders");
    desk.post(&cancel, &other).await.problem(409, "same_id");
    assert_eq!(desk.office.books().await, once);
    assert_eq!((&desk.get(&path).await["state"], &desk.left().await), (&json!("cancelled"), &json!("PT4H")));
    desk.without_faults().await;
}

/// Red when: a version that is not the present one is ignored, or none is refused.
#[tokio::test]
async fn a_draft_is_deleted_in_the_version_that_was_read() {
    let desk = Desk::new().await;
    let note = desk.noted(&["1"]).await["document"].clone();
    let path = format!("/documents/{}", id(&note));
    let mut theirs = desk.note("2026-04-10", &[desk.line("2")]);
    theirs["version"] = note["version"].clone();
    let changed = desk.put(&path, &theirs).await.json()["document"].clone();
    let delete = async |path: String| desk.office.rest(Method::DELETE, &path, &desk.token, &Value::Null).await;
    let before = desk.office.books().await;
    delete(format!("{path}?version={}", note["version"])).await.problem(409, "changed");
    delete(format!("{path}?version=x")).await.problem(400, "unreadable");
    assert_eq!((desk.office.books().await, desk.left().await), (before, json!("PT2H")));
    assert_eq!(delete(format!("{path}?version={}", changed["version"])).await.status, 204);
    assert_eq!(desk.left().await, json!("PT4H"));
    // Who read nothing deletes what is there.
    let note = desk.noted(&["1"]).await["document"].clone();
    assert_eq!(delete(format!("/documents/{}", id(&note))).await.status, 204);
    desk.without_faults().await;
}

/// Red when: what was seen is not compared, what cannot be read of it is passed over, or it may not be left out.
#[tokio::test]
async fn what_was_seen_is_what_is_cancelled() {
    let desk = Desk::new().await;
    let contract = desk.get(&format!("/contracts/{}", desk.contract)).await;
    let invoice = contract["claims"][0]["document"].as_str().expect("an invoice").to_owned();
    let cancel = format!("/documents/{invoice}/cancel");
    let plan = desk.get(&cancel).await;
    desk.noted(&["1"]).await;
    let before = desk.office.books().await;
    let seen = |sums: &Value| json!({"id": NEW, "reason": "Falsch", "version": plan["version"], "seen": sums});
    let told = desk.post(&cancel, &seen(&plan["sums"])).await.problem(422, "invalid");
    assert_eq!(told["errors"][0]["field"], "seen");
    let mut unreadable = plan["sums"].clone();
    unreadable[0]["revoked"] = json!("much");
    let told = desk.post(&cancel, &seen(&unreadable)).await.problem(422, "invalid");
    assert_eq!(told["errors"][0]["field"], "seen.0.revoked");
    assert_eq!(desk.office.books().await, before);
    let now = desk.get(&cancel).await;
    assert_eq!(now["sums"][0]["deficit"], "PT1H");
    let made = desk.post(&cancel, &seen(&now["sums"])).await;
    assert_eq!(made.status, 201, "{}", made.body);
    desk.without_faults().await;
}

/// Red when: the plan of a run does not say what each document does, or the answer not how far it is and what was different.
#[tokio::test]
async fn cancelling_a_run_tells_what_was_different_and_how_far_it_is() {
    let office = Office::new().await;
    let (_, [(run, document), _]) = billed(&office.world).await;
    let token = office.token(Role::Accounting).await;
    let path = format!("/billing-runs/{run}/cancel");
    let get = async |path: &str| office.rest(Method::GET, path, &token, &Value::Null).await.json();
    let plan = get(&path).await;
    let item = &plan["documents"][0];
    let told = (&plan["count"], &plan["sums"][0]["amount"], &plan["next"]);
    assert_eq!(told, (&json!(1), &json!("475.99"), &Value::Null));
    assert_eq!((&item["document"]["id"], &item["changed"]), (&json!(document), &json!([])));
    assert_eq!(item["effects"]["accounts"][0]["revokes"][0]["granted"], "PT4H");
    assert_eq!(get(&format!("{path}?cursor=2")).await["documents"], json!([]));
    office.rest(Method::GET, &format!("{path}?cursor=x"), &token, &Value::Null).await.problem(422, "invalid");

    // As if it had been seen before the invoice was issued.
    let body = json!({"reason": "Falsch", "seen_at": "2020-01-01T00:00:00Z"});
    let done = office.rest(Method::POST, &path, &token, &body).await.json();
    assert_eq!((&done["count"], &done["left"], &done["seen_at"]), (&json!(1), &json!(0), &Value::Null));
    assert_eq!(done["documents"][0]["changed"], json!(["issued"]));
    let shown = get(&format!("/billing-runs/{run}")).await["run"]["cancellation"].clone();
    assert_eq!((&shown["documents"], &shown["done"], &shown["refused"]), (&json!(1), &json!(1), &json!(0)));
    assert_eq!((&shown["reason"], shown["ended_at"].is_null()), (&json!("Falsch"), false));
    let again = office.rest(Method::POST, &path, &token, &json!({"reason": "Noch einmal"})).await.json();
    assert_eq!((&again["documents"], &again["left"]), (&json!([]), &json!(0)));

    let (env, as_of) = (&office.world.env, day("2026-05-15"));
    let wish = RunDraft { id: RunId::new(env.id()), as_of, issue: true, selection: Selection::All };
    billing::start(env, &as_role(Role::Admin), wish.clone()).await.expect("the run begins");
    let working = format!("/billing-runs/{}/cancel", wish.id);
    office.rest(Method::POST, &working, &token, &json!({"reason": "Falsch"})).await.problem(409, "run_working");
}

#[tokio::test]
async fn what_a_run_is_for_excludes_everything_else() {
    let desk = Desk::new().await;
    let (contract, run) = (&desk.contract, NEW);
    for wrong in [
        json!({"freed_period": 1}),
        json!({"contract": contract, "freed_of_contract": contract}),
        json!({"freed_of_contract": contract, "freed_of_run": run}),
        json!({"customer": desk.customer, "freed_of_run": run}),
        json!({"freed_of_contract": "x"}),
    ] {
        let mut wrong = wrong;
        wrong["as_of"] = json!("2026-04-15");
        desk.post("/billing-runs/plan", &wrong).await.problem(422, "invalid");
    }
    let nothing = json!({"as_of": "2026-04-15", "freed_of_run": run});
    desk.post("/billing-runs/plan", &nothing).await.problem(404, "not_found");
}

#[tokio::test]
async fn only_accounting_undoes() {
    let office = Office::new().await;
    let (contract, [(run, document), _]) = billed(&office.world).await;
    let body = json!({"reason": "Falsch", "version": 99});
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
        let token = office.token(role).await;
        let status =
            async |method, path: String, body: &Value| office.rest(method, &path, &token, body).await.status.as_u16();
        let before = office.books().await;
        let again = json!({"as_of": "2026-05-15", "freed_of_contract": contract});
        let found = [
            status(Method::GET, format!("/documents/{document}/cancel"), &Value::Null).await,
            status(Method::POST, format!("/documents/{document}/cancel"), &body).await,
            status(Method::GET, format!("/billing-runs/{run}/cancel"), &Value::Null).await,
            status(Method::POST, "/billing-runs/plan".to_owned(), &again).await,
        ];
        let may = matches!(role, Role::Admin | Role::Accounting);
        assert_eq!(found, if may { [200, 409, 200, 200] } else { [403; 4] }, "{role:?}");
        if !may {
            let run = status(Method::POST, format!("/billing-runs/{run}/cancel"), &json!({"reason": "x"})).await;
            assert_eq!(run, 403, "{role:?}");
        }
        assert_eq!(office.books().await, before, "{role:?} changed something");
    }
}
