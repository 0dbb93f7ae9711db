//! The terms of an account as they change, and accounts of which little is left.

use domain::quota::{DeficitPolicy, Ledger, Overbooking, Policy, Seq};
use store::{
    Db, accounts,
    testing::{begin, execute},
};

use crate::support::{Command, account, account_id, amount, day, given_account, post};

fn policy(limit: Option<i64>, deficits: DeficitPolicy) -> Policy {
    Policy { overbooking: Overbooking::Yes { limit: limit.map(amount) }, deficits }
}

/// Red when: what held before the first change is forgotten, or two changes between the same entries are two.
async fn an_account_remembers_the_terms_it_had(db: &Db) {
    let before = given_account(db, Overbooking::No).await;
    let mut history = Ledger::new(before.clone());
    let mut tx = begin(db).await;
    assert_eq!(accounts::policies(&mut tx, before.id).await.expect("a read"), []);
    post(&mut tx, &mut history, Command::Grant(1, 100, "2026-04-01", None)).await;
    let (limited, free) = (policy(Some(50), DeficitPolicy::Balance), policy(None, DeficitPolicy::NextGrant));
    for wanted in [limited, free] {
        let stored = accounts::lock(&mut tx, before.id).await.expect("a read").expect("it is there");
        accounts::set_policy(&mut tx, &stored, wanted).await.expect("it is set");
        let now = accounts::get(&mut tx, before.id).await.expect("a read").expect("it is there");
        assert_eq!(now.account.policy, wanted);
    }
    let kept = accounts::policies(&mut tx, before.id).await.expect("a read");
    assert_eq!(kept, [(Seq(0), before.policy), (Seq(2), free)]);

    post(&mut tx, &mut history, Command::Draw(1, 10, "2026-04-10")).await;
    let stored = accounts::lock(&mut tx, before.id).await.expect("a read").expect("it is there");
    accounts::set_policy(&mut tx, &stored, limited).await.expect("it is set");
    let kept = accounts::policies(&mut tx, before.id).await.expect("a read");
    assert_eq!(kept, [(Seq(0), before.policy), (Seq(2), free), (Seq(3), limited)]);
}

async fn accounts_are_read_by_id(db: &Db) {
    given_account(db, Overbooking::No).await;
    let mut tx = begin(db).await;
    for number in [2, 3] {
        accounts::open(&mut tx, &account(number, 1, Overbooking::No), "Other").await.expect("it is stored");
    }
    for lock in [false, true] {
        let found = accounts::many(&mut tx, &[3, 9, 1].map(account_id), lock).await.expect("a read");
        assert_eq!(found.iter().map(|stored| stored.account.id).collect::<Vec<_>>(), [1, 3].map(account_id));
        assert_eq!(accounts::many(&mut tx, &[], lock).await.expect("a read"), []);
    }
}

/// Red when: a lot that is revoked or not usable on the day counts, or exactly a fifth.
async fn accounts_with_little_left_are_found(db: &Db) {
    let first = given_account(db, Overbooking::No).await;
    let mut tx = begin(db).await;
    let mut history = Ledger::new(first);
    post(&mut tx, &mut history, Command::Grant(1, 100, "2026-04-01", Some("2026-05-01"))).await;
    post(&mut tx, &mut history, Command::Draw(1, 80, "2026-04-10")).await;
    let mut little = async |on: &str| accounts::little_left(&mut tx, day(on), 10).await.expect("a read");
    assert_eq!(little("2026-04-15").await, [], "a fifth is left");
    post(&mut tx, &mut history, Command::Draw(2, 1, "2026-04-10")).await;
    let mut little = async |on: &str| accounts::little_left(&mut tx, day(on), 10).await.expect("a read");
    assert_eq!(little("2026-03-31").await, []);
    assert_eq!(little("2026-04-01").await, [account_id(1)]);
    assert_eq!(little("2026-04-30").await, [account_id(1)]);
    assert_eq!(little("2026-05-01").await, []);
    execute(&mut tx, "UPDATE lot_state SET revoked = TRUE").await.expect("it is revoked");
    assert_eq!(accounts::little_left(&mut tx, day("2026-04-15"), 10).await.expect("a read"), []);
}

on_both!(an_account_remembers_the_terms_it_had, accounts_are_read_by_id, accounts_with_little_left_are_found);
