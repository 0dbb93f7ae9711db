//! Documents and their lines: reading them.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ContractId, CustomerId, DateRange, DocumentId, DrawId, Money, RunId,
    contracts::{DatedDocument, Delivery},
    documents::{DocumentKind, DocumentState, Line, LineUnit, Totals},
    money::Currency,
    receipts::Reminded,
};
use wire::{
    Page,
    billing::RunSum,
    contracts::CustomerRef,
    customers::CustomerCard,
    documents::{
        BalancedDeficit, ClearedLine, DocumentLine, DocumentPage, DocumentQuery, DocumentRef, DocumentRow, DocumentSort,
    },
};

use crate::{
    StoreError, Tx, balancing, bookings, fees, fold,
    listing::{Listing, Slice, numbered_or_named, paged},
    project_invoices,
    sql::{Row, in_list, query, statements},
};

mod write;

pub(crate) use write::STATEMENTS as WRITING;
pub use write::{
    KeptLine, NewCleared, NewDocument, NewLine, add, cancel, change, delete, elsewhere, issue, kept_lines,
};
#[cfg(feature = "testing")]
pub(crate) use write::{contract_numbers_sql, elsewhere_sql};

macro_rules! document_from {
    () => {
        "SELECT d.id, d.version, d.kind, d.state, d.number, d.customer_id, u.number AS customer_number,
            u.name AS customer_name, d.currency, d.date, d.due_on, d.payment_days, d.delivery, d.net, d.vat, d.gross,
            d.received, d.reminders, d.reminded_on, d.recipient, d.run_id, d.created_at, d.created_by, d.issued_at, d.issued_by, d.cancels, d.reason
            FROM documents d JOIN customers u ON u.id = d.customer_id"
    };
}
pub(crate) use document_from;

