//! Looking back, by indexed columns that SQLite computes from an order's JSON.

use super::{SqliteStore, order, unix_ms};
use crate::store::history::{History, Place, Search};
use crate::store::{Reply, StoreError};
use payment::api::{Copy, Happened};
use payment::{attempt::AttemptId, order::Order};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments, SqliteRow};
use sqlx::{Row, query, query_scalar};
use std::io;
use std::path::Path;

const COLUMNS: &str = "SELECT id, order_json FROM attempts WHERE order_json IS NOT NULL";
/// From behind a place on, in a time: a range of the index on both.
const FROM: &str = "AND created_at >= ?1 AND (created_at, id) < (?2, ?3)";
/// Each of these has an index.
const KEYED: &str = "AND (amount_minor = ?5 OR last4 = ?6 OR order_id = ?7 OR id = ?7)";
const SORTED: &str = "ORDER BY created_at DESC, id DESC LIMIT ?4";

impl History for SqliteStore {
    fn page<'a>(&'a self, search: &'a Search, after: Option<&'a Place>, limit: u32) -> Reply<'a, Vec<Order>> {
        Box::pin(async move {
            let keyed = if search.keyed.is_some() { KEYED } else { "" };
            // Nothing is at that very moment with an id before the empty one.
            let (before, id) = match after {
                Some(place) => (place.at, place.id.to_string()),
                None => (search.to.unwrap_or(u64::MAX), String::new()),
            };
            let text = sqlx::AssertSqlSafe(format!("{COLUMNS} {FROM} {keyed} {SORTED}"));
            let mut rows = query(text)
                .bind(unix_ms(search.from.unwrap_or_default()))
                .bind(unix_ms(before))
                .bind(id)
                .bind(limit);
            if let Some(keyed) = &search.keyed {
                rows = rows.bind(keyed.minor.map(unix_ms)).bind(keyed.last4.clone()).bind(keyed.id.clone());
            }
            let rows = rows.fetch_all(&self.pool).await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn unsettled(&self) -> Reply<'_, Vec<Order>> {
        Box::pin(async move {
            let rows = query(
                "SELECT id, order_json FROM attempts WHERE order_json IS NOT NULL AND id IN (
                    SELECT id FROM attempts WHERE followed = 1
                    UNION SELECT id FROM attempts WHERE needs_person IS NOT NULL
                 ) ORDER BY created_at DESC, id DESC",
            )
            .fetch_all(&self.pool)
            .await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn steps<'a>(&'a self, id: &'a AttemptId) -> Reply<'a, Vec<Happened>> {
        Box::pin(async move {
            let rows = query("SELECT at, source, what, detail FROM steps WHERE attempt = ? ORDER BY nth")
                .bind(id.as_str())
                .fetch_all(&self.pool)
                .await?;
            rows.iter().map(|row| happened(row, id)).collect()
        })
    }

    fn printed<'a>(&'a self, id: &'a AttemptId, nth: u32, copy: Copy, step: &'a Happened) -> Reply<'a, u32> {
        Box::pin(async move {
            let count = query_scalar::<_, u32>(
                "INSERT INTO prints (attempt, nth, copy, count) VALUES (?, ?, ?, 1)
                 ON CONFLICT DO UPDATE SET count = count + 1 RETURNING count - 1",
            )
            .bind(id.to_string())
            .bind(nth)
            .bind(match copy {
                Copy::Merchant => "merchant",
                Copy::Customer => "customer",
            });
            let step = insert(id, step);
            let write = self.writer.write(move |connection| {
                Box::pin(async move {
                    step.execute(&mut *connection).await?;
                    Ok(count.fetch_one(connection).await?)
                })
            });
            write.await
        })
    }

    fn scrub(&self) -> Reply<'_, ()> {
        Box::pin(async move {
            let mut connection = self.pool.acquire().await?;
            // `secure_delete` would not do: rows that SQLite moves within a page may leave a copy behind.
            query("VACUUM").execute(&mut *connection).await?;
            // The log before it still has it.
            query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut *connection).await?;
            Ok(())
        })
    }

    fn copy_into<'a>(&'a self, file: &'a Path) -> Reply<'a, ()> {
        Box::pin(async move {
            let name = file.to_str().ok_or_else(|| io::Error::other("the file's name is not UTF-8"))?;
            query("VACUUM INTO ?").bind(name.to_owned()).execute(&self.pool).await?;
            Ok(())
        })
    }
}

/// Writes a step down behind those before.
pub(super) fn insert(id: &AttemptId, step: &Happened) -> Query<'static, Sqlite, SqliteArguments> {
    let word = |value: serde_json::Result<serde_json::Value>| {
        value.ok().and_then(|word| word.as_str().map(str::to_owned)).unwrap_or_default()
    };
    query(
        "INSERT INTO steps (attempt, nth, at, source, what, detail)
         SELECT ?1, coalesce(max(nth), 0) + 1, ?2, ?3, ?4, ?5 FROM steps WHERE attempt = ?1",
    )
    .bind(id.to_string())
    .bind(unix_ms(step.at))
    .bind(word(serde_json::to_value(step.source)))
    .bind(word(serde_json::to_value(step.what)))
    .bind(step.detail.clone())
}

fn happened(row: &SqliteRow, id: &AttemptId) -> Result<Happened, StoreError> {
    let word = |column| -> Result<serde_json::Value, StoreError> {
        Ok(serde_json::Value::String(row.try_get(column)?))
    };
    let strange = |why: serde_json::Error| StoreError::Unreadable {
        attempt: id.to_string(),
        why: format!("a step: {why}"),
    };
    Ok(Happened {
        at: row.try_get::<i64, _>("at")?.unsigned_abs(),
        source: serde_json::from_value(word("source")?).map_err(strange)?,
        what: serde_json::from_value(word("what")?).map_err(strange)?,
        detail: row.try_get("detail")?,
    })
}
