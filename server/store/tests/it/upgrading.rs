//! A database of an earlier version is brought up to date when it is opened, and keeps everything.

use domain::{
    DateRange, ProjectId, Seconds,
    quota::{GrantOrigin, Movement, Overbooking, Seq, Unit},
    splitting::BookingRounding,
};
use store::{
    Db, Engine, accounts, audit, billing, contracts, customers, documents, filings, history, ledger, papers, projects,
    settings,
    testing::{begin, commit, execute, older},
};

use crate::{
    given::{contract, contract_id, document_id, put, run},
    support::{account_id, amount, customer_id, day, draw_id, instant, lot_id},
};

/// What the first version wrote: a customer, an account with a grant, a draw with a deficit, settings, a history.
const FIRST: &str = "
    INSERT INTO settings (name, value) VALUES ('books_closed_until', '2026-03-01');
    INSERT INTO counters (name, value) VALUES ('customer', 10001);
    INSERT INTO customers (id, version, number, number_folded, name, name_folded, street, postcode, city, city_folded,
        country, email, vat_id) VALUES ('CUSTOMER', 3, '10001', '10001', 'Älpha', 'alpha', 'S', 'P', 'Ulm', 'ulm', 'DE', '', '');
    INSERT INTO customer_words (word, customer_id) VALUES ('alpha', 'CUSTOMER');
    INSERT INTO accounts (id, customer_id, name, name_folded, unit, overbooking, overbooking_limit, deficits, next_seq,
        balance) VALUES ('ACCOUNT', 'CUSTOMER', 'Support', 'support', 'time', TRUE, 900, 'next_grant', 3, -100);
    INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
        available_before, available_after, text, by_name, posted_at)
        VALUES ('ACCOUNT', 1, 'grant', '2026-04-01', 500, 'LOT', NULL, 500, '2026-04-01', '2026-05-01', NULL, NULL, NULL,
        'April', 'Anna', '2026-04-01T08:00:00+00:00');
    INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
        available_before, available_after, text, by_name, posted_at)
        VALUES ('ACCOUNT', 2, 'draw', '2026-04-10', -600, NULL, 'DRAW', 100, NULL, NULL, 600, 500, 0, 'Work', 'Bea',
        '2026-04-10T08:00:00+00:00');
    INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) VALUES ('ACCOUNT', 2, 0, 'LOT', 500);
    INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
        VALUES ('LOT', 'ACCOUNT', 1, 500, 500, '2026-04-01', '2026-05-01');
    INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released)
        VALUES ('DRAW', 'ACCOUNT', 2, '2026-04-10', 100, FALSE);
    INSERT INTO draw_parts (draw_id, place, lot_id, amount) VALUES ('DRAW', 0, 'LOT', 500);
    INSERT INTO history (subject, subject_id, number, at, by_name, change)
        VALUES ('customer', 'CUSTOMER', 1, '2026-04-01T08:00:00+00:00', 'Anna', '[]');";

/// What only the second version wrote: an end, a lot that is carried over, where it comes from.
const SECOND: &str = "
    UPDATE accounts SET ends_on = '2026-12-01';
    UPDATE entries SET origin = 'by_hand' WHERE seq = 2;
    UPDATE entries SET origin = 'contract_billing', carried_from = '2026-05-01', cap = 50 WHERE seq = 1;
    UPDATE lot_state SET origin = 'contract_billing', carried_from = '2026-05-01', cap = 50, usable_until = '2026-06-01';";

/// What only the third version wrote: an invoice with its line.
const THIRD: &str = "
    INSERT INTO documents (id, version, kind, state, customer_id, currency, date, due_on, payment_days, delivery, net, vat,
        gross, recipient, created_at, created_by) VALUES ('DOCUMENT', 1, 'contract_invoice', 'draft', 'CUSTOMER', 'EUR',
        '2026-04-01', '2026-04-15', 14, 'mail', 39999, 7600, 47599, '', '2026-04-01T08:00:00+00:00', 'Anna');
    INSERT INTO document_lines (document_id, place, text, quantity, unit, price, discount, vat_rate, total)
        VALUES ('DOCUMENT', 0, 'Quota', '1', 'piece', '399.99', '0', '19', 39999);";

