//! Reconciliation: the till's orders beside the gateway's report. It finds differences and tells of them; an order is
//! moved by nothing but the status that it asks for by its own rules.

pub mod command;
pub mod compare;
pub mod daily;
pub mod file;

use crate::clock;
use crate::desk::Desk;
use crate::gateway::ReportFailure;
use crate::metrics::Metrics;
use crate::store::ledger::{Raised, Run};
use crate::store::{Attempt, StoreError};
use compare::{Difference, Differs, compare};
use file::Document;
use payment::attempt::AttemptId;
use payment::order::{Answer, Event, Order, Status, Transaction};
use paynet::report::Row;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use time::{Date, PrimitiveDateTime, Time, macros::format_description};

pub(crate) const HOUR_MS: u64 = 3_600_000;
/// Whose time the report's dates are in is not documented, so that much more is asked for on each side: no time zone is
/// further from UTC.
const ZONE_MS: u64 = 14 * HOUR_MS;
/// What the till took less than so long ago may not be in the report yet.
const SETTLE_MS: u64 = HOUR_MS / 6;
/// The gateway's documents allow 31 days a report.
const LONGEST_MS: u64 = 31 * 24 * HOUR_MS - 2 * ZONE_MS;
/// Whole days, which [`LONGEST_MS`] has room for.
const LONGEST_DAYS: u64 = 29;
/// The most orders that are compared at once.
const MOST_ORDERS: u32 = 200_000;
/// How long orders that the report differs from may take to ask for their status.
const ASK_MS: u64 = 15_000;
const LOOK: Duration = Duration::from_millis(200);
/// The most status questions about final orders, one after the other.
const MOST_QUESTIONS: usize = 100;

/// Compares the books, one time at a time.
#[derive(Debug, Clone)]
pub struct Books(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    desk: Desk,
    metrics: Arc<Metrics>,
    database: PathBuf,
    turn: tokio::sync::Mutex<()>,
}

/// The days to compare, both whole, in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Days {
    /// The first.
    pub from: Date,
    /// The last.
    pub to: Date,
}

/// How the books stand. Holds no order: those are in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Where the differences are.
    pub file: PathBuf,
    /// How many there are of each kind.
    pub differences: BTreeMap<String, u64>,
}

impl Summary {
    /// Whether a person has something to look at.
    #[must_use]
    pub fn differs(&self) -> bool {
        self.differences.keys().any(|kind| kind != Differs::Elsewhere.name())
    }
}

