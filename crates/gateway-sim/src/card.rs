//! What is inside `encrypted-data`: decrypted with the public test key, checked, and forgotten but for what a
//! status may show.

mod magtek_mms;
mod magtek_v5;
mod miura;

use dukpt::{BaseKey, Ksn, Variant};
use tlv::{Tag, tag};
use zeroize::Zeroizing;

use crate::http::Refused;
use crate::settings::EncryptedTypes;

/// The base key of all published test readers. Not a secret.
const TEST_KEY: [u8; 16] =
    [0x01, 0x23, 0x45, 0x67, 0x89, 0xAB, 0xCD, 0xEF, 0xFE, 0xDC, 0xBA, 0x98, 0x76, 0x54, 0x32, 0x10];

/// How the card was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Chip,
    Contactless,
    Swipe,
}

impl Entry {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Chip => "chip",
            Self::Contactless => "contactless",
            Self::Swipe => "swipe",
        }
    }
}

/// What is kept of a reading: nothing that a receipt may not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) entry: Entry,
    pub(crate) bin: String,
    pub(crate) last_four: String,
    pub(crate) scheme: &'static str,
    pub(crate) cardholder: String,
    pub(crate) expiry_year: String,
    pub(crate) expiry_month: String,
    /// Status field and value, for the EMV data that a receipt prints.
    pub(crate) emv: Vec<(&'static str, String)>,
}

/// Whose layout and keys the data has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Miura,
    MagtekV5,
    MagtekMms,
}

impl Family {
    /// The family whose data an `encrypted-type` is.
    pub(crate) fn of(encrypted_type: &str, names: &EncryptedTypes) -> Result<Self, Refused> {
        let EncryptedTypes { miura, magtek_v5, magtek_mms } = names;
        [(miura, Self::Miura), (magtek_v5, Self::MagtekV5), (magtek_mms, Self::MagtekMms)]
            .into_iter()
            .find_map(|(name, family)| (name == encrypted_type).then_some(family))
            .ok_or_else(|| Refused::invalid("encrypted-type"))
    }

    /// Reads and checks the data of a payment. A chip must have signed what is `asked`.
    pub(crate) fn read(self, blob: &[u8], asked: Asked) -> Result<Reading, Refused> {
        match self {
            Self::Miura => miura::read(blob, asked),
            Self::MagtekV5 => magtek_v5::read(blob),
            Self::MagtekMms => magtek_mms::read(blob, asked),
        }
    }

    /// The card's decision from an advice.
    pub(crate) fn is_approved_by_card(self, blob: &[u8]) -> Result<bool, Refused> {
        match self {
            Self::Miura => miura::is_approved_by_card(blob),
            // There is no chip in it.
            Self::MagtekV5 => Err(UNDECIPHERABLE),
            Self::MagtekMms => magtek_mms::is_approved_by_card(blob),
        }
    }
}

/// Minor units and numeric currency of the request.
#[derive(Clone, Copy)]
pub(crate) struct Asked {
    pub(crate) amount: u64,
    pub(crate) currency: u16,
}

impl Asked {
    /// Checks what a chip has signed.
    fn check(self, objects: &[u8]) -> Result<(), Refused> {
        let signed = |tag| Ok::<_, Refused>(value(objects, tag)?.and_then(decimal));
        if signed(tag::AMOUNT)? != Some(self.amount)
            || signed(tag::CURRENCY)? != Some(u64::from(self.currency))
        {
            return Err(Refused::Error { code: 2, message: "Amount or currency differs from the card data" });
        }
        Ok(())
    }
}

/// Inferred wording. Says nothing about why, as an oracle would.
const UNDECIPHERABLE: Refused = Refused::Error { code: 3, message: "Can not decrypt card data" };
const NOT_ENCRYPTED: Refused = Refused::Error { code: 4, message: "Card data is not encrypted" };

/// A clear track or card number must never come this far.
const CLEAR: [Tag; 9] = [
    tag::TRACK_1,
    tag::TRACK_2,
    tag::TRACK_3,
    tag::TRACK_1_EQUIVALENT,
    tag::TRACK_2_EQUIVALENT,
    tag::PAN,
    tag::TRACK_2_CONTACTLESS,
    tag::CONTACTLESS_TRACK_1,
    tag::CONTACTLESS_TRACK_2,
];

/// Which readers may leave out when it is the card's own.
const TERMINAL_AID: Tag = Tag::new(0x9F06);

const RECEIPT_FIELDS: [(&str, Tag); 6] = [
    ("emv-terminal-aid-9f06", TERMINAL_AID),
    ("emv-tvr-95", tag::TVR),
    ("emv-cvm-9f34", tag::CVM_RESULTS),
    ("emv-pan-sequence-5f34", tag::PAN_SEQUENCE),
    ("emv-cid-9f27", tag::CRYPTOGRAM_INFORMATION),
    ("emv-app-cryptogram-9f26", tag::CRYPTOGRAM),
];

