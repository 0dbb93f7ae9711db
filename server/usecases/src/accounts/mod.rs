//! Accounts: opening them, where they stand, and what everything that happens on them shares.

use chrono::{Months, NaiveDate};
use domain::{
    AccountId, CustomerId, DateRange, LotId, Permission,
    quota::{Account, AccountView, Entry, Unit},
};
use store::{
    Tx, Work,
    accounts::{self, StoredAccount},
    customers,
    ledger::{self, Note},
};
use wire::{
    Noun, Page, Problem,
    accounts::{AccountDraft, AccountQuery, ListedAccount},
    contracts::CustomerRef,
    customers::AccountRow,
};

use crate::{
    Call, Env, Refused,
    changed::{changes, note},
};

/// How its history names an account that somebody opened by hand.
const SUBJECT: &str = "account";

mod cover;
mod draw;
mod end;
mod grant;
mod passbook;
mod revoke;
mod untouched;

pub use cover::cover;
pub use draw::{draw, draw_plan, drawn, release};
pub use end::end;
pub use grant::{balance, grant};
pub use passbook::passbook;
pub use revoke::{revoke, revoke_plan};

/// Opens an account. The same content again is accepted; the same id with other content is refused.
pub async fn open(env: &Env, call: &Call, draft: AccountDraft) -> Result<AccountRow, Refused> {
    call.needs(Permission::OpenAccounts)?;
    let saver = env.saver(call);
    let opened = env.answered(call, told, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move {
            if customers::get(tx, draft.customer).await?.is_none() {
                return Err(Refused::not_found(Noun::Customer));
            }
            let account = Account { id: draft.id, customer: draft.customer, unit: draft.unit, policy: draft.policy };
            if accounts::open(tx, &account, &draft.name).await? {
                let fields = changes(None::<Vec<(&str, String)>>, draft.fields());
                note(tx, (SUBJECT, draft.id.to_string()), &saver, fields).await?;
                return Ok(draft.id);
            }
            let same = accounts::get(tx, draft.id).await?.is_some_and(|s| s.account == account && s.name == draft.name);
            if same { Ok(draft.id) } else { Err(Problem::SameId.into()) }
        })
    });
    opened.await
}

fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: AccountId) -> Work<'t, AccountRow, Refused> {
    Box::pin(async move {
        let stored = accounts::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
        account_row(env, tx, stored).await
    })
}

/// A page of the list, with where each account stands today. A customer may ask for the own ones.
pub async fn list(env: &Env, call: &Call, ask: &AccountQuery) -> Result<Page<ListedAccount>, Refused> {
    match ask.customer {
        Some(customer) => call.may_see(customer, Noun::Customer)?,
        None => call.needs(Permission::SeeCustomers)?,
    }
    let mut tx = env.db.read().await?;
    let Page { rows, more } = accounts::list(&mut tx, ask).await?;
    let (customers, stored): (Vec<CustomerRef>, Vec<StoredAccount>) = rows.into_iter().unzip();
    let rows = account_rows(env, &mut tx, stored).await?;
    let rows = customers.into_iter().zip(rows).map(|(customer, (_, row))| ListedAccount { customer, row }).collect();
    Ok(Page { rows, more })
}

/// Where an account stands today.
pub async fn get(env: &Env, call: &Call, id: AccountId) -> Result<AccountRow, Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, id).await?;
    account_row(env, &mut tx, stored).await
}

async fn account_row(env: &Env, tx: &mut Tx, stored: StoredAccount) -> Result<AccountRow, Refused> {
    let row = account_rows(env, tx, vec![stored]).await?.pop();
    row.map(|(_, row)| row).ok_or_else(|| Refused::not_found(Noun::Account))
}

/// Where accounts stand today, each with its customer. A lot of an allowance that nothing has touched counts as full.
pub(crate) async fn account_rows(
    env: &Env,
    tx: &mut Tx,
    stored: Vec<StoredAccount>,
) -> Result<Vec<(CustomerId, AccountRow)>, Refused> {
    account_rows_on(tx, stored, env.today()).await
}

/// Where they stand on a day.
pub(crate) async fn account_rows_on(
    tx: &mut Tx,
    stored: Vec<StoredAccount>,
    day: NaiveDate,
) -> Result<Vec<(CustomerId, AccountRow)>, Refused> {
    let mut views = accounts::facts_on(tx, &stored, day).await?;
    untouched::count(tx, &mut views, day).await?;
    let ids: Vec<AccountId> = stored.iter().map(|stored| stored.account.id).collect();
    let held = ledger::held(tx, &ids).await?;
    let row = |(stored, view): (StoredAccount, AccountView)| {
        let Account { id, customer, unit, .. } = stored.account;
        let standing = view.standing(day).map_err(Refused::quota(unit))?;
        let held = view.on_hold(day, |lot| held.get(&lot).copied().unwrap_or_default());
        let held = held.map_err(Refused::quota(unit))?;
        Ok((customer, AccountRow { id, name: stored.name, unit, standing, held }))
    };
    stored.into_iter().zip(views).map(row).collect()
}

/// The unit of an account, which the fields of its forms are read in.
pub async fn unit(env: &Env, call: &Call, id: AccountId) -> Result<Unit, Refused> {
    Ok(seen(&mut env.db.read().await?, call, id).await?.account.unit)
}

pub(super) async fn seen(tx: &mut Tx, call: &Call, id: AccountId) -> Result<StoredAccount, Refused> {
    let stored = accounts::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
    call.may_see(stored.account.customer, Noun::Account)?;
    Ok(stored)
}

pub(super) async fn locked(
    tx: &mut Tx,
    call: &Call,
    id: AccountId,
    needs: Permission,
) -> Result<StoredAccount, Refused> {
    // First whether the account exists for this person, then whether the role allows the command.
    let stored = accounts::lock(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Account))?;
    call.may_see(stored.account.customer, Noun::Account)?;
    call.needs(needs)?;
    Ok(stored)
}

pub(crate) fn day(day: NaiveDate) -> DateRange {
    DateRange { from: day, until: day.succ_opt() }
}

/// A year to both sides of a day: what a page can preview without asking again.
pub(super) fn around(day: NaiveDate) -> DateRange {
    let year = Months::new(12);
    DateRange { from: day.checked_sub_months(year).unwrap_or(day), until: day.checked_add_months(year) }
}

/// The facts to preview commands with for the dates within a year of `date`.
pub async fn facts(env: &Env, call: &Call, id: AccountId, date: NaiveDate) -> Result<AccountView, Refused> {
    let mut tx = env.db.read().await?;
    let stored = seen(&mut tx, call, id).await?;
    Ok(accounts::facts(&mut tx, &stored, around(date)).await?)
}

/// Completes facts by lots that are not usable on the dates that they cover.
pub(crate) async fn add_lots(
    tx: &mut Tx,
    stored: &StoredAccount,
    facts: &mut AccountView,
    lots: impl Iterator<Item = LotId>,
) -> Result<(), Refused> {
    let missing: Vec<LotId> = lots.filter(|lot| facts.lot(*lot).is_none()).collect();
    facts.lots.extend(ledger::lots(tx, stored, &missing).await?);
    facts.lots.sort_by_key(|state| state.lot.order());
    Ok(())
}

/// Applies decided entries to the facts and stores both.
pub(crate) async fn post(tx: &mut Tx, facts: &AccountView, entries: &[Entry], note: &Note) -> Result<(), Refused> {
    let mut after = facts.clone();
    for entry in entries {
        after.post(entry).map_err(Refused::quota(facts.account.unit))?;
    }
    Ok(ledger::post(tx, facts, &after, entries, note).await?)
}
