//! After the sale: the list of payments, an order, its receipt, and giving money back, by the words on the screen.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Hold, Shop, until};
use serde_json::{Value, json};
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";
const STRIPE: &str = "Mastercard, stripe only";
const LIMIT: Duration = Duration::from_secs(20);

/// A shop whose manager is signed in.
async fn open(scenario: &str) -> Shop {
    let shop = Shop::open(scenario).await;
    shop.till.sign_in_manager().await;
    shop
}

/// Takes a payment to its approved screen.
async fn sale(shop: &Shop, minor: u64, verb: &str, card: &str) {
    shop.till.pay(minor).await;
    shop.till.present(verb, card).await;
    shop.till.see(&["Approved"]).await;
}

/// What the page hands to the browser's print is counted instead.
async fn count_prints(shop: &Shop) {
    shop.till.evaluate("window.printed = 0; window.print = () => { window.printed += 1; };", vec![]).await;
}

async fn printed(shop: &Shop, times: u64) {
    let seen = until(LIMIT, async || {
        (shop.till.evaluate("return window.printed", vec![]).await == json!(times)).then_some(())
    });
    assert!(seen.await.is_some(), "{times} prints");
}

/// Whether the element is there, and seen.
async fn is_seen(shop: &Shop, selector: &str) -> bool {
    let script = "return document.querySelector(arguments[0])?.checkVisibility() ?? false";
    shop.till.evaluate(script, vec![json!(selector)]).await == json!(true)
}

#[tokio::test]
async fn a_sale_is_found_again_and_its_receipt_printed_twice() {
    let shop = open("history-receipt").await;
    let till = &shop.till;
    sale(&shop, 1250, "Swipe", STRIPE).await;
    till.press("New sale").await;
    sale(&shop, 2000, "Tap", PHONE).await;
    till.next_customer().await;

    till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    till.see(&["History", "Today", "20.00 EUR", "12.50 EUR", "Approved Visa **** 0119"]).await;
    till.fill("Search", "0434").await;
    let only = until(LIMIT, async || {
        let text = till.text().await;
        (text.contains("12.50 eur") && !text.contains("20.00 eur")).then_some(())
    });
    assert!(only.await.is_some(), "{}", till.text().await);
    till.fill("Search", "12.50").await;
    till.see(&["12.50 EUR"]).await;

    till.open_payment("12.50 EUR").await;
    till.see(&[
        "Order ",
        "12.50 EUR was charged to Mastercard **** 0434",
        "Can be refunded: 12.50 of 12.50 EUR",
    ])
    .await;
    till.see(&[
        "What happened",
        "Till Card read, payment sent: 12.50 EUR",
        "Gateway Taken: order",
        "Gateway Approved: 12.50 EUR",
    ])
    .await;

    till.follow("Receipt").await;
    let head = [
        "CORNER SHOP",
        "1 High Street",
        "CUSTOMER COPY",
        "*** TEST, NOT A RECEIPT ***",
        "Not a fiscal receipt.",
    ];
    till.see(&head).await;
    assert!(!till.text().await.contains("sign x"), "the shop keeps what is signed");
    till.press("Merchant copy").await;
    till.see(&["MERCHANT COPY", "APPROVED", "Sign X", "**** **** **** 0434"]).await;
    count_prints(&shop).await;
    till.press("Print").await;
    printed(&shop, 1).await;
    till.see(&["Handed to the browser's print"]).await;
    assert!(!till.text().await.contains("duplicate"));
    till.press("Print").await;
    printed(&shop, 2).await;
    till.see(&["*** DUPLICATE 1, "]).await;
    till.press("Customer copy").await;
    till.press("Print").await;
    printed(&shop, 3).await;
    assert!(!till.text().await.contains("duplicate"), "each copy is counted for itself");

    // On paper there is the receipt and nothing else, 72 of 80 mm wide on a roll.
    till.evaluate("for (const details of document.querySelectorAll('details')) details.open = true;", vec![])
        .await;
    for (paper, page) in [("80 mm", "slip"), ("A4", "a4")] {
        till.pick("Paper", paper).await;
        till.show_print(true).await;
        for (selector, seen) in [
            (".paper-roll", true),
            (".paper-roll .tall", true),
            (".strip", false),
            (".office nav", false),
            (".tools", false),
        ] {
            assert_eq!(is_seen(&shop, selector).await, seen, "{selector} on {paper}");
        }
        let style = "
            const sheet = document.querySelector('.sheet'), style = getComputedStyle(sheet);
            const roll = getComputedStyle(document.querySelector('.paper-roll'));
            return [style.page, Math.round(sheet.getBoundingClientRect().width), roll.color, roll.backgroundColor];";
        let expected = json!([page, 272, "rgb(0, 0, 0)", "rgb(255, 255, 255)"]);
        assert_eq!(till.evaluate(style, vec![]).await, expected, "72 mm, black on white");
        till.show_print(false).await;
    }
    till.follow("Back to the order").await;
    till.see(&["Staff Receipt printed: merchant's copy", "Staff Receipt printed: customer's copy"]).await;
    assert_eq!(till.console().await, Vec::<String>::new());
}

