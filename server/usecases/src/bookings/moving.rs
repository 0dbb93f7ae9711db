//! Moving many bookings to another task at once.
//!
//! Each is moved by the same rule as alone, one after the other in the order in which they were accepted, because each
//! is decided on what those before have left; all of them in one piece of work, or none. The plan is the same piece of
//! work, whose outcome is thrown away.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::{
    BookingId, Currency, Permission, ProjectId, TaskId,
    splitting::{self, Plan, Portion, Poured},
};
use store::{StoreError, Transient, Tx, accounts, bookings, projects};
use wire::{
    FieldReason, Noun, Problem,
    bookings::{
        BookingAnswer, BookingDraft, BookingRow, ChangedBooking, MOST_MOVED, MoveDraft, MoveSum, MoveView, MovedBooking,
    },
    projects::{NamedLine, ProjectRef, TaskRow},
};

use super::{save::saved, shown};
use crate::{Call, Env, Refused, changed::Saver, projects::parts};

/// What came of trying a move: a plan, and then nothing is kept of it, or a failure.
enum Tried {
    Planned(Box<MoveView>),
    Failed(Refused),
}

impl From<StoreError> for Tried {
    fn from(error: StoreError) -> Tried {
        Tried::Failed(error.into())
    }
}

impl Transient for Tried {
    fn store_error(&self) -> Option<&StoreError> {
        match self {
            Tried::Planned(_) => None,
            Tried::Failed(refused) => refused.store_error(),
        }
    }
}

/// What moving these bookings would do, decided under the locks and thrown away; without a task only what they are. The
/// booking that stands in the way is named with its reason.
///
/// Refused when one of them is not there for whoever asks.
pub async fn move_plan(env: &Env, call: &Call, ids: &[BookingId], task: Option<TaskId>) -> Result<MoveView, Refused> {
    call.needs(Permission::BookTime)?;
    let most: Vec<BookingId> = ids.iter().take(MOST_MOVED).copied().collect();
    let Some(task) = task else {
        let mut tx = env.db.read().await?;
        let items = of(env, &mut tx, call, &most).await?;
        return Ok(MoveView { items: plain(items), ..nothing() });
    };
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let tried = env.db.write(move |tx| {
        let (ids, saver, env, caller) = (most.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move {
            match carried(&env, tx, &caller, (&ids, None), task, &saver).await {
                Ok(view) => Err::<(), _>(Tried::Planned(Box::new(view))),
                Err(refused) => Err(Tried::Failed(refused)),
            }
        })
    });
    match tried.await {
        Err(Tried::Planned(view)) => Ok(*view),
        Err(Tried::Failed(refused)) => Err(refused),
        // A plan is never kept, so trying ends in one of the two.
        Ok(()) => Ok(nothing()),
    }
}

/// Moves bookings to a task. What was moved before stays as it is.
///
/// Refused as a whole, as changing the one that stands in the way alone; and when the sums are not those that the
/// person saw.
pub async fn move_many(env: &Env, call: &Call, draft: MoveDraft) -> Result<MoveView, Refused> {
    call.needs(Permission::BookTime)?;
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (draft, saver, env, caller) = (draft.clone(), saver.clone(), own.clone(), caller.clone());
        Box::pin(async move {
            let ids: Vec<BookingId> = draft.bookings.iter().map(|(id, _)| *id).collect();
            let versions: HashMap<BookingId, i64> = draft.bookings.iter().copied().collect();
            let view = carried(&env, tx, &caller, (&ids, Some(&versions)), draft.task, &saver).await?;
            if let Some((_, problem)) = view.refused {
                return Err(problem.into());
            }
            let moved = view.items.iter().any(|item| item.after.as_ref() != Some(&item.before));
            if moved && draft.seen.as_ref().is_some_and(|seen| *seen != view.sums) {
                return Err(Problem::Changed.into());
            }
            Ok(view)
        })
    });
    done.await
}

fn nothing() -> MoveView {
    let (items, others, lines) = (Vec::new(), Vec::new(), Vec::new());
    MoveView { to: None, items, others, lines, sums: Vec::new(), refused: None }
}

