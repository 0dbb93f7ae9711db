//! Applying a contract type to contracts that were made from it.

use std::collections::{BTreeSet, HashMap};

use domain::{
    AccountId, ContractId, Permission,
    contracts::{Applied, Billed, apply},
    quota::Unit,
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    contract_types,
    contracts::{self, StoredContract},
    history,
};
use wire::{
    Noun, Problem,
    contracts::{
        Applications, ApplyContract, ApplyDraft, ApplyOutcome, ApplyQuery, ApplyView, CustomerRef, MOST_APPLIED,
        terms_changes,
    },
    history::Change,
};

use super::{SUBJECT, keep_account, sold_intervals};
use crate::{Call, Env, Refused, articles, changed::Saver};

/// A type with its contracts that have not ended, for the preview: it is decided by the same rule as the act.
pub async fn apply_view(env: &Env, call: &Call, ask: &ApplyQuery) -> Result<ApplyView, Refused> {
    call.needs(Permission::EditContracts)?;
    let mut tx = env.db.read().await?;
    let template = contract_types::get(&mut tx, ask.contract_type).await?;
    let template = template.ok_or_else(|| Refused::not_found(Noun::ContractType))?;
    let most = i64::try_from(MOST_APPLIED + 1).unwrap_or(i64::MAX);
    let mut found = contracts::of_type(&mut tx, template.id, env.today(), &ask.q, most).await?;
    let more = found.len() > MOST_APPLIED;
    found.truncate(MOST_APPLIED);
    let accounts = accounts_of(&mut tx, &found, false).await?;
    let sold = sold_intervals(&mut tx, &found).await?;
    let ids: Vec<ContractId> = found.iter().map(|found| found.contract.id).collect();
    let names = contracts::names(&mut tx, &ids).await?;
    let mut customers: HashMap<ContractId, CustomerRef> =
        names.into_iter().map(|line| (line.id, line.customer)).collect();
    let catalogue = articles::catalogue(env, &mut tx).await?;
    let contract = |found: StoredContract| {
        let counts = counts(&found, &accounts);
        let customer = customers.remove(&found.contract.id)?;
        let billed = billed(&found, &sold);
        let (version, number, next) = (found.version, found.card.number, found.next);
        Some(ApplyContract { version, number, customer, contract: found.contract, next, billed, counts })
    };
    Ok(ApplyView {
        id: template.id,
        version: template.version,
        name: template.name,
        terms: template.terms,
        contracts: found.into_iter().filter_map(contract).collect(),
        more,
        catalogue,
    })
}

/// The accounts of contracts, in the order of their ids; locked until the transaction ends when `lock`.
async fn accounts_of(
    tx: &mut Tx,
    found: &[StoredContract],
    lock: bool,
) -> Result<HashMap<AccountId, StoredAccount>, Refused> {
    let ids: BTreeSet<AccountId> = found.iter().filter_map(|found| found.account).collect();
    let stored = accounts::many(tx, &ids.into_iter().collect::<Vec<_>>(), lock).await?;
    Ok(stored.into_iter().map(|stored| (stored.account.id, stored)).collect())
}

fn counts(found: &StoredContract, accounts: &HashMap<AccountId, StoredAccount>) -> Option<Unit> {
    found.account.and_then(|account| accounts.get(&account)).map(|stored| stored.account.unit)
}

fn billed(found: &StoredContract, sold: &HashMap<ContractId, u32>) -> Billed {
    Billed { any: found.next > 0, quota_interval: sold.get(&found.contract.id).copied() }
}

/// Applies sections of a type to contracts, each with what stays because it is fixed. A contract that somebody changed
/// after the preview is left alone and named with what would change now; one that would be wrong is left alone too. The
/// same again changes nothing.
///
/// Refused as a whole when somebody changed the type after the preview.
pub async fn apply_type(env: &Env, call: &Call, draft: ApplyDraft) -> Result<Applications, Refused> {
    call.needs(Permission::EditContracts)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.write(call, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { apply_locked(&env, tx, &draft, &saver).await })
    });
    done.await
}

