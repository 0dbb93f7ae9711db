//! The engines without Drawdown: the rows that saving a delivery note writes, written directly.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{DateTime, Days, NaiveDate, Utc};
use sqlx::{AssertSqlSafe, Connection};
use uuid::Uuid;

use crate::{
    contracts::{BY, Company},
    house::TEXT,
    plain::Plain,
};

/// How many notes share one commit on SQLite.
const A_COMMIT: usize = 10;
/// Lines of a note; each draws a minute.
pub const LINES: usize = 5;
/// What is on every account before.
const GRANTED: i64 = 3_600_000_000;

const ADVANCE: &str = "UPDATE accounts SET next_seq = $2, balance = balance + $3 WHERE id = $1 AND next_seq = $4";
const LOT: &str = "UPDATE lot_state SET drawn = $2 WHERE lot_id = $1";
const DOCUMENT: &str =
    "INSERT INTO documents (id, version, kind, state, customer_id, currency, date, due_on, payment_days,
    delivery, net, vat, gross, recipient, created_at, created_by)
    VALUES ($1, 1, 'delivery_note', 'draft', $2, 'EUR', $3, $4, 14, 'mail', 0, 0, 0, '', $5, $6)";
const HISTORY: &str = "INSERT INTO history (subject, subject_id, number, at, by_name, change)
    VALUES ('document', $1, 1, $2, $3, $4)";
/// The tables that get a row for each line.
const ENTRY: &str = "entries (account_id, seq, kind, date, movement, draw_id, amount, wanted, available_before,
    available_after, text, by_name, posted_at, origin)";
const ENTRY_PART: &str = "entry_parts (account_id, seq, place, lot_id, amount)";
const DRAW: &str = "draw_state (draw_id, account_id, seq, date, deficit, released, hold)";
const DRAW_PART: &str = "draw_parts (draw_id, place, lot_id, amount)";
const LINE: &str =
    "document_lines (document_id, place, group_id, text, quantity, unit, seconds, price, discount, vat_rate,
    total, contract_id, line_id, clears, clearing, item, draw_id)";

/// One statement for the rows of all lines; its values come after one another.
fn insert(table: &str) -> String {
    let columns = table.split(',').count();
    let row = |row: usize| {
        let places: Vec<String> = (1..=columns).map(|place| format!("${}", columns * row + place)).collect();
        format!("({})", places.join(", "))
    };
    format!("INSERT INTO {table} VALUES {}", (0..LINES).map(row).collect::<Vec<_>>().join(", "))
}

/// A contract for which notes are written, and where its account stands.
struct Job {
    contract: String,
    customer: String,
    account: String,
    lot: String,
    /// The number of the next entry.
    seq: i64,
}

/// What all notes have in common.
struct Shared {
    today: NaiveDate,
    at: DateTime<Utc>,
    group: String,
    /// As long as what is recorded of a line.
    clearing: String,
    statements: [String; 5],
}

/// One connection with the contracts that only it writes for.
struct Lane {
    connection: Plain,
    jobs: Vec<Job>,
}

/// The engine, ready to write.
pub struct Raw {
    lanes: Vec<Lane>,
    shared: Arc<Shared>,
}

macro_rules! write_note {
    ($tx:expr, $job:expr, $shared:expr) => {{
        let (tx, job, shared): (_, &mut Job, &Shared) = ($tx, $job, $shared);
        let document = Uuid::now_v7().to_string();
        let Shared { today, at, group, clearing, statements } = shared;
        let [entry, entry_part, draw, draw_part, line] = statements;
        let lines: Vec<[String; 2]> = (0..LINES).map(|_| [(); 2].map(|()| Uuid::now_v7().to_string())).collect();
        let seqs = job.seq..;
        let insert = sqlx::query(DOCUMENT).bind(&document).bind(&job.customer).bind(today);
        insert.bind(*today + Days::new(14)).bind(at).bind(BY).execute(&mut **tx).await?;
        let [mut entries, mut entry_parts, mut draws, mut draw_parts, mut rows] =
            [entry, entry_part, draw, draw_part, line].map(|sql| sqlx::query(AssertSqlSafe(sql.clone())));
        for (([id, of], seq), place) in lines.iter().zip(seqs).zip(0_i64..) {
            let left = GRANTED - 60 * (seq - 1);
            entries = entries.bind(&job.account).bind(seq).bind("draw").bind(today).bind(-60_i64).bind(of).bind(0_i64);
            entries =
                entries.bind(60_i64).bind(left).bind(left - 60).bind(TEXT).bind(BY).bind(at).bind("document_line");
            entry_parts = entry_parts.bind(&job.account).bind(seq).bind(0_i64).bind(&job.lot).bind(60_i64);
            draws = draws.bind(of).bind(&job.account).bind(seq).bind(today).bind(0_i64).bind(false).bind(true);
            draw_parts = draw_parts.bind(of).bind(0_i64).bind(&job.lot).bind(60_i64);
            rows = rows.bind(&document).bind(place).bind(group).bind(TEXT).bind("1").bind("minute").bind(60_i64);
            rows = rows.bind("1.5").bind("0").bind("19").bind(150_i64).bind(&job.contract).bind(id).bind(true);
            rows = rows.bind(clearing).bind(-150_i64).bind(of);
        }
        for insert in [rows, entries, entry_parts, draws, draw_parts] {
            insert.execute(&mut **tx).await?;
        }
        let drawn = i64::try_from(LINES)?;
        sqlx::query(LOT).bind(&job.lot).bind(60 * (job.seq - 1 + drawn)).execute(&mut **tx).await?;
        let advance = sqlx::query(ADVANCE).bind(&job.account).bind(job.seq + drawn).bind(-60 * drawn).bind(job.seq);
        ensure!(advance.execute(&mut **tx).await?.rows_affected() == 1, "the account was not there");
        let insert = sqlx::query(HISTORY).bind(&document).bind(at).bind(BY).bind(clearing);
        insert.execute(&mut **tx).await?;
        job.seq += drawn;
    }};
}

