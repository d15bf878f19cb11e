//! The till's desk: the payment on screen, the parked ones, and everything that carries out what they ask for.

mod effects;
mod reader_events;
mod reader_search;
mod start;

use crate::device::search::{Candidate, Watch};
use crate::{
    browser, device::Device, duplicate, entry::Entry, journal::Journal, sound, sound::Sound,
    watched::Watched, words,
};
use leptos::prelude::*;
use payment::api::{Kind, Terminal};
use payment::attempt::AttemptId;
use payment::till::{Attempt, CardRead, Draft, Event, State};
use reader::{Identity, Prompt};
use std::collections::VecDeque;

/// What the page can do at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    /// Being found out.
    Starting,
    /// Another tab owns the till.
    OtherTab,
    /// The journal does not work: nothing may be paid, and nothing more of an open payment happens on this page.
    CannotSave,
    /// All is well.
    Ready,
}

/// What is known of the reader.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reader {
    /// This browser reaches none.
    Unsupported,
    /// None was ever chosen or granted.
    None,
    /// Being asked who it is.
    Connecting,
    /// Ready, with its charge in percent if it has a battery.
    Ready(Option<u8>),
    /// It does not encrypt card data.
    NotSecure,
    /// It has used up its keys.
    KeysUsedUp,
    /// It is not the till's own.
    Different {
        /// Serial number of the till's own.
        expected: String,
        /// Serial number of this one.
        found: String,
    },
    /// The cable was pulled, or it went out of reach.
    Unplugged,
    /// Another program has it, or this user may not use it.
    InUse,
    /// It does not answer, or what it says is damaged.
    Lost,
}

/// What is known of the way to the gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Network {
    /// Not asked yet.
    Unknown,
    /// Proxy and gateway answer.
    Online,
    /// The proxy does not answer.
    ProxyAway,
    /// The proxy answers, the gateway does not.
    GatewayAway,
}

/// An attempt and the effects of its last step, in their order.
struct Work {
    attempt: Attempt,
    effects: Vec<payment::till::Effect>,
}

/// The desk. A handle: all copies are the same desk.
#[derive(Clone, Copy)]
pub struct Desk {
    /// What the page can do.
    pub readiness: Watched<Readiness>,
    /// Unix milliseconds, once a second.
    pub now: Watched<u64>,
    /// What this till may do, once the proxy has said so.
    pub terminal: Watched<Option<Terminal>>,
    /// The way to the gateway.
    pub network: Watched<Network>,
    /// The reader.
    pub reader: Watched<Reader>,
    /// The reader is occupied with a card session.
    pub reader_busy: Watched<bool>,
    /// What the reader asks the customer for.
    pub prompt: Watched<Option<Prompt>>,
    /// A card has to be taken out.
    pub card_in: Watched<bool>,
    /// The amount being keyed.
    pub entry: Watched<Option<Entry>>,
    /// The payment on screen.
    pub current: Watched<Option<Attempt>>,
    /// Payments that are not on screen and that nobody has seen the end of.
    pub parked: Watched<Vec<Attempt>>,
    /// The list of parked payments is open.
    pub list_open: Watched<bool>,
    /// A card that has paid this amount before: it waits for the cashier's word, and nothing is sent.
    pub repeated: Watched<Option<CardRead>>,
    /// The payment on screen was found in the journal.
    pub resumed: Watched<bool>,
    /// An approval for less than was asked for is kept.
    pub less_kept: Watched<bool>,
    /// What the polite live region says.
    pub status: Watched<String>,
    /// What the assertive live region says.
    pub alert: Watched<String>,
    /// Payments of the last minutes whose end was seen.
    recent: StoredValue<Vec<Attempt>>,
    next_id: StoredValue<Option<AttemptId>>,
    /// The payment that the reader works for.
    session: StoredValue<Option<AttemptId>>,
    /// Who the reader says it is.
    pub identity: Watched<Option<Identity>>,
    candidate: StoredValue<Option<Candidate>, LocalStorage>,
    watch: StoredValue<Option<Watch>, LocalStorage>,
    device: StoredValue<Option<Device>, LocalStorage>,
    journal: StoredValue<Option<Journal>, LocalStorage>,
    work: StoredValue<VecDeque<Work>, LocalStorage>,
    working: StoredValue<bool>,
}

