//! Contracts, and what of them is due.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, ContractId, ContractTypeId, CustomerId, DateRange,
    contracts::{Contract, ContractState, InvoiceKind, Terms},
};
use wire::{
    Page,
    contracts::{ContractCard, ContractQuery, ContractSort, CustomerRef},
};

use crate::{
    StoreError, Tx, fold,
    listing::{Listing, Slice, numbered_or_named, paged},
    sql::{Row, Value, in_list, insert_rows, insert_rows_or, query, statements},
    words,
};

/// A contract with its present terms.
macro_rules! contract_from {
    () => {
        "SELECT c.id, c.version, c.number, c.customer_id, c.type_id, c.account_id, c.responsible, c.reference, c.start_on,
            c.billing_start, c.cancelled_on, c.agreed_end, c.ends_on, c.automatic, c.consolidated, c.next_period, c.next_due, c.to_do_on,
            c.edited_by, v.terms
            FROM contracts c JOIN contract_versions v ON v.contract_id = c.id AND v.version = c.version"
    };
}
pub(crate) use contract_from;

/// The columns of a contract in a list.
macro_rules! line_from {
    () => {
        "SELECT c.id, c.number, c.customer_id, u.number AS customer_number, u.name AS customer_name, c.start_on, c.ends_on,
            c.next_due, c.automatic, c.account_id, c.edited_by, t.name AS type_name
            FROM contracts c JOIN customers u ON u.id = c.customer_id LEFT JOIN contract_types t ON t.id = c.type_id"
    };
}
pub(crate) use line_from;

statements! {
    CONTRACT = concat!(contract_from!(), " WHERE c.id = $1");
    CONTRACTS_AFTER = concat!(contract_from!(), " WHERE c.id > $1 ORDER BY c.id LIMIT $2");
    CONTRACT_NUMBERED = "SELECT id FROM contracts WHERE number_folded = $1";
    ADD_CONTRACT = "INSERT INTO contracts (id, version, number, number_folded, customer_id, type_id, account_id, responsible,
            reference, start_on, billing_start, cancelled_on, agreed_end, ends_on, automatic, consolidated, next_period,
            next_due, to_do_on, edited_by)
        VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)
        ON CONFLICT DO NOTHING RETURNING id";
    CHANGE_CONTRACT = "UPDATE contracts SET version = version + 1, number = $2, number_folded = $3, customer_id = $4,
            type_id = $5, account_id = $6, responsible = $7, reference = $8, start_on = $9, billing_start = $10,
            cancelled_on = $11, agreed_end = $12, ends_on = $13, automatic = $14, consolidated = $15, next_period = $16,
            next_due = $17, to_do_on = $18, edited_by = $19 WHERE id = $1";
    ADD_VERSION = "INSERT INTO contract_versions (contract_id, version, terms, at, by_name) VALUES ($1, $2, $3, $4, $5)";
    ADVANCE_CONTRACT = "UPDATE contracts SET next_period = $2, next_due = $3, to_do_on = $4 WHERE id = $1";
    LINE = concat!(line_from!(), " WHERE c.id = $1");
    LINE_OF_ACCOUNT = concat!(contract_from!(), " WHERE c.account_id = $1");
    OF_CUSTOMER = concat!(line_from!(), " WHERE c.customer_id = $1 ORDER BY c.number_folded LIMIT 200");
    TO_DOS = concat!(line_from!(), " WHERE c.to_do_on <= $1 AND c.next_due > $1 ORDER BY c.to_do_on, c.id LIMIT $2");
    DUE_LINES = concat!(line_from!(), " WHERE c.next_due <= $1 ORDER BY c.next_due, c.id LIMIT $2");
    DUE_CONTRACTS = "SELECT id, customer_id, consolidated, automatic FROM contracts WHERE next_due <= $1 ORDER BY next_due, id";
    DUE_OF_CUSTOMER = "SELECT id, customer_id, consolidated, automatic FROM contracts
        WHERE customer_id = $2 AND next_due <= $1 ORDER BY next_due, id";
}

/// A stored contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredContract {
    /// Grows with each change.
    pub version: i64,
    /// Number, type, responsible, reference.
    pub card: ContractCard,
    /// The contract with its present terms.
    pub contract: Contract,
    /// Its account, if it ever had a quota.
    pub account: Option<AccountId>,
    /// The first period that was never billed.
    pub next: u32,
    /// Who edited it last.
    pub edited_by: String,
}

impl StoredContract {
    /// When its next period becomes due, and when its to-do appears.
    fn next_days(&self) -> (Option<NaiveDate>, Option<NaiveDate>) {
        (self.contract.due_on(self.next), self.contract.to_do_on(self.next))
    }
}

