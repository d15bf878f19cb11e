//! A payment on its way, and its end.

use super::{CHIP, PHONE, PIN, open};
use crate::look::Walk;
use e2e::{Hold, Shop};
use serde_json::json;

/// The ends that the sandbox's table of amounts brings about.
const ENDS: [(u64, &str, &str); 6] = [
    (1001, "Card expired", "expired"),
    (1016, "Declined", "declined"),
    (1009, "Declined", "declined-pick-up"),
    (1055, "Wrong PIN", "wrong-pin"),
    (1051, "Not accepted", "filtered"),
    (1052, "Not completed", "error"),
];

pub(crate) async fn walk(walk: &Walk) {
    let mut shop = open("paying", "").await;
    asked(walk, &shop).await;
    let till = &shop.till;

    till.pay(2000).await;
    till.see(&["Tap, insert or swipe"]).await;
    till.hold("POST", "/payments", Hold::Request).await;
    till.hold_out("Tap", PHONE).await;
    till.see_held().await;
    till.see(&["Sending"]).await;
    walk.see(till, "sending").await;
    shop.gateway.play(&json!({ "processing_ms": 600_000 }));
    till.release(false).await;
    till.see(&["Asking the bank"]).await;
    till.advance_clock(25_000).await;
    till.see(&["slower than usual"]).await;
    walk.see(till, "waiting-for-bank").await;
    shop.gateway.play(&json!({ "processing_ms": 0 }));
    shop.gateway.advance_clock(600_000);
    till.see(&["Approved", "20.00 EUR was charged"]).await;
    till.press("Remove card").await;
    walk.see(till, "approved").await;
    till.press("New sale").await;

    till.pay(2000).await;
    till.present("Tap", PHONE).await;
    till.see(&["Charge the same again?"]).await;
    walk.see(till, "repeated").await;
    shop.till.press_all(&["Cancel", "New sale"]).await;

    for (minor, title, name) in ENDS {
        till.pay(minor).await;
        till.present("Tap", PHONE).await;
        till.see(&[title, "The card was not charged."]).await;
        till.press("Remove card").await;
        walk.see(till, name).await;
        till.press("New sale").await;
        till.see(&["Pay 0.00"]).await;
    }

    till.pay(1116).await;
    till.press("Flip").await;
    till.present("Tap", PHONE).await;
    till.see(&["Declined", "Use another card."]).await;
    walk.see(till, "declined-flipped").await;
    till.next_customer().await;

    shop.gateway.play(&json!({ "approve_at_most": 1500 }));
    till.pay(2100).await;
    till.present("Tap", PHONE).await;
    till.see(&["Approved for less"]).await;
    walk.see(till, "approved-for-less").await;
    till.press("Give back").await;
    till.see(&["Returned", "Nothing stays charged."]).await;
    walk.see(till, "given-back").await;
    till.next_customer().await;

    till.see(&["Reader ready"]).await;
    till.choose("//button[@data-testid='reader-state']").await;
    till.see(&["Test prompt", "Export"]).await;
    walk.see(till, "reader").await;
    till.press("Back").await;
    till.pay(700).await;
    till.see(&["Tap, insert or swipe"]).await;
    till.reader_fault("Silent").await;
    till.press("Cancel").await;
    till.see(&["Cancelling", "Stopping the reader"]).await;
    walk.see(till, "cancelling").await;
    till.see(&["Reader not answering"]).await;
    walk.see(till, "reader-not-answering").await;
    till.press("New sale").await;

    shop.proxy.stop();
    shop.till.see(&["No connection"]).await;
    walk.see(&shop.till, "keypad-no-connection").await;
}

/// What is asked of the customer before anything is sent.
async fn asked(walk: &Walk, shop: &Shop) {
    let till = &shop.till;
    till.pay(2000).await;
    till.see(&["Tap, insert or swipe"]).await;
    walk.see(till, "present-card").await;
    till.advance_clock(31_000).await;
    till.see(&["Keep waiting"]).await;
    walk.see(till, "present-card-keep-waiting").await;
    till.press("Keep waiting").await;
    till.hold_out("Insert", PIN).await;
    till.see(&["Enter PIN"]).await;
    shop.till.press_all(&["PIN 1", "PIN 2"]).await;
    till.see(&["\u{25cf}\u{25cf}"]).await;
    walk.see(till, "pin-on-reader").await;
    till.press("Cancel").await;
    till.see(&["Cancelled"]).await;
    walk.see(till, "cancelled").await;
    till.press("Remove card").await;
    till.press("New sale").await;
    till.pay(2000).await;
    till.present("Insert", CHIP).await;
    till.see(&["Approved", "Remove the card"]).await;
    walk.see(till, "approved-card-in").await;
    till.next_customer().await;
}
