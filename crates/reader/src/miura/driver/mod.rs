//! The session with a Miura reader: connect, take a card, finish with it.

mod answers;
mod heartbeat;
mod identify;
mod reports;
mod steps;

use std::collections::VecDeque;

use super::card_data::{self, Swipe};
use super::{Answer, Command, Deframer, FAMILY, Message, Node, Report, Terms};
use crate::traces::Traces;
use crate::{
    CardRead, CardTransaction, Driver, End, Entry, Event, Family, Fault, FromReader, Identity, Interfaces,
    IssuerAnswer, Prompt, Refused, Setup, State, ToReader, Trace, WallClock,
};

/// What an earlier program left on the line is thrown away for so long after opening, as the vendor's client does.
const STALE_MS: u64 = 30;
/// A soft reset restarts the reader's payment application.
const RESET_MS: u64 = 10_000;
/// An answer that only needs the device's processor; the till says "not answering" after as long.
const ANSWER_MS: u64 = 5_000;
/// CARD_STATUS has no answer of its own; its report comes at once or not at all.
const REPORT_MS: u64 = 1_000;
/// Time for a customer to present a card; also to swipe or insert it when asked for that instead.
const PRESENT_MS: u64 = 60_000;
/// Time without any sign from the reader while the customer chooses and types: longer than its own PIN limit.
const READING_MS: u64 = 120_000;
/// Time for the two answers to ABORT.
const ABORT_MS: u64 = 5_000;
/// A transaction that a card coming or going should have ended is aborted after so long: the card may have moved
/// before the reader had begun.
const DISTURBED_MS: u64 = 1_000;
/// Longer than any caller waits for an issuer (120 s), so that the caller decides.
const ISSUER_MS: u64 = 180_000;
/// The card's second cryptogram and the issuer's scripts.
const COMPLETE_MS: u64 = 30_000;
/// How often the customer is told to take the card out.
const REMIND_MS: u64 = 10_000;
/// Over Bluetooth the reader says "powered on" when the link opens; so long after that it is a greeting, no restart.
const GREETING_MS: u64 = 10_000;

/// One card transaction, from `start` until the card is out.
struct Session {
    terms: Terms,
    interfaces: Interfaces,
    /// A chip came in and has not been read yet.
    inserted: bool,
    /// A stripe came in and has not been judged yet.
    swipe: Option<Swipe>,
    /// Swipes that could not be read.
    failed_swipes: u8,
    /// The chip could not be read: a swipe of a chip card is allowed.
    fallback: bool,
    /// A swipe that waits for its PIN.
    awaiting_pin: Option<CardRead>,
    /// How the card came in, once it has been read.
    entry: Option<Entry>,
    /// The contactless transaction has been aborted in favour of a card that came otherwise.
    released: bool,
    /// The answer to CONTINUE is the caller's business.
    tells_decision: bool,
    /// How it ends once the reader confirms.
    end: End,
}

/// A command without its answer yet.
struct Outstanding {
    command: Command,
    /// `None`: the state's own limit counts.
    until: Option<u64>,
}

/// The driver.
pub struct MiuraDriver {
    setup: Setup,
    state: State,
    /// Limit of the state.
    until: Option<u64>,
    frames: Deframer,
    queue: VecDeque<Command>,
    outstanding: Option<Outstanding>,
    /// Limit of an ABORT without its answer.
    aborting: Option<u64>,
    card_in_slot: bool,
    clock: Option<WallClock>,
    greeting_until: u64,
    /// When the reader said something last.
    heard_at: u64,
    /// The reader said in the middle of a payment that it has no key.
    keys_gone: bool,
    identity: Identity,
    session: Option<Session>,
    transmit: VecDeque<ToReader>,
    events: VecDeque<Event>,
    traces: Traces,
}

impl MiuraDriver {
    /// A driver for one link, not connected yet.
    pub fn new(setup: Setup) -> Self {
        Self {
            setup,
            state: State::Disconnected,
            until: None,
            frames: Deframer::default(),
            queue: VecDeque::new(),
            outstanding: None,
            aborting: None,
            card_in_slot: false,
            clock: None,
            greeting_until: 0,
            heard_at: 0,
            keys_gone: false,
            identity: Identity::unknown(&FAMILY),
            session: None,
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            traces: Traces::default(),
        }
    }

    /// As new, but for what was set up and what support may still want to see.
    fn renewed(&mut self) -> Self {
        let traces = std::mem::take(&mut self.traces);
        Self { traces, ..Self::new(std::mem::take(&mut self.setup)) }
    }

    fn handle_message(&mut self, now: u64, message: &Message) {
        self.heard_at = now;
        let Some(answer) = Answer::of(message) else { return self.give_up(Fault::Unexpected) };
        let name = match (message.node, message.unsolicited) {
            (Node::Pinpad, true) => Report::parse(answer.body).map_or("report", |report| report.name()),
            (Node::Pinpad, false) => "answer",
            (Node::PosInterface, true) => "POS interface report",
            (Node::PosInterface, false) => "POS interface answer",
        };
        self.traces.received(name, message.link_len());
        if card_data::is_clear(answer.body) {
            self.give_up(Fault::ClearData);
        } else if message.node == Node::Pinpad && message.unsolicited {
            self.handle_report(now, answer.body);
        } else if message.node == Node::Pinpad {
            self.handle_answer(now, answer);
        } else if !message.unsolicited && !self.awaits_reset() {
            // Nothing is ever asked of the point-of-sale interface, but an earlier program may have.
            self.give_up(Fault::Unexpected);
        }
    }
}