pub(crate) fn stored(row: &Row) -> Result<StoredContract, StoreError> {
    Ok(StoredContract {
        version: row.get("version")?,
        card: ContractCard {
            number: row.get("number")?,
            contract_type: row.maybe("type_id")?,
            responsible: row.get("responsible")?,
            reference: row.get("reference")?,
        },
        contract: Contract {
            id: row.parsed("id")?,
            customer: row.parsed("customer_id")?,
            start: row.get("start_on")?,
            billing_start: row.get("billing_start")?,
            cancelled_on: row.get("cancelled_on")?,
            agreed_end: row.get("agreed_end")?,
            terms: row.json("terms")?,
        },
        account: row.maybe("account_id")?,
        next: row.count("next_period")?,
        edited_by: row.get("edited_by")?,
    })
}

/// A contract.
pub async fn get(tx: &mut Tx, id: ContractId) -> Result<Option<StoredContract>, StoreError> {
    query(CONTRACT).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

/// The contract that grants to that account.
pub async fn of_account(tx: &mut Tx, account: AccountId) -> Result<Option<StoredContract>, StoreError> {
    query(LINE_OF_ACCOUNT).bind(account).first(tx).await?.as_ref().map(stored).transpose()
}

/// What the contract that grants to an account ever said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TermsOfAccount {
    /// The account.
    pub account: AccountId,
    /// The days on which the contract lasts.
    pub lasts: DateRange,
    /// Every state of its terms and when it was saved, the oldest first.
    pub versions: Vec<(DateTime<Utc>, Terms)>,
}

pub(crate) fn terms_of_accounts_sql(accounts: usize) -> String {
    format!(
        "SELECT c.account_id, c.start_on, c.ends_on, v.at, v.terms FROM contracts c
            JOIN contract_versions v ON v.contract_id = c.id WHERE c.account_id IN ({}) ORDER BY c.account_id, v.version",
        in_list(1, accounts)
    )
}

/// What the contracts that grant to these accounts ever said; nothing of an account to which none does.
pub async fn terms_of_accounts(tx: &mut Tx, accounts: &[AccountId]) -> Result<Vec<TermsOfAccount>, StoreError> {
    let mut found = Vec::<TermsOfAccount>::new();
    for chunk in accounts.chunks(500) {
        for row in query(terms_of_accounts_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let account: AccountId = row.parsed("account_id")?;
            let version = (row.get("at")?, row.json("terms")?);
            match found.last_mut().filter(|last| last.account == account) {
                Some(last) => last.versions.push(version),
                None => {
                    let lasts = DateRange { from: row.get("start_on")?, until: row.get("ends_on")? };
                    found.push(TermsOfAccount { account, lasts, versions: vec![version] });
                }
            }
        }
    }
    Ok(found)
}

pub(crate) fn contracts_sql(contracts: usize) -> String {
    format!("{} WHERE c.id IN ({}) ORDER BY c.id", contract_from!(), in_list(1, contracts))
}

pub(crate) fn lock_sql(contracts: usize) -> String {
    format!("SELECT id FROM contracts WHERE id IN ({}) ORDER BY id", in_list(1, contracts))
}

/// Contracts, by id; locked until the transaction ends when `lock`.
pub async fn many(tx: &mut Tx, ids: &[ContractId], lock: bool) -> Result<Vec<StoredContract>, StoreError> {
    if lock {
        // All of them before any is read: whoever waited reads then what was saved meanwhile. Locked while it is joined
        // with its terms, PostgreSQL would look for the old terms of a new version.
        for chunk in ids.chunks(500) {
            query(lock_sql(chunk.len())).bind_all(chunk.iter().copied()).for_update(tx).run(tx).await?;
        }
    }
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        for row in query(contracts_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push(stored(&row)?);
        }
    }
    Ok(found)
}

/// What is kept beside the terms of a contract because it is computed from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// The end.
    pub end: Option<NaiveDate>,
    /// When the next period becomes due.
    pub due: Option<NaiveDate>,
    /// When its to-do appears.
    pub to_do: Option<NaiveDate>,
    /// Whether the billing run bills it without being asked.
    pub automatic: bool,
    /// Whether it shares an invoice.
    pub consolidated: bool,
}

impl StoredContract {
    /// What has to be kept beside the terms.
    pub fn derived(&self) -> Derived {
        let (due, to_do) = self.next_days();
        let billing = &self.contract.terms.billing;
        let consolidated = billing.invoice == InvoiceKind::Consolidated;
        Derived { end: self.contract.end(), due, to_do, automatic: billing.automatic, consolidated }
    }
}

