//! Cancelling a whole run: each of its documents on its own, so that one that is refused does not hold up the others.
//!
//! Like billing it is work that is stored first: whoever holds the run undoes its documents, some to a transaction that
//! also notes what came of each, and what is left when that process is gone another takes up.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use domain::{
    DocumentId, Permission, RunId,
    documents::DocumentState,
    quota::QuotaError,
    undo::{Obstacle, UndoPlan, Way},
};
use store::{
    StoreError, Tx,
    billing::{self, RunWork},
    documents::{self, StoredDocument},
    run_undos::{self, NewRunUndo},
};
use wire::{
    Noun, Problem,
    billing::{RUN_ITEMS_PER_PAGE, RUN_UNDO_PER_PAGE, RunCancelDraft, RunUndo, RunUndoItem, RunUndoState, SinceSeen},
    documents::CancelDraft,
    lists::MOST_PAGES,
};

use super::holding::Holding;
use crate::{
    Call, Env, Refused,
    changed::Saver,
    documents::{carry_out_cancel, carry_out_delete, undo_views, undoing},
};

/// How many documents are undone in one transaction.
const TOGETHER: usize = 20;
/// How long whoever cancels a run waits for its end; it goes on without them.
const PATIENCE: Duration = Duration::from_secs(5);

/// What cancelling a run would do with the first of its documents that still stand; nothing changes.
pub async fn cancel_plan(env: &Env, call: &Call, run: RunId) -> Result<RunUndo, Refused> {
    cancel_plan_page(env, call, run, 1).await
}

/// The same for a page of them. The sums are those of all.
pub async fn cancel_plan_page(env: &Env, call: &Call, run: RunId, page: u32) -> Result<RunUndo, Refused> {
    call.needs(Permission::Cancel)?;
    // Nobody has seen what is noted later than this.
    let seen = env.local(env.now());
    let mut tx = env.db.read().await?;
    billing::get(&mut tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    let page = page.clamp(1, MOST_PAGES);
    let size = i64::try_from(RUN_UNDO_PER_PAGE).unwrap_or(i64::MAX);
    let mut standing = documents::standing_page_of_run(&mut tx, run, size + 1, i64::from(page - 1) * size).await?;
    let more = standing.len() > RUN_UNDO_PER_PAGE;
    standing.truncate(RUN_UNDO_PER_PAGE);
    let views = undo_views(env, &mut tx, &standing).await?;
    let items = standing.iter().zip(views).map(|(found, view)| {
        let planned = item(found, &view.plan)?;
        Ok::<_, Refused>(RunUndoItem { effects: Some(view), ..planned })
    });
    let items = items.collect::<Result<Vec<_>, _>>()?;
    let (count, sums) = documents::sums_of_run(&mut tx, run).await?;
    Ok(RunUndo { run, items, page, more, count, left: 0, sums, seen: Some(seen) })
}

/// Cancels a run to the end: issued documents are cancelled in the order of their numbers, so that their cancellations are
/// numbered in the same order; drafts are deleted. What is refused is listed with its reason, and the others go on. Once
/// more, it takes up what still stands.
pub async fn cancel(env: &Env, call: &Call, run: RunId, reason: String) -> Result<RunUndo, Refused> {
    cancel_as_seen(env, call, RunCancelDraft { run, reason, seen: None }).await
}

/// The same by somebody who saw a plan: what of the run changed since is told.
pub async fn cancel_as_seen(env: &Env, call: &Call, draft: RunCancelDraft) -> Result<RunUndo, Refused> {
    let run = draft.run;
    if !start_cancel(env, call, draft).await? {
        return Ok(RunUndo::nothing(run));
    }
    work_cancel(env, run).await?;
    Ok(told(&mut env.db.read().await?, run).await?.unwrap_or_else(|| RunUndo::nothing(run)))
}

/// Begins to cancel a run and works on it in the background. Answers how far it has got after a moment, mostly to its end.
pub async fn launch_cancel(env: &Env, call: &Call, draft: RunCancelDraft) -> Result<RunUndo, Refused> {
    let run = draft.run;
    if !start_cancel(env, call, draft).await? {
        return Ok(RunUndo::nothing(run));
    }
    let own = env.clone();
    let work = tokio::spawn(async move {
        if let Err(error) = work_cancel(&own, run).await {
            tracing::error!(%error, %run, "the cancellation of a run stopped; it will be taken up again");
        }
    });
    // Whoever stops waiting does not stop it.
    let _ended = tokio::time::timeout(PATIENCE, work).await;
    Ok(told(&mut env.db.read().await?, run).await?.unwrap_or_else(|| RunUndo::nothing(run)))
}

/// Begins to cancel a run, on which nobody works yet. `false` when no document of it stands. A run that is being cancelled
/// already goes on as it was begun.
pub async fn start_cancel(env: &Env, call: &Call, draft: RunCancelDraft) -> Result<bool, Refused> {
    call.needs(Permission::Cancel)?;
    let saver = env.saver(call);
    let begun = env.write(call, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move { begin(tx, draft, saver).await })
    });
    begun.await
}

