//! What the reader says unasked.

use zeroize::Zeroizing;

use super::{CHIP_RETRIES, COMMAND_MS, DISTURBED_MS, ISSUER_MS, MmsDriver, READING_MS};
use crate::magtek_mms::card_data::{self, Read};
use crate::magtek_mms::{CardEvent, Command, Notification, Outcome, PinEvent, PowerEvent, Technology};
use crate::{Battery, End, Entry, Event, Fault, Interfaces, Power, Prompt, State};

impl MmsDriver {
    pub(super) fn handle_notification(&mut self, now: u64, notification: Notification<'_>) {
        let reading = matches!(self.state, State::AwaitingCard | State::ReadingCard);
        match notification {
            Notification::Card(by, event) => self.card_event(now, by, event),
            Notification::CardData(by, blob) => {
                if let Err(fault) = self.card_data(now, by, blob) {
                    self.give_up(fault);
                }
            }
            Notification::BatchData(_, blob) => {
                if let Err(fault) = self.batch_data(now, blob) {
                    self.give_up(fault);
                }
            }
            Notification::Complete(by, outcome) => self.completed(now, by, outcome),
            Notification::Pin(PinEvent::Entered) if reading => {
                if let Some(session) = &mut self.session {
                    session.pin_entered = true;
                }
                self.tell(Event::Prompt(Prompt::PinOk));
            }
            Notification::Pin(PinEvent::Wrong) if reading => {
                self.tell(Event::Prompt(Prompt::WrongPin { tries_left: None }))
            }
            Notification::Selection if reading => self.send(now, Command::SelectFirst),
            Notification::Slot { seated: true } => self.card_in_slot = true,
            Notification::Slot { seated: false } => self.removed(now),
            Notification::Power(PowerEvent::LowBattery(percent)) => {
                let battery = Battery { percent: percent.min(100), power: Power::Battery };
                self.identity.battery = Some(battery);
                self.tell(Event::Battery(battery));
            }
            Notification::Power(PowerEvent::SwitchingOff) => self.give_up(Fault::Restarted),
            // Without a session there is nothing to lose, and some readers say it again and again.
            Notification::Power(PowerEvent::Restarted) if self.session.is_some() => {
                self.give_up(Fault::Restarted);
            }
            Notification::Power(PowerEvent::Restarted)
            | Notification::Pin(_)
            | Notification::Selection
            | Notification::Other => {}
        }
    }

    fn card_event(&mut self, now: u64, by: Technology, event: CardEvent) {
        let reading = matches!(self.state, State::AwaitingCard | State::ReadingCard);
        match (by, event) {
            (Technology::Contact, CardEvent::Removed) => self.card_pulled(now),
            (_, CardEvent::Removed) => {}
            (_, CardEvent::Collision) if reading => self.tell(Event::Prompt(Prompt::TapAgain)),
            (_, CardEvent::Collision) => {}
            (_, CardEvent::Swiped | CardEvent::Inserted | CardEvent::Detected) => {
                self.card_in_slot |= by == Technology::Contact;
                if self.state == State::AwaitingCard {
                    self.enter(State::ReadingCard, Some(now + READING_MS));
                    self.tell(Event::CardSeen);
                }
            }
        }
    }

    fn card_pulled(&mut self, now: u64) {
        self.removed(now);
        let entry = self.session.as_ref().and_then(|session| session.entry);
        match self.state {
            // The reader ends it by itself.
            State::ReadingCard => {
                if let Some(session) = &mut self.session {
                    session.disturbed = true;
                }
                self.until = Some(now + DISTURBED_MS);
            }
            State::AwaitingIssuer if entry == Some(Entry::Chip) => self.cancel(now, End::CardTakenOut),
            _ => {}
        }
    }

