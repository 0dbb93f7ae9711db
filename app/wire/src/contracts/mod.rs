//! Contract types and contracts: what is typed, what lists and pages show.

mod fields;
mod forms;
mod views;

pub use fields::kept_amount;
pub use forms::{
    ContractDraft, ContractForm, ContractTypeDraft, ContractTypeForm, ItemForm, SwitchForm, TermsForm, typed_price,
};
pub use views::{
    CONTRACTS_PER_PAGE, ClaimRow, ContractCard, ContractEditor, ContractPage, ContractQuery, ContractRow, ContractSort,
    ContractTypePage, ContractTypeRow, CustomerRef, GrantedLot,
};
