//! Card data in the layout of the published frames.

use reader::miura::{CardStatus, Terms};
use tlv::{object, tag};

use super::keys::MiuraKeys;
use crate::{Card, Faults};

/// Terminal country: United Kingdom, as in the published frames.
const COUNTRY: [u8; 2] = [0x08, 0x26];

/// Issuer's discretionary data in track 2 of the chip and of the stripe.
const DISCRETIONARY_CHIP: &str = "1143878089";
const DISCRETIONARY_STRIPE: &str = "1143857589";
const DISCRETIONARY_TRACK_1: &str = "1143800575000000";

/// How the cardholder was verified (EMV Book 4 annex A.4).
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Verified {
    Pin,
    Nobody,
}

/// One card at one transaction: what all its templates are made of.
#[derive(Clone, Copy)]
pub(super) struct Reading {
    pub(super) card: Card,
    pub(super) terms: Terms,
    pub(super) contactless: bool,
    pub(super) verified: Verified,
    pub(super) counter: u16,
    /// Serial number of the device.
    pub(super) serial: [u8; 8],
}

impl Reading {
    /// E4. `None` when the keys are used up.
    pub(super) fn online(&self, keys: &mut MiuraKeys, faults: Faults) -> Option<Vec<u8>> {
        let card = &self.card;
        let mut amount = self.terms.amount;
        if faults.other_amount {
            amount = [0, 0, 0, 0, 0, 1];
        }
        let clear = if self.contactless {
            object(tag::TRACK_2_EQUIVALENT, &track_2_equivalent(card))
        } else {
            [object(tag::PAN, &packed(card.pan)), object(tag::TRACK_2_EQUIVALENT, &track_2_equivalent(card))]
                .concat()
        };
        let encrypted = keys.encrypt(&clear)?;
        let track = masked_track(card, DISCRETIONARY_CHIP);
        let expiry = [packed(card.expiry), vec![0x31]].concat();
        let objects = [
            object(tag::AID, &card.aid),
            object(tag::APPLICATION_LABEL, card.label.as_bytes()),
            object(tag::CARDHOLDER_NAME, card.holder.as_bytes()),
            object(tag::EXPIRY, &expiry),
            object(tag::CURRENCY, &self.terms.currency),
            object(tag::PAN_SEQUENCE, &[1]),
            object(tag::AIP, &[0x5C, 0]),
            object(tag::DF_NAME, &card.aid),
            object(tag::TVR, &[0, 0, 0, 0x80, 0]),
            object(tag::DATE, &self.terms.date),
            object(tag::TSI, &[0xE8, 0]),
            object(tag::TRANSACTION_TYPE, &[self.terms.kind]),
            object(tag::AMOUNT, &amount),
            object(tag::AMOUNT_OTHER, &[0; 6]),
            object(tag::APPLICATION_VERSION, &[0, 0x8C]),
            self.cryptogram(keys, 0x80),
            object(tag::SEQUENCE_COUNTER, &u32::from(self.counter).to_be_bytes()),
            if self.contactless { object(tag::CONTACTLESS_MODE, &[0x01]) } else { vec![] },
            encrypted,
            object(tag::MASKED_PAN, &packed(&card.masked('F'))),
            object(tag::MASKED_TRACK_2_CHIP, track.as_bytes()),
            if faults.clear_data { clear } else { vec![] },
        ];
        Some(object(tag::ONLINE_REQUIRED, &objects.concat()))
    }

    /// E3 or E5.
    pub(super) fn decision(&self, keys: &mut MiuraKeys, approved: bool) -> Vec<u8> {
        let (template, information) = if approved { (tag::APPROVED, 0x40) } else { (tag::DECLINED, 0x00) };
        let objects = [
            object(tag::AID, &self.card.aid),
            object(tag::CURRENCY, &self.terms.currency),
            object(tag::TVR, &[0, 0, 0, 0x80, 0]),
            object(tag::DATE, &self.terms.date),
            object(tag::TSI, &[0xF8, 0]),
            object(tag::TRANSACTION_TYPE, &[self.terms.kind]),
            object(tag::AMOUNT, &self.terms.amount),
            self.cryptogram(keys, information),
        ];
        object(template, &objects.concat())
    }

