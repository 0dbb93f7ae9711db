//! Booking time, changing a booking, and moving it to another project.

use std::collections::BTreeSet;

use domain::{
    BookingId, Permission, ProjectId, UserId,
    splitting::{self, Booking, Plan, SplitError},
};
use store::{
    StoreError, Tx, accounts,
    bookings::{self, StoredBooking},
    people,
    projects::{self, StoredProject},
};
use wire::{
    FieldReason, Noun, Problem,
    bookings::{BookingAnswer, BookingDraft, refused},
};

use super::{SUBJECT, post::carry_out, told};
use crate::{
    Call, Env, Refused,
    accounts::day,
    changed::{Saver, changes, check_version, note},
    people::own,
    projects::{Ask, Loaded, load, parts},
};

/// Books time: it is poured down the billing lines of its project, and changes no other booking. The same content under
/// the same id again is the same booking; another content is a conflict. The answer says where the decision differs
/// from what the person saw.
///
/// Refused with figures when the domain refuses it, when there is no such task or person, when only others book on the
/// project, and when it is time of somebody else and the role books only the own.
pub async fn book(env: &Env, call: &Call, draft: BookingDraft) -> Result<BookingAnswer, Refused> {
    saves(env, call, BookingDraft { version: 0, ..draft }).await
}

/// Changes a booking: it keeps its place, and those that were accepted later are poured again where that concerns them.
/// A task of another project moves it there. The same content again changes nothing and is accepted.
///
/// Refused as [`book`], when the booking is locked, when a later one would be split though splitting is off, and when
/// somebody else changed it in the meantime.
pub async fn change(env: &Env, call: &Call, draft: BookingDraft) -> Result<BookingAnswer, Refused> {
    if draft.version == 0 {
        return Err(Problem::field("version", FieldReason::Missing).into());
    }
    saves(env, call, draft).await
}

async fn saves(env: &Env, call: &Call, draft: BookingDraft) -> Result<BookingAnswer, Refused> {
    call.needs(Permission::BookTime)?;
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (draft, saver, env, caller) = (draft.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move { saved(&env, tx, &caller, &draft, &saver).await })
    });
    done.await
}

/// What was decided.
struct Decided {
    plan: Plan,
    loaded: Loaded,
    /// What became of the project that the booking has left.
    left: Option<(Plan, Loaded)>,
}

pub(super) async fn saved(
    env: &Env,
    tx: &mut Tx,
    caller: &Call,
    draft: &BookingDraft,
    saver: &Saver,
) -> Result<BookingAnswer, Refused> {
    let own = own(tx, caller).await?;
    let no_task = || Problem::field("task", FieldReason::NotOneOf);
    let (target, _) = projects::task(tx, draft.task).await?.ok_or_else(no_task)?;
    let known = bookings::get(tx, draft.id).await?;
    let named: BTreeSet<ProjectId> = known.iter().map(|found| found.project).chain([target]).collect();
    let mut locked = projects::lock(tx, &named.into_iter().collect::<Vec<_>>()).await?;
    // Read again under the locks: until then somebody may have deleted the task, or changed, moved or deleted the
    // booking.
    projects::task(tx, draft.task).await?.ok_or_else(no_task)?;
    let before = bookings::get(tx, draft.id).await?;
    if before.as_ref().is_some_and(|found| !locked.contains_key(&found.project)) {
        return Err(StoreError::Overtaken.into());
    }
    known_to(tx, caller, own, draft, before.as_ref()).await?;
    // Whoever changes a booking and names nobody leaves it to whom it belongs.
    let kept = before.as_ref().filter(|_| draft.version > 0).map(|found| found.booking.person);
    let person = draft.person.or(kept).or(own).ok_or_else(|| Problem::field("person", FieldReason::Missing))?;
    may_edit(caller, own, person)?;
    let booking = draft.booking(person);
    if before.as_ref().is_some_and(|found| found.booking == booking) {
        return told::as_before(env, tx, draft.id).await;
    }
    check_version(before.as_ref().map(|found| found.version), draft.version, Noun::Booking)?;
    let project = locked.remove(&target).ok_or_else(no_task)?;
    may_book_on(tx, caller, own, &project, person).await?;

    let was = bookings::row(tx, draft.id).await?;
    let decided = match &before {
        None => added(env, tx, project, &booking, saver).await?,
        Some(found) if found.project == target => changed(env, tx, project, (found, &booking), saver).await?,
        Some(found) => {
            let from = locked.remove(&found.project).ok_or(StoreError::Overtaken)?;
            moved(env, tx, (from, project), (found, &booking), saver).await?
        }
    };
    let row = bookings::row(tx, draft.id).await?.ok_or_else(|| Refused::not_found(Noun::Booking))?;
    let fields = changes(was.as_ref().map(told::fields), told::fields(&row));
    note(tx, (SUBJECT, draft.id.to_string()), saver, fields).await?;
    let Decided { plan, loaded, left } = decided;
    let seen = [(draft.seen.as_ref(), &plan)];
    let seen_left = left.as_ref().map(|(plan, _)| (draft.seen_left.as_ref(), plan));
    let comparisons: Vec<_> = seen.into_iter().chain(seen_left).collect();
    let (changed, differences) = told::others(tx, &comparisons).await?;
    let mut lines = loaded.parts.names();
    lines.extend(left.iter().flat_map(|(_, loaded)| loaded.parts.names()));
    let mut rows = [row];
    super::shown(env, tx, &mut rows).await?;
    let [row] = rows;
    Ok(BookingAnswer { row, plan, left: left.map(|(plan, _)| plan), changed, differences, lines })
}

