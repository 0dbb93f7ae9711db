//! Lists over the whole company, and reading every list to its end.
//!
//! *Invariants.* A page and an export ask the same function for their rows. What lapses is decided by the domain on the
//! lots that the store finds.

mod lapses;
mod reading;

pub use lapses::lapses;
pub use reading::{Listed, Reading};

use domain::Permission;
use store::{Slice, Tx, lists, paged};
use wire::{
    Page,
    lists::{DeficitPage, DeficitQuery, ToDoQuery},
    today::ToDo,
};

use crate::{Call, Env, Refused, today::to_do};

/// A page of what is to be billed: overdue, or within its lead days.
pub async fn to_dos(env: &Env, call: &Call, ask: &ToDoQuery) -> Result<Page<ToDo>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let found = to_do_rows(env, &mut env.db.read().await?, ask, Slice::page(ask)).await?;
    Ok(paged(ask, found))
}

async fn to_do_rows(env: &Env, tx: &mut Tx, ask: &ToDoQuery, slice: Slice) -> Result<Vec<ToDo>, Refused> {
    let lines = lists::to_dos(tx, ask, env.today(), slice).await?;
    Ok(lines.into_iter().filter_map(to_do).collect())
}

/// A page of the open deficits of all accounts, with the sums of all pages.
pub async fn deficits(env: &Env, call: &Call, ask: &DeficitQuery) -> Result<DeficitPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let found = lists::deficits(&mut tx, ask, Slice::page(ask)).await?;
    Ok(DeficitPage { page: paged(ask, found), sums: lists::deficit_sums(&mut tx, ask).await? })
}
