//! The customer's hand.

use reader::miura::{CARD_REPORTS_OFF, DeviceStatus, StatusWord};
use tlv::{object, tag};
use zeroize::Zeroizing;

use super::MiuraEmulator;
use super::emulator::{Activity, PinProgress};
use super::objects::{Verified, swipe};
use super::online_pin::{PIN_BYPASSED, PIN_CANCELLED};
use super::transaction::CUSTOMER_MS;
use crate::{Card, Key};

/// The longest PIN.
const MAX_PIN: usize = 12;

/// Code of the cancel key.
const CANCEL: u8 = 0x1B;

impl MiuraEmulator {
    pub(super) fn insert(&mut self, card: &Card) {
        self.slot = Some(*card);
        if self.reports != CARD_REPORTS_OFF {
            self.report_slot();
        }
        if matches!(self.activity, Activity::AwaitingTap { .. }) {
            self.end(StatusWord::CONTACTLESS_INSERTED);
        }
    }

    pub(super) fn tap(&mut self, card: &Card) {
        if let Activity::AwaitingTap { terms, .. } = self.activity
            && card.contactless
        {
            if self.faults.read_error {
                self.end(StatusWord::READ_ERROR_SWIPE_ALLOWED);
            } else {
                self.read(terms, *card, true, Verified::Nobody);
            }
        }
    }

    pub(super) fn pull_through(&mut self, card: &Card) {
        if self.reports == CARD_REPORTS_OFF || !card.stripe {
            return;
        }
        let (slot, secure) = (self.slot_status(), self.is_secure());
        let body = swipe(card, slot, secure.then_some(&mut self.keys), self.faults);
        self.swiped = Some(*card);
        self.report(&body);
        if matches!(self.activity, Activity::AwaitingTap { .. }) {
            self.end(StatusWord::CONTACTLESS_SWIPED);
        }
    }

    pub(super) fn remove(&mut self) {
        if self.slot.take().is_none() {
            return;
        }
        if self.reports != CARD_REPORTS_OFF {
            self.report_slot();
        }
        if matches!(self.activity, Activity::ChoosingApplication { .. } | Activity::EnteringPin { .. }) {
            self.end(StatusWord::NO_CARD);
        }
    }

    pub(super) fn press(&mut self, key: Key) {
        match (self.activity.clone(), key) {
            (Activity::Idle | Activity::AwaitingIssuer(_), Key::Cancel) if self.keyboard => {
                self.report(&object(tag::COMMAND, &object(tag::KEY_PRESSED, &[CANCEL])));
            }
            (Activity::Idle | Activity::AwaitingIssuer(_), _) => {}
            (Activity::EnteringOnlinePin { .. }, Key::Cancel) => self.end_online_pin(PIN_CANCELLED),
            (_, Key::Cancel) => self.end(StatusWord::CANCELLED),
            (Activity::ChoosingApplication { terms, card, .. }, Key::Digit(1 | 2) | Key::Enter) => {
                self.application_chosen(terms, card);
            }
            (Activity::EnteringPin { terms, card, pin, tries, .. }, Key::Enter) if pin.len() >= 4 => {
                self.pin_entered(terms, card, &pin, tries);
            }
            (Activity::EnteringPin { terms, card, pin, tries, .. }, key) => {
                let (pin, until) = (typed(pin, key), self.now + CUSTOMER_MS);
                self.report_digits(&pin);
                self.activity = Activity::EnteringPin { terms, card, pin, tries, until };
            }
            (Activity::EnteringOnlinePin { pin, .. }, Key::Enter) if pin.is_empty() => {
                self.end_online_pin(PIN_BYPASSED);
            }
            (Activity::EnteringOnlinePin { card, pin, .. }, Key::Enter) if pin.len() >= 4 => {
                self.online_pin_entered(&card, &pin);
            }
            (Activity::EnteringOnlinePin { card, pin, .. }, key) => {
                let (pin, until) = (typed(pin, key), self.now + CUSTOMER_MS);
                self.report_digits(&pin);
                self.activity = Activity::EnteringOnlinePin { card, pin, until };
            }
            _ => {}
        }
    }

    fn report_digits(&mut self, pin: &str) {
        let digits = u8::try_from(pin.len()).unwrap_or(u8::MAX);
        self.report_device(DeviceStatus::PinEntry, "Enter PIN", Some(PinProgress::Digits(digits)));
    }
}

/// The digits after one more key.
fn typed(mut pin: Zeroizing<String>, key: Key) -> Zeroizing<String> {
    match key {
        Key::Digit(digit @ 0..=9) if pin.len() < MAX_PIN => pin.push(char::from(b'0' + digit)),
        Key::Clear => return Zeroizing::default(),
        _ => {}
    }
    pin
}
