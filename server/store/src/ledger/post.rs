//! Posting: the entries, and in the same transaction the state beside them.

use domain::{
    AccountId,
    quota::{AccountView, Amount, Entry, LotState, Movement, Part},
};

use super::Note;
use crate::{
    StoreError, Tx,
    accounts::usable_until,
    sql::{Value, in_list, insert_rows, query, statements},
};

statements! {
    ADVANCE = "UPDATE accounts SET next_seq = $2, balance = balance + $3, ends_on = $4 WHERE id = $1 AND next_seq = $5";
    NEW_LOT = "INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, drawn_carried, usable_from, usable_until,
            carried_from, cap, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    LOT_MOVED = "UPDATE lot_state SET drawn = $2, drawn_carried = $3, revoked = $4 WHERE lot_id = $1";
    COVER_DRAW = "UPDATE draw_state SET deficit = deficit - $2 WHERE draw_id = $1";
    COVER_PART = "UPDATE draw_parts SET amount = amount + $3 WHERE draw_id = $1 AND lot_id = $2";
    NEW_PART = "INSERT INTO draw_parts (draw_id, place, lot_id, amount)
        SELECT $1, CAST(COALESCE(MAX(place), -1) + 1 AS BIGINT), $2, $3 FROM draw_parts WHERE draw_id = $1";
    // One statement for all draws that lose something, however many there are.
    LOSE_PARTS = "UPDATE draw_state SET deficit = deficit
            + (SELECT p.amount FROM draw_parts p WHERE p.lot_id = $1 AND p.draw_id = draw_state.draw_id)
        WHERE draw_id IN (SELECT p.draw_id FROM draw_parts p WHERE p.lot_id = $1)";
    FORGET_LOT = "DELETE FROM draw_parts WHERE lot_id = $1";
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
    let noted: Vec<_> = entries.iter().map(|entry| (entry, note)).collect();
    post_noted(tx, before, after, &noted, false).await
}

/// The same with a note for each entry. Draws that are on `hold` are those of a draft.
pub async fn post_noted(
    tx: &mut Tx,
    before: &AccountView,
    after: &AccountView,
    entries: &[(&Entry, &Note)],
    hold: bool,
) -> Result<(), StoreError> {
    let account = before.account.id;
    let mut rows = Vec::new();
    let mut parts = Vec::new();
    let mut moved = 0;
    for (entry, note) in entries.iter().copied() {
        let movement = entry.movement.balance().map_or(0, Amount::units);
        moved += movement;
        rows.push(entry_row(account, entry, movement, note));
        parts.extend(part_rows(account, entry));
    }
    insert_rows(
        tx,
        "INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
            carried_from, cap, origin, wanted, available_before, available_after, text, by_name, posted_at) VALUES",
        rows,
    )
    .await?;
    insert_rows(tx, "INSERT INTO entry_parts (account_id, seq, place, lot_id, draw_id, amount) VALUES", parts).await?;
    for state in &after.lots {
        match before.lot(state.lot.id) {
            None => new_lot(tx, account, state).await?,
            // Draws after releases can take as much as before, and more of it after the lot's own period.
            Some(earlier) if earlier != state => {
                let moved = query(LOT_MOVED).bind(state.lot.id).bind(state.drawn.units());
                moved.bind(state.drawn_carried.units()).bind(state.revoked).run(tx).await?;
            }
            Some(_) => {}
        }
    }
    // Draws one after the other are written together, and releases likewise: a document has many of them.
    let mut rest = entries;
    while let [(first, _), ..] = rest {
        let same = |entry: &Entry| {
            matches!(
                (&first.movement, &entry.movement),
                (Movement::Draw { .. }, Movement::Draw { .. }) | (Movement::Release { .. }, Movement::Release { .. })
            )
        };
        let alike = rest.iter().take_while(|(entry, _)| same(entry)).count().max(1);
        let (together, later) = rest.split_at(alike);
        match &first.movement {
            Movement::Draw { .. } => new_draws(tx, account, together, hold).await?,
            Movement::Release { .. } => release_draws(tx, together).await?,
            _ => post_draw_state(tx, first).await?,
        }
        rest = later;
    }
    let advance = query(ADVANCE).bind(account).bind(after.next_seq.0).bind(moved).bind(after.end);
    if advance.bind(before.next_seq.0).run(tx).await? != 1 {
        // Nobody else may have posted between our lock and here.
        return Err(StoreError::GivenUp("the account moved under its lock"));
    }
    Ok(())
}

async fn new_lot(tx: &mut Tx, account: AccountId, state: &LotState) -> Result<(), StoreError> {
    let lot = &state.lot;
    let insert = query(NEW_LOT).bind(lot.id).bind(account).bind(lot.seq.0).bind(lot.amount.units());
    let insert = insert.bind(state.drawn.units()).bind(state.drawn_carried.units());
    let insert =
        insert.bind(lot.valid.from).bind(usable_until(lot.valid)).bind(lot.carried.map(|carried| carried.from));
    insert.bind(cap(lot)).bind(lot.origin.name()).run(tx).await?;
    Ok(())
}

