//! Fees of billing lines: what is due, and claims: which periods were billed, with which fee, on which invoice.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    BillingLineId, ClaimId, CustomerId, DateRange, DocumentId, ProjectId, RunId, contracts::Period, splitting::Fee,
    undo::FeeClaim,
};
use wire::{
    contracts::CustomerRef,
    lists::{ToDoQuery, ToDoSort},
    projects::ProjectRef,
};

use crate::{
    StoreError, Tx,
    listing::{Listing, Slice, numbered_or_named},
    projects::StoredLine,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

/// Whether nobody bills the period of a line of that name: the one rule of what is free.
macro_rules! nobody_bills {
    ($line:literal, $period:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM fee_claims s WHERE s.line_id = ",
            $line,
            " AND s.period = ",
            $period,
            " AND NOT s.cancelled)"
        )
    };
}

macro_rules! named {
    () => {
        "SELECT l.id, l.name, l.project_id, p.number, p.name AS project_name, p.customer_id, u.number AS customer_number,
            u.name AS customer_name, l.next_due
            FROM billing_lines l JOIN projects p ON p.id = l.project_id JOIN customers u ON u.id = p.customer_id"
    };
}

statements! {
    DUE_FEES = "SELECT id, project_id FROM billing_lines WHERE next_due <= $1 ORDER BY next_due, project_id, place";
    DUE_FEES_OF_CUSTOMER = "SELECT l.id, l.project_id FROM projects p JOIN billing_lines l ON l.project_id = p.id
        WHERE p.customer_id = $2 AND l.next_due <= $1 ORDER BY l.next_due, l.project_id, l.place";
    DUE_FEES_OF_PROJECT = "SELECT id, project_id FROM billing_lines WHERE project_id = $2 AND next_due <= $1
        ORDER BY next_due, place";
    DUE_FEE_LINES = concat!(named!(), " WHERE l.next_due <= $1 ORDER BY l.next_due, l.project_id, l.id LIMIT $2");
    FEES_OF_PERSON = concat!(named!(), " WHERE l.next_due <= $2 AND EXISTS (SELECT 1 FROM billing_line_versions v
            WHERE v.project_id = p.id AND v.version = p.lines_version AND v.by_name = $1)
        ORDER BY l.next_due, l.project_id, l.id LIMIT $3");
    ADVANCE_FEE = "UPDATE billing_lines SET next_period = $2, next_due = $3 WHERE id = $1";
    CANCEL_FEES = "UPDATE fee_claims SET cancelled = TRUE WHERE document_id = $1 AND NOT cancelled";
    FREED_FEES_OF_RUN = concat!("SELECT i.project_id, i.owner_id AS line_id, i.period FROM billing_run_items i
        WHERE i.run_id = $1 AND i.outcome = 'billed' AND i.project_id IS NOT NULL AND ",
        nobody_bills!("i.owner_id", "i.period"), " ORDER BY i.project_id, i.owner_id, i.period");
    SHORT_FEES = "SELECT line_id, service_until FROM fee_claims
        WHERE project_id = $1 AND NOT cancelled AND service_until < period_until";
    PROJECT_OF_DOCUMENT = "SELECT p.id, p.number, p.name FROM projects p
        WHERE p.id = (SELECT k.project_id FROM fee_claims k WHERE k.document_id = $1 ORDER BY k.place LIMIT 1)";
}

/// The claim of a period of a fee.
#[derive(Debug, Clone)]
pub struct NewFeeClaim {
    /// Its id.
    pub id: ClaimId,
    /// The project.
    pub project: ProjectId,
    /// The billing line.
    pub line: BillingLineId,
    /// The period.
    pub period: Period,
    /// The fee with which it is billed.
    pub fee: Fee,
    /// The invoice.
    pub document: DocumentId,
    /// Which of its lines bills the period, from 0.
    pub place: usize,
    /// What is billed, net, in minor units.
    pub net: i64,
}

/// Periods of the fees of a project, by line.
pub type FeePeriods = BTreeMap<BillingLineId, BTreeSet<u32>>;

/// The projects with fees that are due, the oldest first, each with these lines; of one customer or project if one is
/// named.
pub async fn due(
    tx: &mut Tx,
    as_of: NaiveDate,
    of: Option<DueOf>,
) -> Result<Vec<(ProjectId, Vec<BillingLineId>)>, StoreError> {
    let read = match of {
        None => query(DUE_FEES).bind(as_of),
        Some(DueOf::Customer(customer)) => query(DUE_FEES_OF_CUSTOMER).bind(as_of).bind(customer),
        Some(DueOf::Project(project)) => query(DUE_FEES_OF_PROJECT).bind(as_of).bind(project),
    };
    let mut found = Vec::<(ProjectId, Vec<BillingLineId>)>::new();
    let mut places = HashMap::<ProjectId, usize>::new();
    for row in read.all(tx).await? {
        let (project, line) = (row.parsed("project_id")?, row.parsed("id")?);
        let place = *places.entry(project).or_insert(found.len());
        match found.get_mut(place) {
            Some((_, lines)) => lines.push(line),
            None => found.push((project, vec![line])),
        }
    }
    Ok(found)
}

