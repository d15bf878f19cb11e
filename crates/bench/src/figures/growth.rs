//! What an order costs when the proxy remembers a million others.

use super::{Figure, Size};
use crate::report::Outcome;
use crate::sample::{finished, payment};
use crate::spread::percentile;
use anyhow::{Context as _, Result, ensure};
use payment::attempt::AttemptId;
use payment::order::Order;
use proxy::fingerprint::Fingerprints;
use proxy::store::{Attempt, Claim, Store, sqlite::SqliteStore};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection, SqliteJournalMode, SqliteSynchronous};
use sqlx::{Connection, query, query_scalar};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub(super) const FIGURE: Figure = Figure {
    name: "growth",
    title: "A journal that grows",
    method: "The proxy's SQLite file with 1,000 to 1,000,000 finished orders beside 100 that are followed. The finished ones \
             are copies of one that went the usual way, under random ids and fingerprints, written in bulk while the store \
             is closed. Then, by the store's own calls, one after the other: a new attempt claimed and updated (durably), a random old one found, the \
             50 latest listed; and the file opened with everything that is followed, as at a start. The median of each, in \
             each round; against the same with 1,000 orders.",
    run: |size, folder| Box::pin(run(size, folder)),
};

const FOLLOWED: u32 = 100;
const RECENT: u32 = 50;

const CALLS: [&str; 5] = ["claim", "update", "find", "list", "start"];
type Times = [Vec<f64>; CALLS.len()];

/// Copies of the order `?1`, with ids that the alphabet of attempt ids allows.
const COPY: &str = "
WITH RECURSIVE
    n (i) AS (VALUES (1) UNION ALL SELECT i + 1 FROM n WHERE i < ?2),
    fresh (id) AS (SELECT replace(replace(replace(replace(hex(randomblob(10)), '0', 'G'), '1', 'H'), '8', 'I'), '9', 'J')
                   FROM n)
INSERT INTO attempts (id, order_json, body, card, followed, created_at)
SELECT fresh.id, replace(order_json, ?1, fresh.id), randomblob(32), randomblob(32), 0, created_at
FROM fresh, (SELECT order_json, created_at FROM attempts WHERE id = ?1) ORDER BY 1";

async fn run(size: Size, folder: PathBuf) -> Result<Outcome> {
    let path = folder.join("proxy.db");
    let store = SqliteStore::open(&path).await?;
    let (order, attempt) = fresh(&store)?;
    let pattern = order.terms.attempt.clone();
    store.claim(&pattern, &attempt, 1).await?;
    store.update(&finished(order)?, &[]).await?;
    for _ in 0..FOLLOWED {
        let (order, attempt) = fresh(&store)?;
        store.claim(&order.terms.attempt, &attempt, 1).await?;
    }
    store.close().await;
    let sizes: &[u32] = size.of(&[100, 200], &[1_000, 10_000, 100_000, 1_000_000]);
    let mut grown: Vec<(u32, Times)> = vec![];
    for &orders in sizes {
        grow(&path, &pattern, orders).await?;
        let mut times = Times::default();
        for _ in 0..size.rounds() {
            let round = measure(&path, size.of(10, 300)).await?;
            times.iter_mut().zip(round).for_each(|(times, time)| times.push(time));
        }
        grown.push((orders, times));
    }
    let mut outcome = Outcome::default();
    for (at, call) in CALLS.into_iter().enumerate() {
        let mut least: Option<&Vec<f64>> = None;
        for (orders, times) in &grown {
            let times = times.get(at).context("a time for each call")?;
            let what = format!("{call}, {orders} orders");
            match least {
                None => outcome.plain(what, "ms", times),
                Some(least) => outcome.against(what, "ms", times, ("the fewest", least)),
            }
            least = least.or(Some(times));
        }
    }
    Ok(outcome)
}

fn fresh(store: &SqliteStore) -> Result<(Order, Attempt)> {
    let payment = payment()?;
    let prints = Fingerprints::of(&payment, store.card_key())?;
    let (order, _) = Order::accept(payment.terms, 1);
    Ok((order.clone(), Attempt::Taken(order, prints)))
}

/// Copies the pattern until there are so many.
async fn grow(path: &Path, pattern: &AttemptId, orders: u32) -> Result<()> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Off)
        .pragma("cache_size", "-1000000");
    let mut database = SqliteConnection::connect_with(&options).await?;
    let there: u32 =
        query_scalar("SELECT count(*) FROM attempts WHERE NOT followed").fetch_one(&mut database).await?;
    let missing = orders.saturating_sub(there);
    if missing > 0 {
        query(COPY).bind(pattern.as_str()).bind(missing).execute(&mut database).await?;
    }
    query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut database).await?;
    Ok(database.close().await?)
}

/// The median time of each of [`CALLS`], in milliseconds.
async fn measure(path: &Path, times: usize) -> Result<[f64; CALLS.len()]> {
    let ids = some_ids(path, times).await?;
    let begun = Instant::now();
    let store = SqliteStore::open(path).await?;
    let followed = store.followed().await?.len();
    let start = begun.elapsed();
    ensure!(followed == usize::try_from(FOLLOWED)?, "{followed} orders are followed");

    let [mut claims, mut updates, mut finds, mut lists] = [(); 4].map(|()| vec![]);
    let mut taken = vec![];
    for id in &ids {
        let (order, attempt) = fresh(&store)?;
        let new = order.terms.attempt.clone();
        let begun = Instant::now();
        let claim = store.claim(&new, &attempt, 1).await?;
        claims.push(begun.elapsed());
        ensure!(claim == Claim::Won, "an id that nobody had was taken");

        let order = finished(order)?;
        let begun = Instant::now();
        store.update(&order, &[]).await?;
        updates.push(begun.elapsed());
        taken.push(new);

        let begun = Instant::now();
        let found = store.find(id).await?;
        finds.push(begun.elapsed());
        ensure!(found.is_some(), "an order that is there was not found");
    }
    for _ in 0..times.div_ceil(10) {
        let begun = Instant::now();
        let list = store.recent(RECENT).await?;
        lists.push(begun.elapsed());
        ensure!(list.len() >= usize::try_from(RECENT)?, "the list is short");
    }
    store.close().await;
    forget(path, &taken).await?;
    let median = |times: &[Duration]| percentile(times, 50);
    Ok([median(&claims), median(&updates), median(&finds), median(&lists), median(&[start])])
}

async fn some_ids(path: &Path, count: usize) -> Result<Vec<AttemptId>> {
    let mut database = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await?;
    let ids: Vec<String> =
        query_scalar("SELECT id FROM attempts WHERE NOT followed ORDER BY random() LIMIT ?")
            .bind(i64::try_from(count)?)
            .fetch_all(&mut database)
            .await?;
    database.close().await?;
    ids.iter().map(|id| Ok(id.parse()?)).collect()
}

/// Takes out what a round has put in.
async fn forget(path: &Path, ids: &[AttemptId]) -> Result<()> {
    let mut database = SqliteConnection::connect_with(&SqliteConnectOptions::new().filename(path)).await?;
    let mut transaction = database.begin().await?;
    for id in ids {
        query("DELETE FROM attempts WHERE id = ?").bind(id.as_str()).execute(&mut *transaction).await?;
    }
    transaction.commit().await?;
    Ok(database.close().await?)
}
