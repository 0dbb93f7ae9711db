//! Balancing invoices: open deficits of a contract, billed at its overage rate.
//!
//! The plan that a person sees and what is stored are decided by the same function, the second time under the locks of
//! contract and account; where the two come to something else, nothing is stored. The invoice grants what it bills and
//! covers it in the same transaction, whether it stays a draft or is issued.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    ContractId, DocumentId, LotId, Permission,
    billing::{BalancingFacts, BalancingPlan, balance, balanced_line, next_covers},
    documents::{DocumentKind, due_on},
    quota::{AccountView, CoverPart},
};
use store::{
    Tx, accounts,
    accounts::StoredAccount,
    balancing::{self, DocumentLot},
    claims,
    contracts::{self, StoredContract},
    customers,
    documents::{self, NewDocument, NewLine},
    ledger::Note,
};
use wire::{
    FieldReason, Noun, Problem,
    balancing::{BalancingInvoiceDraft, BalancingView, ChosenDeficit, NamedDeficit, line_text, refused},
    contracts::CustomerRef,
    documents::DocumentPage,
    history::FieldChange,
};

use super::{INVOICES, next_numbers};
use crate::{
    Call, Env, Refused, accounts as books,
    bookings::draw_words,
    changed::{Saver, note},
    documents::told,
    settings,
};

/// The open deficits of an account with what they are of, and of the account of a contract what would cover them next.
pub(crate) async fn named(
    tx: &mut Tx,
    found: Option<&StoredContract>,
    view: &AccountView,
) -> Result<Vec<NamedDeficit>, Refused> {
    if view.deficits.is_empty() {
        return Ok(Vec::new());
    }
    let draws: Vec<_> = view.deficits.iter().map(|open| open.draw).collect();
    let mut texts = balancing::draw_texts(tx, &draws).await?;
    texts.extend(draw_words(tx, &draws).await?);
    let mut documents = documents::of_draws(tx, &draws).await?;
    let next = match found {
        None => Vec::new(),
        Some(found) => {
            let freed = claims::freed(tx, &[found.contract.id]).await?.remove(&found.contract.id).unwrap_or_default();
            let next = next_covers(&found.contract, view, &freed, found.next);
            next.map_err(Refused::quota(view.account.unit))?
        }
    };
    let one = |open: &domain::quota::OpenDeficit| NamedDeficit {
        draw: open.draw,
        date: open.date,
        amount: open.amount,
        text: texts.remove(&open.draw).unwrap_or_default(),
        document: documents.remove(&open.draw),
        next: next.iter().find(|next| next.draw == open.draw).copied(),
    };
    Ok(view.deficits.iter().map(one).collect())
}

/// What a balancing invoice of a contract would be decided on now; nothing changes.
pub async fn balancing(env: &Env, call: &Call, contract: ContractId) -> Result<BalancingView, Refused> {
    call.needs(Permission::Bill)?;
    let mut tx = env.db.read().await?;
    let (view, ..) = loaded(env, &mut tx, contract, false).await?;
    Ok(view)
}

/// The contract with its account; both are locked until the transaction ends when `lock`.
async fn loaded(
    env: &Env,
    tx: &mut Tx,
    id: ContractId,
    lock: bool,
) -> Result<(BalancingView, StoredContract, StoredAccount), Refused> {
    let found = contracts::many(tx, &[id], lock).await?.pop().ok_or_else(|| Refused::not_found(Noun::Contract))?;
    let no_quota = || refused(domain::billing::BalancingError::NoQuota, domain::quota::Unit::Time, None);
    let account = found.account.ok_or_else(no_quota)?;
    let stored = accounts::many(tx, &[account], lock).await?.pop();
    let stored = stored.ok_or_else(|| Refused::not_found(Noun::Account))?;
    let view = accounts::facts(tx, &stored, books::day(env.today())).await?;
    let last_sold = match &found.contract.terms.quota {
        Some(_) => None,
        None => claims::last_sold(tx, &[id]).await?.remove(&id).and_then(|terms| terms.quota),
    };
    let deficits = named(tx, Some(&found), &view).await?;
    let customer = customers::get(tx, found.contract.customer).await?;
    let customer = customer.ok_or_else(|| Refused::not_found(Noun::Customer))?;
    let customer = CustomerRef { id: customer.id, number: customer.card.number, name: customer.card.name };
    let drafts = deficits.iter().filter(|open| open.document.as_ref().is_some_and(|of| of.number.is_none()));
    let held = drafts.map(|open| open.draw).collect();
    let (contract, sold_at) = (found.contract.clone(), BTreeMap::new());
    let mut facts = BalancingFacts { contract, last_sold, account: view, sold_at, held };
    let selling = facts.selling();
    let sold: BTreeSet<u32> = facts.account.deficits.iter().filter_map(|open| selling.sold_with(open.date)).collect();
    facts.sold_at = claims::rates_of(tx, id, &sold).await?;
    Ok((BalancingView { facts, number: found.card.number.clone(), customer, deficits }, found, stored))
}

/// Makes a balancing invoice over these deficits, as draft or issued. The same again is the same invoice; the same id
/// with other content is refused.
///
/// Refused with figures when the contract has no overage rate, when more is billed of a draw than is open (somebody may
/// have billed or covered it meanwhile), and when it comes to something else than the person saw.
pub async fn balance_contract(env: &Env, call: &Call, draft: BalancingInvoiceDraft) -> Result<DocumentPage, Refused> {
    call.needs(Permission::Bill)?;
    let (saver, own) = (env.saver(call), env.clone());
    let done = env.answered(call, told, move |tx| {
        let (draft, saver, env) = (draft.clone(), saver.clone(), own.clone());
        Box::pin(async move { balance_locked(&env, tx, &draft, &saver).await })
    });
    done.await
}