/// Checks that no object is card data in clear.
fn refuse_clear(objects: &[u8], more: &[Tag]) -> Result<(), Refused> {
    for tag in CLEAR.iter().chain(more) {
        if value(objects, *tag)?.is_some() {
            return Err(NOT_ENCRYPTED);
        }
    }
    Ok(())
}

/// Under the key of this serial number.
fn decrypt(ksn: &[u8], variant: Variant, data: &[u8]) -> Result<Zeroizing<Vec<u8>>, Refused> {
    let ksn = Ksn::new(ksn.try_into().map_err(|_| UNDECIPHERABLE)?);
    let key = BaseKey::new(TEST_KEY).initial(ksn).transaction(ksn).working(variant);
    key.decrypt(data).map(Zeroizing::new).map_err(|_| UNDECIPHERABLE)
}

fn value(objects: &[u8], tag: Tag) -> Result<Option<&[u8]>, Refused> {
    tlv::find(objects, tag).map_err(|_| UNDECIPHERABLE)
}

fn text(objects: &[u8], tag: Tag) -> Result<Option<String>, Refused> {
    Ok(value(objects, tag)?.map(|text| String::from_utf8_lossy(text).trim().to_owned()))
}

/// What a receipt prints of a chip's objects.
fn receipt(objects: &[u8]) -> Result<Vec<(&'static str, String)>, Refused> {
    let mut emv = Vec::new();
    for (field, tag) in RECEIPT_FIELDS {
        if let Some(value) = value(objects, tag)? {
            emv.push((field, hex::encode_upper(value)));
        }
    }
    if let (None, Some(aid)) = (value(objects, TERMINAL_AID)?, value(objects, tag::AID)?) {
        emv.push(("emv-terminal-aid-9f06", hex::encode_upper(aid)));
    }
    if let Some(label) = text(objects, tag::APPLICATION_LABEL)? {
        emv.push(("emv-app-label-50", label));
    }
    Ok(emv)
}

/// A card number whose check digit is right.
struct Account {
    pan: Zeroizing<String>,
    /// YYMM.
    expiry: String,
}

impl Account {
    /// Of a chip's track 2: digits, `D`, expiry.
    fn of_equivalent(track: &[u8]) -> Result<Self, Refused> {
        Self::of(&Zeroizing::new(hex::encode_upper(track)), 'D')
    }

    /// Of a stripe's track 2: sentinel, digits, `=`, expiry.
    fn of_track_2(track: &[u8]) -> Result<Self, Refused> {
        let text = str::from_utf8(track).map_err(|_| UNDECIPHERABLE)?;
        Self::of(text.strip_prefix(';').ok_or(UNDECIPHERABLE)?, '=')
    }

    fn of(track: &str, separator: char) -> Result<Self, Refused> {
        let (pan, rest) = track.split_once(separator).ok_or(UNDECIPHERABLE)?;
        let is_number = (13..=19).contains(&pan.len()) && pan.bytes().all(|digit| digit.is_ascii_digit());
        if !is_number || !luhn(pan) {
            return Err(UNDECIPHERABLE);
        }
        let expiry = rest.get(..4).unwrap_or_default().to_owned();
        Ok(Self { pan: Zeroizing::new(pan.to_owned()), expiry })
    }

    /// The name on track 1, which must be of the same card.
    fn holder(&self, track_1: &[u8]) -> Result<Option<String>, Refused> {
        let text = Zeroizing::new(String::from_utf8_lossy(track_1).into_owned());
        let mut fields = text.strip_prefix("%B").ok_or(UNDECIPHERABLE)?.split('^');
        if fields.next() != Some(self.pan.as_str()) {
            return Err(UNDECIPHERABLE);
        }
        Ok(fields.next().map(|name| name.trim().to_owned()))
    }

    /// What is kept.
    fn reading(&self, entry: Entry, holder: Option<String>, emv: Vec<(&'static str, String)>) -> Reading {
        let Self { pan, expiry } = self;
        Reading {
            entry,
            bin: pan.get(..6).unwrap_or_default().to_owned(),
            last_four: pan.get(pan.len() - 4..).unwrap_or_default().to_owned(),
            scheme: scheme(pan),
            cardholder: holder.unwrap_or_else(|| "CARDHOLDER".to_owned()),
            expiry_year: format!("20{}", expiry.get(..2).unwrap_or_default()),
            expiry_month: expiry.get(2..4).unwrap_or_default().to_owned(),
            emv,
        }
    }
}

fn luhn(pan: &str) -> bool {
    let digits = pan.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 = digits
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// Binary coded decimal.
fn decimal(bytes: &[u8]) -> Option<u64> {
    hex::encode(bytes).parse().ok()
}

fn scheme(pan: &str) -> &'static str {
    match pan.as_bytes() {
        [b'4', ..] => "VISA",
        [b'5', b'0' | b'6'..=b'9', ..] | [b'6', ..] => "MAESTRO",
        [b'5', ..] => "MASTERCARD",
        [b'2', b'2', b'0', b'0'..=b'4', ..] => "MIR",
        [b'2', ..] => "MASTERCARD",
        [b'3', b'4' | b'7', ..] => "AMEX",
        _ => "UNKNOWN",
    }
}
