//! Bookings of time and their portions: reading them for a decision, and writing what was decided.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, NaiveTime, Timelike, Utc};
use domain::{
    BookingId, DateRange, DocumentId, DrawId, ProjectId, Seconds, UserId,
    quota::Amount,
    splitting::{Booking, Decided, Portion, Target},
};

use crate::{
    StoreError, Tx,
    accounts::usable_until,
    sql::{Row, Value, in_list, insert_rows, insert_rows_or, query, statements},
};

mod invoicing;
mod rows;

pub(crate) use invoicing::STATEMENTS as INVOICING;
#[cfg(feature = "testing")]
pub(crate) use invoicing::put_on_sql;
pub use invoicing::{PeriodBooking, free, of_period, put_on};
pub(crate) use rows::STATEMENTS as ROWS;
pub use rows::{LatestTask, latest_tasks, list, of_draws, of_person, row, rows, slice, sums, unassigned};
#[cfg(feature = "testing")]
pub(crate) use rows::{listing, named_portions_sql, of_draws_sql, rows_sql, sums_listing};

macro_rules! booking_columns {
    () => {
        "id, version, project_id, task_id, person_id, date, started, seconds, billed, billable, note, accepted, document_id"
    };
}

statements! {
    BOOKING = concat!("SELECT ", booking_columns!(), " FROM bookings WHERE id = $1");
    LATER_BOOKINGS = concat!("SELECT ", booking_columns!(), " FROM bookings
        WHERE project_id = $1 AND date >= $2 AND date < $3 AND accepted > $4 AND document_id IS NULL ORDER BY accepted");
    ACCEPTED_BETWEEN = "SELECT b.id, b.date,
            (SELECT x.decided FROM booking_decisions x WHERE x.booking_id = b.id) AS decided
        FROM bookings b WHERE b.project_id = $1 AND b.accepted > $2 AND b.accepted < $3 AND b.document_id IS NULL
        ORDER BY b.accepted";
    LAST_ACCEPTED = "SELECT accepted FROM bookings WHERE project_id = $1 ORDER BY accepted DESC LIMIT 1";
    PLACE_TAKEN = "SELECT accepted FROM bookings WHERE project_id = $1 AND accepted = $2";
    FREE_PLACE = "SELECT b.accepted + 1 AS free FROM bookings b WHERE b.project_id = $1 AND b.accepted >= $2 AND NOT EXISTS
            (SELECT 1 FROM bookings n WHERE n.project_id = $1 AND n.accepted = b.accepted + 1) ORDER BY b.accepted LIMIT 1";
    ADD_BOOKING = "INSERT INTO bookings (id, version, project_id, task_id, person_id, date, started, seconds, billed,
            billable, note, accepted)
        VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_BOOKING = "UPDATE bookings SET version = version + 1, project_id = $2, task_id = $3, person_id = $4, date = $5,
            started = $6, seconds = $7, billed = $8, billable = $9, note = $10, accepted = $11 WHERE id = $1";
    FORGET_DECISION = "DELETE FROM booking_decisions WHERE booking_id = $1";
    FORGET_BOOKING = "DELETE FROM bookings WHERE id = $1";
    NOTE_DELETED = "INSERT INTO deleted_bookings (id, project_id, person_id, at, by_name) VALUES ($1, $2, $3, $4, $5)";
    DELETED = "SELECT person_id FROM deleted_bookings WHERE id = $1";
}

/// A portion as it is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredPortion {
    /// The portion.
    pub portion: Portion,
    /// By which draw it takes something of the account of its line.
    pub draw: Option<DrawId>,
}

/// A booking as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBooking {
    /// Grows with each change of its content.
    pub version: i64,
    /// On which project.
    pub project: ProjectId,
    /// The booking.
    pub booking: Booking,
    /// What is billed of it.
    pub billed: Seconds,
    /// Its place in the order in which bookings were accepted.
    pub accepted: i64,
    /// The document on which it stands.
    pub document: Option<DocumentId>,
    /// Where its time went.
    pub portions: Vec<StoredPortion>,
}

/// What was decided for a booking, to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewPortions {
    /// The booking.
    pub booking: BookingId,
    /// Where its time goes.
    pub portions: Vec<StoredPortion>,
    /// On what that was decided.
    pub decided: Decided,
}

