//! How documents are called.

use domain::documents::DocumentKind;
use texts::{Lang, say};

/// The name of a kind.
pub(super) fn kind_name(lang: Lang, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::DeliveryNote => say::document_kind_note(lang),
        DocumentKind::ContractInvoice | DocumentKind::Invoice => say::document_invoice(lang),
    }
}

/// The title of a document; without a number it is a draft.
pub(crate) fn title(lang: Lang, kind: DocumentKind, number: Option<&str>) -> String {
    match (kind.is_invoice(), number) {
        (true, Some(number)) => say::document_invoice_title(lang, number),
        (false, Some(number)) => say::document_note_title(lang, number),
        (true, None) => say::document_invoice_draft(lang).to_owned(),
        (false, None) => say::document_note_draft(lang).to_owned(),
    }
}
