//! Bookings as lists show them.

use std::collections::{HashMap, HashSet};

use domain::{
    BookingId, DateRange, DocumentId, DrawId, ProjectId, Seconds, UserId,
    money::Currency,
    quota::Amount,
    splitting::{BillingLine, Lock},
};
use wire::{
    Page,
    bookings::{BookingQuery, BookingRef, BookingRow, BookingSort, BookingSum, NamedPortion},
    contracts::CustomerRef,
    projects::{PersonRef, ProjectRef, TaskRow},
};

use super::{portion_of, start_of};
use crate::{
    StoreError, Tx,
    accounts::usable_until,
    balancing,
    listing::{Listing, Slice, paged},
    projects::named_so,
    sql::{Row, in_list, query, statements},
};

macro_rules! booking_selected {
    () => {
        "SELECT b.id, b.version, b.project_id, p.number AS project_number, p.name AS project_name, p.currency,
            p.customer_id, u.number AS customer_number, u.name AS customer_name, b.task_id, t.name AS task_name,
            b.person_id, w.name AS person_name, b.date, b.started, b.seconds, b.billed, b.billable, b.note, b.document_id"
    };
}

/// Each row of the other tables is there. Joined to the left they stay behind the booking in every plan, so that a list
/// walks the index of its order.
macro_rules! booking_from {
    () => {
        concat!(
            booking_selected!(),
            " FROM bookings b LEFT JOIN projects p ON p.id = b.project_id LEFT JOIN customers u ON u.id = p.customer_id
            LEFT JOIN tasks t ON t.id = b.task_id LEFT JOIN users w ON w.id = b.person_id"
        )
    };
}

/// Person by person, and project by project: what is named first is walked in the order of its index, and the bookings of
/// each in the order of theirs.
const BY_PERSON: &str = concat!(
    booking_selected!(),
    " FROM users w CROSS JOIN bookings b LEFT JOIN projects p ON p.id = b.project_id
            LEFT JOIN customers u ON u.id = p.customer_id LEFT JOIN tasks t ON t.id = b.task_id"
);
const BY_PROJECT: &str = concat!(
    booking_selected!(),
    " FROM projects p CROSS JOIN bookings b LEFT JOIN customers u ON u.id = p.customer_id
            LEFT JOIN tasks t ON t.id = b.task_id LEFT JOIN users w ON w.id = b.person_id"
);

statements! {
    BOOKINGS_OF_PERSON = concat!(booking_from!(), " WHERE b.person_id = $1 AND b.date >= $2 AND b.date < $3
        ORDER BY b.date, COALESCE(b.started, 86400), b.accepted LIMIT $4");
    LATEST_TASKS = "SELECT b.task_id, t.name AS task_name, t.closed, b.project_id, p.number AS project_number,
            p.name AS project_name, p.closed AS project_closed, p.limited, p.customer_id, u.number AS customer_number,
            u.name AS customer_name, x.user_id FROM bookings b LEFT JOIN projects p ON p.id = b.project_id
            LEFT JOIN customers u ON u.id = p.customer_id LEFT JOIN tasks t ON t.id = b.task_id
            LEFT JOIN project_people x ON x.project_id = b.project_id AND x.user_id = b.person_id
            WHERE b.person_id = $1 ORDER BY b.date DESC, b.id DESC LIMIT $2";
    UNASSIGNED = "SELECT COUNT(*) AS found FROM portions WHERE target = 'unassigned'";
    UNASSIGNED_OF_PROJECT = "SELECT COUNT(*) AS found FROM portions x CROSS JOIN bookings b
            WHERE x.target = 'unassigned' AND b.id = x.booking_id AND b.project_id = $1";
}

/// A task on which somebody has booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LatestTask {
    /// Its project.
    pub project: ProjectRef,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The task.
    pub task: TaskRow,
    /// Whether time is still booked on it.
    pub open: bool,
    /// Whether the person may book on the project: it names them or nobody.
    pub assigned: bool,
}

/// The tasks of the latest bookings of a person, the latest first, as often as they were booked; at most so many.
pub async fn latest_tasks(tx: &mut Tx, person: UserId, most: i64) -> Result<Vec<LatestTask>, StoreError> {
    let rows = query(LATEST_TASKS).bind(person).bind(most).all(tx).await?;
    rows.iter().map(latest_of).collect()
}

fn latest_of(row: &Row) -> Result<LatestTask, StoreError> {
    let closed: bool = row.get("closed")?;
    let project_closed: bool = row.get("project_closed")?;
    let limited: bool = row.get("limited")?;
    let named: Option<UserId> = row.maybe("user_id")?;
    Ok(LatestTask {
        project: ProjectRef {
            id: row.parsed("project_id")?,
            number: row.get("project_number")?,
            name: row.get("project_name")?,
        },
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        task: TaskRow { id: row.parsed("task_id")?, name: row.get("task_name")?, closed },
        open: !closed && !project_closed,
        assigned: !limited || named.is_some(),
    })
}

