//! The page: drives the shipped [`Attempt`]s as the shop's page does. Its journal survives; its memory does not.

use crate::faults::Step;
use crate::network::Happening;
use crate::protections::Protection;
use crate::world::World;
use payment::api::{CardMask, Entry, ReaderName, TillView};
use payment::json;
use payment::secret::EncryptedData;
use payment::till::{Attempt, CardRead, Effect, End, Event, NotSent, Posted, State, Unsure};
use std::collections::{BTreeMap, BTreeSet};

/// As the page's own limit for an answer of the proxy.
const ANSWER_MS: u64 = 8_000;

/// A tab that works on the journal. There is one, unless two may.
#[derive(Debug)]
pub(crate) struct Tab {
    pub(crate) id: u32,
    pub(crate) attempts: BTreeMap<usize, Attempt>,
}

/// The session with the reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Session {
    number: u32,
    tab: u32,
    pub(crate) which: usize,
    /// The card was handed the bank's answer. It decides once.
    continued: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Page {
    pub(crate) tabs: Vec<Tab>,
    next_tab: u32,
    pub(crate) journal: BTreeMap<usize, Attempt>,
    /// How far its clock is ahead.
    pub(crate) clock: i64,
    /// What the next page's clock is put back by.
    pub(crate) clock_at_start: i64,
    pub(crate) session: Option<Session>,
    sessions: u32,
    calls: u64,
    pending: BTreeSet<u64>,
    ticked: u64,
    /// The power goes at the next write of the journal, which is durable or is not.
    pub(crate) tear: Option<bool>,
    /// The reader's next reading is an earlier one.
    pub(crate) old_reading: bool,
    staff_called: BTreeSet<usize>,
}

impl Page {
    pub(crate) fn attempt(&self, which: usize) -> Option<&Attempt> {
        self.tabs.first()?.attempts.get(&which)
    }

    fn tab(&mut self, id: u32) -> Option<&mut Tab> {
        self.tabs.iter_mut().find(|tab| tab.id == id)
    }

    /// Attempts that hold the reader or wait for an answer with a card in it.
    fn is_busy(&self, which: usize) -> bool {
        self.attempt(which).is_some_and(|attempt| {
            !matches!(attempt.state, State::Finished(..) | State::Unresolved(..) | State::AwaitFinal(_))
        })
    }
}

impl World {
    pub(crate) fn page_now(&self) -> u64 {
        self.now.saturating_add_signed(self.page.clock)
    }

    pub(crate) fn page_due(&self) -> Option<u64> {
        let attempts = self.page.tabs.iter().flat_map(|tab| tab.attempts.values());
        let local = attempts.filter_map(Attempt::wake_at).min()?;
        let at = local.saturating_add_signed(-self.page.clock);
        // Nobody leaves a tablet on for days: it looks again from time to time.
        Some(at.max(self.page.ticked.saturating_add(self.patience(1))).max(self.now))
    }

    pub(crate) fn tick_page(&mut self) {
        self.page.ticked = self.now;
        let now = self.page_now();
        let due: Vec<_> = self
            .page
            .tabs
            .iter()
            .flat_map(|tab| tab.attempts.iter().map(|(which, attempt)| (tab.id, *which, attempt)))
            .filter(|(_, _, attempt)| attempt.wake_at().is_some_and(|at| at <= now))
            .map(|(tab, which, _)| (tab, which))
            .collect();
        for (tab, which) in due {
            self.tell_page(tab, which, Event::Tick);
        }
    }

    /// A page starts: what the journal has, and what the proxy has and the journal has not.
    pub(crate) fn start_page(&mut self) {
        if self.page.tabs.is_empty() {
            self.page.clock += std::mem::take(&mut self.page.clock_at_start);
            self.open_tab();
        }
    }

    pub(crate) fn open_tab(&mut self) {
        self.page.next_tab += 1;
        let id = self.page.next_tab;
        self.page.tabs.push(Tab { id, attempts: BTreeMap::new() });
        let now = self.page_now();
        for (which, saved) in self.page.journal.clone() {
            let json = serde_json::to_string(&saved).expect("an attempt is written as JSON");
            let saved: Attempt = json::read(&json).expect("what was written as JSON can be read");
            let (attempt, effects) = if saved.is_finished() { (saved, vec![]) } else { saved.restore(now) };
            if let Some(tab) = self.page.tab(id) {
                tab.attempts.insert(which, attempt);
            }
            self.carry_out(id, which, effects);
        }
        let at = self.now + self.random.between(20, 200);
        self.queue.put(at, Happening::AskList { tab: id });
    }

    pub(crate) fn kill_page(&mut self, down_ms: u64) {
        self.note("page dies for", &down_ms);
        self.page.tabs.clear();
        self.page.session = None;
        self.page.pending.clear();
        self.page.staff_called.clear();
        self.page.tear = None;
        let at = self.now + down_ms;
        self.queue.put(at, Happening::PageUp);
    }

