//! The session with an MMS reader: connect, take a card, finish with it.

mod answers;
mod notifications;
mod steps;

use std::collections::VecDeque;

use tlv::{object, tag};
use zeroize::Zeroizing;

use super::{
    Command, Deframer, Direction, FAMILY, Kind, Message, Notification, Start, card_data, is_contactless_only,
};
use crate::magtek::{FACTORY, Shown};
use crate::traces::Traces;
use crate::{
    CardTransaction, Driver, End, Entry, Event, Family, Fault, FromReader, Identity, Interfaces,
    IssuerAnswer, Link, Prompt, Refused, State, ToReader, Trace, WallClock,
};

/// What an earlier program left on the link is thrown away for so long after opening.
const STALE_MS: u64 = 30;
/// The answer to a question; together with [`BEAT_MS`] under the 5 s in which a silent reader has to be known.
const ANSWER_MS: u64 = 2_500;
/// The answer to a command that moves a transaction.
const COMMAND_MS: u64 = 5_000;
/// How often a reader with nothing to do is asked whether it is there.
const BEAT_MS: u64 = 2_000;
/// Time for a customer to present a card.
const PRESENT_MS: u64 = 60_000;
/// Time while the customer chooses and types.
const READING_MS: u64 = 120_000;
/// A transaction that a card taken out should have ended is cancelled after so long.
const DISTURBED_MS: u64 = 5_000;
/// Longer than any caller waits for an issuer (120 s), so that the caller decides.
const ISSUER_MS: u64 = 180_000;
/// The same for the reader, in its own unit.
const ISSUER_S: u8 = 180;
/// The card's second cryptogram and the issuer's scripts.
const COMPLETE_MS: u64 = 30_000;
/// What a cancelled transaction still says comes in so long.
const SETTLE_MS: u64 = 1_000;
/// A card taken out is told in so long, or not at all.
const REMOVAL_MS: u64 = 10_000;
/// So often a card is asked for again.
const RESTARTS: u8 = 5;
/// So often a chip that could not be read is asked for again before the stripe is (MT-MMS "Start Transaction").
const CHIP_RETRIES: u8 = 3;

/// What the till says to the card at an end of the money without an answer of the issuer.
const APPROVED: [u8; 2] = *b"00";
const DECLINED: [u8; 2] = *b"05";

/// One card transaction, from `start` until the card is out.
struct Session {
    start: Start,
    interfaces: Interfaces,
    /// The reader has taken up the last start.
    started: bool,
    /// The reader has ended the transaction by itself.
    over: bool,
    /// The chip could not be read: a swipe of a chip card is allowed.
    fallback: bool,
    /// The card was taken out while it was being read.
    disturbed: bool,
    restarts: u8,
    pin_entered: bool,
    /// How the card came in, once it has been read.
    entry: Option<Entry>,
    /// Value of tag DFDF25 in the card data.
    device: Vec<u8>,
    /// Whether the outcome that came was an approval.
    outcome: Option<bool>,
    /// The result that came: whether the card accepted, and the data.
    batch: Option<(bool, Zeroizing<Vec<u8>>)>,
    /// The card's decision is the caller's business.
    tells_decision: bool,
    /// The cancel has been answered.
    cancelled: bool,
    /// How it ends once the reader confirms.
    end: End,
}

/// A command without its answer yet.
struct Outstanding {
    command: Command,
    reference: u8,
    until: u64,
}

/// The driver.
pub struct MmsDriver {
    link: Link,
    state: State,
    /// Limit of the state.
    until: Option<u64>,
    frames: Deframer,
    queue: VecDeque<Command>,
    outstanding: Option<Outstanding>,
    /// Number of the last request.
    reference: u8,
    /// Number of the last answer.
    answered: Option<u8>,
    /// When to ask whether the reader is there.
    beat_at: Option<u64>,
    card_in_slot: bool,
    identity: Identity,
    shown: Shown,
    session: Option<Session>,
    transmit: VecDeque<ToReader>,
    events: VecDeque<Event>,
    traces: Traces,
}

impl MmsDriver {
    /// A driver for one link, not connected yet.
    pub fn new(link: Link) -> Self {
        Self {
            link,
            state: State::Disconnected,
            until: None,
            frames: Deframer::new(link, Direction::FromReader),
            queue: VecDeque::new(),
            outstanding: None,
            reference: 0,
            answered: None,
            beat_at: None,
            card_in_slot: false,
            identity: Identity::unknown(&FAMILY),
            shown: FACTORY,
            session: None,
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            traces: Traces::default(),
        }
    }

