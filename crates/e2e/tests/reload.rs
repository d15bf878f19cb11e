//! The page is loaded anew in the middle of a payment, at each of its steps.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Hold, Ledger, Shop};
use serde_json::json;

const CHIP: &str = "Visa, chip without PIN";
const CHIP_AND_PIN: &str = "Visa, chip and PIN 1234";
const PHONE: &str = "Visa on a phone, tap only";

const NOT_KNOWN: &str = "Result not known yet";
const NOTHING_SENT: &str = "Nothing was sent. The card was not charged.";

const PAYMENTS: &str = "/payments";
/// Asking how it stands, and hearing it.
const PAYMENT: &str = "/payments/[A-Z2-7]{20}(/events)?";
const ADVICE: &str = "/payments/[A-Z2-7]{20}/advice";

/// Orders, charges and minor units charged; nothing is given back, and each order was sent once.
fn counts(ledger: &Ledger) -> (usize, u64, u64) {
    assert!(ledger.orders.iter().all(|order| order.sale_requests == 1), "sent once: {ledger:?}");
    assert_eq!(ledger.returned, 0, "{ledger:?}");
    (ledger.orders.len(), ledger.charges, ledger.charged)
}

/// The chip can no longer answer the bank: nobody knows the result, no word of the card's is made up, nothing is taken.
async fn stays_open_without_advice(shop: &Shop) {
    shop.till.advance_clock(120_000).await;
    shop.till.see(&[NOT_KNOWN, "Do not charge this sale again"]).await;
    shop.gateway.see_stage("sale_emv_validating").await;
    let ledger = shop.gateway.ledger();
    assert_eq!((counts(&ledger), &ledger.orders[0].advice), ((1, 0, 0), &None));
}

#[tokio::test]
async fn before_a_card_nothing_was_sent() {
    let shop = Shop::open("reload-before-card").await;
    shop.till.pay(2000).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    shop.till.reload().await;
    shop.till.see(&["Interrupted", "20.00 EUR", NOTHING_SENT]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0));
}

#[tokio::test]
async fn at_the_pin_nothing_was_sent() {
    let shop = Shop::open("reload-pin").await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.see(&["Enter PIN"]).await;
    shop.till.reload().await;
    shop.till.see(&["Interrupted", "20.00 EUR", NOTHING_SENT]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0));
}

#[tokio::test]
async fn read_and_waiting_for_the_cashiers_word_nothing_was_sent() {
    let shop = Shop::open("reload-repeated").await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved"]).await;
    shop.till.press("New sale").await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Charge the same again?", "Nothing was sent yet."]).await;
    shop.till.reload().await;
    shop.till.see(&["Interrupted", "20.00 EUR", NOTHING_SENT]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000));
}

#[tokio::test]
async fn read_and_not_posted_the_gateway_says_that_nothing_arrived() {
    let shop = Shop::open("reload-not-posted").await;
    shop.till.hold("POST", PAYMENTS, Hold::Request).await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see_held().await;
    shop.till.reload().await;
    shop.till.see(&[NOT_KNOWN]).await;
    shop.till.see(&["Not sent", "The card was not charged."]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0));
}

#[tokio::test]
async fn posted_and_unanswered_a_tap_is_followed_to_its_result() {
    let shop = Shop::open("reload-unanswered-tap").await;
    shop.till.hold("POST", PAYMENTS, Hold::Answer).await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see_held().await;
    shop.till.reload().await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119", "Continued from"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000));
}

#[tokio::test]
async fn posted_and_unanswered_a_chip_has_lost_its_word() {
    let shop = Shop::open("reload-unanswered-chip").await;
    shop.till.hold("POST", PAYMENTS, Hold::Answer).await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see_held().await;
    shop.till.reload().await;
    stays_open_without_advice(&shop).await;
}

#[tokio::test]
async fn while_polling_a_tap_is_followed_to_its_result() {
    let shop = Shop::open("reload-polling").await;
    shop.gateway.play(&json!({ "processing_ms": 3000 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_processing").await;
    shop.till.reload().await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119", "Continued from"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000));
}

#[tokio::test]
async fn while_the_card_should_check_it_has_lost_its_word() {
    let shop = Shop::open("reload-emv-validating").await;
    shop.till.hold("GET", PAYMENT, Hold::Request).await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see_held().await;
    shop.gateway.see_stage("sale_emv_validating").await;
    shop.till.reload().await;
    stays_open_without_advice(&shop).await;
}

#[tokio::test]
async fn decided_and_not_posted_the_cards_word_is_lost() {
    let shop = Shop::open("reload-advice-unposted").await;
    shop.till.hold("POST", ADVICE, Hold::Request).await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see_held().await;
    shop.till.reload().await;
    stays_open_without_advice(&shop).await;
}

#[tokio::test]
async fn decided_and_unanswered_the_proxy_has_the_cards_word() {
    let shop = Shop::open("reload-advice-unanswered").await;
    shop.till.hold("POST", ADVICE, Hold::Answer).await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see_held().await;
    shop.till.reload().await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((counts(&ledger), ledger.orders[0].advice.as_deref()), ((1, 1, 2000), Some("approved")));
}

#[tokio::test]
async fn a_till_without_its_journal_is_told_by_the_proxy() {
    let mut shop = Shop::open("journal-lost").await;
    shop.till.pay(1017).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN]).await;
    shop.replace_till().await;
    shop.till.see(&["Results not known yet: 1"]).await;
    shop.gateway.advance_clock(30_000);
    shop.till.press("Results that came in: 1").await;
    shop.till.press("Open 10.17 EUR Visa **** 0119").await;
    shop.till.see(&["Approved", "10.17 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 1017));
}
