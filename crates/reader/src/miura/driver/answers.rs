//! Answers to commands.

use tlv::tag;

use super::identify::is_reset_answer;
use super::{MiuraDriver, PRESENT_MS};
use crate::miura::card_data::{self, Pin, Swipe};
use crate::miura::status_word::DECISION_ASKED;
use crate::miura::{Answer, Command, StatusWord, Terms, missing};
use crate::{CardDecision, CardRead, EncryptedData, End, Entry, Event, Fault, Interfaces, Prompt, State};

impl MiuraDriver {
    pub(super) fn handle_answer(&mut self, now: u64, answer: Answer<'_>) {
        // An answer that an earlier program was still owed is no answer to our reset.
        if self.awaits_reset() && !is_reset_answer(answer.body) {
            return;
        }
        if self.aborting.is_some() && answer.status == StatusWord::OK && answer.body.is_empty() {
            self.aborting = None;
            return self.go_on(now);
        }
        let Some(sent) = self.outstanding.take() else { return self.give_up(Fault::Unexpected) };
        let missing = missing::names(answer.status, answer.body);
        if !missing.is_empty() {
            self.tell(Event::Missing(missing));
        }
        let handled = match (sent.command, self.state) {
            (
                Command::StartContactless(_) | Command::StartTransaction(_) | Command::OnlinePin(_),
                State::Cancelling,
            ) => {
                self.aborted(answer);
                Ok(())
            }
            (Command::StartContactless(_), _) => self.contactless(now, answer),
            (Command::StartTransaction(_), _) => self.chip(now, answer),
            (Command::OnlinePin(_), _) => self.pin(now, answer),
            (Command::Continue(_), _) => self.decision(now, answer),
            (command, State::Identifying) => {
                self.identified(&command, answer);
                Ok(())
            }
            (Command::Battery, _)
                if answer.body.is_empty() || card_data::only_object(answer.body, tag::RESPONSE).is_ok() =>
            {
                self.battery(answer);
                Ok(())
            }
            // Convenience of the customer, which not every model has; the session does not depend on it. An answer
            // that says something is another command's.
            (Command::Display(_) | Command::Keyboard(_) | Command::CardStatus(_), _)
                if answer.body.is_empty() =>
            {
                Ok(())
            }
            _ if answer.status == StatusWord::OK && answer.body.is_empty() => Ok(()),
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
            | StatusWord::UNSUPPORTED_CARD_SWIPE_ALLOWED
            | StatusWord::CONTACTLESS_HARDWARE
                if interfaces.chip || interfaces.swipe =>
            {
                self.tell(Event::Prompt(Prompt::PresentCard(other_ways)));
            }
            other => self.not_usable(now, other),
        }
        Ok(())
    }

    fn chip(&mut self, now: u64, answer: Answer<'_>) -> Result<(), Fault> {
        let swipe_allowed = self.session.as_ref().is_some_and(|session| session.interfaces.swipe);
        match answer.status {
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
                self.await_card(now, self.setup.texts.swipe_card.clone(), false);
            }
            other => self.not_usable(now, other),
        }
        Ok(())
    }

    fn pin(&mut self, now: u64, answer: Answer<'_>) -> Result<(), Fault> {
        let read = self.session.as_mut().and_then(|session| session.awaiting_pin.take());
        match card_data::pin(read.ok_or(Fault::Unexpected)?, answer)? {
            // A card that needs a PIN and has none is the issuer's to judge, as a chip's bypassed PIN is.
            Pin::Entered(read) | Pin::Bypassed(read) => self.card_read(now, read),
            Pin::Cancelled => self.end(now, End::CancelledOnReader),
            Pin::Failed(code) => self.end(now, End::NotUsable { code }),
        }
        Ok(())
    }

    fn not_usable(&mut self, now: u64, status: StatusWord) {
        self.keys_gone |= status == StatusWord::NO_KEY;
        self.end(now, End::NotUsable { code: status.code() });
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
            // Asked for by settings that our commands do not make. Nothing is decided here.
            tag::DECISION_REQUIRED => {
                if let Some(session) = &mut self.session {
                    session.entry = Some(Entry::Chip);
                }
                self.cancel(now, End::NotUsable { code: DECISION_ASKED });
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
            self.keys_gone |= answer.status == StatusWord::NO_KEY;
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
                self.stripe_read(now, swipe, terms);
            } else if interfaces.chip {
                self.until = Some(now + PRESENT_MS);
                self.tell(Event::Prompt(Prompt::InsertCard));
                self.send(now, Command::Display(self.setup.texts.insert_card.clone()));
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

    fn stripe_read(&mut self, now: u64, swipe: Swipe, terms: Terms) {
        let asks_pin = self.setup.online_pin && self.identity.pin_ready && swipe.wants_pin;
        match card_data::pin_terms(&swipe.read, &terms).filter(|_| asks_pin) {
            Some(terms) => self.read_pin(now, swipe.read, terms),
            None => self.card_read(now, swipe.read),
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
