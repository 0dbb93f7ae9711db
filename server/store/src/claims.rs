//! Claims: which periods were billed, with which terms, on which invoice, and what they granted.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    ClaimId, ContractId, Currency, DateRange, DocumentId, LotId, Money, RunId, VatRate,
    contracts::{self, Period, Terms},
    quota::Amount,
    undo::ClaimFacts,
};
use wire::contracts::{ClaimRow, GrantedLot};

use crate::{
    StoreError, Tx,
    sql::{Row, Value, in_list, insert_rows, insert_rows_or, query, statements},
};

/// Whether nobody bills that period of a contract: the one rule of what is free.
macro_rules! nobody_bills {
    ($contract:literal, $period:literal) => {
        concat!(
            "NOT EXISTS (SELECT 1 FROM claims s WHERE s.contract_id = ",
            $contract,
            " AND s.period = ",
            $period,
            " AND NOT s.cancelled)"
        )
    };
}

/// A claim with the terms of the version that it names. Its period is free where nobody bills it; the latest of several
/// cancelled claims says so.
macro_rules! claim_from {
    () => {
        concat!(
            "SELECT k.id, k.period, k.period_from, k.period_until, k.service_until, k.net, k.at, k.by_name, k.cancelled,
            CASE WHEN ",
            nobody_bills!("k.contract_id", "k.period"),
            " AND NOT EXISTS (SELECT 1 FROM claims l WHERE l.contract_id = k.contract_id AND l.period = k.period
                AND (l.at > k.at OR (l.at = k.at AND l.id > k.id))) THEN TRUE ELSE FALSE END AS free,
            d.id AS found_document, d.number AS document_number, d.currency, v.terms, v.version, v.at AS terms_at,
            v.by_name AS terms_by
            FROM claims k LEFT JOIN documents d ON d.id = k.document_id
            JOIN contract_versions v ON v.contract_id = k.contract_id AND v.version = k.contract_version"
        )
    };
}

statements! {
    CLAIMS = concat!(claim_from!(), " WHERE k.contract_id = $1 ORDER BY k.period DESC, k.at DESC LIMIT $2");
    CLAIM_OF_LOT = concat!(claim_from!(), " WHERE k.id = (SELECT claim_id FROM claim_lots WHERE lot_id = $1)");
    CANCEL_CLAIMS = "UPDATE claims SET cancelled = TRUE WHERE document_id = $1 AND NOT cancelled";
    FREED_OF_RUN = concat!("SELECT i.owner_id AS contract_id, i.period FROM billing_run_items i
        WHERE i.run_id = $1 AND i.outcome = 'billed' AND i.project_id IS NULL AND ",
        nobody_bills!("i.owner_id", "i.period"), " ORDER BY i.owner_id, i.period");
    STANDING_OF_CONTRACT = "SELECT k.period, k.period_from, k.service_until, k.contract_version, k.net, k.at, k.by_name,
            d.id AS found_document, d.number AS document_number,
            (SELECT CAST(COALESCE(SUM(l.amount), 0) AS BIGINT) FROM claim_lots l WHERE l.claim_id = k.id) AS granted
        FROM claims k LEFT JOIN documents d ON d.id = k.document_id
        WHERE k.contract_id = $1 AND NOT k.cancelled ORDER BY k.period DESC LIMIT $2";
    VERSIONS = "SELECT version, terms, at, by_name FROM contract_versions WHERE contract_id = $1
        AND (version = $2 OR version IN (SELECT k.contract_version FROM claims k WHERE k.contract_id = $1 AND k.period >= $3))
        ORDER BY version";
    ANY_CLAIM = "SELECT id FROM claims WHERE contract_id = $1 LIMIT 1";
}

