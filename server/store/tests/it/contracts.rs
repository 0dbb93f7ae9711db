//! Contracts: what is kept, what is due, what is found.

use domain::{DateRange, contracts::InvoiceKind, quota::Overbooking};
use store::{
    Db, Engine, accounts, contract_types,
    contracts::{self, Due, StoredContract, TermsOfAccount},
    testing::{begin, commit, until_somebody_waits},
};
use wire::contracts::{CONTRACTS_PER_PAGE, ContractQuery, ContractSort, ContractTypeDraft};

use crate::{
    given::{contract, contract_id, put, terms, type_id},
    support::{account, account_id, customer_id, day, given_customer, instant, noon},
};

async fn a_contract_is_read_back_with_every_field(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let gold = ContractTypeDraft { id: type_id(1), version: 0, name: "Gold".to_owned(), terms: terms() };
    contract_types::put(&mut tx, &gold, true).await.expect("it is stored");
    accounts::open(&mut tx, &account(5, 1, Overbooking::No), "Support").await.expect("it is opened");
    let plain = contract(1, 1);
    let mut full = contract(2, 1);
    full.card.contract_type = Some(type_id(1));
    full.card.responsible = String::from("Bea");
    full.card.reference = String::from("PO 7");
    full.account = Some(account_id(5));
    full.next = 7;
    full.contract.billing_start = day("2026-05-15");
    full.contract.cancelled_on = Some(day("2026-06-01"));
    full.contract.agreed_end = Some(day("2027-01-01"));
    for stored in [&plain, &full] {
        put(&mut tx, stored).await;
        let expected = StoredContract { version: 1, ..stored.clone() };
        assert_eq!(contracts::get(&mut tx, stored.contract.id).await.expect("a read"), Some(expected.clone()));
        assert_eq!(contracts::lock(&mut tx, stored.contract.id).await.expect("a read"), Some(expected));
    }
    let of_account = contracts::of_account(&mut tx, account_id(5)).await.expect("a read");
    assert_eq!(of_account.map(|found| found.contract.id), Some(contract_id(2)));
    let name = contracts::name(&mut tx, contract_id(2)).await.expect("a read").expect("it is there");
    assert_eq!(
        (name.type_name.as_str(), name.customer.number.as_str(), name.end),
        ("Gold", "K-1", Some(day("2027-01-01")))
    );
    assert_eq!((name.start, name.account, name.automatic), (day("2026-04-01"), Some(account_id(5)), true));
    assert_eq!(contracts::get(&mut tx, contract_id(3)).await.expect("a read"), None);
}

/// Red when: a change keeps the terms of the first version.
async fn every_state_of_the_terms_stays(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    let mut changed = StoredContract { version: 1, edited_by: "Bea".to_owned(), ..contract(1, 1) };
    changed.card.number = String::from("Other");
    changed.contract.terms.billing.payment_days = 60;
    put(&mut tx, &changed).await;
    let kept = contracts::get(&mut tx, contract_id(1)).await.expect("a read").expect("it is there");
    assert_eq!(kept, StoredContract { version: 2, ..changed });
    assert_eq!(contracts::numbered(&mut tx, "V-00001").await.expect("a read"), None);
    assert_eq!(contracts::numbered(&mut tx, "OTHER").await.expect("a read"), Some(contract_id(1)));
    commit(tx).await;
    let versions = store::testing::dump(db, &["contract_versions"]).await;
    assert_eq!(versions.len(), 2);
    for (version, days) in versions.iter().zip(["\"payment_days\":30", "\"payment_days\":60"]) {
        let plain = version.replace("\"\"", "\"");
        assert!(plain.contains(days), "{version}");
    }
}

async fn ids_and_numbers_of_contracts_are_taken_once(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    let mut same_number = contract(2, 1);
    same_number.card.number = String::from("v-00001");
    for taken in [contract(1, 1), same_number] {
        assert!(!contracts::put(&mut tx, &taken, noon()).await.expect("an answer"), "{}", taken.card.number);
    }
}