fn row_of(row: &Row) -> Result<BookingRow, StoreError> {
    let document: Option<DocumentId> = row.maybe("document_id")?;
    Ok(BookingRow {
        id: row.parsed("id")?,
        version: row.get("version")?,
        project: ProjectRef {
            id: row.parsed("project_id")?,
            number: row.get("project_number")?,
            name: row.get("project_name")?,
        },
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        currency: row.named("currency", Currency::from_code)?,
        task: row.parsed("task_id")?,
        task_name: row.get("task_name")?,
        person: PersonRef { id: row.parsed("person_id")?, name: row.get("person_name")? },
        date: row.get("date")?,
        start: start_of(row)?,
        seconds: Seconds(row.get("seconds")?),
        billed: Seconds(row.get("billed")?),
        billable: row.get("billable")?,
        note: row.get("note")?,
        portions: Vec::new(),
        lock: document.map(|_| Lock::Document),
    })
}

pub(crate) fn named_portions_sql(bookings: usize) -> String {
    format!(
        "SELECT x.booking_id, x.target, x.line_id, x.seconds, x.amount, x.taken, x.draw_id, l.name, l.line, d.deficit
            FROM portions x LEFT JOIN billing_lines l ON l.id = x.line_id
            LEFT JOIN draw_state d ON d.draw_id = x.draw_id
            WHERE x.booking_id IN ({}) ORDER BY x.booking_id, x.place",
        in_list(1, bookings)
    )
}

/// Reads bookings with their portions.
async fn with_portions(tx: &mut Tx, found: &[Row]) -> Result<Vec<BookingRow>, StoreError> {
    let mut rows = found.iter().map(row_of).collect::<Result<Vec<_>, _>>()?;
    let mut portions = HashMap::<BookingId, Vec<NamedPortion>>::new();
    let mut draws = HashMap::<DrawId, BookingId>::new();
    for chunk in rows.chunks(500) {
        let ids = chunk.iter().map(|row| row.id);
        for row in query(named_portions_sql(chunk.len())).bind_all(ids).all(tx).await? {
            let line: Option<BillingLine> = row.maybe_json("line")?;
            let deficit: Option<i64> = row.get("deficit")?;
            let portion = NamedPortion {
                portion: portion_of(&row)?,
                line: row.get("name")?,
                pays: line.map(|line| line.kind.pays()),
                deficit: Amount::new(deficit.unwrap_or_default()),
            };
            let booking: BookingId = row.parsed("booking_id")?;
            portions.entry(booking).or_default().push(portion);
            draws.extend(row.maybe("draw_id")?.map(|draw: DrawId| (draw, booking)));
        }
    }
    let billed = balancing::billing_deficits_of(tx, &draws.keys().copied().collect::<Vec<_>>()).await?;
    let balanced: HashSet<BookingId> = billed.iter().filter_map(|(draw, ..)| draws.get(draw).copied()).collect();
    for row in &mut rows {
        row.portions = portions.remove(&row.id).unwrap_or_default();
        row.lock = row.lock.or(balanced.contains(&row.id).then_some(Lock::Balancing));
    }
    Ok(rows)
}

pub(crate) fn rows_sql(bookings: usize) -> String {
    format!("{} WHERE b.id IN ({})", booking_from!(), in_list(1, bookings))
}