async fn begin(tx: &mut Tx, draft: RunCancelDraft, saver: Saver) -> Result<bool, Refused> {
    let RunCancelDraft { run, reason, seen } = draft;
    let found = billing::get(tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    if found.working {
        return Err(Problem::RunWorking.into());
    }
    if run_undos::get(tx, run).await?.is_some_and(|undo| undo.ended_at.is_none()) {
        return Ok(true);
    }
    let (standing, _) = documents::sums_of_run(tx, run).await?;
    if standing == 0 {
        return Ok(false);
    }
    let seen_at = seen.map(|seen| seen.to_utc());
    let gone = match seen_at {
        Some(seen) => documents::cancelled_of_run_since(tx, run, seen).await?,
        None => Vec::new(),
    };
    let documents = standing.saturating_add(u64::try_from(gone.len()).unwrap_or(u64::MAX));
    let new = NewRunUndo { run, reason, seen_at, documents, by: saver.by, at: saver.at };
    if run_undos::begin(tx, &new).await? {
        let gone: Vec<RunUndoItem> = gone.iter().map(cancelled_elsewhere).collect();
        run_undos::note(tx, run, 0, &gone).await?;
    }
    Ok(true)
}

/// What every piece of the work needs.
#[derive(Debug)]
struct Terms {
    run: RunId,
    reason: String,
    seen: Option<DateTime<Utc>>,
    saver: Saver,
}

/// Cancels what is left of a run that is being cancelled, to its end. `false` when it has ended, or when somebody else works
/// on it or took it over.
pub async fn work_cancel(env: &Env, run: RunId) -> Result<bool, Refused> {
    let Some(mut holding) = Holding::take(env, RunWork::Cancel, run).await? else { return Ok(false) };
    let mut tx = env.db.read().await?;
    let found = run_undos::get(&mut tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    let done = run_undos::documents_of(&mut tx, run).await?;
    let mut standing = documents::standing_of_run(&mut tx, run).await?;
    drop(tx);
    standing.retain(|found| !done.contains(&found.row.id));
    let saver = Saver { by: found.started_by, at: env.now() };
    let terms = Arc::new(Terms { run, reason: found.reason, seen: found.seen_at, saver });
    let mut place = done.len();
    for chunk in standing.chunks(TOGETHER) {
        let ids: Vec<DocumentId> = chunk.iter().map(|found| found.row.id).collect();
        if undo_together(env, &terms, ids, place).await.is_err() {
            // Something went wrong with one of them: each on its own, so that the others are undone.
            for (number, found) in chunk.iter().enumerate() {
                undo_alone(env, &terms, found, place.saturating_add(number)).await?;
            }
        }
        place = place.saturating_add(chunk.len());
        if !holding.goes_on().await? {
            return Ok(false);
        }
    }
    holding.end().await
}

/// Undoes these documents in one transaction, one after the other, and notes what came of them, the first at that place.
/// What stands in the way of one stops no other; of one that is gone nothing is said.
async fn undo_together(env: &Env, terms: &Arc<Terms>, ids: Vec<DocumentId>, place: usize) -> Result<(), Refused> {
    let (own, terms) = (env.clone(), terms.clone());
    let done = env.db.write(move |tx| {
        let (env, terms, ids) = (own.clone(), terms.clone(), ids.clone());
        Box::pin(async move {
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                items.extend(undo_one(&env, tx, id, &terms).await?);
            }
            Ok::<_, Refused>(run_undos::note(tx, terms.run, place, &items).await?)
        })
    });
    done.await
}

/// Undoes one document in a transaction of its own. What goes wrong is noted; only when not even that can be stored, the
/// work stops, to be taken up again.
async fn undo_alone(env: &Env, terms: &Arc<Terms>, found: &StoredDocument, place: usize) -> Result<(), Refused> {
    let Err(refused) = undo_together(env, terms, vec![found.row.id], place).await else { return Ok(()) };
    let (run, failed) = (terms.run, failed(env, found, refused));
    let noted = env.db.write(move |tx| {
        let failed = failed.clone();
        Box::pin(async move { run_undos::note(tx, run, place, &[failed]).await })
    });
    noted.await.map_err(|error: StoreError| error.into())
}

/// Undoes one document. Nothing of one that is gone.
async fn undo_one(env: &Env, tx: &mut Tx, id: DocumentId, terms: &Terms) -> Result<Option<RunUndoItem>, Refused> {
    let Some(found) = documents::lock(tx, id).await? else { return Ok(None) };
    let state = found.row.state;
    if state == DocumentState::Cancelled {
        // Where this very cancellation did it, that is noted already and stays so.
        return Ok(Some(cancelled_elsewhere(&found)));
    }
    let undoing = undoing(env, tx, &found, Way::of(state), true).await?;
    let mut told = item(&found, &undoing.plan)?;
    if let Some(seen) = terms.seen {
        // Under the locks: what comes later waits for them.
        told.changed = run_undos::changed_since(tx, id, seen).await?;
    }
    if told.refused.is_some() {
        return Ok(Some(told));
    }
    let saver = &terms.saver;
    if state == DocumentState::Draft {
        carry_out_delete(tx, id, &undoing, saver).await?;
    } else {
        let (own, reason, version) = (DocumentId::new(env.id()), terms.reason.clone(), found.version);
        let draft = CancelDraft { id: own, document: id, reason, version, seen: None };
        let number = carry_out_cancel(env, tx, &draft, &undoing, saver).await?;
        told.cancellation = Some((own, Some(number)));
    }
    Ok(Some(told))
}

/// What came of the latest cancellation of a run so far, if it has one.
pub(super) async fn told(tx: &mut Tx, run: RunId) -> Result<Option<RunUndo>, Refused> {
    let Some(found) = run_undos::get(tx, run).await? else { return Ok(None) };
    let most = i64::try_from(RUN_ITEMS_PER_PAGE).unwrap_or(i64::MAX);
    let mut items = run_undos::items(tx, run, most + 1).await?;
    let more = items.len() > RUN_ITEMS_PER_PAGE;
    items.truncate(RUN_ITEMS_PER_PAGE);
    let left = if found.ended_at.is_some() { 0 } else { found.documents.saturating_sub(found.done) };
    Ok(Some(RunUndo { items, more, count: found.done, left, ..RunUndo::nothing(run) }))
}

/// How far the latest cancellation of a run is, if it has one.
pub(super) async fn state(env: &Env, tx: &mut Tx, run: RunId) -> Result<Option<RunUndoState>, Refused> {
    let found = run_undos::get(tx, run).await?;
    Ok(found.map(|found| RunUndoState {
        reason: found.reason,
        by: found.started_by,
        started: env.local(found.started_at),
        ended: found.ended_at.map(|at| env.local(at)),
        documents: found.documents,
        done: found.done,
        refused: found.refused,
    }))
}

/// A document that somebody else cancelled.
fn cancelled_elsewhere(found: &StoredDocument) -> RunUndoItem {
    let refused = Some(Problem::InTheWay { obstacles: vec![Obstacle::AlreadyCancelled] });
    RunUndoItem { refused, changed: vec![SinceSeen::Cancelled], ..listed(found) }
}

/// A document that could not be undone, for whatever reason.
fn failed(env: &Env, found: &StoredDocument, refused: Refused) -> RunUndoItem {
    let refused = Some(refused.into_problem(|| env.id().to_string()));
    RunUndoItem { refused, ..listed(found) }
}

fn listed(found: &StoredDocument) -> RunUndoItem {
    RunUndoItem {
        document: found.row.id,
        number: found.row.number.clone(),
        customer: found.row.customer.clone(),
        gross: found.row.gross,
        freed: 0,
        deficits: Vec::new(),
        refused: None,
        cancellation: None,
        changed: Vec::new(),
        effects: None,
    }
}

fn item(found: &StoredDocument, plan: &UndoPlan) -> Result<RunUndoItem, Refused> {
    let deficits = plan.accounts.iter().filter(|undo| !undo.deficits.is_empty());
    let deficits = deficits.map(|undo| undo.deficit().map(|deficit| (undo.unit, deficit)));
    let refused = (!plan.possible()).then(|| Problem::InTheWay { obstacles: plan.obstacles.clone() });
    let deficits: Result<_, QuotaError> = deficits.collect();
    let deficits = deficits.map_err(Refused::quota(domain::quota::Unit::Time))?;
    Ok(RunUndoItem { freed: plan.periods(), deficits, refused, ..listed(found) })
}
