//! The audit of bookings: every kind of damage is found and named.

use domain::{BookingId, TaskId};
use store::{
    Engine,
    testing::{begin, commit, execute},
};
use usecases::{
    testing::{HOUR, PREPAID, World, day},
    verify::{Fault, verify},
};
use wire::{bookings::BookingDraft, projects::LineDraft};

use crate::{
    project_invoices::invoices,
    support::assert_sound,
    workshop::{
        block, book, change, delete, effort, free, lasting, maintenance, me, page, row, set_tasks, shop, task, told,
    },
};

/// Three bookings: 60 minutes, free and of a block; 30 minutes, of the block and by the hour; 10 that nobody pays for.
/// And the task of another project.
async fn given_books(world: &World) -> ([BookingId; 3], TaskId) {
    me(world).await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    world.lot(account, HOUR / 2, "2026-01-01", None).await;
    let shown = LineDraft { reported: true, ..free(world, 45) };
    let lines = vec![shown, block(world, account), effort(world, "100")];
    let own = shop(world, customer, lines).await;
    let elsewhere = shop(world, customer, Vec::new()).await;
    let gone = own.books(world, "2026-04-10", 5).await;
    let first = own.books(world, "2026-04-10", 50).await;
    let second = own.books(world, "2026-04-10", 30).await;
    let third = BookingDraft { billable: false, ..own.draft(world, "2026-04-10", 10) };
    let third = book(world, &third).await.expect("it is booked").row;
    change(world, &lasting(&first, 60)).await.expect("it is changed");
    delete(world, &gone).await.expect("it is deleted");
    ([first.id, second.id, third.id], elsewhere.task)
}

async fn faults_after(world: &World, damage: &str) -> Vec<Fault> {
    let mut tx = begin(&world.db).await;
    execute(&mut tx, damage).await.unwrap_or_else(|error| panic!("{damage}: {error}"));
    commit(tx).await;
    verify(&world.env, None).await.expect("the audit runs").faults
}

/// Booked, changed and deleted.
async fn good_books_of_bookings_have_no_fault(world: World) {
    given_books(&world).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.bookings, report.faults), (2, 3, vec![]));
}

/// Red when: on what a booking was decided is not kept anew where its portions stay, or what it held is taken for what
/// somebody else had.
async fn a_booking_that_keeps_its_portions_says_on_what_they_stand_now(world: World) {
    let own = maintenance(&world).await;
    let gift = own.books(&world, "2026-04-10", 30).await;
    own.books(&world, "2026-04-10", 15).await;
    let late = own.books(&world, "2026-04-10", 60).await;
    let draft = BookingDraft { billable: false, ..lasting(&gift, 30) };
    let gift = change(&world, &draft).await.expect("it is changed").row;
    assert_eq!((told(&gift).as_str(), gift.billable), ("Free 30", false), "nothing is left beside what it holds");
    assert_sound(&world).await;
    // April was used up when it was booked, March was not. What is drawn by hand is not poured again.
    let free = page(&world, own.project).await.lines[0].account.as_ref().expect("an account").id;
    world.drawn(free, 45 * 60, "2026-03-05").await;
    let draft = BookingDraft { date: day("2026-03-10"), ..lasting(&late, 60) };
    assert_eq!(told(&change(&world, &draft).await.expect("it is changed").row), "Effort 60 = 10000");
    assert_sound(&world).await;
    let others = page(&world, own.project).await.tasks;
    let setup = task(&world, "Setup");
    set_tasks(&world, own.project, [others, vec![setup.clone()]].concat()).await.expect("they are saved");
    let draft = BookingDraft { task: setup.id, billable: true, ..lasting(&gift, 30) };
    assert_eq!(told(&change(&world, &draft).await.expect("it is changed").row), "Free 30");
    assert_sound(&world).await;
}

