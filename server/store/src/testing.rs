//! Throw-away databases for tests: a file for SQLite, a database of a real PostgreSQL.
//!
//! The PostgreSQL is the test run's own cluster: `DRAWDOWN_TEST_POSTGRES` names it (nextest's set-up script starts it).

use std::{
    ops::Deref,
    path::PathBuf,
    process,
    sync::atomic::{AtomicU32, Ordering},
};

use chrono::NaiveDate;
use domain::{
    ContractTypeId, CustomerId, ProjectId, TaskId, UserId,
    contracts::{ContractState, Delivery},
    documents::{DocumentKind, DocumentState},
    quota::Unit,
};
use sqlx::{
    AssertSqlSafe, Connection, Executor, PgConnection, Row as _, SqliteConnection, sqlite::SqliteConnectOptions,
};
use wire::{
    accounts::{AccountQuery, AccountSort},
    billing::{RunQuery, RunState},
    bookings::BookingQuery,
    contracts::{ContractQuery, ContractSort},
    customers::CustomerQuery,
    documents::DocumentQuery,
    lists::{DeficitQuery, ListQuery, OpenItemKind, OpenItemQuery, ToDoQuery, ToDoTime, UnitKind},
    projects::{ProjectQuery, ProjectState},
};

use crate::{
    Db, Engine, Slice, Tx, accounts, articles, audit, balancing, billing, bookings, claims, contracts, customers,
    documents, fees, filings, history, ledger,
    listing::Listing,
    lists, mails, papers, people, projects, receipts, settings,
    sql::{Inner, migrations},
};

static NUMBER: AtomicU32 = AtomicU32::new(0);

/// A database of its own for one test. The file or database is removed by the run's clean-up.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// Its address, for a second connection or another process.
    pub url: String,
}

impl Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// A fresh, empty address on that engine.
///
/// # Panics
/// When the database cannot be made: then no test can run.
#[allow(clippy::expect_used)]
pub async fn fresh_url(engine: Engine) -> String {
    let name = format!("dd_{}_{}", process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
    match engine {
        Engine::Sqlite => {
            let folder: PathBuf = std::env::temp_dir().join("drawdown-tests");
            std::fs::create_dir_all(&folder).expect("the temporary folder is writable");
            let path = folder.join(format!("{name}.db"));
            for suffix in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{suffix}", path.display()));
            }
            format!("sqlite:{}", path.display())
        }
        Engine::Postgres => {
            let server = std::env::var("DRAWDOWN_TEST_POSTGRES").expect(
                "DRAWDOWN_TEST_POSTGRES names a PostgreSQL server; cargo nextest sets it, see .config/nextest.toml",
            );
            let mut connection =
                PgConnection::connect(&format!("{server}/postgres")).await.expect("PostgreSQL answers");
            for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
                connection.execute(sqlx::AssertSqlSafe(sql)).await.expect("PostgreSQL makes databases");
            }
            format!("{server}/{name}")
        }
    }
}

/// A fresh database on that engine.
///
/// # Panics
/// When it cannot be made.
#[allow(clippy::expect_used)]
pub async fn fresh(engine: Engine) -> TestDb {
    let url = fresh_url(engine).await;
    TestDb { db: Db::open(&url).await.expect("a fresh database opens"), url }
}

/// The address of a fresh database as a version that knew only the first `version` migrations left it, with what `sql`
/// writes into it.
///
/// # Panics
/// When it cannot be made.
#[allow(clippy::expect_used)]
pub async fn older(engine: Engine, version: i64, sql: &str) -> String {
    let url = fresh_url(engine).await;
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    match engine {
        Engine::Sqlite => {
            let options = SqliteConnectOptions::new().filename(&url["sqlite:".len()..]).create_if_missing(true);
            let mut connection = SqliteConnection::connect_with(&options).await.expect("the file is made");
            migrations(engine).run_to(version, &mut connection).await.expect("the tables are made");
            sql.execute(&mut connection).await.expect("the rows are written");
            connection.close().await.expect("it closes");
        }
        Engine::Postgres => {
            let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL answers");
            migrations(engine).run_to(version, &mut connection).await.expect("the tables are made");
            sql.execute(&mut connection).await.expect("the rows are written");
            connection.close().await.expect("it closes");
        }
    }
    url
}

