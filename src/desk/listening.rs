//! Hearing at once how the payment on screen stands. It is asked for only while the proxy is not heard.
//!
//! One payment at a time: browsers open six connections to a server, and a stream keeps one of them.

use super::Desk;
use crate::{browser, proxy};
use leptos::task::spawn_local;
use payment::api::EVENTS_HEARTBEAT_MS;
use payment::attempt::AttemptId;
use payment::json;
use payment::till::Event;
use web_sys::{AbortController, AbortSignal};

/// So long after its last word, or after it was called, the proxy is silent. A heartbeat may be lost and the next late.
const SILENT_MS: u64 = 2 * EVENTS_HEARTBEAT_MS + 2_000;

/// The stream about one payment, which ends with this value.
pub(super) struct Listening {
    id: AttemptId,
    end: AbortController,
    /// The proxy was not only called.
    is_heard: bool,
    /// When it is silent.
    until: u64,
    /// Names what it said last.
    seen: String,
    /// What it said last, as it said it, on this stream or the one before.
    view: String,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.end.abort();
    }
}

impl Desk {
    /// Finds out how a payment stands. What is heard is still so, and the proxy need not be asked.
    pub(super) fn poll(self, id: AttemptId) {
        let heard = {
            let own = self.own().borrow();
            let mut listening = own.listening.iter();
            let heard = |l: &&Listening| l.id == id && l.is_heard && browser::now() < l.until;
            listening.find(heard).map(|listening| listening.view.clone()).unwrap_or_default()
        };
        if !self.told(&id, &heard) {
            self.listen(&id);
            self.tell(id, "", None);
        }
    }

    /// Opens the stream about the payment on screen, unless there is one that may yet speak.
    pub(super) fn listen(self, id: &AttemptId) {
        let on_screen = self
            .current
            .with_untracked(|at| at.as_ref().is_some_and(|a| a.draft.attempt == *id && !a.is_finished()));
        let now = browser::now();
        let mut own = self.own().borrow_mut();
        let (mut seen, mut view) = (String::new(), String::new());
        if let Some(before) = own.listening.as_mut().filter(|before| before.id == *id) {
            if now < before.until {
                return;
            }
            (seen, view) = (std::mem::take(&mut before.seen), std::mem::take(&mut before.view));
        }
        let (true, Ok(end)) = (on_screen, AbortController::new()) else { return };
        let (path, after, signal) = (format!("payments/{id}/events"), seen.clone(), end.signal());
        own.listening = Some(Listening {
            id: id.clone(),
            end,
            is_heard: false,
            until: now.saturating_add(SILENT_MS),
            seen,
            view,
        });
        spawn_local(async move {
            proxy::listen(path, after, &signal, &|line| self.hear(&signal, line)).await;
            // However it ended, the next question opens another, unless that has happened.
            if let Some(listening) = self.own().borrow_mut().listening.as_mut().filter(|_| !signal.aborted())
            {
                listening.until = 0;
            }
        });
    }

    fn hear(self, signal: &AbortSignal, line: &str) {
        let mut own = self.own().borrow_mut();
        let Some(listening) = own.listening.as_mut().filter(|_| !signal.aborted()) else { return };
        listening.is_heard = true;
        listening.until = browser::now().saturating_add(SILENT_MS);
        if let Some(id) = line.strip_prefix("id: ") {
            listening.seen = id.to_owned();
        }
        if let Some(view) = line.strip_prefix("data: ") {
            listening.view = view.to_owned();
            let id = listening.id.clone();
            drop(own);
            self.told(&id, view);
        }
    }

    /// Feeds a view to its payment, if that is what this is.
    fn told(self, id: &AttemptId, view: &str) -> bool {
        let view = json::read(view);
        let is_view = view.is_some();
        if is_view {
            self.feed(id, Event::Told(view));
        }
        is_view
    }
}
