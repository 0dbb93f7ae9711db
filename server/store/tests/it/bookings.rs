//! Projects, billing lines, bookings and their portions.

use chrono::NaiveTime;
use domain::{
    BillingLineId, BookingId, Currency, DateRange, DocumentId, ProjectId, Role, Seconds, TaskId, UserId,
    documents::DocumentKind,
    quota::{DeficitPolicy, Overbooking, Policy, Seq},
    splitting::{
        BillingLine, Booking, BookingRounding, Collector, Collects, Decided, LineKind, Lock, Portion, Stood, Target,
    },
};
use store::{
    Db, Slice, StoreError, Tx, accounts, audit,
    bookings::{self, NewPortions, StoredBooking, StoredPortion},
    documents::NewDocument,
    people::{self, User},
    project_invoices::{self, ProjectInvoice},
    projects::{self, StoredLine, StoredProject},
    testing::{begin, commit},
};
use uuid::Uuid;
use wire::{
    bookings::{BookingQuery, BookingRow, BookingSort},
    contracts::CustomerRef,
    projects::{ActivityReport, ProjectQuery, ProjectRef, ProjectRow, ProjectSort, ProjectState, TaskRow},
};

use crate::{
    given::{add_invoices, document_id, invoice},
    support::{account, account_id, amount, customer_id, day, draw_id, given_customer, instant, noon, user_id},
};

macro_rules! ids {
    ($($name:ident: $id:ident;)*) => {$(
        fn $name(number: u128) -> $id {
            $id::new(Uuid::from_u128(number))
        }
    )*};
}
ids! {
    booking_id: BookingId;
    line_id: BillingLineId;
    project_id: ProjectId;
    task_id: TaskId;
}

/// A project of which no field is what is usual.
fn project(number: u128, customer: u128, name: &str) -> StoredProject {
    let of = CustomerRef {
        id: customer_id(customer),
        number: format!("K-{customer}"),
        name: format!("Customer {customer}"),
    };
    let (id, name) = (project_id(number), name.to_owned());
    StoredProject {
        row: ProjectRow { id, number: format!("P-{number}"), name, customer: of, closed: false },
        version: 1,
        currency: Currency::CHF,
        splitting: Some(false),
        rounding: Some(BookingRounding::new(Seconds(60), Seconds(300)).expect("a rounding")),
        limited: false,
        lines_version: 0,
    }
}

fn task(number: u128, name: &str) -> TaskRow {
    TaskRow { id: task_id(number), name: name.to_owned(), closed: false }
}

/// Customers 1 and 2, users 1 and 2, and account 1.
async fn given_people(db: &Db) {
    for number in [1, 2] {
        given_customer(db, number).await;
    }
    let mut tx = begin(db).await;
    for (number, login) in [(1, "anna"), (2, "ben")] {
        let (id, login, role) = (user_id(number), login.to_owned(), Role::Staff);
        let (name, password_hash) = (login.to_uppercase(), String::new());
        let user = User { id, login, name, role, customer: None, password_hash };
        assert!(people::add_user(&mut tx, &user).await.expect("it is stored"));
    }
    let own = account(1, 1, Overbooking::No);
    assert!(accounts::open(&mut tx, &own, "Block").await.expect("it is stored"));
    commit(tx).await;
}