/// Returns as soon as somebody waits for a lock of this PostgreSQL database. Nobody sleeps: it asks.
///
/// # Panics
/// When nobody ever does.
#[allow(clippy::expect_used)]
pub async fn until_somebody_waits(db: &Db) {
    let asked = "SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    for _ in 0..100_000 {
        let Tx::Postgres(mut tx) = db.read().await.expect("a read begins") else { return };
        let row = sqlx::raw_sql(asked).fetch_one(&mut *tx).await.expect("PostgreSQL tells");
        if row.get::<i64, _>(0) > 0 {
            return;
        }
    }
    panic!("nobody waits");
}

/// Begins a transaction that may write, for a test of a single function: no closure, no retry.
///
/// # Panics
/// When the database does not answer.
#[allow(clippy::expect_used)]
pub async fn begin(db: &Db) -> Tx {
    match &db.inner {
        Inner::Sqlite { readers, .. } => {
            Tx::Sqlite(readers.begin_with("BEGIN IMMEDIATE").await.expect("SQLite lets one writer in"))
        }
        Inner::Postgres { pool, .. } => Tx::Postgres(pool.begin().await.expect("PostgreSQL begins")),
    }
}

/// Commits what [`begin`] began.
///
/// # Panics
/// When the database refuses.
#[allow(clippy::expect_used)]
pub async fn commit(tx: Tx) {
    tx.commit().await.expect("the transaction commits");
}

/// Runs SQL that the program itself would never run: damage for the audit, errors for the retry.
pub async fn execute(tx: &mut Tx, sql: &str) -> Result<u64, crate::StoreError> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    Ok(match tx {
        Tx::Sqlite(tx) => sql.execute(&mut **tx).await?.rows_affected(),
        Tx::Postgres(tx) => sql.execute(&mut **tx).await?.rows_affected(),
    })
}

/// How the engine would run a statement, line by line. PostgreSQL is told to avoid reading whole tables, as it
/// would with tables that are worth an index.
///
/// # Panics
/// When the engine cannot plan it.
#[allow(clippy::expect_used)]
pub async fn explain(tx: &mut Tx, sql: &str) -> Vec<String> {
    match tx {
        Tx::Sqlite(tx) => {
            let plan = sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN QUERY PLAN {sql}"))).fetch_all(&mut **tx).await;
            plan.expect("SQLite plans it").iter().map(|row| row.get("detail")).collect()
        }
        Tx::Postgres(tx) => {
            let places = (1..100).take_while(|n| sql.contains(&format!("${n}"))).count();
            let values = if places == 0 { String::new() } else { format!("({})", vec!["NULL"; places].join(", ")) };
            for sql in [
                "SET LOCAL enable_seqscan = off; SET LOCAL plan_cache_mode = force_generic_plan; DEALLOCATE ALL"
                    .to_owned(),
                format!("PREPARE planned AS {sql}"),
            ] {
                sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut **tx).await.expect("PostgreSQL prepares it");
            }
            let plan =
                sqlx::raw_sql(AssertSqlSafe(format!("EXPLAIN EXECUTE planned{values}"))).fetch_all(&mut **tx).await;
            plan.expect("PostgreSQL plans it").iter().map(|row| row.get(0)).collect()
        }
    }
}

/// A page of a list, and its statement.
fn page_of(listing: Listing) -> String {
    listing.sliced(Slice { offset: 0, most: 51 }).text()
}

