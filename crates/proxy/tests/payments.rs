//! The page's calls through the router, over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::Router;
use axum::http::StatusCode;
use payment::api::{IssuerAnswer, LaterKind};
use payment::order::{Answer, Status, Submission};
use proxy::store::Store;
use serde_json::{Value, json};
use std::sync::atomic::Ordering::SeqCst;
use support::over_every_store;
use support::{
    BLOB, Did, Fake, ID, memory::Memory, nudge, outcome, payment, post, report, says, terms, until, with,
};
use support::{call, get, proxy};
use tokio::task::JoinSet;

const OTHER_ID: &str = "BBBBBBBBBBBBBBBBBBBB";
const PAYMENTS: &str = "/api/v1/payments";

over_every_store! {
    a_payment_is_sent_once_and_followed_to_its_end
    the_same_id_is_the_same_payment_or_none
    a_card_reading_pays_once
    what_was_never_sent_is_not_charged_at_once
    what_may_have_been_sent_is_sought
    of_a_payment_and_its_abandon_one_wins
    of_many_payments_with_one_id_one_wins
    of_many_payments_with_one_card_reading_one_wins
    of_many_returns_at_once_one_is_sent
    a_chip_decides_and_its_advice_goes_out
    a_card_that_is_lost_is_asked_about_and_given_back
    the_list_has_open_payments_first_of_all
}

async fn a_payment_is_sent_once_and_followed_to_its_end(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, _) = proxy(store, gateway.clone()).await;
    let (status, view) = call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    assert_eq!((status, view["state"].as_str()), (StatusCode::ACCEPTED, Some("sending")));
    let view = until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(view["outcome"], json!({"outcome": "approved", "amount": {"minor": 1042, "currency": "EUR"}}));
    assert_eq!(*gateway.did.borrow(), [Did::Submit(ID.parse().unwrap(), BLOB.into())]);
}

async fn the_same_id_is_the_same_payment_or_none(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    for _ in 0..3 {
        assert_eq!(call(&router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::ACCEPTED);
    }
    let more = with(payment(ID, BLOB), json!({"amount": {"minor": 1043, "currency": "EUR"}}));
    for other in [more, payment(ID, "E400"), with(payment(ID, BLOB), json!({"email": "other@shop.example"}))]
    {
        let (status, problem) = call(&router, post(PAYMENTS, &other)).await;
        assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("other-payment")));
    }
    gateway.has_done(1).await;
    assert_eq!(gateway.submits(), 1);
}

async fn a_card_reading_pays_once(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    assert_eq!(call(&router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::ACCEPTED);
    for blob in [BLOB.to_owned(), BLOB.to_lowercase()] {
        let (status, problem) = call(&router, post(PAYMENTS, &payment(OTHER_ID, &blob))).await;
        assert_eq!((status, &problem["code"]), (StatusCode::CONFLICT, &json!("card-used")));
    }
    assert_eq!(call(&router, get(&format!("{PAYMENTS}/{OTHER_ID}"))).await.0, StatusCode::NOT_FOUND);
    gateway.has_done(1).await;
    assert_eq!(gateway.submits(), 1);
}

async fn what_was_never_sent_is_not_charged_at_once(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    let abandon = post(&format!("{PAYMENTS}/{ID}/abandon"), &json!({"sent": false, "terms": terms(ID)}));
    assert_eq!(call(&router, abandon).await, (StatusCode::OK, json!({"abandoned": "not_charged"})));
    let (status, problem) = call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::GONE, &json!("abandoned")));
    assert_eq!((gateway.submits(), *gateway.asked.borrow()), (0, 0));
}

