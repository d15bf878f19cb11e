//! The moves between states, each with the commands that it takes.

use std::collections::VecDeque;

use super::heartbeat::HEARTBEAT_ANSWER_MS;
use super::{
    ABORT_MS, ANSWER_MS, COMPLETE_MS, MiuraDriver, Outstanding, PRESENT_MS, READING_MS, REMIND_MS, REPORT_MS,
    RESET_MS,
};
use crate::miura::{CARD_REPORTS_OFF, CARD_REPORTS_ON, Command, Message, Node, PinTerms, Terms, encode};
use crate::{CardRead, End, Entry, Event, Fault, IssuerAnswer, Prompt, State, ToReader};

impl MiuraDriver {
    pub(super) fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    pub(super) fn enter(&mut self, state: State, until: Option<u64>) {
        self.state = state;
        self.until = until;
    }

    /// Sends a command as soon as the one before it is answered.
    pub(super) fn send(&mut self, now: u64, command: Command) {
        self.queue.push_back(command);
        self.next_command(now);
    }

    pub(super) fn next_command(&mut self, now: u64) {
        if self.outstanding.is_some() || self.aborting.is_some() {
            return;
        }
        if let Some(command) = self.queue.pop_front() {
            let until = match command {
                Command::StartContactless(_) | Command::StartTransaction(_) | Command::OnlinePin(_) => None,
                Command::CardStatus(_) => Some(now + REPORT_MS),
                Command::Reset => Some(now + RESET_MS),
                Command::Battery if self.state != State::Identifying => Some(now + HEARTBEAT_ANSWER_MS),
                Command::Continue(_) => Some(now + COMPLETE_MS),
                _ => Some(now + ANSWER_MS),
            };
            self.transmit(&command);
            self.outstanding = Some(Outstanding { command, until });
        }
    }

    pub(super) fn transmit(&mut self, command: &Command) {
        let message = Message { node: Node::Pinpad, unsolicited: false, info: command.encode() };
        self.traces.sent(command.name(), message.link_len());
        self.transmit.push_back(ToReader::Bytes(encode(&message)));
    }

    pub(super) fn give_up(&mut self, fault: Fault) {
        self.queue.clear();
        self.outstanding = None;
        self.aborting = None;
        self.session = None;
        self.enter(State::Broken, None);
        self.tell(Event::Broken(fault));
    }

    pub(super) fn await_card(&mut self, now: u64, text: String, contactless: bool) {
        self.enter(State::AwaitingCard, Some(now + PRESENT_MS));
        self.queue.extend([
            Command::Display(text),
            Command::Keyboard(true),
            Command::CardStatus(CARD_REPORTS_ON),
        ]);
        if let Some(session) = self.session.as_ref().filter(|_| contactless) {
            self.queue.push_back(Command::StartContactless(session.terms));
        }
        self.next_command(now);
    }

    pub(super) fn read_chip(&mut self, now: u64, terms: Terms) {
        self.enter(State::ReadingCard, Some(now + READING_MS));
        self.tell(Event::CardSeen);
        self.queue = VecDeque::from([Command::Keyboard(false), Command::StartTransaction(terms)]);
        self.next_command(now);
    }

    /// Has the reader take the PIN of a swiped card.
    pub(super) fn read_pin(&mut self, now: u64, read: CardRead, terms: PinTerms) {
        if let Some(session) = &mut self.session {
            session.awaiting_pin = Some(read);
            session.inserted = false;
        }
        self.enter(State::ReadingCard, Some(now + READING_MS));
        self.tell(Event::CardSeen);
        self.tell(Event::Prompt(Prompt::EnterPin { digits: 0 }));
        self.queue = VecDeque::from([Command::Keyboard(false), Command::OnlinePin(terms)]);
        self.next_command(now);
    }

    pub(super) fn complete(&mut self, now: u64, answer: &IssuerAnswer, tells_decision: bool) {
        if let Some(session) = &mut self.session {
            session.tells_decision = tells_decision;
        }
        self.enter(State::Completing, None);
        self.queue.clear();
        self.send(now, Command::Continue(answer.objects()));
    }

    /// Stops the reader; `end` is told once it has confirmed.
    pub(super) fn cancel(&mut self, now: u64, end: End) {
        let Some(session) = &mut self.session else { return };
        session.end = end;
        let emv_open = self.emv_open();
        self.queue.clear();
        self.enter(State::Cancelling, None);
        if self.transaction_limit().is_some() {
            self.abort_transaction(now);
        } else {
            self.queue.extend(emv_open.then_some(Command::Abort));
            self.send(now, Command::Keyboard(false));
        }
    }

    /// Whether the reader waits for CONTINUE.
    pub(super) fn emv_open(&self) -> bool {
        let entry = self.session.as_ref().and_then(|session| session.entry);
        matches!(entry, Some(Entry::Chip | Entry::Contactless))
    }

    /// Frees the reader for a card that came by another way than contactless.
    pub(super) fn release(&mut self, now: u64) {
        if let Some(session) = &mut self.session {
            session.released = true;
        }
        self.abort_transaction(now);
    }

    fn abort_transaction(&mut self, now: u64) {
        let until = Some(now + ABORT_MS);
        if let Some(limit) = self.transaction_limit() {
            *limit = until;
        }
        if self.aborting.is_none() {
            self.aborting = until;
            self.transmit(&Command::Abort);
        }
    }

    /// The limit of a running START_CONTACTLESS, START_TRANSACTION or ONLINE_PIN: what ABORT ends.
    pub(super) fn transaction_limit(&mut self) -> Option<&mut Option<u64>> {
        self.outstanding
            .as_mut()
            .filter(|sent| {
                matches!(
                    sent.command,
                    Command::StartContactless(_) | Command::StartTransaction(_) | Command::OnlinePin(_)
                )
            })
            .map(|sent| &mut sent.until)
    }

    /// The reader owes nothing any more.
    pub(super) fn confirm_cancel(&mut self, now: u64) {
        if self.state == State::Cancelling
            && self.outstanding.is_none()
            && self.aborting.is_none()
            && self.queue.is_empty()
            && let Some(end) = self.session.as_ref().map(|session| session.end)
        {
            self.end(now, end);
        }
    }

    pub(super) fn end(&mut self, now: u64, end: End) {
        self.tell(Event::Ended(end));
        self.finish(now);
    }

    /// The card session is over: wait for the card to go, then be idle.
    pub(super) fn finish(&mut self, now: u64) {
        self.session = None;
        self.queue.clear();
        if self.card_in_slot {
            self.enter(State::AwaitingRemoval, None);
            self.ask_removal(now);
        } else if self.keys_gone {
            self.not_secure();
        } else {
            self.enter(State::Idle, None);
            let text = self.setup.texts.idle.clone();
            self.queue.extend([
                Command::Keyboard(false),
                Command::CardStatus(CARD_REPORTS_OFF),
                Command::Display(text),
            ]);
            self.next_command(now);
        }
    }

    /// Asks the customer for the card and the reader whether it is still in, which it would not say unasked if the
    /// session ended before its reports were on.
    pub(super) fn ask_removal(&mut self, now: u64) {
        self.until = Some(now + REMIND_MS);
        self.tell(Event::Prompt(Prompt::RemoveCard));
        let text = self.setup.texts.remove_card.clone();
        self.queue.extend([Command::Display(text), Command::CardStatus(CARD_REPORTS_ON)]);
        self.next_command(now);
    }
}
