//! `AA | version | 81 information | 82 status or detail | 84 payload` (MT-MMS "Message Structure").

use tlv::object;
use zeroize::Zeroizing;

use super::tags;

/// Every message begins with it.
const START: u8 = 0xAA;
/// The version that every device takes.
const VERSION: u8 = 0x00;

/// Who says what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A command of the host.
    Request = 0x01,
    /// The reader's answer to one.
    Response = 0x82,
    /// What the reader says unasked.
    Notification = 0x83,
}

/// One message.
#[derive(Clone, PartialEq, Eq)]
pub struct Message {
    /// Who says what.
    pub kind: Kind,
    /// The request's number, repeated by its response.
    pub reference: u8,
    /// Which command or notification.
    pub id: u16,
    /// Status of a response, detail of a notification; none in a request.
    pub detail: Option<[u8; 4]>,
    /// Parameters, without the id before them. `None` where the message has no payload at all.
    pub payload: Option<Zeroizing<Vec<u8>>>,
}

/// Why bytes are no message. Reader's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MessageError {
    /// It does not begin as a message does.
    #[error("no message")]
    Start,
    /// Its parts are no TLV objects.
    #[error("message: {0}")]
    Tlv(#[from] tlv::Error),
    /// A part is missing, or not as long as it has to be.
    #[error("message part {0}")]
    Part(tlv::Tag),
}

impl Message {
    /// The bytes for a frame.
    pub fn encode(&self) -> Zeroizing<Vec<u8>> {
        let [high, low] = self.id.to_be_bytes();
        let mut bytes = vec![START, VERSION];
        bytes.extend(object(tags::INFORMATION, &[self.kind as u8, self.reference, high, low]));
        if let Some(detail) = self.detail {
            bytes.extend(object(tags::DETAIL, &detail));
        }
        if let Some(payload) = &self.payload {
            let payload = Zeroizing::new([&[high, low][..], payload].concat());
            bytes.extend(object(tags::PAYLOAD, &payload));
        }
        bytes.into()
    }

    /// Reads a message.
    ///
    /// # Errors
    /// See [`MessageError`].
    pub fn parse(bytes: &[u8]) -> Result<Self, MessageError> {
        let Some(([START, _version], parts)) = bytes.split_first_chunk() else {
            return Err(MessageError::Start);
        };
        let (mut information, mut detail, mut payload) = (None, None, None);
        for part in tlv::read(parts) {
            let part = part?;
            match part.tag {
                tags::INFORMATION => information = Some(part.value),
                tags::DETAIL => {
                    let value = part.value.try_into().map_err(|_| MessageError::Part(part.tag))?;
                    detail = Some(value);
                }
                tags::PAYLOAD => payload = Some(part.value),
                _ => {}
            }
        }
        let Some(&[kind, reference, high, low]) = information else {
            return Err(MessageError::Part(tags::INFORMATION));
        };
        let kind = [Kind::Request, Kind::Response, Kind::Notification]
            .into_iter()
            .find(|known| *known as u8 == kind)
            .ok_or(MessageError::Part(tags::INFORMATION))?;
        // Some notifications leave the id out.
        let payload = payload
            .map(|payload| payload.strip_prefix(&[high, low]).unwrap_or(payload).to_vec())
            .map(Zeroizing::new);
        Ok(Self { kind, reference, id: u16::from_be_bytes([high, low]), detail, payload })
    }

    /// The parameters, if any.
    pub fn parameters(&self) -> &[u8] {
        self.payload.as_ref().map(|payload| payload.as_slice()).unwrap_or_default()
    }
}

/// Status of a response: a summary, and group, subgroup and code of the detail (MT-MMS "Operation Status Detail Codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status(pub [u8; 4]);

#[allow(missing_docs, reason = "the vendor's names say it")]
impl Status {
    pub const OK: Self = Self([0x00, 0, 0, 0]);
    pub const STARTED: Self = Self([0x01, 0, 0, 0]);
    pub const DEVICE_OFFLINE: Self = Self([0x80, 0x01, 0x01, 0x09]);
    pub const BAD_PARAMETER: Self = Self([0x80, 0x02, 0x01, 0x02]);
    pub const NO_KEY: Self = Self([0x80, 0x02, 0x01, 0x19]);
    pub const NOT_SECURED: Self = Self([0x80, 0x02, 0x01, 0x1A]);
    pub const NO_TRANSACTION: Self = Self([0x80, 0x02, 0x03, 0x04]);
    pub const CANNOT_CANCEL: Self = Self([0x80, 0x02, 0x03, 0x05]);
    pub const IN_PROGRESS: Self = Self([0x80, 0x02, 0x03, 0x08]);
    pub const WRONG_STATE: Self = Self([0x80, 0x02, 0x03, 0x0D]);
    pub const LOW_BATTERY: Self = Self([0x80, 0x02, 0x03, 0x16]);

    /// Done, perhaps with warnings.
    pub const fn is_done(self) -> bool {
        matches!(self.0, [0x00 | 0x40, ..])
    }

    /// Started, perhaps with warnings; there is more to come.
    pub const fn is_started(self) -> bool {
        matches!(self.0, [0x01 | 0x41, ..])
    }

    /// Whether the detail is that of `other`, whenever it failed.
    pub const fn is_failed_as(self, other: Self) -> bool {
        let ([summary, a, b, c], [_, x, y, z]) = (self.0, other.0);
        summary & 0x80 != 0 && a == x && b == y && c == z
    }

    /// Subgroup and code of the detail as one number.
    pub const fn code(self) -> u16 {
        let [_, _, subgroup, code] = self.0;
        u16::from_be_bytes([subgroup, code])
    }
}
