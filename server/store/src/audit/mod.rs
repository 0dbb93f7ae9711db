//! What only the audit asks: rows that belong to nothing, and rows as they are, without the joins that would hide
//! damage. It may read whole tables; nobody waits for it.

use chrono::NaiveDate;
use domain::{ClaimId, ContractId, LotId, quota::Amount};

use crate::{
    StoreError, Tx,
    sql::{Row, in_list, query, statements},
};

mod balancing;
mod bookings;
mod documents;
mod fees;
mod filings;
mod mails;
mod papers;
mod project_invoices;
mod receipts;

pub(crate) use balancing::STATEMENTS as BALANCING;
pub use balancing::{KeptBalancing, balancings_after};
pub(crate) use bookings::STATEMENTS as BOOKINGS;
#[cfg(feature = "testing")]
pub(crate) use bookings::portions_sql;
pub use bookings::{KeptBooking, KeptPortion, KeptPortionDraw, bookings_after};
pub use documents::{KeptDocument, KeptDocumentLine, KeptDraw, KeptOriginal, NoteLine, documents_after};
#[cfg(feature = "testing")]
pub(crate) use documents::{drawn_sql, lines_sql};
pub(crate) use fees::STATEMENTS as FEES;
#[cfg(feature = "testing")]
pub(crate) use fees::fees_sql;
pub use fees::{KeptFeeClaim, fee_claims_of};
pub(crate) use filings::STATEMENTS as FILINGS;
pub use filings::{FiledPaper, filed_after};
pub(crate) use mails::STATEMENTS as MAILS;
pub(crate) use papers::STATEMENTS as PAPERS;
pub use papers::{KeptPaper, papers_after};
pub(crate) use project_invoices::STATEMENTS as PROJECT_INVOICES;
pub use project_invoices::{
    BookingOn, InvoicedLine, KeptProjectInvoice, bookings_on, invoiced_lines, project_invoices_after,
};
pub(crate) use receipts::STATEMENTS as RECEIPTS;
pub use receipts::{KeptReceived, received_after};

