//! Closing the day and the shift in the office, as a manager finds the way by the words on the screen, against a gateway
//! that counts closings.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop, until};
use serde_json::json;
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";

async fn open(scenario: &str) -> Shop {
    let shop = Shop::open_with(scenario, Habits { closes_day: true, ..Habits::default() }).await;
    shop.till.sign_in_manager().await;
    shop
}

async fn to_office(shop: &Shop, place: &str, heading: &str) {
    shop.till.open(&format!("{}/office/", shop.proxy.address)).await;
    shop.till.follow(place).await;
    shop.till.see(&[heading]).await;
}

async fn to_till(shop: &Shop) {
    shop.till.follow("Back to the till").await;
    shop.till.see(&["Pay 0.00", "Reader ready"]).await;
}

#[tokio::test]
async fn a_day_is_closed_with_equal_totals_and_the_reports_agree_with_the_gateway() {
    let shop = open("close-day").await;
    shop.till.sell(2000).await;
    shop.till.sell(1250).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.charged, ledger.closings.len()), (3250, 0));

    to_office(&shop, "X / Z report", "X REPORT").await;
    shop.till
        .see(&["Sale 2 32.50 EUR", "Max", "Not approved 0", "Not known yet 0", "Cash is not included"])
        .await;
    shop.till.press("Z report: close the shift").await;
    shop.till.press("Close the shift").await;
    shop.till.see(&["Z REPORT 1", "Sale 2 32.50 EUR"]).await;
    shop.till.press("Back to the X report").await;
    shop.till.see(&["X REPORT", "Nothing was taken"]).await;

    shop.till.follow("Close day").await;
    shop.till.see(&["Sale 2 32.50 EUR", "Everything is final"]).await;
    shop.till.press("Close the day").await;
    shop.till
        .see(&[
            "Day closed",
            "Till and gateway agree",
            "Sales 2 / 32.50 EUR 2 / 32.50 EUR equal",
            "Bank no.",
            "code 00",
        ])
        .await;
    let closings = shop.gateway.ledger().closings;
    assert_eq!((closings.len(), closings[0].sale_count, closings[0].sale_sum), (1, 2, 3250));
    assert_eq!(closings[0].requests, 1);
    let paper = shop.till.print().await;
    assert!(paper.starts_with(b"%PDF"), "the browser prints it");

    shop.till.follow("Takings").await;
    shop.till.see(&["Day Number Taken Returned", "2 32.50 EUR 0.00 EUR"]).await;
    shop.till.press("By kind").await;
    shop.till.see(&["Sale 2 32.50 EUR"]).await;
    shop.till.press("By person").await;
    shop.till.see(&["Max 2 32.50 EUR"]).await;
}

#[tokio::test]
async fn no_payment_passes_a_blocked_gate_until_the_day_is_closed() {
    let shop = open("close-day-blocked").await;
    shop.till.sell(2000).await;
    shop.gateway.play(&json!({ "closing": { "blocked_ms": 3_600_000, "repeat": "answer" } }));
    to_office(&shop, "Close day", "Open day").await;
    shop.till.press("Close the day").await;
    shop.till.see(&["Bank is closing the day", "No payments meanwhile"]).await;
    shop.till.follow("Back to the till").await;
    shop.till.see(&["Bank is closing the day"]).await;
    shop.gateway.advance_clock(3_600_000);
    shop.till.see_within(Duration::from_secs(40), &["Online"]).await;
    shop.till.sell(700).await;
    to_office(&shop, "Close day", "Day closed").await;
    shop.till.see(&["Till and gateway agree", "Sale 1 7.00 EUR"]).await;
    assert_eq!(shop.gateway.ledger().closings.len(), 1);
}

#[tokio::test]
async fn a_difference_is_said_in_words() {
    let shop = open("close-day-differs").await;
    shop.till.sell(2000).await;
    shop.gateway.play(&json!({ "closing": { "sale_off_by": 150 } }));
    to_office(&shop, "Close day", "Open day").await;
    shop.till.press("Close the day").await;
    shop.till
        .see(&[
            "Totals differ",
            "The gateway has 1.50 EUR more in sales",
            "+1.50 EUR",
            "Manager: compare the orders",
        ])
        .await;
    to_till(&shop).await;
    shop.till.press("Notices: 1").await;
    shop.till.see(&["Totals differ"]).await;
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_with_the_same_request() {
    for (fault, before) in [("cut-off", 1), ("lost", 0)] {
        let shop = open(&format!("close-day-{fault}")).await;
        shop.till.sell(2000).await;
        shop.gateway.play(&json!({ "answers": { "close_day": fault } }));
        to_office(&shop, "Close day", "Open day").await;
        shop.till.press("Close the day").await;
        shop.till
            .see(&["Result not known yet", "We do not know yet if the day was closed", "We keep asking"])
            .await;
        assert_eq!(shop.gateway.ledger().closings.len(), before, "{fault}");
        shop.gateway.play(&json!({ "answers": { "close_day": "none" } }));
        shop.till.press("Ask now").await;
        shop.till.see(&["Day closed"]).await;
        if before == 1 {
            shop.till.see(&["had taken this closing before", "Its totals are not known"]).await;
        } else {
            shop.till.see(&["Till and gateway agree"]).await;
        }
        let closings = shop.gateway.ledger().closings;
        assert_eq!((closings.len(), closings[0].sale_sum), (1, 2000), "{fault}");
    }
}

#[tokio::test]
async fn a_day_is_not_closed_over_what_is_not_final_unless_a_manager_says_so() {
    let shop = open("close-day-open").await;
    shop.till.sell(2000).await;
    shop.till.pay(1060).await;
    shop.till.present("Tap", PHONE).await;
    let accepted =
        until(Duration::from_secs(20), async || (shop.gateway.ledger().orders.len() == 2).then_some(()));
    assert!(accepted.await.is_some(), "the gateway never took it");
    to_office(&shop, "Close day", "Open day").await;
    shop.till.see(&["1 payment is not final", "10.60 EUR", "Wait until everything is final"]).await;
    assert_eq!(shop.gateway.ledger().closings.len(), 0);
    shop.till.press("Manager: close over it").await;
    shop.till.press("Close the day").await;
    shop.till.see(&["Day closed", "Till and gateway agree", "Not final when closed 1"]).await;
    shop.till.see(&["1 payment is not final"]).await;
    let closings = shop.gateway.ledger().closings;
    assert_eq!((closings.len(), closings[0].sale_sum), (1, 2000));
}
