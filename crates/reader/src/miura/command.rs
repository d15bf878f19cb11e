//! What is said to the reader: `CLA INS P1 P2 [Lc data] [Le]` (MPI API §6).

use tlv::{object, tag};
use zeroize::Zeroizing;

use super::terms::{self, PinTerms, Terms};
use super::{MAX_INFO, StatusWord};
use crate::WallClock;

/// CARD_STATUS: no reports.
pub const CARD_REPORTS_OFF: u8 = 0x00;
/// CARD_STATUS: report cards, and tracks 1 to 3 of a swipe, without the answer to reset.
pub const CARD_REPORTS_ON: u8 = 0x1D;

/// Commands without Le carry at most this much data: a command is never chained (MPI API §5).
const MAX_DATA: usize = MAX_INFO - 5;
/// DISPLAY_TEXT: light the display.
const BACKLIGHT: u8 = 0x01;
/// DISPLAY_TEXT: the text is UTF-8.
const UTF_8: u8 = 0x80;
/// ASCII text fills at most four rows of 21 characters; the rows are separated by line feeds.
const MAX_TEXT: usize = 4 * 21 + 3;
/// READ_BINARY: the low byte of the offset stands in the data.
const LONG_OFFSET: u16 = 0x8000;
/// ONLINE_PIN: take the PIN.
const TAKE_PIN: u8 = 0x01;

macro_rules! commands {
    ($($header:literal $name:ident)*) => {
        mod header {
            //! CLA and INS of each command.
            $(pub(super) const $name: [u8; 2] = u16::to_be_bytes($header);)*
        }

        fn name(header: [u8; 2]) -> &'static str {
            match header {
                $(header::$name => stringify!($name),)*
                _ => "command",
            }
        }
    };
}

// MPI API §6, with its names.
commands! {
    0xD000 RESET_DEVICE
    0xD001 GET_CONFIGURATION
    0xD002 GET_DEVICE_INFO
    0xD010 SYSTEM_CLOCK
    0xD060 CARD_STATUS
    0xD061 KEYBOARD_STATUS
    0xD062 BATTERY_STATUS
    0xD063 PRINTER_STATUS
    0xD0BC BLUETOOTH_CONTROL
    0xD0C0 USB_SERIAL_DISCONNECT
    0xD0D0 CASH_DRAWER
    0xD0E1 SYSTEM_LOG
    0xD0FF ABORT
    0xD201 DISPLAY_TEXT
    0xDEC1 START_CONTACTLESS
    0xDED1 START_TRANSACTION
    0xDED2 CONTINUE_TRANSACTION
    0xDED6 ONLINE_PIN
    0xEEE0 P2PE_STATUS
    0x00A4 SELECT_FILE
    0x00B0 READ_BINARY
}

/// The commands that the driver says or the emulator understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// RESET_DEVICE, soft.
    Reset,
    /// GET_CONFIGURATION.
    Configuration,
    /// GET_DEVICE_INFO.
    DeviceInfo,
    /// SYSTEM_CLOCK, get.
    GetClock,
    /// SYSTEM_CLOCK, set.
    SetClock(WallClock),
    /// CARD_STATUS with its P1. Answered by a report.
    CardStatus(u8),
    /// KEYBOARD_STATUS: whether keys and backlight are on.
    Keyboard(bool),
    /// BATTERY_STATUS.
    Battery,
    /// PRINTER_STATUS.
    Printer,
    /// BLUETOOTH_CONTROL.
    Bluetooth,
    /// USB_SERIAL_DISCONNECT.
    Disconnect,
    /// CASH_DRAWER: open it.
    CashDrawer,
    /// SYSTEM_LOG: whether it is removed rather than archived as the file `mpi.log`.
    SystemLog {
        /// Remove it.
        remove: bool,
    },
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
    /// ONLINE_PIN for the card that was swiped.
    OnlinePin(PinTerms),
    /// P2PE STATUS.
    P2peStatus,
    /// SELECT_FILE, by its ASCII name.
    SelectFile(String),
    /// READ_BINARY of the selected file.
    ReadBinary {
        /// Where to begin, at most 7FFFFF.
        offset: u32,
        /// How many bytes, at most FC.
        len: u8,
    },
}

