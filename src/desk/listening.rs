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

/// The stream about one payment.
#[derive(Default)]
pub(super) struct Listening {
    id: Option<AttemptId>,
    end: Option<AbortController>,
    /// The proxy was not only called.
    is_heard: bool,
    /// When it is silent.
    until: u64,
    /// Names what it said last.
    seen: String,
    /// What it said last, as it said it, on this stream or the one before.
    view: String,
}

impl Listening {
    /// Ends the stream, if there is one.
    pub(super) fn stop(&mut self) {
        self.until = 0;
        if let Some(end) = self.end.take() {
            end.abort();
        }
    }
}

impl Desk {
    /// Finds out how a payment stands. What is heard is still so, and the proxy need not be asked.
    pub(super) fn poll(self, id: AttemptId) {
        let heard = {
            let listening = &self.own().borrow().listening;
            let is_heard = listening.is_heard && browser::now() < listening.until;
            if is_heard && listening.id.as_ref() == Some(&id) {
                listening.view.clone()
            } else {
                String::new()
            }
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
        let listening = &mut self.own().borrow_mut().listening;
        let is_same = listening.id.as_ref() == Some(id);
        if !on_screen || is_same && now < listening.until {
            return;
        }
        listening.stop();
        if !is_same {
            *listening = Listening { id: Some(id.clone()), ..Listening::default() };
        }
        let Ok(end) = AbortController::new() else { return };
        let (path, seen, signal) = (format!("payments/{id}/events"), listening.seen.clone(), end.signal());
        listening.end = Some(end);
        listening.is_heard = false;
        listening.until = now.saturating_add(SILENT_MS);
        spawn_local(async move {
            proxy::listen(path, seen, &signal, &|line| self.hear(&signal, line)).await;
            // However it ended, the next question opens another, unless that has happened.
            if !signal.aborted() {
                self.own().borrow_mut().listening.until = 0;
            }
        });
    }

    fn hear(self, signal: &AbortSignal, line: &str) {
        let mut own = self.own().borrow_mut();
        let listening = &mut own.listening;
        if signal.aborted() {
            return;
        }
        listening.is_heard = true;
        listening.until = browser::now().saturating_add(SILENT_MS);
        // The id stands last in an event: what was not heard to its end is told again.
        if let Some(id) = line.strip_prefix("id: ") {
            listening.seen = id.to_owned();
        }
        if let Some(view) = line.strip_prefix("data: ")
            && let Some(id) = listening.id.clone()
        {
            listening.view = view.to_owned();
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
