//! Lists over the whole company, and reading every list to its end.
//!
//! *Invariants.* A page and an export ask the same function for their rows. What lapses is decided by the domain on the
//! lots that the store finds.

mod lapses;
mod reading;
mod to_dos;

pub use lapses::lapses;
pub use reading::{Listed, Reading};
pub use to_dos::to_dos;

use domain::Permission;
use store::{Slice, lists, paged};
use wire::lists::{DeficitPage, DeficitQuery};

use crate::{Call, Env, Refused};

/// A page of the open deficits of all accounts, with the sums of all pages.
pub async fn deficits(env: &Env, call: &Call, ask: &DeficitQuery) -> Result<DeficitPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let found = lists::deficits(&mut tx, ask, Slice::page(ask)).await?;
    Ok(DeficitPage { page: paged(ask, found), sums: lists::deficit_sums(&mut tx, ask).await? })
}
