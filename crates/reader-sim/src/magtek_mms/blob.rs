//! Card data and results in the layout of the published samples.

use dukpt::{Ksn, TransactionKey, Variant};
use reader::magtek_mms::{Start, Technology, tags};
use tlv::{Tag, object, tag};

use crate::keys::Keys;
use crate::{Card, Faults, magtek};

/// Digits of a card number shown first, as from the factory.
const SHOWN_FIRST: usize = 4;

/// TDES DUKPT: data variant, MAC variant (MT-MMS "Encryption Type").
const DATA_TYPE: u8 = 0x80;
const MAC_TYPE: u8 = 0x82;

/// Kinds of cards (MT-MMS "EMV ARQC Type").
const STRIPE: u8 = 0x01;
const CHIP: u8 = 0x05;
const CONTACTLESS: u8 = 0x06;
const STRIPE_OF_CHIP: u8 = 0x07;

/// Track statuses: read, empty.
const READ: u8 = 0x00;
const EMPTY: u8 = 0x01;

/// Third party data of a contactless card, as in the published sample.
const THIRD_PARTY_DATA: Tag = Tag::new(0x9F6E);
const THIRD_PARTY: [u8; 7] = [0x08, 0x40, 0x00, 0x00, 0x30, 0x30, 0x00];

/// Issuer's discretionary data in track 2 of the chip.
const DISCRETIONARY_CHIP: &str = "1143878089";

/// One card at one transaction.
#[derive(Clone)]
pub(super) struct Reading {
    pub(super) by: Technology,
    pub(super) card: Card,
    pub(super) start: Start,
    pub(super) counter: u16,
    pub(super) pin_right: bool,
}

impl Reading {
    /// Card data for the issuer. `None` when the keys are used up.
    pub(super) fn card_data(&self, keys: &mut Keys, serial: u32, faults: Faults) -> Option<Vec<u8>> {
        let (ksn, key) = keys.take()?;
        let Card { pan, expiry, service_code, .. } = self.card;
        let tracks = magtek::tracks(&self.card);
        let [track_1, track_2, _] = &tracks;
        let chip_track = format!(";{pan}={expiry}{service_code}{DISCRETIONARY_CHIP}?");
        let masked = |track: &str, number| magtek::masked(track, number, SHOWN_FIRST).into_bytes();
        let stripe = self.by == Technology::Stripe;
        let (shown, clear) = if stripe {
            let shown = [
                object(tags::MASKED_TRACK_1, &masked(track_1, 1)),
                object(tags::MASKED_TRACK_2, &masked(track_2, 2)),
            ];
            (shown.concat(), object(tags::STRIPE, &stripe_data(&tracks, ksn, &key)))
        } else {
            (object(tags::MASKED_TRACK_2_CHIP, &masked(&chip_track, 2)), self.chip_data(keys, 0x80))
        };
        let kind = match self.by {
            Technology::Contact => CHIP,
            Technology::Contactless => CONTACTLESS,
            Technology::Stripe if service_code.starts_with(['2', '6']) => STRIPE_OF_CHIP,
            Technology::Stripe => STRIPE,
        };
        let in_clear = [
            if faults.other_amount { object(tag::AMOUNT, &[0, 0, 0, 0, 0, 1]) } else { vec![] },
            if faults.clear_data {
                object(tag::TRACK_2_EQUIVALENT, &track_2_equivalent(&self.card))
            } else {
                vec![]
            },
        ];
        let card_data = [
            if stripe { vec![] } else { object(tag::AIP, &[0x19, 0x80]) },
            if self.by == Technology::Contactless { object(THIRD_PARTY_DATA, &THIRD_PARTY) } else { vec![] },
            object(tags::FALLBACK, &[0]),
            shown,
            object(tags::CARD_TYPE, &[kind]),
            in_clear.concat(),
            encrypted(&clear, ksn, &key),
        ];
        Some(signed(&object(tags::TRANSACTION, &card_data.concat()), ksn, &key, serial))
    }

    /// Result of the transaction. `None` when the keys are used up.
    pub(super) fn batch_data(&self, keys: &mut Keys, serial: u32, approved: bool) -> Option<Vec<u8>> {
        let (ksn, key) = keys.take()?;
        let information = if approved { 0x40 } else { 0x00 };
        let status = [
            object(tags::TRANSACTION_STATUS, &[u8::from(!approved)]),
            object(tags::TRANSACTION_REASON, &[0]),
        ];
        let batch = object(Tag::new(0xF2), &self.chip_data(keys, information));
        let results = [
            object(tags::STATUS, &status.concat()),
            encrypted(&batch, ksn, &key),
            // Merchant data.
            object(Tag::new(0xF7), &[]),
        ];
        Some(signed(&object(tags::RESULTS, &results.concat()), ksn, &key, serial))
    }

