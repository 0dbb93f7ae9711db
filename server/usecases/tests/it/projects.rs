//! Projects: saving them, their tasks and their billing lines, who may book on them, and what is left for a customer.

use domain::{
    AccountId, Currency, Interval, Periods, Permission, ProjectId, Role, Seconds, TaskId, UserId,
    quota::{Overbooking, Unit},
    splitting::{Allowance, Collects, Fee, LineKind, SplitError},
};
use store::accounts;
use usecases::{
    accounts as of_accounts, bookings, projects,
    testing::{HOUR, PREPAID, World, as_customer, as_role, day, problem},
};
use wire::{
    FieldReason, Problem,
    bookings::{BookingDraft, BookingQuery},
    lists::UnitKind,
    projects::{
        Bookers, DraftKind, LineDraft, LinesDraft, ProjectDraft, ProjectPage, ProjectQuery, ProjectState, TaskRow,
    },
};

use crate::{
    office::{admin, fields},
    support::{assert_sound, books},
    workshop::{
        block, book, change, change_project, delete, edited, effort, free, lasting, maintenance, me, page, person,
        project_draft, row, set_lines, set_tasks, shop, stands, task, told, why,
    },
};

async fn save(world: &World, draft: &ProjectDraft) -> Result<ProjectPage, Problem> {
    projects::save(world, &admin(), draft.clone()).await.map_err(problem)
}

/// Red when: a project is saved twice, over what somebody else saved, or becomes another customer's.
async fn a_project_is_saved_once_and_keeps_what_bookings_hold(world: World) {
    let (anna, customer) = (person(&world, "anna", Role::Staff).await, world.customer("Alpha GmbH").await);
    let other = world.customer("Beta GmbH").await;
    let draft = ProjectDraft { bookers: Bookers::Only(vec![anna]), ..project_draft(&world, customer) };
    let saved = save(&world, &draft).await.expect("it is saved");
    assert_eq!((saved.row.number.as_str(), saved.version, saved.people.len()), ("P-00001", 1, 1));
    assert_eq!((saved.splitting, saved.splits, saved.currency), (None, true, Currency::EUR));
    let before = books(&world).await;
    let again = ProjectDraft { number: "P-00001".to_owned(), ..draft.clone() };
    assert_eq!(save(&world, &again).await.as_ref(), Ok(&saved), "the same again");
    assert_eq!(save(&world, &ProjectDraft { name: "Other".to_owned(), ..draft.clone() }).await, Err(Problem::SameId));
    let stale = ProjectDraft { version: 7, name: "Other".to_owned(), ..edited(&saved) };
    assert_eq!(save(&world, &stale).await, Err(Problem::Changed));
    for (wrong, field, reason) in [
        (ProjectDraft { customer: other, ..edited(&saved) }, "customer", FieldReason::Fixed),
        (ProjectDraft { currency: Currency::CHF, ..edited(&saved) }, "currency", FieldReason::Fixed),
        (
            ProjectDraft { bookers: Bookers::Only(vec![UserId::new(world.id())]), ..edited(&saved) },
            "people",
            FieldReason::NotOneOf,
        ),
        (ProjectDraft { bookers: Bookers::Only(Vec::new()), ..edited(&saved) }, "people", FieldReason::Missing),
        (ProjectDraft { number: "p-00001".to_owned(), ..project_draft(&world, other) }, "number", FieldReason::Taken),
    ] {
        assert_eq!(save(&world, &wrong).await, Err(Problem::field(field, reason)));
    }
    assert_eq!(books(&world).await, before);
    let next = save(&world, &project_draft(&world, other)).await.expect("it is saved");
    assert_eq!(next.row.number, "P-00002");
    let closed = change_project(&world, saved.row.id, |draft| {
        (draft.closed, draft.splitting, draft.bookers) = (true, Some(false), Bookers::Everybody);
    });
    let closed = closed.await;
    assert_eq!((closed.row.closed, closed.splits, closed.people.len(), closed.version), (true, false, 0, 2));
    assert_eq!((saved.limited, closed.limited), (true, false));
    let told: Vec<&str> = closed.history[0].fields.iter().map(|field| field.field.as_str()).collect();
    assert_eq!(told, ["state", "splitting", "people"]);
    let listed = async |ask: ProjectQuery| {
        let page = projects::list(&world, &admin(), &ProjectQuery { page: 1, ..ask }).await.expect("the list");
        page.rows.into_iter().map(|row| row.number).collect::<Vec<_>>()
    };
    let ask = ProjectQuery::default();
    assert_eq!(listed(ask.clone()).await, ["P-00001", "P-00002"]);
    assert_eq!(listed(ProjectQuery { desc: true, ..ask.clone() }).await, ["P-00002", "P-00001"]);
    assert_eq!(listed(ProjectQuery { state: Some(ProjectState::Open), ..ask.clone() }).await, ["P-00002"]);
    assert_eq!(listed(ProjectQuery { customer: Some(customer), ..ask.clone() }).await, ["P-00001"]);
    assert_eq!(listed(ProjectQuery { q: "beta".to_owned(), ..ask }).await, ["P-00002"]);
}

