//! Captures, returns and voids through the router, over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::api::{LaterKind, NotCharged, Reason};
use payment::money::{Amount, Currency};
use payment::order::{Answer, Report, Status, Submission, Transaction};
use proxy::store::Store;
use serde_json::{Value, json};
use support::over_every_store;
use support::{BLOB, Did, Fake, ID, call, outcome, payment, post, proxy, report, until, with};
use tokio::task::JoinSet;

const PAYMENTS: &str = "/api/v1/payments";

over_every_store! {
    parts_are_returned_one_at_a_time
    of_one_request_posted_many_times_one_transaction_is_sent
    of_many_requests_at_once_one_is_taken
    a_preauthorisation_is_captured_in_part_and_returned
    a_void_is_sent_and_told
    what_is_not_possible_is_refused_and_not_sent
    a_refusal_of_the_gateway_is_told
}

fn says(transaction: Transaction, minor: u64, status: Status) -> Answer {
    let amount = Some(Amount::new(minor, Currency::from_code("EUR").unwrap()));
    Answer::Report(Box::new(Report {
        transaction: Some(transaction),
        amount,
        serial_number: None,
        ..report(status)
    }))
}

/// An approved payment of 10.42.
async fn approved(store: impl Store + 'static, kind: &str) -> (Router, Fake) {
    let transaction = if kind == "sale" { Transaction::Sale } else { Transaction::Preauth };
    let gateway = Fake::default().answering(says(transaction, 1_042, Status::Approved));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &with(payment(ID, BLOB), json!({ "kind": kind })))).await;
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    (router, gateway)
}

fn body(request: &str, minor: Option<u64>) -> Value {
    let request = format!("{request:A<20}");
    match minor {
        Some(minor) => json!({
            "request": request, "amount": {"minor": minor, "currency": "EUR"}, "reason": "torn",
        }),
        None => json!({ "request": request, "reason": "torn" }),
    }
}

async fn ask(router: &Router, verb: &str, body: &Value) -> (StatusCode, Value) {
    call(router, post(&format!("{PAYMENTS}/{ID}/{verb}"), body)).await
}

async fn parts_are_returned_one_at_a_time(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let (status, view) = ask(&router, "return", &body("A", Some(400))).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(view["later"][0]["kind"], "return");
    assert_eq!(view["later"][0]["amount"], json!({"minor": 400, "currency": "EUR"}));
    assert_eq!(view["later"][0]["reason"], "torn");
    assert_eq!(view["left"], json!({"partial": false, "void": false}), "nothing while one is open");
    let (status, problem) = ask(&router, "return", &body("B", Some(400))).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::CONFLICT, Some("transaction-open")));
    *gateway.answer.lock().unwrap() = says(Transaction::Return, 400, Status::Approved);
    let view = until(&router, ID, |view| view["later"][0]["state"] == "done").await;
    assert_eq!((outcome(&view), view["left"]["give_back"]["minor"].as_u64()), (Some("approved"), Some(642)));
    let (status, problem) = ask(&router, "return", &body("B", Some(643))).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("more-than-left"))
    );
    ask(&router, "return", &body("B", None)).await;
    *gateway.answer.lock().unwrap() = says(Transaction::Return, 642, Status::Approved);
    let view = until(&router, ID, |view| outcome(view) == Some("given_back")).await;
    assert_eq!(view["left"]["give_back"], Value::Null);
    let sent = |minor| Did::Later(LaterKind::Return, Some(minor), "torn".into());
    assert_eq!(gateway.did.borrow()[1..], [sent(400), sent(642)]);
}

async fn of_one_request_posted_many_times_one_transaction_is_sent(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let router = router.clone();
        calls.spawn(async move { ask(&router, "return", &body("A", Some(400))).await });
    }
    for (status, view) in calls.join_all().await {
        assert_eq!((status, view["later"].as_array().map(Vec::len)), (StatusCode::OK, Some(1)));
    }
    gateway.has_done(2).await;
    *gateway.answer.lock().unwrap() = says(Transaction::Return, 400, Status::Approved);
    until(&router, ID, |view| view["later"][0]["state"] == "done").await;
    let (status, view) = ask(&router, "return", &body("A", Some(400))).await;
    assert_eq!((status, &view["later"][0]["state"]), (StatusCode::OK, &json!("done")));
    let (status, problem) = ask(&router, "return", &body("A", Some(401))).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("other-request")));
    assert_eq!(gateway.did.borrow().len(), 2);
}

