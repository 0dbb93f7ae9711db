//! Deciding what contracts bill: the same for the dry run, which only reads, and for the run, which holds their locks.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono::NaiveDate;
use domain::{
    AccountId, ContractId, LotId, Seconds,
    billing::{self, Billable, Freed, PlannedInvoice, PlannedPeriod},
    contracts::BillError,
    quota::{self, AccountView, Amount, Entry, Unit},
    range::DateRange,
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    claims,
    contracts::{self, StoredContract},
};
use wire::billing::NotBilled;

use crate::{Env, Refused};

/// The freed periods that a re-run is for.
pub(super) type Again = Arc<HashMap<ContractId, BTreeSet<u32>>>;

/// How contracts are billed.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As of which day.
    pub as_of: NaiveDate,
    /// Whether also contracts that are billed by hand only.
    pub by_hand: bool,
    /// Of a re-run: which freed periods it bills again; otherwise each contract is billed from its next period on.
    pub again: Option<Again>,
    /// The company's working day.
    pub day: Seconds,
}

/// An account that gets lots: the facts before and after, and the entries between them.
pub(super) struct Granted {
    pub stored: StoredAccount,
    pub before: AccountView,
    pub after: AccountView,
    pub entries: Vec<Entry>,
}

/// A lot with what it gets and its quota period.
pub(super) type PlannedLot = (LotId, Amount, DateRange);

/// What is billed of some contracts.
#[derive(Default)]
pub(super) struct Decided {
    /// The contracts.
    pub contracts: HashMap<ContractId, StoredContract>,
    /// The invoices.
    pub invoices: Vec<PlannedInvoice>,
    /// The accounts that get lots.
    pub granted: HashMap<AccountId, Granted>,
    /// The lots of each period of a contract, with their quota periods.
    pub lots: HashMap<(ContractId, u32), Vec<PlannedLot>>,
    /// All accounts as they were before.
    pub books: HashMap<AccountId, (StoredAccount, AccountView)>,
    /// What is not billed, with the number of the period.
    pub refused: HashMap<ContractId, (u32, NotBilled)>,
}

/// Decides what these contracts bill. One that cannot be billed is left out with its reason, and the others go on.
pub(super) async fn decide(
    env: &Env,
    tx: &mut Tx,
    ids: &[ContractId],
    asked: &Asked,
    lock: bool,
) -> Result<Decided, Refused> {
    let stored = contracts::many(tx, ids, lock).await?;
    let mut own: Vec<AccountId> = stored.iter().filter_map(|found| found.account).collect();
    own.sort_unstable();
    let accounts = accounts::many(tx, &own, lock).await?;
    let views = accounts::facts_on(tx, &accounts, env.today()).await?;
    let books: HashMap<AccountId, (StoredAccount, AccountView)> =
        accounts.into_iter().zip(views).map(|(stored, view)| (stored.account.id, (stored, view))).collect();

    let mut decided = Decided::default();
    let freed = match &asked.again {
        None => HashMap::new(),
        Some(again) => still_freed(tx, ids, again).await?,
    };
    let periods = |id: ContractId| freed.get(&id).cloned().unwrap_or_default();
    for found in &stored {
        let id = found.contract.id;
        let due = |number: u32| found.contract.due_on(number).is_some_and(|due| due <= asked.as_of);
        if asked.again.is_some() {
            if !periods(id).into_iter().any(due) {
                let number = periods(id).first().copied().unwrap_or(found.next);
                decided.refused.insert(id, (number, NotBilled::NotFreed));
            }
            continue;
        }
        let reason = if !found.contract.terms.billing.automatic && !asked.by_hand {
            NotBilled::NotAutomatic
        } else if !due(found.next) {
            NotBilled::AlreadyBilled
        } else {
            continue;
        };
        decided.refused.insert(id, (found.next, reason));
    }
    // In the order in which they were asked for: the oldest due first.
    let order: HashMap<ContractId, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let mut stored = stored;
    stored.sort_by_key(|found| order.get(&found.contract.id).copied());
    decided.contracts = stored.iter().map(|found| (found.contract.id, found.clone())).collect();
    loop {
        let wanted = stored.iter().filter(|found| !decided.refused.contains_key(&found.contract.id));
        let plan = if asked.again.is_some() {
            let again = wanted.map(|found| {
                let contract = found.contract.clone();
                Freed { periods: periods(contract.id), contract }
            });
            billing::rerun(&again.collect::<Vec<_>>(), asked.as_of, asked.day)
        } else {
            let next = wanted.map(|found| Billable { contract: found.contract.clone(), next: found.next });
            billing::plan(&next.collect::<Vec<_>>(), asked.as_of, asked.day)
        };
        for unbillable in plan.unbillable {
            let reason = NotBilled::Refused { error: unbillable.error, unit: Unit::Time };
            decided.refused.insert(unbillable.contract, (unbillable.period, reason));
        }
        (decided.granted, decided.lots) = (HashMap::new(), HashMap::new());
        let mut refused = None;
        for period in plan.invoices.iter().flat_map(|invoice| &invoice.periods) {
            if let Err(reason) = grant(env, &mut decided, &books, period) {
                refused = Some((period.contract, (period.bill.period.number, reason)));
                break;
            }
        }
        let Some((contract, reason)) = refused else {
            (decided.invoices, decided.books) = (plan.invoices, books);
            return Ok(decided);
        };
        decided.refused.insert(contract, reason);
    }
}

/// What of these periods is freed now: somebody may have billed it again meanwhile.
async fn still_freed(
    tx: &mut Tx,
    ids: &[ContractId],
    again: &Again,
) -> Result<HashMap<ContractId, BTreeSet<u32>>, Refused> {
    let mut freed = claims::freed(tx, ids).await?;
    for (id, periods) in &mut freed {
        periods.retain(|number| again.get(id).is_some_and(|asked| asked.contains(number)));
    }
    Ok(freed)
}

/// Decides the grants of a period, each on the facts that the ones before it leave.
fn grant(
    env: &Env,
    decided: &mut Decided,
    books: &HashMap<AccountId, (StoredAccount, AccountView)>,
    period: &PlannedPeriod,
) -> Result<(), NotBilled> {
    let Some(found) = decided.contracts.get(&period.contract) else { return Ok(()) };
    let Some((stored, view)) = found.account.and_then(|account| books.get(&account)) else { return Ok(()) };
    let unit = stored.account.unit;
    let refuse = |error| NotBilled::Refused { error: BillError::Quota(error), unit };
    for planned in &period.bill.grants {
        let request = found.contract.grant_request(planned, LotId::new(env.id()));
        let granted = decided.granted.entry(stored.account.id).or_insert_with(|| Granted {
            stored: stored.clone(),
            before: view.clone(),
            after: view.clone(),
            entries: Vec::new(),
        });
        let decision = quota::grant(&granted.after, &request).map_err(refuse)?;
        for entry in decision.entries(&granted.after).map_err(refuse)? {
            granted.after.post(&entry).map_err(refuse)?;
            granted.entries.push(entry);
        }
        let lots = decided.lots.entry((period.contract, period.bill.period.number)).or_default();
        lots.push((request.lot, planned.amount, planned.period));
    }
    Ok(())
}