    fn card_data(&mut self, now: u64, by: Technology, blob: &[u8]) -> Result<(), Fault> {
        let Read { mut card, device, bank_card, chip_passed_over } = card_data::read(by, blob, self.shown)?;
        let reading = matches!(self.state, State::AwaitingCard | State::ReadingCard);
        // Sent again while the issuer is asked, crossing a cancel, or asked for by nobody.
        let asked = reading && self.session.as_ref().is_some_and(|session| session.started);
        let (true, Some(session)) = (asked, &mut self.session) else { return Ok(()) };
        let agrees = card_data::agrees(blob, &session.start);
        let Interfaces { chip, contactless, swipe } = session.interfaces;
        let asked_for = match card.entry {
            Entry::Chip => chip,
            Entry::Contactless => contactless,
            Entry::Swipe => swipe,
        };
        let use_chip = chip_passed_over && !session.fallback;
        if !bank_card || !asked_for || use_chip && !chip {
            self.cancel(now, End::NotUsable { code: 0 });
        } else if !agrees {
            self.cancel(now, End::AmountDiffers);
        } else if use_chip {
            // The reader is still with the swipe.
            let interfaces = session.interfaces;
            self.queue.push_back(Command::Cancel);
            self.restart(now, interfaces, Prompt::InsertCard, Outcome::MSR_FALLBACK);
        } else {
            card.pin_entered = session.pin_entered;
            session.entry = Some(card.entry);
            session.device = device;
            self.enter(State::AwaitingIssuer, Some(now + ISSUER_MS));
            self.tell(Event::CardRead(card));
        }
        Ok(())
    }

    fn batch_data(&mut self, now: u64, blob: &[u8]) -> Result<(), Fault> {
        let accepted = card_data::accepted(blob)?;
        if let (State::Completing, Some(session)) = (self.state, &mut self.session) {
            session.batch = Some((accepted, Zeroizing::new(blob.to_vec())));
            self.complete(now, false);
        }
        Ok(())
    }

    fn completed(&mut self, now: u64, by: Option<Technology>, outcome: Outcome) {
        let Some(session) = &mut self.session else { return };
        // What was cancelled before the last start still says so.
        let stale =
            !session.started || outcome == Outcome::CANCELLED_BY_HOST && self.state != State::Cancelling;
        if stale {
            return;
        }
        let approved = matches!(outcome.0, [0x02, 0x02 | 0x06, _]);
        match self.state {
            State::AwaitingCard | State::ReadingCard => self.ended_by_reader(now, by, outcome),
            State::AwaitingIssuer if session.entry == Some(Entry::Chip) => {
                let taken_out = !self.card_in_slot;
                let code = outcome.code();
                self.end(now, if taken_out { End::CardTakenOut } else { End::NotUsable { code } });
            }
            State::AwaitingIssuer => session.over = true,
            State::Completing => {
                session.outcome = Some(approved);
                self.until = Some(now + COMMAND_MS);
                self.complete(now, false);
            }
            State::Cancelling => {
                session.over = true;
                // Only an approval that nobody asked for is news.
                if approved && session.entry.is_none() {
                    session.end = End::ApprovedOffline;
                }
                if self.outstanding.is_none() {
                    let end = session.end;
                    self.end(now, end);
                }
            }
            _ => {}
        }
    }

    /// The transaction ended before there was anything for the issuer.
    fn ended_by_reader(&mut self, now: u64, by: Option<Technology>, outcome: Outcome) {
        let Some(session) = &mut self.session else { return };
        let asked = session.interfaces;
        let swipe_only = Interfaces { chip: false, contactless: false, swipe: asked.swipe };
        let contacts = Interfaces { contactless: false, ..asked };
        let not_usable = End::NotUsable { code: outcome.code() };
        let pulled = session.disturbed && !self.card_in_slot;
        match (by, outcome.0) {
            (_, [0x02, 0x02 | 0x06, _]) => self.end(now, End::ApprovedOffline),
            _ if pulled => self.end(now, End::CardTakenOut),
            (_, [0x01, ..]) => self.end(now, End::TimedOut),
            (_, [0x03, 0x02, _] | [0x02, 0x0A, _]) => self.end(now, End::CancelledOnReader),
            (Some(Technology::Stripe), [0x03, 0x05, _]) => {
                self.restart(now, asked, Prompt::SwipeAgain, outcome);
            }
            (Some(Technology::Contact), [0x02, _, 0x02]) if session.restarts < CHIP_RETRIES => {
                self.restart(now, asked, Prompt::InsertCard, outcome);
            }
            (Some(Technology::Contact), [0x02, _, 0x02 | 0x03]) if asked.swipe => {
                session.fallback = true;
                self.restart(now, swipe_only, Prompt::SwipeInstead, outcome);
            }
            (Some(Technology::Contactless), [0x02, 0x01, _]) if asked.chip || asked.swipe => {
                self.restart(now, contacts, Prompt::PresentCard(contacts), outcome);
            }
            (Some(Technology::Contactless), [0x02, 0x0B..=0x0D, _]) => {
                self.restart(now, asked, Prompt::TapAgain, outcome);
            }
            (_, [0x02, 0x03 | 0x80, _] | [0x04, 0x07, _]) => self.end(now, End::DeclinedByCard),
            _ => self.end(now, not_usable),
        }
    }
}
