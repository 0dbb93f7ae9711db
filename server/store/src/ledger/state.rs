//! Reading the state beside the ledger: lots and draws as they stand now.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, DocumentId, DrawId, LotId,
    contracts::DatedDraw,
    quota::{Amount, LotState, Part, PostedDraw, Seq},
};

use crate::{
    StoreError, Tx,
    accounts::{StoredAccount, lot_columns, lot_state, usable_until},
    sql::{Row, in_list, query, statements},
};

statements! {
    DRAW = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state WHERE draw_id = $1";
    DRAW_PARTS = "SELECT draw_id, lot_id, amount FROM draw_parts WHERE draw_id = $1 ORDER BY place";
    DRAWS_OF = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state WHERE account_id = $1 ORDER BY seq";
    DRAW_PARTS_OF = "SELECT p.draw_id, p.lot_id, p.amount FROM draw_parts p JOIN draw_state d ON d.draw_id = p.draw_id
        WHERE d.account_id = $1 ORDER BY d.seq, p.place";
    HOLDERS = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state
        WHERE draw_id IN (SELECT p.draw_id FROM draw_parts p WHERE p.lot_id = $1) ORDER BY seq";
    // A subselect and no join: whatever a planner thinks of the sizes, it begins with the lot.
    HOLDERS_PARTS = "SELECT draw_id, lot_id, amount FROM draw_parts
        WHERE draw_id IN (SELECT p.draw_id FROM draw_parts p WHERE p.lot_id = $1) ORDER BY draw_id, place";
    DRAWS_OF_DOCUMENT = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state
        WHERE draw_id IN (SELECT l.draw_id FROM document_lines l WHERE l.document_id = $1) ORDER BY account_id, seq";
    PARTS_OF_DOCUMENT = "SELECT draw_id, lot_id, amount FROM draw_parts
        WHERE draw_id IN (SELECT l.draw_id FROM document_lines l WHERE l.document_id = $1) ORDER BY draw_id, place";
    // Begins with the days of the account's entries; a draw stands there once.
    DRAWS_FROM = "SELECT s.draw_id, s.date, s.deficit,
            (SELECT CAST(COALESCE(SUM(p.amount), 0) AS BIGINT) FROM draw_parts p WHERE p.draw_id = s.draw_id) AS drawn
        FROM draw_state s WHERE NOT s.released
            AND s.draw_id IN (SELECT e.draw_id FROM entries e WHERE e.account_id = $1 AND e.date >= $2 AND e.kind = 'draw')
        ORDER BY s.date, s.seq";
    LOTS_OF = concat!("SELECT ", lot_columns!(), " FROM lot_state
        WHERE account_id = $1 ORDER BY usable_until, usable_from, seq");
    LOTS_WITHIN = concat!("SELECT ", lot_columns!(), " FROM lot_state
        WHERE account_id = $1 AND usable_until >= $2 AND usable_from < $3 ORDER BY usable_until, usable_from, seq");
    LEFT_OF_ENDED = "SELECT CAST(COALESCE(SUM(granted - drawn), 0) AS BIGINT) AS lost FROM lot_state
        WHERE account_id = $1 AND usable_until <= $2 AND drawn < granted AND NOT revoked";
    LOTS_WITH_REST = concat!("SELECT ", lot_columns!(), " FROM lot_state
        WHERE account_id = $1 AND usable_until > $2 AND drawn < granted AND NOT revoked");
}

fn part(row: &Row) -> Result<Part, StoreError> {
    Ok(Part { lot: row.parsed("lot_id")?, amount: Amount::new(row.get("amount")?) })
}

fn posted_draw(row: &Row, parts: Vec<Part>) -> Result<PostedDraw, StoreError> {
    Ok(PostedDraw {
        draw: row.parsed("draw_id")?,
        seq: Seq(row.get("seq")?),
        date: row.get("date")?,
        parts,
        deficit: Amount::new(row.get("deficit")?),
        released: row.get("released")?,
    })
}

/// Joins draws with their parts.
fn join(rows: &[Row], part_rows: &[Row]) -> Result<Vec<PostedDraw>, StoreError> {
    let mut parts = HashMap::<String, Vec<Part>>::new();
    for row in part_rows {
        parts.entry(row.get("draw_id")?).or_default().push(part(row)?);
    }
    rows.iter().map(|row| posted_draw(row, parts.remove(&row.get::<String>("draw_id")?).unwrap_or_default())).collect()
}

/// A draw as it stands now, with its account.
pub async fn draw(tx: &mut Tx, draw: DrawId) -> Result<Option<(AccountId, PostedDraw)>, StoreError> {
    let Some(row) = query(DRAW).bind(draw).first(tx).await? else { return Ok(None) };
    let parts = query(DRAW_PARTS).bind(draw).all(tx).await?;
    let account = row.parsed("account_id")?;
    Ok(join(&[row], &parts)?.into_iter().next().map(|draw| (account, draw)))
}

pub(crate) fn draws_among_sql(draws: usize) -> String {
    format!(
        "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state WHERE draw_id IN ({})",
        in_list(1, draws)
    )
}

pub(crate) fn parts_among_sql(draws: usize) -> String {
    format!(
        "SELECT draw_id, lot_id, amount FROM draw_parts WHERE draw_id IN ({}) ORDER BY draw_id, place",
        in_list(1, draws)
    )
}

/// These draws as they stand now, each with its account.
pub async fn draws_among(
    tx: &mut Tx,
    draws: &[DrawId],
) -> Result<HashMap<DrawId, (AccountId, PostedDraw)>, StoreError> {
    let mut found = HashMap::new();
    for chunk in draws.chunks(1000) {
        let rows = query(draws_among_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        let parts = query(parts_among_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        for (row, draw) in rows.iter().zip(join(&rows, &parts)?) {
            found.insert(draw.draw, (row.parsed("account_id")?, draw));
        }
    }
    Ok(found)
}

/// Every draw of an account.
pub async fn draws_of(tx: &mut Tx, account: AccountId) -> Result<Vec<PostedDraw>, StoreError> {
    let parts = query(DRAW_PARTS_OF).bind(account).all(tx).await?;
    join(&query(DRAWS_OF).bind(account).all(tx).await?, &parts)
}

/// The draws that the lines of a document hold, with their accounts.
pub async fn draws_of_document(tx: &mut Tx, document: DocumentId) -> Result<Vec<(AccountId, PostedDraw)>, StoreError> {
    let rows = query(DRAWS_OF_DOCUMENT).bind(document).all(tx).await?;
    let parts = query(PARTS_OF_DOCUMENT).bind(document).all(tx).await?;
    let accounts = rows.iter().map(|row| row.parsed("account_id")).collect::<Result<Vec<_>, _>>()?;
    Ok(accounts.into_iter().zip(join(&rows, &parts)?).collect())
}

pub(crate) fn draws_of_documents_sql(documents: usize) -> String {
    format!(
        "SELECT l.document_id, s.draw_id, s.account_id, s.seq, s.date, s.deficit, s.released FROM document_lines l
            JOIN draw_state s ON s.draw_id = l.draw_id WHERE l.document_id IN ({}) ORDER BY s.account_id, s.seq",
        in_list(1, documents)
    )
}

pub(crate) fn parts_of_documents_sql(documents: usize) -> String {
    format!(
        "SELECT p.draw_id, p.lot_id, p.amount FROM document_lines l JOIN draw_parts p ON p.draw_id = l.draw_id
            WHERE l.document_id IN ({}) ORDER BY p.draw_id, p.place",
        in_list(1, documents)
    )
}

/// The draws that the lines of these documents hold, with their accounts; by account, in the order of their sequence.
pub async fn draws_of_documents(
    tx: &mut Tx,
    documents: &[DocumentId],
) -> Result<HashMap<DocumentId, Vec<(AccountId, PostedDraw)>>, StoreError> {
    let mut found = HashMap::<DocumentId, Vec<(AccountId, PostedDraw)>>::new();
    for chunk in documents.chunks(500) {
        let rows = query(draws_of_documents_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        let parts = query(parts_of_documents_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        for (row, draw) in rows.iter().zip(join(&rows, &parts)?) {
            found.entry(row.parsed("document_id")?).or_default().push((row.parsed("account_id")?, draw));
        }
    }
    Ok(found)
}

pub(crate) fn held_sql(accounts: usize) -> String {
    format!(
        "SELECT p.lot_id, CAST(SUM(p.amount) AS BIGINT) AS held FROM draw_state d JOIN draw_parts p ON p.draw_id = d.draw_id
            WHERE d.account_id IN ({}) AND d.hold GROUP BY p.lot_id",
        in_list(1, accounts)
    )
}

/// What drafts hold of the lots of these accounts.
pub async fn held(tx: &mut Tx, accounts: &[AccountId]) -> Result<HashMap<LotId, Amount>, StoreError> {
    let mut held = HashMap::new();
    for chunk in accounts.chunks(1000) {
        for row in query(held_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            held.insert(row.parsed("lot_id")?, Amount::new(row.get("held")?));
        }
    }
    Ok(held)
}

/// The draws that hold something of that lot, in the order of their sequence.
pub async fn holders(tx: &mut Tx, lot: LotId) -> Result<Vec<PostedDraw>, StoreError> {
    let parts = query(HOLDERS_PARTS).bind(lot).all(tx).await?;
    join(&query(HOLDERS).bind(lot).all(tx).await?, &parts)
}

pub(crate) fn holders_sql(lots: usize) -> String {
    format!(
        "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state
            WHERE draw_id IN (SELECT p.draw_id FROM draw_parts p WHERE p.lot_id IN ({})) ORDER BY account_id, seq",
        in_list(1, lots)
    )
}

pub(crate) fn holders_parts_sql(lots: usize) -> String {
    format!(
        "SELECT draw_id, lot_id, amount FROM draw_parts
            WHERE draw_id IN (SELECT p.draw_id FROM draw_parts p WHERE p.lot_id IN ({})) ORDER BY draw_id, place",
        in_list(1, lots)
    )
}

/// The draws that hold something of one of these lots, each once and with all that it holds, with their accounts; by
/// account, in the order of their sequence.
pub async fn holders_of(tx: &mut Tx, lots: &[LotId]) -> Result<Vec<(AccountId, PostedDraw)>, StoreError> {
    let mut found = BTreeMap::new();
    for chunk in lots.chunks(1000) {
        let rows = query(holders_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        let parts = query(holders_parts_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await?;
        let accounts = rows.iter().map(|row| row.parsed("account_id")).collect::<Result<Vec<AccountId>, _>>()?;
        for (account, draw) in accounts.into_iter().zip(join(&rows, &parts)?) {
            found.insert((account, draw.seq), draw);
        }
    }
    Ok(found.into_iter().map(|((account, _), draw)| (account, draw)).collect())
}

/// The standing draws of an account that count for days from that one on, by date.
pub async fn draws_from(tx: &mut Tx, account: AccountId, from: NaiveDate) -> Result<Vec<DatedDraw>, StoreError> {
    let rows = query(DRAWS_FROM).bind(account).bind(from).all(tx).await?;
    let dated = |row: &Row| {
        let held: i64 = row.get::<i64>("drawn")? + row.get::<i64>("deficit")?;
        Ok(DatedDraw { draw: row.parsed("draw_id")?, date: row.get("date")?, amount: Amount::new(held) })
    };
    rows.iter().map(dated).collect()
}

/// Which of these draws were released.
pub async fn released_among(tx: &mut Tx, draws: &[DrawId]) -> Result<Vec<DrawId>, StoreError> {
    let mut released = Vec::new();
    for chunk in draws.chunks(1000) {
        for row in query(released_among_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            released.push(row.parsed("draw_id")?);
        }
    }
    Ok(released)
}

pub(crate) fn released_among_sql(draws: usize) -> String {
    format!("SELECT draw_id FROM draw_state WHERE released AND draw_id IN ({})", in_list(1, draws))
}

/// Every lot of an account, in the order of consumption.
pub async fn lots_of(tx: &mut Tx, of: &StoredAccount) -> Result<Vec<LotState>, StoreError> {
    let rows = query(LOTS_OF).bind(of.account.id).all(tx).await?;
    rows.iter().map(|row| lot_state(row, of.end)).collect()
}

/// The lots that are valid within the range or end on its first day, in the order of consumption.
pub async fn lots_within(tx: &mut Tx, of: &StoredAccount, range: DateRange) -> Result<Vec<LotState>, StoreError> {
    let rows = query(LOTS_WITHIN).bind(of.account.id).bind(range.from).bind(usable_until(range)).all(tx).await?;
    rows.iter().map(|row| lot_state(row, of.end)).collect()
}

/// What is left of the lots that ended on that day or earlier. All of it has lapsed; old accounts have many of them.
pub async fn left_of_ended(tx: &mut Tx, account: AccountId, day: NaiveDate) -> Result<Amount, StoreError> {
    let row = query(LEFT_OF_ENDED).bind(account).bind(day).first(tx).await?;
    row.map_or(Ok(Amount::ZERO), |row| row.get("lost").map(Amount::new))
}

/// The lots that end after that day and have something left, in no particular order: of them a part may have lapsed.
pub async fn lots_with_rest_after(
    tx: &mut Tx,
    of: &StoredAccount,
    day: NaiveDate,
) -> Result<Vec<LotState>, StoreError> {
    let rows = query(LOTS_WITH_REST).bind(of.account.id).bind(day).all(tx).await?;
    rows.iter().map(|row| lot_state(row, of.end)).collect()
}

/// These lots of the account, in no particular order; a lot of another account is not found.
pub async fn lots(tx: &mut Tx, of: &StoredAccount, lots: &[LotId]) -> Result<Vec<LotState>, StoreError> {
    let mut found = Vec::new();
    for chunk in lots.chunks(1000) {
        let read = query(lots_sql(chunk.len())).bind(of.account.id).bind_all(chunk.iter().copied());
        for row in read.all(tx).await? {
            found.push(lot_state(&row, of.end)?);
        }
    }
    Ok(found)
}

pub(crate) fn lots_among_sql(lots: usize) -> String {
    format!("SELECT {} FROM lot_state WHERE lot_id IN ({})", lot_columns!(), in_list(1, lots))
}

/// These lots of these accounts, in no particular order; a lot of another account is not found.
pub async fn lots_among(
    tx: &mut Tx,
    of: &[StoredAccount],
    lots: &[LotId],
) -> Result<Vec<(AccountId, LotState)>, StoreError> {
    let ends: HashMap<AccountId, _> = of.iter().map(|stored| (stored.account.id, stored.end)).collect();
    let mut found = Vec::new();
    for chunk in lots.chunks(1000) {
        for row in query(lots_among_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            let account = row.parsed("account_id")?;
            if let Some(end) = ends.get(&account) {
                found.push((account, lot_state(&row, *end)?));
            }
        }
    }
    Ok(found)
}

pub(crate) fn lots_sql(lots: usize) -> String {
    format!("SELECT {} FROM lot_state WHERE account_id = $1 AND lot_id IN ({})", lot_columns!(), in_list(2, lots))
}
