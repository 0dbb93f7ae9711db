//! Calendar feeds: each person has at most one, at an address that nobody can guess.
//!
//! *Invariants.* Only the hash of the secret is kept. A feed shows what its owner's role may see at that moment, of the
//! contracts for which the person is responsible or which that person edited last, and the fees of projects whose
//! billing lines that person edited last.

use std::collections::HashMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Months;
use domain::{ContractId, Permission, UserId};
use store::{Tx, calendar, contracts, fees, people};
use wire::{
    Noun,
    calendar::{CalendarEvent, CalendarView, EventOf, Occasion},
};

use crate::{Call, Env, Refused, people::digest};

/// The most contracts in a feed, and the most fees.
const MOST: i64 = 2_000;
/// How many months ahead fees are told of.
const AHEAD: Months = Months::new(12);

/// The user who calls; a token of the program has no feed.
async fn caller(tx: &mut Tx, call: &Call) -> Result<UserId, Refused> {
    let login = call.by.scope.strip_prefix("user:").unwrap_or_default();
    let user = people::user_by_login(tx, login).await?;
    user.map(|user| user.id).ok_or_else(|| Refused::not_found(Noun::Page))
}

/// Whether the person has a feed.
pub async fn view(env: &Env, call: &Call) -> Result<CalendarView, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut tx = env.db.read().await?;
    let user = caller(&mut tx, call).await?;
    let since = calendar::since(&mut tx, user).await?;
    Ok(CalendarView { since: since.map(|at| env.local(at)), token: None })
}

/// Makes the person's feed, or gives it a new address. The secret is told once.
pub async fn renew(env: &Env, call: &Call) -> Result<CalendarView, Refused> {
    call.needs(Permission::SeeContracts)?;
    let user = caller(&mut env.db.read().await?, call).await?;
    let (token, now) = (URL_SAFE_NO_PAD.encode(env.secret()), env.now());
    let hash = digest(&token);
    let set = env.db.write(move |tx| {
        let hash = hash.clone();
        Box::pin(async move { calendar::set(tx, user, &hash, now).await })
    });
    set.await?;
    Ok(CalendarView { since: Some(env.local(now)), token: Some(token) })
}

/// Ends the person's feed: its address leads nowhere.
pub async fn end(env: &Env, call: &Call) -> Result<CalendarView, Refused> {
    call.needs(Permission::SeeContracts)?;
    let user = caller(&mut env.db.read().await?, call).await?;
    env.db.write(move |tx| Box::pin(async move { calendar::end(tx, user).await })).await?;
    Ok(CalendarView::default())
}

/// What stands in the feed at that address, by day. Whoever has the address needs nothing else.
pub async fn feed(env: &Env, token: &str) -> Result<Vec<CalendarEvent>, Refused> {
    let mut tx = env.db.read().await?;
    let owner = calendar::owner(&mut tx, &digest(token)).await?;
    let nobody = || Refused::not_found(Noun::Page);
    let owner = owner.filter(|owner| owner.role.may(Permission::SeeContracts)).ok_or_else(nobody)?;
    let today = env.today();
    let found = calendar::contracts_of(&mut tx, &owner.name, today, MOST).await?;
    let ids: Vec<ContractId> = found.iter().map(|stored| stored.contract.id).collect();
    let mut customers: HashMap<_, _> =
        contracts::names(&mut tx, &ids).await?.into_iter().map(|line| (line.id, line.customer)).collect();
    let mut events = Vec::new();
    for stored in found {
        let contract = &stored.contract;
        let Some(customer) = customers.remove(&contract.id) else { continue };
        let number = stored.card.number.clone();
        let mut add = |occasion, date, about| {
            let (number, customer) = (number.clone(), customer.clone());
            events.push(CalendarEvent { occasion, date, about, of: EventOf::Contract(contract.id), number, customer });
        };
        if let Some(due) = contract.due_on(stored.next) {
            add(Occasion::Due, due, due);
            if let Some(to_do) = contract.to_do_on(stored.next) {
                add(Occasion::ToDo, to_do, due);
            }
        }
        if let Some((by, boundary)) = contract.next_notice(today) {
            add(Occasion::Notice, by, boundary);
        }
        if let Some(last) = contract.end().and_then(|end| end.pred_opt()) {
            add(Occasion::End, last, last);
        }
    }
    let until = today.checked_add_months(AHEAD).unwrap_or(today);
    for line in fees::of_person(&mut tx, &owner.name, until, MOST).await? {
        let Some(due) = line.next_due else { continue };
        let (number, customer) = (line.project.number, line.customer);
        let of = EventOf::Fee { project: line.project.id, line: line.id, name: line.name };
        events.push(CalendarEvent { occasion: Occasion::Due, date: due, about: due, of, number, customer });
    }
    events.sort_by(|one, other| (one.date, &one.number, one.uid()).cmp(&(other.date, &other.number, other.uid())));
    Ok(events)
}
