//! The audit decides every draw and grant anew: what adds up but was decided wrongly is found, and so is what belongs
//! to nothing.

use domain::{AccountId, DrawId, LotId};
use store::testing::{begin, commit, execute};
use usecases::{
    testing::{HOUR, OVERDRAWN, PREPAID, World, day},
    verify::{Fault, verify},
};

use crate::support::assert_sound;

/// Damages ledger and state alike, each statement in exactly one row, and audits.
async fn faults_after(world: &World, damages: &[String]) -> Vec<Fault> {
    assert_sound(world).await;
    let mut tx = begin(&world.db).await;
    for sql in damages {
        assert_eq!(execute(&mut tx, sql).await.expect("the damage is done"), 1, "{sql}");
    }
    commit(tx).await;
    verify(&world.env, None).await.expect("the audit runs").faults
}

/// The one fault is the decision of that entry: everything else adds up.
#[track_caller]
fn assert_only(faults: &[Fault], account: AccountId, entry: i64, what: &str) {
    let [fault] = faults else { panic!("one fault: {faults:#?}") };
    assert_eq!((fault.account, fault.entry), (Some(account), Some(entry)), "{fault:?}");
    assert!(fault.what.contains(what), "{fault:?}");
}

/// An hour of the draw (entry 3) moved from one lot to the other, in the ledger and beside it.
async fn given_a_draw_from_two_lots(world: &World) -> (AccountId, DrawId, [LotId; 2]) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let first = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let second = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-06-01")).await;
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    // What comes later is decided rightly on what is there.
    world.drawn(account, HOUR, "2026-05-10").await;
    (account, draw, [first, second])
}

/// Red when: the audit only folds and does not decide anew.
async fn a_draw_from_the_wrong_lot_is_found_though_all_sums_fit(world: World) {
    let (account, draw, [first, second]) = given_a_draw_from_two_lots(&world).await;
    let damages = [
        format!("UPDATE entry_parts SET lot_id = '{second}' WHERE account_id = '{account}' AND seq = 3"),
        format!("UPDATE draw_parts SET lot_id = '{second}' WHERE draw_id = '{draw}'"),
        format!("UPDATE lot_state SET drawn = drawn - {HOUR} WHERE lot_id = '{first}'"),
        format!("UPDATE lot_state SET drawn = drawn + {HOUR} WHERE lot_id = '{second}'"),
    ];
    assert_only(&faults_after(&world, &damages).await, account, 3, "the kernel takes");
}

/// Red when: only the parts of a draw are decided anew and not its deficit.
async fn a_deficit_where_something_was_available_is_found(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    let lot = world.lot(account, 4 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let draw = world.drawn(account, 2 * HOUR, "2026-04-10").await.request.draw;
    let damages = [
        format!("UPDATE entry_parts SET amount = {HOUR} WHERE account_id = '{account}' AND seq = 2"),
        format!("UPDATE entries SET amount = {HOUR} WHERE account_id = '{account}' AND seq = 2"),
        format!("UPDATE draw_parts SET amount = {HOUR} WHERE draw_id = '{draw}'"),
        format!("UPDATE draw_state SET deficit = {HOUR} WHERE draw_id = '{draw}'"),
        format!("UPDATE lot_state SET drawn = {HOUR} WHERE lot_id = '{lot}'"),
    ];
    assert_only(&faults_after(&world, &damages).await, account, 2, "the kernel takes");
}

/// Red when: covers are folded but not compared with what the kernel would cover.
async fn a_cover_of_the_wrong_draw_is_found(world: World) {
    let (_, account) = world.customer_with_account(OVERDRAWN).await;
    let first = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let second = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let damages = [
        format!("UPDATE entries SET draw_id = '{second}' WHERE account_id = '{account}' AND seq = 4"),
        format!("UPDATE draw_parts SET draw_id = '{second}' WHERE draw_id = '{first}'"),
        format!("UPDATE draw_state SET deficit = {HOUR} WHERE draw_id = '{first}'"),
        format!("UPDATE draw_state SET deficit = 0 WHERE draw_id = '{second}'"),
    ];
    assert_only(&faults_after(&world, &damages).await, account, 4, "the kernel covers");
}

/// A cover by hand after a grant that covered nothing may look like the grant's own.
async fn a_cover_by_hand_right_after_its_grant_is_no_fault(world: World) {
    let (_, account) = world.customer_with_account(PREPAID).await;
    let lot = world.lot(account, 2 * HOUR, "2026-04-01", Some("2026-05-01")).await;
    let draw = world.drawn(account, HOUR, "2026-04-10").await.request.draw;
    let admin = usecases::testing::as_role(domain::Role::Admin);
    let reason = "Storno".to_owned();
    let revoke = wire::accounts::RevokeDraft { account, lot, reason };
    usecases::accounts::revoke(&world, &admin, revoke).await.expect("it is taken back");
    let later = world.lot(account, 2 * HOUR, "2026-06-01", None).await;
    let amount = domain::quota::Amount::new(HOUR);
    let request = domain::quota::CoverRequest { draw, lot: later, amount };
    let cover = wire::accounts::CoverDraft { account, request };
    usecases::accounts::cover(&world, &admin, cover).await.expect("it is covered");
    assert_sound(&world).await;
}

/// Red when: the audit leaves out one of the tables.
async fn rows_that_belong_to_nothing_are_named(world: World) {
    let (account, ..) = given_a_draw_from_two_lots(&world).await;
    let (nobody, date) = ("0198f2f0-0000-7000-8000-00000000000a", day("2026-04-10"));
    let orphans = [
        (
            format!("INSERT INTO draw_parts (draw_id, place, lot_id, amount) VALUES ('{nobody}', 0, '{nobody}', 1)"),
            nobody,
        ),
        (
            format!(
                "INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) VALUES ('{account}', 99, 0, '{nobody}', 1)"
            ),
            "entry 99",
        ),
        (
            format!(
                "INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) VALUES ('{nobody}', 1, 0, '{nobody}', 1)"
            ),
            nobody,
        ),
        (
            format!(
                "INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
                    VALUES ('{nobody}', '{account}', 99, 1, 0, '{date}', '2026-05-01')"
            ),
            nobody,
        ),
        (
            format!(
                "INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released)
                    VALUES ('{nobody}', '{account}', 99, '{date}', 0, FALSE)"
            ),
            nobody,
        ),
    ];
    for (damage, named) in orphans {
        let faults = faults_after(&world, std::slice::from_ref(&damage)).await;
        let of_nothing: Vec<_> = faults.iter().filter(|fault| fault.account.is_none()).collect();
        let [fault] = of_nothing[..] else { panic!("{damage}: {faults:#?}") };
        assert!(fault.what.contains(named) && fault.entry.is_none(), "{damage}: {fault:?}");
        // Away with it, so that the next one stands alone.
        let mut tx = begin(&world.db).await;
        for table in ["draw_parts", "entry_parts", "lot_state", "draw_state"] {
            let id = if table.starts_with("draw") { "draw_id" } else { "lot_id" };
            execute(&mut tx, &format!("DELETE FROM {table} WHERE {id} = '{nobody}'")).await.expect("it is removed");
        }
        commit(tx).await;
    }
}

on_both!(
    a_draw_from_the_wrong_lot_is_found_though_all_sums_fit,
    a_deficit_where_something_was_available_is_found,
    a_cover_of_the_wrong_draw_is_found,
    a_cover_by_hand_right_after_its_grant_is_no_fault,
    rows_that_belong_to_nothing_are_named,
);