/// These bookings as lists show them.
pub async fn rows(tx: &mut Tx, ids: &[BookingId]) -> Result<HashMap<BookingId, BookingRow>, StoreError> {
    let mut found = HashMap::new();
    for chunk in ids.chunks(500) {
        let rows = query(rows_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        found.extend(with_portions(tx, &rows).await?.into_iter().map(|row| (row.id, row)));
    }
    Ok(found)
}

/// A booking as lists show it.
pub async fn row(tx: &mut Tx, id: BookingId) -> Result<Option<BookingRow>, StoreError> {
    Ok(rows(tx, &[id]).await?.remove(&id))
}

pub(crate) fn of_draws_sql(draws: usize) -> String {
    format!(
        "SELECT x.draw_id, b.id, b.project_id, p.number AS project_number, p.name AS project_name, t.name AS task_name,
            w.name AS person_name, b.date FROM portions x LEFT JOIN bookings b ON b.id = x.booking_id
            LEFT JOIN projects p ON p.id = b.project_id LEFT JOIN tasks t ON t.id = b.task_id
            LEFT JOIN users w ON w.id = b.person_id WHERE x.draw_id IN ({})",
        in_list(1, draws)
    )
}

/// The bookings whose portions made these draws.
pub async fn of_draws(tx: &mut Tx, draws: &[DrawId]) -> Result<HashMap<DrawId, BookingRef>, StoreError> {
    let mut found = HashMap::new();
    for chunk in draws.chunks(1000) {
        for row in query(of_draws_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let project = ProjectRef {
                id: row.parsed("project_id")?,
                number: row.get("project_number")?,
                name: row.get("project_name")?,
            };
            let (id, date) = (row.parsed("id")?, row.get("date")?);
            let (task, person) = (row.get("task_name")?, row.get("person_name")?);
            found.insert(row.parsed("draw_id")?, BookingRef { id, project, task, person, date });
        }
    }
    Ok(found)
}

/// The bookings of a person on some days, by day and time; at most so many.
pub async fn of_person(tx: &mut Tx, person: UserId, days: DateRange, most: i64) -> Result<Vec<BookingRow>, StoreError> {
    let read = query(BOOKINGS_OF_PERSON).bind(person).bind(days.from).bind(usable_until(days)).bind(most);
    let rows = read.all(tx).await?;
    with_portions(tx, &rows).await
}

fn filtered(list: Listing, ask: &BookingQuery) -> Listing {
    let list = list.with_some("b.project_id = ?", ask.project);
    let list = match named_so("b.project_id", &ask.q) {
        None => list,
        Some((condition, values)) => list.with(&condition, values),
    };
    let list = list.with_some("b.task_id = ?", ask.task).with_some("b.person_id = ?", ask.person);
    let list = list.with_some("b.project_id IN (SELECT id FROM projects WHERE customer_id = ?)", ask.customer);
    let list = list.with_some("b.date >= ?", ask.from).with_some("b.date <= ?", ask.until);
    let list = list.with_some("b.billable = ?", ask.billable);
    if ask.unassigned {
        list.with("b.id IN (SELECT x.booking_id FROM portions x WHERE x.target = 'unassigned')", [])
    } else {
        list
    }
}

/// The statement of the list. What a filter narrows is sorted; all of it is walked in the order of an index.
pub(crate) fn listing(ask: &BookingQuery) -> Listing {
    let all = match ask.sort {
        BookingSort::Person if !ask.is_narrowed() => Listing::new(BY_PERSON).with("b.person_id = w.id", []),
        BookingSort::Project if !ask.is_narrowed() => Listing::new(BY_PROJECT).with("b.project_id = p.id", []),
        _ => Listing::new(booking_from!()),
    };
    let list = filtered(all, ask);
    match ask.sort {
        BookingSort::Date => list.by(&["b.date", "b.id"], !ask.desc),
        BookingSort::Person => list.by(&["w.login", "b.date", "b.id"], ask.desc),
        BookingSort::Project => list.by(&["p.number_folded", "b.date", "b.id"], ask.desc),
        BookingSort::Time => list.by(&["b.seconds", "b.date", "b.id"], ask.desc),
    }
}

/// The statement of the sums.
pub(crate) fn sums_listing(ask: &BookingQuery) -> Listing {
    let from = "SELECT p.currency, CAST(COUNT(*) AS BIGINT) AS found, CAST(SUM(b.seconds) AS BIGINT) AS seconds,
        CAST(SUM(b.billed) AS BIGINT) AS billed,
        CAST(SUM((SELECT SUM(y.amount) FROM portions y WHERE y.booking_id = b.id)) AS BIGINT) AS amount
        FROM bookings b LEFT JOIN projects p ON p.id = b.project_id";
    filtered(Listing::new(from), ask).then(" GROUP BY p.currency ORDER BY p.currency")
}

/// What all bookings that the list finds come to, for each currency.
pub async fn sums(tx: &mut Tx, ask: &BookingQuery) -> Result<Vec<BookingSum>, StoreError> {
    sums_listing(ask).rows(tx).await?.iter().map(sum_of).collect()
}

fn sum_of(row: &Row) -> Result<BookingSum, StoreError> {
    // Bookings that were never poured have no portions.
    let amount: Option<i64> = row.get("amount")?;
    Ok(BookingSum {
        currency: row.named("currency", Currency::from_code)?,
        rows: row.count("found")?,
        seconds: Seconds(row.get("seconds")?),
        billed: Seconds(row.get("billed")?),
        amount: amount.unwrap_or_default(),
    })
}

/// How many bookings have time that no line takes; of one project if it is named.
pub async fn unassigned(tx: &mut Tx, project: Option<ProjectId>) -> Result<u64, StoreError> {
    // A booking has one such portion at the most. SQLite joins crosswise from the left: few have any, a project has many.
    let read = match project {
        None => query(UNASSIGNED),
        Some(project) => query(UNASSIGNED_OF_PROJECT).bind(project),
    };
    read.first(tx).await?.map_or(Ok(0), |row| row.count("found"))
}

/// A slice of the list.
pub async fn slice(tx: &mut Tx, ask: &BookingQuery, slice: Slice) -> Result<Vec<BookingRow>, StoreError> {
    let rows = listing(ask).sliced(slice).rows(tx).await?;
    with_portions(tx, &rows).await
}

/// A page of the list.
pub async fn list(tx: &mut Tx, ask: &BookingQuery) -> Result<Page<BookingRow>, StoreError> {
    Ok(paged(ask, slice(tx, ask, Slice::page(ask)).await?))
}
