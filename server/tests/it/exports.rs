//! Lists as files: what a reader finds in them is what the page shows.

use std::io::Cursor;

use axum::http::Method;
use calamine::{Data, Reader, Xlsx};
use domain::{CustomerId, Role};
use serde_json::{Value, json};
use store::Engine;
use texts::Lang;
use usecases::testing::{HOUR, OVERDRAWN, PREPAID, World, as_role};
use wire::projects::{ProjectForm, WholeProjectForm};

use crate::support::{Answer, Office, encode};

/// The lists with their addresses and their names in REST.
const LISTS: [(&str, &str); 10] = [
    ("/customers", "/customers"),
    ("/contracts", "/contracts"),
    ("/documents", "/documents"),
    ("/billing/runs", "/billing-runs"),
    ("/to-dos", "/to-dos"),
    ("/deficits", "/deficits"),
    ("/lapses", "/lapses"),
    ("/open-items", "/open-items"),
    ("/bookings", "/bookings"),
    ("/projects", "/projects"),
];

/// A name that a spreadsheet would take for a formula, and that breaks a line and a column.
const HOSTILE: &str = "=HYPERLINK(\"http://evil.example\";\"Müller\")";

/// A company in which every list shows something.
async fn given() -> (Office, CustomerId) {
    let office = Office::new().await;
    let world = &office.world;
    let alpha = world.customer("Alpha GmbH").await;
    let hostile = world.customer(HOSTILE).await;
    for customer in [alpha, hostile] {
        let mut draft = world.contract_draft(customer, "2026-04-01");
        "R".clone_into(&mut draft.reference);
        world.contract(draft).await;
        let account = world.account(customer, OVERDRAWN).await;
        world.drawn(account, HOUR + 90, "2026-04-10").await;
        world.lot(world.account(customer, PREPAID).await, 30 * HOUR, "2026-04-01", Some("2026-04-20")).await;
    }
    world.bills(&world.env, "2026-04-15").await;
    crate::shop::shop(&office, alpha).await;
    let by_hand = world.contract_draft(alpha, "2026-04-10");
    world.contract(by_hand).await;
    let project = WholeProjectForm {
        project: ProjectForm {
            id: world.id().to_string(),
            customer: hostile.to_string(),
            name: HOSTILE.to_owned(),
            currency: "EUR".to_owned(),
            ..ProjectForm::default()
        },
        ..WholeProjectForm::default()
    };
    let project = project.check(Lang::De).expect("all is right");
    usecases::projects::save_whole(world, &as_role(Role::Admin), project).await.expect("the project is saved");
    (office, alpha)
}

/// The lines of a file with that separator.
fn read(answer: &Answer, separator: u8) -> Vec<Vec<String>> {
    let text = answer.body.strip_prefix('\u{feff}').unwrap_or(&answer.body);
    let mut reader = csv::ReaderBuilder::new().delimiter(separator).has_headers(false).from_reader(text.as_bytes());
    let lines = reader.records().map(|line| line.expect("a line").iter().map(str::to_owned).collect());
    lines.collect()
}

fn workbook(answer: &Answer) -> Vec<Vec<Data>> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(answer.bytes.clone())).expect("a workbook");
    let sheet = workbook.worksheet_range_at(0).expect("a sheet").expect("it can be read");
    sheet.rows().map(<[Data]>::to_vec).collect()
}

