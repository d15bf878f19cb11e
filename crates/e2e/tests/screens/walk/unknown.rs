//! What was sent and is not known, and what staff have to hear of.

use super::{PHONE, open};
use crate::look::Walk;
use e2e::{Habits, Shop};
use serde_json::json;

/// Longer than this part takes, so that only the moved clock ends it.
const WAIT_MS: u64 = 600_000;

pub(crate) async fn walk(walk: &Walk) {
    let shop = open("unknown", "").await;
    let till = &shop.till;
    shop.till.sell(840).await;
    shop.gateway.play(&json!({ "processing_ms": WAIT_MS }));
    till.pay(2000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Asking the bank"]).await;
    till.advance_clock(120_000).await;
    till.see(&["Result not known yet", "Do not charge this sale again"]).await;
    till.press("Remove card").await;
    walk.see(till, "not-known").await;
    till.press("Serve next customer").await;
    till.see(&["Results not known yet: 1"]).await;
    walk.see(till, "keypad-not-known").await;
    till.press("Results not known yet: 1").await;
    till.see(&["Results not known yet", "20.00 EUR"]).await;
    walk.see(till, "not-known-list").await;

    till.sign_in_manager().await;
    till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    till.see(&["Results not known yet: 1", "20.00 EUR", "Today"]).await;
    walk.see(till, "office-history-not-known").await;
    till.open_payment("20.00 EUR").await;
    till.see(&["Result not known yet", "Reference", "Receipt"]).await;
    walk.see(till, "office-order-not-known").await;
    drop(shop);

    let shop = Shop::with_pulled_card("screens-undecided", Habits::default()).await;
    shop.till.see(&["Keep or give back"]).await;
    walk.see(&shop.till, "keep-or-give-back").await;
}
