//! Projects: reading and writing them, and who may book on them.

use std::collections::HashMap;

use domain::{CustomerId, ProjectId, Seconds, UserId, money::Currency, splitting::BookingRounding};
use wire::{
    Page,
    contracts::CustomerRef,
    projects::{PersonRef, ProjectQuery, ProjectRow, ProjectSort, ProjectState},
};

use crate::{
    StoreError, Tx, fold,
    listing::{Listing, Slice, of_customers_named, paged},
    sql::{Row, Value, in_list, insert_rows, query, statements},
};

mod parts;

pub(crate) use parts::STATEMENTS as PARTS;
pub use parts::{
    KnownAllowance, LineVersion, StoredLine, allowances, booked, every_line_of, filled, line_versions, lines,
    lines_elsewhere, lines_of, put_lines, put_tasks, removed, task, tasks, tasks_elsewhere, tasks_of,
};
#[cfg(feature = "testing")]
pub(crate) use parts::{
    allowances_sql, booked_sql, every_line_of_sql, forget_tasks_sql, lines_elsewhere_sql, lines_of_sql, lines_on_sql,
    tasks_elsewhere_sql, tasks_of_sql,
};

macro_rules! project_from {
    () => {
        "SELECT p.id, p.version, p.number, p.customer_id, u.number AS customer_number, u.name AS customer_name, p.name,
            p.currency, p.closed, p.splitting, p.round_own, p.round_minimum, p.round_step, p.limited, p.lines_version
            FROM projects p JOIN customers u ON u.id = p.customer_id"
    };
}

statements! {
    PROJECT = concat!(project_from!(), " WHERE p.id = $1");
    PROJECTS_AFTER = concat!(project_from!(), " WHERE p.id > $1 ORDER BY p.id LIMIT $2");
    PROJECTS_OF_CUSTOMER = concat!(project_from!(), " WHERE p.customer_id = $1 AND NOT p.closed ORDER BY p.number_folded
        LIMIT 200");
    PROJECT_NUMBERED = "SELECT id FROM projects WHERE number_folded = $1";
    ADD_PROJECT = "INSERT INTO projects (id, version, number, number_folded, customer_id, name, name_folded, currency, closed,
            splitting, round_own, round_minimum, round_step, limited, lines_version)
        VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 0) ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_PROJECT = "UPDATE projects SET version = version + 1, number = $2, number_folded = $3, name = $4,
            name_folded = $5, closed = $6, splitting = $7, round_own = $8, round_minimum = $9, round_step = $10, limited = $11
        WHERE id = $1";
    PEOPLE = "SELECT u.id, u.name FROM project_people x JOIN users u ON u.id = x.user_id WHERE x.project_id = $1
        ORDER BY u.login";
    FORGET_PEOPLE = "DELETE FROM project_people WHERE project_id = $1";
    ASSIGNED = "SELECT user_id FROM project_people WHERE project_id = $1 AND user_id = $2";
}

/// A stored project without its tasks and lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProject {
    /// What lists show of it.
    pub row: ProjectRow,
    /// Grows with each change of the project, its tasks and its lines.
    pub version: i64,
    /// The currency of its rates.
    pub currency: Currency,
    /// Whether its bookings may be split; none: as the company says.
    pub splitting: Option<bool>,
    /// How its bookings are rounded; none: as is agreed.
    pub rounding: Option<BookingRounding>,
    /// Whether only those book on it whom it names.
    pub limited: bool,
    /// The version of its billing lines; 0 as long as it had none.
    pub lines_version: i64,
}

/// How a project keeps whether its bookings may be split.
fn splitting_name(splitting: Option<bool>) -> &'static str {
    match splitting {
        None => "company",
        Some(true) => "on",
        Some(false) => "off",
    }
}

fn splitting(row: &Row) -> Result<Option<bool>, StoreError> {
    let value: String = row.get("splitting")?;
    match value.as_str() {
        "company" => Ok(None),
        "on" => Ok(Some(true)),
        "off" => Ok(Some(false)),
        _ => Err(StoreError::Unreadable { what: "splitting", value }),
    }
}

