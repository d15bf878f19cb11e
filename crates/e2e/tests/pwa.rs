//! The page as an app: installed, started without a network, brought up to date, awake while somebody pays.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic, missing_docs)]

use e2e::{Habits, Shop, copy_of_page, deploy, until};
use serde_json::{Value, json};
use std::time::Duration;

const PHONE: &str = "Visa on a phone, tap only";
const LIMIT: Duration = Duration::from_secs(20);
/// Longer than a scenario takes: the bank answers when its clock is moved.
const BANK_MS: u64 = 600_000;

/// Waits until the page has started anew in this version.
async fn see_version(shop: &Shop, version: &str) {
    let seen = until(LIMIT, async || (shop.till.version().await == version).then_some(()));
    assert!(seen.await.is_some(), "the page is still {}", shop.till.version().await);
}

/// Opens what support reads.
async fn open_reader_page(shop: &Shop) {
    shop.till.choose("//*[@data-testid='reader-state']").await;
}

#[tokio::test]
async fn it_can_be_installed_and_says_so() {
    let shop = Shop::open("pwa-install").await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.see_kept().await;
    let manifest = shop.till.command("Page.getAppManifest", &json!({})).await;
    assert_eq!(manifest["errors"], json!([]));
    let manifest: Value = serde_json::from_str(manifest["data"].as_str().unwrap()).unwrap();
    assert_eq!(manifest["id"], "/");
    let names: Vec<_> = manifest["shortcuts"].as_array().unwrap().iter().map(|one| &one["name"]).collect();
    assert_eq!(names, ["New sale", "Close day"]);
    assert_eq!(manifest["name"], "Card terminal");
    assert_eq!(manifest["name_localized"]["de"], "Kartenterminal");
    let arabic = json!({ "value": "بيع جديد", "dir": "rtl" });
    assert_eq!(manifest["shortcuts"][0]["name_localized"]["ar"], arabic);
    assert!(manifest["icons"].as_array().unwrap().iter().any(|icon| icon["purpose"] == "maskable"));
    // The browser asks for these each time, so that another version is found.
    let script = "return Promise.all(['/worker.js', '/manifest.webmanifest'].map(async file =>
        (await fetch(file, { cache: 'reload' })).headers.get('cache-control')))";
    let kept = shop.till.evaluate(script, vec![]).await;
    assert!(kept.as_array().unwrap().iter().all(|how| how == "no-cache"), "{kept}");
    // Every picture is there and as large as the manifest says.
    let script = "
        const { icons, screenshots } = await (await fetch('/manifest.webmanifest')).json();
        return Promise.all([...icons, ...screenshots].filter(one => one.sizes !== 'any').map(async one => {
            const { width, height } = await createImageBitmap(await (await fetch(one.src)).blob());
            return `${width}x${height}` === one.sizes;
        }));";
    let fits = shop.till.evaluate(script, vec![]).await;
    assert!(
        fits.as_array().unwrap().len() == 5 && fits.as_array().unwrap().iter().all(|fit| fit == true),
        "{fits}"
    );
    let errors = shop.till.command("Page.getInstallabilityErrors", &json!({})).await;
    assert_eq!(errors["installabilityErrors"], json!([]));

    let hint = "document.querySelector('.install').checkVisibility()";
    // Chromium offers it by itself; what it would ask is not for a scenario's eyes.
    shop.till.wait_for(hint).await;
    let offer = "
        const offer = new Event('beforeinstallprompt', { cancelable: true });
        offer.prompt = () => window.asked = true;
        dispatchEvent(offer);";
    shop.till.evaluate(offer, vec![]).await;
    shop.till.press("Install as an app").await;
    shop.till.wait_for("window.asked").await;
    shop.till.evaluate("dispatchEvent(new Event('appinstalled'))", vec![]).await;
    shop.till.wait_for(&format!("!{hint}")).await;
}

