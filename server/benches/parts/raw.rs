//! The engines without Drawdown: the rows of a draw, written directly by six statements, and by a seventh the key under
//! which a request counts once.
//!
//! A draw over HTTP writes just these seven rows, so draws are measured against all seven. A booking writes them and four
//! more (itself, its portion, on what it was decided, its history). Its goal is set against six statements, so it is
//! measured against six: fewer than a booking takes, which makes the goal harder and never easier.

use std::{
    str::FromStr,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::Connection;
use uuid::Uuid;

use crate::{house::TEXT, plain::Plain};

/// How many draws share one commit on SQLite.
const A_COMMIT: usize = 10;
/// Accounts that each connection has to itself.
const ACCOUNTS: usize = 64;

const ADVANCE: &str = "UPDATE accounts SET next_seq = $2, balance = balance + $3 WHERE id = $1 AND next_seq = $4";
const ENTRY: &str = "INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from,
    valid_until, wanted, available_before, available_after, text, by_name, posted_at, origin)
    VALUES ($1, $2, 'draw', $3, $4, NULL, $5, 0, NULL, NULL, $6, $7, $8, $9, $10, $11, 'by_hand')";
const ENTRY_PART: &str = "INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) VALUES ($1, $2, 0, $3, $4)";
const LOT: &str = "UPDATE lot_state SET drawn = $2 WHERE lot_id = $1";
const DRAW: &str =
    "INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released) VALUES ($1, $2, $3, $4, 0, FALSE)";
const DRAW_PART: &str = "INSERT INTO draw_parts (draw_id, place, lot_id, amount) VALUES ($1, 0, $2, $3)";
const ANSWER: &str = "INSERT INTO idempotency (scope, name, request_hash, answer, at) VALUES ($1, $2, $3, $4, $5)";

/// An account of the raw engine and where it stands.
#[derive(Clone)]
struct Account {
    id: String,
    lot: String,
    /// The number of its latest entry.
    seq: i64,
}

/// One connection with the accounts that only it writes to.
struct Lane {
    connection: Plain,
    accounts: Vec<Account>,
    keyed: bool,
}

/// The engine, ready to write.
pub struct Raw {
    lanes: Vec<Lane>,
}

/// The values of one draw.
struct Row<'a> {
    account: &'a Account,
    draw: String,
    date: NaiveDate,
    at: DateTime<Utc>,
    /// The hash of the request and its answer, where they are kept.
    key: Option<[String; 2]>,
}

macro_rules! write_draw {
    ($tx:expr, $row:expr) => {{
        let (tx, row): (_, &Row) = ($tx, $row);
        let (id, lot, seq) = (&row.account.id, &row.account.lot, row.account.seq);
        let left = 1_000_000_000 - 60 * seq;
        let advanced = sqlx::query(ADVANCE).bind(id).bind(seq + 1).bind(-60_i64).bind(seq);
        let advanced = advanced.execute(&mut **tx).await?.rows_affected();
        let entry = sqlx::query(ENTRY).bind(id).bind(seq).bind(row.date).bind(-60_i64).bind(&row.draw);
        let entry = entry.bind(60_i64).bind(left).bind(left - 60).bind(TEXT).bind("bench").bind(row.at);
        entry.execute(&mut **tx).await?;
        sqlx::query(ENTRY_PART).bind(id).bind(seq).bind(lot).bind(60_i64).execute(&mut **tx).await?;
        sqlx::query(LOT).bind(lot).bind(60 * seq).execute(&mut **tx).await?;
        sqlx::query(DRAW).bind(&row.draw).bind(id).bind(seq).bind(row.date).execute(&mut **tx).await?;
        sqlx::query(DRAW_PART).bind(&row.draw).bind(lot).bind(60_i64).execute(&mut **tx).await?;
        if let Some([hash, answer]) = &row.key {
            let kept = sqlx::query(ANSWER).bind("token:bench").bind(&row.draw).bind(hash);
            kept.bind(answer).bind(row.at).execute(&mut **tx).await?;
        }
        ensure!(advanced == 1, "the account was not there");
    }};
}

