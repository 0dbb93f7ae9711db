//! What is to be billed: periods of contracts and fees of projects, as one list.
//!
//! *Invariants.* Both are read in the order of the list, each from its own index, and put together here. Fees that are due
//! are few, because each run bills them all; so they are read whole, and of the contracts what a slice needs.

use std::cmp::Ordering;

use domain::Permission;
use store::{Slice, Tx, fees, fold, lists, paged};
use wire::{
    Page,
    lists::{MOST_EXPORTED, ToDoKind, ToDoQuery, ToDoRow, ToDoSort},
};

use crate::{
    Call, Env, Refused,
    today::{due_fee, to_do},
};

/// A page of what is to be billed: contracts that are overdue or within their lead days, and fees that are due.
pub async fn to_dos(env: &Env, call: &Call, ask: &ToDoQuery) -> Result<Page<ToDoRow>, Refused> {
    call.needs(Permission::SeeContracts)?;
    let found = rows(env, &mut env.db.read().await?, ask, Slice::page(ask)).await?;
    Ok(paged(ask, found))
}

/// The rows of a slice of the list.
pub(super) async fn rows(env: &Env, tx: &mut Tx, ask: &ToDoQuery, slice: Slice) -> Result<Vec<ToDoRow>, Refused> {
    let today = env.today();
    let mut fees = Vec::new();
    if ask.finds_fees() {
        let all = Slice { offset: 0, most: i64::from(MOST_EXPORTED) + 1 };
        fees = fees::due_list(tx, ask, today, all).await?.into_iter().filter_map(due_fee).map(ToDoRow::Fee).collect();
    }
    // Before the slice stand at most all fees; the rest of what stands there are contracts, which need not be read.
    let count = i64::try_from(fees.len()).unwrap_or(i64::MAX);
    let first = slice.offset.saturating_sub(count).max(0);
    let mut contracts = Vec::new();
    if ask.finds_contracts() {
        let most = slice.most.saturating_add(slice.offset - first);
        let lines = lists::to_dos(tx, ask, today, Slice { offset: first, most }).await?;
        contracts = lines.into_iter().filter_map(to_do).map(ToDoRow::Contract).collect();
    }
    // Where the first contract that was read stands in the whole list: behind those before it and these fees.
    let before = match contracts.first() {
        _ if first == 0 => 0,
        Some(contract) => fees.partition_point(|fee| order(ask, fee, contract).is_lt()),
        None => return Ok(Vec::new()),
    };
    let passed = usize::try_from(slice.offset - first).unwrap_or(usize::MAX).saturating_sub(before);
    let fees = fees.into_iter().skip(before);
    let most = usize::try_from(slice.most).unwrap_or(usize::MAX);
    Ok(together(ask, contracts, fees).into_iter().skip(passed).take(most).collect())
}

/// Contracts and fees, each in the order of the list, in one.
fn together(ask: &ToDoQuery, contracts: Vec<ToDoRow>, fees: impl Iterator<Item = ToDoRow>) -> Vec<ToDoRow> {
    let mut all = Vec::with_capacity(contracts.len());
    let mut fees = fees.peekable();
    for contract in contracts {
        while let Some(fee) = fees.next_if(|fee| order(ask, fee, &contract).is_lt()) {
            all.push(fee);
        }
        all.push(contract);
    }
    all.extend(fees);
    all
}

/// The order of a contract and a fee, by the columns by which the store sorts each of them; of two that are the same in
/// these the contract is the first.
fn order(ask: &ToDoQuery, one: &ToDoRow, other: &ToDoRow) -> Ordering {
    let ordering = match ask.sort {
        ToDoSort::Due => one.due().cmp(&other.due()),
        ToDoSort::Customer => {
            let key = |row: &ToDoRow| (fold(&row.customer().name), row.customer().id, row.due());
            key(one).cmp(&key(other))
        }
        ToDoSort::Number => fold(one.number()).cmp(&fold(other.number())),
    };
    let is_fee = |row: &ToDoRow| row.kind() == ToDoKind::Fee;
    let ordering = ordering.then(is_fee(one).cmp(&is_fee(other)));
    if ask.desc { ordering.reverse() } else { ordering }
}
