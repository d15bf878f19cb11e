//! After the sale: the list of payments, an order, its receipt, and what is done with it later.

use super::{PHONE, STRIPE, open, unfold};
use crate::look::Walk;
use e2e::{Hold, Shop};
use serde_json::json;

pub(crate) async fn walk(walk: &Walk) {
    let mut shop = open("orders", "").await;
    let till = &shop.till;
    till.sign_in_manager().await;
    let office = format!("{}/office/", shop.proxy.address);
    till.open(&office).await;
    till.see(&["No payments found."]).await;
    walk.see(till, "office-history-empty").await;
    till.follow("Back to the till").await;
    till.see(&["Pay 0.00", "Reader ready"]).await;
    shop.gateway.play(&json!({ "partial_return": true, "processing_ms": 0 }));
    some_payments(&shop).await;

    till.open(&office).await;
    till.see(&["Today", "12.50 EUR", "Declined", "Returned in part"]).await;
    walk.see(till, "office-history").await;
    unfold(&shop).await;
    till.see(&["Status", "Export CSV"]).await;
    walk.see(till, "office-history-filters").await;
    till.open_payment("12.50 EUR").await;
    till.see(&["Can be refunded: 12.50 of 12.50 EUR", "What happened", "Gateway Approved"]).await;
    walk.see(till, "office-order").await;
    receipts(walk, &shop).await;
    till.follow("Back to the order").await;
    refund(walk, &shop).await;

    till.press("Back to the order").await;
    till.follow("Back to the list").await;
    till.open_payment("30.00 EUR").await;
    till.see(&["Collect", "Can be collected"]).await;
    walk.see(till, "office-order-reserved").await;
    till.press("Collect").await;
    till.see(&["Reserved: 30.00 EUR"]).await;
    walk.see(till, "office-collect").await;
    till.fill("Reason", "delivered").await;
    till.press("Collect 30.00").await;
    till.see(&["Collected"]).await;
    walk.see(till, "office-collected").await;
    till.press("Back to the order").await;
    till.follow("Back to the list").await;
    till.open_payment("8.40 EUR").await;
    till.press("Void").await;
    till.fill("Reason", "keyed twice").await;
    till.see(&["The sale will not be settled."]).await;
    walk.see(till, "office-void").await;
    till.press("Back").await;
    till.follow("Back to the list").await;
    till.see(&["-4.00 EUR"]).await;

    shop.proxy.stop();
    shop.till.fill("Search", "8.40").await;
    shop.till.see(&["Offline: this till only", "No connection"]).await;
    walk.see(&shop.till, "office-history-offline").await;
}

/// One of each kind and end.
async fn some_payments(shop: &Shop) {
    let till = &shop.till;
    shop.till.sell(840).await;
    till.pay(1016).await;
    till.present("Tap", PHONE).await;
    till.see(&["Declined"]).await;
    till.next_customer().await;
    till.reserve(3000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Approved: reserved"]).await;
    till.next_customer().await;
    till.choose("//label[normalize-space(.)='Sale']").await;
    till.pay(2000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Approved"]).await;
    till.press("Remove card").await;
    till.follow("Refund").await;
    till.press("Refund").await;
    till.fill("Amount", "10.00").await;
    till.fill("Reason", "half came back").await;
    till.press("Refund 10.00").await;
    till.see(&["Returned in part"]).await;
    till.follow("Back to the till").await;
    till.see(&["Approved"]).await;
    till.press("New sale").await;
    till.pay(1250).await;
    till.present("Swipe", STRIPE).await;
    till.see(&["Approved"]).await;
    till.press("New sale").await;
}

async fn receipts(walk: &Walk, shop: &Shop) {
    let till = &shop.till;
    till.follow("Receipt").await;
    till.see(&["CUSTOMER COPY", "12.50 EUR"]).await;
    walk.see(till, "office-receipt").await;
    till.press("Merchant copy").await;
    till.see(&["MERCHANT COPY", "Sign X", "Sign on the screen"]).await;
    unfold(shop).await;
    till.see(&["Customer: sign here, or on the paper slip."]).await;
    walk.see(till, "office-receipt-sign").await;
}

async fn refund(walk: &Walk, shop: &Shop) {
    let till = &shop.till;
    till.press("Refund").await;
    till.fill("Amount", "4.00").await;
    till.fill("Reason", "goods came back").await;
    till.see(&["After it: 8.50 EUR left."]).await;
    walk.see(till, "office-refund").await;
    till.hold("POST", "/return", Hold::Request).await;
    shop.till.press_all(&["Refund 4.00"]).await;
    till.see_held().await;
    till.see(&["Sent, can no longer be cancelled"]).await;
    walk.see(till, "office-refund-sent").await;
    till.advance_clock(21_000).await;
    till.see(&["Result not known yet"]).await;
    walk.see(till, "office-refund-not-known").await;
    till.release(false).await;
    till.see(&["Returned"]).await;
    walk.see(till, "office-returned").await;
}
