//! Lists over the whole company: to-dos, open deficits, and the lots of which something can lapse.
//!
//! *Invariants.* They are read from the state beside the ledger, by indexes that hold nothing else. What lapses is not
//! decided here: these are the lots that can lapse, and the domain says how much and when.

use chrono::{Days, NaiveDate};
use domain::{
    AccountId, ContractId,
    quota::{Amount, LotState, Unit},
};
use wire::{
    accounts::unit_from_name,
    contracts::CustomerRef,
    documents::DocumentRef,
    lists::{DeficitQuery, DeficitRow, DeficitSort, ToDoQuery, ToDoSort, ToDoTime, UnitKind, UnitSum},
};

use crate::{
    StoreError, Tx,
    accounts::lot_state,
    bookings,
    contracts::{ContractLine, line, line_from},
    listing::{Listing, Slice, numbered_or_named, of_contracts_numbered, of_customers_named},
    sql::{Row, Value},
};

/// No to-do appears earlier than that many days before it is due.
const MOST_LEAD: u64 = 3_650;

/// The to-dos: what is due, or within its lead days.
pub(crate) fn to_dos_listing(ask: &ToDoQuery, today: NaiveDate) -> Listing {
    let list = Listing::new(line_from!());
    let list = match ask.time {
        Some(ToDoTime::Overdue) => list.with("c.next_due <= ?", [today.into()]),
        Some(ToDoTime::Soon) => list.with("c.to_do_on <= ? AND c.next_due > ?", [today.into(), today.into()]),
        // Read in the order in which they become due, up to the longest lead.
        None => {
            let latest = today.checked_add_days(Days::new(MOST_LEAD)).unwrap_or(NaiveDate::MAX);
            let values = [latest.into(), today.into(), today.into()];
            list.with("c.next_due <= ? AND (c.next_due <= ? OR c.to_do_on <= ?)", values)
        }
    };
    let list = match numbered_or_named("contracts", "c", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    let list = list.with_some("c.edited_by = ?", (!ask.whose.is_empty()).then_some(ask.whose.as_str()));
    let list = list.with_some("c.automatic = ?", ask.automatic);
    match ask.sort {
        ToDoSort::Due => list.by(&["c.next_due", "c.id"], ask.desc),
        ToDoSort::Customer => list.by(&["u.name_folded", "u.id", "c.next_due", "c.id"], ask.desc),
        ToDoSort::Number => list.by(&["c.number_folded"], ask.desc),
    }
}

/// The to-dos of a slice of the list.
pub async fn to_dos(
    tx: &mut Tx,
    ask: &ToDoQuery,
    today: NaiveDate,
    slice: Slice,
) -> Result<Vec<ContractLine>, StoreError> {
    to_dos_listing(ask, today).sliced(slice).rows(tx).await?.iter().map(line).collect()
}

/// The account of a row with its customer and contract.
macro_rules! account_of {
    () => {
        "a.unit, a.name AS account_name, a.customer_id, u.number AS customer_number, u.name AS customer_name,
            c.id AS contract_id, c.number AS contract_number"
    };
}

macro_rules! accounts_from {
    () => {
        "JOIN customers u ON u.id = a.customer_id LEFT JOIN contracts c ON c.account_id = a.id"
    };
}

/// Whose the account of a row is, and what grants to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Owner {
    /// The customer.
    pub customer: CustomerRef,
    /// The account with its name.
    pub account: (AccountId, String),
    /// What it counts.
    pub unit: Unit,
    /// The contract with its number.
    pub contract: Option<(ContractId, String)>,
}

fn unit(row: &Row) -> Result<Unit, StoreError> {
    row.named("unit", unit_from_name)
}

fn owner(row: &Row) -> Result<Owner, StoreError> {
    let contract: Option<ContractId> = row.maybe("contract_id")?;
    Ok(Owner {
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        account: (row.parsed("account_id")?, row.get("account_name")?),
        unit: unit(row)?,
        contract: contract.zip(row.get("contract_number")?),
    })
}

/// The filters of the open deficits.
fn open_deficits(from: &str, ask: &DeficitQuery) -> Listing {
    let list = Listing::new(from).with("s.deficit > 0", []);
    let list = list.with_some("s.date >= ?", ask.from).with_some("s.date <= ?", ask.until);
    let list = match ask.unit {
        None => list,
        Some(UnitKind::Time) => list.with("a.unit = 'time'", []),
        Some(UnitKind::Money) => list.with("a.unit <> 'time'", []),
    };
    let list = match of_contracts_numbered("s.account_id", &ask.contract) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    match of_customers_named("a.customer_id", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    }
}