/// Why the books could not be compared. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum BooksError {
    /// More days than the gateway reports at once, or the last before the first, or in the future.
    #[error("caller: the period must be from 1 to {LONGEST_DAYS} days, and have begun")]
    Period,
    /// The till took more orders than are compared at once.
    #[error("caller: the till has more than {MOST_ORDERS} orders in the period; choose a shorter one")]
    TooMany,
    /// The gateway gave no report.
    #[error("{0}")]
    Report(#[from] ReportFailure),
    /// The store failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The file cannot be written.
    #[error("the file of the reconciliation cannot be written: {0}")]
    File(#[from] std::io::Error),
}

impl Books {
    /// Books of this desk; their files are written beside the database.
    #[must_use]
    pub fn new(desk: Desk, metrics: Arc<Metrics>, database: PathBuf) -> Self {
        Self(Arc::new(Inner { desk, metrics, database, turn: tokio::sync::Mutex::default() }))
    }

    /// Tells the metrics how the books stood before this start.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn recall(&self) -> Result<(), StoreError> {
        if let Some(run) = self.0.desk.store().last_run().await? {
            self.0.metrics.reconciled(&run);
        }
        Ok(())
    }

    pub(crate) fn desk(&self) -> &Desk {
        &self.0.desk
    }

    /// Compares these days, or what has passed since the last time, at least a day.
    ///
    /// # Errors
    /// [`BooksError`]
    pub async fn reconcile(&self, days: Option<Days>) -> Result<Summary, BooksError> {
        let _turn = self.0.turn.lock().await;
        let done = self.compare(days).await;
        match &done {
            Ok(summary) => tracing::info!(differences = ?summary.differences, "books compared"),
            Err(error) => {
                self.0.metrics.reconciliation_failed();
                tracing::error!(%error, "the books cannot be compared");
            }
        }
        done
    }

    async fn compare(&self, days: Option<Days>) -> Result<Summary, BooksError> {
        let store = self.0.desk.store();
        let now = clock::unix_ms();
        let settled = now.saturating_sub(SETTLE_MS);
        let period = match days {
            Some(days) => days.period(settled).ok_or(BooksError::Period)?,
            None => {
                let last = store.last_run().await?.map_or(settled, |run| run.until);
                last.min(settled.saturating_sub(24 * HOUR_MS)).max(settled.saturating_sub(LONGEST_MS))
                    ..settled
            }
        };
        let (from, to) = (period.start.saturating_sub(ZONE_MS), period.end.saturating_add(ZONE_MS));
        let rows = self.0.desk.gateway().report(from, to).await?;
        let mut orders = self.orders(&period, &rows).await?;
        let first = compare(&period, &orders, &rows);
        self.settle(&mut orders, &first).await?;
        let mut differences = compare(&period, &orders, &rows);
        self.ask(&orders, &mut differences).await;

        let mut counts = BTreeMap::new();
        for difference in &differences {
            *counts.entry(difference.differs.name().to_owned()).or_insert(0) += 1;
        }
        let document = Document {
            at: now,
            from: period.start,
            to: period.end,
            orders: orders.len(),
            rows: rows.len(),
            differences,
        };
        let database = self.0.database.clone();
        let (document, file) = tokio::task::spawn_blocking(move || {
            let file = document.write(&database);
            (document, file)
        })
        .await
        .map_err(std::io::Error::other)?;
        let summary = Summary { file: file?, differences: counts };
        let run = Run { at: now, until: period.end, differences: summary.differences.clone() };
        let notice = summary.differs().then(|| notice(&summary, &document.differences, self.0.desk.say()));
        store.reconciled(&run, notice.as_ref()).await?;
        self.0.metrics.reconciled(&run);
        Ok(summary)
    }

    /// The orders of the period, and those of the report that are older or newer.
    async fn orders(&self, period: &Range<u64>, rows: &[Row]) -> Result<Vec<Order>, BooksError> {
        let store = self.0.desk.store();
        let mut orders = store.taken(period.start, period.end, MOST_ORDERS + 1).await?;
        if orders.len() > MOST_ORDERS as usize {
            return Err(BooksError::TooMany);
        }
        let known: BTreeSet<_> = orders.iter().map(|order| order.terms.attempt.clone()).collect();
        let named: BTreeSet<AttemptId> =
            rows.iter().filter_map(|row| row.client_orderid.parse().ok()).collect();
        for id in named.difference(&known) {
            orders.extend(store.find(id).await?.and_then(Attempt::order));
        }
        Ok(orders)
    }

    /// Lets every order that differs ask for its status by its own rules, and takes up what came of it.
    async fn settle(&self, orders: &mut [Order], differences: &[Difference]) -> Result<(), BooksError> {
        let named: BTreeSet<&str> = differences.iter().map(|d| d.client_orderid.as_str()).collect();
        let mut waiting: Vec<&mut Order> =
            orders.iter_mut().filter(|order| named.contains(order.terms.attempt.as_str())).collect();
        for order in &waiting {
            // What is final does not ask; a store that fails is heard of below.
            let _ = self.0.desk.handle(order.terms.attempt.clone(), Event::AskNow).await;
        }
        waiting.retain(|order| order.is_followed());
        let begun = clock::unix_ms();
        while !waiting.is_empty() && clock::unix_ms().abs_diff(begun) < ASK_MS {
            tokio::time::sleep(LOOK).await;
            for order in &mut waiting {
                if let Some(now) =
                    self.0.desk.store().find(&order.terms.attempt).await?.and_then(Attempt::order)
                {
                    **order = now;
                }
            }
            waiting.retain(|order| order.is_followed());
        }
        Ok(())
    }

    /// Asks how the orders that still differ stand, for the person who looks at them.
    async fn ask(&self, orders: &[Order], differences: &mut [Difference]) {
        let known: BTreeMap<&str, &Order> =
            orders.iter().map(|order| (order.terms.attempt.as_str(), order)).collect();
        let mut answers: BTreeMap<String, String> = BTreeMap::new();
        for difference in differences {
            let Some(order) = known.get(difference.client_orderid.as_str()) else { continue };
            if !answers.contains_key(&difference.client_orderid) {
                if answers.len() == MOST_QUESTIONS {
                    continue;
                }
                let answer = in_words(self.0.desk.gateway().ask(order).await);
                answers.insert(difference.client_orderid.clone(), answer);
            }
            difference.status = answers.get(&difference.client_orderid).cloned();
        }
    }
}

