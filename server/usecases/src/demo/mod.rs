//! The demo company: 60 customers with two years behind them and 25 people who work for them, made by the use cases with
//! a stepped clock and a fixed seed, with dates relative to today.

mod catalogue;
mod contracts;
mod documents;
pub mod life;
mod mails;
mod models;
mod names;
mod projects;
mod receipts;
mod situations;
mod stage;
mod story;
mod templates;
pub mod times;

pub use situations::{Situation, situations};

use chrono::{Datelike, NaiveDate, NaiveTime};
use domain::{CustomerId, Role, UserId};
use fastrand::Rng;
use futures::{StreamExt, TryStreamExt, stream};
use store::{papers, settings};
use wire::{
    customers::{CustomerCard, CustomerDraft, CustomerQuery},
    people::{DemoLogin, Person},
    settings::{Letters, Settings},
};

use crate::{
    Env, Refused, SteppedClock, accounts, customers,
    people::{self, NewUser, program},
};
use contracts::Lived;
use names::{COMPANIES, PEOPLE, STREETS};
use story::{Plan, plans};
use times::Worked;

const HOUR: i64 = 3_600;
const SETTING: &str = "demo";
/// The mark of a company that is being made, or whose making was interrupted.
const BEGUN: &str = "begun";
/// The mark of one that is complete.
const MADE: &str = "made";
const PASSWORD: &str = "drawdown";
const SEED: u64 = 20_260_401;

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Made {
    /// Customers.
    pub customers: usize,
    /// Accounts that belong to no contract and to no project.
    pub accounts: usize,
    /// Entries on them.
    pub entries: usize,
    /// Contracts.
    pub contracts: usize,
    /// Delivery notes and invoices that are not over contracts.
    pub documents: usize,
    /// Projects.
    pub projects: usize,
    /// Bookings of time on them.
    pub bookings: usize,
}

/// What stands in a database, as far as a demo company is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Neither customers nor people: a demo company may be made.
    Empty,
    /// A part of a demo company: it is being made, or its making was interrupted.
    Begun,
    /// A demo company, or a real one.
    InUse,
}

/// What stands in the database.
pub async fn standing(env: &Env) -> Result<Standing, Refused> {
    let mut tx = env.db.read().await?;
    let mark = settings::get(&mut tx, SETTING).await?;
    if mark.as_deref() == Some(BEGUN) {
        return Ok(Standing::Begun);
    }
    let empty = mark.is_none()
        && store::people::workers(&mut tx).await?.is_empty()
        && store::customers::list(&mut tx, &CustomerQuery::default()).await?.rows.is_empty();
    Ok(if empty { Standing::Empty } else { Standing::InUse })
}

/// The logins of a demo company; none in any other database.
pub async fn logins(env: &Env) -> Result<Vec<DemoLogin>, Refused> {
    let demo = settings::get(&mut env.db.read().await?, SETTING).await?.as_deref() == Some(MADE);
    Ok(if demo { logins_to_be().collect() } else { Vec::new() })
}

/// Makes the demo company in an empty database; `None` when somebody has begun it before. It is marked as begun first
/// and as made last: one that was interrupted is known by that, and is neither finished nor made again.
pub async fn make(env: &Env) -> Result<Option<Made>, Refused> {
    let begin = env.db.write(|tx| Box::pin(async move { settings::add(tx, SETTING, BEGUN).await }));
    if !begin.await? {
        return Ok(None);
    }
    // Work that begins at once gets its numbers in the order in which it begins. The runtime would let some of it wait,
    // now and then, and another company would come of it.
    tokio::task::unconstrained(made(env)).await.map(Some)
}

