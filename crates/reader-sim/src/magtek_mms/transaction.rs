//! The payment application of the device.

use reader::magtek_mms::{Message, Notification, Outcome, PinEvent, Start, Status, Technology};
use tlv::tag;
use zeroize::Zeroizing;

use super::DynaFlexEmulator;
use super::blob::Reading;
use super::emulator::{Activity, technology};
use crate::{Card, Chip};

/// Tries for a PIN that has not been entered wrongly before.
const PIN_TRIES: u8 = 3;

/// The issuer's or the till's word for approved.
const APPROVED: [u8; 2] = *b"00";

impl DynaFlexEmulator {
    /// A chip is in the slot and the device wants it.
    pub(super) fn read_chip(&mut self, start: Start, card: Card) {
        let by = Some(Technology::Contact);
        match card.chip {
            None | Some(Chip::Broken) => self.over(by, Outcome::MSR_FALLBACK),
            _ if self.faults.read_error => self.over(by, Outcome::TECHNICAL_FALLBACK),
            _ if self.faults.choose_application => {
                let timeout = start.timeout;
                self.enter(Activity::ChoosingApplication { start, card }, timeout);
                if !self.has_display() {
                    self.notify(Notification::Selection);
                }
            }
            _ => self.application_chosen(start, card),
        }
    }

    pub(super) fn application_chosen(&mut self, start: Start, card: Card) {
        let asks = card.pin.is_some() && self.has_display();
        if asks && !self.faults.approves_offline && !self.faults.declines_offline {
            let tries = if self.faults.last_pin_try { 1 } else { PIN_TRIES };
            self.enter_pin(start, card, tries);
        } else {
            self.read(Technology::Contact, start, card, false);
        }
    }

    fn enter_pin(&mut self, start: Start, card: Card, tries: u8) {
        let timeout = start.timeout;
        self.enter(Activity::EnteringPin { start, card, pin: Zeroizing::default(), tries }, timeout);
    }

    pub(super) fn pin_entered(&mut self, start: Start, card: Card, pin: &str, tries: u8) {
        if card.pin == Some(pin) {
            self.notify(Notification::Pin(PinEvent::Entered));
            return self.read(Technology::Contact, start, card, true);
        }
        self.notify(Notification::Pin(PinEvent::Wrong));
        match tries - 1 {
            0 => self.over(Some(Technology::Contact), Outcome::OFFLINE_DECLINED),
            left => self.enter_pin(start, card, left),
        }
    }

    /// The card's first decision: by itself, or to ask its issuer.
    pub(super) fn read(&mut self, by: Technology, start: Start, card: Card, pin_right: bool) {
        self.transactions = self.transactions.wrapping_add(1);
        let reading = Reading { by, card, start, counter: self.transactions, pin_right };
        if self.faults.approves_offline || self.faults.declines_offline {
            return self.decide(&reading, self.faults.approves_offline, true);
        }
        match reading.card_data(&mut self.keys, self.serial, self.faults) {
            Some(blob) => {
                self.notify(Notification::CardData(by, &blob));
                let timeout = reading.start.timeout;
                self.enter(Activity::AwaitingIssuer(reading), timeout);
            }
            None => self.over(Some(by), Outcome::FAILED),
        }
    }

    /// The card's second decision.
    pub(super) fn complete(&mut self, reading: &Reading, objects: &[u8]) {
        let approved = tlv::find(objects, tag::AUTHORISATION_RESPONSE_CODE) == Ok(Some(&APPROVED));
        let stubborn =
            reading.card.chip == Some(Chip::DeclinesAfterIssuer) || self.faults.declines_after_issuer;
        let stubborn = stubborn && reading.by == Technology::Contact;
        self.decide(reading, approved && !stubborn, false);
    }

    fn decide(&mut self, reading: &Reading, approved: bool, offline: bool) {
        if let Some(blob) = reading.batch_data(&mut self.keys, self.serial, approved) {
            self.notify(Notification::BatchData(reading.by, &blob));
        }
        let outcome = match (approved, offline) {
            (true, true) => Outcome::OFFLINE_APPROVED,
            (true, false) => Outcome::APPROVED,
            (false, true) => Outcome::OFFLINE_DECLINED,
            (false, false) => Outcome::DECLINED,
        };
        self.over(Some(reading.by), outcome);
        self.text = if approved { "APPROVED" } else { "DECLINED" };
    }

    /// The transaction ends.
    pub(super) fn over(&mut self, by: Option<Technology>, outcome: Outcome) {
        self.enter(Activity::Idle, 0);
        self.text = "WELCOME";
        self.notify(Notification::Complete(by, outcome));
    }

    /// The time for what the device is doing is up.
    pub(super) fn given_up(&mut self) {
        let outcome = match self.activity {
            Activity::AwaitingIssuer(_) => Outcome::DECLINED,
            _ => Outcome::TIMED_OUT,
        };
        self.over(technology(&self.activity), outcome);
    }

    pub(super) fn cancel(&mut self, request: &Message) {
        if self.faults.cancel_race {
            match self.activity.clone() {
                Activity::ChoosingApplication { start, card } | Activity::EnteringPin { start, card, .. } => {
                    self.read(Technology::Contact, start, card, false);
                }
                _ => {}
            }
        }
        if matches!(self.activity, Activity::Idle) {
            return self.answer(request, Status::NO_TRANSACTION, None);
        }
        self.answer(request, Status::OK, None);
        self.over(None, Outcome::CANCELLED_BY_HOST);
    }
}