/// The next contracts by id, each with what is kept beside its terms: for walking through all of them.
pub async fn after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<(StoredContract, Derived)>, StoreError> {
    let rows = query(CONTRACTS_AFTER).bind(id).bind(most).all(tx).await?;
    let derived = |row: &Row| {
        Ok::<_, StoreError>(Derived {
            end: row.get("ends_on")?,
            due: row.get("next_due")?,
            to_do: row.get("to_do_on")?,
            automatic: row.get("automatic")?,
            consolidated: row.get("consolidated")?,
        })
    };
    rows.iter().map(|row| Ok((stored(row)?, derived(row)?))).collect()
}

/// A contract, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: ContractId) -> Result<Option<StoredContract>, StoreError> {
    Ok(many(tx, &[id], true).await?.into_iter().next())
}

/// Which contract has that number.
pub async fn numbered(tx: &mut Tx, number: &str) -> Result<Option<ContractId>, StoreError> {
    query(CONTRACT_NUMBERED).bind(fold(number)).first(tx).await?.map(|row| row.parsed("id")).transpose()
}

/// Adds a contract (`version` 0) or changes one that the caller has locked, together with the state of its terms and
/// the days on which it is due. `false` when the id or number of a new one is taken.
pub async fn put(tx: &mut Tx, new: &StoredContract, at: DateTime<Utc>) -> Result<bool, StoreError> {
    let (contract, card, adding) = (&new.contract, &new.card, new.version == 0);
    let derived = new.derived();
    let write = query(if adding { ADD_CONTRACT } else { CHANGE_CONTRACT }).bind(contract.id);
    let write = write.bind(&card.number).bind(fold(&card.number)).bind(contract.customer).bind(card.contract_type);
    let write = write.bind(new.account).bind(&card.responsible).bind(&card.reference);
    let write = write.bind(contract.start).bind(contract.billing_start).bind(contract.cancelled_on);
    let write = write.bind(contract.agreed_end).bind(derived.end).bind(derived.automatic);
    let write = write.bind(derived.consolidated).bind(i64::from(new.next));
    let write = write.bind(derived.due).bind(derived.to_do).bind(&new.edited_by);
    if adding {
        if write.first(tx).await?.is_none() {
            return Ok(false);
        }
    } else {
        write.run(tx).await?;
    }
    let terms = serde_json::to_string(&contract.terms).unwrap_or_default();
    let version = query(ADD_VERSION).bind(contract.id).bind(new.version + 1).bind(terms);
    version.bind(at).bind(&new.edited_by).run(tx).await?;
    Ok(true)
}

/// Changes contracts that the caller has locked, all at once: their terms, and what is kept beside them. The same as
/// [`put`] for each, where nothing else of them changed.
pub async fn put_terms(tx: &mut Tx, changed: &[StoredContract], at: DateTime<Utc>) -> Result<(), StoreError> {
    let row = |new: &StoredContract| -> Vec<Value> {
        let (contract, card, derived) = (&new.contract, &new.card, new.derived());
        vec![
            contract.id.into(),
            (new.version + 1).into(),
            card.number.as_str().into(),
            fold(&card.number).into(),
            contract.customer.into(),
            card.contract_type.into(),
            new.account.into(),
            card.responsible.as_str().into(),
            card.reference.as_str().into(),
            contract.start.into(),
            contract.billing_start.into(),
            contract.cancelled_on.into(),
            contract.agreed_end.into(),
            derived.end.into(),
            derived.automatic.into(),
            derived.consolidated.into(),
            i64::from(new.next).into(),
            derived.due.into(),
            derived.to_do.into(),
            new.edited_by.as_str().into(),
        ]
    };
    let head =
        "INSERT INTO contracts (id, version, number, number_folded, customer_id, type_id, account_id, responsible,
        reference, start_on, billing_start, cancelled_on, agreed_end, ends_on, automatic, consolidated, next_period,
        next_due, to_do_on, edited_by) VALUES";
    // Every one of them is there: nothing is inserted.
    let tail = "ON CONFLICT (id) DO UPDATE SET version = excluded.version, account_id = excluded.account_id,
        ends_on = excluded.ends_on, automatic = excluded.automatic, consolidated = excluded.consolidated,
        next_due = excluded.next_due, to_do_on = excluded.to_do_on, edited_by = excluded.edited_by";
    insert_rows_or(tx, head, changed.iter().map(row).collect(), tail).await?;
    let version = |new: &StoredContract| -> Vec<Value> {
        let terms = serde_json::to_string(&new.contract.terms).unwrap_or_default();
        vec![new.contract.id.into(), (new.version + 1).into(), terms.into(), at.into(), new.edited_by.as_str().into()]
    };
    let head = "INSERT INTO contract_versions (contract_id, version, terms, at, by_name) VALUES";
    insert_rows(tx, head, changed.iter().map(version).collect()).await
}

