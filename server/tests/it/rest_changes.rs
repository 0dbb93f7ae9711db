//! Changing contracts over REST: the timeline, a type that is applied, and ends.

use axum::http::Method;
use domain::{ContractTypeId, Role};
use serde_json::{Value, json};
use usecases::{
    contract_types,
    testing::{HOUR, World, as_role},
};
use wire::{billing::Selection, contracts::ContractTypeDraft};

use crate::{
    rest::{NEW, Tried},
    support::Office,
};

/// A contract of a type of its own, billed for April and May; the type grants 6 h since. Gives the ids of both.
async fn billed(world: &World) -> (String, String) {
    let customer = world.customer("Delta GmbH").await;
    let mut new = world.contract_draft(customer, "2026-04-01");
    let (id, name, terms) = (ContractTypeId::new(world.id()), world.id().to_string(), new.contract.terms.clone());
    let draft = ContractTypeDraft { id, version: 0, name, terms };
    contract_types::save(world, &as_role(Role::Admin), draft.clone()).await.expect("the type is saved");
    new.contract_type = Some(id);
    let contract = world.contract(new).await.contract.id;
    world.bills_only(&world.env, "2026-05-01", Selection::Contract(contract)).await;
    let mut raised = ContractTypeDraft { version: 1, ..draft };
    raised.terms.quota.iter_mut().for_each(|quota| quota.amount = domain::quota::Amount::new(6 * HOUR));
    contract_types::save(world, &as_role(Role::Admin), raised).await.expect("the type is saved");
    (contract.to_string(), id.to_string())
}

/// From the preview of a type to the end that is taken back.
pub async fn every_operation(office: &Office, tried: &mut Tried<'_>) {
    let (contract, kind) = billed(&office.world).await;
    let path = format!("/contract-types/{kind}/apply");
    let asked = format!("{path}?sections=quota,items&q=delta");
    let plan = tried.call("GET", "/contract-types/{id}/apply", &asked, Value::Null).await;
    let one = &plan["contracts"][0];
    assert_eq!((&plan["version"], &one["contract"]), (&json!(2), &json!(contract)));
    assert_eq!((&one["changes"], &one["holds_from"]), (&json!(["terms.quota.amount"]), &json!("2026-06-01")));
    assert_eq!((&one["end_before"], &one["end_after"]), (&Value::Null, &Value::Null));
    let amount = |terms: &Value| terms["quota"]["amount"].clone();
    assert_eq!((amount(&one["before"]), amount(&one["after"])), (json!("PT4H"), json!("PT6H")));
    let chosen = json!([{"contract": contract, "version": one["version"]}]);
    let body = json!({"version": plan["version"], "sections": ["quota"], "contracts": chosen});
    let done = tried.call("POST", "/contract-types/{id}/apply", &path, body).await;
    assert_eq!(
        (&done["contracts"][0]["outcome"], &done["contracts"][0]["changes"][0]["after"]),
        (&json!("applied"), &json!("21600 time"))
    );

    let path = format!("/contracts/{contract}/timeline");
    let told = tried.call("GET", "/contracts/{id}/timeline", &path, Value::Null).await;
    assert_eq!(told["steps"].as_array().map(Vec::len), Some(1));
    let again = &told["steps"][0]["periods"][1]["again"];
    assert_eq!((&again["granted"], &again["net"]["amount"]), (&json!("PT6H"), &json!("399.99")));
    let ahead = &told["ahead"];
    assert_eq!(
        (&ahead["period"], &ahead["due"], &ahead["changes"]),
        (&json!(2), &json!("2026-06-01"), &json!(["terms.quota.amount"]))
    );
    assert_eq!((&told["at_once"], &one["at_once"]), (&json!([]), &json!([])));

    let path = format!("/contracts/{contract}/end");
    let asked = format!("{path}?agreed_until=2026-05-16");
    let plan = tried.call("GET", "/contracts/{id}/end", &asked, Value::Null).await;
    assert_eq!((&plan["until"], &plan["earlier"], &plan["version"]), (&json!("2026-05-16"), &Value::Null, &json!(2)));
    assert_eq!((&plan["lots"][0]["amount"], &plan["lots"][0]["loss"]), (&json!("PT4H"), &json!("cut")));
    assert_eq!(plan["beyond"][0]["after"], json!({"from": "2026-05-16", "until": "2026-06-01"}));
    assert_eq!(plan["short"], json!([]));
    let body = json!({"version": plan["version"], "agreed_until": "2026-05-16"});
    let ended = tried.call("POST", "/contracts/{id}/end", &path, body).await;
    assert_eq!((&ended["until"], &ended["next_period"]), (&json!("2026-05-16"), &Value::Null));
    let body = json!({"version": ended["version"], "taken_back": true});
    let back = tried.call("POST", "/contracts/{id}/end", &path, body).await;
    assert_eq!(back["until"], Value::Null);
}

