//! `/api/v1/projects`: projects with their tasks, and what is left for a customer.

use axum::{Json, extract::Path, http::StatusCode};
use chrono::NaiveDate;
use domain::{ProjectId, ProjectTemplateId, quota::Amount};
use serde::{Deserialize, Serialize};
use usecases::{
    people,
    projects::{self, templates},
};
use utoipa::{IntoParams, ToSchema};
use wire::{
    FieldReason, Noun,
    projects::{
        AccountLeft, CustomerLeft, FromTemplate, LineLeft, MOST_TASKS, PROJECT_NAME, PersonRef, ProjectForm,
        ProjectLeft, ProjectPage, ProjectQuery, ProjectRef, ProjectRow, ProjectState, TaskRow, TasksDraft,
        rounding_name, splitting_name,
    },
};

use super::{
    articles::needs_version,
    call::{Caller, Command, ProblemDetails, Query, Refusal, id, next, page},
    contract_body::CustomerRefBody,
    customers::{id_from, id_from_key},
    fields::Fields,
    project_lines::{LineBody, typed},
    terms::RoundingBody,
    values::{RangeBody, StandingBody, Volume},
};

/// A project as other things name it.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectRefBody {
    id: String,
    number: String,
    name: String,
}

impl From<ProjectRef> for ProjectRefBody {
    fn from(project: ProjectRef) -> ProjectRefBody {
        ProjectRefBody { id: project.id.to_string(), number: project.number, name: project.name }
    }
}

/// Somebody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub struct PersonBody {
    id: String,
    name: String,
}

impl From<PersonRef> for PersonBody {
    fn from(person: PersonRef) -> PersonBody {
        PersonBody { id: person.id.to_string(), name: person.name }
    }
}

/// Everybody who works here.
#[derive(Debug, Serialize, ToSchema)]
pub struct PeopleBody {
    people: Vec<PersonBody>,
}

/// Everybody who works here: who can book time.
#[utoipa::path(get, path = "/people", responses(
    (status = 200, body = PeopleBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn people(caller: Caller) -> Result<Json<PeopleBody>, Refusal> {
    let found = people::workers(&caller.house.env, &caller.call).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(PeopleBody { people: found.into_iter().map(PersonBody::from).collect() }))
}

/// A line of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectLine {
    id: String,
    number: String,
    name: String,
    customer: CustomerRefBody,
    /// `open` or `closed`.
    state: &'static str,
}

impl ProjectLine {
    fn new(row: ProjectRow) -> ProjectLine {
        ProjectLine {
            id: row.id.to_string(),
            number: row.number,
            name: row.name,
            customer: row.customer.into(),
            state: ProjectState::of(row.closed).name(),
        }
    }
}

/// A task of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct TaskBody {
    id: String,
    name: String,
    /// Whether nothing is booked on it any more.
    closed: bool,
}

/// A project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectBody {
    id: String,
    version: i64,
    number: String,
    name: String,
    customer: CustomerRefBody,
    /// ISO 4217, the currency of its rates.
    currency: &'static str,
    /// `open` or `closed`.
    state: &'static str,
    /// Whether its bookings may be split: `on`, `off`, or `company`: as the company says.
    splitting: &'static str,
    /// Whether they may be split now.
    splits: bool,
    /// How its bookings are rounded: `own`, by minimum and step; `none`, not at all; `contract`, as the contract says from
    /// whose quota its first line collects that has one with a rounding.
    rounding: &'static str,
    /// What it says itself that is billed of a booking at least.
    minimum: Volume,
    /// Of what it says itself that the billed time is a multiple.
    step: Volume,
    /// How bookings of today are rounded.
    rounds: RoundingBody,
    /// Who may book on it: `all` who book time, or `only` those in `people`.
    bookers: &'static str,
    people: Vec<PersonBody>,
    /// In their order.
    tasks: Vec<TaskBody>,
    /// In the order in which time is poured.
    lines: Vec<LineBody>,
    /// How many of its bookings have time that no billing line takes: `GET /bookings?unassigned=true` lists them.
    unassigned: u64,
}

/// Time in JSON.
pub fn time(seconds: domain::Seconds) -> Volume {
    Volume::new(domain::quota::Unit::Time, Amount::new(seconds.0))
}

