//! The server functions of documents.

use chrono::NaiveDate;
use domain::{CustomerId, DocumentId};
use leptos::prelude::*;
use wire::{
    Page,
    documents::{
        BulkForm, BulkView, BulkWay, CancelForm, ClearingFacts, DocumentEditor, DocumentForm, DocumentPage,
        DocumentQuery, DocumentRow, RepairForm, SavedDocument, UndoView,
    },
    history::Change,
    paper::Gap,
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// A page of the list.
#[server]
pub async fn list_documents(ask: DocumentQuery) -> Result<Page<DocumentRow>, CallError> {
    let (env, call) = session()?;
    usecases::documents::list(&env, &call, &ask).await.map_err(refused)
}

/// The page of a document.
#[server]
pub async fn load_document(id: DocumentId) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    usecases::documents::page(&env, &call, id).await.map_err(refused)
}

/// The history of a document.
#[server]
pub async fn load_document_history(id: DocumentId) -> Result<Vec<Change>, CallError> {
    let (env, call) = session()?;
    usecases::documents::changes_of(&env, &call, id).await.map_err(refused)
}

/// Issues a draft.
#[server]
pub async fn issue_document(id: DocumentId) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let page = usecases::documents::issue(&env, &call, id).await.map_err(refused)?;
    see_other(&format!("/documents/{id}"));
    Ok(page)
}

/// The editor of a draft, or of a new document for a customer.
#[server]
pub async fn load_document_editor(
    id: Option<DocumentId>,
    customer: Option<CustomerId>,
) -> Result<DocumentEditor, CallError> {
    let (env, call) = session()?;
    usecases::documents::editor(&env, &call, id, customer).await.map_err(refused)
}

/// What a document of that customer and date is reconciled with.
#[server]
pub async fn load_clearing_facts(
    customer: CustomerId,
    date: NaiveDate,
    id: Option<DocumentId>,
) -> Result<ClearingFacts, CallError> {
    let (env, call) = session()?;
    usecases::documents::facts(&env, &call, customer, date, id).await.map_err(refused)
}

/// Creates or changes a draft, and reconciles its lines.
#[server]
pub async fn save_document(form: DocumentForm) -> Result<SavedDocument, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let saved = usecases::documents::save(&env, &call, draft).await.map_err(refused_form(&form))?;
    // Whoever is to see where it came out otherwise stays with what was typed. A plain form was shown nothing.
    if saved.differences.is_empty() {
        see_other(&format!("/documents/{}", saved.page.row.id));
    }
    Ok(saved)
}

/// Deletes a draft, as the person saw it; `seen` is what that comes to on its accounts, as JSON.
#[server]
pub async fn delete_document(id: DocumentId, version: i64, seen: String) -> Result<(), CallError> {
    let (env, call) = session()?;
    let seen = wire::documents::SeenDraft::typed(version, &seen).map_err(refused)?;
    usecases::documents::delete(&env, &call, id, Some(seen)).await.map_err(refused)?;
    see_other("/documents");
    Ok(())
}

/// What deleting a draft or cancelling an issued document would do, decided on the server's present facts and not
/// carried out.
#[server]
pub async fn load_undo_plan(id: DocumentId) -> Result<UndoView, CallError> {
    let (env, call) = session()?;
    usecases::documents::undo_plan(&env, &call, id).await.map_err(refused)
}

/// Cancels an issued document. Gives the cancellation.
#[server]
pub async fn cancel_document(form: CancelForm) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let id = draft.document;
    let made = usecases::documents::cancel(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{id}"));
    Ok(made)
}

/// Makes a draft invoice of a delivery note. `id` is that of the invoice.
#[server]
pub async fn invoice_delivery_note(note: DocumentId, id: DocumentId) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let page = usecases::documents::invoice(&env, &call, note, id).await.map_err(refused)?;
    see_other(&format!("/documents/{}", page.row.id));
    Ok(page)
}

/// Does what makes a line clear.
#[server]
pub async fn repair_document(form: RepairForm) -> Result<(), CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(refused)?;
    usecases::documents::repair(&env, &call, draft).await.map_err(refused)
}

/// What would happen with each of these documents, not carried out.
#[server]
pub async fn load_bulk_plan(way: BulkWay, documents: Vec<DocumentId>) -> Result<BulkView, CallError> {
    let (env, call) = session()?;
    let documents: Vec<DocumentId> = documents.into_iter().take(wire::documents::MOST_BULK).collect();
    usecases::documents::bulk_plan(&env, &call, way, &documents).await.map_err(refused)
}

/// Does the same with many documents, each on its own.
#[server]
pub async fn bulk_documents(form: BulkForm) -> Result<BulkView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let (way, ids) = (draft.way, form.documents.clone());
    let done = usecases::documents::bulk(&env, &call, draft).await.map_err(refused_form(&form))?;
    let ids: String = ids.chars().filter(|c| c.is_ascii_hexdigit() || matches!(c, '-' | ',')).collect();
    see_other(&format!("/documents/bulk?do={}&d={ids}&done=1", way.name()));
    Ok(done)
}

/// What the law asks for on the paper of a draft and it does not have.
#[server]
pub async fn load_paper_gaps(document: DocumentId) -> Result<Vec<Gap>, CallError> {
    let (env, call) = session()?;
    usecases::papers::gaps(&env, &call, document).await.map_err(refused)
}