async fn of_many_requests_at_once_one_is_taken(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let mut calls = JoinSet::new();
    for letter in 'A'..='Z' {
        let router = router.clone();
        calls.spawn(async move { ask(&router, "return", &body(&letter.to_string(), Some(1))).await.0 });
    }
    let taken = calls.join_all().await.into_iter().filter(|status| *status == StatusCode::OK).count();
    gateway.has_done(2).await;
    assert_eq!((taken, gateway.did.borrow().len()), (1, 2));
}

async fn a_preauthorisation_is_captured_in_part_and_returned(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "preauth").await;
    let (status, problem) = ask(&router, "return", &body("A", Some(400))).await;
    assert_eq!((status, problem["code"].as_str()), (StatusCode::UNPROCESSABLE_ENTITY, Some("no-part")));
    let (_, view) = ask(&router, "capture", &with(body("A", Some(700)), json!({"reason": ""}))).await;
    assert_eq!(view["later"][0]["kind"], "capture");
    *gateway.answer.lock().unwrap() = says(Transaction::Capture, 700, Status::Approved);
    let view = until(&router, ID, |view| view["later"][0]["state"] == "done").await;
    assert_eq!(
        view["left"],
        json!({
            "give_back": {"minor": 700, "currency": "EUR"}, "partial": true, "void": true,
        })
    );
    ask(&router, "return", &body("B", Some(700))).await;
    *gateway.answer.lock().unwrap() = says(Transaction::Return, 700, Status::Approved);
    until(&router, ID, |view| outcome(view) == Some("given_back")).await;
    let sent = [
        Did::Later(LaterKind::Capture, Some(700), String::new()),
        Did::Later(LaterKind::Return, None, "torn".into()),
    ];
    assert_eq!(gateway.did.borrow()[1..], sent);
}

async fn a_void_is_sent_and_told(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let (status, view) = ask(&router, "void", &body("A", None)).await;
    assert_eq!((status, &view["later"][0]["kind"]), (StatusCode::OK, &json!("void")));
    *gateway.answer.lock().unwrap() = says(Transaction::Void, 1_042, Status::Approved);
    until(&router, ID, |view| view["later"][0]["state"] == "done").await;
    assert_eq!(gateway.did.borrow()[1..], [Did::Later(LaterKind::Void, None, "torn".into())]);
}

async fn what_is_not_possible_is_refused_and_not_sent(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let dollars = with(body("A", None), json!({"amount": {"minor": 1, "currency": "USD"}}));
    let reason = |text: &str| with(body("A", None), json!({ "reason": text }));
    for (verb, body, code) in [
        ("capture", body("A", None), "not-in-this-state"),
        ("return", body("A", Some(0)), "no-amount"),
        ("return", dollars, "no-amount"),
        ("return", body("A", Some(1_043)), "more-than-left"),
        ("void", body("A", Some(1)), "no-part"),
        ("return", reason(""), "not-allowed"),
        ("void", reason("  "), "not-allowed"),
        ("return", reason(&"x".repeat(51)), "not-allowed"),
        ("return", reason("a\nb"), "not-allowed"),
        ("return", json!({}), "malformed"),
        ("return", json!({"request": "short", "reason": "torn"}), "malformed"),
        ("capture", Value::Null, "malformed"),
    ] {
        let (status, problem) = ask(&router, verb, &body).await;
        assert!(status.is_client_error(), "{verb} {body}");
        assert_eq!(problem["code"], code, "{verb} {body}");
    }
    let unknown = format!("{PAYMENTS}/BBBBBBBBBBBBBBBBBBBB/void");
    assert_eq!(call(&router, post(&unknown, &body("A", None))).await.1["code"], "unknown-payment");
    assert_eq!(gateway.did.borrow().len(), 1);
}

async fn a_refusal_of_the_gateway_is_told(store: impl Store + 'static) {
    let (router, gateway) = approved(store, "sale").await;
    let reason = Reason { code: Some("8".into()), message: Some("no parts".into()) };
    *gateway.later.lock().unwrap() = Submission::Refused(NotCharged::Refused, reason);
    ask(&router, "return", &body("A", Some(400))).await;
    let view = until(&router, ID, |view| !view["later"][0]["state"]["refused"].is_null()).await;
    let refused = json!({"refused": {"reason": {"code": "8", "message": "no parts"}}});
    assert_eq!(view["later"][0]["state"], refused);
    assert_eq!((outcome(&view), &view["needs_person"]), (Some("approved"), &Value::Null));
    assert_eq!(view["left"]["give_back"]["minor"], 1_042);
}