/// Bookings that nothing is said of yet.
fn plain(rows: Vec<BookingRow>) -> Vec<MovedBooking> {
    rows.into_iter().map(|before| MovedBooking { before, after: None }).collect()
}

/// These bookings in the order in which they were accepted. Those of others are not there for whoever may not know of
/// them.
async fn of(env: &Env, tx: &mut Tx, call: &Call, ids: &[BookingId]) -> Result<Vec<BookingRow>, Refused> {
    let own = crate::people::own(tx, call).await?;
    let all = call.by.role.may(Permission::SeeProjects);
    let order: Vec<BookingId> = bookings::these(tx, ids).await?.into_iter().map(|stored| stored.booking.id).collect();
    let mut rows = bookings::rows(tx, &order).await?;
    if !ids.iter().all(|id| rows.get(id).is_some_and(|row| all || own == Some(row.person.id))) {
        return Err(Refused::not_found(Noun::Booking));
    }
    let mut found: Vec<BookingRow> = order.iter().filter_map(|id| rows.remove(id)).collect();
    shown(env, tx, &mut found).await?;
    Ok(found)
}

/// Moves them, unless one stands in the way: then that one is named, and what was done has to be thrown away.
async fn carried(
    env: &Env,
    tx: &mut Tx,
    caller: &Call,
    (ids, versions): (&[BookingId], Option<&HashMap<BookingId, i64>>),
    task: TaskId,
    saver: &Saver,
) -> Result<MoveView, Refused> {
    let no_task = || Problem::field("task", FieldReason::NotOneOf);
    let (target, _) = projects::task(tx, task).await?.ok_or_else(no_task)?;
    let from: Vec<ProjectId> = bookings::these(tx, ids).await?.iter().map(|stored| stored.project).collect();
    let named: BTreeSet<ProjectId> = from.into_iter().chain([target]).collect();
    let to = locked(tx, &named, (target, task)).await?;
    // Whoever may not know of its project is not told that there is such a task.
    crate::projects::seen(tx, caller, target).await.map_err(|refused| match refused {
        Refused::Problem(Problem::NotFound { .. }) => Refused::from(no_task()),
        other => other,
    })?;
    // Read again under the locks.
    let rows = of(env, tx, caller, ids).await?;
    if rows.iter().any(|row| !named.contains(&row.project.id)) {
        return Err(StoreError::Overtaken.into());
    }
    let mut touched = Touched::new(&rows);
    for row in &rows {
        let version = versions.map_or(row.version, |versions| versions.get(&row.id).copied().unwrap_or_default());
        match saved(env, tx, caller, &draft(row, version, task), saver).await {
            Ok(answer) => touched.note(row, answer),
            Err(Refused::Problem(problem)) => {
                let refused = Some((row.id, problem));
                return Ok(MoveView { to: Some(to), items: plain(rows.clone()), refused, ..nothing() });
            }
            Err(failed) => return Err(failed),
        }
    }
    touched.view(env, tx, rows, to).await
}

/// Locks these projects and all their accounts, both in the order of their ids, and names the task.
async fn locked(
    tx: &mut Tx,
    named: &BTreeSet<ProjectId>,
    (target, task): (ProjectId, TaskId),
) -> Result<(ProjectRef, TaskRow), Refused> {
    let no_task = || Problem::field("task", FieldReason::NotOneOf);
    let locked = projects::lock(tx, &named.iter().copied().collect::<Vec<_>>()).await?;
    let (mut to, mut all) = (None, BTreeSet::new());
    for (id, project) in locked {
        let parts = parts(tx, project).await?;
        all.extend(parts.accounts(true));
        if id == target {
            let found = parts.tasks.into_iter().find(|known| known.id == task);
            to = found.map(|found| (parts.project.row.named(), found));
        }
    }
    accounts::many(tx, &all.into_iter().collect::<Vec<_>>(), true).await?;
    to.ok_or_else(|| no_task().into())
}

