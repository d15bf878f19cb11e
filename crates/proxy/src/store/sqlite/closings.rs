//! The tables of closings and Z reports.

use super::ledger::raise;
use super::{SqliteStore, order, unix_ms};
use crate::store::closings::Closings;
use crate::store::ledger::Raised;
use crate::store::{Reply, StoreError};
use payment::order::Order;
use payment::settlement::{Closing, Report};
use serde::de::DeserializeOwned;
use sqlx::{query, query_scalar};

impl Closings for SqliteStore {
    fn save_closing<'a>(&'a self, closing: &'a Closing, notice: Option<&'a Raised>) -> Reply<'a, ()> {
        Box::pin(async move {
            let text = serde_json::to_string(closing).map_err(unreadable)?;
            let insert = query(
                "INSERT INTO closings (id, closing, until, is_closed) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (id) DO UPDATE SET closing = ?2, is_closed = ?4",
            )
            .bind(closing.id.to_string())
            .bind(text)
            .bind(unix_ms(closing.until))
            .bind(closing.is_closed());
            self.write_and_raise(insert, notice, closing.asked_at.max(closing.until)).await
        })
    }

    fn last_closing(&self) -> Reply<'_, Option<Closing>> {
        self.latest("SELECT closing FROM closings ORDER BY until DESC LIMIT 1")
    }

    fn last_closed(&self) -> Reply<'_, Option<Closing>> {
        self.latest("SELECT closing FROM closings WHERE is_closed ORDER BY until DESC LIMIT 1")
    }

    fn save_report<'a>(&'a self, report: &'a Report) -> Reply<'a, ()> {
        Box::pin(async move {
            let text = serde_json::to_string(report).map_err(unreadable)?;
            let number = i64::try_from(report.number.unwrap_or_default()).unwrap_or(i64::MAX);
            let insert = query("INSERT INTO reports (number, report) VALUES (?, ?)").bind(number).bind(text);
            self.write(insert).await.map(drop)
        })
    }

    fn report(&self, number: Option<u64>) -> Reply<'_, Option<Report>> {
        let Some(number) = number else {
            return self.latest("SELECT report FROM reports ORDER BY number DESC LIMIT 1");
        };
        Box::pin(async move {
            let number = i64::try_from(number).unwrap_or(-1);
            let found: Option<String> = query_scalar("SELECT report FROM reports WHERE number = ?")
                .bind(number)
                .fetch_optional(&self.pool)
                .await?;
            read(found)
        })
    }

    fn moved(&self, from: u64, until: u64, limit: u32) -> Reply<'_, Vec<Order>> {
        Box::pin(async move {
            let rows = query(
                "SELECT id, order_json FROM attempts
                 WHERE order_json IS NOT NULL AND moved_at >= ? AND created_at < ? ORDER BY created_at LIMIT ?",
            )
            .bind(unix_ms(from))
            .bind(unix_ms(until))
            .bind(limit)
            .fetch_all(&self.pool)
            .await?;
            rows.iter().map(order).filter_map(Result::transpose).collect()
        })
    }

    fn raise<'a>(&'a self, notice: &'a Raised, now: u64) -> Reply<'a, ()> {
        Box::pin(async move { self.write(raise(notice, now)).await.map(drop) })
    }
}

impl SqliteStore {
    fn latest<T: DeserializeOwned + Send>(&self, question: &'static str) -> Reply<'_, Option<T>> {
        Box::pin(async move { read(query_scalar(question).fetch_optional(&self.pool).await?) })
    }
}

fn read<T: DeserializeOwned>(text: Option<String>) -> Result<Option<T>, StoreError> {
    text.map(|text| serde_json::from_str(&text).map_err(unreadable)).transpose()
}

fn unreadable(why: serde_json::Error) -> StoreError {
    StoreError::Unreadable { attempt: "settlement".to_owned(), why: why.to_string() }
}
