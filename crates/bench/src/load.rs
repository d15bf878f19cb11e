//! Sales as tills make them.

use crate::client::Client;
use crate::sample::sale;
use anyhow::{Context as _, Result, ensure};
use std::net::SocketAddr;
use std::time::{Duration, Instant};
use tokio::task::JoinSet;

/// Tills that make sales at the same time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) tills: usize,
    /// Sales of each till.
    pub(crate) sales: usize,
    /// Between an answer and the next sale.
    pub(crate) pause: Duration,
}

impl Load {
    /// Posts the sales; how long each answer took.
    pub(crate) async fn post(self, address: SocketAddr) -> Result<Vec<Duration>> {
        let mut tills = JoinSet::new();
        for till in 0..self.tills {
            tills.spawn(async move {
                let mut client = Client::connect(address).await?;
                // Not all in the same moment.
                let share = u32::try_from(till)? * self.pause / u32::try_from(self.tills)?;
                tokio::time::sleep(share).await;
                let mut times = Vec::with_capacity(self.sales);
                for _ in 0..self.sales {
                    let (_, body) = sale()?;
                    let begun = Instant::now();
                    client.post("/api/v1/payments", body).await?;
                    times.push(begun.elapsed());
                    if !self.pause.is_zero() {
                        tokio::time::sleep(self.pause).await;
                    }
                }
                anyhow::Ok(times)
            });
        }
        Ok(tills.join_all().await.into_iter().collect::<Result<Vec<_>>>()?.concat())
    }

    /// The same, until every sale is final; sales a second.
    pub(crate) async fn to_the_end(self, address: SocketAddr, operations: SocketAddr) -> Result<f64> {
        let before = approved(&mut Client::connect(operations).await?).await?;
        let begun = Instant::now();
        let taken = self.post(address).await?.len();
        // The proxy has closed a connection on which nothing was asked for as long as that may take.
        let mut client = Client::connect(operations).await?;
        while approved(&mut client).await? < before + taken {
            ensure!(begun.elapsed() < Duration::from_secs(300), "the sales do not become final");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let seconds = begun.elapsed().as_secs_f64();
        Ok(f64::from(u32::try_from(taken)?) / seconds)
    }
}

async fn approved(client: &mut Client) -> Result<usize> {
    let text = String::from_utf8(client.get("/metrics").await?.to_vec())?;
    let name = "mpos_payments_finished_total{outcome=\"approved\"} ";
    let count =
        text.lines().find_map(|line| line.strip_prefix(name)).context("the proxy counts approvals")?;
    Ok(count.parse()?)
}
