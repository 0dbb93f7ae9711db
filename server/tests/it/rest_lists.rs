//! REST of lists: deficits, lapses, files, and the same done with many documents.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};
use usecases::testing::{HOUR, OVERDRAWN, PREPAID};

use crate::{
    rest::{Tried, document},
    support::Office,
};

/// Every operation of lists, against the document.
pub async fn every_operation(tried: &mut Tried<'_>) {
    for (template, list) in [("/deficits", "deficits"), ("/lapses", "lapses"), ("/open-items", "items")] {
        let found = tried.call("GET", template, &format!("{template}?q=nobody"), Value::Null).await;
        assert_eq!(
            (&found[list], &found["sums"], &found["next"]),
            (&json!([]), &json!([]), &Value::Null),
            "{template}"
        );
    }
    for (template, list) in [("/deficits", "deficits"), ("/lapses", "lapses")] {
        for filter in ["contract_number=nothing", "unit=money&q=nobody", "sort=amount&desc=true&q=nobody"] {
            let found = tried.call("GET", template, &format!("{template}?{filter}"), Value::Null).await;
            assert_eq!((&found[list], &found["sums"]), (&json!([]), &json!([])), "{template} {filter}");
        }
    }
    let lists = [
        "customers",
        "contracts",
        "documents",
        "billing-runs",
        "to-dos",
        "deficits",
        "lapses",
        "open-items",
        "bookings",
        "projects",
    ];
    for list in lists {
        let template = format!("/{list}/export");
        for format in ["csv", "xlsx"] {
            tried.file(&template, &format!("{template}?format={format}")).await;
        }
    }
    let nothing = "0198f2f0-0000-7000-8000-0000000000ff";
    for (way, template) in
        [("issue", "/documents/bulk"), ("issue", "/documents/bulk/plan"), ("delete", "/documents/bulk/plan")]
    {
        let body = json!({"way": way, "documents": [nothing]});
        let done = tried.call("POST", template, template, body).await;
        assert_eq!(done, json!({"way": way, "items": []}), "what is not there is left out");
    }
}

/// Red when: an order is not asked for, the document does not name it, or a column that there is not is taken for the
/// usual one.
#[tokio::test]
async fn deficits_and_lapses_are_sorted_like_their_pages() {
    let office = Office::new().await;
    let (world, token) = (&office.world, office.token(Role::Accounting).await);
    let given = [
        ("Beta", 2, "2026-04-10", "2026-05-01"),
        ("Alpha", 3, "2026-04-12", "2026-05-03"),
        ("Gamma", 1, "2026-04-14", "2026-05-05"),
    ];
    for (name, hours, drawn, until) in given {
        let customer = world.customer(name).await;
        world.drawn(world.account(customer, OVERDRAWN).await, hours * HOUR, drawn).await;
        world.lot(world.account(customer, PREPAID).await, hours * HOUR, "2026-04-01", Some(until)).await;
    }
    let document = document(&office).await;
    for (list, wrong) in [("deficits", "unit=x&sort=name"), ("lapses", "unit=x&cause=x&sort=name")] {
        let parameters = document["paths"][format!("/api/v1/{list}")]["get"]["parameters"].as_array().expect("a list");
        for name in ["sort", "desc"] {
            assert!(parameters.iter().any(|parameter| parameter["name"] == name), "{list} {name}");
        }
        let from = "from=2026-04-01";
        for (sort, expected) in [
            ("", ["Beta", "Alpha", "Gamma"]),
            ("&sort=date", ["Beta", "Alpha", "Gamma"]),
            ("&sort=customer", ["Alpha", "Beta", "Gamma"]),
            ("&sort=amount", ["Gamma", "Beta", "Alpha"]),
        ] {
            for desc in [false, true] {
                let path = format!("/{list}?{from}{sort}&until=2026-05-31&desc={desc}");
                let found = office.rest(Method::GET, &path, &token, &Value::Null).await.json();
                let rows = found[list].as_array().expect("rows");
                let mut names: Vec<&str> = rows.iter().filter_map(|row| row["customer"]["name"].as_str()).collect();
                if desc {
                    names.reverse();
                }
                assert_eq!(names, expected, "{path}");
            }
        }
        let answer = office.rest(Method::GET, &format!("/{list}?{wrong}"), &token, &Value::Null).await;
        let problem = answer.problem(422, "invalid");
        let told = problem["errors"].as_array().expect("errors").iter().filter_map(|error| error["field"].as_str());
        let expected = wrong.split('&').filter_map(|pair| pair.split_once('=')).map(|(field, _)| field);
        assert!(told.eq(expected), "{problem}");
    }
}
