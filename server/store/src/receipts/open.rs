//! What is open. Read by an index that holds nothing else.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{DocumentId, documents::DocumentState, money::Currency};
use wire::{
    documents::DocumentRow,
    lists::{OpenItemKind, OpenItemQuery, OpenItemSort, OpenSum},
};

use crate::{
    StoreError, Tx,
    documents::{document_from, row_of},
    fold,
    listing::{Listing, Slice, numbered_or_named},
    sql::{in_list, query, statements},
};

/// What is open of a document, in the words of the index: the planner finds it only so.
macro_rules! open {
    () => {
        "(CASE WHEN d.state = 'issued' AND d.kind IN ('contract_invoice', 'invoice', 'balancing')
            THEN d.gross - d.received WHEN d.state = 'cancelled' THEN -d.received ELSE 0 END)"
    };
}

statements! {
    ALL_OPEN = concat!(document_from!(), " WHERE ", open!(), " <> 0 ORDER BY d.due_on DESC, d.id DESC LIMIT $1");
}

fn filtered(from: &str, ask: &OpenItemQuery, today: NaiveDate) -> Listing {
    let list = Listing::new(from).with(concat!(open!(), " <> 0"), []);
    let list = match numbered_or_named("documents", "d", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    let list = list.with_some("d.customer_id = ?", ask.customer);
    match ask.kind {
        Some(OpenItemKind::Overdue) => list.with(concat!("d.due_on < ? AND ", open!(), " > 0"), [today.into()]),
        Some(OpenItemKind::Credit) => list.with(concat!(open!(), " < 0"), []),
        None => list,
    }
}

/// The statement of the list.
pub(crate) fn open_listing(ask: &OpenItemQuery, today: NaiveDate) -> Listing {
    let list = filtered(document_from!(), ask, today);
    match ask.sort {
        OpenItemSort::Due => list.by(&["d.due_on", "d.id"], ask.desc),
        OpenItemSort::Open => list.by(&[open!(), "d.due_on", "d.id"], ask.desc),
        OpenItemSort::Customer => list.by(&["u.name_folded", "u.id", "d.due_on", "d.id"], ask.desc),
    }
}

/// The statement of the sums.
pub(crate) fn open_sums_listing(ask: &OpenItemQuery, today: NaiveDate) -> Listing {
    let from = concat!(
        "SELECT d.currency, d.due_on, CAST(SUM(",
        open!(),
        ") AS BIGINT) AS open, CAST(COUNT(*) AS BIGINT) AS found, CASE WHEN ",
        open!(),
        " < 0 THEN TRUE ELSE FALSE END AS credit FROM documents d"
    );
    filtered(from, ask, today).then(concat!(
        " GROUP BY d.currency, d.due_on, CASE WHEN ",
        open!(),
        " < 0 THEN TRUE ELSE FALSE END ORDER BY d.currency"
    ))
}

/// The open items of a slice of the list.
pub async fn open_slice(
    tx: &mut Tx,
    ask: &OpenItemQuery,
    today: NaiveDate,
    slice: Slice,
) -> Result<Vec<DocumentRow>, StoreError> {
    open_listing(ask, today).sliced(slice).rows(tx).await?.iter().map(row_of).collect()
}

/// The sums of all open items that the list finds, for each currency.
pub async fn open_sums(tx: &mut Tx, ask: &OpenItemQuery, today: NaiveDate) -> Result<Vec<OpenSum>, StoreError> {
    let mut sums = Vec::<OpenSum>::new();
    for row in open_sums_listing(ask, today).rows(tx).await? {
        let currency = row.named("currency", Currency::from_code)?;
        let (open, found, credit) = (row.get::<i64>("open")?, row.count::<u64>("found")?, row.get::<bool>("credit")?);
        let late = row.get::<NaiveDate>("due_on")? < today;
        if sums.last().is_none_or(|last| last.currency != currency) {
            sums.push(OpenSum { currency, open: 0, overdue: 0, credit: 0, rows: 0, overdue_rows: 0 });
        }
        let Some(sum) = sums.last_mut() else { continue };
        sum.rows += found;
        if credit {
            sum.credit = sum.credit.saturating_sub(open);
        } else {
            sum.open = sum.open.saturating_add(open);
            if late {
                sum.overdue = sum.overdue.saturating_add(open);
                sum.overdue_rows += found;
            }
        }
    }
    Ok(sums)
}

/// The issued invoices of which something is open, at most so many, those that are due last first.
pub async fn all_open(tx: &mut Tx, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    let rows = query(ALL_OPEN).bind(most).all(tx).await?;
    let rows = rows.iter().map(row_of).collect::<Result<Vec<DocumentRow>, StoreError>>()?;
    let owed = |row: &DocumentRow| row.state == DocumentState::Issued && row.invoice().open() > 0;
    Ok(rows.into_iter().filter(owed).collect())
}

pub(crate) fn rows_sql(documents: usize) -> String {
    format!(concat!(document_from!(), " WHERE d.id IN ({}) ORDER BY d.id"), in_list(1, documents))
}

/// These documents.
pub(super) async fn rows(tx: &mut Tx, ids: &[DocumentId]) -> Result<Vec<DocumentRow>, StoreError> {
    query(rows_sql(ids.len())).bind_all(ids.iter().copied()).all(tx).await?.iter().map(row_of).collect()
}

pub(crate) fn of_numbers_sql(numbers: usize) -> String {
    format!(concat!(document_from!(), " WHERE d.number_folded IN ({})"), in_list(1, numbers))
}

/// The documents with these numbers, by what is looked for under the number.
pub async fn of_numbers(tx: &mut Tx, numbers: &[String]) -> Result<HashMap<String, DocumentRow>, StoreError> {
    let folded: Vec<String> = numbers.iter().map(|number| fold(number)).collect();
    let mut found = HashMap::new();
    for chunk in folded.chunks(500) {
        for row in query(of_numbers_sql(chunk.len())).bind_all(chunk.iter().map(String::as_str)).all(tx).await? {
            let row = row_of(&row)?;
            found.insert(fold(row.number.as_deref().unwrap_or_default()), row);
        }
    }
    Ok(found)
}