#[tokio::test]
async fn a_signature_is_on_the_merchants_paper_and_nowhere_else() {
    let shop = open("history-signature").await;
    let till = &shop.till;
    sale(&shop, 1250, "Swipe", STRIPE).await;
    till.follow("Receipt").await;
    till.see(&["CUSTOMER COPY"]).await;
    assert!(!till.text().await.contains("sign on the screen"), "the customer's copy is not signed");
    till.press("Merchant copy").await;
    till.see(&["Sign X", "Sign on the screen"]).await;
    till.evaluate("for (const details of document.querySelectorAll('details')) details.open = true;", vec![])
        .await;
    till.see(&["Customer: sign here, or on the paper slip."]).await;
    let draw = "
        const pad = document.querySelector('.pad'), { left, top } = pad.getBoundingClientRect();
        const at = (kind, x, y) => pad.dispatchEvent(
            new PointerEvent(kind, { bubbles: true, clientX: left + x, clientY: top + y }));
        at('pointerdown', 20, 30); at('pointermove', 60, 50); at('pointermove', 90, 20); at('pointerup', 90, 20);
        at('pointermove', 5, 5);";
    till.evaluate(draw, vec![]).await;
    let strokes = "return document.querySelector('.paper-roll .signed path')?.getAttribute('d').match(/[ML]/g).join('')";
    let drawn = until(LIMIT, async || (till.evaluate(strokes, vec![]).await == json!("MLLL")).then_some(()));
    assert!(drawn.await.is_some(), "what was drawn is on the paper, and nothing after the pen was lifted");
    count_prints(&shop).await;
    till.record().await;
    till.press("Print").await;
    printed(&shop, 1).await;
    let calls = till.calls().await;
    let prints = calls.iter().find(|call| call["url"].as_str().unwrap().ends_with("/prints")).unwrap();
    assert!(
        prints["body"].as_str().unwrap().len() < 80,
        "the print is counted, and the drawing stays here: {prints}"
    );
    till.press("Clear").await;
    till.see(&["Sign X"]).await;
}

#[tokio::test]
async fn the_approved_screen_leads_to_receipt_and_refund() {
    let shop = open("history-links").await;
    let till = &shop.till;
    sale(&shop, 2000, "Tap", PHONE).await;
    till.press("Remove card").await;
    till.follow("Refund").await;
    till.see(&["20.00 EUR was charged to Visa **** 0119"]).await;
    till.follow("Back to the till").await;
    till.see(&["Approved"]).await;
    till.follow("Receipt").await;
    till.see(&["CUSTOMER COPY", "APPROVED", "20.00 EUR"]).await;
}

#[tokio::test]
async fn a_refund_is_one_request_however_often_it_is_pressed() {
    let shop = open("history-refund").await;
    let till = &shop.till;
    sale(&shop, 840, "Tap", PHONE).await;
    till.press("Remove card").await;
    till.follow("Refund").await;
    till.press("Refund").await;
    till.see(&["Refund 8.40 EUR", "Charged: 8.40 EUR. Left: 8.40 EUR.", "Say why; it goes to the gateway."])
        .await;
    till.press("Back").await;
    till.press("Refund").await;
    till.fill("Reason", "goods came back").await;
    // The answer to the first post is lost; the same request goes out again by itself.
    till.hold("POST", "/return", Hold::Answer).await;
    till.press("Refund 8.40").await;
    till.see_held().await;
    till.see(&["Sent, can no longer be cancelled", "8.40 EUR"]).await;
    till.release(true).await;
    till.see(&["Returned"]).await;
    till.press("Back to the order").await;
    till.see(&["Returned", "What happened", "Gateway Returned"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.charges, ledger.returned, ledger.orders[0].returns), (1, 840, 1), "{ledger:?}");
    assert!(!till.text().await.contains("can be refunded"));
}

