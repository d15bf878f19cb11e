//! How soon the page does what it is told.

use super::{Figure, Size};
use crate::folder;
use crate::report::Outcome;
use anyhow::Result;
use e2e::testbed::MIURA;
use e2e::{Habits, Proxy, Shop, Till, release_page, scenario};
use serde_json::json;

pub(super) const FIGURE: Figure = Figure {
    name: "reaction",
    title: "From the press, the card and the result to what the page does",
    method: "Contactless sales on the page as merchants get it, with an emulated Miura on USB behind the browser's own serial \
             port, and by turns the bare page of the figure before, each in a headless Chromium of its own with an \
             `mpos-proxy` of its own, all on the same cores. Times are the page's own clock's, which goes by tenths of a \
             millisecond; what is painted is painted in a task after the frame that shows it, so that up to a frame of 16.7 \
             ms is waiting for the screen. *A press*, not the first of its page, begins when the browser gets the pointer \
             going down on a key (the event's time stamp) and ends with the amount painted; on the bare page it counts. *A \
             card* begins when the page has read from the port the bytes that complete the card's data, and ends when the \
             browser begins to send the payment (`requestStart`): between them the payment is put on the disk, durably, as \
             one that is being sent. The bare page, which has no card and keeps nothing, calls the proxy from the moment that \
             it hears of a click. *A result* begins when the page has read the words of the proxy that make the payment final \
             and ends with the result painted; on the bare page it is the call's answer that is painted.",
    run: |size, _| Box::pin(run(size)),
};

/// Paths of the calls that are timed.
const PAYMENTS: &str = "/api/v1/payments";
const TERMINAL: &str = "/api/v1/terminal";

/// Milliseconds of one page.
#[derive(Default)]
struct Times {
    press: Vec<f64>,
    sent: Vec<f64>,
    painted: Vec<f64>,
}

async fn run(size: Size) -> Result<Outcome> {
    let shop = Shop::with_readers("bench-reaction", &release_page(), &[MIURA]).await;
    shop.gateway.play(&json!({ "processing_ms": 100 }));
    let bare_folder = scenario("bench-reaction-bare");
    let bare_page = folder::bare_page()?;
    let bare_proxy = Proxy::start(&shop.gateway, &bare_page, &bare_folder, Habits::default(), None).await;
    // Both browsers have the testbed's libraries in them.
    let bare_browser = Till::start(&bare_folder, Some(shop.testbed()), None).await;
    bare_browser.open(&bare_proxy.address).await;
    bare_browser.time().await;
    shop.till.time().await;

    // The first press of a page is of another kind, and stands in the figure before.
    count(&bare_browser, 1, &mut Times::default()).await;
    key(&shop.till, &mut Times::default()).await;

    let (mut bare, mut till) = (Times::default(), Times::default());
    for round in 1..=size.of(1, 20) {
        count(&bare_browser, 1 + round, &mut bare).await;
        key(&shop.till, &mut till).await;
        ask(&bare_browser, &mut bare).await;
        // The same amount on the same card would be asked about.
        sell(&shop, 2_000 + 100 * round, &mut till).await;
    }

    let mut outcome = Outcome::default();
    outcome.plain("press to counter, bare page", "ms", &bare.press);
    outcome.against("press to amount, till", "ms", &till.press, ("bare page", &bare.press));
    outcome.plain("click to call, bare page", "ms", &bare.sent);
    outcome.against("card to payment sent, till", "ms", &till.sent, ("click to call", &bare.sent));
    outcome.plain("answer to screen, bare page", "ms", &bare.painted);
    outcome.against("result to screen, till", "ms", &till.painted, ("answer to screen", &bare.painted));
    let why = "browsers, proxies and gateway share the cores";
    outcome.budget("press to amount painted", "ms", 50.0, &till.press, why);
    Ok(outcome)
}

async fn count(bare: &Till, count: u64, times: &mut Times) {
    bare.watch_for("h1", &format!("^{count}$")).await;
    bare.press("Count").await;
    times.press.push(bare.between("pressed", "painted").await);
}

async fn key(till: &Till, times: &mut Times) {
    till.see(&["Reader ready", "Online", "Pay 0.00"]).await;
    till.watch_for("[data-testid=amount]", r"^0\.05 EUR$").await;
    till.press("5").await;
    times.press.push(till.between("pressed", "painted").await);
    till.press("clear").await;
    till.see(&["Pay 0.00"]).await;
}

async fn ask(bare: &Till, times: &mut Times) {
    bare.watch_for("output", "till").await;
    bare.press("Ask").await;
    times.sent.push(bare.between("clicked", TERMINAL).await);
    times.painted.push(bare.between("heard", "painted").await);
}

async fn sell(shop: &Shop, minor: u64, times: &mut Times) {
    let (till, reader) = (&shop.till, shop.testbed().reader(MIURA.name));
    till.pay(minor).await;
    till.see(&["Tap, insert or swipe", "Nothing charged yet"]).await;
    till.watch_for(".terminal h1", "^Approved$").await;
    reader.tell("wait contactless");
    reader.tell("tap on a phone");
    times.painted.push(till.between("final", "painted").await);
    times.sent.push(till.between("card", PAYMENTS).await);
    till.press("New sale").await;
    till.see(&["Pay 0.00"]).await;
}