impl Command {
    /// The protocol's name for it.
    pub fn name(&self) -> &'static str {
        name(self.header())
    }

    const fn header(&self) -> [u8; 2] {
        match self {
            Self::Reset => header::RESET_DEVICE,
            Self::Configuration => header::GET_CONFIGURATION,
            Self::DeviceInfo => header::GET_DEVICE_INFO,
            Self::GetClock | Self::SetClock(_) => header::SYSTEM_CLOCK,
            Self::CardStatus(_) => header::CARD_STATUS,
            Self::Keyboard(_) => header::KEYBOARD_STATUS,
            Self::Battery => header::BATTERY_STATUS,
            Self::Printer => header::PRINTER_STATUS,
            Self::Bluetooth => header::BLUETOOTH_CONTROL,
            Self::Disconnect => header::USB_SERIAL_DISCONNECT,
            Self::CashDrawer => header::CASH_DRAWER,
            Self::SystemLog { .. } => header::SYSTEM_LOG,
            Self::Abort => header::ABORT,
            Self::Display(_) => header::DISPLAY_TEXT,
            Self::StartContactless(_) => header::START_CONTACTLESS,
            Self::StartTransaction(_) => header::START_TRANSACTION,
            Self::Continue(_) => header::CONTINUE_TRANSACTION,
            Self::OnlinePin(_) => header::ONLINE_PIN,
            Self::P2peStatus => header::P2PE_STATUS,
            Self::SelectFile(_) => header::SELECT_FILE,
            Self::ReadBinary { .. } => header::READ_BINARY,
        }
    }

    /// The INF of the command's frame.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let template = |objects: &[u8]| object(tag::COMMAND, objects);
        let mut expected = None;
        let ([p1, p2], data) = match self {
            Self::SetClock(clock) => ([0, 0], template(&terms::clock_objects(clock))),
            Self::CardStatus(reports) => ([*reports, 0], vec![]),
            Self::Keyboard(on) => ([u8::from(*on); 2], vec![]),
            Self::CashDrawer => ([1, 0], vec![]),
            Self::SystemLog { remove } => ([u8::from(*remove), 0], vec![]),
            Self::Display(text) => {
                let mut text: String = text.chars().take(MAX_TEXT).collect();
                text.truncate(text.floor_char_boundary(MAX_DATA));
                let p2 = BACKLIGHT | if text.is_ascii() { 0 } else { UTF_8 };
                ([0, p2], text.into_bytes())
            }
            Self::StartContactless(terms) => {
                let objects = [terms.objects(), object(tag::CURRENCY, &terms.currency)].concat();
                ([0, 0], template(&objects))
            }
            Self::StartTransaction(terms) => {
                let objects = [
                    terms.objects(),
                    object(tag::APPLICATION_SELECTION, &[1]),
                    object(tag::RISK_STAGE, &[0]),
                    object(tag::CURRENCY, &terms.currency),
                ];
                ([0, 0], template(&objects.concat()))
            }
            Self::Continue(objects) => ([0, 0], template(objects)),
            Self::OnlinePin(terms) => ([TAKE_PIN, 0], template(&terms.objects())),
            Self::SelectFile(name) => ([0, 0], name.as_bytes().to_vec()),
            Self::ReadBinary { offset, len } => {
                expected = Some(*len);
                let [_, high, middle, low] = offset.to_be_bytes();
                match u16::try_from(*offset) {
                    Ok(offset) if offset < LONG_OFFSET => (offset.to_be_bytes(), vec![]),
                    _ => ([high | LONG_OFFSET.to_be_bytes()[0], middle], vec![low]),
                }
            }
            _ => ([0, 0], vec![]),
        };
        let [cla, ins] = self.header();
        let mut info = Zeroizing::new(vec![cla, ins, p1, p2]);
        if !data.is_empty() {
            info.push(u8::try_from(data.len()).unwrap_or(u8::MAX));
            info.extend(data);
        }
        info.extend(expected);
        info
    }

    /// The command of an INF.
    ///
    /// # Errors
    /// The status word with which the device refuses it.
    pub fn parse(info: &[u8]) -> Result<Self, StatusWord> {
        let (&[cla, ins, p1, p2], rest) = info.split_first_chunk().ok_or(StatusWord::UNKNOWN_COMMAND)?;
        // More than one frame holds.
        if info.len() > MAX_INFO {
            return Err(StatusWord::INVALID_DATA);
        }
        let (data, expected) = match rest {
            [] => (&[][..], None),
            [expected] => (&[][..], Some(*expected)),
            [len, rest @ ..] => {
                let (data, rest) =
                    rest.split_at_checked(usize::from(*len)).ok_or(StatusWord::INVALID_DATA)?;
                (data, rest.first().copied())
            }
        };
        let text = || str::from_utf8(data).map(str::to_owned).map_err(|_| StatusWord::INVALID_DATA);
        let missing = StatusWord::DATA_MISSING;
        Ok(match [cla, ins] {
            header::RESET_DEVICE if p1 == 0 => Self::Reset,
            header::GET_CONFIGURATION => Self::Configuration,
            header::GET_DEVICE_INFO => Self::DeviceInfo,
            header::SYSTEM_CLOCK if data.is_empty() => Self::GetClock,
            header::SYSTEM_CLOCK => Self::SetClock(terms::clock(data).ok_or(StatusWord::INVALID_DATA)?),
            header::CARD_STATUS => Self::CardStatus(p1),
            header::KEYBOARD_STATUS => Self::Keyboard(p1 != 0),
            header::BATTERY_STATUS => Self::Battery,
            header::PRINTER_STATUS => Self::Printer,
            header::BLUETOOTH_CONTROL => Self::Bluetooth,
            header::USB_SERIAL_DISCONNECT => Self::Disconnect,
            header::CASH_DRAWER => Self::CashDrawer,
            header::SYSTEM_LOG => Self::SystemLog { remove: p1 != 0 },
            header::ABORT => Self::Abort,
            header::DISPLAY_TEXT if p2 & UTF_8 == 0 && !data.is_ascii() => {
                return Err(StatusWord::INVALID_DATA);
            }
            header::DISPLAY_TEXT => Self::Display(text()?),
            header::START_CONTACTLESS => Self::StartContactless(Terms::parse(data).ok_or(missing)?),
            header::START_TRANSACTION => Self::StartTransaction(Terms::parse(data).ok_or(missing)?),
            header::CONTINUE_TRANSACTION => {
                let objects = tlv::find(data, tag::COMMAND).ok().flatten();
                Self::Continue(Zeroizing::new(objects.ok_or(StatusWord::INVALID_DATA)?.to_vec()))
            }
            header::ONLINE_PIN => Self::OnlinePin(PinTerms::parse(data).ok_or(StatusWord::BAD_PARAMETER)?),
            header::P2PE_STATUS => Self::P2peStatus,
            header::SELECT_FILE => Self::SelectFile(text()?),
            header::READ_BINARY => {
                let start = u32::from(u16::from_be_bytes([p1, p2]) & !LONG_OFFSET);
                let offset = match data {
                    [] => start,
                    [low, ..] => start << 8 | u32::from(*low),
                };
                Self::ReadBinary { offset, len: expected.ok_or(StatusWord::INVALID_DATA)? }
            }
            _ => return Err(StatusWord::UNKNOWN_COMMAND),
        })
    }
}
