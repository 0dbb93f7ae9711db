//! Receipts, open items and bank files over REST.

use axum::http::Method;
use domain::Role;
use serde_json::{Value, json};
use usecases::testing::World;

use crate::{
    rest::{NEW, Tried},
    support::Office,
};

fn euros(amount: &str) -> Value {
    json!({"amount": amount, "currency": "EUR"})
}

/// An invoice over 475.99 of April: its id and number.
pub async fn invoiced(world: &World, name: &str) -> (String, String) {
    let customer = world.customer(name).await;
    let contract = world.contract(world.contract_draft(customer, "2026-04-01")).await.contract.id;
    let run = world.bills_only(&world.env, "2026-04-01", wire::billing::Selection::Contract(contract)).await;
    let (document, _) = run.items[0].document.clone().expect("an invoice");
    let page = usecases::documents::page(world, &usecases::testing::as_role(Role::Admin), document).await;
    (document.to_string(), page.expect("the invoice").row.number.expect("a number"))
}

/// An id that nothing else has.
const MAIL: &str = "0198f2f0-0000-7000-8000-0000000000a7";

/// A mail of the invoice, tried again at another address, and settled.
async fn mails(tried: &mut Tried<'_>, document: &str) {
    let path = format!("/documents/{document}/mails");
    let letter = json!({"id": MAIL, "to": ["a@b.example", "c@d.example"]});
    let sent = tried.call("POST", "/documents/{id}/mails", &path, letter.clone()).await;
    let mail = |of: &Value| of["mails"].as_array().into_iter().flatten().find(|mail| mail["id"] == MAIL).cloned();
    let waiting = mail(&sent).expect("the mail");
    assert_eq!((&waiting["state"], &waiting["to"]), (&json!("waiting"), &json!(["a@b.example", "c@d.example"])));
    assert_eq!(tried.call("POST", "/documents/{id}/mails", &path, letter).await, sent, "the same again is the same");
    assert_eq!(tried.call("GET", "/documents/{id}/mails", &path, Value::Null).await, sent);
    let (path, other) = (format!("/mails/{MAIL}/retry"), json!({"to": ["e@f.example"]}));
    let again = tried.call("POST", "/mails/{id}/retry", &path, other).await;
    assert_eq!(mail(&again).expect("the mail")["to"], json!(["e@f.example"]));
    let settled = tried.call("POST", "/mails/{id}/drop", &format!("/mails/{MAIL}/drop"), json!({})).await;
    assert_eq!(mail(&settled).expect("the mail")["state"], "dropped");
}

/// From the receipt over the open items to the bank file.
pub async fn every_operation(office: &Office, tried: &mut Tried<'_>) {
    let (document, number) = invoiced(&office.world, "Epsilon GmbH").await;
    let part =
        json!({"id": NEW, "document": document, "date": "2026-04-10", "amount": euros("200.00"), "text": "Transfer"});
    let made = tried.call("POST", "/receipts", "/receipts", part.clone()).await;
    assert_eq!(
        (&made["state"], &made["open"], &made["received"]),
        (&json!("part_paid"), &euros("275.99"), &euros("200.00"))
    );
    assert_eq!(tried.call("POST", "/receipts", "/receipts", part).await, made, "the same again is the same");
    tried.file("/documents/{id}/paper", &format!("/documents/{document}/paper")).await;
    mails(tried, &document).await;
    let path = format!("/documents/{document}/receipts");
    assert_eq!(tried.call("GET", "/documents/{id}/receipts", &path, Value::Null).await, made);
    let shown = tried.call("GET", "/documents/{id}", &format!("/documents/{document}"), Value::Null).await;
    assert_eq!((&shown["received"], &shown["open"]), (&euros("200.00"), &euros("275.99")));
    let listed = tried.call("GET", "/open-items", &format!("/open-items?q={number}"), Value::Null).await;
    assert_eq!((&listed["items"][0]["open"], &listed["sums"][0]["open"]), (&euros("275.99"), &euros("275.99")));

    let text = format!("Buchungstag;Betrag;Verwendungszweck\n12.04.2026;275,99;{number}\n13.04.2026;5,00;Spende\n");
    let read = tried.call("POST", "/receipts/import", "/receipts/import", json!({"text": text})).await;
    let proposal = &read["lines"][0]["proposals"][0];
    assert_eq!(
        (&proposal["reason"], &proposal["sure"], &proposal["parts"][0]["open"]),
        (&json!("number"), &json!(true), &euros("275.99"))
    );
    assert_eq!(read["lines"][1]["proposals"], json!([]));
    let path = format!("/receipts/import/{}", read["id"].as_str().expect("an id"));
    assert_eq!(tried.call("GET", "/receipts/import/{id}", &path, Value::Null).await, read, "nothing is recorded yet");
    let parts = json!([{"document": document, "amount": euros("275.99"), "seen": euros("275.99")}]);
    let wanted = json!({"lines": [{"line": 2, "parts": parts}]});
    let done = tried.call("POST", "/receipts/import/{id}", &path, wanted.clone()).await;
    assert_eq!(done, json!({"lines": 1, "sums": [euros("275.99")]}));
    assert_eq!(tried.call("POST", "/receipts/import/{id}", &path, wanted).await, done, "the same again is the same");
    let after = tried.call("GET", "/receipts/import/{id}", &path, Value::Null).await;
    assert_eq!(after["lines"][0]["recorded"], json!([{"id": document, "number": number}]));

    let path = format!("/receipts/{NEW}/take-back");
    let back = tried.call("POST", "/receipts/{id}/take-back", &path, json!({"reason": "Twice"})).await;
    assert_eq!((&back["open"], &back["receipts"][0]["taken_back_reason"]), (&euros("200.00"), &json!("Twice")));
}

