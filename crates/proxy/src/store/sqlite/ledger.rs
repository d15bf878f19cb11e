//! The ledger's tables.

use super::{SqliteStore, order, unix_ms};
use crate::store::ledger::{Heard, Ledger, Raised, Run};
use crate::store::{Reply, StoreError};
use payment::{api::Notice, order::Order};
use sqlx::query::Query;
use sqlx::sqlite::{Sqlite, SqliteArguments};
use sqlx::{Row, query, query_scalar};

impl Ledger for SqliteStore {
    fn remember<'a>(
        &'a self,
        client_orderid: &'a str,
        heard: &'a Heard,
        notice: Option<&'a Raised>,
    ) -> Reply<'a, ()> {
        Box::pin(async move {
            let insert = query(
                "INSERT INTO callbacks
                    (client_orderid, orderid, type, status, amount, currency, reason_code, received_at)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            )
            .bind(client_orderid.to_owned())
            .bind(heard.orderid.clone())
            .bind(heard.transaction_type.clone())
            .bind(heard.status.clone())
            .bind(heard.amount.clone())
            .bind(heard.currency.clone())
            .bind(heard.reason_code.clone())
            .bind(unix_ms(heard.received_at));
            self.write_and_raise(insert, notice, heard.received_at).await
        })
    }

    fn heard<'a>(&'a self, client_orderid: &'a str) -> Reply<'a, Vec<Heard>> {
        Box::pin(async move {
            let rows = query(
                "SELECT orderid, type, status, amount, currency, reason_code, received_at FROM callbacks
                 WHERE client_orderid = ? ORDER BY received_at, type, status",
            )
            .bind(client_orderid)
            .fetch_all(&self.pool)
            .await?;
            let heard = rows.iter().map(|row| {
                Ok(Heard {
                    orderid: row.try_get("orderid")?,
                    transaction_type: row.try_get("type")?,
                    status: row.try_get("status")?,
                    amount: row.try_get("amount")?,
                    currency: row.try_get("currency")?,
                    reason_code: row.try_get("reason_code")?,
                    received_at: row.try_get::<i64, _>("received_at")?.unsigned_abs(),
                })
            });
            heard.collect()
        })
    }

    fn notices(&self, limit: u32) -> Reply<'_, Vec<Notice>> {
        Box::pin(async move {
            let rows = query(
                "SELECT id, title, text, raised_at FROM notices WHERE acknowledged_at IS NULL
                 ORDER BY raised_at DESC, id DESC LIMIT ?",
            )
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            let notices = rows.iter().map(|row| {
                Ok(Notice {
                    id: row.try_get::<i64, _>("id")?.unsigned_abs(),
                    at: row.try_get::<i64, _>("raised_at")?.unsigned_abs(),
                    title: row.try_get("title")?,
                    text: row.try_get("text")?,
                })
            });
            notices.collect()
        })
    }

    fn acknowledge(&self, id: u64, now: u64) -> Reply<'_, ()> {
        Box::pin(async move {
            let update =
                query("UPDATE notices SET acknowledged_at = ? WHERE id = ? AND acknowledged_at IS NULL")
                    .bind(unix_ms(now))
                    .bind(i64::try_from(id).unwrap_or(-1));
            self.write(update).await.map(drop)
        })
    }

    fn taken(&self, from: u64, to: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        Box::pin(async move {
            let rows = query(
                "SELECT id, order_json FROM attempts
                 WHERE order_json IS NOT NULL AND created_at >= ? AND created_at < ? ORDER BY created_at LIMIT ?",
            )
            .bind(unix_ms(from))
            .bind(unix_ms(to))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn reconciled<'a>(&'a self, run: &'a Run, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        Box::pin(async move {
            let text = serde_json::to_string(run).map_err(unreadable)?;
            let insert = query(
                "INSERT INTO reconciliation (one, run) VALUES (1, ?1) ON CONFLICT (one) DO UPDATE SET run = ?1",
            )
            .bind(text);
            self.write_and_raise(insert, notice, run.at).await
        })
    }

    fn last_run(&self) -> Reply<'_, Option<Run>> {
        Box::pin(async move {
            let run: Option<String> =
                query_scalar("SELECT run FROM reconciliation").fetch_optional(&self.pool).await?;
            run.map(|run| serde_json::from_str(&run).map_err(unreadable)).transpose()
        })
    }
}

impl SqliteStore {
    /// Runs a statement and raises the notice that goes with it: both or neither.
    pub(super) async fn write_and_raise(
        &self,
        statement: Query<'static, Sqlite, SqliteArguments>,
        notice: Option<&Raised>,
        now: u64,
    ) -> Result<(), StoreError> {
        let raise = notice.map(|notice| raise(notice, now));
        let write = self.writer.write(move |connection| {
            Box::pin(async move {
                statement.execute(&mut *connection).await?;
                if let Some(raise) = raise {
                    raise.execute(connection).await?;
                }
                Ok(())
            })
        });
        write.await
    }
}

pub(super) fn raise(notice: &Raised, now: u64) -> Query<'static, Sqlite, SqliteArguments> {
    query("INSERT INTO notices (subject, title, text, raised_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING")
        .bind(notice.subject.clone())
        .bind(notice.title.clone())
        .bind(notice.text.clone())
        .bind(unix_ms(now))
}

fn unreadable(why: serde_json::Error) -> StoreError {
    StoreError::Unreadable { attempt: "reconciliation".to_owned(), why: why.to_string() }
}
