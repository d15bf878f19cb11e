//! What the reader says unasked.

use super::{DISTURBED_MS, MiuraDriver, READING_MS};
use crate::miura::card_data;
use crate::miura::status_word::UNREADABLE_STRIPE;
use crate::miura::{CardStatus, Command, DeviceStatus, PinStatus, Report};
use crate::{End, Entry, Event, Fault, Prompt, State};

/// The cancel key.
const CANCEL: u8 = 0x1B;
/// A stripe that cannot be read so often will not be read the next time.
const MAX_FAILED_SWIPES: u8 = 3;

impl MiuraDriver {
    pub(super) fn handle_report(&mut self, now: u64, body: &[u8]) {
        match Report::parse(body) {
            Ok(Report::Card(status)) => self.card_report(now, status, body),
            Ok(Report::Device { status: Some(DeviceStatus::PinEntry), pin_digits, pin, tries_left }) => {
                self.extend_reading(now);
                self.pin_report(pin_digits, pin, tries_left);
            }
            Ok(Report::Device { status, .. }) => self.device_report(now, status),
            // While a transaction runs the reader takes the key itself.
            Ok(Report::Key(CANCEL))
                if self.state == State::AwaitingCard && self.transaction_limit().is_none() =>
            {
                self.cancel(now, End::CancelledOnReader);
            }
            Ok(Report::Key(_) | Report::Other) => {}
            Err(_) => self.give_up(Fault::Unexpected),
        }
    }

    fn card_report(&mut self, now: u64, status: CardStatus, body: &[u8]) {
        if matches!(&self.outstanding, Some(sent) if matches!(sent.command, Command::CardStatus(_))) {
            self.outstanding = None;
        }
        let removed = self.card_in_slot && !status.present;
        let came = !self.card_in_slot && status.present;
        self.card_in_slot = status.present;
        if removed && self.state != State::Idle {
            self.tell(Event::CardRemoved);
        }
        match self.state {
            State::AwaitingCard if status.swiped => self.swiped(now, body),
            State::AwaitingCard if status.present && status.emv => {
                if let Some(session) = &mut self.session {
                    session.inserted |= came || !session.fallback;
                }
            }
            State::AwaitingCard if came => self.tell(Event::Prompt(Prompt::InsertCard)),
            State::AwaitingIssuer if removed && self.entry() == Some(Entry::Chip) => {
                self.cancel(now, End::CardTakenOut);
            }
            State::AwaitingRemoval if removed => self.finish(now),
            _ => {}
        }
        // A card that comes or goes under a transaction ends it on the reader, too.
        let disturbed =
            self.session.as_ref().is_some_and(|session| session.inserted || session.swipe.is_some())
                || removed && self.state == State::ReadingCard && !self.reads_pin();
        if disturbed
            && self.aborting.is_none()
            && let Some(limit) = self.transaction_limit()
        {
            *limit = Some(now + DISTURBED_MS);
        }
        self.go_on(now);
    }

    fn swiped(&mut self, now: u64, body: &[u8]) {
        let Some(session) = &mut self.session else { return };
        match card_data::swipe(body) {
            Ok(Some(swipe)) => session.swipe = Some(swipe),
            Ok(None) => {
                session.failed_swipes += 1;
                if session.failed_swipes < MAX_FAILED_SWIPES {
                    self.tell(Event::Prompt(Prompt::SwipeAgain));
                } else {
                    self.cancel(now, End::NotUsable { code: UNREADABLE_STRIPE });
                }
            }
            Err(fault) => self.give_up(fault),
        }
    }

    /// The customer is at work: that is no time to give up.
    fn extend_reading(&mut self, now: u64) {
        let at_work = match self.state {
            State::AwaitingCard => self.transaction_limit().is_some(),
            State::ReadingCard => self.card_in_slot || self.reads_pin(),
            _ => false,
        };
        if at_work {
            self.until = Some(now + READING_MS);
        }
    }

    /// Progress of a card that is awaited or read; afterwards it is nobody's business any more.
    fn progress(&mut self, prompt: Prompt) {
        if matches!(self.state, State::AwaitingCard | State::ReadingCard) {
            self.tell(Event::Prompt(prompt));
        }
    }

    fn device_report(&mut self, now: u64, status: Option<DeviceStatus>) {
        self.extend_reading(now);
        match status {
            Some(DeviceStatus::PoweredOn) if self.state == State::Idle && now < self.greeting_until => {}
            Some(DeviceStatus::PoweringOff) => self.give_up(Fault::Restarted),
            Some(DeviceStatus::PoweredOn | DeviceStatus::Rebooting | DeviceStatus::Restarting)
                if self.state != State::Identifying =>
            {
                self.give_up(Fault::Restarted);
            }
            Some(DeviceStatus::ApplicationSelection) => self.progress(Prompt::ChooseApplication),
            Some(DeviceStatus::SeePhone) => self.progress(Prompt::SeePhone),
            _ => {}
        }
    }

    fn pin_report(&mut self, digits: Option<u8>, pin: Option<PinStatus>, tries_left: Option<u8>) {
        let digits = digits.unwrap_or_default();
        self.progress(match pin {
            Some(PinStatus::Ok) => Prompt::PinOk,
            Some(PinStatus::Wrong) => Prompt::WrongPin { tries_left },
            Some(PinStatus::LastTry) => Prompt::LastPinTry,
            Some(PinStatus::Complete) => return,
            None if digits == 0 && tries_left == Some(1) => Prompt::LastPinTry,
            Some(PinStatus::Error) | None => Prompt::EnterPin { digits },
        });
    }

    /// Whether the PIN of a swiped card is being taken: no card has to stay in.
    fn reads_pin(&self) -> bool {
        self.session.as_ref().is_some_and(|session| session.awaiting_pin.is_some())
    }

    fn entry(&self) -> Option<Entry> {
        self.session.as_ref().and_then(|session| session.entry)
    }
}
