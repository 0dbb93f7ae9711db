//! Which period of a project a document invoices, and the activity report behind it.

use chrono::NaiveDate;
use domain::{DateRange, DocumentId, ProjectId, VatRate};
use wire::{
    documents::InvoicedPeriod,
    projects::{ActivityReport, ProjectRef},
};

use crate::{
    StoreError, Tx,
    sql::{Row, query, statements},
};

statements! {
    ADD_PROJECT_INVOICE = "INSERT INTO project_invoices (document_id, project_id, period_from, period_until, vat_rate, report)
        VALUES ($1, $2, $3, $4, $5, $6)";
    PROJECT_INVOICE = "SELECT document_id, project_id, period_from, period_until, vat_rate, report FROM project_invoices
        WHERE document_id = $1";
    INVOICED_PERIOD = "SELECT i.project_id, p.number, p.name, i.period_from, i.period_until,
            (SELECT CAST(COUNT(*) AS BIGINT) FROM bookings b WHERE b.document_id = i.document_id) AS bookings
        FROM project_invoices i JOIN projects p ON p.id = i.project_id WHERE i.document_id = $1";
    PROJECT_OF_INVOICE = "SELECT project_id FROM project_invoices WHERE document_id = $1";
    FORGET_PROJECT_INVOICE = "DELETE FROM project_invoices WHERE document_id = $1";
}

/// What a document invoices of a project.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProjectInvoice {
    /// The document.
    pub document: DocumentId,
    /// The project.
    pub project: ProjectId,
    /// The days.
    pub period: DateRange,
    /// The rate of VAT of its lines when it was made.
    pub vat: VatRate,
    /// The activity report as it was then.
    pub report: ActivityReport,
}

fn period(row: &Row) -> Result<DateRange, StoreError> {
    let until: NaiveDate = row.get("period_until")?;
    Ok(DateRange { from: row.get("period_from")?, until: Some(until) })
}

pub(crate) fn stored(row: &Row) -> Result<ProjectInvoice, StoreError> {
    Ok(ProjectInvoice {
        document: row.parsed("document_id")?,
        project: row.parsed("project_id")?,
        period: period(row)?,
        vat: row.parsed("vat_rate")?,
        report: row.json("report")?,
    })
}

/// Adds what a document invoices; its period has an end. The caller has locked the project.
pub async fn add(tx: &mut Tx, new: &ProjectInvoice) -> Result<(), StoreError> {
    let insert = query(ADD_PROJECT_INVOICE).bind(new.document).bind(new.project).bind(new.period.from);
    let insert = insert.bind(new.period.until).bind(new.vat.to_string());
    insert.bind(serde_json::to_string(&new.report).unwrap_or_default()).run(tx).await.map(drop)
}

/// What a document invoices of a project, if it does.
pub async fn get(tx: &mut Tx, document: DocumentId) -> Result<Option<ProjectInvoice>, StoreError> {
    query(PROJECT_INVOICE).bind(document).first(tx).await?.as_ref().map(stored).transpose()
}

/// What the page of a document says of it: the project by its present name, and how many bookings stand on the document.
pub async fn shown(tx: &mut Tx, document: DocumentId) -> Result<Option<InvoicedPeriod>, StoreError> {
    let row = query(INVOICED_PERIOD).bind(document).first(tx).await?;
    let shown = |row: Row| {
        let (id, number, name) = (row.parsed("project_id")?, row.get("number")?, row.get("name")?);
        let project = ProjectRef { id, number, name };
        Ok(InvoicedPeriod { project, period: period(&row)?, bookings: row.count("bookings")? })
    };
    row.map(shown).transpose()
}

/// The project of which a document invoices a period, if it does.
pub async fn project_of(tx: &mut Tx, document: DocumentId) -> Result<Option<ProjectId>, StoreError> {
    query(PROJECT_OF_INVOICE).bind(document).first(tx).await?.map(|row| row.parsed("project_id")).transpose()
}

/// Forgets what a draft would have invoiced, before it is deleted.
pub async fn forget(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    query(FORGET_PROJECT_INVOICE).bind(document).run(tx).await.map(drop)
}
