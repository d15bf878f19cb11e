//! Several endpoints, limits and what a till says of how amounts are keyed, through the router, over every store.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

mod support;

use axum::http::StatusCode;
use payment::api::IssuerAnswer;
use payment::money::{Amount, Currency};
use payment::order::{Answer, Status};
use proxy::store::{Store, sqlite::SqliteStore};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use support::over_every_store;
use support::{BLOB, Fake, ID, call, get, memory::Memory, payment, post, proxy_with, report, until, with};

const OTHER_ID: &str = "BBBBBBBBBBBBBBBBBBBB";
const PAYMENTS: &str = "/api/v1/payments";
const TWO: &str = "[[gateway.endpoints]]\nendpoint = '2222'\ncurrency = 'USD'\nlimit_minor = 2000\n";

fn currency(code: &str) -> Currency {
    Currency::from_code(code).unwrap()
}

/// A gateway where euros go to the one and dollars to the other.
fn gateway(eur: &'static str, usd: &'static str) -> Fake {
    Fake { endpoints: BTreeMap::from([(currency("EUR"), eur), (currency("USD"), usd)]), ..Fake::default() }
}

fn dollars(id: &str, blob: &str) -> Value {
    with(payment(id, blob), json!({"amount": {"minor": 1042, "currency": "USD"}}))
}

fn says(status: Status, code: &str) -> Answer {
    let mut report = report(status);
    report.amount = Some(Amount::new(1042, currency(code)));
    Answer::Report(Box::new(report))
}

over_every_store! {
    each_currency_goes_to_its_own_endpoint
    an_order_is_asked_for_where_it_was_sent
    a_lost_one_is_sought_where_it_would_have_been_sent
    tip_and_reference_are_kept_and_told_again
}

async fn each_currency_goes_to_its_own_endpoint(store: impl Store + 'static) {
    let gateway = gateway("1111", "2222");
    let (router, _) = proxy_with(store, gateway.clone(), TWO).await;
    assert_eq!(call(&router, post(PAYMENTS, &payment(ID, BLOB))).await.0, StatusCode::ACCEPTED);
    assert_eq!(call(&router, post(PAYMENTS, &dollars(OTHER_ID, "E400"))).await.0, StatusCode::ACCEPTED);
    gateway.has_done(2).await;
    let at = gateway.called_at.lock().unwrap().clone();
    let sent = |endpoint: &str| at.iter().filter(|at| **at == ("submit", endpoint.to_owned())).count();
    assert_eq!((sent("1111"), sent("2222")), (1, 1), "{at:?}");
    let pounds = json!({"amount": {"minor": 1042, "currency": "GBP"}});
    let (_, problem) =
        call(&router, post(PAYMENTS, &with(payment("CCCCCCCCCCCCCCCCCCCC", "E401"), pounds))).await;
    assert_eq!(problem["code"], "not-allowed");
    assert_eq!(gateway.submits(), 2);
}

async fn an_order_is_asked_for_where_it_was_sent(store: impl Store + 'static) {
    let mut waiting = report(Status::Processing);
    waiting.amount = Some(Amount::new(1042, currency("USD")));
    waiting.awaits_card = true;
    waiting.issuer = Some(IssuerAnswer { response_code: "00".into(), data: None });
    let gateway = gateway("1111", "2222").answering(Answer::Report(Box::new(waiting)));
    let (router, _) = proxy_with(store, gateway.clone(), TWO).await;
    call(&router, post(PAYMENTS, &with(dollars(ID, BLOB), json!({"entry": "chip"})))).await;
    until(&router, ID, |view| view["state"] == "await_card").await;
    let advice = json!({"approved": true, "encrypted_data": "E601"});
    call(&router, post(&format!("{PAYMENTS}/{ID}/advice"), &advice)).await;
    gateway.has_done(2).await;
    *gateway.answer.lock().unwrap() = says(Status::Approved, "USD");
    until(&router, ID, |view| view["state"] == "final").await;
    let asked = json!({"request": OTHER_ID, "reason": "broken"});
    assert_eq!(call(&router, post(&format!("{PAYMENTS}/{ID}/return"), &asked)).await.0, StatusCode::OK);
    gateway.has_done(3).await;
    let at = gateway.called_at.lock().unwrap().clone();
    for wanted in ["submit", "ask", "advise", "later"] {
        assert!(at.iter().any(|(call, _)| *call == wanted), "{wanted}: {at:?}");
    }
    assert!(at.iter().all(|(_, endpoint)| endpoint == "2222"), "{at:?}");
}

