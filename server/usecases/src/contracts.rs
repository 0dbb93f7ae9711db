//! Contracts: list, page, editor, saving.

use std::collections::HashMap;

use chrono::{Datelike, Months, NaiveDate};
use domain::{
    AccountId, ContractId, CustomerId, DateRange, Permission,
    contracts::{Billed, check_change},
    documents::NumberPattern,
    quota::{self, Account, AccountView},
};
use store::{
    Slice, StoreError, Tx, Work,
    accounts::{self, StoredAccount},
    claims, contract_types,
    contracts::{self, ContractLine, StoredContract},
    customers, documents, history,
    ledger::{self, Note},
    paged, people,
};
use wire::{
    FieldProblem, FieldReason, Noun, Page, Problem,
    articles::Catalogue,
    balancing::NamedDeficit,
    contracts::{
        ClaimRow, ContractCard, ContractDraft, ContractEditor, ContractPage, ContractQuery, ContractRow, CustomerRef,
        FreeQuota,
    },
    customers::AccountRow,
};

use crate::{
    Call, Env, Refused,
    accounts::{account_rows, day, post},
    articles,
    billing::named,
    changed::{Saver, changes, check_version, latest, note},
    settings,
};

mod apply;
mod end;
mod timeline;

pub use apply::{apply_type, apply_view};
pub use end::{end, end_plan, end_view};
pub use timeline::changes as timeline;

const SUBJECT: &str = "contract";
/// How many free quotas the page of a contract shows.
const FREE: i64 = 12;

/// A page of the list, with where each contract's account stands today.
pub async fn list(env: &Env, call: &Call, ask: &ContractQuery) -> Result<Page<ContractRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let found = slice(env, &mut tx, ask, Slice::page(ask)).await?;
    Ok(paged(ask, found))
}

/// A slice of the list.
pub(crate) async fn slice(
    env: &Env,
    tx: &mut Tx,
    ask: &ContractQuery,
    slice: Slice,
) -> Result<Vec<ContractRow>, Refused> {
    let lines = contracts::slice(tx, ask, env.today(), slice).await?;
    rows(env, tx, lines).await
}

/// The contracts of a customer.
pub async fn of_customer(env: &Env, call: &Call, customer: CustomerId) -> Result<Vec<ContractRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let lines = contracts::of_customer(&mut tx, customer).await?;
    rows(env, &mut tx, lines).await
}

async fn rows(env: &Env, tx: &mut Tx, lines: Vec<ContractLine>) -> Result<Vec<ContractRow>, Refused> {
    let ids: Vec<AccountId> = lines.iter().filter_map(|line| line.account).collect();
    let stored = accounts::many(tx, &ids, false).await?;
    let found = account_rows(env, tx, stored).await?;
    let mut accounts: HashMap<AccountId, AccountRow> = found.into_iter().map(|(_, row)| (row.id, row)).collect();
    let row = |line: ContractLine| ContractRow {
        id: line.id,
        number: line.number,
        customer: line.customer,
        type_name: line.type_name,
        start: line.start,
        end: line.end,
        next_due: line.next_due,
        automatic: line.automatic,
        account: line.account.and_then(|id| accounts.remove(&id)),
    };
    Ok(lines.into_iter().map(row).collect())
}

/// The page of a contract.
pub async fn page(env: &Env, call: &Call, id: ContractId) -> Result<ContractPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let page = loaded(env, &mut tx, id).await?;
    complete(env, &mut tx, page).await
}

/// The answer to whoever saved a contract.
fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: ContractId) -> Work<'t, ContractPage, Refused> {
    Box::pin(loaded(env, tx, id))
}

