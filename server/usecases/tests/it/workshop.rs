//! What the tests of bookings share: people, projects with their billing lines, bookings, and how they come out in
//! words.

use domain::{
    AccountId, BillingLineId, BookingId, Currency, CustomerId, Interval, Periods, ProjectId, Role, Seconds, TaskId,
    UserId,
    quota::Overbooking,
    splitting::{Allowance, Collects, SplitError},
};
use usecases::{
    Env, bookings,
    people::{self, NewUser},
    projects,
    testing::{World, day, problem},
};
use wire::{
    FieldReason, Problem,
    bookings::{BookingAnswer, BookingDraft, BookingRow, DeleteBookingDraft, DeletedBooking, NamedPortion},
    projects::{Bookers, DraftKind, LineDraft, LinesDraft, ProjectDraft, ProjectPage, TaskRow, TasksDraft},
};

use crate::office::admin;

/// Somebody who works here and signs in under that name.
pub async fn person(world: &World, login: &str, role: Role) -> UserId {
    let (login, name, password) = (login.to_owned(), format!("Mx {login}"), "correct horse".to_owned());
    people::add_user(world, NewUser { login, name, role, customer: None, password }).await.expect("they are new")
}

/// The administrator, who works here too.
pub async fn me(world: &World) -> UserId {
    person(world, Role::Admin.name(), Role::Admin).await
}

fn line(world: &World, name: &str, kind: DraftKind) -> LineDraft {
    let (id, name) = (BillingLineId::new(world.id()), name.to_owned());
    LineDraft { id, name, tasks: None, reported: false, fee: None, kind }
}

/// So many minutes of each month are free.
pub fn free(world: &World, minutes: i64) -> LineDraft {
    let periods = Periods { anchor: day("2026-01-01"), every: Interval::Months(1) };
    let allowance = Allowance { most: Seconds(minutes * 60), periods };
    let (collects, overbooking) = (Collects::All, Overbooking::No);
    line(world, "Free", DraftKind::Allowance { collects, allowance, overbooking })
}

/// A prepaid block.
pub fn block(world: &World, account: AccountId) -> LineDraft {
    line(world, "Block", DraftKind::Prepaid { collects: Collects::All, account, rate: None, opens: None })
}

/// Everything else by the hour.
pub fn effort(world: &World, rate: &str) -> LineDraft {
    line(world, "Effort", DraftKind::Effort { rate: rate.parse().expect("a rate") })
}

/// A flat rate.
pub fn flat_rate(world: &World) -> LineDraft {
    line(world, "Flat", DraftKind::FlatRate)
}

/// A project on which time is booked.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    pub customer: CustomerId,
    pub project: ProjectId,
    pub task: TaskId,
}

/// What somebody fills in for a new project.
pub fn project_draft(world: &World, customer: CustomerId) -> ProjectDraft {
    ProjectDraft {
        id: ProjectId::new(world.id()),
        version: 0,
        number: String::new(),
        customer,
        name: "Maintenance".to_owned(),
        currency: Currency::EUR,
        closed: false,
        splitting: None,
        rounding: None,
        bookers: Bookers::Everybody,
    }
}

/// What somebody sends who has the page of a project before them.
pub fn edited(page: &ProjectPage) -> ProjectDraft {
    ProjectDraft {
        id: page.row.id,
        version: page.version,
        number: page.row.number.clone(),
        customer: page.row.customer.id,
        name: page.row.name.clone(),
        currency: page.currency,
        closed: page.row.closed,
        splitting: page.splitting,
        rounding: page.rounding,
        bookers: if page.limited {
            Bookers::Only(page.people.iter().map(|person| person.id).collect())
        } else {
            Bookers::Everybody
        },
    }
}

/// The page of a project.
pub async fn page(env: &Env, id: ProjectId) -> ProjectPage {
    projects::page(env, &admin(), id).await.expect("the project")
}

/// The same project with a twist.
pub async fn change_project(env: &Env, id: ProjectId, twist: impl FnOnce(&mut ProjectDraft)) -> ProjectPage {
    let mut draft = edited(&page(env, id).await);
    twist(&mut draft);
    projects::save(env, &admin(), draft).await.expect("it is saved")
}

/// Other billing lines of a project.
pub async fn set_lines(env: &Env, project: ProjectId, lines: Vec<LineDraft>) -> Result<ProjectPage, Problem> {
    let version = page(env, project).await.version;
    projects::save_lines(env, &admin(), LinesDraft { project, version, lines }).await.map_err(problem)
}