impl Days {
    /// From the first moment to the last, but not beyond `settled`.
    fn period(self, settled: u64) -> Option<Range<u64>> {
        let midnight = |date: Date| {
            let seconds = PrimitiveDateTime::new(date, Time::MIDNIGHT).assume_utc().unix_timestamp();
            u64::try_from(seconds).ok()?.checked_mul(1_000)
        };
        let (from, to) = (midnight(self.from)?, midnight(self.to.next_day()?)?);
        let fits = from < to.min(settled) && to - from <= LONGEST_DAYS * 24 * HOUR_MS;
        fits.then_some(from..to.min(settled))
    }
}

fn in_words(answer: Answer) -> String {
    match answer {
        Answer::Report(report) => {
            let what = match report.transaction {
                Some(Transaction::Sale) => "sale",
                Some(Transaction::Preauth) => "preauth",
                Some(Transaction::Capture) => "capture",
                Some(Transaction::Return) => "return",
                Some(Transaction::Void) => "void",
                Some(Transaction::Other) | None => "another transaction",
            };
            let status = match report.status {
                Status::Approved => "approved",
                Status::Declined => "declined",
                Status::Filtered => "filtered",
                Status::Error => "error",
                Status::Processing => "processing",
                Status::Unknown => "unknown",
            };
            report
                .amount
                .map_or_else(|| format!("{what} {status}"), |amount| format!("{what} {status} {amount}"))
        }
        Answer::NotFound => "no such order".to_owned(),
        Answer::Lost => "no answer".to_owned(),
    }
}

fn notice(summary: &Summary, differences: &[Difference], say: &language::Proxy) -> Raised {
    let told: Vec<_> = differences.iter().filter(|d| d.differs != Differs::Elsewhere).collect();
    let unknown = told.iter().filter(|d| d.differs == Differs::GatewayOnly && d.approved);
    let first = unknown.clone().next().map(|Difference { orderid, report, .. }| match unknown.count() {
        1 => say.charged_unknown_once(orderid, report),
        several => say.charged_unknown(&several.to_string(), orderid, report),
    });
    let mut digest = Sha256::new();
    for difference in &told {
        let Difference { differs, client_orderid, orderid, report, .. } = difference;
        digest.update(format!("{}\0{client_orderid}\0{orderid}\0{report}\n", differs.name()));
    }
    let file = summary.file.file_name().unwrap_or_default().to_string_lossy();
    let all = match told.len() {
        1 => say.books_differ_once(&file),
        several => say.books_differ(&several.to_string(), &file),
    };
    Raised {
        // The same differences are told of once, however often the books are compared.
        subject: format!("books:{}", hex::encode(digest.finalize())),
        title: say.books_differ_title().to_owned(),
        text: first.into_iter().chain([all]).collect::<Vec<_>>().join(" "),
    }
}

/// `YYYY-MM-DD HH:MM:SS` in UTC, as the gateway's report wants it.
pub(crate) fn date_and_time(unix_ms: u64) -> String {
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
    clock::utc(unix_ms).format(format).unwrap_or_default()
}

fn day(unix_ms: u64) -> String {
    clock::utc(unix_ms).format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

/// Reads `YYYY-MM-DD`.
///
/// # Errors
/// A text for whoever wrote it.
pub fn parse_day(text: &str) -> Result<Date, String> {
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| "must be a day as 2026-01-31".to_owned())
}