    /// The cryptogram and what it is about, 9F10 to 9F37. No issuer could check it.
    fn cryptogram(&self, keys: &mut MiuraKeys, information: u8) -> Vec<u8> {
        let unpredictable = u32::try_from(keys.unpredictable() >> 32).unwrap_or_default();
        let cvm = match self.verified {
            Verified::Pin => [0x41, 0x03, 0x02],
            Verified::Nobody => [0x1F, 0x03, 0x02],
        };
        [
            object(tag::ISSUER_APPLICATION_DATA, &[0x06, 0x01, 0x0A, 0x03, 0xA0, 0, 0]),
            object(tag::TERMINAL_COUNTRY, &COUNTRY),
            object(tag::SERIAL_NUMBER, &self.serial),
            object(tag::CRYPTOGRAM, &keys.unpredictable().to_be_bytes()),
            object(tag::CRYPTOGRAM_INFORMATION, &[information]),
            object(tag::TERMINAL_CAPABILITIES, &[0xE0, 0xB8, 0xC8]),
            object(tag::CVM_RESULTS, &cvm),
            object(tag::TERMINAL_TYPE, &[0x22]),
            object(tag::ATC, &self.counter.to_be_bytes()),
            object(tag::UNPREDICTABLE_NUMBER, &unpredictable.to_be_bytes()),
        ]
        .concat()
    }
}

/// E1 of a swipe beside what is in the slot. Without a key there are no tracks in it.
pub(super) fn swipe(card: &Card, slot: CardStatus, keys: Option<&mut MiuraKeys>, faults: Faults) -> Vec<u8> {
    let Card { pan, holder, expiry, service_code, .. } = card;
    let track_1 = format!("%B{pan}^{holder}^{expiry}{service_code}{DISCRETIONARY_TRACK_1}?");
    let mut track_2 = format!(";{pan}={expiry}{service_code}{DISCRETIONARY_STRIPE}?");
    track_2.push(redundancy(&track_2));
    let clear = [object(tag::TRACK_1, track_1.as_bytes()), object(tag::TRACK_2, track_2.as_bytes())].concat();
    let status = CardStatus { swiped: true, tracks: 0x06, ..slot };
    let tracks = keys
        .and_then(|keys| keys.encrypt(&clear))
        .map(|encrypted| [encrypted, object(tag::MASKED_TRACK_2, masked_stripe(card).as_bytes())].concat());
    let objects = [
        object(tag::CARD_STATUS, &status.bytes()),
        tracks.unwrap_or_default(),
        if faults.clear_data { clear } else { vec![] },
    ];
    object(tag::RESPONSE, &objects.concat())
}

/// The masked track 2 of a stripe.
pub(super) fn masked_stripe(card: &Card) -> String {
    masked_track(card, DISCRETIONARY_STRIPE)
}

fn masked_track(card: &Card, discretionary: &str) -> String {
    let hidden = "*".repeat(discretionary.len());
    format!(";{}={}{}{hidden}?*", card.masked('*'), card.expiry, card.service_code)
}

fn track_2_equivalent(card: &Card) -> Vec<u8> {
    packed(&format!("{}D{}{}{DISCRETIONARY_CHIP}", card.pan, card.expiry, card.service_code))
}

/// Two digits a byte, an odd one filled up with F.
fn packed(digits: &str) -> Vec<u8> {
    let fill = if digits.len().is_multiple_of(2) { "" } else { "F" };
    hex::decode(format!("{digits}{fill}")).unwrap_or_default()
}

/// The longitudinal redundancy character of a track 2 (ISO/IEC 7811-6).
fn redundancy(track: &str) -> char {
    char::from(b'0' + track.bytes().fold(0, |sum, letter| sum ^ (letter - b'0') & 0x0F))
}