/// Whose fees are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DueOf {
    /// Those of the projects of a customer.
    Customer(CustomerId),
    /// Those of a project.
    Project(ProjectId),
}

/// A billing line as lists name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeLine {
    /// The line.
    pub id: BillingLineId,
    /// Its name.
    pub name: String,
    /// Its project.
    pub project: ProjectRef,
    /// Whose that is.
    pub customer: CustomerRef,
    /// When the next period of its fee becomes due.
    pub next_due: Option<NaiveDate>,
}

fn fee_line(row: &Row) -> Result<FeeLine, StoreError> {
    Ok(FeeLine {
        id: row.parsed("id")?,
        name: row.get("name")?,
        project: ProjectRef {
            id: row.parsed("project_id")?,
            number: row.get("number")?,
            name: row.get("project_name")?,
        },
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        next_due: row.get("next_due")?,
    })
}

/// Lines whose fee is due, the oldest first.
pub async fn due_lines(tx: &mut Tx, as_of: NaiveDate, most: i64) -> Result<Vec<FeeLine>, StoreError> {
    query(DUE_FEE_LINES).bind(as_of).bind(most).all(tx).await?.iter().map(fee_line).collect()
}

/// The fees among the to-dos: what is due, by the filters and the order of that list.
pub(crate) fn due_listing(ask: &ToDoQuery, today: NaiveDate) -> Listing {
    let list = Listing::new(named!()).with("l.next_due <= ?", [today.into()]);
    let list = match numbered_or_named("projects", "p", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    match ask.sort {
        ToDoSort::Due => list.by(&["l.next_due", "l.project_id", "l.id"], ask.desc),
        ToDoSort::Customer => list.by(&["u.name_folded", "u.id", "l.next_due", "l.id"], ask.desc),
        ToDoSort::Number => list.by(&["p.number_folded", "l.id"], ask.desc),
    }
}

/// The fees of a slice of the list of to-dos.
pub async fn due_list(
    tx: &mut Tx,
    ask: &ToDoQuery,
    today: NaiveDate,
    slice: Slice,
) -> Result<Vec<FeeLine>, StoreError> {
    due_listing(ask, today).sliced(slice).rows(tx).await?.iter().map(fee_line).collect()
}

/// Lines whose fee becomes due until that day and whose project had its lines edited by that person last, what is due
/// first comes first.
pub async fn of_person(tx: &mut Tx, name: &str, until: NaiveDate, most: i64) -> Result<Vec<FeeLine>, StoreError> {
    query(FEES_OF_PERSON).bind(name).bind(until).bind(most).all(tx).await?.iter().map(fee_line).collect()
}

pub(crate) fn named_sql(lines: usize) -> String {
    format!("{} WHERE l.id IN ({})", named!(), in_list(1, lines))
}

/// Billing lines as lists name them, also those that were taken out.
pub async fn named(tx: &mut Tx, ids: &[BillingLineId]) -> Result<HashMap<BillingLineId, FeeLine>, StoreError> {
    let mut found = HashMap::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        for row in query(named_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let line = fee_line(&row)?;
            found.insert(line.id, line);
        }
    }
    Ok(found)
}

/// A period without end would never be over; it is kept as one that ends with the calendar.
fn until(range: DateRange) -> NaiveDate {
    crate::accounts::usable_until(range)
}

/// Claims periods. Errors with [`StoreError::Overtaken`] when one of them was claimed meanwhile: nothing of the piece of
/// work is then kept.
pub async fn add(tx: &mut Tx, claims: &[NewFeeClaim], by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let row = |claim: &NewFeeClaim| -> Vec<Value> {
        vec![
            claim.id.into(),
            claim.project.into(),
            claim.line.into(),
            i64::from(claim.period.number).into(),
            claim.period.range.from.into(),
            until(claim.period.range).into(),
            until(claim.period.service).into(),
            serde_json::to_string(&claim.fee).unwrap_or_default().into(),
            claim.document.into(),
            i64::try_from(claim.place).unwrap_or(i64::MAX).into(),
            claim.net.into(),
            false.into(),
            at.into(),
            by.into(),
        ]
    };
    let rows: Vec<_> = claims.iter().map(row).collect();
    let wanted = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let head = "INSERT INTO fee_claims (id, project_id, line_id, period, period_from, period_until, service_until, fee,
        document_id, place, net, cancelled, at, by_name) VALUES";
    if insert_rows_or(tx, head, rows, "ON CONFLICT DO NOTHING").await? != wanted {
        return Err(StoreError::Overtaken);
    }
    Ok(())
}