/// Red when: a list has no file, a column no heading, or a file other rows than REST.
#[tokio::test]
async fn every_list_can_be_taken_away_in_both_forms() {
    let (office, _) = given().await;
    let session = office.session(Role::Accounting, None).await;
    for (page, _) in LISTS {
        let text = office.get(&format!("{page}/export.csv"), Some(&session)).await;
        assert_eq!((text.status.as_u16(), text.header("content-type")), (200, "text/csv; charset=utf-8"), "{page}");
        let name = text.header("content-disposition").to_owned();
        assert!(name.starts_with("attachment; filename=\"") && name.ends_with("-2026-04-15.csv\""), "{name}");
        assert_eq!(text.header("cache-control"), "no-store");
        assert!(text.body.starts_with('\u{feff}'), "{page} begins with the mark of UTF-8");
        let lines = read(&text, b';');
        assert!(lines.len() > 1, "{page} has rows");
        assert!(lines[0].iter().all(|heading| !heading.is_empty()), "{page}");
        let book = office.get(&format!("{page}/export.xlsx"), Some(&session)).await;
        assert_eq!(book.status.as_u16(), 200, "{page}");
        let rows = workbook(&book);
        assert_eq!(rows.len(), lines.len(), "{page}");
        let headings: Vec<String> = rows[0].iter().map(ToString::to_string).collect();
        assert_eq!(headings, lines[0], "{page}");
    }
}

/// Red when: figures are texts, a time beyond a day begins anew, or a text becomes a formula.
#[tokio::test]
async fn a_workbook_has_real_figures_and_a_text_the_figures_of_its_language() {
    let (office, _) = given().await;
    let session = office.session(Role::Accounting, None).await;
    let rows = workbook(&office.get("/lapses/export.xlsx?sort=customer", Some(&session)).await);
    let lost = rows[0].iter().position(|cell| *cell == "Verfall (Zeit)").expect("the column");
    let days = rows[1..].iter().filter_map(|row| match &row[lost] {
        Data::DateTime(time) => Some(time.as_f64()),
        Data::Float(days) => Some(*days),
        _ => None,
    });
    let hours: Vec<f64> = days.map(|days| days * 24.0).collect();
    assert!(hours.iter().any(|hours| (hours - 30.0).abs() < 1e-9), "{hours:?}");
    assert!(matches!(rows[1][0], Data::DateTime(_)), "{:?}", rows[1][0]);
    assert!(rows.iter().flatten().any(|cell| *cell == Data::String(HOSTILE.to_owned())));

    let german = read(&office.get("/documents/export.csv", Some(&session)).await, b';');
    let gross = german[0].iter().position(|heading| heading == "Gesamtbetrag").expect("the column");
    assert_eq!(german[1][gross], "475,99");
    let english = format!("session={session}; lang=en");
    let request = crate::support::request(Method::GET, "/documents/export.csv", None)
        .header(axum::http::header::COOKIE, english)
        .body(axum::body::Body::empty());
    let english = read(&office.send(request.expect("a request")).await, b',');
    let gross = english[0].iter().position(|heading| heading == "Total").expect("the column");
    assert_eq!(english[1][gross], "475.99");
    let deficits = read(&office.get("/deficits/export.csv", Some(&session)).await, b';');
    assert!(deficits.iter().flatten().any(|cell| cell == "1:01:30"), "{deficits:?}");
}

/// Red when: a text that somebody typed reaches a spreadsheet as a formula.
#[tokio::test]
async fn no_text_becomes_a_formula() {
    let (office, _) = given().await;
    let session = office.session(Role::Sales, None).await;
    for (page, _) in LISTS {
        let text = office.get(&format!("{page}/export.csv"), Some(&session)).await;
        for cell in read(&text, b';').iter().flatten() {
            assert!(!cell.starts_with(['=', '+', '@', '\t', '\r']), "{page}: {cell}");
        }
    }
    let customers = read(&office.get("/customers/export.csv", Some(&session)).await, b';');
    assert!(customers.iter().flatten().any(|cell| *cell == format!("'{HOSTILE}")), "{customers:?}");
}