/// The statement that finds the contracts of a type that have not ended, and, of several `words`, as the list finds them.
pub(crate) fn of_type_sql(words: usize) -> String {
    let customer = |n: usize| {
        let (from, until) = (2 * n + 5, 2 * n + 6);
        format!("c.customer_id IN (SELECT customer_id FROM customer_words WHERE word >= ${from} AND word < ${until})")
    };
    let customers = (0..words).map(customer).collect::<Vec<_>>().join(" AND ");
    let found = if words == 0 {
        String::new()
    } else {
        format!(" AND ((c.number_folded >= $3 AND c.number_folded < $4) OR ({customers}))")
    };
    let limit = if words == 0 { 3 } else { 2 * words + 5 };
    format!(
        "{} WHERE c.type_id = $1 AND (c.ends_on IS NULL OR c.ends_on > $2){found} ORDER BY c.number_folded LIMIT ${limit}",
        contract_from!()
    )
}

/// The contracts of a type that last beyond a day, by number, at most so many; those whose number begins with `q`, or
/// whose customer has its words.
pub async fn of_type(
    tx: &mut Tx,
    contract_type: ContractTypeId,
    today: NaiveDate,
    q: &str,
    most: i64,
) -> Result<Vec<StoredContract>, StoreError> {
    let words = words(q);
    let read = query(of_type_sql(words.len())).bind(contract_type).bind(today);
    let read = if words.is_empty() {
        read
    } else {
        let all = std::iter::once(fold(q)).chain(words);
        read.bind_all(all.flat_map(|word| [word.clone(), format!("{word}\u{10ffff}")]))
    };
    read.bind(most).all(tx).await?.iter().map(stored).collect()
}

/// Notes that periods of a contract were billed: `billed.next` is the first that is not.
pub async fn advance(tx: &mut Tx, billed: &StoredContract) -> Result<(), StoreError> {
    let (due, to_do) = billed.next_days();
    let advance = query(ADVANCE_CONTRACT).bind(billed.contract.id).bind(i64::from(billed.next));
    advance.bind(due).bind(to_do).run(tx).await?;
    Ok(())
}

/// A contract in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ContractLine {
    /// The contract.
    pub id: ContractId,
    /// Its number.
    pub number: String,
    /// Whose it is.
    pub customer: CustomerRef,
    /// The name of its type.
    pub type_name: String,
    /// Its first day.
    pub start: NaiveDate,
    /// Its end.
    pub end: Option<NaiveDate>,
    /// When its next period becomes due.
    pub next_due: Option<NaiveDate>,
    /// Whether the billing run bills it without being asked.
    pub automatic: bool,
    /// Its account.
    pub account: Option<AccountId>,
    /// Who edited it last.
    pub edited_by: String,
}

/// Reads a contract of a list.
pub(crate) fn line(row: &Row) -> Result<ContractLine, StoreError> {
    Ok(ContractLine {
        id: row.parsed("id")?,
        number: row.get("number")?,
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        type_name: row.get::<Option<String>>("type_name")?.unwrap_or_default(),
        start: row.get("start_on")?,
        end: row.get("ends_on")?,
        next_due: row.get("next_due")?,
        automatic: row.get("automatic")?,
        account: row.maybe("account_id")?,
        edited_by: row.get("edited_by")?,
    })
}

/// A contract as a list names it.
pub async fn name(tx: &mut Tx, id: ContractId) -> Result<Option<ContractLine>, StoreError> {
    query(LINE).bind(id).first(tx).await?.as_ref().map(line).transpose()
}

pub(crate) fn names_sql(contracts: usize) -> String {
    format!("{} WHERE c.id IN ({})", line_from!(), in_list(1, contracts))
}

/// Contracts as lists name them, in no order.
pub async fn names(tx: &mut Tx, ids: &[ContractId]) -> Result<Vec<ContractLine>, StoreError> {
    let mut found = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(500) {
        for row in query(names_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push(line(&row)?);
        }
    }
    Ok(found)
}

