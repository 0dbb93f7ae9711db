//! Accounts: open, passbook, grant, draw, release.

use chrono::{Months, NaiveDate};
use domain::{
    AccountId, DateRange, DrawId, LotId, Permission,
    quota::{
        self, Account, AccountView, Amount, CoverPart, DrawDecision, Entry, GrantDecision, LotState, Movement, Posting,
        ReleaseDecision, Unit,
    },
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    customers,
    ledger::{self, Note, StoredEntry},
};
use wire::{
    Noun, Problem,
    accounts::{
        AccountDraft, DrawAnswer, DrawDraft, GrantAnswer, GrantDraft, PassbookLine, PassbookView, ReleaseAnswer,
    },
    customers::AccountRow,
};

use crate::{Call, Env, Refused};

/// Opens an account. The same content again is accepted; the same id with other content is refused.
pub async fn open(env: &Env, call: &Call, draft: AccountDraft) -> Result<AccountRow, Refused> {
    call.needs(Permission::OpenAccounts)?;
    let opened = env.write(call, move |tx| {
        let draft = draft.clone();
        Box::pin(async move {
            if customers::get(tx, draft.customer).await?.is_none() {
                return Err(Refused::not_found(Noun::Customer));
            }
            let account = Account { id: draft.id, customer: draft.customer, unit: draft.unit, policy: draft.policy };
            if accounts::open(tx, &account, &draft.name).await? {
                return Ok(draft.id);
            }
            let same = accounts::get(tx, draft.id).await?.is_some_and(|s| s.account == account && s.name == draft.name);
            if same { Ok(draft.id) } else { Err(Problem::SameId.into()) }
        })
    });
    // Under an idempotency key it is the id of the first call that counts.
    let id = opened.await?;
    get(env, call, id).await
}

/// Where an account stands today.
pub async fn get(env: &Env, call: &Call, id: AccountId) -> Result<AccountRow, Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, id).await?;
    let unit = stored.account.unit;
    let today = env.today();
    let facts = accounts::facts(&mut tx, &stored, day(today)).await?;
    let standing = facts.standing(today).map_err(Refused::quota(unit))?;
    Ok(AccountRow { id, name: stored.name, unit, standing })
}

/// The unit of an account, which the fields of its forms are read in.
pub async fn unit(env: &Env, call: &Call, id: AccountId) -> Result<Unit, Refused> {
    Ok(seen(&mut env.db.read().await?, call, id).await?.account.unit)
}

async fn seen(tx: &mut Tx, call: &Call, id: AccountId) -> Result<StoredAccount, Refused> {
    let stored = accounts::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
    call.may_see(stored.account.customer, Noun::Account)?;
    Ok(stored)
}

async fn locked(tx: &mut Tx, call: &Call, id: AccountId, needs: Permission) -> Result<StoredAccount, Refused> {
    // First whether the account exists for this person, then whether the role allows the command.
    let stored = accounts::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
    call.may_see(stored.account.customer, Noun::Account)?;
    call.needs(needs)?;
    Ok(stored)
}

fn day(day: NaiveDate) -> DateRange {
    DateRange { from: day, until: day.succ_opt() }
}

/// A year to both sides of a day: what a page can preview without asking again.
fn around(day: NaiveDate) -> DateRange {
    let year = Months::new(12);
    DateRange { from: day.checked_sub_months(year).unwrap_or(day), until: day.checked_add_months(year) }
}

/// The facts to preview commands with for the dates within a year of `date`.
pub async fn facts(env: &Env, call: &Call, id: AccountId, date: NaiveDate) -> Result<AccountView, Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, id).await?;
    Ok(accounts::facts(&mut tx, &stored, around(date)).await?)
}