#[tokio::test]
async fn without_a_network_it_starts_and_charges_nothing_then_or_later() {
    let mut shop = Shop::open("pwa-offline").await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved"]).await;
    shop.till.next_customer().await;
    shop.till.see_kept().await;

    // Lost between keying and Pay: the amount stays, and waits for nothing.
    for key in ["5", "0", "0"] {
        shop.till.press(key).await;
    }
    shop.proxy.stop();
    shop.till.see(&["No connection. Nothing will be charged later.", "Pay 5.00"]).await;
    shop.till.wait_for("document.querySelector('.filled').getAttribute('aria-disabled') === 'true'").await;
    shop.till.evaluate("document.querySelector('.filled').click()", vec![]).await;

    shop.till.reload().await;
    shop.till
        .see(&[
            "No connection",
            "Nothing can be charged now. What was not sent will not be charged later.",
            "We reconnect. Cashier: no card payments until the strip says Online.",
            "Offline: this till only",
            "20.00 EUR Visa **** 0119 Approved",
        ])
        .await;
    assert!(!shop.till.text().await.contains("pay "), "Pay is off");
    shop.till.open(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till.see(&["No connection"]).await;
    shop.till.open(&shop.proxy.address).await;
    shop.till.see(&["Nothing can be charged now."]).await;

    shop.proxy.run().await;
    shop.till.see(&["Online", "Pay 5.00"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges, ledger.charged), (1, 1, 2000), "{ledger:?}");
    assert_eq!(shop.till.journal().await.len(), 1);
}

#[tokio::test]
async fn without_a_network_an_open_payment_is_shown_as_it_is() {
    let mut shop = Shop::open("pwa-offline-open").await;
    shop.till.see_kept().await;
    shop.gateway.play(&json!({ "processing_ms": BANK_MS }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    shop.gateway.see_stage("sale_processing").await;
    shop.proxy.stop();
    shop.till.reload().await;
    shop.till.see(&["20.00 EUR", "Continued from", "No connection"]).await;
    shop.till.advance_clock(120_000).await;
    shop.till.see(&["Result not known yet", "Do not charge this sale again", "No connection"]).await;
    let text = shop.till.text().await;
    assert!(!text.contains("was not charged") && !text.contains("failed"), "{text}");
    shop.till.press("Serve next customer").await;
    shop.till
        .see(&["Nothing can be charged now.", "Results not known yet: 1", "Open 20.00 EUR Visa **** 0119"])
        .await;

    shop.gateway.advance_clock(BANK_MS);
    shop.proxy.run().await;
    shop.till.press("Results that came in: 1").await;
    shop.till.press("Open 20.00 EUR Visa **** 0119").await;
    shop.till.see(&["Approved", "20.00 EUR was charged to Visa **** 0119"]).await;
    let ledger = shop.gateway.ledger();
    assert_eq!(
        (ledger.orders.len(), ledger.charges, ledger.orders[0].sale_requests),
        (1, 1, 1),
        "{ledger:?}"
    );
}

#[tokio::test]
async fn what_the_proxy_says_is_never_kept() {
    let mut shop = Shop::open("pwa-kept").await;
    shop.till.see_kept().await;
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Approved"]).await;
    shop.till.next_customer().await;
    let script = "
        const kept = [];
        for (const name of await caches.keys()) {
            kept.push(...(await (await caches.open(name)).keys()).map(request => new URL(request.url).pathname));
        }
        return kept;";
    let kept = shop.till.evaluate(script, vec![]).await;
    let kept: Vec<_> = kept.as_array().unwrap().iter().map(|path| path.as_str().unwrap()).collect();
    assert!(["/", "/office/", "/customer/"].iter().all(|page| kept.contains(page)), "{kept:?}");
    for path in &kept {
        let file = e2e::page().join(format!("./{path}"));
        assert!(file.exists() && !path.starts_with("/api") && *path != "/worker.js", "{path}");
    }
    // No call so much as passes the worker.
    let script = "
        await fetch('/api/v1/terminal');
        const asked = performance.getEntriesByType('resource').filter(one => one.name.includes('/api/'));
        return asked.map(one => one.workerFinalSourceType);";
    shop.till.reload().await;
    shop.till.see(&["Pay 0.00"]).await;
    let asked = shop.till.evaluate(script, vec![]).await;
    let asked = asked.as_array().unwrap();
    assert!(asked.len() > 1 && asked.iter().all(|how| how == "network"), "{asked:?}");
    // Nor does anybody answer in the proxy's place.
    shop.proxy.stop();
    let script = "
        const calls = [['/api/v1/terminal'], ['/api/v1/payments', { method: 'POST' }], ['/', { method: 'POST' }], ['/enter?token=x']];
        return Promise.all(calls.map(call => fetch(...call).then(() => 'answered', () => 'lost')));";
    let calls = shop.till.evaluate(script, vec![]).await;
    assert_eq!(calls, json!(["lost", "lost", "lost", "lost"]));
}

#[tokio::test]
async fn an_update_waits_for_the_payment_and_is_then_offered() {
    let page = copy_of_page(&e2e::page(), "pwa-update");
    let shop = Shop::open_page("pwa-update", &page, Habits::default()).await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.see_kept().await;
    let old = shop.till.version().await;
    open_reader_page(&shop).await;
    shop.till.see(&["Version", &old]).await;
    shop.till.press("Back").await;

    shop.gateway.play(&json!({ "processing_ms": BANK_MS }));
    shop.till.pay(2000).await;
    shop.till.present("Tap", PHONE).await;
    shop.till.see(&["Asking the bank"]).await;
    let new = deploy(&page);
    shop.till.see_update_loaded().await;
    shop.till.leave_alone().await;
    shop.till.see(&["slower than usual"]).await;
    shop.till.reload().await;
    shop.till.see(&["20.00 EUR", "Continued from"]).await;
    assert_eq!(shop.till.version().await, old);

    shop.gateway.advance_clock(BANK_MS);
    shop.till.see(&["Approved"]).await;
    shop.till.leave_alone().await;
    shop.till.see(&["Approved"]).await;
    shop.till.press("New sale").await;
    shop.till.press("5").await;
    shop.till.leave_alone().await;
    shop.till.see(&["Pay 0.05"]).await;
    shop.till.press("clear").await;
    let note = "
        const note = [...document.querySelectorAll('label')].find(label => label.innerText.trim() === 'Note').querySelector('input');
        note.value = arguments[0];
        note.dispatchEvent(new Event('input'));";
    shop.till.evaluate(note, vec![json!("table 5")]).await;
    shop.till.leave_alone().await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.evaluate(note, vec![json!("")]).await;
    shop.till.leave_alone().await;
    shop.till
        .see(&["Update ready", "No payment is open.", "in at most 5 seconds", &old, "Later, when idle"])
        .await;

    shop.till.press("Later, when idle").await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.leave_alone().await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.advance_clock(3_600_000).await;
    shop.till.press("Update now").await;
    see_version(&shop, &new).await;
    shop.till.see(&["Pay 0.00"]).await;
    open_reader_page(&shop).await;
    shop.till.see(&["Version", &new]).await;
    // Nobody needs the old files any more.
    shop.till.wait_for(&format!("String(await caches.keys()) === '{new}'")).await;
    let ledger = shop.gateway.ledger();
    assert_eq!((ledger.orders.len(), ledger.charges), (1, 1), "{ledger:?}");
}

#[tokio::test]
async fn a_kiosk_updates_by_itself_once_nobody_is_there() {
    let page = copy_of_page(&e2e::page(), "pwa-kiosk");
    let habits = Habits { attended: false, ..Habits::default() };
    let shop = Shop::open_page("pwa-kiosk", &page, habits).await;
    shop.till.see(&["Touch to start"]).await;
    shop.till.see_kept().await;
    let new = deploy(&page);
    shop.till.see_update_loaded().await;
    shop.till.leave_alone().await;
    see_version(&shop, &new).await;
    shop.till.see(&["Touch to start"]).await;
}

#[tokio::test]
async fn a_tab_of_the_old_version_keeps_its_files() {
    let page = copy_of_page(&e2e::page(), "pwa-tabs");
    let shop = Shop::open_page("pwa-tabs", &page, Habits::default()).await;
    shop.till.see(&["Pay 0.00"]).await;
    shop.till.see_kept().await;
    shop.till.sign_in_manager().await;
    let old = shop.till.version().await;
    shop.till.open_second_tab(&format!("{}/office/#history", shop.proxy.address)).await;
    shop.till.see(&["Back to the till"]).await;
    shop.till.switch_tab(0).await;
    let sheet = "document.querySelector('link[rel=stylesheet]').href";
    let sheet = shop.till.evaluate(&format!("return {sheet}"), vec![]).await;
    let new = deploy(&page);
    shop.till.see_update_loaded().await;
    shop.till.leave_alone().await;
    shop.till.press("Update now").await;
    see_version(&shop, &new).await;
    shop.till.see(&["Pay 0.00"]).await;

    shop.till.switch_tab(1).await;
    assert_eq!(shop.till.version().await, old, "nobody reloads what somebody works with");
    shop.till.follow("Takings").await;
    shop.till.see(&["Takings"]).await;
    // Past the browser's own cache; the proxy has the file no more.
    let script = "return (await fetch(arguments[0], { cache: 'reload' })).ok";
    assert_eq!(shop.till.evaluate(script, vec![sheet.clone()]).await, json!(true), "{sheet} is gone");
    shop.till.switch_tab(0).await;
    shop.till.close_other_tabs().await;
    shop.till.reload().await;
    shop.till.wait_for(&format!("String(await caches.keys()) === '{new}'")).await;
    assert_eq!(
        shop.till.evaluate(script, vec![sheet.clone()]).await,
        json!(false),
        "{sheet} is still served"
    );
}

#[tokio::test]
async fn the_screen_stays_on_while_a_payment_is_open() {
    let shop = Shop::open("pwa-awake").await;
    shop.till.see(&["Pay 0.00"]).await;
    let script = "
        const request = WakeLock.prototype.request;
        window.locks = [];
        WakeLock.prototype.request = async function (kind) {
            const lock = await request.call(this, kind);
            locks.push(lock);
            return lock;
        };
        const persist = StorageManager.prototype.persist;
        StorageManager.prototype.persist = function () {
            window.persisted = true;
            return persist.call(this);
        };";
    shop.till.evaluate(script, vec![]).await;
    shop.till.pay(2000).await;
    shop.till.see(&["Tap, insert or swipe"]).await;
    shop.till.wait_for("locks.length === 1 && !locks[0].released && !window.persisted").await;
    // The browser lets go when the page is hidden.
    shop.till
        .evaluate("await locks[0].release(); document.dispatchEvent(new Event('visibilitychange'))", vec![])
        .await;
    shop.till.wait_for("locks.length === 2 && !locks[1].released").await;
    shop.till.press("Cancel").await;
    shop.till.see(&["Cancelled"]).await;
    shop.till.wait_for("locks.every(lock => lock.released) && window.persisted").await;
}
