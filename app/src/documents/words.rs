//! How documents are called.

use domain::documents::DocumentKind;
use texts::{Lang, say};

/// The name of a kind.
pub(super) fn kind_name(lang: Lang, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::DeliveryNote => say::document_kind_note(lang),
        DocumentKind::ContractInvoice | DocumentKind::Invoice => say::document_invoice(lang),
        DocumentKind::Balancing => say::document_kind_balancing(lang),
        DocumentKind::Cancellation => say::document_kind_cancellation(lang),
    }
}

/// The title of a document; without a number it is a draft.
pub(crate) fn title(lang: Lang, kind: DocumentKind, number: Option<&str>) -> String {
    match (kind, number) {
        (DocumentKind::ContractInvoice | DocumentKind::Invoice, Some(number)) => {
            say::document_invoice_title(lang, number)
        }
        (DocumentKind::DeliveryNote, Some(number)) => say::document_note_title(lang, number),
        (DocumentKind::Balancing, Some(number)) => say::document_balancing_title(lang, number),
        (DocumentKind::Balancing, None) => say::document_balancing_draft(lang).to_owned(),
        (DocumentKind::Cancellation, Some(number)) => say::document_cancellation_title(lang, number),
        (DocumentKind::ContractInvoice | DocumentKind::Invoice, None) => say::document_invoice_draft(lang).to_owned(),
        (DocumentKind::DeliveryNote, None) => say::document_note_draft(lang).to_owned(),
        // A cancellation is never a draft.
        (DocumentKind::Cancellation, None) => say::document_kind_cancellation(lang).to_owned(),
    }
}