/// The passbook for a range of dates; by default the last twelve months and everything after them.
pub async fn passbook(
    env: &Env,
    call: &Call,
    id: AccountId,
    range: Option<DateRange>,
) -> Result<PassbookView, Refused> {
    let today = env.today();
    let range = range.unwrap_or(DateRange { from: around(today).from, until: None });
    let mut tx = env.db.read().await?;
    let tx = &mut tx;
    let stored = seen(tx, call, id).await?;
    let unit = stored.account.unit;
    let customer =
        customers::get(tx, stored.account.customer).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
    let facts = accounts::facts(tx, &stored, around(today)).await?;
    let standing = facts.standing(today).map_err(Refused::quota(unit))?;

    // What is still to come has not lapsed yet: no lapse after today is shown or counted, while entries dated later
    // are shown all the same.
    let tomorrow = today.succ_opt().unwrap_or(today);
    let shown_lapses = DateRange { from: range.from, until: Some(range.until.map_or(tomorrow, |u| u.min(tomorrow))) };
    let entries = ledger::in_range(tx, id, range).await?;
    let moved = ledger::moved_since(tx, id, range.from).await?;
    let lapsed = match range.from.pred_opt() {
        Some(day_before) => ledger::lapsed_by(tx, id, day_before.min(today)).await?,
        None => Amount::ZERO,
    };
    let opening = stored.balance.minus(moved).and_then(|a| a.minus(lapsed)).map_err(Refused::quota(unit))?;
    let mut lots = ledger::lots_within(tx, id, range).await?;
    let rows =
        quota::passbook(opening, entries.iter().map(|stored| stored.entry.clone()).collect(), &lots, shown_lapses)
            .map_err(Refused::quota(unit))?;
    let closing = rows.last().map_or(opening, |row| row.balance);

    let draws: Vec<DrawId> = entries
        .iter()
        .filter_map(|stored| match &stored.entry.movement {
            Movement::Draw { draw, .. } => Some(*draw),
            _ => None,
        })
        .collect();
    let released: std::collections::HashSet<DrawId> = ledger::released_among(tx, &draws).await?.into_iter().collect();
    add_missing_lots(tx, &mut lots, &facts, &entries).await?;

    let mut notes: std::collections::HashMap<_, Note> =
        entries.into_iter().map(|stored| (stored.entry.seq, stored.note)).collect();
    let lines = rows.into_iter().map(|row| match &row.posting {
        Posting::Lapse { .. } => {
            PassbookLine { row, text: String::new(), by: String::new(), at: None, released: false }
        }
        Posting::Entry(entry) => {
            let released = matches!(&entry.movement, Movement::Draw { draw, .. } if released.contains(draw));
            let note = notes.remove(&entry.seq);
            let (text, by, at) = note.map_or_else(Default::default, |note| (note.text, note.by, Some(note.at)));
            PassbookLine { row, text, by, at, released }
        }
    });
    Ok(PassbookView {
        name: stored.name,
        customer_name: customer.card.name,
        customer_number: customer.card.number,
        facts,
        standing,
        range,
        opening,
        lines: lines.collect(),
        closing,
        lots,
    })
}

/// Completes the lots to every one that a line or the preview can name.
async fn add_missing_lots(
    tx: &mut Tx,
    lots: &mut Vec<LotState>,
    facts: &AccountView,
    entries: &[StoredEntry],
) -> Result<(), Refused> {
    let mut known: std::collections::HashSet<LotId> = lots.iter().map(|state| state.lot.id).collect();
    let mut missing = Vec::new();
    for stored in entries {
        let named: Vec<LotId> = match &stored.entry.movement {
            Movement::Draw { parts, .. } | Movement::Release { parts, .. } => parts.iter().map(|p| p.lot).collect(),
            Movement::Cover { lot, .. } => vec![*lot],
            Movement::Grant { .. } => Vec::new(),
        };
        missing.extend(named.into_iter().filter(|lot| known.insert(*lot)));
    }
    lots.extend(ledger::lots(tx, &missing).await?);
    lots.extend(facts.lots.iter().filter(|state| known.insert(state.lot.id)).cloned());
    lots.sort_by_key(|state| state.lot.order());
    Ok(())
}

