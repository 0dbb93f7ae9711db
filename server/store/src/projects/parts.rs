//! The tasks and billing lines of projects.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, BillingLineId, ProjectId, TaskId,
    splitting::{Allowance, BillingLine, LineKind},
};
use wire::projects::{NamedLine, TaskRow};

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

statements! {
    PROJECT_TASKS = "SELECT id, name, closed FROM tasks WHERE project_id = $1 ORDER BY place";
    TASK = "SELECT id, project_id, name, closed FROM tasks WHERE id = $1";
    PROJECT_LINES = "SELECT project_id, name, line, reported, removed_at, next_period FROM billing_lines WHERE project_id = $1
        ORDER BY place";
    REMOVED_LINES = "SELECT id, removed_at FROM billing_lines WHERE project_id = $1 AND removed_at IS NOT NULL";
    TOUCH_PROJECT = "UPDATE projects SET version = version + 1 WHERE id = $1";
    NEXT_LINES = "UPDATE projects SET version = version + 1, lines_version = lines_version + 1 WHERE id = $1
        RETURNING lines_version";
    ADD_LINES = "INSERT INTO billing_line_versions (project_id, version, lines, at, by_name) VALUES ($1, $2, $3, $4, $5)";
    LINE_VERSIONS = "SELECT version, lines, at FROM billing_line_versions WHERE project_id = $1 ORDER BY version";
}

fn task_row(row: &Row) -> Result<TaskRow, StoreError> {
    Ok(TaskRow { id: row.parsed("id")?, name: row.get("name")?, closed: row.get("closed")? })
}

/// The tasks of a project, in their order.
pub async fn tasks(tx: &mut Tx, project: ProjectId) -> Result<Vec<TaskRow>, StoreError> {
    query(PROJECT_TASKS).bind(project).all(tx).await?.iter().map(task_row).collect()
}

pub(crate) fn tasks_of_sql(projects: usize) -> String {
    format!(
        "SELECT id, project_id, name, closed FROM tasks WHERE project_id IN ({}) ORDER BY project_id, place",
        in_list(1, projects)
    )
}

/// The tasks of these projects, each in their order.
pub async fn tasks_of(tx: &mut Tx, projects: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<TaskRow>>, StoreError> {
    let mut found = HashMap::<ProjectId, Vec<TaskRow>>::new();
    for chunk in projects.chunks(500) {
        for row in query(tasks_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("project_id")?).or_default().push(task_row(&row)?);
        }
    }
    Ok(found)
}

/// A task with its project.
pub async fn task(tx: &mut Tx, id: TaskId) -> Result<Option<(ProjectId, TaskRow)>, StoreError> {
    let row = query(TASK).bind(id).first(tx).await?;
    row.map(|row| Ok((row.parsed("project_id")?, task_row(&row)?))).transpose()
}

pub(crate) fn tasks_elsewhere_sql(tasks: usize) -> String {
    format!("SELECT id FROM tasks WHERE project_id <> $1 AND id IN ({})", in_list(2, tasks))
}

/// Which of these tasks other projects have.
pub async fn tasks_elsewhere(tx: &mut Tx, project: ProjectId, tasks: &[TaskId]) -> Result<HashSet<TaskId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in tasks.chunks(500) {
        let read = query(tasks_elsewhere_sql(chunk.len())).bind(project).bind_all(chunk.iter().copied());
        for row in read.all(tx).await? {
            found.insert(row.parsed("id")?);
        }
    }
    Ok(found)
}

pub(crate) fn booked_sql(tasks: usize) -> String {
    format!(
        "SELECT t.id FROM tasks t WHERE t.id IN ({}) AND EXISTS (SELECT 1 FROM bookings b WHERE b.task_id = t.id)",
        in_list(1, tasks)
    )
}

/// On which of these tasks time is booked.
pub async fn booked(tx: &mut Tx, tasks: &[TaskId]) -> Result<HashSet<TaskId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in tasks.chunks(500) {
        for row in query(booked_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("id")?);
        }
    }
    Ok(found)
}

pub(crate) fn forget_tasks_sql(tasks: usize) -> String {
    format!("DELETE FROM tasks WHERE project_id = $1 AND id IN ({})", in_list(2, tasks))
}

/// Puts the tasks of a project that the caller has locked into this order, adds those that are new and deletes the
/// others that are named. Errors with [`StoreError::Overtaken`] when another project has taken one of the ids
/// meanwhile.
pub async fn put_tasks(
    tx: &mut Tx,
    project: ProjectId,
    tasks: &[TaskRow],
    deleted: &[TaskId],
) -> Result<(), StoreError> {
    if !deleted.is_empty() {
        let forget = query(forget_tasks_sql(deleted.len())).bind(project).bind_all(deleted.iter().copied());
        forget.run(tx).await?;
    }
    let row = |(place, task): (i64, &TaskRow)| -> Vec<Value> {
        vec![task.id.into(), project.into(), place.into(), (&task.name).into(), task.closed.into()]
    };
    let head = "INSERT INTO tasks (id, project_id, place, name, closed) VALUES";
    let tail = "ON CONFLICT (id) DO UPDATE SET place = excluded.place, name = excluded.name, closed = excluded.closed
        WHERE tasks.project_id = excluded.project_id";
    let wanted = u64::try_from(tasks.len()).unwrap_or(u64::MAX);
    if insert_rows_or(tx, head, (0_i64..).zip(tasks).map(row).collect(), tail).await? != wanted {
        return Err(StoreError::Overtaken);
    }
    query(TOUCH_PROJECT).bind(project).run(tx).await?;
    Ok(())
}

