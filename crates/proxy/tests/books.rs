//! Reconciliation through the operations listener, over each store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::order::Status;
use paynet::ReportError;
use paynet::report::Row;
use proxy::books::Books;
use proxy::books::daily::{Daily, TimeOfDay};
use proxy::gateway::ReportFailure;
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::store::Store;
use proxy::store::sqlite::SqliteStore;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{BLOB, Fake, ID, call, get, memory::Memory, outcome, payment, post, proxy, says, send, until};

struct World {
    page: Router,
    operations: Router,
    gateway: Fake,
    folder: tempfile::TempDir,
}

fn row(client_orderid: &str, kind: &str, status: &str) -> Row {
    Row {
        client_orderid: client_orderid.to_owned(),
        orderid: "4711".to_owned(),
        transaction_type: kind.to_owned(),
        status: status.to_owned(),
        amount: "10.42".to_owned(),
        currency: "EUR".to_owned(),
    }
}

impl World {
    /// A proxy over this store and a gateway with a payment of 10.42 EUR, approved.
    async fn paid(store: impl Store + 'static) -> Self {
        let gateway = Fake::default().answering(says(Status::Approved));
        let world = Self::over(store, gateway).await;
        call(&world.page, post("/api/v1/payments", &payment(ID, BLOB))).await;
        until(&world.page, ID, |view| outcome(view) == Some("approved")).await;
        world
    }

    async fn over(store: impl Store + 'static, gateway: Fake) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (page, desk) = proxy(store, gateway.clone()).await;
        let metrics = Arc::new(Metrics::default());
        let books = Books::new(desk.clone(), metrics.clone(), folder.path().join("till.sqlite"));
        books.recall().await.unwrap();
        let operations =
            Operations { desk, metrics, books, database: folder.path().join("till.sqlite") }.router();
        Self { page, operations, gateway, folder }
    }

    fn reports(&self, rows: &[Row]) {
        *self.gateway.rows.lock().unwrap() = Ok(rows.to_vec());
    }

    /// Compares today's books: what was taken a moment ago is in them.
    async fn reconcile(&self) -> (StatusCode, Value) {
        call(&self.operations, post("/reconcile", &Value::Null)).await
    }

    async fn metrics(&self) -> String {
        let response = send(&self.operations, get("/metrics")).await;
        let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(text.to_vec()).unwrap()
    }

    async fn notices(&self) -> Vec<Value> {
        let (_, terminal) = call(&self.page, get("/api/v1/terminal")).await;
        terminal["notices"].as_array().cloned().unwrap_or_default()
    }
}

fn document(summary: &Value) -> Value {
    serde_json::from_slice(&std::fs::read(summary["file"].as_str().unwrap()).unwrap()).unwrap()
}

/// Runs a check over each store.
macro_rules! over_both_stores {
    ($($check:ident),* $(,)?) => { $(
        mod $check {
            #[tokio::test]
            async fn in_memory() {
                super::$check(super::Memory::new()).await;
            }

            #[tokio::test]
            async fn in_sqlite() {
                let dir = tempfile::tempdir().unwrap();
                super::$check(super::SqliteStore::open(&dir.path().join("db")).await.unwrap()).await;
            }
        }
    )* };
}

over_both_stores!(
    equal_books_are_a_file_and_nothing_else,
    a_charge_that_only_the_gateway_knows_is_told_everywhere,
    a_difference_of_our_own_order_is_asked_for,
    payments_taken_elsewhere_are_only_counted,
    no_report_changes_nothing,
    a_status_settles_what_the_report_shows,
);

async fn equal_books_are_a_file_and_nothing_else(store: impl Store + 'static) {
    let world = World::paid(store).await;
    world.reports(&[row(ID, "sale", "approved")]);
    let (status, summary) = world.reconcile().await;
    assert_eq!((status, &summary["differences"]), (StatusCode::OK, &json!({})));
    let file = document(&summary);
    assert_eq!((&file["differences"], &file["rows"]), (&json!([]), &json!(1)));
    assert!(file["at"].as_u64() > file["to"].as_u64() && file["to"].as_u64() > file["from"].as_u64());
    let path = PathBuf::from(summary["file"].as_str().unwrap());
    assert_eq!(path.parent().unwrap(), world.folder.path().canonicalize().unwrap());
    let name = path.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with("till-books-20") && name.ends_with(".json"), "{name}");
    assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(world.folder.path()).unwrap().count(), 1, "no draft is left");
    assert_eq!(world.notices().await, [] as [Value; 0]);
    let metrics = world.metrics().await;
    assert!(metrics.contains("mpos_books_differences{kind=\"gateway_only\"} 0\n"), "{metrics}");
    assert!(!metrics.contains("mpos_books_compared_at_seconds 0\n"), "{metrics}");
}

