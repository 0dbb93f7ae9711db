//! Customers: list, page, create, change, history.

use std::collections::HashMap;

use domain::{CustomerId, Permission};
use store::{Slice, StoreError, Tx, Work, accounts, customers, cut, history, paged, settings};
use wire::{
    FieldReason, Noun, Page, Problem,
    customers::{AccountRow, CustomerDraft, CustomerEditor, CustomerQuery, CustomerRow, CustomerView},
    history::Change,
};

use crate::{
    Call, Env, Refused,
    accounts::account_rows,
    changed::{changes, check_version, latest, note},
};

const SUBJECT: &str = "customer";
/// How many changes a page shows.
const CHANGES: u32 = 100;

/// A page of the list, with where each customer's accounts stand today.
pub async fn list(env: &Env, call: &Call, ask: &CustomerQuery) -> Result<Page<CustomerRow>, Refused> {
    call.needs(Permission::SeeCustomers)?;
    let mut tx = env.db.read().await?;
    let found = slice(env, &mut tx, ask, Slice::page(ask)).await?;
    Ok(paged(ask, found))
}

/// A slice of the list.
pub(crate) async fn slice(
    env: &Env,
    tx: &mut Tx,
    ask: &CustomerQuery,
    slice: Slice,
) -> Result<Vec<CustomerRow>, Refused> {
    let lines = customers::slice(tx, ask, slice).await?;
    let ids: Vec<CustomerId> = lines.iter().map(|line| line.id).collect();
    let stored = accounts::of_customers(tx, &ids).await?;
    let mut accounts = HashMap::<CustomerId, Vec<AccountRow>>::new();
    for (customer, row) in account_rows(env, tx, stored).await? {
        accounts.entry(customer).or_default().push(row);
    }
    let row = |line: customers::CustomerLine| {
        let own = accounts.remove(&line.id).unwrap_or_default();
        CustomerRow { id: line.id, number: line.number, name: line.name, city: line.city, accounts: own }
    };
    Ok(lines.into_iter().map(row).collect())
}

/// A customer's page. A customer sees the own one.
pub async fn get(env: &Env, call: &Call, id: CustomerId) -> Result<CustomerView, Refused> {
    call.may_see(id, Noun::Customer)?;
    told(env, &mut env.db.read().await?, id).await
}

fn told<'t>(env: &'t Env, tx: &'t mut Tx, id: CustomerId) -> Work<'t, CustomerView, Refused> {
    Box::pin(async move {
        let found = customers::get(tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
        let stored = accounts::of_customers(tx, &[id]).await?;
        let accounts = account_rows(env, tx, stored).await?.into_iter().map(|(_, row)| row).collect();
        Ok(CustomerView { id, version: found.version, card: found.card, accounts })
    })
}

/// What the form of a customer works with.
pub async fn editor(env: &Env, call: &Call, id: CustomerId) -> Result<CustomerEditor, Refused> {
    call.needs(Permission::EditCustomers)?;
    let mut tx = env.db.read().await?;
    let found = customers::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
    let last = latest(env, &mut tx, (SUBJECT, id.to_string())).await?;
    Ok(CustomerEditor { id, version: found.version, card: found.card, last })
}

/// Creates a customer (version 0) or changes one. Returns how the customer stands then.
///
/// Refused when the number is taken, when somebody else saved in the meantime, or when the id of a new customer is
/// in use. The same content again changes nothing and is accepted.
pub async fn save(env: &Env, call: &Call, draft: CustomerDraft) -> Result<CustomerView, Refused> {
    call.needs(Permission::EditCustomers)?;
    let saver = env.saver(call);
    let done = env.answered(call, told, move |tx| {
        let (draft, saver) = (draft.clone(), saver.clone());
        Box::pin(async move {
            let before = customers::lock(tx, draft.id).await?;
            let mut card = draft.card;
            if card.number.is_empty() {
                card.number = match &before {
                    Some(before) => before.card.number.clone(),
                    None => next_number(tx).await?,
                };
            }
            if before.as_ref().is_some_and(|before| before.card == card) {
                return Ok(draft.id);
            }
            check_version(before.as_ref().map(|before| before.version), draft.version, Noun::Customer)?;
            if customers::by_number(tx, &card.number).await?.is_some_and(|other| other != draft.id) {
                return Err(Problem::field("number", FieldReason::Taken).into());
            }
            match &before {
                Some(_) => customers::change(tx, draft.id, &card).await?,
                None if customers::add(tx, draft.id, &card).await? => {}
                // Id and number were free a moment ago. Run again, the piece finds who took them.
                None => return Err(StoreError::Overtaken.into()),
            }
            let fields = changes(before.as_ref().map(|before| before.card.fields().to_vec()), card.fields().to_vec());
            note(tx, (SUBJECT, draft.id.to_string()), &saver, fields).await?;
            Ok(draft.id)
        })
    });
    done.await
}

/// Customer numbers that the program gives start at 10001; numbers given by hand are passed over.
async fn next_number(tx: &mut Tx) -> Result<String, Refused> {
    loop {
        let number = settings::count(tx, SUBJECT, 10_001).await?.to_string();
        if customers::by_number(tx, &number).await?.is_none() {
            return Ok(number);
        }
    }
}

/// The latest changes of a customer, newest first.
pub async fn changes_of(env: &Env, call: &Call, id: CustomerId) -> Result<Vec<Change>, Refused> {
    changes_page(env, call, id, 1).await.map(|page| page.rows)
}

/// A page of the changes of a customer, newest first.
pub async fn changes_page(env: &Env, call: &Call, id: CustomerId, page: u32) -> Result<Page<Change>, Refused> {
    call.may_see(id, Noun::Customer)?;
    call.needs(Permission::SeeCustomers)?;
    let mut tx = env.db.read().await?;
    customers::get(&mut tx, id).await?.ok_or_else(|| Refused::not_found(Noun::Customer))?;
    let found = history::slice(&mut tx, SUBJECT, &id.to_string(), Slice::nth(page, CHANGES)).await?;
    Ok(cut(found.into_iter().map(|change| env.localised(change)).collect(), CHANGES))
}