/// A billing line as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredLine {
    /// What it does.
    pub line: BillingLine,
    /// Its name.
    pub name: String,
    /// Whether the time that it collects is shown on activity reports.
    pub reported: bool,
    /// Whether it was taken out of its project; portions still name it.
    pub removed: bool,
    /// The first period of its fee that was never billed.
    pub next: u32,
}

impl StoredLine {
    /// When the next period of its fee becomes due; never without one, or once it has ended.
    pub fn next_due(&self) -> Option<NaiveDate> {
        self.line.fee().and_then(|fee| fee.due_on(self.next))
    }

    /// As other things name it.
    pub fn named(&self) -> NamedLine {
        NamedLine { id: self.line.id, name: self.name.clone(), pays: Some(self.line.kind.pays()) }
    }
}

fn stored_line(row: &Row) -> Result<StoredLine, StoreError> {
    let removed: Option<DateTime<Utc>> = row.get("removed_at")?;
    Ok(StoredLine {
        line: row.json("line")?,
        name: row.get("name")?,
        reported: row.get("reported")?,
        removed: removed.is_some(),
        next: row.count("next_period")?,
    })
}

/// The billing lines of a project in their order, also those that were taken out.
pub async fn lines(tx: &mut Tx, project: ProjectId) -> Result<Vec<StoredLine>, StoreError> {
    query(PROJECT_LINES).bind(project).all(tx).await?.iter().map(stored_line).collect()
}

/// When the billing lines of a project that are not there any more were taken out.
pub async fn removed(tx: &mut Tx, project: ProjectId) -> Result<HashMap<BillingLineId, DateTime<Utc>>, StoreError> {
    let rows = query(REMOVED_LINES).bind(project).all(tx).await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.get("removed_at")?))).collect()
}

pub(crate) fn lines_of_sql(projects: usize) -> String {
    format!(
        "SELECT project_id, name, line, reported, removed_at, next_period FROM billing_lines
            WHERE project_id IN ({}) AND removed_at IS NULL ORDER BY project_id, place",
        in_list(1, projects)
    )
}

pub(crate) fn every_line_of_sql(projects: usize) -> String {
    format!(
        "SELECT project_id, name, line, reported, removed_at, next_period FROM billing_lines
            WHERE project_id IN ({}) ORDER BY project_id, place",
        in_list(1, projects)
    )
}

/// The billing lines of these projects in their order, also those that were taken out.
pub async fn every_line_of(
    tx: &mut Tx,
    projects: &[ProjectId],
) -> Result<HashMap<ProjectId, Vec<StoredLine>>, StoreError> {
    let mut found = HashMap::<ProjectId, Vec<StoredLine>>::new();
    for chunk in projects.chunks(500) {
        for row in query(every_line_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("project_id")?).or_default().push(stored_line(&row)?);
        }
    }
    Ok(found)
}

/// The billing lines of these projects in their order, without those that were taken out.
pub async fn lines_of(tx: &mut Tx, projects: &[ProjectId]) -> Result<HashMap<ProjectId, Vec<StoredLine>>, StoreError> {
    let mut found = HashMap::<ProjectId, Vec<StoredLine>>::new();
    for chunk in projects.chunks(500) {
        for row in query(lines_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("project_id")?).or_default().push(stored_line(&row)?);
        }
    }
    Ok(found)
}

pub(crate) fn lines_elsewhere_sql(lines: usize) -> String {
    format!("SELECT id FROM billing_lines WHERE project_id <> $1 AND id IN ({})", in_list(2, lines))
}

/// Which of these lines other projects have.
pub async fn lines_elsewhere(
    tx: &mut Tx,
    project: ProjectId,
    lines: &[BillingLineId],
) -> Result<HashSet<BillingLineId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in lines.chunks(500) {
        let read = query(lines_elsewhere_sql(chunk.len())).bind(project).bind_all(chunk.iter().copied());
        for row in read.all(tx).await? {
            found.insert(row.parsed("id")?);
        }
    }
    Ok(found)
}

pub(crate) fn lines_on_sql(accounts: usize) -> String {
    format!("SELECT account_id, line FROM billing_lines WHERE account_id IN ({})", in_list(1, accounts))
}

/// Which of these accounts are filled by the allowance of a line.
pub async fn filled(tx: &mut Tx, accounts: &[AccountId]) -> Result<HashSet<AccountId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in accounts.chunks(500) {
        for row in query(lines_on_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let line: BillingLine = row.json("line")?;
            if matches!(&line.kind, LineKind::Collector(collector) if collector.allowance.is_some()) {
                found.insert(row.parsed("account_id")?);
            }
        }
    }
    Ok(found)
}

