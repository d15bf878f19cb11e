//! Answers to commands.

use tlv::tag;

use super::{MiuraDriver, PRESENT_MS};
use crate::miura::card_data;
use crate::miura::{Answer, Command, StatusWord, Terms};
use crate::{
    Battery, CardDecision, CardRead, EncryptedData, End, Entry, Event, Fault, Interfaces, Power, Prompt,
    Software, State,
};

/// P2PE status bits: a key for online PIN, a key for card data.
const PIN_READY: u8 = 0x02;
const SRED_READY: u8 = 0x04;

impl MiuraDriver {
    pub(super) fn handle_answer(&mut self, now: u64, answer: Answer<'_>) {
        // An answer that an earlier program was still owed is no answer to our reset.
        if matches!(&self.outstanding, Some(sent) if sent.command == Command::Reset)
            && !is_reset_answer(answer.body)
        {
            return;
        }
        if self.aborting.is_some() && answer.status == StatusWord::OK && answer.body.is_empty() {
            self.aborting = None;
            return self.go_on(now);
        }
        let Some(sent) = self.outstanding.take() else { return self.give_up(Fault::Unexpected) };
        let handled = match (sent.command, self.state) {
            (Command::StartContactless(_) | Command::StartTransaction(_), State::Cancelling) => {
                self.aborted(answer);
                Ok(())
            }
            (Command::StartContactless(_), _) => self.contactless(now, answer),
            (Command::StartTransaction(_), _) => self.chip(now, answer),
            (Command::Continue(_), _) => self.decision(now, answer),
            (command, State::Identifying) => self.identified(&command, answer),
            // Convenience of the customer; the session does not depend on it.
            (Command::Display(_) | Command::Keyboard(_) | Command::CardStatus(_), _) => Ok(()),
            _ if answer.status == StatusWord::OK => Ok(()),
            _ => Err(Fault::Unexpected),
        };
        match handled {
            Ok(()) => self.go_on(now),
            Err(fault) => self.give_up(fault),
        }
    }

    /// After everything that the reader said: what can be done now?
    pub(super) fn go_on(&mut self, now: u64) {
        self.proceed(now);
        self.next_command(now);
        self.confirm_cancel(now);
    }

    fn identified(&mut self, command: &Command, answer: Answer<'_>) -> Result<(), Fault> {
        let byte = |tag| tlv::find(answer.body, tag).ok().flatten().and_then(|value| value.first().copied());
        match command {
            Command::Reset => {
                self.identity.serial =
                    tlv::find(answer.body, tag::SERIAL_NUMBER).ok().flatten().map(ascii).unwrap_or_default();
                self.identity.software = software(answer.body);
            }
            Command::Configuration => self.identity.software.extend(software(answer.body)),
            Command::P2peStatus => {
                let status = byte(tag::P2PE_STATUS).unwrap_or_default();
                self.identity.pin_ready = status & PIN_READY != 0;
                if status & SRED_READY == 0 {
                    self.not_secure();
                }
            }
            Command::Battery => {
                self.identity.battery =
                    byte(tag::BATTERY).zip(byte(tag::CHARGING)).map(|(percent, power)| {
                        let power = match power {
                            0 => Power::Battery,
                            1 => Power::Charging,
                            2 => Power::Full,
                            fault => Power::Fault(fault),
                        };
                        Battery { percent: percent.min(100), power }
                    });
            }
            _ => {}
        }
        if self.state == State::Identifying && self.queue.is_empty() {
            self.enter(State::Idle, None);
            self.tell(Event::Ready(self.identity.clone()));
        }
        Ok(())
    }

    fn not_secure(&mut self) {
        self.queue.clear();
        self.session = None;
        self.enter(State::NotSecure, None);
        self.tell(Event::NotSecure);
    }

