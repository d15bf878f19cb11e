//! The moves between states, each with the commands that it takes.

use zeroize::Zeroizing;

use super::{
    ANSWER_MS, BEAT_MS, COMMAND_MS, COMPLETE_MS, MmsDriver, Outstanding, PRESENT_MS, REMOVAL_MS, RESTARTS,
};
use crate::magtek_mms::{Command, Direction, Outcome, Property, encode};
use crate::{CardDecision, EncryptedData, End, Event, Fault, Interfaces, Link, Prompt, State, ToReader};

impl MmsDriver {
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
        if self.outstanding.is_some() {
            return;
        }
        if let Some(command) = self.queue.pop_front() {
            self.reference = self.reference.wrapping_add(1);
            let message = command.message(self.reference).encode();
            self.traces.sent(Command::name(command.id()), message.len());
            for frame in encode(self.link, Direction::ToReader, &message) {
                self.transmit.push_back(match self.link {
                    Link::Serial => ToReader::Bytes(frame),
                    Link::Hid { .. } => ToReader::Output { id: 0, data: frame },
                });
            }
            let limit = if matches!(command, Command::Property(_)) { ANSWER_MS } else { COMMAND_MS };
            let reference = self.reference;
            self.outstanding = Some(Outstanding { command, reference, until: now + limit });
        }
        let quiet = self.outstanding.is_none() && matches!(self.state, State::Idle | State::AwaitingRemoval);
        self.beat_at = Some(now + BEAT_MS).filter(|_| quiet);
    }

    pub(super) fn ask_whether_there(&mut self, now: u64) {
        self.send(now, Command::Property(Property::Serial));
    }

    /// A state in which nothing more is asked of the reader.
    pub(super) fn leave(&mut self, state: State, event: Event) {
        self.queue.clear();
        self.outstanding = None;
        self.beat_at = None;
        self.session = None;
        self.enter(state, None);
        self.tell(event);
    }

    pub(super) fn give_up(&mut self, fault: Fault) {
        self.leave(State::Broken, Event::Broken(fault));
    }

    pub(super) fn state_is_due(&mut self, now: u64) {
        match self.state {
            State::Opening => self.identify(now),
            State::ReadingCard if self.card_was_pulled() => self.cancel(now, End::CardTakenOut),
            State::AwaitingCard | State::ReadingCard | State::AwaitingIssuer => {
                self.cancel(now, End::TimedOut);
            }
            State::Completing => self.complete(now, true),
            State::Cancelling => match &self.session {
                Some(session) if session.cancelled => self.end(now, session.end),
                _ => self.give_up(Fault::Silent),
            },
            State::AwaitingRemoval => self.removed(now),
            _ => self.until = None,
        }
    }

    fn identify(&mut self, now: u64) {
        self.enter(State::Identifying, None);
        // What an earlier program began is ended first.
        self.queue.push_back(Command::Cancel);
        self.queue.extend(
            [
                Property::Serial,
                Property::Firmware,
                Property::ShownFirst,
                Property::ShownLast,
                Property::Battery,
                Property::Charger,
            ]
            .map(Command::Property),
        );
        self.next_command(now);
    }

    /// Asks for a card once more.
    pub(super) fn restart(&mut self, now: u64, interfaces: Interfaces, prompt: Prompt, why: Outcome) {
        let Some(session) = &mut self.session else { return };
        session.restarts += 1;
        if session.restarts > RESTARTS {
            return self.end(now, End::NotUsable { code: why.code() });
        }
        session.started = false;
        session.interfaces = interfaces;
        let start = session.start.again_by(interfaces);
        self.tell(Event::Prompt(prompt));
        self.enter(State::AwaitingCard, Some(now + PRESENT_MS));
        self.send(now, Command::Start(start));
    }

    /// Hands the issuer's or the till's word to the reader.
    pub(super) fn resume(&mut self, now: u64, objects: Zeroizing<Vec<u8>>, tells_decision: bool) {
        let Some(session) = &mut self.session else { return };
        session.tells_decision = tells_decision;
        let device = session.device.clone();
        self.enter(State::Completing, Some(now + COMPLETE_MS));
        self.send(now, Command::Resume { device, objects });
    }

    /// The transaction is over once its outcome and, where it matters, its result have come, or nothing more comes.
    pub(super) fn complete(&mut self, now: u64, nothing_more: bool) {
        let Some(session) = &mut self.session else { return };
        let whole = session.outcome.is_some() && (session.batch.is_some() || !session.tells_decision);
        if !whole && !nothing_more {
            return;
        }
        let approved = session.outcome.unwrap_or(true);
        let told = match session.batch.take() {
            _ if !session.tells_decision => None,
            Some((accepted, mut data)) => Some(Event::Decision(CardDecision {
                approved: accepted && approved,
                data: EncryptedData::new(std::mem::take(&mut *data)),
            })),
            None if self.card_in_slot => Some(Event::Ended(End::NotUsable { code: 0 })),
            None => Some(Event::Ended(End::CardTakenOut)),
        };
        self.events.extend(told);
        self.finish(now);
    }

    /// Stops the reader; `end` is told once it has confirmed.
    pub(super) fn cancel(&mut self, now: u64, end: End) {
        let Some(session) = &mut self.session else { return };
        session.end = end;
        if session.over {
            return self.end(now, end);
        }
        self.queue.clear();
        self.enter(State::Cancelling, None);
        self.send(now, Command::Cancel);
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
            self.enter(State::AwaitingRemoval, Some(now + REMOVAL_MS));
            self.tell(Event::Prompt(Prompt::RemoveCard));
        } else {
            self.enter(State::Idle, None);
        }
        self.next_command(now);
    }

    /// The card is out of the slot, or taken to be.
    pub(super) fn removed(&mut self, now: u64) {
        if std::mem::take(&mut self.card_in_slot) && self.state != State::Idle {
            self.tell(Event::CardRemoved);
        }
        if self.state == State::AwaitingRemoval {
            self.finish(now);
        }
    }

    fn card_was_pulled(&self) -> bool {
        !self.card_in_slot && self.session.as_ref().is_some_and(|session| session.disturbed)
    }
}
