//! What is said to the reader: `CLA INS P1 P2 [Lc data]` (MPI API §6).

use tlv::{object, tag};
use zeroize::Zeroizing;

use crate::{CardTransaction, Refused, WallClock};

/// CARD_STATUS: no reports.
pub const CARD_REPORTS_OFF: u8 = 0x00;
/// CARD_STATUS: report cards, and tracks 1 to 3 of a swipe, without the answer to reset.
pub const CARD_REPORTS_ON: u8 = 0x1D;

/// Commands without Le carry at most this much data.
const MAX_DATA: usize = 249;
/// DISPLAY_TEXT: light the display.
const BACKLIGHT: u8 = 0x01;
/// DISPLAY_TEXT: the text is UTF-8.
const UTF_8: u8 = 0x80;
/// ASCII text fills at most four rows of 21 characters; the rows are separated by line feeds.
const MAX_TEXT: usize = 4 * 21 + 3;

mod header {
    //! CLA and INS of each command.
    pub(super) const RESET_DEVICE: [u8; 2] = [0xD0, 0x00];
    pub(super) const GET_CONFIGURATION: [u8; 2] = [0xD0, 0x01];
    pub(super) const SYSTEM_CLOCK: [u8; 2] = [0xD0, 0x10];
    pub(super) const CARD_STATUS: [u8; 2] = [0xD0, 0x60];
    pub(super) const KEYBOARD_STATUS: [u8; 2] = [0xD0, 0x61];
    pub(super) const BATTERY_STATUS: [u8; 2] = [0xD0, 0x62];
    pub(super) const ABORT: [u8; 2] = [0xD0, 0xFF];
    pub(super) const DISPLAY_TEXT: [u8; 2] = [0xD2, 0x01];
    pub(super) const START_CONTACTLESS: [u8; 2] = [0xDE, 0xC1];
    pub(super) const START_TRANSACTION: [u8; 2] = [0xDE, 0xD1];
    pub(super) const CONTINUE_TRANSACTION: [u8; 2] = [0xDE, 0xD2];
    pub(super) const P2PE_STATUS: [u8; 2] = [0xEE, 0xE0];
}

/// The commands of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// RESET_DEVICE, soft.
    Reset,
    /// GET_CONFIGURATION.
    Configuration,
    /// SYSTEM_CLOCK, set.
    SetClock(WallClock),
    /// CARD_STATUS with its P1. Answered by a report.
    CardStatus(u8),
    /// KEYBOARD_STATUS: whether keys and backlight are on.
    Keyboard(bool),
    /// BATTERY_STATUS.
    Battery,
    /// ABORT.
    Abort,
    /// DISPLAY_TEXT.
    Display(String),
    /// START_CONTACTLESS.
    StartContactless(Terms),
    /// START_TRANSACTION, the application chosen on the reader.
    StartTransaction(Terms),
    /// CONTINUE_TRANSACTION with the objects of an issuer's answer.
    Continue(Zeroizing<Vec<u8>>),
    /// P2PE STATUS.
    P2peStatus,
}

