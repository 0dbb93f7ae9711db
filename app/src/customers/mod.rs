//! Customers: list, page, form.

mod calls;
mod form;
mod list;
mod page;

pub(crate) use calls::list_customers;
pub use calls::{CustomerHistory, ListCustomers, LoadCustomer, LoadCustomerEditor, SaveCustomer};
pub use form::{CustomerEditPage, CustomerNewPage};
pub use list::CustomersPage;
pub use page::CustomerPage;
