//! What is said to the reader (MT-MMS "Commands").

use tlv::{object, tag};
use zeroize::Zeroizing;

use super::{Kind, Message, tags};
use crate::{CardTransaction, Interfaces, Refused};

mod id {
    //! Of each command.
    pub(super) const START_TRANSACTION: u16 = 0x1001;
    pub(super) const RESUME_TRANSACTION: u16 = 0x1004;
    pub(super) const CANCEL_TRANSACTION: u16 = 0x1008;
    pub(super) const REPORT_CARDHOLDER_SELECTION: u16 = 0x1802;
    pub(super) const RESET_DEVICE: u16 = 0x1F01;
    pub(super) const GET_PROPERTY: u16 = 0xD101;
}

/// Root of all property ids: MagTek.
const COMPANY: [u8; 7] = [0x2B, 0x06, 0x01, 0x04, 0x01, 0xF6, 0x09];
/// Seconds that the reader is told with an issuer's answer, as in the published sample.
const RESUME_S: u8 = 120;

/// The commands of a payment.
#[derive(Clone, PartialEq, Eq)]
pub enum Command {
    /// 1001.
    Start(Start),
    /// 1004 while the reader waits for the issuer: serial number of the device as in the card data, and objects of the
    /// issuer's answer.
    Resume {
        /// Value of tag DFDF25 in the card data.
        device: Vec<u8>,
        /// Objects of the issuer's answer, response code first.
        objects: Zeroizing<Vec<u8>>,
    },
    /// 1008.
    Cancel,
    /// 1802: the first one of the choices.
    SelectFirst,
    /// D101.
    Property(Property),
    /// 1F01.
    Reset,
}

/// What a transaction is started with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Seconds to wait for a card, and again for the issuer.
    pub timeout: u8,
    /// 0 off, 1 on.
    pub stripe: u8,
    /// 0 off, 1 on.
    pub contact: u8,
    /// 0 off, 1 on, 3 with NFC tags.
    pub contactless: u8,
    /// Bit 0: Quick Chip; bit 1: the response format that is documented; high byte: wallets.
    pub options: u16,
    /// EMV objects: type, amounts, currency.
    pub objects: Vec<u8>,
}

impl Start {
    /// Documented response format, flow "EMV".
    pub const EMV_FLOW: u16 = 0x0002;
    /// Documented response format, flow "Quick Chip".
    pub const QUICK_CHIP: u16 = 0x0003;

    /// Asks for a card in the flow that waits for the issuer.
    ///
    /// # Errors
    /// [`Refused::Amount`] when amount or currency has too many digits.
    pub fn new(transaction: &CardTransaction, interfaces: Interfaces, timeout: u8) -> Result<Self, Refused> {
        let amount = bcd(format!("{:012}", transaction.amount_minor), 6)?;
        let currency = bcd(format!("{:04}", transaction.currency_numeric), 2)?;
        if transaction.currency_numeric > 999 {
            return Err(Refused::Amount);
        }
        let objects = [
            object(tag::TRANSACTION_TYPE, &[transaction.kind as u8]),
            object(tag::AMOUNT, &amount),
            object(tag::AMOUNT_OTHER, &[0; 6]),
            object(tag::CURRENCY, &currency),
        ];
        Ok(Self { timeout, options: Self::EMV_FLOW, objects: objects.concat(), ..Self::by(interfaces) })
    }

    /// The same by other ways.
    #[must_use]
    pub fn again_by(&self, interfaces: Interfaces) -> Self {
        let Self { stripe, contact, contactless, .. } = Self::by(interfaces);
        Self { stripe, contact, contactless, ..self.clone() }
    }

    fn by(Interfaces { chip, contactless, swipe }: Interfaces) -> Self {
        let [stripe, contact, contactless] = [swipe, chip, contactless].map(u8::from);
        Self { timeout: 0, stripe, contact, contactless, options: 0, objects: vec![] }
    }
}

fn bcd(digits: String, len: usize) -> Result<Vec<u8>, Refused> {
    hex::decode(digits).ok().filter(|bytes| bytes.len() == len).ok_or(Refused::Amount)
}

/// What may be asked of a reader (MT-MMS "Configuration"). All are asked in the nested form of the published requests for
/// serial number and firmware; the reference gives that of battery and charger in its other form only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// 1.1.2.2.1.3: digits of a card number shown at its beginning.
    ShownFirst,
    /// 1.1.2.2.1.4: digits of a card number shown at its end.
    ShownLast,
    /// 2.1.2.2.2.2: main firmware, ASCII.
    Firmware,
    /// 2.2.1.1.1.1: serial number, seven hex digits.
    Serial,
    /// 2.3.1.2.1.4: battery in percent.
    Battery,
    /// 2.3.1.2.1.5: what the charger does.
    Charger,
}

impl Property {
    const ALL: [Self; 6] =
        [Self::ShownFirst, Self::ShownLast, Self::Firmware, Self::Serial, Self::Battery, Self::Charger];

    const fn oid(self) -> [u8; 6] {
        match self {
            Self::ShownFirst => [1, 1, 2, 2, 1, 3],
            Self::ShownLast => [1, 1, 2, 2, 1, 4],
            Self::Firmware => [2, 1, 2, 2, 2, 2],
            Self::Serial => [2, 2, 1, 1, 1, 1],
            Self::Battery => [2, 3, 1, 2, 1, 4],
            Self::Charger => [2, 3, 1, 2, 1, 5],
        }
    }

