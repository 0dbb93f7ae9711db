//! Contract types and contracts: lists, editors with their outlook, the page of a contract.

mod applying;
mod calls;
mod change_calls;
mod claims;
mod customer;
mod editor;
mod ending;
mod groups;
mod history;
mod items;
mod list;
mod outlook;
mod page;
mod problems;
mod terms;
mod timeline;
mod type_editor;
mod types;
mod words;

pub use applying::ContractTypeApplyPage;
pub(crate) use calls::contracts_of_customer;
pub use calls::{
    ContractsOfCustomer, ListContractTypes, ListContracts, LoadContract, LoadContractEditor, LoadContractType,
    SaveContract, SaveContractType,
};
pub use change_calls::{ApplyContractType, EndContract, LoadContractChanges, LoadContractEnd, LoadTypeApplication};
pub(crate) use customer::CustomerChoice;
pub use editor::{ContractEditPage, ContractNewPage};
pub(crate) use history::item_words;
pub use list::ContractsPage;
pub(crate) use list::Rows;
pub use page::ContractPage;
pub(crate) use problems::{problem_of, problems_of, told};
pub use type_editor::{ContractTypeEditPage, ContractTypeNewPage};
pub use types::ContractTypesPage;
pub(crate) use words::delivery_name;
