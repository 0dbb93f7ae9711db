//! The time that the people of the demo company book: two years on forty projects, the maintenance with 45 free minutes
//! and what of it is billed, and the week of the login that only books its own time.

use std::mem;

use chrono::{Datelike, Months, NaiveDate, NaiveTime, Weekday};
use domain::{BookingId, CustomerId, DateRange, DocumentId, ProjectId, Role, RunId, Seconds, TaskId, UserId};
use fastrand::Rng;
use futures::{StreamExt, TryStreamExt, stream};
use wire::{
    billing::{RunDraft, Selection},
    bookings::BookingDraft,
    customers::{CustomerCard, CustomerDraft},
    people::Person,
    projects::{InvoiceAsk, InvoiceProjectDraft},
};

use super::{
    at,
    catalogue::id,
    first_of_month,
    models::{MAINTENANCE, MODELS},
    names::{LEADERS, PEOPLE, REMOTE, TEAM},
    projects::Project,
    situations::{fixed, reserved},
};
use crate::{
    Call, Env, Refused, billing, bookings, customers, documents,
    people::{self, NewWorker, program},
    projects::invoicing,
};

/// How many bookings the projects of a kind have: of the first customer, the second one, and so on.
const BOOKINGS: [usize; 4] = [800, 600, 400, 200];
/// The place of the project that is closed after its first year.
const CLOSED: usize = 35;
/// How many projects are on their way at once: their writes share commits.
const AT_ONCE: usize = 8;
const MINUTE: i64 = 60;
const QUARTER: i64 = 15 * MINUTE;

/// The customer of the maintenance with 45 free minutes.
pub const CUSTOMER: &str = "Hofladen Wiesengrund";
/// Whoever bills it.
const ACCOUNTING: &str = PEOPLE[2];
/// What was booked on it: how many months ago, on or after which day of the month, and how many minutes; then what is
/// booked today.
const MAINTAINED: [(u32, u32, i64); 16] = [
    (11, 10, 60),
    (10, 8, 30),
    (10, 21, 30),
    (9, 14, 120),
    (8, 6, 45),
    (7, 12, 15),
    (7, 19, 20),
    (6, 9, 60),
    (5, 5, 30),
    (5, 20, 60),
    (4, 11, 90),
    (3, 7, 30),
    (2, 13, 60),
    (1, 6, 75),
    (1, 21, 45),
    (0, 1, 60),
];
/// A day of the login that only books its own time: the place of the project, hour and minute of its timer, minutes, and
/// what was done.
const DAY: [(usize, [u32; 2], i64, &str); 3] = [
    (0, [8, 30], 45, "Störung E-Mail-Versand behoben"),
    (1, [9, 20], 100, "Sicherheitsupdates eingespielt"),
    (5, [13, 5], 150, "Produktseiten überarbeitet"),
];

/// The id of the project with 45 free minutes, the same in each demo company.
pub fn maintenance() -> ProjectId {
    ProjectId::new(fixed(10, 0))
}

/// The id of the invoice over the time of last month on it, the same in each demo company.
pub fn extra_time() -> DocumentId {
    DocumentId::new(fixed(10, 2))
}

/// What was made.
pub(super) struct Worked {
    pub projects: usize,
    pub bookings: usize,
}

/// Makes the team and the projects and books the time of all of them. `own` are the logins of the demo with whom they are.
pub(super) async fn live(
    env: &Env,
    customers: &[CustomerId],
    own: &[(Person, UserId)],
    start: NaiveDate,
    today: NaiveDate,
) -> Result<Worked, Refused> {
    let mut rng = Rng::with_seed(2_026_003);
    let mut workers = people::add_workers(&at(env, start), team()).await?;
    let login = |role: Role| own.iter().find(|(person, _)| person.role == role);
    let (staff, leader) = (login(Role::Staff), login(Role::ProjectManager));
    workers.extend(staff.into_iter().chain(leader).map(|(_, user)| *user));

    // The first customers stay as simple as they are.
    let free = customers.iter().enumerate().filter(|(place, _)| *place > 2 && !reserved(*place));
    // What they cost each month has still to be billed for the first time.
    let next = first_of_month(today, 0).checked_add_months(Months::new(1)).unwrap_or(today);
    let mut projects = Vec::new();
    for (place, (_, customer)) in free.take(MODELS.len() * BOOKINGS.len()).enumerate() {
        let by = TEAM[place % LEADERS];
        let mut team = workers.clone();
        rng.shuffle(&mut team);
        team.truncate(rng.usize(4..9));
        let named = (ProjectId::new(id(&mut rng)), *customer);
        let project = Project::new(&mut rng, named, &MODELS[place % MODELS.len()], (by, team), start);
        // One after the other, so that they get their numbers in this order.
        project.make(env, &mut rng, next).await?;
        projects.push(project);
    }
    let made = projects.len() + 1;
    let lives = projects.iter().enumerate().map(|(place, project)| {
        let life = Life { project, start, today, count: BOOKINGS[place / MODELS.len()], closes: place == CLOSED };
        life.live(env, Rng::with_seed(rng.u64(..)))
    });
    let lives: Vec<_> = lives.collect();
    let all = stream::iter(lives).buffer_unordered(AT_ONCE);
    let mut bookings = all.try_fold(0, |sum, booked| async move { Ok(sum + booked) }).await?;
    bookings += maintained(env, &mut rng, &workers, today).await?;
    if let Some((person, _)) = staff {
        bookings += week(env, &mut rng, person, &projects, today).await?;
    }
    Ok(Worked { projects: made, bookings })
}

