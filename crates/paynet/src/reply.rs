//! What came back over HTTP, and what it means.
//!
//! The body is form-encoded, each value ended by LF. Only a whole, readable reply is an answer: everything else is an
//! error that leaves open whether the gateway acted, except [`ReplyError::is_refusal`].

use crate::dialect::Dialect;
use crate::form::Fields;
use crate::{Stage, Status, amount};

/// `error-code` of a status call for an order the gateway does not know. From the vendor's client.
const NOT_FOUND_CODE: i64 = 101;
/// Its `error-message`, in the vendor client's other place.
const NOT_FOUND_TEXT: &str = "ORDER_NOT_FOUND";

/// An HTTP answer, borrowed.
#[derive(Clone, Copy)]
pub struct HttpReply<'a> {
    /// HTTP status code.
    pub code: u16,
    /// Header `error-message`, which explains a 400.
    pub error_message: Option<&'a str>,
    /// Body.
    pub body: &'a [u8],
}

/// The gateway has taken the request (`async-response`); the result is asked for by status.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The gateway's id of the order.
    pub orderid: String,
    /// The merchant's id of the order, to be compared with the one that was sent.
    pub client_orderid: String,
    /// Id of this request, for `by-request-sn`.
    pub serial_number: Option<String>,
}

/// The state of an order's latest transaction (`status-response`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderStatus {
    /// What the gateway says. A reply without a status counts as [`Status::Processing`].
    pub status: Status,
    /// The gateway's id of the order.
    pub orderid: String,
    /// The merchant's id of the order, to be compared with the one that was asked for.
    pub client_orderid: String,
    /// Id of the request that this is about.
    pub serial_number: String,
    /// How far it is.
    pub stage: Option<Stage>,
    /// Every field as received, those above among them.
    pub fields: Fields,
}

impl OrderStatus {
    /// `transaction-type`: `sale`, `preauth`, `reversal`, …
    #[must_use]
    pub fn transaction_type(&self) -> Option<&str> {
        self.fields.get("transaction-type")
    }

    /// `amount` in minor units: the actual one, which may be less than was asked.
    ///
    /// # Errors
    /// [`amount::AmountError`] if the gateway's text is no amount of that exponent.
    pub fn amount_minor(&self, exponent: u8) -> Option<Result<u64, amount::AmountError>> {
        self.fields.get("amount").map(|text| amount::parse(text, exponent))
    }

    /// `currency`, alpha-3.
    #[must_use]
    pub fn currency(&self) -> Option<&str> {
        self.fields.get("currency")
    }

    /// `emv-issuer-response`: TLV with 91, 71 and 72 for the card.
    #[must_use]
    pub fn issuer_response(&self) -> Option<Vec<u8>> {
        self.fields.get("emv-issuer-response").and_then(|text| hex::decode(text).ok())
    }

    /// `auth-response-code`: 00 is approved by the issuer, 55 a wrong PIN.
    #[must_use]
    pub fn auth_response_code(&self) -> Option<&str> {
        self.fields.get("auth-response-code")
    }

    /// Whether the gateway wants to redirect a cardholder: its gate is set up for 3DS, wrongly for a terminal.
    #[must_use]
    pub fn wants_3ds(&self) -> bool {
        ["redirect-url", "html"]
            .iter()
            .any(|name| self.fields.get(name).is_some_and(|value| !value.is_empty()))
    }
}

/// The gateway has read the request and refused it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Which of its two words it used.
    pub kind: RefusalKind,
    /// `error-code`, if it is a number. A public list of them does not exist.
    pub code: Option<i64>,
    /// `error-message`.
    pub message: String,
}

/// `type` of a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefusalKind {
    /// `validation-error`: a parameter is missing or wrong. Nothing was begun, unless [`Refusal::is_duplicate`].
    Validation,
    /// `error`: says by itself nothing about what was begun.
    Error,
}

impl Refusal {
    /// Whether a status call was refused because the order is not known (yet).
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.code == Some(NOT_FOUND_CODE) || self.message.contains(NOT_FOUND_TEXT)
    }

    /// Whether a sale was refused because its client_orderid is taken: then the order exists.
    #[must_use]
    pub fn is_duplicate(&self, dialect: &Dialect) -> bool {
        let text = dialect.duplicate_order_text.to_lowercase();
        !text.is_empty() && self.message.to_lowercase().contains(&text)
    }
}

/// The answer to sale, preauth, advice and return.
///
/// # Errors
/// [`ReplyError`]; whether the gateway acted is open unless [`ReplyError::is_refusal`].
pub fn accepted(reply: &HttpReply<'_>, dialect: &Dialect) -> Result<Accepted, ReplyError> {
    let fields = read(reply, dialect, "async-response")?;
    Ok(Accepted {
        orderid: required(&fields, ORDERID)?,
        client_orderid: required(&fields, CLIENT_ORDERID)?,
        serial_number: first(&fields, SERIAL_NUMBER).map(str::to_owned),
    })
}