/// A claim to be stored.
#[derive(Debug, Clone)]
pub struct NewClaim {
    /// Its id.
    pub id: ClaimId,
    /// The contract.
    pub contract: ContractId,
    /// The state of the contract's terms with which it is billed.
    pub contract_version: i64,
    /// The period.
    pub period: Period,
    /// What is billed, net, in minor units.
    pub net: i64,
    /// The invoice.
    pub document: DocumentId,
    /// The lots that it grants, with their quota periods.
    pub lots: Vec<(LotId, Amount, DateRange)>,
}

pub(crate) fn sold_sql(periods: usize) -> String {
    let one = |n: usize| format!("(k.contract_id = ${} AND k.period = ${})", 2 * n + 1, 2 * n + 2);
    format!(
        "SELECT k.contract_id, k.period, v.terms FROM claims k
            JOIN contract_versions v ON v.contract_id = k.contract_id AND v.version = k.contract_version
            WHERE NOT k.cancelled AND ({})",
        (0..periods).map(one).collect::<Vec<_>>().join(" OR ")
    )
}

/// At which rate of VAT these periods were sold: by the terms with which they were billed. What was not billed, or has
/// no items, is not found.
pub async fn sold_at(tx: &mut Tx, periods: &[(ContractId, u32)]) -> Result<HashMap<ContractId, VatRate>, StoreError> {
    let mut found = HashMap::new();
    for chunk in periods.chunks(200) {
        let mut read = query(sold_sql(chunk.len()));
        for (contract, period) in chunk {
            read = read.bind(*contract).bind(i64::from(*period));
        }
        for row in read.all(tx).await? {
            let terms: Terms = row.json("terms")?;
            if let Some(item) = terms.items.first() {
                found.insert(row.parsed("contract_id")?, item.vat);
            }
        }
    }
    Ok(found)
}

/// At which rate of VAT these periods of a contract were sold, by their number. As [`sold_at`].
pub async fn rates_of(
    tx: &mut Tx,
    contract: ContractId,
    periods: &BTreeSet<u32>,
) -> Result<BTreeMap<u32, VatRate>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in periods.iter().copied().collect::<Vec<_>>().chunks(200) {
        let mut read = query(sold_sql(chunk.len()));
        for period in chunk {
            read = read.bind(contract).bind(i64::from(*period));
        }
        for row in read.all(tx).await? {
            let terms: Terms = row.json("terms")?;
            if let Some(item) = terms.items.first() {
                found.insert(row.count("period")?, item.vat);
            }
        }
    }
    Ok(found)
}

/// A period without end would never be over; it is kept as one that ends with the calendar.
fn until(range: DateRange) -> NaiveDate {
    crate::accounts::usable_until(range)
}

/// Claims periods. Errors with [`StoreError::Overtaken`] when one of them was claimed meanwhile: nothing of the piece
/// of work is then kept.
pub async fn add(tx: &mut Tx, claims: &[NewClaim], by: &str, at: DateTime<Utc>) -> Result<(), StoreError> {
    let row = |claim: &NewClaim| -> Vec<Value> {
        vec![
            claim.id.into(),
            claim.contract.into(),
            i64::from(claim.period.number).into(),
            claim.period.range.from.into(),
            until(claim.period.range).into(),
            until(claim.period.service).into(),
            claim.contract_version.into(),
            claim.document.into(),
            claim.net.into(),
            false.into(),
            at.into(),
            by.into(),
        ]
    };
    let rows: Vec<_> = claims.iter().map(row).collect();
    let wanted = u64::try_from(rows.len()).unwrap_or(u64::MAX);
    let head =
        "INSERT INTO claims (id, contract_id, period, period_from, period_until, service_until, contract_version,
        document_id, net, cancelled, at, by_name) VALUES";
    if insert_rows_or(tx, head, rows, "ON CONFLICT DO NOTHING").await? != wanted {
        return Err(StoreError::Overtaken);
    }
    let lots = claims.iter().flat_map(|claim| {
        claim.lots.iter().map(|(lot, amount, period)| {
            vec![(*lot).into(), claim.id.into(), amount.units().into(), period.from.into(), until(*period).into()]
        })
    });
    let head = "INSERT INTO claim_lots (lot_id, claim_id, amount, quota_from, quota_until) VALUES";
    insert_rows(tx, head, lots.collect()).await
}

