//! What the tests of contracts and billing share: contracts with a twist, and looks at what came of them.

use domain::{
    AccountId, ContractId, CustomerId, DateRange, DocumentId, Role, RunId,
    contracts::{Contract, InvoiceKind},
};
use store::testing::dump;
use usecases::{
    Call, Env, Refused, billing, contracts, documents,
    testing::{World, as_role, day, problem},
};
use wire::{
    Problem,
    billing::{RunDraft, RunItem, RunPage, RunPlan, Selection},
    contracts::{ClaimRow, ContractDraft, ContractPage},
    documents::{DocumentPage, DocumentQuery, DocumentRow},
};

pub fn admin() -> Call {
    as_role(Role::Admin)
}

/// A saved contract of that customer that begins on that day, with a twist.
pub async fn given(
    world: &World,
    customer: CustomerId,
    start: &str,
    twist: impl FnOnce(&mut Contract),
) -> ContractPage {
    let mut draft = world.contract_draft(customer, start);
    twist(&mut draft.contract);
    world.contract(draft).await
}

/// A twist: no quota, so that it can be billed in arrears.
pub fn plain(contract: &mut Contract) {
    contract.terms.quota = None;
}

/// A twist: on the customer's consolidated invoice.
pub fn consolidated(contract: &mut Contract) {
    contract.terms.billing.invoice = InvoiceKind::Consolidated;
}

/// Another price of the one item.
pub fn costs(contract: &mut Contract, price: &str) {
    contract.terms.items[0].price = price.parse().expect("a price");
}

/// The page of a contract.
pub async fn page(env: &Env, id: ContractId) -> ContractPage {
    contracts::page(env, &admin(), id).await.expect("the contract")
}

/// Its claims, the oldest period first.
pub async fn claims(env: &Env, id: ContractId) -> Vec<ClaimRow> {
    let mut claims = page(env, id).await.claims;
    claims.reverse();
    claims
}

/// Its account.
pub fn account(page: &ContractPage) -> AccountId {
    page.account_id.expect("an account").0
}

/// What somebody sends who has the page before them and changes something.
pub fn edited(page: &ContractPage, twist: impl FnOnce(&mut Contract)) -> ContractDraft {
    let mut contract = page.contract.clone();
    twist(&mut contract);
    ContractDraft {
        version: page.version,
        number: page.card.number.clone(),
        contract_type: page.card.contract_type,
        responsible: page.card.responsible.clone(),
        reference: page.card.reference.clone(),
        contract,
    }
}

/// The contract is changed in these surroundings.
pub async fn change(env: &Env, id: ContractId, twist: impl FnOnce(&mut Contract)) -> ContractPage {
    let draft = edited(&page(env, id).await, twist);
    contracts::save(env, &admin(), draft).await.expect("it is saved")
}

/// Why saving is refused.
pub async fn refused(env: &Env, draft: ContractDraft) -> Problem {
    problem(contracts::save(env, &admin(), draft).await.map(drop).expect_err("it is refused"))
}

/// The names of the wrong fields.
pub fn fields(problem: &Problem) -> Vec<&str> {
    problem.fields().iter().map(|field| field.field.as_str()).collect()
}

/// All documents, the oldest number first.
pub async fn all_documents(env: &Env) -> Vec<DocumentRow> {
    let mut rows = Vec::new();
    for number in 1.. {
        let ask = DocumentQuery { page: number, ..DocumentQuery::default() };
        let page = documents::list(env, &admin(), &ask).await.expect("the documents");
        rows.extend(page.rows);
        if !page.more {
            break;
        }
    }
    rows.sort_by(|one, other| (&one.number, one.date, one.id).cmp(&(&other.number, other.date, other.id)));
    rows
}

/// The numbers of all documents that have one, in their order.
pub async fn numbers(env: &Env) -> Vec<String> {
    all_documents(env).await.into_iter().filter_map(|row| row.number).collect()
}

/// The page of a document.
pub async fn document(env: &Env, id: DocumentId) -> DocumentPage {
    documents::page(env, &admin(), id).await.expect("the document")
}

/// Everything but the runs themselves: what a run that has nothing to do must not change.
pub async fn business(world: &World) -> Vec<String> {
    let tables: Vec<&str> =
        store::testing::TABLES.into_iter().filter(|table| !table.starts_with("billing_run")).collect();
    dump(&world.db, &tables).await
}

/// A run over everything that leaves drafts.
pub async fn bills_drafts(env: &Env, as_of: &str) -> RunPage {
    let draft = RunDraft { id: RunId::new(env.id()), as_of: day(as_of), issue: false, selection: Selection::All };
    let id = billing::start(env, &admin(), draft).await.expect("the run begins").id;
    assert!(billing::work(env, id).await.expect("the run ends"), "nobody else works on it");
    billing::page(env, &admin(), id, 1).await.expect("the run is there")
}

/// What a run would do.
pub async fn planned(env: &Env, as_of: &str, selection: Selection) -> Result<RunPlan, Refused> {
    billing::plan(env, &admin(), day(as_of), selection).await
}

/// All items of a run, in the order of contracts and periods.
pub async fn all_items(env: &Env, run: RunId) -> Vec<RunItem> {
    let mut items = Vec::new();
    for number in 1.. {
        let page = billing::page(env, &admin(), run, number).await.expect("the run");
        items.extend(page.items);
        if !page.more {
            break;
        }
    }
    items.sort_by_key(|item| (item.contract(), item.period));
    items
}

/// `[from, until)`.
pub fn range(from: &str, until: &str) -> DateRange {
    DateRange { from: day(from), until: Some(day(until)) }
}