/// Red when: a task on which time is booked is deleted, or one that a line names.
async fn tasks_are_kept_as_long_as_something_names_them(world: World) {
    let own = maintenance(&world).await;
    let stranger = shop(&world, own.customer, Vec::new()).await;
    let repair = page(&world, own.project).await.tasks.remove(0);
    let (setup, other) = (task(&world, "Setup"), task(&world, "Travel"));
    let all = vec![setup.clone(), repair.clone(), other.clone()];
    let saved = set_tasks(&world, own.project, all.clone()).await.expect("they are saved");
    assert_eq!(saved.tasks, all);
    assert_eq!(set_tasks(&world, own.project, all.clone()).await.expect("the same").version, saved.version);
    own.books(&world, "2026-04-10", 10).await;
    let limited = LineDraft { tasks: Some([setup.id].into()), ..effort(&world, "50") };
    set_lines(&world, own.project, vec![limited]).await.expect("they are saved");
    let before = books(&world).await;
    for (left, reason) in [
        (vec![setup.clone(), other.clone()], FieldReason::Booked),
        (vec![repair.clone(), other.clone()], FieldReason::Fixed),
        (vec![setup.clone(), setup.clone(), repair.clone()], FieldReason::Taken),
    ] {
        assert_eq!(set_tasks(&world, own.project, left).await, Err(Problem::field("tasks", reason)));
    }
    let stolen = vec![repair.clone(), setup.clone(), TaskRow { id: stranger.task, ..other.clone() }];
    assert_eq!(set_tasks(&world, own.project, stolen).await, Err(Problem::field("tasks.2.id", FieldReason::Taken)));
    assert_eq!(books(&world).await, before);
    let renamed = TaskRow { name: "Service".to_owned(), closed: true, ..repair };
    let saved = set_tasks(&world, own.project, vec![renamed, setup]).await.expect("they are saved");
    let names: Vec<_> = saved.tasks.iter().map(|task| (task.name.as_str(), task.closed)).collect();
    assert_eq!(names, [("Service", true), ("Setup", false)]);
    assert_sound(&world).await;
}

fn account(page: &ProjectPage, place: usize) -> AccountId {
    page.lines[place].account.as_ref().expect("a collector").id
}

