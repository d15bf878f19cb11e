//! Keying an amount: sums, presets, tips, notes, limits, currencies, and what the customer sees of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop};
use serde_json::json;

const PHONE: &str = "Visa on a phone, tap only";

async fn shop(scenario: &str, settings: &'static str) -> Shop {
    Shop::open_with(scenario, Habits { settings, ..Habits::default() }).await
}

/// What a scanner types: faster than any finger, and Enter behind it.
async fn scan(shop: &Shop, code: &str) {
    let script = "
        const key = key => document.body.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
        [...arguments[0], 'Enter'].forEach(key);";
    shop.till.evaluate(script, vec![code.into()]).await;
}

#[tokio::test]
async fn a_sum_is_keyed_and_paid_and_outlives_a_reload() {
    let shop = shop("entry-sum", "").await;
    shop.till.press_all(&["3", "times", "2", "5", "0", "plus", "1", "00"]).await;
    shop.till.see(&["3 × 2.50 +", "1.00", "Total", "8.50 EUR", "Pay 8.50"]).await;
    shop.till.reload().await;
    shop.till.see(&["3 × 2.50 +", "Total", "8.50 EUR", "Pay 8.50"]).await;
    shop.till.press_all(&["delete", "delete", "delete"]).await;
    shop.till.see(&["Pay 7.50"]).await;
    shop.till.press_all(&["plus", "1", "0", "0", "Pay 8.50"]).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "8.50 EUR was charged to Visa **** 0119"]).await;
    assert_eq!(shop.gateway.ledger().charged, 850);
    shop.till.next_customer().await;
    shop.till.see(&["Last 8.50"]).await;
    shop.till.press_all(&["Last 8.50 EUR", "Pay 8.50"]).await;
    shop.till.see(&["8.50 EUR", "Tap, insert or swipe"]).await;
}

#[tokio::test]
async fn nothing_moves_while_the_page_starts() {
    let shop = shop("entry-start", "").await;
    for (width, height) in [(360, 740), (412, 823), (768, 1024), (1280, 800)] {
        shop.till.resize(width, height).await;
        shop.till.reload().await;
        shop.till.see(&["Pay 0.00", "Online", "Reader ready"]).await;
        let script = "return new Promise(tell => new PerformanceObserver(list => tell(list.getEntries()
            .map(({ value, sources }) => [value, sources.map(({ node }) => node?.outerHTML.slice(0, 60))])))
            .observe({ type: 'layout-shift', buffered: true }) || setTimeout(() => tell([]), 300))";
        let moved = shop.till.evaluate(script, vec![]).await;
        let sum: f64 = moved.as_array().unwrap().iter().map(|shift| shift[0].as_f64().unwrap()).sum();
        assert!(sum < 0.01, "at {width}: {moved}");
    }
}

#[tokio::test]
async fn what_is_half_keyed_stays_when_the_proxy_has_something_new_to_say() {
    let shop = shop("entry-half", "[till.keying]\nreference = true\n").await;
    shop.till.resize(360, 740).await;
    shop.till.press("More").await;
    shop.till.fill("Order reference", "T4").await;
    shop.till.sign_in_manager().await;
    shop.till.see(&["Lock Max"]).await;
    let script = "
        const field = document.activeElement;
        return [field.value, field.closest('#more')?.matches(':popover-open')];";
    assert_eq!(shop.till.evaluate(script, vec![]).await, json!(["T4", true]));
}

#[tokio::test]
async fn presets_limits_and_odd_amounts() {
    let settings = "[limits]\ntill = { EUR = 900000 }\n[till.keying]\n\
                    presets = [{ minor = 500, currency = \"EUR\" }, { minor = 1000, currency = \"EUR\" }]\n";
    let shop = shop("entry-limits", settings).await;
    shop.till.press_all(&["10.00 EUR"]).await;
    shop.till.see(&["Pay 10.00"]).await;
    shop.till.press_all(&["clear", "5.00 EUR", "clear", "5"]).await;
    shop.till.see(&["Pay 0.05"]).await;
    // The shop's endpoint takes 1,000.00 at most, which is less than the till's own limit.
    shop.till.press_all(&["clear", "9", "9", "9", "9", "9", "9"]).await;
    shop.till.see(&["The limit is 1,000.00 EUR", "Pay 999.99"]).await;
    shop.till.press_all(&["clear", "1", "2", "3", "1", "2"]).await;
    shop.till.see(&["Pay 123.12"]).await;
    shop.till.press_all(&["clear", "5", "7", "0"]).await;
    shop.till.press_all(&["Pay 5.70"]).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    shop.till.press("Cancel").await;
    shop.till.press("New sale").await;
}

#[tokio::test]
async fn an_amount_keyed_twice_is_asked_about_once() {
    let shop = shop("entry-odd", "").await;
    shop.till.press_all(&["1", "2", "3", "1", "2", "3"]).await;
    shop.till.see(&["The limit is 1,000.00 EUR"]).await;
    shop.till.press_all(&["clear", "0", "1", "1", "1", "1", "1"]).await;
    shop.till.see(&["Pay 111.11"]).await;
    // Five payments make something usual.
    for _ in 0..5 {
        shop.till.press_all(&["clear", "1", "5", "0", "Pay 1.50"]).await;
        shop.till.see(&["Tap, insert or swipe"]).await;
        shop.till.press_all(&["Cancel", "New sale"]).await;
    }
    shop.till.press_all(&["1", "5", "0", "0", "Pay 15.00"]).await;
    shop.till.see(&["15.00: is this right?", "Nothing was sent yet."]).await;
    shop.till.press("Back").await;
    shop.till.see(&["Pay 15.00"]).await;
    shop.till.press_all(&["Pay 15.00", "It is right"]).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "15.00 EUR was charged"]).await;
}

