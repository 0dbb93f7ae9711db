//! From a draft to a delivery note, and from there to its invoice; deleting drafts; what the passbook tells of it.

use domain::{
    DocumentId,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState},
    quota::{Movement, Posting},
};
use usecases::{
    accounts, documents,
    testing::{World, day, problem},
};
use wire::{
    Problem,
    accounts::PassbookView,
    documents::{DocumentDraft, DocumentPage},
};

use crate::{
    desk::{Quota, april, available, drawn_by, editor, h, held, ids, lines, note, now, outcomes, posted, refused},
    office::{admin, document},
    support::{assert_sound, books},
};

async fn passbook(world: &World, quota: &Quota) -> PassbookView {
    accounts::passbook(world, &admin(), quota.account, None).await.expect("the passbook")
}

/// Whether a draw of the passbook is released, and its document with its number.
type Told<'a> = (bool, Option<(DocumentId, Option<&'a str>)>);

/// Each draw of the passbook.
fn draws_told(view: &PassbookView) -> Vec<Told<'_>> {
    let draws = view.lines.iter().filter(|line| match &line.row.posting {
        Posting::Entry(entry) => matches!(entry.movement, Movement::Draw { .. }),
        Posting::Lapse { .. } => false,
    });
    draws
        .map(|line| (line.undone, line.document.as_ref().map(|document| (document.id, document.number.as_deref()))))
        .collect()
}

/// Red when: issuing draws again, gives today's date, or leaves the holds.
async fn issuing_makes_draws_of_holds(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1.5", "3"]).await;
    let (other, _) = note(&world, &quota, &["1"]).await;
    let before = drawn_by(&world, draft.id).await;
    assert_eq!((held(&world, quota.account).await, ids(&before).len()), (h(4), 2));
    let entries = posted(&world, quota.account).await;

    let env = world.when("2026-04-20T10:00:00Z");
    let issued = documents::issue(&env, &admin(), draft.id).await.expect("it is issued");
    let row = &issued.row;
    assert_eq!((row.kind, row.state), (DocumentKind::DeliveryNote, DocumentState::Issued));
    assert_eq!(
        (row.number.as_deref(), row.date, row.due_on),
        (Some("LS-2026-00001"), day("2026-04-10"), day("2026-04-24"))
    );
    assert_eq!((issued.recipient.name.as_str(), issued.version), ("Alpha GmbH", 2));
    assert_eq!(drawn_by(&world, draft.id).await, before, "the same draws with the same parts");
    assert_eq!((held(&world, quota.account).await, posted(&world, quota.account).await), (0, entries));
    let after = books(&world).await;
    assert_eq!(documents::issue(&env, &admin(), draft.id).await.expect("issued before"), issued);
    assert_eq!(books(&world).await, after);
    assert_eq!(refused(&world, &draft).await, Problem::NotADraft);

    // Each kind counts in its own range, and both without gaps.
    assert_eq!(world.issues(other.id).await.row.number.as_deref(), Some("LS-2026-00002"));
    let mut invoice = world.note_draft(quota.of(), "2026-03-31", &lines(&["1"]));
    invoice.kind = DocumentKind::Invoice;
    world.saves(&invoice).await;
    let issued = world.issues(invoice.id).await;
    // The contract's own invoice was the first.
    assert_eq!((issued.row.number.as_deref(), issued.row.date), (Some("RE-2026-00002"), day("2026-03-31")));
    assert_sound(&world).await;
}

/// Red when: deleting leaves a draw, or the lines.
async fn deleting_releases_everything(world: World) {
    let quota = april(&world).await;
    let (draft, _) = note(&world, &quota, &["1.5", "1", "3"]).await;
    documents::delete(&world, &admin(), draft.id, None).await.expect("it is deleted");
    assert_eq!((held(&world, quota.account).await, available(&world, quota.account, "2026-04-10").await), (0, h(4)));
    let half = h(1) / 2;
    let entries = posted(&world, quota.account).await;
    assert_eq!(entries[4..], [("release", h(1) + half), ("release", h(1)), ("release", h(1) + half)]);
    let gone = documents::page(&world, &admin(), draft.id).await.map(drop).expect_err("it is gone");
    assert_eq!(problem(gone), Problem::NotFound { what: wire::Noun::Document });
    // Its id and its lines are free again.
    let saved = world.saves(&DocumentDraft { version: 0, ..draft.clone() }).await;
    assert_eq!(outcomes(&saved).len(), 3);
    assert_sound(&world).await;
}

