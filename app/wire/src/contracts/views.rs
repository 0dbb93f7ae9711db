//! What lists and pages show of contract types and contracts.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::{
    AccountId, ClaimId, ContractId, ContractTypeId, CustomerId, DateRange, DocumentId, LotId, Money, Seconds,
    contracts::{Billed, Contract, ContractState, Terms},
    quota::{AccountView, Amount, LotState, Unit},
};
use serde::{Deserialize, Serialize};

use crate::{
    articles::Catalogue, balancing::NamedDeficit, customers::AccountRow, documents::DocumentRow, history::Change,
};

/// A contract type in the list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTypeRow {
    /// The type.
    pub id: ContractTypeId,
    /// Its name.
    pub name: String,
    /// Its terms.
    pub terms: Terms,
}

/// The editor of a contract type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractTypePage {
    /// The type; none for a new one.
    pub id: Option<ContractTypeId>,
    /// The version, to be sent back when saving.
    pub version: i64,
    /// Its name.
    pub name: String,
    /// Its terms; none for a new one.
    pub terms: Option<Terms>,
    /// Articles and groups to choose from.
    pub catalogue: Catalogue,
    /// The company's working day.
    pub hours_per_day: Seconds,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
}

/// A customer as other pages name one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRef {
    /// The customer.
    pub id: CustomerId,
    /// The number.
    pub number: String,
    /// The name.
    pub name: String,
}

/// What is known about a contract besides its terms and dates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractCard {
    /// The number, unique.
    pub number: String,
    /// The type from which its terms were copied.
    pub contract_type: Option<ContractTypeId>,
    /// The name of the person responsible.
    pub responsible: String,
    /// The customer's reference.
    pub reference: String,
}

/// Everything that the editor of a contract needs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractEditor {
    /// The version, to be sent back when saving; 0 for a new one.
    pub version: i64,
    /// The contract and its card; none for a new one.
    pub contract: Option<(ContractCard, Contract)>,
    /// Its customer, or the one for whom a new one is made.
    pub customer: Option<CustomerRef>,
    /// The first period that was never billed.
    pub next: u32,
    /// What its billings have fixed.
    pub billed: Billed,
    /// The types to choose from.
    pub types: Vec<ContractTypeRow>,
    /// Articles and groups to choose from.
    pub catalogue: Catalogue,
    /// The people to choose from as responsible.
    pub people: Vec<String>,
    /// The company's working day.
    pub hours_per_day: Seconds,
    /// Its latest change; none for a new one.
    pub last: Option<Change>,
}

/// The columns by which the list of contracts can be sorted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractSort {
    /// By number.
    #[default]
    Number,
    /// By the name of the customer.
    Customer,
    /// By the first day.
    Start,
    /// By the end; what has none comes last both ways.
    End,
    /// By the next day on which a period becomes due; what is due no more comes last both ways.
    Due,
}

/// What the list of contracts shows; it stands in the address of the page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ContractQuery {
    /// Beginnings of words of number or customer that must all occur.
    pub q: String,
    /// Of that customer only.
    pub customer: Option<CustomerId>,
    /// Of that type only.
    pub contract_type: Option<ContractTypeId>,
    /// Only those that are so far.
    pub state: Option<ContractState>,
    /// Only those that have or had a quota, or only the others.
    pub quota: Option<bool>,
    /// Only those whose next period becomes due on that day or earlier.
    pub due_until: Option<NaiveDate>,
    /// Only those whose last day is that day or earlier.
    pub ends_until: Option<NaiveDate>,
    /// The column.
    pub sort: ContractSort,
    /// From the end.
    pub desc: bool,
    /// The page, from 1.
    pub page: u32,
}

/// How many contracts a page of the list shows.
pub const CONTRACTS_PER_PAGE: u32 = 25;

/// A contract in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractRow {
    /// The contract.
    pub id: ContractId,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The name of its type.
    pub type_name: String,
    /// Its first day.
    pub start: NaiveDate,
    /// Its end: the first day that no longer belongs to it.
    pub end: Option<NaiveDate>,
    /// The day on which its next period becomes due.
    pub next_due: Option<NaiveDate>,
    /// Whether the billing run bills it without being asked.
    pub automatic: bool,
    /// Where its account stands today.
    pub account: Option<AccountRow>,
}

/// A lot that a claim granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantedLot {
    /// The lot.
    pub lot: LotId,
    /// What the claim granted.
    pub amount: Amount,
    /// The quota period.
    pub period: DateRange,
    /// What became of it; none when the account was not read.
    pub state: Option<LotState>,
}

/// A billed period, with the terms at billing time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClaimRow {
    /// The claim.
    pub id: ClaimId,
    /// The number of the period.
    pub number: u32,
    /// The whole period.
    pub period: DateRange,
    /// The part of it that was billed.
    pub service: DateRange,
    /// What was billed, net.
    pub net: Money,
    /// When it was billed.
    pub at: DateTime<FixedOffset>,
    /// By whom.
    pub by: String,
    /// Whether it was cancelled since.
    pub cancelled: bool,
    /// Whether its period can be billed again: nobody bills it, and this is the latest claim of it.
    pub free: bool,
    /// The invoice; none when it was a draft that was deleted.
    pub document: Option<DocumentId>,
    /// The invoice's number; none as long as it is a draft.
    pub document_number: Option<String>,
    /// The terms with which it was billed.
    pub terms: Terms,
    /// The version of the contract that had those terms.
    pub version: i64,
    /// When those terms were saved.
    pub terms_at: DateTime<FixedOffset>,
    /// By whom.
    pub terms_by: String,
    /// The lots that it granted.
    pub lots: Vec<GrantedLot>,
}

/// What was granted without an invoice, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FreeQuota {
    /// The lot as it stands.
    pub lot: LotState,
    /// Why it was granted.
    pub reason: String,
    /// By whom.
    pub by: String,
    /// When.
    pub at: DateTime<FixedOffset>,
}

/// The page of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractPage {
    /// The version, to be sent back when saving.
    pub version: i64,
    /// The card.
    pub card: ContractCard,
    /// The contract.
    pub contract: Contract,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The name of its type.
    pub type_name: String,
    /// The first period that was never billed.
    pub next: u32,
    /// The latest claims, newest first.
    pub claims: Vec<ClaimRow>,
    /// Where its account stands today.
    pub account: Option<AccountRow>,
    /// What its account counts.
    pub account_id: Option<(AccountId, Unit)>,
    /// Its account with the lots that are usable today or within the next twelve months.
    pub book: Option<AccountView>,
    /// Its open deficits, in the order of the draws.
    pub deficits: Vec<NamedDeficit>,
    /// What it was granted without an invoice, the latest first.
    pub free: Vec<FreeQuota>,
    /// The quota period of today.
    pub quota_period: Option<DateRange>,
    /// The groups with their global switch.
    pub catalogue: Catalogue,
    /// The invoices, newest first.
    pub documents: Vec<DocumentRow>,
    /// The latest changes, newest first.
    pub history: Vec<Change>,
    /// The company's working day.
    pub hours_per_day: Seconds,
}
