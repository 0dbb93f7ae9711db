//! The one place that knows there are two engines.
//!
//! sqlx understands `$1` on both. A [`Query`] carries its text and its values; a [`Row`] gives typed columns back.
//! What really differs between the engines (opening a transaction, `FOR UPDATE`, `SKIP LOCKED`) is a method here.

use std::{str::FromStr, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, SubsecRound, Utc};
use sqlx::{
    AssertSqlSafe, PgPool, Postgres, Row as _, SqlSafeStr, Sqlite, SqlitePool, Transaction,
    migrate::Migrator,
    postgres::{PgPoolOptions, PgRow},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous},
};
use tokio::sync::RwLock;

use crate::{StoreError, write::Writer};

/// The pages that SQLite's writing connection keeps, in KiB as the pragma takes them.
const WRITER_CACHE: &str = "-4096";
/// The same for each of the readers. It is of use within one transaction only: a reader forgets all of them once somebody else
/// has committed, and the system keeps the file in memory anyway.
const READER_CACHE: &str = "-1024";
/// SQLite's readers, each of which holds two to three MB for as long as the program runs. No more than so many read at once:
/// a company that wants more cores to read runs on PostgreSQL.
const READERS: u32 = 4;

/// Which engine a database runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server of its own.
    Postgres,
}

/// A database. Cheap to clone.
#[derive(Clone)]
pub struct Db {
    pub(crate) inner: Inner,
}

#[derive(Clone)]
pub(crate) enum Inner {
    Sqlite {
        readers: SqlitePool,
        writer: Writer,
    },
    /// Each write holds `under_way` for reading until it has ended: closing waits for all of them.
    Postgres {
        pool: PgPool,
        under_way: Arc<RwLock<()>>,
    },
}

/// An open transaction. Dropped without commit, it never happened.
pub enum Tx {
    /// On SQLite.
    Sqlite(Transaction<'static, Sqlite>),
    /// On PostgreSQL.
    Postgres(Transaction<'static, Postgres>),
}

impl Db {
    /// Opens `sqlite:PATH`, `sqlite::memory:` is not one, or `postgres://..`, and brings its tables up to date.
    pub async fn open(url: &str) -> Result<Db, StoreError> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let options = SqliteConnectOptions::new()
                .filename(path)
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(20))
                // Rows come from a thread of their own; with the usual fifty at a time the threads wait for each other.
                .row_buffer_size(1_000)
                .pragma("cache_size", WRITER_CACHE)
                .pragma("temp_store", "memory")
                .optimize_on_close(true, None);
            let single = SqlitePoolOptions::new().max_connections(1).connect_with(options.clone()).await?;
            migrations(Engine::Sqlite).run(&single).await?;
            let options = options.pragma("cache_size", READER_CACHE);
            let readers = SqlitePoolOptions::new().max_connections(READERS).connect_with(options).await?;
            return Ok(Db { inner: Inner::Sqlite { readers, writer: Writer::start(single) } });
        }
        if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            let pool = PgPoolOptions::new().max_connections(24).connect(url).await?;
            migrations(Engine::Postgres).run(&pool).await?;
            return Ok(Db { inner: Inner::Postgres { pool, under_way: Arc::default() } });
        }
        Err(StoreError::UnknownEngine(url.split('@').next_back().unwrap_or_default().to_owned()))
    }

    /// The engine that it runs on.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite { .. } => Engine::Sqlite,
            Inner::Postgres { .. } => Engine::Postgres,
        }
    }

    /// A consistent view of everything that is committed now. Read only: it is never committed.
    pub async fn read(&self) -> Result<Tx, StoreError> {
        match &self.inner {
            Inner::Sqlite { readers, .. } => Ok(Tx::Sqlite(readers.begin().await?)),
            Inner::Postgres { pool, .. } => {
                Ok(Tx::Postgres(pool.begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").await?))
            }
        }
    }

    /// Closes all connections, after the writes that are under way.
    pub async fn close(&self) {
        match &self.inner {
            Inner::Sqlite { readers, writer } => {
                writer.stop().await;
                readers.close().await;
            }
            Inner::Postgres { pool, under_way } => {
                let _all_ended = under_way.write().await;
                pool.close().await;
            }
        }
    }
}

/// The tables, for that engine: only PostgreSQL has to be told to sort folded text by bytes.
pub(crate) fn migrations(engine: Engine) -> Migrator {
    let mut migrator = sqlx::migrate!("../../migrations");
    if engine == Engine::Sqlite {
        for migration in migrator.migrations.to_mut() {
            let sql = migration.sql.as_str().replace(" COLLATE \"C\"", "");
            migration.sql = AssertSqlSafe(sql).into_sql_str();
        }
    }
    migrator
}

impl Tx {
    /// The engine that it runs on.
    pub fn engine(&self) -> Engine {
        match self {
            Tx::Sqlite(_) => Engine::Sqlite,
            Tx::Postgres(_) => Engine::Postgres,
        }
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.commit().await?,
            Tx::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }

    pub(crate) async fn rollback(self) -> Result<(), StoreError> {
        match self {
            Tx::Sqlite(tx) => tx.rollback().await?,
            Tx::Postgres(tx) => tx.rollback().await?,
        }
        Ok(())
    }

    /// Prepares a statement without running it: for the test that knows every statement.
    #[cfg(feature = "testing")]
    pub async fn prepare(&mut self, sql: &'static str) -> Result<(), StoreError> {
        use sqlx::Executor;
        match self {
            Tx::Sqlite(tx) => drop((&mut **tx).prepare(AssertSqlSafe(sql).into_sql_str()).await?),
            Tx::Postgres(tx) => drop((&mut **tx).prepare(AssertSqlSafe(sql).into_sql_str()).await?),
        }
        Ok(())
    }
}

/// A value that both engines hold.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Whole(Option<i64>),
    Text(Option<String>),
    Flag(bool),
    Day(Option<NaiveDate>),
    Instant(Option<DateTime<Utc>>),
    Bytes(Vec<u8>),
}