/// The statements of lists: each order both ways, each filter alone, and all filters together.
fn list_statements() -> Vec<(String, String)> {
    let today = NaiveDate::default();
    let (day, id) = (Some(today), uuid::Uuid::nil());
    let mut all = Vec::new();
    for desc in [false, true] {
        for (name, sort) in CustomerQuery::SORTS {
            let ask = CustomerQuery { sort: *sort, desc, ..CustomerQuery::default() };
            all.push((format!("customers by {name} {desc}"), page_of(customers::listing(&ask))));
            for (count, q) in [(1, "a"), (3, "a b c")] {
                let ask = CustomerQuery { q: q.to_owned(), ..ask.clone() };
                all.push((format!("search by {name} {desc} {count}"), page_of(customers::listing(&ask))));
            }
        }
        for sort in AccountSort::ALL {
            let ask = AccountQuery { sort, desc, ..AccountQuery::default() };
            all.push((format!("accounts by {} {desc}", sort.name()), page_of(accounts::listing(&ask))));
        }
        for (name, sort) in ContractQuery::SORTS {
            let ask = ContractQuery { sort: *sort, desc, ..ContractQuery::default() };
            all.push((format!("contracts by {name} {desc}"), page_of(contracts::listing(&ask, today))));
            let ask = ContractQuery { q: "a b".to_owned(), ..ask };
            all.push((format!("contracts found by {name} {desc}"), page_of(contracts::listing(&ask, today))));
        }
        for (name, sort) in DocumentQuery::SORTS {
            let ask = DocumentQuery { sort: *sort, desc, ..DocumentQuery::default() };
            all.push((format!("documents by {name} {desc}"), page_of(documents::listing(&ask))));
            let ask = DocumentQuery { q: "a b".to_owned(), ..ask };
            all.push((format!("documents found by {name} {desc}"), page_of(documents::listing(&ask))));
        }
        for (name, sort) in RunQuery::SORTS {
            let ask = RunQuery { sort: *sort, desc, ..RunQuery::default() };
            all.push((format!("runs by {name} {desc}"), page_of(billing::listing(&ask))));
        }
        for (name, sort) in ToDoQuery::SORTS {
            let ask = ToDoQuery { sort: *sort, desc, ..ToDoQuery::default() };
            all.push((format!("to-dos by {name} {desc}"), page_of(lists::to_dos_listing(&ask, today))));
            all.push((format!("due fees by {name} {desc}"), page_of(fees::due_listing(&ask, today))));
            let ask = ToDoQuery { q: "a b".to_owned(), ..ask };
            all.push((format!("due fees found by {name} {desc}"), page_of(fees::due_listing(&ask, today))));
        }
        for (name, sort) in OpenItemQuery::SORTS {
            let ask = OpenItemQuery { sort: *sort, desc, ..OpenItemQuery::default() };
            all.push((format!("open items by {name} {desc}"), page_of(receipts::open_listing(&ask, today))));
        }
        for (name, sort) in DeficitQuery::SORTS {
            let ask = DeficitQuery { sort: *sort, desc, ..DeficitQuery::default() };
            all.push((format!("deficits by {name} {desc}"), page_of(lists::deficits_listing(&ask))));
        }
    }
    let of_customer = AccountQuery { customer: Some(CustomerId::new(id)), ..AccountQuery::default() };
    let of_unit = AccountQuery { unit: Some(Unit::Time), ..AccountQuery::default() };
    let of_both = AccountQuery { unit: of_unit.unit, sort: AccountSort::Customer, ..of_customer.clone() };
    for (name, ask) in [("customer", of_customer), ("unit", of_unit), ("customer and unit", of_both)] {
        all.push((format!("accounts with {name}"), page_of(accounts::listing(&ask))));
    }
    let (contract, document) = (ContractQuery::default(), DocumentQuery::default());
    let mut contracts_with = |name: &str, ask: ContractQuery| {
        all.push((format!("contracts with {name}"), page_of(contracts::listing(&ask, today))));
    };
    contracts_with("customer", ContractQuery { customer: Some(CustomerId::new(id)), ..contract.clone() });
    contracts_with("type", ContractQuery { contract_type: Some(ContractTypeId::new(id)), ..contract.clone() });
    for state in ContractState::ALL {
        contracts_with(state.name(), ContractQuery { state: Some(state), ..contract.clone() });
    }
    contracts_with("quota", ContractQuery { quota: Some(true), ..contract.clone() });
    contracts_with("due", ContractQuery { due_until: day, sort: ContractSort::Due, ..contract.clone() });
    contracts_with("end", ContractQuery { ends_until: day, sort: ContractSort::End, ..contract.clone() });
    let mut documents_with = |name: &str, ask: DocumentQuery| {
        all.push((format!("documents with {name}"), page_of(documents::listing(&ask))));
    };
    documents_with("customer", DocumentQuery { customer: Some(CustomerId::new(id)), ..document.clone() });
    for kind in DocumentKind::ALL {
        documents_with(kind.name(), DocumentQuery { kind: Some(kind), ..document.clone() });
    }
    for state in DocumentState::ALL {
        documents_with(state.name(), DocumentQuery { state: Some(state), ..document.clone() });
    }
    for delivery in Delivery::ALL {
        documents_with(delivery.name(), DocumentQuery { delivery: Some(*delivery), ..document.clone() });
    }
    documents_with("dates", DocumentQuery { from: day, until: day, ..document.clone() });
    documents_with("open", DocumentQuery { open: true, ..document.clone() });
    for state in RunState::ALL {
        let ask = RunQuery { state: Some(state), from: day, until: day, ..RunQuery::default() };
        all.push((format!("runs with {}", state.name()), page_of(billing::listing(&ask))));
    }
    for time in ToDoTime::ALL {
        let ask = ToDoQuery { time: Some(time), whose: "A".to_owned(), automatic: Some(true), ..ToDoQuery::default() };
        all.push((format!("to-dos with {}", time.name()), page_of(lists::to_dos_listing(&ask, today))));
    }
    for kind in OpenItemKind::ALL {
        let ask = OpenItemQuery { kind: Some(kind), ..OpenItemQuery::default() };
        all.push((format!("open items with {}", kind.name()), page_of(receipts::open_listing(&ask, today))));
        let ask = OpenItemQuery { q: "a".to_owned(), customer: Some(CustomerId::new(id)), ..ask };
        all.push((format!("open items found {}", kind.name()), page_of(receipts::open_listing(&ask, today))));
        all.push((format!("open sums found {}", kind.name()), receipts::open_sums_listing(&ask, today).text()));
    }
    let ask = OpenItemQuery::default();
    all.push(("open sums".to_owned(), receipts::open_sums_listing(&ask, today).text()));
    for unit in UnitKind::ALL {
        let ask = DeficitQuery { unit: Some(unit), contract: "a".to_owned(), ..DeficitQuery::default() };
        all.push((format!("deficits of contracts in {}", unit.name()), page_of(lists::deficits_listing(&ask))));
    }
    let ask = DeficitQuery { q: "a".to_owned(), from: day, until: day, ..DeficitQuery::default() };
    all.push(("deficits found".to_owned(), page_of(lists::deficits_listing(&ask))));
    all.push(("deficit sums".to_owned(), lists::deficit_sums_listing(&DeficitQuery::default()).text()));
    all.push(("deficit sums found".to_owned(), lists::deficit_sums_listing(&ask).text()));
    all.push(("lapsing".to_owned(), lists::lapsing_listing("", today, today, 20).text()));
    all.push(("lapsing found".to_owned(), lists::lapsing_listing("a", today, today, 20).text()));
    all
}

