//! Bookings as they are kept: what the audit adds up and decides anew.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{AccountId, BookingId, DrawId, ProjectId, Seconds, TaskId, UserId, quota::Amount, splitting::Portion};

use crate::{
    StoreError, Tx,
    bookings::portion_of,
    sql::{Row, in_list, query, statements},
};

statements! {
    AUDIT_BOOKINGS = "SELECT b.id, b.person_id, b.task_id, t.project_id AS task_project, b.date, b.seconds, b.billed, b.billable,
        b.accepted, x.decided
        FROM bookings b LEFT JOIN tasks t ON t.id = b.task_id LEFT JOIN booking_decisions x ON x.booking_id = b.id
        WHERE b.project_id = $1 AND b.accepted > $2 ORDER BY b.accepted LIMIT $3";
    AUDIT_UNBOOKED = "SELECT s.draw_id AS id FROM draw_state s
        JOIN entries e ON e.draw_id = s.draw_id AND e.kind = 'draw' AND e.origin = 'booking_portion'
        WHERE NOT s.released AND NOT EXISTS (SELECT 1 FROM portions x WHERE x.draw_id = s.draw_id)
        ORDER BY s.draw_id LIMIT 1";
    AUDIT_PORTIONS_TWICE = "SELECT draw_id AS id FROM portions WHERE draw_id IS NOT NULL GROUP BY draw_id
        HAVING COUNT(*) > 1 ORDER BY draw_id LIMIT 1";
    AUDIT_DELETED = "SELECT d.id FROM deleted_bookings d WHERE EXISTS (SELECT 1 FROM bookings b WHERE b.id = d.id)
        ORDER BY d.id LIMIT 1";
}

/// A draw of a portion as it was posted, and as it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeptPortionDraw {
    /// The account.
    pub account: AccountId,
    /// For which day.
    pub date: NaiveDate,
    /// What was wanted.
    pub wanted: Option<Amount>,
    /// What it took, deficit included.
    pub taken: Amount,
    /// Whether it was made for a booking.
    pub own: bool,
    /// Whether it was released.
    pub released: bool,
}

/// A portion as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptPortion {
    /// The portion.
    pub portion: Portion,
    /// The draw that it names, if that is there.
    pub draw: Option<(DrawId, Option<KeptPortionDraw>)>,
}

/// A booking as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptBooking {
    /// The booking.
    pub id: BookingId,
    /// Who has worked.
    pub person: UserId,
    /// Its task.
    pub task: TaskId,
    /// The project of its task.
    pub task_project: Option<ProjectId>,
    /// Its day.
    pub date: NaiveDate,
    /// How long it really was.
    pub seconds: Seconds,
    /// What is billed of it.
    pub billed: Seconds,
    /// Whether it is billable.
    pub billable: bool,
    /// Its place in the order of acceptance.
    pub accepted: i64,
    /// On what it was poured last, as it is kept.
    pub decided: Option<String>,
    /// Its portions, in their order.
    pub portions: Vec<KeptPortion>,
}

pub(crate) fn portions_sql(bookings: usize) -> String {
    format!(
        "SELECT x.booking_id, x.target, x.line_id, x.seconds, x.amount, x.taken, x.draw_id, s.account_id, s.released, e.date,
            e.wanted, CAST(e.amount + (SELECT COALESCE(SUM(p.amount), 0) FROM entry_parts p
                WHERE p.account_id = e.account_id AND p.seq = e.seq) AS BIGINT) AS drawn,
            CASE WHEN e.origin = 'booking_portion' THEN TRUE ELSE FALSE END AS own
            FROM portions x LEFT JOIN draw_state s ON s.draw_id = x.draw_id
            LEFT JOIN entries e ON e.draw_id = x.draw_id AND e.kind = 'draw'
            WHERE x.booking_id IN ({}) ORDER BY x.booking_id, x.place",
        in_list(1, bookings)
    )
}

fn kept_draw(row: &Row) -> Result<Option<KeptPortionDraw>, StoreError> {
    let account: Option<AccountId> = row.maybe("account_id")?;
    let date: Option<NaiveDate> = row.get("date")?;
    let Some((account, date)) = account.zip(date) else { return Ok(None) };
    Ok(Some(KeptPortionDraw {
        account,
        date,
        wanted: row.get::<Option<i64>>("wanted")?.map(Amount::new),
        taken: Amount::new(row.get::<Option<i64>>("drawn")?.unwrap_or_default()),
        own: row.get("own")?,
        released: row.get::<Option<bool>>("released")?.unwrap_or_default(),
    }))
}

/// The next bookings of a project in the order of acceptance, for walking through all of them.
pub async fn bookings_after(
    tx: &mut Tx,
    project: ProjectId,
    accepted: i64,
    most: i64,
) -> Result<Vec<KeptBooking>, StoreError> {
    let booking = |row: &Row| {
        Ok(KeptBooking {
            id: row.parsed("id")?,
            person: row.parsed("person_id")?,
            task: row.parsed("task_id")?,
            task_project: row.maybe("task_project")?,
            date: row.get("date")?,
            seconds: Seconds(row.get("seconds")?),
            billed: Seconds(row.get("billed")?),
            billable: row.get("billable")?,
            accepted: row.get("accepted")?,
            decided: row.get("decided")?,
            portions: Vec::new(),
        })
    };
    let rows = query(AUDIT_BOOKINGS).bind(project).bind(accepted).bind(most).all(tx).await?;
    let mut found = rows.iter().map(booking).collect::<Result<Vec<KeptBooking>, StoreError>>()?;
    if found.is_empty() {
        return Ok(found);
    }
    let places: HashMap<BookingId, usize> = found.iter().map(|booking| booking.id).zip(0..).collect();
    let ids: Vec<BookingId> = found.iter().map(|booking| booking.id).collect();
    for row in query(portions_sql(ids.len())).bind_all(ids).all(tx).await? {
        let place = places.get(&row.parsed("booking_id")?);
        if let Some(booking) = place.and_then(|place| found.get_mut(*place)) {
            let draw: Option<DrawId> = row.maybe("draw_id")?;
            let draw = draw.map(|draw| Ok::<_, StoreError>((draw, kept_draw(&row)?))).transpose()?;
            booking.portions.push(KeptPortion { portion: portion_of(&row)?, draw });
        }
    }
    Ok(found)
}