    fn contactless(&mut self, now: u64, answer: Answer<'_>) -> Result<(), Fault> {
        let Some(session) = &self.session else { return Err(Fault::Unexpected) };
        let (terms, interfaces) = (session.terms, session.interfaces);
        let other_ways = Interfaces { contactless: false, ..interfaces };
        match answer.status {
            StatusWord::OK => return self.card_answer(now, answer.body),
            // The other card's report is here already.
            _ if session.released => {}
            StatusWord::CANCELLED => self.end(now, End::CancelledOnReader),
            StatusWord::CONTACTLESS_TIMEOUT => self.queue.push_back(Command::StartContactless(terms)),
            // The report of the card says the rest.
            StatusWord::CONTACTLESS_INSERTED | StatusWord::CONTACTLESS_SWIPED => {}
            StatusWord::READ_ERROR_SWIPE_ALLOWED => {
                self.tell(Event::Prompt(Prompt::TapAgain));
                self.queue.push_back(Command::StartContactless(terms));
            }
            StatusWord::USE_CHIP if interfaces.chip => self.tell(Event::Prompt(Prompt::InsertCard)),
            StatusWord::USE_CHIP_OR_SWIPE
            | StatusWord::USE_CHIP_SWIPE_OR_OTHER_CARD
            | StatusWord::CONTACTLESS_HARDWARE
                if interfaces.chip || interfaces.swipe =>
            {
                self.tell(Event::Prompt(Prompt::PresentCard(other_ways)));
            }
            StatusWord::SRED_NOT_READY => self.not_secure(),
            other => self.end(now, End::NotUsable { code: other.code() }),
        }
        Ok(())
    }

    fn chip(&mut self, now: u64, answer: Answer<'_>) -> Result<(), Fault> {
        let swipe_allowed = self.session.as_ref().is_some_and(|session| session.interfaces.swipe);
        match answer.status {
            StatusWord::SRED_NOT_READY => self.not_secure(),
            // Without the card the reader's own reason is only how it noticed.
            StatusWord::OK if !self.card_in_slot => self.cancel_read(now),
            StatusWord::OK => return self.card_answer(now, answer.body),
            _ if !self.card_in_slot => self.end(now, End::CardTakenOut),
            StatusWord::NO_CARD => self.end(now, End::CardTakenOut),
            StatusWord::CANCELLED => self.end(now, End::CancelledOnReader),
            StatusWord::UNSUPPORTED_CARD_SWIPE_ALLOWED | StatusWord::READ_ERROR_SWIPE_ALLOWED
                if swipe_allowed =>
            {
                if let Some(session) = &mut self.session {
                    session.fallback = true;
                }
                self.tell(Event::Prompt(Prompt::SwipeInstead));
                self.await_card(now, self.texts.swipe_card.clone(), false);
            }
            other => self.end(now, End::NotUsable { code: other.code() }),
        }
        Ok(())
    }

    /// The card was read but is gone: nothing of it is used.
    fn cancel_read(&mut self, now: u64) {
        if let Some(session) = &mut self.session {
            session.entry = Some(Entry::Chip);
        }
        self.cancel(now, End::CardTakenOut);
    }

    fn card_answer(&mut self, now: u64, body: &[u8]) -> Result<(), Fault> {
        let template = tlv::read_padded(body).next().and_then(Result::ok).ok_or(Fault::Unexpected)?;
        match template.tag {
            tag::APPROVED => self.end(now, End::ApprovedOffline),
            tag::DECLINED => self.end(now, End::DeclinedByCard),
            tag::ONLINE_REQUIRED => {
                let read = card_data::online(body)?;
                let session = self.session.as_mut().ok_or(Fault::Unexpected)?;
                session.entry = Some(read.entry);
                if card_data::agrees(&read, &session.terms) {
                    self.card_read(now, read);
                } else {
                    self.cancel(now, End::AmountDiffers);
                }
            }
            _ => return Err(Fault::Unexpected),
        }
        Ok(())
    }

    pub(super) fn card_read(&mut self, now: u64, read: CardRead) {
        if let Some(session) = &mut self.session {
            session.entry = Some(read.entry);
        }
        self.queue.clear();
        self.enter(State::AwaitingIssuer, Some(now + super::ISSUER_MS));
        self.tell(Event::CardRead(read));
    }

