//! The store in one SQLite file, which one proxy owns.

mod closings;
mod history;
mod ledger;
mod operators;
mod schema;
mod writer;

use super::{Attempt, Claim, Reply, Store, StoreError};
use crate::fingerprint::{CardKey, Fingerprints};
use payment::settlement::movements;
use payment::{api::Happened, attempt::AttemptId, order::Order};
use sqlx::query::Query;
use sqlx::sqlite::{
    Sqlite, SqliteArguments, SqliteConnectOptions, SqliteJournalMode, SqliteLockingMode, SqlitePool,
    SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Row, SqliteExecutor, query, query_scalar};
use std::fs::OpenOptions;
use std::num::NonZeroUsize;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;
use writer::Writer;

/// How long a stopping proxy may take to let go of the file.
const LOCK_TIMEOUT: Duration = Duration::from_secs(2);

/// So many writes share a commit at most: the first of them, and whoever reads meanwhile, wait for them all.
const MOST: NonZeroUsize = NonZeroUsize::new(128).expect("is not zero");

/// The SQLite store. A clone is the same file, open once.
#[derive(Debug, Clone)]
pub struct SqliteStore {
    pool: SqlitePool,
    writer: Writer,
    card_key: CardKey,
}

impl SqliteStore {
    /// Opens the file, or makes it with mode 0600. The file stays locked: a second proxy over the same orders would send
    /// their returns twice.
    ///
    /// # Errors
    /// [`StoreError`]: the file, its lock or its content is not ours.
    pub async fn open(path: &Path) -> Result<Self, StoreError> {
        Self::open_committing(path, MOST).await
    }

    /// Opens it with so many writes at most in a commit. One is what group commit is measured against.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_committing(path: &Path, most: NonZeroUsize) -> Result<Self, StoreError> {
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
        // SQLite gives its journals the mode of the database file.
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        let options = SqliteConnectOptions::new()
            .filename(path)
            .locking_mode(SqliteLockingMode::Exclusive)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .busy_timeout(LOCK_TIMEOUT);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options)
            .await?;
        schema::bring_up_to_date(&pool).await?;
        // The first write takes the lock for good.
        let key: Vec<u8> =
            query_scalar("UPDATE secrets SET value = value WHERE name = 'card key' RETURNING value")
                .fetch_one(&pool)
                .await?;
        let key = <[u8; 32]>::try_from(key).map_err(|_| StoreError::Random)?;
        Ok(Self { writer: Writer::new(pool.clone(), most), pool, card_key: CardKey::new(key) })
    }

    /// Runs one statement, durably, and answers how many rows it changed.
    async fn write(&self, statement: Query<'static, Sqlite, SqliteArguments>) -> Result<u64, StoreError> {
        let write = self.writer.write(move |connection| {
            Box::pin(async move { Ok(statement.execute(connection).await?.rows_affected()) })
        });
        write.await
    }

    /// Whether SQLite finds every table and index of the file whole.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn is_whole(&self) -> Result<bool, StoreError> {
        let found: String = query_scalar("PRAGMA integrity_check(1)").fetch_one(&self.pool).await?;
        Ok(found == "ok")
    }

    /// Waits for what is being written, takes the log into the file and lets go of it. Nothing can be stored afterwards.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}

