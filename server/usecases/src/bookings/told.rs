//! What the answer to a booking tells, what its history keeps, and what its draws say.

use std::collections::HashMap;

use domain::{
    BookingId, Currency, DrawId, Money,
    splitting::{Plan, Portion, PortionChange},
};
use store::{Tx, bookings};
use texts::clock;
use wire::{
    Noun,
    bookings::{BookingAnswer, BookingRow, ChangedBooking},
};

use super::shown;
use crate::{Env, Refused};

/// The answer to a booking that is there already: nothing was decided.
pub(super) async fn as_before(env: &Env, tx: &mut Tx, id: BookingId) -> Result<BookingAnswer, Refused> {
    let mut row = bookings::row(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Booking))?;
    shown(env, tx, std::slice::from_mut(&mut row)).await?;
    Ok(BookingAnswer {
        row,
        plan: Plan::default(),
        left: None,
        changed: Vec::new(),
        differences: Vec::new(),
        lines: Vec::new(),
    })
}

/// The other bookings that come out otherwise, and where what was decided differs from what a person saw; of each plan
/// with what was seen of it. Nothing differs from what nobody saw.
pub(super) async fn others(
    tx: &mut Tx,
    plans: &[(Option<&Plan>, &Plan)],
) -> Result<(Vec<ChangedBooking>, Vec<ChangedBooking>), Refused> {
    let changed = plans.iter().flat_map(|(_, decided)| decided.changed());
    let changed: Vec<(BookingId, Vec<PortionChange>)> =
        changed.map(|poured| (poured.booking, poured.changes())).collect();
    let seen = plans.iter().filter_map(|(seen, decided)| Some(((*seen)?, *decided)));
    let differ: Vec<_> = seen.flat_map(|(seen, decided)| Plan::differences(seen, decided)).collect();
    let ids: Vec<BookingId> = changed.iter().chain(&differ).map(|(booking, _)| *booking).collect();
    let rows = bookings::rows(tx, &ids).await?;
    let named = |(booking, changes): (BookingId, Vec<PortionChange>)| {
        let row = rows.get(&booking)?;
        let (person, task) = (row.person.name.clone(), row.task_name.clone());
        Some(ChangedBooking { booking, date: row.date, person, task, currency: row.currency, changes })
    };
    let changed = changed.into_iter().filter_map(named).collect();
    Ok((changed, differ.into_iter().filter_map(named).collect()))
}

/// The portions of a booking as a history keeps them: `Free 0:45; Support 0:15 = 25.00`.
pub(super) fn portions<'a>(
    portions: impl Iterator<Item = (&'a Portion, Option<String>)>,
    currency: Currency,
) -> String {
    let said = portions.map(|(portion, name)| {
        let name = name.unwrap_or_else(|| portion.target.name().to_owned());
        let time = clock(portion.seconds);
        match portion.amount {
            0 => format!("{name} {time}"),
            minor => format!("{name} {time} = {}", Money { minor, currency }.major()),
        }
    });
    said.collect::<Vec<_>>().join("; ")
}

/// What a booking says about itself in its history.
pub(super) fn fields(row: &BookingRow) -> Vec<(&'static str, String)> {
    let named = row.portions.iter().map(|named| (&named.portion, named.line.clone()));
    vec![
        ("project", row.project.number.clone()),
        ("task", row.task_name.clone()),
        ("person", row.person.name.clone()),
        ("date", row.date.to_string()),
        ("start", row.start.map(|start| start.to_string()).unwrap_or_default()),
        ("time", clock(row.seconds)),
        ("billed", clock(row.billed)),
        ("billable", if row.billable { "yes" } else { "no" }.to_owned()),
        ("note", row.note.clone()),
        ("portions", portions(named, row.currency)),
    ]
}

/// What a draw says: what was done, or else on what.
pub(super) fn words(note: &str, task: &str) -> String {
    let said = if note.is_empty() { task } else { note };
    said.to_owned()
}

/// What the draws of bookings among these say. An entry keeps what it was posted with; the booking may say something else
/// since, and that is what people read.
pub(crate) async fn draw_words(tx: &mut Tx, draws: &[DrawId]) -> Result<HashMap<DrawId, String>, Refused> {
    let said = bookings::said(tx, draws).await?.into_iter();
    Ok(said.map(|(draw, (note, task))| (draw, words(&note, &task))).collect())
}

/// The same fields of a booking that is deleted.
pub(super) fn nothing() -> Vec<(&'static str, String)> {
    let names = ["project", "task", "person", "date", "start", "time", "billed", "billable", "note", "portions"];
    names.into_iter().map(|name| (name, String::new())).collect()
}
