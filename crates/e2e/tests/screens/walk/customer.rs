//! The customer's window, beside the till's.

use super::{PHONE, open};
use crate::look::Walk;
use e2e::Shop;
use serde_json::json;

pub(crate) async fn walk(walk: &Walk) {
    let shop = open("customer", "").await;
    let till = &shop.till;
    till.open_second_tab(&format!("{}/customer/", shop.proxy.address)).await;
    till.switch_tab(0).await;
    shop.till.press_all(&["1", "0", "1", "6"]).await;
    look(walk, &shop, &["Corner Shop", "10.16 EUR"], "customer-amount").await;
    till.press("Pay 10.16").await;
    look(walk, &shop, &["10.16 EUR", "Tap, insert or swipe"], "customer-present").await;
    till.present("Tap", PHONE).await;
    look(walk, &shop, &["Declined", "The card was not charged."], "customer-declined").await;
    till.next_customer().await;
    till.pay(2000).await;
    till.present("Tap", PHONE).await;
    look(walk, &shop, &["Approved"], "customer-approved").await;
    till.next_customer().await;
    shop.gateway.play(&json!({ "processing_ms": 600_000 }));
    till.pay(3000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Asking the bank"]).await;
    till.advance_clock(120_000).await;
    till.see(&["Result not known yet"]).await;
    look(walk, &shop, &["Result not known yet", "do not pay again"], "customer-not-known").await;
}

async fn look(walk: &Walk, shop: &Shop, words: &[&str], name: &'static str) {
    shop.till.switch_tab(1).await;
    shop.till.see_anywhere(words).await;
    walk.see(&shop.till, name).await;
    shop.till.switch_tab(0).await;
}
