//! Projects: list, page, editor, saving them and their tasks, who may book on them, and what bookings are decided on.
//!
//! Whoever changes a project, its tasks, its lines or a booking of it locks the project first, then accounts in the
//! order of their ids.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use domain::{
    AccountId, CustomerId, Permission, ProjectId, TaskId, UserId,
    quota::{AccountView, QuotaError, Standing},
    splitting::{self, LineKind},
};
use store::{
    Slice, StoreError, Tx, Work, accounts, articles, bookings, customers, history, ledger, people, project_templates,
    projects::{self, StoredLine, StoredProject},
};
use wire::{
    FieldProblem, FieldReason, Noun, Page, Problem,
    contracts::CustomerRef,
    customers::AccountRow,
    projects::{
        BookableProject, Bookers, KnownAccount, LineAccount, LineRow, PersonRef, ProjectDraft, ProjectEditor,
        ProjectPage, ProjectQuery, ProjectRow, ProjectState, TaskRow, TasksDraft, rounding_name, splitting_name,
        task_faults,
    },
};

use crate::{
    Call, Env, Refused,
    accounts::day,
    changed::{Saver, changes, check_version, note},
    contracts::counter,
    people::own,
    settings,
};

mod facts;
pub mod invoicing;
mod left;
mod lines;
pub mod templates;
mod whole;

pub use facts::facts;
pub(crate) use facts::{Ask, Loaded, Parts, load, parts};
pub use left::{left, left_on};
pub use lines::save_lines;
pub(crate) use lines::words as line_words;
pub use whole::save_whole;

const SUBJECT: &str = "project";
/// How many projects are offered to book on.
const OFFERED: i64 = 50;

/// A page of the list.
pub async fn list(env: &Env, call: &Call, ask: &ProjectQuery) -> Result<Page<ProjectRow>, Refused> {
    call.needs(Permission::SeeProjects)?;
    Ok(projects::list(&mut env.db.read().await?, ask, None).await?)
}

/// The open projects on which the person can book whose number or name begins so, or whose customer has these words,
/// with their open tasks.
pub async fn bookable(env: &Env, call: &Call, q: &str) -> Result<Vec<BookableProject>, Refused> {
    call.needs(Permission::BookTime)?;
    let mut tx = env.db.read().await?;
    let person = if call.by.role.may(Permission::EditBookings) { None } else { Some(booker(&mut tx, call).await?) };
    let ask = ProjectQuery { q: q.to_owned(), state: Some(ProjectState::Open), ..ProjectQuery::default() };
    let found = projects::slice(&mut tx, &ask, person, Slice { offset: 0, most: OFFERED }).await?;
    let ids: Vec<ProjectId> = found.iter().map(|row| row.id).collect();
    let mut tasks = projects::tasks_of(&mut tx, &ids).await?;
    let bookable = |row: ProjectRow| {
        let own = tasks.remove(&row.id).unwrap_or_default().into_iter().filter(|task| !task.closed).collect();
        BookableProject { project: row.named(), customer: row.customer, tasks: own }
    };
    Ok(found.into_iter().map(bookable).collect())
}

/// Who books the own time. A token is nobody, and may only book for others.
pub(crate) async fn booker(tx: &mut Tx, call: &Call) -> Result<UserId, Refused> {
    call.needs(Permission::BookTime)?;
    let needs = Permission::EditBookings;
    own(tx, call).await?.ok_or_else(|| Problem::Forbidden { needs }.into())
}

/// The project, if the person may know of it: whoever sees all, and whoever may book on it.
pub(crate) async fn seen(tx: &mut Tx, call: &Call, id: ProjectId) -> Result<StoredProject, Refused> {
    let all = call.by.role.may(Permission::SeeProjects);
    if !all {
        call.needs(Permission::BookTime)?;
    }
    let missing = || Refused::not_found(Noun::Project);
    let found = projects::get(tx, id).await?.ok_or_else(missing)?;
    if all || !found.limited {
        return Ok(found);
    }
    let person = booker(tx, call).await?;
    if projects::assigned(tx, id, person).await? { Ok(found) } else { Err(missing()) }
}

/// The page of a project, with what is left on its collectors today.
pub async fn page(env: &Env, call: &Call, id: ProjectId) -> Result<ProjectPage, Refused> {
    call.needs(Permission::SeeProjects)?;
    told(env, &mut env.db.read().await?, id).await
}

fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: ProjectId) -> Work<'t, ProjectPage, Refused> {
    Box::pin(async move {
        let found = projects::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Project))?;
        shown(env, tx, found).await
    })
}

