//! Cancelling issued documents by a cancellation.

use domain::{
    DocumentId, LineId, Permission, Seconds,
    documents::DocumentKind,
    undo::{Way, counter_clearing, counter_line, counter_totals},
};
use store::{
    StoreError, Tx,
    documents::{self, NewCleared, NewDocument, NewLine},
};
use wire::{
    Noun, Problem,
    documents::{CancelDraft, DocumentPage},
    history::FieldChange,
};

use super::{
    CANCELLATIONS, SUBJECT,
    kept::Kept,
    lock_project_of,
    undo::{Undoing, undoing},
};
use crate::{
    Call, Env, Refused,
    billing::next_numbers,
    changed::{Saver, note},
    settings,
};

/// Cancels an issued document: all that it caused is undone, and a cancellation with a number of its own says so, with
/// the same lines and negative quantities. The same again gets the same answer; the same id for something else is
/// refused.
///
/// Refused with everything that stands in the way, when the document is not as the person saw it, and when it comes to
/// something else on its accounts: others may have drawn since.
pub async fn cancel(env: &Env, call: &Call, draft: CancelDraft) -> Result<DocumentPage, Refused> {
    call.needs(Permission::Cancel)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, super::told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { cancel_locked(&env, tx, &draft, &saver).await })
    });
    done.await
}

/// The same within a transaction. Gives the cancellation.
async fn cancel_locked(env: &Env, tx: &mut Tx, draft: &CancelDraft, saver: &Saver) -> Result<DocumentId, Refused> {
    let id = draft.document;
    lock_project_of(tx, id).await?;
    let found = documents::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    if documents::numbers(tx, &[draft.id]).await?.contains_key(&draft.id) {
        let earlier = documents::cancellation_of(tx, id).await?;
        let same = earlier.is_some_and(|earlier| earlier.id == draft.id && earlier.reason == draft.reason);
        return if same { Ok(draft.id) } else { Err(Problem::SameId.into()) };
    }
    let undoing = undoing(env, tx, &found, Way::Cancel, true).await?;
    undoing.check()?;
    if found.version != draft.version {
        return Err(Problem::Changed.into());
    }
    undoing.as_seen(draft.seen.as_deref())?;
    carry_out(env, tx, draft, &undoing, saver).await?;
    Ok(draft.id)
}

/// Carries the plan of a cancellation out, which nothing stands in the way of. Gives the number of the cancellation.
pub(crate) async fn carry_out(
    env: &Env,
    tx: &mut Tx,
    draft: &CancelDraft,
    undoing: &Undoing,
    saver: &Saver,
) -> Result<String, Refused> {
    let id = draft.document;
    let page = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let kept = Kept { page: Some(page.clone()), lines: documents::kept_lines(tx, id).await? };
    undoing.carry_out(tx, id, &kept.texts(), (&draft.reason, saver)).await?;
    if !documents::cancel(tx, id).await? {
        return Err(StoreError::GivenUp("the document changed under its lock").into());
    }
    let company = settings::read(env, tx).await?;
    let day = company.hours_per_day;
    let range = (CANCELLATIONS, &company.cancellation_numbers);
    let number = next_numbers(tx, range, env.today(), 1).await?.pop().unwrap_or_default();
    let new = cancellation(env, draft, (&page, &kept), (&number, day))?;
    documents::add(tx, &[new], &saver.by, saver.at).await?;
    let change = |field: &str, before: Option<&str>, after: &str| FieldChange {
        field: field.to_owned(),
        before: before.map(str::to_owned),
        after: Some(after.to_owned()),
    };
    let cancelled = vec![change("state", Some("issued"), "cancelled"), change("cancelled_by", None, &number)];
    note(tx, (SUBJECT, id.to_string()), saver, cancelled).await?;
    let original = page.row.number.unwrap_or_default();
    let made = vec![change("cancels", None, &original), change("reason", None, &draft.reason)];
    note(tx, (SUBJECT, draft.id.to_string()), saver, made).await?;
    Ok(number)
}

/// The cancellation: what the document says with negative quantities, to the same recipient, of today.
fn cancellation(
    env: &Env,
    draft: &CancelDraft,
    (page, kept): (&DocumentPage, &Kept),
    (number, day): (&str, Seconds),
) -> Result<NewDocument, Refused> {
    let too_large = || Refused::from(StoreError::GivenUp("a figure of the document has no negative"));
    let mut clearings = kept.lines.iter();
    let lines = page.lines.iter().map(|line| {
        let cleared = if line.cleared.is_some() { clearings.next() } else { None };
        let seconds = cleared.map_or_else(|| line.line.seconds(day).map(|time| time.0), |kept| kept.seconds);
        let cleared = cleared.map(|kept| {
            let own = LineId::new(env.id());
            let clearing = counter_clearing(&kept.cleared.clearing, own).map_err(|_| too_large())?;
            let clears = kept.cleared.clears;
            Ok::<_, Refused>(NewCleared { id: own, clears, clearing, draw: None, note_line: None })
        });
        Ok(NewLine {
            line: counter_line(&line.line),
            seconds: seconds.map(i64::checked_neg).map(|negative| negative.ok_or_else(too_large)).transpose()?,
            total: line.total.checked_neg().ok_or_else(too_large)?,
            contract: line.contract.as_ref().map(|(contract, _)| *contract),
            service: line.service,
            cleared: cleared.transpose()?,
        })
    });
    let date = env.today();
    Ok(NewDocument {
        id: draft.id,
        kind: DocumentKind::Cancellation,
        number: Some(number.to_owned()),
        customer: page.row.customer.id,
        recipient: Some(page.recipient.clone()),
        currency: page.row.net.currency,
        date,
        due_on: date,
        payment_days: 0,
        delivery: page.delivery,
        totals: counter_totals(&page.totals).ok_or_else(too_large)?,
        run: None,
        cancels: Some((draft.document, draft.reason.clone())),
        lines: lines.collect::<Result<_, Refused>>()?,
    })
}