async fn apply_locked(env: &Env, tx: &mut Tx, draft: &ApplyDraft, saver: &Saver) -> Result<Applications, Refused> {
    let template = contract_types::lock(tx, draft.contract_type).await?;
    let template = template.ok_or_else(|| Refused::not_found(Noun::ContractType))?;
    if template.version != draft.version {
        return Err(Problem::Changed.into());
    }
    let ids: BTreeSet<ContractId> = draft.contracts.iter().map(|(id, _)| *id).collect();
    let found = contracts::many(tx, &ids.into_iter().collect::<Vec<_>>(), true).await?;
    let accounts = accounts_of(tx, &found, true).await?;
    let sold = sold_intervals(tx, &found).await?;
    let found: HashMap<ContractId, StoredContract> =
        found.into_iter().map(|found| (found.contract.id, found)).collect();
    let mut changed = Vec::new();
    let mut outcomes = HashMap::<ContractId, (String, ApplyOutcome)>::new();
    for (id, seen) in &draft.contracts {
        if outcomes.contains_key(id) {
            continue;
        }
        let of_type = found.get(id).filter(|found| found.card.contract_type == Some(template.id));
        let Some(before) = of_type else {
            outcomes.insert(*id, (String::new(), ApplyOutcome::NotFound));
            continue;
        };
        let counts = counts(before, &accounts);
        let billed = billed(before, &sold);
        let decided = apply(&template.terms, &before.contract, &draft.sections, billed, counts, env.today());
        let outcome = outcome(before, *seen, &decided, counts);
        if matches!(outcome, ApplyOutcome::Applied { .. }) {
            let contract = decided.contract;
            changed.push((before, StoredContract { contract, edited_by: saver.by.clone(), ..before.clone() }));
        }
        outcomes.insert(*id, (before.card.number.clone(), outcome));
    }
    write(env, tx, (changed, &template.name), &accounts, saver).await?;
    let order = draft.contracts.iter().filter_map(|(id, _)| {
        let (number, outcome) = outcomes.remove(id)?;
        Some((*id, number, outcome))
    });
    Ok(Applications { contracts: order.collect() })
}

/// What comes of a contract of which the person saw that version.
fn outcome(before: &StoredContract, seen: i64, decided: &Applied, counts: Option<Unit>) -> ApplyOutcome {
    let changes = terms_changes(&before.contract.terms, &decided.contract.terms);
    if decided.changes.is_empty() {
        ApplyOutcome::Unchanged
    } else if before.version != seen {
        ApplyOutcome::Changed { changes }
    } else if decided.faults.is_empty() {
        ApplyOutcome::Applied { changes }
    } else {
        let faults = decided.faults.iter().map(|(field, error)| ((*field).to_owned(), error.clone()));
        ApplyOutcome::Refused { faults: faults.collect(), unit: counts.unwrap_or(Unit::Time) }
    }
}

/// Writes the changed contracts, their accounts and their history.
async fn write(
    env: &Env,
    tx: &mut Tx,
    (changed, name): (Vec<(&StoredContract, StoredContract)>, &str),
    accounts: &HashMap<AccountId, StoredAccount>,
    saver: &Saver,
) -> Result<(), Refused> {
    let (mut written, mut noted) = (Vec::with_capacity(changed.len()), Vec::with_capacity(changed.len()));
    for (before, mut after) in changed {
        // Most accounts stay as they are; only the others cost statements of their own.
        if follows(&after, before, accounts) {
            let name = format!("{name} {}", after.card.number);
            let end = before.account.and_then(|_| before.contract.end());
            keep_account(env, tx, (&mut after, &name), end, saver).await?;
        }
        let fields = terms_changes(&before.contract.terms, &after.contract.terms);
        let change = Change { at: saver.at.fixed_offset(), by: saver.by.clone(), fields };
        noted.push((after.contract.id.to_string(), change));
        written.push(after);
    }
    contracts::put_terms(tx, &written, saver.at).await?;
    Ok(history::add_many(tx, SUBJECT, &noted).await?)
}

/// Whether the account has to change with its contract: it is opened, gets another policy or another end.
fn follows(after: &StoredContract, before: &StoredContract, accounts: &HashMap<AccountId, StoredAccount>) -> bool {
    let quota = after.contract.terms.quota.as_ref();
    match after.account.and_then(|account| accounts.get(&account)) {
        None => quota.is_some(),
        Some(stored) => {
            quota.is_some_and(|quota| quota.policy() != stored.account.policy)
                || before.contract.end() != after.contract.end()
        }
    }
}
