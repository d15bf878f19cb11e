//! The session with a Miura reader: connect, take a card, finish with it.

mod answers;
mod reports;
mod steps;

use std::collections::VecDeque;

use super::card_data::{self, Swipe};
use super::{Answer, Command, Deframer, Message, Node, Terms};
use crate::{
    CardTransaction, End, Entry, Event, Fault, Identity, Interfaces, IssuerAnswer, Prompt, Refused, WallClock,
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

/// Where the session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Before `connect`.
    Disconnected,
    /// Throwing away what an earlier program left on the line.
    Opening,
    /// Reset, configuration, keys, battery, clock.
    Identifying,
    /// Connected, but cannot encrypt card data.
    NotSecure,
    /// Ready for a transaction.
    Idle,
    /// Waiting for a card by any of the ways asked for.
    AwaitingCard,
    /// The chip is being read; the customer may be choosing or typing.
    ReadingChip,
    /// The card has been read; the issuer is asked.
    AwaitingIssuer,
    /// The card decides on the issuer's answer.
    Completing,
    /// Waiting for the reader to confirm that the session is over.
    Cancelling,
    /// Waiting for the customer to take the card out.
    AwaitingRemoval,
    /// Given up; open the link anew and `connect`.
    Broken,
}

/// The driver's words for the reader's own display: at most four rows of 21 characters each.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Nothing to do.
    pub idle: String,
    /// The card has a chip.
    pub insert_card: String,
    /// The chip cannot be read.
    pub swipe_card: String,
    /// All done.
    pub remove_card: String,
}

impl Default for Texts {
    fn default() -> Self {
        let [idle, insert_card, swipe_card, remove_card] =
            ["Welcome", "Insert card", "Swipe card", "Remove card"].map(str::to_owned);
        Self { idle, insert_card, swipe_card, remove_card }
    }
}

/// One card transaction, from `start` until the card is out.
struct Session {
    terms: Terms,
    interfaces: Interfaces,
    /// A chip came in and has not been read yet.
    inserted: bool,
    /// A stripe came in and has not been judged yet.
    swipe: Option<Swipe>,
    /// The chip could not be read: a swipe of a chip card is allowed.
    fallback: bool,
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

/// The driver. Drain `poll_transmit`, `poll_event` and `poll_timeout` after each call.
pub struct Driver {
    texts: Texts,
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
    identity: Identity,
    session: Option<Session>,
    transmit: VecDeque<Vec<u8>>,
    events: VecDeque<Event>,
}

impl Driver {
    /// A driver for one link, not connected yet.
    pub fn new(texts: Texts) -> Self {
        Self {
            texts,
            state: State::Disconnected,
            until: None,
            frames: Deframer::default(),
            queue: VecDeque::new(),
            outstanding: None,
            aborting: None,
            card_in_slot: false,
            clock: None,
            identity: Identity::unknown(super::ENCRYPTED_TYPE),
            session: None,
            transmit: VecDeque::new(),
            events: VecDeque::new(),
        }
    }

    /// Begins anew on a link that has just been opened. Whatever went on before is forgotten without an event.
    pub fn connect(&mut self, now: u64, clock: WallClock) {
        *self = Self { clock: Some(clock), ..Self::new(std::mem::take(&mut self.texts)) };
        self.enter(State::Opening, Some(now + STALE_MS));
    }

    /// Asks for a card.
    ///
    /// # Errors
    /// [`Refused::Busy`] unless [`State::Idle`]; [`Refused::Amount`].
    pub fn start(&mut self, now: u64, transaction: CardTransaction) -> Result<(), Refused> {
        let terms = Terms::new(&transaction)?;
        if self.state != State::Idle {
            return Err(Refused::Busy);
        }
        let interfaces = transaction.interfaces;
        self.session = Some(Session {
            terms,
            interfaces,
            inserted: false,
            swipe: None,
            fallback: false,
            entry: None,
            released: false,
            tells_decision: false,
            end: End::CancelledOnPage,
        });
        self.await_card(now, transaction.text, interfaces.contactless);
        self.tell(Event::Prompt(Prompt::PresentCard(interfaces)));
        Ok(())
    }

