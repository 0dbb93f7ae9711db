//! Documents: list, page, issuing; delivery notes and invoices that people type, and what they draw.

use domain::{
    DocumentId, Permission,
    documents::{DocumentState, due_on},
};
use store::{StoreError, Tx, Work, customers, documents, history, project_invoices, projects};
use wire::{
    FieldReason, Noun, Page, Problem,
    documents::{DocumentPage, DocumentQuery, DocumentRow},
    history::Change,
};

use crate::{
    Call, Env, Refused,
    billing::{INVOICES, next_numbers},
    changed::note,
    settings,
};

mod bulk;
mod cancel;
mod delete;
mod draws;
mod editor;
mod facts;
mod invoice;
mod kept;
mod repair;
mod save;
mod undo;

pub use bulk::{bulk, bulk_plan};
pub use cancel::cancel;
pub(crate) use cancel::carry_out as carry_out_cancel;
pub(crate) use delete::carry_out as carry_out_delete;
pub use delete::delete;
pub use editor::{editor, facts};
pub use invoice::invoice;
pub use repair::repair;
pub use save::save;
pub(crate) use save::save_locked;
pub use undo::undo_plan;
pub(crate) use undo::{undo_views, undoing};

pub(crate) const SUBJECT: &str = "document";
/// The name of the number range of delivery notes.
pub(crate) const DELIVERY_NOTES: &str = "delivery_note";
/// The name of the number range of cancellations.
pub(crate) const CANCELLATIONS: &str = "cancellation";

/// A page of the list, the latest first.
pub async fn list(env: &Env, call: &Call, ask: &DocumentQuery) -> Result<Page<DocumentRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    Ok(documents::list(&mut env.db.read().await?, ask).await?)
}

/// The page of a document. A draft goes to its customer as known now.
pub async fn page(env: &Env, call: &Call, id: DocumentId) -> Result<DocumentPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    told(env, &mut env.db.read().await?, id).await
}

/// The same within a transaction, for whoever made, issued or cancelled it.
pub(crate) fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: DocumentId) -> Work<'t, DocumentPage, Refused> {
    Box::pin(async move {
        let page = documents::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
        shown(env, tx, page).await
    })
}

/// The latest changes of a document, newest first: what was done with it, with its receipts and its mails.
pub async fn changes_of(env: &Env, call: &Call, id: DocumentId) -> Result<Vec<Change>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let changes = history::list(&mut env.db.read().await?, SUBJECT, &id.to_string(), 100).await?;
    Ok(changes.into_iter().map(|change| env.localised(change)).collect())
}

/// Locks the project of which a document invoices a period, if it does: its bookings become free, and projects are locked
/// before everything else.
async fn lock_project_of(tx: &mut Tx, id: DocumentId) -> Result<(), Refused> {
    if let Some(project) = project_invoices::project_of(tx, id).await? {
        projects::lock(tx, &[project]).await?;
    }
    Ok(())
}

/// A document as its page shows it: a draft with its customer as known now, times as the company's clocks show them.
pub(crate) async fn shown(env: &Env, tx: &mut Tx, mut page: DocumentPage) -> Result<DocumentPage, Refused> {
    if page.row.state == DocumentState::Draft
        && let Some(customer) = customers::get(tx, page.row.customer.id).await?
    {
        page.recipient = customer.card;
    }
    page.created.0 = env.local(page.created.0.to_utc());
    page.issued = page.issued.map(|(at, by)| (env.local(at.to_utc()), by));
    Ok(page)
}

/// Issues a draft: it gets its number and its recipient, and never changes again; what it holds is drawn. An invoice of
/// contracts gets today's date, a document that clears keeps its own. Issued before, it stays as it is.
pub async fn issue(env: &Env, call: &Call, id: DocumentId) -> Result<DocumentPage, Refused> {
    call.needs(Permission::Bill)?;
    let (saver, today, own) = (env.saver(call), env.today(), env.clone());
    let issued = env.answered(call, told, move |tx| {
        let (saver, env) = (saver.clone(), own.clone());
        Box::pin(async move {
            let found = documents::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Document))?;
            match found.row.state {
                DocumentState::Draft => {}
                DocumentState::Issued => return Ok(id),
                DocumentState::Cancelled => return Err(Problem::NotADraft.into()),
            }
            let customer = customers::get(tx, found.row.customer.id).await?;
            let customer = customer.ok_or_else(|| Refused::not_found(Noun::Customer))?;
            let kind = found.row.kind;
            if kind.clears() && documents::kept_lines(tx, id).await?.is_empty() {
                return Err(Problem::field("lines", FieldReason::Missing).into());
            }
            let company = settings::read(&env, tx).await?;
            let range = if kind.is_invoice() {
                (INVOICES, &company.invoice_numbers)
            } else {
                (DELIVERY_NOTES, &company.delivery_note_numbers)
            };
            let number = next_numbers(tx, range, today, 1).await?.pop().unwrap_or_default();
            let date = kind.issued_on(found.row.date, today);
            let dates = (number.as_str(), date, due_on(date, found.payment_days));
            if !documents::issue(tx, id, dates, &customer.card, (&saver.by, saver.at)).await? {
                return Err(StoreError::GivenUp("the document changed under its lock").into());
            }
            let state = |before: Option<&str>, after: &str| wire::history::FieldChange {
                field: "state".to_owned(),
                before: before.map(str::to_owned),
                after: Some(after.to_owned()),
            };
            note(tx, (SUBJECT, id.to_string()), &saver, vec![state(Some("draft"), "issued")]).await?;
            Ok(id)
        })
    });
    issued.await.map_err(|refused| match refused {
        Refused::Problem(Problem::NotFound { .. }) => Refused::not_found(Noun::Document),
        other => other,
    })
}
