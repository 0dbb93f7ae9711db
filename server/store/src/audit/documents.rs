//! Documents as they are kept, with what their lines draw and where they come from.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    ContractId, CustomerId, DocumentId, DrawId, LineId,
    documents::{DocumentKind, DocumentState, Line, LineUnit},
    money::Currency,
    quota::Amount,
};

use crate::{
    StoreError, Tx, fold,
    sql::{Row, in_list, query},
};

/// A document as it is kept.
#[derive(Debug, Clone)]
pub struct KeptDocument {
    /// Its id.
    pub id: DocumentId,
    /// What it is.
    pub kind: DocumentKind,
    /// Whose it is.
    pub customer: CustomerId,
    /// How far it is.
    pub state: DocumentState,
    /// Its number.
    pub number: Option<String>,
    /// Whether its number is found under what is looked for.
    pub found: bool,
    /// The currency.
    pub currency: Currency,
    /// Its date, and the day by which it is to be paid.
    pub dates: [NaiveDate; 2],
    /// Within how many days it is to be paid.
    pub payment_days: u32,
    /// Net, VAT, gross.
    pub sums: [i64; 3],
    /// Whether it says to whom and by whom it was issued.
    pub signed: bool,
    /// What it undoes.
    pub cancels: Option<(DocumentId, Option<KeptOriginal>)>,
    /// Its lines.
    pub lines: Vec<KeptDocumentLine>,
}

/// What a cancellation undoes, if that is there.
#[derive(Debug, Clone)]
pub struct KeptOriginal {
    /// How far it is.
    pub state: DocumentState,
    /// Whether it is the same customer's and in the same currency.
    pub same: bool,
    /// Net, VAT, gross.
    pub sums: [i64; 3],
}

/// A line as it is kept.
#[derive(Debug, Clone)]
pub struct KeptDocumentLine {
    /// The line.
    pub line: Line,
    /// Its net total.
    pub total: i64,
    /// Its time.
    pub seconds: Option<i64>,
    /// The contract that it names.
    pub contract: Option<ContractId>,
    /// Its id; none on documents that do not clear.
    pub id: Option<LineId>,
    /// Whether the clearing item was left on.
    pub clears: bool,
    /// What is recorded of its clearing, as it is kept.
    pub clearing: Option<String>,
    /// The net total of the clearing item.
    pub item: i64,
    /// What it draws, if that was ever posted.
    pub draw: Option<(DrawId, Option<KeptDraw>)>,
    /// The line of the delivery note from which it comes, if there is such a line.
    pub note: Option<(LineId, Option<NoteLine>)>,
}

/// The draw of a line as it was posted, and how it stands.
#[derive(Debug, Clone)]
pub struct KeptDraw {
    /// The date for which it was posted.
    pub date: NaiveDate,
    /// What was wanted.
    pub wanted: Option<Amount>,
    /// What the lots gave.
    pub drawn: Amount,
    /// What was overbooked.
    pub deficit: Amount,
    /// Whether it comes from a line of a document, and lies on the account of the contract that the line names.
    pub own: bool,
    /// Whether it was released since.
    pub released: bool,
    /// Whether it is on hold.
    pub hold: bool,
}

/// A line of a delivery note as the line of an invoice has it.
#[derive(Debug, Clone)]
pub struct NoteLine {
    /// What is recorded of its clearing, as it is kept.
    pub clearing: Option<String>,
    /// What is charged, net.
    pub total: i64,
    /// Its time.
    pub seconds: Option<i64>,
    /// Whether it stands on an issued delivery note.
    pub issued: bool,
    /// Whose delivery note that is.
    pub customer: Option<CustomerId>,
}

pub(crate) fn lines_sql(documents: usize) -> String {
    format!(
        "SELECT l.document_id, l.article_id, l.group_id, l.sub_group_id, l.text, l.quantity, l.unit, l.price, l.discount,
            l.vat_rate, l.total, l.seconds, l.contract_id, l.line_id, l.clears, l.clearing, l.item, l.draw_id, l.note_line,
            n.clearing AS note_clearing, n.total AS note_total, n.seconds AS note_seconds,
            d.customer_id AS note_customer,
            CASE WHEN d.kind = 'delivery_note' AND (d.state = 'issued' OR (l.undone AND d.state = 'cancelled')) THEN TRUE ELSE FALSE END AS note_issued
            FROM document_lines l LEFT JOIN document_lines n ON n.line_id = l.note_line
            LEFT JOIN documents d ON d.id = n.document_id
            WHERE l.document_id IN ({}) ORDER BY l.document_id, l.place",
        in_list(1, documents)
    )
}

pub(crate) fn drawn_sql(documents: usize) -> String {
    format!(
        "SELECT l.draw_id, s.released, s.hold, e.date, e.amount AS deficit, e.wanted,
            CAST((SELECT COALESCE(SUM(p.amount), 0) FROM entry_parts p
                WHERE p.account_id = e.account_id AND p.seq = e.seq) AS BIGINT) AS drawn,
            CASE WHEN e.origin = 'document_line' AND c.account_id = e.account_id THEN TRUE ELSE FALSE END AS own
            FROM document_lines l JOIN draw_state s ON s.draw_id = l.draw_id
            JOIN entries e ON e.draw_id = l.draw_id AND e.kind = 'draw' LEFT JOIN contracts c ON c.id = l.contract_id
            WHERE l.document_id IN ({})",
        in_list(1, documents)
    )
}

