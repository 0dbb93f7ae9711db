//! Cancelling a whole run: each of its documents on its own, so that one that is refused does not hold up the others.

use domain::{
    DocumentId, Permission, RunId,
    documents::DocumentState,
    quota::QuotaError,
    undo::{UndoPlan, Way},
};
use store::{
    Tx, billing,
    documents::{self, StoredDocument},
};
use wire::{
    Noun, Problem,
    billing::{RunUndo, RunUndoItem},
    documents::CancelDraft,
};

use crate::{
    Call, Env, Refused,
    changed::Saver,
    documents::{carry_out_cancel, carry_out_delete, undoing, undoing_each},
};

/// How many documents are planned with the same statements.
const PLANNED: usize = 200;
/// How many documents are undone in one transaction.
const TOGETHER: usize = 20;

/// What cancelling a run would do with each of its documents that still stands; nothing changes.
pub async fn cancel_plan(env: &Env, call: &Call, run: RunId) -> Result<RunUndo, Refused> {
    call.needs(Permission::Cancel)?;
    let mut tx = env.db.read().await?;
    let standing = standing(&mut tx, run).await?;
    let mut items = Vec::with_capacity(standing.len());
    for chunk in standing.chunks(PLANNED) {
        let planned = undoing_each(env, &mut tx, chunk).await?;
        for (found, undoing) in chunk.iter().zip(planned) {
            items.push(item(found, &undoing.plan)?);
        }
    }
    Ok(RunUndo { run, items })
}

/// Cancels a run: issued documents are cancelled in the order of their numbers, so that their cancellations are numbered
/// in the same order; drafts are deleted. What is refused is listed with its reason, and the others go on. Once more, it
/// takes up what still stands.
pub async fn cancel(env: &Env, call: &Call, run: RunId, reason: String) -> Result<RunUndo, Refused> {
    call.needs(Permission::Cancel)?;
    // The key of the request stands for all of it; what was undone before is not undone again.
    env.write(call, |_| Box::pin(async { Ok::<_, Refused>(()) })).await?;
    let standing = standing(&mut env.db.read().await?, run).await?;
    let mut items = Vec::with_capacity(standing.len());
    for chunk in standing.chunks(TOGETHER) {
        let ids: Vec<DocumentId> = chunk.iter().map(|found| found.row.id).collect();
        if let Ok(done) = undo_together(env, call, ids, &reason).await {
            items.extend(done);
            continue;
        }
        // Something went wrong with one of them: each on its own, so that the others are undone.
        for found in chunk {
            match undo_together(env, call, vec![found.row.id], &reason).await {
                Ok(done) => items.extend(done),
                Err(refused) => items.push(failed(env, found, refused)),
            }
        }
    }
    Ok(RunUndo { run, items })
}

async fn standing(tx: &mut Tx, run: RunId) -> Result<Vec<StoredDocument>, Refused> {
    billing::get(tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    Ok(documents::standing_of_run(tx, run).await?)
}

/// Undoes these documents in one transaction, one after the other. What stands in the way of one stops no other; of one
/// that is gone or cancelled already nothing is said.
async fn undo_together(
    env: &Env,
    call: &Call,
    ids: Vec<DocumentId>,
    reason: &str,
) -> Result<Vec<RunUndoItem>, Refused> {
    let (own, saver, reason) = (env.clone(), env.saver(call), reason.to_owned());
    let done = env.db.write(move |tx| {
        let (env, saver, ids, reason) = (own.clone(), saver.clone(), ids.clone(), reason.clone());
        Box::pin(async move {
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                items.extend(undo_one(&env, tx, id, (&reason, &saver)).await?);
            }
            Ok::<_, Refused>(items)
        })
    });
    done.await
}

/// Undoes one document. Nothing of one that is gone or cancelled already.
async fn undo_one(
    env: &Env,
    tx: &mut Tx,
    id: DocumentId,
    (reason, saver): (&str, &Saver),
) -> Result<Option<RunUndoItem>, Refused> {
    let Some(found) = documents::lock(tx, id).await? else { return Ok(None) };
    let state = found.row.state;
    if state == DocumentState::Cancelled {
        return Ok(None);
    }
    let undoing = undoing(env, tx, &found, Way::of(state), true).await?;
    let mut told = item(&found, &undoing.plan)?;
    if told.refused.is_some() {
        return Ok(Some(told));
    }
    if state == DocumentState::Draft {
        carry_out_delete(tx, id, &undoing, saver).await?;
    } else {
        let (own, reason, version) = (DocumentId::new(env.id()), reason.to_owned(), found.version);
        let draft = CancelDraft { id: own, document: id, reason, version, seen: None };
        let number = carry_out_cancel(env, tx, &draft, &undoing, saver).await?;
        told.cancellation = Some((own, Some(number)));
    }
    Ok(Some(told))
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
