//! The server functions of receipts, open items and bank files.

use domain::{BankFileId, DocumentId};
use leptos::prelude::*;
use wire::{
    lists::{OpenItemPage, OpenItemQuery},
    receipts::{
        BankFileForm, BankFileRow, BankFileView, ImportForm, Imported, ReceiptForm, ReceiptsView, TakeBackForm,
    },
};

use crate::call::CallError;
#[cfg(feature = "ssr")]
use crate::{
    call::server::{refused, refused_form, see_other, session},
    context::lang,
};

/// What came in for an invoice.
#[server]
pub async fn load_receipts(document: DocumentId) -> Result<ReceiptsView, CallError> {
    let (env, call) = session()?;
    usecases::receipts::of(&env, &call, document).await.map_err(refused)
}

/// Records a receipt.
#[server]
pub async fn record_receipt(form: ReceiptForm) -> Result<ReceiptsView, CallError> {
    let (env, call) = session()?;
    let draft = form.check(lang()).map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::receipts::record(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{}", view.document));
    Ok(view)
}

/// Takes a receipt back.
#[server]
pub async fn take_back_receipt(form: TakeBackForm) -> Result<ReceiptsView, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&form)(problem.into()))?;
    let view = usecases::receipts::take_back(&env, &call, draft).await.map_err(refused_form(&form))?;
    see_other(&format!("/documents/{}", view.document));
    Ok(view)
}

/// A page of the open items.
#[server]
pub async fn list_open_items(ask: OpenItemQuery) -> Result<OpenItemPage, CallError> {
    let (env, call) = session()?;
    usecases::receipts::open_items(&env, &call, &ask).await.map_err(refused)
}

/// The bank files that were read last.
#[server]
pub async fn load_bank_files() -> Result<Vec<BankFileRow>, CallError> {
    let (env, call) = session()?;
    usecases::receipts::files(&env, &call).await.map_err(refused)
}

/// A bank file with what is proposed.
#[server]
pub async fn load_bank_file(id: BankFileId) -> Result<BankFileView, CallError> {
    let (env, call) = session()?;
    usecases::receipts::file(&env, &call, id).await.map_err(refused)
}

/// Keeps a bank file, so that its transactions can be assigned.
#[server]
pub async fn read_bank_file(form: BankFileForm) -> Result<BankFileRow, CallError> {
    let (env, call) = session()?;
    // A file is too long for the address that would bring it back; a few lines that somebody pasted are not.
    let kept = if form.text.len() <= MOST_BROUGHT_BACK { form.clone() } else { BankFileForm::default() };
    let draft = form.check().map_err(|problem| refused_form(&kept)(problem.into()))?;
    let view = usecases::receipts::add_file(&env, &call, draft).await.map_err(refused_form(&kept))?;
    see_other(&format!("/receipts/import/{}", view.row.id));
    Ok(view.row)
}

/// The longest text that an address brings back, in bytes.
#[cfg(feature = "ssr")]
const MOST_BROUGHT_BACK: usize = 2_000;

/// Records what was assigned of a bank file, all or nothing.
#[server]
pub async fn import_bank_file(form: ImportForm) -> Result<Imported, CallError> {
    let (env, call) = session()?;
    let draft = form.check().map_err(|problem| refused_form(&chosen(&form))(problem.into()))?;
    let file = draft.file;
    let done = usecases::receipts::import(&env, &call, draft).await.map_err(refused_form(&chosen(&form)))?;
    see_other(&format!("/receipts/import/{file}"));
    Ok(done)
}

/// Of a long form only the beginning comes back through an address.
#[cfg(feature = "ssr")]
fn chosen(form: &ImportForm) -> ImportForm {
    ImportForm { lines: form.lines.iter().take(40).cloned().collect(), ..form.clone() }
}
