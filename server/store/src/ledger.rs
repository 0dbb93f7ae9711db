//! The ledger: posting entries together with the state beside them, and reading them back.

use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    AccountId, DateRange, DrawId, LotId,
    quota::{AccountView, Amount, Entry, Lot, LotState, Movement, Part, PostedDraw, Seq},
};

use crate::{
    StoreError, Tx,
    accounts::{lot_state, never, usable_until},
    sql::{Row, Value, in_list, insert_rows, query, statements},
};

statements! {
    ADVANCE = "UPDATE accounts SET next_seq = $2, balance = balance + $3 WHERE id = $1 AND next_seq = $4";
    NEW_LOT = "INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7)";
    LOT_DRAWN = "UPDATE lot_state SET drawn = $2 WHERE lot_id = $1";
    NEW_DRAW = "INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released)
        VALUES ($1, $2, $3, $4, $5, FALSE)";
    RELEASE_DRAW = "UPDATE draw_state SET released = TRUE, deficit = 0 WHERE draw_id = $1";
    FORGET_PARTS = "DELETE FROM draw_parts WHERE draw_id = $1";
    COVER_DRAW = "UPDATE draw_state SET deficit = deficit - $2 WHERE draw_id = $1";
    COVER_PART = "UPDATE draw_parts SET amount = amount + $3 WHERE draw_id = $1 AND lot_id = $2";
    NEW_PART = "INSERT INTO draw_parts (draw_id, place, lot_id, amount)
        SELECT $1, CAST(COALESCE(MAX(place), -1) + 1 AS BIGINT), $2, $3 FROM draw_parts WHERE draw_id = $1";
    DRAW = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state WHERE draw_id = $1";
    DRAW_PARTS = "SELECT lot_id, amount FROM draw_parts WHERE draw_id = $1 ORDER BY place";
    DRAWS_OF = "SELECT draw_id, account_id, seq, date, deficit, released FROM draw_state WHERE account_id = $1 ORDER BY seq";
    DRAW_PARTS_OF = "SELECT p.draw_id, p.lot_id, p.amount FROM draw_parts p JOIN draw_state d ON d.draw_id = p.draw_id
        WHERE d.account_id = $1 ORDER BY d.seq, p.place";
    LOTS_OF = "SELECT lot_id, account_id, seq, granted, drawn, usable_from, usable_until FROM lot_state
        WHERE account_id = $1 ORDER BY usable_until, usable_from, seq";
    IN_RANGE = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
            available_before, available_after, text, by_name, posted_at
        FROM entries WHERE account_id = $1 AND date >= $2 AND date < $3 ORDER BY date, seq";
    // CROSS JOIN: SQLite keeps this order and reads only the parts of the range, not all of the account.
    PARTS_IN_RANGE = "SELECT p.seq, p.lot_id, p.amount FROM entries e CROSS JOIN entry_parts p
        WHERE p.account_id = e.account_id AND p.seq = e.seq AND e.account_id = $1 AND e.date >= $2 AND e.date < $3
        ORDER BY e.date, e.seq, p.place";
    ALL = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
            available_before, available_after, text, by_name, posted_at FROM entries WHERE account_id = $1 ORDER BY seq";
    ALL_PARTS = "SELECT seq, lot_id, amount FROM entry_parts WHERE account_id = $1 ORDER BY seq, place";
    BY_DRAW = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
            available_before, available_after, text, by_name, posted_at
        FROM entries WHERE draw_id = $1 AND kind = 'draw'";
    BY_RELEASE = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
            available_before, available_after, text, by_name, posted_at
        FROM entries WHERE draw_id = $1 AND kind = 'release'";
    BY_GRANT = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until, wanted,
            available_before, available_after, text, by_name, posted_at
        FROM entries WHERE lot_id = $1 AND kind = 'grant'";
    COVERS_AFTER = "SELECT seq, draw_id, amount FROM entries
        WHERE account_id = $1 AND seq > $2 AND kind = 'cover' AND lot_id = $3 ORDER BY seq";
    PARTS_OF = "SELECT seq, lot_id, amount FROM entry_parts WHERE account_id = $1 AND seq = $2 ORDER BY place";
    MOVED_SINCE = "SELECT CAST(COALESCE(SUM(movement), 0) AS BIGINT) AS moved FROM entries WHERE account_id = $1 AND date >= $2";
    LAPSED_BY = "SELECT CAST(COALESCE(SUM(granted - drawn), 0) AS BIGINT) AS lapsed FROM lot_state
        WHERE account_id = $1 AND usable_until <= $2";
    LOTS_WITHIN = "SELECT lot_id, account_id, seq, granted, drawn, usable_from, usable_until FROM lot_state
        WHERE account_id = $1 AND usable_until >= $2 AND usable_from < $3 ORDER BY usable_until, usable_from, seq";
}

