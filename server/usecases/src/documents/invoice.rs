//! From a delivery note to its invoice.

use domain::{
    DocumentId, LineId, Permission,
    documents::{DocumentKind, DocumentState, due_on},
};
use store::{
    Tx,
    documents::{self, KeptLine, NewCleared, NewDocument, NewLine},
};
use wire::{Noun, Problem, documents::DocumentPage};

use super::SUBJECT;
use crate::{Call, Env, Refused, changed::Saver, changed::note};

/// Makes a draft invoice of an issued delivery note: its lines come along fixed, with their clearing; the draws stay the
/// delivery note's, and nothing is drawn twice. How it is sent and when it is to be paid come from the note too. The same id again gives the same invoice.
///
/// Refused when it is no issued delivery note, or when it was invoiced before.
pub async fn invoice(env: &Env, call: &Call, note: DocumentId, id: DocumentId) -> Result<DocumentPage, Refused> {
    call.needs(Permission::EditDocuments)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, super::told, move |tx| {
        let (saver, env) = (saver.clone(), own.clone());
        Box::pin(async move { invoice_locked(&env, tx, (note, id), &saver).await })
    });
    done.await
}

async fn invoice_locked(
    env: &Env,
    tx: &mut Tx,
    (from, id): (DocumentId, DocumentId),
    saver: &Saver,
) -> Result<DocumentId, Refused> {
    let found = documents::lock(tx, from).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let row = &found.row;
    if row.kind != DocumentKind::DeliveryNote || row.state != DocumentState::Issued {
        return Err(Problem::NotFound { what: Noun::Document }.into());
    }
    if let Some((invoice, _)) = documents::invoice_of(tx, from).await? {
        return if invoice == id { Ok(id) } else { Err(Problem::AlreadyInvoiced.into()) };
    }
    if documents::lock(tx, id).await?.is_some() {
        return Err(Problem::SameId.into());
    }
    let page = documents::get(tx, from).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
    let kept = documents::kept_lines(tx, from).await?;
    let lines = page.lines.iter().zip(&kept).map(|(line, KeptLine { cleared, contract, seconds })| {
        let new = LineId::new(env.id());
        NewLine {
            line: line.line.clone(),
            seconds: *seconds,
            total: line.total,
            contract: *contract,
            service: line.service,
            cleared: Some(NewCleared {
                id: new,
                clearing: domain::clearing::LineClearing { line: new, ..cleared.clearing.clone() },
                draw: None,
                note_line: Some(cleared.id),
                clears: cleared.clears,
            }),
        }
    });
    let date = env.today();
    let invoice = NewDocument {
        id,
        kind: DocumentKind::Invoice,
        number: None,
        customer: row.customer.id,
        recipient: None,
        currency: row.net.currency,
        date,
        due_on: due_on(date, page.payment_days),
        payment_days: page.payment_days,
        delivery: page.delivery,
        totals: page.totals.clone(),
        run: None,
        cancels: None,
        lines: lines.collect(),
    };
    documents::add(tx, &[invoice], &saver.by, saver.at).await?;
    let made =
        wire::history::FieldChange { field: "delivery_note".to_owned(), before: None, after: row.number.clone() };
    note(tx, (SUBJECT, id.to_string()), saver, vec![made]).await?;
    Ok(id)
}
