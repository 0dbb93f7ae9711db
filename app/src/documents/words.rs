//! How documents are called.

use domain::documents::DocumentKind;
use texts::{Lang, say};
pub(crate) use wire::documents::title;

/// The name of a kind.
pub(super) fn kind_name(lang: Lang, kind: DocumentKind) -> &'static str {
    match kind {
        DocumentKind::DeliveryNote => say::document_kind_note(lang),
        DocumentKind::ContractInvoice | DocumentKind::Invoice => say::document_invoice(lang),
        DocumentKind::Balancing => say::document_kind_balancing(lang),
        DocumentKind::Cancellation => say::document_kind_cancellation(lang),
    }
}
