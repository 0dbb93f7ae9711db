//! Accounts: opening, listing, and the facts that commands decide on.

use domain::{
    DateRange,
    money::Currency,
    quota::{Account, Amount, DeficitPolicy, Ledger, Overbooking, Policy, Seq, Unit},
};
use store::{
    Db, StoreError, accounts,
    testing::{begin, commit, execute},
};
use wire::accounts::{AccountQuery, AccountSort};

use crate::support::{
    Command, account, account_id, amount, customer_id, day, draw_id, given_account, given_customer, lot_id, post,
};

async fn an_account_of_every_kind_is_read_back(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    let overbookings = [
        Overbooking::No,
        Overbooking::Yes { limit: None },
        Overbooking::Yes { limit: Some(Amount::ZERO) },
        Overbooking::Yes { limit: Some(Amount::LARGEST) },
    ];
    let mut number = 0;
    for unit in [Unit::Time, Unit::Money(Currency::EUR), Unit::Money(Currency::JPY)] {
        for overbooking in overbookings {
            for deficits in [DeficitPolicy::Balance, DeficitPolicy::NextGrant] {
                number += 1;
                let (id, customer) = (account_id(number), customer_id(1));
                let account = Account { id, customer, unit, policy: Policy { overbooking, deficits } };
                assert!(accounts::open(&mut tx, &account, "Überhang \"2026\" 🦀").await.expect("it is stored"));
                let stored = accounts::get(&mut tx, id).await.expect("a read").expect("it is there");
                assert_eq!((&stored.account, stored.name.as_str()), (&account, "Überhang \"2026\" 🦀"));
                assert_eq!((stored.next_seq, stored.balance), (Seq(1), Amount::ZERO));
                assert_eq!(accounts::lock(&mut tx, id).await.expect("a read"), Some(stored));
            }
        }
    }
    assert_eq!(accounts::get(&mut tx, account_id(99)).await.expect("a read"), None);
    assert_eq!(accounts::lock(&mut tx, account_id(99)).await.expect("a read"), None);
}

async fn an_id_is_taken_once(db: &Db) {
    let account = given_account(db, Overbooking::No).await;
    let mut tx = begin(db).await;
    assert!(!accounts::open(&mut tx, &account, "Again").await.expect("an answer"));
    let kept = accounts::get(&mut tx, account.id).await.expect("a read").expect("it is there");
    assert_eq!(kept.name, "Support");
}

async fn an_account_needs_its_customer(db: &Db) {
    let mut tx = begin(db).await;
    let refused = accounts::open(&mut tx, &account(1, 99, Overbooking::No), "Nobody's").await;
    assert!(matches!(refused, Err(StoreError::Engine(_))), "{refused:?}");
}

async fn accounts_of_customers_come_by_customer_and_name(db: &Db) {
    for number in 1..=3 {
        given_customer(db, number).await;
    }
    let mut tx = begin(db).await;
    for (number, customer, name) in [(1, 2, "Zebra"), (2, 1, "beta"), (3, 1, "Ärger"), (4, 3, "alone"), (5, 1, "Beta")]
    {
        accounts::open(&mut tx, &account(number, customer, Overbooking::No), name).await.expect("it is stored");
    }
    let of = accounts::of_customers(&mut tx, &[customer_id(2), customer_id(1)]).await.expect("a read");
    let ids: Vec<_> = of.iter().map(|stored| stored.account.id).collect();
    assert_eq!(ids, [3, 2, 5, 1].map(account_id));
    assert_eq!(accounts::of_customers(&mut tx, &[]).await.expect("a read"), []);
}

