//! Booking much time at once: what was noted elsewhere, and the past of a demo company.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    sync::Arc,
};

use domain::{
    BookingId, Permission, TaskId, UserId,
    splitting::{self, Booking},
};
use store::{StoreError, Tx, bookings, history, people, projects};
use wire::{
    FieldProblem, FieldReason, Problem,
    bookings::{BookingDraft, BookingRow, refused},
    history::Change,
};

use super::{SUBJECT, post::Decisions, save::stored, simulate::within, told};
use crate::{
    Call, Env, Refused,
    accounts::day,
    changed::{Saver, changes},
    people::own,
    projects::{Ask, Parts, load, parts},
};

/// Books time on one project, each booking on what those before it have left, as if they were booked one after the
/// other: all of them or none. What is there already with the same content counts once. Returns how many are new.
///
/// Refused at the place of the booking in the list (`bookings.17.time`): for everything for which [`super::book`]
/// refuses one, and when a task belongs to another project than that of the first one. Only for those who book for
/// others too. Nothing else is written meanwhile, so whoever has very many of them gives some thousand at a time.
pub async fn book_many(env: &Env, call: &Call, drafts: Vec<BookingDraft>) -> Result<usize, Refused> {
    call.needs(Permission::EditBookings)?;
    let (drafts, saver, own, caller) = (Arc::new(drafts), env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (drafts, saver, env, caller) = (drafts.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move { booked(&env, tx, &caller, &drafts, &saver).await })
    });
    done.await
}

async fn booked(
    env: &Env,
    tx: &mut Tx,
    caller: &Call,
    drafts: &[BookingDraft],
    saver: &Saver,
) -> Result<usize, Refused> {
    let Some(first) = drafts.first() else { return Ok(0) };
    let no_task = || within(0, Problem::field("task", FieldReason::NotOneOf));
    let (project, _) = projects::task(tx, first.task).await?.ok_or_else(no_task)?;
    let found = projects::lock(tx, &[project]).await?.remove(&project).ok_or(StoreError::Overtaken)?;
    let parts = parts(tx, found).await?;
    let new = new_ones(tx, caller, &parts, drafts).await?;
    let dates = || new.iter().map(|(_, booking)| booking.date);
    let (Some(from), Some(until)) = (dates().min(), dates().max()) else { return Ok(0) };

    let mut loaded = load(env, tx, parts, day(from).hull(day(until)), Ask::Add, true).await?;
    let before = loaded.facts.accounts.clone();
    let mut accepted = bookings::next_place(tx, project, saver.at).await?;
    let (mut decisions, mut rows) = (Decisions::default(), Vec::with_capacity(new.len()));
    for (place, booking) in &new {
        let plan = splitting::add(&loaded.facts, booking);
        let plan = plan.map_err(|error| within(*place, refused(error, booking.id)))?;
        loaded.facts.accounts = decisions.add(env, &loaded, Some(booking), &plan, saver)?;
        rows.push(stored(project, booking, &plan, accepted));
        accepted = accepted.saturating_add(1);
    }
    if !bookings::add_many(tx, &rows).await? {
        return Err(StoreError::Overtaken.into());
    }
    decisions.write(tx, &before, &loaded.facts.accounts).await?;
    tell(tx, &new, saver).await?;
    Ok(new.len())
}

/// The bookings that are not there yet, each with its place in the list.
async fn new_ones(
    tx: &mut Tx,
    caller: &Call,
    parts: &Parts,
    drafts: &[BookingDraft],
) -> Result<Vec<(usize, Booking)>, Refused> {
    let own = own(tx, caller).await?;
    let named: BTreeSet<UserId> = drafts.iter().filter_map(|draft| draft.person.or(own)).collect();
    let workers = people::workers_among(tx, &named.into_iter().collect::<Vec<_>>()).await?;
    let workers: HashSet<UserId> = workers.into_iter().map(|person| person.id).collect();
    let tasks: BTreeSet<TaskId> = parts.tasks.iter().map(|task| task.id).collect();
    let ids: Vec<BookingId> = drafts.iter().map(|draft| draft.id).collect();
    let gone = bookings::deleted_among(tx, &ids).await?;
    let there = bookings::rows(tx, &ids).await?;
    let mut known: HashMap<BookingId, Booking> = there.into_iter().map(|(id, row)| (id, content(row))).collect();
    let (mut new, mut faults) = (Vec::new(), Vec::new());
    for (place, draft) in drafts.iter().enumerate() {
        let mut wrong =
            |field: &str, reason| faults.push(FieldProblem::at(&format!("bookings.{place}.{field}"), reason));
        if !tasks.contains(&draft.task) {
            wrong("task", FieldReason::NotOneOf);
        }
        if gone.contains(&draft.id) {
            wrong("id", FieldReason::Taken);
        }
        let Some(person) = draft.person.or(own) else {
            wrong("person", FieldReason::Missing);
            continue;
        };
        if !workers.contains(&person) {
            wrong("person", FieldReason::NotOneOf);
        }
        let booking = draft.booking(person);
        match known.get(&draft.id) {
            Some(same) if *same == booking => {}
            Some(_) => wrong("id", FieldReason::Taken),
            None => {
                known.insert(draft.id, booking.clone());
                new.push((place, booking));
            }
        }
    }
    if faults.is_empty() { Ok(new) } else { Err(Problem::Invalid { fields: faults }.into()) }
}

/// What a booking says that is there.
fn content(row: BookingRow) -> Booking {
    Booking {
        id: row.id,
        person: row.person.id,
        task: row.task,
        date: row.date,
        start: row.start,
        seconds: row.seconds,
        billable: row.billable,
        note: row.note,
    }
}

/// Begins the history of bookings.
async fn tell(tx: &mut Tx, new: &[(usize, Booking)], saver: &Saver) -> Result<(), Refused> {
    let ids: Vec<BookingId> = new.iter().map(|(_, booking)| booking.id).collect();
    let rows = bookings::rows(tx, &ids).await?;
    let told = ids.iter().filter_map(|id| {
        let fields = changes(None::<Vec<(&'static str, String)>>, told::fields(rows.get(id)?));
        Some((id.to_string(), Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields }))
    });
    Ok(history::add_many(tx, SUBJECT, &told.collect::<Vec<_>>()).await?)
}
