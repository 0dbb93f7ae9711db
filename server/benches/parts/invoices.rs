//! The engines without Drawdown: the rows that billing a period writes, written directly.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use domain::{
    contracts::{Contract, PeriodBill},
    documents::NumberPattern,
};
use sqlx::{AssertSqlSafe, Connection};
use store::fold;
use uuid::Uuid;

use crate::{
    contracts::{BY, Company},
    plain::Plain,
};

/// How many invoices share one commit on SQLite.
const A_COMMIT: usize = 10;
/// As many connections to PostgreSQL as a run uses.
const CONNECTIONS: usize = 12;

const CLAIM: &str = "INSERT INTO claims (id, contract_id, period, period_from, period_until, service_until,
    contract_version, document_id, net, cancelled, at, by_name) VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, FALSE, $9, $10)";
const CLAIM_LOT: &str =
    "INSERT INTO claim_lots (lot_id, claim_id, amount, quota_from, quota_until) VALUES ($1, $2, $3, $4, $5)";
const ENTRY: &str = "INSERT INTO entries (account_id, seq, kind, date, movement, lot_id, draw_id, amount, valid_from,
    valid_until, carried_from, cap, origin, wanted, available_before, available_after, text, by_name, posted_at)
    VALUES ($1, $2, 'grant', $3, $4, $5, NULL, $6, $7, $8, NULL, NULL, 'contract_billing', NULL, NULL, NULL, $9, $10, $11)";
const LOT: &str = "INSERT INTO lot_state (lot_id, account_id, seq, granted, drawn, drawn_carried, usable_from,
    usable_until, carried_from, cap, origin) VALUES ($1, $2, $3, $4, 0, 0, $5, $6, NULL, NULL, 'contract_billing')";
const ACCOUNT: &str =
    "UPDATE accounts SET next_seq = $2, balance = balance + $3, ends_on = NULL WHERE id = $1 AND next_seq = $4";
const CONTRACT: &str = "UPDATE contracts SET next_period = $2, next_due = $3, to_do_on = $4 WHERE id = $1";
const ITEM: &str =
    "INSERT INTO billing_run_items (run_id, owner_id, period, outcome, reason, document_id, currency, net,
    gross) VALUES ($1, $2, $3, 'billed', '', $4, $5, $6, $7)";
const COUNT: &str = "INSERT INTO counters (name, value) VALUES ($1, 1)
    ON CONFLICT (name) DO UPDATE SET value = counters.value + 1 RETURNING value";
const DOCUMENT: &str = "INSERT INTO documents (id, version, kind, state, number, number_folded, customer_id, currency, date,
    due_on, payment_days, delivery, net, vat, gross, recipient, run_id, created_at, created_by, issued_at, issued_by)
    VALUES ($1, 1, 'contract_invoice', 'issued', $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $15, $16)";
const PAPER: &str = "INSERT INTO papers (document_id, letterhead, template, due_at) VALUES ($1, 0, 1, $2)";
const MAIL: &str =
    "INSERT INTO mails (id, reminder, document_id, recipients, state, due_at, attempts, created_at, created_by)
    VALUES ($1, 0, $1, 'a@b.example', 'waiting', $2, 0, $2, $3)";
const LINES: &str =
    "INSERT INTO document_lines (document_id, place, article_id, group_id, sub_group_id, text, quantity,
    unit, seconds, price, discount, vat_rate, total, contract_id, service_from, service_until,
    contract_number) VALUES ";

/// What is billed again and again.
struct Job {
    contract: String,
    account: String,
    customer: String,
    number: String,
    /// Name and address, as an issued invoice keeps them.
    recipient: String,
}

/// What all invoices of a round share.
struct Round {
    run: String,
    period: i64,
    from: NaiveDate,
    until: NaiveDate,
    today: NaiveDate,
    at: DateTime<Utc>,
    /// What the period bills: the same of every contract.
    bill: PeriodBill,
    /// A contract for the dates, which all have in common.
    contract: Contract,
    counter: String,
    /// One statement for all lines of an invoice.
    lines: String,
}

/// One connection with the contracts that only it bills.
struct Lane {
    connection: Plain,
    jobs: Vec<Job>,
}

/// The engine, ready to write.
pub struct Raw {
    lanes: Vec<Lane>,
}