/// The lists of projects and bookings: each order both ways, each filter alone, and all filters together.
fn booking_statements() -> Vec<(String, String)> {
    let id = uuid::Uuid::nil();
    let (day, person, customer) = (Some(NaiveDate::default()), Some(UserId::new(id)), Some(CustomerId::new(id)));
    let (project, task) = (Some(ProjectId::new(id)), Some(TaskId::new(id)));
    let mut all = Vec::new();
    for desc in [false, true] {
        for (name, sort) in ProjectQuery::SORTS {
            let ask = ProjectQuery { sort: *sort, desc, ..ProjectQuery::default() };
            all.push((format!("projects by {name} {desc}"), page_of(projects::listing(&ask, None))));
            let ask = ProjectQuery { q: "a b".to_owned(), ..ask };
            all.push((format!("projects found by {name} {desc}"), page_of(projects::listing(&ask, person))));
        }
        for (name, sort) in BookingQuery::SORTS {
            let ask = BookingQuery { sort: *sort, desc, ..BookingQuery::default() };
            all.push((format!("bookings by {name} {desc}"), page_of(bookings::listing(&ask))));
            let ask = BookingQuery { person, ..ask };
            all.push((format!("bookings of a person by {name} {desc}"), page_of(bookings::listing(&ask))));
        }
    }
    let ask = ProjectQuery { customer, ..ProjectQuery::default() };
    all.push(("projects with customer".to_owned(), page_of(projects::listing(&ask, None))));
    for state in ProjectState::ALL {
        let ask = ProjectQuery { state: Some(state), ..ProjectQuery::default() };
        all.push((format!("projects with {}", state.name()), page_of(projects::listing(&ask, None))));
        all.push((format!("projects to book on with {}", state.name()), page_of(projects::listing(&ask, person))));
    }
    let usual = BookingQuery::default();
    for (name, ask) in [
        ("project", BookingQuery { project, ..usual.clone() }),
        ("task", BookingQuery { task, ..usual.clone() }),
        ("customer", BookingQuery { customer, ..usual.clone() }),
        ("person", BookingQuery { person, ..usual.clone() }),
        ("dates", BookingQuery { from: day, until: day, ..usual.clone() }),
        ("billable", BookingQuery { billable: Some(true), ..usual.clone() }),
        ("words", BookingQuery { q: "a b".to_owned(), ..usual.clone() }),
        ("unassigned", BookingQuery { unassigned: true, ..usual.clone() }),
        (
            "all",
            BookingQuery { project, task, customer, person, from: day, until: day, unassigned: true, ..usual.clone() },
        ),
    ] {
        all.push((format!("bookings with {name}"), page_of(bookings::listing(&ask))));
        if ask.is_narrowed() {
            all.push((format!("sums of bookings with {name}"), bookings::sums_listing(&ask).text()));
        }
    }
    all
}

