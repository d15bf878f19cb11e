use tlv::tag;
use zeroize::Zeroizing;

/// What the reader is asked to take a card for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardTransaction {
    /// EMV transaction type.
    pub kind: TransactionKind,
    /// Amount in minor units, at most twelve digits.
    pub amount_minor: u64,
    /// ISO 4217 numeric code, at most 999.
    pub currency_numeric: u16,
    /// Local time of the till, which the card signs.
    pub now: WallClock,
    /// The ways a card may come in.
    pub interfaces: Interfaces,
    /// What the reader's display says meanwhile: at most four rows of 21 characters.
    pub text: String,
}

/// EMV transaction type (tag 9C, ISO 8583 processing code).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionKind {
    /// Goods and services: sale and preauthorisation.
    Purchase = 0x00,
    /// Refund with the card present.
    Refund = 0x20,
}

/// A moment of local time, in decimal numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WallClock {
    /// Year without century, 0–99.
    pub year: u8,
    /// 1–12.
    pub month: u8,
    /// 1–31.
    pub day: u8,
    /// 0–23.
    pub hour: u8,
    /// 0–59.
    pub minute: u8,
    /// 0–59.
    pub second: u8,
}

/// The ways a card may come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interfaces {
    /// Contact chip.
    pub chip: bool,
    /// Contactless.
    pub contactless: bool,
    /// Magnetic stripe.
    pub swipe: bool,
}

impl Interfaces {
    /// All three.
    pub const ALL: Self = Self { chip: true, contactless: true, swipe: true };
}

/// The issuer's answer for the card. Made once, checked when made.
#[derive(Clone, PartialEq, Eq)]
pub struct IssuerAnswer {
    response_code: [u8; 2],
    data: Vec<u8>,
}

/// Why an issuer's answer cannot be given to a card. The gateway's fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssuerAnswerError {
    /// The response code is not two letters or digits.
    #[error("issuer response code is not two letters or digits")]
    ResponseCode,
    /// The data is not a sequence of TLV objects.
    #[error("issuer data: {0}")]
    Data(#[from] tlv::Error),
    /// Authentication data and scripts together are longer than a reader command.
    #[error("issuer data of {0} bytes does not fit a reader command")]
    TooLong(usize),
}

impl IssuerAnswer {
    /// The largest `data` that fits the shortest command among the reader families: 249 bytes less the template and
    /// the response code around it (MPI API §5).
    const MAX_DATA: usize = 249 - 3 - 4;

    /// `response_code` is the value for tag 8A; of `data`, a sequence of TLV objects, authentication data (91) and
    /// scripts (71, 72) reach the card, in their order.
    ///
    /// # Errors
    /// See [`IssuerAnswerError`].
    pub fn new(response_code: [u8; 2], data: &[u8]) -> Result<Self, IssuerAnswerError> {
        if !response_code.iter().all(u8::is_ascii_alphanumeric) {
            return Err(IssuerAnswerError::ResponseCode);
        }
        let mut kept = Vec::new();
        for object in tlv::read_padded(data) {
            let object = object?;
            if [tag::ISSUER_AUTHENTICATION_DATA, tag::ISSUER_SCRIPT_1, tag::ISSUER_SCRIPT_2]
                .contains(&object.tag)
            {
                kept.extend_from_slice(object.raw);
            }
        }
        match kept.len() {
            0..=Self::MAX_DATA => Ok(Self { response_code, data: kept }),
            len => Err(IssuerAnswerError::TooLong(len)),
        }
    }

    /// The till's own word at the end of a card session: `00` once approved, `Z1` otherwise (EMV Book 4 annex A.6).
    pub(crate) fn of_till(approved: bool) -> Self {
        Self { response_code: if approved { *b"00" } else { *b"Z1" }, data: Vec::new() }
    }

    /// The objects to put into a command: 8A, then the issuer's data.
    pub fn objects(&self) -> Zeroizing<Vec<u8>> {
        let mut objects = tlv::object(tag::AUTHORISATION_RESPONSE_CODE, &self.response_code);
        objects.extend_from_slice(&self.data);
        Zeroizing::new(objects)
    }
}

impl core::fmt::Debug for IssuerAnswer {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let [a, b] = self.response_code.map(char::from);
        write!(f, "IssuerAnswer({a}{b}, {} bytes)", self.data.len())
    }
}

/// Why a driver does not do what it was asked. Nothing has changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It is not the time for that.
    #[error("the reader is busy with something else")]
    Busy,
    /// The amount has more than twelve digits or the currency more than three.
    #[error("the amount or the currency does not fit a card transaction")]
    Amount,
    /// The battery would not last, and nothing charges it.
    #[error("the reader's battery is too low for a payment")]
    BatteryLow,
    /// The reader takes cards by none of the ways asked for.
    #[error("the reader takes cards by none of these ways")]
    Interfaces,
}
