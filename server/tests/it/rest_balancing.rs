//! Deficits and balancing invoices over REST.

use axum::http::Method;
use domain::{Role, quota::Overbooking};
use serde_json::{Value, json};
use usecases::testing::{HOUR, World};

use crate::{
    rest::{NEW, Tried},
    support::Office,
};

/// A contract at 90.00 an hour beyond its quota that owes 2 h and 0:20: its id, and its draws.
async fn overdrawn(world: &World) -> (String, [String; 2]) {
    let customer = world.customer("Delta GmbH").await;
    let mut draft = world.contract_draft(customer, "2026-04-01");
    let quota = draft.contract.terms.quota.as_mut().expect("a quota");
    quota.overbooking = Overbooking::Yes { limit: None };
    quota.overage_rate = Some("90".parse().expect("a price"));
    let page = world.contract(draft).await;
    let (account, _) = page.account_id.expect("an account");
    let one = world.drawn(account, 2 * HOUR, "2026-04-10").await.request.draw;
    let other = world.drawn(account, 1_200, "2026-04-11").await.request.draw;
    (page.contract.id.to_string(), [one.to_string(), other.to_string()])
}

/// From the open deficits over the plan to the invoice.
pub async fn every_operation(office: &Office, tried: &mut Tried<'_>) {
    let (contract, [one, other]) = overdrawn(&office.world).await;
    let of = |path: &str| format!("/contracts/{contract}{path}");
    let open = tried.call("GET", "/contracts/{id}/deficits", &of("/deficits"), Value::Null).await;
    assert_eq!((&open["open"], &open["deficits"][0]["draw"]), (&json!("PT2H20M"), &json!(one)));
    let next = json!({"period": 0, "due": "2026-04-01", "amount": "PT2H", "again": false});
    assert_eq!(open["deficits"][0]["next_cover"], next, "its period is not billed yet");
    assert_eq!(open["freed"], json!([]), "nothing was cancelled");

    let template = "/contracts/{id}/balancing-invoices/plan";
    let all = tried.call("POST", template, &of("/balancing-invoices/plan"), json!({})).await;
    assert_eq!((&all["net"]["amount"], &all["gross"]["amount"]), (&json!("210.00"), &json!("249.90")));
    assert_eq!((&all["overage_rate"], &all["left"], &all["freed"]), (&json!("90"), &json!("PT0S"), &json!([])));
    let part = json!({"deficits": [{"draw": one, "amount": "PT30M"}, {"draw": other}]});
    let plan = tried.call("POST", template, &of("/balancing-invoices/plan"), part.clone()).await;
    assert_eq!((&plan["lines"][0]["net"]["amount"], &plan["amount"]), (&json!("75.00"), &json!("PT50M")));

    let mut wanted = json!({"id": NEW, "issue": false, "seen": {"net": plan["net"], "gross": plan["gross"]}});
    wanted["deficits"] = part["deficits"].clone();
    let template = "/contracts/{id}/balancing-invoices";
    let made = tried.call("POST", template, &of("/balancing-invoices"), wanted.clone()).await;
    assert_eq!((&made["kind"], &made["state"], &made["id"]), (&json!("balancing"), &json!("draft"), &json!(NEW)));
    let again = tried.call("POST", template, &of("/balancing-invoices"), wanted).await;
    assert_eq!(again, made, "the same again is the same");
    let open = tried.call("GET", "/contracts/{id}/deficits", &of("/deficits"), Value::Null).await;
    assert_eq!((&open["open"], open["deficits"].as_array().map(Vec::len)), (&json!("PT1H30M"), Some(1)));
}

/// Red when: a wrong field is not named where it stands, or anything is stored.
#[tokio::test]
async fn what_is_wrong_is_named_with_figures() {
    let office = Office::new().await;
    let (contract, [one, _]) = overdrawn(&office.world).await;
    let token = office.token(Role::Accounting).await;
    let path = format!("/contracts/{contract}/balancing-invoices");
    let before = office.books().await;
    let euros = |amount: &str| json!({"amount": amount, "currency": "EUR"});
    let table = [
        (json!({"issue": true, "deficits": [{"draw": one, "amount": "PT3H"}]}), "deficits.0.amount"),
        (json!({"issue": true, "deficits": [{"draw": one}, {"draw": "x"}]}), "deficits.1.draw"),
        (json!({"issue": true, "deficits": [{"draw": NEW}]}), "deficits.0.draw"),
        (json!({"issue": true, "deficits": [{"draw": one, "amount": euros("3.00")}]}), "deficits.0.amount"),
        (json!({"issue": true, "deficits": []}), "deficits"),
        (json!({"issue": true, "id": "x"}), "id"),
        (json!({"issue": true, "seen": {"net": euros("1.00"), "gross": euros("1.19")}}), "seen"),
        (json!({"issue": true, "seen": {"net": euros("1.001"), "gross": euros("1.19")}}), "seen.net"),
    ];
    for (body, field) in table {
        let answer = office.rest(Method::POST, &path, &token, &body).await;
        let found = answer.json();
        assert_eq!((answer.status.as_u16(), &found["errors"][0]["field"]), (422, &json!(field)), "{body}: {found}");
    }
    for role in [Role::Sales, Role::ProjectManager, Role::Staff, Role::Payments] {
        let token = office.token(role).await;
        let body = json!({"issue": true});
        assert_eq!(office.rest(Method::POST, &path, &token, &body).await.status.as_u16(), 403, "{role:?}");
        let plan = format!("{path}/plan");
        assert_eq!(office.rest(Method::POST, &plan, &token, &json!({})).await.status.as_u16(), 403, "{role:?}");
        let open = format!("/contracts/{contract}/deficits");
        assert_eq!(office.rest(Method::GET, &open, &token, &Value::Null).await.status.as_u16(), 403, "{role:?}");
    }
    assert_eq!(office.books().await, before);
}
