//! Customers: list, page, form.

mod calls;
mod form;
mod list;
mod page;

pub use calls::{CustomerHistory, ListCustomers, LoadCustomer, SaveCustomer};
pub(crate) use calls::{list_customers, load_customer};
pub use form::{CustomerEditPage, CustomerNewPage};
pub use list::CustomersPage;
pub use page::CustomerPage;