fn row_of(row: &Row) -> Result<ProjectRow, StoreError> {
    Ok(ProjectRow {
        id: row.parsed("id")?,
        number: row.get("number")?,
        name: row.get("name")?,
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        closed: row.get("closed")?,
    })
}

fn stored(row: &Row) -> Result<StoredProject, StoreError> {
    let (own, minimum, step) =
        (row.get("round_own")?, Seconds(row.get("round_minimum")?), Seconds(row.get("round_step")?));
    let unreadable = |_| StoreError::Unreadable { what: "rounding", value: format!("{minimum:?} {step:?}") };
    Ok(StoredProject {
        row: row_of(row)?,
        version: row.get("version")?,
        currency: row.named("currency", Currency::from_code)?,
        splitting: splitting(row)?,
        rounding: if own { Some(BookingRounding::new(minimum, step).map_err(unreadable)?) } else { None },
        limited: row.get("limited")?,
        lines_version: row.get("lines_version")?,
    })
}

/// A project.
pub async fn get(tx: &mut Tx, id: ProjectId) -> Result<Option<StoredProject>, StoreError> {
    query(PROJECT).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

pub(crate) fn projects_sql(projects: usize) -> String {
    format!("{} WHERE p.id IN ({}) ORDER BY p.id", project_from!(), in_list(1, projects))
}

pub(crate) fn lock_sql(projects: usize) -> String {
    format!("SELECT id FROM projects WHERE id IN ({}) ORDER BY id", in_list(1, projects))
}

/// These projects, locked until the transaction ends, in the order of their ids. Whoever changes a project or a booking
/// of it takes this lock first, and those of accounts after it.
pub async fn lock(tx: &mut Tx, ids: &[ProjectId]) -> Result<HashMap<ProjectId, StoredProject>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    // Locked together with its customer, it would wait for everybody who works for the same customer.
    query(lock_sql(ids.len())).bind_all(ids.iter().copied()).for_update(tx).run(tx).await?;
    many(tx, ids).await
}

/// These projects.
pub async fn many(tx: &mut Tx, ids: &[ProjectId]) -> Result<HashMap<ProjectId, StoredProject>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        for row in query(projects_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let project = stored(&row)?;
            found.insert(project.row.id, project);
        }
    }
    Ok(found)
}

/// The next projects by id, for walking through all of them.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<StoredProject>, StoreError> {
    query(PROJECTS_AFTER).bind(id).bind(most).all(tx).await?.iter().map(stored).collect()
}

/// The open projects of a customer, by number.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<StoredProject>, StoreError> {
    query(PROJECTS_OF_CUSTOMER).bind(customer).all(tx).await?.iter().map(stored).collect()
}