impl ProjectBody {
    /// From the page of a project.
    pub fn new(page: ProjectPage) -> ProjectBody {
        let task = |task: TaskRow| TaskBody { id: task.id.to_string(), name: task.name, closed: task.closed };
        let own = page.rounding.unwrap_or_default();
        ProjectBody {
            id: page.row.id.to_string(),
            version: page.version,
            number: page.row.number,
            name: page.row.name,
            customer: page.row.customer.into(),
            currency: page.currency.code(),
            state: ProjectState::of(page.row.closed).name(),
            splitting: splitting_name(page.splitting),
            splits: page.splits,
            rounding: rounding_name(page.rounding),
            minimum: time(own.minimum()),
            step: time(own.step()),
            rounds: RoundingBody::new(page.rounding.or(page.agreed).unwrap_or_default()),
            bookers: if page.limited { "only" } else { "all" },
            people: page.people.into_iter().map(PersonBody::from).collect(),
            tasks: page.tasks.into_iter().map(task).collect(),
            lines: page.lines.into_iter().map(LineBody::new).collect(),
            unassigned: page.unassigned,
        }
    }
}

/// A page of the list.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectList {
    projects: Vec<ProjectLine>,
    /// To be sent as `cursor` for the next page; none on the last one.
    next: Option<String>,
}

/// What of the list is wanted.
#[derive(Debug, Deserialize, IntoParams)]
pub struct ProjectsQuery {
    /// The beginning of a number or name, or beginnings of words of the customer.
    #[serde(default)]
    q: String,
    /// The id of a customer: only theirs.
    customer: Option<String>,
    /// Only those that are `open` or `closed`.
    state: Option<String>,
    /// `number` (if left out) or `name`.
    sort: Option<String>,
    /// The other way round.
    #[serde(default)]
    desc: bool,
    /// From the page before.
    cursor: Option<String>,
}

/// The projects, by number.
#[utoipa::path(get, path = "/projects", params(ProjectsQuery), responses(
    (status = 200, body = ProjectList),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn list(caller: Caller, Query(query): Query<ProjectsQuery>) -> Result<Json<ProjectList>, Refusal> {
    let page = page(&caller, query.cursor.as_deref())?;
    let mut fields = Fields::default();
    let customer = fields.maybe_id("customer", query.customer.as_deref());
    let state = query.state.as_deref().and_then(|name| fields.choice("state", ProjectState::from_name(name)));
    let sort = fields.sort::<ProjectQuery>(query.sort.as_deref());
    let sort = fields.done(&caller, sort)?;
    let ask = ProjectQuery { q: query.q, customer, state, sort, desc: query.desc, page };
    let found = projects::list(&caller.house.env, &caller.call, &ask).await.map_err(|r| caller.refuse(r))?;
    let rows = found.rows.into_iter().map(ProjectLine::new).collect();
    Ok(Json(ProjectList { projects: rows, next: next(page, found.more) }))
}

/// A project with its tasks and billing lines, and what is left on its collectors today.
#[utoipa::path(get, path = "/projects/{id}", params(("id" = String, Path)), responses(
    (status = 200, body = ProjectBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn show(caller: Caller, Path(project): Path<String>) -> Result<Json<ProjectBody>, Refusal> {
    let project = id(&caller, &project, Noun::Project)?;
    let found = projects::page(&caller.house.env, &caller.call, project).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ProjectBody::new(found)))
}

/// What a client sends to create or change a project.
#[derive(Debug, Deserialize, ToSchema)]
pub struct ProjectInput {
    /// A UUID that the client makes; may be left out when creating.
    id: Option<String>,
    /// The version that was read; needed when changing.
    #[serde(default)]
    version: i64,
    /// Left out when creating: the next free one.
    #[serde(default)]
    number: String,
    name: String,
    /// The id of the customer; never changes.
    customer: String,
    /// ISO 4217, the currency of its rates; never changes.
    currency: String,
    /// Whether nothing is booked on it any more.
    #[serde(default)]
    closed: bool,
    /// Whether its bookings may be split: `on`, `off`, or `company` (if left out): as the company says.
    #[serde(default)]
    splitting: String,
    /// How its bookings are rounded: `contract`, `none`, or `own`, by minimum and step; left out: `own` if these round
    /// anything, else `contract`.
    #[serde(default)]
    rounding: String,
    /// What is billed of a booking at least; left out: nothing.
    minimum: Option<Volume>,
    /// Of what the billed time is a multiple; left out: of a second.
    step: Option<Volume>,
    /// Who may book on it: `all` who book time, or `only` those in `people`; left out: those in `people`, or all where nobody
    /// is named.
    #[serde(default)]
    bookers: String,
    /// The ids of those who are named.
    #[serde(default)]
    people: Vec<String>,
    /// When creating: the id of a template with whose tasks and billing lines it begins, its periods with this month. What
    /// is left out of splitting and rounding, the template says; the currency is that of its rates. One with a block needs
    /// that to open its account.
    template: Option<String>,
}

