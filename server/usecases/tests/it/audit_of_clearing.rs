//! The audit of what lines clear: every kind of damage is found and named.

use domain::{DocumentId, documents::DocumentKind};
use store::testing::{begin, commit, execute};
use usecases::{
    documents,
    testing::World,
    verify::{Fault, verify},
};

use crate::{
    desk::{april, lines, note},
    office::admin,
};

/// A delivery note that is issued (LS-2026-00001) and its invoice, a draft with one line of its own; and a draft of two
/// lines.
async fn given_books(world: &World) -> [DocumentId; 3] {
    let quota = april(world).await;
    let (noted, _) = note(world, &quota, &["1.5", "0.25"]).await;
    world.issues(noted.id).await;
    let id = DocumentId::new(world.id());
    let page = documents::invoice(world, &admin(), noted.id, id).await.expect("it is invoiced");
    let mut own = world.note_draft(quota.of(), "2026-04-15", &lines(&["0.5"]));
    (own.id, own.kind, own.version) = (id, DocumentKind::Invoice, page.version);
    world.saves(&own).await;
    let (draft, _) = note(world, &quota, &["1", "2"]).await;
    [noted.id, id, draft.id]
}

async fn faults_after(world: &World, damage: &str) -> Vec<Fault> {
    let mut tx = begin(&world.db).await;
    execute(&mut tx, damage).await.unwrap_or_else(|error| panic!("{damage}: {error}"));
    commit(tx).await;
    verify(&world.env, None).await.expect("the audit runs").faults
}

/// Contract, delivery note, invoice and draft.
async fn good_books_of_clearing_have_no_fault(world: World) {
    given_books(&world).await;
    let report = verify(&world.env, None).await.expect("the audit runs");
    assert_eq!((report.accounts, report.documents, report.faults), (1, 4, vec![]));
}