/// Red when: a field is not read back, a number is given twice, or a list has another order or filter.
async fn projects_are_read_back_and_listed(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    let mut first = project(1, 1, "Maintenance");
    assert!(projects::add(&mut tx, &first).await.expect("it is stored"));
    assert!(!projects::add(&mut tx, &project(1, 1, "Again")).await.expect("an answer"));
    let second = StoredProject { row: ProjectRow { closed: true, ..project(2, 2, "Atlas").row }, ..project(2, 2, "") };
    assert!(projects::add(&mut tx, &second).await.expect("it is stored"));
    let taken = ProjectRow { number: "p-1".to_owned(), ..project(3, 1, "Third").row };
    assert!(!projects::add(&mut tx, &StoredProject { row: taken, ..first.clone() }).await.expect("an answer"));
    assert_eq!(projects::get(&mut tx, project_id(1)).await.expect("a read").as_ref(), Some(&first));
    assert_eq!(projects::numbered(&mut tx, "p-1").await.expect("a read"), Some(project_id(1)));
    "Service".clone_into(&mut first.row.name);
    (first.splitting, first.limited) = (None, true);
    // That nothing is rounded is something else than that nothing is said.
    for rounding in [Some(BookingRounding::default()), None] {
        first.rounding = rounding;
        projects::change(&mut tx, &first).await.expect("it is changed");
        let kept = projects::get(&mut tx, project_id(1)).await.expect("a read").expect("it is there");
        assert_eq!(kept.rounding, rounding);
    }
    projects::set_people(&mut tx, project_id(1), &[user_id(2), user_id(1)]).await.expect("they are named");
    first.version = 3;
    let locked = projects::lock(&mut tx, &[2, 1, 9].map(project_id)).await.expect("a read");
    assert_eq!((locked.len(), &locked[&project_id(1)], &locked[&project_id(2)]), (2, &first, &second));
    let named = projects::people(&mut tx, project_id(1)).await.expect("a read");
    assert_eq!(named.iter().map(|person| person.name.as_str()).collect::<Vec<_>>(), ["ANNA", "BEN"]);
    projects::set_people(&mut tx, project_id(1), &[user_id(1)]).await.expect("they are named");
    for (user, expected) in [(1, true), (2, false)] {
        assert_eq!(projects::assigned(&mut tx, project_id(1), user_id(user)).await.expect("a read"), expected);
    }
    commit(tx).await;

    let listed = async |ask: ProjectQuery, person: Option<UserId>| {
        let mut tx = begin(db).await;
        let rows = projects::slice(&mut tx, &ask, person, Slice { offset: 0, most: 9 }).await.expect("a read");
        rows.into_iter().map(|row| row.id.uuid().as_u128()).collect::<Vec<_>>()
    };
    let ask = ProjectQuery::default();
    assert_eq!(listed(ask.clone(), None).await, [1, 2]);
    assert_eq!(listed(ProjectQuery { sort: ProjectSort::Name, ..ask.clone() }, None).await, [2, 1]);
    assert_eq!(listed(ProjectQuery { desc: true, ..ask.clone() }, None).await, [2, 1]);
    assert_eq!(listed(ProjectQuery { state: Some(ProjectState::Open), ..ask.clone() }, None).await, [1]);
    assert_eq!(listed(ProjectQuery { state: Some(ProjectState::Closed), ..ask.clone() }, None).await, [2]);
    assert_eq!(listed(ProjectQuery { customer: Some(customer_id(2)), ..ask.clone() }, None).await, [2]);
    for (q, expected) in [("serv", vec![1]), ("P-2", vec![2]), ("customer", vec![1, 2]), ("nobody", vec![])] {
        assert_eq!(listed(ProjectQuery { q: q.to_owned(), ..ask.clone() }, None).await, expected, "{q}");
    }
    assert_eq!(listed(ask.clone(), Some(user_id(1))).await, [1, 2]);
    assert_eq!(listed(ask, Some(user_id(2))).await, [2], "only whom it names books on it");
    let mut tx = begin(db).await;
    let open = projects::of_customer(&mut tx, customer_id(1)).await.expect("a read");
    assert_eq!((open, projects::of_customer(&mut tx, customer_id(2)).await.expect("a read")), (vec![first], vec![]));
    let all = projects::after(&mut tx, "", 9).await.expect("a read");
    assert_eq!(all.iter().map(|found| found.row.id).collect::<Vec<_>>(), [project_id(1), project_id(2)]);
}

fn collector(number: u128) -> StoredLine {
    let (account, collects) = (account_id(1), Collects::Billable);
    let collector = Collector { account, collects, rate: None, allowance: None, fee: None };
    let (tasks, kind) = (Some([task_id(1)].into()), LineKind::Collector(collector));
    let (line, name) = (BillingLine { id: line_id(number), tasks, kind }, "Block".to_owned());
    StoredLine { line, name, reported: true, removed: false, next: 0 }
}

fn effort(number: u128, rate: &str) -> StoredLine {
    let kind = LineKind::Effort { rate: rate.parse().expect("a rate") };
    let (line, name) = (BillingLine { id: line_id(number), tasks: None, kind }, "Effort".to_owned());
    StoredLine { line, name, reported: false, removed: false, next: 0 }
}

