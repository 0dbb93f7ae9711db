//! Cancelling a whole run: each of its documents on its own, so that one that is refused does not hold up the others.

use domain::{
    DocumentId, Permission, RunId,
    documents::DocumentState,
    quota::QuotaError,
    undo::{UndoPlan, Way},
};
use futures::{StreamExt, stream};
use store::{
    Engine, billing,
    documents::{self, StoredDocument},
};
use wire::{
    Noun, Problem,
    billing::{RunUndo, RunUndoItem},
    documents::CancelDraft,
};

use crate::{
    Call, Env, Refused,
    documents::{cancel_locked, delete_locked, undoing},
};

/// What cancelling a run would do with each of its documents that still stands; nothing changes.
pub async fn cancel_plan(env: &Env, call: &Call, run: RunId) -> Result<RunUndo, Refused> {
    call.needs(Permission::Cancel)?;
    let mut tx = env.db.read().await?;
    let mut items = Vec::new();
    for id in of_run(&mut tx, run).await? {
        let Some(found) = documents::with_version(&mut tx, id).await? else { continue };
        if found.row.state == DocumentState::Cancelled {
            continue;
        }
        let undoing = undoing(env, &mut tx, &found, Way::of(found.row.state), false).await?;
        items.push(item(&found, &undoing.plan)?);
    }
    Ok(RunUndo { run, items })
}

/// Cancels a run: issued documents are cancelled, drafts deleted, each in a transaction of its own. What is refused is
/// listed with its reason, and the others go on. Once more, it takes up what still stands.
pub async fn cancel(env: &Env, call: &Call, run: RunId, reason: String) -> Result<RunUndo, Refused> {
    call.needs(Permission::Cancel)?;
    // The key of the request stands for all of it; what was undone before is not undone again.
    env.write(call, |_| Box::pin(async { Ok::<_, Refused>(()) })).await?;
    let ids = of_run(&mut env.db.read().await?, run).await?;
    // SQLite's pieces share commits; PostgreSQL has a connection for each.
    let at_once = match env.db.engine() {
        Engine::Sqlite => 64,
        Engine::Postgres => 12,
    };
    let each = |id: DocumentId| {
        let (env, call, reason) = (env.clone(), call.clone(), reason.clone());
        async move { undo_one(&env, &call, id, &reason).await }
    };
    let done: Vec<Result<Option<RunUndoItem>, Refused>> =
        stream::iter(ids.into_iter().map(each)).buffered(at_once).collect().await;
    let items = done.into_iter().filter_map(Result::transpose).collect::<Result<_, Refused>>()?;
    Ok(RunUndo { run, items })
}

async fn of_run(tx: &mut store::Tx, run: RunId) -> Result<Vec<DocumentId>, Refused> {
    billing::get(tx, run).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    Ok(documents::of_run(tx, run).await?)
}

/// Undoes one document. Nothing of one that is gone or cancelled already.
async fn undo_one(env: &Env, call: &Call, id: DocumentId, reason: &str) -> Result<Option<RunUndoItem>, Refused> {
    let (mut told, found) = {
        let mut tx = env.db.read().await?;
        let Some(found) = documents::with_version(&mut tx, id).await? else { return Ok(None) };
        if found.row.state == DocumentState::Cancelled {
            return Ok(None);
        }
        let undoing = undoing(env, &mut tx, &found, Way::of(found.row.state), false).await?;
        (item(&found, &undoing.plan)?, found)
    };
    let (own, caller, saver, reason) = (env.clone(), call.clone(), env.saver(call), reason.to_owned());
    let draft = CancelDraft { id: DocumentId::new(env.id()), document: id, reason, version: found.version };
    let deletes = found.row.state == DocumentState::Draft;
    let done = env.db.write(move |tx| {
        let (env, call, saver, draft) = (own.clone(), caller.clone(), saver.clone(), draft.clone());
        Box::pin(async move {
            if deletes {
                delete_locked(&env, tx, &call, id, &saver).await?;
                return Ok::<_, Refused>(None);
            }
            let cancellation = cancel_locked(&env, tx, &draft, &saver).await?;
            let number = documents::numbers(tx, &[cancellation]).await?.remove(&cancellation).flatten();
            Ok(Some((cancellation, number)))
        })
    });
    match done.await {
        Ok(cancellation) => (told.cancellation, told.refused) = (cancellation, None),
        Err(refused) => told.refused = Some(refused.into_problem(|| env.id().to_string())),
    }
    Ok(Some(told))
}

fn item(found: &StoredDocument, plan: &UndoPlan) -> Result<RunUndoItem, Refused> {
    let deficits = plan.accounts.iter().filter(|undo| !undo.deficits.is_empty());
    let deficits = deficits.map(|undo| undo.deficit().map(|deficit| (undo.unit, deficit)));
    let refused = (!plan.possible()).then(|| Problem::InTheWay { obstacles: plan.obstacles.clone() });
    Ok(RunUndoItem {
        document: found.row.id,
        number: found.row.number.clone(),
        customer: found.row.customer.clone(),
        gross: found.row.gross,
        freed: plan.freed.len(),
        deficits: deficits.collect::<Result<_, QuotaError>>().map_err(Refused::quota(domain::quota::Unit::Time))?,
        refused,
        cancellation: None,
    })
}
