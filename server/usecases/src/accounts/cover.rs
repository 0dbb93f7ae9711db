//! Covering deficits by hand.

use domain::{Permission, quota};
use store::{
    accounts,
    ledger::{self, Note},
};
use wire::{
    Noun,
    accounts::{CoverAnswer, CoverDraft},
};

use super::{add_lots, day, locked, post};
use crate::{Call, Env, Refused};

/// Covers a part of a draw's deficit from a lot that was granted later. Whoever may send it twice sends a key with it.
pub async fn cover(env: &Env, call: &Call, draft: CoverDraft) -> Result<CoverAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::Revoke).await?;
            let of_account = ledger::draw(tx, draft.request.draw).await?.filter(|(of, _)| *of == draft.account);
            let (_, drawn) = of_account.ok_or_else(|| Refused::not_found(Noun::Draw))?;
            let mut facts = accounts::facts(tx, &stored, day(drawn.date)).await?;
            add_lots(tx, &stored, &mut facts, std::iter::once(draft.request.lot)).await?;
            if facts.lot(draft.request.lot).is_none() {
                return Err(Refused::not_found(Noun::Lot));
            }
            let decision = quota::cover(&facts, &draft.request).map_err(Refused::quota(stored.account.unit))?;
            let text = ledger::draw_entry(tx, draft.request.draw).await?.map_or_else(String::new, |e| e.note.text);
            let note = Note { text, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &[decision.entry(&facts)], &note).await?;
            Ok(CoverAnswer { account: draft.account, decision })
        })
    });
    answer.await
}
