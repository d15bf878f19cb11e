//! What the proxy adds to a till's post.

use super::{Figure, Size};
use crate::load::Load;
use crate::process::{Proxy, Role};
use crate::report::Outcome;
use crate::spread::percentile;
use anyhow::Result;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "added",
    title: "Added latency of a sale",
    method: "A till's `POST /api/v1/payments` over loopback, until it is answered: by then the sale is on the disk. \
             `mpos-proxy` as it is shipped, its log in a file; behind it a gateway that takes each sale at once and has \
             approved it when it is asked, so that three more writes and two calls of the gateway follow each answer. Against \
             an axum handler that reads the same JSON, makes the same two HMACs and answers, called by turns with the same \
             load; what is added is the difference of the percentiles. One till makes a sale every 20 ms; 16 tills make one \
             every 100 ms each. The disk's own floor: three pages of the write-ahead log (12,360 bytes) appended to a file and \
             synced, which is what one sale writes.",
    run: |size, folder| Box::pin(run(size, folder)),
};

/// Three frames of SQLite's log: a header of 24 bytes and a page of 4096 each.
const APPENDED: usize = 3 * (24 + 4096);

/// Who, the name of the budget, how many tills, and how long each waits between two sales.
const LOADS: [(&str, &str, usize, Duration); 2] = [
    ("one till", "added p99 with one till", 1, Duration::from_millis(20)),
    ("16 tills", "added p99 with 16 tills", 16, Duration::from_millis(100)),
];

const WHY: &str = "what runs after each answer shares the cores with the next sale";

async fn run(size: Size, folder: PathBuf) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    let bare = Role::start("bare", &folder).await?;
    let proxy = Proxy::start(&folder).await?;
    for (who, budget, tills, pause) in LOADS {
        let load = Load { tills, sales: size.of(200, 2_000) / tills, pause };
        let mut rounds = vec![];
        for _ in 0..size.rounds() {
            let handled = load.post(bare.address).await?;
            let through = load.post(proxy.address).await?;
            rounds.push([handled, through, append(&folder, size.of(50, 1_000))?]);
        }
        for (name, hundredths) in [("p50", 50), ("p99", 99)] {
            let [mut bare, mut proxy, mut disk] = [(); 3].map(|()| vec![]);
            for times in &rounds {
                let [handled, through, synced] = times.each_ref().map(|times| percentile(times, hundredths));
                bare.push(handled);
                proxy.push(through);
                disk.push(synced);
            }
            let added: Vec<_> = proxy.iter().zip(&bare).map(|(through, handled)| through - handled).collect();
            outcome.plain(format!("{who}, {name}: bare handler"), "ms", &bare);
            outcome.plain(format!("{who}, {name}: synced append"), "ms", &disk);
            outcome.against(format!("{who}, {name}: proxy"), "ms", &proxy, ("bare handler", &bare));
            outcome.against(format!("{who}, {name}: added"), "ms", &added, ("synced append", &disk));
            if hundredths == 99 {
                outcome.budget(budget, "ms", 2.0, &added, WHY);
            }
        }
    }
    Ok(outcome)
}

/// How long each append takes until it is on the disk.
fn append(folder: &Path, times: usize) -> Result<Vec<Duration>> {
    let mut file = File::create(folder.join("appended"))?;
    (0..times)
        .map(|_| {
            let begun = Instant::now();
            file.write_all(&[7; APPENDED])?;
            file.sync_data()?;
            Ok(begun.elapsed())
        })
        .collect()
}
