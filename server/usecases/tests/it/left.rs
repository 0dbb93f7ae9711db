//! What is left for a customer: of which account the time of a task is taken.

use std::collections::BTreeSet;

use usecases::{
    projects,
    testing::{HOUR, PREPAID, World, day},
};
use wire::projects::LineDraft;

use crate::{
    office::admin,
    support::assert_sound,
    workshop::{block, effort, free, me, set_lines, shop},
};

/// Red when: the phone cannot tell of which accounts, and in which order, the time of a task is taken.
async fn a_collector_names_its_account_and_its_tasks(world: World) {
    me(&world).await;
    let (customer, prepaid) = world.customer_with_account(PREPAID).await;
    world.lot(prepaid, 2 * HOUR, "2026-01-01", None).await;
    let own = shop(&world, customer, vec![effort(&world, "100")]).await;
    let only = BTreeSet::from([own.task]);
    let limited = LineDraft { tasks: Some(only.clone()), ..block(&world, prepaid) };
    let lines = vec![limited, free(&world, 45), effort(&world, "100")];
    set_lines(&world, own.project, lines).await.expect("the lines are saved");
    let left = projects::left(&world, &admin(), customer, day("2026-04-20")).await.expect("what is left");
    let [project] = &left.projects[..] else { panic!("{left:?}") };
    let [first, second] = &project.lines[..] else { panic!("{left:?}") };
    assert_eq!((first.account, &first.tasks, &second.tasks), (prepaid, &Some(only), &None));
    let told: Vec<_> = left.accounts.iter().map(|of| of.account.id).collect();
    assert_eq!(told, [first.account, second.account]);
    assert_sound(&world).await;
}

on_both!(a_collector_names_its_account_and_its_tasks);