/// The page without the catalogue, which is as it is whatever becomes of the contract.
async fn loaded(env: &Env, tx: &mut Tx, id: ContractId) -> Result<ContractPage, Refused> {
    let found = contracts::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Contract))?;
    let customer = customer_ref(tx, found.contract.customer).await?;
    let mut claims = claims::of_contract(tx, id, 36).await?;
    let mut quota = QuotaParts::default();
    let (account, account_id) = match found.account {
        None => (None, None),
        Some(account) => {
            let stored = accounts::get(tx, account).await?;
            let stored = stored.ok_or_else(|| Refused::not_found(Noun::Account))?;
            let unit = stored.account.unit;
            let lots: Vec<_> = claims.iter().flat_map(|claim| claim.lots.iter().map(|lot| lot.lot)).collect();
            let states = ledger::lots(tx, &stored, &lots).await?;
            let mut states: HashMap<_, _> = states.into_iter().map(|state| (state.lot.id, state)).collect();
            for lot in claims.iter_mut().flat_map(|claim| &mut claim.lots) {
                lot.state = states.remove(&lot.lot);
            }
            quota = quota_parts(env, tx, &found, &stored).await?;
            let row = account_rows(env, tx, vec![stored]).await?.pop().map(|(_, row)| row);
            (row, Some((account, unit)))
        }
    };
    let local = |claim: ClaimRow| ClaimRow {
        at: env.local(claim.at.to_utc()),
        terms_at: env.local(claim.terms_at.to_utc()),
        ..claim
    };
    let type_name = match found.card.contract_type {
        None => String::new(),
        Some(id) => contract_types::get(tx, id).await?.map(|found| found.name).unwrap_or_default(),
    };
    let changed = history::list(tx, SUBJECT, &id.to_string(), 100).await?;
    Ok(ContractPage {
        version: found.version,
        quota_period: found.contract.quota_period_of(env.today()),
        card: found.card,
        contract: found.contract,
        customer,
        type_name,
        next: found.next,
        claims: claims.into_iter().map(local).collect(),
        account,
        account_id,
        book: quota.book,
        deficits: quota.deficits,
        free: quota.free,
        catalogue: Catalogue::default(),
        documents: documents::of_contract(tx, id, 24).await?,
        history: changed.into_iter().map(|change| env.localised(change)).collect(),
        hours_per_day: settings::read(env, tx).await?.hours_per_day,
    })
}

async fn complete(env: &Env, tx: &mut Tx, page: ContractPage) -> Result<ContractPage, Refused> {
    Ok(ContractPage { catalogue: articles::catalogue(env, tx).await?, ..page })
}

/// What the page of a contract shows of its account beside the balance.
#[derive(Default)]
struct QuotaParts {
    book: Option<AccountView>,
    deficits: Vec<NamedDeficit>,
    free: Vec<FreeQuota>,
}

async fn quota_parts(
    env: &Env,
    tx: &mut Tx,
    found: &StoredContract,
    stored: &StoredAccount,
) -> Result<QuotaParts, Refused> {
    let today = env.today();
    let year = DateRange { from: today, until: today.checked_add_months(Months::new(12)) };
    let view = accounts::facts(tx, stored, year).await?;
    let deficits = named(tx, Some(found), &view).await?;
    let free = ledger::free_quotas(tx, stored, FREE).await?.into_iter();
    let free = free.map(|free| FreeQuota { lot: free.lot, reason: free.reason, by: free.by, at: env.local(free.at) });
    Ok(QuotaParts { book: Some(view), deficits, free: free.collect() })
}

async fn customer_ref(tx: &mut Tx, id: CustomerId) -> Result<CustomerRef, Refused> {
    let found = customers::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
    Ok(CustomerRef { id, number: found.card.number, name: found.card.name })
}

/// Everything that the editor needs: of a contract, or of a new one for a customer.
pub async fn editor(
    env: &Env,
    call: &Call,
    id: Option<ContractId>,
    customer: Option<CustomerId>,
) -> Result<ContractEditor, Refused> {
    call.needs(Permission::EditContracts)?;
    let mut tx = env.db.read().await?;
    let found = match id {
        None => None,
        Some(id) => Some(contracts::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Contract))?),
    };
    let customer = match found.as_ref().map(|found| found.contract.customer).or(customer) {
        None => None,
        Some(id) => Some(customer_ref(&mut tx, id).await?),
    };
    let billed = match &found {
        None => Billed::default(),
        Some(found) => billed(&mut tx, found).await?,
    };
    let mut people = people::names(&mut tx).await?;
    // Whoever is responsible now can stay so, also when that person signs in no more.
    let responsible = found.as_ref().map(|found| found.card.responsible.clone()).filter(|name| !name.is_empty());
    people.extend(responsible.filter(|name| !people.contains(name)));
    let last = match id {
        None => None,
        Some(id) => latest(env, &mut tx, (SUBJECT, id.to_string())).await?,
    };
    Ok(ContractEditor {
        version: found.as_ref().map_or(0, |found| found.version),
        next: found.as_ref().map_or(0, |found| found.next),
        billed,
        contract: found.map(|found| (found.card, found.contract)),
        customer,
        types: contract_types::list(&mut tx).await?,
        catalogue: articles::catalogue(env, &mut tx).await?,
        people,
        hours_per_day: settings::read(env, &mut tx).await?.hours_per_day,
        last,
    })
}