/// What is recorded with an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// What was done, or why it was granted.
    pub text: String,
    /// The name of whoever posted it.
    pub by: String,
    /// When.
    pub at: DateTime<Utc>,
    /// For a draw: what was wanted, and what was available before and after.
    pub wanted: Option<(Amount, Amount, Amount)>,
}

/// An entry with what is recorded with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredEntry {
    /// The account.
    pub account: AccountId,
    /// The entry.
    pub entry: Entry,
    /// How it moves the balance, as kept for sums: always what the entry itself says, or it is damaged.
    pub moved: Amount,
    /// What is recorded with it.
    pub note: Note,
}

/// Posts entries that the domain has decided: `after` is `before` with all of them applied. The caller holds the
/// account's lock. Writes the ledger and the state beside it.
pub async fn post(
    tx: &mut Tx,
    before: &AccountView,
    after: &AccountView,
    entries: &[Entry],
    note: &Note,
) -> Result<(), StoreError> {
    let account = before.account.id;
    let mut rows = Vec::new();
    let mut parts = Vec::new();
    let mut moved = 0;
    for entry in entries {
        let movement = entry.movement.balance().map_or(0, Amount::units);
        moved += movement;
        rows.push(entry_row(account, entry, movement, note));
        parts.extend(part_rows(account, entry));
    }
    insert_rows(
        tx,
        "INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
            wanted, available_before, available_after, text, by_name, posted_at) VALUES",
        rows,
    )
    .await?;
    insert_rows(tx, "INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) VALUES", parts).await?;
    for state in &after.lots {
        match before.lot(state.lot.id) {
            None => new_lot(tx, account, state).await?,
            Some(earlier) if earlier.drawn != state.drawn => {
                query(LOT_DRAWN).bind(state.lot.id).bind(state.drawn.units()).run(tx).await?;
            }
            Some(_) => {}
        }
    }
    for entry in entries {
        post_draw_state(tx, account, entry).await?;
    }
    let advance = query(ADVANCE).bind(account).bind(after.next_seq.0).bind(moved).bind(before.next_seq.0);
    if advance.run(tx).await? != 1 {
        // Nobody else may have posted between our lock and here.
        return Err(StoreError::GivenUp("the account moved under its lock"));
    }
    Ok(())
}

async fn new_lot(tx: &mut Tx, account: AccountId, state: &LotState) -> Result<(), StoreError> {
    let lot = &state.lot;
    let insert = query(NEW_LOT).bind(lot.id).bind(account).bind(lot.seq.0).bind(lot.amount.units());
    insert.bind(state.drawn.units()).bind(lot.valid.from).bind(usable_until(lot.valid)).run(tx).await?;
    Ok(())
}

