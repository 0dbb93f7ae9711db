//! What is left for a customer: of which account the time of a task is taken, and on some projects at once.

use std::collections::BTreeSet;

use domain::{ProjectId, Role};
use usecases::{
    Call, projects,
    testing::{HOUR, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    projects::{Bookers, LineDraft, MOST_LEFT, ProjectLeft},
};

use crate::{
    office::admin,
    support::assert_sound,
    workshop::{block, change_project, effort, free, me, person, set_lines, shop},
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

/// Red when: what is left on a project that was not asked about, a closed one or one that names others is told, one is told
/// twice or in another order, a customer or somebody who books no time is answered, or anybody asks about as many as they
/// like.
async fn what_is_left_on_some_projects_is_told_at_once(world: World) {
    me(&world).await;
    let (anna, ben) = (person(&world, "staff", Role::Staff).await, person(&world, "ben", Role::Staff).await);
    let (customer, prepaid) = world.customer_with_account(PREPAID).await;
    world.lot(prepaid, 2 * HOUR, "2026-01-01", None).await;
    let one = shop(&world, customer, vec![free(&world, 45), block(&world, prepaid), effort(&world, "100")]).await;
    let other = shop(&world, world.customer("Beta GmbH").await, vec![free(&world, 30)]).await;
    let _beside = shop(&world, customer, vec![free(&world, 15)]).await;
    let costly = shop(&world, customer, vec![effort(&world, "100")]).await;
    one.books(&world, "2026-04-10", 30).await;
    let told = async |call: &Call, wanted: &[ProjectId]| {
        let found = projects::left_on(&world, call, wanted, day("2026-04-20")).await.map_err(problem)?;
        let of = |of: ProjectLeft| {
            let lines = of.lines.into_iter().map(|line| (line.name, line.left.units()));
            (of.project.id, lines.collect::<Vec<_>>())
        };
        Ok::<_, Problem>(found.into_iter().map(of).collect::<Vec<_>>())
    };
    let line = |name: &str, left: i64| (name.to_owned(), left);
    let of_one = (one.project, vec![line("Free", 900), line("Block", 2 * HOUR)]);
    let of_other = (other.project, vec![line("Free", 1_800)]);
    let nothing = ProjectId::new(world.id());
    let wanted = [other.project, nothing, costly.project, one.project, other.project];
    let staff = as_role(Role::Staff);
    for call in [&admin(), &staff, &as_role(Role::Sales)] {
        assert_eq!(told(call, &wanted[..]).await, Ok(vec![of_other.clone(), of_one.clone()]));
    }
    assert_eq!(told(&staff, &wanted[..0]).await, Ok(Vec::new()));
    for stranger in [as_customer(customer), as_role(Role::Payments)] {
        assert!(matches!(told(&stranger, &wanted[..]).await, Err(Problem::Forbidden { .. })));
    }
    let many = vec![one.project; MOST_LEFT + 1];
    let reason = FieldReason::TooMany { most: MOST_LEFT, found: MOST_LEFT + 1 };
    assert_eq!(told(&staff, &many[..]).await, Err(Problem::field("projects", reason)));
    assert_eq!(told(&staff, &many[1..]).await, Ok(vec![of_one.clone()]));

    change_project(&world, other.project, |draft| draft.bookers = Bookers::Only(vec![ben])).await;
    assert_eq!(told(&staff, &wanted[..]).await, Ok(vec![of_one.clone()]), "it names somebody else");
    assert_eq!(told(&admin(), &wanted[..]).await, Ok(vec![of_other.clone(), of_one.clone()]));
    change_project(&world, other.project, |draft| draft.bookers = Bookers::Only(vec![anna])).await;
    change_project(&world, one.project, |draft| draft.closed = true).await;
    assert_eq!(told(&staff, &wanted[..]).await, Ok(vec![of_other]), "it names them, and the other one is closed");
    assert_sound(&world).await;
}

on_both!(a_collector_names_its_account_and_its_tasks, what_is_left_on_some_projects_is_told_at_once);
