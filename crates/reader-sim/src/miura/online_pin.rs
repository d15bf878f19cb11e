//! ONLINE_PIN: the PIN of a swiped card, for its issuer.

use reader::miura::{DeviceStatus, PinTerms, StatusWord};
use tlv::{object, tag};
use zeroize::Zeroizing;

use super::MiuraEmulator;
use super::emulator::{Activity, PinProgress};
use super::objects::masked_stripe;
use super::transaction::CUSTOMER_MS;
use crate::Card;

/// The answers of one byte: cancelled or nothing typed in time, no PIN given, something failed.
pub(super) const PIN_CANCELLED: u8 = 0x08;
pub(super) const PIN_BYPASSED: u8 = 0x0C;
const PIN_FAILED: u8 = 0x09;

impl MiuraEmulator {
    pub(super) fn start_online_pin(&mut self, terms: &PinTerms) {
        if self.faults.not_secure {
            return self.end(StatusWord::NO_KEY);
        }
        match self.swiped {
            Some(card) if masked_stripe(&card).as_bytes() == terms.track => {
                self.activity = Activity::EnteringOnlinePin {
                    card,
                    pin: Zeroizing::default(),
                    until: self.now + CUSTOMER_MS,
                };
                self.report_device(DeviceStatus::PinEntry, "Enter PIN", Some(PinProgress::Digits(0)));
            }
            _ => self.end(StatusWord::BAD_PARAMETER),
        }
    }

    /// The issuer judges the PIN, not the device.
    pub(super) fn online_pin_entered(&mut self, card: &Card, pin: &str) {
        let block = dukpt::encode_pin_block(pin, card.pan).ok();
        match block.and_then(|block| self.keys.encrypt_pin(block)) {
            Some(objects) => {
                self.activity = Activity::Idle;
                self.answer(StatusWord::OK, &object(tag::RESPONSE, &objects));
            }
            None => self.end_online_pin(PIN_FAILED),
        }
    }

    pub(super) fn end_online_pin(&mut self, how: u8) {
        self.activity = Activity::Idle;
        self.answer(StatusWord::OK, &[how]);
    }
}
