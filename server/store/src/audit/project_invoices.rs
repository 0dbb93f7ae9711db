//! Invoices over periods of projects as they are kept, beside the bookings that stand on them.

use std::collections::HashMap;

use domain::{
    BookingId, DocumentId, LineId, Seconds,
    documents::{DocumentState, Line, LineUnit},
    money::Currency,
    splitting::Portion,
};

use crate::{
    StoreError, Tx,
    bookings::portion_of,
    project_invoices::{ProjectInvoice, stored},
    sql::{Row, query, statements},
};

statements! {
    AUDIT_PROJECT_INVOICES = "SELECT i.document_id, i.project_id, i.period_from, i.period_until, i.vat_rate, i.report, d.state,
            d.number, d.currency FROM project_invoices i JOIN documents d ON d.id = i.document_id
        WHERE i.document_id > $1 ORDER BY i.document_id LIMIT $2";
    AUDIT_INVOICED_LINES = "SELECT line_id, text, quantity, unit, price, discount, vat_rate, total FROM document_lines
        WHERE document_id = $1 AND line_id IS NOT NULL ORDER BY place";
    AUDIT_BOOKINGS_ON = "SELECT b.id, b.date, b.seconds AS booked, b.billed, x.target, x.line_id, x.seconds, x.amount, x.taken
        FROM bookings b JOIN portions x ON x.booking_id = b.id WHERE b.document_id = $1 ORDER BY b.id, x.place";
    AUDIT_STRAY = "SELECT b.id FROM bookings b WHERE b.document_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM project_invoices i
            JOIN documents d ON d.id = i.document_id AND d.state <> 'cancelled'
            WHERE i.document_id = b.document_id AND i.project_id = b.project_id) ORDER BY b.id LIMIT 1";
}

/// A line of such an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoicedLine {
    /// Its id.
    pub id: LineId,
    /// The line.
    pub line: Line,
    /// What it comes to, in minor units.
    pub total: i64,
}

/// An invoice over a period of a project as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptProjectInvoice {
    /// What it invoices.
    pub invoice: ProjectInvoice,
    /// How far the document is.
    pub state: DocumentState,
    /// Its number.
    pub number: Option<String>,
    /// The currency of its amounts.
    pub currency: Currency,
}

/// The next of them by document, for walking through all of them.
pub async fn project_invoices_after(
    tx: &mut Tx,
    document: &str,
    most: i64,
) -> Result<Vec<KeptProjectInvoice>, StoreError> {
    let kept = |row: &Row| {
        Ok(KeptProjectInvoice {
            invoice: stored(row)?,
            state: row.named("state", DocumentState::from_name)?,
            number: row.get("number")?,
            currency: row.named("currency", Currency::from_code)?,
        })
    };
    query(AUDIT_PROJECT_INVOICES).bind(document).bind(most).all(tx).await?.iter().map(kept).collect()
}

/// The lines of a document that have an id, in their order.
pub async fn invoiced_lines(tx: &mut Tx, document: DocumentId) -> Result<Vec<InvoicedLine>, StoreError> {
    query(AUDIT_INVOICED_LINES).bind(document).all(tx).await?.iter().map(line).collect()
}

fn line(row: &Row) -> Result<InvoicedLine, StoreError> {
    Ok(InvoicedLine {
        id: row.parsed("line_id")?,
        line: Line {
            article: None,
            group: None,
            sub_group: None,
            text: row.get("text")?,
            quantity: row.parsed("quantity")?,
            unit: row.named("unit", LineUnit::from_name)?,
            price: row.parsed("price")?,
            discount: row.parsed("discount")?,
            vat: row.parsed("vat_rate")?,
        },
        total: row.get("total")?,
    })
}

/// A booking that stands on a document: its day, how long it was, what of it is billed, and its portions.
pub type BookingOn = (chrono::NaiveDate, [Seconds; 2], Vec<Portion>);

/// The bookings that stand on a document.
pub async fn bookings_on(tx: &mut Tx, document: DocumentId) -> Result<HashMap<BookingId, BookingOn>, StoreError> {
    let mut found = HashMap::<BookingId, BookingOn>::new();
    for row in query(AUDIT_BOOKINGS_ON).bind(document).all(tx).await? {
        let (date, times) = (row.get("date")?, [Seconds(row.get("booked")?), Seconds(row.get("billed")?)]);
        let of = found.entry(row.parsed("id")?).or_insert_with(|| (date, times, Vec::new()));
        of.2.push(portion_of(&row)?);
    }
    Ok(found)
}
