//! REST of lists: deficits, lapses, files, and the same done with many documents.

use serde_json::{Value, json};

use crate::rest::Tried;

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
        for filter in ["contract_number=nothing", "unit=money&q=nobody"] {
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
