//! Bookings of time: booking, changing, moving and deleting it, timers, and what was booked.
//!
//! Every way in takes the lock of the project, loads the facts under the locks of the accounts, and lets the domain
//! decide: who comes second sees what the first has left.

use chrono::NaiveDate;
use domain::{BookingId, DateRange, Permission, Seconds, UserId, splitting::Lock};
use store::{Slice, Tx, bookings, history, people};
use wire::{
    FieldReason, Noun, Page, Problem,
    bookings::{BookingPage, BookingQuery, BookingRow, PersonBookings},
    history::Change,
    projects::PersonRef,
};

use crate::{Call, Env, Refused, people::own, projects::booker, settings};

mod choices;
mod delete;
mod many;
mod moving;
mod post;
mod recent;
mod save;
mod simulate;
mod timer;
mod told;
mod view;
mod week;

pub use choices::choices;
pub use delete::delete;
pub use many::book_many;
pub use moving::{move_many, move_plan};
pub use recent::{recent, worker};
pub use save::{book, change};
pub use simulate::{Existing, Overdrawn, Simulated, Simulation, Step, simulate};
pub(crate) use timer::ahead;
pub use timer::{book_timer, clock, pieces, saved_under};
pub(crate) use told::draw_words;
pub use view::view;
pub use week::week;

const SUBJECT: &str = "booking";
/// The most days of a person that are read at once.
pub const MOST_DAYS: i64 = 62;
/// More than anybody books in that time.
const MOST_ROWS: i64 = 5_000;

/// A page of the list. Whoever only books the own time sees that only.
pub async fn list(env: &Env, call: &Call, ask: &BookingQuery) -> Result<Page<BookingRow>, Refused> {
    let mut tx = env.db.read().await?;
    let ask = visible(&mut tx, call, ask).await?;
    listed(env, &mut tx, &ask).await
}

/// The same with the sums of all pages, where a filter narrows the list.
pub async fn page(env: &Env, call: &Call, ask: &BookingQuery) -> Result<BookingPage, Refused> {
    let mut tx = env.db.read().await?;
    let ask = visible(&mut tx, call, ask).await?;
    let page = listed(env, &mut tx, &ask).await?;
    let sums = if ask.is_narrowed() { bookings::sums(&mut tx, &ask).await? } else { Vec::new() };
    Ok(BookingPage { page, sums })
}

/// What of a list the person may see.
async fn visible(tx: &mut Tx, call: &Call, ask: &BookingQuery) -> Result<BookingQuery, Refused> {
    let mut ask = ask.clone();
    if !call.by.role.may(Permission::SeeProjects) {
        ask.person = Some(booker(tx, call).await?);
    }
    Ok(ask)
}

async fn listed(env: &Env, tx: &mut Tx, ask: &BookingQuery) -> Result<Page<BookingRow>, Refused> {
    let mut page = bookings::list(tx, ask).await?;
    shown(env, tx, &mut page.rows).await?;
    Ok(page)
}

/// The rows of a slice of the list of all bookings.
pub(crate) async fn slice(
    env: &Env,
    tx: &mut Tx,
    ask: &BookingQuery,
    slice: Slice,
) -> Result<Vec<BookingRow>, Refused> {
    let mut rows = bookings::slice(tx, ask, slice).await?;
    shown(env, tx, &mut rows).await?;
    Ok(rows)
}

/// A booking. Those of others exist only for whoever sees all projects.
pub async fn get(env: &Env, call: &Call, id: BookingId) -> Result<BookingRow, Refused> {
    let mut tx = env.db.read().await?;
    seen(env, &mut tx, call, id).await
}

async fn seen(env: &Env, tx: &mut Tx, call: &Call, id: BookingId) -> Result<BookingRow, Refused> {
    let all = call.by.role.may(Permission::SeeProjects);
    let person = if all { None } else { Some(booker(tx, call).await?) };
    let found = bookings::row(tx, id).await?.filter(|row| person.is_none_or(|person| row.person.id == person));
    let mut row = found.ok_or_else(|| Refused::not_found(Noun::Booking))?;
    shown(env, tx, std::slice::from_mut(&mut row)).await?;
    Ok(row)
}

/// The latest changes of a booking, newest first.
pub async fn changes_of(env: &Env, call: &Call, id: BookingId) -> Result<Vec<Change>, Refused> {
    let mut tx = env.db.read().await?;
    seen(env, &mut tx, call, id).await?;
    let changes = history::list(&mut tx, SUBJECT, &id.to_string(), 100).await?;
    Ok(changes.into_iter().map(|change| env.localised(change)).collect())
}

/// The bookings of a person on some days, such as a week: of whoever calls, or of anybody for those who see all
/// projects.
///
/// Refused for more days than a person looks at.
pub async fn of_person(
    env: &Env,
    call: &Call,
    person: Option<UserId>,
    days: DateRange,
) -> Result<PersonBookings, Refused> {
    let mut tx = env.db.read().await?;
    let all = call.by.role.may(Permission::SeeProjects);
    let own = if all { own(&mut tx, call).await? } else { Some(booker(&mut tx, call).await?) };
    let missing = || Problem::field("person", FieldReason::Missing);
    let person = person.or(own).ok_or_else(missing)?;
    if !all && own != Some(person) {
        return Err(Problem::Forbidden { needs: Permission::SeeProjects }.into());
    }
    let length = days.until.map_or(i64::MAX, |until| until.signed_duration_since(days.from).num_days());
    if !(1..=MOST_DAYS).contains(&length) {
        return Err(Problem::field("until", FieldReason::NotOneOf).into());
    }
    let found = people::workers_among(&mut tx, &[person]).await?.pop();
    let person = found.ok_or_else(|| Problem::field("person", FieldReason::NotOneOf))?;
    let mut rows = bookings::of_person(&mut tx, person.id, days, MOST_ROWS).await?;
    shown(env, &mut tx, &mut rows).await?;
    Ok(together(person, days, rows))
}

/// Bookings of a person with what they come to.
fn together(person: PersonRef, days: DateRange, rows: Vec<BookingRow>) -> PersonBookings {
    let sum =
        |of: fn(&BookingRow) -> Seconds| Seconds(rows.iter().fold(0, |sum: i64, row| sum.saturating_add(of(row).0)));
    let (seconds, billed) = (sum(|row| row.seconds), sum(|row| row.billed));
    PersonBookings { person, days, rows, seconds, billed }
}

/// Bookings as pages show them: also closed books lock them.
async fn shown(env: &Env, tx: &mut Tx, rows: &mut [BookingRow]) -> Result<(), Refused> {
    if rows.is_empty() {
        return Ok(());
    }
    let closed: Option<NaiveDate> = settings::read(env, tx).await?.books_closed_until;
    for row in rows {
        let closed = closed.is_some_and(|closed| row.date < closed);
        row.lock = row.lock.or(closed.then_some(Lock::ClosedBooks));
    }
    Ok(())
}