/// A time of day as seconds.
fn started(start: Option<NaiveTime>) -> Option<i64> {
    start.map(|start| i64::from(start.num_seconds_from_midnight()))
}

/// Reads the time of day at which a booking began.
pub(crate) fn start_of(row: &Row) -> Result<Option<NaiveTime>, StoreError> {
    let Some(seconds) = row.get::<Option<i64>>("started")? else { return Ok(None) };
    let time =
        u32::try_from(seconds).ok().and_then(|seconds| NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0));
    time.map(Some).ok_or_else(|| StoreError::Unreadable { what: "started", value: seconds.to_string() })
}

/// Reads a portion.
pub(crate) fn portion_of(row: &Row) -> Result<Portion, StoreError> {
    let target: String = row.get("target")?;
    let line = row.maybe("line_id")?;
    let target = match (target.as_str(), line) {
        ("line", Some(line)) => Target::Line { line },
        ("not_billable", None) => Target::NotBillable,
        ("unassigned", None) => Target::Unassigned,
        _ => return Err(StoreError::Unreadable { what: "target", value: target }),
    };
    let (seconds, taken) = (Seconds(row.get("seconds")?), Amount::new(row.get("taken")?));
    Ok(Portion { target, seconds, amount: row.get("amount")?, taken })
}

fn stored(row: &Row) -> Result<StoredBooking, StoreError> {
    Ok(StoredBooking {
        version: row.get("version")?,
        project: row.parsed("project_id")?,
        booking: Booking {
            id: row.parsed("id")?,
            person: row.parsed("person_id")?,
            task: row.parsed("task_id")?,
            date: row.get("date")?,
            start: start_of(row)?,
            seconds: Seconds(row.get("seconds")?),
            billable: row.get("billable")?,
            note: row.get("note")?,
        },
        billed: Seconds(row.get("billed")?),
        accepted: row.get("accepted")?,
        document: row.maybe("document_id")?,
        portions: Vec::new(),
    })
}

pub(crate) fn portions_sql(bookings: usize) -> String {
    format!(
        "SELECT booking_id, target, line_id, seconds, amount, taken, draw_id FROM portions
            WHERE booking_id IN ({}) ORDER BY booking_id, place",
        in_list(1, bookings)
    )
}

/// Reads bookings with their portions.
async fn with_portions(tx: &mut Tx, found: &[Row]) -> Result<Vec<StoredBooking>, StoreError> {
    let mut bookings = found.iter().map(stored).collect::<Result<Vec<_>, _>>()?;
    let mut portions = HashMap::<BookingId, Vec<StoredPortion>>::new();
    for chunk in bookings.chunks(500) {
        let ids = chunk.iter().map(|stored| stored.booking.id);
        for row in query(portions_sql(chunk.len())).bind_all(ids).all(tx).await? {
            let portion = StoredPortion { portion: portion_of(&row)?, draw: row.maybe("draw_id")? };
            portions.entry(row.parsed("booking_id")?).or_default().push(portion);
        }
    }
    for stored in &mut bookings {
        stored.portions = portions.remove(&stored.booking.id).unwrap_or_default();
    }
    Ok(bookings)
}

/// A booking.
pub async fn get(tx: &mut Tx, id: BookingId) -> Result<Option<StoredBooking>, StoreError> {
    let rows = query(BOOKING).bind(id).all(tx).await?;
    Ok(with_portions(tx, &rows).await?.pop())
}

pub(crate) fn these_sql(bookings: usize) -> String {
    format!(
        concat!("SELECT ", booking_columns!(), " FROM bookings WHERE id IN ({}) ORDER BY accepted, id"),
        in_list(1, bookings)
    )
}

/// These bookings, in the order in which they were accepted, across all projects.
pub async fn these(tx: &mut Tx, ids: &[BookingId]) -> Result<Vec<StoredBooking>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let rows = query(these_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        found.extend(with_portions(tx, &rows).await?);
    }
    found.sort_by_key(|stored| (stored.accepted, stored.booking.id));
    Ok(found)
}

/// The bookings of a project on these days that were accepted after that place and are on no document, in the order in
/// which they were accepted.
pub async fn later(
    tx: &mut Tx,
    project: ProjectId,
    accepted: i64,
    days: DateRange,
) -> Result<Vec<StoredBooking>, StoreError> {
    let read = query(LATER_BOOKINGS).bind(project).bind(days.from).bind(usable_until(days)).bind(accepted);
    let rows = read.all(tx).await?;
    with_portions(tx, &rows).await
}

