//! Projects saved as a whole: base data, tasks and billing lines together, or nothing.

use std::collections::BTreeSet;

use usecases::{
    projects,
    testing::{World, problem},
};
use wire::{
    Problem,
    projects::{ProjectPage, WholeProject},
};

use crate::{
    office::admin,
    support::{assert_sound, books},
    workshop::{edited, effort, free, me, page, project_draft, set_tasks, task},
};

async fn save(world: &World, whole: &WholeProject) -> Result<ProjectPage, Problem> {
    projects::save_whole(world, &admin(), whole.clone()).await.map_err(problem)
}

/// Red when: a part is saved though another one is refused, or the same again is something new.
async fn a_project_is_saved_as_a_whole_or_not_at_all(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let (repair, lines) = (task(&world, "Repair"), vec![free(&world, 45), effort(&world, "100")]);
    let whole = WholeProject { project: project_draft(&world, customer), tasks: vec![repair], lines };
    let saved = save(&world, &whole).await.expect("it is saved");
    assert_eq!((saved.version, saved.tasks.len(), saved.lines.len()), (3, 1, 2));
    let standing = &saved.accounts[0].standing;
    assert_eq!((saved.accounts.len(), standing.granted.units(), standing.left.units()), (1, 2_700, 2_700));
    assert_eq!(save(&world, &whole).await.as_ref(), Ok(&saved), "the same again");
    let before = books(&world).await;
    let mut broken = WholeProject { project: edited(&saved), ..whole.clone() };
    "Other".clone_into(&mut broken.project.name);
    broken.lines[1] = effort(&world, "-5");
    let refused = save(&world, &broken).await.expect_err("an hour cannot cost less than nothing");
    assert_eq!(refused.fields()[0].field, "lines.1.rate");
    assert_eq!(books(&world).await, before);
    assert_sound(&world).await;
}

/// Red when: what somebody else saved meanwhile is overwritten because the base data are the same.
async fn what_somebody_else_saved_is_not_overwritten(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let repair = task(&world, "Repair");
    let tasks = vec![repair.clone()];
    let whole = WholeProject { project: project_draft(&world, customer), tasks, lines: vec![free(&world, 45)] };
    let saved = save(&world, &whole).await.expect("it is saved");
    let setup = task(&world, "Setup");
    set_tasks(&world, saved.row.id, vec![repair.clone(), setup.clone()]).await.expect("they are saved");
    let mut stale = WholeProject { project: edited(&saved), ..whole.clone() };
    "Mend".clone_into(&mut stale.tasks[0].name);
    assert_eq!(save(&world, &stale).await, Err(Problem::Changed));
    assert_eq!(page(&world, saved.row.id).await.tasks, [repair, setup]);
}

/// Red when: a task can only be deleted after the lines that were limited to it are saved on their own.
async fn a_task_goes_together_with_the_limit_that_names_it(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let (repair, setup) = (task(&world, "Repair"), task(&world, "Setup"));
    let mut limited = effort(&world, "100");
    limited.tasks = Some(BTreeSet::from([repair.id]));
    let tasks = vec![repair, setup.clone()];
    let whole = WholeProject { project: project_draft(&world, customer), tasks, lines: vec![limited.clone()] };
    let saved = save(&world, &whole).await.expect("it is saved");
    let mut later = WholeProject { project: edited(&saved), tasks: vec![setup.clone()], lines: vec![limited] };
    let refused = save(&world, &later).await.expect_err("the line names a task that goes");
    assert_eq!(refused.fields()[0].field, "lines.0.tasks");
    later.lines[0].tasks = None;
    let saved = save(&world, &later).await.expect("it is saved");
    assert_eq!((saved.tasks, saved.lines[0].line.tasks.clone()), (vec![setup], None));
}

on_both!(
    a_project_is_saved_as_a_whole_or_not_at_all,
    what_somebody_else_saved_is_not_overwritten,
    a_task_goes_together_with_the_limit_that_names_it,
);
