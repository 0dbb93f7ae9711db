//! Storing documents and their lines.

use std::collections::{BTreeSet, HashMap, HashSet};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ContractId, CustomerId, DateRange, DocumentId, DrawId, LineId, RunId,
    clearing::LineClearing,
    contracts::Delivery,
    documents::{DocumentKind, DocumentState, Line, Totals},
    money::Currency,
};
use wire::customers::CustomerCard;

use crate::{
    StoreError, Tx, fold, mails, papers,
    sql::{Row, Value, in_list, insert_rows_or, query, statements},
};

statements! {
    ISSUE = "UPDATE documents SET version = version + 1, state = 'issued', number = $2, number_folded = $3, date = $4,
            due_on = $5, recipient = $6, issued_at = $7, issued_by = $8 WHERE id = $1 AND state = 'draft'";
    NAME_CONTRACTS = "UPDATE document_lines
        SET contract_number = (SELECT c.number FROM contracts c WHERE c.id = document_lines.contract_id)
        WHERE document_id = $1 AND contract_id IS NOT NULL";
    END_HOLDS = "UPDATE draw_state SET hold = FALSE
        WHERE draw_id IN (SELECT l.draw_id FROM document_lines l WHERE l.document_id = $1)";
    CHANGE_DOCUMENT = "UPDATE documents SET version = version + 1, currency = $2, date = $3, due_on = $4, payment_days = $5,
            delivery = $6, net = $7, vat = $8, gross = $9 WHERE id = $1 AND state = 'draft'";
    FORGET_LINES = "DELETE FROM document_lines WHERE document_id = $1";
    FORGET_DOCUMENT = "DELETE FROM documents WHERE id = $1 AND state = 'draft'";
    CANCEL_DOCUMENT = "UPDATE documents SET version = version + 1, state = 'cancelled' WHERE id = $1 AND state = 'issued'";
    UNDO_LINES = "UPDATE document_lines SET undone = TRUE WHERE document_id = $1";
    KEPT_LINES = "SELECT line_id, clears, clearing, draw_id, note_line, contract_id, seconds FROM document_lines
        WHERE document_id = $1 AND line_id IS NOT NULL ORDER BY place";
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
    /// What it undoes and why, if it is a cancellation.
    pub cancels: Option<(DocumentId, String)>,
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
    /// How it clears; none on documents that do not.
    pub cleared: Option<NewCleared>,
}

/// The clearing of a line to be stored.
#[derive(Debug, Clone)]
pub struct NewCleared {
    /// The line.
    pub id: LineId,
    /// `false` when its clearing item was switched off by hand.
    pub clears: bool,
    /// How it came out.
    pub clearing: LineClearing,
    /// What it draws.
    pub draw: Option<DrawId>,
    /// The line of the delivery note from which it comes.
    pub note_line: Option<LineId>,
}

fn recipient(card: Option<&CustomerCard>) -> String {
    card.map_or_else(String::new, |card| serde_json::to_string(card).unwrap_or_default())
}

/// Adds documents with their lines; those of an issued one keep the numbers of their contracts. Errors with
/// [`StoreError::Overtaken`] when one of the ids or numbers is taken, or when what it cancels was cancelled meanwhile.
pub async fn add(tx: &mut Tx, documents: &[NewDocument], by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let numbers = contract_numbers(tx, documents).await?;
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
            new.cancels.as_ref().map(|(original, _)| *original).into(),
            new.cancels.as_ref().map_or("", |(_, reason)| reason.as_str()).into(),
        ]);
        let frozen = |line: &NewLine| line.contract.filter(|_| issued).and_then(|of| numbers.get(&of).cloned());
        lines.extend((0_i64..).zip(&new.lines).map(|(place, line)| line_row(new.id, place, line, frozen(line))));
    }
    let head = "INSERT INTO documents (id, version, kind, state, number, number_folded, customer_id, currency, date, due_on,
        payment_days, delivery, net, vat, gross, recipient, run_id, created_at, created_by, issued_at, issued_by, cancels, reason)
        VALUES";
    let wanted = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    if insert_rows_or(tx, head, rows, "ON CONFLICT DO NOTHING").await? != wanted {
        return Err(StoreError::Overtaken);
    }
    add_lines(tx, lines).await?;
    let issued: Vec<DocumentId> = documents.iter().filter(|new| new.number.is_some()).map(|new| new.id).collect();
    papers::freeze(tx, &issued, at).await?;
    let addressed = documents.iter().filter(|new| new.number.is_some()).map(|new| {
        let address = new.recipient.as_ref().map_or("", |card| card.email.as_str());
        (new.id, new.delivery, address)
    });
    let mails = mails::of_added(addressed);
    if mails::add(tx, &mails, (by, at)).await? { Ok(()) } else { Err(StoreError::Overtaken) }
}

pub(crate) fn contract_numbers_sql(contracts: usize) -> String {
    format!("SELECT id, number FROM contracts WHERE id IN ({})", in_list(1, contracts))
}

/// The present numbers of the contracts that the lines of those documents name that are issued.
async fn contract_numbers(tx: &mut Tx, documents: &[NewDocument]) -> Result<HashMap<ContractId, String>, StoreError> {
    let issued = documents.iter().filter(|new| new.number.is_some());
    let named: BTreeSet<ContractId> = issued.flat_map(|new| &new.lines).filter_map(|line| line.contract).collect();
    let named: Vec<ContractId> = named.into_iter().collect();
    let mut found = HashMap::with_capacity(named.len());
    for chunk in named.chunks(500) {
        for row in query(contract_numbers_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("id")?, row.get("number")?);
        }
    }
    Ok(found)
}

