//! Opening the till: one tab, the journal, what the proxy knows, the reader, the heartbeat.

use super::{ATTENDED, Desk, Network, Reader, Readiness, left_until};
use crate::device::{Device, search};
use crate::journal::{Journal, NAME};
use crate::parts::hear;
use crate::{browser, lock, proxy};
use leptos::prelude::*;
use leptos::task::spawn_local;
use payment::till::Attempt;
use std::time::Duration;

/// The proxy is asked what the till may do, and so whether it is there, each so often.
const TERMINAL_MS: i32 = 10_000;
/// As long as it has not answered yet.
const FIRST_ANSWER_MS: i32 = 2_000;
/// Finished attempts are kept in the journal for so long.
const KEEP_MS: u64 = 24 * 3_600_000;

impl Desk {
    /// Opens the till. `device` is the reader; without one, the till looks for its own.
    pub fn start(self, device: Option<Device>) {
        spawn_local(async move {
            if !lock::own(NAME, false).await {
                self.readiness.set(Readiness::OtherTab);
                if lock::own(NAME, true).await
                    && let Some(window) = web_sys::window()
                {
                    let _ = window.location().reload();
                }
                return;
            }
            if self.open_journal().await.is_err() {
                return self.readiness.set(Readiness::CannotSave);
            }
            self.own().borrow_mut().next_id = browser::draw_attempt();
            match device {
                Some(device) => {
                    self.reader.set(Reader::Connecting);
                    self.own().borrow_mut().device = Some(device);
                }
                None if search::is_any_supported() => self.watch_readers(),
                None => self.reader.set(Reader::Unsupported),
            }
            self.readiness.set(Readiness::Ready);
            let now = browser::now();
            // Whoever opens the till is about to use it: no update comes in between.
            self.own().borrow_mut().busy_until = now;
            self.now.set(now);
            set_interval(move || self.beat(), Duration::from_millis(100));
            hear("beforeunload", move |event| {
                if self.is_open() {
                    event.prevent_default();
                }
            });
            hear("pagehide", move |_| {
                self.with_device(|device, now| {
                    device.close(now);
                    true
                });
            });
            self.keep_in_touch().await;
        });
    }

    /// Takes up what an earlier page left: the last one that is open comes to the screen, others are parked.
    async fn open_journal(self) -> Result<(), crate::journal::CannotSave> {
        let journal = Journal::open(NAME).await?;
        let now = browser::now();
        let attempts = journal.read().await?;
        let mut steps = Vec::new();
        for attempt in attempts {
            if !attempt.is_finished() {
                steps.push(attempt.restore(now));
            } else if now.saturating_sub(attempt.draft.paid_at) > KEEP_MS {
                journal.remove(&attempt.draft.attempt).await?;
            } else {
                self.own().borrow_mut().recent.push(attempt);
            }
        }
        self.own().borrow_mut().journal = Some(journal);
        if steps.is_empty() {
            // A result that was on screen when the page ended, and that nobody has left.
            let unseen = self.own().borrow_mut().recent.pop_if(|last| last.draft.paid_at > left_until());
            if let Some(last) = unseen {
                self.resumed.set(true);
                self.show(last);
            }
        }
        let last = steps.len().saturating_sub(1);
        for (at, (attempt, effects)) in steps.into_iter().enumerate() {
            if at == last {
                self.resumed.set(true);
                self.show(attempt.clone());
            } else {
                self.park(attempt.clone());
            }
            self.enqueue(attempt, effects);
        }
        Ok(())
    }

    async fn keep_in_touch(self) {
        let mut adopted = false;
        loop {
            let here = std::mem::take(&mut self.own().borrow_mut().touched) || self.is_open();
            let terminal = proxy::terminal(here).await.got();
            let is_new = terminal.is_some() && self.terminal.with_untracked(|known| *known != terminal);
            // Known with the rest, so that the keypad comes with what it says of the reader, and does not move.
            let granted = if is_new { search::granted().await } else { vec![] };
            self.network.set(match &terminal {
                None => Network::ProxyAway,
                Some(terminal) if terminal.gate_closing.is_some() => Network::GateClosing,
                Some(terminal) if !terminal.gateway_reachable => Network::GatewayAway,
                Some(_) => Network::Online,
            });
            if let Some(terminal) = terminal.filter(|_| is_new) {
                browser::remember(ATTENDED, if terminal.attended { "yes" } else { "" });
                self.terminal.set(Some(terminal));
                self.take_limits();
                self.take_reader(granted);
            }
            if !adopted && let Some(views) = proxy::payments().await.got() {
                adopted = true;
                views.into_iter().for_each(|view| self.adopt(view));
            }
            browser::wait(if adopted { TERMINAL_MS } else { FIRST_ANSWER_MS }).await;
        }
    }

    /// Takes up a payment that the proxy follows and this page has forgotten.
    fn adopt(self, view: payment::api::TillView) {
        let id = &view.terms.attempt;
        let known = self.current.with_untracked(|at| at.iter().any(|a| a.draft.attempt == *id))
            || self.parked.with_untracked(|all| all.iter().any(|a| a.draft.attempt == *id))
            || self.own().borrow().recent.iter().any(|a| a.draft.attempt == *id);
        if known || matches!(view.state, payment::api::PaymentState::Final { .. }) {
            return;
        }
        let (attempt, effects) = Attempt::adopt(view, browser::now());
        self.park(attempt.clone());
        self.enqueue(attempt, effects);
    }
}
