//! The server functions of documents.

use domain::DocumentId;
use leptos::prelude::*;
use wire::{
    Page,
    documents::{DocumentPage, DocumentQuery, DocumentRow},
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::call::server::{refused, see_other, session};

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

/// Issues a draft.
#[server]
pub async fn issue_document(id: DocumentId) -> Result<DocumentPage, CallError> {
    let (env, call) = session()?;
    let page = usecases::documents::issue(&env, &call, id).await.map_err(refused)?;
    see_other(&format!("/documents/{id}"));
    Ok(page)
}
