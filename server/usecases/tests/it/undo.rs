//! Undoing documents: cancellations, deleted drafts, what stands in the way, and what the audit says of it.

use domain::{
    DocumentId, Role,
    documents::{DocumentKind, DocumentState},
    undo::{NotAsSeen, Obstacle, Way},
};
use usecases::{
    Env, Refused, contracts, documents, lists,
    testing::{World, as_role, day, problem},
    verify,
};
use wire::{
    FieldReason, Problem,
    billing::{NotBilled, Selection},
    bookings::BookingRef,
    documents::{CancelDraft, DocumentDraft, DocumentPage, SeenDraft, UndoView},
    lists::DeficitQuery,
};

use crate::{
    desk::{Quota, april, available, drawn_by, h, held, lines, note, posted, unbilled},
    office::{admin, bills_drafts, business, change, claims, document, planned},
    support::{assert_sound, books},
    workshop::{block, me, shop},
};

/// What somebody sends who has the document before them.
pub async fn draft(world: &World, document: DocumentId) -> CancelDraft {
    let version = crate::office::document(world, document).await.version;
    CancelDraft { id: DocumentId::new(world.id()), document, reason: "Wrong quota".to_owned(), version, seen: None }
}

/// Cancels a document. Gives the cancellation.
pub async fn cancel(world: &World, id: DocumentId) -> DocumentPage {
    documents::cancel(world, &admin(), draft(world, id).await).await.expect("it is cancelled")
}

async fn refused(env: &Env, draft: &CancelDraft) -> Problem {
    problem(documents::cancel(env, &admin(), draft.clone()).await.map(drop).expect_err("it is refused"))
}

async fn plan(world: &World, id: DocumentId) -> UndoView {
    documents::undo_plan(world, &admin(), id).await.expect("the plan")
}

fn in_the_way(obstacle: Obstacle) -> Problem {
    Problem::InTheWay { obstacles: vec![obstacle] }
}

/// Billed for April to June, with an issued delivery note of 3 h in June.
async fn june(world: &World) -> (Quota, DocumentId) {
    let quota = unbilled(world, |_| {}).await;
    world.bills(&world.when("2026-06-15T10:00:00Z"), "2026-06-15").await;
    let note = world.note_draft(quota.of(), "2026-06-10", &lines(&["1", "2"]));
    world.saves(&note).await;
    world.issues(note.id).await;
    (quota, note.id)
}

async fn invoice_of(world: &World, quota: &Quota, period: usize) -> DocumentId {
    claims(world, quota.contract).await[period].document.expect("an invoice")
}