/// Red when: an allowance has no account of its own, its terms do not change, or a line becomes another one.
async fn an_allowance_has_an_account_of_its_own(world: World) {
    let own = maintenance(&world).await;
    let saved = page(&world, own.project).await;
    let free = &saved.lines[0];
    let shown = free.account.as_ref().expect("it collects");
    assert_eq!((shown.name.as_str(), shown.unit, shown.left.units()), ("P-00001 Free", Unit::Time, 2_700));
    let draft = |most: i64, overbooking| {
        let LineKind::Collector(collector) = &free.line.kind else { panic!("{free:?}") };
        let allowance = Allowance { most: Seconds(most), ..collector.allowance.expect("an allowance") };
        let kind = DraftKind::Allowance { collects: Collects::All, allowance, overbooking };
        LineDraft { id: free.line.id, name: "Free".to_owned(), tasks: None, reported: true, fee: None, kind }
    };
    own.books(&world, "2026-04-10", 30).await;
    let more = set_lines(&world, own.project, vec![draft(3_600, Overbooking::No)]).await.expect("they are saved");
    let left = more.lines[0].account.as_ref().expect("it collects").left.units();
    assert_eq!((left, more.lines.len(), more.lines[0].reported), (900, 1, true), "the lot of April is there already");
    let may = world.when("2026-05-20T10:00:00Z");
    assert_eq!(told(&own.books(&may, "2026-05-10", 60).await), "Free 60");
    let over = set_lines(&world, own.project, vec![draft(3_600, Overbooking::Yes { limit: None })]).await;
    let over = over.expect("they are saved");
    assert_eq!(account(&over, 0), shown.id, "it keeps its account");
    let mut tx = world.db.read().await.expect("a read begins");
    let stored = accounts::get(&mut tx, shown.id).await.expect("a read").expect("the account");
    assert_eq!(stored.account.policy.overbooking, Overbooking::Yes { limit: None });
    drop(tx);
    assert_eq!(told(&own.books(&may, "2026-05-11", 30).await), "Free 30", "it is overdrawn");

    let before = books(&world).await;
    let with = |kind| LineDraft { kind, ..draft(3_600, Overbooking::No) };
    let since = |anchor: &str, every| {
        let allowance = Allowance { most: Seconds(60), periods: Periods { anchor: day(anchor), every } };
        with(DraftKind::Allowance { collects: Collects::All, allowance, overbooking: Overbooking::No })
    };
    for (line, field) in [
        (since("2026-02-01", Interval::Months(1)), "lines.0.start"),
        (since("2026-01-01", Interval::Months(2)), "lines.0.every"),
        (with(DraftKind::FlatRate), "lines.0.kind"),
        (LineDraft { tasks: Some([TaskId::new(world.id())].into()), ..draft(60, Overbooking::No) }, "lines.0.tasks"),
        (block(&world, AccountId::new(world.id())), "lines.0.account"),
        (block(&world, shown.id), "lines.0.account"),
    ] {
        let refused = set_lines(&world, own.project, vec![line]).await.expect_err(field);
        assert!(fields(&refused).contains(&field), "{field}: {refused:?}");
    }
    assert_eq!(books(&world).await, before);
    // Taken out and put back it is the same line.
    let out = set_lines(&world, own.project, vec![effort(&world, "100")]).await.expect("they are saved");
    assert_eq!(out.lines.len(), 1);
    let back = set_lines(&world, own.project, vec![draft(3_600, Overbooking::No)]).await.expect("they are saved");
    assert_eq!(account(&back, 0), shown.id);
    assert_sound(&world).await;
}

/// Red when: an allowance's draw is released by hand, or a line takes a rate that its account cannot count with.
async fn only_a_booking_takes_its_draws_back(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 30).await;
    let id = account(&page(&world, own.project).await, 0);
    let mut tx = world.db.read().await.expect("a read begins");
    let draws = store::ledger::draws_of(&mut tx, id).await.expect("a read");
    drop(tx);
    let [draw] = &draws[..] else { panic!("{draws:?}") };
    let before = books(&world).await;
    let refused = of_accounts::release(&world, &admin(), id, draw.draw).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::OfBooking));
    assert_eq!(books(&world).await, before);
    assert_eq!(stands(&world, booked.id).await, "Free 30");
    let time = world.account(own.customer, PREPAID).await;
    let rate = Some("100".parse().expect("a rate"));
    let kind = DraftKind::Prepaid { collects: Collects::All, account: time, rate, opens: None };
    let line = LineDraft { kind, ..block(&world, time) };
    let refused = set_lines(&world, own.project, vec![line]).await.expect_err("time has no rate");
    let (field, error) = why(&refused);
    assert_eq!(field, "lines.0.rate");
    assert!(matches!(error, SplitError::UnitMismatch { unit: Unit::Time, .. }), "{error:?}");
    assert_sound(&world).await;
}