async fn shown(env: &Env, tx: &mut Tx, found: StoredProject) -> Result<ProjectPage, Refused> {
    let id = found.row.id;
    let people = projects::people(tx, id).await?;
    let changed = history::list(tx, SUBJECT, &id.to_string(), 100).await?;
    let parts = parts(tx, found).await?;
    let today = env.today();
    let loaded = load(env, tx, parts, day(today), Ask::Add, false).await?;
    let row = |stored: &StoredLine| {
        let account = match &stored.line.kind {
            LineKind::Collector(collector) => loaded.stored.iter().find(|of| of.account.id == collector.account),
            LineKind::Effort { .. } | LineKind::FlatRate => None,
        };
        let account = account.map(|of| LineAccount {
            id: of.account.id,
            name: of.name.clone(),
            unit: of.account.unit,
            overbooking: of.account.policy.overbooking,
            // A line that does not fit its account cannot be saved.
            left: splitting::left(&loaded.facts, stored.line.id, today).unwrap_or_default(),
        });
        LineRow { line: stored.line.clone(), name: stored.name.clone(), reported: stored.reported, account }
    };
    let lines = loaded.parts.lines.iter().filter(|stored| !stored.removed).map(row).collect();
    let accounts = standings(env, tx, &loaded).await?;
    let unassigned = bookings::unassigned(tx, Some(id)).await?;
    let Parts { project, tasks, .. } = loaded.parts;
    Ok(ProjectPage {
        row: project.row,
        version: project.version,
        currency: project.currency,
        splitting: project.splitting,
        splits: loaded.facts.splits,
        rounding: project.rounding,
        agreed: splitting::agreed_on(&loaded.facts.lines, &loaded.facts.agreed, today),
        limited: project.limited,
        people,
        tasks,
        lines,
        accounts,
        unassigned,
        history: changed.into_iter().map(|change| env.localised(change)).collect(),
    })
}

/// Where the accounts of a project stand today, each once.
async fn standings(env: &Env, tx: &mut Tx, loaded: &Loaded) -> Result<Vec<AccountRow>, Refused> {
    let today = env.today();
    let ids: Vec<AccountId> = loaded.stored.iter().map(|of| of.account.id).collect();
    let held = ledger::held(tx, &ids).await?;
    let mut rows = Vec::with_capacity(ids.len());
    for of in &loaded.stored {
        let (id, unit) = (of.account.id, of.account.unit);
        let Some(view) = loaded.facts.accounts.iter().find(|view| view.account.id == id) else { continue };
        let standing = standing(view, &loaded.facts, today).map_err(Refused::quota(unit))?;
        let held = view.on_hold(today, |lot| held.get(&lot).copied().unwrap_or_default());
        let held = held.map_err(Refused::quota(unit))?;
        rows.push(AccountRow { id, name: of.name.clone(), unit, standing, held });
    }
    Ok(rows)
}

/// Where an account stands; the lot of an allowance that nothing has touched counts as full.
fn standing(view: &AccountView, facts: &splitting::Facts, today: NaiveDate) -> Result<Standing, QuotaError> {
    let mut standing = view.standing(today)?;
    let full = facts.lines.iter().filter_map(|line| match &line.kind {
        LineKind::Collector(of) if of.account == view.account.id => of.allowance?.missing(line.id, today, view),
        LineKind::Collector(_) | LineKind::Effort { .. } | LineKind::FlatRate => None,
    });
    for grant in full {
        standing.granted = standing.granted.plus(grant.amount)?;
        standing.left = standing.left.plus(grant.amount)?;
        standing.lapses = standing.lapses.or(grant.valid_until.map(|until| (until, grant.amount)));
    }
    Ok(standing)
}

/// Everything that the editor needs: of a project, or of a new one for a customer.
pub async fn editor(
    env: &Env,
    call: &Call,
    id: Option<ProjectId>,
    customer: Option<CustomerId>,
) -> Result<ProjectEditor, Refused> {
    call.needs(Permission::EditProjects)?;
    let mut tx = env.db.read().await?;
    let project = match id {
        None => None,
        Some(id) => Some(told(env, &mut tx, id).await?),
    };
    let customer = match (&project, customer) {
        (Some(page), _) => Some(page.row.customer.clone()),
        (None, None) => None,
        (None, Some(id)) => {
            let found = customers::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
            Some(CustomerRef { id, number: found.card.number, name: found.card.name })
        }
    };
    let accounts = match &customer {
        None => Vec::new(),
        Some(customer) => prepaid(&mut tx, customer.id).await?,
    };
    let people = people::workers(&mut tx).await?;
    let splits = settings::read(env, &mut tx).await?.splitting;
    let mut articles = articles::articles(&mut tx).await?;
    articles.retain(|article| article.card.billing.is_some());
    let templates = if project.is_some() { Vec::new() } else { project_templates::list(&mut tx).await? };
    Ok(ProjectEditor { project, customer, accounts, people, splits, articles, templates })
}