    fn handle_message(&mut self, now: u64, bytes: &[u8]) {
        let Ok(message) = Message::parse(bytes) else { return self.give_up(Fault::Unexpected) };
        let name = match message.kind {
            Kind::Notification => Notification::name(message.id),
            Kind::Request | Kind::Response => Command::name(message.id),
        };
        self.traces.received(name, bytes.len());
        if card_data::is_clear(message.parameters()) {
            return self.give_up(Fault::ClearData);
        }
        match message.kind {
            Kind::Response => self.handle_response(now, &message),
            Kind::Notification => self.handle_notification(now, Notification::of(&message)),
            Kind::Request => self.give_up(Fault::Unexpected),
        }
    }

    /// The ways asked for that the reader has.
    fn offered(&self, asked: Interfaces) -> Interfaces {
        let contacts = !is_contactless_only(self.link);
        Interfaces { chip: asked.chip && contacts, swipe: asked.swipe && contacts, ..asked }
    }
}

impl Driver for MmsDriver {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn connect(&mut self, now: u64, _clock: WallClock) {
        // Numbers go on, so that no answer to an earlier question is taken for a new one.
        *self = Self { reference: self.reference, ..Self::new(self.link) };
        self.enter(State::Opening, Some(now + STALE_MS));
    }

    fn start(&mut self, now: u64, transaction: CardTransaction) -> Result<(), Refused> {
        let interfaces = self.offered(transaction.interfaces);
        let start = Start::new(&transaction, interfaces, ISSUER_S)?;
        if interfaces == (Interfaces { chip: false, contactless: false, swipe: false }) {
            return Err(Refused::Interfaces);
        }
        if self.state != State::Idle {
            return Err(Refused::Busy);
        }
        self.session = Some(Session {
            start: start.clone(),
            interfaces,
            started: false,
            over: false,
            fallback: false,
            disturbed: false,
            restarts: 0,
            pin_entered: false,
            entry: None,
            device: Vec::new(),
            outcome: None,
            batch: None,
            tells_decision: false,
            cancelled: false,
            end: End::CancelledOnPage,
        });
        self.enter(State::AwaitingCard, Some(now + PRESENT_MS));
        self.tell(Event::Prompt(Prompt::PresentCard(interfaces)));
        self.send(now, Command::Start(start));
        Ok(())
    }

    fn continue_with(&mut self, now: u64, answer: &IssuerAnswer) -> Result<(), Refused> {
        match (self.state, &self.session) {
            (State::AwaitingIssuer, Some(Session { entry: Some(Entry::Chip), .. })) => {
                self.resume(now, answer.objects(), true);
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    fn end_card(&mut self, now: u64, approved: bool) {
        let (State::AwaitingIssuer, Some(session)) = (self.state, &self.session) else { return };
        if session.over {
            return self.finish(now);
        }
        let tells = approved && session.entry == Some(Entry::Chip);
        let code = if approved { APPROVED } else { DECLINED };
        self.resume(now, object(tag::AUTHORISATION_RESPONSE_CODE, &code).into(), tells);
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

    /// The reader shows its own texts only.
    fn display(&mut self, _now: u64, _text: &str) -> Result<(), Refused> {
        Ok(())
    }

    fn handle(&mut self, now: u64, received: FromReader) {
        if matches!(self.state, State::Disconnected | State::Opening | State::NotSecure | State::Broken) {
            return;
        }
        match (self.link, received) {
            (Link::Serial, FromReader::Bytes(bytes)) => self.frames.push(&bytes),
            (Link::Hid { .. }, FromReader::Input { id: 0, data }) => self.frames.push(&data),
            _ => return self.give_up(Fault::Unexpected),
        }
        while !matches!(self.state, State::NotSecure | State::Broken) {
            match self.frames.next_message() {
                Some(Ok(message)) => self.handle_message(now, &message),
                Some(Err(error)) => self.give_up(Fault::MmsFrame(error)),
                None => return,
            }
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        if self.outstanding.as_ref().is_some_and(|outstanding| outstanding.until <= now) {
            return self.give_up(Fault::Silent);
        }
        if self.until.is_some_and(|until| until <= now) {
            self.state_is_due(now);
        }
        if self.beat_at.is_some_and(|at| at <= now) {
            self.ask_whether_there(now);
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
        let answer = self.outstanding.as_ref().map(|outstanding| outstanding.until);
        [answer, self.beat_at, self.until].into_iter().flatten().min()
    }

    fn state(&self) -> State {
        self.state
    }
}
