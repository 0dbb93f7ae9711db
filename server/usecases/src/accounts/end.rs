//! Ending accounts.

use domain::{DateRange, Permission, quota};
use store::{accounts, ledger::Note};
use wire::accounts::{EndAnswer, EndDraft};

use super::{day, locked, post};
use crate::{Call, Env, Refused};

/// Ends an account, or takes an end back; the last one counts. What is so already stays as it is.
pub async fn end(env: &Env, call: &Call, draft: EndDraft) -> Result<EndAnswer, Refused> {
    let (call, at, today) = (call.clone(), env.now(), env.today());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::EndAccounts).await?;
            let covers = draft.until.map_or(day(today), |until| DateRange { from: until, until: None });
            let facts = accounts::facts(tx, &stored, covers).await?;
            let decision = quota::end(&facts, draft.until).map_err(Refused::quota(stored.account.unit))?;
            if let Some(entry) = decision.entry(&facts) {
                let note = Note { text: draft.reason, by: caller.by.name, at, wanted: None };
                post(tx, &facts, &[entry], &note).await?;
            }
            Ok(EndAnswer { account: draft.account, decision })
        })
    });
    answer.await
}
