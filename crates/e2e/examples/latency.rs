//! Prints how long results take to the screen, with push and by polling alone.
#![allow(clippy::print_stdout, clippy::expect_used, reason = "whoever starts it reads it")]

use e2e::{Since, latency};

/// Sales each way; ten fall on every part of the interval between two questions.
const SALES: u32 = 10;

#[tokio::main]
async fn main() {
    for since in [Since::Question, Since::Callback] {
        let latency = latency(&format!("latency-{since:?}"), since, SALES).await;
        for (way, mut times) in [("pushed", latency.pushed), ("polled", latency.polled)] {
            times.sort_by(f64::total_cmp);
            let median = times.get(times.len() / 2).expect("some sales");
            println!("from the {since:?}, {way}: median {median:.0} ms of {times:.0?}");
        }
    }
}