impl Driver for MiuraDriver {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn connect(&mut self, now: u64, clock: WallClock) {
        *self = Self { clock: Some(clock), greeting_until: now + GREETING_MS, ..self.renewed() };
        self.enter(State::Opening, Some(now + STALE_MS));
    }

    fn close(&mut self, _now: u64) {
        let open = !matches!(self.state, State::Disconnected | State::Opening | State::Broken);
        let card_session = self.transaction_limit().is_some() || self.emv_open();
        *self = self.renewed();
        if open && card_session {
            self.transmit(&Command::Abort);
        }
        if open {
            self.transmit(&Command::Disconnect);
        }
    }

    fn start(&mut self, now: u64, transaction: CardTransaction) -> Result<(), Refused> {
        let terms = Terms::new(&transaction)?;
        if self.state != State::Idle {
            return Err(Refused::Busy);
        }
        if self.battery_is_low() {
            return Err(Refused::BatteryLow);
        }
        let interfaces = transaction.interfaces;
        self.session = Some(Session {
            terms,
            interfaces,
            inserted: false,
            swipe: None,
            failed_swipes: 0,
            fallback: false,
            awaiting_pin: None,
            entry: None,
            released: false,
            tells_decision: false,
            end: End::CancelledOnPage,
        });
        self.await_card(now, transaction.text, interfaces.contactless);
        self.tell(Event::Prompt(Prompt::PresentCard(interfaces)));
        Ok(())
    }

    fn continue_with(&mut self, now: u64, answer: &IssuerAnswer) -> Result<(), Refused> {
        match (self.state, &self.session) {
            (State::AwaitingIssuer, Some(Session { entry: Some(Entry::Chip), .. })) => {
                self.complete(now, answer, true);
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    fn end_card(&mut self, now: u64, approved: bool) {
        if self.state == State::AwaitingIssuer {
            match self.session.as_ref().and_then(|session| session.entry) {
                Some(Entry::Swipe) | None => self.finish(now),
                Some(entry) => {
                    self.complete(now, &IssuerAnswer::of_till(approved), approved && entry == Entry::Chip);
                }
            }
        }
    }

    fn abort(&mut self, now: u64) -> Result<(), Refused> {
        match self.state {
            State::AwaitingCard | State::ReadingCard | State::AwaitingIssuer => {
                self.cancel(now, End::CancelledOnPage);
                Ok(())
            }
            State::Cancelling => Ok(()),
            _ => Err(Refused::Busy),
        }
    }

    fn display(&mut self, now: u64, text: &str) -> Result<(), Refused> {
        match self.state {
            State::Idle | State::AwaitingIssuer | State::AwaitingRemoval => {
                self.send(now, Command::Display(text.to_owned()));
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    fn handle(&mut self, now: u64, received: FromReader) {
        let deaf = matches!(self.state, State::Disconnected | State::Opening | State::Broken);
        let (FromReader::Bytes(bytes), false) = (received, deaf) else { return };
        self.frames.push(&bytes);
        while self.state != State::Broken {
            match self.frames.next_message() {
                Some(Ok(message)) => self.handle_message(now, &message),
                Some(Err(error)) => self.give_up(Fault::Frame(error)),
                None => return,
            }
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        let due = |limit: Option<u64>| limit.is_some_and(|limit| limit <= now);
        if due(self.aborting) {
            return self.give_up(Fault::Silent);
        }
        if due(self.outstanding.as_ref().and_then(|outstanding| outstanding.until)) {
            match self.outstanding.as_ref().map(|outstanding| &outstanding.command) {
                Some(Command::CardStatus(_)) => {
                    self.outstanding = None;
                    self.next_command(now);
                }
                Some(Command::StartContactless(_)) if self.state == State::AwaitingCard => self.release(now),
                Some(Command::StartTransaction(_)) if self.state == State::ReadingCard => {
                    self.cancel(now, End::CardTakenOut);
                }
                _ => return self.give_up(Fault::Silent),
            }
        }
        if due(self.heartbeat_at()) {
            self.send(now, Command::Battery);
        }
        if due(self.until) {
            match self.state {
                State::Opening => self.identify(now),
                State::AwaitingCard | State::ReadingCard | State::AwaitingIssuer => {
                    self.cancel(now, End::TimedOut)
                }
                State::AwaitingRemoval => self.ask_removal(now),
                _ => self.until = None,
            }
        }
    }

    fn poll_transmit(&mut self) -> Option<ToReader> {
        self.transmit.pop_front()
    }

    fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    fn poll_trace(&mut self) -> Option<Trace> {
        self.traces.pop()
    }

    fn poll_timeout(&self) -> Option<u64> {
        let answer = self.outstanding.as_ref().and_then(|outstanding| outstanding.until);
        [answer, self.aborting, self.until, self.heartbeat_at()].into_iter().flatten().min()
    }

    fn state(&self) -> State {
        self.state
    }
}
