//! What the filters of the list of bookings offer.

use domain::{Permission, UserId};
use store::{Slice, Tx, customers, fold, projects};
use wire::{
    Problem,
    bookings::{BookingChoices, BookingQuery},
    contracts::CustomerRef,
    projects::{ProjectQuery, ProjectRow},
};

use crate::{
    Call, Env, Refused,
    projects::{booker, seen},
};

/// How many projects are offered: whoever looks for another one types how it begins.
const OFFERED: i64 = 200;

/// The customers of the projects that the words of the query find, those projects, of the chosen customer if there is
/// one, and the tasks of the chosen project. What is chosen is always offered, as far as the person may know of it.
/// Whoever only books the own time chooses among the projects to book on.
pub async fn choices(env: &Env, call: &Call, ask: &BookingQuery) -> Result<BookingChoices, Refused> {
    let mut tx = env.db.read().await?;
    let person = if call.by.role.may(Permission::SeeProjects) { None } else { Some(booker(&mut tx, call).await?) };
    let words = ProjectQuery { q: ask.q.clone(), ..ProjectQuery::default() };
    let found = offered(&mut tx, &words, person).await?;
    let mut whose: Vec<CustomerRef> = found.iter().map(|row| row.customer.clone()).collect();
    let mut rows = match ask.customer {
        None => found,
        Some(_) => offered(&mut tx, &ProjectQuery { customer: ask.customer, ..words }, person).await?,
    };
    let chosen = match (ask.project, ask.task) {
        (Some(project), _) => Some(project),
        (None, Some(task)) => projects::task(&mut tx, task).await?.map(|(project, _)| project),
        (None, None) => None,
    };
    let mut tasks = Vec::new();
    if let Some(chosen) = chosen {
        match seen(&mut tx, call, chosen).await {
            Ok(of) => {
                tasks = projects::tasks(&mut tx, chosen).await?;
                if !rows.iter().any(|row| row.id == chosen) {
                    rows.push(of.row);
                }
            }
            Err(Refused::Problem(Problem::NotFound { .. })) => {}
            Err(failed) => return Err(failed),
        }
    }
    whose.extend(rows.iter().map(|row| row.customer.clone()));
    let missing = ask.customer.filter(|id| !whose.iter().any(|of| of.id == *id));
    if let Some(id) = missing.filter(|_| call.by.role.may(Permission::SeeCustomers)) {
        let of = customers::get(&mut tx, id).await?;
        whose.extend(of.map(|of| CustomerRef { id, number: of.card.number, name: of.card.name }));
    }
    whose.sort_by_cached_key(|of| (fold(&of.name), of.id));
    whose.dedup_by_key(|of| of.id);
    Ok(BookingChoices { customers: whose, projects: rows.iter().map(ProjectRow::named).collect(), tasks })
}

async fn offered(tx: &mut Tx, ask: &ProjectQuery, person: Option<UserId>) -> Result<Vec<ProjectRow>, Refused> {
    Ok(projects::slice(tx, ask, person, Slice { offset: 0, most: OFFERED }).await?)
}
