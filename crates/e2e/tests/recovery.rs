//! Payments that something happens to on the way, with the one end that each may have.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Ledger, Shop};
use serde_json::json;
use std::time::Duration;

const CHIP: &str = "Visa, chip without PIN";
const CHIP_AND_PIN: &str = "Visa, chip and PIN 1234";
const STUBBORN_CHIP: &str = "Visa, chip declines after the bank approved";
const PHONE: &str = "Visa on a phone, tap only";

const NOT_KNOWN: &str = "Result not known yet";
const NOTHING_SENT: &str = "Nothing was sent. The card was not charged.";

/// Orders, charges, minor units charged, and given back.
fn counts(ledger: &Ledger) -> (usize, u64, u64, u64) {
    assert!(ledger.orders.iter().all(|order| order.sale_requests == 1), "sent once: {ledger:?}");
    (ledger.orders.len(), ledger.charges, ledger.charged, ledger.returned)
}

#[tokio::test]
async fn an_answer_cut_off_is_found_again() {
    let shop = Shop::open("cut-off").await;
    shop.till.pay(2061).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved", "20.61 EUR was charged to Visa **** 0028"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2061, 0));
}

#[tokio::test]
async fn an_order_that_is_visible_late_is_found_again() {
    let shop = Shop::open("visible-late").await;
    shop.gateway.play(&json!({ "visible_after_ms": 1500, "answers": { "sale": "cut-off" } }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN, "Do not charge this sale again"]).await;
    shop.till.see(&["Approved", "20.00 EUR was charged"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000, 0));
}

#[tokio::test]
async fn an_answer_that_hangs_longer_than_anybody_waits_is_found_again() {
    let shop = Shop::open("answer-hangs").await;
    // Longer than the proxy waits for an answer.
    shop.gateway.play(&json!({ "answer_delay_ms": 45_000 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_approved").await;
    shop.gateway.play(&json!({ "answer_delay_ms": 0 }));
    // Longer than the page waits for a result.
    shop.till.advance_clock(120_000).await;
    shop.till.see(&[NOT_KNOWN, "Do not charge this sale again"]).await;
    shop.till
        .see_within(Duration::from_secs(60), &["Approved", "20.00 EUR was charged to Visa **** 0119"])
        .await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000, 0));
}

#[tokio::test]
async fn an_order_that_never_came_to_be_was_not_charged() {
    let shop = Shop::open("never-arrived").await;
    shop.gateway.play(&json!({ "answers": { "sale": "http-500" } }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN]).await;
    shop.till.see(&["Not sent", "The gateway never received it. The card was not charged."]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0, 0));
}

#[tokio::test]
async fn a_card_pulled_while_waiting_makes_up_no_advice() {
    let shop = Shop::open("card-pulled").await;
    shop.gateway.play(&json!({ "processing_ms": 3000 }));
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.till.press("Remove card").await;
    shop.gateway.see_stage("sale_emv_validating").await;
    shop.till.advance_clock(120_000).await;
    shop.till.see(&[NOT_KNOWN, "Do not charge this sale again"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((counts(&ledger), &ledger.orders[0].advice), ((1, 0, 0, 0), &None));
}

#[tokio::test]
async fn a_card_that_refuses_after_the_bank_said_yes_is_given_its_money_back_once() {
    let shop = Shop::open("card-refuses").await;
    shop.gateway.play(&json!({ "approve_despite_advice": true }));
    shop.till.pay(2000).await;
    shop.till.present("Insert", STUBBORN_CHIP).await;
    shop.till
        .see(&["Declined by card", "What was charged to Visa **** 0135 was returned. Nothing stays charged."])
        .await;
    let ledger = shop.gateway.ledger();
    assert_eq!((counts(&ledger), ledger.orders[0].returns), ((1, 1, 2000, 2000), 1));
    assert_eq!(ledger.orders[0].advice.as_deref(), Some("declined"));
}

#[tokio::test]
async fn cancelled_before_a_card_nothing_is_sent() {
    let shop = Shop::open("cancelled").await;
    shop.till.pay(2000).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    shop.till.press("Cancel").await;
    shop.till.see(&["Cancelled", NOTHING_SENT]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0, 0));
    shop.till.press("Start again with 20.00").await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.see(&["Enter PIN"]).await;
    shop.till.press("Cancel").await;
    shop.till.see(&["Cancelled", NOTHING_SENT]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0, 0));
}

