//! Whoever was overtaken: told who has saved, with what was typed and the version that is stored, so that saving again
//! goes through.

use domain::Role;
use serde_json::json;
use store::Engine;
use texts::{Lang, say};

use crate::support::{Office, form, function};

const NEW: &str = "0198f2f0-0000-7000-8000-00000000000a";

/// A form: where it is sent, the page on which it is typed, and what is typed there besides.
struct Given {
    function: &'static str,
    page: String,
    /// The name of the field with the version.
    version: &'static str,
    /// The name of the field in which everybody types something else.
    typed: &'static str,
    fields: Vec<(&'static str, String)>,
    /// Whether the page knows who has saved.
    told: bool,
    /// Whether it lists what differs.
    listed: bool,
}

impl Given {
    fn of(function: &'static str, page: String, typed: &'static str, fields: &[(&'static str, &str)]) -> Given {
        let fields = fields.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        Given { function, page, version: "form[version]", typed, fields, told: true, listed: false }
    }

    fn body(&self, version: &str, typed: &str) -> String {
        let fields = self.fields.iter().map(|(name, value)| (*name, value.as_str()));
        form(&fields.chain([(self.version, version), (self.typed, typed)]).collect::<Vec<_>>())
    }
}

/// Every form in which something is typed that somebody else may have saved meanwhile, but for bookings and ends.
fn forms(customer: &str) -> Vec<Given> {
    let terms = [
        ("form[id]", NEW),
        ("form[terms][term]", "12"),
        ("form[terms][interval]", "1"),
        ("form[terms][currency]", "EUR"),
        ("form[terms][time]", "advance"),
        ("form[terms][invoice]", "own"),
        ("form[terms][delivery]", "mail"),
        ("form[terms][proration]", "none"),
        ("form[terms][items][0][text]", "Wartung"),
        ("form[terms][items][0][quantity]", "1"),
        ("form[terms][items][0][unit]", "piece"),
        ("form[terms][items][0][price]", "399,99"),
        ("form[terms][items][0][vat]", "19"),
    ];
    let agreed = [
        ("form[number]", "V-1"),
        ("form[customer]", customer),
        ("form[start]", "2026-04-01"),
        ("form[billing_start]", "2026-04-01"),
    ];
    let card = [("form[id]", NEW), ("form[number]", "K-1"), ("form[name]", "Neu GmbH"), ("form[country]", "DE")];
    let group = [("form[id]", NEW), ("form[quota]", "on")];
    let article = [
        ("form[id]", NEW),
        ("form[number]", "D-1"),
        ("form[unit]", "hour"),
        ("form[price]", "105,00"),
        ("form[vat]", "19"),
    ];
    let project = [
        ("form[project][id]", NEW),
        ("form[project][number]", "P-1"),
        ("form[project][customer]", customer),
        ("form[project][currency]", "EUR"),
        ("form[tasks][0][id]", NEW),
        ("form[tasks][0][name]", "Support"),
        ("form[lines][0][id]", NEW),
        ("form[lines][0][name]", "Aufwand"),
        ("form[lines][0][kind]", "effort"),
        ("form[lines][0][rate]", "100,00"),
        ("form[lines][0][tasks][0]", NEW),
    ];
    let document = [
        ("form[id]", NEW),
        ("form[kind]", "delivery_note"),
        ("form[customer]", customer),
        ("form[currency]", "EUR"),
        ("form[date]", "2026-04-15"),
        ("form[delivery]", "mail"),
        ("form[payment_days]", "14"),
        ("form[lines][0][id]", "0198f2f0-0000-7000-8000-00000000000b"),
        ("form[lines][0][item][quantity]", "1,5"),
        ("form[lines][0][item][unit]", "hour"),
        ("form[lines][0][item][price]", "100,00"),
        ("form[lines][0][item][vat]", "19"),
    ];
    let settings = [
        ("form[company]", "Musterhaus AG"),
        ("form[vat_rates]", "19; 7"),
        ("form[hours_per_day]", "8:00"),
        ("form[time_zone]", "Europe/Berlin"),
    ];
    let mail = [
        ("form[host]", "mail.b.example"),
        ("form[port]", "587"),
        ("form[security]", "start_tls"),
        ("form[from]", "post@b.example"),
    ];
    let contract = [agreed.as_slice(), &terms].concat();
    let of = Given::of;
    let customer_form = of("save_customer", format!("/customers/{NEW}/edit"), "form[city]", &card);
    let group_form = of("save_group", format!("/articles?group={NEW}"), "form[name]", &group);
    let article_form = of("save_article", format!("/articles?article={NEW}"), "form[name]", &article);
    let template = [("form[id]", NEW), ("form[project]", NEW)];
    let project_form = of("save_project", format!("/projects/{NEW}/edit"), "form[project][name]", &project);
    vec![
        Given { listed: true, ..of("save_settings", "/settings".to_owned(), "form[city]", &settings) },
        of("save_mail_settings", "/settings/mail".to_owned(), "form[from_name]", &mail),
        Given { listed: true, ..customer_form },
        Given { told: false, ..group_form },
        Given { told: false, ..article_form },
        of("save_contract_type", format!("/contract-types/{NEW}"), "form[name]", &terms),
        of("save_contract", format!("/contracts/{NEW}/edit"), "form[reference]", &contract),
        Given { version: "form[project][version]", ..project_form },
        // Of the project that was saved before.
        of("save_project_template", format!("/projects/templates/{NEW}"), "form[name]", &template),
        of("save_document", format!("/documents/{NEW}/edit"), "form[lines][0][item][text]", &document),
    ]
}

/// Red when: a form that was overtaken comes back with the version with which it is refused for ever, without what was
/// typed, or without saying who was faster.
#[tokio::test]
async fn a_plain_form_that_was_overtaken_goes_on_from_what_is_stored() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let office = Office::on(engine).await;
        let customer = office.world.customer("Alpha GmbH").await.to_string();
        let session = office.session(Role::Admin, None).await;
        for given in forms(&customer) {
            let (path, what) = (function(given.function), format!("{} on {engine:?}", given.function));
            let save = async |version: &str, typed: &str| {
                let saved = office.post(path, Some(&session), &given.body(version, typed)).await;
                assert_eq!(saved.status, 200, "{what}: {}", saved.body);
                office.get(&given.page, Some(&session)).await.field(given.version)
            };
            let first = save("0", "Erster").await;
            let second = save(&first, "Zweiter").await;
            assert_ne!(first, second, "{what}");
            let late = given.body(&first, "Dritter");
            let refused = office.post(path, Some(&session), &late).await;
            let code = &refused.json()["Refused"]["refusal"]["code"];
            assert_eq!((refused.status.as_u16(), code), (409, &json!("changed")), "{what}");

            let answer = office.post_plain(path, Some(&session), &given.page, &late).await;
            let back = answer.header("location").strip_prefix("http://drawdown.test").expect("an address of ours");
            let page = office.get(back, Some(&session)).await;
            let body = page.body.replace("<!>", "");
            assert!(page.status == 200 && page.is_whole_page(), "{what}: {body}");
            assert_eq!(
                (page.field(given.version).as_str(), page.field(given.typed).as_str()),
                (second.as_str(), "Dritter"),
                "{what}"
            );
            let who = say::overtaken_by(Lang::De, "admin", "");
            let who = if given.told { who.split('(').next().unwrap_or_default() } else { say::overtaken(Lang::De) };
            assert!(body.contains(who) && body.contains(say::overtaken_taken(Lang::De)), "{what}: {body}");
            // Without JavaScript nothing has to be pressed, and nothing could be.
            assert!(!body.contains(say::overtaken_take(Lang::De)), "{what}");
            assert_eq!(body.contains("overtaken-differences"), given.listed, "{what}: {body}");
            let both = ["<span>Zweiter</span>", "<span>Dritter</span>"].map(|held| body.contains(held));
            assert!(!given.listed || both == [true; 2], "{what}: {body}");

            let again = given.body(&page.field(given.version), "Dritter");
            let answer = office.post_plain(path, Some(&session), back, &again).await;
            let location = answer.header("location");
            assert!(answer.status.is_redirection() && !location.contains("__err"), "{what}: {location}");
            let page = office.get(&given.page, Some(&session)).await;
            assert_ne!(page.field(given.version), second, "{what}");
            assert_eq!(page.field(given.typed), "Dritter", "{what}");
            assert!(!page.body.contains("data-testid=\"overtaken\""), "{what}");
        }
    }
}

/// Red when: the form of a customer is told another version, card or person than those of the last change.
#[tokio::test]
async fn the_form_of_a_customer_is_told_what_is_stored_and_by_whom() {
    for engine in [Engine::Sqlite, Engine::Postgres] {
        let office = Office::on(engine).await;
        let customer = office.world.customer("Alpha GmbH").await.to_string();
        let (sales, accounting) =
            (office.session(Role::Sales, None).await, office.session(Role::Accounting, None).await);
        let save = async |session: &str, version: &str, city: &str| {
            let fields = [
                ("form[id]", customer.as_str()),
                ("form[version]", version),
                ("form[number]", "10001"),
                ("form[name]", "Alpha GmbH"),
                ("form[country]", "DE"),
                ("form[city]", city),
            ];
            office.post(function("save_customer"), Some(session), &form(&fields)).await
        };
        assert_eq!(save(&sales, "1", "Jena").await.status, 200);
        let refused = save(&accounting, "1", "Gera").await;
        assert_eq!(refused.status, 409, "{}", refused.body);
        assert!(refused.json()["Refused"]["typed"].as_str().is_some_and(|typed| typed.contains("Gera")));
        let asked = form(&[("id", &customer)]);
        let stored = office.post(function("load_customer_editor"), Some(&accounting), &asked).await.json();
        assert_eq!((&stored["version"], &stored["card"]["city"]), (&json!(2), &json!("Jena")), "{stored}");
        let change = json!([{"field": "city", "before": null, "after": "Jena"}]);
        assert_eq!((&stored["last"]["by"], &stored["last"]["fields"]), (&json!("sales"), &change), "{stored}");
        assert_eq!(save(&accounting, "2", "Gera").await.status, 200, "nobody was faster");
    }
}
