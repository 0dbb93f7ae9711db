//! Templates of projects: kept of a project or given, saved once, changed by one of two, deleted, and what begins with
//! them.

use std::collections::BTreeSet;

use domain::{AccountId, Currency, ProjectId, ProjectTemplateId, Role, Seconds, TaskId, splitting::BookingRounding};
use store::history;
use texts::Lang;
use usecases::{
    projects::templates,
    testing::{PREPAID, World, as_role, problem, with_key},
};
use wire::{
    FieldReason, Noun, Problem,
    lists::UnitKind,
    projects::{
        DraftKind, FromTemplate, LineDraft, LineForm, LineRow, MOST_LINES, MOST_TASKS, PartsOf, ProjectPage,
        ProjectTemplate, ProjectTemplateDraft, ProjectTemplatePage, TemplateParts,
    },
};

use crate::{
    office::{admin, fields},
    support::{assert_sound, books},
    workshop::{
        Shop, block, change_project, effort, free, maintenance, me, page, project_draft, set_lines, set_tasks, shop,
        task, told,
    },
};

fn draft(id: ProjectTemplateId, version: i64, name: &str, parts: PartsOf) -> ProjectTemplateDraft {
    let (name, lead) = (name.to_owned(), "45 minutes are free".to_owned());
    ProjectTemplateDraft { id, version, name, lead, parts }
}

async fn save(world: &World, draft: ProjectTemplateDraft) -> Result<ProjectTemplatePage, Problem> {
    templates::save(world, &admin(), draft).await.map_err(problem)
}

fn new_id(world: &World) -> ProjectTemplateId {
    ProjectTemplateId::new(world.id())
}

/// Parts of these lines, with one task.
fn parts(world: &World, lines: Vec<LineDraft>) -> TemplateParts {
    let tasks = vec![task(world, "Repair")];
    TemplateParts { currency: Currency::EUR, splitting: None, rounding: None, tasks, lines }
}

/// What begins with a template for that customer.
fn from_template(world: &World, of: Shop, template: ProjectTemplateId) -> FromTemplate {
    let project = project_draft(world, of.customer);
    FromTemplate { project, template, splits_alike: true, rounds_alike: true }
}

async fn begin(world: &World, draft: FromTemplate) -> Result<ProjectPage, Problem> {
    templates::save_from(world, &admin(), draft).await.map_err(problem)
}

/// Red when: the same content counts a version, other content of version 0 overwrites, or a change reaches a project.
async fn a_template_is_saved_once_and_changed_by_its_version(world: World) {
    let own = maintenance(&world).await;
    let (id, other, of) = (new_id(&world), new_id(&world), PartsOf::Project(own.project));
    let first = save(&world, draft(id, 0, "Care", of.clone())).await.expect("it is saved");
    assert_eq!((first.template.id, first.template.version, first.history.len()), (id, 1, 1));
    let before = books(&world).await;
    for version in [0, 1] {
        let again = save(&world, draft(id, version, "Care", of.clone())).await.expect("the same");
        assert_eq!((&again, books(&world).await), (&first, before.clone()));
    }
    let gone = PartsOf::Project(ProjectId::new(world.id()));
    for (draft, expected) in [
        (draft(id, 0, "Other", of.clone()), Problem::SameId),
        (draft(id, 2, "Other", PartsOf::Kept), Problem::Changed),
        (draft(other, 1, "Other", of.clone()), Problem::NotFound { what: Noun::ProjectTemplate }),
        (draft(other, 0, "CARE", of.clone()), Problem::field("name", FieldReason::Taken)),
        (draft(other, 0, "Other", PartsOf::Kept), Problem::field("project", FieldReason::Missing)),
        (draft(other, 0, "Other", gone), Problem::field("project", FieldReason::NotOneOf)),
    ] {
        assert_eq!(save(&world, draft.clone()).await.expect_err("it is refused"), expected, "{draft:?}");
    }
    assert_eq!(books(&world).await, before);

    let renamed = save(&world, draft(id, 1, "Repair", PartsOf::Kept)).await.expect("it is called otherwise");
    assert_eq!((renamed.template.version, &renamed.template.parts), (2, &first.template.parts));
    let named: Vec<&str> = renamed.history[0].fields.iter().map(|change| change.field.as_str()).collect();
    assert_eq!((renamed.history.len(), named), (2, vec!["name"]));
    change_project(&world, own.project, |draft| draft.splitting = Some(false)).await;
    let taken = save(&world, draft(id, 2, "Repair", of)).await.expect("it takes the project as it stands");
    assert_eq!((taken.template.version, taken.template.parts.splitting), (3, Some(false)));
    let listed = templates::list(&world, &as_role(Role::Sales)).await.expect("the templates");
    assert_eq!(listed, [taken.template]);
}

