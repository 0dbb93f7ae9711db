//! A project on which time is booked.

use domain::{BookingId, Currency, CustomerId, ProjectId, ProjectTemplateId, Role, Seconds, TaskId, UserId};
use usecases::{
    bookings, people,
    people::NewUser,
    projects,
    testing::{as_role, day},
};
use wire::{
    bookings::BookingDraft,
    projects::{Bookers, PartsOf, ProjectDraft, ProjectTemplateDraft, TaskRow, TasksDraft},
};

use crate::support::Office;

/// A project with one task, and two hours that somebody has booked on it, one of them to be deleted.
#[derive(Debug, Clone, Copy)]
pub struct Shop {
    pub project: ProjectId,
    pub task: TaskId,
    pub person: UserId,
    pub booking: BookingId,
    pub doomed: BookingId,
}

/// A project of that customer.
pub async fn shop(office: &Office, customer: CustomerId) -> Shop {
    let (world, admin) = (&office.world, as_role(Role::Admin));
    let login = format!("worker-{}", world.id());
    let (name, password) = ("Anna Ünal".to_owned(), "correct horse".to_owned());
    let new = NewUser { login, name, role: Role::Staff, customer: None, password };
    let person = people::add_user(&world.env, new).await.expect("she is new");
    let (project, task) = (ProjectId::new(world.id()), TaskId::new(world.id()));
    let (booking, doomed) = (BookingId::new(world.id()), BookingId::new(world.id()));
    let draft = ProjectDraft {
        id: project,
        version: 0,
        number: String::new(),
        customer,
        name: "Maintenance".to_owned(),
        currency: Currency::EUR,
        closed: false,
        splitting: None,
        rounding: None,
        bookers: Bookers::Everybody,
    };
    let version = projects::save(&world.env, &admin, draft).await.expect("it is saved").version;
    let tasks = vec![TaskRow { id: task, name: "Repair".to_owned(), closed: false }];
    projects::save_tasks(&world.env, &admin, TasksDraft { project, version, tasks }).await.expect("they are saved");
    let draft = |id| BookingDraft {
        id,
        version: 0,
        task,
        person: Some(person),
        date: day("2026-04-10"),
        start: None,
        seconds: Seconds(3_600),
        billable: true,
        note: "=1+1".to_owned(),
        seen: None,
        seen_left: None,
    };
    for id in [booking, doomed] {
        bookings::book(&world.env, &admin, draft(id)).await.expect("it is booked");
    }
    Shop { project, task, person, booking, doomed }
}

/// A template of that project.
pub async fn template_of(office: &Office, project: ProjectId) -> ProjectTemplateId {
    let (world, id) = (&office.world, ProjectTemplateId::new(office.world.id()));
    let (name, lead, parts) = (world.id().to_string(), String::new(), PartsOf::Project(project));
    let draft = ProjectTemplateDraft { id, version: 0, name, lead, parts };
    projects::templates::save(world, &as_role(Role::Admin), draft).await.expect("the template is saved");
    id
}