/// Red when: a block's account is not opened with its line, or twice, or by whoever may open none; when one that counts
/// money needs no rate.
async fn a_block_opens_its_account_with_its_line(world: World) {
    let own = maintenance(&world).await;
    let opens = |opens, rate: Option<&str>| {
        let line = block(&world, AccountId::new(world.id()));
        let (account, rate) = (AccountId::new(line.id.uuid()), rate.map(|rate| rate.parse().expect("a rate")));
        let kind = DraftKind::Prepaid { collects: Collects::All, account, rate, opens: Some(opens) };
        LineDraft { kind, ..line }
    };
    let version = page(&world, own.project).await.version;
    let draft = |line: &LineDraft| LinesDraft { project: own.project, version, lines: vec![line.clone()] };
    let time = opens(UnitKind::Time, None);
    let before = books(&world).await;
    let manager = as_role(Role::ProjectManager);
    let refused = projects::save_lines(&world, &manager, draft(&time)).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::Forbidden { needs: Permission::OpenAccounts }));
    let money = opens(UnitKind::Money, None);
    let refused = set_lines(&world, own.project, vec![money.clone()]).await.expect_err("money needs a rate");
    let (field, error) = why(&refused);
    assert_eq!(field, "lines.0.rate");
    assert!(matches!(error, SplitError::UnitMismatch { unit: Unit::Money(Currency::EUR), .. }), "{error:?}");
    assert_eq!(books(&world).await, before);

    let saved = set_lines(&world, own.project, vec![time.clone()]).await.expect("it is opened");
    let shown = saved.lines[0].account.clone().expect("an account");
    assert_eq!((shown.id.uuid(), shown.unit, shown.name.as_str()), (time.id.uuid(), Unit::Time, "P-00001 Block"));
    let before = books(&world).await;
    let again = set_lines(&world, own.project, vec![time.clone()]).await.expect("the same again");
    assert_eq!((again.version, books(&world).await), (saved.version, before));
    world.lot(shown.id, HOUR, "2026-04-01", None).await;
    assert_eq!(told(&own.books(&world, "2026-04-10", 40).await), "Block 40");
    // Whoever changes the project later names the account as it is.
    let later = block(&world, shown.id);
    let later = vec![LineDraft { id: time.id, name: "Hours".to_owned(), ..later }];
    let version = again.version;
    let later = LinesDraft { project: own.project, version, lines: later };
    projects::save_lines(&world, &manager, later).await.expect("nothing is opened");
    let rate = opens(UnitKind::Money, Some("120"));
    let saved = set_lines(&world, own.project, vec![rate]).await.expect("it is opened");
    assert_eq!(saved.lines[0].account.as_ref().map(|of| of.unit), Some(Unit::Money(Currency::EUR)));
    assert_sound(&world).await;
}

/// Red when: a booking is poured again by another one on lines that it never saw, or keeps those that were taken out
/// when it is changed itself.
async fn a_booking_that_is_changed_is_poured_on_the_lines_of_now(world: World) {
    let own = maintenance(&world).await;
    let booked = own.books(&world, "2026-04-10", 60).await;
    set_lines(&world, own.project, vec![effort(&world, "120")]).await.expect("they are saved");
    assert_eq!(stands(&world, booked.id).await, "Free 45, Effort 15 = 2500", "not before it is changed");
    let changed = change(&world, &lasting(&booked, 30)).await.expect("it is changed");
    assert_eq!(told(&changed.row), "Effort 30 = 6000");
    assert_sound(&world).await;
}