/// The statements that are put together at run time, in a small and a larger size.
pub fn dynamic_statements() -> Vec<(String, String)> {
    let mut all = list_statements();
    all.extend(booking_statements());
    for count in [1, 3] {
        all.push((format!("of_customers {count}"), accounts::of_customers_sql(count)));
        all.push((format!("lots_within {count}"), accounts::lots_within_sql(count)));
        all.push((format!("deficits_among {count}"), accounts::deficits_among_sql(count)));
        all.push((format!("released_among {count}"), ledger::released_among_sql(count)));
        all.push((format!("held {count}"), ledger::held_sql(count)));
        all.push((format!("release {count}"), ledger::release_sql(count)));
        all.push((format!("forget parts {count}"), ledger::forget_sql(count)));
        all.push((format!("lots {count}"), ledger::lots_sql(count)));
        all.push((format!("parts {count}"), ledger::parts_sql(count)));
        all.push((format!("settings {count}"), settings::named_sql(count)));
        all.push((format!("known articles {count}"), articles::known_sql(count)));
        all.push((format!("accounts {count}"), accounts::accounts_sql(count)));
        all.push((format!("cards {count}"), customers::cards_sql(count)));
        all.push((format!("contracts {count}"), contracts::contracts_sql(count)));
        all.push((format!("lock contracts {count}"), contracts::lock_sql(count)));
        all.push((format!("terms of accounts {count}"), contracts::terms_of_accounts_sql(count)));
        all.push((format!("names {count}"), contracts::names_sql(count)));
        all.push((format!("contracts of a type {count}"), contracts::of_type_sql(count - 1)));
        all.push((format!("latest changes {count}"), history::latest_sql(count)));
        all.push((format!("lots_of_claims {count}"), claims::lots_of_sql(count)));
        all.push((format!("numbers taken {count}"), documents::taken_sql(count)));
        all.push((format!("audit lines {count}"), audit::lines_sql(count)));
        all.push((format!("audit draws {count}"), audit::drawn_sql(count)));
        all.push((format!("audit claims {count}"), audit::claims_sql(count)));
        all.push((format!("audit claimed lots {count}"), audit::claimed_lots_sql(count)));
        all.push((format!("documents of draws {count}"), documents::of_draws_sql(count)));
        all.push((format!("lines elsewhere {count}"), documents::elsewhere_sql(count)));
        all.push((format!("texts of draws {count}"), balancing::draw_texts_sql(count)));
        all.push((format!("lots of documents {count}"), balancing::lots_of_sql(count)));
        all.push((format!("billed deficits of {count}"), balancing::billed_sql(count)));
        all.push((format!("sold at {count}"), claims::sold_sql(count)));
        all.push((format!("sold terms of {count}"), claims::sold_terms_sql(count)));
        all.push((format!("freed {count}"), claims::freed_sql(count)));
        all.push((format!("holders {count}"), ledger::holders_sql(count)));
        all.push((format!("holders' parts {count}"), ledger::holders_parts_sql(count)));
        all.push((format!("standing claims {count}"), claims::standing_sql(count)));
        all.push((format!("draws of documents {count}"), ledger::draws_of_documents_sql(count)));
        all.push((format!("parts of documents {count}"), ledger::parts_of_documents_sql(count)));
        all.push((format!("lots among {count}"), ledger::lots_among_sql(count)));
        all.push((format!("invoices of {count}"), documents::invoices_of_sql(count)));
        all.push((format!("receipts by hand {count}"), receipts::by_hand_sql(count)));
        all.push((format!("take papers {count}"), papers::taken_sql(count)));
        all.push((format!("take filings {count}"), filings::taken_sql(count)));
        all.push((format!("these mails {count}"), mails::these_mails_sql(count)));
        all.push((format!("take mails {count}"), mails::taken_mails_sql(count)));
        all.push((format!("mails again {count}"), mails::again_sql(count)));
        all.push((format!("drop mails {count}"), mails::dropped_sql(count)));
        all.push((format!("recount reminders {count}"), mails::recount_sql(count)));
        all.push((format!("granted {count}"), papers::granted_sql(count)));
        all.push((format!("references {count}"), papers::references_sql(count)));
        all.push((format!("receipts {count}"), receipts::receipts_sql(count)));
        all.push((format!("lock documents {count}"), receipts::lock_sql(count)));
        all.push((format!("count receipts {count}"), receipts::count_sql(count)));
        all.push((format!("documents {count}"), receipts::rows_sql(count)));
        all.push((format!("documents numbered {count}"), receipts::of_numbers_sql(count)));
        all.push((format!("bank lines claimed {count}"), receipts::claimed_sql(count)));
        all.push((format!("bank lines recorded {count}"), receipts::lines_recorded_sql(count)));
        all.push((format!("claims_on {count}"), claims::on_documents_sql(count)));
        all.push((format!("fee lines named {count}"), fees::named_sql(count)));
        all.push((format!("fees on {count}"), fees::on_documents_sql(count)));
        all.push((format!("standing fees {count}"), fees::standing_sql(count)));
        all.push((format!("freed fees {count}"), fees::freed_sql(count)));
        all.push((format!("audit fees {count}"), audit::fees_sql(count)));
        all.push((format!("numbers {count}"), documents::numbers_sql(count)));
        all.push((format!("contract numbers {count}"), documents::contract_numbers_sql(count)));
        all.push((format!("totals {count}"), billing::totals_sql(count)));
        all.push((format!("draws among {count}"), ledger::draws_among_sql(count)));
        all.push((format!("parts among {count}"), ledger::parts_among_sql(count)));
        all.push((format!("workers among {count}"), people::workers_sql(count)));
        all.push((format!("projects {count}"), projects::projects_sql(count)));
        all.push((format!("lock projects {count}"), projects::lock_sql(count)));
        all.push((format!("tasks of {count}"), projects::tasks_of_sql(count)));
        all.push((format!("tasks elsewhere {count}"), projects::tasks_elsewhere_sql(count)));
        all.push((format!("tasks booked {count}"), projects::booked_sql(count)));
        all.push((format!("forget tasks {count}"), projects::forget_tasks_sql(count)));
        all.push((format!("lines of {count}"), projects::lines_of_sql(count)));
        all.push((format!("lines elsewhere of {count}"), projects::lines_elsewhere_sql(count)));
        all.push((format!("lines on {count}"), projects::lines_on_sql(count)));
        all.push((format!("allowances {count}"), projects::allowances_sql(count)));
        all.push((format!("every line of {count}"), projects::every_line_of_sql(count)));
        all.push((format!("bookings {count}"), bookings::rows_sql(count)));
        all.push((format!("these bookings {count}"), bookings::these_sql(count)));
        all.push((format!("named portions {count}"), bookings::named_portions_sql(count)));
        all.push((format!("portions {count}"), bookings::portions_sql(count)));
        all.push((format!("forget portions {count}"), bookings::forget_portions_sql(count)));
        all.push((format!("draws of bookings {count}"), bookings::drawn_sql(count)));
        all.push((format!("deleted among {count}"), bookings::deleted_sql(count)));
        all.push((format!("said of draws {count}"), bookings::said_sql(count)));
        all.push((format!("bookings of draws {count}"), bookings::of_draws_sql(count)));
        all.push((format!("put bookings on {count}"), bookings::put_on_sql(count)));
        all.push((format!("audit portions {count}"), audit::portions_sql(count)));
    }
    all
}

