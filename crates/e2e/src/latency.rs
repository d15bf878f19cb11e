//! How long a result takes from the proxy's knowledge to the till's screen, with push and by polling alone.

use crate::hands::PHONE;
use crate::{Habits, Shop, Till, until};
use serde_json::{Value, json};
use std::fs;
use std::time::Duration;

const EVENTS: &str = "*/events*";
/// How long a result may take to be logged.
const LIMIT: Duration = Duration::from_secs(30);

/// What the time is counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// The callback's arrival at the proxy, which then asks the gateway.
    Callback,
    /// The end of the proxy's own question that saw the result.
    Question,
}

/// Milliseconds from then to the result's paint, a sale each.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Latency {
    /// The page hears of it.
    pub pushed: Vec<f64>,
    /// The page's stream is blocked in the browser.
    pub polled: Vec<f64>,
}

/// Takes so many sales each way, by turns, in one browser. The scenario's name is that of its folder.
pub async fn latency(scenario: &str, since: Since, sales: u32) -> Latency {
    let habits = match since {
        // One question an order in five seconds: a callback that comes sooner has to wait for its own.
        Since::Callback => Habits { poll_ms: 10_000, callbacks: true, ..Habits::default() },
        Since::Question => Habits { poll_ms: 3_000, ..Habits::default() },
    };
    let shop = Shop::open_with(scenario, habits).await;
    shop.till.time().await;
    let mut latency = Latency::default();
    let mut amount = 2_000;
    for sale in 0..sales {
        for (list, blocked) in [(&mut latency.pushed, &[][..]), (&mut latency.polled, &[EVENTS][..])] {
            shop.till.block(blocked).await;
            // The bank's time falls on every part of the interval between two questions.
            let processing_ms = match since {
                Since::Callback => 5_500 + 300 * (sale % 10),
                Since::Question => 1_000 + 300 * (sale % 10),
            };
            shop.gateway.play(&json!({ "processing_ms": processing_ms }));
            // The same amount on the same card would be asked about.
            amount += 100;
            list.push(one_sale(&shop, since, amount).await);
        }
    }
    latency
}

#[allow(clippy::float_arithmetic, reason = "milliseconds, no money")]
async fn one_sale(shop: &Shop, since: Since, minor: u64) -> f64 {
    shop.till.pay(minor).await;
    shop.till.watch_for(".terminal h1", "^Approved$").await;
    shop.till.present("Tap", PHONE).await;
    let painted = shop.till.moment("painted").await;
    let id = shop.gateway.ledger().orders.last().expect("the sale was sent").client_orderid.clone();
    let words = match since {
        Since::Callback => "callback arrived",
        Since::Question => "payment is final",
    };
    let known = until(LIMIT, async || logged(shop, words, &id)).await.expect("the proxy logs it");
    let known = shop.till.run("return Date.parse(arguments[0])", vec![json!(known)]).await;
    shop.till.press("New sale").await;
    shop.till.see(&["Pay 0.00"]).await;
    painted - known.as_f64().expect("a moment")
}

/// When the proxy logged these words of a payment first, as it wrote it.
fn logged(shop: &Shop, words: &str, id: &str) -> Option<String> {
    let log = fs::read_to_string(shop.folder.join("proxy.err")).ok()?;
    let line = log.lines().find(|line| line.contains(words) && line.contains(id))?;
    let line: Value = serde_json::from_str(line).ok()?;
    Some(line["timestamp"].as_str()?.to_owned())
}

impl Till {
    /// Blocks the addresses that match these patterns in the browser, and no others.
    pub async fn block(&self, patterns: &[&str]) {
        self.command("Network.enable", &json!({})).await;
        self.command("Network.setBlockedURLs", &json!({ "urls": patterns })).await;
    }
}
