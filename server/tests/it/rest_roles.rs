//! REST and who may what: nothing answers without a token, and each role gets what it may.

use axum::http::Method;
use domain::{Permission, Role, RunId};
use serde_json::{Value, json};
use usecases::{
    billing,
    testing::{HOUR, OVERDRAWN, PREPAID, as_role, day},
};
use wire::billing::{RunDraft, Selection};

use crate::{
    rest::{NEW, document, operations},
    rest_contracts::terms,
    support::Office,
};

/// An address of each operation, with ids that name nothing.
fn addresses(document: &Value) -> Vec<(Method, String)> {
    let filled = |path: String| {
        ["{id}", "{draw}", "{lot}", "{sub_group}", "{line}"]
            .into_iter()
            .fold(path, |path, name| path.replace(name, NEW))
    };
    let all = operations(document).into_iter();
    let mut all: Vec<_> = all.map(|(method, path)| (method.parse().expect("a method"), filled(path))).collect();
    // They answer the phone only and are no part of the document.
    for path in ["me", "customers", "recent", "bookable", "facts", "left", "left/projects", "bookings", "saved"] {
        all.push((Method::GET, format!("/phone/{path}")));
    }
    for path in ["bookings", "bookings/delete", "timer"] {
        all.push((Method::POST, format!("/phone/{path}")));
    }
    all
}