/// The tables of the business: what no refused command may change.
pub const TABLES: [&str; 46] = [
    "projects",
    "project_people",
    "tasks",
    "billing_lines",
    "billing_line_versions",
    "fee_claims",
    "bookings",
    "booking_decisions",
    "deleted_bookings",
    "portions",
    "project_invoices",
    "project_templates",
    "product_groups",
    "product_sub_groups",
    "articles",
    "contract_types",
    "contracts",
    "contract_versions",
    "claims",
    "claim_lots",
    "documents",
    "document_lines",
    "document_lots",
    "document_deficits",
    "papers",
    "mails",
    "letterheads",
    "receipts",
    "bank_lines",
    "bank_files",
    "billing_runs",
    "billing_run_items",
    "billing_run_undos",
    "billing_run_undo_items",
    "account_policies",
    "settings",
    "customers",
    "customer_words",
    "counters",
    "accounts",
    "entries",
    "entry_parts",
    "lot_state",
    "draw_state",
    "draw_parts",
    "history",
];

/// Every row of these tables as text, to compare before with after.
///
/// # Panics
/// When there is no such table.
#[allow(clippy::expect_used)]
pub async fn dump(db: &Db, tables: &[&str]) -> Vec<String> {
    let mut rows = Vec::new();
    let mut tx = db.read().await.expect("a read begins");
    for table in tables {
        let texts: Vec<String> = match &mut tx {
            Tx::Sqlite(tx) => {
                let columns = AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')"));
                let columns = sqlx::raw_sql(columns).fetch_all(&mut **tx).await.expect("there is such a table");
                let columns: Vec<String> =
                    columns.iter().map(|row| format!("quote({})", row.get::<String, _>(0))).collect();
                let sql = format!("SELECT {} FROM {table} ORDER BY 1", columns.join(" || ', ' || "));
                let rows = sqlx::raw_sql(AssertSqlSafe(sql)).fetch_all(&mut **tx).await.expect("it can be read");
                rows.iter().map(|row| row.get(0)).collect()
            }
            Tx::Postgres(tx) => {
                let sql = AssertSqlSafe(format!("SELECT CAST(t AS TEXT) FROM {table} t ORDER BY 1"));
                let rows = sqlx::raw_sql(sql).fetch_all(&mut **tx).await.expect("it can be read");
                rows.iter().map(|row| row.get(0)).collect()
            }
        };
        rows.extend(texts.into_iter().map(|text| format!("{table}: {text}")));
    }
    rows
}
