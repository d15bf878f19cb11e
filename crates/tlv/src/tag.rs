//! Tags, and the names of those that card readers and EMV use.

use core::fmt;

use crate::ErrorKind;

/// A tag of one to four bytes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Tag {
    bytes: [u8; 4],
    len: u8,
}

impl Tag {
    /// The tag written as a number, for example `Tag::new(0xDFAE02)`. A number that is no BER tag finds nothing.
    pub const fn new(number: u32) -> Self {
        let skipped = number.leading_zeros() / 8;
        let bytes = (number << (8 * if skipped > 3 { 3 } else { skipped })).to_be_bytes();
        Self { bytes, len: if skipped > 3 { 1 } else { 4 - skipped as u8 } }
    }

    /// The tag as it is sent.
    pub fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.len)).unwrap_or_default()
    }

    /// Whether the value is itself a sequence of objects (bit 6 of the first byte).
    pub const fn is_constructed(self) -> bool {
        let [first, ..] = self.bytes;
        first & 0x20 != 0
    }

    /// The tag at the start of `bytes` and its length.
    pub(crate) fn parse(bytes: &[u8]) -> Result<(Self, usize), ErrorKind> {
        let first = *bytes.first().ok_or(ErrorKind::Truncated)?;
        if first == 0 {
            return Err(ErrorKind::Tag);
        }
        let mut number = u32::from(first);
        let mut len = 1;
        if first & 0x1F == 0x1F {
            loop {
                if len == 4 {
                    return Err(ErrorKind::Tag);
                }
                let next = *bytes.get(len).ok_or(ErrorKind::Truncated)?;
                number = number << 8 | u32::from(next);
                len += 1;
                if next & 0x80 == 0 {
                    break;
                }
            }
        }
        Ok((Self::new(number), len))
    }
}

impl fmt::Display for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.bytes().iter().try_for_each(|byte| write!(f, "{byte:02X}"))
    }
}

impl fmt::Debug for Tag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

macro_rules! tags {
    ($($number:literal $name:ident $doc:literal)*) => {
        $(#[doc = $doc] pub const $name: Tag = Tag::new($number);)*
    };
}

// EMV Book 3 annex A.
tags! {
    0x4F AID "Application identifier of the card."
    0x50 APPLICATION_LABEL "Application label."
    0x56 TRACK_1_EQUIVALENT "Track 1 equivalent data of contactless magnetic stripe mode, in clear."
    0x57 TRACK_2_EQUIVALENT "Track 2 equivalent data, in clear."
    0x5A PAN "Card number, in clear."
    0x5F20 CARDHOLDER_NAME "Cardholder name."
    0x5F24 EXPIRY "Expiry date, YYMMDD."
    0x5F2A CURRENCY "Transaction currency, ISO 4217 numeric in two BCD bytes."
    0x5F34 PAN_SEQUENCE "Card sequence number."
    0x71 ISSUER_SCRIPT_1 "Issuer script, before the second GENERATE AC."
    0x72 ISSUER_SCRIPT_2 "Issuer script, after the second GENERATE AC."
    0x82 AIP "Application interchange profile."
    0x84 DF_NAME "Name of the selected application."
    0x8A AUTHORISATION_RESPONSE_CODE "Authorisation response code, two ASCII characters."
    0x91 ISSUER_AUTHENTICATION_DATA "Issuer authentication data."
    0x95 TVR "Terminal verification results."
    0x9A DATE "Transaction date, YYMMDD."
    0x9B TSI "Transaction status information."
    0x9C TRANSACTION_TYPE "Transaction type."
    0x9F02 AMOUNT "Amount in minor units, twelve BCD digits."
    0x9F03 AMOUNT_OTHER "Cash-back part of the amount."
    0x9F09 APPLICATION_VERSION "Application version of the terminal."
    0x9F10 ISSUER_APPLICATION_DATA "Issuer application data."
    0x9F1A TERMINAL_COUNTRY "Terminal country, ISO 3166 numeric."
    0x9F1E SERIAL_NUMBER "Serial number of the reader, eight ASCII characters."
    0x9F21 TIME "Transaction time, HHMMSS."
    0x9F26 CRYPTOGRAM "Application cryptogram."
    0x9F27 CRYPTOGRAM_INFORMATION "Cryptogram information data."
    0x9F33 TERMINAL_CAPABILITIES "Terminal capabilities."
    0x9F34 CVM_RESULTS "Cardholder verification results."
    0x9F35 TERMINAL_TYPE "Terminal type."
    0x9F36 ATC "Application transaction counter."
    0x9F37 UNPREDICTABLE_NUMBER "Unpredictable number."
    0x9F41 SEQUENCE_COUNTER "Transaction sequence counter."
}

// EMV Contactless Book C-2.
tags! {
    0x9F6B TRACK_2_CONTACTLESS "Track 2 data of contactless magnetic stripe mode, in clear."
}

// Miura MPI API, templates and proprietary tags.
tags! {
    0x48 CARD_STATUS "Card status, two bytes of flags."
    0x80 FILE_SIZE "Size of the selected file."
    0x5F21 TRACK_1 "Track 1, in clear."
    0x5F22 TRACK_2 "Track 2, in clear."
    0x5F23 TRACK_3 "Track 3, in clear."
    0xC3 STATUS_CODE "What changed on the device."
    0xC4 STATUS_TEXT "The device's own words for it."
    0xC5 PIN_TRIES_LEFT "PIN tries left."
    0xE0 COMMAND "Command data."
    0xE1 RESPONSE "Response data."
    0xE2 DECISION_REQUIRED "The reader asks for a decision."
    0xE3 APPROVED "Approved by the card."
    0xE4 ONLINE_REQUIRED "Online authorisation required."
    0xE5 DECLINED "Declined by the card."
    0xE6 DEVICE_STATUS "Device status change."
    0xEF SOFTWARE "Software information."
    0xDF0D IDENTIFIER "Name of a software or configuration part."
    0xDF7F VERSION "Its version."
    0xDF30 CONTACTLESS_MODE "Present when the card was read without contact."
    0xDFA101 PIN_DIGITS_OLD "Number of PIN digits entered, older firmware."
    0xDFA102 PIN_STATUS_OLD "PIN entry status, older firmware."
    0xDFA201 PIN_DIGITS "Number of PIN digits entered."
    0xDFA202 PIN_STATUS "PIN entry status."
    0xDFA203 RISK_STAGE "Terminal risk management stage."
    0xDFA204 APPLICATION_SELECTION "Who chooses the application."
    0xDFA205 KEY_PRESSED "Key pressed."
    0xDFA209 CHARGING "Charging status."
    0xDFA20A BATTERY "Battery in percent."
    0xDFA401 PRINTER_STATUS "State of the printer."
    0xDFAE01 P2PE_STATUS "State of point-to-point encryption."
    0xDFAE02 SRED_DATA "Encrypted card data."
    0xDFAE03 SRED_KSN "Key serial number of the encrypted card data."
    0xDFAE04 PIN_BLOCK "Online PIN block."
    0xDFAE05 PIN_KSN "Key serial number of the PIN block."
    0xDFAE22 MASKED_TRACK_2 "Masked track 2 of a swipe, ASCII."
    0xDFAE57 MASKED_TRACK_2_CHIP "Masked track 2 of a chip, ASCII."
    0xDFAE5A MASKED_PAN "Masked card number, BCD with F as mask."
    0xDFDF41 CONTACTLESS_TRACK_1 "Contactless track data, in clear."
    0xDFDF42 CONTACTLESS_TRACK_2 "Contactless track data, in clear."
}
