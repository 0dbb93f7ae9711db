//! Cancelling a whole run, and running again what of it was cancelled.

use std::collections::BTreeSet;

use domain::{RunId, documents::DocumentState};
use usecases::{
    billing, documents,
    testing::{World, with_key},
};
use wire::billing::Selection;

use crate::{
    desk::available,
    office::{account, admin, all_documents, business, claims, consolidated, costs, given, planned},
    support::{assert_sound, books},
    undo::cancel,
};

/// One customer with two contracts on one invoice, another with one of their own: two invoices of one run.
async fn billed(world: &World) -> RunId {
    let (alpha, beta) = (world.customer("Alpha GmbH").await, world.customer("Beta AG").await);
    given(world, alpha, "2026-04-01", consolidated).await;
    given(world, alpha, "2026-04-01", consolidated).await;
    given(world, beta, "2026-04-01", |contract| costs(contract, "10")).await;
    world.bills(&world.env, "2026-04-15").await.row.id
}

/// Red when: a consolidated invoice goes in part, a second time finds something, or the re-run leaves something out.
async fn a_run_is_cancelled_and_run_again(world: World) {
    let run = billed(&world).await;
    let plan = billing::cancel_plan(&world, &admin(), run).await.expect("the plan");
    assert_eq!(plan.items.iter().map(|item| item.freed).collect::<BTreeSet<_>>(), BTreeSet::from([1, 2]));
    let done = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.expect("it is cancelled");
    assert_eq!(done.items.len(), 2);
    for item in &done.items {
        assert!(item.refused.is_none() && item.cancellation.as_ref().is_some_and(|(_, number)| number.is_some()));
    }
    let states: Vec<_> = all_documents(&world).await.into_iter().map(|row| row.state).collect();
    let count = |state| states.iter().filter(|found| **found == state).count();
    assert_eq!((count(DocumentState::Cancelled), count(DocumentState::Issued)), (2, 2));
    let before = books(&world).await;
    let again = billing::cancel(&world, &admin(), run, "Wrong day".to_owned()).await.expect("nothing is left");
    assert_eq!((again.items, books(&world).await), (Vec::new(), before));
    let before = business(&world).await;
    world.bills(&world.env, "2026-04-15").await;
    assert_eq!(business(&world).await, before);
    assert_sound(&world).await;

    let seen = planned(&world, "2026-04-15", Selection::FreedOf(run)).await.expect("the plan");
    assert_eq!((seen.totals.billed, seen.totals.invoices), (3, 2));
    let rerun = world.bills_only(&world.env, "2026-04-15", Selection::FreedOf(run)).await;
    assert_eq!((rerun.row.totals.billed, rerun.row.totals.invoices, rerun.row.contracts), (3, 2, 3));
    let before = business(&world).await;
    let again = world.bills_only(&world.env, "2026-04-15", Selection::FreedOf(run)).await;
    assert_eq!((again.items.len(), business(&world).await), (0, before));
    assert_sound(&world).await;
    // What was run again can be cancelled again.
    let done = billing::cancel(&world, &admin(), rerun.row.id, "Once more".to_owned()).await.expect("cancelled");
    assert_eq!(done.items.len(), 2);
    assert_sound(&world).await;
}

/// Red when: one contract of the invoice keeps its quota or its claim, or the plan leaves one out.
async fn a_consolidated_invoice_goes_as_a_whole(world: World) {
    let alpha = world.customer("Alpha GmbH").await;
    let contracts = [
        given(&world, alpha, "2026-04-01", consolidated).await,
        given(&world, alpha, "2026-04-01", consolidated).await,
    ];
    world.bills(&world.env, "2026-04-15").await;
    let invoice = claims(&world, contracts[0].contract.id).await[0].document.expect("an invoice");
    let seen = documents::undo_plan(&world, &admin(), invoice).await.expect("the plan");
    assert_eq!((seen.plan.freed.len(), seen.plan.accounts.len(), seen.contracts.len()), (2, 2, 2));
    cancel(&world, invoice).await;
    for page in &contracts {
        let claim = claims(&world, page.contract.id).await.remove(0);
        assert_eq!((claim.cancelled, claim.free, claim.document), (true, true, Some(invoice)));
        assert_eq!(available(&world, account(page), "2026-04-15").await, 0);
    }
    assert_sound(&world).await;
    // One of them alone is billed again; the other stays free.
    world.bills_only(&world.env, "2026-04-15", Selection::Freed(contracts[0].contract.id, None)).await;
    let free = |claims: Vec<wire::contracts::ClaimRow>| claims.iter().filter(|claim| claim.free).count();
    assert_eq!(free(claims(&world, contracts[0].contract.id).await), 0);
    assert_eq!(free(claims(&world, contracts[1].contract.id).await), 1);
    assert_sound(&world).await;
}