/// 45 minutes a month are free, then an hour costs 100.00. Red when: what begins with a template gives, costs or rounds
/// otherwise, counts its periods from another day, takes its rates for another currency, or shares something with the
/// project of which it was made.
async fn a_project_begins_with_a_template(world: World) {
    let own = maintenance(&world).await;
    let quarters = BookingRounding::new(Seconds(0), Seconds(900)).ok();
    change_project(&world, own.project, |draft| (draft.rounding, draft.splitting) = (quarters, Some(true))).await;
    let id = new_id(&world);
    save(&world, draft(id, 0, "Care", PartsOf::Project(own.project))).await.expect("it is saved");

    let asked = from_template(&world, Shop { customer: world.customer("Beta GmbH").await, ..own }, id);
    let made = begin(&world, asked.clone()).await.expect("it is made");
    assert_eq!(begin(&world, asked.clone()).await.as_ref(), Ok(&made), "the same again");
    assert_eq!((made.rounding, made.splitting), (quarters, Some(true)));
    let names: Vec<&str> = made.lines.iter().map(|row| row.name.as_str()).collect();
    assert_eq!((names, made.tasks[0].name.as_str()), (vec!["Free", "Effort"], "Repair"));
    let model = page(&world, own.project).await;
    assert_ne!((made.lines[0].line.id, made.tasks[0].id), (model.lines[0].line.id, model.tasks[0].id));
    let shared = |row: &LineRow| row.account.as_ref().map(|account| account.id);
    assert_ne!(shared(&made.lines[0]), shared(&model.lines[0]));
    let form = LineForm::of(&made.lines[0], Lang::En);
    assert_eq!(form.start, "2026-04-01", "the month of today");
    let beta = Shop { customer: asked.project.customer, project: made.row.id, task: made.tasks[0].id };
    assert_eq!(told(&beta.books(&world, "2026-04-10", 60).await), "Free 45, Effort 15 = 2500");

    // What the project says itself counts.
    let mut plain = from_template(&world, own, id);
    (plain.splits_alike, plain.rounds_alike) = (false, false);
    let plain = begin(&world, plain).await.expect("it is made");
    assert_eq!((plain.rounding, plain.splitting), (None, None));
    let refused = begin(&world, from_template(&world, own, new_id(&world))).await.expect_err("no such template");
    assert_eq!(refused, Problem::field("template", FieldReason::NotOneOf));
    let mut abroad = from_template(&world, own, id);
    abroad.project.currency = Currency::CHF;
    let refused = begin(&world, abroad).await.expect_err("its rates are in euros");
    assert_eq!(refused, Problem::field("currency", FieldReason::NotOneOf));
    assert_sound(&world).await;
}