/// The damage, with `FIRST`, `SECOND` and `THIRD` for bookings, `ELSEWHERE` for the task of another project, and what
/// is told.
const DAMAGES: [(&str, &str); 23] = [
    ("UPDATE portions SET seconds = seconds - 1 WHERE booking_id = FIRST AND place = 1", "its portions add up to"),
    ("UPDATE portions SET seconds = seconds - 1 WHERE booking_id = FIRST AND place = 1", "decided anew it gets"),
    ("UPDATE portions SET amount = amount + 1 WHERE booking_id = SECOND AND place = 1", "decided anew it gets"),
    ("UPDATE portions SET taken = taken + 1 WHERE booking_id = FIRST AND place = 0", "its draw"),
    ("UPDATE portions SET draw_id = NULL WHERE booking_id = FIRST AND place = 0", "by no draw"),
    (
        "UPDATE portions SET draw_id = NULL WHERE booking_id = FIRST AND place = 0",
        "a draw of a booking stands on no portion",
    ),
    ("UPDATE portions SET draw_id = NOBODY WHERE booking_id = FIRST AND place = 0", "is not there"),
    (
        "DROP INDEX portions_draw; UPDATE portions SET draw_id = (SELECT draw_id FROM portions WHERE booking_id = FIRST
            AND place = 1) WHERE booking_id = SECOND AND place = 0",
        "two portions have the same draw",
    ),
    (
        "UPDATE portions SET line_id = (SELECT line_id FROM portions WHERE booking_id = FIRST AND place = 0)
            WHERE booking_id = FIRST AND place = 1",
        "two of its portions go to the same place",
    ),
    (
        "UPDATE portions SET line_id = (SELECT line_id FROM portions WHERE booking_id = FIRST AND place = 0)
            WHERE booking_id = SECOND AND place = 0",
        "its draw",
    ),
    (
        "UPDATE draw_state SET released = TRUE WHERE draw_id = (SELECT draw_id FROM portions WHERE booking_id = FIRST
            AND place = 0)",
        "its draw",
    ),
    (
        "UPDATE entries SET origin = 'by_hand' WHERE draw_id = (SELECT draw_id FROM portions WHERE booking_id = FIRST
            AND place = 0)",
        "its draw",
    ),
    ("UPDATE bookings SET date = '2026-04-11' WHERE id = FIRST", "its draw"),
    ("UPDATE bookings SET billed = billed + 60 WHERE id = SECOND", "of it was billed"),
    ("UPDATE bookings SET seconds = billed + 1 WHERE id = SECOND", "seconds are billed of"),
    ("UPDATE bookings SET billable = TRUE WHERE id = THIRD", "has time that is not_billable"),
    ("UPDATE bookings SET task_id = ELSEWHERE WHERE id = SECOND", "its task"),
    ("DELETE FROM booking_decisions WHERE booking_id = FIRST", "it does not say on what it was decided"),
    (
        "UPDATE booking_decisions SET decided = REPLACE(decided, '\"next\":', '\"next\":9') WHERE booking_id = FIRST",
        "it cannot be decided anew",
    ),
    ("UPDATE billing_line_versions SET version = version + 1", "its lines are not those of their version"),
    ("UPDATE billing_line_versions SET version = version + 1", "the lines on which it was decided are not there"),
    ("UPDATE projects SET lines_version = lines_version + 1 WHERE lines_version > 0", "its lines are not those"),
    ("UPDATE deleted_bookings SET id = SECOND", "a booking is there that was deleted"),
];

/// The same with an invoice over April on which the first two stand: the third costs nobody anything.
const INVOICED: [(&str, &str); 9] = [
    ("UPDATE bookings SET document_id = NULL WHERE id = FIRST", "stands in its report and not on it"),
    (
        "UPDATE bookings SET document_id = (SELECT document_id FROM project_invoices) WHERE id = THIRD",
        "stands on it and not in its report",
    ),
    ("DELETE FROM project_invoices", "a booking stands on a document that does not invoice it"),
    ("UPDATE documents SET state = 'cancelled'", "a booking stands on a document that does not invoice it"),
    ("UPDATE project_invoices SET period_from = '2026-04-11'", "lies outside its period"),
    ("UPDATE bookings SET seconds = seconds - 1 WHERE id = FIRST", "its report says otherwise"),
    ("UPDATE portions SET seconds = seconds + 1 WHERE booking_id = SECOND AND target = 'line'", "its report says"),
    ("UPDATE document_lines SET total = total + 1", "its bookings to"),
    (
        "UPDATE project_invoices SET report = REPLACE(report, '\"parts\":[[0,', '\"parts\":[[7,')",
        "which has no such line",
    ),
];

/// Red when: the audit leaves out what the row damages.
async fn every_damage_to_bookings_is_named(engine: Engine) {
    let mut missed = Vec::new();
    for (damage, told) in DAMAGES {
        let world = World::new(engine).await;
        let (ids, elsewhere) = given_books(&world).await;
        let mut sql = damage.replace("NOBODY", "'0198f2f0-0000-7000-8000-00000000000a'");
        for (name, id) in ["FIRST", "SECOND", "THIRD"].into_iter().zip(ids) {
            sql = sql.replace(name, &format!("'{id}'"));
        }
        let sql = sql.replace("ELSEWHERE", &format!("'{elsewhere}'"));
        let faults = faults_after(&world, &sql).await;
        if !faults.iter().any(|fault| fault.what.contains(told)) {
            missed.push(format!("{sql}\n  {told}\n  {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Red when: the audit does not compare an invoice, its report and its bookings.
#[tokio::test]
async fn every_damage_to_invoiced_bookings_is_named() {
    let mut missed = Vec::new();
    for (damage, told) in INVOICED {
        let world = World::new(Engine::Sqlite).await;
        let (ids, _) = given_books(&world).await;
        let project = row(&world, ids[0]).await.project.id;
        invoices(&world, project, ["2026-04-01", "2026-04-30"]).await;
        assert_sound(&world).await;
        let mut sql = damage.to_owned();
        for (name, id) in ["FIRST", "SECOND", "THIRD"].into_iter().zip(ids) {
            sql = sql.replace(name, &format!("'{id}'"));
        }
        let faults = faults_after(&world, &sql).await;
        if !faults.iter().any(|fault| fault.what.contains(told)) {
            missed.push(format!("{sql}\n  {told}\n  {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test]
async fn every_damage_to_bookings_is_named_on_sqlite() {
    every_damage_to_bookings_is_named(Engine::Sqlite).await;
}

on_both!(good_books_of_bookings_have_no_fault, a_booking_that_keeps_its_portions_says_on_what_they_stand_now);
