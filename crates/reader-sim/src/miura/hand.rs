//! The customer's hand.

use reader::miura::{CARD_REPORTS_OFF, StatusWord};
use tlv::{object, tag};
use zeroize::Zeroizing;

use super::Emulator;
use super::emulator::{Activity, PinProgress};
use super::objects::{Verified, swipe};
use super::transaction::CUSTOMER_MS;
use crate::Card;

/// The longest PIN.
const MAX_PIN: usize = 12;

/// Code of the cancel key.
const CANCEL: u8 = 0x1B;

/// A key of the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// 0 to 9.
    Digit(u8),
    /// Green.
    Enter,
    /// Yellow.
    Clear,
    /// Red.
    Cancel,
}

impl Emulator {
    /// Puts a card into the chip slot, in place of one that may be there.
    pub fn insert(&mut self, now: u64, card: &Card) {
        self.now = now;
        self.slot = Some(*card);
        if self.reports != CARD_REPORTS_OFF {
            self.report_slot();
        }
        if matches!(self.activity, Activity::AwaitingTap { .. }) {
            self.end(StatusWord::CONTACTLESS_INSERTED);
        }
    }

    /// Holds a card to the device. Nothing happens unless it waits for one, and the card can be tapped.
    pub fn tap(&mut self, now: u64, card: &Card) {
        self.now = now;
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

    /// Pulls a card through. Nothing happens unless swipes are reported, and the card has a stripe.
    pub fn swipe(&mut self, now: u64, card: &Card) {
        self.now = now;
        if self.reports == CARD_REPORTS_OFF || !card.stripe {
            return;
        }
        if let Some(body) = swipe(card, self.slot_status(), &mut self.keys, self.faults) {
            self.report(&body);
            if matches!(self.activity, Activity::AwaitingTap { .. }) {
                self.end(StatusWord::CONTACTLESS_SWIPED);
            }
        }
    }

    /// Takes the card out of the chip slot.
    pub fn remove(&mut self, now: u64) {
        self.now = now;
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

    /// Presses a key.
    pub fn press(&mut self, now: u64, key: Key) {
        self.now = now;
        match (self.activity.clone(), key) {
            (Activity::Idle | Activity::AwaitingIssuer(_), Key::Cancel) if self.keyboard => {
                self.report(&object(tag::COMMAND, &object(tag::KEY_PRESSED, &[CANCEL])));
            }
            (Activity::Idle | Activity::AwaitingIssuer(_), _) => {}
            (_, Key::Cancel) => self.end(StatusWord::CANCELLED),
            (Activity::ChoosingApplication { terms, card, .. }, Key::Digit(1 | 2) | Key::Enter) => {
                self.application_chosen(terms, card);
            }
            (Activity::EnteringPin { terms, card, pin, tries, .. }, Key::Enter) if pin.len() >= 4 => {
                self.pin_entered(terms, card, &pin, tries);
            }
            (Activity::EnteringPin { terms, card, mut pin, tries, .. }, key) => {
                match key {
                    Key::Digit(digit @ 0..=9) if pin.len() < MAX_PIN => pin.push(char::from(b'0' + digit)),
                    Key::Clear => pin = Zeroizing::default(),
                    _ => {}
                }
                let digits = u8::try_from(pin.len()).unwrap_or(u8::MAX);
                self.activity = Activity::EnteringPin { terms, card, pin, tries, until: now + CUSTOMER_MS };
                let progress = Some(PinProgress::Digits(digits));
                self.report_device(reader::miura::DeviceStatus::PinEntry, "Enter PIN", progress);
            }
            _ => {}
        }
    }
}
