//! Lists over the whole company: every filter finds what it says, and nothing that can lapse is overlooked.

use chrono::NaiveDate;
use domain::{
    contracts::{ContractState, Delivery},
    documents::{DocumentKind, DocumentState},
    quota::{Ledger, Overbooking, Unit},
};
use store::{
    Db, Slice, contracts, documents, lists,
    testing::{begin, commit, execute},
};
use wire::{
    contracts::{ContractQuery, ContractSort},
    documents::{DocumentQuery, DocumentSort},
    lists::{DeficitQuery, DeficitSort, ToDoQuery, ToDoSort, ToDoTime, UnitKind},
};

use crate::{
    given::{add_invoices, contract, contract_id, document_id, invoice, put},
    support::{
        Command::{self, Carry, Draw, End, Grant},
        account_id, customer_id, day, draw_id, given_account, given_customer, lots_of, post,
    },
};

const ALL: Slice = Slice { offset: 0, most: 1_000 };

/// Red when: the state of the list is not that of the domain, or a filter is not asked for.
async fn contracts_are_found_by_every_filter(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let today = day("2026-04-01");
    let mut tx = begin(db).await;
    let mut all = Vec::new();
    for number in 1..=12_u128 {
        let mut stored = contract(number, 1 + number % 2);
        stored.contract.cancelled_on = (number % 3 == 0).then(|| day("2026-01-15"));
        stored.contract.agreed_end = match number % 4 {
            0 => Some(today),
            1 => Some(day("2026-04-02")),
            _ => None,
        };
        stored.card.contract_type = None;
        put(&mut tx, &stored).await;
        all.push(stored);
    }
    let found = async |tx: &mut store::Tx, ask: ContractQuery| {
        let rows = contracts::slice(tx, &ask, today, ALL).await.expect("a read");
        rows.into_iter().map(|line| line.id).collect::<Vec<_>>()
    };
    for state in ContractState::ALL {
        let expected: Vec<_> =
            all.iter().filter(|one| one.contract.state(today) == state).map(|one| one.contract.id).collect();
        assert!(!expected.is_empty(), "{state:?}");
        let ask = ContractQuery { state: Some(state), ..ContractQuery::default() };
        assert_eq!(found(&mut tx, ask).await, expected, "{state:?}");
    }
    let ask = ContractQuery { customer: Some(customer_id(2)), ..ContractQuery::default() };
    assert_eq!(found(&mut tx, ask).await, [1, 3, 5, 7, 9, 11].map(contract_id));
    let ends = |ends: &str| ContractQuery { ends_until: Some(day(ends)), ..ContractQuery::default() };
    let expected = |last: &str| {
        let until = |one: &&contracts::StoredContract| {
            one.contract.end().is_some_and(|end| end <= day(last).succ_opt().expect("a day"))
        };
        all.iter().filter(until).map(|one| one.contract.id).collect::<Vec<_>>()
    };
    for last in ["2026-03-30", "2026-03-31", "2026-04-01", "2027-12-31"] {
        assert_eq!(found(&mut tx, ends(last)).await, expected(last), "{last}");
    }
    let due = |due: &str| ContractQuery { due_until: Some(day(due)), ..ContractQuery::default() };
    let expected = |until: &str| {
        let is = |one: &&contracts::StoredContract| one.contract.due_on(one.next).is_some_and(|due| due <= day(until));
        all.iter().filter(is).map(|one| one.contract.id).collect::<Vec<_>>()
    };
    for until in ["2026-01-01", "2026-04-01", "2026-06-30"] {
        assert_eq!(found(&mut tx, due(until)).await, expected(until), "{until}");
    }
    let with = ContractQuery { quota: Some(true), ..ContractQuery::default() };
    let without = ContractQuery { quota: Some(false), ..ContractQuery::default() };
    assert_eq!((found(&mut tx, with).await.len(), found(&mut tx, without).await.len()), (0, 12));
}

