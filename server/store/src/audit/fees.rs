//! Claims of fees as they are kept, beside what stands on their documents.

use chrono::NaiveDate;
use domain::{BillingLineId, ClaimId, ProjectId};

use crate::{
    StoreError, Tx,
    sql::{Row, in_list, query, statements},
};

statements! {
    AUDIT_CLAIMED_FEES = "SELECT k.id FROM fee_claims k WHERE NOT k.cancelled AND NOT EXISTS
        (SELECT 1 FROM documents d WHERE d.id = k.document_id) ORDER BY k.id LIMIT 1";
    AUDIT_FREED_FEES = "SELECT k.id FROM fee_claims k JOIN documents d ON d.id = k.document_id
        WHERE (d.state = 'cancelled' AND NOT k.cancelled) OR (d.state <> 'cancelled' AND k.cancelled) ORDER BY k.id LIMIT 1";
}

/// The claim of a period of a fee as it is kept.
#[derive(Debug, Clone)]
pub struct KeptFeeClaim {
    /// Its id.
    pub id: ClaimId,
    /// The billing line.
    pub line: BillingLineId,
    /// The number of the period.
    pub number: u32,
    /// The period, and until when it was billed.
    pub dates: [NaiveDate; 3],
    /// What it billed, net.
    pub net: i64,
    /// What the line of its document comes to, net; of a draft that was deleted what the claim itself says; none when
    /// there is no such line of the customer of the project.
    pub billed: Option<i64>,
    /// Whether it was cancelled.
    pub cancelled: bool,
    /// The fee with which it was billed, as it is kept.
    pub fee: String,
}

pub(crate) fn fees_sql(projects: usize) -> String {
    format!(
        "SELECT k.id, k.line_id, k.period, k.period_from, k.period_until, k.service_until, k.net, k.cancelled, k.fee,
            CAST(CASE WHEN d.id IS NULL AND k.cancelled THEN k.net WHEN d.customer_id <> p.customer_id THEN NULL
                ELSE l.total END AS BIGINT) AS billed
            FROM fee_claims k JOIN projects p ON p.id = k.project_id LEFT JOIN documents d ON d.id = k.document_id
            LEFT JOIN document_lines l ON l.document_id = k.document_id AND l.place = k.place
                AND l.service_from = k.period_from
            WHERE k.project_id IN ({}) ORDER BY k.line_id, k.period, k.at, k.id",
        in_list(1, projects)
    )
}

/// Every claim of the fees of these projects, by line and period.
pub async fn fee_claims_of(tx: &mut Tx, projects: &[ProjectId]) -> Result<Vec<KeptFeeClaim>, StoreError> {
    let claim = |row: &Row| {
        Ok(KeptFeeClaim {
            id: row.parsed("id")?,
            line: row.parsed("line_id")?,
            number: row.count("period")?,
            dates: [row.get("period_from")?, row.get("period_until")?, row.get("service_until")?],
            net: row.get("net")?,
            billed: row.get("billed")?,
            cancelled: row.get("cancelled")?,
            fee: row.get("fee")?,
        })
    };
    let rows = query(fees_sql(projects.len())).bind_all(projects.iter().copied()).all(tx).await?;
    rows.iter().map(claim).collect()
}