impl Raw {
    /// On a migrated database with that company; every account gets a lot without end. SQLite has one connection,
    /// PostgreSQL as many as there are clients.
    pub async fn new(database: &str, company: &Company, clients: usize) -> anyhow::Result<Raw> {
        let mut first = Plain::open(database).await?;
        let mut jobs = Vec::new();
        for number in 1..=company.contracts {
            let contract = company.contract(number)?;
            let (account, lot) = (Company::account(number)?.to_string(), Uuid::now_v7().to_string());
            let from = contract.start;
            first
                .run(format!(
                    "INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, usable_from, usable_until)
                     VALUES ('{lot}', '{account}', 0, {GRANTED}, 0, '{from}', '9999-12-31')"
                ))
                .await?;
            let (contract, customer) = (contract.id.to_string(), contract.customer.to_string());
            jobs.push(Job { contract, customer, account, lot, seq: 1 });
        }
        let connections = if matches!(first, Plain::Sqlite(_)) { 1 } else { clients };
        let mut lanes = vec![Lane { connection: first, jobs: Vec::new() }];
        for _ in 1..connections {
            lanes.push(Lane { connection: Plain::open(database).await?, jobs: Vec::new() });
        }
        for (place, job) in jobs.into_iter().enumerate() {
            lanes[place % connections].jobs.push(job);
        }
        let shared = Shared {
            today: Utc::now().date_naive(),
            at: Utc::now(),
            group: Uuid::now_v7().to_string(),
            clearing: format!(
                r#"{{"line":"{0}","total":150,"outcome":"full","figures":{{"contract":"{0}","unit":"time","period":{{"from":"2026-11-01","until":"2026-12-01"}},"available_before":{GRANTED},"wanted":60,"drawn":60,"deficit":0,"not_drawn":0,"available_after":{GRANTED},"lots":[{{"lot":"{0}","valid":{{"from":"2026-11-01","until":null}},"drawable":{GRANTED},"drawn":60}}]}},"cleared":60,"item":-150}}"#,
                Uuid::now_v7()
            ),
            statements: [ENTRY, ENTRY_PART, DRAW, DRAW_PART, LINE].map(insert),
        };
        Ok(Raw { lanes, shared: Arc::new(shared) })
    }

    /// Writes that many notes and returns how long it took.
    pub async fn save(&mut self, notes: usize) -> anyhow::Result<Duration> {
        let each = notes / self.lanes.len();
        let start = Instant::now();
        let shared = &self.shared;
        let lanes: Vec<_> = self.lanes.drain(..).map(|lane| tokio::spawn(lane.save(each, shared.clone()))).collect();
        for lane in lanes {
            self.lanes.push(lane.await??);
        }
        Ok(start.elapsed())
    }
}

impl Lane {
    async fn save(mut self, notes: usize, shared: Arc<Shared>) -> anyhow::Result<Lane> {
        let mut turn = (0..self.jobs.len()).cycle();
        let mut next = || turn.next().context("no contracts");
        match &mut self.connection {
            Plain::Sqlite(connection) => {
                for _ in 0..notes / A_COMMIT {
                    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                    for _ in 0..A_COMMIT {
                        write_note!(&mut tx, &mut self.jobs[next()?], &shared);
                    }
                    tx.commit().await?;
                }
            }
            Plain::Postgres(connection) => {
                for _ in 0..notes {
                    let mut tx = connection.begin().await?;
                    write_note!(&mut tx, &mut self.jobs[next()?], &shared);
                    tx.commit().await?;
                }
            }
        }
        Ok(self)
    }
}