/// More invoices than are undone in one transaction, one of which cannot be. Red when: cancellations are numbered in
/// another order than what they cancel, one that cannot be stored holds the others up, or the page of the run offers to
/// cancel what is cancelled.
async fn cancellations_are_numbered_like_their_invoices(world: World) {
    for number in 0..45 {
        let customer = world.customer(&format!("Customer {number}")).await;
        given(&world, customer, "2026-04-01", |contract| costs(contract, "10")).await;
    }
    let run = world.bills(&world.env, "2026-04-15").await;
    assert!(run.stands);
    let of_run = run.row.id;
    let planned = billing::cancel_plan(&world, &admin(), of_run).await.expect("the plan");
    let numbers: Vec<_> = planned.items.iter().map(|item| item.number.clone()).collect();
    assert!(numbers.is_sorted() && numbers.len() == 45, "{numbers:?}");
    // A lot that its claim names and its account does not have.
    let broken = planned.items[30].document;
    let lose = format!(
        "UPDATE claim_lots SET lot_id = 'x' || lot_id WHERE claim_id IN (SELECT id FROM claims WHERE document_id = '{broken}')"
    );
    let find = "UPDATE claim_lots SET lot_id = SUBSTR(lot_id, 2) WHERE lot_id LIKE 'x%'";
    let execute = async |sql: &str| {
        let mut tx = store::testing::begin(&world.db).await;
        store::testing::execute(&mut tx, sql).await.expect("the database takes it");
        store::testing::commit(tx).await;
    };
    execute(&lose).await;
    let done = billing::cancel(&world, &admin(), of_run, "Wrong day".to_owned()).await.expect("it is cancelled");
    let failed: Vec<_> = done.items.iter().filter(|item| item.refused.is_some()).map(|item| item.document).collect();
    assert_eq!(failed, [broken]);
    assert!(billing::page(&world, &admin(), of_run, 1).await.expect("the run").stands);
    execute(find).await;
    billing::cancel(&world, &admin(), of_run, "Wrong day".to_owned()).await.expect("it is cancelled");
    assert!(!billing::page(&world, &admin(), of_run, 1).await.expect("the run").stands);
    let given: Vec<_> = done.items.iter().filter_map(|item| item.cancellation.clone()?.1).collect();
    assert!(given.is_sorted() && given.len() == 44, "{given:?}");
    assert_sound(&world).await;
}

/// Red when: what was cancelled before is listed, or a key stands for two requests.
async fn what_was_cancelled_before_is_left_out(world: World) {
    let run = billed(&world).await;
    let first = billing::cancel_plan(&world, &admin(), run).await.expect("the plan").items[0].document;
    cancel(&world, first).await;
    let call = with_key(admin(), "cancel", "hash");
    let done = billing::cancel(&world, &call, run, "Wrong day".to_owned()).await.expect("it is cancelled");
    assert_eq!(done.items.len(), 1);
    assert!(billing::cancel(&world, &call, run, "Wrong day".to_owned()).await.is_ok());
    let other = with_key(admin(), "cancel", "other");
    assert!(billing::cancel(&world, &other, run, "Wrong day".to_owned()).await.is_err());
    assert!(billing::cancel(&world, &admin(), RunId::new(world.id()), "x".to_owned()).await.is_err());
    assert_sound(&world).await;
}

on_both!(
    a_run_is_cancelled_and_run_again,
    a_consolidated_invoice_goes_as_a_whole,
    cancellations_are_numbered_like_their_invoices,
    what_was_cancelled_before_is_left_out,
);