#[tokio::test]
async fn without_a_token_or_with_a_wrong_one_nothing_answers() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let before = office.books().await;
    for (method, path) in addresses(&document(&office).await) {
        for wrong in ["", "x", &token[1..], &token.to_lowercase(), "' OR 1=1 --"] {
            office.rest(method.clone(), &path, wrong, &json!({})).await.problem(401, "signed_out");
        }
        for authorization in ["Basic YWRtaW46YWRtaW4=", &token, &format!("bearer{token}")] {
            let headers = [("authorization", authorization)];
            let request = crate::support::request(method.clone(), &format!("/api/v1{path}"), None)
                .header(headers[0].0, headers[0].1);
            office.send(request.body("{}".into()).expect("a request")).await.problem(401, "signed_out");
        }
        let nobody =
            crate::support::request(method, &format!("/api/v1{path}"), None).body("{}".into()).expect("a request");
        office.send(nobody).await.problem(401, "signed_out");
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn every_role_may_what_it_may() {
    let office = Office::new().await;
    let (customer, account) = office.world.customer_with_account(OVERDRAWN).await;
    office.world.lot(account, 40 * HOUR, "2026-04-01", None).await;
    let version = json!({"version": 1, "number": "10001", "name": "Alpha GmbH", "country": "DE"});
    let grant = json!({"amount": "PT1H", "valid_from": "2026-04-01", "reason": "Kulanz"});
    let draw = json!({"amount": "PT1M", "date": "2026-04-10", "text": "Anruf"});
    let owing = office.world.account(customer, OVERDRAWN).await;
    let owed = office.world.drawn(owing, 9 * HOUR, "2026-06-01").await.request.draw;
    let later = office.world.lot(owing, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let reason = json!({"reason": "Storno"});
    let cover = json!({"lot": later, "amount": "PT10M"});
    let bill = json!({"date": "2026-04-15", "deficits": [{"draw": owed, "amount": "PT10M"}], "reason": "Rechnung 7"});
    let end = json!({"until": "2027-01-01", "reason": "Vertragsende"});
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
        let token = office.token(role).await;
        let status =
            async |method, path: String, body: &Value| office.rest(method, &path, &token, body).await.status.as_u16();
        let draw_id = office.world.drawn(account, 60, "2026-04-11").await.request.draw;
        let doomed = office.world.lot(owing, 60, "2026-04-01", Some("2026-05-01")).await;
        let before = office.books().await;
        let found = [
            status(Method::GET, "/customers".to_owned(), &Value::Null).await,
            status(Method::GET, format!("/customers/{customer}"), &Value::Null).await,
            status(Method::GET, format!("/accounts/{account}"), &Value::Null).await,
            status(Method::GET, format!("/accounts/{account}/entries"), &Value::Null).await,
            status(Method::GET, "/phone/customers?q=a".to_owned(), &Value::Null).await,
            status(Method::POST, "/customers".to_owned(), &json!({"name": "Neu", "country": "DE"})).await,
            status(Method::PUT, format!("/customers/{customer}"), &version).await,
            status(Method::POST, "/accounts".to_owned(), &json!({"customer": customer, "name": "Neu", "unit": "EUR"}))
                .await,
            status(Method::POST, format!("/accounts/{account}/grants"), &grant).await,
            status(Method::POST, format!("/accounts/{account}/draws"), &draw).await,
            status(Method::POST, format!("/accounts/{account}/draws/{draw_id}/release"), &json!({})).await,
        ];
        let lists = [
            status(Method::GET, "/accounts".to_owned(), &Value::Null).await,
            status(Method::GET, format!("/accounts?customer={customer}"), &Value::Null).await,
            status(Method::GET, format!("/customers/{customer}/history"), &Value::Null).await,
        ];
        let expected = if role == Role::Payments { [403, 404, 404] } else { [200; 3] };
        assert_eq!(lists, expected, "{role:?}");
        let corrections = [
            status(Method::POST, format!("/accounts/{owing}/grants/{doomed}/revoke"), &reason).await,
            status(Method::POST, format!("/accounts/{owing}/draws/{owed}/covers"), &cover).await,
            status(Method::POST, format!("/accounts/{owing}/balancing-grants"), &bill).await,
            status(Method::PUT, format!("/accounts/{owing}/end"), &end).await,
        ];
        let expected = match role {
            Role::Admin | Role::Accounting => [200, 200, 200, 200, 200, 201, 200, 201, 201, 201, 200],
            Role::Sales => [200, 200, 200, 200, 200, 201, 200, 201, 403, 403, 403],
            Role::ProjectManager => [200, 200, 200, 200, 200, 403, 403, 403, 403, 201, 200],
            Role::Staff => [200, 200, 200, 200, 200, 403, 403, 403, 403, 403, 403],
            _ => [403, 404, 404, 404, 403, 403, 403, 403, 404, 404, 404],
        };
        assert_eq!(found, expected, "{role:?}");
        let expected = match role {
            Role::Admin | Role::Accounting => [200, 201, 201, 200],
            Role::Sales => [403, 403, 403, 200],
            Role::ProjectManager | Role::Staff => [403; 4],
            _ => [404; 4],
        };
        assert_eq!(corrections, expected, "{role:?}");
        if matches!(role, Role::Payments | Role::Staff) {
            assert_eq!(office.books().await, before, "{role:?} changed something");
        }
    }
}

#[tokio::test]
async fn every_role_may_bill_what_it_may() {
    let office = Office::new().await;
    let customer = office.world.customer("Alpha GmbH").await;
    let terms = terms();
    let plan = json!({"as_of": "2026-04-15"});
    let simulation = json!({"start": "2026-04-01", "terms": terms});
    for role in Role::ALL.into_iter().filter(|role| *role != Role::Customer) {
        let token = office.token(role).await;
        let status =
            async |method, path: &str, body: &Value| office.rest(method, path, &token, body).await.status.as_u16();
        let contract = office.world.contract(office.world.contract_draft(customer, "2026-04-01")).await;
        let draft = RunDraft {
            id: RunId::new(office.world.env.id()),
            as_of: day("2026-04-01"),
            issue: false,
            selection: Selection::Contract(contract.contract.id),
        };
        let id = billing::start(&office.world.env, &as_role(Role::Admin), draft).await.expect("the run begins").id;
        billing::work(&office.world.env, id).await.expect("the run ends");
        let run = billing::page(&office.world.env, &as_role(Role::Admin), id, 1).await.expect("the run");
        let draft = run.items[0].document.clone().expect("an invoice").0;
        let (id, run) = (contract.contract.id, run.row.id);
        let name = format!("by {}", role.name());
        let seen = [
            status(Method::GET, "/articles", &Value::Null).await,
            status(Method::GET, "/contract-types", &Value::Null).await,
            status(Method::GET, "/contracts", &Value::Null).await,
            status(Method::GET, &format!("/contracts/{id}"), &Value::Null).await,
            status(Method::GET, "/billing-runs", &Value::Null).await,
            status(Method::GET, &format!("/billing-runs/{run}"), &Value::Null).await,
            status(Method::GET, "/documents", &Value::Null).await,
            status(Method::GET, &format!("/documents/{draft}"), &Value::Null).await,
            status(Method::GET, "/to-dos", &Value::Null).await,
            status(Method::POST, "/simulate/billing", &simulation).await,
        ];
        let before = office.books().await;
        let made = json!({"customer": customer, "start": "2026-05-01", "terms": terms});
        let article = json!({"number": name, "name": name, "unit": "piece", "price": "1", "vat": "19"});
        let edited = [
            status(Method::POST, "/articles", &article).await,
            status(Method::POST, "/product-groups", &json!({"name": name, "quota": "on"})).await,
            status(Method::POST, "/contract-types", &json!({"name": name, "terms": terms})).await,
            status(Method::POST, "/contracts", &made).await,
        ];
        let billed = [
            status(Method::POST, "/billing-runs/plan", &plan).await,
            status(Method::POST, "/billing-runs", &json!({"as_of": "2026-03-01", "issue": true})).await,
            status(Method::POST, &format!("/documents/{draft}/issue"), &json!({})).await,
        ];
        let expected = match role {
            Role::Admin => ([200; 10], [201; 4], [200, 201, 200]),
            Role::Sales => ([200; 10], [201; 4], [403; 3]),
            Role::Accounting => ([200; 10], [403; 4], [200, 201, 200]),
            Role::ProjectManager => ([200; 10], [403; 4], [403; 3]),
            _ => ([403; 10], [403; 4], [403; 3]),
        };
        assert_eq!((seen, edited, billed), expected, "{role:?}");
        while billing::list(&office.world.env, &as_role(Role::Admin), &wire::billing::RunQuery::default())
            .await
            .expect("the runs")
            .rows[0]
            .ended
            .is_none()
        {
            tokio::task::yield_now().await;
        }
        if ![Permission::EditContracts, Permission::Bill].into_iter().any(|what| role.may(what)) {
            assert_eq!(office.books().await, before, "{role:?} changed something");
        }
    }
    let own = office.session(Role::Customer, Some(customer)).await;
    for path in ["articles", "contracts", "documents", "billing-runs", "to-dos"] {
        office.get(&format!("/api/v1/{path}"), Some(&own)).await.problem(403, "forbidden");
    }
}

#[tokio::test]
async fn what_belongs_to_nobody_here_is_not_found() {
    let office = Office::new().await;
    let token = office.token(Role::Admin).await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, HOUR, "2026-04-01", None).await;
    let (_, other) = office.world.customer_with_account(PREPAID).await;
    let draw = office.world.drawn(account, 60, "2026-04-10").await.request.draw;
    let before = office.books().await;
    let grant = json!({"amount": "PT1H", "valid_from": "2026-04-01", "reason": "Kulanz"});
    let drawing = json!({"amount": "PT1M", "date": "2026-04-10", "text": "Anruf"});
    let article = json!({"version": 1, "number": "1", "name": "x", "unit": "piece", "price": "1", "vat": "19"});
    let group = json!({"version": 1, "name": "x", "quota": "on"});
    let cancel = json!({"version": 1, "reason": "x"});
    for id in [NEW, "x", "%20", "00000000-0000-0000-0000-000000000000", "../customers"] {
        for (method, path, body) in [
            (Method::GET, format!("/customers/{id}"), &Value::Null),
            (Method::GET, format!("/customers/{id}/history"), &Value::Null),
            (Method::GET, format!("/accounts/{id}"), &Value::Null),
            (Method::GET, format!("/accounts/{id}/entries"), &Value::Null),
            (Method::POST, format!("/accounts/{id}/grants"), &grant),
            (Method::POST, format!("/accounts/{id}/draws"), &drawing),
            (Method::POST, format!("/accounts/{account}/draws/{id}/release"), &json!({})),
            (Method::POST, format!("/accounts/{id}/draws/{draw}/release"), &json!({})),
            (Method::GET, format!("/contract-types/{id}"), &Value::Null),
            (Method::GET, format!("/project-templates/{id}"), &Value::Null),
            (Method::PUT, format!("/project-templates/{id}"), &json!({"version": 1, "name": "x"})),
            (Method::DELETE, format!("/project-templates/{id}"), &Value::Null),
            (Method::GET, format!("/contracts/{id}"), &Value::Null),
            (Method::GET, format!("/billing-runs/{id}"), &Value::Null),
            (Method::GET, format!("/documents/{id}"), &Value::Null),
            (Method::POST, format!("/documents/{id}/issue"), &json!({})),
            (Method::POST, format!("/documents/{id}/invoice"), &json!({})),
            (Method::GET, format!("/documents/{id}/cancel"), &Value::Null),
            (Method::POST, format!("/documents/{id}/cancel"), &cancel),
            (Method::GET, format!("/billing-runs/{id}/cancel"), &Value::Null),
            (Method::POST, format!("/billing-runs/{id}/cancel"), &cancel),
            (Method::DELETE, format!("/documents/{id}"), &Value::Null),
            (Method::GET, format!("/documents/{id}/lines/{NEW}/why"), &Value::Null),
            (Method::PUT, format!("/articles/{id}"), &article),
            (Method::PUT, format!("/product-groups/{id}"), &group),
            (Method::POST, format!("/product-groups/{id}/sub-groups"), &group),
            (Method::PUT, format!("/product-groups/{NEW}/sub-groups/{id}"), &group),
            (Method::PUT, format!("/contract-types/{id}"), &json!({"version": 1, "name": "x", "terms": terms()})),
        ] {
            office.rest(method, &path, &token, body).await.problem(404, "not_found");
        }
    }
    // A draw of one account under another account's address.
    office
        .rest(Method::POST, &format!("/accounts/{other}/draws/{draw}/release"), &token, &json!({}))
        .await
        .problem(404, "not_found");
    let open = json!({"customer": NEW, "name": "Neu", "unit": "time"});
    office.rest(Method::POST, "/accounts", &token, &open).await.problem(404, "not_found");
    let change = json!({"version": 1, "number": "1", "name": "Neu", "country": "DE"});
    office.rest(Method::PUT, &format!("/customers/{NEW}"), &token, &change).await.problem(404, "not_found");
    assert_eq!(office.books().await, before);
}
