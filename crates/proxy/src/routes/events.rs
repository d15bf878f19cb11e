//! `/payments/{id}/events`: how a payment stands, at once and at each change of what the page is shown.
//!
//! Server-sent events. Each holds the whole view; its id is a digest of the view. Who comes back with the id of what it
//! saw last (`Last-Event-ID`) is told only if that is no longer how things stand, also after a restart of the proxy. It
//! needs no more to miss nothing: a view says everything, and the store has one at a time. A comment says that there is
//! nothing to say.

use super::{App, payments::Id};
use crate::desk::Watcher;
use crate::problem::Problem;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use payment::api::{EVENTS_HEARTBEAT_MS, PaymentView};
use sha2::{Digest, Sha256};
use std::{convert::Infallible, time::Duration};
use tokio::time::{Instant, timeout_at};

/// Never longer without a word.
const HEARTBEAT: Duration = Duration::from_millis(EVENTS_HEARTBEAT_MS);
const NOTHING_NEW: Bytes = Bytes::from_static(b":\n\n");
const HEADERS: [(HeaderName, &str); 2] = [
    (header::CONTENT_TYPE, "text/event-stream"),
    // Asks nginx and its like to pass each event on as it comes.
    (HeaderName::from_static("x-accel-buffering"), "no"),
];

/// A page that listens.
struct Listener {
    watcher: Watcher,
    /// Of the last view that the page has.
    seen: Option<String>,
    /// How the payment stands, where it was read and not told.
    view: Option<PaymentView>,
}

pub(super) async fn events(
    State(app): State<App>,
    Id(id): Id,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    // Watched before it is read, so that nothing is missed in between.
    let watcher = app.desk.watch(id);
    let view = Some(watcher.look().await?);
    let seen = headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let events = stream::unfold(Listener { watcher, seen, view }, async |mut listener| {
        let event = listener.next().await?;
        Some((Ok::<_, Infallible>(event), listener))
    });
    Ok((HEADERS, Body::from_stream(events)).into_response())
}

impl Listener {
    /// The next event; `None` ends the stream. Nothing is read before the event before it was taken, so that a slow page
    /// is told how things stand then, and not what it has missed.
    async fn next(&mut self) -> Option<Bytes> {
        if let Some(view) = self.view.take() {
            return self.tell(view).or(Some(NOTHING_NEW));
        }
        let due = Instant::now() + HEARTBEAT;
        loop {
            match timeout_at(due, self.watcher.changed()).await {
                Ok(true) => {}
                Ok(false) => return None,
                Err(_) => return Some(NOTHING_NEW),
            }
            let view = self.watcher.look().await.ok()?;
            if let event @ Some(_) = self.tell(view) {
                return event;
            }
        }
    }

    /// The event that says how the payment stands, unless the page knows.
    fn tell(&mut self, view: PaymentView) -> Option<Bytes> {
        // When to ask next is different at every look.
        let mut shown = view.clone();
        shown.next_poll_ms = 0;
        let shown = serde_json::to_vec(&shown).ok()?;
        let id = hex::encode(Sha256::digest(shown).get(..8)?);
        if self.seen.as_ref() == Some(&id) {
            return None;
        }
        let event = format!("data: {}\nid: {id}\n\n", serde_json::to_string(&view).ok()?);
        self.seen = Some(id);
        Some(event.into())
    }
}
