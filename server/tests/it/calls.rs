//! Every server function is a public endpoint: each is called by nobody and by everybody who must not.

use std::collections::BTreeMap;

use axum::http::Method;
use domain::{
    Role,
    quota::{Amount, Unit},
};
use serde_json::json;
use texts::{Lang, amount, say};
use usecases::testing::{HOUR, OVERDRAWN, PREPAID};

use crate::support::{PASSWORD, form};

mod bodies;
mod given;

use bodies::bodies;
use given::{Given, Ids, given, ids};

/// Every server function of the program with what it is sent.
fn calls(ids: Ids) -> Vec<(&'static str, &'static str, String)> {
    let mut bodies = bodies(ids);
    let mut calls: Vec<_> = server_fn::axum::server_fn_paths()
        .map(|(path, method)| {
            assert_eq!(method, Method::POST, "{path}: what a GET does can be triggered from other sites");
            let (_, name) = path.rsplit_once('/').expect("a path");
            let body = bodies.remove(name).unwrap_or_else(|| panic!("{path} is new: say here what it is sent"));
            (path, name, body)
        })
        .collect();
    assert!(bodies.is_empty(), "no longer there: {bodies:?}");
    calls.sort_unstable();
    calls
}

fn problem(answer: &crate::support::Answer) -> String {
    answer.json()["Refused"]["refusal"]["code"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn nobody_without_a_session_gets_anything_from_a_server_function() {
    let Given { office, ids } = given().await;
    let before = office.books().await;
    for (path, name, body) in calls(ids) {
        for session in [None, Some(""), Some("made-up"), Some("' OR 1=1 --")] {
            let answer = office.post(path, session, &body).await;
            assert_eq!(answer.status, 401, "{path} with session {session:?}: {}", answer.body);
            let expected = if name == "sign_in_again" { "wrong_credentials" } else { "signed_out" };
            assert_eq!(problem(&answer), expected, "{path}");
            assert_eq!(answer.session(), None, "{path}");
        }
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn every_role_gets_from_a_server_function_what_it_may_and_no_more() {
    let Given { office, ids } = given().await;
    let stranger = office.world.customer("Beta GmbH").await;
    // 200 what is allowed, 403 what the role must not, 404 what does not exist for it.
    let table = "
        name              admin  sales  accounting  project_manager  payments  staff  customer
        list_customers      200    200         200              200       403    200       403
        load_customer       200    200         200              200       404    200       404
        customer_history    200    200         200              200       404    200       404
        load_passbook       200    200         200              200       404    200       404
        load_draw           200    200         200              200       404    200       404
        load_facts          200    200         200              200       404    200       404
        load_customer_editor 200   200         200              403       403    403       403
        save_customer       200    200         200              403       403    403       403
        open_account        200    200         200              403       403    403       403
        grant               200    403         200              403       404    403       404
        draw                200    403         200              200       404    403       404
        release             200    403         200              200       404    403       404
        load_revoke_plan    200    403         200              403       404    403       404
        revoke              200    403         200              403       404    403       404
        cover               200    403         200              403       404    403       404
        end_account         200    200         200              403       404    403       404
        load_catalogue      200    200         200              200       403    403       403
        save_group          200    200         403              403       403    403       403
        save_article        200    200         403              403       403    403       403
        list_contract_types 200    200         200              200       403    403       403
        load_contract_type  200    200         200              200       403    403       403
        save_contract_type  200    200         403              403       403    403       403
        list_contracts      200    200         200              200       403    403       403
        contracts_of_customer 200  200         200              200       403    403       403
        load_contract       200    200         200              200       403    403       403
        load_contract_editor 200   200         403              403       403    403       403
        save_contract       200    200         403              403       403    403       403
        load_balancing      200    403         200              403       403    403       403
        balance_contract    200    403         200              403       403    403       403
        load_contract_changes 200  200         200              200       403    403       403
        load_contract_end   200    200         403              403       403    403       403
        end_contract        200    200         403              403       403    403       403
        load_type_application 200  200         403              403       403    403       403
        apply_contract_type 200    200         403              403       403    403       403
        plan_billing        200    403         200              403       403    403       403
        start_billing       200    403         200              403       403    403       403
        list_runs           200    200         200              200       403    403       403
        list_to_dos         200    200         200              200       403    403       403
        list_deficits       200    200         200              200       403    403       403
        list_lapses         200    200         200              200       403    403       403
        load_run            200    200         200              200       403    403       403
        list_documents      200    200         200              200       403    403       403
        load_document       200    200         200              200       403    403       403
        load_document_history 200  200         200              200       403    403       403
        issue_document      200    403         200              403       403    403       403
        load_bulk_plan      200    403         200              403       403    403       403
        bulk_documents      200    403         200              403       403    403       403
        load_document_editor 200   200         200              403       403    403       403
        load_clearing_facts 200    200         200              403       403    403       403
        save_document       200    200         200              403       403    403       403
        delete_document     404    200         404              403       403    403       403
        load_undo_plan      200    403         200              403       403    403       403
        cancel_document     200    403         200              403       403    403       403
        load_run_undo       200    403         200              403       403    403       403
        cancel_run          200    403         200              403       403    403       403
        load_project_invoice 200   200         200              403       403    403       403
        invoice_project     200    200         200              403       403    403       403
        invoice_delivery_note 200  200         200              403       403    403       403
        repair_document     200    200         403              403       403    403       403
        load_paper_gaps     200    200         200              200       403    403       403
        load_receipts       200    200         200              200       403    403       403
        record_receipt      200    403         200              403       403    403       403
        take_back_receipt   422    403         200              403       403    403       403
        list_open_items     200    200         200              200       403    403       403
        list_projects       200    200         200              200       403    403       403
        load_project        200    200         200              200       403    403       403
        load_project_editor 200    403         403              200       403    403       403
        load_projects_left  200    200         200              200       404    200       404
        save_project        200    403         403              200       403    403       403
        list_project_templates 200 200         200              200       403    403       403
        load_project_template 200  200         200              200       403    403       403
        save_project_template 200  403         403              200       403    403       403
        delete_project_template 404 403        403              200       403    403       403
        load_bank_files     200    403         200              403       403    403       403
        load_bank_file      200    403         200              403       403    403       403
        read_bank_file      200    403         200              403       403    403       403
        import_bank_file    200    403         200              403       403    403       403
        load_mails          200    200         200              200       403    403       403
        send_mail           200    403         200              403       403    403       403
        decide_mail         422    403         200              403       403    403       403
        retry_mails         200    403         200              403       403    403       403
        drop_mails          200    403         200              403       403    403       403
        load_mail_settings  200    403         200              403       403    403       403
        save_mail_settings  200    403         200              403       403    403       403
        test_mail_server    200    403         200              403       403    403       403
        list_bookings       200    200         200              200       403    200       403
        load_booking_choices 200   200         200              200       403    200       403
        load_booking        200    200         200              200       403    404       403
        load_week           200    200         200              200       403    403       403
        save_booking        200    403         403              200       403    403       403
        delete_booking      200    403         403              200       403    404       403
        load_booking_facts  200    200         200              200       403    200       403
        load_bookable       200    403         403              200       403    200       403
        load_workers        200    200         200              200       403    403       403
        load_move_plan      200    403         403              200       403    404       403
        move_bookings       200    403         403              200       403    404       403
        load_today          200    200         200              200       403    403       403
        file_papers_now     200    403         200              403       403    403       403
        set_papers_now      200    403         200              403       403    403       403
        find                200    200         200              200       403    200       403
        load_calendar       200    200         200              200       403    403       403
        renew_calendar      200    200         200              200       403    403       403
        end_calendar        200    200         200              200       403    403       403
        load_settings       200    403         200              403       403    403       403
        save_settings       200    403         200              403       403    403       403
        save_logo           200    403         200              403       403    403       403
        remove_logo         409    403         200              403       403    403       403
        sign_in_again       401    401         401              401       401    401       401
    ";
    let mut lines =
        table.lines().map(|line| line.split_whitespace().collect::<Vec<_>>()).filter(|line| !line.is_empty());
    let roles = lines.next().expect("a head").split_off(1);
    let expected: BTreeMap<&str, Vec<u16>> = lines
        .map(|line| (line[0], line[1..].iter().map(|status| status.parse().expect("a status")).collect()))
        .collect();
    // Those who may nothing come first: they must leave everything as it was.
    for name in ["payments", "customer", "staff", "sales", "project_manager", "accounting", "admin"] {
        let role = Role::from_name(name).expect("a role");
        let column = roles.iter().position(|role| *role == name).expect("a column");
        let session = office.session(role, (role == Role::Customer).then_some(stranger)).await;
        let before = office.books().await;
        let mut changing = false;
        for (path, call, body) in calls(ids) {
            let answer = office.post(path, Some(&session), &body).await;
            let wanted = expected.get(call).unwrap_or_else(|| panic!("{call} stands in no line"))[column];
            assert_eq!(answer.status.as_u16(), wanted, "{call} as {name}: {}", answer.body);
            let reads = ["list_", "load_", "plan_"].iter().any(|prefix| call.starts_with(prefix))
                || ["customer_history", "contracts_of_customer", "find"].contains(&call);
            changing |= !reads && wanted == 200;
            if wanted == 404 {
                assert_eq!(problem(&answer), "not_found", "{call} as {name}");
            }
        }
        if !changing {
            assert_eq!(office.books().await, before, "{name} changed something");
        }
    }
}

#[tokio::test]
async fn a_customer_reads_the_own_company_and_no_other() {
    let Given { office, ids: own } = given().await;
    let (other, foreign) = office.world.customer_with_account(OVERDRAWN).await;
    let foreign = ids(&office, other, foreign).await;
    let session = office.session(Role::Customer, Some(own.customer)).await;
    let before = office.books().await;
    let statuses = async |ids| {
        let mut found = BTreeMap::new();
        for (path, name, body) in calls(ids) {
            found.insert(name, office.post(path, Some(&session), &body).await.status.as_u16());
        }
        found
    };
    let commands = ["draw", "grant", "release", "load_revoke_plan", "revoke", "cover", "end_account"];
    let own = statuses(own).await;
    assert_eq!([own["load_customer"], own["load_passbook"], own["load_facts"]], [200; 3]);
    assert_eq!(commands.map(|name| own[name]), [403; 7]);
    let others = ["open_account", "save_customer", "load_settings", "save_settings"];
    assert_eq!(others.map(|name| own[name]), [403; 4]);
    let foreign = statuses(foreign).await;
    assert_eq!([foreign["load_customer"], foreign["load_passbook"], foreign["load_facts"]], [404; 3]);
    assert_eq!(commands.map(|name| foreign[name]), [404; 7]);
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn another_site_triggers_nothing() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let before = office.books().await;
    let mut paths: Vec<(String, String)> =
        calls(ids).into_iter().map(|(path, _, body)| (path.to_owned(), body)).collect();
    paths.push(("/sign-in".to_owned(), form(&[("login", "accounting"), ("password", PASSWORD)])));
    paths.push(("/sign-out".to_owned(), String::new()));
    paths.push(("/preferences".to_owned(), form(&[("lang", "en")])));
    paths.push(("/api/v1/customers".to_owned(), r#"{"name":"Fremd","country":"DE"}"#.to_owned()));
    for (path, body) in &paths {
        let from = [
            vec![("sec-fetch-site", "cross-site")],
            vec![("sec-fetch-site", "same-site")],
            vec![("origin", "https://evil.example")],
            vec![("origin", "null")],
        ];
        for headers in from {
            let mut request = crate::support::request(Method::POST, path, Some(&session))
                .header("content-type", "application/x-www-form-urlencoded");
            for (name, value) in &headers {
                request = request.header(*name, *value);
            }
            let answer = office.send(request.body(body.clone().into()).expect("a request")).await;
            assert_eq!(answer.status, 403, "{path} with {headers:?}: {}", answer.body);
            assert_eq!(answer.session(), None);
        }
    }
    assert_eq!(office.books().await, before);
    assert_eq!(office.get("/customers", Some(&session)).await.status, 200, "the session still lives");

    let own = crate::support::request(Method::POST, "/preferences", Some(&session))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("sec-fetch-site", "same-origin")
        .header("origin", "http://drawdown.test");
    let answer = office.send(own.body("lang=en".into()).expect("a request")).await;
    assert_eq!(answer.status, 303);
}

#[tokio::test]
async fn a_draw_counts_once_and_other_content_under_its_id_is_refused() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let (path, _, body) = calls(ids).into_iter().find(|(_, name, _)| *name == "draw").expect("draw");
    let first = office.post(path, Some(&session), &body).await;
    let again = office.post(path, Some(&session), &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.json(), again.json());
    let other = office.post(path, Some(&session), &body.replace("0%3A30", "0%3A45")).await;
    assert_eq!(other.status, 409);
    assert_eq!(problem(&other), "same_id");
    assert_eq!(other.json()["Refused"]["typed"].as_str().map(|typed| typed.contains("0:45")), Some(true));
}

/// Red when: a draw without JavaScript that gets less than was asked for says nothing, or a page with it is led away.
#[tokio::test]
async fn a_plain_draw_leads_to_what_was_decided() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let (_, account) = office.world.customer_with_account(PREPAID).await;
    office.world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let (path, _, _) = calls(ids).into_iter().find(|(_, name, _)| *name == "draw").expect("draw");
    let (account, draw) = (account.to_string(), office.world.id().to_string());
    let body = form(&[
        ("form[account]", account.as_str()),
        ("form[draw]", &draw),
        ("form[date]", "2026-04-10"),
        ("form[amount]", "3:00"),
        ("form[text]", "Wartung"),
    ]);
    let answer = office.post_plain(path, Some(&session), &format!("/accounts/{account}"), &body).await;
    let way = format!("/accounts/{account}?drawn={draw}");
    assert_eq!((answer.status.as_u16(), answer.header("location")), (302, way.as_str()));
    let page = office.get(&way, Some(&session)).await;
    let hours = |hours: i64| amount(Lang::De, Unit::Time, Amount::new(hours * HOUR));
    for told in [say::draw_done(Lang::De, hours(1), hours(0)), say::draw_done_not_drawn(Lang::De, hours(2))] {
        assert!(page.body.contains(&told), "{told}: {}", page.body);
    }
    // The page of another account tells nothing of it.
    let other = office.get(&format!("/accounts/{}?drawn={draw}", ids.account), Some(&session)).await;
    assert_eq!((other.status.as_u16(), other.body.contains("notice-good")), (200, false), "{}", other.body);
    // The same from a page that is live, which shows the answer itself.
    let answer = office.post(path, Some(&session), &body).await;
    assert_eq!((answer.status.as_u16(), answer.header("location")), (200, ""));
    assert_eq!(answer.header("serverfnredirect"), "");
}

/// Red when: what was shown and cannot be read passes for nothing shown, and something is saved that was not compared.
#[tokio::test]
async fn what_was_seen_and_cannot_be_read_is_refused_and_nothing_is_saved() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Admin, None).await;
    let before = office.books().await;
    let compared = [
        "balance_contract",
        "cancel_document",
        "cancel_run",
        "delete_booking",
        "draw",
        "invoice_project",
        "move_bookings",
        "record_receipt",
        "save_booking",
        "save_document",
    ];
    let calls: Vec<_> = calls(ids).into_iter().filter(|(_, name, _)| compared.contains(name)).collect();
    assert_eq!(calls.len(), compared.len());
    for (path, name, body) in calls {
        let garbage = format!("{body}&{}", form(&[("form[seen]", "[{")]));
        let answer = office.post(path, Some(&session), &garbage).await;
        assert_eq!((answer.status.as_u16(), problem(&answer).as_str()), (422, "invalid"), "{name}: {}", answer.body);
        let told = json!([{"field": "seen", "text": say::field_unreadable_seen(Lang::De)}]);
        assert_eq!(answer.json()["Refused"]["refusal"]["fields"], told, "{name}");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: the form's key is not used, or its content is not compared.
#[tokio::test]
async fn a_cover_counts_once_and_other_content_under_its_key_is_refused() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Accounting, None).await;
    let (path, _, body) = calls(ids).into_iter().find(|(_, name, _)| *name == "cover").expect("cover");
    let first = office.post(path, Some(&session), &body).await;
    let after = office.books().await;
    let again = office.post(path, Some(&session), &body).await;
    assert_eq!((first.status.as_u16(), again.status.as_u16()), (200, 200));
    assert_eq!(first.json(), again.json());
    let other = office.post(path, Some(&session), &body.replace("0%3A10", "0%3A20")).await;
    assert_eq!((other.status.as_u16(), problem(&other).as_str()), (409, "same_id"));
    assert_eq!(office.books().await, after);
}

#[tokio::test]
async fn what_a_server_function_cannot_read_is_an_error_and_no_crash() {
    let Given { office, ids } = given().await;
    let session = office.session(Role::Admin, None).await;
    let before = office.books().await;
    let nested = format!("form{}=1", "[a]".repeat(2000));
    // They take nothing that has to be there, so there is nothing that they could not read.
    let lenient = [
        "load_settings",
        "load_mail_settings",
        "retry_mails",
        "drop_mails",
        "load_bank_files",
        "load_catalogue",
        "list_contract_types",
        "list_project_templates",
        "load_today",
        "load_workers",
        "file_papers_now",
        "set_papers_now",
        "load_contract_type",
        "load_contract_editor",
        "load_document_editor",
        "load_project_editor",
        "load_calendar",
        "end_calendar",
        "renew_calendar",
    ];
    for (path, _, _) in calls(ids).into_iter().filter(|(_, name, _)| !lenient.contains(name)) {
        for body in
            ["", "%ff%fe", "form=1", "form[account]=%00", "{\"form\":{}}", &nested, "account=x&draw=y&id=z&date=32"]
        {
            let answer = office.post(path, Some(&session), body).await;
            assert!(answer.status.is_client_error(), "{path} {body:.40}: {} {}", answer.status, answer.body);
            assert!(!problem(&answer).is_empty(), "{path} {body:.40}: {}", answer.body);
        }
    }
    assert_eq!(office.books().await, before);
}

#[tokio::test]
async fn a_body_beyond_all_sense_is_not_taken_in() {
    let Given { office, ids } = given().await;
    let huge = "x".repeat(9 << 20);
    let mut paths: Vec<String> = calls(ids).into_iter().map(|(path, _, _)| path.to_owned()).collect();
    paths.extend(["/sign-in".to_owned(), "/preferences".to_owned()]);
    for path in paths {
        let answer = office.post(&path, None, &format!("login={huge}")).await;
        assert_eq!(answer.status, 413, "{path}: {:.200}", answer.body);
        assert!(answer.body.contains("limit"), "{path}: {:.200}", answer.body);
    }
}
