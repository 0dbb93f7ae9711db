//! Contract types and contracts: lists, editors with their outlook, the page of a contract.

mod calls;
mod claims;
mod customer;
mod editor;
mod groups;
mod history;
mod items;
mod list;
mod outlook;
mod page;
mod problems;
mod terms;
mod type_editor;
mod types;
mod words;

pub(crate) use calls::contracts_of_customer;
pub use calls::{
    ContractsOfCustomer, ListContractTypes, ListContracts, LoadContract, LoadContractEditor, LoadContractType,
    SaveContract, SaveContractType,
};
pub(crate) use customer::CustomerChoice;
pub use editor::{ContractEditPage, ContractNewPage};
pub use list::ContractsPage;
pub(crate) use list::Rows;
pub use page::ContractPage;
pub(crate) use problems::{problem_of, problems_of, told};
pub use type_editor::{ContractTypeEditPage, ContractTypeNewPage};
pub use types::ContractTypesPage;
pub(crate) use words::delivery_name;
