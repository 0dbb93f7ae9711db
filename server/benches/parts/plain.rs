//! A connection with nothing of Drawdown in between.

use std::time::Duration;

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, SqliteConnection,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// A connection: one SQL text for both engines.
pub enum Plain {
    /// To a file.
    Sqlite(SqliteConnection),
    /// To a server.
    Postgres(PgConnection),
}

impl Plain {
    /// Connects as the program does.
    pub async fn open(database: &str) -> anyhow::Result<Plain> {
        let Some(path) = database.strip_prefix("sqlite:") else {
            return Ok(Plain::Postgres(PgConnection::connect(database).await?));
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(20))
            .pragma("cache_size", "-65536")
            .pragma("temp_store", "memory");
        Ok(Plain::Sqlite(SqliteConnection::connect_with(&options).await?))
    }

    /// Makes empty databases of these names on a PostgreSQL server and gives their addresses.
    pub async fn fresh<const N: usize>(server: &str, names: [&str; N]) -> anyhow::Result<[String; N]> {
        let mut plain = Plain::open(&format!("{server}/postgres")).await?;
        for name in names {
            plain.run(format!("DROP DATABASE IF EXISTS {name}")).await?;
            plain.run(format!("CREATE DATABASE {name}")).await?;
        }
        Ok(names.map(|name| format!("{server}/{name}")))
    }

    /// Runs any number of statements without values.
    pub async fn run(&mut self, sql: String) -> anyhow::Result<()> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        match self {
            Plain::Sqlite(connection) => sql.execute(connection).await.map(drop)?,
            Plain::Postgres(connection) => sql.execute(connection).await.map(drop)?,
        }
        Ok(())
    }

    /// The whole number that a statement without values gives.
    #[allow(dead_code, reason = "for one of the two programs")]
    pub async fn number(&mut self, sql: String) -> anyhow::Result<i64> {
        Ok(match self {
            Plain::Sqlite(connection) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?,
            Plain::Postgres(connection) => sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(connection).await?,
        })
    }
}
