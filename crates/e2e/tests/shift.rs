//! A shift as somebody new works it, by the words on the screen: a sale, half of it refunded, the receipt printed again, the
//! day closed. Counts what has to be pressed for each.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]
#![allow(clippy::print_stdout, reason = "the counts are read")]

use e2e::{Habits, Shop, Till, until};
use serde_json::json;
use std::cell::Cell;
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";
const LIMIT: Duration = Duration::from_secs(20);
/// From this width on the list of payments stands beside the payment (`office/style/history.css`).
const LIST_BESIDE: u32 = 1024;

/// Presses, and counts the presses of a task.
struct Hand<'a> {
    till: &'a Till,
    taps: Cell<u32>,
}

impl Hand<'_> {
    async fn press(&self, name: &str) {
        self.taps.set(self.taps.get() + 1);
        self.till.press(name).await;
    }

    async fn follow(&self, name: &str) {
        self.taps.set(self.taps.get() + 1);
        self.till.follow(name).await;
    }

    /// A tap into the field; what is keyed then is counted as one.
    async fn fill(&self, name: &str, text: &str) {
        self.taps.set(self.taps.get() + 1);
        self.till.fill(name, text).await;
    }

    /// How many it were since the last task, which ends on a screen that fits the window.
    async fn done(&self, task: &str) -> u32 {
        assert_eq!(self.till.sticks_out().await, 0, "{task}");
        println!("{task}: {} taps", self.taps.get());
        self.taps.replace(0)
    }
}

async fn shift(scenario: &str, (width, height): (u32, u32)) {
    let shop = Shop::open_with(scenario, Habits { closes_day: true, ..Habits::default() }).await;
    shop.gateway.play(&json!({ "partial_return": true }));
    let till = &shop.till;
    till.sign_in_manager().await;
    till.resize(width, height).await;
    let hand = Hand { till, taps: Cell::new(0) };

    for key in ["2", "0", "00"] {
        hand.press(key).await;
    }
    hand.press("Pay 20.00").await;
    till.present("Tap", PHONE).await;
    till.see(&["Approved", "20.00 EUR"]).await;
    till.press("Remove card").await;
    assert_eq!(hand.done("sale").await, 4);

    hand.follow("Refund").await;
    hand.press("Refund").await;
    hand.fill("Amount", "10.00").await;
    hand.fill("Reason", "half came back").await;
    till.see(&["After it: 10.00 EUR left."]).await;
    hand.press("Refund 10.00").await;
    till.see(&["Returned", "10.00 EUR"]).await;
    if width >= LIST_BESIDE {
        till.see(&["-10.00 EUR", "Returned in part Visa **** 0119"]).await;
    }
    assert_eq!(hand.done("half of it refunded").await, 5);

    hand.press("Back to the order").await;
    till.see(&["Can be refunded: 10.00 of 20.00 EUR"]).await;
    hand.follow("Receipt").await;
    till.see(&["CUSTOMER COPY", "20.00 EUR"]).await;
    till.evaluate("window.print = () => {};", vec![]).await;
    hand.press("Print").await;
    till.see(&["Handed to the browser's print"]).await;
    hand.press("Print").await;
    till.see(&["*** DUPLICATE 1, "]).await;
    assert_eq!(hand.done("receipt printed again").await, 4);

    hand.follow("Close day").await;
    till.see(&["Sale 1 20.00 EUR", "Returned 1 10.00 EUR", "Everything is final"]).await;
    hand.press("Close the day").await;
    till.see(&["Day closed", "Till and gateway agree"]).await;
    assert_eq!(hand.done("day closed").await, 2);

    let ledger = until(LIMIT, async || {
        let ledger = shop.gateway.ledger();
        (ledger.closings.len() == 1).then_some(ledger)
    });
    let ledger = ledger.await.expect("the gateway closed the day");
    assert_eq!((ledger.charges, ledger.charged, ledger.returned), (1, 2000, 1000), "{ledger:?}");
}

#[tokio::test]
async fn on_a_tablet() {
    shift("shift-tablet", (768, 1024)).await;
}

#[tokio::test]
async fn on_a_counter() {
    shift("shift-counter", (1280, 800)).await;
}
