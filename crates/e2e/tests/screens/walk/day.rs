//! Closing the day and the shift, reports and takings.

use super::PHONE;
use crate::look::Walk;
use e2e::{Habits, Shop, until};
use serde_json::json;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);

pub(crate) async fn walk(walk: &Walk) {
    let shop = Shop::open_with("screens-day", Habits { closes_day: true, ..Habits::default() }).await;
    let till = &shop.till;
    till.sign_in_manager().await;
    till.open(&format!("{}/office/#report", shop.proxy.address)).await;
    till.see(&["X REPORT", "Nothing was taken"]).await;
    walk.see(till, "office-report-empty").await;
    till.follow("Back to the till").await;
    till.see(&["Pay 0.00", "Reader ready"]).await;
    shop.till.sell(2000).await;
    shop.till.sell(1250).await;

    till.open(&format!("{}/office/#report", shop.proxy.address)).await;
    till.see(&["X REPORT", "Sale 2 32.50 EUR"]).await;
    walk.see(till, "office-report").await;
    till.press("Z report: close the shift").await;
    till.see(&["closes this shift once"]).await;
    walk.see(till, "office-report-close").await;
    till.press("Close the shift").await;
    till.see(&["Z REPORT 1", "Sale 2 32.50 EUR"]).await;
    walk.see(till, "office-report-closed").await;
    till.follow("Takings").await;
    till.see(&["Day Number Taken Returned", "2 32.50 EUR 0.00 EUR"]).await;
    walk.see(till, "office-takings").await;

    till.follow("Close day").await;
    till.see(&["Sale 2 32.50 EUR", "Everything is final"]).await;
    walk.see(till, "office-day").await;
    till.press("Close the day").await;
    till.see(&["Day closed", "Till and gateway agree", "Close the day again"]).await;
    walk.see(till, "office-day-closed").await;

    shop.gateway.play(&json!({ "closing": { "sale_off_by": 150 } }));
    another(&shop, 700).await;
    till.press("Close the day").await;
    till.see(&["Totals differ", "Close the day again"]).await;
    walk.see(till, "office-day-differs").await;
    till.follow("Back to the till").await;
    till.see(&["Notices: 1"]).await;
    till.press("Notices: 1").await;
    till.see(&["Notices", "Totals differ"]).await;
    walk.see(till, "notices").await;
    till.press("Back").await;

    shop.gateway.play(&json!({ "answers": { "close_day": "cut-off" } }));
    another(&shop, 800).await;
    till.press("Close the day").await;
    till.see(&["We do not know yet if the day was closed"]).await;
    walk.see(till, "office-day-not-known").await;
    shop.gateway.play(&json!({ "answers": { "close_day": "none" } }));
    till.press("Ask now").await;
    till.see(&["Day closed"]).await;

    till.follow("Back to the till").await;
    till.see(&["Pay 0.00", "Reader ready"]).await;
    till.pay(1060).await;
    till.present("Tap", PHONE).await;
    let accepted = until(LIMIT, async || (shop.gateway.ledger().orders.len() == 5).then_some(()));
    assert!(accepted.await.is_some(), "the gateway never took it");
    till.open(&format!("{}/office/#close-day", shop.proxy.address)).await;
    till.see(&["1 payment is not final", "10.60 EUR", "Wait until everything is final"]).await;
    walk.see(till, "office-day-not-final").await;
    shop.gateway.play(&json!({ "closing": { "blocked_ms": 3_600_000, "repeat": "answer" } }));
    till.press("Manager: close over it").await;
    till.press("Close the day").await;
    till.see(&["Bank is closing the day", "No payments meanwhile"]).await;
    walk.see(till, "office-day-closing").await;
}

/// One more sale, and back to closing the day.
async fn another(shop: &Shop, minor: u64) {
    let till = &shop.till;
    till.open(&shop.proxy.address).await;
    till.see(&["Pay 0.00", "Reader ready"]).await;
    shop.till.sell(minor).await;
    till.open(&format!("{}/office/#close-day", shop.proxy.address)).await;
    till.see(&["Open day"]).await;
}