fn claim(row: &Row) -> Result<ClaimRow, StoreError> {
    let range = |until: NaiveDate| Ok::<_, StoreError>(DateRange { from: row.get("period_from")?, until: Some(until) });
    let terms: Terms = row.json("terms")?;
    // The currency is that of the invoice; of a draft that was deleted the terms still say it.
    let currency = match row.get::<Option<String>>("currency")? {
        None => terms.currency,
        Some(code) => Currency::from_code(&code).ok_or(StoreError::Unreadable { what: "currency", value: code })?,
    };
    Ok(ClaimRow {
        id: row.parsed("id")?,
        number: row.count("period")?,
        period: range(row.get("period_until")?)?,
        service: range(row.get("service_until")?)?,
        net: Money { minor: row.get("net")?, currency },
        at: row.get::<DateTime<Utc>>("at")?.fixed_offset(),
        by: row.get("by_name")?,
        cancelled: row.get("cancelled")?,
        free: row.get("free")?,
        document: row.maybe("found_document")?,
        document_number: row.get("document_number")?,
        terms,
        version: row.get("version")?,
        terms_at: row.get::<DateTime<Utc>>("terms_at")?.fixed_offset(),
        terms_by: row.get("terms_by")?,
        lots: Vec::new(),
    })
}

pub(crate) fn lots_of_sql(claims: usize) -> String {
    format!(
        "SELECT lot_id, claim_id, amount, quota_from, quota_until FROM claim_lots WHERE claim_id IN ({}) ORDER BY quota_from",
        in_list(1, claims)
    )
}

async fn with_lots(tx: &mut Tx, mut claims: Vec<ClaimRow>) -> Result<Vec<ClaimRow>, StoreError> {
    if claims.is_empty() {
        return Ok(claims);
    }
    let ids = claims.iter().map(|claim| claim.id).collect::<Vec<_>>();
    let mut places: HashMap<ClaimId, &mut Vec<GrantedLot>> =
        claims.iter_mut().map(|claim| (claim.id, &mut claim.lots)).collect();
    for row in query(lots_of_sql(ids.len())).bind_all(ids).all(tx).await? {
        if let Some(lots) = places.get_mut(&row.parsed("claim_id")?) {
            let period = DateRange { from: row.get("quota_from")?, until: Some(row.get("quota_until")?) };
            lots.push(GrantedLot {
                lot: row.parsed("lot_id")?,
                amount: Amount::new(row.get("amount")?),
                period,
                state: None,
            });
        }
    }
    Ok(claims)
}

pub(crate) fn on_documents_sql(documents: usize) -> String {
    format!(
        "SELECT id, contract_id, period, period_from, service_until FROM claims WHERE document_id IN ({})",
        in_list(1, documents)
    )
}

/// A period that a document bills, as it was when it was billed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BilledPeriod {
    /// The contract.
    pub contract: ContractId,
    /// The number of the period.
    pub number: u32,
    /// The part of it that was billed.
    pub service: DateRange,
    /// What it granted, each with its quota period.
    pub grants: Vec<(DateRange, Amount)>,
}