/// Red when: a filter lets others through, an order is another one, or a page repeats or leaves out what is there.
async fn the_list_has_filters_orders_and_pages(db: &Db) {
    for number in 1..=3 {
        given_customer(db, number).await;
    }
    let mut tx = begin(db).await;
    let eur = Unit::Money(Currency::EUR);
    for (number, customer, name, unit) in
        [(1, 2, "Zebra", Unit::Time), (2, 1, "beta", eur), (3, 1, "Ärger", Unit::Time), (4, 3, "alone", Unit::Time)]
    {
        let account = Account { unit, ..account(number, customer, Overbooking::No) };
        accounts::open(&mut tx, &account, name).await.expect("it is stored");
    }
    let all = AccountQuery::default();
    let by_customer = AccountQuery { sort: AccountSort::Customer, ..all.clone() };
    let first = AccountQuery { customer: Some(customer_id(1)), ..all.clone() };
    for (ask, expected) in [
        (all.clone(), vec![3, 4, 2, 1]),
        (AccountQuery { desc: true, ..all.clone() }, vec![1, 2, 4, 3]),
        (by_customer.clone(), vec![3, 2, 1, 4]),
        (AccountQuery { desc: true, ..by_customer }, vec![4, 1, 2, 3]),
        (first.clone(), vec![3, 2]),
        (AccountQuery { unit: Some(Unit::Time), ..first }, vec![3]),
        (AccountQuery { unit: Some(eur), ..all.clone() }, vec![2]),
        (AccountQuery { customer: Some(customer_id(9)), ..all.clone() }, vec![]),
    ] {
        let found = accounts::list(&mut tx, &ask).await.expect("a read");
        let ids: Vec<_> = found.rows.iter().map(|(_, stored)| stored.account.id).collect();
        assert_eq!(ids, expected.into_iter().map(account_id).collect::<Vec<_>>(), "{ask:?}");
        assert!(!found.more);
        for (customer, stored) in &found.rows {
            assert_eq!(accounts::get(&mut tx, stored.account.id).await.expect("a read").as_ref(), Some(stored));
            assert_eq!(customer.id, stored.account.customer);
            assert!(customer.name.ends_with(customer.number.trim_start_matches("K-")), "{customer:?}");
        }
    }
    for number in 100..150 {
        accounts::open(&mut tx, &account(number, 2, Overbooking::No), "Many").await.expect("it is stored");
    }
    let mut walked = Vec::new();
    for (page, rows, more) in [(1, 50, true), (2, 4, false), (3, 0, false)] {
        let found = accounts::list(&mut tx, &AccountQuery { page, ..all.clone() }).await.expect("a read");
        assert_eq!((found.rows.len(), found.more), (rows, more), "page {page}");
        walked.extend(found.rows.into_iter().map(|(_, stored)| stored.account.id));
    }
    walked.sort_unstable();
    walked.dedup();
    assert_eq!(walked.len(), 54, "each once");
}

async fn all_accounts_are_walked_through_in_steps(db: &Db) {
    given_customer(db, 1).await;
    let mut tx = begin(db).await;
    for number in [5, 1, 0x00ff, 0xff00, 3, 0xabcd] {
        accounts::open(&mut tx, &account(number, 1, Overbooking::No), "A").await.expect("it is stored");
    }
    let (mut walked, mut last) = (Vec::new(), String::new());
    loop {
        let step = accounts::after(&mut tx, &last, 2).await.expect("a read");
        let Some(end) = step.last() else { break };
        last = end.account.id.to_string();
        walked.extend(step.iter().map(|stored| stored.account.id));
    }
    assert_eq!(walked, [1, 3, 5, 0x00ff, 0xabcd, 0xff00].map(account_id));
}

const HISTORY: [Command; 7] = [
    Command::Grant(3, 400, "2026-05-01", Some("2026-06-01")),
    Command::Grant(1, 100, "2026-01-01", None),
    Command::Grant(2, 300, "2026-04-01", Some("2026-05-01")),
    Command::Draw(1, 350, "2026-04-30"),
    Command::Draw(2, 1_000, "2026-05-31"),
    Command::Draw(3, 7, "2025-01-01"),
    Command::Release(1),
];

async fn given_history(db: &Db) -> Ledger {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: None }).await);
    let mut tx = begin(db).await;
    for command in HISTORY {
        post(&mut tx, &mut history, command).await;
    }
    commit(tx).await;
    history
}