async fn invoiced(world: &World, note: DocumentId, id: DocumentId) -> Result<DocumentPage, Problem> {
    documents::invoice(world, &admin(), note, id).await.map_err(problem)
}

/// Red when: an invoice draws again what its delivery note has drawn, or a delivery note is invoiced twice.
async fn an_invoice_has_the_lines_of_its_delivery_note(world: World) {
    let quota = april(&world).await;
    let (mut draft, _) = note(&world, &quota, &["2.5", "3"]).await;
    (draft.delivery, draft.payment_days) = (Delivery::Print, 30);
    let saved = world.saves(&draft).await;
    let id = DocumentId::new(world.id());
    // A draft is not invoiced.
    assert_eq!(invoiced(&world, draft.id, id).await, Err(Problem::NotFound { what: wire::Noun::Document }));
    world.issues(draft.id).await;
    let entries = posted(&world, quota.account).await;

    let invoice = invoiced(&world, draft.id, id).await.expect("it is invoiced");
    assert_eq!(
        (invoice.row.kind, invoice.row.state, invoice.row.date),
        (DocumentKind::Invoice, DocumentState::Draft, world.today())
    );
    assert_eq!((invoice.delivery, invoice.payment_days), (Delivery::Print, 30));
    assert_eq!(invoice.row.due_on, world.today() + chrono::Days::new(30));
    assert_eq!(invoice.totals, saved.page.totals);
    let (told, of): (Vec<_>, Vec<_>) = invoice
        .lines
        .iter()
        .zip(&saved.page.lines)
        .map(|(line, of)| ((&line.line, line.total, &line.contract), (&of.line, of.total, &of.contract)))
        .unzip();
    assert_eq!(told, of);
    let notes: Vec<_> = invoice.lines.iter().filter_map(|line| line.cleared.as_ref()?.note.clone()).collect();
    assert_eq!(notes, vec![(draft.id, "LS-2026-00001".to_owned()); 2]);
    assert_eq!((posted(&world, quota.account).await, drawn_by(&world, id).await), (entries.clone(), vec![]));
    assert_eq!(document(&world, draft.id).await.invoice, Some((id, None)));

    // The same again is the same; another invoice is refused, and an id that something else has.
    let before = books(&world).await;
    assert_eq!(invoiced(&world, draft.id, id).await.as_ref(), Ok(&invoice));
    assert_eq!(invoiced(&world, draft.id, DocumentId::new(world.id())).await, Err(Problem::AlreadyInvoiced));
    assert_eq!(books(&world).await, before);
    let (second, _) = note(&world, &quota, &["1"]).await;
    world.issues(second.id).await;
    for taken in [id, second.id, draft.id] {
        assert_eq!(invoiced(&world, second.id, taken).await, Err(Problem::SameId));
    }

    // Deleted, the delivery note can be invoiced again, and its draws stay.
    documents::delete(&world, &admin(), id, None).await.expect("it is deleted");
    assert_eq!(document(&world, draft.id).await.invoice, None);
    let again = DocumentId::new(world.id());
    invoiced(&world, draft.id, again).await.expect("it is free");
    assert_eq!(world.issues(again).await.row.number.as_deref(), Some("RE-2026-00002"));
    assert_eq!(document(&world, draft.id).await.invoice, Some((again, Some("RE-2026-00002".to_owned()))));
    assert_eq!(posted(&world, quota.account).await, [entries, vec![]].concat());
    assert_sound(&world).await;
}