fn kept_draw(row: &Row) -> Result<KeptDraw, StoreError> {
    Ok(KeptDraw {
        date: row.get("date")?,
        wanted: row.get::<Option<i64>>("wanted")?.map(Amount::new),
        drawn: Amount::new(row.get("drawn")?),
        deficit: Amount::new(row.get("deficit")?),
        own: row.get("own")?,
        released: row.get("released")?,
        hold: row.get("hold")?,
    })
}

fn note_line(row: &Row) -> Result<Option<NoteLine>, StoreError> {
    let Some(total) = row.get::<Option<i64>>("note_total")? else { return Ok(None) };
    Ok(Some(NoteLine {
        clearing: row.get("note_clearing")?,
        total,
        seconds: row.get("note_seconds")?,
        issued: row.get("note_issued")?,
        customer: row.maybe("note_customer")?,
    }))
}

fn kept_line(row: &Row, draws: &HashMap<DrawId, KeptDraw>) -> Result<KeptDocumentLine, StoreError> {
    let line = Line {
        article: row.maybe("article_id")?,
        group: row.maybe("group_id")?,
        sub_group: row.maybe("sub_group_id")?,
        text: row.get("text")?,
        quantity: row.parsed("quantity")?,
        unit: row.named("unit", LineUnit::from_name)?,
        price: row.parsed("price")?,
        discount: row.parsed("discount")?,
        vat: row.parsed("vat_rate")?,
    };
    let (draw, note): (Option<DrawId>, Option<LineId>) = (row.maybe("draw_id")?, row.maybe("note_line")?);
    Ok(KeptDocumentLine {
        line,
        total: row.get("total")?,
        seconds: row.get("seconds")?,
        contract: row.maybe("contract_id")?,
        id: row.maybe("line_id")?,
        clears: row.get("clears")?,
        clearing: row.get("clearing")?,
        item: row.get("item")?,
        draw: draw.map(|draw| (draw, draws.get(&draw).cloned())),
        note: note.map(|note| Ok::<_, StoreError>((note, note_line(row)?))).transpose()?,
    })
}

fn original(row: &Row) -> Result<Option<KeptOriginal>, StoreError> {
    let Some(net) = row.get::<Option<i64>>("of_net")? else { return Ok(None) };
    let text = |column| row.get::<Option<String>>(column);
    let same = text("of_customer")? == text("customer_id")? && text("of_currency")? == text("currency")?;
    let sum = |column| Ok::<i64, StoreError>(row.get::<Option<i64>>(column)?.unwrap_or_default());
    let sums = [net, sum("of_vat")?, sum("of_gross")?];
    Ok(Some(KeptOriginal { state: row.named("of_state", DocumentState::from_name)?, same, sums }))
}

/// The next documents by id, for walking through all of them.
pub async fn documents_after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<KeptDocument>, StoreError> {
    let document = |row: &Row| {
        let number: Option<String> = row.get("number")?;
        let folded: Option<String> = row.get("number_folded")?;
        let signed = !row.get::<String>("recipient")?.is_empty() && row.get::<Option<String>>("issued_by")?.is_some();
        Ok(KeptDocument {
            id: row.parsed("id")?,
            kind: row.named("kind", DocumentKind::from_name)?,
            customer: row.parsed("customer_id")?,
            state: row.named("state", DocumentState::from_name)?,
            found: number.as_deref().map(fold) == folded,
            number,
            currency: row.named("currency", Currency::from_code)?,
            dates: [row.get("date")?, row.get("due_on")?],
            payment_days: row.count("payment_days")?,
            sums: [row.get("net")?, row.get("vat")?, row.get("gross")?],
            signed,
            cancels: row.maybe("cancels")?.map(|id| Ok::<_, StoreError>((id, original(row)?))).transpose()?,
            lines: Vec::new(),
        })
    };
    let rows = query(super::AUDIT_DOCUMENTS).bind(id).bind(most).all(tx).await?;
    let mut found = rows.iter().map(document).collect::<Result<Vec<KeptDocument>, StoreError>>()?;
    if found.is_empty() {
        return Ok(found);
    }
    let ids = found.iter().map(|document| document.id).collect::<Vec<_>>();
    let mut draws = HashMap::new();
    for row in query(drawn_sql(ids.len())).bind_all(ids.iter().copied()).all(tx).await? {
        draws.insert(row.parsed("draw_id")?, kept_draw(&row)?);
    }
    let places: HashMap<DocumentId, usize> = ids.iter().copied().zip(0..).collect();
    for row in query(lines_sql(ids.len())).bind_all(ids).all(tx).await? {
        let place = places.get(&row.parsed("document_id")?);
        if let Some(document) = place.and_then(|place| found.get_mut(*place)) {
            document.lines.push(kept_line(&row, &draws)?);
        }
    }
    Ok(found)
}