/// Red when: a later booking that shares nothing with the changed one keeps what other lines gave it, or is read again
/// each time although it was poured on the lines of now.
async fn later_bookings_are_poured_on_the_lines_of_now(world: World) {
    me(&world).await;
    let customer = world.customer("Alpha GmbH").await;
    let (free, effort) = (free(&world, 45), effort(&world, "100"));
    let own = shop(&world, customer, vec![free.clone(), effort.clone()]).await;
    let earlier = own.books(&world, "2026-01-10", 60).await;
    let first = own.books(&world, "2026-04-10", 60).await;
    let keeps = own.books(&world, "2026-03-10", 30).await;
    let later = own.books(&world, "2026-02-10", 60).await;
    let read = async || {
        let facts = projects::facts(&world, &admin(), own.project, day("2026-04-10"), Some(first.id)).await;
        facts.expect("the facts").facts
    };
    let named = LineDraft { name: "Support".to_owned(), ..effort.clone() };
    set_lines(&world, own.project, vec![free.clone(), named.clone()]).await.expect("they are saved");
    assert_eq!(read().await.bookings.len(), 1, "a name is no matter");
    let periods = Periods { anchor: day("2026-05-01"), every: Interval::Months(1) };
    let (price, vat) = ("150".parse().expect("a price"), "19".parse().expect("a rate"));
    let paid = LineDraft { fee: Some(Fee { price, periods, vat, end: None }), ..free.clone() };
    set_lines(&world, own.project, vec![paid, named.clone()]).await.expect("they are saved");
    assert_eq!(read().await.bookings.len(), 1, "nor is a fee");
    let dearer = LineDraft { kind: DraftKind::Effort { rate: "120".parse().expect("a rate") }, ..named };
    set_lines(&world, own.project, vec![free, dearer]).await.expect("they are saved");
    let since = own.books(&world, "2025-12-10", 60).await;
    let facts = read().await;
    assert_eq!(facts.bookings.len(), 3, "itself, and what was poured on other lines since");
    let draft = lasting(&first, 50);
    let seen = domain::splitting::change(&facts, &draft.booking(first.person.id)).expect("it can be changed");
    let answer = change(&world, &draft).await.expect("it is changed");
    assert_eq!(answer.plan, seen);
    assert_eq!(answer.changed.iter().map(|changed| changed.booking).collect::<Vec<_>>(), [later.id]);
    for (id, expected) in [
        (earlier.id, "Free 45, Support 15 = 2500"),
        (first.id, "Free 45, Support 5 = 1000"),
        (keeps.id, "Free 30"),
        (later.id, "Free 45, Support 15 = 3000"),
        (since.id, "Support 60 = 12000"),
    ] {
        assert_eq!(stands(&world, id).await, expected);
    }
    assert_sound(&world).await;
    assert_eq!(read().await.bookings.len(), 1, "all of them were poured on the lines of now");
    let gone = delete(&world, &answer.row).await.expect("it is deleted");
    assert_eq!(gone.changed.len(), 0);
    assert_sound(&world).await;
}

