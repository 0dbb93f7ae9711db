//! Writing a company into a database and asking it for everything at once.

use std::fmt::Write as _;

use anyhow::Context;
use chrono::NaiveDate;
use domain::{
    DateRange,
    quota::{Amount, DeficitPolicy, Ledger, Lot, Movement, Overbooking, Part},
};
use store::{Db, Tx, accounts, ledger, testing};
use wire::accounts::unit_name;

use crate::company::{Book, customer};

/// Entries of one account that stand together in the tables: as in life, those of other accounts come between.
const TOGETHER: usize = 20;
/// Rows a statement.
const ROWS: usize = 500;

const ENTRIES: &str =
    "entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
    carried_from, cap, origin, wanted, available_before, available_after, text, by_name, posted_at)";
const LOTS: &str = "lot_state (lot_id, account_id, seq, granted, drawn, drawn_carried, usable_from, usable_until,
    carried_from, cap, origin, revoked)";

/// Rows of one table that wait to be written.
struct Table {
    head: &'static str,
    rows: usize,
    sql: String,
}

impl Table {
    fn new(head: &'static str) -> Table {
        Table { head, rows: 0, sql: String::new() }
    }

    fn push(&mut self, row: std::fmt::Arguments) {
        let sign = if self.rows == 0 { "" } else { "," };
        let _ = write!(self.sql, "{sign}({row})");
        self.rows += 1;
    }

    async fn flush(&mut self, tx: &mut Tx, least: usize) -> anyhow::Result<()> {
        if self.rows > 0 && self.rows >= least {
            testing::execute(tx, &format!("INSERT INTO {} VALUES {}", self.head, self.sql)).await?;
            self.sql.clear();
            self.rows = 0;
        }
        Ok(())
    }
}

/// SQL's text of a value that may be missing.
fn quoted(value: Option<impl ToString>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| format!("'{}'", value.to_string()))
}

fn until(lot: &Lot) -> String {
    lot.valid.until.map_or_else(|| "9999-12-31".to_owned(), |until| until.to_string())
}

fn units(amount: Option<Amount>) -> String {
    amount.map_or_else(|| "NULL".to_owned(), |amount| amount.to_string())
}

/// The tables that entries fill.
struct Tables {
    entries: Table,
    parts: Table,
    lots: Table,
    draws: Table,
    draw_parts: Table,
}

/// Writes what the program itself would have written.
pub async fn write(db: &Db, books: &[Book]) -> anyhow::Result<()> {
    let mut tx = testing::begin(db).await;
    testing::execute(&mut tx, "PRAGMA cache_size = -262144").await?;
    let customer = customer();
    let sql = format!(
        "INSERT INTO customers (id, version, number, number_folded, name, name_folded, street, postcode, city,
            city_folded, country, email, vat_id)
         VALUES ('{customer}', 1, '1', '1', 'Alpha', 'alpha', '', '', '', '', 'DE', '', '')"
    );
    testing::execute(&mut tx, &sql).await?;
    let mut accounts = Table::new(
        "accounts (id, customer_id, name, name_folded, unit, overbooking, overbooking_limit, deficits, next_seq,
            balance)",
    );
    let mut folded = Vec::new();
    for book in books {
        let ledger = Ledger::fold(book.account.clone(), &book.entries)?;
        let (overbooking, limit) = match book.account.policy.overbooking {
            Overbooking::No => (false, None),
            Overbooking::Yes { limit } => (true, limit),
        };
        let deficits = match book.account.policy.deficits {
            DeficitPolicy::Balance => "balance",
            DeficitPolicy::NextGrant => "next_grant",
        };
        let unit = unit_name(book.account.unit);
        let (id, number, limit) = (book.account.id, book.number, units(limit));
        let (next, balance) = (ledger.view.next_seq, ledger.balance);
        accounts.push(format_args!(
            "'{id}','{customer}','Quota {number}','quota {number}','{unit}',{overbooking},{limit},'{deficits}',{next},{balance}"
        ));
        accounts.flush(&mut tx, ROWS).await?;
        folded.push(ledger);
    }
    accounts.flush(&mut tx, 1).await?;

    let mut tables = Tables {
        entries: Table::new(ENTRIES),
        parts: Table::new("entry_parts (account_id, seq, place, lot_id, draw_id, amount)"),
        lots: Table::new(LOTS),
        draws: Table::new("draw_state (draw_id, account_id, seq, date, deficit, released)"),
        draw_parts: Table::new("draw_parts (draw_id, place, lot_id, amount)"),
    };
    let most = books.iter().map(|book| book.entries.len()).max().unwrap_or_default();
    for first in (0..most).step_by(TOGETHER) {
        for (book, folded) in books.iter().zip(&folded) {
            for place in first..(first + TOGETHER).min(book.entries.len()) {
                tables.entry(book, place, folded)?;
            }
            tables.flush(&mut tx, ROWS).await?;
        }
    }
    tables.flush(&mut tx, 1).await?;
    testing::commit(tx).await;
    Ok(())
}

