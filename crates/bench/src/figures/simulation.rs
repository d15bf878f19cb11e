//! How fast payments are simulated.

use super::{Figure, Size};
use crate::folder;
use crate::report::Outcome;
use crate::sample::{finished, payment};
use anyhow::{Context as _, Result, bail, ensure};
use payment::order::Order;
use std::hint::black_box;
use std::thread;
use std::time::Instant;
use tokio::process::Command;

pub(super) const FIGURE: Figure = Figure {
    name: "simulation",
    title: "Simulated payments",
    method: "`cargo xtask sim` with seed 1 on all cores: page, proxy, store, gateway and networks under three faults a \
             payment, all invariants looked at after every step. Against `payment::order::Order` alone on as many threads: \
             accepted, submitted, asked about and approved, without a fault, a page or anybody who looks.",
    run: |size, _| Box::pin(run(size)),
};

async fn run(size: Size) -> Result<Outcome> {
    let (mut base, mut simulated) = (vec![], vec![]);
    for _ in 0..size.rounds() {
        base.push(orders(size.of(1_000, 200_000))?);
        simulated.push(payments(size.of(200, 20_000)).await?);
    }
    let mut outcome = Outcome::default();
    outcome.plain("orders alone", "/s", &base);
    outcome.against("payments simulated", "/s", &simulated, ("orders alone", &base));
    Ok(outcome)
}

/// Orders a second, on all cores.
fn orders(each: u32) -> Result<f64> {
    let threads = thread::available_parallelism()?.get();
    let terms = payment()?.terms;
    let begun = Instant::now();
    thread::scope(|scope| {
        let work = || {
            for _ in 0..each {
                let (order, _) = Order::accept(black_box(terms.clone()), 1);
                black_box(finished(order)?);
            }
            anyhow::Ok(())
        };
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            match thread.join() {
                Ok(done) => done?,
                Err(_) => bail!("a thread that handles orders ended early"),
            }
        }
        Ok(())
    })?;
    Ok(f64::from(each) * f64::from(u32::try_from(threads)?) / begun.elapsed().as_secs_f64())
}

/// Payments a second, as the simulation says.
async fn payments(runs: u32) -> Result<f64> {
    let mut sim = Command::new(folder::program("sim")?);
    let output = sim.args(["--runs", &runs.to_string(), "--seed", "1"]).output().await?;
    let said = String::from_utf8(output.stdout)?;
    ensure!(output.status.success(), "the simulation failed: {said}");
    // "20001 payments, 63000 faults (3.1 a payment), 900 ms"
    let words: Vec<_> = said.split_whitespace().collect();
    let [count, "payments,", .., ms, "ms"] = words[..] else { bail!("the simulation said: {said}") };
    let (count, ms): (f64, f64) = (count.parse()?, ms.parse().context("milliseconds")?);
    Ok(count * 1e3 / ms)
}