impl Store for SqliteStore {
    fn claim<'a>(&'a self, id: &'a AttemptId, attempt: &'a Attempt, now: u64) -> Reply<'a, Claim> {
        Box::pin(async move {
            let (order, prints) = match attempt {
                Attempt::Abandoned => (None, None),
                Attempt::Sought(order) => (Some(order), None),
                Attempt::Taken(order, prints) => (Some(order), Some(prints)),
            };
            let insert = query(
                "INSERT INTO attempts (id, order_json, body, card, followed, created_at, moved_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6) ON CONFLICT DO NOTHING",
            )
            .bind(id.to_string())
            .bind(order.map(json).transpose()?)
            .bind(prints.map(|p| p.body.to_vec()))
            .bind(prints.map(|p| p.card.to_vec()))
            .bind(order.is_some_and(Order::is_followed))
            .bind(unix_ms(now));
            let id = id.clone();
            let claim = self.writer.write(move |connection| {
                Box::pin(async move {
                    if insert.execute(&mut *connection).await?.rows_affected() == 1 {
                        return Ok(Claim::Won);
                    }
                    let known = find(connection, &id).await?;
                    Ok(known.map_or(Claim::CardUsed, |attempt| Claim::Known(Box::new(attempt))))
                })
            });
            claim.await
        })
    }

    fn find<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Option<Attempt>> {
        Box::pin(find(&self.pool, id))
    }

    fn update<'a>(&'a self, order: &'a Order, steps: &'a [Happened]) -> Reply<'a, ()> {
        Box::pin(async move {
            let update = query(
                "UPDATE attempts SET order_json = ?, followed = ?, moved_at = MAX(moved_at, ?) WHERE id = ?",
            )
            .bind(json(order)?)
            .bind(order.is_followed())
            .bind(unix_ms(movements(order).map(|movement| movement.at).max().unwrap_or_default()))
            .bind(order.terms.attempt.to_string());
            let steps: Vec<_> =
                steps.iter().map(|step| history::insert(&order.terms.attempt, step)).collect();
            let write = self.writer.write(move |connection| {
                Box::pin(async move {
                    if update.execute(&mut *connection).await?.rows_affected() != 1 {
                        return Err(sqlx::Error::RowNotFound.into());
                    }
                    for step in steps {
                        step.execute(&mut *connection).await?;
                    }
                    Ok(())
                })
            });
            write.await
        })
    }

    fn followed(&self) -> Reply<'_, Vec<Order>> {
        Box::pin(async move {
            let rows = query("SELECT id, order_json FROM attempts WHERE followed = 1 ORDER BY created_at")
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn recent(&self, limit: u32) -> Reply<'_, Vec<Order>> {
        Box::pin(async move {
            let rows = query(
                // Each part by its index: SQLite would read every order for one condition with OR.
                "SELECT id, order_json FROM attempts WHERE order_json IS NOT NULL AND id IN
                    (SELECT id FROM attempts WHERE followed = 1 UNION SELECT id FROM
                        (SELECT id FROM attempts WHERE order_json IS NOT NULL ORDER BY created_at DESC LIMIT ?))
                 ORDER BY created_at DESC, id",
            )
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn try_writing(&self) -> Reply<'_, ()> {
        Box::pin(async move {
            self.write(query("UPDATE secrets SET value = value WHERE name = 'card key'")).await?;
            Ok(())
        })
    }

    fn card_key(&self) -> &CardKey {
        &self.card_key
    }

    fn open_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        Box::pin(async move {
            let open = query(
                "INSERT INTO secrets (name, value) VALUES ('session', ?1)
                 ON CONFLICT (name) DO UPDATE SET value = ?1 WHERE substr(value, 1, 32) <> ?2",
            )
            .bind([*token, *session].concat())
            .bind(token.to_vec());
            Ok(self.write(open).await? == 1)
        })
    }

    fn has_session<'a>(&'a self, token: &'a [u8; 32], session: &'a [u8; 32]) -> Reply<'a, bool> {
        Box::pin(async move {
            let found = query("SELECT 1 FROM secrets WHERE name = 'session' AND value = ?")
                .bind([*token, *session].concat())
                .fetch_optional(&self.pool)
                .await?;
            Ok(found.is_some())
        })
    }
}

async fn find(database: impl SqliteExecutor<'_>, id: &AttemptId) -> Result<Option<Attempt>, StoreError> {
    let row = query("SELECT id, order_json, body, card FROM attempts WHERE id = ?")
        .bind(id.as_str())
        .fetch_optional(database)
        .await?;
    row.map(|row| attempt(&row)).transpose()
}

fn unix_ms(now: u64) -> i64 {
    i64::try_from(now).unwrap_or(i64::MAX)
}

fn json(order: &Order) -> Result<String, StoreError> {
    serde_json::to_string(order).map_err(|why| unreadable(order.terms.attempt.as_str(), why.to_string()))
}

fn order(row: &SqliteRow) -> Result<Option<Order>, StoreError> {
    let text: Option<String> = row.try_get("order_json")?;
    let Some(text) = text else { return Ok(None) };
    let id: String = row.try_get("id")?;
    serde_json::from_str(&text).map(Some).map_err(|why| unreadable(&id, why.to_string()))
}

fn attempt(row: &SqliteRow) -> Result<Attempt, StoreError> {
    let Some(order) = order(row)? else { return Ok(Attempt::Abandoned) };
    let print = |column| -> Result<Option<[u8; 32]>, StoreError> {
        let bytes: Option<Vec<u8>> = row.try_get(column)?;
        let cut = |_| unreadable(order.terms.attempt.as_str(), format!("{column} is not 32 bytes"));
        bytes.map(|bytes| bytes.try_into().map_err(cut)).transpose()
    };
    Ok(match (print("body")?, print("card")?) {
        (Some(body), Some(card)) => Attempt::Taken(order, Fingerprints { body, card }),
        _ => Attempt::Sought(order),
    })
}

fn unreadable(attempt: &str, why: String) -> StoreError {
    StoreError::Unreadable { attempt: attempt.to_owned(), why }
}