impl Tables {
    fn entry(&mut self, book: &Book, place: usize, folded: &Ledger) -> anyhow::Result<()> {
        let (account, entry) = (book.account.id, &book.entries[place]);
        let (seq, date, moved) = (entry.seq, entry.date, entry.movement.balance()?);
        let mut dates = "NULL,NULL,NULL,NULL".to_owned();
        let (kind, lot, draw, amount, origin) = match &entry.movement {
            Movement::Grant { lot } => {
                let (from, until) = (lot.valid.from, until(lot));
                let carried = quoted(lot.carried.map(|carried| carried.from));
                let cap = units(lot.carried.and_then(|carried| carried.cap));
                dates = format!("'{from}','{until}',{carried},{cap}");
                let state = folded.view.lot(lot.id).context("a lot")?;
                let (drawn, late, origin) = (state.drawn, state.drawn_carried, lot.origin.name());
                let (id, amount) = (lot.id, lot.amount);
                self.lots.push(format_args!(
                    "'{id}','{account}',{seq},{amount},{drawn},{late},'{from}','{until}',{carried},{cap},'{origin}',FALSE"
                ));
                ("grant", Some(lot.id), None, lot.amount, origin)
            }
            Movement::Draw { draw, parts, deficit, origin } => {
                self.parts(account.to_string(), seq.0, parts);
                let state = folded.draws.get(draw).context("a draw")?;
                let (open, released) = (state.deficit, state.released);
                self.draws.push(format_args!("'{draw}','{account}',{seq},'{date}',{open},{released}"));
                for (place, part) in state.parts.iter().enumerate() {
                    self.draw_parts.push(format_args!("'{draw}',{place},'{}',{}", part.lot, part.amount));
                }
                ("draw", None, Some(*draw), *deficit, origin.name())
            }
            Movement::Release { draw, parts, deficit } => {
                self.parts(account.to_string(), seq.0, parts);
                ("release", None, Some(*draw), *deficit, "")
            }
            Movement::Cover { draw, lot, amount } => ("cover", Some(*lot), Some(*draw), *amount, ""),
            Movement::Revoke { .. } | Movement::End { .. } => anyhow::bail!("the company has no such entry"),
        };
        let (lot, draw) = (quoted(lot), quoted(draw));
        let wanted = book.wanted[place].map_or_else(
            || "NULL,NULL,NULL".to_owned(),
            |(wanted, before, after)| format!("{wanted},{before},{after}"),
        );
        self.entries.push(format_args!(
            "'{account}',{seq},'{kind}','{date}',{moved},{lot},{draw},{amount},{dates},'{origin}',{wanted},'Maintenance of the shop','bench','{date}T10:00:00+00:00'"
        ));
        Ok(())
    }

    fn parts(&mut self, account: String, seq: i64, parts: &[Part]) {
        for (place, part) in parts.iter().enumerate() {
            self.parts.push(format_args!("'{account}',{seq},{place},'{}',NULL,{}", part.lot, part.amount));
        }
    }

    async fn flush(&mut self, tx: &mut Tx, least: usize) -> anyhow::Result<()> {
        let Tables { entries, parts, lots, draws, draw_parts } = self;
        for table in [entries, parts, lots, draws, draw_parts] {
            table.flush(tx, least).await?;
        }
        Ok(())
    }
}

/// Where every account stands on that day: how many there are, and what all have left and open together.
pub async fn balances(db: &Db, today: NaiveDate, step: i64) -> anyhow::Result<(usize, Amount, Amount)> {
    let (mut count, mut left, mut open) = (0, Amount::ZERO, Amount::ZERO);
    let mut tx = db.read().await?;
    let mut last = String::new();
    loop {
        let stored = accounts::after(&mut tx, &last, step).await?;
        let Some(end) = stored.last() else { break };
        last = end.account.id.to_string();
        for facts in accounts::facts_on(&mut tx, &stored, today).await? {
            let standing = facts.standing(today)?;
            count += 1;
            left = left.plus(standing.left)?;
            open = open.plus(standing.deficit)?;
        }
    }
    Ok((count, left, open))
}

/// The same from the entries in memory.
pub fn expected(books: &[Book], today: NaiveDate) -> anyhow::Result<(usize, Amount, Amount)> {
    let (mut left, mut open) = (Amount::ZERO, Amount::ZERO);
    for book in books {
        let standing = Ledger::fold(book.account.clone(), &book.entries)?.view.standing(today)?;
        left = left.plus(standing.left)?;
        open = open.plus(standing.deficit)?;
    }
    Ok((books.len(), left, open))
}

/// Reads all entries back and folds them, as the audit does; gives what all accounts add up to.
pub async fn read_and_fold(db: &Db) -> anyhow::Result<Amount> {
    let mut sum = Amount::ZERO;
    let mut tx = db.read().await?;
    let mut last = String::new();
    loop {
        let stored = accounts::after(&mut tx, &last, 100).await?;
        let Some(end) = stored.last() else { break };
        last = end.account.id.to_string();
        for stored in &stored {
            let entries = ledger::all(&mut tx, stored.account.id).await?;
            let ledger = Ledger::fold(stored.account.clone(), entries.iter().map(|kept| &kept.entry))?;
            sum = sum.plus(ledger.balance)?;
        }
    }
    Ok(sum)
}

/// A month of a company's past, by its number.
pub fn month(number: u32) -> DateRange {
    let first = crate::company::FIRST;
    let from = first.checked_add_months(chrono::Months::new(number)).unwrap_or(first);
    DateRange { from, until: from.checked_add_months(chrono::Months::new(1)) }
}