/// Creates a contract (version 0) or changes one, with its account where it has a quota. Changes work from the next
/// billing on. The same content again changes nothing and is accepted.
///
/// Refused when the customer or type is not there, when the number is taken, when something is changed that is fixed
/// since a period was billed, or when somebody else saved in the meantime.
pub async fn save(env: &Env, call: &Call, draft: ContractDraft) -> Result<ContractPage, Refused> {
    call.needs(Permission::EditContracts)?;
    let faults = draft.contract.faults();
    if !faults.is_empty() {
        return Err(refused(&draft, faults).into());
    }
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { save_locked(&env, tx, draft, &saver).await })
    });
    let page = done.await?;
    complete(env, &mut env.db.read().await?, page).await
}

fn refused(draft: &ContractDraft, faults: Vec<(&'static str, domain::contracts::TermsError)>) -> Problem {
    let unit = draft.contract.terms.quota.as_ref().map_or(quota::Unit::Time, |quota| quota.unit);
    let field = |(field, error)| FieldProblem::at(field, FieldReason::Terms(error, unit));
    Problem::Invalid { fields: faults.into_iter().map(field).collect() }
}

async fn save_locked(env: &Env, tx: &mut Tx, draft: ContractDraft, saver: &Saver) -> Result<ContractId, Refused> {
    let id = draft.contract.id;
    let before = contracts::lock(tx, id).await?;
    let mut card = ContractCard {
        number: draft.number.clone(),
        contract_type: draft.contract_type,
        responsible: draft.responsible.clone(),
        reference: draft.reference.clone(),
    };
    if card.number.is_empty() {
        card.number = match &before {
            Some(before) => before.card.number.clone(),
            None => next_number(env, tx).await?,
        };
    }
    if before.as_ref().is_some_and(|before| before.card == card && before.contract == draft.contract) {
        return Ok(id);
    }
    check_version(before.as_ref().map(|before| before.version), draft.version, Noun::Contract)?;
    if let Some(before) = &before {
        let billed = billed(tx, before).await?;
        let mut faults = check_change(&before.contract, &draft.contract, billed);
        if before.account.is_some() && before.contract.customer != draft.contract.customer {
            faults.push(("customer", domain::contracts::TermsError::Fixed));
        }
        if !faults.is_empty() {
            return Err(refused(&draft, faults).into());
        }
    }
    let unknown = articles::unknown(tx, &draft.contract.terms).await?;
    if !unknown.is_empty() {
        return Err(Problem::Invalid { fields: unknown }.into());
    }
    if customers::get(tx, draft.contract.customer).await?.is_none() {
        return Err(Problem::field("customer", FieldReason::NotOneOf).into());
    }
    let mut type_name = None;
    if let Some(wanted) = draft.contract_type {
        let Some(found) = contract_types::get(tx, wanted).await? else {
            return Err(Problem::field("contract_type", FieldReason::NotOneOf).into());
        };
        type_name = Some(found.name);
    }
    if contracts::numbered(tx, &card.number).await?.is_some_and(|other| other != id) {
        return Err(Problem::field("number", FieldReason::Taken).into());
    }
    let mut after = StoredContract {
        version: draft.version,
        card,
        contract: draft.contract,
        account: before.as_ref().and_then(|before| before.account),
        next: before.as_ref().map_or(0, |before| before.next),
        edited_by: saver.by.clone(),
    };
    // An account that is opened now has no end yet, whatever its contract had.
    let earlier_end =
        before.as_ref().filter(|before| before.account.is_some()).and_then(|before| before.contract.end());
    let name = type_name.map_or_else(|| after.card.number.clone(), |name| format!("{name} {}", after.card.number));
    keep_account(env, tx, (&mut after, &name), earlier_end, saver).await?;
    if !contracts::put(tx, &after, saver.at).await? {
        return Err(StoreError::Overtaken.into());
    }
    let changed =
        changes(before.as_ref().map(|before| before.card.fields(&before.contract)), after.card.fields(&after.contract));
    note(tx, (SUBJECT, id.to_string()), saver, changed).await?;
    Ok(id)
}

/// What the billings of a contract have fixed.
async fn billed(tx: &mut Tx, found: &StoredContract) -> Result<Billed, Refused> {
    let any = claims::any(tx, found.contract.id).await?;
    let quota_interval = sold_intervals(tx, std::slice::from_ref(found)).await?.remove(&found.contract.id);
    Ok(Billed { any, quota_interval })
}

/// The intervals of the quotas that these contracts sold last, of those whose terms have none any more.
async fn sold_intervals(tx: &mut Tx, found: &[StoredContract]) -> Result<HashMap<ContractId, u32>, Refused> {
    let former = found.iter().filter(|found| found.account.is_some() && found.contract.terms.quota.is_none());
    let former: Vec<ContractId> = former.map(|found| found.contract.id).collect();
    let sold = claims::last_sold(tx, &former).await?.into_iter();
    Ok(sold.filter_map(|(contract, terms)| Some((contract, terms.quota_interval()?))).collect())
}

/// The account follows its contract: it is opened with the first quota, takes over the policy, and ends with the
/// contract. An end that somebody gave to the account stays as long as that of the contract does not change.
async fn keep_account(
    env: &Env,
    tx: &mut Tx,
    (after, name): (&mut StoredContract, &str),
    earlier_end: Option<NaiveDate>,
    saver: &Saver,
) -> Result<(), Refused> {
    let contract = &after.contract;
    if let (None, Some(quota)) = (after.account, &contract.terms.quota) {
        let id = AccountId::new(env.id());
        let account = Account { id, customer: contract.customer, unit: quota.unit, policy: quota.policy() };
        if !accounts::open(tx, &account, name).await? {
            return Err(Problem::SameId.into());
        }
        after.account = Some(id);
    }
    let Some(account) = after.account else { return Ok(()) };
    let stored = accounts::lock(tx, account).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
    if let Some(quota) = &contract.terms.quota {
        if stored.account.unit != quota.unit {
            return Err(Problem::field(
                "unit",
                FieldReason::Terms(domain::contracts::TermsError::OtherUnit, quota.unit),
            )
            .into());
        }
        if stored.account.policy != quota.policy() {
            accounts::set_policy(tx, &stored, quota.policy()).await?;
        }
    }
    let end = contract.end();
    if earlier_end == end || stored.end == end {
        return Ok(());
    }
    let covers = end.map_or(day(env.today()), |end| DateRange { from: end, until: None });
    let facts = accounts::facts(tx, &stored, covers).await?;
    let decision = quota::end(&facts, end)
        // The end follows from the term; whoever typed that is told.
        .map_err(|error| Problem::field("term", FieldReason::Quota(error, stored.account.unit)))?;
    let note = Note { text: after.card.number.clone(), by: saver.by.clone(), at: saver.at, wanted: None };
    match decision.entry(&facts) {
        Some(entry) => post(tx, &facts, &[entry], &note).await,
        None => Ok(()),
    }
}

/// The next number of the range that nobody has given by hand.
async fn next_number(env: &Env, tx: &mut Tx) -> Result<String, Refused> {
    let pattern = settings::read(env, tx).await?.contract_numbers;
    let year = env.today().year();
    loop {
        let counter = store::settings::count_many(tx, &counter(SUBJECT, &pattern, year), 1).await?;
        let number = pattern.number(year, counter);
        if contracts::numbered(tx, &number).await?.is_none() {
            return Ok(number);
        }
    }
}

/// The name of the counter of a number range.
pub(crate) fn counter(range: &str, pattern: &NumberPattern, year: i32) -> String {
    if pattern.yearly() { format!("{range} {year}") } else { format!("{range} numbers") }
}
