//! Who begins and commits.
//!
//! A **piece** of work is a closure that gets a [`Tx`] and awaits nothing else. It may run more than once, so it
//! must be repeatable, and it runs to its end even when the request that wanted it is gone.
//!
//! SQLite: one task owns the writing connection. It runs all waiting pieces in one transaction, each in a savepoint
//! of its own, commits when the queue is empty or at 64, and only then answers: many writers share one fsync.
//! PostgreSQL: one transaction per piece, run again after a serialisation failure, a deadlock, or when somebody else
//! was faster.

use std::{future::Future, panic::AssertUnwindSafe, pin::Pin};

use futures::FutureExt;
use sqlx::{Executor, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::{Db, StoreError, Tx, sql::Inner};

/// What a piece of work returns.
pub type Work<'t, T, E> = Pin<Box<dyn Future<Output = Result<T, E>> + Send + 't>>;

/// An error that may be one of the database.
pub trait Transient: From<StoreError> + Send + 'static {
    /// The database error inside, if it is one.
    fn store_error(&self) -> Option<&StoreError>;
}

impl Transient for StoreError {
    fn store_error(&self) -> Option<&StoreError> {
        Some(self)
    }
}

/// How many pieces share one commit at the most.
const GROUP: usize = 64;
/// How often a piece is run again on PostgreSQL.
const ATTEMPTS: usize = 20;

impl Db {
    /// Runs a piece of work in a transaction: all of it or, when it returns an error, nothing of it.
    pub async fn write<T, E, F>(&self, piece: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Transient,
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, T, E> + Send + Sync + 'static,
    {
        match &self.inner {
            Inner::Sqlite { writer, .. } => writer.write(piece).await,
            Inner::Postgres { pool, under_way } => {
                let (pool, at_work) = (pool.clone(), under_way.clone().read_owned().await);
                // A task of its own: a dropped request neither stops nor doubles it.
                let done = tokio::spawn(async move {
                    let _at_work = at_work;
                    let mut attempt = 1;
                    loop {
                        let mut tx = Tx::Postgres(pool.begin().await.map_err(StoreError::from)?);
                        let result = match piece(&mut tx).await {
                            Ok(value) => tx.commit().await.map(|()| value).map_err(E::from),
                            Err(error) => {
                                tx.rollback().await.ok();
                                Err(error)
                            }
                        };
                        match result {
                            Err(error)
                                if attempt < ATTEMPTS && error.store_error().is_some_and(StoreError::is_transient) =>
                            {
                                attempt += 1;
                            }
                            other => return other,
                        }
                    }
                });
                done.await.unwrap_or_else(|_| Err(E::from(StoreError::GivenUp("a piece of work panicked"))))
            }
        }
    }
}

/// The sender's half of the task that owns SQLite's writing connection.
#[derive(Clone)]
pub(crate) struct Writer {
    queue: mpsc::Sender<Message>,
}

enum Message {
    Piece(Box<dyn Piece>),
    Stop(oneshot::Sender<()>),
}

/// A piece whose type is hidden, so that pieces of all kinds wait in one queue.
trait Piece: Send {
    /// Runs it; afterwards it knows its result. Returns whether what it did is to be kept.
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 't>>;
    /// Answers whoever waits, with the result or, when the commit failed, with that.
    fn answer(self: Box<Self>, commit: Result<(), &'static str>);
}

struct Waiting<T, E, F> {
    piece: F,
    result: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<T, E, F> Piece for Waiting<T, E, F>
where
    T: Send + 'static,
    E: Transient,
    F: for<'t> Fn(&'t mut Tx) -> Work<'t, T, E> + Send + Sync + 'static,
{
    fn run<'t>(&'t mut self, tx: &'t mut Tx) -> Pin<Box<dyn Future<Output = bool> + Send + 't>> {
        Box::pin(async move {
            let result = AssertUnwindSafe((self.piece)(tx)).catch_unwind().await;
            let result = result.unwrap_or_else(|_| Err(E::from(StoreError::GivenUp("a piece of work panicked"))));
            let keep = result.is_ok();
            self.result = Some(result);
            keep
        })
    }

    fn answer(self: Box<Self>, commit: Result<(), &'static str>) {
        let result = match (self.result, commit) {
            (Some(Ok(_)), Err(why)) => Err(E::from(StoreError::GivenUp(why))),
            (Some(result), _) => result,
            (None, _) => Err(E::from(StoreError::GivenUp("the database is not writable"))),
        };
        // Nobody waits any more when the request was dropped; the work is done all the same.
        let _ = self.answer.send(result);
    }
}

impl Writer {
    pub fn start(pool: SqlitePool) -> Writer {
        let (queue, pieces) = mpsc::channel(1024);
        tokio::spawn(run(pool, pieces));
        Writer { queue }
    }