/// On which version of the lines each booking of a project was poured last that was accepted between two places and is on
/// no document, with its day, in the order in which they were accepted.
pub async fn poured_on(
    tx: &mut Tx,
    project: ProjectId,
    (after, before): (i64, i64),
) -> Result<Vec<(BookingId, NaiveDate, i64)>, StoreError> {
    let rows = query(ACCEPTED_BETWEEN).bind(project).bind(after).bind(before).all(tx).await?;
    let poured = |row: &Row| -> Result<_, StoreError> {
        let decided: Decided = row.json("decided")?;
        Ok((row.parsed("id")?, row.get("date")?, decided.lines))
    };
    rows.iter().map(poured).collect()
}

/// The place of a booking that a project accepts at that instant; the caller has locked the project. Places are
/// microseconds, so that those of two projects can be compared when a booking moves from one to the other.
pub async fn next_place(tx: &mut Tx, project: ProjectId, at: DateTime<Utc>) -> Result<i64, StoreError> {
    let last: Option<i64> =
        query(LAST_ACCEPTED).bind(project).first(tx).await?.map(|row| row.get("accepted")).transpose()?;
    Ok(last.map_or(at.timestamp_micros(), |last| at.timestamp_micros().max(last.saturating_add(1))))
}

/// The same place in another project, or the next one that is free there.
pub async fn same_place(tx: &mut Tx, project: ProjectId, accepted: i64) -> Result<i64, StoreError> {
    if query(PLACE_TAKEN).bind(project).bind(accepted).first(tx).await?.is_none() {
        return Ok(accepted);
    }
    let free = query(FREE_PLACE).bind(project).bind(accepted).first(tx).await?;
    free.map_or(Ok(accepted), |row| row.get("free"))
}

/// Adds a booking of a project that the caller has locked, still without portions. `false` when its id is taken.
pub async fn add(tx: &mut Tx, new: &StoredBooking) -> Result<bool, StoreError> {
    Ok(query(ADD_BOOKING).bind_all(content(new)).first(tx).await?.is_some())
}

/// Adds bookings of a project that the caller has locked, still without portions. `false` when one of their ids is taken:
/// then the caller must not keep the others.
pub async fn add_many(tx: &mut Tx, new: &[StoredBooking]) -> Result<bool, StoreError> {
    let row = |new: &StoredBooking| -> Vec<Value> { content(new).into_iter().chain([1_i64.into()]).collect() };
    let head =
        "INSERT INTO bookings (id, project_id, task_id, person_id, date, started, seconds, billed, billable, note,
        accepted, version) VALUES";
    let written = insert_rows_or(tx, head, new.iter().map(row).collect(), "ON CONFLICT DO NOTHING").await?;
    Ok(u64::try_from(new.len()).is_ok_and(|wanted| wanted == written))
}

/// Changes what a booking says, and on which project it is; the caller has locked both projects.
pub async fn change(tx: &mut Tx, new: &StoredBooking) -> Result<(), StoreError> {
    query(CHANGE_BOOKING).bind_all(content(new)).run(tx).await?;
    Ok(())
}

fn content(new: &StoredBooking) -> [Value; 11] {
    let booking = &new.booking;
    [
        booking.id.into(),
        new.project.into(),
        booking.task.into(),
        booking.person.into(),
        booking.date.into(),
        started(booking.start).into(),
        booking.seconds.0.into(),
        new.billed.0.into(),
        booking.billable.into(),
        (&booking.note).into(),
        new.accepted.into(),
    ]
}

pub(crate) fn forget_portions_sql(bookings: usize) -> String {
    format!("DELETE FROM portions WHERE booking_id IN ({})", in_list(1, bookings))
}