    pub(crate) fn listed(&mut self, tab: u32, views: Vec<(usize, TillView)>) {
        for (which, view) in views {
            let known = self.page.tab(tab).is_none_or(|tab| tab.attempts.contains_key(&which));
            if known || matches!(view.state, payment::api::PaymentState::Final { .. }) {
                continue;
            }
            let (attempt, effects) = Attempt::adopt(view, self.page_now());
            self.note("page adopts", &(which, &attempt.state));
            if let Some(tab) = self.page.tab(tab) {
                tab.attempts.insert(which, attempt);
            }
            self.carry_out(tab, which, effects);
        }
    }

    /// The next customer pays once the till is free; a payment that takes long is parked and its card let go.
    pub(crate) fn next_customer(&mut self, which: usize, tries: u32) {
        let busy = (0..which).find(|&other| self.page.is_busy(other));
        let tab = self.page.tabs.first().map(|tab| tab.id);
        let (Some(tab), None) = (tab, busy.filter(|_| tries < 20)) else {
            let at = self.now + self.patience(5_000);
            return self.queue.put(at, Happening::Customer { which, tries: tries + 1 });
        };
        if let Some(session) = self.page.session.take() {
            self.tell_page(session.tab, session.which, Event::CardGone);
        }
        let payment = &mut self.payments[which];
        payment.begun = true;
        payment.draft.paid_at = self.now.saturating_add_signed(self.page.clock);
        let (attempt, effects) = Attempt::pay(payment.draft.clone());
        self.note("pay", &which);
        if let Some(tab) = self.page.tab(tab) {
            tab.attempts.insert(which, attempt);
        }
        self.carry_out(tab, which, effects);
    }

    pub(crate) fn tell_page(&mut self, tab: u32, which: usize, event: Event) {
        let now = self.page_now();
        let Some(before) = self.page.tab(tab).and_then(|tab| tab.attempts.get(&which).cloned()) else {
            return;
        };
        if self.trace.is_some() {
            self.note("page hears", &(tab, which, &event));
        }
        let (attempt, effects) = before.handle(event, now);
        if self.trace.is_some() {
            self.note("page", &(tab, which, Step::of(&attempt.state), &effects));
        }
        self.call_staff(which, &attempt.state);
        if let Some(tab) = self.page.tab(tab) {
            tab.attempts.insert(which, attempt);
        }
        self.carry_out(tab, which, effects);
    }

    fn carry_out(&mut self, tab: u32, which: usize, mut effects: Vec<Effect>) {
        if self.is_without(Protection::JournalBeforeSend)
            && let Some(at) = effects.iter().position(|effect| *effect == Effect::Journal)
        {
            let journal = effects.remove(at);
            effects.push(journal);
        }
        for effect in effects {
            match effect {
                Effect::Journal => {
                    let tear = self.page.tear.take();
                    if tear != Some(false)
                        && let Some(attempt) =
                            self.page.tab(tab).and_then(|tab| tab.attempts.get(&which).cloned())
                    {
                        self.page.journal.insert(which, attempt);
                    }
                    if tear.is_some() {
                        let down = self.random.between(200, 60_000);
                        return self.kill_page(down);
                    }
                }
                Effect::StartReader => self.start_reader(tab, which),
                Effect::StopReader if self.random.percent(95) => {
                    let after = self.random.between(50, 4_000);
                    self.reader_says(after, Event::ReaderStopped);
                }
                Effect::StopReader => {}
                Effect::ContinueCard(_) => self.continue_card(tab, which),
                Effect::EndCard { .. } => {
                    if self.page.session.is_some_and(|session| session.which == which) {
                        self.page.session = None;
                    }
                }
                effect => self.send(tab, which, effect),
            }
        }
    }

    fn send(&mut self, tab: u32, which: usize, effect: Effect) {
        if matches!(effect, Effect::Post(_)) {
            self.payments[which].posted = true;
        }
        self.page.calls += 1;
        let call = self.page.calls;
        self.page.pending.insert(call);
        let silence = Box::new(silence(&effect));
        let (at, limit) = (self.now + self.random.between(3, 60), self.now + ANSWER_MS);
        self.queue.put(at, Happening::Request { tab, call, which, effect: Box::new(effect) });
        self.queue.put(limit, Happening::Answer { tab, call, which, event: silence, again: false });
    }

    /// A call ends once; `again` is for the network that brings an answer twice.
    pub(crate) fn answered(&mut self, tab: u32, call: u64, which: usize, event: Event, again: bool) {
        if self.page.pending.remove(&call) || again {
            self.tell_page(tab, which, event);
        }
    }