async fn given_project(tx: &mut Tx) {
    assert!(projects::add(tx, &project(1, 1, "Maintenance")).await.expect("it is stored"));
    let tasks = [task(1, "Repair"), task(2, "Setup")];
    projects::put_tasks(tx, project_id(1), &tasks, &[]).await.expect("they are stored");
    let lines = [collector(1), effort(2, "100")];
    projects::put_lines(tx, project_id(1), (&lines, &[]), ("Anna", noon())).await.expect("they are stored");
}

/// Red when: an order is lost, what is taken out is gone, a state is no version, or ids of other projects are taken
/// over.
async fn tasks_and_lines_are_kept_in_their_order(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    let other = project(2, 2, "Atlas");
    assert!(projects::add(&mut tx, &other).await.expect("it is stored"));
    let own = project_id(1);
    let renamed = [TaskRow { closed: true, ..task(2, "Travel") }, task(3, "Third")];
    projects::put_tasks(&mut tx, own, &renamed, &[task_id(1)]).await.expect("they are stored");
    assert_eq!(projects::tasks(&mut tx, own).await.expect("a read"), renamed);
    assert_eq!(
        projects::task(&mut tx, task_id(2)).await.expect("a read"),
        Some((own, renamed[0].clone())),
        "with its project"
    );
    assert!(projects::task(&mut tx, task_id(1)).await.expect("a read").is_none());
    let of = projects::tasks_of(&mut tx, &[own, other.row.id]).await.expect("a read");
    assert_eq!((of.len(), &of[&own][..]), (1, &renamed[..]));
    let elsewhere = projects::tasks_elsewhere(&mut tx, other.row.id, &[task_id(2), task_id(9)]).await.expect("a read");
    assert_eq!(elsewhere.into_iter().collect::<Vec<_>>(), [task_id(2)]);

    let lines = [effort(3, "50.5"), collector(1)];
    let at = instant("2026-04-16T08:00:00Z");
    projects::put_lines(&mut tx, own, (&lines, &[effort(2, "100")]), ("Ben", at)).await.expect("they are stored");
    let kept = projects::lines(&mut tx, own).await.expect("a read");
    let gone = StoredLine { removed: true, ..effort(2, "100") };
    assert_eq!(kept.iter().filter(|kept| !kept.removed).cloned().collect::<Vec<_>>(), lines);
    assert!(kept.contains(&gone), "{kept:?}");
    let active = projects::lines_of(&mut tx, &[own, other.row.id]).await.expect("a read");
    assert_eq!((active.len(), &active[&own][..]), (1, &lines[..]));
    let versions = projects::line_versions(&mut tx, own).await.expect("a read");
    let told: Vec<_> = versions.iter().map(|version| (version.version, version.lines.len())).collect();
    assert_eq!((told, versions[1].lines[0].id), (vec![(1, 2), (2, 2)], line_id(3)));
    let found = projects::get(&mut tx, own).await.expect("a read").expect("it is there");
    assert_eq!((found.lines_version, found.version), (2, 5));
    let elsewhere = projects::lines_elsewhere(&mut tx, other.row.id, &[line_id(1)]).await.expect("a read");
    assert_eq!(elsewhere.into_iter().collect::<Vec<_>>(), [line_id(1)]);
    assert!(projects::filled(&mut tx, &[account_id(1)]).await.expect("a read").is_empty(), "it is no allowance's");
    commit(tx).await;
    let mut tx = begin(db).await;
    let stolen = projects::put_tasks(&mut tx, other.row.id, &[task(2, "Mine")], &[]).await;
    assert!(matches!(stolen, Err(StoreError::Overtaken)), "{stolen:?}");
    drop(tx);
    let mut tx = begin(db).await;
    let stolen = projects::put_lines(&mut tx, other.row.id, (&[effort(3, "1")], &[]), ("Ben", at)).await;
    assert!(matches!(stolen, Err(StoreError::Overtaken)), "{stolen:?}");
}

fn booking(number: u128, date: &str, seconds: i64) -> StoredBooking {
    StoredBooking {
        version: 1,
        project: project_id(1),
        booking: Booking {
            id: booking_id(number),
            person: user_id(1),
            task: task_id(1),
            date: day(date),
            start: NaiveTime::from_hms_opt(8, 30, 1),
            seconds: Seconds(seconds),
            billable: true,
            note: "Printer".to_owned(),
        },
        billed: Seconds(seconds + 1),
        accepted: i64::try_from(number).expect("small"),
        document: None,
        portions: Vec::new(),
    }
}

