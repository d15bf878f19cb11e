//! How soon the cashier sees a result.

use super::{Figure, Size};
use crate::report::Outcome;
use anyhow::Result;
use e2e::{Since, latency};

pub(super) const FIGURE: Figure = Figure {
    name: "result",
    title: "From the result to the screen",
    method: "Contactless sales in one headless Chromium with the demo page, `mpos-proxy` and the sandbox gateway as \
             processes, all on the same cores. With callbacks the time begins when the proxy logs the callback's arrival, and \
             holds its question to the gateway; without, when it logs the result of its own question. It ends when the page has \
             painted the result. Pushed and by polling alone (the browser blocks the stream), by turns; the bank's time falls \
             on all parts of the interval between two polls.",
    run: |size, _| Box::pin(run(size)),
};

async fn run(size: Size) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    for (since, from) in [(Since::Callback, "callback"), (Since::Question, "question")] {
        let times = latency(&format!("bench-{from}"), since, size.of(1, 20)).await;
        outcome.plain(format!("from the {from}, by polling alone"), "ms", &times.polled);
        let baseline = ("polling alone", &times.polled[..]);
        outcome.against(format!("from the {from}, pushed"), "ms", &times.pushed, baseline);
        outcome.budget(
            "result to paint, pushed",
            "ms",
            50.0,
            &times.pushed,
            "browser, proxy and gateway share the cores",
        );
    }
    Ok(outcome)
}