async fn facts_hold_the_lots_of_their_days_and_every_deficit(db: &Db) {
    let history = given_history(db).await;
    let mut tx = db.read().await.expect("a read begins");
    let stored = accounts::get(&mut tx, account_id(1)).await.expect("a read").expect("it is there");
    let expect: [(&str, Option<&str>, &[u128]); 8] = [
        ("2026-04-30", Some("2026-05-01"), &[2, 1]),
        ("2026-05-01", Some("2026-05-02"), &[3, 1]),
        ("2026-05-31", Some("2026-06-01"), &[3, 1]),
        ("2026-06-01", Some("2026-06-02"), &[1]),
        ("2025-12-31", Some("2026-01-01"), &[]),
        ("2025-12-31", Some("2026-01-02"), &[1]),
        ("2026-04-30", Some("2026-05-02"), &[2, 3, 1]),
        ("1900-01-01", None, &[2, 3, 1]),
    ];
    for (from, until, lots) in expect {
        let covers = DateRange { from: day(from), until: until.map(day) };
        let facts = accounts::facts(&mut tx, &stored, covers).await.expect("a read");
        assert_eq!(
            facts.lots.iter().map(|state| state.lot.id).collect::<Vec<_>>(),
            lots.iter().copied().map(lot_id).collect::<Vec<_>>()
        );
        for state in &facts.lots {
            assert_eq!(Some(state), history.view.lot(state.lot.id), "{from} to {until:?}");
        }
        assert_eq!((&facts.deficits, facts.next_seq), (&history.view.deficits, history.view.next_seq));
        assert_eq!((facts.covers, &facts.account), (covers, &history.view.account));
    }
}

async fn facts_of_many_accounts_are_those_of_each(db: &Db) {
    given_history(db).await;
    let mut tx = begin(db).await;
    for number in [2, 3] {
        accounts::open(&mut tx, &account(number, 1, Overbooking::No), "Other").await.expect("it is stored");
    }
    let mut third = Ledger::new(account(3, 1, Overbooking::No));
    post(&mut tx, &mut third, Command::Grant(30, 10, "2026-04-01", None)).await;
    let stored = accounts::of_customers(&mut tx, &[customer_id(1)]).await.expect("a read");
    for date in ["2025-01-01", "2026-04-01", "2026-05-31", "2199-12-31"].map(day) {
        let many = accounts::facts_on(&mut tx, &stored, date).await.expect("a read");
        assert_eq!(many.len(), 3);
        for (stored, view) in stored.iter().zip(many) {
            let covers = DateRange { from: date, until: date.succ_opt() };
            assert_eq!(view, accounts::facts(&mut tx, stored, covers).await.expect("a read"));
        }
    }
    assert_eq!(accounts::facts_on(&mut tx, &[], day("2026-04-01")).await.expect("a read"), []);
}

async fn a_value_that_no_version_wrote_is_named_and_not_guessed(db: &Db) {
    given_account(db, Overbooking::No).await;
    for (damage, column) in [("unit = 'parsec'", "unit"), ("unit = 'time', deficits = 'later'", "deficits")] {
        let mut tx = begin(db).await;
        execute(&mut tx, &format!("UPDATE accounts SET {damage}")).await.expect("the damage is done");
        let read = accounts::get(&mut tx, account_id(1)).await;
        assert!(matches!(&read, Err(StoreError::Unreadable { what, .. }) if *what == column), "{read:?}");
    }
}

async fn an_open_deficit_keeps_what_a_cover_leaves(db: &Db) {
    let mut history = Ledger::new(given_account(db, Overbooking::Yes { limit: Some(amount(500)) }).await);
    let mut tx = begin(db).await;
    post(&mut tx, &mut history, Command::Draw(1, 300, "2026-04-10")).await;
    post(&mut tx, &mut history, Command::Draw(2, 200, "2026-04-11")).await;
    post(&mut tx, &mut history, Command::Grant(1, 400, "2026-05-01", None)).await;
    let stored = accounts::lock(&mut tx, account_id(1)).await.expect("a read").expect("it is there");
    let covers = DateRange { from: day("2026-05-01"), until: None };
    let facts = accounts::facts(&mut tx, &stored, covers).await.expect("a read");
    let open: Vec<_> = facts.deficits.iter().map(|deficit| (deficit.draw, deficit.amount)).collect();
    assert_eq!(open, [(draw_id(2), amount(100))]);
}

on_both!(
    an_account_of_every_kind_is_read_back,
    an_id_is_taken_once,
    an_account_needs_its_customer,
    accounts_of_customers_come_by_customer_and_name,
    the_list_has_filters_orders_and_pages,
    all_accounts_are_walked_through_in_steps,
    facts_hold_the_lots_of_their_days_and_every_deficit,
    facts_of_many_accounts_are_those_of_each,
    a_value_that_no_version_wrote_is_named_and_not_guessed,
    an_open_deficit_keeps_what_a_cover_leaves,
);