impl Desk {
    /// An empty desk. It does nothing before [`Desk::start`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            readiness: Watched::new(Readiness::Starting),
            now: Watched::new(0),
            terminal: Watched::new(None),
            network: Watched::new(Network::Unknown),
            reader: Watched::new(Reader::None),
            reader_busy: Watched::new(false),
            prompt: Watched::new(None),
            card_in: Watched::new(false),
            entry: Watched::new(None),
            current: Watched::new(None),
            parked: Watched::new(Vec::new()),
            list_open: Watched::new(false),
            repeated: Watched::new(None),
            resumed: Watched::new(false),
            less_kept: Watched::new(false),
            status: Watched::new(String::new()),
            alert: Watched::new(String::new()),
            recent: StoredValue::new(Vec::new()),
            next_id: StoredValue::new(None),
            session: StoredValue::new(None),
            identity: Watched::new(None),
            candidate: StoredValue::new_local(None),
            watch: StoredValue::new_local(None),
            device: StoredValue::new_local(None),
            journal: StoredValue::new_local(None),
            work: StoredValue::new_local(VecDeque::new()),
            working: StoredValue::new(false),
        }
    }

    /// Pay was pressed. Does nothing unless a payment can begin now.
    pub fn pay(self, kind: Kind, amount: payment::money::Amount, email: Option<String>) {
        let ready = self.readiness.get_untracked() == Readiness::Ready && self.can_pay();
        if !ready || amount.minor == 0 || self.current.with_untracked(Option::is_some) {
            return;
        }
        let Some(attempt) = self.next_id.try_update_value(Option::take).flatten() else { return };
        self.next_id.set_value(browser::draw_attempt());
        let draft = Draft { attempt, kind, amount, description: None, email, paid_at: browser::now() };
        let (attempt, effects) = Attempt::pay(draft);
        self.show(attempt.clone());
        self.enqueue(attempt, effects);
    }

    /// Whether the reader and the network are ready for a payment.
    #[must_use]
    pub fn can_pay(self) -> bool {
        matches!(self.reader.get(), Reader::Ready(_))
            && !self.card_in.get()
            && !self.reader_busy.get()
            && self.network.get() != Network::ProxyAway
    }

    /// The amount of the payment on screen, in words for people.
    #[must_use]
    pub fn amount_asked(self) -> String {
        self.current.with(|a| a.as_ref().map(|a| words::amount(a.draft.amount)).unwrap_or_default())
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
        if after != before {
            if on_screen {
                self.current.set(Some(after.clone()));
            } else {
                self.replace_parked(&before, after.clone());
            }
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
            self.recent.update_value(|recent| recent.push(attempt));
        } else {
            self.release_card(&attempt);
            let attempt = self.current.get_untracked().unwrap_or(attempt);
            self.park(attempt);
        }
        self.current.set(None);
        self.resumed.set(false);
        self.less_kept.set(false);
        if let Some(limit) = self.terminal.with_untracked(|t| t.as_ref().map(|t| t.limit)) {
            self.entry.set(Some(Entry::new(limit)));
        }
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

    /// The cashier's word on a card that paid this amount before.
    pub fn answer_repeated(self, charge_again: bool) {
        let Some(read) = self.repeated.get_untracked() else { return };
        self.repeated.set(None);
        self.feed_current(if charge_again { Event::CardRead(Box::new(read)) } else { Event::Cancel });
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
                || self.recent.with_value(|all| duplicate::repeats(&read.card, amount, all, now))
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
            self.now.set(now);
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