/// What only the fourth version wrote: a line of an invoice that comes from a line of a delivery note.
const FOURTH: &str = "
    UPDATE document_lines SET line_id = 'LINE', clearing = '{\"line\":\"LINE\",\"total\":39999,\"outcome\":\"full\",
        \"figures\":null,\"cleared\":0,\"item\":0}';";

/// An invoice that was issued, one that was cancelled and a draft, as the version before papers wrote them: all of them
/// bill a contract.
const ISSUED: &str = "
    INSERT INTO contracts (id, version, number, number_folded, customer_id, account_id, responsible, reference, start_on,
        billing_start, automatic, consolidated, next_period, edited_by) VALUES ('CONTRACT', 1, 'V-1', 'v-1', 'CUSTOMER',
        'ACCOUNT', '', '', '2026-04-01', '2026-04-01', TRUE, FALSE, 1, 'Anna');
    INSERT INTO documents (id, version, kind, state, number, number_folded, customer_id, currency, date, due_on, payment_days,
        delivery, net, vat, gross, recipient, created_at, created_by, issued_at, issued_by) VALUES ('ISSUED', 2,
        'contract_invoice', 'issued', 'RE-1', 're-1', 'CUSTOMER', 'EUR', '2026-04-01', '2026-04-15', 14, 'mail', 39999, 7600,
        47599, 'CARD', '2026-04-01T08:00:00+00:00', 'Anna', '2026-04-02T08:00:00+00:00', 'Anna');
    INSERT INTO documents (id, version, kind, state, number, number_folded, customer_id, currency, date, due_on, payment_days,
        delivery, net, vat, gross, recipient, created_at, created_by, issued_at, issued_by) VALUES ('CANCELLED', 3,
        'contract_invoice', 'cancelled', 'RE-2', 're-2', 'CUSTOMER', 'EUR', '2026-04-01', '2026-04-15', 14, 'mail', 39999,
        7600, 47599, 'CARD', '2026-04-01T08:00:00+00:00', 'Anna', '2026-04-02T08:00:00+00:00', 'Anna');
    INSERT INTO document_lines (document_id, place, text, quantity, unit, price, discount, vat_rate, total, contract_id)
        VALUES ('ISSUED', 0, 'Quota', '1', 'piece', '399.99', '0', '19', 39999, 'CONTRACT');
    INSERT INTO document_lines (document_id, place, text, quantity, unit, price, discount, vat_rate, total, contract_id, undone)
        VALUES ('CANCELLED', 0, 'Quota', '1', 'piece', '399.99', '0', '19', 39999, 'CONTRACT', TRUE);
    UPDATE document_lines SET contract_id = 'CONTRACT' WHERE document_id = 'DOCUMENT';";

/// What only the version with papers wrote: a row for whatever was issued.
const PAPERS: &str = "
    INSERT INTO papers (document_id, letterhead, template) VALUES ('ISSUED', 0, 1);
    INSERT INTO papers (document_id, letterhead, template) VALUES ('CANCELLED', 0, 1);";

/// The recipient of what was issued.
const CARD: &str = r#"{"number":"10001","name":"Older","street":"S","postcode":"P","city":"Ulm","country":"DE","email":"","vat_id":""}"#;

fn with_ids(sql: &str) -> String {
    let ids = [
        ("CUSTOMER", customer_id(1).to_string()),
        ("ACCOUNT", account_id(2).to_string()),
        ("LOT", lot_id(3).to_string()),
        ("DRAW", draw_id(4).to_string()),
        ("DOCUMENT", document_id(5).to_string()),
        ("LINE", document_id(6).to_string()),
        ("CONTRACT", contract_id(7).to_string()),
        ("ISSUED", document_id(8).to_string()),
        ("CANCELLED", document_id(9).to_string()),
        ("CARD", CARD.to_owned()),
    ];
    let sql = sql.replace("LINE\"", &format!("{}\"", document_id(6)));
    ids.iter().fold(sql, |sql, (name, id)| sql.replace(&format!("'{name}'"), &format!("'{id}'")))
}