statements! {
    DOCUMENT = concat!(document_from!(), " WHERE d.id = $1");
    LOCK_DOCUMENT = "SELECT id FROM documents WHERE id = $1";
    LINES = "SELECT l.article_id, l.group_id, l.sub_group_id, l.text, l.quantity, l.unit, l.price, l.discount, l.vat_rate,
            l.total, l.contract_id, COALESCE(l.contract_number, c.number) AS contract_number, l.service_from,
            l.service_until, l.line_id, l.clears, l.clearing, l.item, n.document_id AS note_id, d.number AS note_number
        FROM document_lines l LEFT JOIN contracts c ON c.id = l.contract_id
            LEFT JOIN document_lines n ON n.line_id = l.note_line LEFT JOIN documents d ON d.id = n.document_id
        WHERE l.document_id = $1 ORDER BY l.place";
    INVOICE_OF = "SELECT d.id, d.number FROM document_lines n JOIN document_lines l ON l.note_line = n.line_id
            JOIN documents d ON d.id = l.document_id WHERE n.document_id = $1 AND NOT l.undone ORDER BY n.place LIMIT 1";
    CANCELLATION_OF = "SELECT id, number, reason FROM documents WHERE cancels = $1";
    STANDING_OF_RUN = concat!(document_from!(), " WHERE d.run_id = $1 AND d.state <> 'cancelled'
        ORDER BY LENGTH(COALESCE(d.number_folded, '')), COALESCE(d.number_folded, ''), d.id");
    STANDING_PAGE_OF_RUN = concat!(document_from!(), " WHERE d.run_id = $1 AND d.state <> 'cancelled'
        ORDER BY LENGTH(COALESCE(d.number_folded, '')), COALESCE(d.number_folded, ''), d.id LIMIT $2 OFFSET $3");
    SUMS_OF_RUN = "SELECT currency, CAST(COUNT(*) AS BIGINT) AS documents, CAST(SUM(net) AS BIGINT) AS net,
            CAST(SUM(gross) AS BIGINT) AS gross
        FROM documents WHERE run_id = $1 AND state <> 'cancelled' GROUP BY currency ORDER BY currency";
    CANCELLED_OF_RUN_SINCE = concat!(document_from!(), " JOIN documents s ON s.cancels = d.id
        WHERE d.run_id = $1 AND s.issued_at > $2 ORDER BY d.id LIMIT 100");
    ANY_OF_RUN = "SELECT id FROM documents WHERE run_id = $1 AND state <> 'cancelled' LIMIT 1";
    DRAFTS = concat!(document_from!(), " WHERE d.state = 'draft' ORDER BY d.date DESC, d.id DESC LIMIT $1 OFFSET $2");
    DOCUMENTS_NUMBERED = concat!(document_from!(), " WHERE d.number_folded >= $1 AND d.number_folded < $2
        ORDER BY d.number_folded DESC LIMIT $3");
    DOCUMENTS_NAMING = "SELECT d.id, d.kind, d.state, d.number, d.date FROM documents d
        WHERE d.customer_id = $1 AND d.date >= $2 AND d.state <> 'cancelled'
            AND EXISTS (SELECT 1 FROM document_lines l WHERE l.document_id = d.id AND l.contract_id = $3)
        ORDER BY d.date, d.id";
    DOCUMENTS_OF_CONTRACT = concat!(document_from!(), " WHERE d.id IN (SELECT document_id FROM claims WHERE contract_id = $1
            UNION SELECT document_id FROM document_lots WHERE contract_id = $1)
        ORDER BY d.date DESC, d.id DESC LIMIT $2");
}

fn currency(row: &Row) -> Result<Currency, StoreError> {
    let code: String = row.get("currency")?;
    Currency::from_code(&code).ok_or(StoreError::Unreadable { what: "currency", value: code })
}

pub(crate) fn row_of(row: &Row) -> Result<DocumentRow, StoreError> {
    let currency = currency(row)?;
    let money = |column| row.get(column).map(|minor| Money { minor, currency });
    Ok(DocumentRow {
        id: row.parsed("id")?,
        kind: row.named("kind", DocumentKind::from_name)?,
        state: row.named("state", DocumentState::from_name)?,
        number: row.get("number")?,
        customer: CustomerRef {
            id: row.parsed("customer_id")?,
            number: row.get("customer_number")?,
            name: row.get("customer_name")?,
        },
        date: row.get("date")?,
        due_on: row.get("due_on")?,
        net: money("net")?,
        gross: money("gross")?,
        received: row.get("received")?,
        reminded: Reminded { times: row.count("reminders")?, last: row.get("reminded_on")? },
    })
}

/// A stored document without its lines.
#[derive(Debug, Clone)]
pub struct StoredDocument {
    /// What lists show of it.
    pub row: DocumentRow,
    /// Grows with each change.
    pub version: i64,
    /// Within how many days it is to be paid.
    pub payment_days: u32,
}

fn stored(row: &Row) -> Result<StoredDocument, StoreError> {
    Ok(StoredDocument { row: row_of(row)?, version: row.get("version")?, payment_days: row.count("payment_days")? })
}

/// A document, locked until the transaction ends.
pub async fn lock(tx: &mut Tx, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
    // Locked together with its customer, it would wait for everybody who writes a document for the same customer, and
    // they for it.
    query(LOCK_DOCUMENT).bind(id).for_update(tx).run(tx).await?;
    with_version(tx, id).await
}

/// A document without its lines.
pub async fn with_version(tx: &mut Tx, id: DocumentId) -> Result<Option<StoredDocument>, StoreError> {
    query(DOCUMENT).bind(id).first(tx).await?.as_ref().map(stored).transpose()
}

/// The page of a document. `recipient` of a draft is empty. Its lines name their contracts by the numbers that these had
/// when it was issued; those of a draft by the present ones.
pub async fn get(tx: &mut Tx, id: DocumentId) -> Result<Option<DocumentPage>, StoreError> {
    let Some(row) = query(DOCUMENT).bind(id).first(tx).await? else { return Ok(None) };
    let lines = query(LINES).bind(id).all(tx).await?;
    let lines = lines.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let items =
        lines.iter().filter_map(|line| line.cleared.as_ref().map(|cleared| (line.line.vat, cleared.clearing.item)));
    let totals = Totals::of(lines.iter().map(|line| (line.line.vat, line.total)).chain(items));
    let unreadable = || StoreError::Unreadable { what: "totals", value: id.to_string() };
    let issued: Option<DateTime<Utc>> = row.get("issued_at")?;
    let issued_by: Option<String> = row.get("issued_by")?;
    let empty = row.get::<String>("recipient")?.is_empty();
    let own = row_of(&row)?;
    let cancels = match row.maybe::<DocumentId>("cancels")? {
        None => None,
        Some(original) => Some((original, numbers(tx, &[original]).await?.remove(&original).flatten())),
    };
    let cancelled_by = match own.state {
        DocumentState::Cancelled => cancellation_of(tx, id).await?.map(|found| (found.id, found.number)),
        DocumentState::Draft | DocumentState::Issued => None,
    };
    let billed = own.kind == DocumentKind::ContractInvoice;
    let project = if billed { fees::project_of(tx, id).await? } else { None };
    let balanced = if own.kind == DocumentKind::Balancing { balanced(tx, id).await? } else { Vec::new() };
    let invoiced = if own.kind == DocumentKind::Invoice { project_invoices::shown(tx, id).await? } else { None };
    Ok(Some(DocumentPage {
        row: own,
        version: row.get("version")?,
        delivery: row.named("delivery", Delivery::from_name)?,
        payment_days: row.count("payment_days")?,
        recipient: if empty { CustomerCard::default() } else { row.json("recipient")? },
        lines,
        totals: totals.ok_or_else(unreadable)?,
        run: row.maybe("run_id")?,
        project,
        created: (row.get::<DateTime<Utc>>("created_at")?.fixed_offset(), row.get("created_by")?),
        issued: issued.map(|at| at.fixed_offset()).zip(issued_by),
        invoice: invoice_of(tx, id).await?,
        cancels,
        cancelled_by,
        balanced,
        invoiced,
        reason: row.get("reason")?,
    }))
}

/// The deficits that a balancing invoice bills, with the documents or bookings whose draws they are.
async fn balanced(tx: &mut Tx, id: DocumentId) -> Result<Vec<BalancedDeficit>, StoreError> {
    let Some(of) = balancing::lot_of(tx, id).await? else { return Ok(Vec::new()) };
    let billed = balancing::deficits_of(tx, id).await?;
    let draws: Vec<DrawId> = billed.iter().map(|billed| billed.part.draw).collect();
    let mut named = of_draws(tx, &draws).await?;
    let mut booked = bookings::of_draws(tx, &draws).await?;
    let deficit = |billed: balancing::BilledDeficit| BalancedDeficit {
        place: billed.place,
        account: of.account,
        unit: of.unit,
        draw: billed.part.draw,
        date: billed.date,
        amount: billed.part.amount,
        document: named.remove(&billed.part.draw),
        booking: booked.remove(&billed.part.draw),
    };
    Ok(billed.into_iter().map(deficit).collect())
}

fn line(row: &Row) -> Result<DocumentLine, StoreError> {
    let contract: Option<ContractId> = row.maybe("contract_id")?;
    let number: Option<String> = row.get("contract_number")?;
    let from: Option<NaiveDate> = row.get("service_from")?;
    let until: Option<NaiveDate> = row.get("service_until")?;
    Ok(DocumentLine {
        line: Line {
            article: row.maybe("article_id")?,
            group: row.maybe("group_id")?,
            sub_group: row.maybe("sub_group_id")?,
            text: row.get("text")?,
            quantity: row.parsed("quantity")?,
            unit: row.named("unit", LineUnit::from_name)?,
            price: row.parsed("price")?,
            discount: row.parsed("discount")?,
            vat: row.parsed("vat_rate")?,
        },
        total: row.get("total")?,
        contract: contract.zip(number),
        service: from.map(|from| DateRange { from, until }),
        cleared: cleared(row)?,
    })
}

fn cleared(row: &Row) -> Result<Option<ClearedLine>, StoreError> {
    let Some(id) = row.maybe("line_id")? else { return Ok(None) };
    let note: Option<DocumentId> = row.maybe("note_id")?;
    let number: Option<String> = row.get("note_number")?;
    Ok(Some(ClearedLine {
        id,
        clears: row.get("clears")?,
        clearing: row.json("clearing")?,
        note: note.map(|note| (note, number.unwrap_or_default())),
    }))
}

pub(crate) fn of_draws_sql(draws: usize) -> String {
    format!(
        "SELECT l.draw_id, d.id, d.kind, d.number FROM document_lines l JOIN documents d ON d.id = l.document_id
            WHERE l.draw_id IN ({})",
        in_list(1, draws)
    )
}

/// The documents whose lines made these draws.
pub async fn of_draws(tx: &mut Tx, draws: &[DrawId]) -> Result<HashMap<DrawId, DocumentRef>, StoreError> {
    let mut found = HashMap::new();
    for chunk in draws.chunks(1000) {
        for row in query(of_draws_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let (id, number) = (row.parsed("id")?, row.get("number")?);
            let kind = row.named("kind", DocumentKind::from_name)?;
            found.insert(row.parsed("draw_id")?, DocumentRef { id, kind, number });
        }
    }
    Ok(found)
}

/// A cancellation as the document that it cancels knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCancellation {
    /// Its id.
    pub id: DocumentId,
    /// Its number.
    pub number: Option<String>,
    /// Why.
    pub reason: String,
}

/// The cancellation of a document.
pub async fn cancellation_of(tx: &mut Tx, document: DocumentId) -> Result<Option<StoredCancellation>, StoreError> {
    let row = query(CANCELLATION_OF).bind(document).first(tx).await?;
    let found = |row: Row| {
        Ok(StoredCancellation { id: row.parsed("id")?, number: row.get("number")?, reason: row.get("reason")? })
    };
    row.map(found).transpose()
}

/// The documents of a run that were not cancelled: the drafts, then the others in the order of their numbers.
pub async fn standing_of_run(tx: &mut Tx, run: RunId) -> Result<Vec<StoredDocument>, StoreError> {
    query(STANDING_OF_RUN).bind(run).all(tx).await?.iter().map(stored).collect()
}

/// So many of them after the first `offset`, in the same order.
pub async fn standing_page_of_run(
    tx: &mut Tx,
    run: RunId,
    most: i64,
    offset: i64,
) -> Result<Vec<StoredDocument>, StoreError> {
    query(STANDING_PAGE_OF_RUN).bind(run).bind(most).bind(offset).all(tx).await?.iter().map(stored).collect()
}

/// How many of them there are, and what they come to.
pub async fn sums_of_run(tx: &mut Tx, run: RunId) -> Result<(u64, Vec<RunSum>), StoreError> {
    let (mut count, mut sums) = (0, Vec::new());
    for row in query(SUMS_OF_RUN).bind(run).all(tx).await? {
        count += row.count::<u64>("documents")?;
        sums.push(RunSum { currency: currency(&row)?, net: row.get("net")?, gross: row.get("gross")? });
    }
    Ok((count, sums))
}

/// The documents of a run that were cancelled after that instant, the first hundred.
pub async fn cancelled_of_run_since(
    tx: &mut Tx,
    run: RunId,
    since: DateTime<Utc>,
) -> Result<Vec<StoredDocument>, StoreError> {
    query(CANCELLED_OF_RUN_SINCE).bind(run).bind(since).all(tx).await?.iter().map(stored).collect()
}

/// Whether a run has any of them.
pub async fn any_of_run(tx: &mut Tx, run: RunId) -> Result<bool, StoreError> {
    Ok(query(ANY_OF_RUN).bind(run).first(tx).await?.is_some())
}

pub(crate) fn invoices_of_sql(notes: usize) -> String {
    format!(
        "SELECT DISTINCT n.document_id AS note, d.id, d.number FROM document_lines n
            JOIN document_lines l ON l.note_line = n.line_id JOIN documents d ON d.id = l.document_id
            WHERE n.document_id IN ({}) AND NOT l.undone",
        in_list(1, notes)
    )
}

/// The standing invoices into which these delivery notes went, with their numbers.
pub async fn invoices_of(
    tx: &mut Tx,
    notes: &[DocumentId],
) -> Result<HashMap<DocumentId, (DocumentId, Option<String>)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in notes.chunks(500) {
        for row in query(invoices_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("note")?, (row.parsed("id")?, row.get("number")?));
        }
    }
    Ok(found)
}

/// The standing invoice into which a delivery note went, with its number.
pub async fn invoice_of(tx: &mut Tx, note: DocumentId) -> Result<Option<(DocumentId, Option<String>)>, StoreError> {
    let row = query(INVOICE_OF).bind(note).first(tx).await?;
    row.map(|row| Ok((row.parsed("id")?, row.get("number")?))).transpose()
}

pub(crate) fn taken_sql(numbers: usize) -> String {
    format!("SELECT number_folded FROM documents WHERE number_folded IN ({})", in_list(1, numbers))
}

/// Which of these numbers documents have, folded.
pub async fn taken(tx: &mut Tx, numbers: &[String]) -> Result<HashSet<String>, StoreError> {
    let mut found = HashSet::new();
    for chunk in numbers.chunks(500) {
        let read = query(taken_sql(chunk.len())).bind_all(chunk.iter().map(|number| fold(number)));
        for row in read.all(tx).await? {
            found.insert(row.get("number_folded")?);
        }
    }
    Ok(found)
}

pub(crate) fn numbers_sql(documents: usize) -> String {
    format!("SELECT id, number FROM documents WHERE id IN ({})", in_list(1, documents))
}

/// The numbers of documents; none of drafts.
pub async fn numbers(tx: &mut Tx, ids: &[DocumentId]) -> Result<HashMap<DocumentId, Option<String>>, StoreError> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = query(numbers_sql(ids.len())).bind_all(ids.iter().copied()).all(tx).await?;
    rows.iter().map(|row| Ok((row.parsed("id")?, row.get("number")?))).collect()
}

