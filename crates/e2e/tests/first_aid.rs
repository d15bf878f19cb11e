//! First aid: what keeps a till from paying, and what support gets to read.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{CONTROL_KEY, Needle, Shop, search};
use payment::attempt::AttemptId;
use payment::trace::TraceId;

const PHONE: &str = "Visa on a phone, tap only";

async fn open_first_aid(shop: &Shop) {
    shop.till.open(&format!("{}/office/#first-aid", shop.proxy.address)).await;
    shop.till.see(&["First aid", "This device is on a network."]).await;
}

#[tokio::test]
async fn it_says_in_order_what_works_and_who_mends_the_rest() {
    let mut shop = Shop::open("first-aid").await;
    shop.till.see(&["Pay 0.00"]).await;
    // The way there is at the reader page, and nobody has to sign in.
    shop.till.choose("//*[@data-testid='reader-state']").await;
    shop.till.press("First aid").await;
    shop.till
        .see(&[
            "Reader Works The till said last",
            "Reader ready",
            "This device is on a network.",
            "It answers. Version",
            "The server stores payments.",
            "It can be connected to.",
        ])
        .await;
    // The virtual reader is on no port: that line is the first that is wrong, and says who does what.
    shop.till
        .see(&["Wrong No reader that this page may use is plugged in. Cashier: connect the reader"])
        .await;
    let filled = "document.querySelector('.filled').innerText";
    shop.till.wait_for(&format!("{filled} === 'Check again'")).await;

    // A machine whose clock is wrong.
    shop.till.advance_clock(300_000).await;
    shop.till.press("Check again").await;
    shop.till.see(&["ahead of the server. Manager: set this device's clock."]).await;
    shop.till.advance_clock(0).await;

    shop.gateway.stop();
    shop.proxy.stop();
    shop.till.press("Check again").await;
    shop.till
        .see(&[
            "It does not answer. Nothing can be charged meanwhile.",
            "It can be checked once what is above works.",
        ])
        .await;
    shop.till.follow("Back to the till").await;
}

#[tokio::test]
async fn support_gets_every_call_of_the_last_payments_and_no_card() {
    let shop = Shop::open("first-aid-export").await;
    shop.till.sell(2000).await;
    let order = shop.gateway.ledger().orders.remove(0);
    let attempt: AttemptId = order.client_orderid.parse().unwrap();
    let trace = TraceId::of(&attempt).to_string();
    open_first_aid(&shop).await;
    shop.till.see(&["Last payments of this till", "Approved"]).await;
    let catch = "
        HTMLAnchorElement.prototype.click = function () {
            if (this.download) window.saved = { name: this.download, text: decodeURIComponent(this.href.split(',')[1]) };
        };";
    shop.till.evaluate(catch, vec![]).await;
    shop.till.press("Export for support").await;
    shop.till.wait_for("!!window.saved").await;
    let name = shop.till.evaluate("return window.saved.name", vec![]).await;
    assert!(name.as_str().unwrap().starts_with("first-aid-"), "{name}");
    let file = shop.till.evaluate("return window.saved.text", vec![]).await;
    let file = file.as_str().unwrap();
    for words in
        ["CHECKS", &format!("PAYMENT {attempt}"), "Approved", &trace, "Pay pressed", "sale:", "status"]
    {
        assert!(file.contains(words), "no {words:?} in {file}");
    }
    let card = reader_sim::cards().iter().find(|card| card.name == PHONE).unwrap();
    let needles = [Needle::new("card number", card.pan), Needle::new("control key", CONTROL_KEY)];
    let planted = [file.as_bytes(), &needles[0].planted()].concat();
    assert_eq!(search(&needles, &planted).len(), 1, "the search finds nothing");
    assert!(search(&needles, file.as_bytes()).is_empty(), "{file}");
}

#[tokio::test]
async fn an_order_shows_who_asked_whom_what_and_how_long_it_took() {
    let shop = Shop::open("first-aid-trace").await;
    shop.till.sell(2000).await;
    let attempt = shop.gateway.ledger().orders[0].client_orderid.clone();
    let trace = TraceId::of(&attempt.parse().unwrap()).to_string();
    shop.till.sign_in_manager().await;
    shop.till.open(&format!("{}/office/#order/{attempt}", shop.proxy.address)).await;
    shop.till.see(&["Approved", "Visa **** 0119"]).await;
    shop.till.choose("//details[contains(@class, 'trace')]/summary").await;
    shop.till.see(&[&format!("Trace {trace}."), "Pay pressed", "sale:", " ms"]).await;
}