statements! {
    AUDIT_DRAW_PARTS = "SELECT p.draw_id AS id FROM draw_parts p
        WHERE NOT EXISTS (SELECT 1 FROM draw_state d WHERE d.draw_id = p.draw_id) ORDER BY p.draw_id LIMIT 1";
    AUDIT_ENTRY_PARTS = "SELECT p.account_id || ', entry ' || CAST(p.seq AS TEXT) AS id FROM entry_parts p WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.account_id = p.account_id AND e.seq = p.seq) ORDER BY p.account_id, p.seq LIMIT 1";
    AUDIT_LOTS = "SELECT l.lot_id AS id FROM lot_state l WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.lot_id = l.lot_id AND e.kind = 'grant') ORDER BY l.lot_id LIMIT 1";
    AUDIT_DRAWS = "SELECT d.draw_id AS id FROM draw_state d WHERE NOT EXISTS
        (SELECT 1 FROM entries e WHERE e.draw_id = d.draw_id AND e.kind = 'draw') ORDER BY d.draw_id LIMIT 1";
    AUDIT_GRANTED = "SELECT c.number || ', lot ' || l.lot_id AS id FROM lot_state l
        JOIN contracts c ON c.account_id = l.account_id
        JOIN entries e ON e.lot_id = l.lot_id AND e.kind = 'grant' AND e.text = c.number
        WHERE l.origin = 'contract_billing' AND NOT EXISTS (SELECT 1 FROM claim_lots k WHERE k.lot_id = l.lot_id)
        ORDER BY l.lot_id LIMIT 1";
    AUDIT_CLAIMED = "SELECT k.id FROM claims k WHERE NOT k.cancelled AND NOT EXISTS
        (SELECT 1 FROM documents d WHERE d.id = k.document_id) ORDER BY k.id LIMIT 1";
    AUDIT_BILLED = "SELECT l.document_id || ', line ' || CAST(l.place AS TEXT) AS id FROM document_lines l
        JOIN documents d ON d.id = l.document_id AND d.kind = 'contract_invoice' WHERE NOT EXISTS
        (SELECT 1 FROM claims k WHERE k.document_id = l.document_id AND k.contract_id = l.contract_id
            AND k.period_from = l.service_from AND k.service_until = l.service_until)
        AND NOT EXISTS (SELECT 1 FROM fee_claims f WHERE f.document_id = l.document_id AND f.place = l.place
            AND f.period_from = l.service_from AND f.service_until = l.service_until)
        ORDER BY l.document_id, l.place LIMIT 1";
    AUDIT_FREED = "SELECT k.id FROM claims k JOIN documents d ON d.id = k.document_id
        WHERE (d.state = 'cancelled' AND NOT k.cancelled) OR (d.state <> 'cancelled' AND k.cancelled) ORDER BY k.id LIMIT 1";
    AUDIT_REVOKED = "SELECT e.account_id || ', entry ' || CAST(e.seq AS TEXT) AS id FROM entries e WHERE e.kind = 'revoke'
        AND EXISTS (SELECT 1 FROM documents c WHERE c.kind = 'cancellation' AND c.issued_at = e.posted_at
            AND c.issued_by = e.by_name AND c.reason = e.text)
        AND NOT EXISTS (SELECT 1 FROM claim_lots l JOIN claims k ON k.id = l.claim_id AND k.cancelled
            WHERE l.lot_id = e.lot_id)
        AND NOT EXISTS (SELECT 1 FROM document_lots b JOIN documents d ON d.id = b.document_id AND d.state = 'cancelled'
            WHERE b.lot_id = e.lot_id) ORDER BY e.account_id, e.seq LIMIT 1";
    AUDIT_CANCELLED = "SELECT d.id FROM documents d WHERE d.state = 'cancelled' AND NOT EXISTS
        (SELECT 1 FROM documents c WHERE c.cancels = d.id AND c.kind = 'cancellation') ORDER BY d.id LIMIT 1";
    AUDIT_UNDONE = "SELECT l.document_id || ', line ' || CAST(l.place AS TEXT) AS id FROM document_lines l
        JOIN documents d ON d.id = l.document_id
        WHERE (d.state = 'cancelled' AND NOT l.undone) OR (d.state <> 'cancelled' AND l.undone)
        ORDER BY l.document_id, l.place LIMIT 1";
    AUDIT_UNBALANCED = "SELECT d.id FROM documents d WHERE d.kind = 'balancing' AND NOT EXISTS
        (SELECT 1 FROM document_lots l WHERE l.document_id = d.id) ORDER BY d.id LIMIT 1";
    AUDIT_BALANCING = "SELECT l.document_id AS id FROM document_lots l WHERE NOT EXISTS
        (SELECT 1 FROM documents d WHERE d.id = l.document_id AND d.kind = 'balancing') ORDER BY l.document_id LIMIT 1";
    AUDIT_DEFICITS = "SELECT b.document_id AS id FROM document_deficits b WHERE NOT EXISTS
        (SELECT 1 FROM document_lots l WHERE l.document_id = b.document_id) ORDER BY b.document_id LIMIT 1";
    AUDIT_TWICE = "SELECT number AS id FROM documents WHERE number IS NOT NULL GROUP BY number HAVING COUNT(*) > 1
        ORDER BY number LIMIT 1";
    AUDIT_UNNAMED = "SELECT l.document_id || ', line ' || CAST(l.place AS TEXT) AS id FROM document_lines l
        JOIN documents d ON d.id = l.document_id AND d.number IS NOT NULL JOIN contracts c ON c.id = l.contract_id
        WHERE l.contract_number IS NULL ORDER BY l.document_id, l.place LIMIT 1";
    AUDIT_UNDOCUMENTED = "SELECT s.draw_id AS id FROM draw_state s
        JOIN entries e ON e.draw_id = s.draw_id AND e.kind = 'draw' AND e.origin = 'document_line'
        WHERE NOT s.released AND NOT EXISTS (SELECT 1 FROM document_lines l WHERE l.draw_id = s.draw_id)
        ORDER BY s.draw_id LIMIT 1";
    AUDIT_HELD = "SELECT s.draw_id AS id FROM draw_state s WHERE s.hold AND NOT EXISTS (SELECT 1 FROM document_lines l
        JOIN documents d ON d.id = l.document_id AND d.state = 'draft' WHERE l.draw_id = s.draw_id)
        ORDER BY s.draw_id LIMIT 1";
    AUDIT_DRAWN_TWICE = "SELECT draw_id AS id FROM document_lines WHERE draw_id IS NOT NULL GROUP BY draw_id
        HAVING COUNT(*) > 1 ORDER BY draw_id LIMIT 1";
    AUDIT_INVOICED_TWICE = "SELECT note_line AS id FROM document_lines WHERE note_line IS NOT NULL AND NOT undone GROUP BY note_line
        HAVING COUNT(*) > 1 ORDER BY note_line LIMIT 1";
    AUDIT_DOCUMENTS = "SELECT d.id, d.kind, d.customer_id, d.state, d.number, d.number_folded, d.currency, d.date, d.due_on,
            d.payment_days, d.net, d.vat, d.gross, d.recipient, d.issued_by, d.cancels, o.state AS of_state, o.customer_id AS of_customer,
            o.currency AS of_currency, o.net AS of_net, o.vat AS of_vat, o.gross AS of_gross
            FROM documents d LEFT JOIN documents o ON o.id = d.cancels WHERE d.id > $1 ORDER BY d.id LIMIT $2";
    AUDIT_COUNTERS = "SELECT name, value FROM counters WHERE name >= $1 AND name < $2 ORDER BY name";
    AUDIT_NUMBERED = "SELECT CAST(COUNT(number) AS BIGINT) AS numbered FROM documents";
}

