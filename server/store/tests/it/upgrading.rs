//! A database of an earlier version is brought up to date when it is opened, and keeps everything.

use domain::{
    DateRange,
    quota::{GrantOrigin, Movement, Overbooking, Seq, Unit},
};
use store::{
    Db, Engine, accounts, billing, contracts, customers, documents, history, ledger, settings, testing::older,
};

use crate::{
    given::{contract, document_id, put, run},
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

fn with_ids(sql: &str) -> String {
    let ids = [
        ("CUSTOMER", customer_id(1).to_string()),
        ("ACCOUNT", account_id(2).to_string()),
        ("LOT", lot_id(3).to_string()),
        ("DRAW", draw_id(4).to_string()),
        ("DOCUMENT", document_id(5).to_string()),
        ("LINE", document_id(6).to_string()),
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
