//! The payment application of the device.

use reader::miura::{DeviceStatus, PinStatus, StatusWord, Terms};
use tlv::tag;
use zeroize::Zeroizing;

use super::MiuraEmulator;
use super::emulator::{Activity, PinProgress};
use super::objects::{Reading, Verified};
use super::online_pin::PIN_BYPASSED;
use crate::{Card, Chip};

/// MPI-Dynamic.cfg: contactless waits for 30 s; the same is used for choosing and typing.
pub(super) const CUSTOMER_MS: u64 = 30_000;

/// Tries for a PIN that has not been entered wrongly before.
const PIN_TRIES: u8 = 3;

/// The issuer's or the till's word for approved.
const APPROVED: [u8; 2] = *b"00";

impl MiuraEmulator {
    /// Whether there is a key for card data.
    pub(super) fn is_secure(&self) -> bool {
        !self.faults.not_secure && !self.faults.keys_exhausted && !self.keys.is_exhausted()
    }

    pub(super) fn start_contactless(&mut self, terms: Terms) {
        if !self.is_secure() {
            return self.end(StatusWord::NO_KEY);
        }
        self.activity = Activity::AwaitingTap { terms, until: self.now + CUSTOMER_MS };
    }

    pub(super) fn start_chip(&mut self, terms: Terms) {
        let Some(card) = self.slot else { return self.end(StatusWord::NO_CARD) };
        match card.chip {
            _ if !self.is_secure() => self.end(StatusWord::NO_KEY),
            None => self.end(StatusWord::UNSUPPORTED_CARD_SWIPE_ALLOWED),
            Some(Chip::Broken) => self.end(StatusWord::READ_ERROR_SWIPE_ALLOWED),
            _ if self.faults.read_error => self.end(StatusWord::READ_ERROR_SWIPE_ALLOWED),
            _ if self.faults.choose_application => {
                self.activity = Activity::ChoosingApplication { terms, card, until: self.now + CUSTOMER_MS };
                self.report_device(DeviceStatus::ApplicationSelection, "Application Selection", None);
            }
            _ => self.application_chosen(terms, card),
        }
    }

    pub(super) fn application_chosen(&mut self, terms: Terms, card: Card) {
        if card.pin.is_some() && !self.faults.approves_offline && !self.faults.declines_offline {
            let tries = if self.faults.last_pin_try { 1 } else { PIN_TRIES };
            self.enter_pin(terms, card, tries);
        } else {
            self.read(terms, card, false, Verified::Nobody);
        }
    }

    pub(super) fn enter_pin(&mut self, terms: Terms, card: Card, tries: u8) {
        let pin = Zeroizing::default();
        self.activity = Activity::EnteringPin { terms, card, pin, tries, until: self.now + CUSTOMER_MS };
        if tries == 1 {
            let last = Some(PinProgress::Status(PinStatus::LastTry));
            self.report_device(DeviceStatus::PinEntry, "Last PIN Try", last);
        }
        self.report_device(DeviceStatus::PinEntry, "Enter PIN", Some(PinProgress::Digits(0)));
    }

    pub(super) fn pin_entered(&mut self, terms: Terms, card: Card, pin: &str, tries: u8) {
        if card.pin == Some(pin) {
            self.report_device(DeviceStatus::PinEntry, "PIN OK", Some(PinProgress::Status(PinStatus::Ok)));
            return self.read(terms, card, false, Verified::Pin);
        }
        let tries_left = tries.saturating_sub(1);
        let wrong = Some(PinProgress::Wrong { tries_left });
        self.report_device(DeviceStatus::PinEntry, "Incorrect PIN", wrong);
        match tries_left {
            0 => {
                let reading = self.reading(terms, card, false, Verified::Nobody);
                self.decide_alone(reading, false);
            }
            left => self.enter_pin(terms, card, left),
        }
    }

    /// The card's first decision: by itself, or to ask its issuer.
    pub(super) fn read(&mut self, terms: Terms, card: Card, contactless: bool, verified: Verified) {
        let reading = self.reading(terms, card, contactless, verified);
        if self.faults.approves_offline || self.faults.declines_offline {
            return self.decide_alone(reading, self.faults.approves_offline);
        }
        match reading.online(&mut self.keys, self.faults) {
            Some(body) => {
                self.activity = Activity::AwaitingIssuer(reading);
                self.answer(StatusWord::OK, &body);
            }
            None => self.end(StatusWord::NO_KEY),
        }
    }

    /// What was outstanding ends by itself, just before it would have been cancelled.
    pub(super) fn end_by_itself(&mut self) {
        match self.activity.clone() {
            Activity::ChoosingApplication { terms, card, .. } | Activity::EnteringPin { terms, card, .. } => {
                self.read(terms, card, false, Verified::Nobody);
            }
            Activity::EnteringOnlinePin { .. } => self.end_online_pin(PIN_BYPASSED),
            Activity::AwaitingTap { .. } => self.end(StatusWord::CONTACTLESS_TIMEOUT),
            Activity::Idle | Activity::AwaitingIssuer(_) => {}
        }
    }

    /// The card's second decision.
    pub(super) fn complete(&mut self, objects: &[u8]) {
        let Activity::AwaitingIssuer(reading) = self.activity else {
            return self.end(StatusWord::NOT_ALLOWED);
        };
        if !reading.contactless && self.slot.is_none() {
            return self.end(StatusWord::NO_CARD);
        }
        let approved = tlv::find(objects, tag::AUTHORISATION_RESPONSE_CODE) == Ok(Some(&APPROVED));
        let stubborn =
            reading.card.chip == Some(Chip::DeclinesAfterIssuer) || self.faults.declines_after_issuer;
        self.decide_alone(reading, approved && (reading.contactless || !stubborn));
    }

    fn decide_alone(&mut self, reading: Reading, approved: bool) {
        let body = reading.decision(&mut self.keys, approved);
        self.activity = Activity::Idle;
        self.answer(StatusWord::OK, &body);
    }

    fn reading(&mut self, terms: Terms, card: Card, contactless: bool, verified: Verified) -> Reading {
        self.transactions = self.transactions.wrapping_add(1);
        Reading { card, terms, contactless, verified, counter: self.transactions, serial: self.serial }
    }
}