    async fn write<T, E, F>(&self, piece: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: Transient,
        F: for<'t> Fn(&'t mut Tx) -> Work<'t, T, E> + Send + Sync + 'static,
    {
        let gone = || E::from(StoreError::GivenUp("the writer has stopped"));
        let (answer, wait) = oneshot::channel();
        let waiting = Box::new(Waiting { piece, result: None, answer });
        self.queue.send(Message::Piece(waiting)).await.map_err(|_| gone())?;
        wait.await.unwrap_or_else(|_| Err(gone()))
    }

    pub async fn stop(&self) {
        let (done, wait) = oneshot::channel();
        if self.queue.send(Message::Stop(done)).await.is_ok() {
            let _ = wait.await;
        }
    }
}

async fn run(pool: SqlitePool, mut queue: mpsc::Receiver<Message>) {
    while let Some(message) = queue.recv().await {
        let stop = match message {
            Message::Piece(first) => group(&pool, first, &mut queue).await,
            Message::Stop(done) => Some(done),
        };
        if let Some(done) = stop {
            pool.close().await;
            let _ = done.send(());
            return;
        }
    }
}

/// One transaction: the first piece and all that wait behind it. Returns who asked to stop meanwhile.
async fn group(
    pool: &SqlitePool,
    first: Box<dyn Piece>,
    queue: &mut mpsc::Receiver<Message>,
) -> Option<oneshot::Sender<()>> {
    let mut done: Vec<Box<dyn Piece>> = Vec::new();
    let mut stop = None;
    let mut next = Some(first);
    let commit = match pool.begin_with("BEGIN IMMEDIATE").await {
        Err(error) => {
            tracing::error!(%error, "no write transaction");
            done.extend(next.take());
            Err("the database is not writable")
        }
        Ok(tx) => {
            let mut tx = Tx::Sqlite(tx);
            let mut sound = Ok(());
            while let Some(mut piece) = next.take() {
                sound = in_savepoint(&mut tx, piece.as_mut()).await;
                done.push(piece);
                if sound.is_err() || done.len() >= GROUP {
                    break;
                }
                match queue.try_recv() {
                    Ok(Message::Piece(piece)) => next = Some(piece),
                    Ok(Message::Stop(sender)) => stop = Some(sender),
                    Err(_) => {}
                }
            }
            let result = match sound {
                Ok(()) => tx.commit().await,
                Err(error) => tx.rollback().await.and(Err(error)),
            };
            result.map_err(|error| {
                tracing::error!(%error, pieces = done.len(), "commit failed");
                "the commit failed"
            })
        }
    };
    for piece in done {
        piece.answer(commit);
    }
    stop
}

async fn in_savepoint(tx: &mut Tx, piece: &mut dyn Piece) -> Result<(), StoreError> {
    execute(tx, "SAVEPOINT piece").await?;
    if !piece.run(tx).await {
        execute(tx, "ROLLBACK TO piece").await?;
    }
    execute(tx, "RELEASE piece").await
}

async fn execute(tx: &mut Tx, sql: &'static str) -> Result<(), StoreError> {
    if let Tx::Sqlite(tx) = tx {
        tx.execute(sql).await?;
    }
    Ok(())
}