/// The first row of each kind that belongs to nothing, as a sentence.
pub async fn orphans(tx: &mut Tx) -> Result<Vec<String>, StoreError> {
    let kinds = [
        (AUDIT_DRAW_PARTS, "a part is kept of a draw that is not there"),
        (AUDIT_ENTRY_PARTS, "a part is kept of an entry that is not there: account"),
        (AUDIT_LOTS, "a lot is kept that no entry grants"),
        (AUDIT_DRAWS, "a draw is kept that no entry posts"),
        (AUDIT_GRANTED, "billing granted a lot that no claim names: contract"),
        (AUDIT_CLAIMED, "a claim names a document that is not there"),
        (AUDIT_FREED, "a claim stands though its document was cancelled, or the other way round"),
        (fees::AUDIT_CLAIMED_FEES, "a claim of a fee names a document that is not there"),
        (fees::AUDIT_FREED_FEES, "a claim of a fee stands though its document was cancelled, or the other way round"),
        (AUDIT_REVOKED, "a cancellation took back a grant that no cancelled claim or invoice names: account"),
        (AUDIT_CANCELLED, "a document was cancelled by no cancellation"),
        (AUDIT_UNDONE, "a line stands though its document was cancelled, or the other way round: document"),
        (AUDIT_BILLED, "a line bills a period that its document does not claim: document"),
        (AUDIT_UNBALANCED, "a balancing invoice granted nothing"),
        (AUDIT_BALANCING, "a lot was granted by a document that is no balancing invoice"),
        (AUDIT_DEFICITS, "deficits are billed by a document that granted nothing"),
        (AUDIT_TWICE, "a number is given to two documents"),
        (AUDIT_UNNAMED, "an issued line does not keep the number of its contract: document"),
        (AUDIT_UNDOCUMENTED, "a draw of a document stands on no line"),
        (AUDIT_HELD, "a draw is on hold for no draft"),
        (AUDIT_DRAWN_TWICE, "two lines have the same draw"),
        (AUDIT_INVOICED_TWICE, "a line of a delivery note is invoiced twice"),
        (papers::AUDIT_UNSET, "an issued document has no paper"),
        (papers::AUDIT_DRAFTED, "a draft has a paper"),
        (papers::AUDIT_BYTES, "a paper is set and not there"),
        (bookings::AUDIT_UNBOOKED, "a draw of a booking stands on no portion"),
        (bookings::AUDIT_PORTIONS_TWICE, "two portions have the same draw"),
        (bookings::AUDIT_DELETED, "a booking is there that was deleted"),
        (project_invoices::AUDIT_STRAY, "a booking stands on a document that does not invoice it"),
        (filings::AUDIT_FORGOTTEN, "a paper that is set is neither filed nor waits for it: document"),
        (mails::AUDIT_REMINDERS, "more or fewer reminders are counted than were sent: document"),
        (mails::AUDIT_UNQUEUED, "a mail waits without a time, or has left without one"),
        (receipts::AUDIT_RECEIPTS, "a receipt is over nothing or for nothing"),
        (receipts::AUDIT_BANK_LINES, "a receipt stands for a transaction that could be recorded again"),
        (receipts::AUDIT_UNPAID_LINES, "a transaction counts as recorded and no receipt of it stands"),
    ];
    let mut found = Vec::new();
    for (sql, what) in kinds {
        if let Some(row) = query(sql).first(tx).await? {
            found.push(format!("{what}: {}", row.get::<String>("id")?));
        }
    }
    Ok(found)
}

/// A claim as it is kept.
#[derive(Debug, Clone)]
pub struct KeptClaim {
    /// Its id.
    pub id: ClaimId,
    /// The contract.
    pub contract: ContractId,
    /// The number of the period.
    pub number: u32,
    /// The period, and until when it was billed.
    pub dates: [NaiveDate; 3],
    /// What it billed, net.
    pub net: i64,
    /// What stands on its document for it, net; of a draft that was deleted what the claim itself says.
    pub billed: i64,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// What its version of the terms granted per quota period; none when there is no such version or no quota in it.
    pub terms: Option<String>,
}

