//! How many sales one proxy carries to their end.

use super::{Figure, Size};
use crate::load::Load;
use crate::process::Proxy;
use crate::report::Outcome;
use crate::sample::payment;
use anyhow::{Result, ensure};
use payment::order::Order;
use proxy::fingerprint::Fingerprints;
use proxy::store::{Attempt, Claim, Store, sqlite::SqliteStore};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(super) const FIGURE: Figure = Figure {
    name: "sustained",
    title: "Sustained sales, and group commit",
    method: "Tills that post the next sale as soon as the last is answered, until the last sale is final: four durable \
             writes and two calls of the gateway each. `mpos-proxy` as it is shipped, against the same parts in a process of \
             ours whose store commits *one by one*: one write, one wait for the disk. Below, the store alone: new attempts \
             written by 64 callers at once. Each pair by turns; client, proxy and gateway share the cores.",
    run: |size, folder| Box::pin(run(size, folder)),
};

const CALLERS: usize = 64;

async fn run(size: Size, folder: PathBuf) -> Result<Outcome> {
    let mut outcome = Outcome::default();
    sales(size, &folder, &mut outcome).await?;
    writes(size, &folder, &mut outcome).await?;
    Ok(outcome)
}

async fn sales(size: Size, folder: &Path, outcome: &mut Outcome) -> Result<()> {
    let (apart, beside) = (folder.join("apart"), folder.join("beside"));
    std::fs::create_dir(&apart)?;
    std::fs::create_dir(&beside)?;
    let one_by_one = Proxy::one_by_one(&apart).await?;
    let together = Proxy::start(&beside).await?;
    for tills in [1, CALLERS] {
        let load = Load { tills, sales: size.of(128, 6_400) / tills, pause: Duration::ZERO };
        let (mut base, mut grouped) = (vec![], vec![]);
        for _ in 0..size.rounds() {
            base.push(load.to_the_end(one_by_one.address, one_by_one.operations).await?);
            grouped.push(load.to_the_end(together.address, together.operations).await?);
        }
        let who = if tills == 1 { "one till".to_owned() } else { format!("{tills} tills") };
        outcome.plain(format!("{who}, one by one"), "sales/s", &base);
        outcome.against(format!("{who}, group commit"), "sales/s", &grouped, ("one by one", &base));
    }
    Ok(())
}

async fn writes(size: Size, folder: &Path, outcome: &mut Outcome) -> Result<()> {
    let apart = folder.join("apart.db");
    let one_by_one = Arc::new(SqliteStore::open_committing(&apart, NonZeroUsize::MIN).await?);
    let together = Arc::new(SqliteStore::open(&folder.join("beside.db")).await?);
    let each = size.of(2, 200);
    let (mut base, mut grouped) = (vec![], vec![]);
    for _ in 0..size.rounds() {
        base.push(claims(&one_by_one, each).await?);
        grouped.push(claims(&together, each).await?);
    }
    outcome.plain(format!("store alone, {CALLERS} callers, one by one"), "writes/s", &base);
    let what = format!("store alone, {CALLERS} callers, group commit");
    outcome.against(what, "writes/s", &grouped, ("one by one", &base));
    Ok(())
}

/// New attempts a second.
async fn claims(store: &Arc<SqliteStore>, each: u32) -> Result<f64> {
    let mut callers = JoinSet::new();
    let begun = Instant::now();
    for _ in 0..CALLERS {
        let store = store.clone();
        callers.spawn(async move {
            for _ in 0..each {
                let payment = payment()?;
                let prints = Fingerprints::of(&payment, store.card_key())?;
                let (order, _) = Order::accept(payment.terms, 1);
                let id = order.terms.attempt.clone();
                let claim = store.claim(&id, &Attempt::Taken(order, prints), 1).await?;
                ensure!(claim == Claim::Won, "an id that nobody had was taken");
            }
            anyhow::Ok(each)
        });
    }
    let mut written = 0;
    for each in callers.join_all().await {
        written += each?;
    }
    Ok(f64::from(written) / begun.elapsed().as_secs_f64())
}