macro_rules! values {
    ($($from:ty => |$v:ident| $to:expr;)*) => {$(
        impl From<$from> for Value {
            fn from($v: $from) -> Value { $to }
        }
    )*};
}
values! {
    i64 => |v| Value::Whole(Some(v));
    Option<i64> => |v| Value::Whole(v);
    &str => |v| Value::Text(Some(v.to_owned()));
    &String => |v| Value::Text(Some(v.clone()));
    String => |v| Value::Text(Some(v));
    Option<String> => |v| Value::Text(v);
    bool => |v| Value::Flag(v);
    Vec<u8> => |v| Value::Bytes(v);
    NaiveDate => |v| Value::Day(Some(v));
    Option<NaiveDate> => |v| Value::Day(v);
    // PostgreSQL keeps microseconds; cutting here makes both engines give back what was stored.
    DateTime<Utc> => |v| Value::Instant(Some(v.trunc_subsecs(6)));
    Option<DateTime<Utc>> => |v| Value::Instant(v.map(|v| v.trunc_subsecs(6)));
}
macro_rules! id_values {
    ($($id:ty),*) => {$(
        impl From<$id> for Value {
            fn from(id: $id) -> Value { Value::Text(Some(id.to_string())) }
        }
        impl From<Option<$id>> for Value {
            fn from(id: Option<$id>) -> Value { Value::Text(id.map(|id| id.to_string())) }
        }
    )*};
}
id_values!(
    domain::AccountId,
    domain::ArticleId,
    domain::BankFileId,
    domain::BillingLineId,
    domain::BookingId,
    domain::ClaimId,
    domain::ContractId,
    domain::ContractTypeId,
    domain::CustomerId,
    domain::DocumentId,
    domain::DrawId,
    domain::GroupId,
    domain::LineId,
    domain::LotId,
    domain::ProjectId,
    domain::ProjectTemplateId,
    domain::MailId,
    domain::ReceiptId,
    domain::RunId,
    domain::SubGroupId,
    domain::TaskId,
    domain::TokenId,
    domain::UserId
);

/// A statement with its values.
pub(crate) struct Query {
    sql: std::borrow::Cow<'static, str>,
    values: Vec<Value>,
}

/// A statement from its text.
pub(crate) fn query(sql: impl Into<std::borrow::Cow<'static, str>>) -> Query {
    Query { sql: sql.into(), values: Vec::new() }
}

/// `($1, $2), ($3, $4)`: the places of `rows` rows of `columns` values, for inserting many rows at once.
fn places(rows: usize, columns: usize) -> String {
    let row = |r: usize| {
        let list: Vec<String> = (1..=columns).map(|c| format!("${}", r * columns + c)).collect();
        format!("({})", list.join(", "))
    };
    (0..rows).map(row).collect::<Vec<_>>().join(", ")
}

