//! HTTP without a socket: what came in, what goes out and how.

use paynet::form::percent_encode;

/// A request as it arrived.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Method, upper case.
    pub method: &'a str,
    /// Value of `Host`: part of what an OAuth client signs.
    pub host: &'a str,
    /// Path and query.
    pub target: &'a str,
    /// Value of `Authorization`.
    pub authorization: Option<&'a str>,
    /// Value of `Content-Type`.
    pub content_type: Option<&'a str>,
    /// Body.
    pub body: &'a [u8],
}

impl<'a> Request<'a> {
    /// The path alone.
    #[must_use]
    pub fn path(&self) -> &'a str {
        self.target.split_once('?').map_or(self.target, |(path, _)| path)
    }
}

/// An answer and its fate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// HTTP status code.
    pub code: u16,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// Header `error-message`, which explains a 400.
    pub error_message: Option<String>,
    /// Body.
    pub body: String,
    /// What becomes of it on the way.
    pub delivery: Delivery,
    /// How long it waits first, milliseconds.
    pub delay_ms: u64,
}

/// What becomes of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// It arrives.
    Whole,
    /// Half of the body arrives, then the connection breaks.
    CutOff,
    /// Nothing arrives and the connection stays open, for as long as the call hangs.
    Held,
}

/// Why a request is not carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refused {
    /// HTTP 403: wrong signature, key, login, endpoint, nonce or time.
    Forbidden,
    /// HTTP 400 with a reason in the header `error-message`.
    BadRequest(&'static str),
    /// HTTP 404 or 405: not a call of the gateway.
    NoSuchCall(u16),
    /// `type=validation-error`, error-code 1.
    Validation(String),
    /// `type=error`.
    Error { code: u32, message: &'static str },
}

impl Refused {
    /// The documented wording for a missing parameter.
    pub(crate) fn required(name: &str) -> Self {
        Self::Validation(format!("Parameter {name} is required"))
    }

    /// A parameter whose value will not do. Inferred wording.
    pub(crate) fn invalid(name: &str) -> Self {
        Self::Validation(format!("Parameter {name} is invalid"))
    }
}

/// Names and values of an answer, in order.
pub(crate) type Answer = Vec<(&'static str, String)>;

impl Reply {
    pub(crate) fn plain(code: u16, body: &str) -> Self {
        Self {
            code,
            content_type: "text/html;charset=utf-8",
            error_message: None,
            body: body.to_owned(),
            delivery: Delivery::Whole,
            delay_ms: 0,
        }
    }

    pub(crate) fn json(code: u16, body: &serde_json::Value) -> Self {
        Self { content_type: "application/json", ..Self::plain(code, &body.to_string()) }
    }

    /// The documented encoding: form-encoded, each value ended by LF, spaces as `+`.
    pub(crate) fn form(answer: &Answer) -> Self {
        let pairs: Vec<String> = answer
            .iter()
            .map(|(name, value)| format!("{name}={}\n", percent_encode(value).replace("%20", "+")))
            .collect();
        Self::plain(200, &pairs.join("&"))
    }

    /// `serial` and `client_orderid` are repeated in the refusals that have a body.
    pub(crate) fn refused(refused: Refused, serial: String, client_orderid: &str) -> Self {
        let (kind, code, message) = match refused {
            Refused::Forbidden => return Self::plain(403, "Access is denied"),
            Refused::NoSuchCall(code) => return Self::plain(code, "no such call"),
            Refused::BadRequest(reason) => {
                return Self { error_message: Some(reason.to_owned()), ..Self::plain(400, "") };
            }
            Refused::Validation(message) => ("validation-error", 1, message),
            Refused::Error { code, message } => ("error", code, message.to_owned()),
        };
        Self::form(&vec![
            ("type", kind.to_owned()),
            ("serial-number", serial),
            ("merchant-order-id", client_orderid.to_owned()),
            ("error-message", message),
            ("error-code", code.to_string()),
        ])
    }
}
