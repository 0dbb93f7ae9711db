//! Drawing and releasing.

use domain::{
    AccountId, DateRange, DrawId, Permission,
    quota::{self, Amount, DrawDecision, DrawRequest, LateEffect, Movement, ReleaseDecision},
};
use store::{
    accounts, bookings, documents,
    ledger::{self, Note, StoredEntry},
};
use wire::{
    Noun, Problem,
    accounts::{DrawAnswer, DrawDraft, ReleaseAnswer},
};

use super::{add_lots, day, locked, post, seen, untouched};
use crate::{Call, Env, Refused};

/// Draws from an account. The answer says where the decision differs from what the person saw.
///
/// What is there is drawn even when it is less than wanted; when nothing is there, nothing is posted. A lot of an
/// allowance that nothing has touched counts as full, and is granted with the first draw from its account.
pub async fn draw(env: &Env, call: &Call, draft: DrawDraft) -> Result<DrawAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            // Looked for before others have to wait: when the same draw is posted in between, the table refuses the second,
            // and the piece runs again and finds it.
            let earlier = ledger::draw_entry(tx, draft.request.draw).await?;
            let stored = locked(tx, &caller, draft.account, Permission::Draw).await?;
            let account = draft.account;
            let decision = match earlier {
                Some(earlier) => same_draw(&draft, earlier)?,
                None => {
                    let facts = accounts::facts(tx, &stored, day(draft.request.date)).await?;
                    let mut counted = [facts.clone()];
                    let lots = untouched::count(tx, &mut counted, draft.request.date).await?;
                    let [counted] = counted;
                    let decision =
                        quota::draw(&counted, &draft.request).map_err(Refused::quota(stored.account.unit))?;
                    for lot in lots.into_values() {
                        let note = Note { text: lot.text, by: caller.by.name.clone(), at, wanted: None };
                        post(tx, &facts, &lot.entries, &note).await?;
                    }
                    let figures = (draft.request.wanted, decision.available_before, decision.available_after);
                    let note = Note { text: draft.text, by: caller.by.name, at, wanted: Some(figures) };
                    post(tx, &counted, &[decision.entry(&counted)], &note).await?;
                    decision
                }
            };
            let differences = draft.seen.map_or_else(Vec::new, |seen| DrawDecision::differences(&seen, &decision));
            Ok(DrawAnswer { account, decision, differences })
        })
    });
    answer.await
}

/// What a draw would come to and, when it is late, what it changes of what has lapsed. Nothing is stored.
pub async fn draw_plan(
    env: &Env,
    call: &Call,
    account: AccountId,
    request: &DrawRequest,
) -> Result<(DrawDecision, Option<LateEffect>), Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, account).await?;
    call.needs(Permission::Draw)?;
    let (date, today) = (request.date, env.today());
    let between = DateRange { from: date.min(today), until: date.max(today).succ_opt() };
    let mut counted = [accounts::facts(&mut tx, &stored, between).await?];
    untouched::count(&mut tx, &mut counted, date).await?;
    let [counted] = counted;
    let refused = Refused::quota(stored.account.unit);
    let decision = quota::draw(&counted, request).map_err(&refused)?;
    let late = quota::late_draw(&counted, &decision, today).map_err(&refused)?;
    Ok((decision, late))
}

/// The decision that a draw from that account got, from what was recorded; none where there is no such draw.
pub async fn drawn(env: &Env, call: &Call, account: AccountId, draw: DrawId) -> Result<Option<DrawDecision>, Refused> {
    let mut tx = env.db.read().await?;
    seen(&mut tx, call, account).await?;
    let entry = ledger::draw_entry(&mut tx, draw).await?.filter(|entry| entry.account == account);
    Ok(entry.and_then(decided))
}

/// The decision that an entry recorded.
fn decided(stored: StoredEntry) -> Option<DrawDecision> {
    let Movement::Draw { draw, parts, deficit, origin } = stored.entry.movement else { return None };
    let (wanted, available_before, available_after) = stored.note.wanted?;
    let drawn = Amount::sum(parts.iter().map(|part| part.amount)).ok()?;
    let not_drawn = wanted.minus(drawn).and_then(|rest| rest.minus(deficit)).ok()?;
    let request = DrawRequest { draw, date: stored.entry.date, wanted, origin };
    Some(DrawDecision { request, parts, drawn, deficit, not_drawn, available_before, available_after })
}

/// The decision that the same draw got before, from what was recorded.
fn same_draw(draft: &DrawDraft, earlier: StoredEntry) -> Result<DrawDecision, Refused> {
    let same = earlier.account == draft.account && earlier.note.text == draft.text;
    let decision = decided(earlier).filter(|decision| same && decision.request == draft.request);
    decision.ok_or_else(|| Problem::SameId.into())
}

/// Undoes a draw: gives its parts back and drops its deficit. The same release again gets the same answer.
pub async fn release(env: &Env, call: &Call, account: AccountId, draw: DrawId) -> Result<ReleaseAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let caller = caller.clone();
        Box::pin(async move {
            let stored = locked(tx, &caller, account, Permission::Draw).await?;
            let refused = Refused::quota(stored.account.unit);
            let found = ledger::draw(tx, draw).await?.filter(|(of, _)| *of == account);
            let (_, posted) = found.ok_or_else(|| Refused::not_found(Noun::Draw))?;
            if let Some(earlier) = ledger::release_entry(tx, draw).await? {
                let date = earlier.entry.date;
                let Movement::Release { parts, deficit, .. } = earlier.entry.movement else {
                    return Err(Refused::not_found(Noun::Draw));
                };
                let returned = Amount::sum(parts.iter().map(|part| part.amount)).map_err(&refused)?;
                return Ok(ReleaseAnswer {
                    account,
                    decision: ReleaseDecision { draw, date, parts, returned, deficit },
                });
            }
            if !bookings::drawn_by_bookings(tx, &[draw]).await?.is_empty() {
                return Err(Problem::OfBooking.into());
            }
            // The line of a document says what it drew: only the document takes that back.
            if !documents::of_draws(tx, &[draw]).await?.is_empty() {
                return Err(Problem::OfDocument.into());
            }
            let decision = quota::release(&posted).map_err(&refused)?;
            let mut facts = accounts::facts(tx, &stored, day(posted.date)).await?;
            // A cover may have come from a lot that is not usable on the date of the draw.
            add_lots(tx, &stored, &mut facts, posted.parts.iter().map(|part| part.lot)).await?;
            let text = ledger::draw_entry(tx, draw).await?.map_or_else(String::new, |entry| entry.note.text);
            let note = Note { text, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &[decision.entry(&facts)], &note).await?;
            Ok(ReleaseAnswer { account, decision })
        })
    });
    answer.await
}
