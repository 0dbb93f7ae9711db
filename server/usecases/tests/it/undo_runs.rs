//! Cancelling a whole run, and running again what of it was cancelled.

use std::collections::BTreeSet;

use domain::{RunId, documents::DocumentState};
use usecases::{
    billing,
    testing::{World, with_key},
};
use wire::billing::Selection;

use crate::{
    office::{admin, all_documents, business, consolidated, costs, given, planned},
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

on_both!(a_run_is_cancelled_and_run_again, what_was_cancelled_before_is_left_out);
