//! First aid and the trace of a payment, by the words on the screen: what is wrong, in order, and the file for support.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{CONTROL_KEY, Habits, Needle, Shop, search, until};
use payment::attempt::AttemptId;
use payment::trace::{TraceId, TraceParent};
use reader_sim::cards;
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

const CHIP: &str = "Visa, chip without PIN";
const CHIP_AND_PIN: &str = "Mastercard, chip and PIN 73051928";
const LIMIT: Duration = Duration::from_secs(20);
const TRACED: Habits = Habits { settings: "[gateway.dialect]\nsend_traceparent = true", ..Habits::USUAL };

/// The browser says that a reader is there which this page may use.
const GRANTED: &str =
    "navigator.serial.getPorts = async () => [{ getInfo: () => ({ usbVendorId: 0x2DDA }) }]";

/// The words of the line of this name.
async fn line(shop: &Shop, name: &str) -> String {
    let script = "
        const lines = [...document.querySelectorAll('.checks li')];
        return lines.find(line => line.children[1].innerText === arguments[0])?.innerText ?? ''";
    let words = shop.till.evaluate(script, vec![json!(name)]).await;
    words.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Waits until the line of this name says these words.
async fn see_line(shop: &Shop, name: &str, words: &str) {
    let seen = until(LIMIT, async || line(shop, name).await.contains(words).then_some(()));
    assert!(seen.await.is_some(), "{name} does not say {words:?}: {}", shop.till.text().await);
}

async fn open(shop: &Shop) {
    shop.till.open(&format!("{}/office/#first-aid", shop.proxy.address)).await;
    shop.till.see(&["First aid", "Last payments of this till"]).await;
}

/// The name of the one filled button.
async fn filled(shop: &Shop) -> Value {
    let script = "return [...document.querySelectorAll('.filled')].map(button => button.innerText).join('|')";
    shop.till.evaluate(script, vec![]).await
}

async fn see_filled(shop: &Shop, name: &str) {
    let seen = until(LIMIT, async || (filled(shop).await == json!(name)).then_some(()));
    assert!(seen.await.is_some(), "{name} is not filled: {}", filled(shop).await);
}

/// Opens everything that can be unfolded.
async fn unfold(shop: &Shop) {
    let script = "for (const details of document.querySelectorAll('details')) details.open = true";
    shop.till.evaluate(script, vec![]).await;
}

#[tokio::test]
async fn what_is_wrong_stands_in_order_and_the_way_out_is_filled() {
    let mut shop = Shop::open("first-aid").await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.sell(840).await;
    // The till's reader page leads there, and what it says goes along.
    shop.till.choose("//*[@data-testid='reader-state']").await;
    shop.till.press("First aid").await;
    see_line(&shop, "Reader", "Works The till said last").await;
    see_line(&shop, "Reader", "State: Reader ready").await;
    see_line(&shop, "Permission", "Wrong No reader that this page may use is plugged in. Cashier: connect")
        .await;
    see_line(&shop, "Clock", "Works").await;
    see_filled(&shop, "Check again").await;
    shop.till.evaluate(GRANTED, vec![]).await;
    shop.till.press("Check again").await;
    shop.till.see(&["All of it works."]).await;
    for (name, words) in [
        ("Permission", "Works Readers that this page may use: 1."),
        ("Network", "Works This device is on a network."),
        ("Server", "Works It answers. Version 0.1.0."),
        ("Storage", "Works The server stores payments."),
        ("Gateway", "Works It can be connected to. It answered last at"),
        ("Clock", "Works This device, the server and the gateway agree."),
    ] {
        assert!(line(&shop, name).await.contains(words), "{name}: {}", line(&shop, name).await);
    }
    see_filled(&shop, "Back to the till").await;
    for width in [320, 768, 1280] {
        shop.till.resize(width, 800).await;
        assert_eq!(shop.till.sticks_out().await, 0, "first aid at {width} px");
    }

    // The proxy goes, and comes again without a press.
    shop.proxy.stop();
    see_line(&shop, "Server", "Wrong It does not answer. Nothing can be charged meanwhile. Manager: check")
        .await;
    see_line(&shop, "Storage", "Not known").await;
    see_line(&shop, "Gateway", "Not known").await;
    see_filled(&shop, "Check again").await;
    // Of a proxy that has just started, the gateway is tried anew.
    shop.gateway.stop();
    shop.proxy.run().await;
    see_line(&shop, "Gateway", "Wrong The server cannot connect to it. Manager: check").await;
    see_line(&shop, "Server", "Works").await;
    shop.till.see(&["Begin with the first line that is wrong."]).await;
    let spoken = "return document.querySelector('p[role=status]').innerText";
    let spoken = shop.till.evaluate(spoken, vec![]).await;
    assert!(spoken.as_str().unwrap().starts_with("Gateway: Wrong. The server cannot connect"), "{spoken}");
    assert_eq!(shop.till.console().await.iter().filter(|line| line.contains("panicked")).count(), 0);
}

#[tokio::test]
async fn a_wrong_clock_and_no_network_are_named() {
    let shop = Shop::open("first-aid-clock").await;
    open(&shop).await;
    shop.till.evaluate(GRANTED, vec![]).await;
    shop.till.press("Check again").await;
    shop.till.see(&["All of it works."]).await;
    shop.till.advance_clock(125_500).await;
    shop.till.press("Check again").await;
    see_line(&shop, "Clock", "Wrong This device is 2 min 5 s ahead of the server. Manager: set").await;
    shop.till.advance_clock(0).await;

    // The proxy's own troubles, as it would say them.
    let script = "
        const fetch = window.fetch.bind(window);
        window.fetch = async (url, init) => {
            const answer = await fetch(url, init);
            if (!String(url).endsWith('/health')) return answer;
            const health = await answer.json();
            health.version = '9.9.9';
            health.store_writes = false;
            health.gateway.clock_ahead_s = -90;
            health.gateway.ended = 'refused';
            return new Response(JSON.stringify(health));
        };";
    shop.till.evaluate(script, vec![]).await;
    shop.till.press("Check again").await;
    see_line(&shop, "Server", "Wrong Its version is 9.9.9, this page's is 0.1.0. Cashier: close").await;
    see_line(&shop, "Storage", "Wrong The server cannot store, so it takes no payments. Support:").await;
    see_line(&shop, "Gateway", "Wrong It refuses this till. Support: check key").await;
    see_line(&shop, "Clock", "The server is 1 min 30 s behind the gateway").await;

    shop.till.command("Network.enable", &json!({})).await;
    let offline = json!({ "offline": true, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
    shop.till.command("Network.emulateNetworkConditions", &offline).await;
    shop.till.press("Check again").await;
    see_line(&shop, "Network", "Wrong This device is on no network.").await;
    see_line(&shop, "Server", "Wrong It does not answer.").await;
    assert!(
        shop.till.see_anywhere(&["Network: Wrong. This device is on no network."]).await.contains("cable")
    );
}

#[tokio::test]
async fn it_is_there_without_a_server_and_in_another_language() {
    let mut shop = Shop::open("first-aid-offline").await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.see_kept().await;
    // While a payment is open nothing leads there.
    shop.till.pay(840).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    let links = "return document.querySelectorAll('a[href*=first-aid]').length";
    assert_eq!(shop.till.evaluate(links, vec![]).await, json!(0));
    shop.till.press("Cancel").await;
    shop.till.press("New sale").await;
    shop.till.see(&["Pay 0.00"]).await;

    shop.proxy.stop();
    shop.till.reload().await;
    shop.till.see(&["No connection", "Nothing can be charged now."]).await;
    shop.till.press("First aid").await;
    see_line(&shop, "Server", "Wrong It does not answer.").await;
    shop.till.see(&["Last payments of this till", "Not sent"]).await;
    shop.proxy.run().await;
    see_line(&shop, "Server", "Works").await;
    shop.till.pick("Language", "العربية").await;
    shop.till.see(&["إسعافات أولية", "الخادم", "يعمل"]).await;
}

/// Keeps what the page has the browser save.
const SAVED: &str = "
    HTMLAnchorElement.prototype.click = function () {
        window.saved = [this.download, decodeURIComponent(this.href.split(',').slice(1).join(','))];
    }";

async fn exported(shop: &Shop) -> String {
    shop.till.evaluate(SAVED, vec![]).await;
    shop.till.press("Export for support").await;
    let saved = until(LIMIT, async || {
        let saved = shop.till.evaluate("return window.saved", vec![]).await;
        saved[0]
            .as_str()
            .is_some_and(|name| name.ends_with(".txt"))
            .then(|| saved[1].as_str().unwrap().to_owned())
    });
    let Some(text) = saved.await else { panic!("nothing was saved: {}", shop.till.text().await) };
    shop.till.evaluate("window.saved = null", vec![]).await;
    text
}

#[tokio::test]
async fn the_file_for_support_holds_the_calls_and_no_card() {
    let shop = Shop::open("first-aid-export").await;
    shop.till.record().await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP_AND_PIN).await;
    shop.till.enter_pin("73051928").await;
    shop.till.see(&["Approved"]).await;
    let mut secrets = vec![Needle::new("control key", CONTROL_KEY), Needle::new("PIN", "73051928")];
    secrets.extend(cards().iter().map(|card| Needle::new(format!("number of {}", card.name), card.pan)));
    for call in shop.till.calls().await {
        let body: Value = serde_json::from_str(call["body"].as_str().unwrap()).unwrap_or_default();
        if let Some(data) = body["encrypted_data"].as_str() {
            secrets.push(Needle::new("card data", &data[data.len() / 2..][..32]));
        }
    }
    assert!(secrets.len() >= cards().len() + 4, "a payment and an advice carried card data");
    shop.till.next_customer().await;
    let attempt: AttemptId = shop.gateway.ledger().orders[0].client_orderid.parse().unwrap();

    open(&shop).await;
    see_line(&shop, "Gateway", "Works").await;
    let text = exported(&shop).await;
    let version = shop.till.version().await;
    let agent = shop.till.evaluate("return navigator.userAgent", vec![]).await;
    for words in [
        format!("Page: {version}"),
        format!("Browser: {}", agent.as_str().unwrap()),
        "Language: en".to_owned(),
        "Permission: Wrong. No reader".to_owned(),
        "Server: Works. It answers. Version 0.1.0.".to_owned(),
        format!("PAYMENT {attempt}"),
        format!("Trace {}, server 0.1.0", TraceId::of(&attempt)),
        "Till: Pay pressed".to_owned(),
        "Till: Card read, sending began".to_owned(),
        "Till \u{203a} Server: start: HTTP".to_owned(),
        "Server \u{203a} Gateway: sale: HTTP 200".to_owned(),
        "Till \u{203a} Server: advice".to_owned(),
    ] {
        assert!(text.contains(&words), "{words:?} is not in:\n{text}");
    }
    assert!(!text.contains("20.00"), "amounts are for those who have signed in:\n{text}");

    // Signed in, there are amount, mask and the proxy's steps as well.
    shop.till.sign_in_manager().await;
    shop.till.reload().await;
    shop.till.see(&["Lock Max", "20.00 EUR", "Approved"]).await;
    let full = exported(&shop).await;
    for words in ["Approved 20.00 EUR Mastercard **** ", "Gateway: Approved: 20.00 EUR"] {
        assert!(full.contains(words), "{words:?} is not in:\n{full}");
    }

    // A search that finds nothing has to show that it can find.
    let planted = secrets.iter().flat_map(Needle::planted).collect::<Vec<_>>();
    assert_eq!(search(&secrets, &[full.as_bytes(), &planted].concat()).len(), secrets.len());
    assert_eq!(search(&secrets, text.as_bytes()), []);
    assert_eq!(search(&secrets, full.as_bytes()), []);

    // The payment's own trace is on the screen, too.
    unfold(&shop).await;
    shop.till.see(&[&format!("Trace {}", TraceId::of(&attempt)), "Pay pressed", "advice: HTTP 200"]).await;
}

#[tokio::test]
async fn an_order_shows_one_trace_from_the_page_to_the_gateway() {
    let shop = Shop::open_with("first-aid-trace", TRACED).await;
    shop.till.sign_in_manager().await;
    shop.till.record().await;
    shop.till.pay(2000).await;
    shop.till.present("Insert", CHIP).await;
    shop.till.see(&["Approved"]).await;
    let attempt: AttemptId = shop.gateway.ledger().orders[0].client_orderid.parse().unwrap();
    let trace = TraceId::of(&attempt).to_string();
    let page = shop.till.calls().await.iter().find_map(|call| {
        let sent = call["sent"].as_array()?.iter().find(|header| header[0] == TraceParent::HEADER)?;
        Some(sent[1].as_str()?.to_owned())
    });
    assert!(page.as_ref().is_some_and(|page| page.contains(&trace)), "the page said {page:?}");
    let gateway = fs::read_to_string(shop.folder.join("gateway.err")).unwrap();
    assert!(gateway.contains(&format!("00-{trace}-")), "the gateway logged the page's trace: {gateway}");

    shop.till.next_customer().await;
    shop.till.open(&format!("{}/office/#order/{attempt}", shop.proxy.address)).await;
    shop.till.see(&["What happened", "Gateway Approved"]).await;
    assert!(!shop.till.text().await.contains(&trace), "it opens on demand");
    unfold(&shop).await;
    shop.till
        .see(&[
            &format!("Trace {trace}. Server 0.1.0"),
            "Till Pay pressed",
            "Till \u{203a} Server start: HTTP",
            "Server \u{203a} Gateway sale: HTTP 200",
            "Server \u{203a} Gateway status",
            "Till \u{203a} Server advice: HTTP",
            "Gateway Approved: 20.00 EUR",
        ])
        .await;
}
