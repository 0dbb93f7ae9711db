//! Documents: the list and the page of one.

mod calls;
mod list;
mod page;

pub use calls::{IssueDocument, ListDocuments, LoadDocument};
pub(crate) use list::DocumentRows;
pub use list::DocumentsPage;
pub use page::DocumentPage;
