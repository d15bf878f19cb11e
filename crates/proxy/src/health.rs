//! Whether the proxy works, for whoever stands at the till. Asking often does nothing often.

use crate::clock;
use crate::desk::Desk;
use crate::metrics::Metrics;
use payment::api::Health;
use std::time::Duration;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};

/// The store is tried no more often.
const STORE_EVERY: Duration = Duration::from_secs(10);
/// A store that takes so long takes no payments either.
const STORE_LIMIT: Duration = Duration::from_secs(3);
/// The gateway is connected to where nothing was asked of it for so long.
const GATEWAY_EVERY: Duration = Duration::from_secs(60);
/// A gateway on which a connection takes so long is not waited for longer: the page waits 8 s for an answer.
const GATEWAY_LIMIT: Duration = Duration::from_secs(3);

/// When the store was tried last, and whether it wrote. Whoever comes meanwhile waits and gets the same answer.
#[derive(Debug, Default)]
pub(crate) struct LastTried(Mutex<Option<(Instant, bool)>>);

impl LastTried {
    /// How the proxy is: what is known, tried again where that is old.
    ///
    /// The gateway has no call that is documented as harmless, so it is not called for this: a connection is begun, with
    /// TLS where it speaks TLS, and closed without a word.
    pub(crate) async fn health(&self, desk: &Desk, metrics: &Metrics) -> Health {
        let mut last = self.0.lock().await;
        let is_new = last.is_some_and(|(at, _)| at.elapsed() < STORE_EVERY);
        let (tried, ()) = tokio::join!(
            async { if is_new { *last } else { Some((Instant::now(), writes(desk).await)) } },
            connect(desk, metrics)
        );
        *last = tried;
        Health {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            now: clock::unix_ms(),
            store_writes: tried.is_some_and(|(_, writes)| writes),
            gateway: metrics.gateway(),
        }
    }
}

async fn writes(desk: &Desk) -> bool {
    timeout(STORE_LIMIT, desk.store().try_writing()).await.is_ok_and(|written| written.is_ok())
}

async fn connect(desk: &Desk, metrics: &Metrics) {
    if !metrics.gateway_tried_within(GATEWAY_EVERY) {
        let is_connected = timeout(GATEWAY_LIMIT, desk.gateway().connect()).await.unwrap_or(false);
        metrics.gateway_connected(is_connected);
    }
}