/// The periods that these documents bill, in no order.
pub async fn on_documents(tx: &mut Tx, documents: &[DocumentId]) -> Result<Vec<BilledPeriod>, StoreError> {
    let mut found = Vec::new();
    for chunk in documents.chunks(500) {
        let rows = query(on_documents_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        let mut places = HashMap::<ClaimId, usize>::new();
        for row in &rows {
            places.insert(row.parsed("id")?, found.len());
            let service = DateRange { from: row.get("period_from")?, until: Some(row.get("service_until")?) };
            let (contract, number) = (row.parsed("contract_id")?, row.count("period")?);
            found.push(BilledPeriod { contract, number, service, grants: Vec::new() });
        }
        let claims: Vec<ClaimId> = places.keys().copied().collect();
        for chunk in claims.chunks(500) {
            for row in query(lots_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
                let place = places.get(&row.parsed("claim_id")?).copied();
                if let Some(billed) = place.and_then(|place| found.get_mut(place)) {
                    let period = DateRange { from: row.get("quota_from")?, until: Some(row.get("quota_until")?) };
                    billed.grants.push((period, Amount::new(row.get("amount")?)));
                }
            }
        }
    }
    Ok(found)
}

pub(crate) fn standing_sql(documents: usize) -> String {
    format!(
        "SELECT id, document_id, contract_id, period, period_from, service_until FROM claims
            WHERE document_id IN ({}) AND NOT cancelled ORDER BY contract_id, period",
        in_list(1, documents)
    )
}

/// The standing claims of these documents with the lots that they granted, by contract and period.
pub async fn standing(
    tx: &mut Tx,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<ClaimFacts>>, StoreError> {
    let mut found = Vec::new();
    for chunk in documents.chunks(500) {
        for row in query(standing_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let service = DateRange { from: row.get("period_from")?, until: Some(row.get("service_until")?) };
            let (claim, contract) = (row.parsed("id")?, row.parsed("contract_id")?);
            let claim = ClaimFacts { claim, contract, period: row.count("period")?, service, lots: Vec::new() };
            found.push((row.parsed::<DocumentId>("document_id")?, claim));
        }
    }
    let places: HashMap<ClaimId, usize> = found.iter().map(|(_, claim)| claim.claim).zip(0..).collect();
    let ids: Vec<ClaimId> = found.iter().map(|(_, claim)| claim.claim).collect();
    for chunk in ids.chunks(500) {
        for row in query(lots_of_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let place = places.get(&row.parsed("claim_id")?).copied();
            if let Some((_, claim)) = place.and_then(|place| found.get_mut(place)) {
                claim.lots.push(row.parsed("lot_id")?);
            }
        }
    }
    let mut standing = HashMap::<DocumentId, Vec<ClaimFacts>>::new();
    for (document, claim) in found {
        standing.entry(document).or_default().push(claim);
    }
    Ok(standing)
}

/// Frees what a document claims.
pub async fn cancel(tx: &mut Tx, document: DocumentId) -> Result<(), StoreError> {
    query(CANCEL_CLAIMS).bind(document).run(tx).await.map(drop)
}

pub(crate) fn freed_sql(contracts: usize) -> String {
    format!(
        "SELECT DISTINCT k.contract_id, k.period FROM claims k WHERE k.contract_id IN ({}) AND {}",
        in_list(1, contracts),
        nobody_bills!("k.contract_id", "k.period")
    )
}

/// The periods of these contracts that a cancellation freed and nobody has billed again.
pub async fn freed(tx: &mut Tx, contracts: &[ContractId]) -> Result<HashMap<ContractId, BTreeSet<u32>>, StoreError> {
    let mut found = HashMap::<ContractId, BTreeSet<u32>>::new();
    for chunk in contracts.chunks(500) {
        for row in query(freed_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.entry(row.parsed("contract_id")?).or_default().insert(row.count("period")?);
        }
    }
    Ok(found)
}

/// The periods that a run billed, that were freed since and that nobody has billed again, by contract.
pub async fn freed_of_run(tx: &mut Tx, run: RunId) -> Result<Vec<(ContractId, u32)>, StoreError> {
    let rows = query(FREED_OF_RUN).bind(run).all(tx).await?;
    rows.iter().map(|row| Ok((row.parsed("contract_id")?, row.count("period")?))).collect()
}

/// The latest claims of a contract, the latest period first.
pub async fn of_contract(tx: &mut Tx, contract: ContractId, most: i64) -> Result<Vec<ClaimRow>, StoreError> {
    let rows = query(CLAIMS).bind(contract).bind(most).all(tx).await?;
    with_lots(tx, rows.iter().map(claim).collect::<Result<_, _>>()?).await
}

/// A period that a standing claim bills, with its invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandingPeriod {
    /// The period.
    pub billed: contracts::BilledPeriod,
    /// When it was billed, and by whom.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// The invoice; its number is missing as long as it is a draft.
    pub document: Option<(DocumentId, Option<String>)>,
}

/// The latest standing claims of a contract, the oldest period first, at most so many.
pub async fn standing_of(tx: &mut Tx, contract: ContractId, most: i64) -> Result<Vec<StandingPeriod>, StoreError> {
    let rows = query(STANDING_OF_CONTRACT).bind(contract).bind(most).all(tx).await?;
    let standing = |row: &Row| {
        let service = DateRange { from: row.get("period_from")?, until: Some(row.get("service_until")?) };
        let billed = contracts::BilledPeriod {
            number: row.count("period")?,
            service,
            version: row.get("contract_version")?,
            net: row.get("net")?,
            granted: Amount::new(row.get("granted")?),
        };
        let document: Option<DocumentId> = row.maybe("found_document")?;
        let number: Option<String> = row.get("document_number")?;
        let (at, by) = (row.get("at")?, row.get("by_name")?);
        Ok(StandingPeriod { billed, at, by, document: document.map(|document| (document, number)) })
    };
    rows.iter().rev().map(standing).collect()
}

/// A state of the terms of a contract.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredVersion {
    /// Its number.
    pub version: i64,
    /// The terms.
    pub terms: Terms,
    /// When it was saved.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
}

