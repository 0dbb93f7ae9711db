//! Accounts: opening them, and where they stand.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AccountId, CustomerId, LotId,
    quota::{
        Account, AccountView, Amount, Carried, DeficitPolicy, GrantOrigin, Lot, LotState, OpenDeficit, Overbooking,
        Policy, Seq,
    },
    range::DateRange,
};
use wire::{
    Page,
    accounts::{ACCOUNTS_PER_PAGE, AccountQuery, AccountSort, unit_from_name, unit_name},
    contracts::CustomerRef,
};

use crate::{
    StoreError, Tx, fold,
    listing::{Listing, Slice, cut},
    settings,
    sql::{Row, Value, in_list, query, statements},
};

/// The company's setting that decides with an account.
macro_rules! books_closed {
    () => {
        "(SELECT value FROM settings WHERE settings.name = 'books_closed_until') AS books_closed_until"
    };
}

/// The columns of an account, with that setting.
macro_rules! account_columns {
    () => {
        concat!(
            "id, customer_id, name, unit, overbooking, overbooking_limit, deficits, next_seq, balance, ends_on, ",
            books_closed!()
        )
    };
}

/// The columns of a lot.
macro_rules! lot_columns {
    () => {
        "lot_id, account_id, seq, granted, drawn, usable_from, usable_until, carried_from, cap, drawn_carried, revoked,
            origin"
    };
}
pub(crate) use lot_columns;

statements! {
    OPEN = "INSERT INTO accounts (id, customer_id, name, name_folded, unit, overbooking, overbooking_limit, deficits,
            next_seq, balance) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0) ON CONFLICT DO NOTHING RETURNING id";
    GET = concat!("SELECT ", account_columns!(), " FROM accounts WHERE id = $1");
    AFTER = concat!("SELECT ", account_columns!(), " FROM accounts WHERE id > $1 ORDER BY id LIMIT $2");
    USABLE = concat!("SELECT ", lot_columns!(), " FROM lot_state
        WHERE account_id = $1 AND usable_until > $2 AND usable_from < $3 ORDER BY usable_until, usable_from, seq");
    LITTLE_LEFT = "SELECT account_id FROM lot_state WHERE drawn >= granted - (granted - 1) / 5 AND NOT revoked
        AND usable_until > $1 AND usable_from <= $1 ORDER BY usable_until, usable_from, account_id LIMIT $2";
    SET_POLICY = "UPDATE accounts SET overbooking = $2, overbooking_limit = $3, deficits = $4 WHERE id = $1";
    NOTE_POLICY = "INSERT INTO account_policies (account_id, from_seq, overbooking, overbooking_limit, deficits)
        VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, from_seq) DO UPDATE SET overbooking = excluded.overbooking,
            overbooking_limit = excluded.overbooking_limit, deficits = excluded.deficits";
    POLICIES = "SELECT from_seq, overbooking, overbooking_limit, deficits FROM account_policies
        WHERE account_id = $1 ORDER BY from_seq";
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
    /// Its end, if it has one.
    pub end: Option<NaiveDate>,
    /// The first day for which the company's books are open; none when none are closed.
    pub books_closed_until: Option<NaiveDate>,
}

impl StoredAccount {
    /// The facts of the account without any lot or deficit.
    fn without_lots(&self, covers: DateRange) -> AccountView {
        AccountView {
            end: self.end,
            books_closed_until: self.books_closed_until,
            covers,
            next_seq: self.next_seq,
            ..AccountView::empty(self.account.clone())
        }
    }
}

/// How a lot without end is kept: one index then serves both kinds.
pub(crate) fn usable_until(valid: DateRange) -> NaiveDate {
    valid.until.unwrap_or(never())
}

pub(crate) fn never() -> NaiveDate {
    NaiveDate::from_ymd_opt(9999, 12, 31).unwrap_or(NaiveDate::MAX)
}

/// The terms of an account as they are kept: overbooking, its limit, deficits.
fn policy_values(policy: Policy) -> [Value; 3] {
    let (overbooking, limit) = match policy.overbooking {
        Overbooking::No => (false, None),
        Overbooking::Yes { limit } => (true, limit.map(Amount::units)),
    };
    let deficits = match policy.deficits {
        DeficitPolicy::Balance => "balance",
        DeficitPolicy::NextGrant => "next_grant",
    };
    [overbooking.into(), limit.into(), deficits.into()]
}

fn policy(row: &Row) -> Result<Policy, StoreError> {
    let limit: Option<i64> = row.get("overbooking_limit")?;
    let deficits: String = row.get("deficits")?;
    Ok(Policy {
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
    })
}

