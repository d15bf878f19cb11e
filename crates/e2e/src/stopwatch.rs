//! How long something takes inside a page, by the page's own clock. The page is the one that is built: `stopwatch.js` is put
//! into it by the browser's own protocol.

use crate::{Till, until};
use serde_json::{Value, json};
use std::time::Duration;

const SCRIPT: &str = include_str!("stopwatch.js");
/// How long anything that is timed may take.
const LIMIT: Duration = Duration::from_secs(30);

impl Till {
    /// Notes from here on what happens in the page that is open.
    pub async fn time(&self) {
        self.run(&format!("{{ {SCRIPT} }}"), vec![]).await;
    }

    /// Notes what happens in each page that is opened from here on, from its beginning; and when it first has painted, in what
    /// the selector finds, a text that the pattern matches.
    pub async fn time_starts(&self, selector: &str, pattern: &str) {
        let watch = format!("watchFor({}, {});", json!(selector), json!(pattern));
        let script = json!({ "source": format!("{{ {SCRIPT} {watch} }}") });
        self.command("Page.addScriptToEvaluateOnNewDocument", &script).await;
    }

    /// Has the page that is timed note as `painted` when it has painted, in what the selector finds, another text than now, that
    /// the pattern matches.
    pub async fn watch_for(&self, selector: &str, pattern: &str) {
        self.run("watchFor(...arguments)", vec![json!(selector), json!(pattern)]).await;
    }

    /// When this happened last, in Unix milliseconds; waits until it has. The names are those in `stopwatch.js`.
    pub async fn moment(&self, name: &str) -> f64 {
        self.moments(&[name], |_| true).await[0]
    }

    /// Milliseconds from the last moment of one name to that of another; waits until the other is the later.
    #[allow(clippy::float_arithmetic, reason = "milliseconds, no money")]
    pub async fn between(&self, from: &str, to: &str) -> f64 {
        let moments = self.moments(&[from, to], |moments| moments[0] <= moments[1]).await;
        moments[1] - moments[0]
    }

    async fn moments(&self, names: &[&str], are_wanted: impl Fn(&[f64]) -> bool) -> Vec<f64> {
        let mut seen = Value::Null;
        let found = until(LIMIT, async || {
            seen = self.run("return window.moments", vec![]).await;
            let moments: Option<Vec<_>> = names.iter().map(|name| seen[name].as_f64()).collect();
            moments.filter(|moments| are_wanted(moments))
        });
        let found = found.await;
        found.unwrap_or_else(|| panic!("{names:?} did not happen, or not in this order: {seen}"))
    }
}