    /// What the card says, with a cryptogram that no issuer could check.
    fn chip_data(&self, keys: &mut Keys, information: u8) -> Vec<u8> {
        let card = &self.card;
        let cvm = if self.pin_right { [0x41, 0x03, 0x02] } else { [0x1F, 0x03, 0x02] };
        let unpredictable = u32::try_from(keys.unpredictable() >> 32).unwrap_or_default();
        [
            object(tag::AID, &card.aid),
            object(tag::TRACK_2_EQUIVALENT, &track_2_equivalent(card)),
            object(tag::PAN, &packed(card.pan)),
            object(tag::CARDHOLDER_NAME, card.holder.as_bytes()),
            object(tag::EXPIRY, &packed(&format!("{}31", card.expiry))),
            self.start.objects.clone(),
            object(tag::TVR, &[0, 0, 0, 0x80, 0]),
            object(tag::CRYPTOGRAM, &keys.unpredictable().to_be_bytes()),
            object(tag::CRYPTOGRAM_INFORMATION, &[information]),
            object(tag::CVM_RESULTS, &cvm),
            object(tag::ATC, &self.counter.to_be_bytes()),
            object(tag::UNPREDICTABLE_NUMBER, &unpredictable.to_be_bytes()),
        ]
        .concat()
    }
}

fn stripe_data([track_1, track_2, _]: &[String; 3], ksn: Ksn, key: &TransactionKey) -> Vec<u8> {
    let key = key.working(Variant::DekRequest);
    let new = Tag::new;
    [
        object(new(0xDFDF36), &[READ]),
        object(new(0xDFDF37), &key.encrypt(track_1.as_bytes())),
        object(new(0xDFDF38), &[READ]),
        object(new(0xDFDF39), &key.encrypt(track_2.as_bytes())),
        object(new(0xDFDF3A), &[EMPTY]),
        object(new(0xDFDF50), &ksn.bytes()),
        object(new(0xDFDF51), &[DATA_TYPE]),
    ]
    .concat()
}

/// F8 with the clear objects in it, in FC.
fn encrypted(clear: &[u8], ksn: Ksn, key: &TransactionKey) -> Vec<u8> {
    let clear = object(tags::DECRYPTED, clear);
    let data = key.working(Variant::DekRequest).encrypt(&clear);
    let padding = u8::try_from(data.len() - clear.len()).unwrap_or_default();
    let objects = [
        object(tags::DATA, &data),
        object(tags::KSN, &ksn.bytes()),
        object(tags::ENCRYPTION_TYPE, &[DATA_TYPE]),
        object(tags::PADDING, &[padding]),
    ];
    object(tags::ENCRYPTED, &objects.concat())
}

/// Length, F9, padding, MAC.
fn signed(generic: &[u8], ksn: Ksn, key: &TransactionKey, serial: u32) -> Vec<u8> {
    let objects = [
        object(tags::MAC_KSN, &ksn.bytes()),
        object(tags::MAC_TYPE, &[MAC_TYPE]),
        object(tags::DEVICE, format!("{serial:07X}").as_bytes()),
        object(tags::GENERIC, generic),
    ];
    let container = object(tags::SIGNED, &objects.concat());
    let len = u16::try_from(container.len()).unwrap_or(u16::MAX);
    let mut blob = [&len.to_be_bytes()[..], &container].concat();
    blob.resize(blob.len().next_multiple_of(8), 0);
    let chain = key.working(Variant::MacRequest).encrypt(&blob);
    let mac = chain.last_chunk::<8>().and_then(|block| block.first_chunk::<4>()).copied();
    blob.extend(mac.unwrap_or_default());
    blob
}

fn track_2_equivalent(card: &Card) -> Vec<u8> {
    packed(&format!("{}D{}{}{DISCRETIONARY_CHIP}", card.pan, card.expiry, card.service_code))
}

/// Two digits a byte, an odd one filled up with F.
fn packed(digits: &str) -> Vec<u8> {
    let fill = if digits.len().is_multiple_of(2) { "" } else { "F" };
    hex::decode(format!("{digits}{fill}")).unwrap_or_default()
}
