//! What a card or its holder is asked to agree to, in the bytes of the wire.

use tlv::{object, tag};

use crate::{CardTransaction, Refused, WallClock};

/// What a card is asked to agree to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Transaction type, tag 9C.
    pub kind: u8,
    /// Amount, tag 9F02.
    pub amount: [u8; 6],
    /// Currency, tag 5F2A.
    pub currency: [u8; 2],
    /// Date, tag 9A.
    pub date: [u8; 3],
    /// Time, tag 9F21.
    pub time: [u8; 3],
}

impl Terms {
    /// The terms of a transaction.
    ///
    /// # Errors
    /// [`Refused::Amount`] when amount or currency has too many digits.
    pub fn new(transaction: &CardTransaction) -> Result<Self, Refused> {
        let (date, time) = clock_bytes(&transaction.now);
        Ok(Self {
            kind: transaction.kind as u8,
            amount: to_bcd(transaction.amount_minor).ok_or(Refused::Amount)?,
            currency: to_bcd(u64::from(transaction.currency_numeric))
                .filter(|_| transaction.currency_numeric <= 999)
                .ok_or(Refused::Amount)?,
            date,
            time,
        })
    }

    pub(super) fn objects(&self) -> Vec<u8> {
        [
            object(tag::TRANSACTION_TYPE, &[self.kind]),
            object(tag::AMOUNT, &self.amount),
            object(tag::DATE, &self.date),
            object(tag::TIME, &self.time),
        ]
        .concat()
    }

    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let [kind] = value(data, tag::TRANSACTION_TYPE)?;
        Some(Self {
            kind,
            amount: value(data, tag::AMOUNT)?,
            currency: value(data, tag::CURRENCY)?,
            date: value(data, tag::DATE)?,
            time: value(data, tag::TIME)?,
        })
    }
}

/// An application label has at most sixteen characters (EMV Book 3 annex A).
const MAX_LABEL: usize = 16;
/// Track 2 has at most 40 characters, sentinels and check character included (ISO/IEC 7811-6).
pub(super) const MAX_TRACK_2: usize = 40;

/// What a cardholder is asked to confirm with the PIN of a swiped card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PinTerms {
    /// Amount, tag 9F02.
    pub amount: [u8; 6],
    /// What the display calls the card, tag 50: at most sixteen ASCII characters.
    pub label: String,
    /// Currency, tag 5F2A.
    pub currency: [u8; 2],
    /// The masked track 2 of the swipe as the reader sent it, tag DFAE22: which card it is.
    pub track: Vec<u8>,
}

impl PinTerms {
    pub(super) fn objects(&self) -> Vec<u8> {
        [
            object(tag::AMOUNT, &self.amount),
            object(tag::APPLICATION_LABEL, self.label.as_bytes()),
            object(tag::CURRENCY, &self.currency),
            object(tag::MASKED_TRACK_2, &self.track),
        ]
        .concat()
    }

    pub(super) fn parse(data: &[u8]) -> Option<Self> {
        let bytes = |tag, most| tlv::find(data, tag).ok().flatten().filter(|value| value.len() <= most);
        let label = bytes(tag::APPLICATION_LABEL, MAX_LABEL).filter(|label| label.is_ascii())?;
        Some(Self {
            amount: value(data, tag::AMOUNT)?,
            label: str::from_utf8(label).ok()?.to_owned(),
            currency: value(data, tag::CURRENCY)?,
            track: bytes(tag::MASKED_TRACK_2, MAX_TRACK_2)?.to_vec(),
        })
    }
}

/// The objects of SYSTEM_CLOCK.
pub(super) fn clock_objects(clock: &WallClock) -> Vec<u8> {
    let (date, time) = clock_bytes(clock);
    [object(tag::DATE, &date), object(tag::TIME, &time)].concat()
}

/// The clock of such objects.
pub(super) fn clock(data: &[u8]) -> Option<WallClock> {
    let [year, month, day] = value(data, tag::DATE)?;
    let [hour, minute, second] = value(data, tag::TIME)?;
    Some(WallClock {
        year: from_bcd(year)?,
        month: from_bcd(month)?,
        day: from_bcd(day)?,
        hour: from_bcd(hour)?,
        minute: from_bcd(minute)?,
        second: from_bcd(second)?,
    })
}

fn value<const N: usize>(data: &[u8], tag: tlv::Tag) -> Option<[u8; N]> {
    tlv::find(data, tag).ok().flatten()?.try_into().ok()
}

fn clock_bytes(clock: &WallClock) -> ([u8; 3], [u8; 3]) {
    let bcd = |number: u8| ((number / 10 % 10) << 4) | (number % 10);
    ([clock.year, clock.month, clock.day].map(bcd), [clock.hour, clock.minute, clock.second].map(bcd))
}

/// `None` when a half byte is no decimal digit.
fn from_bcd(byte: u8) -> Option<u8> {
    let (tens, ones) = (byte >> 4, byte & 0xF);
    (tens < 10 && ones < 10).then_some(tens * 10 + ones)
}

/// `N` bytes of packed decimal; `None` when the number has more digits.
fn to_bcd<const N: usize>(mut number: u64) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    for byte in bytes.iter_mut().rev() {
        let pair = number % 100;
        *byte = u8::try_from(((pair / 10) << 4) | (pair % 10)).ok()?;
        number /= 100;
    }
    (number == 0).then_some(bytes)
}
