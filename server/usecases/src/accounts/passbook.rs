//! The passbook of an account.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, DrawId, LotId, Permission,
    quota::{self, AccountView, Amount, Entry, LotState, Movement, Posting},
};
use store::{
    Tx,
    accounts::{self, StoredAccount},
    contracts, customers, documents, history,
    ledger::{self, Note, StoredEntry},
    projects,
};
use wire::{
    Noun,
    accounts::{PassbookLine, PassbookView},
};

use super::{SUBJECT, around, seen, untouched};
use crate::{Call, Env, Refused, billing::named, bookings::draw_words};

/// The passbook for a range of dates; by default the last twelve months and everything after them. The lot that an
/// allowance gives for today is shown also when nothing has touched it, like a lapse: nobody posted it. The draws of
/// bookings say what these say now.
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
    let mut counted = [facts.clone()];
    let untouched = untouched::count(tx, &mut counted, today).await?.remove(&id);
    let [counted] = counted;
    let standing = counted.standing(today).map_err(Refused::quota(unit))?;

    // What is still to come has not lapsed yet: no lapse after today is shown or counted, while entries dated later
    // are shown all the same.
    let tomorrow = today.succ_opt().unwrap_or(today);
    let shown_lapses = DateRange { from: range.from, until: Some(range.until.map_or(tomorrow, |u| u.min(tomorrow))) };
    let entries = ledger::in_range(tx, id, range).await?;
    let moved = ledger::moved_since(tx, id, range.from).await?;
    let opening = stored.balance.minus(moved).map_err(Refused::quota(unit))?;
    let opening = opening.minus(lapsed_before(tx, &stored, range.from, today).await?).map_err(Refused::quota(unit))?;
    let mut lots = ledger::lots_within(tx, &stored, range).await?;
    let (granted, granted_text) = untouched.map_or_else(Default::default, |lot| (lot.entries, lot.text));
    let (before, within): (Vec<Entry>, Vec<Entry>) = granted.into_iter().partition(|entry| entry.date < range.from);
    let before = before.iter().try_fold(opening, |sum, entry| sum.plus(entry.movement.balance()?));
    let opening = before.map_err(Refused::quota(unit))?;
    let within = within.into_iter().filter(|entry| range.contains(entry.date));
    let shown = entries.iter().map(|stored| stored.entry.clone()).chain(within).collect();
    let rows = quota::passbook(opening, shown, &lots, shown_lapses).map_err(Refused::quota(unit))?;
    let closing = rows.last().map_or(opening, |row| row.balance);

    let draws: Vec<DrawId> = entries
        .iter()
        .filter_map(|stored| match &stored.entry.movement {
            Movement::Draw { draw, .. } => Some(*draw),
            _ => None,
        })
        .collect();
    let released: HashSet<DrawId> = ledger::released_among(tx, &draws).await?.into_iter().collect();
    let mut documents = documents::of_draws(tx, &draws).await?;
    let mut said = draw_words(tx, &draws).await?;
    let mut held: Vec<(LotId, Amount)> = ledger::held(tx, &[id]).await?.into_iter().collect();
    held.sort_unstable();
    add_missing_lots(tx, &stored, &mut lots, &counted, &entries).await?;
    let allowance = projects::allowances(tx, &[id]).await?.remove(&id).map(|known| (known.line, known.allowance));
    let contract = contracts::of_account(tx, id).await?;
    let by_hand = contract.is_none() && allowance.is_none() && call.by.role.may(Permission::SeeCustomers);
    let opened = if by_hand { history::list(tx, SUBJECT, &id.to_string(), 1).await?.pop() } else { None };
    let opened = opened.map(|change| (change.by, env.local(change.at.to_utc())));
    let deficits = named(tx, contract.as_ref(), &facts).await?;
    let contract = contract.map(|of| (of.contract.id, of.card.number, of.contract.quota_period_of(today)));

    let revoked: HashSet<LotId> = lots.iter().filter(|state| state.revoked).map(|state| state.lot.id).collect();
    let mut notes: HashMap<_, Note> = entries.into_iter().map(|stored| (stored.entry.seq, stored.note)).collect();
    let lines = rows.into_iter().map(|row| {
        let Posting::Entry(entry) = &row.posting else { return PassbookLine::lapse(row) };
        let document = match &entry.movement {
            Movement::Draw { draw, .. } => documents.remove(draw),
            _ => None,
        };
        let (undone, deficit) = match &entry.movement {
            Movement::Draw { draw, .. } => {
                let open = facts.deficit_of(*draw).map_or(Amount::ZERO, |open| open.amount);
                (released.contains(draw), open)
            }
            Movement::Grant { lot } => (revoked.contains(&lot.id), Amount::ZERO),
            _ => (false, Amount::ZERO),
        };
        let note = notes.remove(&entry.seq);
        let (text, by, at) = note.map_or_else(
            || (granted_text.clone(), String::new(), None),
            |note| (note.text, note.by, Some(env.local(note.at))),
        );
        let text = match &entry.movement {
            Movement::Draw { draw, .. } => said.remove(draw).unwrap_or(text),
            _ => text,
        };
        PassbookLine { row, text, by, at, undone, deficit, document }
    });
    let lines = lines.collect();
    Ok(PassbookView {
        name: stored.name,
        customer_name: customer.card.name,
        customer_number: customer.card.number,
        facts,
        standing,
        range,
        wrong: Vec::new(),
        opening,
        lines,
        closing,
        lots,
        held,
        deficits,
        contract,
        allowance,
        opened,
    })
}

/// Completes the lots to every one that a line or the preview can name.
async fn add_missing_lots(
    tx: &mut Tx,
    stored: &StoredAccount,
    lots: &mut Vec<LotState>,
    facts: &AccountView,
    entries: &[StoredEntry],
) -> Result<(), Refused> {
    let mut known: HashSet<LotId> = lots.iter().map(|state| state.lot.id).collect();
    let mut missing = Vec::new();
    for entry in entries {
        let named: Vec<LotId> = match &entry.entry.movement {
            Movement::Draw { parts, .. } | Movement::Release { parts, .. } => parts.iter().map(|p| p.lot).collect(),
            Movement::Cover { lot, .. } | Movement::Revoke { lot, .. } => vec![*lot],
            Movement::Grant { .. } | Movement::End { .. } => Vec::new(),
        };
        missing.extend(named.into_iter().filter(|lot| known.insert(*lot)));
    }
    lots.extend(ledger::lots(tx, stored, &missing).await?);
    lots.extend(facts.lots.iter().filter(|state| known.insert(state.lot.id)).cloned());
    lots.sort_by_key(|state| state.lot.order());
    Ok(())
}

/// What had lapsed before the day began; what is still to come has not lapsed yet.
async fn lapsed_before(tx: &mut Tx, of: &StoredAccount, day: NaiveDate, today: NaiveDate) -> Result<Amount, Refused> {
    let Some(last) = day.pred_opt().map(|day_before| day_before.min(today)) else { return Ok(Amount::ZERO) };
    let ended = ledger::left_of_ended(tx, of.account.id, last).await?;
    // Of the others that which is beyond a cap, or beyond the end of the account.
    let lots = ledger::lots_with_rest_after(tx, of, last).await?;
    let lapsed = lots.iter().map(|state| state.lapsed(last)).try_fold(ended, |sum, one| sum.plus(one?));
    lapsed.map_err(Refused::quota(of.account.unit))
}
