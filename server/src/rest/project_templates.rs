//! `/api/v1/project-templates`: how new projects begin.

use axum::{Json, extract::Path, http::StatusCode};
use domain::{Currency, ProjectTemplateId, TaskId};
use serde::{Deserialize, Serialize};
use texts::Lang;
use usecases::projects::templates;
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    projects::{
        LineDraft, MOST_LINES, MOST_TASKS, PROJECT_NAME, PartsOf, ProjectTemplate, ProjectTemplateDraft, TEMPLATE_LEAD,
        TaskRow, TemplateParts, own_rounding, own_splitting, rounding_name, splitting_name,
    },
};

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id},
    customers::{id_from, id_from_key},
    fields::Fields,
    project_lines::{LineBody, LineInput, typed},
    projects::time,
    values::Volume,
};

/// A task with which a project begins.
#[derive(Debug, Serialize, ToSchema)]
pub struct TemplateTaskBody {
    /// By which lines name it that are limited to it; the task of a project gets an id of its own.
    id: String,
    name: String,
}

/// A template of projects.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectTemplateBody {
    id: String,
    version: i64,
    name: String,
    /// What it is for; may be empty.
    description: String,
    /// ISO 4217, the currency of its rates.
    currency: &'static str,
    /// Whether bookings may be split: `on`, `off`, or `company`: as the company says.
    splitting: &'static str,
    /// How bookings are rounded: `own`, by minimum and step; `none`, not at all; `contract`, as a contract says.
    rounding: &'static str,
    /// What it says itself that is billed of a booking at least.
    minimum: Volume,
    /// Of what it says itself that the billed time is a multiple.
    step: Volume,
    /// In their order.
    tasks: Vec<TemplateTaskBody>,
    /// In the order in which time is poured. They hold no account that is there, and no day.
    lines: Vec<LineBody>,
}

impl ProjectTemplateBody {
    fn new(template: ProjectTemplate) -> ProjectTemplateBody {
        let ProjectTemplate { id, version, name, lead, parts } = template;
        let TemplateParts { currency, splitting, rounding, tasks, lines } = parts;
        let task = |task: TaskRow| TemplateTaskBody { id: task.id.to_string(), name: task.name };
        let own = rounding.unwrap_or_default();
        ProjectTemplateBody {
            id: id.to_string(),
            version,
            name,
            description: lead,
            currency: currency.code(),
            splitting: splitting_name(splitting),
            rounding: rounding_name(rounding),
            minimum: time(own.minimum()),
            step: time(own.step()),
            tasks: tasks.into_iter().map(task).collect(),
            lines: lines.iter().map(LineBody::of_template).collect(),
        }
    }
}

/// All templates.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectTemplateList {
    project_templates: Vec<ProjectTemplateBody>,
}

/// A task of a template as a client sends it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TemplateTaskInput {
    /// A UUID that the client makes, by which lines name it; left out: a new one.
    id: Option<String>,
    name: String,
}

/// What a client sends to create or change a template: what it is called, and its parts. These are those of a project, or
/// tasks and lines with what follows; without either, a template keeps what it has.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProjectTemplateInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    name: String,
    /// What it is for.
    #[serde(default)]
    description: String,
    /// The id of a project whose parts it takes as they stand, without closed tasks, accounts and days.
    project: Option<String>,
    /// In their order.
    tasks: Option<Vec<TemplateTaskInput>>,
    /// In the order in which time is poured. Accounts that are there and days are left out; a block can say that it opens
    /// its account.
    lines: Option<Vec<LineInput>>,
    /// ISO 4217, the currency of the rates; needed with tasks and lines.
    #[serde(default)]
    currency: String,
    /// Whether bookings may be split: `on`, `off`, or `company` (if left out): as the company says.
    #[serde(default)]
    splitting: String,
    /// How bookings are rounded: `contract`, `none`, or `own`, by minimum and step; left out: `own` if these round
    /// anything, else `contract`.
    #[serde(default)]
    rounding: String,
    /// What is billed of a booking at least; left out: nothing.
    minimum: Option<Volume>,
    /// Of what the billed time is a multiple; left out: of a second.
    step: Option<Volume>,
}

impl ProjectTemplateInput {
    /// Where its parts come from; `own` is the id of the template.
    fn parts(&mut self, fields: &mut Fields, lang: Lang, own: &str) -> Option<PartsOf> {
        let (tasks, lines) = (self.tasks.take(), self.lines.take());
        match (&self.project, tasks, lines) {
            (None, None, None) => Some(PartsOf::Kept),
            (Some(project), None, None) => fields.id("project", project).map(PartsOf::Project),
            (Some(_), tasks, _) => {
                let other = if tasks.is_some() { "tasks" } else { "lines" };
                fields.wrong("project", FieldReason::NotWith(other.to_owned()));
                None
            }
            (None, tasks, lines) => {
                let tasks = read_tasks(fields, own, &tasks.unwrap_or_default());
                let lines = read_lines(fields, lang, own, lines.unwrap_or_default());
                self.given(fields, lang, tasks, lines).map(PartsOf::Given)
            }
        }
    }

