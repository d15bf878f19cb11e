//! The sandbox's table: the last two digits of the amount decide. Each payment is sent once and charged at most once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::Shop;
use serde_json::json;

const CHIP: &str = "Visa, chip without PIN";
const PHONE: &str = "Visa on a phone, tap only";

const NOT_KNOWN: &str = "Result not known yet";
const NOT_CHARGED: &str = "The card was not charged.";

/// How many orders there are, how many of them are charges, and the last one's status.
fn counts(shop: &Shop) -> (usize, u64, String) {
    let ledger = shop.gateway.ledger();
    assert!(ledger.orders.iter().all(|order| order.sale_requests == 1), "sent once: {ledger:?}");
    (
        ledger.orders.len(),
        ledger.charges,
        ledger.orders.last().map(|order| order.status.clone()).unwrap_or_default(),
    )
}

#[tokio::test]
async fn refusals_are_shown_and_not_charged() {
    let table = [
        (1001, "declined", &["Card expired", NOT_CHARGED][..]),
        (1016, "declined", &["Declined", NOT_CHARGED, "not enough funds"]),
        (1019, "declined", &["Declined", NOT_CHARGED, "not permitted for this card"]),
        (1009, "declined", &["Declined", NOT_CHARGED, "do not charge this card again"]),
        (1055, "declined", &["Wrong PIN", NOT_CHARGED]),
        (1051, "filtered", &["Not accepted", NOT_CHARGED]),
        (1052, "error", &["Not completed", NOT_CHARGED]),
    ];
    let shop = Shop::open("refusals").await;
    for (at, (minor, status, words)) in table.into_iter().enumerate() {
        shop.till.pay(minor).await;
        shop.till.present("Tap", PHONE).await;
        shop.till.see(words).await;
        assert_eq!(counts(&shop), (at + 1, 0, status.to_owned()), "{minor}");
        shop.till.next_customer().await;
    }
}

#[tokio::test]
async fn a_chip_that_the_bank_refuses_is_not_charged() {
    let shop = Shop::open("chip-refused").await;
    shop.till.pay(1016).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Declined", NOT_CHARGED, "Remove the card"]).await;
    assert_eq!(counts(&shop), (1, 0, "declined".to_owned()));
    shop.till.next_customer().await;
}

#[tokio::test]
async fn unknown_is_neither_and_then_approved() {
    let shop = Shop::open("unknown").await;
    shop.till.pay(1017).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN, "It may or may not be charged."]).await;
    assert_eq!(counts(&shop), (1, 0, "unknown".to_owned()));
    shop.gateway.advance_clock(30_000);
    shop.till.see(&["Approved", "10.17 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(counts(&shop), (1, 1, "approved".to_owned()));
}

#[tokio::test]
async fn processing_for_ever_is_not_known_after_two_minutes() {
    let shop = Shop::open("processing").await;
    shop.till.pay(1060).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.till.advance_clock(120_000).await;
    shop.till.see(&[NOT_KNOWN, "Do not charge this sale again"]).await;
    assert_eq!(counts(&shop), (1, 0, "processing".to_owned()));
}

#[tokio::test]
async fn a_3ds_redirect_says_that_the_gate_is_set_up_wrongly() {
    let shop = Shop::open("redirect").await;
    shop.till.pay(1062).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&[NOT_KNOWN, "an online check that a card reader cannot do"]).await;
    shop.till.see(&["Support: switch 3-D Secure off for this endpoint."]).await;
    assert_eq!(counts(&shop), (1, 0, "processing".to_owned()));
}

#[tokio::test]
async fn approved_for_less_is_kept_or_given_back() {
    let shop = Shop::open("less").await;
    shop.gateway.play(&json!({ "approve_at_most": 1500 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved for less", "15.00 EUR of 20.00 EUR was approved."]).await;
    shop.till.press("Keep 15.00").await;
    shop.till.see(&["Approved", "15.00 EUR was charged to Visa **** 0119"]).await;
    shop.till.next_customer().await;

    shop.till.pay(3000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["15.00 EUR of 30.00 EUR was approved."]).await;
    shop.till.press("Give back").await;
    shop.till.see(&["Returned", "Nothing stays charged."]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charged, ledger.returned), (2, 3000, 1500), "{ledger:?}");
    assert_eq!(ledger.orders[1].returns, 1);
}