async fn what_may_have_been_sent_is_sought(store: impl Store + 'static) {
    let gateway = Fake::default().answering(Answer::NotFound);
    let (router, _) = proxy(store, gateway.clone()).await;
    let abandon = || post(&format!("{PAYMENTS}/{ID}/abandon"), &json!({"sent": true, "terms": terms(ID)}));
    let (_, abandoned) = call(&router, abandon()).await;
    assert_eq!((&abandoned["abandoned"], &abandoned["state"]), (&json!("known"), &json!("searching")));
    assert_eq!(call(&router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::GONE);
    let view = until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(view["outcome"], json!({"outcome": "not_charged", "why": "never_arrived", "reason": {}}));
    assert!(*gateway.asked.borrow() >= 4, "three denials, and one after the grace");
    assert_eq!(call(&router, abandon()).await.1["outcome"]["why"], "never_arrived");
    assert_eq!(gateway.submits(), 0);
}

async fn of_a_payment_and_its_abandon_one_wins(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    let mut taken = 0;
    for n in 0..32_u8 {
        let id = payment::attempt::AttemptId::from_random([n; 20]).to_string();
        let start = post(PAYMENTS, &payment(&id, &format!("E4{n:02X}")));
        let abandon = post(&format!("{PAYMENTS}/{id}/abandon"), &json!({"sent": false, "terms": terms(&id)}));
        let tasks = [start, abandon].map(|request| {
            let router = router.clone();
            tokio::spawn(async move { call(&router, request).await })
        });
        let [start, abandon] = tasks;
        let (start, abandon) = (start.await.unwrap(), abandon.await.unwrap());
        match start.0 {
            StatusCode::ACCEPTED => {
                assert_eq!(abandon.1["abandoned"], "known");
                taken += 1;
            }
            StatusCode::GONE => assert_eq!(abandon.1, json!({"abandoned": "not_charged"})),
            other => panic!("{other}"),
        }
    }
    gateway.has_done(taken).await;
    assert_eq!(gateway.submits(), taken);
}

/// Posts all of them at once and answers how many were taken; every other was answered with `refusal`.
async fn taken(router: &Router, bodies: impl Iterator<Item = Value>, refusal: StatusCode) -> usize {
    let mut calls = JoinSet::new();
    for body in bodies {
        let router = router.clone();
        calls.spawn(async move { call(&router, post(PAYMENTS, &body)).await.0 });
    }
    let answers = calls.join_all().await;
    let taken = answers.iter().filter(|status| **status == StatusCode::ACCEPTED).count();
    assert_eq!(answers.iter().filter(|status| **status == refusal).count(), answers.len() - taken);
    taken
}

async fn of_many_payments_with_one_id_one_wins(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    let bodies = (0..64).map(|n| payment(ID, &format!("E4{n:02X}")));
    assert_eq!(taken(&router, bodies, StatusCode::UNPROCESSABLE_ENTITY).await, 1);
    gateway.has_done(1).await;
    assert_eq!(gateway.submits(), 1);
}

async fn of_many_payments_with_one_card_reading_one_wins(store: impl Store + 'static) {
    let gateway = Fake::default();
    let (router, _) = proxy(store, gateway.clone()).await;
    let ids = (0..32).map(|n| payment::attempt::AttemptId::from_random([n; 20]).to_string());
    assert_eq!(taken(&router, ids.map(|id| payment(&id, BLOB)), StatusCode::CONFLICT).await, 1);
    gateway.has_done(1).await;
    assert_eq!(gateway.submits(), 1);
}

async fn of_many_returns_at_once_one_is_sent(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    let mut calls = JoinSet::new();
    for _ in 0..64 {
        let router = router.clone();
        let path = format!("{PAYMENTS}/{ID}/return");
        calls.spawn(async move { call(&router, nudge(&path)).await });
    }
    for (status, view) in calls.join_all().await {
        assert_eq!((status, view["state"].as_str()), (StatusCode::OK, Some("giving_back")));
    }
    gateway.has_done(2).await;
    assert_eq!(gateway.did.borrow()[1..], [Did::Later(LaterKind::Return, None, String::new())]);
}

async fn a_chip_decides_and_its_advice_goes_out(store: impl Store + 'static) {
    let mut waiting = report(Status::Processing);
    waiting.awaits_card = true;
    waiting.issuer = Some(IssuerAnswer { response_code: "00".into(), data: Some("9108AABB".into()) });
    let gateway = Fake::default().answering(Answer::Report(Box::new(waiting)));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &with(payment(ID, BLOB), json!({"entry": "chip"})))).await;
    let view = until(&router, ID, |view| view["state"] == "await_card").await;
    assert_eq!(view["issuer"], json!({"response_code": "00", "data": "9108AABB"}));
    let advice = json!({"approved": true, "encrypted_data": "E601"});
    let (status, _) = call(&router, post(&format!("{PAYMENTS}/{ID}/advice"), &advice)).await;
    assert_eq!(status, StatusCode::OK);
    gateway.has_done(2).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    let view = until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(outcome(&view), Some("approved"));
    assert_eq!(gateway.did.borrow()[1..], [Did::Advise("E601".into())]);
}

