//! Receipts: what came in for an invoice, the list of open items, and bank files.

mod calls;
mod file;
mod import;
mod open_items;
mod section;
mod words;

pub use calls::{
    ImportBankFile, ListOpenItems, LoadBankFile, LoadBankFiles, LoadReceipts, ReadBankFile, RecordReceipt,
    TakeBackReceipt,
};
pub use file::BankFilePage;
pub use import::ImportPage;
pub use open_items::OpenItemsPage;
pub(crate) use section::Receipts;
pub(crate) use words::{payment_tag, reminded};