async fn post_draw_state(tx: &mut Tx, account: AccountId, entry: &Entry) -> Result<(), StoreError> {
    match &entry.movement {
        Movement::Grant { .. } => {}
        Movement::Draw { draw, parts, deficit } => {
            let insert = query(NEW_DRAW).bind(*draw).bind(account).bind(entry.seq.0).bind(entry.date);
            insert.bind(deficit.units()).run(tx).await?;
            let rows = (0..)
                .zip(parts)
                .map(|(place, part): (i64, _)| {
                    vec![(*draw).into(), place.into(), part.lot.into(), part.amount.units().into()]
                })
                .collect();
            insert_rows(tx, "INSERT INTO draw_parts (draw_id, place, lot_id, amount) VALUES", rows).await?;
        }
        Movement::Release { draw, .. } => {
            query(RELEASE_DRAW).bind(*draw).run(tx).await?;
            query(FORGET_PARTS).bind(*draw).run(tx).await?;
        }
        Movement::Cover { draw, lot, amount } => {
            query(COVER_DRAW).bind(*draw).bind(amount.units()).run(tx).await?;
            if query(COVER_PART).bind(*draw).bind(*lot).bind(amount.units()).run(tx).await? == 0 {
                query(NEW_PART).bind(*draw).bind(*lot).bind(amount.units()).run(tx).await?;
            }
        }
    }
    Ok(())
}

fn entry_row(account: AccountId, entry: &Entry, movement: i64, note: &Note) -> Vec<Value> {
    let (kind, lot, draw, amount, valid) = match &entry.movement {
        Movement::Grant { lot } => ("grant", Some(lot.id), None, lot.amount, Some(lot.valid)),
        Movement::Draw { draw, deficit, .. } => ("draw", None, Some(*draw), *deficit, None),
        Movement::Release { draw, deficit, .. } => ("release", None, Some(*draw), *deficit, None),
        Movement::Cover { draw, lot, amount } => ("cover", Some(*lot), Some(*draw), *amount, None),
    };
    let figure = |pick: fn(&(Amount, Amount, Amount)) -> Amount| note.wanted.as_ref().map(|w| pick(w).units());
    vec![
        account.into(),
        entry.seq.0.into(),
        kind.into(),
        entry.date.into(),
        movement.into(),
        lot.into(),
        draw.into(),
        amount.units().into(),
        valid.map(|valid| valid.from).into(),
        valid.map(usable_until).into(),
        figure(|w| w.0).into(),
        figure(|w| w.1).into(),
        figure(|w| w.2).into(),
        (&note.text).into(),
        (&note.by).into(),
        note.at.into(),
    ]
}

fn part_rows(account: AccountId, entry: &Entry) -> Vec<Vec<Value>> {
    let (Movement::Draw { parts, .. } | Movement::Release { parts, .. }) = &entry.movement else { return Vec::new() };
    (0..)
        .zip(parts)
        .map(|(place, part): (i64, _)| {
            vec![account.into(), entry.seq.0.into(), place.into(), part.lot.into(), part.amount.units().into()]
        })
        .collect()
}

fn part(row: &Row) -> Result<Part, StoreError> {
    Ok(Part { lot: row.parsed("lot_id")?, amount: Amount::new(row.get("amount")?) })
}

