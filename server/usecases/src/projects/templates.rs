//! Templates of projects: listed, saved, deleted, and projects that begin with them.

use domain::{Permission, ProjectId, ProjectTemplateId, splitting::usual_start};
use store::{StoreError, Tx, Work, history, project_templates};
use wire::{
    FieldReason, Noun, Problem,
    history::FieldChange,
    projects::{
        FromTemplate, LinesDraft, PartsOf, ProjectPage, ProjectTemplate, ProjectTemplateDraft, ProjectTemplatePage,
        TemplateParts, WholeProject, task_faults,
    },
};

use super::{lines, told as told_project, whole};
use crate::{
    Call, Env, Refused,
    changed::{changes, check_version, note},
    people::id_from,
};

const SUBJECT: &str = "project_template";

/// All templates, by name.
pub async fn list(env: &Env, call: &Call) -> Result<Vec<ProjectTemplate>, Refused> {
    call.needs(Permission::SeeProjects)?;
    Ok(project_templates::list(&mut env.db.read().await?).await?)
}

/// A template with its history.
pub async fn page(env: &Env, call: &Call, id: ProjectTemplateId) -> Result<ProjectTemplatePage, Refused> {
    call.needs(Permission::SeeProjects)?;
    told(env, &mut env.db.read().await?, id).await
}

fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: ProjectTemplateId) -> Work<'t, ProjectTemplatePage, Refused> {
    Box::pin(async move {
        let found = project_templates::get(tx, id).await?;
        let template = found.ok_or_else(|| Refused::not_found(Noun::ProjectTemplate))?;
        let history = history::list(tx, SUBJECT, &id.to_string(), 100).await?;
        let history = history.into_iter().map(|change| env.localised(change)).collect();
        Ok(ProjectTemplatePage { template, history })
    })
}

/// Creates a template (version 0) or changes one; projects that began with it stay as they are. What belongs to one
/// project alone is left out: accounts that are there, and days. The same content again changes nothing and is accepted.
///
/// Refused when a new one has no parts, when the project of which they are to be is not there, when no project could
/// have such lines, when the name is taken, or when somebody else saved in the meantime.
pub async fn save(env: &Env, call: &Call, draft: ProjectTemplateDraft) -> Result<ProjectTemplatePage, Refused> {
    call.needs(Permission::EditProjects)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move {
            let id = draft.id;
            let before = project_templates::lock(tx, id).await?;
            if before.is_none() {
                check_version(None, draft.version, Noun::ProjectTemplate)?;
            }
            let parts = parts(&env, tx, draft.parts, before.as_ref()).await?;
            let (version, name, lead) = (draft.version, draft.name, draft.lead);
            let after = ProjectTemplate { id, version, name, lead, parts };
            let same = |before: &ProjectTemplate| {
                (&before.name, &before.lead, &before.parts) == (&after.name, &after.lead, &after.parts)
            };
            if before.as_ref().is_some_and(same) {
                return Ok(id);
            }
            check_version(before.as_ref().map(|before| before.version), version, Noun::ProjectTemplate)?;
            check(id, &after.parts)?;
            if project_templates::named(tx, &after.name).await?.is_some_and(|other| other != id) {
                return Err(Problem::field("name", FieldReason::Taken).into());
            }
            if !project_templates::put(tx, &after, before.is_none()).await? {
                return Err(StoreError::Overtaken.into());
            }
            let changed = changes(before.as_ref().map(ProjectTemplate::fields), after.fields());
            note(tx, (SUBJECT, id.to_string()), &saver, changed).await?;
            Ok(id)
        })
    });
    done.await
}