async fn balance_locked(
    env: &Env,
    tx: &mut Tx,
    draft: &BalancingInvoiceDraft,
    saver: &Saver,
) -> Result<DocumentId, Refused> {
    let (view, found, stored) = loaded(env, tx, draft.contract, true).await?;
    if documents::numbers(tx, &[draft.id]).await?.contains_key(&draft.id) {
        return if same(tx, draft).await? { Ok(draft.id) } else { Err(Problem::SameId.into()) };
    }
    let (unit, currency) = (view.unit(), found.contract.terms.currency);
    let parts = view.parts(draft.deficits.as_deref())?;
    let at_its_field = |error| refused(error, unit, draft.deficits.as_deref());
    let plan = balance(&view.facts, &parts).map_err(at_its_field)?;
    if let Some(seen) = draft.seen {
        plan.as_seen(seen, currency).map_err(at_its_field)?;
    }
    let (lot, today) = (LotId::new(env.id()), env.today());
    let before = &view.facts.account;
    let granted = plan.grant(before, lot, today).map_err(at_its_field)?;
    let entries = granted.entries(before).map_err(Refused::quota(unit))?;
    let posted = Note { text: view.number.clone(), by: saver.by.clone(), at: saver.at, wanted: None };
    books::post(tx, before, &entries, &posted).await?;
    let of = DocumentLot {
        lot,
        account: stored.account.id,
        unit,
        contract: draft.contract,
        amount: plan.amount,
        rate: plan.rate,
    };
    balancing::add(tx, draft.id, &of, plan.lines.iter().map(|line| line.deficits.as_slice())).await?;
    // The number comes last: its counter is shared by everybody who issues.
    let number = if draft.issue { Some(number(env, tx).await?) } else { None };
    let new = document(env, draft, (&view, &plan), number.as_ref())?;
    let recipient = match &number {
        None => None,
        Some(_) => customers::get(tx, found.contract.customer).await?.map(|customer| customer.card),
    };
    documents::add(tx, &[NewDocument { recipient, ..new }], &saver.by, saver.at).await?;
    let made = |field: &str, after: String| FieldChange { field: field.to_owned(), before: None, after: Some(after) };
    let state = if draft.issue { "issued" } else { "draft" };
    let made = vec![made("state", state.to_owned()), made("contract", view.number.clone())];
    note(tx, (crate::documents::SUBJECT, draft.id.to_string()), saver, made).await?;
    Ok(draft.id)
}

/// Whether the invoice of that id is what the draft asks for.
async fn same(tx: &mut Tx, draft: &BalancingInvoiceDraft) -> Result<bool, Refused> {
    let Some(of) = balancing::lot_of(tx, draft.id).await? else { return Ok(false) };
    let Some(page) = documents::get(tx, draft.id).await? else { return Ok(false) };
    let issued = page.issued.as_ref().is_some_and(|(at, _)| *at == page.created.0);
    let billed = balancing::deficits_of(tx, draft.id).await?.into_iter().map(|billed| billed.part);
    let same_deficits = draft.deficits.as_ref().is_none_or(|asked| same_deficits(asked, billed.collect()));
    Ok(of.contract == draft.contract && issued == draft.issue && same_deficits)
}

/// Whether just these were billed, each with what was asked of it.
fn same_deficits(asked: &[ChosenDeficit], billed: Vec<CoverPart>) -> bool {
    let mut left: BTreeMap<_, _> = billed.into_iter().map(|part| (part.draw, (part.amount, part.amount))).collect();
    for ChosenDeficit { draw, amount, .. } in asked {
        let Some((whole, rest)) = left.get_mut(draw) else { return false };
        let Ok(after) = rest.minus(amount.unwrap_or(*whole)) else { return false };
        *rest = after;
    }
    left.values().all(|(_, rest)| rest.is_zero())
}

async fn number(env: &Env, tx: &mut Tx) -> Result<String, Refused> {
    let pattern = settings::read(env, tx).await?.invoice_numbers;
    Ok(next_numbers(tx, (INVOICES, &pattern), env.today(), 1).await?.pop().unwrap_or_default())
}

/// The invoice as it is stored, still without the name of its recipient.
fn document(
    env: &Env,
    draft: &BalancingInvoiceDraft,
    (view, plan): (&BalancingView, &BalancingPlan),
    number: Option<&String>,
) -> Result<NewDocument, Problem> {
    let contract = &view.facts.contract;
    let (currency, billing) = (contract.terms.currency, &contract.terms.billing);
    let too_large = || {
        let error = domain::billing::BalancingError::TooLarge;
        Problem::field("deficits", FieldReason::Balancing(error, view.unit()))
    };
    let lines = plan.lines.iter().map(|line| {
        let text = line_text(draft.lang, (view.unit(), currency), (line, plan), &view.deficits);
        let printed = balanced_line(line, currency, text).ok_or_else(too_large)?;
        Ok(NewLine {
            line: printed,
            seconds: None,
            total: line.net,
            contract: Some(contract.id),
            service: line.period,
            cleared: None,
        })
    });
    let date = env.today();
    Ok(NewDocument {
        id: draft.id,
        kind: DocumentKind::Balancing,
        number: number.cloned(),
        customer: contract.customer,
        recipient: None,
        currency,
        date,
        due_on: due_on(date, billing.payment_days),
        payment_days: billing.payment_days,
        delivery: billing.delivery,
        totals: plan.totals.clone(),
        run: None,
        cancels: None,
        lines: lines.collect::<Result<_, Problem>>()?,
    })
}