/// Red when: a file is filtered or sorted otherwise than its page.
#[tokio::test]
async fn a_file_has_the_filter_and_order_of_its_page() {
    let (office, alpha) = given().await;
    let session = office.session(Role::Sales, None).await;
    let token = office.token(Role::Sales).await;
    let numbers = |lines: &[Vec<String>]| lines[1..].iter().map(|line| line[0].clone()).collect::<Vec<_>>();
    for query in ["", "?sort=number&desc=1", "?q=alpha", "?sort=due", &format!("?customer={alpha}&sort=start")] {
        let file = read(&office.get(&format!("/contracts/export.csv{query}"), Some(&session)).await, b';');
        let rest = office
            .rest(Method::GET, &format!("/contracts{}", query.replace("desc=1", "desc=true")), &token, &Value::Null)
            .await;
        let listed: Vec<String> = rest.json()["contracts"]
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["number"].as_str().expect("a number").to_owned())
            .collect();
        assert_eq!(numbers(&file), listed, "{query}");
    }
}

#[tokio::test]
async fn a_file_needs_what_its_list_needs() {
    let (office, alpha) = given().await;
    for role in Role::ALL {
        let session = office.session(role, (role == Role::Customer).then_some(alpha)).await;
        for (page, _) in LISTS {
            let sees =
                if page == "/customers" { domain::Permission::SeeCustomers } else { domain::Permission::SeeContracts };
            let expected = if role.may(sees) { 200 } else { 403 };
            let answer = office.get(&format!("{page}/export.csv"), Some(&session)).await;
            assert_eq!(answer.status.as_u16(), expected, "{page} as {role:?}");
        }
    }
    let before = office.books().await;
    for (page, rest) in LISTS {
        let answer = office.get(&format!("{page}/export.xlsx"), None).await;
        assert_eq!((answer.status.as_u16(), answer.header("location")), (303, &*format!("/sign-in?next={page}")));
        let answer = office.rest(Method::GET, &format!("{rest}/export?format=csv"), "made-up", &Value::Null).await;
        answer.problem(401, "signed_out");
    }
    assert_eq!(office.books().await, before);
}

/// Red when: REST gives another file than the session, or takes a form that there is not.
#[tokio::test]
async fn rest_gives_the_same_files() {
    let (office, _) = given().await;
    let token = office.token(Role::Accounting).await;
    for (page, rest) in LISTS {
        let text = office.rest(Method::GET, &format!("{rest}/export?format=csv"), &token, &Value::Null).await;
        assert_eq!(text.status.as_u16(), 200, "{rest}: {}", text.body);
        let lines = read(&text, b',');
        assert!(lines.len() > 1, "{page}");
        assert!(!text.body.starts_with('\u{feff}'), "programs get no mark");
        let book = office.rest(Method::GET, &format!("{rest}/export?format=xlsx"), &token, &Value::Null).await;
        assert_eq!(workbook(&book).len(), lines.len(), "{page}");
        for wrong in ["", "?format=", "?format=pdf"] {
            let answer = office.rest(Method::GET, &format!("{rest}/export{wrong}"), &token, &Value::Null).await;
            assert_eq!(answer.problem(422, "invalid")["errors"][0]["field"], "format", "{rest}{wrong}");
        }
    }
    let deficits = office.rest(Method::GET, "/deficits", &token, &Value::Null).await.json();
    assert_eq!(deficits["sums"], json!([{ "amount": "PT2H3M", "rows": 2 }]));
    let lapses = office.rest(Method::GET, "/lapses?cause=not_carried", &token, &Value::Null).await.json();
    assert!(lapses["lapses"].as_array().is_some_and(|rows| rows.iter().all(|row| row["cause"] == "not_carried")));
    office.rest(Method::GET, "/lapses?cause=bad", &token, &Value::Null).await.problem(422, "invalid");
    office.rest(Method::GET, "/lapses?from=0001-01-01", &token, &Value::Null).await.problem(422, "invalid");
}

/// Red when: nonsense in an address is an error of the program, or a file of everything is one of nothing.
#[tokio::test]
async fn nonsense_behind_the_question_mark_does_no_harm() {
    let (office, _) = given().await;
    let session = office.session(Role::Admin, None).await;
    let long = "x".repeat(5_000);
    for query in [
        "?page=-7",
        "?page=99999999999999999999",
        "?sort=%00&desc",
        "?q=%E0%A4%A",
        "?q=%22%27%3B--",
        "?from=0000-00-00",
        "?state=constructor",
        &format!("?q={long}"),
        &format!("?q={}", encode("%_\\\u{0}")),
    ] {
        for (page, _) in LISTS {
            for address in [format!("{page}{query}"), format!("{page}/export.csv{query}")] {
                let answer = office.get(&address, Some(&session)).await;
                assert_eq!(answer.status.as_u16(), 200, "{address}: {}", answer.body);
            }
        }
    }
}