fn portions(number: u128) -> Vec<StoredPortion> {
    let line = Target::Line { line: line_id(1) };
    let of = |target, seconds, amount_, taken, draw| StoredPortion {
        portion: Portion { target, seconds: Seconds(seconds), amount: amount_, taken: amount(taken) },
        draw,
    };
    vec![of(line, 40, 0, 40, Some(draw_id(number))), of(Target::Unassigned, 21, 7, 0, None)]
}

fn decided(lines: i64) -> Decided {
    let policy = Policy { overbooking: Overbooking::No, deficits: DeficitPolicy::Balance };
    let accounts = [(account_id(1), Stood { next: Seq(7), policy })].into();
    Decided { lines, task: task_id(1), billable: true, billed: Seconds(61), accounts, holds: false }
}

/// Red when: a field is not read back, a later booking is left out, or one that was deleted leaves something behind.
async fn bookings_are_read_back_with_their_portions(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    let mut first = booking(1, "2026-04-10", 60);
    for new in [&first, &booking(2, "2026-04-12", 60), &booking(3, "2026-04-12", 60), &booking(4, "2026-05-01", 60)] {
        assert!(bookings::add(&mut tx, new).await.expect("it is stored"));
        let (booking, portions) = (new.booking.id, portions(new.booking.id.uuid().as_u128()));
        let new = NewPortions { booking, portions, decided: decided(1) };
        bookings::put_portions(&mut tx, &[new]).await.expect("they are stored");
    }
    assert!(!bookings::add(&mut tx, &first).await.expect("an answer"));
    first.portions = portions(1);
    assert_eq!(bookings::get(&mut tx, booking_id(1)).await.expect("a read").as_ref(), Some(&first));
    let days = DateRange { from: day("2026-04-12"), until: Some(day("2026-05-01")) };
    let later = bookings::later(&mut tx, project_id(1), 2, days).await.expect("a read");
    assert_eq!(
        later.iter().map(|later| (later.booking.id, later.portions.len())).collect::<Vec<_>>(),
        [(booking_id(3), 2)]
    );
    let booked = projects::booked(&mut tx, &[task_id(1), task_id(2)]).await.expect("a read");
    assert_eq!(booked.into_iter().collect::<Vec<_>>(), [task_id(1)]);
    let drawn = bookings::drawn_by_bookings(&mut tx, &[draw_id(1), draw_id(9)]).await.expect("a read");
    assert_eq!(drawn.into_iter().collect::<Vec<_>>(), [draw_id(1)]);

    // Places are instants, or one after the latest one.
    let at = instant("2026-04-15T12:00:00Z");
    assert_eq!(bookings::next_place(&mut tx, project_id(1), at).await.expect("a read"), at.timestamp_micros());
    let early = instant("1970-01-01T00:00:00Z");
    assert_eq!(bookings::next_place(&mut tx, project_id(1), early).await.expect("a read"), 5);
    for (wanted, expected) in [(9, 9), (2, 5), (4, 5)] {
        assert_eq!(bookings::same_place(&mut tx, project_id(1), wanted).await.expect("a read"), expected);
    }
    "Other".clone_into(&mut first.booking.note);
    (first.booking.start, first.booking.billable, first.booking.seconds) = (None, false, Seconds(61));
    bookings::change(&mut tx, &first).await.expect("it is changed");
    let one = vec![StoredPortion {
        portion: Portion { target: Target::NotBillable, seconds: Seconds(61), amount: 0, taken: amount(0) },
        draw: None,
    }];
    let new = NewPortions { booking: booking_id(1), portions: one.clone(), decided: decided(2) };
    bookings::put_portions(&mut tx, &[new]).await.expect("they are stored");
    (first.version, first.portions) = (2, one);
    assert_eq!(bookings::get(&mut tx, booking_id(1)).await.expect("a read").as_ref(), Some(&first));
    let kept = audit::bookings_after(&mut tx, project_id(1), 0, 9).await.expect("a read");
    assert_eq!(kept.iter().map(|kept| kept.accepted).collect::<Vec<_>>(), [1, 2, 3, 4]);
    let text = kept[0].decided.as_deref().expect("it says on what it was decided");
    assert_eq!(serde_json::from_str::<Decided>(text).expect("it is read"), decided(2));
    assert_eq!((kept[0].task_project, kept[1].portions.len()), (Some(project_id(1)), 2));
    assert_eq!(kept[1].portions[0].draw, Some((draw_id(2), None)), "no such draw was posted");

    bookings::delete(&mut tx, &first, ("Ben", at)).await.expect("it is deleted");
    assert!(bookings::get(&mut tx, booking_id(1)).await.expect("a read").is_none());
    assert_eq!(bookings::deleted(&mut tx, booking_id(1)).await.expect("a read"), Some(user_id(1)));
    assert_eq!(bookings::deleted(&mut tx, booking_id(2)).await.expect("a read"), None);
    let gone = bookings::deleted_among(&mut tx, &[1, 2, 9].map(booking_id)).await.expect("a read");
    assert_eq!(gone.into_iter().collect::<Vec<_>>(), [booking_id(1)]);
    commit(tx).await;
}

