//! Granting: by hand with a reason, and what a balancing invoice bills.

use domain::{
    AccountId, Permission,
    quota::{self, Amount, CoverPart, GrantDecision, GrantOrigin, Lot, Movement},
};
use store::{
    Tx, accounts,
    ledger::{self, Note, StoredEntry},
};
use wire::{
    Problem,
    accounts::{BalancingDraft, GrantAnswer, GrantDraft},
};

use super::{day, locked, post};
use crate::{Call, Env, Refused};

/// Puts a lot on an account, with a reason. It covers open deficits at once.
pub async fn grant(env: &Env, call: &Call, draft: GrantDraft) -> Result<GrantAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::Grant).await?;
            let account = draft.account;
            if let Some(earlier) = ledger::grant_entry(tx, draft.request.lot).await? {
                return same_grant(tx, &draft, &earlier).await;
            }
            let refused = Refused::quota(stored.account.unit);
            let facts = accounts::facts(tx, &stored, day(draft.request.valid_from)).await?;
            let decision = quota::grant(&facts, &draft.request).map_err(&refused)?;
            let entries = decision.entries(&facts).map_err(&refused)?;
            let note = Note { text: draft.reason, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &entries, &note).await?;
            Ok(GrantAnswer { account, decision })
        })
    });
    answer.await
}

/// The answer that the same grant got before, from what was recorded.
async fn same_grant(tx: &mut Tx, draft: &GrantDraft, earlier: &StoredEntry) -> Result<GrantAnswer, Refused> {
    let Movement::Grant { lot } = &earlier.entry.movement else { return Err(Problem::SameId.into()) };
    let request = &draft.request;
    let same = earlier.account == draft.account
        && earlier.note.text == draft.reason
        && request.lot(lot.seq).is_ok_and(|asked| asked == *lot);
    if !same {
        return Err(Problem::SameId.into());
    }
    answer_as_recorded(tx, draft.account, earlier, lot).await
}

/// What a grant did, from what was recorded.
async fn answer_as_recorded(
    tx: &mut Tx,
    account: AccountId,
    earlier: &StoredEntry,
    lot: &Lot,
) -> Result<GrantAnswer, Refused> {
    let covers: Vec<CoverPart> = ledger::covers_of(tx, earlier, lot.id)
        .await?
        .into_iter()
        .map(|(draw, amount)| CoverPart { draw, amount })
        .collect();
    let covered = Amount::sum(covers.iter().map(|cover| cover.amount));
    let left = covered.and_then(|covered| lot.amount.minus(covered)).map_err(|_| Problem::SameId)?;
    Ok(GrantAnswer { account, decision: GrantDecision { lot: lot.clone(), covers, left } })
}

/// Grants exactly the deficits that a balancing invoice bills, and covers them.
pub async fn balance(env: &Env, call: &Call, draft: BalancingDraft) -> Result<GrantAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::Revoke).await?;
            let refused = Refused::quota(stored.account.unit);
            if let Some(earlier) = ledger::grant_entry(tx, draft.request.lot).await? {
                return same_balance(tx, &draft, &earlier).await;
            }
            let facts = accounts::facts(tx, &stored, day(draft.request.date)).await?;
            let decision = quota::balancing_grant(&facts, &draft.request).map_err(&refused)?;
            let entries = decision.entries(&facts).map_err(&refused)?;
            let note = Note { text: draft.reason, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &entries, &note).await?;
            Ok(GrantAnswer { account: draft.account, decision })
        })
    });
    answer.await
}

/// The answer that the same balancing grant got before, from what was recorded.
async fn same_balance(tx: &mut Tx, draft: &BalancingDraft, earlier: &StoredEntry) -> Result<GrantAnswer, Refused> {
    let Movement::Grant { lot } = &earlier.entry.movement else { return Err(Problem::SameId.into()) };
    let answer = answer_as_recorded(tx, draft.account, earlier, lot).await?;
    let in_order = |parts: &[CoverPart]| {
        let mut parts = parts.to_vec();
        parts.sort_by_key(|part| part.draw);
        parts
    };
    let same = earlier.account == draft.account
        && earlier.note.text == draft.reason
        && (lot.origin, lot.valid.from) == (GrantOrigin::BalancingInvoice, draft.request.date)
        && in_order(&answer.decision.covers) == in_order(&draft.request.deficits);
    if same { Ok(answer) } else { Err(Problem::SameId.into()) }
}
