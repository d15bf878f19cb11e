//! Payments that end well.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Order, Shop};

const CHIP_AND_PIN: &str = "Visa, chip and PIN 1234";
const PHONE: &str = "Visa on a phone, tap only";
const STRIPE: &str = "Mastercard, stripe only";

/// The one order, which took or reserved the amount once.
fn only_charge(shop: &Shop, minor: u64) -> Order {
    let ledger = shop.gateway.ledger();
    assert_eq!(
        (ledger.orders.len(), ledger.charges, ledger.charged, ledger.returned),
        (1, 1, minor, 0),
        "{ledger:?}"
    );
    let order = ledger.orders[0].clone();
    assert_eq!((order.status.as_str(), order.sale_requests), ("approved", 1));
    order
}

#[tokio::test]
async fn a_chip_sale_is_approved_with_the_cards_word() {
    let shop = Shop::open("chip-sale").await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.enter_pin("1234").await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0010", "Remove the card"]).await;
    let order = only_charge(&shop, 2000);
    assert_eq!(
        (order.entry.as_str(), order.kind.as_str(), order.advice.as_deref()),
        ("chip", "sale", Some("approved"))
    );
    shop.till.next_customer().await;
    assert_eq!(shop.till.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_tap_is_approved_without_advice() {
    let shop = Shop::open("tap").await;
    shop.till.pay(1250).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "12.50 EUR was charged to Visa **** 0119"]).await;
    let order = only_charge(&shop, 1250);
    assert_eq!((order.entry.as_str(), order.advice), ("contactless", None));
    shop.till.next_customer().await;
}

#[tokio::test]
async fn a_swipe_is_approved_without_advice() {
    let shop = Shop::open("swipe").await;
    shop.till.pay(1250).await;
    shop.till.present("Swipe", STRIPE).await;
    shop.till.see(&["Approved", "12.50 EUR was charged to Mastercard **** 0434"]).await;
    let order = only_charge(&shop, 1250);
    assert_eq!((order.entry.as_str(), order.advice), ("swipe", None));
}

#[tokio::test]
async fn a_preauth_reserves() {
    let shop = Shop::open("preauth").await;
    shop.till.reserve(3000).await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.enter_pin("1234").await;
    shop.till.see(&["Approved: reserved", "30.00 EUR is reserved on Visa **** 0010, not charged yet"]).await;
    let order = only_charge(&shop, 3000);
    assert_eq!((order.kind.as_str(), order.advice.as_deref()), ("preauth", Some("approved")));
}
