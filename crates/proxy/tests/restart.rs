//! What a page that disconnects and a proxy that dies leave behind.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use payment::order::{Answer, Event, Status};
use proxy::desk::Desk;
use proxy::metrics::Metrics;
use proxy::store::{StoreError, sqlite::SqliteStore};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::Arc;
use support::{
    BLOB, Did, Fake, ID, call, memory::Memory, outcome, payment, post, proxy, quick, says, terms, until,
};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::Semaphore;

fn held() -> Fake {
    Fake { gate: Arc::new(Semaphore::new(0)), ..Fake::default() }
}

#[tokio::test]
async fn a_page_that_disconnects_changes_nothing() {
    let gateway = held().answering(says(Status::Approved));
    let (router, _) = proxy(Memory::new(), gateway.clone()).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let served = router.clone();
    tokio::spawn(async move { axum::serve(listener, served).await });
    let body = payment(ID, BLOB).to_string();
    let mut page = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /api/v1/payments HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\n\r\n",
        body.len()
    );
    page.write_all((head + &body).as_bytes()).await.unwrap();
    gateway.has_done(1).await;
    drop(page);
    gateway.gate.add_permits(1);
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    assert_eq!(gateway.submits(), 1);
}

/// The request is dropped at each of its first steps, as a server drops it when the connection breaks.
#[tokio::test]
async fn a_request_dropped_half_way_is_whole_or_nothing() {
    for steps in 1..6 {
        let dir = tempfile::tempdir().unwrap();
        let gateway = Fake::default().answering(says(Status::Approved));
        let (router, desk) = open(&dir.path().join("db"), gateway.clone()).await;
        let asked = router.clone();
        let mut request =
            Box::pin(async move { call(&asked, post("/api/v1/payments", &payment(ID, BLOB))).await });
        for _ in 0..steps {
            let mut waker = std::task::Context::from_waker(std::task::Waker::noop());
            if request.as_mut().poll(&mut waker).is_ready() {
                break;
            }
            tokio::task::yield_now().await;
        }
        drop(request);
        // An order takes its turns in order, so this comes after whatever was begun.
        let _ = desk.handle(ID.parse().unwrap(), Event::Tick).await;
        if desk.payment(&ID.parse().unwrap()).await.is_ok() {
            until(&router, ID, |view| outcome(view) == Some("approved")).await;
            assert_eq!(gateway.submits(), 1);
        } else {
            assert_eq!(gateway.submits(), 0);
        }
    }
}

async fn open(path: &Path, gateway: Fake) -> (axum::Router, Desk) {
    proxy(SqliteStore::open(path).await.unwrap(), gateway).await
}

#[test]
fn a_proxy_that_dies_while_sending_asks_and_never_sends_again() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let before = held();
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let (router, _) = open(&path, before.clone()).await;
        call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
        before.has_done(1).await;
    });
    // As a crash does, this ends every task where it stands.
    drop(runtime);
    let after = Fake::default().answering(says(Status::Approved));
    Runtime::new().unwrap().block_on(async {
        let (router, _) = open(&path, after.clone()).await;
        until(&router, ID, |view| outcome(view) == Some("approved")).await;
        // The page may post its bytes again: they are still the same payment.
        call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    });
    assert_eq!(*before.did.borrow(), [Did::Submit(ID.parse().unwrap(), BLOB.into())]);
    assert_eq!(*after.did.borrow(), []);
}

#[test]
fn what_was_reported_as_never_arrived_is_watched_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    let runtime = Runtime::new().unwrap();
    runtime.block_on(async {
        let (router, _) = open(&path, Fake::default().answering(Answer::NotFound)).await;
        let abandon = serde_json::json!({"sent": true, "terms": terms(ID)});
        call(&router, post(&format!("/api/v1/payments/{ID}/abandon"), &abandon)).await;
        until(&router, ID, |view| outcome(view) == Some("not_charged")).await;
    });
    drop(runtime);
    Runtime::new().unwrap().block_on(async {
        let (_, desk) = open(&path, Fake::default()).await;
        assert_eq!(desk.workload(), (1, 0));
    });
}

#[tokio::test]
async fn the_database_is_private_and_one_proxys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("db");
    std::fs::write(&path, "").unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let store = SqliteStore::open(&path).await.unwrap();
    for file in std::fs::read_dir(dir.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
    }
    assert!(matches!(SqliteStore::open(&path).await, Err(StoreError::Database(_))), "it is locked");
    store.close().await;
    let store = SqliteStore::open(&path).await.unwrap();
    Desk::open(store, Fake::default(), quick(), Arc::new(Metrics::default()), language::Language::English)
        .await
        .unwrap();
}

#[tokio::test]
async fn card_data_is_not_in_the_database() {
    let dir = tempfile::tempdir().unwrap();
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, _) = open(&dir.path().join("db"), gateway).await;
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    let holds = |needle: &[u8]| {
        std::fs::read_dir(dir.path()).unwrap().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes.windows(needle.len()).any(|window| window == needle)
        })
    };
    assert!(holds(ID.as_bytes()), "the search finds what is there");
    for needle in [BLOB.as_bytes(), BLOB.to_lowercase().as_bytes(), &hex::decode(BLOB).unwrap()] {
        assert!(!holds(needle));
    }
}
