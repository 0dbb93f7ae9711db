//! Contract types and contracts: what is typed, what lists and pages show.

mod changes;
mod fields;
mod forms;
mod views;

pub use changes::{
    Applications, ApplyContract, ApplyDraft, ApplyForm, ApplyOutcome, ApplyQuery, ApplyView, ContractChanges, EndDraft,
    EndForm, EndView, MOST_APPLIED, PeriodInvoice, SavedTerms, end_field, sections,
};
pub use fields::{kept_amount, terms_changes};
pub use forms::{
    ContractDraft, ContractForm, ContractTypeDraft, ContractTypeForm, ItemForm, SwitchForm, TermsForm, typed_price,
};
pub use views::{
    CONTRACTS_PER_PAGE, ClaimRow, ContractCard, ContractEditor, ContractPage, ContractQuery, ContractRow, ContractSort,
    ContractTypePage, ContractTypeRow, CustomerRef, FreeQuota, GrantedLot,
};