#[tokio::test]
async fn what_needs_a_person_stands_on_top_and_a_page_without_its_server_says_so() {
    let mut shop = open("history-open").await;
    for minor in [1000, 1100] {
        sale(&shop, minor, "Tap", PHONE).await;
        shop.till.next_customer().await;
    }
    shop.gateway.play(&json!({ "processing_ms": 600_000 }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    let sent = until(LIMIT, async || (shop.gateway.ledger().orders.len() == 3).then_some(()));
    assert!(sent.await.is_some());

    shop.till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till
        .see(&["Results not known yet: 1", "20.00 EUR", "Asking Visa **** 0119", "Today", "11.00 EUR"])
        .await;
    let text = shop.till.text().await;
    assert!(text.find("20.00 eur") < text.find("today"), "what is not known stands above the rest: {text}");
    shop.till.open_payment("20.00 EUR").await;
    shop.till.see(&["Result not known yet", "Reference", "Receipt"]).await;
    assert!(!shop.till.text().await.contains("refund"), "nothing can be given back of what is not known");
    shop.till.follow("Receipt").await;
    shop.till.see(&["RESULT NOT KNOWN YET", "NOT A RECEIPT", "Do not charge this sale again."]).await;
    shop.till.follow("Back to the order").await;
    shop.till.follow("Back to the list").await;
    shop.till.see(&["11.00 EUR"]).await;

    shop.proxy.stop();
    shop.till.fill("Search", "11.00").await;
    shop.till.see(&["Offline: this till only", "11.00 EUR", "No connection"]).await;
    shop.till.open_payment("11.00 EUR").await;
    shop.till.see(&["11.00 EUR was charged to Visa **** 0119", "Offline: this till only"]).await;
    shop.till.follow("Receipt").await;
    shop.till.see(&["CUSTOMER COPY", "11.00 EUR"]).await;
    count_prints(&shop).await;
    shop.till.press("Print").await;
    printed(&shop, 1).await;
    shop.till.see(&["*** DUPLICATE, NOT COUNTED ***"]).await;

    shop.proxy.run().await;
    shop.till.follow("Back to the order").await;
    shop.till.follow("Back to the list").await;
    shop.till.fill("Search", "").await;
    shop.till.see(&["Online", "Results not known yet: 1", "10.00 EUR"]).await;
}

#[tokio::test]
async fn only_the_rows_that_are_seen_are_in_the_page_and_all_are_in_the_file() {
    let shop = open("history-long").await;
    sale(&shop, 1000, "Tap", PHONE).await;
    shop.till.next_customer().await;
    // A long list, as the proxy would say it.
    let script = "
        const [id] = arguments, fetch = window.fetch.bind(window);
        const page = await (await fetch('/api/v1/history')).json(), [view] = page.payments;
        window.asked = [];
        window.fetch = async (url, init) => {
            if (!String(url).startsWith('/api/v1/history?')) return fetch(url, init);
            const begin = Number(new URLSearchParams(url.split('?')[1]).get('before') ?? 0);
            asked.push(begin);
            const payments = [...Array(50).keys()].map(at => {
                const n = begin + at, copy = structuredClone(view), letter = k => String.fromCharCode(65 + k % 26);
                copy.terms.attempt = 'AAAAAAAAAAAAAAAAA' + letter(n / 676) + letter(n / 26) + letter(n);
                copy.terms.amount.minor = copy.outcome.amount.minor = 100000 + n;
                return copy;
            });
            const next = begin < 950 ? String(begin + 50) : undefined;
            return new Response(JSON.stringify({ open: [], payments, next }));
        };";
    shop.till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till.see(&["10.00 EUR"]).await;
    shop.till.evaluate(script, vec![]).await;
    shop.till.fill("Search", "1").await;
    shop.till.see(&["1,000.00 EUR"]).await;
    let look = "
        const list = document.querySelector('.rows');
        list.scrollTop = list.scrollHeight;
        return [document.querySelectorAll('.rows li').length, list.scrollHeight, asked.at(-1)];";
    let mut seen = Value::Null;
    let all = until(LIMIT, async || {
        seen = shop.till.evaluate(look, vec![]).await;
        (seen[2] == json!(950) && seen[1].as_u64()? > 60_000).then_some(())
    });
    assert!(all.await.is_some(), "the whole list is read as it is scrolled: {seen}");
    assert!(seen[0].as_u64().unwrap() < 100, "of a thousand rows {seen} are in the page");
    shop.till.see(&["1,009.99 EUR"]).await;

    let file = shop.till.evaluate("return (await fetch('/api/v1/history.csv')).text()", vec![]).await;
    let file = file.as_str().unwrap();
    assert_eq!(file.lines().count(), 2, "{file}");
    assert!(
        file.contains(",sale,10.00,10.00,EUR,approved,") && file.contains(",Visa,0119,contactless,"),
        "{file}"
    );
    let link = "
        document.querySelector('.filters').open = true;
        return [...document.querySelectorAll('a')].find(a => a.innerText === 'Export CSV').getAttribute('href')";
    assert_eq!(shop.till.evaluate(link, vec![]).await, json!("/api/v1/history.csv?q=1"));
}
