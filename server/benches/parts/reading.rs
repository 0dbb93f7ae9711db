//! The engines without Drawdown: the rows of a passbook, read directly and rendered with nothing around them.

use std::{
    collections::HashMap,
    thread,
    time::{Duration, Instant},
};

use anyhow::ensure;
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Row as _;

use crate::plain::Plain;

const ENTRIES: &str = "SELECT account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
    carried_from, cap, origin, wanted, available_before, available_after, text, by_name, posted_at
    FROM entries WHERE account_id = $1 AND date >= $2 ORDER BY date, seq";
const PARTS: &str = "SELECT seq, lot_id, amount FROM entry_parts WHERE account_id = $1 ORDER BY seq, place";

/// An entry as it is kept.
struct Line {
    seq: i64,
    date: NaiveDate,
    kind: String,
    movement: i64,
    text: String,
    by: String,
    at: DateTime<Utc>,
}

/// What an entry takes of a lot.
struct Part {
    seq: i64,
    lot: String,
    amount: i64,
}

macro_rules! read_book {
    ($connection:expr, $book:expr) => {{
        let (connection, book): (_, &Book) = ($connection, $book);
        let mut lines = Vec::new();
        for row in sqlx::query(ENTRIES).bind(&book.account).bind(book.from).fetch_all(&mut *connection).await? {
            lines.push(Line {
                seq: row.try_get("seq")?,
                date: row.try_get("date")?,
                kind: row.try_get("kind")?,
                movement: row.try_get("movement")?,
                text: row.try_get("text")?,
                by: row.try_get("by_name")?,
                at: row.try_get("posted_at")?,
            });
        }
        let mut parts = Vec::new();
        for row in sqlx::query(PARTS).bind(&book.account).fetch_all(&mut *connection).await? {
            let (seq, lot, amount) = (row.try_get("seq")?, row.try_get("lot_id")?, row.try_get("amount")?);
            parts.push(Part { seq, lot, amount });
        }
        (lines, parts)
    }};
}

/// What is read.
#[derive(Clone)]
struct Book {
    account: String,
    from: NaiveDate,
    rows: usize,
}

/// The engine, ready to read: with as many connections as there are cores.
pub struct Reading {
    lanes: Vec<Plain>,
    book: Book,
}

impl Reading {
    /// Of the entries of an account from a day on; so many they are.
    pub async fn new(database: &str, account: String, from: NaiveDate, rows: usize) -> anyhow::Result<Reading> {
        let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
        let mut lanes = Vec::new();
        for _ in 0..cores {
            lanes.push(Plain::open(database).await?);
        }
        Ok(Reading { lanes, book: Book { account, from, rows } })
    }

    /// Makes pages with all connections at once and returns how many and how long it took.
    pub async fn pages(&mut self, pages: usize) -> anyhow::Result<(usize, Duration)> {
        let each = pages / self.lanes.len();
        let made = each * self.lanes.len();
        let (book, start) = (&self.book, Instant::now());
        let lanes: Vec<_> = self.lanes.drain(..).map(|lane| tokio::spawn(read(lane, book.clone(), each))).collect();
        for lane in lanes {
            self.lanes.push(lane.await??);
        }
        Ok((made, start.elapsed()))
    }
}

async fn read(mut plain: Plain, book: Book, pages: usize) -> anyhow::Result<Plain> {
    for _ in 0..pages {
        let (lines, parts) = match &mut plain {
            Plain::Sqlite(connection) => read_book!(connection, &book),
            Plain::Postgres(connection) => read_book!(connection, &book),
        };
        let html = rendered(&lines, &parts);
        let rows = html.matches("<tr").count();
        ensure!(rows == book.rows, "{rows} rows instead of {}", book.rows);
    }
    Ok(plain)
}

fn rendered(lines: &[Line], parts: &[Part]) -> String {
    use leptos::prelude::*;

    let mut taken: HashMap<i64, Vec<String>> = HashMap::new();
    for part in parts {
        taken.entry(part.seq).or_default().push(format!("{} of {}", part.amount, part.lot));
    }
    let mut balance = 0;
    let mut rows = Vec::new();
    for line in lines {
        balance += line.movement;
        let below = taken.remove(&line.seq).unwrap_or_default().join(" · ");
        let posted = format!("{}, {}", line.by, line.at);
        rows.push(
            view! {
                <tr title=posted>
                    <td>{line.date.to_string()}</td>
                    <td>
                        <p><span>{line.kind.clone()}</span><span>{line.text.clone()}</span></p>
                        <p>{below}</p>
                    </td>
                    <td>{line.movement.to_string()}</td>
                    <td>{balance.to_string()}</td>
                </tr>
            }
            .into_any(),
        );
    }
    view! { <table><tbody>{rows}</tbody></table> }.to_html()
}