/// Red when: somebody is offered a project or sees bookings of others, or a filter of the list is another.
async fn people_see_where_they_book_and_what_they_booked(world: World) {
    let own = maintenance(&world).await;
    let anna = person(&world, "staff", Role::Staff).await;
    let staff = as_role(Role::Staff);
    let other = shop(&world, own.customer, vec![free(&world, 10)]).await;
    change_project(&world, other.project, |draft| draft.bookers = Bookers::Only(vec![anna])).await;
    let offered = async |q: &str| {
        let found = projects::bookable(&world, &staff, q).await.expect("what is offered");
        found.into_iter().map(|found| found.project.number).collect::<Vec<_>>()
    };
    assert_eq!((offered("").await.len(), offered("p-00002").await.len(), offered("alpha").await.len()), (2, 1, 2));
    let me = row(&world, own.books(&world, "2026-04-10", 10).await.id).await.person.id;
    change_project(&world, own.project, |draft| draft.bookers = Bookers::Only(vec![me])).await;
    assert_eq!(offered("").await, ["P-00002"]);
    let mine = BookingDraft { note: "Printer".to_owned(), ..other.draft(&world, "2026-04-09", 20) };
    bookings::book(&world, &staff, mine).await.expect("the own");
    let facts = async |project: ProjectId| {
        projects::facts(&world, &staff, project, day("2026-04-10"), None).await.map(drop).map_err(problem)
    };
    assert!(facts(other.project).await.is_ok());
    assert!(matches!(facts(own.project).await, Err(Problem::NotFound { .. })));
    let listed = async |call: &usecases::Call, ask: BookingQuery| {
        let page = bookings::list(&world, call, &BookingQuery { page: 1, ..ask }).await.expect("the list");
        page.rows.iter().map(told).collect::<Vec<_>>()
    };
    let ask = BookingQuery::default();
    assert_eq!(listed(&admin(), ask.clone()).await, ["Free 10", "Free 10, unassigned 10"]);
    assert_eq!(listed(&staff, ask.clone()).await, ["Free 10, unassigned 10"]);
    assert_eq!(
        listed(&staff, BookingQuery { person: Some(me), ..ask.clone() }).await.len(),
        1,
        "the own, whoever is named"
    );
    for (filter, found) in [
        (BookingQuery { project: Some(other.project), ..ask.clone() }, 1),
        (BookingQuery { task: Some(own.task), ..ask.clone() }, 1),
        (BookingQuery { customer: Some(own.customer), ..ask.clone() }, 2),
        (BookingQuery { person: Some(me), ..ask.clone() }, 1),
        (BookingQuery { from: Some(day("2026-04-10")), ..ask.clone() }, 1),
        (BookingQuery { until: Some(day("2026-04-09")), ..ask.clone() }, 1),
        (BookingQuery { billable: Some(false), ..ask.clone() }, 0),
        (BookingQuery { unassigned: true, ..ask.clone() }, 1),
    ] {
        assert_eq!(listed(&admin(), filter.clone()).await.len(), found, "{filter:?}");
    }
    let week = domain::DateRange { from: day("2026-04-06"), until: Some(day("2026-04-13")) };
    let found = bookings::of_person(&world, &staff, None, week).await.expect("the week");
    assert_eq!(
        (found.person.id, found.rows.len(), found.seconds, found.billed),
        (anna, 1, Seconds(1_200), Seconds(1_200))
    );
    let others = bookings::of_person(&world, &staff, Some(me), week).await.map(drop).map_err(problem);
    assert!(matches!(others, Err(Problem::Forbidden { .. })), "{others:?}");
    let ever = domain::DateRange { until: None, ..week };
    let refused = bookings::of_person(&world, &staff, None, ever).await.map(drop).map_err(problem);
    assert_eq!(refused, Err(Problem::field("until", FieldReason::NotOneOf)));
}

/// Red when: staff book on a project that names only others, or cannot on one that is for everybody.
async fn a_project_says_who_books_on_it(world: World) {
    let own = maintenance(&world).await;
    let anna = person(&world, "staff", Role::Staff).await;
    let me = own.books(&world, "2026-04-10", 10).await.person.id;
    let staff = as_role(Role::Staff);
    let books = async || {
        let draft = own.draft(&world, "2026-04-10", 10);
        bookings::book(&world, &staff, draft).await.map(drop).map_err(problem)
    };
    for (bookers, expected) in [
        (Bookers::Everybody, Ok(())),
        (Bookers::Only(vec![me]), Err(Problem::field("task", FieldReason::NotAssigned))),
        (Bookers::Only(vec![anna]), Ok(())),
        (Bookers::Everybody, Ok(())),
    ] {
        let saved = change_project(&world, own.project, |draft| draft.bookers = bookers.clone()).await;
        assert_eq!(saved.limited, bookers != Bookers::Everybody);
        assert_eq!(books().await, expected, "{bookers:?}");
        // Whoever books the time of others books everywhere.
        own.books(&world, "2026-04-10", 10).await;
    }
    assert_sound(&world).await;
}