/// Those who work on projects; they have no passwords.
fn team() -> Vec<NewWorker> {
    let worker = |(place, name): (usize, &&str)| {
        let role = if place < LEADERS { Role::ProjectManager } else { Role::Staff };
        NewWorker { login: store::fold(name).replace(' ', "."), name: (*name).to_owned(), role }
    };
    TEAM.iter().enumerate().map(worker).collect()
}

/// How a project lives.
struct Life<'a> {
    project: &'a Project,
    start: NaiveDate,
    today: NaiveDate,
    /// How many bookings it gets.
    count: usize,
    /// Whether it is closed after its first year.
    closes: bool,
}

impl Life<'_> {
    /// Books what was worked: people hand it in when a quarter is over. Returns how many bookings there are.
    async fn live(self, env: &Env, mut rng: Rng) -> Result<usize, Refused> {
        let end = self.start.checked_add_months(Months::new(12)).filter(|_| self.closes);
        let last = end.and_then(|end| end.pred_opt()).unwrap_or(self.today);
        let days = self.start.iter_days().take_while(|day| *day <= last);
        let days: Vec<NaiveDate> = days.filter(|day| works(*day)).collect();
        let mut dates: Vec<NaiveDate> = (0..self.count).map(|_| days[rng.usize(..days.len())]).collect();
        dates.sort_unstable();
        let mut drafts: Vec<BookingDraft> = dates.into_iter().map(|date| self.draft(&mut rng, date)).collect();
        let (mut from, mut booked) = (self.start, 0);
        while from <= last {
            let until = from.checked_add_months(Months::new(3)).unwrap_or(NaiveDate::MAX);
            self.project.prepaid(env, &mut rng, from).await?;
            let later = drafts.split_off(drafts.partition_point(|draft| draft.date < until));
            let now = at(env, until.min(self.today));
            booked += bookings::book_many(&now, &program(self.project.by), mem::replace(&mut drafts, later)).await?;
            from = until;
        }
        if let Some(end) = end {
            self.project.close(env, end).await?;
        }
        Ok(booked)
    }

    fn draft(&self, rng: &mut Rng, date: NaiveDate) -> BookingDraft {
        let Project { model, tasks, team, .. } = self.project;
        let [least, most] = model.quarters;
        // Where no line takes the last task, it is seldom that somebody works on it.
        let common = if model.limited && rng.u8(..15) > 0 { tasks.len() - 1 } else { tasks.len() };
        // Short ones are more frequent.
        let quarters = rng.i64(least..=most).min(rng.i64(least..=most));
        let timed = least < most && rng.u8(..30) == 0;
        let start = NaiveTime::from_hms_opt(rng.u32(7..17), rng.u32(..60), 0);
        // What a timer measures today is not over yet.
        let start = start.filter(|_| timed && date < self.today);
        let seconds = Seconds(quarters * QUARTER + if timed { rng.i64(0..10 * MINUTE) } else { 0 });
        let words = model.words[rng.usize(..model.words.len())];
        let (task, person) = (tasks[rng.usize(..common)], team[rng.usize(..team.len())]);
        BookingDraft {
            billable: rng.u8(..100) >= 8,
            start,
            note: if rng.u8(..8) == 0 { String::new() } else { words.to_owned() },
            ..draft(rng, task, (Some(person), date, seconds))
        }
    }
}

