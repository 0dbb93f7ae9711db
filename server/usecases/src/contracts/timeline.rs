//! Which terms of a contract billed which periods.

use domain::{ContractId, Permission, contracts::TimelineFacts};
use store::{Tx, claims, contracts};
use wire::{
    Noun,
    contracts::{ContractChanges, PeriodInvoice, SavedTerms},
};

use crate::{Call, Env, Refused, settings};

/// How many billed periods are told of.
const LATEST: usize = 120;

/// The invoices of billed periods, as the company's clocks show when they were made.
pub(super) fn invoices(env: &Env, standing: &[claims::StandingPeriod]) -> Vec<PeriodInvoice> {
    let invoice = |found: &claims::StandingPeriod| PeriodInvoice {
        period: found.billed.number,
        at: env.local(found.at),
        by: found.by.clone(),
        document: found.document.clone(),
    };
    standing.iter().map(invoice).collect()
}

/// The latest billed periods of a contract, the oldest first, and whether there are earlier ones.
pub(super) async fn standing(tx: &mut Tx, id: ContractId) -> Result<(Vec<claims::StandingPeriod>, bool), Refused> {
    let most = i64::try_from(LATEST + 1).unwrap_or(i64::MAX);
    let mut standing = claims::standing_of(tx, id, most).await?;
    let more = standing.len() > LATEST;
    if more {
        standing.remove(0);
    }
    Ok((standing, more))
}

/// What the timeline of a contract is told from.
pub async fn changes(env: &Env, call: &Call, id: ContractId) -> Result<ContractChanges, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let found = contracts::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Contract))?;
    let (standing, more) = standing(&mut tx, id).await?;
    let first = standing.first().map_or(0, |first| first.billed.number);
    let versions = claims::versions(&mut tx, id, found.version, first).await?;
    let saved = versions.iter().map(|of| SavedTerms { version: of.version, at: env.local(of.at), by: of.by.clone() });
    let saved = saved.collect();
    let freed = claims::freed(&mut tx, &[id]).await?.remove(&id).unwrap_or_default();
    let facts = TimelineFacts {
        contract: found.contract,
        next: found.next,
        versions: versions.into_iter().map(|of| (of.version, of.terms)).collect(),
        billed: standing.iter().map(|found| found.billed).collect(),
        // What was freed before the first period that is told of is not told of either.
        freed: freed.into_iter().filter(|number| !more || first <= *number).collect(),
    };
    let hours_per_day = settings::read(env, &mut tx).await?.hours_per_day;
    let invoices = invoices(env, &standing);
    Ok(ContractChanges { facts, version: found.version, saved, invoices, more, hours_per_day })
}