/// Red when: a template hands on the account of a customer, or somebody opens accounts with it who may open none.
async fn a_block_of_a_template_names_no_account(world: World) {
    me(&world).await;
    let (customer, account) = world.customer_with_account(PREPAID).await;
    let own = shop(&world, customer, vec![block(&world, account), effort(&world, "100")]).await;
    let kept = new_id(&world);
    let saved = save(&world, draft(kept, 0, "Block", PartsOf::Project(own.project))).await.expect("it is saved");
    let text = serde_json::to_string(&saved.template.parts).expect("text");
    assert!(!text.contains(&account.to_string()), "{text}");
    let refused = begin(&world, from_template(&world, own, kept)).await.expect_err("which account?");
    assert_eq!(refused, Problem::field("lines.0.account", FieldReason::NotOneOf));

    let mut opening = block(&world, account);
    let DraftKind::Prepaid { opens, .. } = &mut opening.kind else { panic!("{opening:?}") };
    *opens = Some(UnitKind::Time);
    let id = new_id(&world);
    let given = PartsOf::Given(parts(&world, vec![opening, effort(&world, "100")]));
    save(&world, draft(id, 0, "Own block", given)).await.expect("it is saved");
    let before = books(&world).await;
    let lead = as_role(Role::ProjectManager);
    let refused = templates::save_from(&world, &lead, from_template(&world, own, id)).await.expect_err("no rights");
    assert!(matches!(problem(refused), Problem::Forbidden { .. }));
    assert_eq!(books(&world).await, before);
    let made = begin(&world, from_template(&world, own, id)).await.expect("it is made");
    let opened: Option<AccountId> = made.lines[0].account.as_ref().map(|account| account.id);
    assert_eq!(opened.map(AccountId::uuid), Some(made.lines[0].line.id.uuid()));
    assert_sound(&world).await;
}

/// Red when: closed tasks come along, or the lines that were limited to nothing else.
async fn what_is_closed_stays_behind(world: World) {
    let own = maintenance(&world).await;
    let (mut done, open) = (task(&world, "Setup"), page(&world, own.project).await.tasks.remove(0));
    set_tasks(&world, own.project, vec![open.clone(), done.clone()]).await.expect("they are saved");
    let limited =
        |line: LineDraft, tasks: &[TaskId]| LineDraft { tasks: Some(tasks.iter().copied().collect()), ..line };
    let lines = vec![limited(effort(&world, "80"), &[done.id]), limited(effort(&world, "90"), &[open.id, done.id])];
    set_lines(&world, own.project, lines).await.expect("they are saved");
    done.closed = true;
    set_tasks(&world, own.project, vec![open, done]).await.expect("it is closed");
    let saved =
        save(&world, draft(new_id(&world), 0, "Care", PartsOf::Project(own.project))).await.expect("it is saved");
    let TemplateParts { tasks, lines, .. } = saved.template.parts;
    assert_eq!((tasks.len(), lines.len(), lines[0].tasks.as_ref().map(BTreeSet::len)), (1, 1, Some(1)));
}

/// Red when: a template is kept with which no project could begin, or what is wrong is told at another field.
async fn parts_that_no_project_could_have_are_refused(world: World) {
    let before = books(&world).await;
    let given = |parts| draft(new_id(&world), 0, "Care", PartsOf::Given(parts));
    let many = |count: usize| (0..count).map(|_| effort(&world, "100")).collect::<Vec<_>>();
    let tasks = |count: usize| (0..count).map(|_| task(&world, "Repair")).collect::<Vec<_>>();
    let twice = effort(&world, "100");
    let mut limited = effort(&world, "100");
    limited.tasks = Some([TaskId::new(world.id())].into());
    for (parts, told) in [
        (parts(&world, many(MOST_LINES + 1)), "lines"),
        (TemplateParts { tasks: tasks(MOST_TASKS + 1), ..parts(&world, Vec::new()) }, "tasks"),
        (parts(&world, vec![twice.clone(), twice]), "lines"),
        (parts(&world, vec![effort(&world, "-5")]), "lines.0.rate"),
        (parts(&world, vec![free(&world, 45), limited]), "lines.1.tasks"),
    ] {
        assert_eq!(fields(&save(&world, given(parts)).await.expect_err("it is refused")), [told]);
    }
    assert_eq!(books(&world).await, before);
    save(&world, given(parts(&world, many(MOST_LINES)))).await.expect("as many as there can be");
}

