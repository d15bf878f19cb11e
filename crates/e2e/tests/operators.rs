//! The people at the till, by the words that they see.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop, until};
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";
const MANAGER_PIN: &str = "258013";
const CASHIER_PIN: &str = "2580";

/// A shop whose till sells only for somebody who is signed in.
async fn shop(scenario: &str) -> Shop {
    Shop::open_with(scenario, Habits { open: false, ..Habits::default() }).await
}

/// The first start, and a cashier.
async fn staff(shop: &Shop) {
    let till = &shop.till;
    till.see(&["First start", "no default one"]).await;
    till.fill("Manager's name", "Max").await;
    till.fill("Manager's PIN", MANAGER_PIN).await;
    till.fill("The same PIN again", MANAGER_PIN).await;
    till.press("Make this the manager's PIN").await;
    till.see(&["People", "Max", "Manager", "Add a person"]).await;
    till.fill("Name", "Ann").await;
    till.fill("PIN", CASHIER_PIN).await;
    till.press("Add person").await;
    till.see(&["Saved", "Ann", "Not seen yet"]).await;
}

/// Keys the PIN of somebody on the pad.
async fn sign_in(shop: &Shop, name: &str, pin: &str) {
    shop.till.press("Touch to unlock").await;
    shop.till.see(&["Who is signing in?"]).await;
    shop.till.press(name).await;
    key_pin(shop, pin).await;
}

async fn key_pin(shop: &Shop, pin: &str) {
    shop.till.see(&["Staff PIN, not a card PIN"]).await;
    for digit in pin.chars() {
        shop.till.press(&digit.to_string()).await;
    }
    shop.till.press("Sign in").await;
}

#[tokio::test]
async fn a_sale_carries_who_took_it_and_wrong_pins_lock_out() {
    let shop = shop("operators").await;
    staff(&shop).await;
    for width in [360, 768, 1280] {
        shop.till.resize(width, 800).await;
        assert_eq!(shop.till.sticks_out().await, 0, "the people at {width} px");
    }
    shop.till.press("Lock Max").await;
    shop.till.see(&["Locked", "Corner Shop"]).await;
    sign_in(&shop, "Ann", CASHIER_PIN).await;
    shop.till.see(&["Till 1", "Lock Ann", "Pay 0.00"]).await;

    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "20.00 EUR was charged"]).await;
    shop.till.next_customer().await;
    let orders = shop.proxy.ask_as_manager("payments");
    assert!(orders.contains("\"operator\":\"Ann\""), "{orders}");

    shop.till.reload().await;
    shop.till.see(&["Till 1", "Lock Ann", "Pay 0.00"]).await;
    // A refund is not for a cashier.
    let id = shop.gateway.ledger().orders[0].client_orderid.clone();
    let script = "
        const headers = { 'content-type': 'application/json' };
        return (await fetch(`/api/v1/payments/${arguments[0]}/return`, { method: 'POST', headers })).json();";
    let refused = shop.till.evaluate(script, vec![id.into()]).await;
    assert_eq!((&refused["code"], &refused["status"]), (&"role".into(), &403.into()), "{refused}");
    assert_eq!(shop.gateway.ledger().returned, 0);

    shop.till.press("Lock Ann").await;
    shop.till.see(&["Locked"]).await;
    assert!(!shop.till.text().await.contains("20.00"), "no amounts on the stand-by screen");
    sign_in(&shop, "Ann", "0852").await;
    for left in ["4 tries", "3 tries", "2 tries", "1 try"] {
        shop.till.see(&[&format!("Wrong PIN, {left} left")]).await;
        key_pin(&shop, "0852").await;
    }
    shop.till.see(&["Too many wrong PINs. Wait 5 minutes"]).await;
    key_pin(&shop, CASHIER_PIN).await;
    shop.till.see(&["Too many wrong PINs. Wait 5 minutes"]).await;
    shop.till.press("Somebody else").await;
    shop.till.press("Max").await;
    key_pin(&shop, MANAGER_PIN).await;
    shop.till.see(&["Till 1", "Lock Max", "Pay 0.00"]).await;
    assert_eq!(shop.till.console().await.iter().filter(|line| line.contains("panicked")).count(), 0);
}

#[tokio::test]
async fn a_till_that_was_left_locks_itself_and_a_payment_goes_on() {
    let shop = shop("operators-idle").await;
    staff(&shop).await;
    shop.till.open(&shop.proxy.address).await;
    shop.till.see(&["Till 1", "Lock Max", "Pay 0.00"]).await;
    shop.gateway.play(&serde_json::json!({ "processing_ms": 600_000 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    // Somebody ends the session elsewhere.
    shop.till.evaluate("await fetch('/api/v1/sign-out', { method: 'POST' })", vec![]).await;
    let locked = until(Duration::from_secs(20), async || {
        let script = "return (await (await fetch('/api/v1/terminal')).json()).locked";
        (shop.till.evaluate(script, vec![]).await == true).then_some(())
    });
    assert!(locked.await.is_some());
    shop.gateway.advance_clock(600_000);
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    shop.till.press("Remove card").await;
    shop.till.press("New sale").await;
    shop.till.see(&["Locked", "Touch to unlock"]).await;
    sign_in(&shop, "Max", MANAGER_PIN).await;
    shop.till.see(&["Till 1", "Lock Max", "Pay 0.00"]).await;
}
