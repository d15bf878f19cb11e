//! Results that come by themselves, and what the page does where they cannot.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Hold, Shop, until};
use serde_json::json;
use std::time::Duration;

const CHIP: &str = "Visa, chip without PIN";
const PHONE: &str = "Visa on a phone, tap only";

const PAYMENT: &str = "/payments/[A-Z2-7]{20}";
const EVENTS: &str = "/payments/[A-Z2-7]{20}/events";

/// By itself this proxy asks once at the beginning, and the page asks as rarely.
const SLOW: Habits = Habits { poll_ms: 240_000, callbacks: true, ..Habits::USUAL };
/// How long the bank thinks; only the moved clock ends it.
const PROCESSING_MS: u64 = 600_000;
/// So long after its last word the page takes a stream for silent.
const SILENT_MS: u64 = 12_000;

/// A tap that the bank still thinks about.
async fn at_the_bank(shop: &Shop, minor: u64) {
    shop.gateway.play(&json!({ "processing_ms": PROCESSING_MS }));
    shop.till.pay(minor).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_processing").await;
}

/// Waits until so many pages listen.
async fn see_streams(shop: &Shop, count: i64) {
    let streams = || shop.proxy.metric("mpos_event_streams");
    let seen = until(Duration::from_secs(20), async || (streams() == count).then_some(()));
    assert!(seen.await.is_some(), "{} pages listen, not {count}", streams());
}

/// How often the page asked how the payment stands, and each id from which on it listened.
async fn asked_and_listened(shop: &Shop) -> (usize, Vec<String>) {
    let calls = shop.till.calls().await;
    let mut listened = Vec::new();
    let mut asked = 0;
    for call in calls.iter().filter(|call| call["method"] == "GET") {
        let (_, path) = call["url"].as_str().unwrap().split_once("/api/v1/").unwrap();
        if path.ends_with("/events") {
            let sent = call["sent"].as_array().unwrap();
            let seen = sent.iter().find(|header| header[0] == "last-event-id").unwrap();
            listened.push(seen[1].as_str().unwrap().to_owned());
        } else if path.starts_with("payments/") {
            asked += 1;
        }
    }
    (asked, listened)
}

/// One order, sent once and charged once.
fn charged_once(shop: &Shop, minor: u64) {
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges, ledger.charged), (1, 1, minor), "{ledger:?}");
    assert_eq!(ledger.orders[0].sale_requests, 1);
}

#[tokio::test]
async fn a_callback_is_on_the_screen_although_the_page_asks_for_nothing() {
    let shop = Shop::open_with("push-callback", SLOW).await;
    shop.till.record().await;
    at_the_bank(&shop, 2000).await;
    see_streams(&shop, 1).await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    let (asked, listened) = asked_and_listened(&shop).await;
    assert_eq!((asked, listened), (0, vec![String::new()]));
    see_streams(&shop, 0).await;
    charged_once(&shop, 2000);
}

#[tokio::test]
async fn a_chip_decides_and_is_approved_without_a_poll() {
    let shop = Shop::open("push-chip").await;
    shop.till.hold("GET", PAYMENT, Hold::Request).await;
    shop.till.record().await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    let (_, listened) = asked_and_listened(&shop).await;
    assert_eq!(listened, [""]);
    charged_once(&shop, 2000);
    assert_eq!(shop.gateway.ledger().orders[0].advice.as_deref(), Some("approved"));
    assert_eq!(shop.till.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_stream_that_is_cut_goes_on_where_it_was() {
    let mut shop = Shop::open("push-cut").await;
    shop.till.record().await;
    at_the_bank(&shop, 2000).await;
    see_streams(&shop, 1).await;
    shop.proxy.stop();
    shop.till.see(&["No connection"]).await;
    shop.proxy.run().await;
    see_streams(&shop, 1).await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    let (_, listened) = asked_and_listened(&shop).await;
    assert!(listened.len() > 1 && listened.iter().skip(1).all(|seen| seen.len() == 16), "{listened:?}");
    charged_once(&shop, 2000);
}

#[tokio::test]
async fn where_no_stream_comes_through_polls_do_as_before() {
    let shop = Shop::open("push-held-back").await;
    shop.till.hold("GET", EVENTS, Hold::Answer).await;
    shop.till.record().await;
    at_the_bank(&shop, 2000).await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    assert!(asked_and_listened(&shop).await.0 >= 1);
    charged_once(&shop, 2000);
}

#[tokio::test]
async fn a_stream_that_falls_silent_is_replaced_by_polls() {
    let shop = Shop::open("push-silent").await;
    shop.till.hold("GET", EVENTS, Hold::Rest).await;
    shop.till.record().await;
    at_the_bank(&shop, 2000).await;
    shop.till.see_held().await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop.till.advance_clock(SILENT_MS).await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    assert!(asked_and_listened(&shop).await.0 >= 1);
    charged_once(&shop, 2000);
}

#[tokio::test]
async fn one_stream_is_open_whatever_the_cashier_does() {
    let shop = Shop::open("push-left").await;
    at_the_bank(&shop, 2000).await;
    see_streams(&shop, 1).await;
    shop.till.reload().await;
    shop.till.see(&["Asking the bank"]).await;
    see_streams(&shop, 1).await;
    shop.till.advance_clock(120_000).await;
    shop.till.see(&["Result not known yet"]).await;
    see_streams(&shop, 1).await;
    shop.till.press("Serve next customer").await;
    see_streams(&shop, 0).await;
    shop.gateway.advance_clock(PROCESSING_MS);
    shop.till.see(&["Results that came in: 1"]).await;
    charged_once(&shop, 2000);
}
