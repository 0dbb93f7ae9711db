//! Projects: what of their times is invoiced.

mod invoicing;
mod invoicing_calls;

pub use invoicing::InvoicingSection;
pub use invoicing_calls::{InvoiceProject, LoadProjectInvoice};