/// Seed 001. Red when: a draw keeps what it had, the period is billed by any other run, the re-run has the old terms, or
/// a second one bills once more.
async fn june_is_cancelled_and_run_again(world: World) {
    let (quota, note) = june(&world).await;
    let env = world.when("2026-06-20T10:00:00Z");
    change(&env, quota.contract, |contract| {
        contract.terms.quota.as_mut().expect("a quota").amount = domain::quota::Amount::new(h(6));
    })
    .await;
    let invoice = invoice_of(&world, &quota, 2).await;
    let seen = plan(&world, invoice).await;
    assert_eq!((seen.plan.way, seen.plan.obstacles.len(), seen.plan.freed.len()), (Way::Cancel, 0, 1));
    let deficits: Vec<_> = seen.plan.accounts[0].deficits.iter().map(|part| part.amount.units()).collect();
    assert_eq!((deficits, seen.draws.len()), (vec![h(1), h(2)], 2));
    assert!(seen.draws.iter().all(|(_, named)| named.id == note));

    let wanted = draft(&world, invoice).await;
    let page = documents::cancel(&env, &admin(), wanted.clone()).await.expect("it is cancelled");
    let row = &page.row;
    assert_eq!((row.kind, row.state, row.date), (DocumentKind::Cancellation, DocumentState::Issued, day("2026-06-20")));
    assert_eq!(row.number.as_deref(), Some("ST-2026-00001"));
    assert_eq!((page.totals.net, page.totals.vat, page.totals.gross), (-39_999, -7_600, -47_599));
    let original = document(&world, invoice).await;
    assert_eq!(page.cancels, Some((invoice, original.row.number.clone())));
    assert_eq!((page.reason.as_str(), &page.recipient), ("Wrong quota", &original.recipient));
    assert_eq!(
        (original.row.state, original.cancelled_by),
        (DocumentState::Cancelled, Some((row.id, row.number.clone())))
    );
    assert_eq!(available(&world, quota.account, "2026-06-20").await, 0);
    assert_eq!(posted(&world, quota.account).await.last(), Some(&("revoke", -h(4))));

    // The same again is the same; anything else is refused.
    let before = books(&world).await;
    assert_eq!(documents::cancel(&env, &admin(), wanted.clone()).await.expect("the same answer").row, page.row);
    assert_eq!(refused(&env, &CancelDraft { reason: "Other".to_owned(), ..wanted.clone() }).await, Problem::SameId);
    assert_eq!(refused(&env, &CancelDraft { document: note, ..wanted.clone() }).await, Problem::SameId);
    let again = CancelDraft { id: DocumentId::new(world.id()), ..wanted };
    assert_eq!(refused(&env, &again).await, in_the_way(Obstacle::AlreadyCancelled));
    assert_eq!(
        refused(&env, &CancelDraft { document: page.row.id, ..again }).await,
        in_the_way(Obstacle::Cancellation)
    );
    assert_eq!(books(&world).await, before);
    // Neither run bills June again.
    let before = business(&world).await;
    world.bills(&env, "2026-06-20").await;
    world.bills_only(&env, "2026-06-20", Selection::Contract(quota.contract)).await;
    assert_eq!(business(&world).await, before);
    assert_sound(&world).await;

    let wanted = Selection::Freed(quota.contract, Some(2));
    let seen = planned(&env, "2026-06-20", wanted.clone()).await.expect("the plan");
    let left: Vec<_> = seen.deficits.iter().map(|left| (left.covered.units(), left.uncovered.units())).collect();
    assert_eq!((seen.totals.billed, left), (1, vec![(h(1), 0), (h(2), 0)]));
    assert!(seen.deficits.iter().all(|left| left.document.as_ref().is_some_and(|named| named.id == note)));
    let run = world.bills_only(&env, "2026-06-20", wanted.clone()).await;
    assert_eq!((run.row.selection, run.items[0].period, run.row.totals.billed), (wanted, 2, 1));
    assert_eq!(available(&world, quota.account, "2026-06-20").await, h(3));
    assert_eq!(crate::office::page(&world, quota.contract).await.next, 3, "July comes next");
    let before = business(&world).await;
    let run = world.bills_only(&env, "2026-06-20", Selection::Freed(quota.contract, None)).await;
    assert_eq!(run.items[0].not_billed, Some(NotBilled::NotFreed));
    assert_eq!(business(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: what stays uncovered is not listed, or not with its document; or a second re-run covers it.
async fn what_a_smaller_quota_leaves_is_listed(world: World) {
    let (quota, note) = june(&world).await;
    let invoice = invoice_of(&world, &quota, 2).await;
    cancel(&world, invoice).await;
    change(&world, quota.contract, |contract| {
        contract.terms.quota.as_mut().expect("a quota").amount = domain::quota::Amount::new(h(2));
    })
    .await;
    let seen = planned(&world, "2026-06-20", Selection::Freed(quota.contract, None)).await.expect("the plan");
    let left: Vec<_> = seen.deficits.iter().map(|left| (left.covered.units(), left.uncovered.units())).collect();
    assert_eq!(left, [(h(1), 0), (h(1), h(1))]);
    assert_eq!(seen.deficits[1].document.as_ref().map(|named| named.id), Some(note));
    let freed = Selection::Freed(quota.contract, None);
    let run = world.bills_only(&world.env, "2026-06-20", freed.clone()).await;
    assert_eq!((run.row.totals.billed, available(&world, quota.account, "2026-06-20").await), (1, 0));
    // Once more: there is nothing to bill, and nothing more is covered.
    let before = business(&world).await;
    let seen = planned(&world, "2026-06-20", freed.clone()).await.expect("the plan");
    assert_eq!((seen.totals.billed, seen.deficits.iter().filter(|left| left.covered.is_positive()).count()), (0, 0));
    world.bills_only(&world.env, "2026-06-20", freed).await;
    assert_eq!(business(&world).await, before);
    let uncovered: Vec<_> = drawn_by(&world, note).await.iter().map(|draw| draw.deficit.units()).collect();
    assert_eq!(uncovered, [0, h(1)]);
    assert_sound(&world).await;
}

/// Red when: a delivery note goes while an invoice rests on it, the invoice takes its draws along, or a cancelled
/// invoice still holds the note.
async fn a_delivery_note_waits_for_its_invoice(world: World) {
    let quota = april(&world).await;
    let (note, _) = note(&world, &quota, &["1.5", "4"]).await;
    assert_eq!(refused(&world, &draft(&world, note.id).await).await, in_the_way(Obstacle::NotIssued));
    assert_eq!(plan(&world, note.id).await.plan.way, Way::Delete);
    world.issues(note.id).await;
    let drawn = drawn_by(&world, note.id).await;
    let invoice = DocumentId::new(world.id());
    documents::invoice(&world, &admin(), note.id, invoice).await.expect("a draft");
    let resting = |number: Option<&str>| Obstacle::Resting {
        document: invoice,
        kind: DocumentKind::Invoice,
        number: number.map(str::to_owned),
    };
    assert_eq!(refused(&world, &draft(&world, note.id).await).await, in_the_way(resting(None)));
    let issued = world.issues(invoice).await;
    assert_eq!(plan(&world, note.id).await.plan.obstacles, [resting(issued.row.number.as_deref())]);

    let stale = CancelDraft { version: 1, ..draft(&world, invoice).await };
    assert_eq!(refused(&world, &stale).await, Problem::Changed);
    let page = cancel(&world, invoice).await;
    assert_eq!((page.totals.gross, page.totals.net), (-issued.totals.gross, -issued.totals.net));
    assert_eq!(drawn_by(&world, note.id).await, drawn, "the draws stay the delivery note's");
    assert_eq!(document(&world, note.id).await.invoice, None);
    assert_sound(&world).await;
    // It can be invoiced again.
    let again = DocumentId::new(world.id());
    documents::invoice(&world, &admin(), note.id, again).await.expect("a draft");
    assert_eq!(document(&world, note.id).await.invoice, Some((again, None)));
    documents::delete(&world, &admin(), again, None).await.expect("it is deleted");
    let page = cancel(&world, note.id).await;
    assert_eq!((page.row.number.as_deref(), page.lines.len()), (Some("ST-2026-00002"), 2));
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (0, h(4)));
    assert_sound(&world).await;
}

/// Red when: a re-run of an earlier period has the later ones billed again.
async fn an_earlier_period_is_run_again(world: World) {
    let (quota, _) = june(&world).await;
    let invoice = invoice_of(&world, &quota, 0).await;
    cancel(&world, invoice).await;
    let run = world.bills_only(&world.env, "2026-06-20", Selection::Freed(quota.contract, None)).await;
    assert_eq!((run.row.totals.billed, run.items[0].period), (1, 0));
    assert_eq!(crate::office::page(&world, quota.contract).await.next, 3);
    assert_sound(&world).await;
}

/// Red when: closed books stop it.
async fn closed_books_do_not_stop_it(world: World) {
    let (quota, note) = june(&world).await;
    let mut tx = store::testing::begin(&world.db).await;
    let close = "INSERT INTO settings (name, value) VALUES ('books_closed_until', '2026-07-01')";
    store::testing::execute(&mut tx, close).await.expect("the books are closed");
    store::testing::commit(tx).await;
    let invoice = invoice_of(&world, &quota, 2).await;
    cancel(&world, invoice).await;
    cancel(&world, note).await;
    world.bills_only(&world.env, "2026-06-20", Selection::Freed(quota.contract, None)).await;
    assert_eq!(available(&world, quota.account, "2026-06-20").await, h(4));
    assert_sound(&world).await;
}

/// Red when: the lots of a deleted draft stand, its periods stay claimed, or any other run bills them.
async fn a_draft_of_billing_is_deleted(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    let run = bills_drafts(&world, "2026-04-15").await;
    world.saves(&world.note_draft(quota.of(), "2026-04-10", &lines(&["1"]))).await;
    let invoice = invoice_of(&world, &quota, 0).await;
    for role in [Role::Sales, Role::ProjectManager] {
        let told = documents::delete(&world, &as_role(role), invoice, None).await.expect_err("not by them");
        assert!(matches!(problem(told), Problem::Forbidden { .. }), "{role:?}");
    }
    assert_eq!(plan(&world, invoice).await.plan.way, Way::Delete);
    documents::delete(&world, &admin(), invoice, None).await.expect("it is deleted");
    let claim = claims(&world, quota.contract).await.remove(0);
    assert_eq!((claim.cancelled, claim.document), (true, None));
    assert_eq!(available(&world, quota.account, "2026-04-10").await, 0);
    let shown = usecases::billing::page(&world, &admin(), run.row.id, 1).await.expect("the run");
    assert_eq!(shown.items[0].document, None);
    assert_sound(&world).await;
    let before = business(&world).await;
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(business(&world).await, before);
    world.bills_only(&world.env, "2026-04-15", Selection::Freed(quota.contract, None)).await;
    assert_eq!(available(&world, quota.account, "2026-04-10").await, h(3));
    assert_sound(&world).await;
}

/// Red when: who saw an older version deletes what a colleague has typed since, a refused deletion changes something, or
/// the present version is refused.
async fn a_draft_is_deleted_as_it_was_seen(world: World) {
    let quota = april(&world).await;
    let (typed, _) = note(&world, &quota, &["1"]).await;
    let seen = plan(&world, typed.id).await.version;
    let more = world.note_draft(quota.of(), "2026-04-10", &lines(&["2"]));
    let changed = world.saves(&DocumentDraft { id: typed.id, version: seen, ..more }).await.page.version;
    let before = books(&world).await;
    let stale = SeenDraft { version: seen, sums: None };
    let told = documents::delete(&world, &admin(), typed.id, Some(stale)).await.expect_err("somebody has saved");
    assert_eq!(problem(told), Problem::Changed);
    assert_eq!((books(&world).await, held(&world, quota.account).await), (before, h(2)));
    assert_eq!(plan(&world, typed.id).await.version, changed, "the new plan names the new version");
    let seen = SeenDraft { version: changed, sums: None };
    documents::delete(&world, &admin(), typed.id, Some(seen)).await.expect("it is deleted");
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (0, h(4)));
    assert_sound(&world).await;
}

/// Red when: a draw of a booking loses its cover and some plan or list does not name the booking, or names a document.
async fn a_booking_that_loses_cover_is_named(world: World) {
    me(&world).await;
    let quota = april(&world).await;
    let project = shop(&world, quota.customer, vec![block(&world, quota.account)]).await;
    let row = project.books(&world, "2026-04-10", 60).await;
    let booking = BookingRef {
        id: row.id,
        project: row.project.clone(),
        task: row.task_name.clone(),
        person: row.person.name.clone(),
        date: row.date,
    };
    assert_eq!((booking.project.id, booking.date), (project.project, day("2026-04-10")));
    let invoice = invoice_of(&world, &quota, 0).await;
    let seen = plan(&world, invoice).await;
    let deficits: Vec<_> = seen.plan.accounts[0].deficits.iter().map(|part| (part.draw, part.amount.units())).collect();
    assert_eq!((deficits.len(), deficits[0].1, seen.draws.len()), (1, h(1), 0));
    let named = vec![(deficits[0].0, booking.clone())];
    assert_eq!(seen.booked, named);
    cancel(&world, invoice).await;

    let found = lists::deficits(&world, &admin(), &DeficitQuery::default()).await.expect("the list").page.rows;
    let told: Vec<_> = found.iter().map(|row| (row.draw, row.document.as_ref(), row.booking.as_ref())).collect();
    assert_eq!(told, [(deficits[0].0, None, Some(&booking))]);
    let again = planned(&world, "2026-04-20", Selection::Freed(quota.contract, None)).await.expect("the plan");
    let told: Vec<_> = again.deficits.iter().map(|left| (left.draw, left.booking.as_ref())).collect();
    assert_eq!(told, [(deficits[0].0, Some(&booking))]);
    let end = contracts::end_view(&world, &admin(), quota.contract, None).await.expect("the facts");
    assert_eq!((end.booked, end.draws.len()), (named, 0));
    assert_sound(&world).await;
}

/// Red when: draws of others between plan and act become deficits that nobody read of, what is refused changes
/// something, or the new plan is refused too.
async fn what_was_seen_is_what_is_done(world: World) {
    let (quota, _) = june(&world).await;
    let invoice = invoice_of(&world, &quota, 2).await;
    let seen = plan(&world, invoice).await.plan.sums().expect("small");
    let wanted = CancelDraft { seen: Some(seen.clone()), ..draft(&world, invoice).await };
    world.saves(&world.note_draft(quota.of(), "2026-06-12", &lines(&["0.5"]))).await;
    let before = books(&world).await;
    let decided = plan(&world, invoice).await.plan.sums().expect("small");
    let differs = NotAsSeen { seen, decided: decided.clone() };
    let told = refused(&world, &wanted).await;
    assert_eq!(told, Problem::field("seen", FieldReason::Undo(differs)));
    for lang in [texts::Lang::De, texts::Lang::En] {
        assert!(told.text(lang).contains("3:30"), "{}", told.text(lang));
    }
    assert_eq!(books(&world).await, before);
    let wanted = CancelDraft { seen: Some(decided), ..wanted };
    documents::cancel(&world, &admin(), wanted).await.expect("it is cancelled");
    assert_sound(&world).await;
}

/// The same of a draft that billing made. Red when: only issued documents are compared with what was seen.
async fn a_draft_is_deleted_with_the_deficits_that_were_seen(world: World) {
    let quota = unbilled(&world, |_| {}).await;
    bills_drafts(&world, "2026-04-15").await;
    let invoice = invoice_of(&world, &quota, 0).await;
    let view = plan(&world, invoice).await;
    let seen = SeenDraft { version: view.version, sums: Some(view.plan.sums().expect("small")) };
    world.saves(&world.note_draft(quota.of(), "2026-04-10", &lines(&["1"]))).await;
    let before = books(&world).await;
    let told = documents::delete(&world, &admin(), invoice, Some(seen.clone())).await.expect_err("somebody has drawn");
    let told = problem(told);
    assert!(matches!(told.fields(), [field] if matches!(field.reason, FieldReason::Undo(_))), "{told:?}");
    assert_eq!(books(&world).await, before);
    let sums = plan(&world, invoice).await.plan.sums().expect("small");
    let seen = SeenDraft { sums: Some(sums), ..seen };
    documents::delete(&world, &admin(), invoice, Some(seen)).await.expect("it is deleted");
    assert_sound(&world).await;
}

/// Red when: two cancellations stand, or one loses what the other has done.
async fn two_cancel_at_once_and_somebody_saves(world: World) {
    let (quota, _) = june(&world).await;
    let invoice = invoice_of(&world, &quota, 2).await;
    let (mine, theirs) = (draft(&world, invoice).await, draft(&world, invoice).await);
    let call = admin();
    let saved = world.note_draft(quota.of(), "2026-06-12", &lines(&["0.5"]));
    let (one, two, other) = tokio::join!(
        documents::cancel(&world, &call, mine),
        documents::cancel(&world, &call, theirs),
        documents::save(&world, &call, saved.clone()),
    );
    other.expect("it is saved");
    let (done, told): (Vec<_>, Vec<_>) = [one, two].into_iter().partition(Result::is_ok);
    assert_eq!((done.len(), told.len()), (1, 1));
    let told = told.into_iter().next().and_then(Result::err).expect("one is refused");
    assert_eq!(problem(told), in_the_way(Obstacle::AlreadyCancelled));
    assert_eq!(available(&world, quota.account, "2026-06-12").await, 0);
    assert_sound(&world).await;
}

/// Red when: a delivery note is cancelled under the invoice that somebody is typing on, or what was typed is lost.
async fn somebody_edits_what_rests_on_a_delivery_note(world: World) {
    let quota = april(&world).await;
    let (note, _) = note(&world, &quota, &["1"]).await;
    world.issues(note.id).await;
    let id = DocumentId::new(world.id());
    let page = documents::invoice(&world, &admin(), note.id, id).await.expect("a draft");
    let more = world.note_draft(quota.of(), "2026-04-10", &lines(&["2"]));
    let edited = DocumentDraft { id, kind: DocumentKind::Invoice, version: page.version, ..more };
    let (call, cancelled) = (admin(), draft(&world, note.id).await);
    let (saved, told) =
        tokio::join!(documents::save(&world, &call, edited), documents::cancel(&world, &call, cancelled));
    assert_eq!(saved.expect("it is saved").page.lines.len(), 2);
    let resting = Obstacle::Resting { document: id, kind: DocumentKind::Invoice, number: None };
    assert_eq!(problem(told.expect_err("it is refused")), in_the_way(resting));
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (h(2), h(1)));
    assert_sound(&world).await;
}