impl Raw {
    /// On a migrated, empty database of its own. SQLite has one connection, PostgreSQL as many as there are clients. `keyed`
    /// says whether each draw has a key.
    pub async fn new(database: &str, clients: usize, keyed: bool) -> anyhow::Result<Raw> {
        let mut first = Plain::open(database).await?;
        let customer = Uuid::now_v7();
        first
            .run(format!(
                "INSERT INTO customers (id, version, number, number_folded, name, name_folded, street, postcode, city,
                    city_folded, country, email, vat_id)
                 VALUES ('{customer}', 1, '1', '1', 'Alpha', 'alpha', '', '', '', '', 'DE', '', '')"
            ))
            .await?;
        let mut accounts = Vec::new();
        for _ in 0..ACCOUNTS {
            let account = Account { id: Uuid::now_v7().to_string(), lot: Uuid::now_v7().to_string(), seq: 0 };
            let Account { id, lot, .. } = &account;
            first
                .run(format!(
                    "INSERT INTO accounts (id, customer_id, name, name_folded, unit, overbooking, deficits, next_seq,
                        balance) VALUES ('{id}', '{customer}', 'Support', 'support', 'time', FALSE, 'balance', 1, 0);
                     INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
                     VALUES ('{lot}', '{id}', 0, 1000000000, 0, '2020-01-01', '9999-12-31')"
                ))
                .await?;
            accounts.push(account);
        }
        let connections = if matches!(first, Plain::Sqlite(_)) { 1 } else { clients };
        let mut lanes = vec![Lane { connection: first, accounts: Vec::new(), keyed }];
        for _ in 1..connections {
            lanes.push(Lane { connection: Plain::open(database).await?, accounts: Vec::new(), keyed });
        }
        for (place, account) in accounts.into_iter().enumerate() {
            lanes[place % connections].accounts.push(account);
        }
        Ok(Raw { lanes })
    }

    /// Writes that many draws and returns how long it took.
    pub async fn draws(&mut self, draws: usize, date: NaiveDate) -> anyhow::Result<Duration> {
        let each = draws / self.lanes.len();
        let start = Instant::now();
        let lanes: Vec<_> =
            self.lanes.drain(..).map(|lane| tokio::spawn(async move { lane.draws(each, date).await })).collect();
        for lane in lanes {
            self.lanes.push(lane.await??);
        }
        Ok(start.elapsed())
    }
}

impl Lane {
    async fn draws(mut self, draws: usize, date: NaiveDate) -> anyhow::Result<Lane> {
        let mut turn = (0..self.accounts.len()).cycle();
        let mut next = |accounts: &mut Vec<Account>| -> anyhow::Result<usize> {
            let place = turn.next().context("no accounts")?;
            accounts[place].seq += 1;
            Ok(place)
        };
        match &mut self.connection {
            Plain::Sqlite(connection) => {
                for _ in 0..draws / A_COMMIT {
                    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                    for _ in 0..A_COMMIT {
                        let place = next(&mut self.accounts)?;
                        write_draw!(&mut tx, &Row::new(&self.accounts[place], date, self.keyed)?);
                    }
                    tx.commit().await?;
                }
            }
            Plain::Postgres(connection) => {
                for _ in 0..draws {
                    let place = next(&mut self.accounts)?;
                    let row = Row::new(&self.accounts[place], date, self.keyed)?;
                    let mut tx = connection.begin().await?;
                    write_draw!(&mut tx, &row);
                    tx.commit().await?;
                }
            }
        }
        Ok(self)
    }
}

