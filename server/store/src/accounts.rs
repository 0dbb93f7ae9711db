//! Accounts: opening them, and where they stand.

use chrono::NaiveDate;
use domain::{
    AccountId, CustomerId, LotId,
    quota::{Account, AccountView, Amount, DeficitPolicy, Lot, LotState, OpenDeficit, Overbooking, Policy, Seq},
    range::DateRange,
};
use wire::accounts::{unit_from_name, unit_name};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, in_list, query, statements},
};

statements! {
    OPEN = "INSERT INTO accounts (id, customer_id, name, name_folded, unit, overbooking, overbooking_limit, deficits,
            next_seq, balance) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0) ON CONFLICT DO NOTHING RETURNING id";
    GET = "SELECT id, customer_id, name, unit, overbooking, overbooking_limit, deficits, next_seq, balance
        FROM accounts WHERE id = $1";
    AFTER = "SELECT id, customer_id, name, unit, overbooking, overbooking_limit, deficits, next_seq, balance
        FROM accounts WHERE id > $1 ORDER BY id LIMIT $2";
    USABLE = "SELECT lot_id, account_id, seq, granted, drawn, usable_from, usable_until FROM lot_state
        WHERE account_id = $1 AND usable_until > $2 AND usable_from < $3 ORDER BY usable_until, usable_from, seq";
    OPEN_DEFICITS = "SELECT draw_id, account_id, seq, date, deficit FROM draw_state
        WHERE account_id = $1 AND deficit > 0 ORDER BY seq";
}

/// A stored account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredAccount {
    /// The account with its terms.
    pub account: Account,
    /// Its name.
    pub name: String,
    /// The number that its next entry gets.
    pub next_seq: Seq,
    /// The sum of all movements so far.
    pub balance: Amount,
}

/// How a lot without end is kept: one index then serves both kinds.
pub(crate) fn usable_until(valid: DateRange) -> NaiveDate {
    valid.until.unwrap_or(never())
}

pub(crate) fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// Opens an account. `false` when the id is taken.
pub async fn open(tx: &mut Tx, account: &Account, name: &str) -> Result<bool, StoreError> {
    let (overbooking, limit) = match account.policy.overbooking {
        Overbooking::No => (false, None),
        Overbooking::Yes { limit } => (true, limit.map(Amount::units)),
    };
    let deficits = match account.policy.deficits {
        DeficitPolicy::Balance => "balance",
        DeficitPolicy::NextGrant => "next_grant",
    };
    let insert = query(OPEN).bind(account.id).bind(account.customer).bind(name).bind(fold(name));
    let insert = insert.bind(unit_name(account.unit)).bind(overbooking).bind(limit).bind(deficits);
    Ok(insert.first(tx).await?.is_some())
}

fn stored(row: &Row) -> Result<StoredAccount, StoreError> {
    let unit: String = row.get("unit")?;
    let deficits: String = row.get("deficits")?;
    let limit: Option<i64> = row.get("overbooking_limit")?;
    Ok(StoredAccount {
        account: Account {
            id: row.parsed("id")?,
            customer: row.parsed("customer_id")?,
            unit: unit_from_name(&unit).ok_or(StoreError::Unreadable { what: "unit", value: unit })?,
            policy: Policy {
                overbooking: if row.get("overbooking")? {
                    Overbooking::Yes { limit: limit.map(Amount::new) }
                } else {
                    Overbooking::No
                },
                deficits: match deficits.as_str() {
                    "balance" => DeficitPolicy::Balance,
                    "next_grant" => DeficitPolicy::NextGrant,
                    _ => return Err(StoreError::Unreadable { what: "deficits", value: deficits }),
                },
            },
        },
        name: row.get("name")?,
        next_seq: Seq(row.get("next_seq")?),
        balance: Amount::new(row.get("balance")?),
    })
}

/// An account.
pub async fn get(tx: &mut Tx, id: AccountId) -> Result<Option<StoredAccount>, StoreError> {
    query(GET).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

/// An account, locked until the transaction ends. Whoever decides on a balance takes this lock first.
pub async fn lock(tx: &mut Tx, id: AccountId) -> Result<Option<StoredAccount>, StoreError> {
    query(GET).bind(id).for_update(tx).first(tx).await?.as_ref().map(stored).transpose()
}

/// The next accounts by id, for walking through all of them.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<StoredAccount>, StoreError> {
    query(AFTER).bind(id).bind(most).all(tx).await?.iter().map(stored).collect()
}