    fn given(
        &self,
        fields: &mut Fields,
        lang: Lang,
        tasks: Vec<TaskRow>,
        lines: Vec<LineDraft>,
    ) -> Option<TemplateParts> {
        let currency = fields.choice("currency", Currency::from_code(&self.currency));
        let minimum = typed(fields, "minimum", self.minimum.as_ref(), lang).unwrap_or_default();
        let step = typed(fields, "step", self.step.as_ref(), lang).unwrap_or_default();
        let mut problems = Vec::new();
        let splitting = own_splitting(&mut problems, &self.splitting);
        let rounding = own_rounding(&mut problems, lang, [&self.rounding, &minimum, &step]);
        for problem in problems {
            fields.wrong(&problem.field, problem.reason);
        }
        Some(TemplateParts { currency: currency?, splitting, rounding, tasks, lines })
    }
}

fn read_tasks(fields: &mut Fields, own: &str, sent: &[TemplateTaskInput]) -> Vec<TaskRow> {
    if sent.len() > MOST_TASKS {
        fields.wrong("tasks", FieldReason::TooMany { most: MOST_TASKS, found: sent.len() });
        return Vec::new();
    }
    let read = |(place, task): (usize, &TemplateTaskInput)| {
        fields.within(&format!("tasks.{place}"), |fields| {
            let usual = || id_from(&format!("{own}\ntask {place}")).unwrap_or_default().to_string();
            let name = fields.words("name", &task.name, PROJECT_NAME);
            let id: TaskId = fields.id("id", &task.id.clone().unwrap_or_else(usual))?;
            Some(TaskRow { id, name, closed: false })
        })
    };
    sent.iter().enumerate().filter_map(read).collect()
}

fn read_lines(fields: &mut Fields, lang: Lang, own: &str, sent: Vec<LineInput>) -> Vec<LineDraft> {
    if sent.len() > MOST_LINES {
        fields.wrong("lines", FieldReason::TooMany { most: MOST_LINES, found: sent.len() });
        return Vec::new();
    }
    let read = |(place, line): (usize, LineInput)| {
        let usual = id_from(&format!("{own}\nline {place}")).unwrap_or_default().to_string();
        fields.within(&format!("lines.{place}"), |fields| line.undated().read(fields, lang, &usual, &usual))
    };
    sent.into_iter().enumerate().filter_map(read).collect()
}

/// The templates, by name.
#[utoipa::path(get, path = "/project-templates", responses(
    (status = 200, body = ProjectTemplateList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller) -> Result<Json<ProjectTemplateList>, Refusal> {
    let found = templates::list(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    let project_templates = found.into_iter().map(ProjectTemplateBody::new).collect();
    Ok(Json(ProjectTemplateList { project_templates }))
}

/// A template.
#[utoipa::path(get, path = "/project-templates/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = ProjectTemplateBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(wanted): Path<String>) -> Result<Json<ProjectTemplateBody>, Refusal> {
    let wanted = id(&caller, &wanted, Noun::ProjectTemplate)?;
    let page = templates::page(&caller.house.env, &caller.call, wanted).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ProjectTemplateBody::new(page.template)))
}

async fn save(
    caller: &Caller,
    own: &str,
    mut body: ProjectTemplateInput,
) -> Result<Json<ProjectTemplateBody>, Refusal> {
    let mut fields = Fields::default();
    let id = fields.id("id", own);
    let name = fields.words("name", &body.name, PROJECT_NAME);
    let lead = fields.text("description", &body.description, TEMPLATE_LEAD);
    let parts = body.parts(&mut fields, caller.lang(), own);
    let version = body.version;
    let draft = id.zip(parts).map(|(id, parts)| ProjectTemplateDraft { id, version, name, lead, parts });
    let draft = fields.done(caller, draft)?;
    let saved = templates::save(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ProjectTemplateBody::new(saved.template)))
}

/// Creates a template, of a project or of tasks and lines.
#[utoipa::path(post, path = "/project-templates", request_body = ProjectTemplateInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ProjectTemplateBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(
    command: Command<ProjectTemplateInput>,
) -> Result<(StatusCode, Json<ProjectTemplateBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, &id, ProjectTemplateInput { version: 0, ..body }).await?))
}

/// Changes a template. Projects that began with it stay as they are.
#[utoipa::path(put, path = "/project-templates/{id}", request_body = ProjectTemplateInput,
    params(("id" = String, Path)), responses(
    (status = 200, body = ProjectTemplateBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(
    Path(own): Path<String>,
    command: Command<ProjectTemplateInput>,
) -> Result<Json<ProjectTemplateBody>, Refusal> {
    let Command { caller, body } = command;
    id::<ProjectTemplateId>(&caller, &own, Noun::ProjectTemplate)?;
    needs_version(&caller, body.version)?;
    save(&caller, &own, body).await
}

/// What somebody saw who deletes a template.
#[derive(Debug, Deserialize, IntoParams)]
pub struct DeleteTemplateQuery {
    /// The version that was read; left out: it is deleted as it stands.
    version: Option<i64>,
}

/// Deletes a template. Projects that began with it stay as they are.
#[utoipa::path(delete, path = "/project-templates/{id}", params(("id" = String, Path), DeleteTemplateQuery), responses(
    (status = 204),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn delete(
    caller: Caller,
    Path(wanted): Path<String>,
    Query(query): Query<DeleteTemplateQuery>,
) -> Result<StatusCode, Refusal> {
    let id = id(&caller, &wanted, Noun::ProjectTemplate)?;
    templates::delete(&caller.house.env, &caller.call, id, query.version).await.map_err(|r| caller.refuse(r))?;
    Ok(StatusCode::NO_CONTENT)
}
