//! What a till is told of the proxy before anybody has signed in.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use axum::http::header::DATE;
use payment::api::{Health, Reached};
use payment::order::Status;
use paynet::{Dialect, Merchant};
use proxy::desk::Desk;
use proxy::gateway::{Gateway, PaynetGateway};
use proxy::metrics::Metrics;
use proxy::routes::App;
use proxy::store::Store;
use serde_json::Value;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, SystemTime};
use support::over_every_store;
use support::{
    BLOB, Fake, ID, KEY, call, config, get, memory::Memory, payment, post, quick, readers, says, until,
};
use tokio::net::TcpListener;

/// A till at which nobody is signed in.
async fn till(store: impl Store + 'static, gateway: impl Gateway + 'static, metrics: Arc<Metrics>) -> Router {
    let dir = tempfile::tempdir().unwrap();
    let config = config(dir.path(), |text| text);
    let desk =
        Desk::open(store, gateway, quick(), metrics.clone(), language::Language::English).await.unwrap();
    App::new(&config, 8080, desk, metrics).unwrap().router(dir.path())
}

async fn health(router: &Router) -> Health {
    let (status, health) = call(router, get("/api/v1/health")).await;
    assert_eq!(status, StatusCode::OK);
    serde_json::from_value(health).unwrap()
}

over_every_store! {
    a_proxy_that_works_says_so_to_anybody_and_nothing_else
}

async fn a_proxy_that_works_says_so_to_anybody_and_nothing_else(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let router = till(store, gateway.clone(), Arc::default()).await;
    let before = proxy::clock::unix_ms();
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&router, ID, |view| view["state"] == "final").await;
    let (_, told) = call(&router, get("/api/v1/health")).await;
    let mut names: Vec<_> = told.as_object().unwrap().keys().collect();
    names.sort();
    assert_eq!(names, ["gateway", "now", "store_writes", "version"]);
    assert!(!told.to_string().contains(ID) && !told.to_string().contains("1111"), "{told}");
    let health: Health = serde_json::from_value(told).unwrap();
    assert_eq!((health.version.as_str(), health.store_writes), (env!("CARGO_PKG_VERSION"), true));
    assert!((before..=proxy::clock::unix_ms()).contains(&health.now));
    assert_eq!(health.gateway.ended, Some(Reached::Reachable));
    assert_eq!(health.gateway.answered_at, None, "a connection is no answer");
}

#[tokio::test(start_paused = true)]
async fn asking_often_does_nothing_often() {
    let store = Memory::new();
    let fails = store.fails.clone();
    let gateway = Fake::default();
    let router = till(store, gateway.clone(), Arc::default()).await;
    let connects = || *gateway.connects.borrow();
    for _ in 0..20 {
        assert!(health(&router).await.store_writes);
    }
    assert_eq!(connects(), 1);
    // What was known a moment ago is told again, and then looked at.
    fails.store(true, SeqCst);
    assert!(health(&router).await.store_writes);
    tokio::time::advance(Duration::from_secs(11)).await;
    assert!(!health(&router).await.store_writes);
    fails.store(false, SeqCst);
    gateway.is_there.store(false, SeqCst);
    tokio::time::advance(Duration::from_secs(45)).await;
    let told = health(&router).await;
    assert_eq!((told.store_writes, told.gateway.ended, connects()), (true, Some(Reached::Reachable), 1));
    tokio::time::advance(Duration::from_secs(5)).await;
    let told = health(&router).await;
    assert_eq!((told.gateway.ended, connects()), (Some(Reached::Unreachable), 2));
    // Many at once wait for one.
    tokio::time::advance(Duration::from_secs(61)).await;
    gateway.is_there.store(true, SeqCst);
    let all = (0..10).map(|_| health(&router));
    let all = futures_util::future::join_all(all).await;
    assert!(all.iter().all(|told| told.gateway.ended == Some(Reached::Reachable)));
    assert_eq!(connects(), 3);
}

#[tokio::test]
async fn a_store_that_fails_is_told_to_whoever_is_signed_in_as_well() {
    let store = Memory::new();
    let fails = store.fails.clone();
    let (router, _) = support::proxy(store, Fake::default()).await;
    fails.store(true, SeqCst);
    assert_eq!(call(&router, get("/api/v1/terminal")).await.0, StatusCode::SERVICE_UNAVAILABLE);
    assert!(!health(&router).await.store_writes);
}

/// A gateway that answers this, on a machine whose clock is 100 s behind.
async fn gateway(code: u16, metrics: Arc<Metrics>) -> (PaynetGateway, tokio::task::JoinHandle<()>) {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let router = Router::new().fallback(async move || {
        let date = httpdate::fmt_http_date(SystemTime::now() - Duration::from_secs(100));
        (StatusCode::from_u16(code).unwrap(), [(DATE, date)], "")
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/paynet", listener.local_addr().unwrap());
    let served = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    let merchant = Merchant {
        login: "merchantlogin".to_owned().try_into().unwrap(),
        key: KEY.to_owned().try_into().unwrap(),
        endpoint: "1111".into(),
        dialect: Dialect { base_url, ..Dialect::default() },
    };
    (PaynetGateway::new(merchant, false, readers(), metrics).unwrap(), served)
}

#[tokio::test]
async fn what_a_call_has_shown_is_told_with_the_gateways_clock() {
    for (code, ended) in [(200, Reached::Reachable), (500, Reached::Reachable), (403, Reached::Refused)] {
        let metrics = Arc::new(Metrics::default());
        let (gateway, _) = gateway(code, metrics.clone()).await;
        let router = till(Memory::new(), gateway, metrics).await;
        let before = proxy::clock::unix_ms();
        call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
        until(&router, ID, |view: &Value| view["state"] != "sending").await;
        let told = health(&router).await.gateway;
        assert_eq!(told.ended, Some(ended), "{code}");
        assert!((99..=102).contains(&told.clock_ahead_s.unwrap()), "{told:?}");
        assert!(
            told.answered_at.is_some_and(|at| at >= before) && told.tried_at >= told.answered_at,
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_gateway_that_takes_no_connection_is_unreachable_and_one_that_hangs_up_is_silent() {
    let metrics = Arc::new(Metrics::default());
    let (gone, served) = gateway(200, metrics.clone()).await;
    assert!(gone.connect().await);
    served.abort();
    let _ = served.await;
    assert!(!gone.connect().await);
    let router = till(Memory::new(), gone, metrics).await;
    assert_eq!(health(&router).await.gateway.ended, Some(Reached::Unreachable));
    assert_eq!(call(&router, get("/api/v1/terminal")).await.1["gateway_reachable"], false);

    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/paynet", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            drop(stream);
        }
    });
    let merchant = Merchant {
        login: "merchantlogin".to_owned().try_into().unwrap(),
        key: KEY.to_owned().try_into().unwrap(),
        endpoint: "1111".into(),
        dialect: Dialect { base_url, ..Dialect::default() },
    };
    let metrics = Arc::new(Metrics::default());
    let silent = PaynetGateway::new(merchant, false, readers(), metrics.clone()).unwrap();
    let router = till(Memory::new(), silent, metrics).await;
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&router, ID, |view: &Value| view["state"] != "sending").await;
    let told = health(&router).await.gateway;
    assert_eq!((told.ended, told.answered_at), (Some(Reached::Silent), None));
}