/// Red when: one of many is stored otherwise than alone, or a taken id or place goes unnoticed.
async fn many_bookings_are_added_at_once(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    let mut second = booking(2, "2026-04-12", 90);
    (second.booking.start, second.booking.billable) = (None, false);
    let new = [booking(1, "2026-04-10", 60), second];
    assert!(bookings::add_many(&mut tx, &new).await.expect("they are stored"));
    for new in &new {
        assert_eq!(bookings::get(&mut tx, new.booking.id).await.expect("a read").as_ref(), Some(new));
    }
    let same_place = StoredBooking { accepted: 2, ..booking(4, "2026-04-12", 60) };
    for taken in [new[0].clone(), same_place] {
        let new = [booking(3, "2026-04-12", 60), taken];
        assert!(!bookings::add_many(&mut tx, &new).await.expect("an answer"));
    }
    assert!(bookings::add_many(&mut tx, &[]).await.expect("an answer"));
    commit(tx).await;
}

/// Red when: a filter or an order is another one, or a name is missing.
async fn bookings_are_listed(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    let mut third = booking(3, "2026-04-12", 60);
    (third.booking.person, third.booking.task, third.booking.billable) = (user_id(2), task_id(2), false);
    third.booking.start = None;
    for new in [&booking(1, "2026-04-10", 60), &booking(2, "2026-04-12", 60), &third] {
        assert!(bookings::add(&mut tx, new).await.expect("it is stored"));
    }
    let new = NewPortions { booking: booking_id(2), portions: portions(2), decided: decided(1) };
    bookings::put_portions(&mut tx, &[new]).await.expect("they are stored");
    commit(tx).await;
    let listed = async |ask: BookingQuery| {
        let mut tx = begin(db).await;
        let rows = bookings::slice(&mut tx, &ask, Slice { offset: 0, most: 9 }).await.expect("a read");
        rows.into_iter().map(|row| row.id.uuid().as_u128()).collect::<Vec<_>>()
    };
    let ask = BookingQuery::default();
    for (filter, expected) in [
        (ask.clone(), vec![3, 2, 1]),
        (BookingQuery { desc: true, ..ask.clone() }, vec![1, 2, 3]),
        (BookingQuery { project: Some(project_id(2)), ..ask.clone() }, vec![]),
        (BookingQuery { project: Some(project_id(1)), ..ask.clone() }, vec![3, 2, 1]),
        (BookingQuery { task: Some(task_id(2)), ..ask.clone() }, vec![3]),
        (BookingQuery { customer: Some(customer_id(1)), ..ask.clone() }, vec![3, 2, 1]),
        (BookingQuery { customer: Some(customer_id(2)), ..ask.clone() }, vec![]),
        (BookingQuery { person: Some(user_id(1)), ..ask.clone() }, vec![2, 1]),
        (BookingQuery { from: Some(day("2026-04-11")), ..ask.clone() }, vec![3, 2]),
        (BookingQuery { until: Some(day("2026-04-10")), ..ask.clone() }, vec![1]),
        (BookingQuery { billable: Some(false), ..ask.clone() }, vec![3]),
        (BookingQuery { unassigned: true, ..ask.clone() }, vec![2]),
        (BookingQuery { q: "p-1".to_owned(), ..ask.clone() }, vec![3, 2, 1]),
        (BookingQuery { q: "customer".to_owned(), ..ask.clone() }, vec![3, 2, 1]),
        (BookingQuery { q: "nobody".to_owned(), ..ask.clone() }, vec![]),
    ] {
        assert_eq!(listed(filter.clone()).await, expected, "{filter:?}");
    }
    let mut tx = begin(db).await;
    for ask in [ask.clone(), BookingQuery { person: Some(user_id(1)), ..ask.clone() }] {
        let rows = bookings::slice(&mut tx, &ask, Slice { offset: 0, most: 9 }).await.expect("a read");
        let [sum] = bookings::sums(&mut tx, &ask).await.expect("a read")[..] else { panic!("one currency") };
        let together = |of: fn(&BookingRow) -> i64| rows.iter().map(of).sum::<i64>();
        assert_eq!((sum.currency, sum.rows), (Currency::CHF, u64::try_from(rows.len()).expect("a few")));
        assert_eq!(
            (sum.seconds.0, sum.billed.0, sum.amount),
            (together(|row| row.seconds.0), together(|row| row.billed.0), together(|row| row.amount().minor)),
            "{ask:?}"
        );
    }
    let none = BookingQuery { project: Some(project_id(2)), ..ask };
    assert_eq!(bookings::sums(&mut tx, &none).await.expect("a read"), vec![]);
    for (project, expected) in [(None, 1), (Some(project_id(1)), 1), (Some(project_id(2)), 0)] {
        assert_eq!(bookings::unassigned(&mut tx, project).await.expect("a read"), expected, "{project:?}");
    }
    let these = bookings::these(&mut tx, &[3, 1, 9].map(booking_id)).await.expect("a read");
    assert!(these.is_sorted_by_key(|stored| stored.accepted) && these.len() == 2, "{these:?}");
    let row = bookings::row(&mut tx, booking_id(2)).await.expect("a read").expect("it is there");
    assert_eq!(
        (row.project.number.as_str(), row.customer.name.as_str(), row.task_name.as_str(), row.person.name.as_str()),
        ("P-1", "Customer 1", "Repair", "ANNA")
    );
    let named: Vec<_> = row.portions.iter().map(|named| (named.line.as_deref(), named.portion.seconds.0)).collect();
    assert_eq!((named, row.lock, row.currency), (vec![(Some("Block"), 40), (None, 21)], None::<Lock>, Currency::CHF));
    let found = bookings::rows(&mut tx, &[2, 3, 9].map(booking_id)).await.expect("a read");
    assert_eq!(found.len(), 2);
    let week = DateRange { from: day("2026-04-06"), until: Some(day("2026-04-13")) };
    let of = bookings::of_person(&mut tx, user_id(1), week, 9).await.expect("a read");
    assert_eq!(of.iter().map(|row| row.id).collect::<Vec<_>>(), [booking_id(1), booking_id(2)]);
    assert!(bookings::row(&mut tx, booking_id(9)).await.expect("a read").is_none());
    let latest = bookings::latest_tasks(&mut tx, user_id(1), 9).await.expect("a read");
    assert_eq!(latest.iter().map(|latest| latest.task.id).collect::<Vec<_>>(), [task_id(1), task_id(1)]);
    assert_eq!(bookings::latest_tasks(&mut tx, user_id(2), 9).await.expect("a read")[0].task.id, task_id(2));
    assert_eq!(bookings::latest_tasks(&mut tx, user_id(1), 1).await.expect("a read").len(), 1);
}