/// An invoice of a delivery note gets lines of its own, which draw for it; those of the note stay as they are. Red when:
/// saving takes the lines of the note for its own.
async fn an_invoice_may_have_lines_of_its_own_too(world: World) {
    let quota = april(&world).await;
    let (draft, noted) = note(&world, &quota, &["2.5"]).await;
    world.issues(draft.id).await;
    let id = DocumentId::new(world.id());
    let page = invoiced(&world, draft.id, id).await.expect("it is invoiced");
    let edited = editor(&world, id).await.document.expect("a draft");
    assert_eq!((edited.fixed.len(), edited.lines.len(), edited.date), (1, 0, page.row.date));
    let mut own = world.note_draft(quota.of(), "2026-04-15", &lines(&["1", "1"]));
    (own.id, own.kind, own.version) = (id, DocumentKind::Invoice, edited.version);
    let saved = world.saves(&own).await;
    let cleared = outcomes(&saved);
    assert_eq!(cleared, [("full", 9_000, -25_000), ("full", h(1), -10_000), ("partial", 1_800, -5_000)]);
    let fixed = |page: &DocumentPage| {
        let line = &page.lines[0];
        let cleared = line.cleared.clone().expect("it clears");
        (line.line.clone(), line.total, cleared.clearing.figures, cleared.clearing.item, cleared.note)
    };
    assert_eq!(fixed(&saved.page), fixed(&page));
    assert_eq!(
        saved.page.lines[0].cleared.as_ref().map(|line| line.clearing.cleared),
        Some(noted.reconciled.lines[0].cleared)
    );
    assert_eq!(drawn_by(&world, id).await.len(), 2);
    assert_sound(&world).await;

    // Saved again nothing changes; the id of the fixed line is not a new line's.
    let before = books(&world).await;
    let own = now(&own, &saved.page);
    world.saves(&own).await;
    let mut taken = own.clone();
    taken.lines[1].id = edited.fixed[0].id;
    assert_eq!(refused(&world, &taken).await, Problem::field("lines.1.id", wire::FieldReason::Taken));
    assert_eq!(books(&world).await, before);
    // Deleted, it releases its own draws and not the note's.
    documents::delete(&world, &admin(), id, None).await.expect("it is deleted");
    assert_eq!(available(&world, quota.account, "2026-04-15").await, 5_400);
    assert_eq!(drawn_by(&world, draft.id).await.len(), 1);
    assert_sound(&world).await;
}

/// Red when: a hold is not marked, or a released draw still names its document.
async fn the_passbook_names_documents_and_holds(world: World) {
    let quota = april(&world).await;
    world.drawn(quota.account, h(1), "2026-04-02").await;
    let (mut draft, _) = note(&world, &quota, &["1.5"]).await;
    let lot = passbook(&world, &quota).await.lots[0].lot.id;
    let view = passbook(&world, &quota).await;
    assert_eq!(draws_told(&view), [(false, None), (false, Some((draft.id, None)))]);
    assert_eq!((view.held(lot).units(), view.held.len()), (5_400, 1));
    // The balance is of today, April 15.
    let standing = async || {
        let row = accounts::get(&world, &admin(), quota.account).await.expect("the account");
        (row.standing.used.units(), row.held.units())
    };
    assert_eq!(standing().await, (h(1) + 5_400, 5_400));
    draft.lines[0].line.quantity = "2".parse().expect("a quantity");
    world.saves(&draft).await;
    let view = passbook(&world, &quota).await;
    assert_eq!(draws_told(&view), [(false, None), (true, None), (false, Some((draft.id, None)))]);
    assert_eq!(view.held(lot).units(), h(2));
    world.issues(draft.id).await;
    let view = passbook(&world, &quota).await;
    assert_eq!(draws_told(&view), [(false, None), (true, None), (false, Some((draft.id, Some("LS-2026-00001"))))]);
    assert_eq!((view.held(lot).units(), view.held.len()), (0, 0));
    assert_eq!(standing().await, (h(3), 0));
    assert_sound(&world).await;
}

on_both!(
    issuing_makes_draws_of_holds,
    deleting_releases_everything,
    an_invoice_has_the_lines_of_its_delivery_note,
    an_invoice_may_have_lines_of_its_own_too,
    the_passbook_names_documents_and_holds,
);