/// Which project has that number.
pub async fn numbered(tx: &mut Tx, number: &str) -> Result<Option<ProjectId>, StoreError> {
    query(PROJECT_NUMBERED).bind(fold(number)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds a project. `false` when its id or number is taken.
pub async fn add(tx: &mut Tx, new: &StoredProject) -> Result<bool, StoreError> {
    let row = &new.row;
    let insert = query(ADD_PROJECT).bind(row.id).bind(&row.number).bind(fold(&row.number)).bind(row.customer.id);
    let insert = insert.bind(&row.name).bind(fold(&row.name)).bind(new.currency.code()).bind(row.closed);
    Ok(insert.bind_all(terms(new)).first(tx).await?.is_some())
}

/// Changes a project that the caller has locked: everything but its customer, its currency and its lines.
pub async fn change(tx: &mut Tx, new: &StoredProject) -> Result<(), StoreError> {
    let row = &new.row;
    let change = query(CHANGE_PROJECT).bind(row.id).bind(&row.number).bind(fold(&row.number));
    let change = change.bind(&row.name).bind(fold(&row.name)).bind(row.closed);
    change.bind_all(terms(new)).run(tx).await?;
    Ok(())
}

/// How bookings of a project are treated, as it is kept.
fn terms(new: &StoredProject) -> [Value; 5] {
    let rounding = new.rounding.unwrap_or_default();
    [
        splitting_name(new.splitting).into(),
        new.rounding.is_some().into(),
        rounding.minimum().0.into(),
        rounding.step().0.into(),
        new.limited.into(),
    ]
}

/// Who may book on a project, if it names anybody.
pub async fn people(tx: &mut Tx, project: ProjectId) -> Result<Vec<PersonRef>, StoreError> {
    let rows = query(PEOPLE).bind(project).all(tx).await?;
    rows.iter().map(|row| Ok(PersonRef { id: row.parsed("id")?, name: row.get("name")? })).collect()
}

/// Names who may book on a project that the caller has locked.
pub async fn set_people(tx: &mut Tx, project: ProjectId, people: &[UserId]) -> Result<(), StoreError> {
    query(FORGET_PEOPLE).bind(project).run(tx).await?;
    let rows = people.iter().map(|person| vec![project.into(), (*person).into()]).collect();
    insert_rows(tx, "INSERT INTO project_people (project_id, user_id) VALUES", rows).await
}

/// Whether a project names that person.
pub async fn assigned(tx: &mut Tx, project: ProjectId, person: UserId) -> Result<bool, StoreError> {
    Ok(query(ASSIGNED).bind(project).bind(person).first(tx).await?.is_some())
}

/// The condition that a column names a project whose number or name begins so, or whose customer has these words, with
/// its values.
pub(crate) fn named_so(column: &str, typed: &str) -> Option<(String, Vec<Value>)> {
    let (named, values) = of_customers_named("f.customer_id", typed)?;
    let folded = fold(typed);
    let beginning = [folded.clone(), format!("{folded}\u{10ffff}")].map(Value::from);
    let condition = format!(
        "{column} IN (SELECT id FROM projects WHERE number_folded >= ? AND number_folded < ?
            UNION SELECT id FROM projects WHERE name_folded >= ? AND name_folded < ?
            UNION SELECT f.id FROM projects f WHERE {named})"
    );
    Some((condition, beginning.clone().into_iter().chain(beginning).chain(values).collect()))
}

/// The statement of the list; of those on which that person can book, if one is named.
pub(crate) fn listing(ask: &ProjectQuery, person: Option<UserId>) -> Listing {
    let list = Listing::new(project_from!());
    let list = match named_so("p.id", &ask.q) {
        None => list,
        Some((condition, values)) => list.with(&condition, values),
    };
    let list = list.with_some("p.customer_id = ?", ask.customer);
    // Said in the text, so that the index that holds nothing else serves it.
    let list = match ask.state {
        None => list,
        Some(ProjectState::Open) => list.with("NOT p.closed", []),
        Some(ProjectState::Closed) => list.with("p.closed", []),
    };
    let list = list.with_some(
        "(NOT p.limited OR EXISTS (SELECT 1 FROM project_people x WHERE x.project_id = p.id AND x.user_id = ?))",
        person,
    );
    match ask.sort {
        ProjectSort::Number => list.by(&["p.number_folded"], ask.desc),
        ProjectSort::Name => list.by(&["p.name_folded", "p.id"], ask.desc),
    }
}

/// A slice of the list.
pub async fn slice(
    tx: &mut Tx,
    ask: &ProjectQuery,
    person: Option<UserId>,
    slice: Slice,
) -> Result<Vec<ProjectRow>, StoreError> {
    listing(ask, person).sliced(slice).rows(tx).await?.iter().map(row_of).collect()
}

/// A page of the list.
pub async fn list(tx: &mut Tx, ask: &ProjectQuery, person: Option<UserId>) -> Result<Page<ProjectRow>, StoreError> {
    Ok(paged(ask, slice(tx, ask, person, Slice::page(ask)).await?))
}