#[tokio::test]
async fn a_parked_payment_gets_its_answer_and_not_the_screen_of_the_next() {
    let shop = Shop::open("parked").await;
    shop.till.pay(1017).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN, "The bank has not confirmed 10.17 EUR"]).await;
    shop.till.press("Serve next customer").await;
    shop.till.see(&["Results not known yet: 1"]).await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    shop.gateway.advance_clock(30_000);
    shop.till.see(&["Results that came in: 1", "Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    shop.till.next_customer().await;
    shop.till.press("Results that came in: 1").await;
    shop.till.press("Open 10.17 EUR Visa **** 0119").await;
    shop.till.see(&["Approved", "10.17 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (2, 2, 3017, 0));
}

#[tokio::test]
async fn a_proxy_that_dies_after_sending_finds_the_order_again() {
    let mut shop = Shop::open("proxy-restart").await;
    shop.gateway.play(&json!({ "processing_ms": 3000 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.gateway.see_stage("sale_processing").await;
    shop.proxy.stop();
    shop.till.see(&["No connection"]).await;
    shop.proxy.run().await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000, 0));
}

#[tokio::test]
async fn an_advice_whose_answer_is_lost_is_not_another_charge() {
    let shop = Shop::open("advice-cut-off").await;
    shop.gateway.play(&json!({ "answers": { "advice": "cut-off" } }));
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((counts(&ledger), ledger.orders[0].advice.as_deref()), ((1, 1, 2000, 0), Some("approved")));
}

#[tokio::test]
async fn a_proxy_that_is_away_gets_the_identical_payment_when_it_is_back() {
    let mut shop = Shop::open("proxy-away").await;
    shop.till.pay(2000).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    shop.proxy.stop();
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Sending", "Sent, can no longer be cancelled"]).await;
    shop.proxy.run().await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (1, 1, 2000, 0));
}

#[tokio::test]
async fn a_gateway_that_cannot_be_reached_charged_nothing() {
    let mut shop = Shop::open("gateway-away").await;
    shop.gateway.stop();
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["No connection", NOTHING_SENT]).await;
}

#[tokio::test]
async fn a_till_that_the_gateway_refuses_charged_nothing() {
    let shop = Shop::open("forbidden").await;
    shop.gateway.play(&json!({ "answers": { "sale": "forbidden" } }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Till not accepted", "The gateway refused it. The card was not charged."]).await;
    assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0, 0));
}

#[tokio::test]
async fn what_the_reader_does_by_itself_is_never_a_payment() {
    let table = [
        ("Card approves by itself", "Card not usable here"),
        ("Card declines by itself", "Card declined"),
        ("Card signs another amount", "Stopped: amounts differ"),
    ];
    let shop = Shop::open("reader-by-itself").await;
    for (fault, title) in table {
        shop.till.reader_fault(fault).await;
        shop.till.pay(2000).await;
        shop.till.present("Insert", CHIP).await;
        shop.till.see(&[title, NOTHING_SENT]).await;
        assert_eq!(counts(&shop.gateway.ledger()), (0, 0, 0, 0), "{fault}");
        shop.till.next_customer().await;
        shop.till.reader_fault(fault).await;
    }
}

#[tokio::test]
async fn one_tab_owns_the_till() {
    let shop = Shop::open("two-tabs").await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.open_second_tab(&shop.proxy.address).await;
    shop.till.see(&["Open in another tab", "No payment is open here."]).await;
}