/// Notes what of a fee was billed, and when its next period becomes due.
pub async fn advance(tx: &mut Tx, billed: &StoredLine) -> Result<(), StoreError> {
    let advance = query(ADVANCE_FEE).bind(billed.line.id).bind(i64::from(billed.next)).bind(billed.next_due());
    advance.run(tx).await.map(drop)
}

pub(crate) fn standing_sql(documents: usize) -> String {
    format!(
        "SELECT id, document_id, project_id, line_id, period, period_from, service_until FROM fee_claims
            WHERE document_id IN ({}) AND NOT cancelled ORDER BY document_id, place",
        in_list(1, documents)
    )
}

pub(crate) fn on_documents_sql(documents: usize) -> String {
    format!(
        "SELECT id, document_id, project_id, line_id, period, period_from, service_until FROM fee_claims
            WHERE document_id IN ({}) ORDER BY document_id, place",
        in_list(1, documents)
    )
}

fn claim(row: &Row) -> Result<FeeClaim, StoreError> {
    Ok(FeeClaim {
        claim: row.parsed("id")?,
        project: row.parsed("project_id")?,
        line: row.parsed("line_id")?,
        period: row.count("period")?,
        service: DateRange { from: row.get("period_from")?, until: Some(row.get("service_until")?) },
    })
}

/// The standing claims of these documents, each in the order of its lines.
pub async fn standing(tx: &mut Tx, documents: &[DocumentId]) -> Result<HashMap<DocumentId, Vec<FeeClaim>>, StoreError> {
    let mut found = HashMap::<DocumentId, Vec<FeeClaim>>::new();
    for chunk in documents.chunks(500) {
        for row in query(standing_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("document_id")?).or_default().push(claim(&row)?);
        }
    }
    Ok(found)
}

/// The periods that these documents bill, whether they were cancelled since or not.
pub async fn on_documents(tx: &mut Tx, documents: &[DocumentId]) -> Result<Vec<FeeClaim>, StoreError> {
    let mut found = Vec::new();
    for chunk in documents.chunks(500) {
        for row in query(on_documents_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push(claim(&row)?);
        }
    }
    Ok(found)
}

/// Frees the periods of fees that a document claims.
pub async fn cancel(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    query(CANCEL_FEES).bind(document).run(tx).await.map(drop)
}

pub(crate) fn freed_sql(projects: usize) -> String {
    format!(
        "SELECT DISTINCT k.project_id, k.line_id, k.period FROM fee_claims k WHERE k.project_id IN ({}) AND {}",
        in_list(1, projects),
        nobody_bills!("k.line_id", "k.period")
    )
}

/// The periods of fees of these projects that a cancellation freed and nobody has billed again.
pub async fn freed(tx: &mut Tx, projects: &[ProjectId]) -> Result<BTreeMap<ProjectId, FeePeriods>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in projects.chunks(500) {
        for row in query(freed_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            freed_period(&mut found, &row)?;
        }
    }
    Ok(found)
}

/// The periods of fees that a run billed, that were freed since and that nobody has billed again.
pub async fn freed_of_run(tx: &mut Tx, run: RunId) -> Result<BTreeMap<ProjectId, FeePeriods>, StoreError> {
    let mut found = BTreeMap::new();
    for row in query(FREED_FEES_OF_RUN).bind(run).all(tx).await? {
        freed_period(&mut found, &row)?;
    }
    Ok(found)
}

fn freed_period(found: &mut BTreeMap<ProjectId, FeePeriods>, row: &Row) -> Result<(), StoreError> {
    let of_line = found.entry(row.parsed("project_id")?).or_default().entry(row.parsed("line_id")?).or_default();
    of_line.insert(row.count("period")?);
    Ok(())
}

/// The lines of a project of which a period was billed in part, because the fee ended within it, with the first day of
/// that period that was not billed.
pub async fn short(tx: &mut Tx, project: ProjectId) -> Result<Vec<(BillingLineId, NaiveDate)>, StoreError> {
    let rows = query(SHORT_FEES).bind(project).all(tx).await?;
    rows.iter().map(|row| Ok((row.parsed("line_id")?, row.get("service_until")?))).collect()
}

/// The project whose fees a document bills.
pub async fn project_of(tx: &mut Tx, document: DocumentId) -> Result<Option<ProjectRef>, StoreError> {
    let row = query(PROJECT_OF_DOCUMENT).bind(document).first(tx).await?;
    let named = |row: Row| Ok(ProjectRef { id: row.parsed("id")?, number: row.get("number")?, name: row.get("name")? });
    row.map(named).transpose()
}