async fn add_lines(tx: &mut Tx, lines: Vec<Vec<Value>>) -> Result<(), StoreError> {
    let wanted = u64::try_from(lines.len()).unwrap_or(u64::MAX);
    let head =
        "INSERT INTO document_lines (document_id, place, article_id, group_id, sub_group_id, text, quantity, unit,
        seconds, price, discount, vat_rate, total, contract_id, service_from, service_until, line_id, clears, clearing,
        item, draw_id, note_line, contract_number) VALUES";
    // Another document may have a line of that id, or the same line of a delivery note.
    if insert_rows_or(tx, head, lines, "ON CONFLICT DO NOTHING").await? == wanted {
        Ok(())
    } else {
        Err(StoreError::Overtaken)
    }
}

/// Changes a draft that the caller has locked: date, delivery, what it comes to, and all its lines.
pub async fn change(tx: &mut Tx, new: &NewDocument) -> Result<(), StoreError> {
    let change = query(CHANGE_DOCUMENT).bind(new.id).bind(new.currency.code()).bind(new.date).bind(new.due_on);
    let change = change.bind(i64::from(new.payment_days)).bind(new.delivery.name());
    change.bind(new.totals.net).bind(new.totals.vat).bind(new.totals.gross).run(tx).await?;
    query(FORGET_LINES).bind(new.id).run(tx).await?;
    add_lines(tx, (0_i64..).zip(&new.lines).map(|(place, line)| line_row(new.id, place, line, None)).collect()).await
}

/// Deletes a draft that the caller has locked.
pub async fn delete(tx: &mut Tx, id: DocumentId) -> Result<(), StoreError> {
    query(FORGET_LINES).bind(id).run(tx).await?;
    query(FORGET_DOCUMENT).bind(id).run(tx).await?;
    Ok(())
}

/// Marks an issued document as cancelled, and its lines as undone. `false` when it is not issued.
pub async fn cancel(tx: &mut Tx, id: DocumentId) -> Result<bool, StoreError> {
    query(UNDO_LINES).bind(id).run(tx).await?;
    Ok(query(CANCEL_DOCUMENT).bind(id).run(tx).await? == 1)
}

/// What a line keeps beside what the page of its document shows.
#[derive(Debug, Clone)]
pub struct KeptLine {
    /// Its clearing.
    pub cleared: NewCleared,
    /// The contract that it names.
    pub contract: Option<ContractId>,
    /// Its time, in a time unit.
    pub seconds: Option<i64>,
}

/// What a document keeps of its lines that clear, in their order.
pub async fn kept_lines(tx: &mut Tx, document: DocumentId) -> Result<Vec<KeptLine>, StoreError> {
    let rows = query(KEPT_LINES).bind(document).all(tx).await?;
    let kept = |row: &Row| {
        let cleared = NewCleared {
            id: row.parsed("line_id")?,
            clears: row.get("clears")?,
            clearing: row.json("clearing")?,
            draw: row.maybe("draw_id")?,
            note_line: row.maybe("note_line")?,
        };
        Ok(KeptLine { cleared, contract: row.maybe("contract_id")?, seconds: row.get("seconds")? })
    };
    rows.iter().map(kept).collect()
}

pub(crate) fn elsewhere_sql(lines: usize) -> String {
    format!("SELECT line_id FROM document_lines WHERE document_id <> $1 AND line_id IN ({})", in_list(2, lines))
}

/// Which of these lines other documents have.
pub async fn elsewhere(tx: &mut Tx, document: DocumentId, lines: &[LineId]) -> Result<HashSet<LineId>, StoreError> {
    let mut found = HashSet::new();
    for chunk in lines.chunks(1000) {
        for row in query(elsewhere_sql(chunk.len())).bind(document).bind_all(chunk.iter().copied()).all(tx).await? {
            found.insert(row.parsed("line_id")?);
        }
    }
    Ok(found)
}

/// A line as it is kept; `frozen` is the number of its contract on an issued document.
fn line_row(document: DocumentId, place: i64, new: &NewLine, frozen: Option<String>) -> Vec<Value> {
    let (line, cleared) = (&new.line, new.cleared.as_ref());
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
        cleared.map(|cleared| cleared.id).into(),
        cleared.is_some_and(|cleared| cleared.clears).into(),
        cleared.map(|cleared| serde_json::to_string(&cleared.clearing).unwrap_or_default()).into(),
        cleared.map_or(0, |cleared| cleared.clearing.item).into(),
        cleared.and_then(|cleared| cleared.draw).into(),
        cleared.and_then(|cleared| cleared.note_line).into(),
        frozen.into(),
    ]
}

/// Issues a draft: from now on it has this number, date and recipient, its lines keep the numbers of their contracts,
/// and what it holds is drawn. `false` when it is no draft.
pub async fn issue(
    tx: &mut Tx,
    id: DocumentId,
    (number, date, due_on): (&str, NaiveDate, NaiveDate),
    card: &CustomerCard,
    (by, at): (&str, DateTime<Utc>),
) -> Result<bool, StoreError> {
    query(END_HOLDS).bind(id).run(tx).await?;
    let issue = query(ISSUE).bind(id).bind(number).bind(fold(number)).bind(date).bind(due_on);
    let issued = issue.bind(recipient(Some(card))).bind(at).bind(by).run(tx).await? == 1;
    if issued {
        query(NAME_CONTRACTS).bind(id).run(tx).await?;
        papers::freeze(tx, &[id], at).await?;
        mails::of_issued(tx, id, &card.email, (by, at)).await?;
    }
    Ok(issued)
}
