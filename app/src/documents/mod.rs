//! Documents: the list, the page of one, and the editor of delivery notes and invoices.

mod aside;
mod bulk;
mod calls;
mod desk;
mod editor;
mod fields;
mod glance;
mod history;
mod line;
mod lines;
mod list;
mod page;
mod undo;
mod words;

pub use bulk::DocumentsBulkPage;
pub use calls::{
    BulkDocuments, CancelDocument, DeleteDocument, InvoiceDeliveryNote, IssueDocument, ListDocuments, LoadBulkPlan,
    LoadClearingFacts, LoadDocument, LoadDocumentEditor, LoadUndoPlan, RepairDocument, SaveDocument,
};
pub use editor::{DocumentEditPage, DocumentNewPage};
pub(crate) use list::DocumentRows;
pub use list::DocumentsPage;
pub use page::DocumentPage;
pub(crate) use undo::effects;
pub(crate) use words::title;