/// Inserts many rows with few statements. `head` is `INSERT INTO t (a, b) VALUES`; no row, no statement.
pub(crate) async fn insert_rows(tx: &mut Tx, head: &str, rows: Vec<Vec<Value>>) -> Result<(), StoreError> {
    insert_rows_or(tx, head, rows, "").await.map(drop)
}

/// The same with what happens to rows that are there already (`ON CONFLICT ..`). Returns how many were written.
pub(crate) async fn insert_rows_or(
    tx: &mut Tx,
    head: &str,
    rows: Vec<Vec<Value>>,
    tail: &str,
) -> Result<u64, StoreError> {
    let mut written = 0;
    // SQLite takes 32 766 values a statement; 500 rows of the widest table stay well below.
    for chunk in rows.chunks(500) {
        let columns = chunk.first().map_or(0, Vec::len);
        let mut insert = query(format!("{head} {} {tail}", places(chunk.len(), columns)));
        insert.values = chunk.concat();
        written += insert.run(tx).await?;
    }
    Ok(written)
}

/// `$first, $first+1, ..`: the places of a list of `count` values in `IN (..)`.
pub(crate) fn in_list(first: usize, count: usize) -> String {
    (first..first + count).map(|n| format!("${n}")).collect::<Vec<_>>().join(", ")
}

/// The text as SQLite reads it fastest. A place with a name or number such as `$7` is looked up among all of the statement,
/// when it is read and once more when its value is bound: of ten thousand places, most of the time of the statement. Where they
/// stand in the order of the values, none needs a number.
fn for_sqlite(sql: &str) -> String {
    let mut pieces = sql.split('$');
    let mut text = pieces.next().unwrap_or_default().to_owned();
    text.reserve(sql.len());
    for (before, piece) in pieces.enumerate() {
        let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = piece.split_at(digits);
        if number.parse() != Ok(before + 1) {
            return sql.to_owned();
        }
        text.push('?');
        text.push_str(rest);
    }
    text
}

macro_rules! bound {
    ($query:expr, $values:expr) => {{
        let mut query = $query;
        for value in $values {
            query = match value {
                Value::Whole(v) => query.bind(v),
                Value::Text(v) => query.bind(v),
                Value::Flag(v) => query.bind(v),
                Value::Day(v) => query.bind(v),
                Value::Instant(v) => query.bind(v),
                Value::Bytes(v) => query.bind(v),
            };
        }
        query
    }};
}

impl Query {
    pub fn bind(mut self, value: impl Into<Value>) -> Query {
        self.values.push(value.into());
        self
    }

    pub fn bind_all<V: Into<Value>>(mut self, values: impl IntoIterator<Item = V>) -> Query {
        self.values.extend(values.into_iter().map(Into::into));
        self
    }

    /// Locks the rows that it reads until the transaction ends. SQLite has one writer, so nothing is added there.
    pub fn for_update(mut self, tx: &Tx) -> Query {
        if tx.engine() == Engine::Postgres {
            self.sql = format!("{} FOR UPDATE", self.sql).into();
        }
        self
    }

    /// The same for a queue: rows that somebody else works on are passed over.
    pub fn for_update_skip_locked(mut self, tx: &Tx) -> Query {
        if tx.engine() == Engine::Postgres {
            self.sql = format!("{} FOR UPDATE SKIP LOCKED", self.sql).into();
        }
        self
    }

    /// Runs it and tells how many rows it touched.
    pub async fn run(self, tx: &mut Tx) -> Result<u64, StoreError> {
        Ok(match tx {
            Tx::Sqlite(tx) => {
                let sql = AssertSqlSafe(for_sqlite(&self.sql));
                bound!(sqlx::query::<Sqlite>(sql), self.values).execute(&mut **tx).await?.rows_affected()
            }
            Tx::Postgres(tx) => {
                let sql = AssertSqlSafe(self.sql.into_owned());
                bound!(sqlx::query::<Postgres>(sql), self.values).execute(&mut **tx).await?.rows_affected()
            }
        })
    }

