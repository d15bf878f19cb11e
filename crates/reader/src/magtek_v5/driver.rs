//! The session with a swipe reader.

use std::collections::VecDeque;

use zeroize::Zeroizing;

use super::card_data::{self, Swipe};
use super::{CLEAR_LEN, Command, FAMILY, Property, Reply, Reports, ResultCode, SwipeReport, ascii};
use crate::magtek::{FACTORY, Shown};
use crate::traces::Traces;
use crate::{
    CardRead, CardTransaction, Driver, End, Event, Family, Fault, FromReader, Identity, Interfaces,
    IssuerAnswer, Link, Prompt, Refused, Software, State, ToReader, Trace, WallClock,
};

/// MagTek's own page gives the reader so long between a command and the question for its answer.
const RESPONSE_MS: u64 = 5;
/// Together with [`BEAT_MS`] under the 5 s in which a silent reader has to be known.
const ANSWER_MS: u64 = 2_500;
/// How often a reader with nothing to do is asked whether it is there.
const BEAT_MS: u64 = 2_000;
/// Time for a customer to swipe.
const PRESENT_MS: u64 = 60_000;
/// Longer than any caller waits for an issuer (120 s), so that the caller decides.
const ISSUER_MS: u64 = 180_000;

/// The only way a card comes in.
const SWIPE: Interfaces = Interfaces { chip: false, contactless: false, swipe: true };

/// Track data is encrypted from security level 3 on; level 4 wants a host that holds the keys.
const ENCRYPTING_LEVEL: u8 = 3;

/// A command without its answer yet.
struct Asked {
    command: Command,
    /// The answer has been asked for.
    fetched: bool,
    until: u64,
}

/// The driver.
pub struct MagneSafeDriver {
    link: Link,
    reports: Reports,
    state: State,
    /// Limit of the state.
    until: Option<u64>,
    queue: VecDeque<Command>,
    asked: Option<Asked>,
    /// When to ask whether the reader is there.
    beat_at: Option<u64>,
    identity: Identity,
    shown: Shown,
    /// The key of the last swipe that came, whatever became of it.
    last_ksn: Option<[u8; 10]>,
    transmit: VecDeque<ToReader>,
    events: VecDeque<Event>,
    traces: Traces,
}

impl MagneSafeDriver {
    /// A driver for one link, not connected yet.
    pub fn new(link: Link) -> Self {
        Self {
            link,
            reports: Reports::of(link),
            state: State::Disconnected,
            until: None,
            queue: VecDeque::new(),
            asked: None,
            beat_at: None,
            identity: Identity::unknown(&FAMILY),
            shown: FACTORY,
            last_ksn: None,
            transmit: VecDeque::new(),
            events: VecDeque::new(),
            traces: Traces::default(),
        }
    }

    fn tell(&mut self, event: Event) {
        self.events.push_back(event);
    }

    fn enter(&mut self, state: State, until: Option<u64>) {
        self.state = state;
        self.until = until;
    }

    /// A state in which nothing more is asked of the reader.
    fn leave(&mut self, state: State, event: Event) {
        self.queue.clear();
        self.asked = None;
        self.beat_at = None;
        self.enter(state, None);
        self.tell(event);
    }

    fn next_command(&mut self, now: u64) {
        if self.asked.is_some() {
            return;
        }
        if let Some(command) = self.queue.pop_front() {
            let Reports { id, feature_len } = self.reports;
            self.traces.sent(command.name(), feature_len);
            self.transmit.push_back(ToReader::SetFeature { id, data: command.encode(feature_len) });
            self.asked = Some(Asked { command, fetched: false, until: now + RESPONSE_MS });
        } else if self.state == State::Identifying {
            self.enter(State::Idle, None);
            self.tell(Event::Ready(self.identity.clone()));
        }
        self.beat_at = Some(now + BEAT_MS).filter(|_| self.asked.is_none());
    }

    fn handle_reply(&mut self, now: u64, report: &[u8]) {
        self.traces.received("RESULT", report.len());
        let reply = Reply::parse(report);
        let (Some(Asked { command, fetched: true, .. }), Some(reply)) = (self.asked.take(), reply) else {
            return self.leave(State::Broken, Event::Broken(Fault::Unexpected));
        };
        let data = Some(reply.data).filter(|_| reply.result == ResultCode::SUCCESS);
        match (command, data) {
            (Command::Property(property), data) => self.property(property, data),
            (Command::SecurityLevel, Some([ENCRYPTING_LEVEL])) => {}
            (Command::SecurityLevel, Some([_])) => self.leave(State::NotSecure, Event::NotSecure),
            (Command::Ksn, Some(ksn)) if ksn.len() == 10 => {
                self.identity.ksn = Some(hex::encode_upper(ksn));
            }
            (Command::EncryptionCounter, Some([.., 0, 0, 0])) => {
                self.leave(State::NotSecure, Event::KeysExhausted);
            }
            // Readers that count nothing do not know the command.
            (Command::EncryptionCounter, _) => {}
            _ => self.leave(State::Broken, Event::Broken(Fault::Unexpected)),
        }
        if !matches!(self.state, State::NotSecure | State::Broken) {
            self.next_command(now);
        }
    }

