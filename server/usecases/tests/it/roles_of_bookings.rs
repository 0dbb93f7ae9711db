//! Every command on projects and bookings as every role. Everybody is somebody who works here, but the customer.

use domain::{DateRange, ProjectId, ProjectTemplateId, Role, TaskId, UserId};
use usecases::{
    Call, Refused, bookings, people,
    projects::{self, templates},
    testing::{World, as_customer, as_role, day},
};
use wire::{
    Problem,
    bookings::{BookingDraft, BookingQuery, BookingRow, DeleteBookingDraft, Moment, MoveDraft, TimerDraft},
    projects::{FromTemplate, LinesDraft, PartsOf, ProjectQuery, ProjectTemplateDraft, TaskRow, TasksDraft},
};

use crate::{
    office::admin,
    support::{assert_sound, books},
    workshop::{Shop, edited, effort, free, lasting, page, person, project_draft, shop},
};

/// What the roles of section 9 come to. `yes`; `no`: the role does not allow it, or it does not exist for whoever has
/// it.
const TABLE: &str = "
    command         admin  sales  accounting  project_manager  payments  staff  customer
    people          yes    yes    yes         yes              no        no     no
    list_projects   yes    yes    yes         yes              no        no     no
    project         yes    yes    yes         yes              no        no     no
    editor          yes    no     no          yes              no        no     no
    new_editor      yes    no     no          yes              no        no     no
    create_project  yes    no     no          yes              no        no     no
    change_project  yes    no     no          yes              no        no     no
    tasks           yes    no     no          yes              no        no     no
    lines           yes    no     no          yes              no        no     no
    templates       yes    yes    yes         yes              no        no     no
    template        yes    yes    yes         yes              no        no     no
    save_template   yes    no     no          yes              no        no     no
    begin_with      yes    no     no          yes              no        no     no
    delete_template yes    no     no          yes              no        no     no
    bookable        yes    no     no          yes              no        yes    no
    facts           yes    yes    yes         yes              no        yes    no
    facts_of_own    yes    no     no          yes              no        yes    no
    facts_of_other  yes    no     no          yes              no        no     no
    left            yes    yes    yes         yes              no        yes    yes
    left_on         yes    yes    yes         yes              no        yes    no
    list            yes    yes    yes         yes              no        yes    no
    get_own         yes    yes    yes         yes              no        yes    no
    get_other       yes    yes    yes         yes              no        no     no
    history         yes    yes    yes         yes              no        no     no
    view_other      yes    yes    yes         yes              no        no     no
    summed          yes    yes    yes         yes              no        yes    no
    week_of_own     yes    yes    yes         yes              no        yes    no
    week_of_other   yes    yes    yes         yes              no        no     no
    own_week        yes    yes    yes         yes              no        yes    no
    other_week      yes    yes    yes         yes              no        no     no
    book            yes    no     no          yes              no        yes    no
    book_for_other  yes    no     no          yes              no        no     no
    timer           yes    no     no          yes              no        yes    no
    saved_under     yes    no     no          yes              no        yes    no
    change_own      yes    no     no          yes              no        yes    no
    change_other    yes    no     no          yes              no        no     no
    take_over       yes    no     no          yes              no        no     no
    move_own        yes    no     no          yes              no        yes    no
    move_many       yes    no     no          yes              no        yes    no
    move_others     yes    no     no          yes              no        no     no
    plan_others     yes    no     no          yes              no        no     no
    delete_own      yes    no     no          yes              no        yes    no
    delete_other    yes    no     no          yes              no        no     no
    simulate        yes    yes    yes         yes              no        yes    no
";

/// What a command is carried out on; each role gets its own.
struct Things {
    shop: Shop,
    /// Another project.
    beside: Shop,
    me: UserId,
    /// Who is somebody else for every role.
    other: UserId,
    mine: BookingRow,
    theirs: BookingRow,
    template: ProjectTemplateId,
}

async fn given_things(world: &World, shops: [Shop; 2], me: UserId, other: UserId) -> Things {
    let [shop, beside] = shops;
    let of = async |person| {
        let draft = BookingDraft { person: Some(person), ..shop.draft(world, "2026-04-10", 1) };
        bookings::book(world, &admin(), draft).await.expect("it is booked").row
    };
    let template = ProjectTemplateId::new(world.id());
    templates::save(world, &admin(), new_template(world, template, &shop)).await.expect("it is saved");
    Things { shop, beside, me, other, mine: of(me).await, theirs: of(other).await, template }
}

/// A template of that project, under a name of its own.
fn new_template(world: &World, id: ProjectTemplateId, shop: &Shop) -> ProjectTemplateDraft {
    let (name, lead) = (world.id().to_string(), String::new());
    ProjectTemplateDraft { id, version: 0, name, lead, parts: PartsOf::Project(shop.project) }
}