async fn a_lost_one_is_sought_where_it_would_have_been_sent(store: impl Store + 'static) {
    let gateway = gateway("1111", "2222").answering(Answer::NotFound);
    let (router, _) = proxy_with(store, gateway.clone(), TWO).await;
    let mut terms = dollars(ID, BLOB);
    terms.as_object_mut().unwrap().remove("encrypted_data");
    call(&router, post(&format!("{PAYMENTS}/{ID}/abandon"), &json!({"sent": true, "terms": terms}))).await;
    until(&router, ID, |view| view["state"] == "final").await;
    let at = gateway.called_at.lock().unwrap().clone();
    assert!(at.len() >= 4 && at.iter().all(|at| *at == ("ask", "2222".to_owned())), "{at:?}");
}

async fn tip_and_reference_are_kept_and_told_again(store: impl Store + 'static) {
    let gateway = gateway("1111", "2222").answering(says(Status::Approved, "EUR"));
    let (router, _) = proxy_with(store, gateway.clone(), TWO).await;
    let more = json!({"tip": 42, "reference": "INV-2015-118", "description": "Table 7"});
    call(&router, post(PAYMENTS, &with(payment(ID, BLOB), more.clone()))).await;
    let view = until(&router, ID, |view| view["state"] == "final").await;
    for name in ["tip", "reference", "description"] {
        assert_eq!(view["terms"][name], more[name]);
    }
    // Without them it is another payment.
    let (_, problem) = call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    assert_eq!(problem["code"], "other-payment");
}

#[tokio::test]
async fn an_order_stays_where_it_was_sent_after_a_change_of_settings() {
    let dir = tempfile::tempdir().unwrap();
    let open = async || SqliteStore::open(&dir.path().join("db")).await.unwrap();
    let before = gateway("1111", "2222").answering(says(Status::Processing, "USD"));
    let store = open().await;
    let (router, desk) = proxy_with(store.clone(), before.clone(), TWO).await;
    call(&router, post(PAYMENTS, &dollars(ID, BLOB))).await;
    until(&router, ID, |view| view["state"] == "processing").await;
    desk.close();
    store.close().await;
    let after = gateway("1111", "3333").answering(says(Status::Approved, "USD"));
    let (router, _) = proxy_with(open().await, after.clone(), TWO).await;
    until(&router, ID, |view| view["state"] == "final").await;
    let at = after.called_at.lock().unwrap().clone();
    assert!(!at.is_empty() && at.iter().all(|at| *at == ("ask", "2222".to_owned())), "{at:?}");
}

#[tokio::test]
async fn limits_hold_for_each_currency_and_are_named() {
    let gateway = gateway("1111", "2222");
    let settings =
        format!("{TWO}[limits]\ntill = {{ EUR = 1041 }}\n[till.keying]\ntips = [5, 10]\nsums = false\n");
    let (router, _) = proxy_with(Memory::new(), gateway.clone(), &settings).await;
    let (status, problem) = call(&router, post(PAYMENTS, &payment(ID, BLOB))).await;
    assert_eq!((status, &problem["code"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("over-limit")));
    assert!(
        problem["cashier"].as_str().unwrap().starts_with("The limit is 10.41 EUR. Nothing was charged."),
        "{problem}"
    );
    let (_, terminal) = call(&router, get("/api/v1/terminal")).await;
    assert_eq!(terminal["limit"], json!({"minor": 1041, "currency": "EUR"}));
    assert_eq!(terminal["other_limits"], json!([{"minor": 2000, "currency": "USD"}]));
    assert_eq!((&terminal["keying"]["tips"], &terminal["keying"]["sums"]), (&json!([5, 10]), &json!(false)));
    assert_eq!(call(&router, post(PAYMENTS, &dollars(OTHER_ID, "E400"))).await.0, StatusCode::ACCEPTED);
}
