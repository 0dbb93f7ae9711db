//! What lapses, and what has lapsed.

use domain::{
    ContractId, Permission,
    quota::{Amount, LotState, QuotaError, Unit},
};
use store::{
    Tx, fold,
    lists::{self, Owner},
    paged,
};
use wire::{
    FieldReason, Problem,
    lists::{LapsePage, LapseQuery, LapseRow, LapseSort, ListQuery, MOST_LAPSING, UnitKind, UnitSum},
};

use crate::{Call, Env, Refused};

/// A page of what lapses within some days, with the sums of all pages.
///
/// Refused when something of more lots can lapse than are decided at once.
pub async fn lapses(env: &Env, call: &Call, ask: &LapseQuery) -> Result<LapsePage, Refused> {
    call.needs(Permission::SeeContracts)?;
    let mut rows = all(env, &mut env.db.read().await?, ask).await?;
    let sums = sums(&rows)?;
    let (_, _, page) = ask.order();
    let first = (page - 1).saturating_mul(LapseQuery::PER_PAGE);
    rows.drain(..usize::try_from(first).unwrap_or(usize::MAX).min(rows.len()));
    Ok(LapsePage { page: paged(ask, rows), sums })
}

/// Everything that lapses within the days of the list, in its order.
pub(super) async fn all(env: &Env, tx: &mut Tx, ask: &LapseQuery) -> Result<Vec<LapseRow>, Refused> {
    let (from, last) = ask.days(env.today());
    if last < from {
        return Ok(Vec::new());
    }
    let until = last.succ_opt().unwrap_or(last);
    let most = i64::try_from(MOST_LAPSING).unwrap_or(i64::MAX).saturating_add(1);
    let found = lists::lapsing(tx, &ask.q, (from, until), most).await?;
    if found.len() > MOST_LAPSING {
        let reason = FieldReason::TooMany { most: MOST_LAPSING, found: found.len() };
        return Err(Problem::field("until", reason).into());
    }
    let mut rows = Vec::new();
    for (state, owner) in found {
        let unit = owner.unit;
        rows.extend(of_lot(&state, &owner).map_err(Refused::quota(unit))?);
    }
    rows.retain(|row| (from..until).contains(&row.date) && ask.cause.is_none_or(|cause| cause == row.cause));
    rows.retain(|row| ask.unit.is_none_or(|unit| unit == UnitKind::of(row.unit)));
    let number = fold(&ask.contract);
    let begins = |of: &(ContractId, String)| fold(&of.1).starts_with(&number);
    rows.retain(|row| number.is_empty() || row.contract.as_ref().is_some_and(begins));
    sort(&mut rows, ask);
    Ok(rows)
}

/// What lapses of a lot, whenever that is.
fn of_lot(state: &LotState, owner: &Owner) -> Result<Vec<LapseRow>, QuotaError> {
    let row = |lapse: domain::quota::Lapse| LapseRow {
        date: lapse.date,
        lot: state.lot.id,
        valid: state.lot.valid,
        granted: state.lot.amount,
        amount: lapse.amount,
        cause: state.cause(&lapse),
        customer: owner.customer.clone(),
        account: owner.account.clone(),
        unit: owner.unit,
        contract: owner.contract.clone(),
    };
    Ok(state.lapses()?.into_iter().map(row).collect())
}

fn sort(rows: &mut [LapseRow], ask: &LapseQuery) {
    let by_date = |row: &LapseRow| (row.date, row.lot);
    match ask.sort {
        LapseSort::Date => rows.sort_by_cached_key(by_date),
        LapseSort::Customer => {
            rows.sort_by_cached_key(|row| (fold(&row.customer.name), row.customer.id, by_date(row)));
        }
        // Amounts of different units cannot be compared.
        LapseSort::Amount => rows.sort_by_cached_key(|row| (unit_key(row.unit), row.amount, by_date(row))),
    }
    if ask.desc {
        rows.reverse();
    }
}

/// The place of a unit among all, time first.
fn unit_key(unit: Unit) -> &'static str {
    match unit {
        Unit::Time => "",
        Unit::Money(currency) => currency.code(),
    }
}

/// The sums for each unit, time first.
fn sums(rows: &[LapseRow]) -> Result<Vec<UnitSum>, Refused> {
    let mut sums = Vec::<UnitSum>::new();
    for row in rows {
        let place = sums.iter().position(|sum| sum.unit == row.unit);
        let place = place.unwrap_or_else(|| {
            sums.push(UnitSum { unit: row.unit, amount: Amount::ZERO, rows: 0 });
            sums.len() - 1
        });
        if let Some(sum) = sums.get_mut(place) {
            sum.amount = sum.amount.plus(row.amount).map_err(Refused::quota(row.unit))?;
            sum.rows += 1;
        }
    }
    sums.sort_by_key(|sum| unit_key(sum.unit));
    Ok(sums)
}