/// More downloads than the database has readers, and nobody takes what comes.
///
/// Red when: they hold all readers, so that nobody gets a page any more.
#[tokio::test]
async fn downloads_that_stall_leave_the_pages_alone() {
    let (office, _) = given().await;
    let session = office.session(Role::Sales, None).await;
    // More rows than two pieces that wait and one that is read.
    let mut tx = store::testing::begin(&office.world.db).await;
    let more = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000)
        INSERT INTO customers SELECT '00000000-0000-7000-8000-' || substr('000000000000' || i, -12), 1, 'n' || i, 'n' || i,
        'n' || i, 'n' || i, '', '', '', '', 'DE', '', '' FROM n";
    store::testing::execute(&mut tx, more).await.expect("they are there");
    store::testing::commit(tx).await;
    let call = as_role(Role::Sales);
    let file = || {
        let dialect = server::export::Dialect::of(texts::Lang::De);
        let ask = wire::customers::CustomerQuery::default();
        server::export::file(&office.world.env, &call, ask, wire::lists::Export::Csv, (texts::Lang::De, dialect))
    };
    let stalled = futures::future::join_all((0..12).map(|_| file()));
    let page = office.get("/customers", Some(&session));
    match futures::future::select(Box::pin(stalled), Box::pin(page)).await {
        futures::future::Either::Left(_) => panic!("all of them were read at once"),
        futures::future::Either::Right((page, _)) => assert_eq!(page.status.as_u16(), 200, "{}", page.body),
    }
}

/// The command line writes the same lists.
#[tokio::test]
async fn the_command_line_writes_every_list() {
    let world = World::new(Engine::Sqlite).await;
    world.customer(HOSTILE).await;
    for kind in server::lists::KINDS {
        let text = server::lists::export(&world.env, kind, "", wire::lists::Export::Csv).await.expect("a read");
        assert!(text.is_some_and(|text| !text.is_empty()), "{kind}");
    }
    let none = server::lists::export(&world.env, "nothing", "", wire::lists::Export::Csv).await.expect("an answer");
    assert_eq!(none, None);
}

/// Red when: the feed needs a session, changes from one minute to the next, or is sent to whoever has it already.
#[tokio::test]
async fn a_calendar_feed_is_read_by_its_address_alone() {
    let (office, _) = given().await;
    let session = office.session(Role::Admin, None).await;
    let (path, _) = server_fn::axum::server_fn_paths()
        .find(|(path, _)| path.ends_with("/renew_calendar"))
        .expect("the function is there");
    let token = office.post(path, Some(&session), "").await.json()["token"].as_str().expect("it is told").to_owned();
    let feed = office.get(&format!("/calendar/{token}.ics"), None).await;
    assert_eq!((feed.status.as_u16(), feed.header("content-type")), (200, "text/calendar; charset=utf-8"));
    assert!(feed.body.starts_with("BEGIN:VCALENDAR\r\n") && feed.body.ends_with("END:VCALENDAR\r\n"), "{}", feed.body);
    let again = crate::support::request(Method::GET, &format!("/calendar/{token}.ics"), None)
        .header("if-none-match", feed.header("etag"))
        .body(axum::body::Body::empty());
    let again = office.send(again.expect("a request")).await;
    assert_eq!((again.status.as_u16(), again.body.as_str()), (304, ""));
    for address in ["/calendar/made-up.ics", &format!("/calendar/{token}"), "/calendar/.ics"] {
        assert_eq!(office.get(address, None).await.status.as_u16(), 404, "{address}");
    }
}