/// The statement of the list.
pub(crate) fn listing(ask: &DocumentQuery) -> Listing {
    let list = Listing::new(document_from!());
    let list = match numbered_or_named("documents", "d", &ask.q) {
        Some((condition, values)) => list.with(&condition, values),
        None => list,
    };
    let list = list.with_some("d.customer_id = ?", ask.customer);
    // Said in the text, so that the index that holds nothing else serves it. They are our own words.
    let list = match ask.kind {
        Some(kind) => list.with(&format!("d.kind = '{}'", kind.name()), []),
        None => list,
    };
    let list = match ask.state {
        Some(state) => list.with(&format!("d.state = '{}'", state.name()), []),
        None => list,
    };
    let list = match ask.delivery {
        Some(delivery) => list.with(&format!("d.delivery = '{}'", delivery.name()), []),
        None => list,
    };
    let list = list.with_some("d.date >= ?", ask.from).with_some("d.date <= ?", ask.until);
    let list = if ask.open {
        list.with(
            "d.kind = 'delivery_note' AND d.state = 'issued' AND NOT EXISTS (SELECT 1 FROM document_lines n
                JOIN document_lines l ON l.note_line = n.line_id WHERE n.document_id = d.id AND NOT l.undone)",
            [],
        )
    } else {
        list
    };
    match ask.sort {
        DocumentSort::Date => list.by(&["d.date", "d.id"], !ask.desc),
        DocumentSort::Number => list.by(&["COALESCE(d.number_folded, '')", "d.id"], !ask.desc),
        DocumentSort::Customer => list.by(&["u.name_folded", "u.id", "d.date", "d.id"], ask.desc),
    }
}

