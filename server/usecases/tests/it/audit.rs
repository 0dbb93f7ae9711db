//! The audit finds every kind of damage and names the account and the first wrong entry.

use domain::AccountId;
use store::testing::{begin, commit, execute};
use usecases::{
    testing::{HOUR, OVERDRAWN, World},
    verify::{Fault, verify},
};

/// Two accounts of which the first gets damaged. Its entries:
///
/// 1 grant 4 h [Apr 1, May 1), 2 draw 5 h Apr 10 with 1 h deficit, 3 grant 2 h [May 1, ..), 4 cover 1 h,
/// 5 draw 30 min May 2, 6 draw 2 h May 3 with 1.5 h deficit, 7 release of 5
async fn given_books(world: &World) -> AccountId {
    let (customer, account) = world.customer_with_account(OVERDRAWN).await;
    world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(account, 5 * HOUR, "2026-04-10").await;
    world.lot(account, 2 * HOUR, "2026-05-01", None).await;
    let undone = world.drawn(account, HOUR / 2, "2026-05-02").await.request.draw;
    world.drawn(account, 2 * HOUR, "2026-05-03").await;
    world.releases(account, undone).await.expect("it is released");
    let other = world.account(customer, OVERDRAWN).await;
    world.lot(other, HOUR, "2026-04-01", None).await;
    world.drawn(other, 2 * HOUR, "2026-04-10").await;
    account
}

async fn faults_after(world: &World, account: AccountId, damage: &str) -> Vec<Fault> {
    let mut tx = begin(&world.db).await;
    let sql = damage.replace("THIS", &format!("account_id = '{account}'"));
    assert_eq!(execute(&mut tx, &sql).await.expect("the damage is done"), 1, "{sql}");
    commit(tx).await;
    verify(&world.env, None).await.expect("the audit runs").faults
}

async fn good_books_have_no_fault(world: World) {
    given_books(&world).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.entries, report.faults), (2, 9, vec![]));
}

async fn an_empty_company_has_no_fault(world: World) {
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.entries, report.faults), (0, 0, vec![]));
}

async fn more_accounts_than_one_step_are_all_audited(world: World) {
    let customer = world.customer("Alpha").await;
    let mut last = None;
    for _ in 0..201 {
        last = Some(world.account(customer, OVERDRAWN).await).max(last);
    }
    let last = last.expect("the last by id");
    let mut tx = begin(&world.db).await;
    execute(&mut tx, &format!("UPDATE accounts SET balance = 1 WHERE id = '{last}'")).await.expect("damage");
    commit(tx).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.faults.len()), (201, 1));
    assert_eq!(report.faults[0].account, Some(last));
}

/// Red when: the audit leaves out the thing that the row damages.
async fn every_kind_of_damage_is_found(engine: store::Engine) {
    // The damage, and the first wrong entry.
    let damages: [(&str, Option<i64>); 21] = [
        ("UPDATE lot_state SET drawn = drawn - 1 WHERE THIS AND seq = 1", Some(1)),
        ("UPDATE lot_state SET granted = granted + 1 WHERE THIS AND seq = 3", Some(3)),
        ("UPDATE lot_state SET usable_until = '2026-06-01' WHERE THIS AND seq = 1", Some(1)),
        ("UPDATE lot_state SET usable_from = '2026-03-01' WHERE THIS AND seq = 3", Some(3)),
        ("DELETE FROM lot_state WHERE THIS AND seq = 1", Some(1)),
        ("DELETE FROM lot_state WHERE THIS AND seq = 3", Some(3)),
        ("UPDATE draw_state SET deficit = deficit + 1 WHERE THIS AND seq = 6", Some(6)),
        ("UPDATE draw_state SET date = '2026-05-04' WHERE THIS AND seq = 5", Some(5)),
        ("UPDATE draw_state SET released = FALSE WHERE THIS AND seq = 5", Some(5)),
        ("DELETE FROM draw_state WHERE THIS AND seq = 2", Some(2)),
        (
            "UPDATE draw_parts SET amount = amount - 1 WHERE place = 0
                AND draw_id = (SELECT draw_id FROM draw_state WHERE THIS AND seq = 6)",
            Some(6),
        ),
        ("UPDATE entries SET movement = movement + 1 WHERE THIS AND seq = 2", Some(2)),
        ("UPDATE entries SET amount = amount + 1 WHERE THIS AND seq = 1", Some(1)),
        ("UPDATE entries SET amount = amount - 1 WHERE THIS AND seq = 2", Some(2)),
        ("UPDATE entries SET amount = amount + 1 WHERE THIS AND seq = 4", Some(4)),
        ("UPDATE entries SET date = '2026-05-02' WHERE THIS AND seq = 2", Some(2)),
        ("DELETE FROM entries WHERE THIS AND seq = 4", Some(4)),
        ("DELETE FROM entries WHERE THIS AND seq = 7", None),
        ("UPDATE entry_parts SET amount = amount - 1 WHERE THIS AND seq = 2", Some(2)),
        ("DELETE FROM entry_parts WHERE THIS AND seq = 7", Some(7)),
        ("UPDATE accounts SET balance = balance + 1 WHERE id = 'ID'", None),
    ];
    for (damage, entry) in damages {
        let world = World::new(engine).await;
        let account = given_books(&world).await;
        let damage = damage.replace("'ID'", &format!("'{account}'"));
        let faults = faults_after(&world, account, &damage).await;
        // Rows that belong to nothing are named in the end, without an account.
        assert!(faults.iter().all(|fault| fault.account.is_none_or(|of| of == account)), "{damage}: {faults:#?}");
        let first = faults.first().unwrap_or_else(|| panic!("not found: {damage}"));
        assert_eq!(first.entry, entry, "{damage}: {faults:#?}");
    }
}

#[tokio::test]
async fn every_kind_of_damage_is_found_on_sqlite() {
    every_kind_of_damage_is_found(store::Engine::Sqlite).await;
}

async fn a_wrong_next_number_is_found(world: World) {
    let account = given_books(&world).await;
    let faults =
        faults_after(&world, account, &format!("UPDATE accounts SET next_seq = 9 WHERE id = '{account}'")).await;
    assert_eq!(faults.len(), 1);
    assert_eq!((faults[0].account, faults[0].what.as_str()), (Some(account), "next entry is 8, the account says 9"));
}

on_both!(
    good_books_have_no_fault,
    an_empty_company_has_no_fault,
    more_accounts_than_one_step_are_all_audited,
    a_wrong_next_number_is_found,
);
