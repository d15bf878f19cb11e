//! A kiosk, where customers serve themselves: from the attract screen to its reset, and no way out.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop};
use serde_json::json;

const PHONE: &str = "Visa on a phone, tap only";
const START: &str = "Touch to start";

async fn kiosk(scenario: &str) -> Shop {
    let shop = Shop::open_with(scenario, Habits { attended: false, ..Habits::default() }).await;
    shop.till.see(&["Corner Shop", "Card payment", START]).await;
    shop
}

#[tokio::test]
async fn a_customer_pays_and_the_kiosk_forgets_him() {
    let shop = kiosk("self-service-pay").await;
    shop.till.press(START).await;
    shop.till.pay(1250).await;
    shop.till.see(&["12.50 EUR", "Tap, insert or swipe", "You can also pay at the counter."]).await;
    assert!(!shop.till.text().await.contains("flip"), "nobody of the shop stands on the other side");
    shop.till.hold_out("Tap", PHONE).await;
    shop.till.see(&["Approved", "12.50 EUR was charged to Visa **** 0119.", "Back to start in"]).await;
    let text = shop.till.text().await;
    for staffs in ["receipt", "refund", "new sale", "hand over", "order "] {
        assert!(!text.contains(staffs), "a customer sees {staffs:?}: {text}");
    }
    shop.till.press("Remove card").await;
    shop.till.leave_alone_for(16_000).await;
    shop.till.see(&[START]).await;
    // Nothing of him is left.
    shop.till.press(START).await;
    shop.till.see(&["Pay 0.00"]).await;
    assert!(!shop.till.text().await.contains("12.50"), "{}", shop.till.text().await);
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges, ledger.charged), (1, 1, 1250), "{ledger:?}");
}

#[tokio::test]
async fn a_customer_who_goes_away_is_asked_and_then_forgotten() {
    let shop = kiosk("self-service-idle").await;
    shop.till.press(START).await;
    shop.till.press_all(&["1", "2", "00"]).await;
    shop.till.see(&["Pay 12.00"]).await;
    shop.till.press("Larger text").await;
    shop.till.choose("//footer//option[@value='de']").await;
    shop.till.see(&["12,00 bezahlen"]).await;
    let key = "return document.querySelector('.keypad .filled').getBoundingClientRect().top";
    let before = shop.till.evaluate(key, vec![]).await;
    shop.till.leave_alone_for(46_000).await;
    shop.till.see(&["Zurück zum Start in 0:"]).await;
    assert_eq!(shop.till.evaluate(key, vec![]).await, before, "the keys moved");
    let alert = "document.querySelector('[role=alert]').textContent === 'Wird mehr Zeit gebraucht?'";
    shop.till.wait_for(alert).await;
    // One touch, as often as somebody likes.
    shop.till.press("Mehr Zeit").await;
    shop.till.see(&["12,00 bezahlen"]).await;
    shop.till.wait_for("!document.querySelector('footer').innerText.includes('0:')").await;
    shop.till.leave_alone_for(76_000).await;
    // In the shop's language again, in its size, and with no amount.
    shop.till.see(&["Card payment", START]).await;
    shop.till.wait_for("!document.querySelector('.larger')").await;
    shop.till.press(START).await;
    shop.till.see(&["Pay 0.00"]).await;
    assert!(shop.gateway.ledger().orders.is_empty());
}

#[tokio::test]
async fn what_is_not_known_yet_is_the_shops_to_follow() {
    let shop = kiosk("self-service-not-known").await;
    shop.till.press(START).await;
    // The bank thinks for ever.
    shop.till.pay(1060).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    assert!(!shop.till.text().await.contains("back to start"), "a payment that is open is not left");
    shop.till.advance_clock(121_000).await;
    shop.till.see(&["Result not known yet", "Please do not pay again.", "Back to start in"]).await;
    shop.till.press("Remove card").await;
    shop.till.press("Done").await;
    shop.till.see(&[START]).await;
    shop.till.press(START).await;
    shop.till.see(&["Pay 0.00"]).await;
    assert!(!shop.till.text().await.contains("not known"), "it is no business of the next customer");
    assert_eq!(shop.gateway.ledger().orders.len(), 1);
}

#[tokio::test]
async fn nothing_on_a_kiosk_leads_out_of_it() {
    let mut shop = kiosk("self-service-way-out").await;
    let menu = "
        const menu = new MouseEvent('contextmenu', { bubbles: true, cancelable: true });
        document.querySelector('.terminal h1').dispatchEvent(menu);
        return menu.defaultPrevented;";
    assert_eq!(shop.till.evaluate(menu, vec![]).await, json!(true), "the browser shows its menu");
    // The word for staff leads to their PIN; nothing else leads anywhere.
    let links = "return [...document.querySelectorAll('.terminal a')].map(a => a.getAttribute('href'));";
    assert_eq!(shop.till.evaluate(links, vec![]).await, json!(["/office/#lock"]));
    shop.till.press(START).await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.choose("//*[@data-testid='reader-state']").await;
    assert_eq!(shop.till.evaluate(links, vec![]).await, json!(["/office/#lock"]));
    let more = "document.querySelector('#more').innerText";
    let fields = shop.till.evaluate(&format!("return {more}"), vec![]).await;
    assert!(fields.as_str().unwrap().contains("E-mail for the receipt"), "{fields}");
    assert!(
        !["Customer's screen", "Install", "Note"].iter().any(|w| fields.as_str().unwrap().contains(w)),
        "{fields}"
    );

    shop.proxy.stop();
    shop.till.leave_alone_for(76_000).await;
    shop.till.see(&["Out of order", "You can also pay at the counter.", "No connection"]).await;
}
