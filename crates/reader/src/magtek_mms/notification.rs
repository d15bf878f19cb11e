//! What the reader says unasked (MT-MMS "Notifications").

use tlv::object;

use super::{Kind, Message, tags};

mod id {
    //! Of each notification.
    pub(super) const TRANSACTION_INFORMATION: u16 = 0x0101;
    pub(super) const TRANSACTION_COMPLETE: u16 = 0x0105;
    pub(super) const BANKING_COMPLETE: u16 = 0x0205;
    pub(super) const DEVICE_INFORMATION: u16 = 0x1001;
    pub(super) const HOST_ACTION_REQUEST: u16 = 0x1803;
}

/// How a card came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Technology {
    /// Magnetic stripe.
    Stripe = 0x08,
    /// Contact chip.
    Contact = 0x10,
    /// Contactless.
    Contactless = 0x20,
}

impl Technology {
    fn of(byte: u8) -> Option<Self> {
        [Self::Stripe, Self::Contact, Self::Contactless].into_iter().find(|known| *known as u8 == byte)
    }
}

/// What happened to a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CardEvent {
    /// Pulled through.
    Swiped = 0x01,
    /// Put into the slot.
    Inserted = 0x02,
    /// Taken out, or away.
    Removed = 0x03,
    /// Seen; being read.
    Detected = 0x04,
    /// Several cards at once.
    Collision = 0x05,
}

impl CardEvent {
    fn of(byte: u8) -> Option<Self> {
        [Self::Swiped, Self::Inserted, Self::Removed, Self::Detected, Self::Collision]
            .into_iter()
            .find(|known| *known as u8 == byte)
    }
}

/// How a transaction ended, as the last three bytes of the detail: reason, detail, extra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome(pub [u8; 3]);

#[allow(missing_docs, reason = "the vendor's names say it")]
impl Outcome {
    pub const TIMED_OUT: Self = Self([0x01, 0x00, 0x00]);
    pub const CANCELLED_BY_HOST: Self = Self([0x03, 0x01, 0x00]);
    pub const CANCELLED_BY_USER: Self = Self([0x03, 0x02, 0x00]);
    pub const CARD_READ_ERROR: Self = Self([0x03, 0x05, 0x00]);
    pub const TECHNICAL_FALLBACK: Self = Self([0x02, 0x00, 0x02]);
    pub const MSR_FALLBACK: Self = Self([0x02, 0x08, 0x03]);
    pub const TRY_ANOTHER_INTERFACE: Self = Self([0x02, 0x01, 0x00]);
    pub const OFFLINE_APPROVED: Self = Self([0x02, 0x02, 0x00]);
    pub const OFFLINE_DECLINED: Self = Self([0x02, 0x03, 0x00]);
    pub const APPROVED: Self = Self([0x02, 0x06, 0x00]);
    pub const FAILED: Self = Self([0x02, 0x08, 0x00]);
    pub const TRY_AGAIN: Self = Self([0x02, 0x0D, 0x00]);
    pub const DECLINED: Self = Self([0x02, 0x80, 0x00]);

    /// Detail and extra as one number.
    pub const fn code(self) -> u16 {
        let [_, detail, extra] = self.0;
        u16::from_be_bytes([detail, extra])
    }
}

/// How PIN entry went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PinEvent {
    /// Entered, and right as far as the reader can tell.
    Entered,
    /// Wrong.
    Wrong,
}

/// What happened to the device itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PowerEvent {
    /// It has restarted.
    Restarted,
    /// The battery is low: percent.
    LowBattery(u8),
    /// It switches off.
    SwitchingOff,
}

