//! On what somebody has worked lately, and whose time it is.

use std::collections::BTreeSet;

use domain::{Permission, UserId};
use store::bookings::{self, LatestTask};
use wire::projects::BookableProject;

use crate::{Call, Env, Refused, projects::booker};

/// How many of the latest bookings are looked at.
const LOOKED_AT: i64 = 60;
/// How many tasks are offered.
const MOST: usize = 8;

/// The tasks on which whoever calls has booked last and can still book, the latest first. Each stands alone in its
/// project.
pub async fn recent(env: &Env, call: &Call) -> Result<Vec<BookableProject>, Refused> {
    let mut tx = env.db.read().await?;
    let person = booker(&mut tx, call).await?;
    let everywhere = call.by.role.may(Permission::EditBookings);
    let found = bookings::latest_tasks(&mut tx, person, LOOKED_AT).await?;
    let mut known = BTreeSet::new();
    let open = found.into_iter().filter(|latest| latest.open && (everywhere || latest.assigned));
    let distinct = open.filter(|latest| known.insert(latest.task.id)).take(MOST);
    let bookable =
        |LatestTask { project, customer, task, .. }| BookableProject { project, customer, tasks: vec![task] };
    Ok(distinct.map(bookable).collect())
}

/// Whose time whoever calls books; none of those who look at customers and book no time.
///
/// Refused to everybody else, and to a token, which is nobody.
pub async fn worker(env: &Env, call: &Call) -> Result<Option<UserId>, Refused> {
    if !call.by.role.may(Permission::BookTime) {
        call.needs(Permission::SeeCustomers)?;
        return Ok(None);
    }
    booker(&mut env.db.read().await?, call).await.map(Some)
}