/// The damage, with `NOTE`, `INVOICE` and `DRAFT` for lines of them (`NOTE(0)`) or all of them, and what is told.
const DAMAGES: [(&str, &str); 35] = [
    (
        "UPDATE document_lines SET item = item + 1 WHERE DRAFT(0)",
        "line 0: recorded are a total of 10000 and an item of",
    ),
    ("UPDATE document_lines SET item = item + 1 WHERE DRAFT(0)", "its lines come to"),
    (
        "UPDATE document_lines SET total = total + 1 WHERE DRAFT(0)",
        "line 0: recorded are a total of 10000 and an item of",
    ),
    (
        "UPDATE document_lines SET item = -10001 WHERE DRAFT(0)",
        "line 0: its item of -10001 takes off more than its 10000",
    ),
    ("UPDATE document_lines SET item = 1 WHERE DRAFT(0)", "line 0: its item of 1 takes off more than its 10000"),
    ("UPDATE document_lines SET clearing = 'full' WHERE DRAFT(0)", "what is recorded of its clearing cannot be read"),
    ("UPDATE document_lines SET clearing = NULL WHERE DRAFT(0)", "what is recorded of its clearing cannot be read"),
    ("UPDATE document_lines SET line_id = NOBODY WHERE DRAFT(0)", "what is recorded of its clearing cannot be read"),
    ("UPDATE document_lines SET clears = FALSE WHERE DRAFT(0)", "line 0: it is full, switched on: false"),
    (
        "UPDATE document_lines SET contract_id = NULL WHERE DRAFT(0)",
        "line 0: it is full, switched on: true, contract: None",
    ),
    ("UPDATE document_lines SET contract_id = NOBODY WHERE DRAFT(0)", "on the account of its contract"),
    (
        "UPDATE document_lines SET clearing = REPLACE(clearing, '\"cleared\":3600', '\"cleared\":1800') WHERE DRAFT(0)",
        "line 0: 1800 cleared come to an item of -5000, kept -10000",
    ),
    (
        "UPDATE document_lines SET clearing = REPLACE(clearing, '\"cleared\":3600', '\"cleared\":1800') WHERE DRAFT(0)",
        "and 1800 cleared, posted was",
    ),
    (
        "UPDATE document_lines SET clearing = REPLACE(clearing, '\"wanted\":7200', '\"wanted\":7201') WHERE DRAFT(1)",
        "cleared, posted was",
    ),
    (
        "UPDATE entries SET wanted = wanted + 1 WHERE draw_id = (SELECT draw_id FROM document_lines WHERE DRAFT(0))",
        "posted was",
    ),
    ("UPDATE document_lines SET seconds = 1 WHERE DRAFT(0)", "line 0 takes Some(3600) seconds, kept Some(1)"),
    ("UPDATE document_lines SET draw_id = NULL WHERE DRAFT(0)", "line 0: 3600 are cleared and nothing is drawn"),
    ("UPDATE document_lines SET draw_id = NULL WHERE DRAFT(0)", "a draw of a document stands on no line"),
    ("UPDATE document_lines SET draw_id = NULL WHERE DRAFT(0)", "a draw is on hold for no draft"),
    ("UPDATE document_lines SET draw_id = NOBODY WHERE DRAFT(0)", "line 0: its draw was never posted"),
    ("UPDATE draw_state SET hold = FALSE WHERE OF(DRAFT(0))", "line 0: its draw is not on hold, the document is draft"),
    ("UPDATE draw_state SET hold = TRUE WHERE OF(NOTE(1))", "line 1: its draw is on hold, the document is issued"),
    ("UPDATE draw_state SET hold = TRUE WHERE OF(NOTE(1))", "a draw is on hold for no draft"),
    ("UPDATE draw_state SET released = TRUE WHERE OF(NOTE(1))", "line 1: its draw was released"),
    (
        "UPDATE documents SET date = '2026-04-11', due_on = '2026-04-25' WHERE number = 'LS-2026-00001'",
        "line 0: its draw is dated 2026-04-10, the document 2026-04-11",
    ),
    ("UPDATE entries SET origin = 'by_hand' WHERE OF(NOTE(0))", "line 0: its draw is not one of a document"),
    (
        "UPDATE document_lines SET draw_id = NOBODY WHERE INVOICE(0)",
        "line 0: it comes from a delivery note and draws again",
    ),
    (
        "UPDATE document_lines SET clearing = REPLACE(clearing, '\"not_drawn\":0', '\"not_drawn\":1') WHERE INVOICE(0)",
        "line 0: it is not what stands on the delivery note",
    ),
    ("UPDATE document_lines SET seconds = NULL WHERE INVOICE(1)", "line 1: it is not what stands on the delivery note"),
    (
        "UPDATE documents SET state = 'draft' WHERE number = 'LS-2026-00001'",
        "line 0: it comes from no issued delivery note of the customer",
    ),
    (
        "UPDATE document_lines SET note_line = NOBODY WHERE INVOICE(0)",
        "line 0: the line of the delivery note is not there",
    ),
    (
        "DROP INDEX document_lines_draw; UPDATE document_lines SET draw_id = (SELECT draw_id FROM document_lines
            WHERE DRAFT(0)) WHERE DRAFT(1)",
        "two lines have the same draw",
    ),
    (
        "DROP INDEX document_lines_note; UPDATE document_lines SET note_line = (SELECT note_line FROM document_lines
            WHERE INVOICE(0)) WHERE INVOICE(1)",
        "a line of a delivery note is invoiced twice",
    ),
    (
        "UPDATE document_lines SET item = -1 WHERE document_id = (SELECT id FROM documents WHERE number = 'RE-2026-00001')",
        "document RE-2026-00001: line 0: it clears, on a document that does not",
    ),
    ("UPDATE counters SET value = 2 WHERE name = 'delivery_note 2026'", "number LS-2026-00002 is missing"),
];

/// Red when: the audit leaves out what the row damages.
async fn every_damage_to_clearing_is_named(engine: store::Engine) {
    let mut missed = Vec::new();
    for (damage, told) in DAMAGES {
        let world = World::new(engine).await;
        let ids = given_books(&world).await;
        let mut sql = damage.replace("NOBODY", "'0198f2f0-0000-7000-8000-00000000000a'");
        for (name, id) in ["NOTE", "INVOICE", "DRAFT"].into_iter().zip(ids) {
            for place in [0, 1] {
                let line = format!("(document_id = '{id}' AND place = {place})");
                let of = format!("draw_id = (SELECT draw_id FROM document_lines WHERE {line})");
                sql = sql.replace(&format!("OF({name}({place}))"), &of).replace(&format!("{name}({place})"), &line);
            }
        }
        let faults = faults_after(&world, &sql).await;
        if !faults.iter().any(|fault| fault.what.contains(told)) {
            missed.push(format!("{sql}\n  {told}\n  {faults:#?}"));
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[tokio::test]
async fn every_damage_to_clearing_is_named_on_sqlite() {
    every_damage_to_clearing_is_named(store::Engine::Sqlite).await;
}

on_both!(good_books_of_clearing_have_no_fault);
