//! The server functions of projects.

use domain::{CustomerId, ProjectId, ProjectTemplateId};
use leptos::prelude::*;
use wire::{
    Page,
    projects::{
        CustomerLeft, ProjectEditor, ProjectPage, ProjectQuery, ProjectRow, ProjectTemplate, ProjectTemplateForm,
        ProjectTemplatePage, WholeProjectForm,
    },
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// A page of the list of projects.
#[server]
pub async fn list_projects(ask: ProjectQuery) -> Result<Page<ProjectRow>, CallError> {
    let (env, call) = session()?;
    usecases::projects::list(&env, &call, &ask).await.map_err(refused)
}

/// The page of a project.
#[server]
pub async fn load_project(id: ProjectId) -> Result<ProjectPage, CallError> {
    let (env, call) = session()?;
    usecases::projects::page(&env, &call, id).await.map_err(refused)
}

/// The editor of a project, or of a new one.
#[server]
pub async fn load_project_editor(
    id: Option<ProjectId>,
    customer: Option<CustomerId>,
) -> Result<ProjectEditor, CallError> {
    let (env, call) = session()?;
    usecases::projects::editor(&env, &call, id, customer).await.map_err(refused)
}

/// What is left today on the open projects of a customer.
#[server]
pub async fn load_projects_left(customer: CustomerId) -> Result<CustomerLeft, CallError> {
    let (env, call) = session()?;
    usecases::projects::left(&env, &call, customer, env.today()).await.map_err(refused)
}

/// Creates or changes a project with its tasks and billing lines.
#[server]
pub async fn save_project(form: WholeProjectForm) -> Result<ProjectPage, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::projects::save_whole(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/projects/{}", page.row.id));
    Ok(page)
}

/// All templates of projects.
#[server]
pub async fn list_project_templates() -> Result<Vec<ProjectTemplate>, CallError> {
    let (env, call) = session()?;
    usecases::projects::templates::list(&env, &call).await.map_err(refused)
}

/// A template of projects.
#[server]
pub async fn load_project_template(id: ProjectTemplateId) -> Result<ProjectTemplatePage, CallError> {
    let (env, call) = session()?;
    usecases::projects::templates::page(&env, &call, id).await.map_err(refused)
}

/// Keeps the set-up of a project as a template, or calls a template otherwise.
#[server]
pub async fn save_project_template(form: ProjectTemplateForm) -> Result<ProjectTemplatePage, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let page = usecases::projects::templates::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other("/projects/templates");
    Ok(page)
}

/// Deletes a template of that version.
#[server]
pub async fn delete_project_template(id: ProjectTemplateId, version: i64) -> Result<(), CallError> {
    let (env, call) = session()?;
    usecases::projects::templates::delete(&env, &call, id, Some(version)).await.map_err(refused)?;
    see_other("/projects/templates");
    Ok(())
}