/// Red when: another month's free time is told, a closed project's, or that of another customer.
async fn what_is_left_for_a_customer_is_told(world: World) {
    me(&world).await;
    let (customer, block_of) = world.customer_with_account(PREPAID).await;
    world.lot(block_of, 2 * HOUR, "2026-01-01", None).await;
    let own = shop(&world, customer, vec![free(&world, 45), block(&world, block_of), effort(&world, "100")]).await;
    let gone = shop(&world, customer, vec![free(&world, 30)]).await;
    change_project(&world, gone.project, |draft| draft.closed = true).await;
    own.books(&world, "2026-04-10", 60).await;
    let left = async |call: &usecases::Call, date: &str| {
        let left = projects::left(&world, call, customer, day(date)).await.map_err(problem)?;
        let [project] = &left.projects[..] else { panic!("{left:?}") };
        let lines = project.lines.iter();
        let told = lines.map(|line| (line.name.clone(), line.left.units(), line.period.map(|(of, _)| of.units())));
        Ok::<_, Problem>(told.collect::<Vec<_>>())
    };
    let line = |name: &str, left, of| (name.to_owned(), left, of);
    let april = vec![line("Free", 0, Some(2_700)), line("Block", 6_300, None)];
    assert_eq!(left(&admin(), "2026-04-20").await, Ok(april.clone()));
    assert_eq!(left(&as_customer(customer), "2026-04-20").await, Ok(april), "customers see the own");
    let may = left(&admin(), "2026-05-01").await.expect("what is left");
    assert_eq!(may[0], line("Free", 2_700, Some(2_700)), "what nothing has touched counts as full");
    let before = left(&admin(), "2025-12-31").await.expect("what is left");
    assert_eq!(before, [line("Free", 0, None), line("Block", 0, None)]);
    let stranger = as_customer(world.customer("Beta GmbH").await);
    assert!(matches!(left(&stranger, "2026-04-20").await, Err(Problem::NotFound { .. })));
    assert_eq!(book(&world, &own.draft(&world, "2026-04-10", 120)).await.expect("booked").row.portions.len(), 2);
    assert_sound(&world).await;
}

/// Red when: a quota that no project draws is not counted, an account that lines share is told twice, or the free time of
/// a closed project is.
async fn every_account_of_a_customer_is_told_once(world: World) {
    me(&world).await;
    let (customer, shared) = world.customer_with_account(PREPAID).await;
    let (quota, _empty) = (world.account(customer, PREPAID).await, world.account(customer, PREPAID).await);
    world.lot(shared, 2 * HOUR, "2026-01-01", None).await;
    world.lot(quota, HOUR, "2026-04-01", Some("2026-05-01")).await;
    let told = async |date: &str| {
        let left = projects::left(&world, &admin(), customer, day(date)).await.expect("what is left");
        let told = left.accounts.into_iter().map(|of| {
            let standing = of.account.standing;
            (of.name, standing.left.units(), standing.lapses.map(|(on, _)| on.to_string()), of.projects.len())
        });
        told.collect::<Vec<_>>()
    };
    let account = |name: &str, left: i64, lapses: Option<&str>, projects: usize| {
        (name.to_owned(), left, lapses.map(str::to_owned), projects)
    };
    let unused = account("Support", HOUR, Some("2026-05-01"), 0);
    assert_eq!(told("2026-04-20").await.len(), 2, "without any project");
    let one = shop(&world, customer, vec![free(&world, 45), block(&world, shared)]).await;
    let _two = shop(&world, customer, vec![block(&world, shared)]).await;
    let full = account("Free", 2_700, Some("2026-05-01"), 1);
    assert_eq!(told("2026-04-20").await, [full, account("Block", 2 * HOUR, None, 2), unused.clone()]);
    change_project(&world, one.project, |draft| draft.closed = true).await;
    assert_eq!(told("2026-04-20").await, [account("Block", 2 * HOUR, None, 1), unused]);
    assert_eq!(told("2026-05-01").await, [account("Block", 2 * HOUR, None, 1)], "the quota has lapsed");
    assert_sound(&world).await;
}

on_both!(
    a_project_is_saved_once_and_keeps_what_bookings_hold,
    tasks_are_kept_as_long_as_something_names_them,
    an_allowance_has_an_account_of_its_own,
    only_a_booking_takes_its_draws_back,
    a_block_opens_its_account_with_its_line,
    a_booking_that_is_changed_is_poured_on_the_lines_of_now,
    later_bookings_are_poured_on_the_lines_of_now,
    people_see_where_they_book_and_what_they_booked,
    a_project_says_who_books_on_it,
    what_is_left_for_a_customer_is_told,
    every_account_of_a_customer_is_told_once,
);
