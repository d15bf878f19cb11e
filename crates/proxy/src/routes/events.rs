//! `/payments/{id}/events`: how a payment stands, at once and at each change of what the page is shown.
//!
//! Lines of JSON. A line is the whole view with a position, which is a digest of the view: a page that comes back with
//! the position of what it saw last is told only if that is no longer how things stand, also after a restart of the
//! proxy. It needs no more to miss nothing, as a view says everything and the store has one at a time. An empty line
//! says that there is nothing to say.

use super::{App, payments::Id};
use crate::desk::Watcher;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::{RawQuery, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use payment::api::{EVENTS_HEARTBEAT_MS, PaymentEvent, PaymentView};
use sha2::{Digest, Sha256};
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, timeout_at};

/// Never longer without a line.
const HEARTBEAT: Duration = Duration::from_millis(EVENTS_HEARTBEAT_MS);
const HEARTBEAT_LINE: Bytes = Bytes::from_static(b"\n");
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "application/x-ndjson"),
    // Asks nginx and its like to pass each line on as it comes.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// A page that listens.
struct Listener {
    watcher: Watcher,
    /// Of the last view that the page has.
    position: Option<String>,
    /// How the payment stands, where it was read and not told.
    view: Option<PaymentView>,
}

pub(super) async fn events(
    State(app): State<App>,
    Id(id): Id,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    // Watched before it is read, so that nothing is missed in between.
    let watcher = app.desk.watch(id);
    let view = Some(watcher.look().await?);
    let position = query.as_deref().and_then(|query| query.strip_prefix("after=")).map(str::to_owned);
    let lines = stream::unfold(Listener { watcher, position, view }, async |mut listener| {
        let line = listener.next().await?;
        Some((Ok::<_, Infallible>(line), listener))
    });
    Ok((HEADERS, Body::from_stream(lines)).into_response())
}

impl Listener {
    /// The next line; `None` ends the stream. Nothing is read before the line before it was taken, so that a slow page
    /// is told how things stand then, and not what it has missed.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(view) = self.view.take() {
            return self.tell(view).or(Some(HEARTBEAT_LINE));
        }
        let due = Instant::now() + HEARTBEAT;
        loop {
            match timeout_at(due, self.watcher.changed()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => return Some(HEARTBEAT_LINE),
            }
            let view = self.watcher.look().await.ok()?;
            if let line @ Some(_) = self.tell(view) {
                return line;
            }
        }
    }

    /// The line that says how the payment stands, unless the page knows.
    fn tell(&mut self, view: PaymentView) -> Option<Bytes> {
        // When to ask next is different at every look.
        let shown = serde_json::to_vec(&PaymentView { next_poll_ms: 0, ..view.clone() }).ok()?;
        let position = hex::encode(Sha256::digest(shown).get(..8)?);
        if self.position.as_ref() == Some(&position) {
            return None;
        }
        self.position = Some(position.clone());
        let mut line = serde_json::to_vec(&PaymentEvent { position, payment: view }).ok()?;
        line.push(b'\n');
        Some(line.into())
    }
}