/// Red when: what has no end is sorted as each engine likes, or the name of the customer does not lead.
async fn contracts_are_sorted_by_every_column_alike(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let mut tx = begin(db).await;
    for (number, customer, start, end) in
        [(1, 2, "2026-03-01", Some("2026-12-01")), (2, 1, "2026-02-01", None), (3, 2, "2026-01-01", Some("2026-11-01"))]
    {
        let mut stored = contract(number, customer);
        stored.contract.start = day(start);
        stored.contract.billing_start = day("2026-04-01");
        stored.contract.cancelled_on = None;
        stored.contract.agreed_end = end.map(day);
        if end.is_none() {
            stored.contract.terms.renewal = Some(12);
        }
        put(&mut tx, &stored).await;
    }
    for (sort, desc, expected) in [
        (ContractSort::Customer, false, [2, 1, 3]),
        (ContractSort::Customer, true, [3, 1, 2]),
        (ContractSort::Start, false, [3, 2, 1]),
        (ContractSort::Start, true, [1, 2, 3]),
        (ContractSort::End, false, [3, 1, 2]),
        (ContractSort::End, true, [1, 3, 2]),
    ] {
        let ask = ContractQuery { sort, desc, ..ContractQuery::default() };
        let rows = contracts::slice(&mut tx, &ask, day("2026-04-01"), ALL).await.expect("a read");
        let ids: Vec<_> = rows.into_iter().map(|line| line.id).collect();
        assert_eq!(ids, expected.map(contract_id), "{sort:?} {desc}");
    }
}