/// Other tasks of a project.
pub async fn set_tasks(env: &Env, project: ProjectId, tasks: Vec<TaskRow>) -> Result<ProjectPage, Problem> {
    let version = page(env, project).await.version;
    projects::save_tasks(env, &admin(), TasksDraft { project, version, tasks }).await.map_err(problem)
}

/// A task of that name.
pub fn task(world: &World, name: &str) -> TaskRow {
    TaskRow { id: TaskId::new(world.id()), name: name.to_owned(), closed: false }
}

/// A new project of that customer with one task and these lines.
pub async fn shop(world: &World, customer: CustomerId, lines: Vec<LineDraft>) -> Shop {
    let draft = project_draft(world, customer);
    let (project, repair) = (draft.id, task(world, "Repair"));
    projects::save(world, &admin(), draft).await.expect("the project is saved");
    set_tasks(world, project, vec![repair.clone()]).await.expect("the task is saved");
    set_lines(world, project, lines).await.expect("the lines are saved");
    Shop { customer, project, task: repair.id }
}

/// A new customer's project: 45 minutes a month are free, then an hour costs 100.00. The administrator works here.
pub async fn maintenance(world: &World) -> Shop {
    me(world).await;
    let customer = world.customer("Alpha GmbH").await;
    shop(world, customer, vec![free(world, 45), effort(world, "100")]).await
}

impl Shop {
    /// What the administrator fills in for so many minutes of that day.
    pub fn draft(&self, env: &Env, date: &str, minutes: i64) -> BookingDraft {
        BookingDraft {
            id: BookingId::new(env.id()),
            version: 0,
            task: self.task,
            person: None,
            date: day(date),
            start: None,
            seconds: Seconds(minutes * 60),
            billable: true,
            note: String::new(),
            seen: None,
            seen_left: None,
        }
    }

    /// The administrator books so many minutes of that day.
    pub async fn books(&self, env: &Env, date: &str, minutes: i64) -> BookingRow {
        book(env, &self.draft(env, date, minutes)).await.expect("it is booked").row
    }
}

/// The administrator books.
pub async fn book(env: &Env, draft: &BookingDraft) -> Result<BookingAnswer, Problem> {
    bookings::book(env, &admin(), draft.clone()).await.map_err(problem)
}

/// The administrator changes a booking.
pub async fn change(env: &Env, draft: &BookingDraft) -> Result<BookingAnswer, Problem> {
    bookings::change(env, &admin(), draft.clone()).await.map_err(problem)
}

/// The administrator deletes a booking.
pub async fn delete(env: &Env, row: &BookingRow) -> Result<DeletedBooking, Problem> {
    let draft = DeleteBookingDraft { id: row.id, version: row.version, seen: None };
    bookings::delete(env, &admin(), draft).await.map_err(problem)
}

/// What somebody sends who has the booking before them and makes it so many minutes long.
pub fn lasting(row: &BookingRow, minutes: i64) -> BookingDraft {
    BookingDraft {
        id: row.id,
        version: row.version,
        task: row.task,
        person: Some(row.person.id),
        date: row.date,
        start: row.start,
        seconds: Seconds(minutes * 60),
        billable: row.billable,
        note: row.note.clone(),
        seen: None,
        seen_left: None,
    }
}

/// A booking as it stands.
pub async fn row(env: &Env, id: BookingId) -> BookingRow {
    bookings::get(env, &admin(), id).await.expect("the booking")
}

/// How a booking came out: minutes by line, and what they cost in cents.
pub fn told(row: &BookingRow) -> String {
    let portion = |NamedPortion { portion, line, .. }: &NamedPortion| {
        let name = line.as_deref().unwrap_or(portion.target.name());
        let costs = if portion.amount == 0 { String::new() } else { format!(" = {}", portion.amount) };
        format!("{name} {}{costs}", portion.seconds.0 / 60)
    };
    row.portions.iter().map(portion).collect::<Vec<_>>().join(", ")
}

/// How a booking stands.
pub async fn stands(env: &Env, id: BookingId) -> String {
    told(&row(env, id).await)
}

/// Why splitting refuses, and at which field.
pub fn why(problem: &Problem) -> (&str, &SplitError) {
    let field = problem.fields().first().unwrap_or_else(|| panic!("{problem:?}"));
    match &field.reason {
        FieldReason::Split(error) | FieldReason::SplitsAnother(error) => (field.field.as_str(), error),
        other => panic!("{}: {other:?}", field.field),
    }
}
