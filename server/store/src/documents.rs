//! Documents and their lines.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ContractId, CustomerId, DateRange, DocumentId, Money, RunId,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState, Line, LineUnit, Totals},
    money::Currency,
};
use wire::{
    Page,
    contracts::CustomerRef,
    customers::CustomerCard,
    documents::{DOCUMENTS_PER_PAGE, DocumentLine, DocumentPage, DocumentQuery, DocumentRow},
};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, Value, in_list, insert_rows, query, statements},
};

macro_rules! document_from {
    () => {
        "SELECT d.id, d.version, d.kind, d.state, d.number, d.customer_id, u.number AS customer_number,
            u.name AS customer_name, d.currency, d.date, d.due_on, d.payment_days, d.delivery, d.net, d.vat, d.gross,
            d.recipient, d.run_id, d.created_at, d.created_by, d.issued_at, d.issued_by
            FROM documents d JOIN customers u ON u.id = d.customer_id"
    };
}

statements! {
    DOCUMENT = concat!(document_from!(), " WHERE d.id = $1");
    LINES = "SELECT l.article_id, l.group_id, l.sub_group_id, l.text, l.quantity, l.unit, l.price, l.discount, l.vat_rate,
            l.total, l.contract_id, c.number AS contract_number, l.service_from, l.service_until
        FROM document_lines l LEFT JOIN contracts c ON c.id = l.contract_id WHERE l.document_id = $1 ORDER BY l.place";
    DOCUMENTS = concat!(document_from!(), " ORDER BY d.date DESC, d.id DESC LIMIT $1 OFFSET $2");
    DRAFTS = concat!(document_from!(), " WHERE d.state = 'draft' ORDER BY d.date DESC, d.id DESC LIMIT $1 OFFSET $2");
    DOCUMENTS_OF = concat!(document_from!(), " WHERE d.customer_id = $3 ORDER BY d.date DESC, d.id DESC LIMIT $1 OFFSET $2");
    DRAFTS_OF = concat!(document_from!(), " WHERE d.customer_id = $3 AND d.state = 'draft'
        ORDER BY d.date DESC, d.id DESC LIMIT $1 OFFSET $2");
    DOCUMENTS_NUMBERED = concat!(document_from!(), " WHERE d.number_folded >= $3 AND d.number_folded < $4
        ORDER BY d.number_folded DESC LIMIT $1 OFFSET $2");
    DOCUMENTS_NUMBERED_OF = concat!(document_from!(), " WHERE d.number_folded >= $3 AND d.number_folded < $4
        AND d.customer_id = $5 ORDER BY d.number_folded DESC LIMIT $1 OFFSET $2");
    DOCUMENTS_OF_CONTRACT = concat!(document_from!(), " WHERE d.id IN (SELECT document_id FROM claims WHERE contract_id = $1)
        ORDER BY d.date DESC, d.id DESC LIMIT $2");
    ISSUE = "UPDATE documents SET version = version + 1, state = 'issued', number = $2, number_folded = $3, date = $4,
            due_on = $5, recipient = $6, issued_at = $7, issued_by = $8 WHERE id = $1 AND state = 'draft'";
}

/// A document to be stored.
#[derive(Debug, Clone)]
pub struct NewDocument {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Its number; none leaves it a draft.
    pub number: Option<String>,
    /// To whom.
    pub customer: CustomerId,
    /// Name and address of an issued one.
    pub recipient: Option<CustomerCard>,
    /// In which currency.
    pub currency: Currency,
    /// Its date.
    pub date: NaiveDate,
    /// The day by which it is to be paid.
    pub due_on: NaiveDate,
    /// Within how many days it is to be paid.
    pub payment_days: u32,
    /// How it reaches the customer.
    pub delivery: Delivery,
    /// What it comes to.
    pub totals: Totals,
    /// The run that makes it.
    pub run: Option<RunId>,
    /// Its lines.
    pub lines: Vec<NewLine>,
}

/// A line to be stored.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// The line.
    pub line: Line,
    /// Its time, in a time unit.
    pub seconds: Option<i64>,
    /// Its net total in minor units.
    pub total: i64,
    /// The contract that it bills.
    pub contract: Option<ContractId>,
    /// For which time.
    pub service: Option<DateRange>,
}

fn recipient(card: Option<&CustomerCard>) -> String {
    card.map_or_else(String::new, |card| serde_json::to_string(card).unwrap_or_default())
}

/// Adds documents with their lines.
pub async fn add(tx: &mut Tx, documents: &[NewDocument], by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    let mut lines = Vec::new();
    for new in documents {
        let issued = new.number.is_some();
        let state = if issued { DocumentState::Issued } else { DocumentState::Draft };
        rows.push(vec![
            new.id.into(),
            1.into(),
            new.kind.name().into(),
            state.name().into(),
            new.number.clone().into(),
            new.number.as_deref().map(fold).into(),
            new.customer.into(),
            new.currency.code().into(),
            new.date.into(),
            new.due_on.into(),
            i64::from(new.payment_days).into(),
            new.delivery.name().into(),
            new.totals.net.into(),
            new.totals.vat.into(),
            new.totals.gross.into(),
            recipient(new.recipient.as_ref()).into(),
            new.run.into(),
            at.into(),
            by.into(),
            issued.then_some(at).into(),
            issued.then(|| by.to_owned()).into(),
        ]);
        lines.extend((0_i64..).zip(&new.lines).map(|(place, line)| line_row(new.id, place, line)));
    }
    let head = "INSERT INTO documents (id, version, kind, state, number, number_folded, customer_id, currency, date, due_on,
        payment_days, delivery, net, vat, gross, recipient, run_id, created_at, created_by, issued_at, issued_by) VALUES";
    insert_rows(tx, head, rows).await?;
    let head =
        "INSERT INTO document_lines (document_id, place, article_id, group_id, sub_group_id, text, quantity, unit,
        seconds, price, discount, vat_rate, total, contract_id, service_from, service_until) VALUES";
    insert_rows(tx, head, lines).await
}

fn line_row(document: DocumentId, place: i64, new: &NewLine) -> Vec<Value> {
    let line = &new.line;
    vec![
        document.into(),
        place.into(),
        line.article.into(),
        line.group.into(),
        line.sub_group.into(),
        (&line.text).into(),
        line.quantity.to_string().into(),
        line.unit.name().into(),
        new.seconds.into(),
        line.price.to_string().into(),
        line.discount.to_string().into(),
        line.vat.to_string().into(),
        new.total.into(),
        new.contract.into(),
        new.service.map(|service| service.from).into(),
        new.service.and_then(|service| service.until).into(),
    ]
}

fn currency(row: &Row) -> Result<Currency, StoreError> {
    let code: String = row.get("currency")?;
    Currency::from_code(&code).ok_or(StoreError::Unreadable { what: "currency", value: code })
}

fn row_of(row: &Row) -> Result<DocumentRow, StoreError> {
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
    query(DOCUMENT).bind(id).for_update(tx).first(tx).await?.as_ref().map(stored).transpose()
}

/// Issues a draft: from now on it has this number, date and recipient. `false` when it is no draft.
pub async fn issue(
    tx: &mut Tx,
    id: DocumentId,
    (number, date, due_on): (&str, NaiveDate, NaiveDate),
    card: &CustomerCard,
    (by, at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    let issue = query(ISSUE).bind(id).bind(number).bind(fold(number)).bind(date).bind(due_on);
    Ok(issue.bind(recipient(Some(card))).bind(at).bind(by).run(tx).await? == 1)
}

/// The page of a document. `recipient` of a draft is empty.
pub async fn get(tx: &mut Tx, id: DocumentId) -> Result<Option<DocumentPage>, StoreError> {
    let Some(row) = query(DOCUMENT).bind(id).first(tx).await? else { return Ok(None) };
    let lines = query(LINES).bind(id).all(tx).await?;
    let lines = lines.iter().map(line).collect::<Result<Vec<_>, _>>()?;
    let totals = Totals::of(lines.iter().map(|line| (line.line.vat, line.total)));
    let unreadable = || StoreError::Unreadable { what: "totals", value: id.to_string() };
    let issued: Option<DateTime<Utc>> = row.get("issued_at")?;
    let issued_by: Option<String> = row.get("issued_by")?;
    let empty = row.get::<String>("recipient")?.is_empty();
    Ok(Some(DocumentPage {
        row: row_of(&row)?,
        version: row.get("version")?,
        delivery: row.named("delivery", Delivery::from_name)?,
        recipient: if empty { CustomerCard::default() } else { row.json("recipient")? },
        lines,
        totals: totals.ok_or_else(unreadable)?,
        run: row.maybe("run_id")?,
        created: (row.get::<DateTime<Utc>>("created_at")?.fixed_offset(), row.get("created_by")?),
        issued: issued.map(|at| at.fixed_offset()).zip(issued_by),
    }))
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
    })
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

/// A page of the list, the latest first.
pub async fn list(tx: &mut Tx, ask: &DocumentQuery) -> Result<Page<DocumentRow>, StoreError> {
    let size = i64::from(DOCUMENTS_PER_PAGE);
    let offset = i64::from(ask.page.clamp(1, 10_000) - 1) * size;
    let number = fold(&ask.q);
    let searched = !number.is_empty();
    if searched && ask.drafts {
        // A draft has no number.
        return Ok(Page { rows: Vec::new(), more: false });
    }
    let read = query(match (ask.customer.is_some(), ask.drafts) {
        (false, _) if searched => DOCUMENTS_NUMBERED,
        (true, _) if searched => DOCUMENTS_NUMBERED_OF,
        (false, false) => DOCUMENTS,
        (false, true) => DRAFTS,
        (true, false) => DOCUMENTS_OF,
        (true, true) => DRAFTS_OF,
    });
    let mut read = read.bind(size + 1).bind(offset);
    if searched {
        read = read.bind(&number).bind(format!("{number}\u{10ffff}"));
    }
    if let Some(customer) = ask.customer {
        read = read.bind(customer);
    }
    let rows = read.all(tx).await?;
    let shown = usize::try_from(size).unwrap_or(usize::MAX);
    let documents = rows.iter().take(shown).map(row_of).collect::<Result<_, _>>()?;
    Ok(Page { rows: documents, more: rows.len() > shown })
}

/// The drafts, the latest first.
pub async fn drafts(tx: &mut Tx, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    query(DRAFTS).bind(most).bind(0).all(tx).await?.iter().map(row_of).collect()
}

/// The invoices that bill a contract, the latest first.
pub async fn of_contract(tx: &mut Tx, contract: ContractId, most: i64) -> Result<Vec<DocumentRow>, StoreError> {
    query(DOCUMENTS_OF_CONTRACT).bind(contract).bind(most).all(tx).await?.iter().map(row_of).collect()
}