/// What the reader says unasked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Notification<'a> {
    /// 0101: a card came or went during a transaction.
    Card(Technology, CardEvent),
    /// 0101: card data for the issuer.
    CardData(Technology, &'a [u8]),
    /// 0101: the result for the merchant's records.
    BatchData(Technology, &'a [u8]),
    /// 0105: the transaction is over; by which way, if any.
    Complete(Option<Technology>, Outcome),
    /// 0205.
    Pin(PinEvent),
    /// 1001: a card came into the slot or out of it while there was no transaction.
    Slot {
        /// It is in.
        seated: bool,
    },
    /// 1001.
    Power(PowerEvent),
    /// 1803: the customer has to choose, and the reader has no display.
    Selection,
    /// Something else.
    Other,
}

impl<'a> Notification<'a> {
    /// Reads a notification.
    pub fn of(message: &'a Message) -> Self {
        let data = || {
            let first = tlv::read(message.parameters()).next().and_then(Result::ok);
            first.filter(|object| object.tag == tags::PARAMETER_4).map(|object| object.value)
        };
        let Some(detail) = message.detail else { return Self::Other };
        let known = match (message.id, detail) {
            (id::TRANSACTION_INFORMATION, [technology, 0x01, event, _]) => {
                Technology::of(technology).zip(CardEvent::of(event)).map(|(by, event)| Self::Card(by, event))
            }
            (id::TRANSACTION_INFORMATION, [technology, 0x08, 0x02, 0x02]) => {
                Technology::of(technology).zip(data()).map(|(by, data)| Self::CardData(by, data))
            }
            (id::TRANSACTION_INFORMATION, [technology, 0x08, 0x03, 0x02]) => {
                Technology::of(technology).zip(data()).map(|(by, data)| Self::BatchData(by, data))
            }
            (id::TRANSACTION_COMPLETE, [technology, outcome @ ..]) => {
                Some(Self::Complete(Technology::of(technology), Outcome(outcome)))
            }
            (id::BANKING_COMPLETE, [0x01, 0x02, 0x01, _]) => Some(Self::Pin(PinEvent::Entered)),
            (id::BANKING_COMPLETE, [0x01, 0x02, 0x02, 0x05]) => Some(Self::Pin(PinEvent::Wrong)),
            (id::DEVICE_INFORMATION, [0x00, 0x00 | 0x03, ..]) => Some(Self::Power(PowerEvent::Restarted)),
            (id::DEVICE_INFORMATION, [0x00, 0x02, 0x00, percent]) => {
                Some(Self::Power(PowerEvent::LowBattery(percent)))
            }
            (id::DEVICE_INFORMATION, [0x00, 0x02, 0x01, _]) => Some(Self::Power(PowerEvent::SwitchingOff)),
            (id::DEVICE_INFORMATION, [0x01, 0x02, ..]) => Some(Self::Slot { seated: true }),
            (id::DEVICE_INFORMATION, [0x01, 0x03, ..]) => Some(Self::Slot { seated: false }),
            (id::HOST_ACTION_REQUEST, [0x02, 0x02, ..]) => Some(Self::Selection),
            _ => None,
        };
        known.unwrap_or(Self::Other)
    }

    /// The message that carries it; `None` for [`Other`](Self::Other).
    pub fn message(&self) -> Option<Message> {
        let (id, detail, data) = match *self {
            Self::Card(by, event) => (id::TRANSACTION_INFORMATION, [by as u8, 0x01, event as u8, 0x00], None),
            Self::CardData(by, data) => {
                (id::TRANSACTION_INFORMATION, [by as u8, 0x08, 0x02, 0x02], Some(data))
            }
            Self::BatchData(by, data) => {
                (id::TRANSACTION_INFORMATION, [by as u8, 0x08, 0x03, 0x02], Some(data))
            }
            Self::Complete(by, Outcome([reason, detail, extra])) => {
                let by = by.map(|by| by as u8).unwrap_or_default();
                (id::TRANSACTION_COMPLETE, [by, reason, detail, extra], None)
            }
            Self::Pin(PinEvent::Entered) => (id::BANKING_COMPLETE, [0x01, 0x02, 0x01, 0x01], None),
            Self::Pin(PinEvent::Wrong) => (id::BANKING_COMPLETE, [0x01, 0x02, 0x02, 0x05], None),
            Self::Power(PowerEvent::Restarted) => (id::DEVICE_INFORMATION, [0x00; 4], None),
            Self::Power(PowerEvent::LowBattery(percent)) => {
                (id::DEVICE_INFORMATION, [0x00, 0x02, 0x00, percent], None)
            }
            Self::Power(PowerEvent::SwitchingOff) => (id::DEVICE_INFORMATION, [0x00, 0x02, 0x01, 0x00], None),
            Self::Slot { seated } => {
                let reason = if seated { 0x02 } else { 0x03 };
                (id::DEVICE_INFORMATION, [0x01, reason, 0x00, 0x00], None)
            }
            Self::Selection => (id::HOST_ACTION_REQUEST, [0x02, 0x02, 0x00, 0x00], None),
            Self::Other => return None,
        };
        let payload = data.map(|data| object(tags::PARAMETER_4, data).into());
        Some(Message { kind: Kind::Notification, reference: 0, id, detail: Some(detail), payload })
    }

    /// The protocol's name for a notification of this number.
    pub const fn name(id: u16) -> &'static str {
        match id {
            id::TRANSACTION_INFORMATION => "TRANSACTION_INFORMATION_UPDATE",
            id::TRANSACTION_COMPLETE => "TRANSACTION_OPERATION_COMPLETE",
            id::BANKING_COMPLETE => "BANKING_FUNCTIONS_OPERATION_COMPLETE",
            id::DEVICE_INFORMATION => "DEVICE_INFORMATION_UPDATE",
            id::HOST_ACTION_REQUEST => "HOST_ACTION_REQUEST",
            _ => "UNKNOWN",
        }
    }
}