/// The statement of the list, as things stand on that day.
pub(crate) fn listing(ask: &ContractQuery, today: NaiveDate) -> Listing {
    let list = Listing::new(line_from!());
    let list = match numbered_or_named("contracts", "c", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    let list = list.with_some("c.customer_id = ?", ask.customer).with_some("c.type_id = ?", ask.contract_type);
    // The end is kept beside the terms, so that this is `Contract::state`.
    let list = match ask.state {
        None => list,
        Some(ContractState::Active) => {
            list.with("COALESCE(c.ends_on, '9999-12-31') > ? AND c.cancelled_on IS NULL", [today.into()])
        }
        Some(ContractState::Cancelled) => {
            list.with("COALESCE(c.ends_on, '9999-12-31') > ? AND c.cancelled_on IS NOT NULL", [today.into()])
        }
        Some(ContractState::Ended) => list.with("COALESCE(c.ends_on, '9999-12-31') <= ?", [today.into()]),
    };
    let list = match ask.quota {
        None => list,
        // Said so that no planner takes it for something that finds few.
        Some(true) => list.with("COALESCE(c.account_id, '') <> ''", []),
        Some(false) => list.with("COALESCE(c.account_id, '') = ''", []),
    };
    let list = list.with_some("c.next_due <= ?", ask.due_until);
    // The end is the first day that no longer belongs to it.
    let ends = ask.ends_until.map(|last| last.succ_opt().unwrap_or(last));
    let list = list.with_some("COALESCE(c.ends_on, '9999-12-31') <= ?", ends);
    // What has no end or is due no more comes last both ways; by themselves the engines disagree.
    let columns: &[&str] = match (ask.sort, ask.desc) {
        (ContractSort::Number, _) => &["c.number_folded"],
        (ContractSort::Customer, _) => &["u.name_folded", "u.id", "c.number_folded"],
        (ContractSort::Start, _) => &["c.start_on", "c.id"],
        (ContractSort::End, false) => &["COALESCE(c.ends_on, '9999-12-31')", "c.id"],
        (ContractSort::End, true) => &["COALESCE(c.ends_on, '0001-01-01')", "c.id"],
        (ContractSort::Due, false) => &["COALESCE(c.next_due, '9999-12-31')", "c.id"],
        (ContractSort::Due, true) => &["COALESCE(c.next_due, '0001-01-01')", "c.id"],
    };
    list.by(columns, ask.desc)
}

/// A slice of the list, as things stand on that day.
pub async fn slice(
    tx: &mut Tx,
    ask: &ContractQuery,
    today: NaiveDate,
    slice: Slice,
) -> Result<Vec<ContractLine>, StoreError> {
    listing(ask, today).sliced(slice).rows(tx).await?.iter().map(line).collect()
}

/// A page of the list, as things stand on that day.
pub async fn list(tx: &mut Tx, ask: &ContractQuery, today: NaiveDate) -> Result<Page<ContractLine>, StoreError> {
    Ok(paged(ask, slice(tx, ask, today, Slice::page(ask)).await?))
}

/// All contracts of a customer, by number.
pub async fn of_customer(tx: &mut Tx, customer: CustomerId) -> Result<Vec<ContractLine>, StoreError> {
    query(OF_CUSTOMER).bind(customer).all(tx).await?.iter().map(line).collect()
}

/// Contracts whose to-do has appeared and that are not due yet, the oldest first.
pub async fn to_dos(tx: &mut Tx, today: NaiveDate, most: i64) -> Result<Vec<ContractLine>, StoreError> {
    query(TO_DOS).bind(today).bind(most).all(tx).await?.iter().map(line).collect()
}

/// Contracts that are due, the oldest first.
pub async fn due_lines(tx: &mut Tx, as_of: NaiveDate, most: i64) -> Result<Vec<ContractLine>, StoreError> {
    query(DUE_LINES).bind(as_of).bind(most).all(tx).await?.iter().map(line).collect()
}

/// A contract that is due, as a run sorts it into its pieces of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Due {
    /// The contract.
    pub id: ContractId,
    /// Whose it is.
    pub customer: CustomerId,
    /// Whether it shares an invoice.
    pub consolidated: bool,
    /// Whether the billing run bills it without being asked.
    pub automatic: bool,
}

/// All contracts that are due, the oldest first; of one customer if one is named.
pub async fn due(tx: &mut Tx, as_of: NaiveDate, customer: Option<CustomerId>) -> Result<Vec<Due>, StoreError> {
    let read = match customer {
        None => query(DUE_CONTRACTS).bind(as_of),
        Some(customer) => query(DUE_OF_CUSTOMER).bind(as_of).bind(customer),
    };
    let rows = read.all(tx).await?;
    let due = |row: &Row| {
        let (id, customer) = (row.parsed("id")?, row.parsed("customer_id")?);
        Ok(Due { id, customer, consolidated: row.get("consolidated")?, automatic: row.get("automatic")? })
    };
    rows.iter().map(due).collect()
}
