//! Runs as lists and pages show them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use domain::{AccountId, ContractId, DocumentId, Money, Permission, RunId, quota::Unit};
use store::{
    Slice, Tx, accounts,
    billing::{self, Owner, StoredRun},
    claims, contracts, documents, fees, paged,
};
use wire::{
    Noun, Page,
    billing::{BilledOf, NotBilled, RUN_ITEMS_PER_PAGE, RunItem, RunPage, RunQuery, RunRow},
    contracts::CustomerRef,
    lists::MOST_PAGES,
    projects::ProjectRef,
};

use super::{plan::name, undo};
use crate::{Call, Env, Refused};

/// A page of the list.
pub async fn list(env: &Env, call: &Call, ask: &RunQuery) -> Result<Page<RunRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let found = slice(env, &mut tx, ask, Slice::page(ask)).await?;
    Ok(paged(ask, found))
}

/// A slice of the list.
pub(crate) async fn slice(env: &Env, tx: &mut Tx, ask: &RunQuery, slice: Slice) -> Result<Vec<RunRow>, Refused> {
    let found = billing::slice(tx, ask, slice).await?;
    rows(env, tx, found).await
}

pub(crate) async fn rows(env: &Env, tx: &mut Tx, found: Vec<StoredRun>) -> Result<Vec<RunRow>, Refused> {
    let unfinished: Vec<RunId> = found.iter().filter(|run| run.totals.is_none()).map(|run| run.draft.id).collect();
    let mut counted = billing::totals(tx, &unfinished).await?;
    let row = |run: StoredRun| {
        let id = run.draft.id;
        let (totals, done) = run.totals.or_else(|| counted.remove(&id)).unwrap_or_default();
        RunRow {
            id,
            as_of: run.draft.as_of,
            issue: run.draft.issue,
            nightly: run.nightly,
            selection: run.draft.selection,
            started: env.local(run.started_at),
            by: run.started_by,
            ended: run.ended_at.map(|at| env.local(at)),
            contracts: run.contracts,
            done,
            totals,
            undo: None,
        }
    };
    Ok(found.into_iter().map(row).collect())
}

pub(super) async fn row(env: &Env, tx: &mut Tx, id: RunId) -> Result<RunRow, Refused> {
    let found = billing::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Run))?;
    let row = rows(env, tx, vec![found]).await?.into_iter().next();
    let row = row.ok_or_else(|| Refused::not_found(Noun::Run))?;
    Ok(RunRow { undo: undo::state(env, tx, id).await?, ..row })
}

/// What the quotas of contracts count: their accounts say so, also when a quota was taken out of the terms.
pub(crate) async fn units(tx: &mut Tx, contracts: &[ContractId]) -> Result<HashMap<ContractId, Unit>, Refused> {
    let found = contracts::names(tx, contracts).await?;
    let ids: Vec<AccountId> = found.iter().filter_map(|line| line.account).collect();
    let units: HashMap<AccountId, Unit> = accounts::many(tx, &ids, false)
        .await?
        .into_iter()
        .map(|stored| (stored.account.id, stored.account.unit))
        .collect();
    Ok(found.iter().filter_map(|line| Some((line.id, *units.get(&line.account?)?))).collect())
}

/// Why a run could not bill something, if it could not: of what failed first.
pub(crate) async fn failed(env: &Env, id: RunId) -> Result<Option<NotBilled>, Refused> {
    // What failed stands before everything else.
    let first = billing::items(&mut env.db.read().await?, id, 1, 0).await?.pop();
    Ok(first.and_then(|item| item.not_billed).filter(|reason| !reason.is_skipped()))
}

/// How far a run is.
pub async fn progress(env: &Env, call: &Call, id: RunId) -> Result<RunRow, Refused> {
    call.needs(Permission::SeeContracts)?;
    row(env, &mut env.db.read().await?, id).await
}

/// A run with a page of what came of its contracts and fees: what failed first, then what was skipped, then what was billed.
pub async fn page(env: &Env, call: &Call, id: RunId, page: u32) -> Result<RunPage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let row = row(env, &mut tx, id).await?;
    let page = page.clamp(1, MOST_PAGES);
    let size = i64::try_from(RUN_ITEMS_PER_PAGE).unwrap_or(i64::MAX);
    let mut found = billing::items(&mut tx, id, size + 1, i64::from(page - 1) * size).await?;
    let more = found.len() > RUN_ITEMS_PER_PAGE;
    found.truncate(RUN_ITEMS_PER_PAGE);
    let ids: Vec<DocumentId> = found.iter().filter_map(|item| item.document).collect();
    let numbers = documents::numbers(&mut tx, &ids).await?;
    let billed = claims::on_documents(&mut tx, &ids).await?;
    let mut billed: HashMap<_, _> =
        billed.into_iter().map(|period| ((period.contract, period.number), (period.service, period.grants))).collect();
    let paid = fees::on_documents(&mut tx, &ids).await?;
    let paid: HashMap<_, _> = paid.into_iter().map(|claim| ((claim.line, claim.period), claim.service)).collect();
    let contracts = found.iter().filter_map(|item| match item.of {
        Owner::Contract(contract) => Some(contract),
        Owner::Fee(..) => None,
    });
    let units = units(&mut tx, &contracts.collect::<Vec<_>>()).await?;
    let item = |item: billing::StoredItem| {
        // Names come afterwards.
        let none = String::new;
        let (of, came, unit) = match item.of {
            Owner::Contract(id) => {
                let unit = units.get(&id).copied().unwrap_or(Unit::Time);
                (BilledOf::Contract { id, number: none() }, billed.remove(&(id, item.period)), unit)
            }
            Owner::Fee(project, line) => {
                let project = ProjectRef { id: project, number: none(), name: none() };
                let service = paid.get(&(line, item.period)).copied();
                let of = BilledOf::Fee { line, name: none(), project };
                (of, service.map(|service| (service, Vec::new())), Unit::Time)
            }
        };
        let came = came.filter(|_| item.document.is_some());
        let (service, grants) = came.map_or((None, Vec::new()), |(service, grants)| (Some(service), grants));
        let nobody = domain::CustomerId::new(uuid::Uuid::nil());
        RunItem {
            of,
            customer: CustomerRef { id: nobody, number: String::new(), name: String::new() },
            period: item.period,
            service,
            net: Money { minor: item.net, currency: item.currency },
            grants: grants.into_iter().map(|(period, amount)| (period, amount, unit)).collect(),
            // A draft may have been deleted since.
            document: item.document.and_then(|id| Some((id, numbers.get(&id)?.clone()))),
            not_billed: item.not_billed,
        }
    };
    let mut items: Vec<RunItem> = found.into_iter().map(item).collect();
    name(&mut tx, &mut items).await?;
    let fees = fees::freed_of_run(&mut tx, id).await?;
    let fees = fees.values().flat_map(BTreeMap::values).map(BTreeSet::len).sum::<usize>();
    let freed = claims::freed_of_run(&mut tx, id).await?.len() + fees;
    let stands = documents::any_of_run(&mut tx, id).await?;
    let undo = undo::told(&mut tx, id).await?;
    Ok(RunPage { row, items, page, more, freed, stands, undo })
}
