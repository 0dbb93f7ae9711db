//! Ending a contract, and taking its end back.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate};
use domain::{
    ContractId, DateRange, DrawId, Permission, Seconds,
    contracts::{Contract, EndFacts, EndPlan, Ending, TermsError, ending},
    quota::Unit,
};
use store::{
    Tx, accounts, bookings, claims,
    contracts::{self, StoredContract},
    documents, ledger,
};
use wire::{
    FieldProblem, FieldReason, Noun, Problem,
    contracts::{ContractDraft, ContractPage, EndDraft, EndView, end_field},
};

use super::{
    complete, save_locked,
    timeline::{invoices, standing},
    told,
};
use crate::{Call, Env, Refused, changed::check_version, settings};

/// How many days back an end can be typed before the facts are asked for again.
const BACK: u64 = 31;

/// The facts for every end after `from`; the account is locked until the transaction ends when `lock`.
async fn facts(
    tx: &mut Tx,
    found: &StoredContract,
    standing: &[claims::StandingPeriod],
    from: NaiveDate,
    lock: bool,
) -> Result<EndFacts, Refused> {
    let (account, drawn) = match found.account {
        None => (None, Vec::new()),
        Some(account) => {
            let stored = accounts::many(tx, &[account], lock).await?.into_iter().next();
            let stored = stored.ok_or_else(|| Refused::not_found(Noun::Account))?;
            // With the day before: what ends on the end by itself is still there.
            let covers = DateRange { from: from.pred_opt().unwrap_or(from), until: None };
            let view = accounts::facts(tx, &stored, covers).await?;
            (Some(view), ledger::draws_from(tx, account, from).await?)
        }
    };
    let contract = found.contract.clone();
    let documents = documents::naming(tx, (contract.customer, contract.id), from).await?;
    let billed = standing.iter().map(|found| found.billed).collect();
    Ok(EndFacts { contract, billed, account, drawn, documents, from })
}

/// Everything that the end of a contract is planned with, for ends from `from` on; none: for all that are likely.
pub async fn end_view(env: &Env, call: &Call, id: ContractId, from: Option<NaiveDate>) -> Result<EndView, Refused> {
    view_from(env, call, id, |_| from).await
}

/// The same, where the contract itself says from when on.
async fn view_from(
    env: &Env,
    call: &Call,
    id: ContractId,
    from: impl FnOnce(&Contract) -> Option<NaiveDate> + Send,
) -> Result<EndView, Refused> {
    call.needs(Permission::EditContracts)?;
    let mut tx = env.db.read().await?;
    let found = contracts::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Contract))?;
    let recently = env.today().checked_sub_days(Days::new(BACK)).unwrap_or(env.today());
    let end = found.contract.end().unwrap_or(recently);
    let from = from(&found.contract).unwrap_or(recently).min(recently).min(end).max(found.contract.start);
    let (standing, _) = standing(&mut tx, id).await?;
    let facts = facts(&mut tx, &found, &standing, from, false).await?;
    let open = facts.account.iter().flat_map(|account| &account.deficits).map(|open| open.draw);
    let draws: BTreeSet<DrawId> = facts.drawn.iter().map(|drawn| drawn.draw).chain(open).collect();
    let draws: Vec<DrawId> = draws.into_iter().collect();
    let booked = bookings::of_draws(&mut tx, &draws).await?;
    let draws = documents::of_draws(&mut tx, &draws).await?;
    let hours_per_day = settings::read(env, &mut tx).await?.hours_per_day;
    let (number, invoices) = (found.card.number, invoices(env, &standing));
    let mut draws: Vec<_> = draws.into_iter().collect();
    draws.sort_by_key(|(draw, _)| *draw);
    let mut booked: Vec<_> = booked.into_iter().collect();
    booked.sort_by_key(|(draw, _)| *draw);
    Ok(EndView { number, version: found.version, facts, invoices, draws, booked, hours_per_day })
}

/// What ending a contract would come to, as things stand; nothing changes.
pub async fn end_plan(env: &Env, call: &Call, id: ContractId, how: Ending) -> Result<(EndView, EndPlan), Refused> {
    // The end that it comes to can lie long before the day that is named: without a renewal it is that of the first term.
    let view = view_from(env, call, id, |contract| how.of(contract).end()).await?;
    let plan = planned(&view.facts, how, view.hours_per_day)?;
    Ok((view, plan))
}

fn unit(facts: &EndFacts) -> Unit {
    facts.account.as_ref().map_or(Unit::Time, |account| account.account.unit)
}

/// The plan, unless the last period could not be billed.
fn planned(facts: &EndFacts, how: Ending, day: Seconds) -> Result<EndPlan, Problem> {
    ending(facts, how, day).map_err(|error| Problem::field("how", FieldReason::NotBillable(error, unit(facts))))
}

/// Ends a contract, or takes its end back: what was planned is done, on the facts under lock. The same again changes
/// nothing and is accepted.
///
/// Refused when the day is impossible, or when somebody else saved in the meantime.
pub async fn end(env: &Env, call: &Call, draft: EndDraft) -> Result<ContractPage, Refused> {
    call.needs(Permission::EditContracts)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (saver, env) = (saver.clone(), own.clone());
        Box::pin(async move {
            let found = contracts::lock(tx, draft.contract).await?;
            let found = found.ok_or_else(|| Refused::not_found(Noun::Contract))?;
            let after = draft.how.of(&found.contract);
            if after == found.contract {
                return Ok(draft.contract);
            }
            check_version(Some(found.version), draft.version, Noun::Contract)?;
            let until = after.end().unwrap_or(found.contract.start).max(found.contract.start);
            let (standing, _) = standing(tx, draft.contract).await?;
            let facts = facts(tx, &found, &standing, until, true).await?;
            let day = settings::read(&env, tx).await?.hours_per_day;
            let plan = planned(&facts, draft.how, day)?;
            check(&plan, unit(&facts))?;
            let card = found.card;
            let draft = ContractDraft {
                version: draft.version,
                number: card.number,
                contract_type: card.contract_type,
                responsible: card.responsible,
                reference: card.reference,
                contract: plan.contract,
            };
            save_locked(&env, tx, draft, &saver).await
        })
    });
    let page = done.await?;
    complete(env, &mut env.db.read().await?, page).await
}

/// Refuses what the plan finds wrong, at the fields of the form.
fn check(plan: &EndPlan, unit: Unit) -> Result<(), Problem> {
    if plan.faults.is_empty() {
        return Ok(());
    }
    let at_field = |(field, error): &(&'static str, TermsError)| {
        FieldProblem::at(end_field(field), FieldReason::Terms(error.clone(), unit))
    };
    Err(Problem::Invalid { fields: plan.faults.iter().map(at_field).collect() })
}
