//! How soon the till can be used.

use super::{Figure, Size};
use crate::folder;
use crate::report::Outcome;
use anyhow::{Context as _, Result};
use e2e::{Gateway, Habits, Proxy, Shop, Till, copy_of_page, deploy, release_page, scenario};

pub(super) const FIGURE: Figure = Figure {
    name: "start",
    title: "From opening the page to the keypad",
    method: "The page as merchants get it, and the bare page (`crates/bench/bare-page`: Leptos, a counter and a call, built \
             by the same profile and the same steps), each by an `mpos-proxy` of its own, by turns in a headless Chromium on \
             the same cores. Each start has a browser process with an empty profile. It begins with the navigation (the \
             page's `performance.timeOrigin`) and ends in a task after the frame that first shows what is waited for: at the \
             till the keypad, which is there when the journal has been read and the proxy has said what the till may do; on \
             the bare page its counter. *Cold* is the browser's first visit. *Warm* is the next visit of the same browser \
             from an empty tab: the till's files come from its service worker, the bare page's from the browser's cache. *The \
             first press* is that on a key of the page just opened, from the pointer going down to what it changes being \
             painted. An update goes from the press of *Update now*, with the new version loaded beforehand, to that \
             version's keypad. A first visit's bytes are those of the built files at brotli 11, the page's worker among them, \
             as `cargo xtask build` weighs them; the files that the worker fetches for later are not.",
    run: |size, _| Box::pin(run(size)),
};

/// Something on a page: where, and the text there.
type Shown = (&'static str, &'static str);

const KEYPAD: Shown = (".filled", r"^Pay 0\.00$");
const AMOUNT: Shown = ("[data-testid=amount]", r"^0\.05 EUR$");
const COUNTER: Shown = ("h1", "^0$");
const COUNTED: Shown = ("h1", "^1$");

/// A page, what can be used in it first, a key of it and what that does.
struct Page {
    name: &'static str,
    address: String,
    first: Shown,
    key: &'static str,
    pressed: Shown,
    has_worker: bool,
}

/// Milliseconds, a browser each.
#[derive(Default)]
struct Starts {
    cold: Vec<f64>,
    warm: Vec<f64>,
    press: Vec<f64>,
}

async fn run(size: Size) -> Result<Outcome> {
    let (till_files, bare_files) = (release_page(), folder::bare_page()?);
    let (till_folder, bare_folder) = (scenario("bench-start-till"), scenario("bench-start-bare"));
    let gateway = Gateway::start(&till_folder, None, false).await;
    let till_proxy = Proxy::start(&gateway, &till_files, &till_folder, Habits::default(), None).await;
    let bare_proxy = Proxy::start(&gateway, &bare_files, &bare_folder, Habits::default(), None).await;
    let till_page = Page {
        name: "bench-start-till-browser",
        address: till_proxy.address.clone(),
        first: KEYPAD,
        key: "5",
        pressed: AMOUNT,
        has_worker: true,
    };
    let bare_page = Page {
        name: "bench-start-bare-browser",
        address: bare_proxy.address.clone(),
        first: COUNTER,
        key: "Count",
        pressed: COUNTED,
        has_worker: false,
    };

    let (mut bare, mut till, mut updates) = (Starts::default(), Starts::default(), vec![]);
    for _ in 0..size.of(1, 20) {
        start(&bare_page, &mut bare).await;
        start(&till_page, &mut till).await;
    }
    for _ in 0..size.rounds() {
        updates.push(update().await);
    }

    let mut outcome = Outcome::default();
    let [bare_weight, till_weight] = &first_visits()?.map(|bytes| [bytes]);
    outcome.plain("first visit, bare page", "bytes", bare_weight);
    outcome.against("first visit, till", "bytes", till_weight, ("bare page", bare_weight));
    outcome.plain("cold start, bare page", "ms", &bare.cold);
    outcome.against("cold start, till", "ms", &till.cold, ("bare page", &bare.cold));
    outcome.plain("warm start, bare page", "ms", &bare.warm);
    outcome.against("warm start, till", "ms", &till.warm, ("bare page", &bare.warm));
    outcome.plain("first press, bare page", "ms", &bare.press);
    outcome.against("first press, till", "ms", &till.press, ("bare page", &bare.press));
    outcome.against("restart with an update, till", "ms", &updates, ("warm start, bare page", &bare.warm));
    outcome.budget(
        "first press to amount painted",
        "ms",
        50.0,
        &till.press,
        "browser, proxy and gateway share the cores",
    );
    let why = "browser, proxy and gateway share the cores";
    outcome.budget("restart with an update", "ms", 5_000.0, &updates, why);
    Ok(outcome)
}

/// What a first visit to the bare page and to the till downloads, in bytes: `cargo xtask bench` has weighed them.
fn first_visits() -> Result<[f64; 2]> {
    let words = std::env::var("FIRST_VISITS").context("no FIRST_VISITS; `cargo xtask bench` says them")?;
    let bytes: Vec<f64> = words.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    bytes.try_into().ok().context("FIRST_VISITS are two numbers")
}

/// Opens the page for the first and for the second time, and presses its key.
async fn start(page: &Page, starts: &mut Starts) {
    let browser = Till::start(&scenario(page.name), None, None).await;
    let (selector, pattern) = page.first;
    browser.time_starts(selector, pattern).await;
    browser.open(&page.address).await;
    starts.cold.push(browser.between("opened", "painted").await);
    if page.has_worker {
        browser.see_kept().await;
    }
    browser.open("about:blank").await;
    browser.open(&page.address).await;
    starts.warm.push(browser.between("opened", "painted").await);
    let (selector, pattern) = page.pressed;
    browser.watch_for(selector, pattern).await;
    browser.press(page.key).await;
    starts.press.push(browser.between("pressed", "painted").await);
}

/// Brings a till to another version.
async fn update() -> f64 {
    let page = copy_of_page(&release_page(), "bench-update");
    let shop = Shop::open_page("bench-update", &page, Habits::default()).await;
    let till = &shop.till;
    till.see(&["Pay 0.00"]).await;
    till.see_kept().await;
    let new = deploy(&page);
    till.see_update_loaded().await;
    till.leave_alone().await;
    till.time().await;
    till.time_starts(KEYPAD.0, KEYPAD.1).await;
    till.press("Update now").await;
    let took = till.between("clicked", "painted").await;
    till.wait_for(&format!("document.documentElement.dataset.version === '{new}'")).await;
    took
}
