//! What the reader says unasked.

use super::{DISTURBED_MS, MiuraDriver, READING_MS};
use crate::miura::card_data;
use crate::miura::{CardStatus, Command, DeviceStatus, PinStatus, Report};
use crate::{End, Entry, Event, Fault, Prompt, State};

/// The cancel key.
const CANCEL: u8 = 0x1B;

impl MiuraDriver {
    pub(super) fn handle_report(&mut self, now: u64, body: &[u8]) {
        match Report::parse(body) {
            Ok(Report::Card(status)) => self.card_report(now, status, body),
            Ok(Report::Device { status, pin_digits, pin }) => {
                self.device_report(now, status, pin_digits, pin)
            }
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
            State::AwaitingCard if status.swiped => self.swiped(body),
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
                || removed && self.state == State::ReadingCard;
        if disturbed
            && self.aborting.is_none()
            && let Some(limit) = self.transaction_limit()
        {
            *limit = Some(now + DISTURBED_MS);
        }
        self.go_on(now);
    }

    fn swiped(&mut self, body: &[u8]) {
        match card_data::swipe(body) {
            Ok(Some(swipe)) => {
                if let Some(session) = &mut self.session {
                    session.swipe = Some(swipe);
                }
            }
            Ok(None) => self.tell(Event::Prompt(Prompt::SwipeAgain)),
            Err(fault) => self.give_up(fault),
        }
    }

    fn device_report(
        &mut self,
        now: u64,
        status: Option<DeviceStatus>,
        digits: Option<u8>,
        pin: Option<PinStatus>,
    ) {
        if self.state == State::ReadingCard && self.card_in_slot {
            self.until = Some(now + READING_MS);
        }
        match status {
            Some(DeviceStatus::PoweringOff) => self.give_up(Fault::Restarted),
            Some(DeviceStatus::PoweredOn | DeviceStatus::Rebooting | DeviceStatus::Restarting)
                if self.state != State::Identifying =>
            {
                self.give_up(Fault::Restarted);
            }
            Some(DeviceStatus::PinEntry) => self.tell(Event::Prompt(match pin {
                Some(PinStatus::Ok) => Prompt::PinOk,
                Some(PinStatus::Wrong) => Prompt::WrongPin,
                Some(PinStatus::LastTry) => Prompt::LastPinTry,
                None => Prompt::EnterPin { digits: digits.unwrap_or_default() },
            })),
            Some(DeviceStatus::ApplicationSelection) => self.tell(Event::Prompt(Prompt::ChooseApplication)),
            Some(DeviceStatus::SeePhone) => self.tell(Event::Prompt(Prompt::SeePhone)),
            _ => {}
        }
    }

    fn entry(&self) -> Option<Entry> {
        self.session.as_ref().and_then(|session| session.entry)
    }
}
