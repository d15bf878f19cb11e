//! Tills that listen, and what each costs.

use super::{Figure, Size};
use crate::client::Client;
use crate::load::Load;
use crate::process::{Proxy, Role};
use crate::report::Outcome;
use crate::sample::sale;
use crate::spread::percentile;
use anyhow::{Context as _, Result, ensure};
use payment::attempt::AttemptId;
use rustix::process::{Resource, getrlimit, setrlimit};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

pub(super) const FIGURE: Figure = Figure {
    name: "tills",
    title: "Ten thousand tills on one proxy",
    method: "Each till listens to the events of a payment of its own over a connection of its own, and has heard the first. \
             Memory is what Linux says is resident (`VmRSS`), of the proxy's process alone; what a till costs is the \
             difference divided by their number. Against as many streams of a bare axum handler that says one word and then \
             a comment every five seconds, as the proxy does. All come from one address to one port, of which \
             Linux allows 28,232 by default; both processes need a file descriptor a till. Idle is the proxy after its \
             start, before anybody has called. Then one till's posts, as in the first figure, while all others listen. A \
             round has processes of its own.",
    run: |size, folder| Box::pin(run(size, folder)),
};

/// Tills that come at the same time.
const COMING: usize = 64;
/// Beside the tills' connections.
const OTHER_FILES: u64 = 200;
const MIB: f64 = 1024.0 * 1024.0;
const ALONE: Load = Load { tills: 1, sales: 0, pause: Duration::from_millis(20) };

async fn run(size: Size, folder: PathBuf) -> Result<Outcome> {
    let tills: u32 = size.of(100, 10_000);
    allow_files(u64::from(tills) + OTHER_FILES)?;
    let [mut idle, mut bare_each, mut each, mut rate, mut quiet, mut busy] = [(); 6].map(|()| vec![]);
    for _ in 0..size.of(1, 3) {
        let bare = Role::start("bare", &folder).await?;
        let before = bare.resident()?;
        listen(bare.address, (0..tills).map(|_| "/events".to_owned()).collect()).await?;
        bare_each.push(kib(before, bare.resident()?, tills));
        drop(bare);

        let proxy = Proxy::start(&folder).await?;
        idle.push(mib(proxy.resident()?));
        let ids = payments(proxy.address, tills).await?;
        let load = Load { sales: size.of(20, 500), ..ALONE };
        quiet.push(percentile(&load.post(proxy.address).await?, 99));
        let before = proxy.resident()?;
        let begun = Instant::now();
        let paths = ids.iter().map(|id| format!("/api/v1/payments/{id}/events")).collect();
        listen(proxy.address, paths).await?;
        rate.push(f64::from(tills) / begun.elapsed().as_secs_f64());
        each.push(kib(before, proxy.resident()?, tills));
        busy.push(percentile(&load.post(proxy.address).await?, 99));
    }
    let mut outcome = Outcome::default();
    outcome.plain("proxy, idle", "MiB", &idle);
    outcome.plain(format!("bare stream, each of {tills}"), "KiB", &bare_each);
    outcome.against(format!("till, each of {tills}"), "KiB", &each, ("bare stream", &bare_each));
    outcome.plain("tills that came", "tills/s", &rate);
    outcome.plain("one till's post, p99, nobody listening", "ms", &quiet);
    let what = format!("one till's post, p99, {tills} listening");
    outcome.against(what, "ms", &busy, ("nobody listening", &quiet));
    outcome.budget("resident memory when idle", "MiB", 20.0, &idle, "the parts that it links");
    Ok(outcome)
}

/// Opens a stream to each path; they stay open for as long as the server lives.
async fn listen(address: SocketAddr, paths: Vec<String>) -> Result<()> {
    let mut tills = JoinSet::new();
    for path in paths {
        if tills.len() >= COMING {
            tills.join_next().await.context("some are coming")???;
        }
        tills.spawn(async move { Client::connect(address).await?.listen(&path).await });
    }
    tills.join_all().await.into_iter().collect()
}

/// Makes so many payments.
async fn payments(address: SocketAddr, count: u32) -> Result<Vec<AttemptId>> {
    let mut client = Client::connect(address).await?;
    let mut ids = vec![];
    for _ in 0..count {
        let (id, body) = sale()?;
        client.post("/api/v1/payments", body).await?;
        ids.push(id);
    }
    Ok(ids)
}

/// The proxy inherits it.
fn allow_files(wanted: u64) -> Result<()> {
    let mut limit = getrlimit(Resource::Nofile);
    let most = limit.maximum.unwrap_or(u64::MAX);
    ensure!(most >= wanted, "{wanted} open files are needed and {most} allowed; see `ulimit -Hn`");
    limit.current = limit.current.map(|now| now.max(wanted));
    Ok(setrlimit(Resource::Nofile, limit)?)
}

#[expect(clippy::cast_precision_loss, reason = "memory is far below 2^53 bytes")]
fn mib(bytes: u64) -> f64 {
    bytes as f64 / MIB
}

fn kib(before: u64, after: u64, tills: u32) -> f64 {
    (mib(after) - mib(before)) * 1024.0 / f64::from(tills)
}