/// Whether people work on that day.
fn works(day: NaiveDate) -> bool {
    day.weekday().number_from_monday() <= 5
}

/// A new booking of time that the customer pays for.
fn draft(rng: &mut Rng, task: TaskId, (person, date, seconds): (Option<UserId>, NaiveDate, Seconds)) -> BookingDraft {
    BookingDraft {
        id: BookingId::new(id(rng)),
        version: 0,
        task,
        person,
        date,
        start: None,
        seconds,
        billable: true,
        note: String::new(),
        seen: None,
        seen_left: None,
    }
}

/// The maintenance with 45 free minutes, from a year ago to today. Returns how many bookings there are.
async fn maintained(env: &Env, rng: &mut Rng, workers: &[UserId], today: NaiveDate) -> Result<usize, Refused> {
    let start = first_of_month(today, 12);
    let (customer, by) = (CustomerId::new(fixed(10, 1)), TEAM[0]);
    let card = CustomerCard {
        name: CUSTOMER.to_owned(),
        street: "Wiesengrund 3".to_owned(),
        postcode: "21335".to_owned(),
        city: "Lüneburg".to_owned(),
        country: "DE".to_owned(),
        email: "rechnung@hofladen-wiesengrund.example".to_owned(),
        ..CustomerCard::default()
    };
    customers::save(&at(env, start), &program(by), CustomerDraft { id: customer, version: 0, card }).await?;
    let team = workers.get(LEADERS..LEADERS + 3).unwrap_or_default().to_vec();
    let project = Project::new(rng, (maintenance(), customer), &MAINTENANCE, (by, team), start);
    project.make(env, rng, first_of_month(today, 1)).await?;
    let (Some(task), Some(person)) = (project.tasks.first(), project.team.first()) else { return Ok(0) };
    for (place, (back, day, minutes)) in MAINTAINED.into_iter().enumerate() {
        let month = first_of_month(today, back);
        let date = month.with_day(day).and_then(|day| day.iter_days().find(|day| works(*day))).unwrap_or(month);
        let date = if back == 0 { today } else { date };
        let new = draft(rng, *task, (Some(*person), date, Seconds(minutes * MINUTE)));
        let new = BookingDraft { note: REMOTE[place % REMOTE.len()].to_owned(), ..new };
        bookings::book(&at(env, date), &program(by), new).await?;
    }
    billed(&at(env, today), today).await?;
    Ok(MAINTAINED.len())
}

/// Bills the fee of the maintenance for the first time, for last month and this one, and invoices what was worked last
/// month beyond the free minutes, with the activity report behind it.
async fn billed(env: &Env, today: NaiveDate) -> Result<(), Refused> {
    let call = program(ACCOUNTING);
    let (id, selection) = (RunId::new(fixed(10, 3)), Selection::Project(maintenance()));
    let run = billing::start(env, &call, RunDraft { id, as_of: today, issue: true, selection }).await?;
    billing::work(env, run.id).await?;
    let period = DateRange { from: first_of_month(today, 1), until: Some(first_of_month(today, 0)) };
    let ask = InvoiceAsk { project: maintenance(), period, vat: None };
    invoicing::create(env, &call, InvoiceProjectDraft { id: extra_time(), ask, seen: None }).await?;
    documents::issue(env, &call, extra_time()).await.map(drop)
}

/// The week of somebody who books its own time, up to today, as its timer measured it until yesterday. Returns how many
/// bookings it has.
async fn week(
    env: &Env,
    rng: &mut Rng,
    person: &Person,
    projects: &[Project],
    today: NaiveDate,
) -> Result<usize, Refused> {
    let (call, mut booked) = (Call::by(people::actor(person)), 0);
    let days = today.week(Weekday::Mon).first_day().iter_days().take_while(|day| *day <= today);
    for date in days.filter(|day| works(*day) || *day == today) {
        for (place, [hour, minute], minutes, text) in DAY {
            let Some(task) = projects.get(place).and_then(|project| project.tasks.first()) else { continue };
            let new = draft(rng, *task, (None, date, Seconds(minutes * MINUTE)));
            let start = NaiveTime::from_hms_opt(hour, minute, 0);
            // Today's are typed: a timer would still run. Those of a day that is over are sent the morning after.
            let start = start.filter(|_| date < today);
            let now = date.succ_opt().map_or(today, |next| next.min(today));
            let new = BookingDraft { start, note: text.to_owned(), ..new };
            bookings::book(&at(env, now), &call, new).await?;
            booked += 1;
        }
    }
    Ok(booked)
}