/// The accounts of a customer that no allowance fills.
async fn prepaid(tx: &mut Tx, customer: CustomerId) -> Result<Vec<KnownAccount>, Refused> {
    let stored = accounts::of_customers(tx, &[customer]).await?;
    let ids: Vec<AccountId> = stored.iter().map(|of| of.account.id).collect();
    let filled = projects::filled(tx, &ids).await?;
    let own = stored.into_iter().filter(|of| !filled.contains(&of.account.id));
    Ok(own.map(|of| KnownAccount { id: of.account.id, name: of.name, unit: of.account.unit }).collect())
}

/// Creates a project (version 0) or changes one. The same content again changes nothing and is accepted. Closing it
/// ends its fees today, as taking their lines out does; opening it again does not bring them back.
///
/// Refused when the customer or one of the people is not there, when only those book on it whom it names and it names
/// nobody, when customer or currency would become others, when the
/// number is taken, or when somebody else saved in the meantime.
pub async fn save(env: &Env, call: &Call, draft: ProjectDraft) -> Result<ProjectPage, Refused> {
    call.needs(Permission::EditProjects)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { saved(&env, tx, draft, &saver).await })
    });
    done.await
}

async fn saved(env: &Env, tx: &mut Tx, draft: ProjectDraft, saver: &Saver) -> Result<ProjectId, Refused> {
    let id = draft.id;
    let before = projects::lock(tx, &[id]).await?.remove(&id);
    let named = projects::people(tx, id).await?;
    let Some(customer) = customers::get(tx, draft.customer).await? else {
        return Err(Problem::field("customer", FieldReason::NotOneOf).into());
    };
    let limited = matches!(draft.bookers, Bookers::Only(_));
    let wanted = draft.bookers.named();
    let people = people::workers_among(tx, wanted).await?;
    if people.len() != wanted.len() {
        return Err(Problem::field("people", FieldReason::NotOneOf).into());
    }
    if limited && people.is_empty() {
        return Err(Problem::field("people", FieldReason::Missing).into());
    }
    let number = match (&before, draft.number.is_empty()) {
        (_, false) => draft.number,
        (Some(before), true) => before.row.number.clone(),
        (None, true) => next_number(env, tx).await?,
    };
    let customer = CustomerRef { id: draft.customer, number: customer.card.number, name: customer.card.name };
    let after = StoredProject {
        row: ProjectRow { id, number, name: draft.name, customer, closed: draft.closed },
        version: before.as_ref().map_or(0, |before| before.version),
        currency: draft.currency,
        splitting: draft.splitting,
        rounding: draft.rounding,
        limited,
        lines_version: before.as_ref().map_or(0, |before| before.lines_version),
    };
    let same_people = ids(&named) == ids(&people);
    if before.as_ref().is_some_and(|before| *before == after && same_people) {
        return Ok(id);
    }
    check_version(before.as_ref().map(|before| before.version), draft.version, Noun::Project)?;
    if let Some(before) = &before {
        let fixed = [
            ("customer", before.row.customer.id == after.row.customer.id),
            ("currency", before.currency == after.currency),
        ];
        let fields = fixed.into_iter().filter(|(_, same)| !same);
        let fields: Vec<_> = fields.map(|(field, _)| FieldProblem::at(field, FieldReason::Fixed)).collect();
        if !fields.is_empty() {
            return Err(Problem::Invalid { fields }.into());
        }
    }
    if projects::numbered(tx, &after.row.number).await?.is_some_and(|other| other != id) {
        return Err(Problem::field("number", FieldReason::Taken).into());
    }
    match &before {
        Some(_) => projects::change(tx, &after).await?,
        None if projects::add(tx, &after).await? => {}
        // Id and number were free a moment ago. Run again, the piece finds who took them.
        None => return Err(StoreError::Overtaken.into()),
    }
    if !same_people {
        projects::set_people(tx, id, draft.bookers.named()).await?;
    }
    let mut changed = changes(before.as_ref().map(|before| fields(before, &named)), fields(&after, &people));
    if after.row.closed && before.is_some_and(|before| !before.row.closed) {
        changed.extend(lines::end_fees(env, tx, id, saver).await?);
    }
    note(tx, (SUBJECT, id.to_string()), saver, changed).await?;
    Ok(id)
}

