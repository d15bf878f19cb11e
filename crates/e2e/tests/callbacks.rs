//! The gateway calls back: a hint that makes the proxy ask, and nothing that it believes.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop, until};
use serde_json::json;
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";

/// By itself this proxy asks once at the beginning, and again when the scenario is over.
const SLOW: Habits =
    Habits { attended: true, poll_ms: 240_000, callbacks: true, settings: "", lasting: false };
/// How long the bank thinks; only the moved clock ends it.
const PROCESSING_MS: u64 = 600_000;

/// Waits until a counter of the proxy has come this far.
async fn see_metric(shop: &Shop, name: &str, value: i64) {
    let seen = until(Duration::from_secs(20), async || (shop.proxy.metric(name) >= value).then_some(()));
    assert!(seen.await.is_some(), "{name} is {}, not {value}", shop.proxy.metric(name));
}

/// A tap that the bank still thinks about, and that the proxy will not ask for again.
async fn asked_once(scenario: &str, minor: u64) -> Shop {
    let shop = Shop::open_with(scenario, SLOW).await;
    shop.gateway.play(&json!({ "processing_ms": PROCESSING_MS, "callbacks": { "forged": true } }));
    shop.till.pay(minor).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    // The sale and the first question.
    see_metric(&shop, "mpos_gateway_calls_total{result=\"answer\"}", 2).await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop
}

#[tokio::test]
async fn a_callback_brings_the_result_long_before_the_next_question() {
    let shop = asked_once("callback-approved", 2000).await;
    see_metric(&shop, "mpos_payments_finished_total{outcome=\"approved\"}", 1).await;
    assert_eq!(shop.proxy.metric("mpos_callbacks_verified_total"), 1);
    shop.till.advance_clock(SLOW.poll_ms).await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges, ledger.charged), (1, 1, 2000), "{ledger:?}");
    assert_eq!(ledger.orders[0].sale_requests, 1);

    // A query holds the payer's name and card mask, and the checksum that a replay needs.
    let log = std::fs::read_to_string(shop.folder.join("proxy.err")).unwrap();
    assert!(log.contains("\"level\":\"TRACE\""), "everything is logged in this scenario");
    for part in ["control=", "client_orderid=", "card-holder-name", "/callback?"] {
        assert!(!log.contains(part), "{part}");
    }
}

#[tokio::test]
async fn a_forged_callback_is_refused_counted_and_not_believed() {
    let shop = asked_once("callback-forged", 1016).await;
    // The forged one, which says approved, goes out before the true one.
    see_metric(&shop, "mpos_callbacks_forged_total", 1).await;
    see_metric(&shop, "mpos_payments_finished_total{outcome=\"declined\"}", 1).await;
    shop.till.advance_clock(SLOW.poll_ms).await;
    shop.till.see(&["Declined", "The card was not charged."]).await;
    assert_eq!(shop.gateway.ledger().charges, 0);

    let order = &shop.gateway.ledger().orders[0];
    let query = format!("status=approved&client_orderid={}&orderid=1000001&type=sale", order.client_orderid);
    let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let callbacks = shop.proxy.callbacks.as_ref().unwrap();
    // The gateway sends its own once more after five seconds, as it was not answered with 200.
    let before = shop.proxy.metric("mpos_callbacks_forged_total");
    let answer = agent.get(format!("{callbacks}?{query}&control={}", "0".repeat(40))).call().unwrap();
    assert_eq!(answer.status(), 403);
    assert!(shop.proxy.metric("mpos_callbacks_forged_total") > before);
    assert_eq!(shop.proxy.metric("mpos_payments_finished_total{outcome=\"approved\"}"), 0);
    shop.till.see(&["Declined"]).await;
}