/// The allowance of an account on which time is booked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownAllowance {
    /// The line that collects it.
    pub line: BillingLineId,
    /// What is free in which periods.
    pub allowance: Allowance,
    /// The number of the project.
    pub project: String,
    /// The name of the line.
    pub name: String,
}

pub(crate) fn allowances_sql(accounts: usize) -> String {
    format!(
        "SELECT l.account_id, l.line, l.name,
            (SELECT p.number FROM projects p WHERE p.id = l.project_id AND NOT p.closed) AS project
            FROM billing_lines l WHERE l.account_id IN ({}) AND l.removed_at IS NULL",
        in_list(1, accounts)
    )
}

/// The allowances that fill these accounts; without lines that were taken out, and without closed projects.
pub async fn allowances(tx: &mut Tx, accounts: &[AccountId]) -> Result<HashMap<AccountId, KnownAllowance>, StoreError> {
    let mut found = HashMap::new();
    for chunk in accounts.chunks(500) {
        for row in query(allowances_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let (line, project): (BillingLine, Option<String>) = (row.json("line")?, row.get("project")?);
            let LineKind::Collector(collector) = line.kind else { continue };
            if let Some((allowance, project)) = collector.allowance.zip(project) {
                let known = KnownAllowance { line: line.id, allowance, project, name: row.get("name")? };
                found.insert(row.parsed("account_id")?, known);
            }
        }
    }
    Ok(found)
}

/// Puts the billing lines of a project that the caller has locked into this order, adds those that are new, takes the
/// others that are named out as they are then, and keeps the new state as a version: `at` its next place, so that what was accepted before
/// can be told. When a fee becomes due is computed of
/// the line and of what was billed of it. Errors with [`StoreError::Overtaken`] when another project has one of the ids.
pub async fn put_lines(
    tx: &mut Tx,
    project: ProjectId,
    (lines, removed): (&[StoredLine], &[StoredLine]),
    (by, at): (&str, DateTime<Utc>),
) -> Result<(), StoreError> {
    let row = |(place, stored): (i64, &StoredLine)| -> Vec<Value> {
        let account = match &stored.line.kind {
            LineKind::Collector(collector) => Some(collector.account),
            LineKind::Effort { .. } | LineKind::FlatRate => None,
        };
        let line = serde_json::to_string(&stored.line).unwrap_or_default();
        let (name, reported) = ((&stored.name).into(), stored.reported.into());
        let (own, due) = (stored.line.id.into(), stored.next_due().into());
        vec![own, project.into(), place.into(), name, line.into(), account.into(), reported, due]
    };
    let head = "INSERT INTO billing_lines (id, project_id, place, name, line, account_id, reported, next_due) VALUES";
    let tail = "ON CONFLICT (id) DO UPDATE SET place = excluded.place, name = excluded.name, line = excluded.line,
        account_id = excluded.account_id, reported = excluded.reported, next_due = excluded.next_due, removed_at = NULL
        WHERE billing_lines.project_id = excluded.project_id";
    let wanted = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    if insert_rows_or(tx, head, (0_i64..).zip(lines).map(row).collect(), tail).await? != wanted {
        return Err(StoreError::Overtaken);
    }
    // They keep their place among the others.
    let gone = removed.iter().map(|stored| [row((0, stored)), vec![at.into()]].concat());
    let head =
        "INSERT INTO billing_lines (id, project_id, place, name, line, account_id, reported, next_due, removed_at)
        VALUES";
    let tail = "ON CONFLICT (id) DO UPDATE SET line = excluded.line, next_due = excluded.next_due,
        removed_at = excluded.removed_at WHERE billing_lines.project_id = excluded.project_id";
    insert_rows_or(tx, head, gone.collect(), tail).await?;
    let version: i64 = match query(NEXT_LINES).bind(project).first(tx).await? {
        Some(row) => row.get("lines_version")?,
        None => return Err(StoreError::Overtaken),
    };
    let own: Vec<&BillingLine> = lines.iter().map(|stored| &stored.line).collect();
    let own = serde_json::to_string(&own).unwrap_or_default();
    query(ADD_LINES).bind(project).bind(version).bind(own).bind(at).bind(by).run(tx).await?;
    Ok(())
}

/// A state of the billing lines of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineVersion {
    /// Its number, from 1.
    pub version: i64,
    /// The lines, in their order.
    pub lines: Vec<BillingLine>,
    /// Since when, in the order in which its project accepts bookings.
    pub at: DateTime<Utc>,
}

/// Every state that the billing lines of a project had, the oldest first.
pub async fn line_versions(tx: &mut Tx, project: ProjectId) -> Result<Vec<LineVersion>, StoreError> {
    let rows = query(LINE_VERSIONS).bind(project).all(tx).await?;
    let version = |row: &Row| -> Result<LineVersion, StoreError> {
        Ok(LineVersion { version: row.get("version")?, lines: row.json("lines")?, at: row.get("at")? })
    };
    rows.iter().map(version).collect()
}
