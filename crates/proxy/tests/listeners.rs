//! Callbacks and operations, each on a listener of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use payment::order::Status;
use paynet::ControlKey;
use proxy::books::Books;
use proxy::callback::Callbacks;
use proxy::metrics::Metrics;
use proxy::operations::{OPENAPI, Operations};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::Arc;
use support::{
    BLOB, Fake, ID, KEY, call, get, memory::Memory, outcome, payment, post, proxy, says, send, until,
};

fn key() -> ControlKey {
    ControlKey::try_from(KEY.to_owned()).unwrap()
}

fn callback(status: &str, id: &str) -> String {
    let control = paynet::control::callback(status, "4711", id, &key());
    format!(
        "/callback?status={status}&orderid=4711&client_orderid={id}&merchant_order={id}&type=sale&amount=10.42\
         &control={control}"
    )
}

#[tokio::test]
async fn a_callback_makes_us_ask_and_nothing_else() {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, desk) = proxy(Memory::new(), gateway.clone()).await;
    let metrics = Arc::new(Metrics::default());
    let callbacks = Callbacks { desk, control_key: key(), metrics: metrics.clone() }.router();
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    until(&router, ID, |view| view["state"] == "processing").await;
    for _ in 0..2 {
        assert_eq!(send(&callbacks, get(&callback("approved", ID))).await.status(), StatusCode::OK);
    }
    let (_, view) = call(&router, get(&format!("/api/v1/payments/{ID}"))).await;
    assert_eq!(view["state"], "processing", "the callback's word is not believed");
    *gateway.answer.lock().unwrap() = says(Status::Declined);
    until(&router, ID, |view| outcome(view) == Some("declined")).await;

    let forged = callback("approved", ID).replace("approved", "declined");
    assert_eq!(send(&callbacks, get(&forged)).await.status(), StatusCode::FORBIDDEN);
    assert_eq!(send(&callbacks, get("/callback?status=approved")).await.status(), StatusCode::BAD_REQUEST);
    let counted = metrics.text(0, 0);
    assert!(counted.contains("mpos_callbacks_forged_total 1\n"), "{counted}");
    assert!(counted.contains("mpos_callbacks_verified_total 2\n"), "{counted}");
    let foreign = ["BBBBBBBBBBBBBBBBBBBB", "invoice-1"];
    for id in foreign {
        assert_eq!(send(&callbacks, get(&callback("approved", id))).await.status(), StatusCode::OK);
    }
    for path in ["/", "/api/v1/payments", "/metrics"] {
        assert_eq!(send(&callbacks, get(path)).await.status(), StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn operations_see_health_and_numbers() {
    let gateway = Fake::default().answering(says(Status::Approved));
    let store = Memory::new();
    let fails = store.fails.clone();
    let (router, desk) = proxy(store, gateway).await;
    let metrics = Arc::new(Metrics::default());
    let books = Books::new(desk.clone(), metrics.clone(), "db".into());
    let operations = Operations { desk, metrics, books, database: "db".into() }.router();
    call(&router, post("/api/v1/payments", &payment(ID, BLOB))).await;
    for path in ["/healthz", "/readyz", "/openapi.json"] {
        assert_eq!(send(&operations, get(path)).await.status(), StatusCode::OK, "{path}");
    }
    let response = send(&operations, get("/metrics")).await;
    let text = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
    let text = std::str::from_utf8(&text).unwrap();
    assert!(text.contains("mpos_gateway_reachable 1\n"));
    let names: Vec<_> =
        text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    assert!(names.len() > 10, "{names:?}");
    let documented = include_str!("../../../docs/operations.md");
    let unknown: Vec<_> = names.iter().filter(|name| !documented.contains(*name)).collect();
    assert!(unknown.is_empty(), "docs/operations.md does not say what to do when these move: {unknown:?}");
    fails.store(true, std::sync::atomic::Ordering::SeqCst);
    assert_eq!(send(&operations, get("/readyz")).await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(send(&operations, get("/healthz")).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn the_description_is_of_exactly_the_routes_that_exist() {
    let (router, _) = proxy(Memory::new(), Fake::default()).await;
    let document: Value = serde_json::from_str(OPENAPI).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    for (path, item) in document["paths"].as_object().unwrap() {
        let described: BTreeSet<_> =
            item.as_object().unwrap().keys().filter(|key| *key != "parameters").cloned().collect();
        let mut routed = BTreeSet::new();
        for method in [Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
            let request = Request::builder().method(&method).uri(path.replace("{id}", ID));
            let request = request.header("host", "localhost:8080").body(Body::empty()).unwrap();
            let (status, problem) = call(&router, request).await;
            if status != StatusCode::METHOD_NOT_ALLOWED && problem["code"] != "not-found" {
                routed.insert(method.as_str().to_lowercase());
            }
        }
        assert_eq!(routed, described, "{path}");
    }
    let source = include_str!("../src/routes.rs");
    // All but `/enter`, which a person opens.
    let routes = source.matches(".route(\"/").count() - 1;
    assert_eq!(document["paths"].as_object().unwrap().len(), routes, "no route without a description");
    let text = document.to_string();
    for reference in text.split("\"#/components/").skip(1) {
        let pointer = format!("/components/{}", reference.split('"').next().unwrap());
        assert!(document.pointer(&pointer).is_some(), "{pointer}");
    }
}