    /// All rows.
    pub async fn all(self, tx: &mut Tx) -> Result<Vec<Row>, StoreError> {
        Ok(match tx {
            Tx::Sqlite(tx) => {
                let sql = AssertSqlSafe(for_sqlite(&self.sql));
                let rows = bound!(sqlx::query::<Sqlite>(sql), self.values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx) => {
                let sql = AssertSqlSafe(self.sql.into_owned());
                let rows = bound!(sqlx::query::<Postgres>(sql), self.values).fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// The first row, if there is one.
    pub async fn first(self, tx: &mut Tx) -> Result<Option<Row>, StoreError> {
        Ok(self.all(tx).await?.into_iter().next())
    }
}

/// A row of an answer.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// A type that a column of either engine can be read as.
pub(crate) trait Column:
    for<'r> sqlx::Decode<'r, Sqlite> + sqlx::Type<Sqlite> + for<'r> sqlx::Decode<'r, Postgres> + sqlx::Type<Postgres>
{
}
impl<T> Column for T where
    T: for<'r> sqlx::Decode<'r, Sqlite>
        + sqlx::Type<Sqlite>
        + for<'r> sqlx::Decode<'r, Postgres>
        + sqlx::Type<Postgres>
{
}

impl Row {
    pub fn get<T: Column>(&self, column: &str) -> Result<T, StoreError> {
        Ok(match self {
            Row::Sqlite(row) => row.try_get(column)?,
            Row::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A whole number that is never negative.
    pub fn count<T: TryFrom<i64>>(&self, column: &'static str) -> Result<T, StoreError> {
        let value: i64 = self.get(column)?;
        T::try_from(value).map_err(|_| StoreError::Unreadable { what: column, value: value.to_string() })
    }

    /// A column that holds a value with a name.
    pub fn named<T>(&self, column: &'static str, from_name: fn(&str) -> Option<T>) -> Result<T, StoreError> {
        let value: String = self.get(column)?;
        from_name(&value).ok_or(StoreError::Unreadable { what: column, value })
    }

    /// A column that holds JSON.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, StoreError> {
        let value: String = self.get(column)?;
        serde_json::from_str(&value).map_err(|_| StoreError::Unreadable { what: column, value })
    }

    /// The same for a column that may be empty.
    pub fn maybe_json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value: Option<String> = self.get(column)?;
        let read =
            |value: String| serde_json::from_str(&value).map_err(|_| StoreError::Unreadable { what: column, value });
        value.map(read).transpose()
    }

    /// The same as [`Row::parsed`] for a column that may be empty.
    pub fn maybe<T: FromStr>(&self, column: &'static str) -> Result<Option<T>, StoreError> {
        let value: Option<String> = self.get(column)?;
        let parse = |value: String| value.parse().map_err(|_| StoreError::Unreadable { what: column, value });
        value.map(parse).transpose()
    }

    /// A column that holds the text of an id, a role or another value with a name.
    pub fn parsed<T: FromStr>(&self, column: &'static str) -> Result<T, StoreError> {
        let value: String = self.get(column)?;
        value.parse().map_err(|_| StoreError::Unreadable { what: column, value })
    }
}

/// Declares the statements of a module as constants and lists them for the test that prepares every one.
macro_rules! statements {
    ($($name:ident = $sql:expr;)*) => {
        $(pub(crate) const $name: &str = $sql;)*
        /// Every statement of this module with its name.
        pub(crate) const STATEMENTS: &[(&str, &str)] = &[$((stringify!($name), $name)),*];
    };
}
pub(crate) use statements;

#[cfg(test)]
mod tests {
    use super::{for_sqlite, in_list, places};

    /// Red when: a value is bound to another place than the one that its number names.
    #[test]
    fn places_lose_their_numbers_only_where_they_stand_in_order() {
        let many = format!("INSERT INTO t (a, b) VALUES {}", places(2, 2));
        assert_eq!(for_sqlite(&many), "INSERT INTO t (a, b) VALUES (?, ?), (?, ?)");
        let list = format!("SELECT a FROM t WHERE b = $1 AND c IN ({})", in_list(2, 3));
        assert_eq!(for_sqlite(&list), "SELECT a FROM t WHERE b = ? AND c IN (?, ?, ?)");
        for kept in ["a = $2 AND b = $1", "a = $1 OR b = $1", "a = $1 AND b = $3", "a = '$' AND b = $1", "a = 1"] {
            assert_eq!(for_sqlite(kept), kept);
        }
    }
}