pub(crate) fn claims_sql(contracts: usize) -> String {
    format!(
        "SELECT k.id, k.contract_id, k.period, k.period_from, k.period_until, k.service_until, k.net, k.cancelled, v.terms,
            CAST(CASE WHEN d.id IS NULL AND k.cancelled THEN k.net ELSE (SELECT COALESCE(SUM(l.total), 0)
                FROM document_lines l WHERE l.document_id = k.document_id
                AND l.contract_id = k.contract_id AND l.service_from = k.period_from) END AS BIGINT) AS billed
            FROM claims k LEFT JOIN documents d ON d.id = k.document_id LEFT JOIN contract_versions v
                ON v.contract_id = k.contract_id AND v.version = k.contract_version
            WHERE k.contract_id IN ({}) ORDER BY k.contract_id, k.period, k.at, k.id",
        in_list(1, contracts)
    )
}

/// Every claim of these contracts, by contract and period.
pub async fn claims_of(tx: &mut Tx, contracts: &[ContractId]) -> Result<Vec<KeptClaim>, StoreError> {
    let claim = |row: &Row| {
        Ok(KeptClaim {
            id: row.parsed("id")?,
            contract: row.parsed("contract_id")?,
            number: row.count("period")?,
            dates: [row.get("period_from")?, row.get("period_until")?, row.get("service_until")?],
            net: row.get("net")?,
            billed: row.get("billed")?,
            cancelled: row.get("cancelled")?,
            terms: row.get("terms")?,
        })
    };
    let rows = query(claims_sql(contracts.len())).bind_all(contracts.iter().copied()).all(tx).await?;
    rows.iter().map(claim).collect()
}

/// A lot that a claim names, beside what the account has of it.
#[derive(Debug, Clone)]
pub struct ClaimedLot {
    /// The lot.
    pub lot: LotId,
    /// The claim.
    pub claim: ClaimId,
    /// What the claim granted, from when until when.
    pub claimed: (Amount, NaiveDate, NaiveDate),
    /// What the account was granted, from when until when without carry-over; none when it has no such lot.
    pub granted: Option<(Amount, NaiveDate, NaiveDate)>,
    /// Whether it lies on the contract's account, and comes from the billing of contracts.
    pub own: bool,
    /// Whether it was taken back.
    pub revoked: bool,
}

pub(crate) fn claimed_lots_sql(contracts: usize) -> String {
    format!(
        "SELECT k.lot_id, k.claim_id, k.amount, k.quota_from, k.quota_until, s.granted, s.usable_from,
            COALESCE(s.carried_from, s.usable_until) AS own_until, s.revoked,
            CASE WHEN s.account_id = c.account_id AND s.origin = 'contract_billing' THEN TRUE ELSE FALSE END AS own
            FROM claim_lots k JOIN claims m ON m.id = k.claim_id JOIN contracts c ON c.id = m.contract_id
            LEFT JOIN lot_state s ON s.lot_id = k.lot_id
            WHERE m.contract_id IN ({}) ORDER BY k.claim_id, k.quota_from, k.lot_id",
        in_list(1, contracts)
    )
}

/// Every lot that a claim of these contracts names.
pub async fn claimed_lots(tx: &mut Tx, contracts: &[ContractId]) -> Result<Vec<ClaimedLot>, StoreError> {
    let lot = |row: &Row| {
        let granted: Option<i64> = row.get("granted")?;
        let from: Option<NaiveDate> = row.get("usable_from")?;
        let until: Option<NaiveDate> = row.get("own_until")?;
        let granted =
            granted.map(Amount::new).zip(from.zip(until)).map(|(amount, (from, until))| (amount, from, until));
        Ok(ClaimedLot {
            lot: row.parsed("lot_id")?,
            claim: row.parsed("claim_id")?,
            claimed: (Amount::new(row.get("amount")?), row.get("quota_from")?, row.get("quota_until")?),
            granted,
            own: row.get("own")?,
            revoked: row.get::<Option<bool>>("revoked")?.unwrap_or(false),
        })
    };
    let rows = query(claimed_lots_sql(contracts.len())).bind_all(contracts.iter().copied()).all(tx).await?;
    rows.iter().map(lot).collect()
}

/// The counters whose names begin so, with the last number that each gave.
pub async fn counters(tx: &mut Tx, beginning: &str) -> Result<Vec<(String, i64)>, StoreError> {
    let rows = query(AUDIT_COUNTERS).bind(beginning).bind(format!("{beginning}\u{10ffff}")).all(tx).await?;
    rows.iter().map(|row| Ok((row.get("name")?, row.get("value")?))).collect()
}

/// How many documents have a number.
pub async fn numbered(tx: &mut Tx) -> Result<i64, StoreError> {
    query(AUDIT_NUMBERED).first(tx).await?.map_or(Ok(0), |row| row.get("numbered"))
}
