//! What the reader says: answers to commands, and reports that it sends unasked (MPI API §6).

use tlv::{Tag, tag};

use super::{Message, Node, StatusWord};

/// The answer to a command.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Answer<'a> {
    /// Whether it succeeded.
    pub status: StatusWord,
    /// The answer's objects, if any.
    pub body: &'a [u8],
}

impl<'a> Answer<'a> {
    /// Splits a message from the reader; `None` when it is too short to hold a status word.
    pub fn of(message: &'a Message) -> Option<Self> {
        let (body, status) = message.info.split_last_chunk()?;
        Some(Self { status: StatusWord(u16::from_be_bytes(*status)), body })
    }

    /// The message that carries it.
    pub fn message(&self, unsolicited: bool) -> Message {
        let info = [self.body, &self.status.0.to_be_bytes()].concat().into();
        Message { node: Node::Pinpad, unsolicited, info }
    }
}

/// Tag 48: what is in the slot, and which tracks were read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CardStatus {
    /// A card is in the slot.
    pub present: bool,
    /// It answers as an EMV chip.
    pub emv: bool,
    /// A stripe was read.
    pub swiped: bool,
    /// Which tracks: bits 1 to 3.
    pub tracks: u8,
}

impl CardStatus {
    /// From the two bytes of the tag.
    pub const fn new([slot, stripe]: [u8; 2]) -> Self {
        Self { present: slot & 1 != 0, emv: slot & 2 != 0, swiped: stripe & 1 != 0, tracks: stripe & 0x0E }
    }

    /// The two bytes of the tag.
    pub const fn bytes(self) -> [u8; 2] {
        [self.present as u8 | (self.emv as u8) << 1, self.swiped as u8 | self.tracks]
    }
}

/// C3 in E6: what changed on the device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceStatus {
    /// Just switched on.
    PoweredOn = 0x01,
    /// PIN entry goes on.
    PinEntry = 0x02,
    /// The customer chooses the application.
    ApplicationSelection = 0x03,
    /// Switching off.
    PoweringOff = 0x0A,
    /// Restarting the device.
    Rebooting = 0x0B,
    /// Restarting its payment application.
    Restarting = 0x0C,
    /// The phone wants a confirmation.
    SeePhone = 0xC0,
    /// The success sound of contactless.
    SuccessBeep = 0xCB,
    /// The error sound of contactless.
    ErrorBeep = 0xCE,
}

impl DeviceStatus {
    fn of(byte: u8) -> Option<Self> {
        use DeviceStatus::*;
        [
            PoweredOn,
            PinEntry,
            ApplicationSelection,
            PoweringOff,
            Rebooting,
            Restarting,
            SeePhone,
            SuccessBeep,
            ErrorBeep,
        ]
        .into_iter()
        .find(|status| *status as u8 == byte)
    }
}

/// How PIN entry goes. Only `Ok` is documented in public; the others follow the order in which the vendor's client
/// lists them, and steer words on the screen only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinStatus {
    /// The next wrong PIN blocks the card.
    LastTry = 1,
    /// The PIN was right.
    Ok = 2,
    /// The PIN was wrong.
    Wrong = 3,
    /// The entry failed.
    Error = 4,
    /// All digits are in.
    Complete = 5,
}

impl PinStatus {
    fn of(byte: u8) -> Option<Self> {
        [Self::LastTry, Self::Ok, Self::Wrong, Self::Error, Self::Complete]
            .into_iter()
            .find(|status| *status as u8 == byte)
    }
}

/// What the reader sends unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Report {
    /// A card came, went or was swiped; also the answer to CARD_STATUS.
    Card(CardStatus),
    /// The device changed.
    Device {
        /// How; `None` for a status we do not know.
        status: Option<DeviceStatus>,
        /// PIN digits entered, during PIN entry.
        pin_digits: Option<u8>,
        /// How PIN entry goes.
        pin: Option<PinStatus>,
        /// Tries that the card still allows.
        tries_left: Option<u8>,
    },
    /// A key was pressed: ASCII, 1B for cancel.
    Key(u8),
    /// Something else.
    Other,
}

impl Report {
    /// Reads the objects of an unsolicited message.
    ///
    /// # Errors
    /// When they are no TLV.
    pub fn parse(body: &[u8]) -> Result<Self, tlv::Error> {
        let byte = |tag: Tag| Ok(tlv::find(body, tag)?.and_then(|value| value.first().copied()));
        let either = |new: Tag, old: Tag| Ok(byte(new)?.or(byte(old)?));
        if let Some(status) = tlv::find(body, tag::CARD_STATUS)?.and_then(|value| value.try_into().ok()) {
            return Ok(Self::Card(CardStatus::new(status)));
        }
        if let Some(status) = byte(tag::STATUS_CODE)? {
            return Ok(Self::Device {
                status: DeviceStatus::of(status),
                pin_digits: either(tag::PIN_DIGITS, tag::PIN_DIGITS_OLD)?,
                pin: either(tag::PIN_STATUS, tag::PIN_STATUS_OLD)?.and_then(PinStatus::of),
                tries_left: byte(tag::PIN_TRIES_LEFT)?,
            });
        }
        Ok(byte(tag::KEY_PRESSED)?.map_or(Self::Other, Self::Key))
    }

    /// What support calls it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Card(_) => "CARD report",
            Self::Device { .. } => "DEVICE report",
            Self::Key(_) => "KEY report",
            Self::Other => "report",
        }
    }
}