/// Opens an account. `false` when the id is taken.
pub async fn open(tx: &mut Tx, account: &Account, name: &str) -> Result<bool, StoreError> {
    let insert = query(OPEN).bind(account.id).bind(account.customer).bind(name).bind(fold(name));
    let insert = insert.bind(unit_name(account.unit)).bind_all(policy_values(account.policy));
    Ok(insert.first(tx).await?.is_some())
}

/// Changes the terms of an account that the caller has locked: they hold for every entry from now on.
pub async fn set_policy(tx: &mut Tx, stored: &StoredAccount, after: Policy) -> Result<(), StoreError> {
    let id = stored.account.id;
    if policies(tx, id).await?.is_empty() {
        let before = policy_values(stored.account.policy);
        query(NOTE_POLICY).bind(id).bind(0).bind_all(before).run(tx).await?;
    }
    query(NOTE_POLICY).bind(id).bind(stored.next_seq.0).bind_all(policy_values(after)).run(tx).await?;
    query(SET_POLICY).bind(id).bind_all(policy_values(after)).run(tx).await?;
    Ok(())
}

/// The terms that an account has had, each from that entry on; empty when they were never changed.
pub async fn policies(tx: &mut Tx, id: AccountId) -> Result<Vec<(Seq, Policy)>, StoreError> {
    let rows = query(POLICIES).bind(id).all(tx).await?;
    rows.iter().map(|row| Ok((Seq(row.get("from_seq")?), policy(row)?))).collect()
}

fn stored(row: &Row) -> Result<StoredAccount, StoreError> {
    let unit: String = row.get("unit")?;
    Ok(StoredAccount {
        account: Account {
            id: row.parsed("id")?,
            customer: row.parsed("customer_id")?,
            unit: unit_from_name(&unit).ok_or(StoreError::Unreadable { what: "unit", value: unit })?,
            policy: policy(row)?,
        },
        name: row.get("name")?,
        next_seq: Seq(row.get("next_seq")?),
        balance: Amount::new(row.get("balance")?),
        end: row.get("ends_on")?,
        books_closed_until: settings::day_of(row.get("books_closed_until")?)?,
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

pub(crate) fn accounts_sql(accounts: usize) -> String {
    format!("SELECT {} FROM accounts WHERE id IN ({}) ORDER BY id", account_columns!(), in_list(1, accounts))
}

/// Accounts, by id; locked until the transaction ends when `lock`.
pub async fn many(tx: &mut Tx, ids: &[AccountId], lock: bool) -> Result<Vec<StoredAccount>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        let read = query(accounts_sql(chunk.len())).bind_all(chunk.iter().copied());
        let read = if lock { read.for_update(tx) } else { read };
        for row in read.all(tx).await? {
            found.push(stored(&row)?);
        }
    }
    Ok(found)
}

/// Accounts with a lot of that day of which less than a fifth is left, by id: those of the `most` lots that end first.
pub async fn little_left(tx: &mut Tx, day: NaiveDate, most: i64) -> Result<Vec<AccountId>, StoreError> {
    let rows = query(LITTLE_LEFT).bind(day).bind(most).all(tx).await?;
    let mut found = rows.iter().map(|row| row.parsed("account_id")).collect::<Result<Vec<_>, _>>()?;
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The next accounts by id, for walking through all of them.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<StoredAccount>, StoreError> {
    query(AFTER).bind(id).bind(most).all(tx).await?.iter().map(stored).collect()
}

/// The statement of the list. Each order and each filter alone has its index.
pub(crate) fn listing(ask: &AccountQuery) -> Listing {
    let list = Listing::new(concat!(
        "SELECT a.id, a.customer_id, a.name, a.unit, a.overbooking, a.overbooking_limit, a.deficits, a.next_seq,
            a.balance, a.ends_on, ",
        books_closed!(),
        ", u.number AS customer_number, u.name AS customer_name FROM accounts a JOIN customers u ON u.id = a.customer_id"
    ));
    let list = list.with_some("a.customer_id = ?", ask.customer).with_some("a.unit = ?", ask.unit.map(unit_name));
    match ask.sort {
        AccountSort::Name => list.by(&["a.name_folded", "a.id"], ask.desc),
        AccountSort::Customer => list.by(&["u.name_folded", "u.id", "a.name_folded", "a.id"], ask.desc),
    }
}

/// A page of the list, each account with whose it is.
pub async fn list(tx: &mut Tx, ask: &AccountQuery) -> Result<Page<(CustomerRef, StoredAccount)>, StoreError> {
    let rows = listing(ask).sliced(Slice::nth(ask.page, ACCOUNTS_PER_PAGE)).rows(tx).await?;
    let listed = |row: &Row| {
        let found = stored(row)?;
        let (id, number, name) = (found.account.customer, row.get("customer_number")?, row.get("customer_name")?);
        Ok((CustomerRef { id, number, name }, found))
    };
    let rows = rows.iter().map(listed).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(cut(rows, ACCOUNTS_PER_PAGE))
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
        "SELECT {} FROM accounts WHERE customer_id IN ({}) ORDER BY customer_id, name_folded, id",
        account_columns!(),
        in_list(1, customers)
    )
}

pub(crate) fn lots_within_sql(accounts: usize) -> String {
    format!(
        "SELECT {} FROM lot_state
            WHERE account_id IN ({}) AND usable_until > $1 AND usable_from < $2 ORDER BY usable_until, usable_from, seq",
        lot_columns!(),
        in_list(3, accounts)
    )
}

pub(crate) fn deficits_among_sql(accounts: usize) -> String {
    format!(
        "SELECT draw_id, account_id, seq, date, deficit FROM draw_state
            WHERE account_id IN ({}) AND deficit > 0 ORDER BY seq",
        in_list(1, accounts)
    )
}

/// Reads a lot of an account that ends on that day.
pub(crate) fn lot_state(row: &Row, account_end: Option<NaiveDate>) -> Result<LotState, StoreError> {
    let until: NaiveDate = row.get("usable_until")?;
    let lot = Lot {
        id: row.parsed::<LotId>("lot_id")?,
        seq: Seq(row.get("seq")?),
        amount: Amount::new(row.get("granted")?),
        valid: DateRange { from: row.get("usable_from")?, until: (until != never()).then_some(until) },
        carried: carried(row)?,
        origin: grant_origin(row)?,
    };
    let (drawn, drawn_carried) = (Amount::new(row.get("drawn")?), Amount::new(row.get("drawn_carried")?));
    Ok(LotState { lot, account_end, drawn, drawn_carried, revoked: row.get("revoked")? })
}

/// Reads the carry-over of a lot or of its grant.
pub(crate) fn carried(row: &Row) -> Result<Option<Carried>, StoreError> {
    let cap: Option<i64> = row.get("cap")?;
    let from: Option<NaiveDate> = row.get("carried_from")?;
    Ok(from.map(|from| Carried { from, cap: cap.map(Amount::new) }))
}

/// Reads the origin of a lot or of its grant.
pub(crate) fn grant_origin(row: &Row) -> Result<GrantOrigin, StoreError> {
    let origin: String = row.get("origin")?;
    GrantOrigin::from_name(&origin).ok_or(StoreError::Unreadable { what: "origin", value: origin })
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
        lots: lots.iter().map(|row| lot_state(row, stored.end)).collect::<Result<_, _>>()?,
        deficits: deficits.iter().map(deficit).collect::<Result<_, _>>()?,
        ..stored.without_lots(covers)
    })
}