    /// Parameters of the request, or with a value of the response.
    pub fn parameters(self, value: &[u8]) -> Vec<u8> {
        let [kind, path @ .., last] = self.oid();
        let leaf = object(tlv::Tag::new(0xC0 | u32::from(last)), value);
        let remainder = path
            .into_iter()
            .rev()
            .fold(leaf, |inner, number| object(tlv::Tag::new(0xE0 | u32::from(number)), &inner));
        [
            object(tags::PARAMETER_1, &COMPANY),
            object(tags::PARAMETER_5, &[kind]),
            object(tags::PARAMETER_9, &remainder),
        ]
        .concat()
    }

    /// The value in the parameters of a response.
    pub fn value(parameters: &[u8]) -> Option<&[u8]> {
        let mut objects = tlv::read(parameters).flatten();
        let mut object = objects.find(|object| object.tag == tags::PARAMETER_9)?.children().next()?.ok()?;
        while object.tag.is_constructed() {
            object = object.children().next()?.ok()?;
        }
        Some(object.value)
    }
}

impl Command {
    /// The request.
    pub fn message(&self, reference: u8) -> Message {
        let payload = match self {
            Self::Start(start) => start.parameters(),
            Self::Resume { device, objects } => {
                let answer = object(tags::GENERIC, &object(tags::TRANSACTION, objects));
                let answer = object(tags::ANSWER, &[object(tags::DEVICE, device), answer].concat());
                [
                    object(tags::PARAMETER_1, &[0]),
                    object(tags::PARAMETER_2, &[RESUME_S]),
                    object(tags::PARAMETER_4, &answer),
                ]
                .concat()
            }
            Self::Cancel | Self::Reset => vec![],
            Self::SelectFirst => [object(tags::PARAMETER_1, &[0]), object(tags::PARAMETER_2, &[0])].concat(),
            Self::Property(property) => property.parameters(&[]),
        };
        let payload = Some(payload.into());
        Message { kind: Kind::Request, reference, id: self.id(), detail: None, payload }
    }

    /// The command of a request; `None` when the device side would refuse it.
    pub fn parse(message: &Message) -> Option<Self> {
        let parameters = message.parameters();
        let value = |tag| top(parameters, tag);
        if message.kind != Kind::Request {
            return None;
        }
        Some(match message.id {
            id::START_TRANSACTION => Self::Start(Start::parse(parameters)?),
            id::RESUME_TRANSACTION if value(tags::PARAMETER_1) == Some(&[0]) => {
                let answer = value(tags::PARAMETER_4)?;
                let objects = tlv::find(answer, tags::TRANSACTION).ok().flatten()?;
                let device = tlv::find(answer, tags::DEVICE).ok().flatten()?;
                Self::Resume { device: device.to_vec(), objects: objects.to_vec().into() }
            }
            id::CANCEL_TRANSACTION => Self::Cancel,
            id::REPORT_CARDHOLDER_SELECTION if value(tags::PARAMETER_2) == Some(&[0]) => Self::SelectFirst,
            id::RESET_DEVICE => Self::Reset,
            id::GET_PROPERTY => {
                let known = |property: &Property| property.parameters(&[]) == parameters;
                Self::Property(Property::ALL.into_iter().find(known)?)
            }
            _ => return None,
        })
    }

    /// The command's number.
    pub const fn id(&self) -> u16 {
        match self {
            Self::Start(_) => id::START_TRANSACTION,
            Self::Resume { .. } => id::RESUME_TRANSACTION,
            Self::Cancel => id::CANCEL_TRANSACTION,
            Self::SelectFirst => id::REPORT_CARDHOLDER_SELECTION,
            Self::Property(_) => id::GET_PROPERTY,
            Self::Reset => id::RESET_DEVICE,
        }
    }

    /// The protocol's name for a command of this number, and for its response.
    pub const fn name(id: u16) -> &'static str {
        match id {
            id::START_TRANSACTION => "START_TRANSACTION",
            id::RESUME_TRANSACTION => "RESUME_TRANSACTION",
            id::CANCEL_TRANSACTION => "CANCEL_TRANSACTION",
            id::REPORT_CARDHOLDER_SELECTION => "REPORT_CARDHOLDER_SELECTION",
            id::GET_PROPERTY => "GET_PROPERTY",
            id::RESET_DEVICE => "RESET_DEVICE",
            _ => "UNKNOWN",
        }
    }
}

impl Start {
    fn parameters(&self) -> Vec<u8> {
        let ways = [
            object(tags::PARAMETER_1, &[self.stripe]),
            object(tags::PARAMETER_2, &[self.contact]),
            object(tags::PARAMETER_3, &[self.contactless]),
        ];
        [
            object(tags::PARAMETER_2, &[self.timeout]),
            object(tags::READER_OPTIONS, &ways.concat()),
            object(tags::PARAMETER_4, &self.options.to_be_bytes()),
            object(tags::PARAMETER_6, &self.objects),
        ]
        .concat()
    }

    fn parse(parameters: &[u8]) -> Option<Self> {
        let ways = top(parameters, tags::READER_OPTIONS)?;
        let byte = |objects, tag| top(objects, tag).and_then(|value| value.first().copied());
        Some(Self {
            timeout: byte(parameters, tags::PARAMETER_2)?,
            stripe: byte(ways, tags::PARAMETER_1)?,
            contact: byte(ways, tags::PARAMETER_2)?,
            contactless: byte(ways, tags::PARAMETER_3)?,
            options: u16::from_be_bytes(top(parameters, tags::PARAMETER_4)?.try_into().ok()?),
            objects: top(parameters, tags::PARAMETER_6)?.to_vec(),
        })
    }
}

/// The value of the first object with this tag, not looking into others: parameters use the same tags again inside.
fn top(objects: &[u8], tag: tlv::Tag) -> Option<&[u8]> {
    tlv::read(objects).flatten().find(|object| object.tag == tag).map(|object| object.value)
}
