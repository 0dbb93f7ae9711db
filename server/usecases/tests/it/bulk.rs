//! The same with many things at once: documents that are issued, deleted and cancelled, contracts that are chosen.

use domain::{ContractId, DocumentId, Permission, Role, RunId, documents::DocumentState, quota::Amount};
use usecases::{
    Call, Refused, billing, documents, receipts,
    testing::{World, as_role, day, problem},
};
use wire::{
    Problem,
    billing::{NotBilled, RunDraft, Selection},
    documents::{BulkDraft, BulkView, BulkWay, DocumentQuery},
    receipts::ReceiptDraft,
};

use crate::{
    desk::{april, note},
    office::{admin, bills_drafts, given, plain, planned},
    receipts::{draft as received, invoice},
    support::{assert_sound, books},
};

fn draft(world: &World, way: BulkWay, documents: &[DocumentId]) -> BulkDraft {
    let reason = if way == BulkWay::Cancel { "Wrong month".to_owned() } else { String::new() };
    let date = (way == BulkWay::Settle).then(|| world.today());
    BulkDraft { way, documents: documents.to_vec(), reason, date }
}

async fn does(world: &World, call: &Call, way: BulkWay, documents: &[DocumentId]) -> Result<BulkView, Refused> {
    usecases::documents::bulk(world, call, draft(world, way, documents)).await
}

/// Whether each was done, and why not.
fn told(view: &BulkView) -> Vec<(DocumentId, bool, Option<&'static str>)> {
    view.items.iter().map(|item| (item.row.id, item.done, item.refused.as_ref().map(Problem::code))).collect()
}

async fn states(world: &World, ids: &[DocumentId]) -> Vec<Option<DocumentState>> {
    let mut states = Vec::new();
    for id in ids {
        states.push(documents::page(world, &admin(), *id).await.ok().map(|page| page.row.state));
    }
    states
}