    fn start_reader(&mut self, tab: u32, which: usize) {
        self.page.sessions += 1;
        self.page.session = Some(Session { number: self.page.sessions, tab, which, continued: false });
        let at = self.random.between(500, 9_000);
        let chance = self.random.below(100);
        match chance {
            0..=6 => return self.reader_says(at, Event::Cancel),
            7..=8 => return self.reader_says(at, Event::CardGone),
            9..=12 => {
                let why = [NotSent::DeclinedByCard, NotSent::ApprovedOffline, NotSent::CardTakenOut];
                let why = why[self.random.below(3) as usize].clone();
                return self.reader_says(at, Event::NotSent(why));
            }
            13..=19 => return,
            20..=23 => {
                let before = self.random.between(1, 300);
                self.reader_says(at - before, Event::Cancel);
            }
            24..=60 => self.reader_says(at / 2, Event::CardSeen),
            _ => {}
        }
        let chip = [Entry::Chip, Entry::Chip, Entry::Chip, Entry::Contactless, Entry::Swipe];
        let read = CardRead {
            entry: self.random.pick(&chip),
            reader: ReaderName { family: "miura".into(), serial: "1".into(), emulated: false },
            card: CardMask { last4: "0010".into(), ..CardMask::default() },
            data: EncryptedData::new(format!("E4{which:08X}")),
        };
        self.reader_says(at, Event::CardRead(Box::new(read)));
    }

    fn reader_says(&mut self, after: u64, event: Event) {
        if let Some(Session { number: session, .. }) = self.page.session {
            let at = self.now + after;
            self.queue.put(at, Happening::Reader { session, event: Box::new(event) });
        }
    }

    fn continue_card(&mut self, tab: u32, which: usize) {
        match &mut self.page.session {
            Some(session) if session.tab == tab && session.which == which => {
                if std::mem::replace(&mut session.continued, true) {
                    return self.fail(|| format!("payment {which}: its card got the bank’s answer twice"));
                }
            }
            // The reader refuses, which the page takes for a card that is gone.
            _ => return self.tell_page(tab, which, Event::CardGone),
        }
        let after = self.random.between(200, 2_500);
        let event = match self.random.below(100) {
            0..=79 => Event::CardDecided { approved: true, data: EncryptedData::new("E301".into()) },
            80..=92 => Event::CardDecided { approved: false, data: EncryptedData::new("E500".into()) },
            _ => Event::CardGone,
        };
        self.reader_says(after, event);
    }

    pub(crate) fn read(&mut self, session: u32, mut event: Event) {
        let Some(session) = self.page.session.filter(|current| current.number == session) else { return };
        let which = session.which;
        match &mut event {
            Event::CardRead(read) => {
                let earlier = (0..which).rev().find_map(|other| self.payments[other].blob.clone());
                if std::mem::take(&mut self.page.old_reading)
                    && let Some(blob) = earlier
                {
                    read.data = EncryptedData::new(blob);
                }
                self.payments[which].blob.get_or_insert(read.data.expose().to_owned());
            }
            Event::CardDecided { approved, .. } => self.payments[which].card_said = Some(*approved),
            Event::CardGone | Event::ReaderStopped => self.page.session = None,
            _ => {}
        }
        self.tell_page(session.tab, which, event);
    }

    /// What a screen asks of staff.
    fn call_staff(&mut self, which: usize, state: &State) {
        let asks = match state {
            State::Unresolved(_, Unsure::KeepOrGiveBack) => true,
            State::Unresolved(..) => self.random.percent(2),
            State::Finished(_, End::Result(payment::api::Outcome::Approved { .. })) => {
                self.random.percent(12)
            }
            _ => false,
        };
        if asks && self.page.staff_called.insert(which) {
            let at = self.now + self.patience(self.random.clone().between(2_000, 40_000));
            self.queue.put(at, Happening::Staff { which });
        }
    }

    pub(crate) fn staff(&mut self, which: usize) {
        self.page.staff_called.remove(&which);
        let Some(tab) = self.page.tabs.first() else { return };
        let (id, Some(state)) = (tab.id, tab.attempts.get(&which).map(|attempt| attempt.state.clone()))
        else {
            return;
        };
        let event = match &state {
            State::Unresolved(_, Unsure::KeepOrGiveBack) if self.random.percent(50) => {
                self.payments[which].kept = true;
                Event::Keep
            }
            State::Unresolved(_, Unsure::KeepOrGiveBack) | State::Finished(..) => Event::GiveBack,
            _ => Event::AskNow,
        };
        self.tell_page(id, which, event);
        let state = self.page.attempt(which).map(|attempt| attempt.state.clone());
        if let Some(state @ State::Unresolved(_, Unsure::KeepOrGiveBack)) = state {
            self.call_staff(which, &state);
        }
    }
}

fn silence(effect: &Effect) -> Event {
    match effect {
        Effect::Post(_) => Event::Posted(Posted::NoAnswer),
        Effect::Abandon(_) => Event::Abandoned(None),
        _ => Event::Told(None),
    }
}