impl Row<'_> {
    /// As long as what Drawdown keeps.
    fn new(account: &Account, date: NaiveDate, keyed: bool) -> anyhow::Result<Row<'_>> {
        let draw = Uuid::now_v7().to_string();
        let answer = || {
            format!(
                r#"{{"account":"{}","decision":{{"request":{{"draw":"{draw}","date":"{date}","wanted":60}},"parts":[{{"lot":"{}","amount":60}}],"drawn":60,"deficit":0,"not_drawn":0,"available_before":{},"available_after":{}}},"differences":[]}}"#,
                account.id, account.lot, 1_000_000_000, 999_999_940
            )
        };
        let at = DateTime::from_str("2026-01-15T10:00:00.123456Z")?;
        let key = keyed.then(|| ["0123456789abcdef".repeat(4), answer()]);
        Ok(Row { account, draw, date, at, key })
    }
}

/// How a long history is made.
pub struct Past {
    /// The account: open, without entries.
    pub account: String,
    /// The first days of its months, oldest first, and of the month after them.
    pub months: Vec<NaiveDate>,
    /// Draws a month, of a minute each.
    pub draws: usize,
}

impl Past {
    /// Writes a lot per month and its draws: what the program itself would have written, a month at a time.
    pub async fn write(&self, connection: &mut Plain) -> anyhow::Result<()> {
        let (account, draws) = (&self.account, self.draws);
        let granted = 60 * draws + 3600;
        let mut seq = 1;
        for month in self.months.windows(2) {
            let (from, until) = (month[0], month[1]);
            let date = from + chrono::Days::new(14);
            let at = format!("{date}T10:00:00+00:00");
            let lot = format!("01900000-0000-7000-9000-{seq:012}");
            let numbers = format!(
                "WITH RECURSIVE n(i, draw) AS (
                    SELECT 1, '01900000-0000-7000-8000-' || SUBSTR(CAST(1000000000001 + {seq} AS TEXT), 2)
                    UNION ALL
                    SELECT i + 1, '01900000-0000-7000-8000-' || SUBSTR(CAST(1000000000001 + {seq} + i AS TEXT), 2)
                    FROM n WHERE i < {draws})"
            );
            connection
                .run(format!(
                    "BEGIN;
                     INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
                        wanted, available_before, available_after, text, by_name, posted_at, origin)
                     VALUES ('{account}', {seq}, 'grant', '{from}', {granted}, '{lot}', NULL,
                        {granted}, '{from}', '{until}', NULL, NULL, NULL, 'Quota of the month', 'bench', '{at}',
                        'free_quota');
                     INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
                     VALUES ('{lot}', '{account}', {seq}, {granted}, 60 * {draws}, '{from}',
                        '{until}');
                     {numbers} INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from, valid_until,
                        wanted, available_before, available_after, text, by_name, posted_at, origin)
                     SELECT '{account}', {seq} + i, 'draw', '{date}', -60, NULL, draw, 0,
                        NULL, NULL, 60, {granted} - 60 * (i - 1), {granted} - 60 * i, '{TEXT}', 'bench', '{at}',
                        'by_hand' FROM n;
                     {numbers} INSERT INTO entry_parts (account_id, seq, place, lot_id, amount) SELECT '{account}', {seq} + i, 0, '{lot}', 60 FROM n;
                     {numbers} INSERT INTO draw_state (draw_id, account_id, seq, date, deficit, released)
                     SELECT draw, '{account}', {seq} + i, '{date}', 0, FALSE FROM n;
                     {numbers} INSERT INTO draw_parts SELECT draw, 0, '{lot}', 60 FROM n;
                     UPDATE accounts SET next_seq = {seq} + {draws} + 1, balance = balance + 3600 WHERE id = '{account}';
                     COMMIT"
                ))
                .await?;
            seq += draws + 1;
        }
        // SQLite has no figures about its tables until the program closes; PostgreSQL would find out within a minute.
        if matches!(connection, Plain::Postgres(_)) { connection.run("ANALYZE".to_owned()).await } else { Ok(()) }
    }
}
