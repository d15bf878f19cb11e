//! Hearing at once how the payment on screen stands. It is asked for only while the proxy is not heard.
//!
//! One payment at a time: browsers open six connections to a server, and a stream keeps one of them.

use super::Desk;
use crate::{browser, proxy};
use leptos::task::spawn_local;
use payment::api::{EVENTS_HEARTBEAT_MS, PaymentEvent};
use payment::attempt::AttemptId;
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
    /// What it said last, here or on the stream before.
    last: Option<PaymentEvent>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.end.abort();
    }
}

impl Desk {
    /// Finds out how a payment stands. What is heard is still so, and the proxy need not be asked.
    pub(super) fn poll(self, id: AttemptId) {
        let now = browser::now();
        let heard = self.own().borrow().listening.as_ref().and_then(|listening| {
            let is_heard = listening.id == id && listening.is_heard && now < listening.until;
            listening.last.as_ref().filter(|_| is_heard).map(|event| event.payment.clone())
        });
        if heard.is_some() {
            return self.feed(&id, Event::Told(heard));
        }
        self.listen(&id);
        spawn_local(async move {
            let told = proxy::view(&id).await;
            self.feed(&id, told);
        });
    }

    /// Opens the stream about the payment on screen, unless there is one that may yet speak.
    pub(super) fn listen(self, id: &AttemptId) {
        let on_screen = self.current.with_untracked(|at| {
            at.as_ref().is_some_and(|a| a.draft.attempt == *id && !a.is_finished() && a.followed().is_some())
        });
        let now = browser::now();
        let mut own = self.own().borrow_mut();
        let before = own.listening.as_mut().filter(|listening| listening.id == *id);
        if !on_screen || before.as_ref().is_some_and(|listening| now < listening.until) {
            return;
        }
        let last = before.and_then(|listening| listening.last.take());
        let Ok(end) = AbortController::new() else { return };
        let signal = end.signal();
        let (id, after) = (id.clone(), last.as_ref().map(|event| event.position.clone()));
        let until = now.saturating_add(SILENT_MS);
        own.listening = Some(Listening { id: id.clone(), end, is_heard: false, until, last });
        spawn_local(async move {
            // However it ends, the next question opens another.
            let _ = proxy::listen(&id, after, &signal, |event| self.hear(&signal, event)).await;
            self.heard(&signal, |listening| listening.until = 0);
        });
    }

    fn hear(self, signal: &AbortSignal, event: Option<PaymentEvent>) {
        let told = event.as_ref().map(|event| (event.payment.terms.attempt.clone(), event.payment.clone()));
        self.heard(signal, |listening| {
            listening.is_heard = true;
            listening.until = browser::now().saturating_add(SILENT_MS);
            listening.last = event.or(listening.last.take());
        });
        if let Some((id, view)) = told.filter(|_| !signal.aborted()) {
            self.feed(&id, Event::Told(Some(view)));
        }
    }

    /// Unless another stream has taken its place.
    fn heard(self, signal: &AbortSignal, change: impl FnOnce(&mut Listening)) {
        if !signal.aborted() {
            self.own().borrow_mut().listening.as_mut().map(change);
        }
    }
}