#[tokio::test]
async fn a_tip_is_added_and_a_large_one_is_asked_about() {
    let shop = shop("entry-tip", "[till.keying]\ntips = [5, 10, 15]\n").await;
    shop.till.press_all(&["2", "0", "00", "Pay 20.00"]).await;
    shop.till.see(&["20.00 EUR", "Add a tip?", "5%: 1.00", "10%: 2.00", "15%: 3.00"]).await;
    shop.till.press_all(&["Other tip", "1", "2", "00"]).await;
    shop.till.see(&["Tip 12.00 EUR", "Bill 20.00 EUR, in all 32.00 EUR"]).await;
    shop.till.press("Add tip").await;
    shop.till.see(&["Tip of 12.00 EUR on 20.00 EUR: is this right?"]).await;
    shop.till.press("Back").await;
    shop.till.press_all(&["Pay 20.00", "10%: 2.00"]).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "22.00 EUR was charged to Visa **** 0119"]).await;
    let attempt = shop.till.journal().await.remove(0);
    assert_eq!((attempt.draft.amount.minor, attempt.draft.tip), (2200, Some(200)));
    shop.till.next_customer().await;
    shop.till.see(&["Last 20"]).await;
    shop.till.press_all(&["5", "0", "0", "Pay 5.00", "No tip"]).await;
    shop.till.see(&["5.00 EUR", "Tap, insert or swipe"]).await;
}

#[tokio::test]
async fn a_scanned_code_is_the_reference_and_never_an_amount() {
    let shop = shop("entry-reference", "").await;
    shop.till.press_all(&["1", "2", "5", "0"]).await;
    scan(&shop, "4006381333931").await;
    shop.till.see(&["Pay 12.50"]).await;
    shop.till.press_all(&["Pay 12.50"]).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "12.50 EUR was charged"]).await;
    let order = shop.gateway.ledger().orders[0].clone();
    assert_eq!((order.merchant_data.as_str(), order.charged), ("4006381333931", 1250));
}

#[tokio::test]
async fn each_currency_is_charged_at_its_endpoint() {
    let settings = "[[gateway.endpoints]]\nendpoint = \"2222\"\ncurrency = \"USD\"\nlimit_minor = 50000\n";
    let mut shop = shop("entry-currencies", settings).await;
    shop.till.press_all(&["1", "2", "5", "0"]).await;
    shop.till.choose("//label[normalize-space(.)='USD']").await;
    shop.till.see(&["12.50 USD"]).await;
    shop.till.press("Pay 12.50").await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved", "12.50 USD was charged to Visa **** 0119"]).await;
    let order = shop.gateway.ledger().orders[0].clone();
    assert_eq!((order.endpoint.as_str(), order.currency.as_str(), order.charged), ("2222", "USD", 1250));
    shop.till.next_customer().await;
    shop.till.see(&["0.00 EUR"]).await;
    // A proxy that comes back asks where the order was sent.
    shop.gateway.play(&serde_json::json!({ "processing_ms": 3000 }));
    shop.till.choose("//label[normalize-space(.)='USD']").await;
    shop.till.press_all(&["7", "0", "0", "Pay 7.00"]).await;
    shop.till.present("Swipe", "Mastercard, stripe only").await;
    shop.till.see(&["Asking the bank"]).await;
    shop.proxy.stop();
    shop.proxy.run().await;
    shop.till.see(&["Approved", "7.00 USD was charged"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.charges, ledger.orders[1].endpoint.as_str()), (2, "2222"));
}

#[tokio::test]
async fn the_customer_sees_amount_prompt_and_result_and_nothing_of_staff_s() {
    let shop = shop("entry-customer", "").await;
    shop.till.open_second_tab(&format!("{}/customer/", shop.proxy.address)).await;
    shop.till.switch_tab(0).await;
    shop.till.press_all(&["1", "0", "1", "6"]).await;
    shop.till.switch_tab(1).await;
    shop.till.see_anywhere(&["Corner Shop", "10.16 EUR"]).await;
    shop.till.switch_tab(0).await;
    shop.till.press("Pay 10.16").await;
    shop.till.switch_tab(1).await;
    shop.till.see_anywhere(&["10.16 EUR", "Tap, insert or swipe", "Use the reader."]).await;
    shop.till.switch_tab(0).await;
    shop.till.press("Flip").await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Declined", "The card was not charged.", "Use another card."]).await;
    let flipped = shop.till.text().await;
    assert!(!flipped.contains("funds") && !flipped.contains("code"), "the customer reads it: {flipped}");
    shop.till.switch_tab(1).await;
    let seen = shop
        .till
        .see_anywhere(&["10.16 EUR", "Declined", "The card was not charged.", "Use another card."])
        .await;
    for staff in ["funds", "cashier", "0119", "till 1", "order", "code"] {
        assert!(!seen.contains(staff), "{staff}: {seen}");
    }
}
