//! Taking grants back.

use domain::{
    AccountId, LotId, Permission,
    quota::{self, Amount, LotState, Movement, RevokeDecision},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    ledger::{self, Note, StoredEntry},
};
use wire::{
    Noun, Problem,
    accounts::{RevokeAnswer, RevokeDraft},
};

use super::{add_lots, day, locked, post, seen};
use crate::{Call, Env, Refused};

/// What taking a grant back would do, as things stand; nothing changes.
pub async fn revoke_plan(env: &Env, call: &Call, account: AccountId, lot: LotId) -> Result<RevokeDecision, Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, account).await?;
    call.needs(Permission::Revoke)?;
    let state = lot_of(&mut tx, &stored, lot).await?;
    quota::revoke(&state, &ledger::holders(&mut tx, lot).await?).map_err(Refused::quota(stored.account.unit))
}

async fn lot_of(tx: &mut Tx, stored: &StoredAccount, lot: LotId) -> Result<LotState, Refused> {
    let found = ledger::lots(tx, stored, &[lot]).await?.into_iter().next();
    found.ok_or_else(|| Refused::not_found(Noun::Lot))
}

/// Takes a grant back: what was drawn from its lot becomes deficit of the same draws. The same again gets the same
/// answer; once more for another reason is refused.
pub async fn revoke(env: &Env, call: &Call, draft: RevokeDraft) -> Result<RevokeAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::Revoke).await?;
            let refused = Refused::quota(stored.account.unit);
            let state = lot_of(tx, &stored, draft.lot).await?;
            let earlier = ledger::revoke_entry(tx, draft.lot).await?;
            if let Some(earlier) = earlier.filter(|earlier| earlier.note.text == draft.reason) {
                return Ok(RevokeAnswer { account: draft.account, decision: as_recorded(earlier)? });
            }
            let holders = ledger::holders(tx, draft.lot).await?;
            let decision = quota::revoke(&state, &holders).map_err(&refused)?;
            let mut facts = accounts::facts(tx, &stored, day(decision.date)).await?;
            add_lots(tx, &stored, &mut facts, std::iter::once(draft.lot)).await?;
            let note = Note { text: draft.reason, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &[decision.entry(&facts)], &note).await?;
            Ok(RevokeAnswer { account: draft.account, decision })
        })
    });
    answer.await
}

fn as_recorded(earlier: StoredEntry) -> Result<RevokeDecision, Refused> {
    let date = earlier.entry.date;
    let Movement::Revoke { lot, granted, parts } = earlier.entry.movement else { return Err(Problem::SameId.into()) };
    let deficit = Amount::sum(parts.iter().map(|part| part.amount)).map_err(|_| Problem::SameId)?;
    Ok(RevokeDecision { lot, date, granted, parts, deficit })
}
