//! The till's desk: the payment on screen, the parked ones, and everything that carries out what they ask for.

mod effects;
mod keying;
mod link_log;
mod listening;
mod reader_events;
mod reader_search;
mod screen;
mod self_service;
mod start;
mod state;
mod update;
mod watched;

use crate::{browser, duplicate, proxy, shell, sound, sound::Sound, words};
pub use keying::Question;
use leptos::task::spawn_local;
pub use link_log::LinkLog;
use payment::attempt::AttemptId;
use payment::till::{Attempt, CardRead, Draft, Event, State};
pub use screen::Screen;
pub(crate) use self_service::ASKED_MS;
use state::Own;
pub use state::{DeskState, Network, Reader, Readiness};
use std::cell::RefCell;
use std::ops::Deref;
pub use watched::Watched;

/// Where it is kept up to which payment, by when Pay was pressed, results have been left.
const LEFT: &str = "mpos-terminal.left";

/// Where it is kept whether staff are there, for a start without the proxy.
const ATTENDED: &str = "mpos-terminal.attended";

fn left_until() -> u64 {
    browser::remembered(LEFT).and_then(|at| at.parse().ok()).unwrap_or_default()
}

/// The desk. A handle: all copies are the same desk, which lives as long as the page.
#[derive(Clone, Copy)]
pub struct Desk(&'static DeskState);

impl Deref for Desk {
    type Target = DeskState;

    fn deref(&self) -> &DeskState {
        self.0
    }
}

impl Desk {
    /// An empty desk. It does nothing before [`Desk::start`].
    #[must_use]
    pub fn new() -> Self {
        Self(Box::leak(Box::default()))
    }

    /// What it knows, for as long as the page lives.
    #[must_use]
    pub fn state(self) -> &'static DeskState {
        self.0
    }

    /// What the desk keeps to itself. Not to be held while anything else of the desk is called.
    fn own(self) -> &'static RefCell<Own> {
        &self.0.own
    }

    /// Begins the payment that `draft` makes of a new id and the time. Whether it has begun.
    pub fn pay(self, draft: &dyn Fn(AttemptId, u64) -> Draft) -> bool {
        if !self.can_begin() {
            return false;
        }
        let Some(attempt) = self.own().borrow_mut().next_id.take() else { return false };
        self.own().borrow_mut().next_id = browser::draw_attempt();
        let (attempt, effects) = Attempt::pay(draft(attempt, browser::now()));
        self.forget_entry();
        self.show(attempt.clone());
        self.enqueue(attempt, effects);
        true
    }

    /// Whether a payment can begin now.
    fn can_begin(self) -> bool {
        let ready = self.readiness.get_untracked() == Readiness::Ready && self.can_pay();
        ready && self.current.with_untracked(Option::is_none)
    }

    /// Whether the reader and the network are ready for a payment.
    #[must_use]
    pub fn can_pay(self) -> bool {
        matches!(self.reader.get(), Reader::Ready(_))
            && !self.card_in.get()
            && !self.reader_busy.get()
            && !matches!(self.network.get(), Network::ProxyAway | Network::GateClosing)
    }

    /// The amount of the payment on screen, in words for people.
    #[must_use]
    pub fn amount_asked(self) -> String {
        self.current.with_untracked(|a| a.as_ref().map(|a| words::amount(a.draft.amount)).unwrap_or_default())
    }

    /// Something happened to the attempt of this id.
    pub fn feed(self, id: &AttemptId, event: Event) {
        let now = browser::now();
        let on_screen = self.current.with_untracked(|at| at.as_ref().is_some_and(|a| a.draft.attempt == *id));
        let before = if on_screen {
            self.current.get_untracked()
        } else {
            self.parked.with_untracked(|all| all.iter().find(|a| a.draft.attempt == *id).cloned())
        };
        let Some(before) = before else { return };
        let (after, effects) = before.clone().handle(event, now);
        if on_screen {
            self.current.set(Some(after.clone()));
            if after.is_finished() {
                self.own().borrow_mut().listening.stop();
            }
        } else {
            self.replace_parked(&before, after.clone());
        }
        self.enqueue(after, effects);
    }

    /// As [`Desk::feed`], to the payment on screen.
    pub fn feed_current(self, event: Event) {
        if let Some(id) = self.current.with_untracked(|at| at.as_ref().map(|a| a.draft.attempt.clone())) {
            self.feed(&id, event);
        }
    }

    /// Leaves the payment on screen: a finished one is done with, any other is parked.
    pub fn leave(self) {
        let Some(attempt) = self.current.get_untracked() else { return };
        if attempt.is_finished() {
            browser::remember(LEFT, &left_until().max(attempt.draft.paid_at).to_string());
            self.own().borrow_mut().recent.push(attempt);
        } else {
            self.release_card(&attempt);
            let attempt = self.current.get_untracked().unwrap_or(attempt);
            self.park(attempt);
        }
        self.own().borrow_mut().listening.stop();
        self.current.set(None);
        self.resumed.set(false);
        self.less_kept.set(false);
        self.forget_entry();
    }

    /// Brings a parked payment to the screen, if there is none.
    pub fn open(self, id: &AttemptId) {
        if self.current.with_untracked(Option::is_some) {
            return;
        }
        let found = self.parked.with_untracked(|all| all.iter().find(|a| a.draft.attempt == *id).cloned());
        if let Some(attempt) = found {
            self.parked.update(|all| all.retain(|a| a.draft.attempt != *id));
            self.list_open.set(false);
            self.show(attempt);
        }
    }

    /// Takes a notice off the list.
    pub fn acknowledge(self, id: u64) {
        spawn_local(async move {
            if let Some(terminal) = proxy::acknowledge(id).await.got() {
                self.terminal.set(Some(terminal));
            }
        });
    }

    /// The cashier's word on a card that paid this amount before.
    pub fn answer_repeated(self, charge_again: bool) {
        let Some(read) = self.repeated.get_untracked() else { return };
        self.repeated.set(None);
        self.feed_current(if charge_again { Event::CardRead(Box::new(read)) } else { Event::Cancel });
    }

    /// This page's own payments of the last day: those that nobody has seen the end of, then the others, the latest first. None on
    /// a kiosk, where customers would see them.
    pub(crate) fn history(self) -> Vec<Attempt> {
        if browser::remembered(ATTENDED).is_none_or(|attended| attended.is_empty()) {
            return vec![];
        }
        let mut history = self.parked.get_untracked();
        history.extend(self.own().borrow().recent.iter().rev().cloned());
        history
    }

    /// Says it politely to those who listen.
    pub fn say(self, text: impl Into<String>) {
        self.status.set(text.into());
    }

    fn show(self, attempt: Attempt) {
        self.prompt.set(None);
        self.less_kept.set(false);
        self.current.set(Some(attempt));
    }

    /// Puts an attempt among the parked ones, the oldest first.
    fn park(self, attempt: Attempt) {
        self.parked.update(|parked| {
            let at = parked.partition_point(|other| other.draft.paid_at <= attempt.draft.paid_at);
            parked.insert(at, attempt);
        });
    }

    fn replace_parked(self, before: &Attempt, after: Attempt) {
        if after.is_finished() && !before.is_finished() {
            sound::play(Sound::Attention);
            self.say(crate::words::resolved(&after));
        }
        self.parked.update(|all| {
            for slot in all.iter_mut().filter(|a| a.draft.attempt == after.draft.attempt) {
                *slot = after.clone();
            }
        });
    }

    /// A card that has just been read either goes on or waits for the cashier's word.
    fn card_read(self, id: &AttemptId, read: CardRead) {
        let current = self.current.get_untracked();
        let amount = current.as_ref().filter(|a| a.draft.attempt == *id).map(|a| a.draft.amount);
        let now = browser::now();
        let repeats = amount.is_some_and(|amount| {
            self.parked.with_untracked(|all| duplicate::repeats(&read.card, amount, all, now))
                || duplicate::repeats(&read.card, amount, &self.own().borrow().recent, now)
        });
        if repeats {
            sound::play(Sound::Attention);
            self.repeated.set(Some(read));
        } else {
            self.feed(id, Event::CardRead(Box::new(read)));
        }
    }

    /// Ten times a second: moves the reader, wakes what is due, and lets the seconds on screen pass.
    fn beat(self) {
        let now = browser::now();
        self.pump();
        let due = |a: &Attempt| a.wake_at().is_some_and(|at| at <= now).then(|| a.draft.attempt.clone());
        let mut ids: Vec<_> = self.current.with_untracked(|at| at.iter().filter_map(due).collect());
        ids.extend(self.parked.with_untracked(|all| all.iter().filter_map(due).collect::<Vec<_>>()));
        for id in ids {
            self.feed(&id, Event::Tick);
        }
        if now / 1000 != self.now.get_untracked() / 1000 {
            self.own().borrow_mut().touched |= browser::is_touched();
            self.now.set(now);
            self.tell_customer();
            shell::keep_awake(self.is_open());
            self.look_for_update(now);
            self.look_for_customer(now);
        }
    }

    /// Whether leaving the page would leave a payment.
    fn is_open(self) -> bool {
        self.current.with_untracked(|at| at.as_ref().is_some_and(|a| !matches!(a.state, State::Finished(..))))
    }
}

impl Default for Desk {
    fn default() -> Self {
        Self::new()
    }
}