/// Red when: something is refused without a reason, or at another field than the one that was sent.
#[tokio::test]
async fn what_is_wrong_with_a_change_is_told_at_its_field() {
    let office = Office::new().await;
    let (contract, kind) = billed(&office.world).await;
    let token = office.token(Role::Admin).await;
    let before = office.books().await;
    let end = format!("/contracts/{contract}/end");
    let apply = format!("/contract-types/{kind}/apply");
    let chosen = json!([{"contract": contract, "version": 1}]);
    let wrong = [
        (&end, json!({"agreed_until": "2026-06-01"}), 422, "version"),
        (&end, json!({"version": 1}), 422, "cancelled_on"),
        (&end, json!({"version": 1, "agreed_until": "2026-06-01", "taken_back": true}), 422, "cancelled_on"),
        (&end, json!({"version": 1, "agreed_until": "2026-04-01"}), 422, "agreed_until"),
        (&end, json!({"version": 1, "agreed_until": "1800-04-01"}), 422, "agreed_until"),
        (&end, json!({"version": 9, "agreed_until": "2026-06-01"}), 409, ""),
        (&apply, json!({"contracts": chosen}), 422, "version"),
        (&apply, json!({"version": 2, "contracts": []}), 422, "contracts"),
        (&apply, json!({"version": 2, "contracts": [{"contract": "x", "version": 1}]}), 422, "contracts.0.contract"),
        (&apply, json!({"version": 2, "sections": ["all"], "contracts": chosen}), 422, "sections"),
        (&apply, json!({"version": 2, "sections": [], "contracts": chosen}), 422, "sections"),
        (&apply, json!({"version": 1, "contracts": chosen}), 409, ""),
    ];
    for (path, body, status, field) in wrong {
        let answer = office.rest(Method::POST, path, &token, &body).await;
        assert_eq!(answer.status.as_u16(), status, "{path} {body}: {}", answer.body);
        if status == 422 {
            assert_eq!(answer.json()["errors"][0]["field"], field, "{path} {body}: {}", answer.body);
        }
    }
    for path in [format!("{end}?taken_back=perhaps"), format!("{end}?agreed_until=soon")] {
        office.rest(Method::GET, &path, &token, &Value::Null).await.problem(400, "unreadable");
    }
    for path in [
        format!("/contracts/{NEW}/end?taken_back=true"),
        format!("/contracts/{NEW}/timeline"),
        format!("/contract-types/{NEW}/apply"),
    ] {
        office.rest(Method::GET, &path, &token, &Value::Null).await.problem(404, "not_found");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: accounting changes what sales agree, or does not see it.
#[tokio::test]
async fn accounting_sees_what_was_agreed_and_changes_none_of_it() {
    let office = Office::new().await;
    let (contract, kind) = billed(&office.world).await;
    let token = office.token(Role::Accounting).await;
    let before = office.books().await;
    let (of_contract, of_type) = (format!("/contracts/{contract}"), format!("/contract-types/{kind}"));
    for path in [&of_type, &format!("{of_contract}/timeline"), &of_contract] {
        let answer = office.rest(Method::GET, path, &token, &Value::Null).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
    }
    let shown = office.rest(Method::GET, &of_contract, &token, &Value::Null).await.json();
    let (customer, terms) = (&shown["customer"]["id"], &shown["terms"]);
    let changed = json!({"version": 1, "customer": customer, "start": "2026-05-01", "terms": terms});
    let chosen = json!([{"contract": contract, "version": 1}]);
    for (method, path, body) in [
        (Method::PUT, of_contract.clone(), changed),
        (Method::GET, format!("{of_contract}/end?taken_back=true"), Value::Null),
        (Method::POST, format!("{of_contract}/end"), json!({"version": 1, "agreed_until": "2026-06-01"})),
        (Method::PUT, of_type.clone(), json!({"version": 2, "name": "Other", "terms": terms})),
        (Method::GET, format!("{of_type}/apply"), Value::Null),
        (Method::POST, format!("{of_type}/apply"), json!({"version": 2, "contracts": chosen})),
    ] {
        office.rest(method, &path, &token, &body).await.problem(403, "forbidden");
    }
    assert_eq!(office.books().await, before);
}