/// The facts of many accounts for one day, with two statements.
pub async fn facts_on(tx: &mut Tx, accounts: &[StoredAccount], day: NaiveDate) -> Result<Vec<AccountView>, StoreError> {
    facts_within(tx, accounts, DateRange { from: day, until: day.succ_opt() }).await
}

/// The facts of many accounts for the dates of `covers`, with two statements.
pub async fn facts_within(
    tx: &mut Tx,
    accounts: &[StoredAccount],
    covers: DateRange,
) -> Result<Vec<AccountView>, StoreError> {
    let mut views: Vec<AccountView> = accounts.iter().map(|stored| stored.without_lots(covers)).collect();
    if accounts.is_empty() {
        return Ok(views);
    }
    let ids = || accounts.iter().map(|stored| stored.account.id);
    let mut places: HashMap<AccountId, &mut AccountView> =
        views.iter_mut().map(|view| (view.account.id, view)).collect();
    for row in query(lots_within_sql(accounts.len()))
        .bind(covers.from)
        .bind(usable_until(covers))
        .bind_all(ids())
        .all(tx)
        .await?
    {
        if let Some(view) = places.get_mut(&row.parsed("account_id")?) {
            view.lots.push(lot_state(&row, view.end)?);
        }
    }
    for row in query(deficits_among_sql(accounts.len())).bind_all(ids()).all(tx).await? {
        if let Some(view) = places.get_mut(&row.parsed("account_id")?) {
            view.deficits.push(deficit(&row)?);
        }
    }
    Ok(views)
}