async fn a_charge_that_only_the_gateway_knows_is_told_everywhere(store: impl Store + 'static) {
    let world = World::paid(store).await;
    let unknown = Row { orderid: "9001".into(), ..row("BBBBBBBBBBBBBBBBBBBB", "sale", "approved") };
    let wrong = Row { amount: "1.00".into(), ..row(ID, "sale", "approved") };
    world.reports(&[wrong, unknown]);
    let (_, summary) = world.reconcile().await;
    assert_eq!(summary["differences"], json!({ "amount": 1, "gateway_only": 1 }));
    let differences = document(&summary)["differences"].clone();
    assert_eq!(differences[0]["orderid"], "9001");
    assert_eq!(differences[0]["differs"], "gateway_only");
    assert_eq!(differences[1]["differs"], "amount");
    let metrics = world.metrics().await;
    assert!(metrics.contains("mpos_books_differences{kind=\"gateway_only\"} 1\n"), "{metrics}");
    let notices = world.notices().await;
    assert_eq!(notices.len(), 1);
    let text = notices[0]["text"].as_str().unwrap();
    assert!(text.starts_with("1 payment was charged at the gateway"), "{text}");
    assert!(text.contains("order 9001 (sale approved 10.42 EUR)"), "{text}");
    assert!(text.contains("2 differences in all") && text.contains("till-books-20"), "{text}");
    world.reconcile().await;
    assert_eq!(world.notices().await, notices, "the same differences are told of once");
}

async fn a_difference_of_our_own_order_is_asked_for(store: impl Store + 'static) {
    let world = World::paid(store).await;
    world.reports(&[row(ID, "sale", "approved"), row(ID, "chargeback", "approved")]);
    let (_, summary) = world.reconcile().await;
    let differences = document(&summary)["differences"].clone();
    assert_eq!(differences[0]["differs"], "later");
    assert_eq!(differences[0]["status"], "sale approved 10.42 EUR", "what the gateway says now");
    let (_, view) = call(&world.page, get(&format!("/api/v1/payments/{ID}"))).await;
    assert_eq!(outcome(&view), Some("approved"), "what was said stays as it was");
}

async fn payments_taken_elsewhere_are_only_counted(store: impl Store + 'static) {
    let world = World::paid(store).await;
    world.reports(&[row(ID, "sale", "approved"), row("invoice-1", "sale", "approved")]);
    let (_, summary) = world.reconcile().await;
    assert_eq!(summary["differences"], json!({ "elsewhere": 1 }));
    assert_eq!(world.notices().await, [] as [Value; 0]);
}

async fn no_report_changes_nothing(store: impl Store + 'static) {
    let world = World::paid(store).await;
    for (failure, said) in [
        (ReportFailure::Silent, "no whole answer"),
        (ReportError::Column("amount".into()).into(), "no column \"amount\""),
        (ReportError::Http(403).into(), "HTTP 403"),
    ] {
        *world.gateway.rows.lock().unwrap() = Err(failure);
        let response = send(&world.operations, post("/reconcile", &Value::Null)).await;
        assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
        let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        assert!(std::str::from_utf8(&text).unwrap().contains(said), "{text:?}");
    }
    assert_eq!(std::fs::read_dir(world.folder.path()).unwrap().count(), 0);
    let metrics = world.metrics().await;
    assert!(metrics.contains("mpos_books_failures_total 3\n"), "{metrics}");
    assert!(metrics.contains("mpos_books_compared_at_seconds 0\n"), "{metrics}");
}