/// The answer to status.
///
/// # Errors
/// [`ReplyError`]; [`Refusal::is_not_found`] tells an unknown order.
pub fn status(reply: &HttpReply<'_>, dialect: &Dialect) -> Result<OrderStatus, ReplyError> {
    let fields = read(reply, dialect, "status-response")?;
    Ok(OrderStatus {
        status: fields.get("status").map_or(Status::Processing, Status::parse),
        orderid: required(&fields, ORDERID)?,
        client_orderid: required(&fields, CLIENT_ORDERID)?,
        serial_number: required(&fields, SERIAL_NUMBER)?,
        stage: fields.get("order-stage").filter(|stage| !stage.is_empty()).map(Stage::parse),
        fields,
    })
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplyError {
    /// The gateway understood and refused.
    #[error("gateway refused: {} (code {:?})", .0.message, .0.code)]
    Refused(Refusal),
    /// HTTP 400, with the text of its `error-message` header.
    #[error("gateway refused the request as malformed: {0}")]
    BadRequest(String),
    /// HTTP 403: wrong key, login, endpoint or clock.
    #[error("gateway refused the signature: check key, login, endpoint and clock")]
    Forbidden,
    /// Any other HTTP status than 200.
    #[error("gateway answered with HTTP status {0}")]
    HttpStatus(u16),
    /// The body ends in the middle of a value.
    #[error("the gateway's answer was cut off")]
    Truncated,
    /// Not a form, as an HTML page of some server in between; or a form without this field, or with two
    /// different values of it.
    #[error("the gateway's answer is unreadable at {0}")]
    Malformed(&'static str),
    /// A whole reply of another kind than this call has.
    #[error("the gateway's answer is of an unexpected type {0:?}")]
    UnexpectedType(String),
}

impl ReplyError {
    /// Whether this says for sure that the gateway began nothing: 400, 403 and validation-error, unless the
    /// client_orderid was taken. All else leaves it open.
    #[must_use]
    pub fn is_refusal(&self, dialect: &Dialect) -> bool {
        match self {
            Self::BadRequest(_) | Self::Forbidden => true,
            Self::Refused(refusal) => {
                refusal.kind == RefusalKind::Validation && !refusal.is_duplicate(dialect)
            }
            _ => false,
        }
    }
}

/// Spellings of a field, the documented one first; the rest are those the vendor's libraries accept.
pub(crate) type Spellings = &'static [&'static str];
const ORDERID: Spellings = &["paynet-order-id", "orderid"];
const CLIENT_ORDERID: Spellings = &["merchant-order-id", "client_orderid", "merchant_order"];
const SERIAL_NUMBER: Spellings = &["serial-number"];
const ERROR_CODE: Spellings = &["error-code", "error_code"];
const ERROR_MESSAGE: Spellings = &["error-message"];
/// Fields that must not be there with two different values.
const DECISIVE: [Spellings; 4] =
    [&["type", "status", "amount", "currency"], ORDERID, CLIENT_ORDERID, SERIAL_NUMBER];

fn read(reply: &HttpReply<'_>, dialect: &Dialect, expected: &str) -> Result<Fields, ReplyError> {
    let fields = whole(reply, dialect, &["type"], &DECISIVE)?;
    let kind = fields.get("type").ok_or(ReplyError::Malformed("type"))?.to_ascii_lowercase();
    if kind == expected { Ok(fields) } else { Err(refused(&kind, &fields)) }
}

/// The fields of a whole answer, trimmed. It has one of the `marks`, and none of the `decisive` with two different values.
pub(crate) fn whole(
    reply: &HttpReply<'_>,
    dialect: &Dialect,
    marks: &[&str],
    decisive: &[Spellings],
) -> Result<Fields, ReplyError> {
    match reply.code {
        200 => {}
        400 => return Err(ReplyError::BadRequest(reply.error_message.unwrap_or("bad request").to_owned())),
        403 => return Err(ReplyError::Forbidden),
        other => return Err(ReplyError::HttpStatus(other)),
    }
    let raw = Fields::decode(reply.body);
    if marks.iter().all(|name| raw.get(name).is_none()) {
        return Err(ReplyError::Malformed("type"));
    }
    let is_whole = raw.iter().last().is_some_and(|(_, value)| value.ends_with('\n'));
    if dialect.values_end_with_lf && !is_whole {
        return Err(ReplyError::Truncated);
    }
    let fields: Fields = raw.iter().map(|(name, value)| (name.trim(), value.trim())).collect();
    for &name in decisive.iter().copied().flatten() {
        let mut values = fields.iter().filter(|(field, _)| *field == name).map(|(_, value)| value);
        let value = values.next();
        if values.any(|other| Some(other) != value) {
            return Err(ReplyError::Malformed(name));
        }
    }
    Ok(fields)
}

/// What an answer of another `type` than was expected says.
pub(crate) fn refused(kind: &str, fields: &Fields) -> ReplyError {
    let kind = match kind {
        "validation-error" => RefusalKind::Validation,
        "error" => RefusalKind::Error,
        _ => return ReplyError::UnexpectedType(kind.to_owned()),
    };
    let code = first(fields, ERROR_CODE).and_then(|code| code.parse().ok());
    let message = first(fields, ERROR_MESSAGE).unwrap_or_default().to_owned();
    ReplyError::Refused(Refusal { kind, code, message })
}

fn first(fields: &Fields, spellings: Spellings) -> Option<&str> {
    spellings.iter().filter_map(|name| fields.get(name)).find(|value| !value.is_empty())
}

fn required(fields: &Fields, spellings: Spellings) -> Result<String, ReplyError> {
    let usual = spellings.first().copied().unwrap_or_default();
    first(fields, spellings).map(str::to_owned).ok_or(ReplyError::Malformed(usual))
}
