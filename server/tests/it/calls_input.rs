//! Server functions and what no form should send: it is refused where it stands, and nothing is stored.

use domain::{
    Role,
    quota::{Amount, Unit},
};
use serde_json::{Value, json};
use texts::{Lang, amount, say};
use usecases::testing::{HOUR, PREPAID};

use crate::support::{Answer, Office, form, function};

/// Why an answer refuses.
fn refusal(answer: &Answer) -> Value {
    answer.json()["Refused"]["refusal"].clone()
}

/// Red when: an amount that cannot be granted is granted, or is refused without a word at its field.
#[tokio::test]
async fn nothing_less_than_nothing_and_too_much_are_not_granted() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    let (account, lot) = (account.to_string(), office.world.id().to_string());
    let before = office.books().await;
    let grant = async |typed: &str| {
        let fields = [
            ("form[account]", account.as_str()),
            ("form[lot]", lot.as_str()),
            ("form[amount]", typed),
            ("form[valid_from]", "2026-04-01"),
            ("form[reason]", "Kulanz"),
        ];
        office.post(function("grant"), Some(&session), &form(&fields)).await
    };
    let time = |seconds: i64| amount(Lang::De, Unit::Time, Amount::new(seconds));
    let not_positive = |seconds: i64| say::quota_not_positive(Lang::De, time(seconds));
    let largest = time(Amount::LARGEST.units());
    for (typed, text) in [
        ("0", not_positive(0)),
        ("0:00", not_positive(0)),
        ("-0:30", not_positive(-HOUR / 2)),
        ("-1", not_positive(-HOUR)),
        ("\u{2212}1:00", not_positive(-HOUR)),
        ("-277777778", not_positive(-277_777_778 * HOUR)),
        ("277777778", say::quota_too_large(Lang::De, time(277_777_778 * HOUR), largest)),
        ("99999999999999999999:00", say::field_too_large(Lang::De).to_owned()),
        ("9999999999999999:00", say::field_not_a_time(Lang::De).to_owned()),
    ] {
        let answer = grant(typed).await;
        let refused = refusal(&answer);
        assert_eq!((answer.status.as_u16(), &refused["code"]), (422, &json!("invalid")), "{typed}: {}", answer.body);
        assert_eq!(refused["fields"], json!([{"field": "amount", "text": text}]), "{typed}");
    }
    assert_eq!(office.books().await, before);
    let granted = grant("1:00").await;
    assert_eq!(granted.status, 200, "it was the amount: {}", granted.body);
}

/// Red when: a version that never was passes for the one that stands, or for that of a new customer.
#[tokio::test]
async fn a_version_that_never_was_saves_no_customer() {
    let office = Office::new().await;
    let session = office.session(Role::Accounting, None).await;
    let known = office.world.customer("Alpha GmbH").await.to_string();
    let new = office.world.id().to_string();
    let before = office.books().await;
    let save = async |id: &str, version: &str| {
        let fields = [
            ("form[id]", id),
            ("form[version]", version),
            ("form[number]", "10001"),
            ("form[name]", "Beta GmbH"),
            ("form[country]", "DE"),
        ];
        office.post(function("save_customer"), Some(&session), &form(&fields)).await
    };
    for version in ["-1", "-9223372036854775808", "2", "9223372036854775807"] {
        for (id, status, code) in [(&known, 409, "changed"), (&new, 404, "not_found")] {
            let answer = save(id, version).await;
            let refused = refusal(&answer);
            assert_eq!(
                (answer.status.as_u16(), &refused["code"]),
                (status, &json!(code)),
                "{version}: {}",
                answer.body
            );
        }
    }
    for version in ["9223372036854775808", "1.5", "x"] {
        let answer = save(&known, version).await;
        let refused = refusal(&answer);
        assert_eq!(
            (answer.status.as_u16(), &refused["code"]),
            (400, &json!("unreadable")),
            "{version}: {}",
            answer.body
        );
    }
    assert_eq!(office.books().await, before);
    let saved = save(&known, "1").await;
    assert_eq!(saved.status, 200, "it was the version: {}", saved.body);
}