/// The booking on another task.
fn draft(row: &BookingRow, version: i64, task: TaskId) -> BookingDraft {
    BookingDraft {
        id: row.id,
        version,
        task,
        person: Some(row.person.id),
        date: row.date,
        start: row.start,
        seconds: row.seconds,
        billable: row.billable,
        note: row.note.clone(),
        seen: None,
        seen_left: None,
    }
}

/// Another booking that a move has touched.
struct Other {
    currency: Currency,
    before: Vec<Portion>,
    after: Vec<Portion>,
}

/// What a move has touched so far.
struct Touched {
    moved: HashSet<BookingId>,
    /// In the order in which they were first touched.
    order: Vec<BookingId>,
    others: HashMap<BookingId, Other>,
    lines: Vec<NamedLine>,
}

impl Touched {
    fn new(rows: &[BookingRow]) -> Touched {
        let moved = rows.iter().map(|row| row.id).collect();
        Touched { moved, order: Vec::new(), others: HashMap::new(), lines: Vec::new() }
    }

    fn note(&mut self, row: &BookingRow, answer: BookingAnswer) {
        let of = |plan: &Plan, currency: Currency| -> Vec<(Currency, Poured)> {
            plan.changed().map(|poured| (currency, poured.clone())).collect()
        };
        // The project that is left comes first, and each has its own currency.
        let mut changed = answer.left.as_ref().map(|left| of(left, row.currency)).unwrap_or_default();
        changed.extend(of(&answer.plan, answer.row.currency));
        for (currency, poured) in changed {
            if self.moved.contains(&poured.booking) {
                continue;
            }
            let Poured { booking, before, portions: after, .. } = poured;
            if let Some(known) = self.others.get_mut(&booking) {
                known.after = after;
            } else {
                self.order.push(booking);
                self.others.insert(booking, Other { currency, before, after });
            }
        }
        for line in answer.lines {
            if !self.lines.contains(&line) {
                self.lines.push(line);
            }
        }
    }

    /// What came of it: what was touched and came out as before is not told.
    async fn view(
        self,
        env: &Env,
        tx: &mut Tx,
        rows: Vec<BookingRow>,
        to: (ProjectRef, TaskRow),
    ) -> Result<MoveView, Refused> {
        let Touched { moved, order, mut others, lines } = self;
        let mut after = bookings::rows(tx, &moved.into_iter().collect::<Vec<_>>()).await?;
        let names = bookings::rows(tx, &order).await?;
        let mut now: Vec<BookingRow> = rows.iter().filter_map(|row| after.remove(&row.id)).collect();
        shown(env, tx, &mut now).await?;
        let mut sums = Vec::new();
        let mut items = Vec::with_capacity(rows.len());
        for (before, now) in rows.into_iter().zip(now) {
            add(&mut sums, (before.currency, before.amount().minor, 0));
            add(&mut sums, (now.currency, 0, now.amount().minor));
            items.push(MovedBooking { before, after: Some(now) });
        }
        let mut told = Vec::new();
        for id in order {
            let (Some(other), Some(row)) = (others.remove(&id), names.get(&id)) else { continue };
            let changes = splitting::changes(&other.before, &other.after);
            if changes.is_empty() {
                continue;
            }
            add(&mut sums, (other.currency, splitting::cost(&other.before), splitting::cost(&other.after)));
            let (person, task) = (row.person.name.clone(), row.task_name.clone());
            let currency = other.currency;
            told.push(ChangedBooking { booking: id, date: row.date, person, task, currency, changes });
        }
        Ok(MoveView { to: Some(to), items, others: told, lines, sums, refused: None })
    }
}

/// Adds to the sums of a currency.
fn add(sums: &mut Vec<MoveSum>, (currency, before, after): (Currency, i64, i64)) {
    let known = sums.iter().position(|sum| sum.currency == currency);
    let place = known.unwrap_or_else(|| {
        sums.push(MoveSum { currency, before: 0, after: 0 });
        sums.len() - 1
    });
    if let Some(sum) = sums.get_mut(place) {
        sum.before = sum.before.saturating_add(before);
        sum.after = sum.after.saturating_add(after);
    }
}