    fn property(&mut self, property: Property, data: Option<&[u8]>) {
        let value = data.map(ascii).unwrap_or_default();
        match property {
            Property::SoftwareId => {
                self.identity.software.push(Software { name: "Software ID".to_owned(), version: value });
            }
            Property::DeviceSerial if value.is_empty() => {
                self.queue.push_front(Command::Property(Property::UsbSerial));
            }
            Property::DeviceSerial | Property::UsbSerial => self.identity.serial = value,
            Property::IsoMask => match data.map(card_data::mask_setting) {
                Some(Ok(shown)) => self.shown = shown,
                Some(Err(_)) => self.leave(State::NotSecure, Event::NotSecure),
                None => {}
            },
        }
    }

    fn handle_input(&mut self, now: u64, mut raw: Zeroizing<Vec<u8>>) {
        self.traces.received("SWIPE", raw.len());
        if raw.len() == CLEAR_LEN {
            return self.leave(State::Broken, Event::Broken(Fault::ClearData));
        }
        let Ok(report) = SwipeReport::parse(&raw) else {
            return self.leave(State::Broken, Event::Broken(Fault::Unexpected));
        };
        match card_data::judge(&report, &mut raw, self.shown) {
            Swipe::Clear => self.leave(State::Broken, Event::Broken(Fault::ClearData)),
            Swipe::UsedUp => self.leave(State::NotSecure, Event::KeysExhausted),
            Swipe::Locked => self.leave(State::NotSecure, Event::NotSecure),
            Swipe::Unreadable if self.state == State::AwaitingCard => {
                self.until = Some(now + PRESENT_MS);
                self.tell(Event::Prompt(Prompt::SwipeAgain));
            }
            Swipe::Unreadable => {}
            Swipe::Read(read) => {
                let known = self.last_ksn.replace(report.ksn) == Some(report.ksn);
                if self.state == State::AwaitingCard && !known {
                    self.card_read(now, read);
                }
            }
        }
    }

    fn card_read(&mut self, now: u64, read: CardRead) {
        self.enter(State::AwaitingIssuer, Some(now + ISSUER_MS));
        self.tell(Event::CardRead(read));
    }

    fn end(&mut self, end: End) {
        self.enter(State::Idle, None);
        self.tell(Event::Ended(end));
    }

    /// The command outstanding is due: its answer to be asked for, or given up.
    fn answer_due(&mut self, now: u64) {
        let Some(asked) = &mut self.asked else { return };
        if asked.fetched {
            return self.leave(State::Broken, Event::Broken(Fault::Silent));
        }
        asked.fetched = true;
        asked.until = now + ANSWER_MS;
        self.transmit.push_back(ToReader::GetFeature { id: self.reports.id });
    }
}

impl Driver for MagneSafeDriver {
    fn family(&self) -> &'static Family {
        &FAMILY
    }

    fn connect(&mut self, now: u64, _clock: WallClock) {
        // A swipe that this till has charged must not come in again after the link was lost.
        *self = Self { last_ksn: self.last_ksn, ..Self::new(self.link) };
        self.enter(State::Identifying, None);
        self.queue.extend([
            Command::SecurityLevel,
            Command::Property(Property::SoftwareId),
            Command::Property(Property::DeviceSerial),
            Command::Property(Property::IsoMask),
            Command::EncryptionCounter,
            Command::Ksn,
        ]);
        self.next_command(now);
    }

    fn start(&mut self, now: u64, transaction: CardTransaction) -> Result<(), Refused> {
        if transaction.amount_minor > 999_999_999_999 || transaction.currency_numeric > 999 {
            return Err(Refused::Amount);
        }
        if !transaction.interfaces.swipe {
            return Err(Refused::Interfaces);
        }
        if self.state != State::Idle {
            return Err(Refused::Busy);
        }
        self.enter(State::AwaitingCard, Some(now + PRESENT_MS));
        self.tell(Event::Prompt(Prompt::PresentCard(SWIPE)));
        Ok(())
    }

    fn continue_with(&mut self, _now: u64, _answer: &IssuerAnswer) -> Result<(), Refused> {
        Err(Refused::Busy)
    }

    fn end_card(&mut self, _now: u64, _approved: bool) {
        if self.state == State::AwaitingIssuer {
            self.enter(State::Idle, None);
        }
    }

    fn abort(&mut self, _now: u64) -> Result<(), Refused> {
        match self.state {
            State::AwaitingCard | State::AwaitingIssuer => {
                self.end(End::CancelledOnPage);
                Ok(())
            }
            _ => Err(Refused::Busy),
        }
    }

    /// There is no display.
    fn display(&mut self, _now: u64, _text: &str) -> Result<(), Refused> {
        Ok(())
    }

    fn handle(&mut self, now: u64, received: FromReader) {
        if matches!(self.state, State::Disconnected | State::NotSecure | State::Broken) {
            return;
        }
        match received {
            FromReader::Feature { id, data } if id == self.reports.id => self.handle_reply(now, &data),
            FromReader::Input { id, data } if id == self.reports.id => {
                self.handle_input(now, Zeroizing::new(data));
            }
            _ => self.leave(State::Broken, Event::Broken(Fault::Unexpected)),
        }
    }

    fn handle_timeout(&mut self, now: u64) {
        if self.asked.as_ref().is_some_and(|asked| asked.until <= now) {
            self.answer_due(now);
        }
        if self.until.is_some_and(|until| until <= now) {
            self.end(End::TimedOut);
        }
        if self.beat_at.is_some_and(|at| at <= now) {
            self.queue.push_back(Command::Ksn);
            self.next_command(now);
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
        let answer = self.asked.as_ref().map(|asked| asked.until);
        [answer, self.beat_at, self.until].into_iter().flatten().min()
    }

    fn state(&self) -> State {
        self.state
    }
}
