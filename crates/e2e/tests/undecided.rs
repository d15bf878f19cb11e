//! Payments that the bank approved and the card never decided: kept, given back, never both.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Order, Shop};

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
    let shop = Shop::with_pulled_card("undecided-history", Habits::default()).await;
    shop.till.see(&["Keep or give back"]).await;
    shop.till.sign_in_manager().await;
    shop.till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till.see(&["Results not known yet: 1", "20.00 EUR", "Needs a person Visa **** 0028"]).await;
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
    let shop = Shop::with_pulled_card("undecided-kept", Habits::default()).await;
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
    let shop = Shop::with_pulled_card("undecided-given-back", Habits::default()).await;
    shop.till.see(&["Keep or give back"]).await;
    shop.till.press("Give back").await;
    shop.till.see(&["Returned", "Nothing stays charged."]).await;
    assert_eq!((only_order(&shop).returns, shop.gateway.ledger().returned), (1, 2000));
}

#[tokio::test]
async fn a_kiosk_gives_back_by_itself_what_the_card_never_decided() {
    let shop =
        Shop::with_pulled_card("undecided-kiosk", Habits { attended: false, ..Habits::default() }).await;
    shop.till.see(&["Nothing stays charged."]).await;
    assert_eq!((only_order(&shop).returns, shop.gateway.ledger().returned), (1, 2000));
    assert_eq!(shop.proxy.metric("mpos_payments_given_back_total"), 1);
}
