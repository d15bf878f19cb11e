//! What is asked in feature reports: `command, length, data, 00…` → `result, length, data, 00…` (MT-V5 §3).

/// What a driver asks. All of it may be asked at any time and changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// 00, Get Property.
    Property(Property),
    /// 09, Get DUKPT KSN and Counter.
    Ksn,
    /// 15 without data, Get Security Level.
    SecurityLevel,
    /// 1C, Get Encryption Counter.
    EncryptionCounter,
}

/// Properties of a reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Property {
    /// The firmware's part number and version.
    SoftwareId = 0x00,
    /// Serial number in the USB descriptor.
    UsbSerial = 0x01,
    /// Serial number of the device, sent with each swipe.
    DeviceSerial = 0x03,
    /// How card numbers are masked: two digits shown first, two digits shown last, mask, `Y` for a fitting check digit.
    IsoMask = 0x07,
}

mod number {
    //! Of each command.
    pub(super) const GET_PROPERTY: u8 = 0x00;
    pub(super) const GET_KSN: u8 = 0x09;
    pub(super) const SECURITY_LEVEL: u8 = 0x15;
    pub(super) const GET_ENCRYPTION_COUNTER: u8 = 0x1C;
}

impl Command {
    /// The data of a feature report, `len` bytes long.
    pub fn encode(self, len: usize) -> Vec<u8> {
        let mut data = match self {
            Self::Property(property) => vec![number::GET_PROPERTY, 1, property as u8],
            Self::Ksn => vec![number::GET_KSN, 0],
            Self::SecurityLevel => vec![number::SECURITY_LEVEL, 0],
            Self::EncryptionCounter => vec![number::GET_ENCRYPTION_COUNTER, 0],
        };
        data.resize(len, 0);
        data
    }

    /// The command of a feature report; `None` when the device side would refuse it.
    pub fn parse(report: &[u8]) -> Option<Self> {
        let (&[number, len], data) = report.split_first_chunk()?;
        match (number, data.get(..usize::from(len))?) {
            (number::GET_PROPERTY, [property]) => {
                use Property::*;
                [SoftwareId, UsbSerial, DeviceSerial, IsoMask]
                    .into_iter()
                    .find(|known| *known as u8 == *property)
                    .map(Self::Property)
            }
            (number::GET_KSN, []) => Some(Self::Ksn),
            (number::SECURITY_LEVEL, []) => Some(Self::SecurityLevel),
            (number::GET_ENCRYPTION_COUNTER, []) => Some(Self::EncryptionCounter),
            _ => None,
        }
    }

    /// The protocol's name for it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Property(_) => "GET_PROPERTY",
            Self::Ksn => "GET_DUKPT_KSN_AND_COUNTER",
            Self::SecurityLevel => "GET_SECURITY_LEVEL",
            Self::EncryptionCounter => "GET_ENCRYPTION_COUNTER",
        }
    }
}

/// The first byte of a reply.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResultCode(pub u8);

#[allow(missing_docs, reason = "the vendor's names say it")]
impl ResultCode {
    pub const SUCCESS: Self = Self(0x00);
    pub const FAILURE: Self = Self(0x01);
    pub const BAD_PARAMETER: Self = Self(0x02);
    pub const DELAYED: Self = Self(0x05);
    pub const INVALID_OPERATION: Self = Self(0x07);
}

/// The answer to a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reply<'a> {
    /// Whether it succeeded.
    pub result: ResultCode,
    /// The answer's data, if any.
    pub data: &'a [u8],
}

impl<'a> Reply<'a> {
    /// The reply of a feature report; `None` when the report is shorter than it says.
    pub fn parse(report: &'a [u8]) -> Option<Self> {
        let (&[result, len], data) = report.split_first_chunk()?;
        Some(Self { result: ResultCode(result), data: data.get(..usize::from(len))? })
    }

    /// The data of a feature report, `len` bytes long. Longer data is cut.
    pub fn encode(&self, len: usize) -> Vec<u8> {
        let data = self.data.get(..len.saturating_sub(2).min(255)).unwrap_or(self.data);
        let mut report = vec![self.result.0, u8::try_from(data.len()).unwrap_or(u8::MAX)];
        report.extend_from_slice(data);
        report.resize(len, 0);
        report
    }
}