/// Red when: a filter is not asked for, a day is left out at either end, or a cancelled invoice still stands on its note.
async fn documents_are_found_by_every_filter(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let mut tx = begin(db).await;
    let invoices: Vec<_> = (1..=6_u128)
        .map(|n| {
            let number = format!("RE-{n}");
            let mut new = invoice(n, 1 + n % 2, (n != 4).then_some(number.as_str()), &format!("2026-04-0{n}"));
            if n > 4 {
                new.kind = DocumentKind::DeliveryNote;
            }
            if n % 3 == 1 {
                new.delivery = Delivery::Print;
            }
            new
        })
        .collect();
    add_invoices(&mut tx, &invoices).await;
    let found = async |tx: &mut store::Tx, ask: DocumentQuery| {
        let rows = documents::slice(tx, &ask, ALL).await.expect("a read");
        rows.into_iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let ask = DocumentQuery::default();
    for (ask, expected) in [
        (DocumentQuery { state: Some(DocumentState::Draft), ..ask.clone() }, vec![4]),
        (DocumentQuery { state: Some(DocumentState::Issued), ..ask.clone() }, vec![6, 5, 3, 2, 1]),
        (DocumentQuery { kind: Some(DocumentKind::DeliveryNote), ..ask.clone() }, vec![6, 5]),
        (DocumentQuery { delivery: Some(Delivery::Print), ..ask.clone() }, vec![4, 1]),
        (DocumentQuery { delivery: Some(Delivery::Mail), ..ask.clone() }, vec![6, 5, 3, 2]),
        (DocumentQuery { delivery: Some(Delivery::None), ..ask.clone() }, vec![]),
        (
            DocumentQuery {
                delivery: Some(Delivery::Print),
                state: Some(DocumentState::Issued),
                sort: DocumentSort::Customer,
                ..ask.clone()
            },
            vec![1],
        ),
        (DocumentQuery { from: Some(day("2026-04-02")), until: Some(day("2026-04-04")), ..ask.clone() }, vec![4, 3, 2]),
        (DocumentQuery { open: true, ..ask.clone() }, vec![6, 5]),
        (DocumentQuery { q: "re-3".to_owned(), ..ask.clone() }, vec![3]),
        (DocumentQuery { q: "customer 2".to_owned(), ..ask.clone() }, vec![5, 3, 1]),
        (DocumentQuery { sort: DocumentSort::Number, ..ask.clone() }, vec![6, 5, 3, 2, 1, 4]),
        (DocumentQuery { sort: DocumentSort::Number, desc: true, ..ask.clone() }, vec![4, 1, 2, 3, 5, 6]),
        (DocumentQuery { sort: DocumentSort::Customer, ..ask.clone() }, vec![2, 4, 6, 1, 3, 5]),
        (DocumentQuery { desc: true, ..ask.clone() }, vec![1, 2, 3, 4, 5, 6]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(document_id).collect();
        assert_eq!(found(&mut tx, ask.clone()).await, expected, "{ask:?}");
    }
    // A line of note 6 stands on invoice 1; once that is undone, it is open again.
    for (sql, expected) in [
        ("UPDATE document_lines SET line_id = 'n6' WHERE document_id = '{6}'", vec![6, 5]),
        ("UPDATE document_lines SET note_line = 'n6' WHERE document_id = '{1}' AND place = 0", vec![5]),
        ("UPDATE document_lines SET undone = TRUE WHERE document_id = '{1}'", vec![6, 5]),
    ] {
        let sql = sql.replace("{6}", &document_id(6).to_string()).replace("{1}", &document_id(1).to_string());
        let sql = if sql.contains("line_id = 'n6'") { format!("{sql} AND place = 0") } else { sql };
        assert!(execute(&mut tx, &sql).await.expect("it is written") > 0, "{sql}");
        let ask = DocumentQuery { open: true, ..ask.clone() };
        assert_eq!(found(&mut tx, ask).await, expected.into_iter().map(document_id).collect::<Vec<_>>(), "{sql}");
    }
}

/// An account with every way of lapsing.
const HISTORY: [Command; 9] = [
    Grant(1, 100, "2026-01-01", Some("2026-02-01")),
    Carry(2, 100, "2026-02-01", "2026-03-01", Some(30)),
    Carry(3, 100, "2026-03-01", "2026-04-01", None),
    Grant(4, 100, "2026-04-01", None),
    Draw(1, 60, "2026-01-10"),
    Draw(2, 80, "2026-02-10"),
    Draw(3, 100, "2026-03-20"),
    Grant(5, 50, "2026-07-01", Some("2026-08-01")),
    End(Some("2026-06-15")),
];

/// Red when: one of the ways to lapse is not looked for, or a day at either end is left out.
async fn no_lot_that_lapses_is_overlooked(db: &Db) {
    let account = given_account(db, Overbooking::No).await;
    let mut tx = begin(db).await;
    let mut history = Ledger::new(account);
    for command in HISTORY {
        post(&mut tx, &mut history, command).await;
    }
    commit(tx).await;
    let mut tx = db.read().await.expect("a read begins");
    let lots = lots_of(&mut tx).await;
    let lapses = |state: &domain::quota::LotState| state.lapses().expect("small figures");
    let mut seen = 0;
    let mut date = day("2025-12-30");
    while date < day("2026-09-01") {
        let next = date.succ_opt().expect("a day");
        let mut expected: Vec<_> =
            lots.iter().flat_map(|lot| lapses(lot).into_iter().map(|lapse| (lot.lot.id, lapse))).collect();
        expected.retain(|(_, lapse)| lapse.date == date);
        let found = lists::lapsing(&mut tx, "", (date, next), 100).await.expect("a read");
        let mut listed: Vec<_> =
            found.iter().flat_map(|(lot, _)| lapses(lot).into_iter().map(|lapse| (lot.lot.id, lapse))).collect();
        listed.retain(|(_, lapse)| lapse.date == date);
        let key = |one: &(domain::LotId, domain::quota::Lapse)| (one.0, one.1.over_cap);
        expected.sort_by_key(key);
        listed.sort_by_key(key);
        assert_eq!(listed, expected, "{date}");
        seen += listed.len();
        date = next;
    }
    let all: usize = lots.iter().map(|lot| lapses(lot).len()).sum();
    assert!(seen == all && all >= 4, "{seen} of {all}");
    let (from, until) = (day("2026-01-01"), day("2027-01-01"));
    let named = lists::lapsing(&mut tx, "cust 1", (from, until), 100).await.expect("a read");
    assert!(!named.is_empty());
    let (_, owner) = &named[0];
    assert_eq!((owner.customer.id, owner.account.0, owner.unit), (customer_id(1), account_id(1), Unit::Time));
    assert!(lists::lapsing(&mut tx, "nobody", (from, until), 100).await.expect("a read").is_empty());
    assert_eq!(lists::lapsing(&mut tx, "", (from, until), 2).await.expect("a read").len(), 2);
}

/// Red when: a covered draw is listed, a filter or an order is not asked for, or the sums count more than is listed.
async fn open_deficits_are_listed_with_their_sums(db: &Db) {
    let account = given_account(db, Overbooking::Yes { limit: None }).await;
    let mut tx = begin(db).await;
    let mut history = Ledger::new(account);
    for command in [
        Draw(1, 10, "2026-01-10"),
        Draw(2, 20, "2026-02-10"),
        Draw(3, 30, "2026-03-10"),
        // Covers the first in full and a part of the second.
        Grant(1, 15, "2026-01-01", Some("2027-01-01")),
    ] {
        post(&mut tx, &mut history, command).await;
    }
    let ask = DeficitQuery::default();
    let rows = lists::deficits(&mut tx, &ask, ALL).await.expect("a read");
    let told: Vec<_> = rows.iter().map(|row| (row.draw, row.date, row.amount.units())).collect();
    assert_eq!(told, [(draw_id(2), day("2026-02-10"), 15), (draw_id(3), day("2026-03-10"), 30)]);
    assert_eq!((rows[0].customer.id, rows[0].contract.clone(), rows[0].document.clone()), (customer_id(1), None, None));
    let sums = async |tx: &mut store::Tx, ask: &DeficitQuery| {
        let sums = lists::deficit_sums(tx, ask).await.expect("a read");
        sums.into_iter().map(|sum| (sum.unit, sum.amount.units(), sum.rows)).collect::<Vec<_>>()
    };
    assert_eq!(sums(&mut tx, &ask).await, [(Unit::Time, 45, 2)]);
    let march = DeficitQuery { from: Some(day("2026-03-10")), until: Some(day("2026-03-10")), ..ask.clone() };
    assert_eq!(sums(&mut tx, &march).await, [(Unit::Time, 30, 1)]);
    assert_eq!(lists::deficits(&mut tx, &march, ALL).await.expect("a read").len(), 1);
    for (sort, desc, first) in [
        (DeficitSort::Date, true, 3),
        (DeficitSort::Customer, false, 2),
        (DeficitSort::Customer, true, 3),
        (DeficitSort::Amount, false, 2),
        (DeficitSort::Amount, true, 3),
    ] {
        let ask = DeficitQuery { sort, desc, ..ask.clone() };
        assert_eq!(
            lists::deficits(&mut tx, &ask, ALL).await.expect("a read")[0].draw,
            draw_id(first),
            "{sort:?} {desc}"
        );
    }
    let nobody = DeficitQuery { q: "nobody".to_owned(), ..ask.clone() };
    assert_eq!(sums(&mut tx, &nobody).await, []);
    // The account gets a contract, and is found by the beginning of its number.
    let mut stored = contract(7, 1);
    stored.account = Some(account_id(1));
    put(&mut tx, &stored).await;
    let number = stored.card.number.to_lowercase();
    for (unit, contract, found) in [
        (Some(UnitKind::Time), "", 2),
        (Some(UnitKind::Money), "", 0),
        (None, number.as_str(), 2),
        (Some(UnitKind::Time), &number[..1], 2),
        (None, "no such number", 0),
    ] {
        let ask = DeficitQuery { unit, contract: contract.to_owned(), ..ask.clone() };
        let rows = lists::deficits(&mut tx, &ask, ALL).await.expect("a read");
        let summed: u64 = sums(&mut tx, &ask).await.iter().map(|(_, _, rows)| *rows).sum();
        assert_eq!((rows.len(), summed), (found, u64::try_from(found).expect("few")), "{ask:?}");
    }
}

/// Red when: what has no lead days is left out once it is due, or what is not yet in its lead days is listed.
async fn to_dos_are_what_is_due_or_within_its_lead_days(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let mut tx = begin(db).await;
    for (number, start, lead, by) in [
        (1, "2026-04-10", Some(5), "Anna"),
        (2, "2026-04-01", None, "Anna"),
        (3, "2026-04-03", Some(400), "Bea"),
        (4, "2026-05-01", None, "Bea"),
        (5, "2026-05-02", Some(30), "Anna"),
    ] {
        let mut stored = contract(number, 1 + number % 2);
        (stored.contract.start, stored.contract.billing_start) = (day("2026-01-01"), day(start));
        (stored.contract.cancelled_on, stored.contract.agreed_end) = (None, None);
        stored.contract.terms.billing.time = domain::contracts::BillingTime::Advance;
        stored.contract.terms.billing.lead_days = lead;
        stored.contract.terms.billing.automatic = number != 2;
        stored.contract.terms.renewal = Some(12);
        stored.next = 0;
        stored.edited_by = by.to_owned();
        put(&mut tx, &stored).await;
    }
    let found = async |tx: &mut store::Tx, ask: ToDoQuery, today: NaiveDate| {
        let rows = lists::to_dos(tx, &ask, today, ALL).await.expect("a read");
        rows.into_iter().map(|line| line.id).collect::<Vec<_>>()
    };
    let ask = ToDoQuery::default();
    for (ask, today, expected) in [
        (ask.clone(), "2026-04-01", vec![2, 3]),
        (ask.clone(), "2026-04-04", vec![2, 3, 5]),
        (ask.clone(), "2026-04-05", vec![2, 3, 1, 5]),
        (ask.clone(), "2026-05-01", vec![2, 3, 1, 4, 5]),
        (ToDoQuery { time: Some(ToDoTime::Overdue), ..ask.clone() }, "2026-04-05", vec![2, 3]),
        (ToDoQuery { time: Some(ToDoTime::Soon), ..ask.clone() }, "2026-04-05", vec![1, 5]),
        (ToDoQuery { automatic: Some(false), ..ask.clone() }, "2026-04-05", vec![2]),
        (ToDoQuery { whose: "Bea".to_owned(), ..ask.clone() }, "2026-04-05", vec![3]),
        (ToDoQuery { q: "customer 1".to_owned(), ..ask.clone() }, "2026-04-05", vec![2]),
        (ToDoQuery { sort: ToDoSort::Number, desc: true, ..ask.clone() }, "2026-04-05", vec![5, 3, 2, 1]),
        (ToDoQuery { sort: ToDoSort::Customer, ..ask.clone() }, "2026-04-05", vec![2, 3, 1, 5]),
        (ToDoQuery { desc: true, ..ask.clone() }, "2026-04-05", vec![5, 1, 3, 2]),
    ] {
        let expected: Vec<_> = expected.into_iter().map(contract_id).collect();
        assert_eq!(found(&mut tx, ask.clone(), day(today)).await, expected, "{ask:?} {today}");
    }
}

on_both!(
    contracts_are_found_by_every_filter,
    contracts_are_sorted_by_every_column_alike,
    documents_are_found_by_every_filter,
    no_lot_that_lapses_is_overlooked,
    open_deficits_are_listed_with_their_sums,
    to_dos_are_what_is_due_or_within_its_lead_days,
);