async fn carry_out(world: &World, command: &str, call: &Call, things: &Things) -> Result<(), Refused> {
    let Things { shop, beside, me, other, mine, theirs, template } = things;
    let (project, date) = (shop.project, day("2026-04-10"));
    let week = DateRange { from: day("2026-04-06"), until: Some(day("2026-04-13")) };
    let new = |person| BookingDraft { person, ..shop.draft(world, "2026-04-10", 1) };
    let deleting = |row: &BookingRow| DeleteBookingDraft { id: row.id, version: row.version, seen: None };
    let moving = |row: &BookingRow| MoveDraft { bookings: vec![(row.id, row.version)], task: beside.task, seen: None };
    let facts = async |booking| projects::facts(world, call, project, date, booking).await.map(drop);
    match command {
        "people" => people::workers(world, call).await.map(drop),
        "list_projects" => projects::list(world, call, &ProjectQuery::default()).await.map(drop),
        "project" => projects::page(world, call, project).await.map(drop),
        "editor" => projects::editor(world, call, Some(project), None).await.map(drop),
        "new_editor" => projects::editor(world, call, None, Some(shop.customer)).await.map(drop),
        "create_project" => projects::save(world, call, project_draft(world, shop.customer)).await.map(drop),
        "change_project" => {
            let mut draft = edited(&page(world, project).await);
            draft.name.push('!');
            projects::save(world, call, draft).await.map(drop)
        }
        "tasks" => {
            let before = page(world, project).await;
            let new = TaskRow { id: TaskId::new(world.id()), name: "New".to_owned(), closed: false };
            let tasks = before.tasks.into_iter().chain([new]).collect();
            projects::save_tasks(world, call, TasksDraft { project, version: before.version, tasks }).await.map(drop)
        }
        "lines" => {
            let version = page(world, project).await.version;
            let lines = vec![effort(world, "100")];
            projects::save_lines(world, call, LinesDraft { project, version, lines }).await.map(drop)
        }
        "templates" => templates::list(world, call).await.map(drop),
        "template" => templates::page(world, call, *template).await.map(drop),
        "save_template" => {
            let draft = new_template(world, ProjectTemplateId::new(world.id()), shop);
            templates::save(world, call, draft).await.map(drop)
        }
        "begin_with" => {
            let project = project_draft(world, shop.customer);
            let draft = FromTemplate { project, template: *template, splits_alike: true, rounds_alike: true };
            templates::save_from(world, call, draft).await.map(drop)
        }
        "delete_template" => templates::delete(world, call, *template, None).await,
        "bookable" => projects::bookable(world, call, "").await.map(drop),
        "facts" => facts(None).await,
        "facts_of_own" => facts(Some(mine.id)).await,
        "facts_of_other" => facts(Some(theirs.id)).await,
        "left" => projects::left(world, call, shop.customer, date).await.map(drop),
        "left_on" => projects::left_on(world, call, &[project], date).await.map(drop),
        "list" => bookings::list(world, call, &BookingQuery::default()).await.map(drop),
        "get_own" => bookings::get(world, call, mine.id).await.map(drop),
        "get_other" => bookings::get(world, call, theirs.id).await.map(drop),
        "history" => bookings::changes_of(world, call, theirs.id).await.map(drop),
        "view_other" => bookings::view(world, call, theirs.id, true).await.map(drop),
        "summed" => bookings::page(world, call, &BookingQuery::default()).await.map(drop),
        "week_of_own" => bookings::week(world, call, Some(*me), day("2026-04-06")).await.map(drop),
        "week_of_other" => bookings::week(world, call, Some(*other), day("2026-04-06")).await.map(drop),
        "own_week" => bookings::of_person(world, call, Some(*me), week).await.map(drop),
        "other_week" => bookings::of_person(world, call, Some(*other), week).await.map(drop),
        "book" => bookings::book(world, call, new(None)).await.map(drop),
        "book_for_other" => bookings::book(world, call, new(Some(*other))).await.map(drop),
        "timer" => {
            let BookingDraft { id, task, .. } = new(None);
            let moment = |text| Moment::read(text).expect("a moment");
            let (start, end) = (moment("2026-04-09T23:00"), moment("2026-04-10T01:00"));
            let (person, billable, note, seen) = (None, true, String::new(), Vec::new());
            let draft = TimerDraft { id, task, person, start, end, billable, note, seen };
            bookings::book_timer(world, call, draft).await.map(drop)
        }
        "saved_under" => bookings::saved_under(world, call, mine.id).await.map(drop),
        "change_own" => bookings::change(world, call, lasting(mine, 2)).await.map(drop),
        "change_other" => bookings::change(world, call, lasting(theirs, 2)).await.map(drop),
        // What was somebody else's becomes the own.
        "take_over" => {
            let draft = BookingDraft { person: Some(*me), ..lasting(theirs, 1) };
            bookings::change(world, call, draft).await.map(drop)
        }
        "move_own" => {
            let draft = BookingDraft { task: beside.task, ..lasting(mine, 1) };
            bookings::change(world, call, draft).await.map(drop)
        }
        "move_many" => bookings::move_many(world, call, moving(mine)).await.map(drop),
        "move_others" => bookings::move_many(world, call, moving(theirs)).await.map(drop),
        "plan_others" => bookings::move_plan(world, call, &[theirs.id], Some(beside.task)).await.map(drop),
        "delete_own" => bookings::delete(world, call, deleting(mine)).await.map(drop),
        "delete_other" => bookings::delete(world, call, deleting(theirs)).await.map(drop),
        "simulate" => {
            let found = projects::facts(world, &admin(), project, date, None).await?;
            let step = bookings::Step::Add(new(None).booking(*me));
            bookings::simulate(call, found.facts, &[], &[step]).map(drop)
        }
        _ => panic!("no such command: {command}"),
    }
}

