//! The page of a booking.

use domain::{AccountId, BillingLineId, BookingId, Permission, splitting::LineKind};
use store::{Tx, history, projects};
use wire::{
    Problem,
    bookings::{BookingRow, BookingView},
};

use super::{SUBJECT, save::may_edit, seen};
use crate::{Call, Env, Refused, people::own, projects::facts};

/// A booking with its history, and with what changing or deleting it is previewed with when that is asked for. The
/// facts are left out when the person may not change it, or when it is locked.
pub async fn view(env: &Env, call: &Call, id: BookingId, changes: bool) -> Result<BookingView, Refused> {
    let (row, accounts, editable, history) = {
        let mut tx = env.db.read().await?;
        let row = seen(env, &mut tx, call, id).await?;
        let accounts = accounts(&mut tx, call, &row).await?;
        let own = own(&mut tx, call).await?;
        let editable = may_edit(call, own, row.person.id).is_ok();
        let changes = history::list(&mut tx, SUBJECT, &id.to_string(), 100).await?;
        let history = changes.into_iter().map(|change| env.localised(change)).collect();
        (row, accounts, editable, history)
    };
    let facts = if changes && editable && row.lock.is_none() {
        match facts(env, call, row.project.id, row.date, Some(id)).await {
            Ok(facts) => Some(facts),
            // Only others book on the project by now.
            Err(Refused::Problem(Problem::NotFound { .. })) => None,
            Err(failed) => return Err(failed),
        }
    } else {
        None
    };
    Ok(BookingView { row, accounts, editable, history, facts })
}

/// The accounts of the collectors of its project, for whoever may see accounts.
async fn accounts(tx: &mut Tx, call: &Call, row: &BookingRow) -> Result<Vec<(BillingLineId, AccountId)>, Refused> {
    if !call.by.role.may(Permission::SeeCustomers) {
        return Ok(Vec::new());
    }
    let lines = projects::lines(tx, row.project.id).await?;
    let account = |stored: &projects::StoredLine| match &stored.line.kind {
        LineKind::Collector(collector) => Some((stored.line.id, collector.account)),
        LineKind::Effort { .. } | LineKind::FlatRate => None,
    };
    Ok(lines.iter().filter_map(account).collect())
}