/// Red when: an order is another one, or one that a filter narrows is not that of all.
async fn bookings_are_listed_in_every_order(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    // Its number comes first.
    let row = ProjectRow { number: "A-2".to_owned(), ..project(2, 1, "Atlas").row };
    assert!(projects::add(&mut tx, &StoredProject { row, ..project(2, 1, "") }).await.expect("it is stored"));
    projects::put_tasks(&mut tx, project_id(2), &[task(9, "Survey")], &[]).await.expect("it is stored");
    for (number, date, seconds, person, project, task) in [
        (1, "2026-04-10", 90, 2, 1, 1),
        (2, "2026-04-12", 60, 1, 1, 1),
        (3, "2026-04-11", 30, 2, 2, 9),
        (4, "2026-04-10", 60, 1, 2, 9),
    ] {
        let mut new = StoredBooking { project: project_id(project), ..booking(number, date, seconds) };
        (new.booking.person, new.booking.task) = (user_id(person), task_id(task));
        assert!(bookings::add(&mut tx, &new).await.expect("it is stored"));
    }
    for (sort, expected) in [
        (BookingSort::Date, [2, 3, 4, 1]),
        (BookingSort::Person, [4, 2, 1, 3]),
        (BookingSort::Project, [4, 3, 1, 2]),
        (BookingSort::Time, [3, 4, 2, 1]),
    ] {
        for (from, desc) in
            [(None, false), (Some(day("2026-04-01")), false), (None, true), (Some(day("2026-04-01")), true)]
        {
            let ask = BookingQuery { sort, desc, from, ..BookingQuery::default() };
            let rows = bookings::slice(&mut tx, &ask, Slice { offset: 0, most: 9 }).await.expect("a read");
            let mut found: Vec<u128> = rows.into_iter().map(|row| row.id.uuid().as_u128()).collect();
            if desc {
                found.reverse();
            }
            assert_eq!(found, expected, "{sort:?} {desc} {from:?}");
        }
    }
}