/// Red when: what somebody else saved meanwhile is deleted, its history does not tell of it, or a project goes with it.
async fn a_template_is_deleted_as_it_was_seen(world: World) {
    let own = maintenance(&world).await;
    let id = new_id(&world);
    let delete = async |seen| templates::delete(&world, &admin(), id, seen).await.map_err(problem);
    let missing = Problem::NotFound { what: Noun::ProjectTemplate };
    assert_eq!(delete(None).await, Err(missing.clone()));
    save(&world, draft(id, 0, "Care", PartsOf::Project(own.project))).await.expect("it is saved");
    let made = begin(&world, from_template(&world, own, id)).await.expect("it is made");
    let before = books(&world).await;
    assert_eq!(delete(Some(2)).await, Err(Problem::Changed));
    assert_eq!(books(&world).await, before);
    delete(Some(1)).await.expect("it is deleted");
    assert_eq!(delete(Some(1)).await, Err(missing));
    assert_eq!(templates::list(&world, &admin()).await.expect("the templates"), [] as [ProjectTemplate; 0]);
    assert_eq!(page(&world, made.row.id).await, made);
    let mut tx = world.db.read().await.expect("a read begins");
    let told = history::list(&mut tx, "project_template", &id.to_string(), 9).await.expect("its history");
    let name = &told[0].fields[0];
    assert_eq!((told.len(), name.before.as_deref(), name.after.as_deref()), (2, Some("Care"), None));
}

/// Red when: a request that is sent again is answered as things stand now, or is refused because its template is gone.
async fn templates_are_answered_as_they_were_saved(world: World) {
    let own = maintenance(&world).await;
    let keyed = |key: &str| with_key(admin(), key, "hash");
    let id = new_id(&world);
    let asked = draft(id, 0, "Care", PartsOf::Project(own.project));
    let saved = templates::save(&world, &keyed("save"), asked.clone()).await.expect("it is saved");
    let new = from_template(&world, own, id);
    let made = templates::save_from(&world, &keyed("begin"), new.clone()).await.expect("it is made");
    templates::delete(&world, &keyed("delete"), id, None).await.expect("it is deleted");
    let before = books(&world).await;
    assert_eq!(templates::save(&world, &keyed("save"), asked).await.expect("the same request"), saved);
    assert_eq!(templates::save_from(&world, &keyed("begin"), new).await.expect("the same request"), made);
    templates::delete(&world, &keyed("delete"), id, None).await.expect("the same request");
    assert_eq!(books(&world).await, before);
}

/// Red when: it is read without a lock.
async fn of_two_who_change_at_once_one_is_told(world: World) {
    let there = World::open(world.url.clone(), 2).await;
    let own = maintenance(&world).await;
    let id = new_id(&world);
    save(&world, draft(id, 0, "0", PartsOf::Project(own.project))).await.expect("it is saved");
    for round in 1..=4 {
        let (here, other) = (format!("a {round}"), format!("b {round}"));
        let both = tokio::join!(
            save(&world, draft(id, round, &here, PartsOf::Kept)),
            save(&there, draft(id, round, &other, PartsOf::Kept)),
        );
        match both {
            (Ok(_), Err(refused)) | (Err(refused), Ok(_)) => assert_eq!(refused, Problem::Changed, "round {round}"),
            both => panic!("one is saved and one refused: {both:?}"),
        }
    }
}

on_both!(
    a_template_is_saved_once_and_changed_by_its_version,
    a_project_begins_with_a_template,
    a_block_of_a_template_names_no_account,
    what_is_closed_stays_behind,
    parts_that_no_project_could_have_are_refused,
    a_template_is_deleted_as_it_was_seen,
    templates_are_answered_as_they_were_saved,
    of_two_who_change_at_once_one_is_told,
);
