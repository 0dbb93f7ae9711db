//! What everything has to come to in the end.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{World, cents, seconds};

/// Every sum is what the answers said.
pub async fn compare(world: &World) {
    let mut model = std::mem::take(&mut *world.model());
    // What each standing invoice would give back is what it has granted.
    let mut standing = BTreeMap::new();
    for (invoice, place) in &model.invoices {
        let plan = world.get(&format!("/documents/{invoice}/cancel")).await;
        assert_eq!(plan["accounts"][0]["revokes"].as_array().map(Vec::len), Some(1), "{plan}");
        let granted = seconds(&plan["accounts"][0]["revokes"][0]["granted"]);
        model.contracts[*place].granted += granted;
        standing.insert(invoice.clone(), (*place, granted));
    }
    for known in &model.contracts {
        let book = world.get(&format!("/accounts/{}/entries?from=2024-01-01", known.account)).await;
        let entries = book["entries"].as_array().expect("entries").iter().filter(|entry| entry["kind"] != "lapse");
        let moved: i64 = entries.map(|entry| seconds(&entry["amount"])).sum();
        assert_eq!(moved, known.granted - known.drawn, "{known:?}");
    }
    let (mut gross, mut owed, mut cursor) = (0, 0, Value::Null);
    let (mut found, mut gone, mut cancellations) = (0, 0, 0);
    loop {
        let query = cursor.as_str().map_or(String::new(), |cursor| format!("?cursor={cursor}"));
        let page = world.get(&format!("/documents{query}")).await;
        for row in page["documents"].as_array().expect("documents") {
            let own = row["id"].as_str().expect("an id");
            let (net, with_vat) = (cents(&row["net"]["amount"]), cents(&row["gross"]["amount"]));
            if row["kind"] == "contract_invoice" && row["state"] == "issued" {
                // Quota and price are those of one and the same version of the terms.
                let (place, granted) = standing[own];
                let deals = &model.contracts[place].deals;
                assert!(deals.contains(&(granted, net)), "{granted} s for {net} is none of {deals:?}");
                assert_eq!(with_vat, net + (net * 19 + 50) / 100, "{row}");
                (found, gross, owed) = (found + 1, gross + with_vat, owed + with_vat);
            } else if row["kind"] == "contract_invoice" {
                assert_eq!(row["state"], "cancelled", "{row}");
                (gone, gross) = (gone + 1, gross + with_vat);
            } else if let Some(place) = model.cancelled.get(own) {
                let priced = |(_, price): &(i64, i64)| *price == -net;
                assert!(model.contracts[*place].deals.iter().any(priced), "{row}");
                (cancellations, gross) = (cancellations + 1, gross + with_vat);
            }
        }
        cursor = page["next"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!((found, gone, cancellations), (standing.len(), model.cancelled.len(), model.cancelled.len()));
    assert_eq!(gross, owed, "what was cancelled comes to nothing together with its cancellations");
}