/// What a card is asked to agree to, in the bytes of the wire.
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

    fn objects(&self) -> Vec<u8> {
        [
            object(tag::TRANSACTION_TYPE, &[self.kind]),
            object(tag::AMOUNT, &self.amount),
            object(tag::DATE, &self.date),
            object(tag::TIME, &self.time),
        ]
        .concat()
    }

    fn parse(data: &[u8]) -> Option<Self> {
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

impl Command {
    /// The INF of the command's frame.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let template = |objects: &[u8]| object(tag::COMMAND, objects);
        let ([cla, ins], [p1, p2], data) = match self {
            Self::Reset => (header::RESET_DEVICE, [0, 0], vec![]),
            Self::Configuration => (header::GET_CONFIGURATION, [0, 0], vec![]),
            Self::SetClock(clock) => {
                let (date, time) = clock_bytes(clock);
                let objects = [object(tag::DATE, &date), object(tag::TIME, &time)].concat();
                (header::SYSTEM_CLOCK, [0, 0], template(&objects))
            }
            Self::CardStatus(reports) => (header::CARD_STATUS, [*reports, 0], vec![]),
            Self::Keyboard(on) => (header::KEYBOARD_STATUS, [u8::from(*on); 2], vec![]),
            Self::Battery => (header::BATTERY_STATUS, [0, 0], vec![]),
            Self::Abort => (header::ABORT, [0, 0], vec![]),
            Self::Display(text) => {
                let p2 = BACKLIGHT | if text.is_ascii() { 0 } else { UTF_8 };
                let text: String = text.chars().take(MAX_TEXT).collect();
                let end = text.floor_char_boundary(MAX_DATA);
                (header::DISPLAY_TEXT, [0, p2], text.as_bytes().get(..end).unwrap_or_default().to_vec())
            }
            Self::StartContactless(terms) => {
                let objects = [terms.objects(), object(tag::CURRENCY, &terms.currency)].concat();
                (header::START_CONTACTLESS, [0, 0], template(&objects))
            }
            Self::StartTransaction(terms) => {
                let objects = [
                    terms.objects(),
                    object(tag::APPLICATION_SELECTION, &[1]),
                    object(tag::RISK_STAGE, &[0]),
                    object(tag::CURRENCY, &terms.currency),
                ];
                (header::START_TRANSACTION, [0, 0], template(&objects.concat()))
            }
            Self::Continue(objects) => (header::CONTINUE_TRANSACTION, [0, 0], template(objects)),
            Self::P2peStatus => (header::P2PE_STATUS, [0, 0], vec![]),
        };
        let mut info = Zeroizing::new(vec![cla, ins, p1, p2]);
        if !data.is_empty() {
            info.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
            info.extend(data);
        }
        info
    }

    /// The command of an INF; `None` when the device side would refuse it.
    pub fn parse(info: &[u8]) -> Option<Self> {
        let (&[cla, ins, p1, p2], rest) = info.split_first_chunk()?;
        let data = match rest.split_first() {
            None => &[][..],
            Some((len, data)) => data.get(..usize::from(*len))?,
        };
        let objects = || tlv::find(data, tag::COMMAND).ok().flatten();
        Some(match [cla, ins] {
            header::RESET_DEVICE if p1 == 0 => Self::Reset,
            header::GET_CONFIGURATION => Self::Configuration,
            header::SYSTEM_CLOCK => {
                let [year, month, day] = value::<3>(data, tag::DATE)?.map(from_bcd);
                let [hour, minute, second] = value::<3>(data, tag::TIME)?.map(from_bcd);
                Self::SetClock(WallClock { year, month, day, hour, minute, second })
            }
            header::CARD_STATUS => Self::CardStatus(p1),
            header::KEYBOARD_STATUS => Self::Keyboard(p1 != 0),
            header::BATTERY_STATUS => Self::Battery,
            header::ABORT => Self::Abort,
            header::DISPLAY_TEXT if p2 & UTF_8 == 0 && !data.is_ascii() => return None,
            header::DISPLAY_TEXT => Self::Display(str::from_utf8(data).ok()?.to_owned()),
            header::START_CONTACTLESS => Self::StartContactless(Terms::parse(data)?),
            header::START_TRANSACTION => Self::StartTransaction(Terms::parse(data)?),
            header::CONTINUE_TRANSACTION => Self::Continue(Zeroizing::new(objects()?.to_vec())),
            header::P2PE_STATUS => Self::P2peStatus,
            _ => return None,
        })
    }
}

fn value<const N: usize>(data: &[u8], tag: tlv::Tag) -> Option<[u8; N]> {
    tlv::find(data, tag).ok().flatten()?.try_into().ok()
}

fn clock_bytes(clock: &WallClock) -> ([u8; 3], [u8; 3]) {
    let bcd = |number: u8| ((number / 10 % 10) << 4) | (number % 10);
    ([clock.year, clock.month, clock.day].map(bcd), [clock.hour, clock.minute, clock.second].map(bcd))
}

fn from_bcd(byte: u8) -> u8 {
    (byte >> 4) * 10 + (byte & 0xF)
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