fn ids(people: &[PersonRef]) -> BTreeSet<UserId> {
    people.iter().map(|person| person.id).collect()
}

/// What a project says about itself in its history.
fn fields(project: &StoredProject, people: &[PersonRef]) -> Vec<(&'static str, String)> {
    let mut names: Vec<&str> = people.iter().map(|person| person.name.as_str()).collect();
    names.sort_unstable();
    let rounding = project.rounding.unwrap_or_default();
    vec![
        ("number", project.row.number.clone()),
        ("customer", project.row.customer.name.clone()),
        ("name", project.row.name.clone()),
        ("currency", project.currency.code().to_owned()),
        ("state", ProjectState::of(project.row.closed).name().to_owned()),
        ("splitting", splitting_name(project.splitting).to_owned()),
        ("rounding", rounding_name(project.rounding).to_owned()),
        ("minimum", rounding.minimum().0.to_string()),
        ("step", rounding.step().0.to_string()),
        ("people", names.join(", ")),
    ]
}

/// The next number of the range that nobody has given by hand.
async fn next_number(env: &Env, tx: &mut Tx) -> Result<String, Refused> {
    let pattern = settings::read(env, tx).await?.project_numbers;
    let year = env.today().year();
    loop {
        let counter = store::settings::count_many(tx, &counter(SUBJECT, &pattern, year), 1).await?;
        let number = pattern.number(year, counter);
        if projects::numbered(tx, &number).await?.is_none() {
            return Ok(number);
        }
    }
}

/// Puts the tasks of a project into this order, adds those that are new, and deletes those that are left out. The same
/// content again changes nothing and is accepted.
///
/// Refused when time is booked on one that is left out or a billing line is limited to it, when another project has one
/// of the ids, or when somebody else saved in the meantime.
pub async fn save_tasks(env: &Env, call: &Call, draft: TasksDraft) -> Result<ProjectPage, Refused> {
    call.needs(Permission::EditProjects)?;
    let faults = task_faults(&draft.tasks);
    if !faults.is_empty() {
        return Err(Problem::Invalid { fields: faults }.into());
    }
    let (saver, project) = (env.saver(call), draft.project);
    let done = env.answered(
        call,
        move |env, tx, ()| told(env, tx, project),
        move |tx| {
            let (draft, saver) = (draft.clone(), saver.clone());
            Box::pin(async move { saved_tasks(tx, &draft, &saver, false).await })
        },
    );
    done.await
}

/// Saves tasks whose fields are right. With `lines` the billing lines are saved next, and are looked at then.
async fn saved_tasks(tx: &mut Tx, draft: &TasksDraft, saver: &Saver, lines: bool) -> Result<(), Refused> {
    let id = draft.project;
    let found = projects::lock(tx, &[id]).await?.remove(&id).ok_or_else(|| Refused::not_found(Noun::Project))?;
    let before = projects::tasks(tx, id).await?;
    if before == draft.tasks {
        return Ok(());
    }
    check_version(Some(found.version), draft.version.max(1), Noun::Project)?;
    let after: Vec<TaskId> = draft.tasks.iter().map(|task| task.id).collect();
    let elsewhere = projects::tasks_elsewhere(tx, id, &after).await?;
    let places = after.iter().enumerate().filter(|(_, task)| elsewhere.contains(task));
    let taken = places.map(|(place, _)| FieldProblem::at(&format!("tasks.{place}.id"), FieldReason::Taken));
    let taken: Vec<_> = taken.collect();
    if !taken.is_empty() {
        return Err(Problem::Invalid { fields: taken }.into());
    }
    let gone: Vec<TaskId> = before.iter().map(|task| task.id).filter(|task| !after.contains(task)).collect();
    if !projects::booked(tx, &gone).await?.is_empty() {
        return Err(Problem::field("tasks", FieldReason::Booked).into());
    }
    if !lines {
        let lines = projects::lines(tx, id).await?;
        let named = lines.iter().filter(|stored| !stored.removed).filter_map(|stored| stored.line.tasks.as_ref());
        if named.flatten().any(|task| gone.contains(task)) {
            return Err(Problem::field("tasks", FieldReason::Fixed).into());
        }
    }
    projects::put_tasks(tx, id, &draft.tasks, &gone).await?;
    let fields = |tasks: &[TaskRow]| vec![("tasks", serde_json::to_string(tasks).unwrap_or_default())];
    let changed = changes(Some(fields(&before)), fields(&draft.tasks));
    note(tx, (SUBJECT, id.to_string()), saver, changed).await
}