async fn a_card_that_is_lost_is_asked_about_and_given_back(store: impl Store + 'static) {
    let gateway = Fake::default().answering(says(Status::Processing));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &with(payment(ID, BLOB), json!({"entry": "chip"})))).await;
    until(&router, ID, |view| view["state"] == "processing").await;
    call(&router, post(&format!("{PAYMENTS}/{ID}/card-lost"), &json!({}))).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved);
    until(&router, ID, |view| view["state"] == "keep_or_give_back").await;
    let returned = async || call(&router, nudge(&format!("{PAYMENTS}/{ID}/return"))).await;
    assert_eq!(returned().await.1["state"], "giving_back");
    assert_eq!(returned().await.1["state"], "giving_back");
    let mut back = report(Status::Approved);
    back.transaction = Some(payment::order::Transaction::Return);
    *gateway.answer.lock().unwrap() = Answer::Report(Box::new(back));
    let view = until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(view["outcome"], json!({"outcome": "given_back", "why": "card_lost"}));
    assert_eq!(gateway.did.borrow()[1..], [Did::Later(LaterKind::Return, None, String::new())]);
}

async fn the_list_has_open_payments_first_of_all(store: impl Store + 'static) {
    let gateway = Fake::submitting(Submission::NoConnection);
    let (router, desk) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    let view = until(&router, ID, |view| view["state"] == "final").await;
    assert_eq!(view["outcome"]["why"], "no_connection");
    *gateway.submission.lock().unwrap() = support::accepted();
    call(&router, post(PAYMENTS, &payment(OTHER_ID, "E400"))).await;
    let (_, list) = call(&router, get(PAYMENTS)).await;
    let ids: Vec<_> = list.as_array().unwrap().iter().map(|view| &view["terms"]["attempt"]).collect();
    assert_eq!(ids.len(), 2);
    assert_eq!(desk.payments(0).await.unwrap().len(), 1, "an open payment is always on the list");
}

#[tokio::test]
async fn nothing_is_sent_that_could_not_be_stored() {
    let store = Memory::new();
    let fails = store.fails.clone();
    let gateway = Fake::default().answering(says(Status::Approved));
    let (router, _) = proxy(store, gateway.clone()).await;
    fails.store(true, SeqCst);
    let (status, problem) = call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("store")));
    assert_eq!(gateway.submits(), 0);
    fails.store(false, SeqCst);
    assert_eq!(call(&router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::ACCEPTED);
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    assert_eq!(gateway.submits(), 1);
}

#[tokio::test]
async fn what_the_gateway_said_outlives_a_store_that_fails() {
    let store = Memory::new();
    let fails = store.fails.clone();
    let gateway = Fake { gate: std::sync::Arc::new(tokio::sync::Semaphore::new(0)), ..Fake::default() };
    let gateway = gateway.answering(says(Status::Approved));
    let (router, _) = proxy(store, gateway.clone()).await;
    call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    gateway.has_done(1).await;
    fails.store(true, SeqCst);
    gateway.gate.add_permits(1);
    while gateway.gate.available_permits() > 0 {
        tokio::task::yield_now().await;
    }
    fails.store(false, SeqCst);
    until(&router, ID, |view| outcome(view) == Some("approved")).await;
    assert_eq!(gateway.submits(), 1);
}

#[tokio::test]
async fn what_does_not_fit_the_till_is_refused() {
    let gateway = Fake::default();
    let (router, _) = proxy(Memory::new(), gateway.clone()).await;
    let amount = |minor: u64, currency: &str| json!({"amount": {"minor": minor, "currency": currency}});
    let cases = [
        (amount(0, "EUR"), "not-allowed"),
        (amount(500_001, "EUR"), "over-limit"),
        (amount(1042, "USD"), "not-allowed"),
        (amount(1042, "XXX"), "malformed"),
        (json!({"card": {"last4": "4761739001010119"}}), "not-allowed"),
        (json!({"card": {"last4": "0119", "holder": "4761739001010119"}}), "not-allowed"),
        (json!({"reader": {"family": "spire", "serial": "1"}}), "not-allowed"),
        (json!({"email": "nobody"}), "not-allowed"),
        (json!({"description": "a\nb"}), "not-allowed"),
        (json!({"reference": "a\nb"}), "not-allowed"),
        (json!({"reference": "7".repeat(65)}), "not-allowed"),
        (json!({"tip": 0}), "not-allowed"),
        (json!({"tip": 1042}), "not-allowed"),
        (json!({"tip": -1}), "malformed"),
        (json!({"encrypted_data": "4761 7390"}), "malformed"),
        (json!({"attempt": "short"}), "malformed"),
    ];
    for (change, code) in cases {
        let (_, problem) = call(&router, post(PAYMENTS, &with(payment(ID, BLOB), change.clone()))).await;
        assert_eq!(problem["code"], code, "{change}");
        let said = [&problem["title"], &problem["cashier"]];
        assert!(
            !said.iter().any(|text| text.to_string().contains("4761")),
            "card data is never repeated: {problem}"
        );
    }
    assert_eq!(call(&router, get(PAYMENTS)).await.1, json!([]));
    assert_eq!(gateway.submits(), 0);
}