/// A slice of the list.
pub async fn slice(tx: &mut Tx, ask: &DocumentQuery, slice: Slice) -> Result<Vec<DocumentRow>, StoreError> {
    listing(ask).sliced(slice).rows(tx).await?.iter().map(row_of).collect()
}

/// A page of the list.
pub async fn list(tx: &mut Tx, ask: &DocumentQuery) -> Result<Page<DocumentRow>, StoreError> {
    Ok(paged(ask, slice(tx, ask, Slice::page(ask)).await?))
}

/// Documents whose number begins so, the largest number first.
pub async fn numbered(tx: &mut Tx, number: &str, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    let number = fold(number);
    if number.is_empty() {
        return Ok(Vec::new());
    }
    let read = query(DOCUMENTS_NUMBERED).bind(&number).bind(format!("{number}\u{10ffff}")).bind(most);
    read.all(tx).await?.iter().map(row_of).collect()
}

/// The drafts, the latest first.
pub async fn drafts(tx: &mut Tx, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    query(DRAFTS).bind(most).bind(0).all(tx).await?.iter().map(row_of).collect()
}

/// The standing delivery notes and invoices of a contract's customer from a day on that name the contract, by date.
pub async fn naming(
    tx: &mut Tx,
    (customer, contract): (CustomerId, ContractId),
    from: NaiveDate,
) -> Result<Vec<DatedDocument>, StoreError> {
    let rows = query(DOCUMENTS_NAMING).bind(customer).bind(from).bind(contract).all(tx).await?;
    let dated = |row: &Row| {
        Ok(DatedDocument {
            document: row.parsed("id")?,
            kind: row.named("kind", DocumentKind::from_name)?,
            state: row.named("state", DocumentState::from_name)?,
            number: row.get("number")?,
            date: row.get("date")?,
        })
    };
    // By its kind the planner would look among the documents of everybody.
    let found = rows.iter().map(dated).collect::<Result<Vec<_>, StoreError>>()?;
    Ok(found.into_iter().filter(|document| document.kind.clears()).collect())
}

/// The invoices that bill a contract, the latest first.
pub async fn of_contract(tx: &mut Tx, contract: ContractId, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    query(DOCUMENTS_OF_CONTRACT).bind(contract).bind(most).all(tx).await?.iter().map(row_of).collect()
}
