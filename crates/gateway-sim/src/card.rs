//! What is inside `encrypted-data`: decrypted with the public test key, checked, and forgotten but for what a
//! status may show.

use dukpt::{BaseKey, Ksn, Variant, decode_pin_block};
use tlv::{Tag, tag};
use zeroize::Zeroizing;

use crate::http::Refused;

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

/// Reads and checks a Miura blob: `E4` of a chip or contactless transaction, or `E1` of a swipe.
/// `amount` in minor units and the numeric currency must be those that the chip has signed.
pub(crate) fn read(blob: &[u8], amount: u64, currency: u16) -> Result<Reading, Refused> {
    let template = whole(blob)?;
    let encrypted = value(blob, tag::SRED_DATA)?.ok_or(UNDECIPHERABLE)?;
    let ksn = value(blob, tag::SRED_KSN)?.and_then(|ksn| ksn.try_into().ok()).map(Ksn::new);
    let key = BaseKey::new(TEST_KEY);
    let ksn = ksn.ok_or(UNDECIPHERABLE)?;
    let key_of = |ksn: Ksn, variant| key.initial(ksn).transaction(ksn).working(variant);
    let clear = key_of(ksn, Variant::DekRequest).decrypt(encrypted).map_err(|_| UNDECIPHERABLE)?;
    let clear = Zeroizing::new(clear);
    let (pan, expiry) = card_number(&clear).ok_or(UNDECIPHERABLE)?;
    if let (Some(block), Some(pin_ksn)) = (value(blob, tag::PIN_BLOCK)?, value(blob, tag::PIN_KSN)?) {
        let pin_ksn = Ksn::new(pin_ksn.try_into().map_err(|_| UNDECIPHERABLE)?);
        let block = key_of(pin_ksn, Variant::Pin).decrypt(block).map_err(|_| UNDECIPHERABLE)?;
        let block = Zeroizing::new(<[u8; 8]>::try_from(block).map_err(|_| UNDECIPHERABLE)?);
        decode_pin_block(*block, &pan).map_err(|_| UNDECIPHERABLE)?;
    }
    let entry = match template {
        tag::ONLINE_REQUIRED if value(blob, tag::CONTACTLESS_MODE)?.is_some() => Entry::Contactless,
        tag::ONLINE_REQUIRED => Entry::Chip,
        tag::RESPONSE => Entry::Swipe,
        _ => return Err(UNDECIPHERABLE),
    };
    if entry != Entry::Swipe {
        let signed_amount = value(blob, tag::AMOUNT)?.and_then(decimal);
        let signed_currency = value(blob, tag::CURRENCY)?.and_then(decimal);
        if signed_amount != Some(amount) || signed_currency != Some(u64::from(currency)) {
            return Err(Refused::Error { code: 2, message: "Amount or currency differs from the card data" });
        }
    }
    let text = |tag| Ok(value(blob, tag)?.map(|text| String::from_utf8_lossy(text).trim().to_owned()));
    let mut emv = Vec::new();
    for (field, tag) in RECEIPT_FIELDS {
        if let Some(value) = value(blob, tag)? {
            emv.push((field, hex::encode_upper(value)));
        }
    }
    if let (None, Some(aid)) = (value(blob, TERMINAL_AID)?, value(blob, tag::AID)?) {
        emv.push(("emv-terminal-aid-9f06", hex::encode_upper(aid)));
    }
    if let Some(label) = text(tag::APPLICATION_LABEL)? {
        emv.push(("emv-app-label-50", label));
    }
    Ok(Reading {
        entry,
        bin: pan.get(..6).unwrap_or_default().to_owned(),
        last_four: pan.get(pan.len() - 4..).unwrap_or_default().to_owned(),
        scheme: scheme(&pan),
        cardholder: text(tag::CARDHOLDER_NAME)?.unwrap_or_else(|| "CARDHOLDER".to_owned()),
        expiry_year: format!("20{}", expiry.get(..2).unwrap_or_default()),
        expiry_month: expiry.get(2..4).unwrap_or_default().to_owned(),
        emv,
    })
}

/// The card's decision from an advice: the whole `E3` (approved) or `E5` (declined).
pub(crate) fn is_approved_by_card(blob: &[u8]) -> Result<bool, Refused> {
    match whole(blob)? {
        tag::APPROVED => Ok(true),
        tag::DECLINED => Ok(false),
        _ => Err(UNDECIPHERABLE),
    }
}

/// Inferred wording. Says nothing about why, as an oracle would.
const UNDECIPHERABLE: Refused = Refused::Error { code: 3, message: "Can not decrypt card data" };

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

/// The tag of the only object, after a check that nothing inside is in clear.
fn whole(blob: &[u8]) -> Result<Tag, Refused> {
    let mut objects = tlv::read(blob);
    let (Some(Ok(object)), None) = (objects.next(), objects.next()) else { return Err(UNDECIPHERABLE) };
    for tag in CLEAR {
        if value(blob, tag)?.is_some() {
            return Err(Refused::Error { code: 4, message: "Card data is not encrypted" });
        }
    }
    Ok(object.tag)
}

fn value(blob: &[u8], tag: Tag) -> Result<Option<&[u8]>, Refused> {
    tlv::find(blob, tag).map_err(|_| UNDECIPHERABLE)
}

/// Card number and expiry (YYMM) of a decrypted reading, if the number's check digit is right.
fn card_number(clear: &[u8]) -> Option<(Zeroizing<String>, String)> {
    let mut track = None;
    for object in tlv::read_padded(clear) {
        let object = object.ok()?;
        if object.tag == tag::TRACK_2_EQUIVALENT {
            track = Some(Zeroizing::new(hex::encode_upper(object.value)));
        } else if object.tag == tag::TRACK_2 {
            let text = Zeroizing::new(String::from_utf8(object.value.to_vec()).ok()?);
            track = Some(Zeroizing::new(text.trim_start_matches(';').replace('=', "D")));
        }
    }
    let track = track?;
    let (pan, rest) = track.split_once('D')?;
    let is_number = (13..=19).contains(&pan.len()) && pan.bytes().all(|digit| digit.is_ascii_digit());
    (is_number && luhn(pan))
        .then(|| (Zeroizing::new(pan.to_owned()), rest.get(..4).unwrap_or_default().to_owned()))
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