async fn save(caller: &Caller, own: String, body: ProjectInput) -> Result<Json<ProjectBody>, Refusal> {
    let mut fields = Fields::default();
    let lang = caller.lang();
    let template: Option<ProjectTemplateId> = fields.maybe_id("template", body.template.as_deref());
    if body.version != 0 && body.template.is_some() {
        fields.wrong("template", FieldReason::Fixed);
    }
    let splits_alike = body.splitting.is_empty();
    let rounds_alike = body.rounding.is_empty() && body.minimum.is_none() && body.step.is_none();
    let minimum = typed(&mut fields, "minimum", body.minimum.as_ref(), lang);
    let step = typed(&mut fields, "step", body.step.as_ref(), lang);
    let form = ProjectForm {
        id: own,
        version: body.version,
        number: body.number,
        customer: body.customer,
        name: body.name,
        currency: body.currency,
        closed: if body.closed { "yes" } else { "" }.to_owned(),
        splitting: body.splitting,
        rounding: body.rounding,
        minimum: minimum.unwrap_or_default(),
        step: step.unwrap_or_default(),
        bookers: body.bookers,
        people: body.people,
    };
    let draft = fields.note("id", form.check(lang));
    let project = fields.done(caller, draft)?;
    let (env, call) = (&caller.house.env, &caller.call);
    let saved = match template {
        None => projects::save(env, call, project).await,
        Some(template) => {
            templates::save_from(env, call, FromTemplate { project, template, splits_alike, rounds_alike }).await
        }
    };
    Ok(Json(ProjectBody::new(saved.map_err(|r| caller.refuse(r))?)))
}