/// What the template is to hold.
async fn parts(
    env: &Env,
    tx: &mut Tx,
    wanted: PartsOf,
    before: Option<&ProjectTemplate>,
) -> Result<TemplateParts, Refused> {
    match (wanted, before) {
        (PartsOf::Kept, Some(before)) => Ok(before.parts.clone()),
        (PartsOf::Kept, None) => Err(Problem::field("project", FieldReason::Missing).into()),
        (PartsOf::Given(parts), _) => Ok(parts.of_nobody()),
        (PartsOf::Project(project), _) => match told_project(env, tx, project).await {
            Ok(page) => Ok(TemplateParts::of(&page)?),
            Err(Refused::Problem(Problem::NotFound { .. })) => {
                Err(Problem::field("project", FieldReason::NotOneOf).into())
            }
            Err(refused) => Err(refused),
        },
    }
}

/// Refuses parts with which no project can begin.
fn check(id: ProjectTemplateId, parts: &TemplateParts) -> Result<(), Problem> {
    let lines = LinesDraft { project: ProjectId::new(id.uuid()), version: 0, lines: parts.lines.clone() };
    let mut fields = task_faults(&parts.tasks);
    fields.extend(lines::faults(&lines));
    fields.extend(parts.faults());
    if fields.is_empty() { Ok(()) } else { Err(Problem::Invalid { fields }) }
}

/// Deletes a template; projects that began with it stay as they are. Where a version was seen, nobody deletes what
/// somebody else saved meanwhile.
pub async fn delete(env: &Env, call: &Call, id: ProjectTemplateId, seen: Option<i64>) -> Result<(), Refused> {
    call.needs(Permission::EditProjects)?;
    let saver = env.saver(call);
    let done = env.write(call, move |tx| {
        let saver = saver.clone();
        Box::pin(async move {
            let found = project_templates::lock(tx, id).await?;
            let found = found.ok_or_else(|| Refused::not_found(Noun::ProjectTemplate))?;
            if seen.is_some_and(|seen| seen != found.version) {
                return Err(Problem::Changed.into());
            }
            project_templates::delete(tx, id).await?;
            let gone = found.fields().into_iter().map(|(field, before)| FieldChange {
                field: field.to_owned(),
                before: Some(before),
                after: None,
            });
            note(tx, (SUBJECT, id.to_string()), &saver, gone.collect()).await
        })
    });
    done.await
}

/// Creates a project with the tasks and lines of a template, by the rules of [`super::save_whole`]; what the project
/// does not say itself of splitting and rounding, the template says. The periods of its lines begin with this month.
///
/// Refused too when the template is not there, when its rates are in another currency, and for a block whose account
/// nobody has named: a project with one is saved with its lines.
pub async fn save_from(env: &Env, call: &Call, draft: FromTemplate) -> Result<ProjectPage, Refused> {
    call.needs(Permission::EditProjects)?;
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.answered(call, told_project, move |tx| {
        let (draft, saver, env, caller) = (draft.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move {
            let Some(template) = project_templates::get(tx, draft.template).await? else {
                return Err(Problem::field("template", FieldReason::NotOneOf).into());
            };
            // What an hour costs is another price in another currency.
            if draft.project.currency != template.parts.currency {
                return Err(Problem::field("currency", FieldReason::NotOneOf).into());
            }
            let whole = begun(&env, draft, &template.parts);
            lines::needs(&caller, &whole.lines)?;
            whole::saved_whole(&env, tx, whole, &saver).await
        })
    });
    done.await
}

/// The project with everything that the template says. The same project gets the same ids again.
fn begun(env: &Env, draft: FromTemplate, parts: &TemplateParts) -> WholeProject {
    let FromTemplate { mut project, splits_alike, rounds_alike, .. } = draft;
    if splits_alike {
        project.splitting = parts.splitting;
    }
    if rounds_alike {
        project.rounding = parts.rounding;
    }
    let (id, mut count) = (project.id, 0_usize);
    let ids = || {
        count += 1;
        id_from(&format!("{id}\ntemplate {count}")).unwrap_or_else(|| env.id())
    };
    let (tasks, lines) = parts.begun(usual_start(env.today()), ids);
    WholeProject { project, tasks, lines }
}