/// Red when: a check is left out.
async fn only_accounting_cancels(world: World) {
    let (quota, _) = june(&world).await;
    let invoice = invoice_of(&world, &quota, 2).await;
    for role in Role::ALL {
        let call = as_role(role);
        let may = matches!(role, Role::Admin | Role::Accounting);
        let forbidden = |told: Result<(), Refused>| match told {
            Ok(()) => false,
            Err(refused) => matches!(problem(refused), Problem::Forbidden { .. }),
        };
        let seen = documents::undo_plan(&world, &call, invoice).await.map(drop);
        assert_eq!(forbidden(seen), !may, "{role:?} plans");
        let seen = usecases::billing::plan(&world, &call, day("2026-06-20"), Selection::Freed(quota.contract, None));
        assert_eq!(forbidden(seen.await.map(drop)), !may, "{role:?} plans to run again");
        let stale = CancelDraft { version: 99, ..draft(&world, invoice).await };
        let told = problem(documents::cancel(&world, &call, stale).await.map(drop).expect_err("it is refused"));
        assert_eq!(matches!(told, Problem::Forbidden { .. }), !may, "{role:?} cancels");
    }
}

const CANCELLED: &str = "SELECT id FROM claims WHERE cancelled";
const STANDING: &str = "SELECT MIN(id) FROM claims WHERE NOT cancelled";

