//! Balancing invoices as they are kept, beside what their accounts say.

use std::collections::HashMap;

use domain::{
    ContractId, Currency, DocumentId, DrawId, LotId, Price,
    documents::DocumentState,
    quota::{Amount, Unit},
};
use wire::accounts::unit_from_name;

use crate::{
    StoreError, Tx,
    sql::{Row, query, statements},
};

statements! {
    AUDIT_GRANTS = "SELECT l.document_id, l.lot_id, l.contract_id, l.amount, l.rate, a.unit, d.number, d.state, d.currency,
            s.granted, s.revoked,
            CASE WHEN s.account_id = l.account_id AND s.origin = 'balancing_invoice' AND c.account_id = l.account_id
                THEN TRUE ELSE FALSE END AS own
            FROM document_lots l JOIN documents d ON d.id = l.document_id JOIN accounts a ON a.id = l.account_id
            LEFT JOIN lot_state s ON s.lot_id = l.lot_id LEFT JOIN contracts c ON c.id = l.contract_id
            WHERE l.document_id > $1 ORDER BY l.document_id LIMIT $2";
    AUDIT_BILLED_DEFICITS = "SELECT b.document_id, b.draw_id, b.place, b.amount FROM document_deficits b
            WHERE b.document_id > $1 AND b.document_id <= $2 ORDER BY b.document_id, b.place, b.draw_id";
    AUDIT_BALANCED_LINES = "SELECT n.document_id, n.total FROM document_lines n JOIN document_lots l ON l.document_id = n.document_id
            WHERE n.document_id > $1 AND n.document_id <= $2 ORDER BY n.document_id, n.place";
    AUDIT_COVERED = "SELECT l.document_id, e.draw_id, e.amount FROM document_lots l
            JOIN entries g ON g.lot_id = l.lot_id AND g.kind = 'grant'
            JOIN entries e ON e.account_id = g.account_id AND e.kind = 'cover' AND e.lot_id = l.lot_id AND e.seq > g.seq
                AND e.seq <= g.seq + (SELECT COUNT(*) FROM document_deficits b WHERE b.document_id = l.document_id)
            WHERE l.document_id > $1 AND l.document_id <= $2 ORDER BY l.document_id, e.draw_id";
}

/// A balancing invoice as it is kept.
#[derive(Debug, Clone)]
pub struct KeptBalancing {
    /// The document.
    pub document: DocumentId,
    /// Its number.
    pub number: Option<String>,
    /// How far it is.
    pub state: DocumentState,
    /// Its currency.
    pub currency: Currency,
    /// The contract.
    pub contract: ContractId,
    /// What the account counts.
    pub unit: Unit,
    /// The lot that it granted.
    pub lot: LotId,
    /// What it says that it granted.
    pub amount: Amount,
    /// The net price of an hour.
    pub rate: Option<Price>,
    /// What the account was granted; none when it has no such lot.
    pub granted: Option<Amount>,
    /// Whether the lot is one of the contract's account and of balancing.
    pub own: bool,
    /// Whether the lot was taken back.
    pub revoked: bool,
    /// What it bills of which draw, with the place of the line.
    pub billed: Vec<(usize, DrawId, Amount)>,
    /// What its grant covered at once, by draw.
    pub covered: Vec<(DrawId, Amount)>,
    /// What its lines come to.
    pub lines: Vec<i64>,
}

/// The next balancing invoices by id, for walking through all of them.
pub async fn balancings_after(tx: &mut Tx, id: &str, most: i64) -> Result<Vec<KeptBalancing>, StoreError> {
    let kept = |row: &Row| {
        Ok(KeptBalancing {
            document: row.parsed("document_id")?,
            number: row.get("number")?,
            state: row.named("state", DocumentState::from_name)?,
            currency: row.named("currency", Currency::from_code)?,
            contract: row.parsed("contract_id")?,
            unit: row.named("unit", unit_from_name)?,
            lot: row.parsed("lot_id")?,
            amount: Amount::new(row.get("amount")?),
            rate: row.maybe("rate")?,
            granted: row.get::<Option<i64>>("granted")?.map(Amount::new),
            own: row.get("own")?,
            revoked: row.get::<Option<bool>>("revoked")?.unwrap_or(false),
            billed: Vec::new(),
            covered: Vec::new(),
            lines: Vec::new(),
        })
    };
    let rows = query(AUDIT_GRANTS).bind(id).bind(most).all(tx).await?;
    let mut found = rows.iter().map(kept).collect::<Result<Vec<KeptBalancing>, StoreError>>()?;
    let Some(last) = found.last().map(|last| last.document) else { return Ok(found) };
    let places: HashMap<DocumentId, usize> = found.iter().map(|kept| kept.document).zip(0..).collect();
    let amount = |row: &Row| row.get("amount").map(Amount::new);
    for row in query(AUDIT_BILLED_DEFICITS).bind(id).bind(last).all(tx).await? {
        let place = places.get(&row.parsed("document_id")?);
        if let Some(kept) = place.and_then(|place| found.get_mut(*place)) {
            kept.billed.push((row.count("place")?, row.parsed("draw_id")?, amount(&row)?));
        }
    }
    for row in query(AUDIT_COVERED).bind(id).bind(last).all(tx).await? {
        let place = places.get(&row.parsed("document_id")?);
        if let Some(kept) = place.and_then(|place| found.get_mut(*place)) {
            kept.covered.push((row.parsed("draw_id")?, amount(&row)?));
        }
    }
    for row in query(AUDIT_BALANCED_LINES).bind(id).bind(last).all(tx).await? {
        let place = places.get(&row.parsed("document_id")?);
        if let Some(kept) = place.and_then(|place| found.get_mut(*place)) {
            kept.lines.push(row.get("total")?);
        }
    }
    Ok(found)
}