/// The report says approved while the order is open: the order asks, and its answer decides.
async fn a_status_settles_what_the_report_shows(store: impl Store + 'static) {
    let world = World::over(store, Fake::default().answering(says(Status::Processing))).await;
    call(&world.page, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&world.page, ID, |view| view["state"] == "processing").await;
    world.reports(&[row(ID, "sale", "approved")]);
    let compared = async {
        let asked = *world.gateway.asked.borrow();
        world.gateway.asked.subscribe().wait_for(|now| *now > asked).await.unwrap();
        *world.gateway.answer.lock().unwrap() = says(Status::Approved);
    };
    let ((_, summary), ()) = tokio::join!(world.reconcile(), compared);
    assert_eq!(summary["differences"], json!({}), "settled, not told");
    let (_, view) = call(&world.page, get(&format!("/api/v1/payments/{ID}"))).await;
    assert_eq!(outcome(&view), Some("approved"));
}

#[tokio::test]
async fn how_the_books_stood_outlives_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let open = async |path: &Path| SqliteStore::open(path).await.unwrap();
    let unknown = row("BBBBBBBBBBBBBBBBBBBB", "sale", "approved");
    let path = dir.path().join("db");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let first = path.clone();
    let metrics = std::thread::spawn(move || {
        runtime.block_on(async {
            let world = World::over(open(&first).await, Fake::default()).await;
            world.reports(&[unknown]);
            world.reconcile().await;
            world.metrics().await
        })
    });
    let lines = |metrics: &str| -> Vec<String> {
        let gauges = ["mpos_books_differences", "mpos_books_compared_at"];
        let is_gauge = |line: &&str| gauges.iter().any(|name| line.starts_with(name));
        metrics.lines().filter(is_gauge).map(str::to_owned).collect()
    };
    let before = lines(&metrics.join().unwrap());
    let world = World::over(open(&path).await, Fake::default()).await;
    assert_eq!(lines(&world.metrics().await), before);
    assert!(before.contains(&"mpos_books_differences{kind=\"gateway_only\"} 1".to_owned()), "{before:?}");
}

#[tokio::test]
async fn days_are_whole_and_no_more_than_the_gateway_reports() {
    let world = World::over(Memory::new(), Fake::default()).await;
    let ask = async |query: &str| {
        let response = send(&world.operations, post(&format!("/reconcile{query}"), &Value::Null)).await;
        response.status()
    };
    assert_eq!(ask("?from=2026-01-01&to=2026-01-29").await, StatusCode::OK);
    let file = std::fs::read_dir(world.folder.path()).unwrap().next().unwrap().unwrap().path();
    let document: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
    assert_eq!(
        (&document["from"], &document["to"]),
        (&json!(1_767_225_600_000_u64), &json!(1_769_731_200_000_u64))
    );
    for wrong in [
        "?from=2026-01-01&to=2026-01-30",
        "?from=2026-01-02&to=2026-01-01",
        "?from=2999-01-01&to=2999-01-02",
        "?from=2026-01-01",
        "?from=today&to=today",
    ] {
        assert_eq!(ask(wrong).await, StatusCode::BAD_REQUEST, "{wrong}");
    }
    assert_eq!(send(&world.operations, get("/reconcile")).await.status(), StatusCode::METHOD_NOT_ALLOWED);
}

const HOUR: u64 = 3_600_000;

#[test]
fn the_books_are_compared_once_a_day_and_a_missed_day_is_made_up_for() {
    let at = |text: &str| TimeOfDay::try_from(text.to_owned());
    let daily = Daily { daily: true, at: at("04:30").unwrap() };
    let day = 100 * 24 * HOUR;
    let hour = day + 4 * HOUR + HOUR / 2;
    assert!(!daily.is_due(hour - 1, hour - 23 * HOUR, 0), "not before its time");
    assert!(daily.is_due(hour, hour - 23 * HOUR, 0));
    assert!(!daily.is_due(hour + 1, hour, 0), "once");
    assert!(daily.is_due(hour + 20 * HOUR, hour - 1, 0), "a proxy that was stopped at its time");
    assert!(!daily.is_due(hour + 2, hour - 1, hour + 1), "a failure is tried again");
    assert!(daily.is_due(hour + 1 + HOUR, hour - 1, hour + 1), "an hour later");
    assert!(daily.is_due(day, hour - 48 * HOUR, 0), "before today's hour yesterday's counts");
    assert!(!daily.is_due(HOUR, 0, 0), "a clock at the beginning of time");
    assert!(!Daily { daily: false, ..daily }.is_due(hour, 0, 0));
    for wrong in ["", "4:30", "24:00", "04:60", "04:30:00", "+4:30", "0430"] {
        assert!(at(wrong).is_err(), "{wrong}");
    }
}
