//! Payments that the bank approved and the card never decided: kept, given back, never both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Order, Shop, until};
use serde_json::json;
use std::time::Duration;

const CHIP: &str = "Visa, chip without PIN";

/// How long the bank thinks, and then the gateway waits for an advice: longer than a scenario takes, so that only the
/// moved clock ends it.
const WAIT_MS: u64 = 600_000;

/// A contact chip that is pulled while the bank is asked, and that the gateway approves without its word.
async fn pulled(scenario: &str, habits: Habits) -> Shop {
    let shop = Shop::open_with(scenario, habits).await;
    shop.gateway.play(&json!({ "processing_ms": WAIT_MS, "approve_without_advice_ms": WAIT_MS }));
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_emv_processing").await;
    shop.till.record().await;
    shop.till.press("Remove card").await;
    // The proxy knows before the bank answers, as it would where a bank takes its seconds.
    let told = until(Duration::from_secs(20), async || {
        let calls = shop.till.calls().await;
        calls.iter().any(|call| call["url"].as_str().unwrap().ends_with("/card-lost")).then_some(())
    });
    assert!(told.await.is_some(), "the proxy was not told that the card is lost");
    // A return, if there is one, is done at once.
    shop.gateway.play(&json!({ "processing_ms": 0 }));
    shop.gateway.advance_clock(WAIT_MS);
    shop.gateway.see_stage("sale_emv_validating").await;
    assert_eq!(shop.gateway.ledger().charges, 0);
    shop.gateway.advance_clock(WAIT_MS);
    shop
}

/// The one order, sent once, approved, and without a made-up advice.
fn only_order(shop: &Shop) -> Order {
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges, ledger.charged), (1, 1, 2000), "{ledger:?}");
    let order = ledger.orders[0].clone();
    assert_eq!((order.sale_requests, &order.advice, order.status.as_str()), (1, &None, "approved"));
    order
}

#[tokio::test]
async fn what_needs_a_person_stands_on_top_of_the_history_with_every_step() {
    let shop = pulled("undecided-history", Habits::default()).await;
    shop.till.see(&["Keep or give back"]).await;
    shop.till.sign_in_manager().await;
    shop.till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till.see(&["Result not known yet: 1", "20.00 EUR", "Needs a person Visa **** 0028"]).await;
    shop.till.open_payment("20.00 EUR").await;
    let steps = [
        "Needs a person: approved without the card's word",
        "Till Card read, payment sent: 20.00 EUR",
        "Till The card was lost before it decided",
        "Gateway Approved without the card's word; staff decide",
    ];
    shop.till.see(&steps).await;
    shop.till.follow("Back to the till").await;
    shop.till.press("Keep 20.00").await;
    shop.till.see(&["Approved"]).await;
    shop.till.follow("Refund").await;
    shop.till.see(&["Staff Kept", "Can be refunded: 20.00 of 20.00 EUR"]).await;
}

#[tokio::test]
async fn what_the_card_never_decided_is_kept() {
    let shop = pulled("undecided-kept", Habits::default()).await;
    shop.till
        .see(&["Keep or give back", "The bank approved 20.00 EUR", "was taken out before it agreed"])
        .await;
    assert_eq!(only_order(&shop).returns, 0, "staff decide");
    shop.till.press("Keep 20.00").await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0028"]).await;
    assert_eq!((only_order(&shop).returns, shop.gateway.ledger().returned), (0, 0));
}

#[tokio::test]
async fn what_the_card_never_decided_is_given_back() {
    let shop = pulled("undecided-given-back", Habits::default()).await;
    shop.till.see(&["Keep or give back"]).await;
    shop.till.press("Give back").await;
    shop.till.see(&["Returned", "Nothing stays charged."]).await;
    assert_eq!((only_order(&shop).returns, shop.gateway.ledger().returned), (1, 2000));
}

#[tokio::test]
async fn a_kiosk_gives_back_by_itself_what_the_card_never_decided() {
    let shop = pulled("undecided-kiosk", Habits { attended: false, ..Habits::default() }).await;
    shop.till.see(&["Nothing stays charged."]).await;
    assert_eq!((only_order(&shop).returns, shop.gateway.ledger().returned), (1, 2000));
    assert_eq!(shop.proxy.metric("mpos_payments_given_back_total"), 1);
}