/// Red when: any one of the checks is taken out.
async fn every_command_on_bookings_as_every_role(world: World) {
    let mut rows = TABLE.lines().map(str::split_whitespace).filter(|line| line.clone().next().is_some());
    let actors: Vec<&str> = rows.next().expect("a heading").skip(1).collect();
    let customer = world.customer("Alpha GmbH").await;
    let other = person(&world, "other", Role::Staff).await;
    let mut everybody = Vec::new();
    for actor in &actors {
        let role = Role::from_name(actor).expect("a role");
        // A customer signs in, too, but does not work here: for them the other one has booked.
        everybody.push(if role == Role::Customer { other } else { person(&world, actor, role).await });
    }
    let shops = [
        shop(&world, customer, vec![free(&world, 45), effort(&world, "100")]).await,
        shop(&world, customer, vec![effort(&world, "80")]).await,
    ];
    let mut wrong = Vec::new();
    for mut row in rows {
        let command = row.next().expect("a command");
        for ((actor, me), expected) in actors.iter().zip(&everybody).zip(row) {
            let things = given_things(&world, shops, *me, other).await;
            let call = match *actor {
                "customer" => as_customer(customer),
                role => as_role(Role::from_name(role).expect("a role")),
            };
            let before = if expected == "no" { books(&world).await } else { Vec::new() };
            let found = match carry_out(&world, command, &call, &things).await {
                Ok(()) => "yes",
                Err(Refused::Problem(Problem::Forbidden { .. } | Problem::NotFound { .. })) => "no",
                Err(other) => panic!("{command} as {actor}: {other:?}"),
            };
            if found != expected {
                wrong.push(format!("{command} as {actor}: {found} instead of {expected}"));
            }
            if expected == "no" {
                assert_eq!(books(&world).await, before, "{command} as {actor} was refused and changed something");
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_sound(&world).await;
}

/// Red when: what is not there is told from what one may not see.
async fn what_is_not_there_is_not_found(world: World) {
    let staff = as_role(Role::Staff);
    person(&world, "staff", Role::Staff).await;
    let (project, booking) = (ProjectId::new(world.id()), domain::BookingId::new(world.id()));
    let template = ProjectTemplateId::new(world.id());
    let answers = [
        projects::page(&world, &admin(), project).await.map(drop),
        projects::editor(&world, &admin(), Some(project), None).await.map(drop),
        projects::facts(&world, &staff, project, day("2026-04-10"), None).await.map(drop),
        projects::save_tasks(&world, &admin(), TasksDraft { project, version: 1, tasks: Vec::new() }).await.map(drop),
        projects::save_lines(&world, &admin(), LinesDraft { project, version: 1, lines: Vec::new() }).await.map(drop),
        templates::page(&world, &admin(), template).await.map(drop),
        templates::delete(&world, &admin(), template, None).await,
        bookings::get(&world, &staff, booking).await.map(drop),
        bookings::changes_of(&world, &admin(), booking).await.map(drop),
        bookings::delete(&world, &staff, DeleteBookingDraft { id: booking, version: 1, seen: None }).await.map(drop),
    ];
    for (place, answer) in answers.into_iter().enumerate() {
        assert!(matches!(answer, Err(Refused::Problem(Problem::NotFound { .. }))), "{place}: {answer:?}");
    }
}

on_sqlite!(every_command_on_bookings_as_every_role, what_is_not_there_is_not_found);
