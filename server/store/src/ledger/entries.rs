//! Reading entries back.

use std::collections::HashMap;

use chrono::NaiveDate;
use domain::{
    AccountId, DateRange, DrawId, LotId,
    quota::{Amount, DrawOrigin, Entry, Lot, Movement, Part, RevokedPart, Seq},
};

use super::{Note, StoredEntry};
use crate::{
    StoreError, Tx,
    accounts::{carried, grant_origin, never, usable_until},
    sql::{Row, Value, in_list, query, statements},
};

macro_rules! entry_columns {
    () => {
        "account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, carried_from, cap,
            origin, wanted, available_before, available_after, text, by_name, posted_at"
    };
}

/// The parts of entries; a revoke's parts come with the place and date of the draw that loses.
macro_rules! parts_from {
    () => {
        "SELECT p.seq, p.lot_id, p.amount, p.draw_id, d.seq AS draw_seq, d.date AS draw_date
            FROM entry_parts p LEFT JOIN draw_state d ON d.draw_id = p.draw_id WHERE p.account_id = $1"
    };
}

statements! {
    IN_RANGE = concat!("SELECT ", entry_columns!(), " FROM entries
        WHERE account_id = $1 AND date >= $2 AND date < $3 ORDER BY date, seq");
    ALL = concat!("SELECT ", entry_columns!(), " FROM entries WHERE account_id = $1 ORDER BY seq");
    ALL_PARTS = concat!(parts_from!(), " ORDER BY p.seq, p.place");
    BY_DRAW = concat!("SELECT ", entry_columns!(), " FROM entries WHERE draw_id = $1 AND kind = 'draw'");
    BY_RELEASE = concat!("SELECT ", entry_columns!(), " FROM entries WHERE draw_id = $1 AND kind = 'release'");
    BY_GRANT = concat!("SELECT ", entry_columns!(), " FROM entries WHERE lot_id = $1 AND kind = 'grant'");
    BY_REVOKE = concat!("SELECT ", entry_columns!(), " FROM entries WHERE lot_id = $1 AND kind = 'revoke'");
    COVERS_AFTER = "SELECT seq, draw_id, amount FROM entries
        WHERE account_id = $1 AND seq > $2 AND kind = 'cover' AND lot_id = $3 ORDER BY seq";
    MOVED_SINCE = "SELECT CAST(COALESCE(SUM(movement), 0) AS BIGINT) AS moved FROM entries WHERE account_id = $1 AND date >= $2";
}

/// The parts of an entry as they are kept.
#[derive(Default)]
struct Parts {
    of_lots: Vec<Part>,
    of_draws: Vec<RevokedPart>,
}

impl Parts {
    fn add(&mut self, row: &Row) -> Result<(), StoreError> {
        let amount = Amount::new(row.get("amount")?);
        match row.get::<Option<String>>("draw_id")? {
            None => self.of_lots.push(Part { lot: row.parsed("lot_id")?, amount }),
            Some(_) => {
                let (seq, date) = (row.get::<Option<i64>>("draw_seq")?, row.get::<Option<NaiveDate>>("draw_date")?);
                let (seq, date) = (Seq(seq.unwrap_or_default()), date.unwrap_or_default());
                self.of_draws.push(RevokedPart { draw: row.parsed("draw_id")?, seq, date, amount });
            }
        }
        Ok(())
    }
}

/// Reads an entry; `parts` is called for its parts.
fn entry(row: &Row, parts: impl FnOnce(Seq) -> Parts) -> Result<StoredEntry, StoreError> {
    let seq = Seq(row.get("seq")?);
    let amount = Amount::new(row.get("amount")?);
    let kind: String = row.get("kind")?;
    let movement = match kind.as_str() {
        "grant" => {
            let from: Option<NaiveDate> = row.get("valid_from")?;
            let until: Option<NaiveDate> = row.get("valid_until")?;
            let valid = DateRange { from: from.unwrap_or_default(), until: until.filter(|until| *until != never()) };
            let (id, carried, origin) = (row.parsed("lot_id")?, carried(row)?, grant_origin(row)?);
            Movement::Grant { lot: Lot { id, seq, amount, valid, carried, origin } }
        }
        "draw" => {
            let origin: String = row.get("origin")?;
            let unreadable = || StoreError::Unreadable { what: "origin", value: origin.clone() };
            let origin = DrawOrigin::from_name(&origin).ok_or_else(unreadable)?;
            Movement::Draw { draw: row.parsed("draw_id")?, parts: parts(seq).of_lots, deficit: amount, origin }
        }
        "release" => Movement::Release { draw: row.parsed("draw_id")?, parts: parts(seq).of_lots, deficit: amount },
        "revoke" => Movement::Revoke { lot: row.parsed("lot_id")?, granted: amount, parts: parts(seq).of_draws },
        "cover" => Movement::Cover { draw: row.parsed("draw_id")?, lot: row.parsed("lot_id")?, amount },
        "end" => Movement::End { until: row.get("valid_until")? },
        _ => return Err(StoreError::Unreadable { what: "kind", value: kind }),
    };
    let figure = |column| row.get::<Option<i64>>(column).map(|units| units.map(Amount::new));
    let (wanted, before, after) = (figure("wanted")?, figure("available_before")?, figure("available_after")?);
    let wanted = wanted.zip(before).zip(after).map(|((wanted, before), after)| (wanted, before, after));
    let note = Note { text: row.get("text")?, by: row.get("by_name")?, at: row.get("posted_at")?, wanted };
    let entry = Entry { seq, date: row.get("date")?, movement };
    Ok(StoredEntry { account: row.parsed("account_id")?, entry, moved: Amount::new(row.get("movement")?), note })
}

/// Joins entries with their parts. Both may stand in any order, but the parts of one entry by their place.
fn join(rows: &[Row], part_rows: &[Row]) -> Result<Vec<StoredEntry>, StoreError> {
    let mut parts = HashMap::<i64, Parts>::new();
    for row in part_rows {
        parts.entry(row.get("seq")?).or_default().add(row)?;
    }
    rows.iter().map(|row| entry(row, |seq| parts.remove(&seq.0).unwrap_or_default())).collect()
}

/// The entries dated within the range, by date and sequence.
pub async fn in_range(tx: &mut Tx, account: AccountId, range: DateRange) -> Result<Vec<StoredEntry>, StoreError> {
    let rows = query(IN_RANGE).bind(account).bind(range.from).bind(usable_until(range)).all(tx).await?;
    let mut with_parts = Vec::new();
    for row in &rows {
        if ["draw", "release", "revoke"].contains(&row.get::<String>("kind")?.as_str()) {
            with_parts.push(row.get::<i64>("seq")?);
        }
    }
    let parts = parts_of(tx, account, &with_parts).await?;
    join(&rows, &parts)
}

/// The parts of these entries. By number and not by a join over the dates: no planner can get that wrong.
async fn parts_of(tx: &mut Tx, account: AccountId, numbers: &[i64]) -> Result<Vec<Row>, StoreError> {
    let mut parts = Vec::new();
    for chunk in numbers.chunks(1000) {
        let read = query(parts_sql(chunk.len())).bind(account).bind_all(chunk.iter().copied());
        parts.extend(read.all(tx).await?);
    }
    Ok(parts)
}

pub(crate) fn parts_sql(entries: usize) -> String {
    format!("{} AND p.seq IN ({}) ORDER BY p.seq, p.place", parts_from!(), in_list(2, entries))
}

/// The whole history of an account, by sequence.
pub async fn all(tx: &mut Tx, account: AccountId) -> Result<Vec<StoredEntry>, StoreError> {
    let rows = query(ALL).bind(account).all(tx).await?;
    let parts = query(ALL_PARTS).bind(account).all(tx).await?;
    join(&rows, &parts)
}

async fn one(tx: &mut Tx, sql: &'static str, id: impl Into<Value>) -> Result<Option<StoredEntry>, StoreError> {
    let Some(row) = query(sql).bind(id).first(tx).await? else { return Ok(None) };
    let account: AccountId = row.parsed("account_id")?;
    let parts = parts_of(tx, account, &[row.get("seq")?]).await?;
    Ok(join(&[row], &parts)?.into_iter().next())
}

/// The entry that posted the draw.
pub async fn draw_entry(tx: &mut Tx, draw: DrawId) -> Result<Option<StoredEntry>, StoreError> {
    one(tx, BY_DRAW, draw).await
}

/// The entry that released the draw.
pub async fn release_entry(tx: &mut Tx, draw: DrawId) -> Result<Option<StoredEntry>, StoreError> {
    one(tx, BY_RELEASE, draw).await
}

/// The entry that granted the lot.
pub async fn grant_entry(tx: &mut Tx, lot: LotId) -> Result<Option<StoredEntry>, StoreError> {
    one(tx, BY_GRANT, lot).await
}

/// The entry that took the grant of the lot back.
pub async fn revoke_entry(tx: &mut Tx, lot: LotId) -> Result<Option<StoredEntry>, StoreError> {
    one(tx, BY_REVOKE, lot).await
}

/// What the grant of a lot covered at once: the covers that follow it without a gap.
pub async fn covers_of(tx: &mut Tx, grant: &StoredEntry, lot: LotId) -> Result<Vec<(DrawId, Amount)>, StoreError> {
    let rows = query(COVERS_AFTER).bind(grant.account).bind(grant.entry.seq.0).bind(lot).all(tx).await?;
    let mut covers = Vec::new();
    for (expected, row) in (grant.entry.seq.0 + 1..).zip(&rows) {
        if row.get::<i64>("seq")? != expected {
            break;
        }
        covers.push((row.parsed("draw_id")?, Amount::new(row.get("amount")?)));
    }
    Ok(covers)
}

/// The sum of the movements dated on that day or later.
pub async fn moved_since(tx: &mut Tx, account: AccountId, day: NaiveDate) -> Result<Amount, StoreError> {
    let row = query(MOVED_SINCE).bind(account).bind(day).first(tx).await?;
    row.map_or(Ok(Amount::ZERO), |row| row.get("moved").map(Amount::new))
}
