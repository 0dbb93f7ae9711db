//! Deleting drafts.

use domain::{DocumentId, Permission, documents::DocumentState, undo::Way};
use store::{Tx, balancing, documents, project_invoices};
use wire::{Noun, Problem, documents::SeenDraft};

use super::{
    SUBJECT,
    kept::{Kept, fields},
    lock_project_of,
    undo::{Undoing, undoing},
};
use crate::{
    Call, Env, Refused,
    changed::{Saver, note},
};

/// Deletes a draft: all that it caused is undone. What a delivery note or an invoice holds is released, and a delivery
/// note that it would have invoiced can be invoiced again; of a contract invoice the grants are revoked and the periods
/// freed, and the deficits of a balancing invoice are open again. Bookings that stand on it can be changed and invoiced
/// again.
///
/// Refused when it is no draft, when it is no longer of the version that the person saw (nobody deletes what somebody
/// else typed meanwhile), and when it comes to something else on its accounts. Where nothing was seen it is deleted as
/// it stands.
pub async fn delete(env: &Env, call: &Call, id: DocumentId, seen: Option<SeenDraft>) -> Result<(), Refused> {
    call.needs(Permission::EditDocuments)?;
    let (saver, own, caller) = (env.saver(call), env.clone(), call.clone());
    let done = env.write(call, move |tx| {
        let (saver, env, caller, seen) = (saver.clone(), own.clone(), caller.clone(), seen.clone());
        Box::pin(async move { delete_locked(&env, tx, &caller, (id, seen.as_ref()), &saver).await })
    });
    done.await
}

/// The same within a transaction.
async fn delete_locked(
    env: &Env,
    tx: &mut Tx,
    call: &Call,
    (id, seen): (DocumentId, Option<&SeenDraft>),
    saver: &Saver,
) -> Result<(), Refused> {
    lock_project_of(tx, id).await?;
    let found = documents::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    call.needs(Way::Delete.needs(found.row.kind))?;
    if found.row.state != DocumentState::Draft {
        return Err(Problem::NotADraft.into());
    }
    let undoing = undoing(env, tx, &found, Way::Delete, true).await?;
    undoing.check()?;
    if let Some(seen) = seen {
        if seen.version != found.version {
            return Err(Problem::Changed.into());
        }
        undoing.as_seen(seen.sums.as_deref())?;
    }
    carry_out(tx, id, &undoing, saver).await
}

/// Carries the plan of a deletion out, which nothing stands in the way of.
pub(crate) async fn carry_out(tx: &mut Tx, id: DocumentId, undoing: &Undoing, saver: &Saver) -> Result<(), Refused> {
    let page = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let kept = Kept { page: Some(page.clone()), lines: documents::kept_lines(tx, id).await? };
    undoing.carry_out(tx, id, &kept.texts(), ("", saver)).await?;
    project_invoices::forget(tx, id).await?;
    documents::delete(tx, id).await?;
    balancing::forget(tx, id).await?;
    let gone = fields(&page).into_iter().map(|(field, before)| wire::history::FieldChange {
        field: field.to_owned(),
        before: Some(before),
        after: None,
    });
    note(tx, (SUBJECT, id.to_string()), saver, gone.collect()).await
}