/// Applies decided entries to the facts and stores both.
async fn post(tx: &mut Tx, facts: &AccountView, entries: &[Entry], note: &Note) -> Result<(), Refused> {
    let mut after = facts.clone();
    for entry in entries {
        after.post(entry).map_err(Refused::quota(facts.account.unit))?;
    }
    Ok(ledger::post(tx, facts, &after, entries, note).await?)
}

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
        && lot.amount == request.amount
        && (lot.valid.from, lot.valid.until) == (request.valid_from, request.valid_until);
    if !same {
        return Err(Problem::SameId.into());
    }
    let covers: Vec<CoverPart> = ledger::covers_of(tx, earlier, lot.id)
        .await?
        .into_iter()
        .map(|(draw, amount)| CoverPart { draw, amount })
        .collect();
    let covered = Amount::sum(covers.iter().map(|cover| cover.amount));
    let left = covered.and_then(|covered| lot.amount.minus(covered)).map_err(|_| Problem::SameId)?;
    Ok(GrantAnswer { account: draft.account, decision: GrantDecision { lot: lot.clone(), covers, left } })
}

/// Draws from an account. The answer says where the decision differs from what the person saw.
///
/// What is there is drawn even when it is less than wanted; when nothing is there, nothing is posted.
pub async fn draw(env: &Env, call: &Call, draft: DrawDraft) -> Result<DrawAnswer, Refused> {
    let (call, at) = (call.clone(), env.now());
    let caller = call.clone();
    let answer = env.write(&call, move |tx| {
        let (draft, caller) = (draft.clone(), caller.clone());
        Box::pin(async move {
            let stored = locked(tx, &caller, draft.account, Permission::Draw).await?;
            let account = draft.account;
            let decision = match ledger::draw_entry(tx, draft.request.draw).await? {
                Some(earlier) => same_draw(&draft, earlier)?,
                None => {
                    let facts = accounts::facts(tx, &stored, day(draft.request.date)).await?;
                    let decision = quota::draw(&facts, &draft.request).map_err(Refused::quota(stored.account.unit))?;
                    let figures = (draft.request.wanted, decision.available_before, decision.available_after);
                    let note = Note { text: draft.text, by: caller.by.name, at, wanted: Some(figures) };
                    post(tx, &facts, &[decision.entry(&facts)], &note).await?;
                    decision
                }
            };
            let differences = draft.seen.map_or_else(Vec::new, |seen| DrawDecision::differences(&seen, &decision));
            Ok(DrawAnswer { account, decision, differences })
        })
    });
    answer.await
}

/// The decision that the same draw got before, from what was recorded.
fn same_draw(draft: &DrawDraft, earlier: StoredEntry) -> Result<DrawDecision, Refused> {
    let (Movement::Draw { parts, deficit, .. }, Some((wanted, available_before, available_after))) =
        (earlier.entry.movement, earlier.note.wanted)
    else {
        return Err(Problem::SameId.into());
    };
    let request = &draft.request;
    let same = earlier.account == draft.account
        && earlier.note.text == draft.text
        && (earlier.entry.date, wanted) == (request.date, request.wanted);
    if !same {
        return Err(Problem::SameId.into());
    }
    let sum = Amount::sum(parts.iter().map(|part| part.amount));
    let figures = sum.and_then(|drawn| Ok((drawn, wanted.minus(drawn)?.minus(deficit)?)));
    let (drawn, not_drawn) = figures.map_err(|_| Problem::SameId)?;
    let request = request.clone();
    Ok(DrawDecision { request, parts, drawn, deficit, not_drawn, available_before, available_after })
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
            let decision = quota::release(&posted).map_err(&refused)?;
            let mut facts = accounts::facts(tx, &stored, day(posted.date)).await?;
            // A cover may have come from a lot that is not usable on the date of the draw.
            let others: Vec<LotId> =
                posted.parts.iter().map(|part| part.lot).filter(|lot| facts.lot(*lot).is_none()).collect();
            facts.lots.extend(ledger::lots(tx, &others).await?);
            let text = ledger::draw_entry(tx, draw).await?.map_or_else(String::new, |entry| entry.note.text);
            let note = Note { text, by: caller.by.name, at, wanted: None };
            post(tx, &facts, &[decision.entry(&facts)], &note).await?;
            Ok(ReleaseAnswer { account, decision })
        })
    });
    answer.await
}