/// The open deficits.
pub(crate) fn deficits_listing(ask: &DeficitQuery) -> Listing {
    let from = concat!(
        "SELECT s.draw_id, s.account_id, s.date, s.deficit, d.id AS document_id, d.kind, d.number, ",
        account_of!(),
        " FROM draw_state s JOIN accounts a ON a.id = s.account_id ",
        accounts_from!(),
        " LEFT JOIN document_lines l ON l.draw_id = s.draw_id LEFT JOIN documents d ON d.id = l.document_id"
    );
    let list = open_deficits(from, ask);
    match ask.sort {
        DeficitSort::Date => list.by(&["s.date", "s.draw_id"], ask.desc),
        DeficitSort::Customer => list.by(&["u.name_folded", "u.id", "s.date", "s.draw_id"], ask.desc),
        // Amounts of different units cannot be compared.
        DeficitSort::Amount => {
            let unit = "CASE WHEN a.unit = 'time' THEN '' ELSE a.unit END";
            list.by(&[unit, "s.deficit", "s.date", "s.draw_id"], ask.desc)
        }
    }
}

/// The sums of the open deficits.
pub(crate) fn deficit_sums_listing(ask: &DeficitQuery) -> Listing {
    let from = "SELECT a.unit, CAST(SUM(s.deficit) AS BIGINT) AS amount, CAST(COUNT(*) AS BIGINT) AS found
        FROM draw_state s JOIN accounts a ON a.id = s.account_id";
    open_deficits(from, ask).then(" GROUP BY a.unit ORDER BY a.unit DESC")
}

/// The open deficits of a slice of the list.
pub async fn deficits(tx: &mut Tx, ask: &DeficitQuery, slice: Slice) -> Result<Vec<DeficitRow>, StoreError> {
    let rows = deficits_listing(ask).sliced(slice).rows(tx).await?;
    let deficit = |row: &Row| {
        let Owner { customer, account, unit, contract } = owner(row)?;
        let document = match row.maybe("document_id")? {
            None => None,
            Some(id) => {
                let kind = row.named("kind", domain::documents::DocumentKind::from_name)?;
                Some(DocumentRef { id, kind, number: row.get("number")? })
            }
        };
        let (draw, date, amount) = (row.parsed("draw_id")?, row.get("date")?, Amount::new(row.get("deficit")?));
        Ok(DeficitRow { draw, date, customer, account, unit, contract, document, booking: None, amount })
    };
    let mut found: Vec<DeficitRow> = rows.iter().map(deficit).collect::<Result<_, StoreError>>()?;
    let others = found.iter().filter(|row| row.document.is_none()).map(|row| row.draw);
    let mut booked = bookings::of_draws(tx, &others.collect::<Vec<_>>()).await?;
    for row in &mut found {
        row.booking = booked.remove(&row.draw);
    }
    Ok(found)
}

/// The sums of all open deficits that the list finds, for each unit.
pub async fn deficit_sums(tx: &mut Tx, ask: &DeficitQuery) -> Result<Vec<UnitSum>, StoreError> {
    let rows = deficit_sums_listing(ask).rows(tx).await?;
    let sum = |row: &Row| {
        Ok(UnitSum { unit: unit(row)?, amount: Amount::new(row.get("amount")?), rows: row.count("found")? })
    };
    rows.iter().map(sum).collect()
}

/// The lots of which something can lapse from one day to another, that day not included: those that have something left
/// and whose own period, validity or account ends within these days.
pub(crate) fn lapsing_listing(q: &str, from: NaiveDate, until: NaiveDate, most: i64) -> Listing {
    let head = concat!(
        "SELECT ",
        "s.lot_id, s.account_id, s.seq, s.granted, s.drawn, s.usable_from, s.usable_until, s.carried_from, s.cap,
            s.drawn_carried, s.revoked, s.origin, a.ends_on, ",
        account_of!(),
        " FROM lot_state s JOIN accounts a ON a.id = s.account_id ",
        accounts_from!()
    );
    let candidates = "s.lot_id IN (SELECT lot_id FROM lot_state
                WHERE usable_until >= ? AND usable_until < ? AND drawn < granted AND NOT revoked
            UNION SELECT lot_id FROM lot_state
                WHERE carried_from >= ? AND carried_from < ? AND drawn < granted AND NOT revoked AND cap IS NOT NULL
            UNION SELECT x.lot_id FROM lot_state x
                WHERE x.usable_from >= ? AND x.usable_from < ? AND x.drawn < x.granted AND NOT x.revoked
                    AND EXISTS (SELECT 1 FROM accounts e WHERE e.id = x.account_id AND e.ends_on <= x.usable_from)
            UNION SELECT x.lot_id FROM accounts e JOIN lot_state x ON x.account_id = e.id
                WHERE e.ends_on >= ? AND e.ends_on < ? AND x.drawn < x.granted AND NOT x.revoked)";
    let days: [Value; 2] = [from.into(), until.into()];
    let values = days.iter().cycle().take(8).cloned();
    let list = Listing::new(head).with(candidates, values.collect::<Vec<_>>());
    let list = match of_customers_named("a.customer_id", q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    list.sliced(Slice { offset: 0, most })
}

/// The lots of which something can lapse from one day to another, that day not included, in no particular order.
pub async fn lapsing(
    tx: &mut Tx,
    q: &str,
    (from, until): (NaiveDate, NaiveDate),
    most: i64,
) -> Result<Vec<(LotState, Owner)>, StoreError> {
    let rows = lapsing_listing(q, from, until, most).rows(tx).await?;
    rows.iter().map(|row| Ok((lot_state(row, row.get("ends_on")?)?, owner(row)?))).collect()
}
