//! A backup of the running proxy's database, and putting it back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::http::StatusCode;
use payment::order::Status;
use proxy::backup::{RestoreError, restore};
use proxy::books::Books;
use proxy::metrics::Metrics;
use proxy::operations::Operations;
use proxy::store::Store;
use proxy::store::sqlite::SqliteStore;
use serde_json::json;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::{BLOB, Fake, ID, call, outcome, payment, post, proxy, says, send, until};

const OTHER_ID: &str = "BBBBBBBBBBBBBBBBBBBB";
const PAYMENTS: &str = "/api/v1/payments";

struct Shop {
    router: axum::Router,
    operations: axum::Router,
    store: SqliteStore,
}

impl Shop {
    async fn open(database: &Path) -> Self {
        let store = SqliteStore::open(database).await.unwrap();
        let gateway = Fake::default().answering(says(Status::Approved));
        let (router, desk) = proxy(store.clone(), gateway).await;
        let metrics = Arc::new(Metrics::default());
        let books = Books::new(desk.clone(), metrics.clone(), database.to_owned());
        let operations = Operations { desk, metrics, books, database: database.to_owned() }.router();
        Self { router, operations, store }
    }

    async fn pays(&self, id: &str, blob: &str) {
        call(&self.router, post(PAYMENTS, &payment(id, blob))).await;
        until(&self.router, id, |view| outcome(view) == Some("approved")).await;
    }

    async fn backs_up(&self) -> PathBuf {
        let response = send(&self.operations, post("/backup", &json!({}))).await;
        assert_eq!(response.status(), StatusCode::OK);
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap().trim().into()
    }
}

async fn knows(database: &Path, id: &str) -> bool {
    let store = SqliteStore::open(database).await.unwrap();
    let found = store.find(&id.parse().unwrap()).await.unwrap().is_some();
    store.close().await;
    found
}

/// A shop that has taken one payment, its settings, and a backup of it.
async fn backed_up(database: &Path) -> (Shop, PathBuf, PathBuf) {
    let shop = Shop::open(database).await;
    shop.pays(ID, BLOB).await;
    let backup = shop.backs_up().await;
    (shop, settings(database), backup)
}

fn settings(database: &Path) -> PathBuf {
    let path = database.with_file_name("proxy.toml");
    let text = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/mpos-proxy.example.toml")).unwrap();
    let line = text.lines().find(|line| line.starts_with("database")).unwrap();
    fs::write(&path, text.replace(line, &format!("database = {database:?}"))).unwrap();
    path
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_paid_before_the_backup_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("till.sqlite");
    let (shop, config, backup) = backed_up(&database).await;
    assert_eq!(backup.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(backup.file_name().unwrap().to_str().unwrap().starts_with("till-backup-"));
    shop.pays(OTHER_ID, "E409").await;
    let refused = restore(&config, &backup).await;
    assert!(matches!(refused, Err(RestoreError::InUse(_))), "the proxy runs: {refused:?}");
    shop.store.close().await;
    assert!(knows(&database, OTHER_ID).await);

    let replaced = restore(&config, &backup).await.unwrap().expect("the old database is kept");
    assert!(knows(&database, ID).await && !knows(&database, OTHER_ID).await);
    assert!(knows(&replaced, OTHER_ID).await);
    assert_eq!(database.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert!(knows(&backup, ID).await, "the backup stays");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_replaced_and_a_damaged_backup_is_not_taken() {
    let dir = tempfile::tempdir().unwrap();
    let database = dir.path().join("till.sqlite");
    let (shop, config, backup) = backed_up(&database).await;
    shop.store.close().await;

    let mut bytes = fs::read(&backup).unwrap();
    let bad = dir.path().join("bad");
    for (what, bytes) in [
        ("empty", vec![]),
        ("no database", b"a note about the backup".to_vec()),
        ("cut off", bytes[..bytes.len() / 2].to_vec()),
        ("damaged", {
            // Amid the tables, behind the pages that opening reads.
            let at = bytes.len() / 2;
            bytes[at..].fill(0xA5);
            bytes
        }),
    ] {
        fs::write(&bad, bytes).unwrap();
        let refused = restore(&config, &bad).await;
        assert!(
            matches!(
                refused,
                Err(RestoreError::Foreign(_) | RestoreError::Unreadable(..) | RestoreError::Damaged(_))
            ),
            "{what}: {refused:?}"
        );
        assert!(knows(&database, ID).await, "{what}: nothing was changed");
    }
    let left = fs::read_dir(dir.path()).unwrap().map(|entry| entry.unwrap().file_name());
    let left: Vec<_> = left.filter(|name| name.to_str().unwrap().contains("restoring")).collect();
    assert!(left.is_empty(), "{left:?}");

    fs::write(&database, b"what a broken disk leaves").unwrap();
    restore(&config, &backup).await.unwrap();
    assert!(knows(&database, ID).await);
}