/// Keeps what was decided for bookings of projects that the caller has locked, instead of what they had.
pub async fn put_portions(tx: &mut Tx, new: &[NewPortions]) -> Result<(), StoreError> {
    for chunk in new.chunks(500) {
        let forget = query(forget_portions_sql(chunk.len())).bind_all(chunk.iter().map(|new| new.booking));
        forget.run(tx).await?;
    }
    let rows = new.iter().flat_map(|new| {
        (0_i64..).zip(&new.portions).map(move |(place, stored)| -> Vec<Value> {
            let line = match stored.portion.target {
                Target::Line { line } => Some(line),
                Target::NotBillable | Target::Unassigned => None,
            };
            vec![
                new.booking.into(),
                place.into(),
                stored.portion.target.name().into(),
                line.into(),
                stored.portion.seconds.0.into(),
                stored.portion.amount.into(),
                stored.portion.taken.units().into(),
                stored.draw.into(),
            ]
        })
    });
    let head = "INSERT INTO portions (booking_id, place, target, line_id, seconds, amount, taken, draw_id) VALUES";
    insert_rows(tx, head, rows.collect()).await?;
    keep_decisions(tx, new.iter().map(|new| decision(new.booking, &new.decided)).collect()).await
}

/// Keeps on what bookings of a project that the caller has locked were decided anew, where they got the portions that
/// they have.
pub async fn put_decisions(tx: &mut Tx, new: &[(BookingId, Decided)]) -> Result<(), StoreError> {
    keep_decisions(tx, new.iter().map(|(booking, decided)| decision(*booking, decided)).collect()).await
}

fn decision(booking: BookingId, decided: &Decided) -> Vec<Value> {
    vec![booking.into(), serde_json::to_string(decided).unwrap_or_default().into()]
}

async fn keep_decisions(tx: &mut Tx, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let head = "INSERT INTO booking_decisions (booking_id, decided) VALUES";
    let tail = "ON CONFLICT (booking_id) DO UPDATE SET decided = excluded.decided";
    insert_rows_or(tx, head, rows, tail).await.map(drop)
}

/// Deletes a booking with its portions, of a project that the caller has locked, and keeps in mind that it was there.
pub async fn delete(tx: &mut Tx, gone: &StoredBooking, (by, at): (&str, DateTime<Utc>)) -> Result<(), StoreError> {
    let id = gone.booking.id;
    query(forget_portions_sql(1)).bind(id).run(tx).await?;
    query(FORGET_DECISION).bind(id).run(tx).await?;
    query(FORGET_BOOKING).bind(id).run(tx).await?;
    let note = query(NOTE_DELETED).bind(id).bind(gone.project).bind(gone.booking.person);
    note.bind(at).bind(by).run(tx).await?;
    Ok(())
}

/// Whose booking of that id was deleted; none when none was.
pub async fn deleted(tx: &mut Tx, id: BookingId) -> Result<Option<UserId>, StoreError> {
    query(DELETED).bind(id).first(tx).await?.map(|row| row.parsed("person_id")).transpose()
}

pub(crate) fn deleted_sql(bookings: usize) -> String {
    format!("SELECT id FROM deleted_bookings WHERE id IN ({})", in_list(1, bookings))
}

/// Which of these bookings were there and are deleted.
pub async fn deleted_among(tx: &mut Tx, ids: &[BookingId]) -> Result<HashSet<BookingId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in ids.chunks(500) {
        for row in query(deleted_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("id")?);
        }
    }
    Ok(found)
}

pub(crate) fn drawn_sql(draws: usize) -> String {
    format!("SELECT draw_id FROM portions WHERE draw_id IN ({})", in_list(1, draws))
}

/// Which of these draws are those of bookings.
pub async fn drawn_by_bookings(tx: &mut Tx, draws: &[DrawId]) -> Result<HashSet<DrawId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in draws.chunks(1000) {
        for row in query(drawn_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("draw_id")?);
        }
    }
    Ok(found)
}

pub(crate) fn said_sql(draws: usize) -> String {
    format!(
        "SELECT x.draw_id, b.note, t.name FROM portions x LEFT JOIN bookings b ON b.id = x.booking_id
            LEFT JOIN tasks t ON t.id = b.task_id WHERE x.draw_id IN ({})",
        in_list(1, draws)
    )
}

/// What the bookings say now that hold these draws, and the names of their tasks.
pub async fn said(tx: &mut Tx, draws: &[DrawId]) -> Result<HashMap<DrawId, (String, String)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in draws.chunks(1000) {
        for row in query(said_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("draw_id")?, (row.get("note")?, row.get("name")?));
        }
    }
    Ok(found)
}