/// Red when: one of these is not looked at.
async fn the_audit_finds_what_was_half_undone(world: World) {
    let (quota, note) = june(&world).await;
    cancel(&world, invoice_of(&world, &quota, 2).await).await;
    cancel(&world, note).await;
    assert_sound(&world).await;
    let undone = "(SELECT cancels FROM documents WHERE cancels IS NOT NULL)";
    let damages = [
        (
            "UPDATE documents SET state = 'issued' WHERE state = 'cancelled' AND kind = 'contract_invoice'".to_owned(),
            "a claim stands",
            format!("UPDATE documents SET state = 'cancelled' WHERE id IN {undone}"),
        ),
        (
            "UPDATE claims SET cancelled = FALSE".to_owned(),
            "a claim stands",
            format!("UPDATE claims SET cancelled = TRUE WHERE document_id IN {undone}"),
        ),
        (
            "UPDATE document_lines SET undone = FALSE".to_owned(),
            "a line stands though",
            format!("UPDATE document_lines SET undone = TRUE WHERE document_id IN {undone}"),
        ),
        (
            "UPDATE documents SET gross = gross + 1 WHERE kind = 'cancellation'".to_owned(),
            "what it undoes to",
            "UPDATE documents SET gross = gross - 1 WHERE kind = 'cancellation'".to_owned(),
        ),
        (
            "UPDATE documents SET kind = 'invoice' WHERE kind = 'cancellation'".to_owned(),
            "cancelled by no cancellation",
            "UPDATE documents SET kind = 'cancellation' WHERE cancels IS NOT NULL".to_owned(),
        ),
        (
            "UPDATE documents SET state = 'issued' WHERE state = 'cancelled' AND kind = 'delivery_note'".to_owned(),
            "which is not a cancelled document",
            format!("UPDATE documents SET state = 'cancelled' WHERE id IN {undone}"),
        ),
        (
            format!("UPDATE claim_lots SET claim_id = ({STANDING}) WHERE claim_id IN ({CANCELLED})"),
            "took back a grant that no cancelled claim or invoice names",
            format!("UPDATE claim_lots SET claim_id = ({CANCELLED}) WHERE quota_from = '2026-06-01'"),
        ),
        (
            "UPDATE draw_state SET released = FALSE".to_owned(),
            "its draw stands",
            "UPDATE draw_state SET released = TRUE".to_owned(),
        ),
        (
            "UPDATE lot_state SET revoked = FALSE".to_owned(),
            "stands though its claim was cancelled",
            "UPDATE lot_state SET revoked = TRUE WHERE lot_id IN (SELECT lot_id FROM claim_lots WHERE claim_id IN
                (SELECT id FROM claims WHERE cancelled))"
                .to_owned(),
        ),
    ];
    let execute = async |sql: &str| {
        let mut tx = store::testing::begin(&world.db).await;
        store::testing::execute(&mut tx, sql).await.expect("the database takes it");
        store::testing::commit(tx).await;
    };
    for (damage, expected, mended) in &damages {
        execute(damage).await;
        let report = verify::verify(&world.env, None).await.expect("the audit runs");
        let told: Vec<_> = report.faults.iter().map(|fault| fault.what.as_str()).collect();
        assert!(told.iter().any(|what| what.contains(expected)), "{damage}: {told:#?}");
        execute(mended).await;
    }
    assert_sound(&world).await;
}

on_both!(
    june_is_cancelled_and_run_again,
    what_a_smaller_quota_leaves_is_listed,
    an_earlier_period_is_run_again,
    a_delivery_note_waits_for_its_invoice,
    closed_books_do_not_stop_it,
    a_draft_of_billing_is_deleted,
    a_draft_is_deleted_as_it_was_seen,
    a_booking_that_loses_cover_is_named,
    what_was_seen_is_what_is_done,
    a_draft_is_deleted_with_the_deficits_that_were_seen,
    two_cancel_at_once_and_somebody_saves,
    somebody_edits_what_rests_on_a_delivery_note,
);

mod audit {
    use super::{only_accounting_cancels, the_audit_finds_what_was_half_undone};

    on_sqlite!(only_accounting_cancels, the_audit_finds_what_was_half_undone);
}