async fn made(env: &Env) -> Result<Made, Refused> {
    let mut rng = Rng::with_seed(SEED);
    let today = env.today();
    let start = first_of_month(today, 24);
    let mut ids = Vec::new();
    for (place, (name, city, postcode)) in COMPANIES.iter().enumerate() {
        let early = at(env, start);
        let id = CustomerId::new(early.id());
        let card = CustomerCard {
            name: (*name).to_owned(),
            street: format!("{} {}", STREETS[rng.usize(..STREETS.len())], rng.u32(1..120)),
            postcode: (*postcode).to_owned(),
            city: (*city).to_owned(),
            country: "DE".to_owned(),
            email: format!("rechnung@{}.example", store::fold(name).replace(' ', "-")),
            vat_id: if rng.u8(..10) < 8 { format!("DE{}", rng.u32(100_000_000..999_999_999)) } else { String::new() },
            number: String::new(),
        };
        let draft = CustomerDraft { id, version: 0, card };
        customers::save(&early, &program(PEOPLE[place % PEOPLE.len()]), draft).await?;
        ids.push(id);
    }
    let logins = add_people(env, ids[0]).await?;
    letterhead(&at(env, start)).await?;
    let plans: Vec<Plan> =
        ids.iter().enumerate().flat_map(|(place, id)| plans(&mut rng, place, *id, start, today)).collect();
    let accounts = plans.len();
    // Many accounts at once: their writes share commits. Within an account the days come one after the other.
    let entries: usize = stream::iter(plans)
        .map(|plan| story::live(env.clone(), plan))
        .buffer_unordered(48)
        .try_fold(0, |sum, entries| async move { Ok(sum + entries) })
        .await?;
    let Lived { contracts, documents } = contracts::live(env, &ids, start, today).await?;
    let Worked { projects, bookings } = times::live(env, &ids, &logins, start, today).await?;
    templates::keep(env, today).await?;
    receipts::come_in(env, today).await?;
    mails::remind(env, today).await?;
    // Two years of papers are set when somebody looks at them.
    let mark = env.db.write(|tx| {
        Box::pin(async move {
            papers::when_asked(tx).await?;
            store::mails::all_sent(tx, mails::TAKEN).await?;
            settings::put(tx, SETTING, MADE).await
        })
    });
    mark.await?;
    mails::refused(env, today).await?;
    // Beside the companies there are the one with the contract whose life is told, and the one with the 45 minutes.
    Ok(Made { customers: ids.len() + 2, accounts, entries, contracts, documents, projects, bookings })
}

/// What stands on the letters of the demo company.
async fn letterhead(env: &Env) -> Result<(), Refused> {
    let now = crate::settings::page(env, &program("demo")).await?.settings;
    let text = str::to_owned;
    let letters = Letters {
        tax_id: text("5133/5512/0817"),
        phone: text("0221 555 01-0"),
        email: text("buchhaltung@musterhaus.example"),
        web: text("www.musterhaus.example"),
        legal: text("Amtsgericht Köln HRB 55120 · Geschäftsführung: Anna Brandt"),
        bank: text("Musterbank Köln"),
        iban: text("DE89370400440532013000"),
        bic: text("COBADEFFXXX"),
        zero_rate_reason: text("Steuerschuldnerschaft des Leistungsempfängers (§ 13b UStG)"),
        closing: text("Vielen Dank für Ihren Auftrag."),
        ..Letters::default()
    };
    let (street, postcode, city) = (text("Am Hafen 12"), text("50678"), text("Köln"));
    let draft = Settings { street, postcode, city, vat_id: text("DE811907980"), letters, ..now };
    crate::settings::save(env, &program("demo"), draft).await.map(drop)
}

async fn add_people(env: &Env, company: CustomerId) -> Result<Vec<(Person, UserId)>, Refused> {
    let mut added = Vec::new();
    for (DemoLogin { login, password, role }, name) in logins_to_be().zip(PEOPLE) {
        let customer = (role == Role::Customer).then_some(company);
        let person = Person { name: name.to_owned(), login, role, customer };
        let (name, login) = (person.name.clone(), person.login.clone());
        let id = people::add_user(env, NewUser { login, name, role, customer, password }).await?;
        added.push((person, id));
    }
    Ok(added)
}

fn logins_to_be() -> impl Iterator<Item = DemoLogin> {
    let login = |role: Role| DemoLogin { login: role.name().replace('_', ""), password: PASSWORD.to_owned(), role };
    Role::ALL.into_iter().map(login)
}

/// The surroundings on that day at nine in the morning.
fn at(env: &Env, day: NaiveDate) -> Env {
    let nine = NaiveTime::from_hms_opt(9, 0, 0).unwrap_or_default();
    env.at(SteppedClock(day.and_time(nine).and_utc()))
}

/// The first day of the month that lies `back` months before that of `day`.
fn first_of_month(day: NaiveDate, back: u32) -> NaiveDate {
    let first = day.with_day(1).unwrap_or(day);
    first.checked_sub_months(chrono::Months::new(back)).unwrap_or(first)
}

async fn account_of(env: &Env, plan: &Plan) -> Result<(), Refused> {
    accounts::open(&at(env, plan.start), &program(plan.by), plan.account.clone()).await.map(drop)
}
