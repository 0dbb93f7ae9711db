//! The page of the day: what runs out, what waits, and how much of it fits.

use domain::Role;
use usecases::{
    testing::{HOUR, PREPAID, World, as_role},
    today,
};
use wire::today::TodayView;

use crate::office::{bills_drafts, given, plain};

async fn shown(world: &World, at: &str) -> TodayView {
    today::page(&world.when(at), &as_role(Role::Sales)).await.expect("the page of the day")
}

async fn on_an_empty_day_there_is_nothing(world: World) {
    let page = shown(&world, "2026-04-15T10:00:00Z").await;
    let counts = [page.to_dos.len(), page.due.len(), page.running_out.len(), page.drafts.len(), page.failed_runs.len()];
    assert_eq!((counts, page.failed_jobs, page.more), ([0; 5], 0, [false; 4]));
}

/// Red when: an account counts with exactly a fifth left, with lots that are not usable today, or one lot alone decides.
async fn accounts_with_less_than_a_fifth_left_run_out_the_least_first(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    let mut accounts = Vec::new();
    for drawn in [HOUR * 8 / 10, HOUR * 9 / 10, HOUR, HOUR * 8 / 10 + 1] {
        let account = world.account(customer, PREPAID).await;
        world.lot(account, HOUR, "2026-04-01", Some("2026-05-01")).await;
        world.drawn(account, drawn, "2026-04-10").await;
        accounts.push(account);
    }
    // A second lot of the same day leaves enough.
    let rich = world.account(customer, PREPAID).await;
    world.lot(rich, HOUR, "2026-04-01", Some("2026-05-01")).await;
    world.drawn(rich, HOUR, "2026-04-10").await;
    world.lot(rich, HOUR, "2026-04-01", None).await;
    let page = shown(&world, "2026-04-15T10:00:00Z").await;
    let told: Vec<_> = page.running_out.iter().map(|found| (found.account.id, found.customer.id)).collect();
    assert_eq!(told, [2, 1, 3].map(|place| (accounts[place], customer)));
    assert_eq!(shown(&world, "2026-05-01T10:00:00Z").await.running_out, [], "what is over runs out no more");
}

/// Red when: a list says nothing of what it leaves out.
async fn lists_that_are_too_long_say_so(world: World) {
    let customer = world.customer("Alpha GmbH").await;
    for number in 1..=11 {
        given(&world, customer, "2026-04-01", plain).await;
        let account = world.account(customer, PREPAID).await;
        world.lot(account, HOUR, "2026-04-01", None).await;
        if number > 1 {
            world.drawn(account, HOUR, "2026-04-10").await;
        }
    }
    let page = shown(&world, "2026-04-15T10:00:00Z").await;
    assert_eq!((page.to_dos.len(), page.due.len(), page.running_out.len()), (0, 10, 10), "what is due is due");
    assert_eq!(page.more, [false, true, false, false]);
    bills_drafts(&world.env, "2026-04-15").await;
    let page = shown(&world, "2026-04-15T10:00:00Z").await;
    assert_eq!((page.to_dos.len(), page.due.len(), page.drafts.len()), (0, 0, 10));
    assert_eq!(page.more, [false, false, false, true]);
    assert_eq!(shown(&world, "2026-04-29T10:00:00Z").await.more, [true, false, false, true]);
}

on_both!(
    on_an_empty_day_there_is_nothing,
    accounts_with_less_than_a_fifth_left_run_out_the_least_first,
    lists_that_are_too_long_say_so,
);