    /// Gives the issuer's answer to a contact chip. The card's decision follows as an event.
    ///
    /// # Errors
    /// [`Refused::Busy`] unless a contact chip waits for it.
    pub fn continue_with(&mut self, now: u64, answer: &IssuerAnswer) -> Result<(), Refused> {
        match (self.state, &self.session) {
            (State::AwaitingIssuer, Some(Session { entry: Some(Entry::Chip), .. })) => {
                self.complete(now, answer, true);
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    /// The money is done: ends the card session, if one is still open. A contact chip may still decline an approved
    /// payment, and says so by [`Event::Decision`].
    pub fn end_card(&mut self, now: u64, approved: bool) {
        if self.state == State::AwaitingIssuer {
            match self.session.as_ref().and_then(|session| session.entry) {
                Some(Entry::Swipe) | None => self.finish(now),
                Some(entry) => {
                    self.complete(now, &IssuerAnswer::of_till(approved), approved && entry == Entry::Chip);
                }
            }
        }
    }

    /// Stops waiting for or reading a card. [`Event::Ended`] says when the reader has confirmed.
    ///
    /// # Errors
    /// [`Refused::Busy`] when there is nothing that could be stopped.
    pub fn abort(&mut self, now: u64) -> Result<(), Refused> {
        match self.state {
            State::AwaitingCard | State::ReadingChip | State::AwaitingIssuer => {
                self.cancel(now, End::CancelledOnPage);
                Ok(())
            }
            State::Cancelling => Ok(()),
            _ => Err(Refused::Busy),
        }
    }

    /// Shows text on the reader: at most four rows of 21 characters, separated by line feeds.
    ///
    /// # Errors
    /// [`Refused::Busy`] while the reader's display belongs to a card.
    pub fn display(&mut self, now: u64, text: &str) -> Result<(), Refused> {
        match self.state {
            State::Idle | State::AwaitingIssuer | State::AwaitingRemoval => {
                self.send(now, Command::Display(text.to_owned()));
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    /// Takes bytes from the link, cut anywhere.
    pub fn handle_bytes(&mut self, now: u64, bytes: &[u8]) {
        if matches!(self.state, State::Disconnected | State::Opening | State::Broken) {
            return;
        }
        self.frames.push(bytes);
        while self.state != State::Broken {
            match self.frames.next_message() {
                Some(Ok(message)) => self.handle_message(now, &message),
                Some(Err(error)) => self.give_up(Fault::Frame(error)),
                None => return,
            }
        }
    }

    /// Does what is due. Calling it early does no harm.
    pub fn handle_timeout(&mut self, now: u64) {
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
                Some(Command::StartTransaction(_)) if self.state == State::ReadingChip => {
                    self.cancel(now, End::CardTakenOut);
                }
                _ => return self.give_up(Fault::Silent),
            }
        }
        if due(self.until) {
            match self.state {
                State::Opening => self.identify(now),
                State::AwaitingCard | State::ReadingChip | State::AwaitingIssuer => {
                    self.cancel(now, End::TimedOut)
                }
                State::AwaitingRemoval => self.ask_removal(now),
                _ => self.until = None,
            }
        }
    }

    /// The next bytes for the reader.
    pub fn poll_transmit(&mut self) -> Option<Vec<u8>> {
        self.transmit.pop_front()
    }

    /// The next thing that happened.
    pub fn poll_event(&mut self) -> Option<Event> {
        self.events.pop_front()
    }

    /// When [`handle_timeout`](Self::handle_timeout) is due.
    pub fn poll_timeout(&self) -> Option<u64> {
        let answer = self.outstanding.as_ref().and_then(|outstanding| outstanding.until);
        [answer, self.aborting, self.until].into_iter().flatten().min()
    }

    /// Where the session stands.
    pub fn state(&self) -> State {
        self.state
    }

    fn handle_message(&mut self, now: u64, message: &Message) {
        let Some(answer) = Answer::of(message) else { return self.give_up(Fault::Unexpected) };
        if card_data::is_clear(answer.body) {
            self.give_up(Fault::ClearData);
        } else if message.node == Node::Pinpad && message.unsolicited {
            self.handle_report(now, answer.body);
        } else if message.node == Node::Pinpad {
            self.handle_answer(now, answer);
        } else if !message.unsolicited {
            // Nothing is ever asked of the point-of-sale interface.
            self.give_up(Fault::Unexpected);
        }
    }
}
