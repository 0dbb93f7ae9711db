//! Deleting bookings.

use domain::{
    Permission,
    splitting::{self, Plan},
};
use store::{StoreError, Tx, bookings, projects};
use wire::{
    FieldReason, Noun, Problem,
    bookings::{DeleteBookingDraft, DeletedBooking},
};

use super::{
    SUBJECT,
    post::carry_out,
    save::{may_edit, refusal},
    told,
};
use crate::{
    Call, Env, Refused,
    accounts::day,
    changed::{Saver, changes, check_version, note},
    people::own,
    projects::{Ask, load, parts},
};

/// Deletes a booking: what it holds is given back, and those that were accepted later are poured again where that
/// concerns them. Deleted before, it is the same command.
///
/// Refused when it is locked, when a later one would be split though splitting is off, when it is time of somebody else
/// and the role books only the own, and when somebody else changed it in the meantime.
pub async fn delete(env: &Env, call: &Call, draft: DeleteBookingDraft) -> Result<DeletedBooking, Refused> {
    call.needs(Permission::BookTime)?;
    if draft.version == 0 {
        return Err(Problem::field("version", FieldReason::Missing).into());
    }
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (draft, saver, env, caller) = (draft.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move { deleted(&env, tx, &caller, &draft, &saver).await })
    });
    done.await
}

async fn deleted(
    env: &Env,
    tx: &mut Tx,
    caller: &Call,
    draft: &DeleteBookingDraft,
    saver: &Saver,
) -> Result<DeletedBooking, Refused> {
    let (id, missing) = (draft.id, || Refused::not_found(Noun::Booking));
    let own = own(tx, caller).await?;
    let Some(known) = bookings::get(tx, id).await? else {
        let person = bookings::deleted(tx, id).await?.ok_or_else(missing)?;
        may_edit(caller, own, person).map_err(|_| missing())?;
        let (plan, nothing) = (Plan::default(), Vec::new());
        return Ok(DeletedBooking { booking: id, plan, changed: Vec::new(), differences: nothing, lines: Vec::new() });
    };
    let mut locked = projects::lock(tx, &[known.project]).await?;
    // Read again under the lock: until then somebody may have changed, moved or deleted it.
    let found = bookings::get(tx, id).await?.ok_or(StoreError::Overtaken)?;
    let project = locked.remove(&found.project).ok_or(StoreError::Overtaken)?;
    may_edit(caller, own, found.booking.person).map_err(|_| missing())?;
    check_version(Some(found.version), draft.version, Noun::Booking)?;

    let was = bookings::row(tx, id).await?.ok_or_else(missing)?;
    let parts = parts(tx, project).await?;
    let ask = Ask::After { accepted: found.accepted, own: Some(&found) };
    let loaded = load(env, tx, parts, day(found.booking.date), ask, true).await?;
    let plan = splitting::delete(&loaded.facts, id).map_err(refusal(id))?;
    carry_out(env, tx, &loaded, None, &plan, saver).await?;
    let (changed, differences) = told::others(tx, &[(draft.seen.as_ref(), &plan)]).await?;
    bookings::delete(tx, &found, (&saver.by, saver.at)).await?;
    let fields = changes(Some(told::fields(&was)), told::nothing());
    note(tx, (SUBJECT, id.to_string()), saver, fields).await?;
    Ok(DeletedBooking { booking: id, plan, changed, differences, lines: loaded.parts.names() })
}