/// Red when: a wrong field is not named where it stands, a role does more than it may, or anything is stored.
#[tokio::test]
async fn what_is_wrong_is_named_with_figures() {
    let office = Office::new().await;
    let (document, number) = invoiced(&office.world, "Epsilon GmbH").await;
    let token = office.token(Role::Accounting).await;
    let before = office.books().await;
    let of = |date: &str, amount: Value| json!({"document": document, "date": date, "amount": amount});
    let mut seen = of("2026-04-10", euros("500.00"));
    (seen["over"], seen["seen"]) = (json!(true), euros("400.00"));
    let table = [
        (of("2026-04-16", euros("1.00")), "date"),
        (of("1899-12-31", euros("1.00")), "date"),
        (of("2026-04-10", euros("0.00")), "amount"),
        (of("2026-04-10", euros("476.00")), "amount"),
        (of("2026-04-10", euros("-0.01")), "amount"),
        (of("2026-04-10", euros("1.001")), "amount"),
        (of("2026-04-10", json!({"amount": "1.00", "currency": "XXX1"})), "amount"),
        (of("2026-04-10", json!({"amount": "1.00", "currency": "CHF"})), "currency"),
        (json!({"document": "x", "date": "2026-04-10", "amount": euros("1.00")}), "document"),
        (json!({"id": "x", "document": document, "date": "2026-04-10", "amount": euros("1.00")}), "id"),
        (seen, "over"),
    ];
    for (body, field) in table {
        let answer = office.rest(Method::POST, "/receipts", &token, &body).await;
        let found = answer.json();
        assert_eq!((answer.status.as_u16(), &found["errors"][0]["field"]), (422, &json!(field)), "{body}: {found}");
    }
    let broken = json!({"text": "Buchungstag;Betrag\n32.04.2026;1,00\n"});
    let answer = office.rest(Method::POST, "/receipts/import", &token, &broken).await.problem(422, "invalid");
    assert_eq!(answer["errors"][0]["reason"]["bank"], json!({"bank": "not_a_day", "line": 2, "found": "32.04.2026"}));
    let entry = "<Ntry><Amt Ccy=\"EUR\">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts></Ntry>";
    let broken = json!({"text": format!("<Document><BkToCstmrStmt><Stmt>\n{entry}</Stmt></BkToCstmrStmt></Document>")});
    let answer = office.rest(Method::POST, "/receipts/import", &token, &broken).await.problem(422, "invalid");
    let fault = json!({"bank": "entry", "entry": 1, "line": 2, "fault": {"what": "missing", "element": "BookgDt"}});
    assert_eq!(answer["errors"][0]["reason"]["bank"], fault);
    for role in [Role::Sales, Role::ProjectManager, Role::Staff, Role::Payments] {
        let token = office.token(role).await;
        let body = of("2026-04-10", euros("1.00"));
        for (path, body) in [
            ("/receipts".to_owned(), body),
            (format!("/receipts/{NEW}/take-back"), json!({"reason": "x"})),
            (
                "/receipts/import".to_owned(),
                json!({"text": format!("Buchungstag;Betrag;Verwendungszweck\n02.04.2026;1,00;{number}\n")}),
            ),
        ] {
            let status = office.rest(Method::POST, &path, &token, &body).await.status.as_u16();
            assert_eq!(status, 403, "{role:?} {path}");
        }
        let reads = matches!(role, Role::Sales | Role::ProjectManager);
        let status = office.rest(Method::GET, "/open-items", &token, &Value::Null).await.status.as_u16();
        assert_eq!(status == 200, reads, "{role:?}");
    }
    assert_eq!(office.books().await, before);
}