/// Reads an entry; `parts` is called for its parts.
fn entry(row: &Row, parts: impl FnOnce(Seq) -> Vec<Part>) -> Result<StoredEntry, StoreError> {
    let seq = Seq(row.get("seq")?);
    let amount = Amount::new(row.get("amount")?);
    let kind: String = row.get("kind")?;
    let movement = match kind.as_str() {
        "grant" => {
            let from: Option<NaiveDate> = row.get("valid_from")?;
            let until: Option<NaiveDate> = row.get("valid_until")?;
            let valid = DateRange { from: from.unwrap_or_default(), until: until.filter(|until| *until != never()) };
            Movement::Grant { lot: Lot { id: row.parsed("lot_id")?, seq, amount, valid } }
        }
        "draw" => Movement::Draw { draw: row.parsed("draw_id")?, parts: parts(seq), deficit: amount },
        "release" => Movement::Release { draw: row.parsed("draw_id")?, parts: parts(seq), deficit: amount },
        "cover" => Movement::Cover { draw: row.parsed("draw_id")?, lot: row.parsed("lot_id")?, amount },
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
    let mut parts = std::collections::HashMap::<i64, Vec<Part>>::new();
    for row in part_rows {
        parts.entry(row.get("seq")?).or_default().push(part(row)?);
    }
    rows.iter().map(|row| entry(row, |seq| parts.remove(&seq.0).unwrap_or_default())).collect()
}

/// The entries dated within the range, by date and sequence.
pub async fn in_range(tx: &mut Tx, account: AccountId, range: DateRange) -> Result<Vec<StoredEntry>, StoreError> {
    let until = usable_until(range);
    let rows = query(IN_RANGE).bind(account).bind(range.from).bind(until).all(tx).await?;
    let parts = query(PARTS_IN_RANGE).bind(account).bind(range.from).bind(until).all(tx).await?;
    join(&rows, &parts)
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
    let seq: i64 = row.get("seq")?;
    let parts = query(PARTS_OF).bind(account).bind(seq).all(tx).await?;
    let parts = parts.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    entry(&row, |_| parts).map(Some)
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

/// A draw as it stands now, with its account.
pub async fn draw(tx: &mut Tx, draw: DrawId) -> Result<Option<(AccountId, PostedDraw)>, StoreError> {
    let Some(row) = query(DRAW).bind(draw).first(tx).await? else { return Ok(None) };
    let parts = query(DRAW_PARTS).bind(draw).all(tx).await?;
    let parts = parts.iter().map(part).collect::<Result<Vec<_>, _>>()?;
    Ok(Some((row.parsed("account_id")?, posted_draw(&row, parts)?)))
}

/// Every draw of an account as the state beside the ledger has it.
pub async fn draws_of(tx: &mut Tx, account: AccountId) -> Result<Vec<PostedDraw>, StoreError> {
    let mut parts = std::collections::HashMap::<String, Vec<Part>>::new();
    for row in query(DRAW_PARTS_OF).bind(account).all(tx).await? {
        parts.entry(row.get("draw_id")?).or_default().push(part(&row)?);
    }
    let rows = query(DRAWS_OF).bind(account).all(tx).await?;
    rows.iter().map(|row| posted_draw(row, parts.remove(&row.get::<String>("draw_id")?).unwrap_or_default())).collect()
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

/// Every lot of an account as the state beside the ledger has it, in the order of consumption.
pub async fn lots_of(tx: &mut Tx, account: AccountId) -> Result<Vec<LotState>, StoreError> {
    query(LOTS_OF).bind(account).all(tx).await?.iter().map(lot_state).collect()
}

/// The lots that are valid within the range or end on its first day, in the order of consumption.
pub async fn lots_within(tx: &mut Tx, account: AccountId, range: DateRange) -> Result<Vec<LotState>, StoreError> {
    let rows = query(LOTS_WITHIN).bind(account).bind(range.from).bind(usable_until(range)).all(tx).await?;
    rows.iter().map(lot_state).collect()
}

/// These lots, in no particular order.
pub async fn lots(tx: &mut Tx, lots: &[LotId]) -> Result<Vec<LotState>, StoreError> {
    let mut found = Vec::new();
    for chunk in lots.chunks(1000) {
        for row in query(lots_sql(chunk.len())).bind_all(chunk.iter().copied()).all(tx).await? {
            found.push(lot_state(&row)?);
        }
    }
    Ok(found)
}

pub(crate) fn lots_sql(lots: usize) -> String {
    format!(
        "SELECT lot_id, account_id, seq, granted, drawn, usable_from, usable_until FROM lot_state WHERE lot_id IN ({})",
        in_list(1, lots)
    )
}

/// The sum of the movements dated on that day or later.
pub async fn moved_since(tx: &mut Tx, account: AccountId, day: NaiveDate) -> Result<Amount, StoreError> {
    let row = query(MOVED_SINCE).bind(account).bind(day).first(tx).await?;
    row.map_or(Ok(Amount::ZERO), |row| row.get("moved").map(Amount::new))
}

/// What had lapsed before that day begins or lapses with its beginning.
pub async fn lapsed_by(tx: &mut Tx, account: AccountId, day: NaiveDate) -> Result<Amount, StoreError> {
    let row = query(LAPSED_BY).bind(account).bind(day).first(tx).await?;
    row.map_or(Ok(Amount::ZERO), |row| row.get("lapsed").map(Amount::new))
}