/// The present terms of a contract (`version`) and those with which periods from number `from` on were billed.
pub async fn versions(
    tx: &mut Tx,
    contract: ContractId,
    version: i64,
    from: u32,
) -> Result<Vec<StoredVersion>, StoreError> {
    let rows = query(VERSIONS).bind(contract).bind(version).bind(i64::from(from)).all(tx).await?;
    let one = |row: &Row| {
        let (version, terms) = (row.get("version")?, row.json("terms")?);
        Ok(StoredVersion { version, terms, at: row.get("at")?, by: row.get("by_name")? })
    };
    rows.iter().map(one).collect()
}

pub(crate) fn sold_terms_sql(contracts: usize) -> String {
    format!(
        "SELECT v.contract_id, v.terms FROM contract_versions v WHERE v.contract_id IN ({}) AND EXISTS
            (SELECT 1 FROM claims k WHERE k.contract_id = v.contract_id AND k.contract_version = v.version)
            ORDER BY v.contract_id, v.version DESC",
        in_list(1, contracts)
    )
}

/// The latest terms with a quota by which a period of these contracts was billed, whether that was cancelled or not.
pub async fn last_sold(tx: &mut Tx, contracts: &[ContractId]) -> Result<HashMap<ContractId, Terms>, StoreError> {
    let mut found = HashMap::new();
    for chunk in contracts.chunks(500) {
        for row in query(sold_terms_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let terms: Terms = row.json("terms")?;
            if terms.quota.is_some() {
                found.entry(row.parsed("contract_id")?).or_insert(terms);
            }
        }
    }
    Ok(found)
}

/// The claim that granted a lot.
pub async fn of_lot(tx: &mut Tx, lot: LotId) -> Result<Option<ClaimRow>, StoreError> {
    let row = query(CLAIM_OF_LOT).bind(lot).first(tx).await?;
    let found = row.as_ref().map(claim).transpose()?;
    Ok(with_lots(tx, found.into_iter().collect()).await?.into_iter().next())
}

/// Whether a period of the contract was ever billed.
pub async fn any(tx: &mut Tx, contract: ContractId) -> Result<bool, StoreError> {
    Ok(query(ANY_CLAIM).bind(contract).first(tx).await?.is_some())
}