/// Refuses time of somebody else to whoever books only the own.
pub(super) fn may_edit(caller: &Call, own: Option<UserId>, person: UserId) -> Result<(), Refused> {
    caller.needs(Permission::BookTime)?;
    if own == Some(person) { Ok(()) } else { caller.needs(Permission::EditBookings) }
}

/// Whether the booking can be the one that the draft means: one of somebody else does not exist for whoever books only
/// the own, and one that was deleted does not come back.
async fn known_to(
    tx: &mut Tx,
    caller: &Call,
    own: Option<UserId>,
    draft: &BookingDraft,
    before: Option<&StoredBooking>,
) -> Result<(), Refused> {
    let adds = draft.version == 0;
    let gone = adds && before.is_none() && bookings::deleted(tx, draft.id).await?.is_some();
    let hidden = before.is_some_and(|found| may_edit(caller, own, found.booking.person).is_err());
    match (gone || hidden, adds) {
        (false, _) => Ok(()),
        (true, true) => Err(Problem::SameId.into()),
        (true, false) => Err(Refused::not_found(Noun::Booking)),
    }
}

/// Refuses a person who does not work here, and a project on which only others book: it says whether everybody does or
/// only those whom it names.
async fn may_book_on(
    tx: &mut Tx,
    caller: &Call,
    own: Option<UserId>,
    project: &StoredProject,
    person: UserId,
) -> Result<(), Refused> {
    if own != Some(person) && people::workers_among(tx, &[person]).await?.is_empty() {
        return Err(Problem::field("person", FieldReason::NotOneOf).into());
    }
    let anybody = !project.limited || caller.by.role.may(Permission::EditBookings);
    if anybody || projects::assigned(tx, project.row.id, person).await? {
        Ok(())
    } else {
        Err(Problem::field("task", FieldReason::NotAssigned).into())
    }
}

/// The refusal of splitting, told of the booking that is saved.
pub(super) fn refusal(named: BookingId) -> impl Fn(SplitError) -> Refused {
    move |error| Refused::Problem(refused(error, named))
}

/// A booking without what is decided for it.
pub(super) fn stored(project: ProjectId, booking: &Booking, plan: &Plan, accepted: i64) -> StoredBooking {
    StoredBooking {
        version: 0,
        project,
        booking: booking.clone(),
        billed: plan.booking.as_ref().map_or(booking.seconds, |poured| poured.billed),
        accepted,
        document: None,
        portions: Vec::new(),
    }
}

async fn added(
    env: &Env,
    tx: &mut Tx,
    project: StoredProject,
    booking: &Booking,
    saver: &Saver,
) -> Result<Decided, Refused> {
    let id = project.row.id;
    let parts = parts(tx, project).await?;
    let loaded = load(env, tx, parts, day(booking.date), Ask::Add, true).await?;
    let plan = splitting::add(&loaded.facts, booking).map_err(refusal(booking.id))?;
    let accepted = bookings::next_place(tx, id, saver.at).await?;
    if !bookings::add(tx, &stored(id, booking, &plan, accepted)).await? {
        return Err(StoreError::Overtaken.into());
    }
    carry_out(env, tx, &loaded, Some(booking), &plan, saver).await?;
    Ok(Decided { plan, loaded, left: None })
}

async fn changed(
    env: &Env,
    tx: &mut Tx,
    project: StoredProject,
    (found, booking): (&StoredBooking, &Booking),
    saver: &Saver,
) -> Result<Decided, Refused> {
    let id = project.row.id;
    let parts = parts(tx, project).await?;
    let days = day(found.booking.date).hull(day(booking.date));
    let ask = Ask::After { accepted: found.accepted, own: Some(found) };
    let loaded = load(env, tx, parts, days, ask, true).await?;
    let plan = splitting::change(&loaded.facts, booking).map_err(refusal(booking.id))?;
    bookings::change(tx, &stored(id, booking, &plan, found.accepted)).await?;
    carry_out(env, tx, &loaded, Some(booking), &plan, saver).await?;
    Ok(Decided { plan, loaded, left: None })
}

/// Moves a booking: what the one project gives back is there before the other one decides, because both may draw the
/// same account.
async fn moved(
    env: &Env,
    tx: &mut Tx,
    (from, to): (StoredProject, StoredProject),
    (found, booking): (&StoredBooking, &Booking),
    saver: &Saver,
) -> Result<Decided, Refused> {
    let id = to.row.id;
    let (from, to) = (parts(tx, from).await?, parts(tx, to).await?);
    let both: BTreeSet<_> = from.accounts(true).into_iter().chain(to.accounts(true)).collect();
    accounts::many(tx, &both.into_iter().collect::<Vec<_>>(), true).await?;
    let ask = Ask::After { accepted: found.accepted, own: Some(found) };
    let left = load(env, tx, from, day(found.booking.date), ask, true).await?;
    let gone = splitting::delete(&left.facts, booking.id).map_err(refusal(booking.id))?;
    carry_out(env, tx, &left, None, &gone, saver).await?;

    let accepted = bookings::same_place(tx, id, found.accepted).await?;
    let loaded = load(env, tx, to, day(booking.date), Ask::After { accepted, own: None }, true).await?;
    let plan = splitting::move_in(&loaded.facts, booking, accepted).map_err(refusal(booking.id))?;
    bookings::change(tx, &stored(id, booking, &plan, accepted)).await?;
    carry_out(env, tx, &loaded, Some(booking), &plan, saver).await?;
    Ok(Decided { plan, loaded, left: Some((gone, left)) })
}
