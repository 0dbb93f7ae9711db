//! Bookings of a period of a project, and the documents on which bookings stand.

use domain::{BookingId, DateRange, DocumentId, ProjectId, splitting::Decided};

use super::{StoredBooking, with_portions};
use crate::{
    StoreError, Tx,
    accounts::usable_until,
    sql::{in_list, query, statements},
};

statements! {
    BOOKINGS_OF_PERIOD = "SELECT b.id, b.version, b.project_id, b.task_id, b.person_id, b.date, b.started, b.seconds, b.billed,
            b.billable, b.note, b.accepted, b.document_id, t.name AS task_name, w.name AS person_name, x.decided
        FROM bookings b LEFT JOIN tasks t ON t.id = b.task_id LEFT JOIN users w ON w.id = b.person_id
            LEFT JOIN booking_decisions x ON x.booking_id = b.id
        WHERE b.project_id = $1 AND b.date >= $2 AND b.date < $3 ORDER BY b.date, b.id";
    FREE_BOOKINGS = "UPDATE bookings SET document_id = NULL WHERE document_id = $1";
}

/// A booking with the names of what it names, and on what it was poured last.
#[derive(Debug, Clone)]
pub struct PeriodBooking {
    /// The booking.
    pub stored: StoredBooking,
    /// The name of its task.
    pub task: String,
    /// The name of whoever has worked.
    pub person: String,
    /// On what it was poured last.
    pub decided: Option<Decided>,
}

/// Every booking of a project on these days, by day.
pub async fn of_period(tx: &mut Tx, project: ProjectId, days: DateRange) -> Result<Vec<PeriodBooking>, StoreError> {
    let read = query(BOOKINGS_OF_PERIOD).bind(project).bind(days.from).bind(usable_until(days));
    let rows = read.all(tx).await?;
    let bookings = with_portions(tx, &rows).await?;
    let named = bookings.into_iter().zip(&rows).map(|(stored, row)| {
        let decided = row.get::<Option<String>>("decided")?;
        let unreadable = |value: String| StoreError::Unreadable { what: "decided", value };
        let decided = decided.map(|text| serde_json::from_str::<Decided>(&text).map_err(|_| unreadable(text)));
        Ok(PeriodBooking {
            stored,
            task: row.get::<Option<String>>("task_name")?.unwrap_or_default(),
            person: row.get::<Option<String>>("person_name")?.unwrap_or_default(),
            decided: decided.transpose()?,
        })
    });
    named.collect()
}

pub(crate) fn put_on_sql(bookings: usize) -> String {
    format!("UPDATE bookings SET document_id = $1 WHERE document_id IS NULL AND id IN ({})", in_list(2, bookings))
}

/// Puts bookings of a project that the caller has locked on a document: they keep their portions as long as it stands.
/// Errors with [`StoreError::Overtaken`] when one of them is on a document already.
pub async fn put_on(tx: &mut Tx, document: DocumentId, bookings: &[BookingId]) -> Result<(), StoreError> {
    for chunk in bookings.chunks(500) {
        let put = query(put_on_sql(chunk.len())).bind(document).bind_all(chunk.iter().copied());
        if put.run(tx).await? != u64::try_from(chunk.len()).unwrap_or(u64::MAX) {
            return Err(StoreError::Overtaken);
        }
    }
    Ok(())
}

/// Takes every booking off a document.
pub async fn free(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    query(FREE_BOOKINGS).bind(document).run(tx).await.map(drop)
}
