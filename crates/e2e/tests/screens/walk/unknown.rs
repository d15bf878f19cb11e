//! What was sent and is not known, and what staff have to hear of.

use super::{CHIP, PHONE, open, sale};
use crate::look::Walk;
use e2e::{Habits, Shop, until};
use serde_json::json;
use std::time::Duration;

/// Longer than this part takes, so that only the moved clock ends it.
const WAIT_MS: u64 = 600_000;
const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn walk(walk: &Walk) {
    let shop = open("unknown", "").await;
    let till = &shop.till;
    sale(&shop, 840).await;
    shop.gateway.play(&json!({ "processing_ms": WAIT_MS }));
    till.pay(2000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Asking the bank"]).await;
    till.advance_clock(120_000).await;
    till.see(&["Result not known yet", "Do not charge this sale again"]).await;
    till.press("Remove card").await;
    walk.see(till, "not-known").await;
    till.press("Serve next customer").await;
    till.see(&["1 result not known yet"]).await;
    walk.see(till, "keypad-not-known").await;
    till.press("1 result not known yet").await;
    till.see(&["Results not known yet", "20.00 EUR"]).await;
    walk.see(till, "not-known-list").await;

    till.sign_in_manager().await;
    till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    till.see(&["Result not known yet: 1", "20.00 EUR", "Today"]).await;
    walk.see(till, "office-history-not-known").await;
    till.open_payment("20.00 EUR").await;
    till.see(&["Result not known yet", "Reference", "Receipt"]).await;
    walk.see(till, "office-order-not-known").await;
    drop(shop);

    let shop = undecided().await;
    walk.see(&shop.till, "keep-or-give-back").await;
}

/// A contact chip that is pulled while the bank is asked, and that the gateway approves without its word.
async fn undecided() -> Shop {
    let shop = Shop::open_with("screens-undecided", Habits::default()).await;
    shop.gateway.play(&json!({ "processing_ms": WAIT_MS, "approve_without_advice_ms": WAIT_MS }));
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_emv_processing").await;
    shop.till.record().await;
    shop.till.press("Remove card").await;
    let told = until(LIMIT, async || {
        let calls = shop.till.calls().await;
        calls.iter().any(|call| call["url"].as_str().unwrap().ends_with("/card-lost")).then_some(())
    });
    assert!(told.await.is_some(), "the proxy was not told that the card is lost");
    shop.gateway.advance_clock(WAIT_MS);
    shop.gateway.see_stage("sale_emv_validating").await;
    shop.gateway.advance_clock(WAIT_MS);
    shop.till.see(&["Keep or give back"]).await;
    shop
}