/// The document on which the first booking stands.
async fn on(tx: &mut Tx) -> Option<DocumentId> {
    bookings::get(tx, booking_id(1)).await.expect("a read").expect("it is there").document
}

/// Red when: a name, or on what a booking was poured, is not read; when a booking is put on two documents, or stays on one
/// that gave it back; when what a document invoices is not read back.
async fn bookings_stand_on_the_document_that_invoices_them(db: &Db) {
    given_people(db).await;
    let mut tx = begin(db).await;
    given_project(&mut tx).await;
    for new in [&booking(1, "2026-04-10", 60), &booking(2, "2026-05-01", 60)] {
        assert!(bookings::add(&mut tx, new).await.expect("it is stored"));
        let (booking, portions) = (new.booking.id, portions(new.booking.id.uuid().as_u128()));
        let new = NewPortions { booking, portions, decided: decided(1) };
        bookings::put_portions(&mut tx, &[new]).await.expect("they are stored");
    }
    let april = DateRange { from: day("2026-04-01"), until: Some(day("2026-05-01")) };
    let found = bookings::of_period(&mut tx, project_id(1), april).await.expect("a read");
    let [of] = &found[..] else { panic!("one booking: {found:?}") };
    assert_eq!((of.stored.booking.id, of.stored.portions.len()), (booking_id(1), 2));
    assert_eq!((of.task.as_str(), of.person.as_str(), of.decided.as_ref()), ("Repair", "ANNA", Some(&decided(1))));

    let draft = NewDocument { kind: DocumentKind::Invoice, lines: Vec::new(), ..invoice(1, 1, None, "2026-04-15") };
    add_invoices(&mut tx, &[draft]).await;
    let project = ProjectRef { id: project_id(1), number: "P-1".to_owned(), name: "Then".to_owned() };
    let report = ActivityReport { project, period: april, lines: Vec::new(), rows: Vec::new() };
    let vat = "19".parse().expect("a rate");
    let new = ProjectInvoice { document: document_id(1), project: project_id(1), period: april, vat, report };
    project_invoices::add(&mut tx, &new).await.expect("it is stored");
    assert_eq!(project_invoices::get(&mut tx, document_id(1)).await.expect("a read").as_ref(), Some(&new));
    bookings::put_on(&mut tx, document_id(1), &[booking_id(1)]).await.expect("it is free");
    assert_eq!(on(&mut tx).await, Some(document_id(1)));
    let twice = bookings::put_on(&mut tx, document_id(1), &[booking_id(1), booking_id(2)]).await;
    assert!(matches!(twice, Err(StoreError::Overtaken)), "{twice:?}");
    let shown = project_invoices::shown(&mut tx, document_id(1)).await.expect("a read").expect("it is there");
    assert_eq!((shown.period, shown.project.id), (april, project_id(1)));
    let of = project_invoices::project_of(&mut tx, document_id(1)).await.expect("a read");
    assert_eq!((of, shown.project.name.as_str() == "Then"), (Some(project_id(1)), false), "it has its present name");
    bookings::free(&mut tx, document_id(1)).await.expect("they are free");
    assert_eq!(on(&mut tx).await, None);
    project_invoices::forget(&mut tx, document_id(1)).await.expect("it is forgotten");
    assert_eq!(project_invoices::get(&mut tx, document_id(1)).await.expect("a read"), None);
}

on_both!(
    projects_are_read_back_and_listed,
    bookings_stand_on_the_document_that_invoices_them,
    tasks_and_lines_are_kept_in_their_order,
    bookings_are_read_back_with_their_portions,
    many_bookings_are_added_at_once,
    bookings_are_listed,
    bookings_are_listed_in_every_order,
);