    fn decision(&mut self, now: u64, answer: Answer<'_>) -> Result<(), Fault> {
        let tells = self.session.as_ref().is_some_and(|session| session.tells_decision);
        if answer.status == StatusWord::OK {
            let approved = card_data::only_object(answer.body, tag::APPROVED);
            let (approved, data) = match approved {
                Ok(data) => (true, data),
                Err(_) => (false, card_data::only_object(answer.body, tag::DECLINED)?),
            };
            if tells {
                self.tell(Event::Decision(CardDecision {
                    approved,
                    data: EncryptedData::new(data.to_vec()),
                }));
            }
        } else if tells {
            let code = answer.status.code();
            let end = if self.card_in_slot { End::NotUsable { code } } else { End::CardTakenOut };
            self.tell(Event::Ended(end));
        }
        self.finish(now);
        Ok(())
    }

    /// The transaction's own answer to an ABORT. Only an approval that nobody asked for is news.
    fn aborted(&mut self, answer: Answer<'_>) {
        let first = tlv::read_padded(answer.body).next().and_then(Result::ok);
        if let Some(session) = &mut self.session
            && first.is_some_and(|template| template.tag == tag::APPROVED)
        {
            session.end = End::ApprovedOffline;
        }
    }

    /// Takes up what the customer did with the card, once no command stands in the way.
    fn proceed(&mut self, now: u64) {
        if self.state != State::AwaitingCard || self.outstanding.is_some() || self.aborting.is_some() {
            return;
        }
        let Some(session) = &mut self.session else { return };
        let (interfaces, terms) = (session.interfaces, session.terms);
        if let Some(swipe) = session.swipe.take() {
            if !interfaces.swipe {
                self.ask_again(now, interfaces, terms);
            } else if !swipe.has_chip || session.fallback {
                self.card_read(now, swipe.read);
            } else if interfaces.chip {
                self.until = Some(now + PRESENT_MS);
                self.tell(Event::Prompt(Prompt::InsertCard));
                self.send(now, Command::Display(self.texts.insert_card.clone()));
            } else {
                self.end(now, End::NotUsable { code: StatusWord::USE_CHIP.code() });
            }
        } else if std::mem::take(&mut session.inserted) {
            if interfaces.chip {
                self.read_chip(now, terms);
            } else {
                self.ask_again(now, interfaces, terms);
            }
        }
    }

    /// The card came by a way that was not asked for.
    fn ask_again(&mut self, now: u64, interfaces: Interfaces, terms: Terms) {
        self.tell(Event::Prompt(Prompt::PresentCard(interfaces)));
        if interfaces.contactless {
            self.send(now, Command::StartContactless(terms));
        }
    }
}

/// Card data carries the serial number as well, but in another template.
fn is_reset_answer(body: &[u8]) -> bool {
    card_data::only_object(body, tag::RESPONSE)
        .is_ok_and(|template| matches!(tlv::find(template, tag::SERIAL_NUMBER), Ok(Some(_))))
}

fn ascii(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).filter(char::is_ascii_graphic).collect()
}

/// Name and version pairs, flat or in templates: the n-th name belongs to the n-th version.
fn software(body: &[u8]) -> Vec<Software> {
    let (mut names, mut versions) = (Vec::new(), Vec::new());
    collect(tlv::read_padded(body), &mut names, &mut versions, tlv::MAX_DEPTH);
    names.into_iter().zip(versions).map(|(name, version)| Software { name, version }).collect()
}

fn collect(objects: tlv::Reader<'_>, names: &mut Vec<String>, versions: &mut Vec<String>, depth: usize) {
    for object in objects.flatten() {
        match object.tag {
            tag::IDENTIFIER => names.push(ascii(object.value)),
            tag::VERSION => versions.push(ascii(object.value)),
            tag if tag.is_constructed() && depth > 0 => {
                collect(object.children(), names, versions, depth - 1)
            }
            _ => {}
        }
    }
}
