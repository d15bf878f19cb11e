//! The table of status words.

use crate::CardProblem;

/// The last two bytes of everything that the reader sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusWord(pub u16);

macro_rules! status_words {
    ($($word:literal $name:ident $problem:ident $doc:literal)*) => {
        impl StatusWord {
            /// Success.
            pub const OK: Self = Self(0x9000);
            /// The device does not have the command (ISO/IEC 7816-4).
            pub const UNKNOWN_COMMAND: Self = Self(0x6D00);
            $(#[doc = $doc] pub const $name: Self = Self($word);)*
        }

        const PROBLEMS: &[(StatusWord, CardProblem)] = &[$((StatusWord::$name, CardProblem::$problem)),*];
    };
}

// MPI API §6.24–6.26 and §11.4, as the vendor's client numbers them; what to do about them is our reading.
status_words! {
    0x9F0F BAD_PARAMETER Support "ONLINE_PIN: a parameter is wrong."
    0x9F14 NUMBER_FORMAT Support "GET_NUMERIC_DATA: bad number format."
    0x9F21 INVALID_DATA Support "The command's data is invalid."
    0x9F22 TERMINAL_NOT_READY RestartReader "The payment application is not ready."
    0x9F23 NO_CARD Again "There is no card."
    0x9F25 INVALID_CARD OtherCard "The card is invalid, and must not be swiped instead."
    0x9F26 NOT_ALLOWED RestartReader "Not allowed now: something else is running."
    0x9F27 DATA_MISSING Support "The command lacks data; the body names the tags."
    0x9F28 UNSUPPORTED_CARD_SWIPE_ALLOWED OtherCard "The chip is not supported; it may be swiped instead."
    0x9F2A FILE_MISSING Support "The reader lacks configuration files; the body names them."
    0x9F30 READ_ERROR_SWIPE_ALLOWED OtherCard "The chip cannot be read; it may be swiped instead."
    0x9F40 ISSUER_KEY OtherCard "The issuer's public key does not fit."
    0x9F41 CANCELLED Again "The user cancelled, or ABORT."
    0x9F42 CONTACTLESS_TIMEOUT Again "Nothing was tapped in time."
    0x9F43 CONTACTLESS_INSERTED Again "Contactless has ended: a card was inserted."
    0x9F44 CONTACTLESS_SWIPED Again "Contactless has ended: a card was swiped."
    0x9FC1 USE_CHIP_OR_SWIPE OtherWay "No application fits: insert or swipe."
    0x9FC2 USE_CHIP_SWIPE_OR_OTHER_CARD OtherWay "Not possible: insert, swipe or present another card."
    0x9FC3 USE_CHIP UseChip "The card demands its chip."
    0x9FCF CONTACTLESS_HARDWARE OtherWay "The contactless hardware fails."
    0x9FE0 NO_KEY ReaderKeys "No key for card data (or for the PIN): none is loaded, or they are used up."
}

/// A stripe that cannot be read; the vendor's number for a failing track parser.
pub(super) const UNREADABLE_STRIPE: u16 = 103;
/// E2, for which the vendor has no number: 1000 with a second status byte of 00.
pub(super) const DECISION_ASKED: u16 = 1000;
/// 1000 and the byte with which ONLINE_PIN says that it failed.
pub(super) const PIN_FAILURES: core::ops::RangeInclusive<u16> = 1009..=1011;

/// What can be done about an error number.
pub(super) fn problem(code: u16) -> Option<CardProblem> {
    let known = PROBLEMS.iter().find(|(word, _)| word.code() == code).map(|(_, problem)| *problem);
    known.or(match code {
        UNREADABLE_STRIPE => Some(CardProblem::OtherCard),
        DECISION_ASKED => Some(CardProblem::Support),
        code if PIN_FAILURES.contains(&code) => Some(CardProblem::RestartReader),
        _ => None,
    })
}

impl StatusWord {
    /// The vendor's error number: 1000 and the second byte.
    pub const fn code(self) -> u16 {
        1000 + (self.0 & 0xFF)
    }
}