/// The carry-over cap in its smallest units.
fn cap(lot: &domain::quota::Lot) -> Option<i64> {
    lot.carried.and_then(|carried| carried.cap).map(Amount::units)
}

async fn new_draws(tx: &mut Tx, account: AccountId, entries: &[(&Entry, &Note)], hold: bool) -> Result<(), StoreError> {
    let (mut draws, mut parts_of) = (Vec::new(), Vec::new());
    for (entry, _) in entries {
        let Movement::Draw { draw, parts, deficit, .. } = &entry.movement else { continue };
        draws.push(vec![
            (*draw).into(),
            account.into(),
            entry.seq.0.into(),
            entry.date.into(),
            deficit.units().into(),
            false.into(),
            hold.into(),
        ]);
        parts_of.extend(
            (0_i64..)
                .zip(parts)
                .map(|(place, part)| vec![(*draw).into(), place.into(), part.lot.into(), part.amount.units().into()]),
        );
    }
    let head = "INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released, hold) VALUES";
    insert_rows(tx, head, draws).await?;
    insert_rows(tx, "INSERT INTO draw_parts (draw_id, place, lot_id, amount) VALUES", parts_of).await
}

async fn release_draws(tx: &mut Tx, entries: &[(&Entry, &Note)]) -> Result<(), StoreError> {
    for chunk in entries.chunks(500) {
        let draws = || {
            chunk.iter().filter_map(|(entry, _)| match &entry.movement {
                Movement::Release { draw, .. } => Some(*draw),
                _ => None,
            })
        };
        query(release_sql(chunk.len())).bind_all(draws()).run(tx).await?;
        query(forget_sql(chunk.len())).bind_all(draws()).run(tx).await?;
    }
    Ok(())
}

pub(crate) fn release_sql(draws: usize) -> String {
    let list = in_list(1, draws);
    format!("UPDATE draw_state SET released = TRUE, deficit = 0, hold = FALSE WHERE draw_id IN ({list})")
}

pub(crate) fn forget_sql(draws: usize) -> String {
    format!("DELETE FROM draw_parts WHERE draw_id IN ({})", in_list(1, draws))
}

async fn post_draw_state(tx: &mut Tx, entry: &Entry) -> Result<(), StoreError> {
    match &entry.movement {
        Movement::Grant { .. } | Movement::End { .. } | Movement::Draw { .. } | Movement::Release { .. } => {}
        Movement::Revoke { lot, .. } => {
            query(LOSE_PARTS).bind(*lot).run(tx).await?;
            query(FORGET_LOT).bind(*lot).run(tx).await?;
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
    let (mut valid_from, mut valid_until, mut carried_from, mut carry_cap) = (None, None, None, None);
    let (kind, lot, draw, amount, origin) = match &entry.movement {
        Movement::Grant { lot } => {
            (valid_from, valid_until) = (Some(lot.valid.from), Some(usable_until(lot.valid)));
            (carried_from, carry_cap) = (lot.carried.map(|carried| carried.from), cap(lot));
            ("grant", Some(lot.id), None, lot.amount, lot.origin.name())
        }
        Movement::Draw { draw, deficit, origin, .. } => ("draw", None, Some(*draw), *deficit, origin.name()),
        Movement::Release { draw, deficit, .. } => ("release", None, Some(*draw), *deficit, ""),
        Movement::Revoke { lot, granted, .. } => ("revoke", Some(*lot), None, *granted, ""),
        Movement::Cover { draw, lot, amount } => ("cover", Some(*lot), Some(*draw), *amount, ""),
        Movement::End { until } => {
            valid_until = *until;
            ("end", None, None, Amount::ZERO, "")
        }
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
        valid_from.into(),
        valid_until.into(),
        carried_from.into(),
        carry_cap.into(),
        origin.into(),
        figure(|w| w.0).into(),
        figure(|w| w.1).into(),
        figure(|w| w.2).into(),
        (&note.text).into(),
        (&note.by).into(),
        note.at.into(),
    ]
}

fn part_rows(account: AccountId, entry: &Entry) -> Vec<Vec<Value>> {
    let numbered = |place: i64| vec![account.into(), entry.seq.0.into(), place.into()];
    let lot_part = |(place, part): (i64, &Part)| {
        let more: [Value; 3] = [part.lot.into(), None::<String>.into(), part.amount.units().into()];
        [numbered(place), more.into()].concat()
    };
    match &entry.movement {
        Movement::Draw { parts, .. } | Movement::Release { parts, .. } => (0..).zip(parts).map(lot_part).collect(),
        Movement::Revoke { lot, parts, .. } => (0..)
            .zip(parts)
            .map(|(place, part)| {
                let more: [Value; 3] = [(*lot).into(), part.draw.into(), part.amount.units().into()];
                [numbered(place), more.into()].concat()
            })
            .collect(),
        Movement::Grant { .. } | Movement::Cover { .. } | Movement::End { .. } => Vec::new(),
    }
}