/// Creates a project, with nothing on it or as a template says.
#[utoipa::path(post, path = "/projects", request_body = ProjectInput,
    params(("Idempotency-Key" = Option<String>, Header)), responses(
    (status = 201, body = ProjectBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn create(command: Command<ProjectInput>) -> Result<(StatusCode, Json<ProjectBody>), Refusal> {
    let Command { caller, body } = command;
    let id = body.id.clone().unwrap_or_else(|| id_from_key(&caller));
    Ok((StatusCode::CREATED, save(&caller, id, ProjectInput { version: 0, ..body }).await?))
}

/// Changes a project. Its customer and its currency stay.
#[utoipa::path(put, path = "/projects/{id}", request_body = ProjectInput, params(("id" = String, Path)), responses(
    (status = 200, body = ProjectBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn change(Path(own): Path<String>, command: Command<ProjectInput>) -> Result<Json<ProjectBody>, Refusal> {
    let Command { caller, body } = command;
    id::<ProjectId>(&caller, &own, Noun::Project)?;
    needs_version(&caller, body.version)?;
    save(&caller, own, body).await
}

/// A task as a client sends it.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TaskInput {
    /// A UUID that the client makes; left out: a new one.
    id: Option<String>,
    name: String,
    /// Whether nothing is booked on it any more.
    #[serde(default)]
    closed: bool,
}

/// The tasks of a project as a client sends them.
#[derive(Debug, Deserialize, ToSchema)]
pub struct TasksInput {
    /// The version of the project that was read.
    #[serde(default)]
    version: i64,
    /// All of them, in their order. One that is left out is deleted, which is possible as long as nothing is booked on
    /// it.
    tasks: Vec<TaskInput>,
}

/// Puts the tasks of a project into this order, adds those that are new, and deletes those that are left out.
#[utoipa::path(put, path = "/projects/{id}/tasks", request_body = TasksInput, params(("id" = String, Path)), responses(
    (status = 200, body = ProjectBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn save_tasks(Path(own): Path<String>, command: Command<TasksInput>) -> Result<Json<ProjectBody>, Refusal> {
    let Command { caller, body } = command;
    let project: ProjectId = id(&caller, &own, Noun::Project)?;
    needs_version(&caller, body.version)?;
    let mut fields = Fields::default();
    if body.tasks.len() > MOST_TASKS {
        fields.wrong("tasks", FieldReason::TooMany { most: MOST_TASKS, found: body.tasks.len() });
    }
    let mut tasks = Vec::new();
    for (place, task) in body.tasks.iter().take(MOST_TASKS).enumerate() {
        let read = fields.within(&format!("tasks.{place}"), |own| {
            let usual = || id_from(&format!("{project}\n{}\ntask {place}", body.version)).unwrap_or_default();
            let name = own.words("name", &task.name, PROJECT_NAME);
            let id = own.id("id", &task.id.clone().unwrap_or_else(|| usual().to_string()))?;
            Some(TaskRow { id, name, closed: task.closed })
        });
        tasks.extend(read);
    }
    let draft = fields.done(&caller, Some(TasksDraft { project, version: body.version, tasks }))?;
    let saved = projects::save_tasks(&caller.house.env, &caller.call, draft).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(ProjectBody::new(saved)))
}

/// What is left on a collector.
#[derive(Debug, Serialize, ToSchema)]
pub struct LineLeftBody {
    line: String,
    name: String,
    left: Volume,
    /// What an allowance gives for its period; none of a prepaid block, and before it starts.
    of: Option<Volume>,
    /// That period.
    period: Option<RangeBody>,
}

impl LineLeftBody {
    fn new(line: LineLeft) -> LineLeftBody {
        let (of, period) = line.period.unzip();
        LineLeftBody {
            line: line.line.to_string(),
            name: line.name,
            left: Volume::new(line.unit, line.left),
            of: of.map(|of| Volume::new(line.unit, of)),
            period: period.map(RangeBody::from),
        }
    }
}

/// What is left of a project.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProjectLeftBody {
    project: ProjectRefBody,
    lines: Vec<LineLeftBody>,
}

/// What is left on an account of a customer.
#[derive(Debug, Serialize, ToSchema)]
pub struct AccountLeftBody {
    /// The id of the account.
    account: String,
    /// What it is called: as the line that draws it, or by its own name.
    name: String,
    /// Where it stands on the day; a lot of an allowance that nothing has touched counts as full.
    standing: StandingBody,
    /// What of the used part drafts only hold.
    held: Volume,
    /// The open projects whose lines draw it, by number; none of a quota that no project draws.
    projects: Vec<ProjectRefBody>,
}

impl AccountLeftBody {
    fn new(left: AccountLeft) -> AccountLeftBody {
        let AccountLeft { name, projects, account } = left;
        AccountLeftBody {
            account: account.id.to_string(),
            name,
            standing: StandingBody::new(account.unit, &account.standing),
            held: Volume::new(account.unit, account.held),
            projects: projects.into_iter().map(ProjectRefBody::from).collect(),
        }
    }
}

/// What is left for a customer on a day.
#[derive(Debug, Serialize, ToSchema)]
pub struct CustomerLeftBody {
    date: NaiveDate,
    /// The open projects that have a collector, by number.
    projects: Vec<ProjectLeftBody>,
    /// Every account that these draw, and every other one on which something is granted or open on the day; each once.
    accounts: Vec<AccountLeftBody>,
}

impl CustomerLeftBody {
    fn new(left: CustomerLeft) -> CustomerLeftBody {
        let project = |left: ProjectLeft| ProjectLeftBody {
            project: left.project.into(),
            lines: left.lines.into_iter().map(LineLeftBody::new).collect(),
        };
        CustomerLeftBody {
            date: left.date,
            projects: left.projects.into_iter().map(project).collect(),
            accounts: left.accounts.into_iter().map(AccountLeftBody::new).collect(),
        }
    }
}

/// For which day.
#[derive(Debug, Deserialize, IntoParams)]
pub struct LeftQuery {
    /// The day; left out: today.
    date: Option<NaiveDate>,
}

/// What is left for a customer: free time and prepaid blocks of the open projects, and quotas that no project draws.
#[utoipa::path(get, path = "/customers/{id}/left", params(("id" = String, Path), LeftQuery), responses(
    (status = 200, body = CustomerLeftBody),
    (status = "4XX", body = ProblemDetails, content_type = "application/problem+json"),
))]
pub async fn left(
    caller: Caller,
    Path(customer): Path<String>,
    Query(query): Query<LeftQuery>,
) -> Result<Json<CustomerLeftBody>, Refusal> {
    let customer = id(&caller, &customer, Noun::Customer)?;
    let mut fields = Fields::default();
    let date = query.date.unwrap_or_else(|| caller.house.env.today());
    fields.day("date", date);
    let date = fields.done(&caller, Some(date))?;
    let left = projects::left(&caller.house.env, &caller.call, customer, date).await.map_err(|r| caller.refuse(r))?;
    Ok(Json(CustomerLeftBody::new(left)))
}