/// All accounts of these customers, by name.
pub async fn of_customers(tx: &mut Tx, customers: &[CustomerId]) -> Result<Vec<StoredAccount>, StoreError> {
    if customers.is_empty() {
        return Ok(Vec::new());
    }
    let sql = of_customers_sql(customers.len());
    query(sql).bind_all(customers.iter().copied()).all(tx).await?.iter().map(stored).collect()
}

pub(crate) fn of_customers_sql(customers: usize) -> String {
    format!(
        "SELECT id, customer_id, name, unit, overbooking, overbooking_limit, deficits, next_seq, balance FROM accounts
            WHERE customer_id IN ({}) ORDER BY customer_id, name_folded, id",
        in_list(1, customers)
    )
}

pub(crate) fn lots_on_sql(accounts: usize) -> String {
    format!(
        "SELECT lot_id, account_id, seq, granted, drawn, usable_from, usable_until FROM lot_state
            WHERE account_id IN ({}) AND usable_until > $1 AND usable_from <= $1 ORDER BY usable_until, usable_from, seq",
        in_list(2, accounts)
    )
}

pub(crate) fn deficits_among_sql(accounts: usize) -> String {
    format!(
        "SELECT draw_id, account_id, seq, date, deficit FROM draw_state
            WHERE account_id IN ({}) AND deficit > 0 ORDER BY seq",
        in_list(1, accounts)
    )
}

pub(crate) fn lot_state(row: &Row) -> Result<LotState, StoreError> {
    let until: NaiveDate = row.get("usable_until")?;
    Ok(LotState {
        lot: Lot {
            id: row.parsed::<LotId>("lot_id")?,
            seq: Seq(row.get("seq")?),
            amount: Amount::new(row.get("granted")?),
            valid: DateRange { from: row.get("usable_from")?, until: (until != never()).then_some(until) },
        },
        drawn: Amount::new(row.get("drawn")?),
    })
}

fn deficit(row: &Row) -> Result<OpenDeficit, StoreError> {
    Ok(OpenDeficit {
        draw: row.parsed("draw_id")?,
        seq: Seq(row.get("seq")?),
        date: row.get("date")?,
        amount: Amount::new(row.get("deficit")?),
    })
}

/// The facts for decisions on the dates of `covers`: only lots that are usable on one of them are read.
pub async fn facts(tx: &mut Tx, stored: &StoredAccount, covers: DateRange) -> Result<AccountView, StoreError> {
    let until = usable_until(covers);
    let lots = query(USABLE).bind(stored.account.id).bind(covers.from).bind(until).all(tx).await?;
    let deficits = query(OPEN_DEFICITS).bind(stored.account.id).all(tx).await?;
    Ok(AccountView {
        account: stored.account.clone(),
        covers,
        lots: lots.iter().map(lot_state).collect::<Result<_, _>>()?,
        deficits: deficits.iter().map(deficit).collect::<Result<_, _>>()?,
        next_seq: stored.next_seq,
    })
}

/// The facts of many accounts for one day, with two statements.
pub async fn facts_on(tx: &mut Tx, accounts: &[StoredAccount], day: NaiveDate) -> Result<Vec<AccountView>, StoreError> {
    let covers = DateRange { from: day, until: day.succ_opt() };
    let mut views: Vec<AccountView> = accounts
        .iter()
        .map(|stored| AccountView { covers, next_seq: stored.next_seq, ..AccountView::empty(stored.account.clone()) })
        .collect();
    if accounts.is_empty() {
        return Ok(views);
    }
    let ids = || accounts.iter().map(|stored| stored.account.id);
    for row in query(lots_on_sql(accounts.len())).bind(day).bind_all(ids()).all(tx).await? {
        let account: AccountId = row.parsed("account_id")?;
        if let Some(view) = views.iter_mut().find(|view| view.account.id == account) {
            view.lots.push(lot_state(&row)?);
        }
    }
    for row in query(deficits_among_sql(accounts.len())).bind_all(ids()).all(tx).await? {
        let account: AccountId = row.parsed("account_id")?;
        if let Some(view) = views.iter_mut().find(|view| view.account.id == account) {
            view.deficits.push(deficit(&row)?);
        }
    }
    Ok(views)
}