macro_rules! write_invoice {
    ($tx:expr, $job:expr, $round:expr) => {{
        let (tx, job, round): (_, &Job, &Round) = ($tx, $job, $round);
        let [claim, lot, document] = std::array::from_fn(|_| Uuid::now_v7().to_string());
        let Round { run, period, from, until, today, at, bill, contract, .. } = round;
        let (totals, amount) = (&bill.totals, bill.grants.first().context("a grant")?.amount.units());
        let terms = &contract.terms;

        let insert =
            sqlx::query(CLAIM).bind(&claim).bind(&job.contract).bind(period).bind(from).bind(until).bind(until);
        insert.bind(&document).bind(totals.net).bind(at).bind(BY).execute(&mut **tx).await?;
        let insert = sqlx::query(CLAIM_LOT).bind(&lot).bind(&claim).bind(amount).bind(from).bind(until);
        insert.execute(&mut **tx).await?;
        let seq = period + 1;
        let insert = sqlx::query(ENTRY).bind(&job.account).bind(seq).bind(from).bind(amount).bind(&lot).bind(amount);
        insert.bind(from).bind(until).bind(&job.number).bind(BY).bind(at).execute(&mut **tx).await?;
        let insert = sqlx::query(LOT).bind(&lot).bind(&job.account).bind(seq).bind(amount).bind(from).bind(until);
        insert.execute(&mut **tx).await?;
        let advance = sqlx::query(ACCOUNT).bind(&job.account).bind(seq + 1).bind(amount).bind(seq);
        ensure!(advance.execute(&mut **tx).await?.rows_affected() == 1, "the account was not there");
        let next = bill.period.number + 1;
        let advance = sqlx::query(CONTRACT).bind(&job.contract).bind(i64::from(next));
        advance.bind(contract.due_on(next)).bind(contract.to_do_on(next)).execute(&mut **tx).await?;
        let insert = sqlx::query(ITEM).bind(run).bind(&job.contract).bind(period).bind(&document);
        insert.bind(terms.currency.code()).bind(totals.net).bind(totals.gross).execute(&mut **tx).await?;

        // As in a run, numbers come last: with several connections, whoever has taken one keeps the others waiting.
        let count: i64 = sqlx::query_scalar(COUNT).bind(&round.counter).fetch_one(&mut **tx).await?;
        let number = NumberPattern::of_invoices().number(today.year(), count);
        let insert = sqlx::query(DOCUMENT).bind(&document).bind(&number).bind(fold(&number)).bind(&job.customer);
        let days = terms.billing.payment_days;
        let insert = insert.bind(terms.currency.code()).bind(today).bind(*today + Days::new(days.into()));
        let insert = insert.bind(i64::from(days)).bind(terms.billing.delivery.name()).bind(totals.net);
        let insert = insert.bind(totals.vat).bind(totals.gross).bind(&job.recipient).bind(run).bind(at).bind(BY);
        insert.execute(&mut **tx).await?;
        let mut insert = sqlx::query(AssertSqlSafe(round.lines.clone()));
        for (place, billed) in (0_i64..).zip(&bill.lines) {
            let line = &billed.line;
            insert = insert.bind(&document).bind(place).bind(None::<String>).bind(None::<String>).bind(None::<String>);
            insert = insert.bind(&line.text).bind(line.quantity.to_string()).bind(line.unit.name()).bind(None::<i64>);
            insert = insert.bind(line.price.to_string()).bind(line.discount.to_string()).bind(line.vat.to_string());
            insert = insert.bind(billed.total).bind(&job.contract).bind(from).bind(until).bind(&job.number);
        }
        insert.execute(&mut **tx).await?;
        sqlx::query(PAPER).bind(&document).bind(at).execute(&mut **tx).await?;
        sqlx::query(MAIL).bind(&document).bind(at).bind(BY).execute(&mut **tx).await?;
    }};
}

impl Raw {
    /// On a migrated database with that company. SQLite has one connection, PostgreSQL as many as a run has.
    pub async fn new(database: &str, company: &Company) -> anyhow::Result<Raw> {
        let first = Plain::open(database).await?;
        let connections = if matches!(first, Plain::Sqlite(_)) { 1 } else { CONNECTIONS };
        let mut lanes = vec![Lane { connection: first, jobs: Vec::new() }];
        for _ in 1..connections {
            lanes.push(Lane { connection: Plain::open(database).await?, jobs: Vec::new() });
        }
        for number in 1..=company.contracts {
            let contract = company.contract(number)?;
            lanes[number % connections].jobs.push(Job {
                contract: contract.id.to_string(),
                account: Company::account(number)?.to_string(),
                customer: contract.customer.to_string(),
                number: Company::contract_number(number),
                recipient: serde_json::to_string(&company.recipient(number))?,
            });
        }
        Ok(Raw { lanes })
    }

    /// Bills a period of all contracts and returns how long it took.
    pub async fn bill(&mut self, company: &Company, period: u32) -> anyhow::Result<Duration> {
        let round = Arc::new(Round::new(company, period)?);
        let (run, as_of, at) = (&round.run, round.from, round.at.to_rfc3339());
        let first = self.lanes.first_mut().context("a connection")?;
        let contracts = company.contracts;
        first
            .connection
            .run(format!(
                "INSERT INTO billing_runs (id, as_of, issue, state, contracts, started_at, started_by, ended_at)
                 VALUES ('{run}', '{as_of}', TRUE, 'done', {contracts}, '{at}', '{BY}', '{at}')"
            ))
            .await?;
        let start = Instant::now();
        let lanes: Vec<_> = self.lanes.drain(..).map(|lane| tokio::spawn(lane.bill(round.clone()))).collect();
        for lane in lanes {
            self.lanes.push(lane.await??);
        }
        Ok(start.elapsed())
    }
}

impl Lane {
    async fn bill(mut self, round: Arc<Round>) -> anyhow::Result<Lane> {
        match &mut self.connection {
            Plain::Sqlite(connection) => {
                for jobs in self.jobs.chunks(A_COMMIT) {
                    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
                    for job in jobs {
                        write_invoice!(&mut tx, job, &round);
                    }
                    tx.commit().await?;
                }
            }
            Plain::Postgres(connection) => {
                for job in &self.jobs {
                    let mut tx = connection.begin().await?;
                    write_invoice!(&mut tx, job, &round);
                    tx.commit().await?;
                }
            }
        }
        Ok(self)
    }
}

impl Round {
    fn new(company: &Company, period: u32) -> anyhow::Result<Round> {
        let (bill, today) = (company.bill(period)?, Utc::now().date_naive());
        let range = bill.period.range;
        let row = |row: usize| {
            let places: Vec<String> = (1..=17).map(|place| format!("${}", 17 * row + place)).collect();
            format!("({})", places.join(", "))
        };
        let rows: Vec<String> = (0..bill.lines.len()).map(row).collect();
        Ok(Round {
            run: Uuid::now_v7().to_string(),
            period: i64::from(period),
            from: range.from,
            until: range.until.context("an end")?,
            today,
            at: Utc::now(),
            bill,
            contract: company.contract(1)?,
            counter: format!("invoice {}", today.year()),
            lines: format!("{LINES}{}", rows.join(", ")),
        })
    }
}