/// Red when: the first failure stops the others, or a plan changes something.
async fn drafts_are_issued_each_on_its_own(world: World) {
    let quota = april(&world).await;
    let (first, _) = note(&world, &quota, &["0.5"]).await;
    let (empty, _) = note(&world, &quota, &[]).await;
    let (last, _) = note(&world, &quota, &["0.25"]).await;
    let ids = [first.id, empty.id, DocumentId::new(world.id()), last.id];
    let before = books(&world).await;
    let plan = documents::bulk_plan(&world, &admin(), BulkWay::Issue, &ids).await.expect("a plan");
    assert_eq!(told(&plan), [(first.id, false, None), (empty.id, false, Some("invalid")), (last.id, false, None)]);
    assert_eq!(books(&world).await, before, "a plan changes nothing");
    let done = does(&world, &admin(), BulkWay::Issue, &ids).await.expect("it is done");
    assert_eq!(told(&done), [(first.id, true, None), (empty.id, false, Some("invalid")), (last.id, true, None)]);
    let numbers: Vec<_> = done.items.iter().filter_map(|item| item.row.number.clone()).collect();
    assert!(numbers.len() == 2 && numbers[0] < numbers[1], "{numbers:?}");
    let (issued, open) = (Some(DocumentState::Issued), Some(DocumentState::Draft));
    assert_eq!(states(&world, &[first.id, empty.id, last.id]).await, [issued, open, issued]);
    let before = books(&world).await;
    let again = does(&world, &admin(), BulkWay::Issue, &ids).await.expect("once more");
    assert_eq!(told(&again), told(&done), "what is done is done");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: an issued document is deleted, or a delivery note that stands on an invoice is cancelled.
async fn drafts_are_deleted_and_documents_cancelled_each_on_its_own(world: World) {
    let quota = april(&world).await;
    let (held, _) = note(&world, &quota, &["0.5"]).await;
    let (standing, _) = note(&world, &quota, &["0.25"]).await;
    let (invoiced, _) = note(&world, &quota, &["0.25"]).await;
    world.issues(standing.id).await;
    world.issues(invoiced.id).await;
    let invoice = DocumentId::new(world.id());
    documents::invoice(&world, &admin(), invoiced.id, invoice).await.expect("it is invoiced");
    let ids = [held.id, standing.id, invoiced.id];
    let deleted = does(&world, &admin(), BulkWay::Delete, &ids).await.expect("it is done");
    let not_a_draft = Some("not_a_draft");
    assert_eq!(
        told(&deleted),
        [(held.id, true, None), (standing.id, false, not_a_draft), (invoiced.id, false, not_a_draft)]
    );
    let cancelled = does(&world, &admin(), BulkWay::Cancel, &ids).await.expect("it is done");
    assert_eq!(told(&cancelled), [(standing.id, true, None), (invoiced.id, false, Some("in_the_way"))]);
    assert!(cancelled.items[0].cancellation.as_ref().is_some_and(|(_, number)| number.is_some()));
    assert_eq!(states(&world, &ids).await, [None, Some(DocumentState::Cancelled), Some(DocumentState::Issued)],);
    assert_sound(&world).await;
}

/// Red when: any of the checks is taken out, or a draft of a contract invoice is deleted by somebody who cannot cancel.
async fn many_documents_as_every_role(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    given(&world, customer, "2026-04-01", plain).await;
    bills_drafts(&world.env, "2026-04-15").await;
    let rows = documents::list(&world, &admin(), &DocumentQuery::default()).await.expect("a page").rows;
    let id = rows[0].id;
    for role in Role::ALL.into_iter().rev() {
        for (way, needs) in [
            (BulkWay::Delete, Permission::EditDocuments),
            (BulkWay::Issue, Permission::Bill),
            (BulkWay::Cancel, Permission::Cancel),
        ] {
            let before = books(&world).await;
            let plan = documents::bulk_plan(&world, &as_role(role), way, &[id]).await;
            assert_eq!(books(&world).await, before);
            if role.may(needs) {
                plan.expect("a plan");
                continue;
            }
            assert_eq!(problem(plan.expect_err("it is refused")), Problem::Forbidden { needs }, "{role:?} {way:?}");
            let done = does(&world, &as_role(role), way, &[id]).await;
            assert_eq!(problem(done.expect_err("it is refused")), Problem::Forbidden { needs }, "{role:?} {way:?}");
            assert_eq!(books(&world).await, before);
        }
    }
    let sales = as_role(Role::Sales);
    let deleted = does(&world, &sales, BulkWay::Delete, &[id]).await.expect("an answer");
    assert_eq!(told(&deleted), [(id, false, Some("forbidden"))]);
}

async fn three(world: &World) -> Vec<ContractId> {
    let customer = world.customer("Alpha GmbH").await;
    let mut ids = Vec::new();
    for number in 0..3 {
        let page = given(world, customer, "2026-04-01", |contract| {
            plain(contract);
            contract.terms.billing.automatic = number != 1;
        })
        .await;
        ids.push(page.contract.id);
    }
    ids
}

/// Red when: a run for chosen contracts bills others, leaves out those billed by hand, or forgets them when it is stored.
async fn a_run_for_chosen_contracts_bills_these_and_no_other(world: World) {
    let ids = three(&world).await;
    let selection = Selection::Chosen(vec![ids[0], ids[1]]);
    let plan = planned(&world, "2026-04-15", selection.clone()).await.expect("a plan");
    assert_eq!((plan.totals.billed, plan.totals.failed, plan.totals.skipped), (2, 0, 0));
    let run = world.bills_only(&world.env, "2026-04-15", selection.clone()).await;
    assert_eq!((run.row.totals.billed, run.row.contracts, &run.row.selection), (2, 2, &selection));
    let billed: Vec<_> = run.items.iter().filter_map(wire::billing::RunItem::contract).collect();
    assert!(billed.len() == 2 && ids[..2].iter().all(|id| billed.contains(id)), "{billed:?}");
    let again = world.bills_only(&world.env, "2026-04-15", selection).await;
    assert_eq!((again.row.totals.billed, again.row.totals.skipped), (0, 2));
    assert!(again.items.iter().all(|item| item.not_billed == Some(NotBilled::AlreadyBilled)));
    let unknown = Selection::Chosen(vec![ids[2], ContractId::new(world.id())]);
    let refused = planned(&world, "2026-04-15", unknown).await;
    assert!(matches!(problem(refused.expect_err("it is refused")), Problem::NotFound { .. }));
    assert_sound(&world).await;
}

/// Red when: whoever takes up such a run bills a contract once more, or notes it as left out.
async fn a_run_for_chosen_contracts_is_taken_up_where_it_stopped(world: World) {
    let ids = three(&world).await;
    let id = RunId::new(world.id());
    let draft = RunDraft { id, as_of: day("2026-06-15"), issue: true, selection: Selection::Chosen(ids.clone()) };
    billing::start(&world, &admin(), draft.clone()).await.expect("it begins");
    billing::start(&world, &admin(), draft).await.expect("the same again");
    assert!(billing::work(&world, id).await.expect("it works"));
    let run = billing::page(&world, &admin(), id, 1).await.expect("the run");
    assert_eq!((run.row.totals.billed, run.row.totals.skipped, run.row.totals.failed), (9, 0, 0));
    assert!(!billing::work(&world, id).await.expect("an answer"), "it has ended");
    assert_eq!(run.items.iter().filter(|item| item.net.minor > 0).count(), 9);
    assert!(run.items.iter().all(|item| item.grants.iter().all(|(_, amount, _)| *amount > Amount::ZERO)));
    assert_sound(&world).await;
}

/// Red when: something else than what is open is recorded, a second time records it again, or a note takes money.
async fn invoices_are_settled_each_on_its_own(world: World) {
    let quota = april(&world).await;
    let (note, _) = note(&world, &quota, &["0.5"]).await;
    world.issues(note.id).await;
    let (open, part, credit) =
        (invoice(&world, "One").await, invoice(&world, "Two").await, invoice(&world, "Three").await);
    receipts::record(&world, &admin(), received(&world, &part, 10_000)).await.expect("a part");
    let twice = ReceiptDraft { over: true, ..received(&world, &credit, 50_000) };
    receipts::record(&world, &admin(), twice).await.expect("too much");
    let ids = [open.id, part.id, note.id, credit.id];
    let before = books(&world).await;
    let plan = documents::bulk_plan(&world, &admin(), BulkWay::Settle, &ids).await.expect("a plan");
    let refused = Some("invalid");
    let planned = [(open.id, false, None), (part.id, false, None), (note.id, false, refused), (credit.id, false, None)];
    assert_eq!(told(&plan), planned);
    assert_eq!(books(&world).await, before, "a plan changes nothing");
    let done = does(&world, &admin(), BulkWay::Settle, &ids).await.expect("it is done");
    let settled = [(open.id, true, None), (part.id, true, None), (note.id, false, refused), (credit.id, true, None)];
    assert_eq!(told(&done), settled);
    let amounts = [(&open, vec![47_599]), (&part, vec![10_000, 37_599]), (&credit, vec![50_000, -2_401])];
    for (of, amounts) in amounts {
        let view = receipts::of(&world, &admin(), of.id).await.expect("its receipts");
        assert_eq!(view.invoice.open(), 0);
        let mut found: Vec<i64> = view.receipts.iter().map(|row| row.amount.minor).collect();
        found.sort_unstable_by_key(|minor| (*minor < 0, *minor));
        assert_eq!(found, amounts);
    }
    let before = books(&world).await;
    let again = does(&world, &admin(), BulkWay::Settle, &ids).await.expect("once more");
    assert_eq!(told(&again), settled, "what is done is done");
    assert_eq!(books(&world).await, before);
    let sales = as_role(Role::Sales);
    let refused = does(&world, &sales, BulkWay::Settle, &ids).await;
    assert!(matches!(refused.map_err(problem), Err(Problem::Forbidden { .. })));
    assert_sound(&world).await;
}

on_both!(
    invoices_are_settled_each_on_its_own,
    drafts_are_issued_each_on_its_own,
    drafts_are_deleted_and_documents_cancelled_each_on_its_own,
    many_documents_as_every_role,
    a_run_for_chosen_contracts_bills_these_and_no_other,
    a_run_for_chosen_contracts_is_taken_up_where_it_stopped,
);
