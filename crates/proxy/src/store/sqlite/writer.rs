//! Group commit: whatever waits to be written shares one transaction, and one wait for the disk.

use crate::store::StoreError;
use sqlx::query;
use sqlx::sqlite::{SqliteConnection, SqlitePool};
use std::{future::Future, num::NonZeroUsize, pin::Pin, sync::Arc};
use tokio::sync::{mpsc, oneshot};

/// So many writes wait in line at most.
const LINE: usize = 128;

/// A caller's statements, as they run on the connection.
pub(super) type Work<'c, T> = Pin<Box<dyn Future<Output = Result<T, StoreError>> + Send + 'c>>;

/// Makes one transaction after the other of what the callers want written.
#[derive(Debug, Clone)]
pub(super) struct Writer(mpsc::Sender<Box<dyn Job>>);

impl Writer {
    /// Writes until it and its clones are dropped, so many at most in a commit. Must be called within a Tokio runtime.
    pub(super) fn new(pool: SqlitePool, most: NonZeroUsize) -> Self {
        let (sender, mut jobs) = mpsc::channel(LINE);
        tokio::spawn(async move {
            let mut batch = Vec::with_capacity(most.get());
            while jobs.recv_many(&mut batch, most.get()).await > 0 {
                let committed = commit(&pool, &mut batch).await.map_err(Arc::new);
                for job in batch.drain(..) {
                    job.answer(committed.clone().map_err(StoreError::Commit));
                }
            }
        });
        Self(sender)
    }

    /// Does `work` in a transaction that others may share, and answers once that is durable. Of work that fails nothing
    /// stays.
    ///
    /// # Errors
    /// [`StoreError`] of the work, or of the commit.
    pub(super) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send + 'static,
    {
        let (caller, answer) = oneshot::channel();
        let job = Write { work: Some(work), result: None, caller };
        let gone = || StoreError::from(sqlx::Error::WorkerCrashed);
        self.0.send(Box::new(job)).await.map_err(|_| gone())?;
        answer.await.map_err(|_| gone())?
    }
}

/// What one caller waits for.
trait Job: Send {
    /// Does the work and keeps its result; `false` when nothing of it may stay.
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'c>>;

    /// Answers the caller.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

struct Write<T, F> {
    work: Option<F>,
    result: Option<Result<T, StoreError>>,
    caller: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: for<'c> FnOnce(&'c mut SqliteConnection) -> Work<'c, T> + Send,
{
    fn run<'c>(
        &'c mut self,
        connection: &'c mut SqliteConnection,
    ) -> Pin<Box<dyn Future<Output = bool> + Send + 'c>> {
        Box::pin(async move {
            if let Some(work) = self.work.take() {
                self.result = Some(work(connection).await);
            }
            matches!(self.result, Some(Ok(_)))
        })
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            // Its own error says more than that of the commit which it may have spoiled.
            (_, Some(Err(error))) | (Err(error), _) => Err(error),
            (Ok(()), Some(Ok(value))) => Ok(value),
            (Ok(()), None) => Err(sqlx::Error::WorkerCrashed.into()),
        };
        // The caller may have gone away.
        let _ = self.caller.send(result);
    }
}

async fn commit(pool: &SqlitePool, batch: &mut [Box<dyn Job>]) -> Result<(), sqlx::Error> {
    let mut connection = pool.acquire().await?;
    let committed = transaction(&mut connection, batch).await;
    if committed.is_err() {
        // Fails where SQLite has done so by itself, which is as good.
        let _ = query("ROLLBACK").execute(&mut *connection).await;
    }
    committed
}

async fn transaction(
    connection: &mut SqliteConnection,
    batch: &mut [Box<dyn Job>],
) -> Result<(), sqlx::Error> {
    query("BEGIN").execute(&mut *connection).await?;
    for job in batch {
        query("SAVEPOINT job").execute(&mut *connection).await?;
        if !job.run(connection).await {
            // Fails where SQLite has rolled everything back, as it may on a full disk. Then no job may stay.
            query("ROLLBACK TO job").execute(&mut *connection).await?;
        }
        query("RELEASE job").execute(&mut *connection).await?;
    }
    query("COMMIT").execute(&mut *connection).await?;
    Ok(())
}
