//! Drawing over REST before anything is drawn: what it would come to, and which lapse a late draw makes smaller.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};
use usecases::testing::OVERDRAWN;

use crate::{
    rest::{NEW, Tried},
    support::Office,
};

/// A plan for today, one for the month before, and what is left of both. Red when: the plan of a draw says something
/// else than the draw does, a late one does not tell what it corrects, or a plan draws.
pub async fn every_operation(tried: &mut Tried<'_>) {
    let customer = json!({"name": "Late GmbH", "country": "DE"});
    let customer = tried.call("POST", "/customers", "/customers", customer).await["id"].clone();
    let account = json!({"customer": customer, "name": "Wartung", "unit": "time"});
    let account = tried.call("POST", "/accounts", "/accounts", account).await["id"].as_str().expect("an id").to_owned();
    let mut lots = Vec::new();
    for (amount, from, until) in [("PT2H", "2026-03-01", "2026-04-01"), ("PT4H", "2026-04-01", "2026-05-01")] {
        let grant = json!({"amount": amount, "valid_from": from, "valid_until": until, "reason": "Vertrag"});
        let path = format!("/accounts/{account}/grants");
        lots.push(tried.call("POST", "/accounts/{id}/grants", &path, grant).await["lot"].clone());
    }
    let (template, path) = ("/accounts/{id}/draws/plan", format!("/accounts/{account}/draws/plan"));
    let asked = json!({"amount": "PT30M", "date": "2026-03-10"});
    let late = tried.call("POST", template, &path, asked.clone()).await;
    let part = json!([{"lot": lots[0], "amount": "PT30M"}]);
    let lapse = json!({"lot": lots[0], "on": "2026-04-01", "over_cap": false, "before": "PT2H", "after": "PT1H30M"});
    let expected = json!({
        "wanted": "PT30M", "drawn": "PT30M", "deficit": "PT0S", "not_drawn": "PT0S",
        "available_before": "PT2H", "available_after": "PT1H30M", "parts": part,
        "late": {"taken": part, "lapses": [lapse], "available_today": "PT0S"},
    });
    assert_eq!(late, expected);
    assert_eq!(tried.call("POST", template, &path, asked).await, expected, "nothing was drawn");
    let today = tried.call("POST", template, &path, json!({"amount": "PT5H", "date": "2026-04-10"})).await;
    let found = (&today["drawn"], &today["not_drawn"], &today["late"]);
    assert_eq!(found, (&json!("PT4H"), &json!("PT1H"), &Value::Null));
}

/// Red when: a plan is shown to a role that may not draw, or names another field than the draw would.
#[tokio::test]
async fn a_plan_of_a_draw_is_refused_like_the_draw() {
    let office = Office::new().await;
    let (_, account) = office.world.customer_with_account(OVERDRAWN).await;
    let (staff, manager) = (office.token(Role::Staff).await, office.token(Role::ProjectManager).await);
    let before = office.books().await;
    let asked = json!({"amount": "PT1H", "date": "2026-04-10"});
    let path = format!("/accounts/{account}/draws/plan");
    assert_eq!(office.rest(Method::POST, &path, &staff, &asked).await.status.as_u16(), 403);
    assert_eq!(office.rest(Method::POST, &path, &manager, &asked).await.status.as_u16(), 200);
    office.rest(Method::POST, &format!("/accounts/{NEW}/draws/plan"), &manager, &asked).await.problem(404, "not_found");
    let wrong = json!({"amount": "an hour", "date": "2026-04-10"});
    let refused = office.rest(Method::POST, &path, &manager, &wrong).await.problem(422, "invalid");
    assert_eq!(refused["errors"][0]["field"], "amount");
    assert_eq!(office.books().await, before);
}