/// Red when: due days are not written with the contract, or not moved by billing.
async fn what_is_due_and_its_to_dos_follow_the_next_period(db: &Db) {
    given_customer(db, 1).await;
    given_customer(db, 2).await;
    let mut tx = begin(db).await;
    let mut later = contract(1, 1);
    later.contract.billing_start = day("2026-05-01");
    let mut ended = contract(2, 1);
    ended.contract.agreed_end = Some(day("2026-04-02"));
    let mut by_hand = contract(3, 2);
    by_hand.contract.terms.billing.automatic = false;
    by_hand.contract.terms.billing.invoice = InvoiceKind::Own;
    by_hand.contract.terms.billing.lead_days = None;
    for stored in [&later, &ended, &by_hand] {
        put(&mut tx, stored).await;
    }
    let due = |number: u128, customer: u128, automatic: bool| Due {
        id: contract_id(number),
        customer: customer_id(customer),
        consolidated: automatic,
        automatic,
    };
    let all = contracts::due(&mut tx, day("2026-05-01"), None).await.expect("a read");
    assert_eq!(all, [due(2, 1, true), due(3, 2, false), due(1, 1, true)]);
    let of_one = contracts::due(&mut tx, day("2026-05-01"), Some(customer_id(1))).await.expect("a read");
    assert_eq!(of_one, [due(2, 1, true), due(1, 1, true)]);
    let april = contracts::due(&mut tx, day("2026-04-30"), None).await.expect("a read");
    assert_eq!(april, [due(2, 1, true), due(3, 2, false)]);
    assert_eq!(contracts::due(&mut tx, day("2026-03-31"), None).await.expect("a read"), []);

    let numbers = |lines: Vec<contracts::ContractLine>| lines.iter().map(|line| line.id).collect::<Vec<_>>();
    let to_dos = |day| (day, 10);
    for (on, expected) in [
        ("2026-03-29", vec![]),
        ("2026-03-30", vec![contract_id(2)]),
        ("2026-03-31", vec![contract_id(2)]),
        // On the day on which it is due it is no more on its way.
        ("2026-04-29", vec![contract_id(1)]),
    ] {
        let (on, most) = to_dos(day(on));
        assert_eq!(numbers(contracts::to_dos(&mut tx, on, most).await.expect("a read")), expected, "{on}");
    }
    let lines = contracts::due_lines(&mut tx, day("2026-05-01"), 2).await.expect("a read");
    assert_eq!(numbers(lines), [contract_id(2), contract_id(3)]);

    // Billed once, the one that has ended is due no more, and the other a month later.
    for stored in [ended, later] {
        contracts::advance(&mut tx, &StoredContract { next: 1, version: 1, ..stored }).await.expect("it is billed");
    }
    assert_eq!(contracts::due(&mut tx, day("2026-05-31"), Some(customer_id(1))).await.expect("a read"), []);
    let june = contracts::due(&mut tx, day("2026-06-01"), Some(customer_id(1))).await.expect("a read");
    assert_eq!(june, [due(1, 1, true)]);
    let kept = contracts::get(&mut tx, contract_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((kept.next, kept.version), (1, 1));
}

async fn contracts_are_listed_in_pages_and_both_ways(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in 1..=60 {
        let mut stored = contract(number, 1);
        let months = chrono::Months::new(u32::try_from(61 - number).expect("few"));
        stored.contract.billing_start = day("2026-04-01") + months;
        put(&mut tx, &stored).await;
    }
    let size = usize::try_from(CONTRACTS_PER_PAGE).expect("few");
    for (sort, desc, first) in [
        (ContractSort::Number, false, 1),
        (ContractSort::Number, true, 60),
        (ContractSort::Due, false, 60),
        (ContractSort::Due, true, 1),
    ] {
        let mut found = Vec::new();
        for (page, more) in [(1, true), (2, true), (3, false), (4, false)] {
            let ask = ContractQuery { sort, desc, page, ..ContractQuery::default() };
            let listed = contracts::list(&mut tx, &ask, day("2026-04-01")).await.expect("a read");
            assert_eq!(listed.more, more, "{sort:?} {desc} {page}");
            assert!(listed.rows.len() <= size);
            found.extend(listed.rows.iter().map(|line| line.id));
        }
        let mut expected: Vec<_> = (1..=60).map(contract_id).collect();
        if first == 60 {
            expected.reverse();
        }
        assert_eq!(found, expected, "{sort:?} {desc}");
    }
}

/// Red when: a contract that is due no more is sorted as each engine likes.
async fn a_search_finds_numbers_and_customers_and_sorts_alike(db: &Db) {
    for customer in [1, 2] {
        given_customer(db, customer).await;
    }
    let mut tx = begin(db).await;
    let mut ended = contract(12, 1);
    (ended.contract.agreed_end, ended.next) = (Some(day("2026-04-02")), 1);
    for stored in [contract(11, 1), ended, contract(21, 2)] {
        put(&mut tx, &stored).await;
    }
    for (q, sort, desc, expected) in [
        ("v-0001", ContractSort::Number, false, vec![11, 12]),
        ("v-0001", ContractSort::Number, true, vec![12, 11]),
        ("V-0001", ContractSort::Due, false, vec![11, 12]),
        ("V-0001", ContractSort::Due, true, vec![11, 12]),
        ("customer 2", ContractSort::Number, false, vec![21]),
        ("cust", ContractSort::Number, false, vec![11, 12, 21]),
        ("K-2", ContractSort::Number, false, vec![21]),
        ("nothing", ContractSort::Number, false, vec![]),
    ] {
        let ask = ContractQuery { q: q.to_owned(), sort, desc, page: 1, ..ContractQuery::default() };
        let found = contracts::list(&mut tx, &ask, day("2026-04-01")).await.expect("a read");
        let ids: Vec<_> = found.rows.iter().map(|line| line.id).collect();
        assert_eq!(ids, expected.into_iter().map(contract_id).collect::<Vec<_>>(), "{q} {sort:?} {desc}");
    }
}

/// Two processes: the second waits for the first and then sees what it saved.
///
/// Red when: the row of the contract is locked together with its terms: PostgreSQL then joins the new version with the
/// old terms and finds nothing.
async fn whoever_waited_for_a_contract_sees_its_new_terms(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    put(&mut tx, &contract(1, 1)).await;
    commit(tx).await;

    let mut tx = begin(db).await;
    contracts::lock(&mut tx, contract_id(1)).await.expect("a read").expect("it is there");
    let other = db.clone();
    let waits = tokio::spawn(async move {
        other.write(|tx| Box::pin(async move { contracts::lock(tx, contract_id(1)).await })).await
    });
    // SQLite's writers wait for the whole database.
    if db.engine() == Engine::Postgres {
        until_somebody_waits(db).await;
    }
    let mut changed = StoredContract { version: 1, ..contract(1, 1) };
    changed.contract.terms.billing.payment_days = 60;
    put(&mut tx, &changed).await;
    commit(tx).await;
    let seen = waits.await.expect("it ends").expect("a read");
    assert_eq!(seen, Some(StoredContract { version: 2, ..changed }));
}

/// Red when: a version is left out or comes in another order, or the contract of another account is taken for its own.
async fn what_the_contract_of_an_account_ever_said_is_read(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [5, 6, 7] {
        let name = format!("Support {number}");
        assert!(accounts::open(&mut tx, &account(number, 1, Overbooking::No), &name).await.expect("it is opened"));
    }
    let mut first = contract(1, 1);
    (first.account, first.contract.agreed_end) = (Some(account_id(5)), Some(day("2027-01-01")));
    let other = StoredContract { account: Some(account_id(6)), ..contract(2, 1) };
    for stored in [&other, &first] {
        put(&mut tx, stored).await;
    }
    let mut changed = StoredContract { version: 1, ..first.clone() };
    changed.contract.terms.quota = None;
    let later = instant("2026-05-01T08:00:00Z");
    assert!(contracts::put(&mut tx, &changed, later).await.expect("it is stored"));
    let found = contracts::terms_of_accounts(&mut tx, &[7, 6, 5].map(account_id)).await.expect("a read");
    let of = |number, until, versions| {
        let lasts = DateRange { from: day("2026-04-01"), until };
        TermsOfAccount { account: account_id(number), lasts, versions }
    };
    let both = vec![(noon(), first.contract.terms), (later, changed.contract.terms)];
    let expected = [of(5, Some(day("2027-01-01")), both), of(6, None, vec![(noon(), other.contract.terms)])];
    assert_eq!(found, expected);
}

on_both!(
    a_contract_is_read_back_with_every_field,
    every_state_of_the_terms_stays,
    what_the_contract_of_an_account_ever_said_is_read,
    ids_and_numbers_of_contracts_are_taken_once,
    what_is_due_and_its_to_dos_follow_the_next_period,
    contracts_are_listed_in_pages_and_both_ways,
    a_search_finds_numbers_and_customers_and_sorts_alike,
    whoever_waited_for_a_contract_sees_its_new_terms,
);