async fn upgraded(engine: Engine, version: i64) -> Db {
    let written = [FIRST, SECOND, THIRD, FOURTH];
    let sql: String = written.into_iter().zip(1..).filter(|(_, by)| *by <= version).map(|(sql, _)| sql).collect();
    let url = older(engine, version, &with_ids(&sql)).await;
    Db::open(&url).await.expect("it is brought up to date")
}

/// Red when: a migration loses or bends what stands there.
async fn what_an_earlier_version_wrote_is_read_back(engine: Engine, version: i64) {
    let db = upgraded(engine, version).await;
    let mut tx = db.read().await.expect("a read begins");
    let customer = customers::get(&mut tx, customer_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((customer.version, customer.card.name.as_str()), (3, "Älpha"));
    assert_eq!(history::list(&mut tx, "customer", &customer_id(1).to_string(), 9).await.expect("a read").len(), 1);
    assert_eq!(settings::get(&mut tx, "books_closed_until").await.expect("a read").as_deref(), Some("2026-03-01"));

    let stored = accounts::get(&mut tx, account_id(2)).await.expect("a read").expect("it is there");
    assert_eq!((stored.account.unit, stored.next_seq, stored.balance), (Unit::Time, Seq(3), amount(-100)));
    assert_eq!(stored.account.policy.overbooking, Overbooking::Yes { limit: Some(amount(900)) });
    assert_eq!(stored.books_closed_until, Some(day("2026-03-01")));
    assert_eq!(stored.end, (version >= 2).then(|| day("2026-12-01")));
    assert_eq!(accounts::policies(&mut tx, account_id(2)).await.expect("a read"), []);

    let second = version >= 2;
    let origin = if second { GrantOrigin::ContractBilling } else { GrantOrigin::default() };
    let lots = ledger::lots_of(&mut tx, &stored).await.expect("a read");
    let [state] = lots.as_slice() else { panic!("one lot: {lots:?}") };
    assert_eq!(
        (state.lot.id, state.lot.amount, state.drawn, state.revoked),
        (lot_id(3), amount(500), amount(500), false)
    );
    assert_eq!(
        (state.lot.origin, state.lot.carried.and_then(|carried| carried.cap)),
        (origin, second.then(|| amount(50)))
    );
    let draws = ledger::draws_of(&mut tx, account_id(2)).await.expect("a read");
    let [draw] = draws.as_slice() else { panic!("one draw: {draws:?}") };
    assert_eq!((draw.draw, draw.deficit, draw.parts.len(), draw.released), (draw_id(4), amount(100), 1, false));
    let entries = ledger::all(&mut tx, account_id(2)).await.expect("a read");
    assert_eq!(entries.iter().map(|kept| kept.entry.seq).collect::<Vec<_>>(), [Seq(1), Seq(2)]);
    let Movement::Grant { lot } = &entries[0].entry.movement else { panic!("{:?}", entries[0]) };
    assert_eq!((lot.origin, entries[0].note.at), (origin, instant("2026-04-01T08:00:00Z")));
    let covers = DateRange { from: day("2026-04-30"), until: Some(day("2026-05-01")) };
    let facts = accounts::facts(&mut tx, &stored, covers).await.expect("a read");
    assert_eq!((facts.lots.len(), facts.deficits.len()), (1, 1));
    if version >= 3 {
        let page = documents::get(&mut tx, document_id(5)).await.expect("a read").expect("it is there");
        let lines: Vec<_> = page.lines.iter().map(|line| (line.total, line.cleared.is_some())).collect();
        assert_eq!((lines, page.totals.gross), (vec![(39_999, version >= 4)], 47_599));
        assert_eq!((page.cancels, page.cancelled_by, page.reason.as_str()), (None, None, ""));
    }
    // What was drawn before there were drafts is drawn.
    assert_eq!(ledger::held(&mut tx, &[account_id(2)]).await.expect("a read"), [].into());
    // The new index knows the old lots.
    assert_eq!(accounts::little_left(&mut tx, day("2026-04-15"), 9).await.expect("a read"), [account_id(2)]);
}

/// Red when: a new table lacks a column, or asks for one of an old row that is not there.
async fn a_contract_is_billed_on_what_an_earlier_version_wrote(engine: Engine, version: i64) {
    let db = upgraded(engine, version).await;
    let mut tx = store::testing::begin(&db).await;
    let mut stored = contract(7, 1);
    stored.account = Some(account_id(2));
    put(&mut tx, &stored).await;
    let due = contracts::due(&mut tx, day("2026-04-01"), None).await.expect("a read");
    assert_eq!(due.len(), 1);
    assert!(
        billing::add(&mut tx, &run(1), None, 1, ("Anna", instant("2026-04-01T08:00:00Z"))).await.expect("an answer")
    );
    store::testing::commit(tx).await;
}

/// Red when: what was issued before papers, or before its lines kept the numbers of their contracts, loses its paper or
/// its lines, or follows a contract that is called otherwise later.
async fn what_was_issued_by_an_earlier_version_stays_as_it_was(engine: Engine, version: i64) {
    let papers_too = if version >= 12 { PAPERS } else { "" };
    let written = [FIRST, SECOND, THIRD, FOURTH, ISSUED, papers_too].concat();
    let url = older(engine, version, &with_ids(&written)).await;
    let db = Db::open(&url).await.expect("it is brought up to date");
    let mut tx = begin(&db).await;
    for number in [8, 9] {
        let paper = papers::get(&mut tx, document_id(number)).await.expect("a read").expect("it has a paper");
        assert_eq!((paper.letterhead, paper.template, paper.set_at, paper.attempts), (0, 1, None, 0), "{number}");
    }
    assert!(papers::get(&mut tx, document_id(5)).await.expect("a read").is_none(), "drafts have none");
    execute(&mut tx, "UPDATE contracts SET number = 'V-2', number_folded = 'v-2'")
        .await
        .expect("it is called otherwise");
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    for (number, name) in [(8, "V-1"), (9, "V-1"), (5, "V-2")] {
        let page = documents::get(&mut tx, document_id(number)).await.expect("a read").expect("it is there");
        let [line] = &page.lines[..] else { panic!("one line: {page:?}") };
        assert_eq!(line.contract, Some((contract_id(7), name.to_owned())), "document {number}");
        assert_eq!((line.line.text.as_str(), line.total, page.totals.gross), ("Quota", 39_999, 47_599));
        let recipient = if number == 5 { "" } else { "Older" };
        assert_eq!(page.recipient.name, recipient);
    }
    let orphans = audit::orphans(&mut tx).await.expect("a read");
    assert!(orphans.iter().all(|what| !what.contains("paper") && !what.contains("number")), "{orphans:?}");
}

macro_rules! issued_by_each {
    ($($engine:ident $version:literal: $name:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $name() {
            what_was_issued_by_an_earlier_version_stays_as_it_was(Engine::$engine, $version).await;
        }
    )*};
}
issued_by_each! {
    Sqlite 11: what_was_issued_before_papers_stays_on_sqlite;
    Sqlite 12: what_was_issued_before_numbers_were_kept_stays_on_sqlite;
    Postgres 11: what_was_issued_before_papers_stays_on_postgres;
    Postgres 12: what_was_issued_before_numbers_were_kept_stays_on_postgres;
}

/// Red when: what was set before there was an archive is never filed, or what is not set is.
async fn what_was_set_before_there_was_an_archive_waits_for_it(engine: Engine) {
    let set = "UPDATE papers SET input = '{}', input_hash = 'i', bytes = 'b', bytes_hash = 'b',
        set_at = '2026-04-02T08:00:00+00:00' WHERE document_id = 'ISSUED';";
    let written = [FIRST, SECOND, THIRD, FOURTH, ISSUED, PAPERS, set].concat();
    let url = older(engine, 12, &with_ids(&written)).await;
    let db = Db::open(&url).await.expect("it is brought up to date");
    let mut tx = begin(&db).await;
    let (now, until) = (instant("2026-05-01T08:00:00Z"), instant("2026-05-01T08:05:00Z"));
    assert_eq!(filings::take(&mut tx, now, until, 9).await.expect("they are due"), [document_id(8)]);
    let unset = filings::get(&mut tx, document_id(9)).await.expect("a read").expect("it has a paper");
    assert_eq!((unset.due_at, unset.attempts, unset.error, unset.filed_at), (None, 0, None, None));
    let orphans = audit::orphans(&mut tx).await.expect("a read");
    assert!(orphans.iter().all(|what| !what.contains("paper")), "{orphans:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_before_there_was_an_archive_waits_for_it_on_sqlite() {
    what_was_set_before_there_was_an_archive_waits_for_it(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_set_before_there_was_an_archive_waits_for_it_on_postgres() {
    what_was_set_before_there_was_an_archive_waits_for_it(Engine::Postgres).await;
}

/// Red when: a project that rounded says nothing any more, or one that did not says now that nothing is to be rounded.
async fn how_projects_round_stays_as_it_was(engine: Engine) {
    let customer =
        "INSERT INTO customers (id, version, number, number_folded, name, name_folded, street, postcode, city,
        city_folded, country, email, vat_id) VALUES ('CUSTOMER', 1, '1', '1', 'A', 'a', '', '', '', '', 'DE', '', '');";
    let project = |number: u128| ProjectId::new(uuid::Uuid::from_u128(number));
    let rounding = |minimum, step| BookingRounding::new(Seconds(minimum), Seconds(step)).ok();
    let known = [(1, [0, 1], None), (2, [0, 900], rounding(0, 900)), (3, [60, 1], rounding(60, 1))];
    let rows = known.map(|(number, [minimum, step], _)| {
        let id = project(number);
        format!(
            "INSERT INTO projects (id, version, number, number_folded, customer_id, name, name_folded, currency, closed,
            splitting, round_minimum, round_step, limited, lines_version) VALUES ('{id}', 1, 'P-{number}', 'p-{number}',
            'CUSTOMER', 'Care', 'care', 'EUR', FALSE, 'company', {minimum}, {step}, FALSE, 0);"
        )
    });
    let url = older(engine, 29, &with_ids(&[customer.to_owned(), rows.concat()].concat())).await;
    let db = Db::open(&url).await.expect("it is brought up to date");
    let mut tx = db.read().await.expect("a read begins");
    for (number, _, expected) in known {
        let found = projects::get(&mut tx, project(number)).await.expect("a read").expect("it is there");
        assert_eq!(found.rounding, expected, "project {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_projects_round_stays_as_it_was_on_sqlite() {
    how_projects_round_stays_as_it_was(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn how_projects_round_stays_as_it_was_on_postgres() {
    how_projects_round_stays_as_it_was(Engine::Postgres).await;
}

macro_rules! from_each {
    ($($engine:ident $version:literal: $read:ident $billed:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $read() {
            what_an_earlier_version_wrote_is_read_back(Engine::$engine, $version).await;
        }
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $billed() {
            a_contract_is_billed_on_what_an_earlier_version_wrote(Engine::$engine, $version).await;
        }
    )*};
}
from_each! {
    Sqlite 1: the_first_version_is_read_on_sqlite a_contract_beside_the_first_version_on_sqlite;
    Sqlite 2: the_second_version_is_read_on_sqlite a_contract_beside_the_second_version_on_sqlite;
    Sqlite 3: the_third_version_is_read_on_sqlite a_contract_beside_the_third_version_on_sqlite;
    Postgres 1: the_first_version_is_read_on_postgres a_contract_beside_the_first_version_on_postgres;
    Postgres 2: the_second_version_is_read_on_postgres a_contract_beside_the_second_version_on_postgres;
    Postgres 3: the_third_version_is_read_on_postgres a_contract_beside_the_third_version_on_postgres;
    Sqlite 4: the_fourth_version_is_read_on_sqlite a_contract_beside_the_fourth_version_on_sqlite;
    Postgres 4: the_fourth_version_is_read_on_postgres a_contract_beside_the_fourth_version_on_postgres;
}
